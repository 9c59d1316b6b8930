"""“The first Labour gain since …”, “the biggest swing since …”, where another came since."""

import re
from collections.abc import Iterator
from itertools import combinations

from bot.liveblog.checks.recent import PARTIES, PARTY
from bot.liveblog.checks.slip import Facts, Slip, said_as
from bot.liveblog.sentences import Sentence
from bot.record.ranking import overturned, swing_of
from bot.record.record import PastContest

_SINCE = r"since (?:[A-Z][a-z]+ )?(?P<year>20\d\d)\b"
_LOSER = rf"(?: from {PARTY.replace('?P<party>', '?P<loser>')})?"
_BY = r"by-?election"
_FIRSTS = (
    # “the first time since 2012 that Labour has gained a seat from the Tories at a by-election”
    re.compile(
        rf"\bfirst time {_SINCE} that {PARTY} (?:has|have|had) (?P<deed>won|gained)(?: an? "
        rf"(?P<a>{_BY}|seat))?{_LOSER}(?: (?:at|in) an? (?P<b>{_BY}))?"
    ),
    # “Labour’s first by-election gain from the Conservatives since 2012”
    re.compile(
        rf"(?<![\w’'-]){PARTY}['’]s? first (?P<a>{_BY}) (?P<deed>gain|win|victory){_LOSER} {_SINCE}"
    ),
    re.compile(rf"\bfirst {PARTY} (?P<a>{_BY}) (?P<deed>gain|win|victory){_LOSER} {_SINCE}"),
)
_MOST = re.compile(
    r"\b(?:biggest|largest|highest) (?P<what>swing|majority (?:to be )?overturned)"
    rf"(?: (?:at|in) (?:a|any))? {_BY} {_SINCE}"
)
_POINTS = re.compile(
    r"(?<![\d.,])(\d{1,2}(?:\.\d)?)(?: |-)?"
    r"(?:%|per ?cent|(?:percentage )?points?)"
)
_VOTES = re.compile(r"(?<![\d.,])(\d{1,2},\d{3})(?!,?\d)")
_NOT_SURE = re.compile(
    r"\b(?:if|could|would|might|may|not|never|almost|nearly|outside|apart|except|bar|other than"
    r"|expected|predict\w*|general elections?)\b|n['’]t\b",
    re.I,
)
_CLEAR_POINTS, _CLEAR_VOTES = 0.3, 100


def wrong_firsts(sentence: Sentence, facts: Facts) -> Iterator[Slip]:
    """A first since a year that another by-election of the record was since."""
    if sentence.is_question or _NOT_SURE.search(sentence.plain):
        return
    for pattern in _FIRSTS:
        for found in pattern.finditer(sentence.plain):
            said = found.groupdict()
            if _BY not in pattern.pattern or not (said.get("a") or said.get("b")):
                continue
            if said.get("a") == "seat" and not said.get("b"):
                continue
            party = PARTIES[found["party"].lower()]
            loser = PARTIES[found["loser"].lower()] if found["loser"] else None
            gain = found["deed"] in ("gained", "gain") or loser is not None
            since = [
                one
                for one in facts.past.by_elections()
                if one.contest.polling_day.year > int(found["year"])
                and _won(one, party, loser, gain=gain)
            ]
            if since:
                one = since[0]
                won = one.result.winner.candidacy.party
                outcome = one.outcome.value if one.outcome is not None else "win"
                yield Slip(
                    words=sentence.quote(*found.span()),
                    fact=f"{one.contest.name} in {one.contest.polling_day.year} was a "
                    f"{said_as(won)} {outcome}.",
                )


def wrong_most(sentence: Sentence, facts: Facts) -> Iterator[Slip]:
    """The biggest swing or majority overturned since a year, with its number, that was beaten."""
    if sentence.is_question or _NOT_SURE.search(sentence.plain):
        return
    for found in _MOST.finditer(sentence.plain):
        swing = found["what"] == "swing"
        numbers = (_POINTS if swing else _VOTES).findall(sentence.plain)
        if len(numbers) != 1:
            continue
        stated = float(numbers[0].replace(",", ""))
        clear = _CLEAR_POINTS if swing else _CLEAR_VOTES
        beaten = [
            (value, one)
            for one in facts.past.by_elections()
            if one.contest.polling_day.year > int(found["year"])
            and (value := _swing(one) if swing else overturned(one.contest, one.outcome))
            is not None
            and value > stated + clear
        ]
        if beaten:
            value, one = beaten[0]
            was = f"{value:.1f} points" if swing else f"{value:,.0f}"
            yield Slip(
                words=sentence.quote(*found.span()),
                fact=f"In {one.contest.name} in {one.contest.polling_day.year} it was {was}.",
            )


def wrong_swing(sentence: Sentence, past: PastContest | None) -> Iterator[Slip]:
    """A swing in a contest of the record that no two of its parties give."""
    if past is None or sentence.is_question or _NOT_SURE.search(sentence.plain):
        return
    found = list(_POINTS.finditer(sentence.plain))
    contest, swing = past.contest, swing_of(past.contest, past.result)
    if len(found) != 1 or swing is None:
        return
    stated = float(found[0][1])
    parties = [line.candidacy.party for line in past.result.votes]
    swings = [
        abs(value)
        for one, other in combinations(parties, 2)
        if (value := past.result.swing(contest, to=one, losing=other)) is not None
    ]
    if all(abs(value - stated) >= _CLEAR_POINTS for value in swings):
        yield Slip(
            words=sentence.quote(*found[0].span()),
            fact=f"The swing in {contest.name} in {contest.polling_day.year} was "
            f"{swing.points:.1f} points.",
        )


def _won(one: PastContest, party: str, loser: str | None, *, gain: bool) -> bool:
    holder = one.contest.holder
    if one.result.winner.candidacy.party.short != party:
        return False
    if loser is not None:
        return holder is not None and holder.short == loser
    return not gain or (holder is not None and holder.short != party)


def _swing(one: PastContest) -> float | None:
    swing = swing_of(one.contest, one.result)
    return None if swing is None else swing.points

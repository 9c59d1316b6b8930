"""Turnouts and majorities of contests that are over, and tonight's against what was said before."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from bot.election.contest import Contest
from bot.election.turnout import Turnout, TurnoutDefinition
from bot.liveblog.checks.recent import of_late
from bot.liveblog.checks.slip import Facts, Slip, is_rounded
from bot.liveblog.figures import read_majorities
from bot.liveblog.sentences import Sentence
from bot.liveblog.statements import TurnoutClaim
from bot.liveblog.wording import NUMBER, PERCENT, count, is_approximate
from bot.record.record import PastContest

_SWING = re.compile(r"\bswing\b", re.I)
_VOTES = re.compile(rf"{NUMBER} votes\b", re.I)
_YEAR = re.compile(r"\b(20[12]\d)\b(?!,\d)")
_MONTH = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_PERCENT = re.compile(PERCENT, re.I)
_NUMBER = re.compile(NUMBER)
_MAJORITY = re.compile(r"\bmajority\b", re.I)
_TURNOUT = re.compile(
    r"\b(?:turnout|turned out|of (?:voters|electors|the electorate) voted)\b", re.I
)
_GENERAL = re.compile(r"\bgeneral election\b", re.I)
_BY_ELECTION = re.compile(r"\bby-?election\b", re.I)
_OTHER_VOTES = re.compile(
    r"\b(?:council|local|ward|mayor\w*|european|referendum|pcc|crime commissioner|holyrood|senedd"
    r"|assembly|poll(?:ing|s|sters?)? (?:put|suggest|show|average)|swing|share|points?|lead"
    r"|target|if|would|could|might|expect\w*|predict\w*|forecast\w*|nationally|national|average)\b",
    re.I,
)
# “Would have to overturn a majority of …” speaks of the one there is.
_PERHAPS = re.compile(r"\b(?:could|might)\b", re.I)
# “35.9 per cent, down on 2019”: the year is not the figure's own.
_AGAINST_A_YEAR = re.compile(r"\b(?:(?:up|down) (?:on|from)|compared|than|against|since)\b", re.I)
# “Labour overturned a majority of 20,137 in Selby and Ainsty in July”: of the election before.
_OF_LAST_TIME = re.compile(r"\b(?:overturn|overc[ao]me|overhaul|wip|defend|slash|cut)\w*", re.I)
# A figure of the night that another entry gave: smaller differences are another definition.
_ANOTHER_FIGURE = Decimal("0.3")


def wrong_turnouts(sentence: Sentence, facts: Facts) -> Iterator[Slip]:
    """A turnout of a contest of the record, told by its year, that neither definition gives."""
    code = sentence.code
    if sentence.is_question or not _TURNOUT.search(code) or _OTHER_VOTES.search(sentence.plain):
        return
    if _AGAINST_A_YEAR.search(sentence.plain):
        return
    figures = list(_PERCENT.finditer(code))
    if len(figures) != 1 or is_approximate(sentence, figures[0].start()):
        return
    past = _contest_told(sentence, facts, *figures[0].span())
    if past is None:
        return
    stated = _number(figures[0][0])
    if not _bears_out(past.turnout, stated):
        valid = past.turnout.shown(1)
        every = past.turnout.fraction(TurnoutDefinition.ALL_BALLOTS)
        also = "" if every is None else f" ({float(every) * 100:.1f}% of all ballots)"
        yield Slip(
            words=sentence.quote(*figures[0].span()),
            fact=f"Turnout in {_called(past)} was {valid}% of valid votes{also}.",
        )


def other_turnouts(claims: Iterator[TurnoutClaim], facts: Facts) -> Iterator[Slip]:
    """A turnout of tonight that is another than was reported before."""
    for claim in claims:
        known = facts.turnouts.get(claim.contest_id)
        shown = None if known is None else known.value.shown()
        if known is None or shown is None or claim.percent is None or claim.approximate:
            continue
        if abs(shown - claim.percent) >= _ANOTHER_FIGURE and not _bears_out(
            known.value, claim.percent
        ):
            yield Slip(words=claim.words, fact=f"It was {shown}% before.", source=known.source)


def wrong_majorities(
    sentence: Sentence, facts: Facts, contests: Mapping[str, Contest]
) -> Iterator[Slip]:
    """The majority of last time, or of a year, that the votes do not give."""
    for stated in read_majorities(sentence, contests):
        contest = contests[stated.contest_id]
        previous = contest.previous
        if (
            stated.defended
            and contest.is_tonight(facts.now)
            and previous is not None
            and previous.majority is not None
            and not _YEAR.search(sentence.plain)
            and not _PERHAPS.search(sentence.plain)
            and not is_rounded(stated.votes, previous.majority)
        ):
            yield Slip(
                words=sentence.quote(stated.start, stated.end),
                fact=f"The majority in {contest.name} in {previous.polling_day.year} was "
                f"{previous.majority:,}.",
            )
    yield from _majority_of_a_year(sentence, facts)


def _majority_of_a_year(sentence: Sentence, facts: Facts) -> Iterator[Slip]:
    """“In 2017 the majority in Tamworth was 12,347.”, and no other number."""
    code = sentence.code
    if sentence.is_question or not _MAJORITY.search(code) or _OTHER_VOTES.search(sentence.plain):
        return
    numbers = [found for found in _NUMBER.finditer(code) if "," in found[0] or len(found[0]) == 3]
    if len(numbers) != 1 or is_approximate(sentence, numbers[0].start()):
        return
    past = _contest_told(sentence, facts, *numbers[0].span())
    if past is not None and _OF_LAST_TIME.search(sentence.plain):
        before = past.contest.previous
        stated = count(numbers[0][0])
        if before is not None and before.majority and not is_rounded(stated, before.majority):
            yield Slip(
                words=sentence.quote(*numbers[0].span()),
                fact=f"The majority before {_called(past)} was {before.majority:,}.",
            )
        return
    if past is not None and not is_rounded(count(numbers[0][0]), past.result.majority):
        yield Slip(
            words=sentence.quote(*numbers[0].span()),
            fact=f"The majority in {_called(past)} was {past.result.majority:,}.",
        )


def votes_told(sentence: Sentence, facts: Facts) -> PastContest | None:
    """The one contest of the record whose votes a sentence gives, if it gives any."""
    found = _VOTES.search(sentence.code)
    if found is None or _OTHER_VOTES.search(sentence.plain):
        return None
    return _contest_told(sentence, facts, *found.span())


def swing_told(sentence: Sentence, facts: Facts) -> PastContest | None:
    """The one contest of the record whose swing a sentence gives, if it gives one."""
    found = _SWING.search(sentence.code)
    return None if found is None else _contest_told(sentence, facts, *found.span())


def _contest_told(sentence: Sentence, facts: Facts, start: int, end: int) -> PastContest | None:
    """The one contest of the record that a figure is of: one seat, and one year that is named.

    Of a month without its year it is the seat's by-election of late.
    """
    years = {int(year) for year in _YEAR.findall(sentence.plain)}
    owner = sentence.owner(start, end)
    if len(years) > 1 or owner is None:
        return None
    named = {contest for place in sentence.places for contest in place.contests}
    if named != {owner}:
        return None
    seat = facts.past.names(facts.tonight).by_id.get(owner)
    if seat is None:
        return None
    if not years:
        months = set(_MONTH.findall(sentence.plain))
        return of_late(seat, facts, months.pop()) if len(months) == 1 else None
    (year,) = years
    by = _BY_ELECTION.search(sentence.plain) is not None
    general = _GENERAL.search(sentence.plain) is not None
    if by and general:
        return None
    found = [
        one
        for one in facts.past.of_name(seat.name)
        if one.contest.polling_day.year == year
        and (not by or one.contest.by_election)
        and (not general or not one.contest.by_election)
    ]
    return found[0] if len(found) == 1 else None


def _called(past: PastContest) -> str:
    day = past.contest.polling_day
    kind = "by-election" if past.contest.by_election else "general election"
    return f"{past.contest.name} at the {kind} of {day.year}"


def _number(figure: str) -> Decimal:
    return Decimal(re.split(r"[^\d.]", figure)[0])


def _bears_out(turnout: Turnout, stated: Decimal) -> bool:
    """Whether a figure is the turnout by either definition, rounded or cut to its places."""
    places = max(0, -int(stated.as_tuple().exponent))
    step = Decimal(1).scaleb(-places)
    exact = [turnout.fraction(one) for one in TurnoutDefinition]
    shown = [Decimal(float(one) * 100) for one in exact if one is not None]
    if turnout.stated is not None:
        shown.append(turnout.stated)
    return any(abs(one - stated) < step for one in shown)

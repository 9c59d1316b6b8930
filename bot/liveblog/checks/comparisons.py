"""Turnouts compared: “lower than Selby, but higher than the West Lancashire by-election”."""

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.election.contest import Contest
from bot.election.turnout import Turnout, TurnoutDefinition
from bot.liveblog.checks.slip import Facts, Slip
from bot.liveblog.sentences import Sentence
from bot.liveblog.statements import TurnoutClaim
from bot.record.record import PastContest

_COMPARED = re.compile(
    r"\b(?P<how>lower|less|fewer|worse|down|higher|more|greater|better|up) (?:than|from|on)\b", re.I
)
_LOWER = frozenset({"lower", "less", "fewer", "worse", "down"})
_TURNOUT = re.compile(r"\bturnout\b|\bturned out\b", re.I)
_BY_ELECTION = re.compile(r"\bby-?elections?\b", re.I)
_NOT_SURE = re.compile(
    r"\b(?:if|could|would|might|may|expect\w*|predict\w*|likely|not|never|share|majorit\w*|vote"
    r"|votes|swing|average)\b",
    re.I,
)
_EXTREME = re.compile(
    r"\b(?P<which>lowest|highest)(?P<said> turnout)? (?:at|in|of|for) (?:any|a|all) (?:uk )?"
    r"(?:parliamentary )?by-?elections? (?:since (?:[A-Z][a-z]+ )?(?P<year>20\d\d)|this year)\b",
)
# Two definitions differ by less; so do a figure and the same figure a day later.
_CLEAR = Decimal("0.3")
_RECENT_YEARS = 2


def wrong_comparisons(
    sentence: Sentence, facts: Facts, subject: Contest | None, said: Decimal | None
) -> Iterator[Slip]:
    """Turnouts that are compared the wrong way round.

    `subject` is the contest of tonight that an entry is about, `said` its turnout in per cent.
    """
    if subject is None or said is None or sentence.is_question:
        return
    yield from _wrong_extreme(sentence, facts, said)
    if _NOT_SURE.search(sentence.plain) or not (
        _BY_ELECTION.search(sentence.plain) or _TURNOUT.search(sentence.plain)
    ):
        return
    compared = list(_COMPARED.finditer(sentence.code))
    for number, found in enumerate(compared):
        ends = compared[number + 1].start() if number + 1 < len(compared) else len(sentence.code)
        lower = found["how"].lower() in _LOWER
        for past in _named(sentence, facts, subject, found.end(), ends):
            other = past.turnout.shown(1)
            if other is None or not _is_other_way(past.turnout, said, lower):
                continue
            yield Slip(
                words=sentence.quote(found.start(), ends),
                fact=f"Turnout in {past.contest.name} in {past.contest.polling_day.year} was "
                f"{other}%: {'lower' if lower else 'higher'} than {said}%.",
            )


def turnout_told(claims: Iterator[TurnoutClaim], facts: Facts) -> tuple[str, Decimal] | None:
    """The one contest of tonight of which an entry gives the turnout, and its per cent."""
    told = {(claim.contest_id, claim.percent) for claim in claims if claim.percent is not None}
    if len(told) != 1:
        return None
    contest_id, percent = told.pop()
    return None if percent is None else (contest_id, percent)


def _named(
    sentence: Sentence, facts: Facts, subject: Contest, start: int, end: int
) -> Iterator[PastContest]:
    """The latest by-election of each seat that is named between, within two years."""
    names = facts.past.names(facts.tonight)
    for place in sentence.places:
        if not start <= place.start < end:
            continue
        for contest_id in place.contests:
            if contest_id == subject.id:
                continue
            known = [
                one
                for one in facts.past.of_name(names.by_id[contest_id].name)
                if one.contest.by_election
                and subject.polling_day.year - one.contest.polling_day.year <= _RECENT_YEARS
            ]
            if known:
                yield known[-1]


def _wrong_extreme(sentence: Sentence, facts: Facts, said: Decimal) -> Iterator[Slip]:
    """“The lowest turnout at any by-election since 2018”, which another has been below."""
    for found in _EXTREME.finditer(sentence.plain):
        if not found["said"] and (
            not _TURNOUT.search(sentence.plain) or _NOT_SURE.search(sentence.plain)
        ):
            continue
        lowest = found["which"] == "lowest"
        year = int(found["year"] or facts.now.year - 1)
        beaten = [
            past
            for past in facts.past.by_elections()
            if past.contest.polling_day.year > year and _is_other_way(past.turnout, said, lowest)
        ]
        if beaten:
            one = max(beaten, key=lambda past: past.contest.polling_day)
            yield Slip(
                words=sentence.quote(*found.span()),
                fact=f"{one.contest.name} in {one.contest.polling_day.year} was "
                f"{'lower' if lowest else 'higher'}: {one.turnout.shown(1)}%.",
            )


def _is_other_way(turnout: Turnout, said: Decimal, lower: bool) -> bool:
    """Whether a turnout that is said to be lower is clearly higher, by either definition."""
    exact = [turnout.fraction(one) for one in TurnoutDefinition]
    others = [Decimal(float(one) * 100) for one in exact if one is not None]
    differences = [said - other if lower else other - said for other in others]
    return bool(differences) and min(differences) >= _CLEAR

"""Hold or gain: tonight against who held the seat, and contests of the record by their year."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from bot.election.contest import Contest
from bot.election.figure import Source
from bot.liveblog.checks.slip import Facts, Slip, said_as, seats_marked
from bot.liveblog.sentences import Sentence
from bot.liveblog.statements import VotesClaim
from bot.record.record import PastContest

_PARTIES = {
    "labour": "Lab", "the conservatives": "Con", "conservatives": "Con", "the tories": "Con",
    "tories": "Con", "the lib dems": "LD", "lib dems": "LD", "the liberal democrats": "LD",
    "liberal democrats": "LD", "the greens": "Green", "the snp": "SNP", "reform uk": "RUK",
}  # fmt: skip
_PARTY = "|".join(sorted(_PARTIES, key=len, reverse=True))
_WON = re.compile(
    rf"(?P<party>(?i:\b(?:{_PARTY}))) (?P<verb>won|gained|took|seized|held|kept|lost) "
    r"(?P<place>@+)(?: (?:from|off|to) (?:the )?[A-Z][\w ]{2,20})?"
    r"(?: (?:at|in) (?:a|the|its|that year’s) by-?election)?,? "
    r"(?:in|at the) (?:(?P<month>[A-Z][a-z]+) )?(?P<year>20[12]\d)\b"
)
# “In 2023 Labour gained Selby and Ainsty”: only in the past tense, and at the head of a clause.
_IN_A_YEAR_WON = re.compile(
    r"(?:^|[.;:,] )(?:but |and )?[Ii]n (?:(?P<month>[A-Z][a-z]+) )?(?P<year>20[12]\d),? "
    rf"(?P<party>(?i:\b(?:{_PARTY}))) (?P<verb>won|gained|took|seized|held|kept|lost) "
    r"(?P<place>@+)(?=\W*$|[.,;:!]| (?:from|off|to|with|by|at|and|but|in a)\b)"
)
_TONIGHT = re.compile(
    rf"^\W*(?:(?i:breaking|result)\W+)?(?P<party>(?i:{_PARTY})) "
    r"(?P<verb>holds?|gains?|keeps?|retains?) (?P<place>@+)(?=\W*$|[.,;:!]| from| with| by)"
)
_THE_NIGHT = Source(name="the night's contests")


def wrong_holds(sentence: Sentence, facts: Facts) -> Iterator[Slip]:
    """Tonight, a hold by a party that did not hold the seat, or a gain by the one that did."""
    by_id = {contest.id: contest for contest in facts.tonight}
    code, seats = seats_marked(sentence, facts.past.names(facts.tonight))
    said = _TONIGHT.search(code)
    if said is None or sentence.is_question or len(seats) != 1:
        return
    contest = by_id.get(seats[0].contest_id)
    if contest is None or contest.holder is None:
        return
    held = contest.holder.short == _PARTIES[said["party"].lower()]
    if held != said["verb"].lower().startswith(("hold", "keep", "retain")):
        holder = said_as(contest.holder)
        yield Slip(
            words=sentence.quote(*said.span()),
            fact=f"{holder} held {contest.name}, so this is a {'hold' if held else 'gain'}.",
            source=_THE_NIGHT,
        )


def wrong_votes(claims: Sequence[VotesClaim], facts: Facts) -> Iterator[Slip]:
    """Votes that are not those that were reported before."""
    for claim in claims:
        known = facts.declarations.get(claim.contest_id)
        counted = None if known is None else known.value.result
        if known is None or counted is None:
            continue
        (contest,) = (one for one in facts.tonight if one.id == claim.contest_id)
        before = {contest.called(line.candidacy): line.votes for line in counted.votes}
        others = [
            f"{name} {before[name]:,}"
            for name, votes in claim.votes
            if name in before and before[name] != votes
        ]
        if others:
            yield Slip(words=claim.words, fact=f"Before: {', '.join(others)}.", source=known.source)


def wrong_winners(
    sentence: Sentence, facts: Facts, contests: Mapping[str, Contest]
) -> Iterator[Slip]:
    """“Labour won Uxbridge in July 2023”, where the record has another winner."""
    told = (_WON.finditer(sentence.code), _IN_A_YEAR_WON.finditer(sentence.code))
    for found in chain.from_iterable(told):
        owner = sentence.owner(*found.span("place"))
        if owner is None or owner not in contests:
            continue
        past = _contest(contests[owner], facts, int(found["year"]), found["month"])
        if past is None:
            continue
        party, verb = _PARTIES[found["party"].lower()], found["verb"]
        won = past.result.winner.candidacy.party
        holder = past.contest.holder
        won_it = won.short == party
        if verb == "lost":
            right = holder is not None and holder.short == party and not won_it
        elif verb in ("held", "kept"):
            right = won_it and (holder is None or holder.short == party)
        elif verb == "gained":
            right = won_it and (holder is None or holder.short != party)
        else:
            right = won_it
        if not right:
            kind = past.outcome.value if past.outcome is not None else "win"
            yield Slip(
                words=sentence.quote(*found.span()),
                fact=f"{past.contest.name} in {past.contest.polling_day.year} was a "
                f"{said_as(won)} {kind}.",
            )


def _contest(contest: Contest, facts: Facts, year: int, month: str | None) -> PastContest | None:
    """The one contest of a seat in a year (and a month)."""
    found = [
        one
        for one in facts.past.of_name(contest.name)
        if one.contest.polling_day.year == year
        and (month is None or one.contest.polling_day.strftime("%B") == month)
    ]
    return found[0] if len(found) == 1 else None

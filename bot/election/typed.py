"""Figures as reporters type them: a turnout, and a result candidate by candidate.

What is typed goes on air: nothing is guessed at. A round figure (“11.7k”, “about 25,000”), a name
that two candidates share and a number that may be read in two ways are asked about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.election.contest import Candidacy, Contest
from bot.election.names import is_slip
from bot.election.parties import read_sides
from bot.election.spellings import fold
from bot.errors import AskError

_GROUP = "[,\u00a0\u2009\u202f ]"
_NUMBER = rf"\d{{1,3}}(?:{_GROUP}\d{{3}})+(?!\d)|\d+"
_COUNT = re.compile(rf"(?<![\d.,])(?:{_NUMBER})(?!\.?\d|,\d|\s?%|\s?per\s?cent)")
# What looks like a number of votes and is none: “11.7k”, “11,7”, “11.719”, “35%”.
_ROUND = re.compile(
    r"(?<!\w)\d[\d.,]*(?:\s?(?:k|m|thousand|hundred|million)\b|\s?%|\s?per\s?cent)|"
    r"\d+\.\d+|\d+,\d{1,2}(?!\d)|\d+,\d{4,}|\b(?:about|around|roughly|nearly|almost|some|over|"
    r"approx(?:imately)?|circa|just under|more than)\s+\d[\d.,]*",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{1,2})?)\s?(?:%|per\s?cent|pc\b)", re.IGNORECASE)
_BARE_PERCENT = re.compile(r"\d{1,2}\.\d{1,2}")
_REJECTED = re.compile(r"(?:rejected|spoilt|spoiled|invalid)(?:\s+(?:papers|ballots|votes))?")
_AROUND_A_NAME = " \t\r\n:=–—-,;.…()[]|*•"
_NOT_A_NAME = {"", "and", "votes", "with", "on", "got", "has"}
MOST_VOTES = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTurnout:
    """A turnout as typed: ballots, of so many electors, or per cent; what was not typed is None."""

    ballots: int | None = None
    electorate: int | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedResult:
    """Votes by candidacy in the order typed, and the rejected papers where they were typed."""

    votes: tuple[tuple[Candidacy, int], ...]
    rejected: int | None = None


def read_turnout(words: str) -> TypedTurnout:
    """“25,630 of 71,302”, “25,630”, “35.9%”. Raises `AskError` for anything else."""
    percents = _PERCENT.findall(words)
    bare = " ".join(words.split()).strip(_AROUND_A_NAME)
    if not percents and _BARE_PERCENT.fullmatch(bare):
        percents = [bare]
    without = _PERCENT.sub(" ", words)
    if not percents and (fault := _ROUND.search(without)):
        raise _round(fault.group())
    counts = [] if percents and not _PERCENT.search(words) else _counts(without)
    if len(percents) > 1 or len(counts) > 2 or not (percents or counts):
        raise AskError(
            f"I read no turnout in “{_quoted(words)}”. Write it like “25,630 of 71,302” or “35.9%”."
        )
    percent = Decimal(percents[0]) if percents else None
    if percent is not None and percent > 100:
        raise AskError(f"A turnout of {percent}% is not possible.")
    ballots, electorate = (*counts, None, None)[:2]
    if ballots is not None and electorate is not None and ballots > electorate:
        raise AskError(
            f"{ballots:,} ballots are more than {electorate:,} electors. Write the ballots first, "
            "like “25,630 of 71,302”."
        )
    return TypedTurnout(ballots=ballots, electorate=electorate, percent=percent)


def read_result(words: str, contest: Contest) -> TypedResult:
    """“Lab 11,719 Con 10,403 …”, “11,719 Labour, 10,403 Tories …”, with “rejected 123” if known.

    Candidates are named by party, surname or name. Raises `AskError` with the words at fault.
    """
    if fault := _ROUND.search(words):
        raise _round(fault.group())
    if not _COUNT.search(words):
        raise AskError(
            f"I read no votes in “{_quoted(words)}”. Write each candidate with their votes, like "
            f"“{_example(contest)}”."
        )
    votes: dict[str, tuple[Candidacy, int]] = {}
    rejected = None
    for label, count in _pairs(words):
        if _REJECTED.fullmatch(label.casefold()):
            rejected = count
            continue
        candidacy = _candidacy(label, contest)
        if candidacy.name in votes:
            raise AskError(
                f"{candidacy.name} is there twice, with {votes[candidacy.name][1]:,} and with "
                f"{count:,} votes. Write each candidate once."
            )
        votes[candidacy.name] = (candidacy, count)
    if len(votes) < 2:
        raise AskError("A result needs the votes of two candidates at least; better, of all.")
    return TypedResult(votes=tuple(votes.values()), rejected=rejected)


def _pairs(words: str) -> Iterator[tuple[str, int]]:
    """Each name with its number, whichever of them comes first throughout."""
    found = list(_COUNT.finditer(words))
    ends = [0, *(number.end() for number in found)]
    starts = [*(number.start() for number in found), len(words)]
    labels = [_label(words[end:start]) for end, start in zip(ends, starts, strict=True)]
    numbers = [_votes(number.group()) for number in found]
    name_first = labels[0] not in _NOT_A_NAME
    names, spare = (labels[:-1], labels[-1]) if name_first else (labels[1:], labels[0])
    if spare not in _NOT_A_NAME:
        raise AskError(f"“{_quoted(spare)}” has no votes beside it. Write a number for each name.")
    for name, number in zip(names, numbers, strict=True):
        if name in _NOT_A_NAME:
            raise AskError(f"Whose are the {number:,} votes? There is no name beside them.")
        yield name, number


def _label(text: str) -> str:
    words = [w for w in text.split() if w.strip(_AROUND_A_NAME).casefold() not in _NOT_A_NAME]
    return " ".join(words).strip(_AROUND_A_NAME)


def _candidacy(label: str, contest: Contest) -> Candidacy:
    """Who is meant: a name, a party or a surname; never a guess."""
    said = fold(label)
    exact = [one for one in contest.candidacies if said in _forms(one)]
    if len(exact) == 1:
        return exact[0]
    sides, rest = read_sides(label)
    shorts = sides.gaining or sides.losing
    of_party = [one for one in exact or contest.candidacies if one.party.short in shorts]
    if rest and (folded := set(fold(rest).split())):
        of_party = [one for one in of_party if folded <= set(fold(one.name).split())]
    if len(of_party) == 1:
        return of_party[0]
    words = set(said.split())
    named = [
        one
        for one in contest.candidacies
        if words and words <= set(fold(f"{one.name} {one.party.name} {one.party.short}").split())
    ]
    several = exact or of_party or named
    if len(several) == 1:
        return several[0]
    if several:
        which = " or ".join(f"{one.name} ({one.party.short})" for one in several)
        raise AskError(f"“{_quoted(label)}” may be {which}. Write the name.")
    near = [
        one
        for one in contest.candidacies
        if any(is_slip(said, form) for form in _forms(one) if len(form) > 3)
    ]
    meant = f" Did you mean {near[0].name} ({near[0].party.short})?" if len(near) == 1 else ""
    standing = ", ".join(f"{one.name} ({one.party.short})" for one in contest.candidacies)
    raise AskError(
        f"Nobody called “{_quoted(label)}” stands in {contest.name}.{meant} There stand {standing}."
    )


def _forms(one: Candidacy) -> set[str]:
    return {fold(one.name), fold(one.surname), fold(one.party.short), fold(one.party.name)}


def _counts(words: str) -> list[int]:
    return [_votes(number.group()) for number in _COUNT.finditer(words)]


def _votes(written: str) -> int:
    digits = re.sub(_GROUP, "", written)
    if len(digits) > len(str(MOST_VOTES)) or int(digits) > MOST_VOTES:
        raise AskError(f"{_quoted(written)} votes are more than any seat has electors.")
    return int(digits)


def _round(words: str) -> AskError:
    return AskError(
        f"“{_quoted(words)}” is no exact count. What is recorded goes on air: write every vote, "
        "like 11,719."
    )


def _example(contest: Contest) -> str:
    first = [one.party.short for one in contest.candidacies[:2]] or ["Lab", "Con"]
    return " ".join([*map(" ".join, zip(first, ("11,719", "10,403"), strict=False)), "…"])


def _quoted(words: str) -> str:
    shown = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return shown if len(shown) <= 60 else f"{shown[:59]}…"

"""Figures as reporters type them: a turnout, and a result candidate by candidate.

What is typed goes on air: nothing is guessed at. A round figure (“11.7k”, “about 25,000”), a name
that two candidates share, a number that may be read in two ways and words that I do not know are
asked about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.election.ballot_paper import who
from bot.election.contest import Candidacy, Contest
from bot.election.spellings import fold
from bot.election.written_numbers import (
    COUNT,
    MOST_VOTES,
    quoted,
    refuse_broken,
    refuse_round,
    whole,
)
from bot.errors import AskError

__all__ = ["MOST_VOTES", "TypedResult", "TypedTurnout", "read_result", "read_turnout"]

_PERCENT = re.compile(
    r"(?<![0-9.,])([0-9]{1,3}(?:\.[0-9]{1,2})?)\s?(?:%|per\s?cent\b|pc\b)", re.IGNORECASE
)
_BARE_PERCENT = re.compile(r"(?<![0-9.,])[0-9]{1,2}[.,][0-9]{1,2}(?![0-9.,])")
_OF = re.compile(r"(?:\b(?:of|electorate|electors|voters|from)\b|/)", re.IGNORECASE)
_PAPERS = re.compile(r"\b(?:ballots?|papers?|votes?|voted)\b", re.IGNORECASE)
# What may stand round a turnout without saying anything else.
_ROUND_A_TURNOUT = {
    "of", "out", "from", "ballot", "ballots", "paper", "papers", "vote", "votes", "voted", "cast",
    "counted", "verified", "electorate", "electors", "elector", "voters", "registered", "turnout",
    "total", "in", "at", "for", "with", "is", "was", "were", "a", "an", "the", "by", "election",
    "and", "people",
}  # fmt: skip
_REJECTED = re.compile(
    r"(?:rejected|spoilt|spoiled|spoils?|invalid|void)"
    r"(?: (?:ballot )?(?:papers?|ballots?|votes?))?"
    r"|(?:ballot )?(?:papers|ballots|votes) (?:rejected|spoilt|spoiled)",
    re.IGNORECASE,
)
# “lot Lab”, “decided by lot: Edwards”; where a number stands behind it, it is somebody's name.
_LOT = re.compile(
    r"(?:\b(?:decided|drawn) )?(?:\bby )?\blots?\b[\s:=–—-]*(?P<who>[^0-9,;|\n]*?)\s*"
    rf"(?=[,;|\n]|\Z|\b(?:{_REJECTED.pattern})\b)",
    re.IGNORECASE,
)
_SEPARATORS = " \t\r\n:=–—-,;.…|/*•"
_NOT_A_NAME = frozenset({"", "and", "vote", "votes", "with", "on", "got", "has"})
# A whole number up to this may be meant per cent.
_AS_PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTurnout:
    """A turnout as typed: ballots, of so many electors, or per cent; what was not typed is None."""

    ballots: int | None = None
    electorate: int | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedResult:
    """Votes by candidacy in the order typed, and what was typed besides.

    That are the rejected papers, and who was drawn by `lot`.
    """

    votes: tuple[tuple[Candidacy, int], ...]
    rejected: int | None = None
    lot: Candidacy | None = None


def read_turnout(words: str) -> TypedTurnout:
    """“25,630 of 71,302”, “25,630”, “35.9%”, “35.9”; `words` are what stands beside the seat.

    Raises `AskError` for anything else, and for what may be read in two ways.
    """
    refuse_round(words)
    percents, without = _percents(words)
    counts = list(COUNT.finditer(without))
    if len(percents) > 1 or len(counts) > 2 or not (percents or counts):
        raise AskError(
            f"I read no turnout in “{quoted(words)}”. Write it like “25,630 of 71,302” or “35.9%”."
        )
    _refuse_unknown(COUNT.sub(" ", without))
    percent = percents[0] if percents else None
    if percent is not None and percent > 100:
        raise AskError(f"A turnout of {percent}% is not possible.")
    ballots, electorate = _papers(without, counts, beside_percent=bool(percents))
    return TypedTurnout(ballots=ballots, electorate=electorate, percent=percent)


def read_result(words: str, contest: Contest) -> TypedResult:
    """“Lab 11,719 Con 10,403 …”, “11,719 Labour, 10,403 Tories …”, with “rejected 123” if known.

    After a tie “lot Lab” says who was drawn. Candidates are named by party, surname or name. Raises
    `AskError` with the words at fault.
    """
    refuse_round(words)
    refuse_broken(words)
    if not COUNT.search(words):
        raise AskError(
            f"I read no votes in “{quoted(words)}”. Write each candidate with their votes, like "
            f"“{_example(contest)}”."
        )
    lot, words = _lot(words, contest)
    votes: dict[tuple[str, str], tuple[Candidacy, int]] = {}
    rejected: int | None = None
    names = frozenset(fold(one.name) for one in contest.candidacies)
    for label, count in _pairs(words, names):
        if _REJECTED.fullmatch(label):
            if rejected is not None:
                raise _twice("A number of rejected papers is", rejected, count)
            rejected = count
            continue
        candidacy = who(label, contest)
        # Two people of one name have stood against each other, for different parties.
        key = (candidacy.name, candidacy.party.name)
        if key in votes:
            raise _twice(f"{candidacy.name} is", votes[key][1], count)
        votes[key] = (candidacy, count)
    if len(votes) < 2:
        raise AskError("A result needs the votes of two candidates at least; better, of all.")
    return TypedResult(votes=tuple(votes.values()), rejected=rejected, lot=lot)


def _lot(words: str, contest: Contest) -> tuple[Candidacy | None, str]:
    """Who was drawn by lot, where somebody was, and the words without that."""
    found = list(_LOT.finditer(words))
    if not found:
        return None, words
    label = found[0]["who"].strip(_SEPARATORS)
    if len(found) > 1 or not label:
        raise AskError("Who was drawn by lot? Write it once and at the end, like “lot Lab”.")
    return who(label, contest), f"{words[: found[0].start()]}, {words[found[0].end() :]}"


def _percents(words: str) -> tuple[list[Decimal], str]:
    """What is per cent, and the words without it. A decimal that stands alone needs no sign."""
    if percents := _PERCENT.findall(words):
        return [Decimal(percent) for percent in percents], _PERCENT.sub(" ", words)
    bare = _BARE_PERCENT.search(words)
    if bare is not None:
        percent = bare[0].replace(",", ".")
        without = f"{words[: bare.start()]} {words[bare.end() :]}"
        if percent == bare[0] and not re.search("[0-9%]", without):
            return [Decimal(percent)], without
        raise AskError(f"“{bare[0]}” is no exact count. For per cent write “{percent}%”.")
    refuse_broken(words)
    return [], words


def _papers(
    text: str, counts: list[re.Match[str]], *, beside_percent: bool
) -> tuple[int | None, int | None]:
    """Ballots and electorate; of two numbers something has to say what the second one is."""
    numbers = [whole(found[0]) for found in counts]
    if not numbers:
        return None, None
    if len(numbers) == 1:
        if beside_percent and _OF.search(text[: counts[0].start()]):
            return None, _electors(numbers[0])
        if numbers[0] <= _AS_PERCENT and not beside_percent and not _PAPERS.search(text):
            raise AskError(
                f"“{numbers[0]}” may be per cent or ballots: write “{numbers[0]}%” or "
                f"“{numbers[0]} ballots”."
            )
        return numbers[0], None
    ballots, electorate = numbers
    if not _OF.search(text[counts[0].end() : counts[1].start()]):
        raise AskError(
            f"Which of {ballots:,} and {electorate:,} is what? Write it like “25,630 of 71,302”."
        )
    if ballots > electorate:
        raise AskError(
            f"{ballots:,} ballots are more than {electorate:,} electors. Write the ballots first, "
            "like “25,630 of 71,302”."
        )
    return ballots, _electors(electorate)


def _electors(number: int) -> int:
    if number == 0:
        raise AskError("An electorate of 0 is not possible.")
    return number


def _refuse_unknown(text: str) -> None:
    """Raise `AskError` where words round a turnout may say something of it: “not”, “was … now”."""
    said = re.sub(r"[\s:=,;.!()\[\]/|*•–—-]+", " ", text.casefold()).split()
    if unknown := [word for word in said if word not in _ROUND_A_TURNOUT]:
        raise AskError(
            f"I read no turnout with “{quoted(' '.join(unknown))}” beside it. Write it like "
            "“25,630 of 71,302” or “35.9%”."
        )


def _pairs(words: str, people: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Each name with its number, whichever of them comes first throughout.

    `people` are folded names that stand as they are, of which a small word may be a part.
    """
    found = list(COUNT.finditer(words))
    ends = [0, *(number.end() for number in found)]
    starts = [*(number.start() for number in found), len(words)]
    between = [words[end:start].strip(_SEPARATORS) for end, start in zip(ends, starts, strict=True)]
    labels = [one if fold(one) in people else _label(one) for one in between]
    numbers = [whole(number[0]) for number in found]
    if rejected := _rejected_last(labels, numbers):
        yield rejected
    name_first = labels[0] not in _NOT_A_NAME
    names, spare = (labels[:-1], labels[-1]) if name_first else (labels[1:], labels[0])
    if spare not in _NOT_A_NAME:
        raise AskError(f"“{quoted(spare)}” has no votes beside it. Write a number for each name.")
    for name, number in zip(names, numbers, strict=True):
        if name in _NOT_A_NAME:
            raise AskError(f"Whose are the {number:,} votes? There is no name beside them.")
        if re.search("[0-9]", name):
            raise AskError(f"I cannot read the number in “{quoted(name)}”: write it like 11,719.")
        yield name, number


def _rejected_last(labels: list[str], numbers: list[int]) -> tuple[str, int] | None:
    """Rejected papers the other way round than all else; they are taken out of both lists."""
    if len(numbers) < 2:
        return None
    *_, before, last = labels
    if before == "" and labels[0] and _REJECTED.fullmatch(last):
        # “Lab 11,719 Con 10,403, 44 rejected”
        labels[-2:] = [""]
        return last, numbers.pop()
    ending = re.search(rf"[\s,;|]\s*({_REJECTED.pattern})\Z", before, re.IGNORECASE)
    if last == "" and not labels[0] and ending:
        # “11,719 Lab 10,403 Con, rejected 44”
        labels[-2:] = [_label(before[: ending.start()])]
        return ending[1], numbers.pop()
    return None


def _label(text: str) -> str:
    """A name without the dashes, commas and small words round it."""
    words = text.strip(_SEPARATORS).split()
    while words and words[0].strip(_SEPARATORS).casefold() in _NOT_A_NAME:
        del words[0]
    while words and words[-1].strip(_SEPARATORS).casefold() in _NOT_A_NAME:
        del words[-1]
    bare = " ".join(words).strip(_SEPARATORS)
    whole_in_brackets = re.fullmatch(r"[(\[]([^()\[\]]*)[)\]]", bare)
    if whole_in_brackets:
        bare = whole_in_brackets[1].strip(_SEPARATORS)
    return bare if any(letter.isalnum() for letter in bare) else ""


def _twice(what: str, first: int, second: int) -> AskError:
    return AskError(
        f"{what} there twice, with {first:,} and with {second:,}. Write everything once."
    )


def _example(contest: Contest) -> str:
    first = [one.party.short for one in contest.candidacies[:2]] or ["Lab", "Con"]
    return " ".join([*map(" ".join, zip(first, ("11,719", "10,403"), strict=False)), "…"])

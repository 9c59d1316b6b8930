"""How far a count is to come before somebody is reminded, read from their words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.chat.wishes import to_do
from bot.election.contest import Stage

_WHEN = r"(?:when|whenever|once|if|as soon as|the moment|the minute)"
_BEGINS = re.compile(rf"{_WHEN} (?P<what>.+)", re.IGNORECASE)
_BEHIND = re.compile(rf"(?:to|that|about) (?P<words>.+?) {_WHEN} (?P<what>.+)", re.IGNORECASE)
# What names a stage, and what may stand beside it and a seat; anything else is not understood.
_STAGES = (
    (
        Stage.RECOUNT,
        r"\bre-?count(?:s|ed|ing)?\b",
        "goes go going to into needs has gets full ordered called granted begins starts begun",
    ),
    (
        Stage.VERIFIED,
        r"\bverif(?:y|ies|ied|ication)\b",
        "votes ballots finished finishes complete completed completes done over ends ended",
    ),
    (
        Stage.DECLARED,
        r"\bdeclar(?:es?|ed|ing|ations?)\b|\bresults?\b",
        "result results declares declared comes come came made announced known in out has",
    ),
    (
        Stage.BOXES_ARRIVED,
        r"\b(?:ballot )?box(?:es)?\b",
        "first ballot arrive arrives arrived come comes reach in at has have gets its",
    ),
    (
        Stage.COUNTING,
        r"\bcount(?:s|ing)?\b",
        "votes ballots begins begin begun starts start started to under way underway counting",
    ),
)
_READ = tuple(
    (stage, re.compile(pattern, re.IGNORECASE), frozenset(beside.split()))
    for stage, pattern, beside in _STAGES
)
_SMALL_WORDS = "a an the is are has have had been be being there it its we i s"
_ANYWHERE = frozenset(_SMALL_WORDS.split())
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A stage to wait for, `where` with the words that name a seat, and what to do then."""

    stage: Stage
    where: str
    words: str = ""


def first_of_all(words: str) -> bool:
    """Whether words begin with what to wait for: “when Tamworth declares …”."""
    return _BEGINS.fullmatch(_spaced(words)) is not None


def waits(words: str) -> Iterator[Wait]:
    """What “when Tamworth declares to file” may wait for, in every way it can be cut.

    “To file when Tamworth declares” is the same the other way round. Nothing where the words name
    no stage of a count.
    """
    words = _spaced(words)
    if found := _BEHIND.fullmatch(words):
        cuts = [(found["what"], found["words"])]
    elif found := _BEGINS.fullmatch(words):
        cuts = to_do(found["what"])
    else:
        return
    for what, besides in cuts:
        for stage, pattern, _ in _READ:
            if pattern.search(what):
                yield Wait(stage=stage, where=pattern.sub(" ", what), words=besides)
                break


def left_over(stage: Stage, rest: str) -> str:
    """What of the words around a stage and a seat says something else."""
    beside = next(words for named, _, words in _READ if named is stage) | _ANYWHERE
    other = any(word.casefold() not in beside for word in _WORD.findall(rest))
    return rest if other else ""


def _spaced(words: str) -> str:
    return " ".join(words.split())

"""What is to be compared: “turnout Tamworth "West Lancs" with the last 3 by-elections”."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.chat.catalogue import content
from bot.election.names import Match, NameIndex
from bot.election.occasion import Occasion, read_occasion
from bot.election.parties import Sides, read_sides
from bot.election.spellings import CODE_LETTERS
from bot.record.ranking import Measure

USUAL_BY_ELECTIONS, MOST_BY_ELECTIONS, MOST_SEATS = 4, 20, 20
_LONGEST_NAME = 8
_MEASURES = (
    (Measure.TURNOUT, r"\bturn ?outs?\b|\bvoted\b"),
    (Measure.MAJORITY, r"\bmajorit(?:y|ies)\b|\bmaj\b"),
    (Measure.SWING, r"\bswings?\b"),
    (Measure.RESULT, r"\bresults?\b|\bwinners?\b|\bvotes\b"),
)
_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10,
    "couple of": 2, "few": USUAL_BY_ELECTIONS,
}  # fmt: skip
_LAST = re.compile(
    rf"\b(?:the )?(?:(?:last|latest|previous|past) (?P<many>\d{{1,2}}|{'|'.join(_NUMBERS)})"
    r"|recent|other|latest)(?: other)? by[- ]?elections\b",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\b(?:compar(?:e|es|ed|ing|ison|isons)|with|to|than|against|vs?|versus|between|and|or|both"
    r"|lower|higher|bigger|larger|smaller|up|down|on|how|does|do|did|is|was|were|the|in|at|of|for"
    r"|by[- ]?elections?|beside|next|side|alongside|as|high|low|more|less|won|who|please|pls"
    r"|seats?|figures?|tonight|today|what|whats)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"\b(?:vs?|versus|than|compared|with|to)\b", re.IGNORECASE)
_PIECE = re.compile(
    r"[\"“”](?P<quoted>[^\"“”]{1,120})[\"“”]|(?P<word>[^\s,;:?!.\"“”]+)|(?P<end>[,;:])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A seat that is to be compared, as the contests it may mean, and of which time."""

    match: Match
    words: str
    occasion: Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is asked for: by what, which seats in order, and with how many by-elections before."""

    measure: Measure
    seats: tuple[Asked, ...]
    by_elections: int
    sides: Sides


def read_comparison(text: str, names: NameIndex) -> Comparison:
    """What a text asks to compare. Seats that are not known to the letter may be uncertain.

    One time in all of it is every seat's; of several each is that of the seat before it, which
    may have more than one.
    """
    measure, text = _measure(text)
    by_elections = 0
    if last := _LAST.search(text):
        said = (last["many"] or "few").lower()
        many = int(said) if said.isdecimal() else _NUMBERS[said]
        by_elections = min(max(many, 1), MOST_BY_ELECTIONS)
        text = f"{text[: last.start()]} {text[last.end() :]}"
    seats: list[tuple[Match, str, list[Occasion]]] = []
    around: list[Occasion] = []
    sides = Sides()
    for piece in _pieces(text, names):
        if not isinstance(piece, str):
            seats.append((*piece, []))
            continue
        if measure is Measure.SWING:
            found, piece = read_sides(piece)
            sides = found or sides
        occasions, rest = _occasions(_BESIDE.sub(" ", piece))
        if unknown := content(_NOISE.sub(" ", rest)):
            seats.append((names.resolve(unknown), unknown, []))
        (seats[-1][2] if seats else around).extend(occasions)
    said_of = [occasion for _, _, occasions in seats for occasion in occasions]
    if len(said_of) == 1 and len(seats) > 1 and seats[-1][2]:
        around += seats[-1][2]
        seats[-1][2].clear()
    usual = around[:1] or [Occasion()]
    return Comparison(
        measure=measure,
        seats=tuple(
            Asked(match=match, words=words, occasion=occasion)
            for match, words, occasions in seats
            for occasion in occasions or usual
        )[:MOST_SEATS],
        by_elections=by_elections,
        sides=sides,
    )


def lists_seats(text: str, names: NameIndex) -> bool:
    """Whether a text is a list of two seats or more, known to the letter, and nothing of weight."""
    pieces = list(_pieces(text, names))
    seats = [piece for piece in pieces if not isinstance(piece, str)]
    said = " ".join(piece for piece in pieces if isinstance(piece, str))
    return len(seats) > 1 and not content(_NOISE.sub(" ", said))


def _measure(text: str) -> tuple[Measure, str]:
    """What is compared, the first that is named, and the text without any of them."""
    found = [
        (hit.start(), measure)
        for measure, said in _MEASURES
        if (hit := re.search(said, text, re.IGNORECASE))
    ]
    for _, said in _MEASURES:
        text = re.sub(said, " ", text, flags=re.IGNORECASE)
    return min(found)[1] if found else Measure.TURNOUT, text


def _pieces(text: str, names: NameIndex) -> Iterator[str | tuple[Match, str]]:
    """Seats named to the letter, or in quotation marks, and the words between them."""
    tokens = [found.groupdict() for found in _PIECE.finditer(text)]
    between: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        seat, after = None, at + 1
        if token["quoted"]:
            seat = (names.resolve(token["quoted"]), token["quoted"])
        elif token["word"]:
            seat, after = _longest(tokens, at, names)
        if seat is not None or token["end"]:
            if between:
                yield " ".join(between)
            between = []
        elif token["word"]:
            between.append(token["word"])
        if seat is not None:
            yield seat
        at = after
    if between:
        yield " ".join(between)


def _longest(
    tokens: Sequence[dict[str, str | None]], at: int, names: NameIndex
) -> tuple[tuple[Match, str] | None, int]:
    """The longest name that begins with a word, and the number of the word after it."""
    words: list[tuple[str, int]] = []
    for number, token in enumerate(tokens[at : at + _LONGEST_NAME], at + 1):
        if token["quoted"]:
            break
        if token["word"]:
            # “Sheffield, Brightside and Hillsborough” has a comma of its own.
            words.append((token["word"], number))
    for length in range(len(words), 0, -1):
        said = " ".join(word for word, _ in words[:length])
        # A word of two letters is rather a word than a seat's short name.
        if len(said) > CODE_LETTERS and (match := names.called(said)).contests:
            return (match, said), words[length - 1][1]
    return None, at + 1


def _occasions(text: str) -> tuple[list[Occasion], str]:
    """Every time that words name, and the words without them."""
    found: list[Occasion] = []
    while True:
        occasion, rest = read_occasion(text)
        if not occasion:
            return found, rest
        found.append(occasion)
        text = rest

"""Parties as people say them: “Tories”, “Lib Dems”, “Plaid”; and the two sides of a swing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.election.contest import Party
from bot.election.spellings import fold

# Short names as the House of Commons Library has them; of several the first that stands is meant.
_SAID = {
    ("Con",): "conservatives? tor(?:y|ies) con cons conservative_party",
    ("Lab",): "labour lab labour_party",
    ("LD",): "lib_?dems? ld libdems? liberal_democrats? liberals?",
    ("Green",): "greens? green_party",
    ("RUK", "BRX"): "reform ruk reform_uk brexit_party brx",
    ("UKIP",): "ukip",
    ("SNP",): "snp scottish_national(?:_party|ists?)? scot_nats?",
    ("PC",): "plaid plaid_cymru",
    ("DUP",): "dup",
    ("SF",): "sinn_f[eé]in sf",
    ("SDLP",): "sdlp",
    ("APNI",): "alliance apni",
    ("UUP",): "uup ulster_unionists?",
    ("TUV",): "tuv",
    ("WPB",): "workers_party wpb",
    ("Res",): "respect",
    ("Ind",): "independents?",
    ("Spk",): "speaker",
}
_NAMES = {
    short: "|".join(
        word.replace("_", "[ -]") for word in sorted(words.split(), key=len, reverse=True)
    )
    for short, words in _SAID.items()
}
# Codes and registered names, folded, that nobody says.
_CODES = {
    "c": ("Con",),
    "conservative and unionist": ("Con",),
    "conservative and unionist party": ("Con",),
    # Not the Liberal Democrats, as whoever says “the Liberals” means.
    "lib": ("Lib",),
    "liberal": ("Lib",),
    "lab co op": ("Lab",),
    "labour and co operative": ("Lab",),
    "labour and co operative party": ("Lab",),
    "scottish national party snp": ("SNP",),
    "plaid cymru the party of wales": ("PC",),
    "speaker seeking re election": ("Spk",),
    "alliance alliance party of northern ireland": ("APNI",),
}
_ANY = "|".join(f"(?:{names})" for names in _NAMES.values())
_SIDE = rf"(?:the )?(?:{_ANY})(?:['’]?s)?"
_BETWEEN = r"(?:\s*(?:\bto\b|[-–/→>]|\band\b|\bvs?\b|\bversus\b)\s*|\s+)"
_FROM_TO = re.compile(
    rf"\b(?:from |between )?(?P<losing>{_SIDE}){_BETWEEN}(?P<gaining>{_SIDE})(?![\w-])",
    re.IGNORECASE,
)
_TO = re.compile(rf"\b(?:to|towards) (?P<side>{_SIDE})(?![\w-])", re.IGNORECASE)
_FROM = re.compile(rf"\b(?:from|against) (?P<side>{_SIDE})(?![\w-])", re.IGNORECASE)
_ONE = re.compile(rf"(?<![\w-])(?P<side>{_SIDE})(?![\w-])", re.IGNORECASE)
_EACH = {
    short: re.compile(rf"(?:the )?(?:{names})(?:['’]?s)?", re.IGNORECASE)
    for short, names in _NAMES.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The parties that a question names, each as the short names it may have, the likeliest first.

    Empty where it names none. Of a swing, votes go from `losing` to `gaining`.
    """

    gaining: tuple[str, ...] = ()
    losing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gaining or self.losing)


def read_sides(text: str) -> tuple[Sides, str]:
    """The parties in a text, and the text without them.

    “Con to Lab” names both, “to Labour” who gained, “from the Tories” who lost; one party alone
    is the one that gains, or needs.
    """
    if both := _FROM_TO.search(text):
        sides = Sides(gaining=_shorts(both["gaining"]), losing=_shorts(both["losing"]))
        return sides, _without(text, both)
    to, text = _cut(_TO, text)
    losing, text = _cut(_FROM, text)
    if not to:
        to, text = _cut(_ONE, text)
    return Sides(gaining=to, losing=losing), text


def short_names(*called: str) -> tuple[str, ...]:
    """The short names that a party may have, the likeliest first, by a name or code of it.

    Of several ways to call it the first that is known counts; empty where none is.
    """
    for words in map(fold, called):
        if shorts := _CODES.get(words):
            return shorts
        for short, pattern in _EACH.items():
            if pattern.fullmatch(words):
                return short
    return ()


def standing_as(shorts: tuple[str, ...], parties: Iterable[Party]) -> Party | None:
    """The party, of these, that one of several short names means; None where none of them does."""
    by_short = {party.short: party for party in parties}
    return next((by_short[short] for short in shorts if short in by_short), None)


def _cut(pattern: re.Pattern[str], text: str) -> tuple[tuple[str, ...], str]:
    """The party that a pattern finds in a text, by its short names, and the text without it."""
    found = pattern.search(text)
    return (_shorts(found["side"]), _without(text, found)) if found else ((), text)


def _shorts(words: str) -> tuple[str, ...]:
    return next(short for short, pattern in _EACH.items() if pattern.fullmatch(words))


def _without(text: str, found: re.Match[str]) -> str:
    return " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())

"""Numbers as they are written by hand: exact ones are taken, round ones are asked about."""

import re

from bot.errors import AskError

MOST_VOTES = 10_000_000
LONGEST = 2_000

_GROUP = "[,\u00a0\u2009\u202f ]"
# One sign sets off all the thousands of a number, or there are two numbers.
_SIGN = f"(?P<sign>{_GROUP})"
COUNT = re.compile(
    rf"(?<![0-9.])(?<![0-9],)(?:[0-9]{{1,3}}{_SIGN}[0-9]{{3}}(?:(?P=sign)[0-9]{{3}})*(?![0-9])|[0-9]+)"
    r"(?!\.?[0-9]|,[0-9]|\s?%|\s?per\s?cent)"
)
_HEDGED = re.compile(
    r"(?:\b(?:about|around|roughly|nearly|almost|some|over|under|above|below|just|more than|"
    r"less than|fewer than|at least|up to|approx(?:imately)?\.?|circa|ca?\.|est(?:imated)?\.?)\s*|"
    r"[~≈≃≅±<>≤≥]\s*)[0-9][0-9.,]*\s?%?",
    re.IGNORECASE,
)
_ROUND = re.compile(
    r"(?<![0-9.,])[0-9][0-9.,]*(?:\s?(?:k|m|thousand|hundred|million)\b|-?ish\b|s\b|"
    r"\s?\+(?![0-9])|\s?\?|\s(?:or so|odd|plus|or more|or less)\b)",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"(?<![0-9])[0-9]+(?:\.[0-9]+|,[0-9]{1,2}(?![0-9])|,[0-9]{4,})")
_SHARE = re.compile(r"[0-9][0-9.,]*\s?(?:%|per\s?cent)", re.IGNORECASE)
_RANGE = re.compile(r"(?<![0-9.,])[0-9][0-9.,]*\s?[-‐‑–—]\s?[0-9][0-9.,]*")
_APOSTROPHE = re.compile(r"[0-9]+['’‘`´][0-9]+")
# A dash with a space before it and none behind is a sign, and else a dash.
_NEGATIVE = re.compile(r"(?:(?<![^\s:=,;(])-(?=[0-9])|−\s?(?=[0-9]))[0-9.,]+")
_IN_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|"
    r"fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|nil|none|nought|zero)\b",
    re.IGNORECASE,
)


def refuse_round(words: str) -> None:
    """Raise `AskError` where words have a number, of papers or per cent, that is not exact.

    That is a hedged one, a range, one below nought, one in other digits than 0 to 9, or a text of
    over 2,000 characters.
    """
    if len(words) > LONGEST:
        raise AskError(
            f"That is over {LONGEST:,} characters; no figures are that long. Shorten it."
        )
    if other := next((c for c in words if c.isnumeric() and not "0" <= c <= "9"), None):
        raise AskError(f"“{quoted(other)}” is no digit that I read: write numbers with 0 to 9.")
    if found := _NEGATIVE.search(words):
        raise AskError(
            f"“{quoted(found[0])}” is below nought. If the dash is no minus, put a space behind it."
        )
    if found := _APOSTROPHE.search(words):
        raise AskError(
            f"“{quoted(found[0])}” may be one number or two: write thousands like 11,719."
        )
    if found := _RANGE.search(words):
        raise AskError(f"“{quoted(found[0])}” are two numbers: write the one that was counted.")
    if found := _HEDGED.search(words) or _ROUND.search(words):
        raise _no_count(found[0])


def refuse_broken(words: str) -> None:
    """Raise `AskError` where a number is none of papers: “11.719”, “11,7”, “35%”."""
    if found := _SHARE.search(words):
        raise AskError(
            f"“{quoted(found[0])}” is no exact count. Shares are worked out: write the votes alone."
        )
    if found := _BROKEN.search(words):
        raise _no_count(found[0])


def in_words(words: str) -> str | None:
    """A number that is written in words, or the first of them; None where there is none."""
    found = _IN_WORDS.search(words)
    return found and found[0]


def whole(written: str) -> int:
    """A number that `COUNT` has found. Raises `AskError` where no seat has so many electors."""
    digits = re.sub(_GROUP, "", written)
    # A number of thousands of digits is not even turned into one.
    if len(digits) > len(str(MOST_VOTES)) or int(digits) > MOST_VOTES:
        raise AskError(f"{quoted(written)} votes are more than any seat has electors.")
    return int(digits)


def quoted(words: str) -> str:
    """Words as they can be shown: what is not printable is left out, the end of long ones too."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


def _no_count(words: str) -> AskError:
    return AskError(
        f"“{quoted(words)}” is no exact count. What is recorded goes on air: write every vote, "
        "like 11,719."
    )

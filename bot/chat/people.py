"""The person that a question speaks of."""

import re

from bot.chat.catalogue import content

_ABOUT_STANDING = re.compile(
    r"\b(?:stands?|standing|stood|runs?|running|ran|fights?|fighting|fought|contest(?:s|ed|ing)?"
    r"|elected|an?|mps?|candidates?|was|is|did|does|has|been|tonight|now|seats?|constituency"
    r"|which|what|where)\b",
    re.IGNORECASE,
)


def read_person(words: str) -> str:
    """A person's name among words that ask where they stand; empty where there is none."""
    return content(_ABOUT_STANDING.sub(" ", words))

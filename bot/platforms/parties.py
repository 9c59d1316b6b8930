"""Parties by their colours, for the edge of a declaration."""

import re

from bot.chat.post import Post
from bot.liveblog.markup import BlockKind

_COLOURS = {
    name.casefold(): colour
    for colour, names in {
        "#E4003B": ("Lab", "Labour", "Labour and Co-operative"),
        "#0087DC": ("Con", "Conservative"),
        "#FAA61A": ("LD", "Liberal Democrat", "Lib Dem"),
        "#02A95B": ("Green", "Green Party"),
        "#12B6CF": ("RUK", "Reform UK", "Reform"),
        "#FDF38E": ("SNP", "Scottish National Party"),
        "#005B54": ("PC", "Plaid Cymru"),
        "#D46A4C": ("DUP", "Democratic Unionist Party"),
        "#326760": ("SF", "Sinn Féin"),
        "#2AA82C": ("SDLP", "Social Democratic & Labour Party"),
        "#F6CB2F": ("APNI", "Alliance"),
        "#48A5EE": ("UUP", "Ulster Unionist Party"),
    }.items()
    for name in names
}
_OTHER = "#767676"
_WON = re.compile(r"(?:.*: )?(?P<party>.+?)s? (?:gain|hold|win)\b")
_BRACKETS = re.compile(r"\(([^()]{1,60})\)")


def colour_of(party: str) -> str:
    """A party's colour by its short or long name; grey for one that has none here."""
    return _COLOURS.get(party.casefold(), _OTHER)


def colour(post: Post) -> str:
    """The winner's colour as “#E4003B”; grey for a party that has none here.

    The heading of a declaration says who won; where it does not, the winner has the first votes.
    """
    if won := _WON.match(post.heading):
        return _COLOURS.get(won["party"].casefold(), _OTHER)
    votes = (block.text for block in post.body if block.kind is BlockKind.ITEM)
    named = _BRACKETS.search(next(votes, ""))
    return _COLOURS.get(named[1].casefold(), _OTHER) if named else _OTHER

"""In which way a channel gets entries: which of them, and in what form."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.chat.post import Post, PostKind
from bot.errors import AskError

SHORTEST, LONGEST = 5, 180
LONGEST_HEADING = 100
_EVERY = re.compile(r"every (\d{1,4})")
OFTEN = f"A round-up comes every {SHORTEST} to {LONGEST} minutes: “every 30m”."


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How entries come to a channel; as a text, and read from it, for who keeps it.

    With `key` only those that their publisher has marked, with `headlines` without their text.
    `general` are those that name no seat, beside those of the seats that it was narrowed to. With
    `every` they come as one message in so many minutes, and each without its text.
    """

    key: bool = False
    headlines: bool = False
    general: bool = False
    pictures: bool = True
    every: int | None = None

    @property
    def brief(self) -> bool:
        """Whether an entry is its heading and its link alone."""
        return self.headlines or self.every is not None

    def __str__(self) -> str:
        said = [name for name in ("key", "headlines", "general") if getattr(self, name)]
        said += [] if self.pictures else ["no pictures"]
        said += [] if self.every is None else [f"every {self.every}"]
        return ", ".join(said)

    def takes(self, post: Post) -> bool:
        """Whether an entry that the channel has not had is for it; so is all that is none."""
        if post.kind is not PostKind.ENTRY:
            return True
        if self.key and not post.key_event:
            return False
        return self.pictures or bool(post.heading.strip() or _text(post))

    def shaped(self, post: Post) -> Post:
        """An entry in the form in which the channel gets it; one of pictures alone stays."""
        if post.kind is not PostKind.ENTRY:
            return post
        if self.brief and (heading := post.heading.strip() or first_words(_text(post))):
            # Which seats it names is known from its text, which is not shown.
            return replace(post, heading=heading, body=(), pictures=(), contests=())
        if not self.pictures and (post.heading.strip() or _text(post)):
            return replace(post, pictures=())
        return post


PLAIN = Manner()


@lru_cache(maxsize=256)
def read_manner(words: str) -> Manner:
    """A manner from its text, empty for all of it. Raises `ValueError` for any other words."""
    manner = PLAIN
    for said in filter(None, (part.strip() for part in words.split(","))):
        if said in ("key", "headlines", "general"):
            manner = replace(manner, **{said: True})
        elif said == "no pictures":
            manner = replace(manner, pictures=False)
        elif found := _EVERY.fullmatch(said):
            manner = replace(manner, every=often(int(found[1])))
        else:
            raise ValueError(f"“{said}” is no way in which entries come")
    return manner


def often(minutes: int) -> int:
    """So many minutes between two round-ups. Raises `AskError` for too few or too many."""
    if not SHORTEST <= minutes <= LONGEST:
        raise AskError(OFTEN)
    return minutes


def same_to_read(one: Post, other: Post) -> bool:
    """Whether two brief entries read the same, whenever they were edited."""
    return replace(one, edited=None) == replace(other, edited=None)


def _text(post: Post) -> str:
    return " ".join(block.text for block in post.body).strip()


def first_words(text: str) -> str:
    """What a text begins with, where it is too long for a heading; without line breaks."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_HEADING:
        return text
    head = text[: LONGEST_HEADING - 1]
    return f"{head[: head.rfind(' ')] if ' ' in head else head}…"

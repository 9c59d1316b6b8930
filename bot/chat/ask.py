"""Who asks what, where; and where a message stands."""

from dataclasses import dataclass
from enum import StrEnum

from bot.chat.manner import PLAIN, Manner
from bot.chat.quiet import Quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A place on a platform that messages go to."""

    platform: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"


class Role(StrEnum):
    """What somebody may do, the least first: whoever has one may do what those before it may."""

    EVERYONE = "everyone"
    DESK = "desk"
    OPERATOR = "operator"

    def covers(self, needed: "Role") -> bool:
        """Whether who has this one may do what needs another."""
        roles = list(Role)
        return roles.index(self) >= roles.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Somebody on a platform.

    `manages` says whether the platform lets them change what a channel gets; `everybody` that it
    says so of everybody, as it does not know who manages a channel. `groups` are the ids of the
    groups or roles that they have there.
    """

    platform: str
    id: str
    name: str
    manages: bool = True
    everybody: bool = False
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """Somebody that a text mentions: `who` is a person's id, or “role:” or “group:” and its id."""

    who: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question as it was typed, without the mention or slash that addressed it.

    `beside` are the ids of the channels that are in the same place as this one, and may be spoken
    of in it; None where the ids themselves tell. `people` are whom the text mentions, besides the
    bot, where the platform takes that out of the text or knows their names.
    """

    text: str
    author: Author
    channel: Channel
    beside: frozenset[str] | None = None
    people: tuple[Mentioned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef:
    """A message that stands on a platform; `id` is the platform's own."""

    channel: Channel
    id: str


class Follow(StrEnum):
    """What a channel can follow."""

    ENTRIES = "entries"
    REMINDERS = "reminders"
    DECLARATIONS = "declarations"
    CHECKS = "checks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A channel, what it follows, and of which contests (ids; none means all).

    Entries come in a `manner`, and wait while it is `quiet`.
    """

    channel: Channel
    follows: frozenset[Follow]
    only: frozenset[str] = frozenset()
    manner: Manner = PLAIN
    quiet: Quiet | None = None

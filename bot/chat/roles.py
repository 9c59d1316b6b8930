"""Who may do what: the role that somebody has, and what is said to those who have too little."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.chat.ask import Author, Mentioned, Role
from bot.errors import AskError

# Whoever sits at the machine can change its settings: they may do everything.
AT_THE_MACHINE = frozenset({"terminal", "shell"})
NAMES_SHOWN = 5
_NAMED = re.compile(
    r"(?P<platform>slack):(?P<group>group:)?(?P<slack>(?:[TE][A-Z0-9]+/)?[UWS][A-Z0-9]+)"
    r"|discord:(?P<role>role:)?(?P<discord>[0-9]{15,20})"
)
# As chats write somebody whom a text mentions; and an id alone.
_MENTION = re.compile(
    r"<(?:@(?P<kind>[!&]?)|!(?P<group>subteam)\^)(?P<id>[A-Z0-9]+)(?:\|(?P<name>[^>]*))?>"
)
_BARE = {"slack": re.compile(r"[UW][A-Z0-9]{5,}"), "discord": re.compile(r"[0-9]{15,20}")}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRole:
    """Somebody who was given a role: `who` as in `Mentioned`. `by` whom; None by the settings."""

    platform: str
    who: str
    role: Role
    name: str = ""
    by: str | None = None

    def means(self, author: Author) -> bool:
        """Whether somebody is who was named, or has the role of a platform's that was."""
        if self.platform != author.platform:
            return False
        kind, _, id_ = self.who.partition(":")
        return id_ in author.groups if id_ else kind == author.id

    @property
    def group(self) -> str | None:
        """The id of the platform's group that was named; None for anybody else."""
        kind, _, id_ = self.who.partition(":")
        return id_ if kind == "group" else None

    @property
    def workspace(self) -> str:
        """The workspace where they are; empty where ids say none."""
        return self.who.rpartition(":")[2].rpartition("/")[0]

    @property
    def called(self) -> str:
        """What people call them, and where nobody said it, their id as the settings have it."""
        return self.name or f"{self.platform}:{self.who}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, by all who were given roles at that moment.

    For commands too that take a greater role for some of what they do.
    """

    author: Author
    named: tuple[NamedRole, ...] = ()

    @property
    def role(self) -> Role:
        """The role that they have where they ask."""
        return role_of(self.author, self.named)

    def must_be(self, needed: Role, doing: str) -> None:
        """Raises `AskError` for somebody who may not do this: “remind a channel”."""
        if not self.role.covers(needed):
            raise AskError(refusal(needed, doing, self.author, self.named))


def role_of(author: Author, named: Collection[NamedRole]) -> Role:
    """The role that somebody has in the channel where they are, given all who were named.

    Who manages a channel is of the desk there, and an operator for as long as nobody is one, so
    that a new installation works at once. A platform that lets everybody manage does so only until
    somebody was named there: else it would mean nothing to be named.
    """
    if author.platform in AT_THE_MACHINE:
        return Role.OPERATOR
    roles = {one.role for one in named if one.means(author)}
    if Role.OPERATOR in roles:
        return Role.OPERATOR
    if author.manages and not any(one.role is Role.OPERATOR for one in named):
        return Role.OPERATOR
    if Role.DESK in roles or (author.manages and not _is_closed(author, named)):
        return Role.DESK
    return Role.EVERYONE


def _is_closed(author: Author, named: Iterable[NamedRole]) -> bool:
    """Whether managing counts for nothing, as everybody does and others were named."""
    return author.everybody and any(
        one.role is Role.DESK and one.platform == author.platform for one in named
    )


def refusal(needed: Role, doing: str, author: Author, named: Sequence[NamedRole]) -> str:
    """What somebody is told who may not do something: who can, and how they could."""
    who = "the desk" if needed is Role.DESK else "an operator"
    can = [
        one.name
        for one in named
        if one.name and one.platform == author.platform and one.role.covers(needed)
    ]
    said = list(dict.fromkeys(can))[:NAMES_SHOWN]
    if needed is Role.DESK and not _is_closed(author, named):
        said.append("somebody who manages this channel")
    or_else = "an operator can “allow” you"
    if not said:
        return f"Only {who} can {doing}. {or_else[0].upper()}{or_else[1:]}."
    either = " or ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
    return f"Only {who} can {doing}. {either[0].upper()}{either[1:]} can, or {or_else}."


def read_named(text: str, role: Role) -> NamedRole | None:
    """Somebody as the settings name them (“slack:U0123”, “discord:role:123”); None for no such."""
    found = _NAMED.fullmatch(text.strip())
    if found is None:
        return None
    if found["platform"]:
        is_group = found["slack"].rpartition("/")[2].startswith("S")
        who = f"group:{found['slack']}" if is_group else found["slack"]
        return NamedRole(platform="slack", who=who, role=role)
    return NamedRole(platform="discord", who=f"{found['role'] or ''}{found['discord']}", role=role)


def read_whom(
    text: str, author: Author, people: Iterable[Mentioned] = ()
) -> tuple[list[NamedRole], str]:
    """Whom words mean, by mention or id, each once and of no role yet; and all other words.

    An id that says no platform is of the platform where it is said.
    """
    within = author.id.rpartition("/")[0]
    names = {one.who: one.name for one in people}
    found = [NamedRole(platform=author.platform, who=who, role=Role.EVERYONE) for who in names]

    def mentioned(match: re.Match[str]) -> str:
        who = _within(within, match["id"])
        if match["group"]:
            who = f"group:{who}"
        elif match["kind"] == "&":
            who = f"role:{match['id']}"
        names.setdefault(who, match["name"] or "")
        found.append(NamedRole(platform=author.platform, who=who, role=Role.EVERYONE))
        return " "

    rest = []
    for word in _MENTION.sub(mentioned, text).split():
        bare = word.strip(",;.!?<>")
        one = read_named(bare, Role.EVERYONE)
        if one is None and (ids := _BARE.get(author.platform)) and ids.fullmatch(bare):
            who = _within(within, bare)
            one = NamedRole(platform=author.platform, who=who, role=Role.EVERYONE)
        if one is None:
            rest.append(word)
        else:
            found.append(one)
    unique = {(one.platform, one.who): one for one in found}
    named = [
        NamedRole(
            platform=one.platform,
            who=one.who,
            role=one.role,
            name=names.get(one.who, "") if one.platform == author.platform else "",
        )
        for one in unique.values()
    ]
    return named, " ".join(rest)


def _within(workspace: str, id_: str) -> str:
    """The id of somebody in the same workspace."""
    return f"{workspace}/{id_}" if workspace else id_

"""How Discord's clients read markdown, written down apart from the code that writes it.

Where clients differ or are not sure, the more is read as a mark. What there is to read:
https://support.discord.com/hc/en-us/articles/210298617 and
https://discord.com/developers/docs/reference#message-formatting.
"""

import re
from dataclasses import dataclass, field

_INSIDE = r"((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)"
_HREF = r"((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"][\s\S]*?['\"])?"
_SLANTED = r"((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)"
_LINE_START = [
    ("code block", re.compile(r"```(?:[a-z0-9_+\-.#]+\n)?\n*([^\n][\s\S]*?)\n*```", re.I)),
    ("subtext", re.compile(r" *-# +([^\n]+)\n?")),
    ("heading", re.compile(r" *#{1,6} +([^\n]+)\n?")),
    ("quote", re.compile(r" *(?:>>> ?([\s\S]+)|> ([^\n]*)\n?)")),
    ("item", re.compile(r" *(?:[-*+]|[0-9]+[.)]) +([^\n]*)\n?")),
]
# What holds other marks; the longest wins where several begin with the same character.
_AROUND = [
    ("strong", re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")),
    ("emphasis", re.compile(r"\*(?=\S)" + _SLANTED + r"\*(?!\*)")),
    ("emphasis", re.compile(r"_((?:__|\\[\s\S]|[^\\_])+?)_(?!\w)")),
    ("underline", re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)")),
    ("strike", re.compile(r"~~([\s\S]+?)~~(?!_)")),
    ("spoiler", re.compile(r"\|\|([\s\S]+?)\|\|")),
]  # fmt: skip
# What stands for itself: what is kept of it is the first group.
_ALONE = [
    ("code block", _LINE_START[0][1]),
    ("link", re.compile(r"\[" + _INSIDE + r"\]\(\s*<?" + _HREF + r"\s*\)")),
    ("autolink", re.compile(r"<((?:[^: >]+:/|mailto:|tel:|sms:)[^ >]+)>")),
    ("autolink", re.compile(r"<([^ >@]+@[^ >]+)>")),
    ("address", re.compile(r"((?:https?|steam|discord)://\S+)", re.I)),
    ("invitation", re.compile(r"(discord(?:app)?\.(?:gg|com|gift|new)/\S+)", re.I)),
    ("everyone", re.compile(r"@(everyone|here)")),
    ("person", re.compile(r"<@!?(\d+)>")),
    ("role", re.compile(r"<@&(\d+)>")),
    ("channel", re.compile(r"<#(\d+)>")),
    ("time", re.compile(r"<t:(-?\d+(?::[tTdDfFR])?)>")),
    ("emoji", re.compile(r"<a?:(\w+:\d+)>")),
    ("command", re.compile(r"</([^>]+:\d+)>")),
    ("navigation", re.compile(r"<(?:\d+|id):([\w-]+)>")),
    ("shortcode", re.compile(r":([^\s:]+):")),
    ("code", re.compile(r"(?P<fence>`+)([\s\S]*?[^`])(?P=fence)(?!`)")),
]  # fmt: skip
# No mark begins with any of these.
_PLAIN = re.compile(r"[^\\*_~|`<\[@:HhSsDd\n]+")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


@dataclass
class Read:
    """What a reader sees, and everything that was a mark: its kind, and what it holds."""

    words: str = ""
    marks: list[tuple[str, str]] = field(default_factory=list)

    def of(self, *kinds: str) -> list[str]:
        return [held for kind, held in self.marks if kind in kinds]

    @property
    def kinds(self) -> set[str]:
        return {kind for kind, _ in self.marks}


def read(text: str) -> Read:
    """A text as it is shown."""
    seen, at, fresh = Read(), 0, True
    while at < len(text):
        found = _next(text, at, fresh)
        fresh = found.end > 0 and text[found.end - 1] == "\n"
        inner = read(found.inner) if found.inner is not None else Read(words=found.words)
        # A link is known by where it leads, all else by its words.
        if found.kind:
            seen.marks.append((found.kind, found.held or inner.words))
        seen.marks += inner.marks
        seen.words += inner.words + ("\n" if fresh and found.kind else "")
        at = found.end
    return seen


@dataclass
class _Found:
    end: int
    kind: str = ""
    inner: str | None = None
    words: str = ""
    held: str = ""


def _next(text: str, at: int, fresh: bool) -> _Found:
    if fresh:
        for kind, rule in _LINE_START:
            if found := rule.match(text, at):
                inner = next(group for group in found.groups() if group is not None)
                if kind == "code block":
                    return _Found(end=found.end(), kind=kind, words=inner, held=inner)
                return _Found(end=found.end(), kind=kind, inner=inner)
    if found := _PLAIN.match(text, at):
        return _Found(end=found.end(), words=found[0])
    if found := _ESCAPED.match(text, at):
        return _Found(end=found.end(), words=found[1])
    for kind, rule in _ALONE:
        if found := rule.match(text, at):
            if kind == "link":
                href = re.sub(r"\\(.)", r"\1", found[2])
                return _Found(end=found.end(), kind=kind, inner=found[1], held=href)
            return _Found(end=found.end(), kind=kind, words=found[0], held=found[1])
    around = [(found, kind) for kind, rule in _AROUND if (found := rule.match(text, at))]
    if around:
        found, kind = max(around, key=lambda one: len(one[0][0]))
        return _Found(end=found.end(), kind=kind, inner=found[1])
    return _Found(end=at + 1, words=text[at])

"""Posts and replies as the terminal shows them. Pure: nothing is printed here.

Every kind looks different at a glance. `plain` is for output that is no terminal: the same words
without bars, boxes and hidden links, fit for a file or for grep.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rich import box
from rich.console import Group, JustifyMethod, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice, Origin, Reply
from bot.chat.reply import Table as Rows
from bot.election.clock import uk_clock, uk_day, uk_stamp
from bot.election.figure import Standing
from bot.liveblog.entry import Picture
from bot.platforms.labels import lateness
from bot.platforms.terminal.characters import address, named_link, paragraph, say
from bot.platforms.terminal.chart import drawn
from bot.platforms.terminal.layout import Beside, Clipped

BODY_LINES = 12
WITHDRAWN_LINES = 3
ONE_NIGHT = timedelta(hours=36)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A kind's colour, the sign before its heading, and its bar, or the label of its box."""

    colour: str
    sign: str = ""
    bar: str = ""
    label: str = ""


_LOOKS = {
    PostKind.ENTRY: _Look(colour="blue", bar="│ "),
    PostKind.REMINDER: _Look(colour="yellow", sign="⏰ ", bar="┃ "),
    PostKind.TIMETABLE: _Look(colour="magenta", sign="↻ ", bar="┊ "),
    PostKind.DECLARATION: _Look(colour="green", label="DECLARATION"),
    PostKind.ROUND_UP: _Look(colour="cyan", sign="⇊ ", bar="║ "),
    PostKind.NOTICE: _Look(colour="red", sign="⚠ ", bar="╏ "),
    PostKind.CHECK: _Look(colour="bright_magenta", sign="? ", bar="┇ "),
    PostKind.BOARD: _Look(colour="bright_cyan", label="BOARD"),
    PostKind.STATE: _Look(colour="bright_green", sign="≡ ", bar="▏ "),
}
_WITHDRAWN = _Look(colour="bright_black", bar="╎ ")
_STANDINGS = {
    Standing.OFFICIAL: "green",
    Standing.REPORTED: "cyan",
    Standing.PROVISIONAL: "yellow",
    Standing.ESTIMATED: "magenta",
}


def message(post: Post, *, plain: bool = False) -> RenderableType:
    """A post as it stands, under the time that it speaks of."""
    if post.withdrawn is not None:
        note = say("✗ withdrawn", "bold")
    elif post.edited is not None:
        note = say(f"✎ edited {uk_clock(post.edited)}", "yellow")
    else:
        note = None
    return _block(post, post.at, note, plain)


def change(post: Post, *, before: Post | None, at: datetime, plain: bool = False) -> RenderableType:
    """An edit or a withdrawal, made at an instant (UTC), of the message that was `before`.

    What is on the screen already cannot be changed, so the change names what it is about.
    """
    if post.withdrawn is not None:
        note = say(f"✗ withdrawn {uk_clock(at)}", "bold")
    elif post.kind is PostKind.BOARD:
        note = say(f"↻ drawn anew {uk_clock(at)}", "bright_cyan")
    else:
        note = say(f"✎ edited {uk_clock(at)}", "yellow")
    note.append(f" · posted {uk_clock((before or post).at)}", "dim")
    if before is not None and post.kind is PostKind.BOARD:
        # It would scroll by whole at each change of one line.
        post = replace(post, body=tuple(block for block in post.body if block not in before.body))
    if before is not None and before.heading != post.heading and before.heading:
        note.append(" as “", "dim").append_text(say(before.heading, "dim")).append("”", "dim")
    return _block(post, at, note, plain)


def reply(answer: Reply, *, plain: bool = False) -> RenderableType:
    """An answer with its table, its origin, and choices under the numbers that pick them."""
    colour = "yellow" if answer.error else "cyan"
    parts: list[RenderableType] = []
    if answer.title:
        parts.append(say(answer.title, colour if answer.error else "bold"))
    parts += [say(line) for line in answer.lines]
    if answer.chart is not None:
        parts += drawn(answer.chart, answer.title)
    elif answer.table is not None and answer.table.columns:
        parts.append(_table(answer.table, plain))
    if answer.origin is not None:
        parts.append(_origin(answer.origin, answer.as_of, plain))
    if answer.choices:
        parts.append(Text())
    parts += [_choice(number, choice) for number, choice in enumerate(answer.choices, 1)]
    bar = "  " if plain else "▌ "
    return Beside(time=Text(), bar=say(bar, colour), column=Group(*parts))


def question(text: str, at: datetime) -> Text:
    """A question as if it had been typed at the prompt at an instant (UTC)."""
    return Text.assemble((uk_clock(at), "cyan"), " › ", say(text), overflow="fold")


def divider(words: str, *, plain: bool = False) -> RenderableType:
    """A dim line that parts what was before from what comes."""
    return say(f"--- {words} ---") if plain else Rule(say(words, "dim"), style="dim")


def _block(post: Post, at: datetime, note: Text | None, plain: bool) -> RenderableType:
    look = _LOOKS[post.kind] if post.withdrawn is None else _WITHDRAWN
    parts: list[RenderableType] = [] if note is None else [note]
    parts += _standing(post, plain) if post.withdrawn is None else _withdrawn(post, plain)
    column: RenderableType = Group(*parts)
    label = say(look.label, f"bold {look.colour}")
    if look.label and plain:
        column = Group(label, column)
    elif look.label:
        column = Panel(
            column, box=box.HEAVY, title=label, title_align="left", border_style=look.colour
        )
    bar = "  " if plain else look.bar
    return Beside(time=say(uk_clock(at), "dim"), bar=say(bar, look.colour), column=column)


def _standing(post: Post, plain: bool) -> Iterator[RenderableType]:
    look = _LOOKS[post.kind]
    heading = say(look.sign, look.colour)
    if post.key_event:
        heading.append("★ ", "yellow")
    heading.append_text(say(post.heading, f"bold {look.colour}"))
    if post.late is not None:
        heading.append(f" · {lateness(post.late)}", "yellow")
    if heading:
        yield heading
    body = Group(*(paragraph(block, plain=plain) for block in post.body))
    url = address(post.source.url) if post.source else None
    # Each line of a round-up is a post of its own: none is left out.
    if post.body and url and post.kind is not PostKind.ROUND_UP:
        more = say(f"… read on: {url}", "dim")
        yield Clipped(content=body, limit=BODY_LINES, more=more)
    elif post.body:
        yield body
    for picture in post.pictures:
        if caption := _caption(picture):
            yield caption
    # Nothing can be pressed here: what a button would ask is there to be typed.
    for choice in post.choices:
        yield (
            say("→ ", "cyan")
            .append_text(say(choice.label))
            .append_text(say(f": {choice.ask}", "dim"))
        )
    if footer := _footer(post, plain):
        yield footer


def _withdrawn(post: Post, plain: bool) -> Iterator[RenderableType]:
    # What was taken back must not be read as standing where nothing can be struck through.
    mark = "~~" if plain else ""
    words = [post.heading, *(block.text for block in post.body)]
    struck = [say(f"{mark}{text}{mark}", "strike dim") for text in words if text]
    yield Clipped(content=Group(*struck), limit=WITHDRAWN_LINES, more=say("…", "dim"))
    if post.withdrawn:
        yield say(f"Reason: {post.withdrawn}")
    if footer := _footer(post, plain):
        yield footer


def _caption(picture: Picture) -> Text | None:
    words = picture.caption or picture.alt or ("Picture" if picture.url else "")
    if not words:
        return None
    credit = f" — {picture.credit}" if picture.credit else ""
    return say(f"▣ {words}{credit}", "italic dim")


def _footer(post: Post, plain: bool) -> Text:
    # The bot words its own headings with the seat in them; an entry's tags say what it read there.
    said = "" if post.kind is PostKind.ENTRY else post.heading
    parts = [say(name, "cyan") for name in post.contests if name not in said]
    if post.source is not None:
        parts.append(named_link(post.source.name, post.source.url, "dim", plain=plain))
    return say(" · ", "dim").join(parts)


def _table(table: Rows, plain: bool) -> Table:
    shown = Table(
        box=None if plain else box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        header_style="dim",
        border_style="dim",
    )
    for number, name in enumerate(table.columns):
        side: JustifyMethod = "right" if number in table.right else "left"
        shown.add_column(say(name), justify=side, overflow="fold")
    for row in table.rows:
        shown.add_row(*(say(cell) for cell in row))
    return shown


def _origin(origin: Origin, as_of: datetime | None, plain: bool) -> Text:
    """Source, time and standing; with the day where that is not the night being spoken of."""
    source = named_link(origin.source.name, origin.source.url, "dim", plain=plain)
    elsewhen = as_of is not None and abs(as_of - origin.at) > ONE_NIGHT
    day = f", {uk_day(origin.at)}" if elsewhen else ""
    when = uk_day(origin.at) if origin.day_only else f"{uk_stamp(origin.at)}{day}"
    source.append(f" · {when} · ", "dim")
    return source.append(origin.standing.value, _STANDINGS[origin.standing])


def _choice(number: int, choice: Choice) -> Text:
    line = Text.assemble((f"{number}", "bold cyan"), "  ", say(choice.label), overflow="fold")
    if choice.ask.casefold() != choice.label.casefold():
        line.append("  ").append_text(say(choice.ask, "dim"))
    return line

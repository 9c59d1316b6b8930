"""Posts and replies as Discord messages. Pure: nothing is sent here.

Every kind looks different at a glance, by its sign and by the colour of its edge. Limits:
https://discord.com/developers/docs/resources/message#embed-object-embed-limits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.chat.chart import Picture
from bot.chat.post import Post, PostKind
from bot.chat.reply import Origin, Reply
from bot.election.clock import uk_day
from bot.liveblog.entry import Picture as EntryPicture
from bot.liveblog.markup import Style
from bot.platforms.bodies import paragraphs, tidy, unlinked
from bot.platforms.discord.buttons import Button, in_rows
from bot.platforms.discord.markdown import escape, fitted, instant, link, literal, naming, safe
from bot.platforms.labels import NAMES, SIGNS, lateness
from bot.platforms.parties import colour
from bot.platforms.table import aligned
from bot.platforms.words import WORD_JOINER, address, cut, sentence_end, size

Embed = dict[str, Any]

MAX_CONTENT, MAX_DESCRIPTION = 2_000, 4_096
# There is room left for the mark that a post of text alone is found again by.
MAX_ALONE = MAX_CONTENT - 50
MAX_HEADING, MAX_FIRST_WORDS, MAX_TITLE, MAX_REASON = 350, 200, 500, 300
MAX_BODY, MAX_PARAGRAPHS, MAX_WITHDRAWN = 2_500, 30, 500
MAX_ROUND_UP, MAX_LISTED = 4_000, 50
MAX_TAGS, MAX_TAG = 5, 60
# Discord shows up to four pictures of one message as one gallery.
MAX_PICTURES, MAX_URL, MAX_CAPTIONS = 4, 2_048, 1_200
MAX_LINES, MAX_LINE_COUNT, MAX_TABLE = 2_500, 60, 2_000
ONE_NIGHT = timedelta(hours=18)
CHART_FILE = "chart.png"
# What of an embed shows the file that is attached to its message.
_CHART: Embed = {"image": {"url": f"attachment://{CHART_FILE}"}}

# No party's colours: only a declaration has one of those.
_COLOURS = {
    PostKind.ENTRY: 0x54677A,
    PostKind.REMINDER: 0xF2F0EB,
    PostKind.TIMETABLE: 0x9C84C9,
    PostKind.ROUND_UP: 0x8FA3B5,
    PostKind.NOTICE: 0x8A6D3B,
    PostKind.CHECK: 0xB85C8A,
    PostKind.BOARD: 0x3D8B7D,
    PostKind.STATE: 0x6C8F3C,
}
_KEY_EVENT, _WITHDRAWN = 0xC8A24A, 0x3A3C41
_STRUCK, _BARE = frozenset({Style.STRUCK}), frozenset[Style]()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordMessage:
    """A message: its text, its embeds as Discord's objects, rows of buttons, and a picture.

    Text and embeds are escaped markdown, and never both empty.

    The text is what a push notification shows; of a message that has only embeds, it shows
    nothing. So the text is the heading: read aloud it makes sense, and whoever reads the channel
    does not read it twice, for the embed below has the rest. It has no marks of ours and no
    `<t:…>`, which not every notification makes words of, unless it is struck through.
    """

    content: str = ""
    embeds: tuple[Embed, ...] = ()
    rows: tuple[tuple[Button, ...], ...] = ()
    picture: Picture | None = None

    def payload(self) -> dict[str, Any]:
        """What Discord's REST interface takes to create or edit the message.

        All parts are always there: an edit that leaves one out would leave what stood in it
        before. Nobody is pinged, whatever it says.
        """
        rows = [
            [
                {"type": 2, "style": 2, "label": each.label, "custom_id": each.custom_id}
                for each in row
            ]
            for row in self.rows
        ]
        return {
            "content": self.content,
            "embeds": list(self.embeds),
            "components": [{"type": 1, "components": row} for row in rows],
            "allowed_mentions": {"parse": [], "replied_user": False},
        }


def message(post: Post) -> DiscordMessage:
    """A post as it stands: edited, withdrawn and late posts say so."""
    heading, cut_short = _heading(post)
    about = _about(post)
    if post.withdrawn is not None:
        told = list(tidy(paragraphs((block.text for block in post.body), _STRUCK)))
        parts = [_reason(post), about]
        body, _ = fitted(told, limit=MAX_WITHDRAWN, most=MAX_PARAGRAPHS, room=_room(parts))
        embed: Embed = {"description": _joined([body, *parts]), "color": _WITHDRAWN}
        return DiscordMessage(content=heading, embeds=(embed,))
    pictures = [each for each in post.pictures if _address(each) or _words(each)]
    read_on = _read_on(post)
    room = _room([read_on, about])
    if post.kind is PostKind.ROUND_UP:
        body, clipped = _listed(post, room), False
    elif post.kind is PostKind.BOARD:
        told = list(tidy(post.body))
        body, clipped = fitted(told, limit=MAX_ROUND_UP, most=MAX_LISTED, room=room)
    else:
        told = list(tidy(post.body))
        body, clipped = fitted(told, limit=MAX_BODY, most=MAX_PARAGRAPHS, room=room)
    more = clipped or cut_short or len(pictures) > MAX_PICTURES
    description = _joined([body, read_on if more else "", about])
    embed = {"description": description, "color": _colour(post)}
    if post.picture is not None:
        embed |= _CHART
    shown = _with_pictures(embed, pictures[:MAX_PICTURES], post)
    return DiscordMessage(
        content=heading,
        embeds=tuple(shown),
        rows=in_rows(post.offered, ""),
        picture=post.picture,
    )


def plainer(post: Post) -> DiscordMessage:
    """The same post as text alone, for one whose embed Discord would not take."""
    heading, _ = _heading(post)
    struck = post.withdrawn is not None
    parts = [heading, _reason(post), _about(post, quiet=True)]
    room = _room(parts, MAX_ALONE)
    if post.kind is PostKind.ROUND_UP and not struck:
        body = _listed(replace(post, body=tuple(unlinked(post.body))), room)
        return DiscordMessage(content=_joined([heading, body, *parts[1:]]))
    told = list(tidy(paragraphs((block.text for block in post.body), _STRUCK if struck else _BARE)))
    body, _ = fitted(
        told, limit=MAX_WITHDRAWN if struck else MAX_BODY, most=MAX_PARAGRAPHS, room=room
    )
    return DiscordMessage(content=_joined([heading, body, *parts[1:]]))


def answer(reply: Reply, *, postable: bool = False, question: str = "") -> DiscordMessage:
    """An answer with its table, its origin and its choices; an error is text alone.

    `postable` adds a button that posts the answer to `question`, for an answer that only its
    asker sees.
    """
    named = naming(reply.places)
    title, *lines = [line for line in (reply.title, *reply.lines) if safe(line).strip()] or [""]
    content = named(literal(title, MAX_TITLE))
    rows = aligned(reply.table, MAX_TABLE) if reply.table is not None else ""
    below = [f"```\n{rows.replace('`', 'ˋ')}\n```"] if rows else []
    if reply.origin is not None:
        below.append(_origin(reply.origin, reply.as_of))
    alone = reply.error and not below
    said, clipped = fitted(
        list(tidy(paragraphs(lines))),
        limit=MAX_LINES,
        most=MAX_LINE_COUNT,
        # For the “…” there is always room.
        room=_room([content, "…"], MAX_ALONE) if alone else _room([*below, "…"]),
        between="\n",
        escaped=named,
    )
    parts = [part for part in (said, "…" if clipped else "", *below) if part]
    if alone:
        content, parts = "\n".join([content, *parts]), []
    embed: Embed = {"description": "\n".join(parts)} if parts else {}
    picture = None if reply.error else reply.picture
    if picture is not None:
        embed |= _CHART
    return DiscordMessage(
        content=content or ("" if embed else "No words for an answer"),
        embeds=(embed,) if embed else (),
        rows=in_rows(reply.choices, question if postable else ""),
        picture=picture,
    )


def _listed(post: Post, room: int) -> str:
    """The lines of a round-up; where too long without links, or the newest, behind a “…”."""
    told = list(tidy(post.body))[-MAX_LISTED:]
    body, clipped = fitted(told, limit=MAX_ROUND_UP, most=MAX_LISTED, room=room)
    if clipped:
        told = list(unlinked(told))
        body, clipped = fitted(told, limit=MAX_ROUND_UP, most=MAX_LISTED, room=room)
    opening = ""
    while clipped and len(told) > 1:
        told, opening = told[1:], "…\n\n"
        body, clipped = fitted(told, limit=MAX_ROUND_UP, most=MAX_LISTED, room=room - len(opening))
    return opening + body


def _heading(post: Post) -> tuple[str, bool]:
    """The heading with its sign and marks, and whether its words had to be cut.

    An entry without one opens with its first words, which stand in its body again.
    """
    words = safe(post.heading).strip()
    if not words and post.kind is PostKind.ENTRY:
        first = safe(" ".join(block.text for block in post.body[:3])[:MAX_BODY]).strip()
        words = first[: sentence_end(first, MAX_FIRST_WORDS)] or cut(first, MAX_FIRST_WORDS)
    heading = escape(words, MAX_HEADING) or NAMES[post.kind]
    if post.withdrawn is not None:
        return f"✗ Withdrawn: ~~{heading}{WORD_JOINER}~~", False
    sign = "★ " if post.kind is PostKind.ENTRY and post.key_event else SIGNS[post.kind]
    late = f" ({lateness(post.late)})" if post.late is not None else ""
    return f"{sign}{heading}{late}", heading.endswith("…") and not words.endswith("…")


def _about(post: Post, *, quiet: bool = False) -> str:
    """Time, seats and source in one small line."""
    parts = [instant(post.at)]
    if post.withdrawn is None and post.edited is not None:
        parts.append(f"✎ edited {instant(post.edited)}")
    # The bot words its own headings with the seat in them; an entry's tags say what it read there.
    said = "" if post.kind is PostKind.ENTRY else post.heading
    tags = [tag for name in post.contests if name not in said and (tag := escape(name, MAX_TAG))]
    parts += tags[:MAX_TAGS]
    if len(tags) > MAX_TAGS:
        parts.append(f"{len(tags) - MAX_TAGS} more")
    if post.source is not None:
        parts.append(link(post.source.name, post.source.url, quiet=quiet))
    return f"-# {' · '.join(parts)}"


def _reason(post: Post) -> str:
    why = escape(post.withdrawn or "", MAX_REASON)
    return f"**Reason:** {why}" if why else ""


def _read_on(post: Post) -> str:
    shown = link("Read on", post.source.url if post.source else None)
    return shown if shown.startswith("[") else "…"


def _colour(post: Post) -> int:
    if post.kind is PostKind.DECLARATION:
        return int(colour(post).removeprefix("#"), 16)
    return _KEY_EVENT if post.key_event else _COLOURS[post.kind]


def _with_pictures(embed: Embed, pictures: Sequence[EntryPicture], post: Post) -> Iterator[Embed]:
    """An embed with its first picture and all their words, and an embed for each other picture.

    Embeds that share an address are shown as one, with a gallery.
    """
    addresses = [url for picture in pictures if (url := _address(picture))]
    words = [said for picture in pictures if (said := _words(picture))]
    if words:
        each = MAX_CAPTIONS // len(words)
        embed = embed | {"footer": {"text": "\n".join(literal(line, each) for line in words)}}
    if not addresses:
        yield embed
        return
    shared = address(post.source.url, MAX_URL) if post.source else None
    same = {"url": shared or addresses[0]} if len(addresses) > 1 else {}
    first, *others = addresses
    yield embed | same | {"image": {"url": first}}
    for other in others:
        yield same | {"image": {"url": other}}


def _address(picture: EntryPicture) -> str | None:
    return address(picture.url, MAX_URL)


def _words(picture: EntryPicture) -> str:
    """What is said of a picture, in plain characters."""
    caption, credit, alt = (
        safe(words or "").strip() for words in (picture.caption, picture.credit, picture.alt)
    )
    said = " — ".join(part for part in (caption or alt, credit) if part)
    return f"▣ {said}" if said else ""


def _origin(origin: Origin, as_of: datetime | None) -> str:
    """Source, time and standing; with the day where that is not the night being spoken of."""
    elsewhen = as_of is not None and abs(as_of - origin.at) > ONE_NIGHT
    source = link(origin.source.name, origin.source.url)
    when = uk_day(origin.at) if origin.day_only else instant(origin.at, day=elsewhen)
    return f"-# {source} · {when} · {origin.standing.value}"


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _room(parts: Sequence[str], limit: int = MAX_DESCRIPTION) -> int:
    """What these parts leave of a limit."""
    return limit - sum(size(part) + 2 for part in parts)

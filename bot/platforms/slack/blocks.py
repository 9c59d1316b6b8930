"""Posts and replies as Block Kit. Pure: nothing is sent here.

Every kind looks different at a glance. Words from outside stand in rich text and plain text, where
no markup is read; mrkdwn holds the bot's own words, and what it must name is escaped. Limits:
https://docs.slack.dev/reference/block-kit/blocks.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice, Origin, Reply
from bot.election.clock import uk_day
from bot.liveblog.entry import Picture
from bot.liveblog.markup import Block as Paragraph
from bot.liveblog.markup import BlockKind, Style
from bot.platforms.bodies import clip, paragraphs, plain, tidy, unlinked
from bot.platforms.labels import NAMES, SIGNS, lateness
from bot.platforms.parties import colour
from bot.platforms.slack.mrkdwn import escape, instant, link
from bot.platforms.slack.places import named
from bot.platforms.slack.rich_text import Element, elements, section, text
from bot.platforms.slack.spoken import post_aloud, reply_aloud
from bot.platforms.table import aligned
from bot.platforms.words import address, cut, safe, size, typed

Block = dict[str, Any]

MAX_HEADER, MAX_HEADING, MAX_PICTURE_TEXT, MAX_PLAIN = 150, 300, 1_000, 3_000
MAX_BODY, MAX_PARAGRAPHS, MAX_WITHDRAWN = 2_500, 30, 500
MAX_ROUND_UP, MAX_LISTED = 3_600, 50
MAX_TAGS, MAX_PICTURES = 5, 5
MAX_LINES, MAX_TABLE = 1_500, 2_000
MAX_BUTTON, MAX_VALUE, MAX_CHOICES, ROW = 75, 2_000, 25, 5
# Slack answers `msg_blocks_too_long` somewhere beyond 12,000 characters of blocks in all:
# https://github.com/slackapi/bolt-js/issues/2509. Looks and links are given up before words.
MAX_MESSAGE, MAX_STYLED, MARGIN = 12_000, 7_000, 200
ONE_NIGHT = timedelta(hours=18)
# These open with a bold line, the others with a large one.
_BOLD = {
    PostKind.REMINDER, PostKind.TIMETABLE, PostKind.ROUND_UP, PostKind.NOTICE, PostKind.CHECK,
    PostKind.STATE,
}  # fmt: skip
# Many short lines: they are worth all the room there is.
_LISTS = {PostKind.ROUND_UP, PostKind.BOARD}
# No party's: a declaration has the winner's.
_COLOURS = {PostKind.NOTICE: "#8A6D3B", PostKind.CHECK: "#B85C8A"}
# A button that opens a form: its name, and behind it a number where a row has several of the same.
FORM = re.compile(r"form:([\w-]{1,100})(?::\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackMessage:
    """A message: its blocks, the text that is read where blocks are not, and a party's colour.

    `text` is escaped mrkdwn and never empty; `colour` is “#RRGGBB”, which all but the first blocks
    have, so many as `above` says.
    """

    text: str
    blocks: list[Block]
    colour: str | None = None
    above: int = 1

    def payload(self) -> dict[str, Any]:
        """The arguments of `chat.postMessage` and `chat.update` that say what is shown.

        Only an attachment has a colour, so all that has one goes into one. Both lists are
        always there: an update that leaves one out would leave what stood in it before.
        """
        above, below = self.blocks[: self.above], self.blocks[self.above :]
        if self.colour is None or not below:
            return {"text": self.text, "blocks": self.blocks, "attachments": []}
        coloured = {"color": self.colour, "fallback": self.text, "blocks": below}
        return {"text": self.text, "blocks": above, "attachments": [coloured]}


def message(post: Post, file: str | None = None) -> SlackMessage:
    """A post as it stands: edited, withdrawn and late posts say so.

    `file` is what Slack knows the post's picture by.
    """
    if post.withdrawn is not None:
        return SlackMessage(text=post_aloud(post), blocks=_withdrawn(post))
    heading, cut_short = _heading(post)
    # Slack is not known to show its own files in an attachment: a picture stands above that.
    opening = [*heading, *_drawn(post, file)]
    above = [*opening, context(_footer(post))]
    if post.kind in _LISTS:
        return SlackMessage(text=post_aloud(post), blocks=[*above, *_listed(post, above)])
    body, clipped = clip(list(tidy(post.body)), limit=MAX_BODY, most=MAX_PARAGRAPHS)
    below = _styled(body)
    pictures = [shown for picture in post.pictures if (shown := _picture(picture))]
    if cut_short or clipped or len(pictures) > MAX_PICTURES:
        below.append(_read_on(post))
    return SlackMessage(
        text=post_aloud(post),
        blocks=_fitted(
            [*above, *_rich(below)], [*_choices(post.offered), *pictures[:MAX_PICTURES]]
        ),
        colour=colour(post) if post.kind is PostKind.DECLARATION else _COLOURS.get(post.kind),
        above=len(opening),
    )


def answer(reply: Reply, *, postable: bool = False, question: str = "") -> SlackMessage:
    """An answer with its table, its origin and its choices; an error is small and grey.

    A choice is a button “choice:<n>” whose value is the question that it stands for, or
    “form:<name>” where it opens a form. `postable` adds a button “post” whose value is `question`,
    for an answer that only its asker sees.
    """
    rows = list(_choices(reply.choices))
    if postable and (post := _button("Post to channel", question, "post")):
        rows.insert(0, {"type": "actions", "elements": [post]})
    return SlackMessage(text=reply_aloud(reply), blocks=_fitted(_answered(reply), rows))


def part(reply: Reply) -> list[Block]:
    """An answer as a part of a page: its title is a heading there."""
    title = safe(reply.title).strip()
    # A heading shows no channel by its name.
    if reply.error or not title or any(str(place) in title for place in reply.places):
        return answer(reply).blocks
    heading = {"type": "header", "text": literal(title, MAX_HEADER)}
    below = _answered(replace(reply, title=""))
    return [heading, *_fitted(below, list(_choices(reply.choices)))]


def plainer(post: Post) -> SlackMessage:
    """The same post as text alone, for one whose blocks Slack would not take."""
    mark = "" if post.withdrawn is None else "~"
    heading = escape(post.heading, MAX_HEADING)
    opening = [f"{SIGNS[post.kind]}*{mark}{heading}{mark}*"] if heading else []
    closing = [escape(f"Reason: {post.withdrawn}", MAX_HEADING)] if post.withdrawn else []
    closing.append(_footer(post))
    room = MAX_PLAIN - sum(size(line) + 1 for line in (*opening, *closing))
    lines: list[str] = []
    # Of a round-up the newest lines count.
    last_first = -1 if post.kind is PostKind.ROUND_UP else 1
    for block in list(tidy(post.body))[::last_first]:
        bullet = "• " if block.kind is BlockKind.ITEM else ""
        line = f"{bullet}{mark}{escape(block.text, MAX_PICTURE_TEXT)}{mark}"
        room -= size(line) + 1
        if room < 0:
            break
        lines.append(line)
    lines = lines[::last_first]
    return SlackMessage(text="\n".join([*opening, *lines, *closing]), blocks=[])


def _heading(post: Post) -> tuple[list[Block], bool]:
    """The block that a post opens with, and whether its words had to be cut."""
    sign, words = SIGNS[post.kind], safe(post.heading).strip()
    if post.kind in _BOLD:
        line = f"{sign}*{escape(words or NAMES[post.kind], MAX_HEADING)}*"
        return [{"type": "section", "text": _mrkdwn(line)}], size(words) > MAX_HEADING
    if post.kind is PostKind.ENTRY and post.key_event:
        sign = "★ "
    if post.kind is PostKind.ENTRY and not words:
        return [], False
    line = f"{sign}{words or NAMES[post.kind]}"
    return [{"type": "header", "text": literal(line, MAX_HEADER)}], size(line) > MAX_HEADER


def _listed(post: Post, above: list[Block]) -> list[Block]:
    """The lines of a round-up or a board, which get all the room below what stands above."""
    whole, _ = clip(list(tidy(post.body)), limit=MAX_ROUND_UP, most=MAX_LISTED)
    room = MAX_MESSAGE - _length(above) - MARGIN
    parts: list[list[Paragraph]] = [[]]
    for line in whole:
        # One block of rich text holds no more.
        if sum(size(each.text) for each in (*parts[-1], line)) > MAX_BODY:
            parts.append([])
        parts[-1] += clip([line], limit=MAX_BODY, most=1)[0]
    shown: list[Block] = []
    for lighter in (list, unlinked, plain):
        shown = [block for part in parts for block in _rich(elements(lighter(part)))]
        if _length(shown) <= room:
            break
    return shown


def _withdrawn(post: Post) -> list[Block]:
    """The words struck through, and why; nothing that still looks like news."""
    struck = frozenset({Style.STRUCK})
    told = paragraphs([post.heading, *(block.text for block in post.body)], struck)
    body, _ = clip(list(tidy(told)), limit=MAX_WITHDRAWN, most=MAX_PARAGRAPHS)
    below = elements(body)
    if why := cut(safe(post.withdrawn or "").strip(), MAX_HEADING):
        below.append(section([text("Reason: ", "bold"), text(why)]))
    return [context(_footer(post)), *_rich(below)]


def _footer(post: Post) -> str:
    """Time, marks, seats and source in one line of mrkdwn."""
    parts = [instant(post.at)]
    if post.withdrawn is not None:
        parts.insert(0, "✗ *withdrawn*")
    elif post.edited is not None:
        parts.append(f"✎ edited {instant(post.edited)}")
    if post.late is not None:
        parts.append(lateness(post.late))
    # The bot words its own headings with the seat in them; an entry's tags say what it read there.
    said = "" if post.kind is PostKind.ENTRY else post.heading
    tags = [tag for name in post.contests if name not in said and (tag := escape(name, 80))]
    parts += tags[:MAX_TAGS]
    if len(tags) > MAX_TAGS:
        parts.append(f"{len(tags) - MAX_TAGS} more")
    if post.source is not None:
        parts.append(link(post.source.name, post.source.url))
    return " · ".join(parts)


def _read_on(post: Post) -> Element:
    url = address(post.source.url) if post.source else None
    return section([{"type": "link", "url": url, "text": "Read on"} if url else text("…")])


def _drawn(post: Post, file: str | None) -> Iterator[Block]:
    """A post's picture, which Slack has as a file."""
    if post.picture is not None and file is not None:
        words = cut(safe(post.picture.alt), MAX_PICTURE_TEXT)
        yield {"type": "image", "slack_file": {"id": file}, "alt_text": words}


def _picture(picture: Picture) -> Block | None:
    """A picture that Slack can fetch, or the words that we have of it."""
    caption, credit, alt = (
        safe(words or "").strip() for words in (picture.caption, picture.credit, picture.alt)
    )
    url = address(picture.url)
    if url is not None and url.startswith("https:"):
        words = cut(alt or caption or "Picture from the live blog", MAX_PICTURE_TEXT)
        image: Block = {"type": "image", "image_url": url, "alt_text": words}
        title = " — ".join(part for part in (caption, credit) if part)
        return image | {"title": literal(title, MAX_PICTURE_TEXT)} if title else image
    if words := caption or alt:
        line = " — ".join(part for part in (f"▣ {words}", credit) if part)
        return {"type": "context", "elements": [literal(line, MAX_PICTURE_TEXT)]}
    return None


def _answered(reply: Reply) -> list[Block]:
    blocks = list(_said(reply))
    if reply.origin is not None:
        blocks.append(context(_origin(reply.origin, reply.as_of)))
    return blocks


def _said(reply: Reply) -> Iterator[Block]:
    """An answer's title, lines and table."""
    strong = frozenset({Style.STRONG} if not reply.error else ())
    told = [*paragraphs([reply.title], strong), *paragraphs(reply.lines)]
    body, clipped = clip(list(tidy(told)), limit=MAX_LINES, most=MAX_PARAGRAPHS)
    if reply.error and body:
        words = "\n".join(block.text for block in body)
        yield {"type": "context", "elements": [literal(words, MAX_PLAIN)]}
    elif body:
        more = [section([text("…")])] if clipped else []
        sections = [named(each, reply.places) for each in elements(body, between="\n")]
        yield from _rich([*sections, *more])
    if reply.table is not None and (rows := aligned(reply.table, MAX_TABLE)):
        yield from _rich([{"type": "rich_text_preformatted", "elements": [text(rows)]}])


def _origin(origin: Origin, as_of: datetime | None) -> str:
    """Source, time and standing; with the day where that is not the night being spoken of."""
    elsewhen = as_of is not None and abs(as_of - origin.at) > ONE_NIGHT
    source = link(origin.source.name, origin.source.url)
    when = uk_day(origin.at) if origin.day_only else instant(origin.at, day=elsewhen)
    return f"{source} · {when} · {origin.standing.value}"


def _choices(choices: Sequence[Choice]) -> Iterator[Block]:
    forms: set[str] = set()
    buttons: list[Block] = []
    for number, choice in enumerate(choices[:MAX_CHOICES], 1):
        action = f"choice:{number}"
        if choice.form is not None and FORM.fullmatch(f"form:{choice.form}"):
            # No two in a row may have the same action.
            action = f"form:{choice.form}" + (f":{number}" if choice.form in forms else "")
            forms.add(choice.form)
        if button := _button(choice.label, choice.ask, action):
            buttons.append(button)
    for start in range(0, len(buttons), ROW):
        yield {"type": "actions", "elements": buttons[start : start + ROW]}


def _button(label: str, ask: str, action: str) -> Block | None:
    """A button that asks; none for a question too long to carry, for half of it is another one."""
    question = typed(ask)
    if not question or size(question) > MAX_VALUE:
        return None
    words = literal(safe(label).strip() or safe(ask).strip(), MAX_BUTTON)
    return {"type": "button", "text": words, "action_id": action, "value": question}


def _styled(body: Sequence[Paragraph]) -> list[Element]:
    styled = elements(body)
    return styled if _length(styled) <= MAX_STYLED else elements(plain(body))


def _rich(below: list[Element]) -> list[Block]:
    return [{"type": "rich_text", "elements": below}] if below else []


def context(words: str) -> Block:
    """A small grey line."""
    return {"type": "context", "elements": [_mrkdwn(words)]}


def _mrkdwn(words: str) -> Block:
    # `verbatim`: what looks like an address, a channel or a person stays characters.
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def literal(words: str, limit: int) -> Block:
    """Safe characters as plain text, where no markup is read."""
    return {"type": "plain_text", "text": cut(words, limit), "emoji": True}


def _fitted(blocks: list[Block], extras: Sequence[Block]) -> list[Block]:
    """The blocks, and of the extras as many as Slack takes in one message."""
    kept = list(blocks)
    for extra in extras:
        if _length([*kept, extra]) <= MAX_MESSAGE:
            kept.append(extra)
    return kept


def _length(blocks: Sequence[Block]) -> int:
    """How long blocks are as they are sent, in UTF-16 units."""
    return size(json.dumps(blocks, ensure_ascii=False))

"""What a channel missed, in one message."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import urldefrag

from bot.chat.command import alert
from bot.chat.events import Missed, Waited
from bot.chat.post import Post, PostKind
from bot.election.clock import uk_day
from bot.election.figure import Source
from bot.liveblog.markup import Block, BlockKind, Span, Style
from handlers import voice

# So many lines of so many characters fit into one message on every platform, without their links.
MOST, LONGEST = 40, 60
_WHY = {
    Waited.OUT_OF_REACH: "While this channel was out of reach: ",
    Waited.GATHERED: "",
    Waited.QUIET: "While it was quiet here: ",
}
# Who wanted headings in place of entries gets them whole; fewer of them are in one message.
_LONGEST = {Waited.GATHERED: 120, Waited.QUIET: 120}
_KINDS = {
    PostKind.ENTRY: ("entry", "entries"),
    PostKind.REMINDER: ("reminder", "reminders"),
    PostKind.TIMETABLE: ("timetable change", "timetable changes"),
    PostKind.DECLARATION: ("declaration", "declarations"),
    PostKind.ROUND_UP: ("round-up", "round-ups"),
    PostKind.NOTICE: ("notice", "notices"),
    PostKind.CHECK: ("check", "checks"),
    PostKind.BOARD: ("board", "boards"),
    PostKind.STATE: ("state of the night", "states of the night"),
}
_ONE_DAY = timedelta(days=1)
_STRUCK = frozenset({Style.STRUCK})


@alert(Missed)
def missed(event: Missed) -> Post:
    """Every post in a line of its own: its time, its heading, and what became of it."""
    listed, longest = _listed(event.posts), _LONGEST.get(event.why, LONGEST)
    names = dict.fromkeys(name for post in event.posts for name in post.contests)
    return Post(
        kind=PostKind.ROUND_UP,
        heading=f"{_WHY[event.why]}{_counted(event.posts)}, {_between(event.posts)}",
        at=event.at,
        body=(
            *_left_out(len(event.posts) - len(listed)),
            *(_line(post, longest) for post in listed),
        ),
        source=_source(event.posts),
        contests=tuple(names),
        edited=event.corrected,
    )


def _counted(posts: Sequence[Post]) -> str:
    """How many of each kind: “14 entries and 1 reminder”."""
    numbers = Counter(post.kind for post in posts)
    return voice.row(
        [
            f"{voice.number(numbers[kind])} {one if numbers[kind] == 1 else many}"
            for kind, (one, many) in _KINDS.items()
            if numbers[kind]
        ]
    )


def _between(posts: Sequence[Post]) -> str:
    """From the first to the last: “21:10 to 23:55”, with the days where they are not one night."""
    first, last = min(post.at for post in posts), max(post.at for post in posts)
    if last - first >= _ONE_DAY:
        begin, end = (f"{voice.clock(at)} on {uk_day(at)}" for at in (first, last))
    else:
        begin, end = voice.clock(first), voice.clock(last)
    return begin if begin == end else f"{begin} to {end}"


def _listed(posts: Sequence[Post]) -> list[Post]:
    """Those that are shown, in their order: key events before others, then the newest."""
    by_weight = sorted(range(len(posts)), key=lambda n: (posts[n].key_event, n), reverse=True)
    return [posts[n] for n in sorted(by_weight[:MOST])]


def _left_out(number: int) -> tuple[Block, ...]:
    if not number:
        return ()
    verb = "is" if number == 1 else "are"
    return voice.paragraphs(
        f"{voice.number(number)} more {verb} not listed; key events and the newest are."
    )


def _line(post: Post, longest: int) -> Block:
    gone = post.withdrawn is not None
    url = post.source.url if post.source is not None else None
    star = "★ " if post.key_event and not gone else ""
    said = Span(text=_said(post, longest), styles=_STRUCK if gone else frozenset(), link=url)
    spans = [Span(text=f"{voice.clock(post.at)} {star}"), said]
    if marks := ", ".join(_marks(post)):
        spans.append(Span(text=f" ({marks})"))
    return Block(kind=BlockKind.ITEM, spans=tuple(spans))


def _said(post: Post, longest: int) -> str:
    """Its heading, or its first words where it has none."""
    words = " ".join(post.heading.split())
    if not words:
        words = " ".join(" ".join(block.text for block in post.body).split())
    if not words:
        one, _ = _KINDS[post.kind]
        return one.capitalize()
    if len(words) <= longest:
        return words
    head = words[: longest - 1]
    space = head.rfind(" ")
    return (head[:space] if space > longest // 2 else head).rstrip() + "…"


def _marks(post: Post) -> Iterator[str]:
    if post.withdrawn is not None:
        yield "withdrawn"
        return
    if post.kind is PostKind.REMINDER:
        # “In 15 minutes” counts from then, and then has passed.
        yield f"reminder of {voice.clock(post.at + (post.late or timedelta(0)))}"
    if post.edited is not None:
        yield "edited"


def _source(posts: Sequence[Post]) -> Source | None:
    """The blog, if it is the same one; its page, if all their addresses are on one."""
    sources = [post.source for post in posts if post.source is not None]
    if len({source.name for source in sources}) != 1:
        return None
    pages = {urldefrag(source.url).url for source in sources if source.url is not None}
    return Source(name=sources[0].name, url=pages.pop() if len(pages) == 1 else None)

"""Whatever a blog or a person writes: Discord takes the message, and nothing in it is a mark."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat.ask import Channel
from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice, Origin, Reply, Table
from bot.election.figure import Source, Standing
from bot.liveblog.entry import Picture
from bot.liveblog.markup import Block, BlockKind, Span, Style, blocks
from bot.platforms.bodies import tidy
from bot.platforms.discord.custom_ids import Press, Pressed, decode, encode
from bot.platforms.discord.embeds import answer, message, plainer
from bot.platforms.discord.markdown import escape, fitted, link, naming, safe, written
from bot.platforms.words import address, typed
from tests.platforms.discord.limits import JOINER, check, described, seen, units
from tests.platforms.discord.reader import read

AT = datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
FAMILY = "👨\u200d👩\u200d👧\u200d👦"
NASTY = [
    "@everyone", "@Here", "<@1>", "<@!1>", "<@&1>", "<#123456789012345678>", "<t:1697758860:R>",
    "<:party:1>", "<a:party:1>", "</turnout:1>", "<id:customize>", "<https://evil.example>",
    "<mailto:a@b.example>", "[bank](https://evil.example)", "](https://evil.example)", "[", "]",
    "(", ")", "https://evil.example/", "http://", "steam://run", "discord.gg/evil", "**", "*", "__",
    "_", "~~", "~", "||", "|", "`", "``", "```", "```py\n", "# ", "### ", "-# ", "> ", ">>> ", "- ",
    "+ ", "1. ", "\\", "\\\\", ":tada:", ":", "/", "@", "everyone", "<", ">", "&", "#", "!", "-",
    FAMILY, "🏴\U000e0067\U000e007f", "\u202e", "אבג", "\u2066x\u2069", "\ud83d", "\udc00", "\x00",
    "\u2060", "\u200b", "\u2028", "\r\n", "\u200d", "\u0301" * 40, "٣", "ﷺ", "\U0001f5f3\ufe0f",
    " ", "word", "discord:123456789012345678",
]  # fmt: skip
# How long a busy machine takes says nothing.
ANY = st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"])


class Long(str):
    """A text that is not written out where an example is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} characters: {self[:20]!r}…>"


words = st.lists(st.sampled_from(NASTY) | st.text(ANY, max_size=20), max_size=12).map("".join)
texts = words | st.builds(
    lambda part, times: Long(part * times),
    st.sampled_from([*NASTY, "word ", "It is so. ", "W"]),
    st.integers(0, 400),
)
urls = st.one_of(
    st.none(),
    texts,
    texts.map(lambda text: Long(f"https://a.example/{text}")),
    st.integers(0, 2_200).map(lambda n: Long("https://a.example/" + "(" * n)),
)
spans = st.builds(Span, text=texts, styles=st.frozensets(st.sampled_from(list(Style))), link=urls)
made = st.builds(
    Block, kind=st.sampled_from(list(BlockKind)), spans=st.lists(spans, max_size=4).map(tuple)
)
# What a page holds has been read as UTF-8, and knows no half characters.
pages = st.tuples(st.sampled_from(["p", "li", "h2", "blockquote", "b"]), words).map(
    lambda part: f"<{part[0]}>{part[1]}</{part[0]}>".encode(errors="ignore").decode()
)
trees = st.lists(made, max_size=5).map(tuple) | st.lists(pages, max_size=5).map(
    lambda parts: blocks("".join(parts))
)
instants = st.integers(0, 4_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
sources = st.builds(Source, name=texts, url=urls)
pictures = st.builds(
    Picture, url=urls, alt=st.none() | texts, caption=st.none() | texts, credit=st.none() | texts
)
posts = st.builds(
    Post,
    kind=st.sampled_from(list(PostKind)),
    heading=texts,
    at=instants,
    body=trees,
    pictures=st.lists(pictures, max_size=8).map(tuple),
    source=st.none() | sources,
    contests=st.lists(texts, max_size=8).map(tuple),
    key_event=st.booleans(),
    edited=st.none() | instants,
    withdrawn=st.none() | texts,
    late=st.none() | st.timedeltas(timedelta(0), timedelta(days=3)),
)
rows = st.lists(texts, max_size=5).map(tuple)
places = st.lists(
    st.builds(
        Channel,
        platform=st.sampled_from(["slack", "discord"]),
        id=st.sampled_from(["123456789012345678", "12345678901234567", "1", "<@1>", ""]) | words,
    ),
    max_size=6,
).map(tuple)
naming_texts = st.lists(
    st.sampled_from(["discord:123456789012345678", "discord:12345678901234567", "slack:C1", ":"])
    | words,
    max_size=6,
).map("".join)
replies = st.builds(
    Reply,
    title=texts | naming_texts,
    lines=st.lists(texts | naming_texts, max_size=8).map(tuple),
    table=st.none()
    | st.builds(
        Table,
        columns=rows,
        rows=st.lists(rows, max_size=6).map(tuple),
        right=st.frozensets(st.integers(0, 4)),
    ),
    origin=st.none()
    | st.builds(Origin, source=sources, at=instants, standing=st.sampled_from(list(Standing))),
    choices=st.lists(
        st.builds(
            Choice, label=texts, ask=texts, form=st.none() | st.sampled_from(["a", "b"]) | words
        ),
        max_size=30,
    ).map(tuple),
    error=st.booleans(),
    as_of=st.none() | instants,
    places=places,
)


def bare(text: str) -> str:
    return text.replace(JOINER, "")


@given(texts)
@example("](https://evil.example)")
@example("@\u2060everyone")
@example("\\")
def test_a_text_is_shown_as_it_stands(text):
    shown = read(escape(text, 1_000_000))
    assert shown.marks == []
    assert bare(shown.words) == safe(text).strip()


@given(texts, st.integers(4, 400))
def test_a_text_that_was_cut_is_no_mark_either(text, limit):
    cut = escape(text, limit)
    assert units(cut) <= limit
    assert read(cut).marks == []


@given(sources, texts, texts)
def test_nothing_around_a_link_takes_it_over(source, before, after):
    shown = read(f"{escape(before, 900)} {link(source.name, source.url)} {escape(after, 900)}")
    assert shown.kinds <= {"link"}
    assert len(shown.marks) <= 1
    target = address(source.url)
    for href in shown.of("link"):
        assert target is not None
        assert _plain_address(href) == _plain_address(target)


@given(trees)
def test_a_body_is_read_as_it_was_written_and_only_its_own_looks_are_marks(body):
    blocks_ = list(tidy(body))
    shown = read(written(blocks_))
    lines = [bare("".join(span.text for span in block.spans)).strip() for block in blocks_]
    told = [_folded(line) for line in bare(shown.words).split("\n") if _folded(line)]
    # A bracket is a bracket in a link too, but a round one.
    assert told == [line for each in lines if (line := _folded(each))]
    looks = {style for block in blocks_ for span in block.spans for style in span.styles}
    links = {_plain_address(span.link) for block in blocks_ for span in block.spans if span.link}
    kinds = {block.kind for block in blocks_}
    allowed = {
        "strong": Style.STRONG in looks,
        "emphasis": Style.EMPHASIS in looks,
        "strike": Style.STRUCK in looks,
        "item": BlockKind.ITEM in kinds,
        "quote": BlockKind.QUOTE in kinds,
        "link": bool(links),
    }
    assert shown.kinds <= {kind for kind, so in allowed.items() if so}
    assert {_plain_address(href) for href in shown.of("link")} <= links
    assert len(shown.of("item")) == sum(block.kind is BlockKind.ITEM for block in blocks_)
    struck = [
        bare(span.text).strip(" ")
        for block in blocks_
        for span in block.spans
        if Style.STRUCK in span.styles and span.text.strip(" ")
    ]
    assert [_folded(bare(held)) for held in shown.of("strike")] == [_folded(s) for s in struck]


@given(trees, st.integers(40, 500), st.integers(40, 600))
def test_a_body_keeps_to_its_room(body, limit, room):
    text, clipped = fitted(list(tidy(body)), limit=limit, most=4, room=room)
    assert units(text) <= room
    whole = written(list(tidy(body)))
    assert clipped or _folded(bare(read(text).words)) == _folded(bare(read(whole).words))


@given(posts)
def test_any_post_is_sound(post):
    check(message(post))
    check(plainer(post))


@given(posts)
def test_the_only_marks_in_a_post_are_our_own_and_its_bodys(post):
    for shown in (message(post), plainer(post)):
        marks = seen(shown)
        times = [f"{int(post.at.timestamp())}:t"]
        if post.edited is not None and post.withdrawn is None:
            times.append(f"{int(post.edited.timestamp())}:t")
        assert marks.of("time") == times
        assert len(marks.of("subtext")) == 1
        allowed = {"time", "subtext", "link", "strong", "emphasis", "strike", "item", "quote"}
        assert marks.kinds <= allowed
        sound = {_plain_address(span.link) for block in post.body for span in block.spans}
        sound.add(_plain_address(post.source.url if post.source else None))
        assert {_plain_address(href) for href in marks.of("link")} <= sound
        assert shown.content.count("\n") == 0 or not shown.embeds


@given(posts.map(lambda post: replace(post, withdrawn=post.withdrawn or "Gone.")))
def test_nothing_withdrawn_still_looks_like_news(post):
    for shown in (message(post), plainer(post)):
        assert all("image" not in embed for embed in shown.embeds)
        first = read(shown.content.partition("\n")[0])
        assert bare(first.words) == f"✗ Withdrawn: {bare(first.of('strike')[0])}"
        below = described(shown) or shown.content.partition("\n")[2]
        for line in below.split("\n"):
            if line and not line.startswith(("-# ", "**Reason:** ")):
                assert read(line).kinds == {"strike"}
                assert read(line).of("strike") == [read(line).words]


@given(replies, st.booleans(), texts)
def test_any_reply_is_sound(reply, postable, question):
    named = {place.id for place in reply.places if place.platform == "discord"}
    check(answer(reply, postable=postable, question=question), named)


@given(replies)
def test_the_only_marks_in_a_reply_are_our_own(reply):
    shown = seen(answer(reply))
    assert shown.kinds <= {"channel", "code block", "subtext", "time", "link"}
    assert len(shown.of("code block")) <= (reply.table is not None)
    assert len(shown.of("subtext")) == len(shown.of("time")) == (reply.origin is not None)
    assert all("`" not in table for table in shown.of("code block"))


@given(naming_texts, places)
def test_only_what_spells_a_place_out_is_shown_by_its_name(text, named):
    shown = read(naming(named)(text))
    ids = {place.id for place in named if place.platform == "discord"}
    assert shown.kinds <= {"channel"}
    assert set(shown.of("channel")) <= ids
    whole = bare(shown.words)
    for each in shown.of("channel"):
        whole = whole.replace(f"<#{each}>", f"discord:{each}", 1)
    assert whole == safe(text)


@given(
    st.builds(
        Pressed,
        press=st.sampled_from(list(Press)),
        question=texts,
        form=st.sampled_from(["follow", "remind", ""]) | words,
        number=st.integers(0, 25),
    )
)
def test_a_button_means_what_it_meant_or_is_not_there(pressed):
    custom_id = encode(pressed)
    if custom_id is None:
        return
    meant = decode(custom_id)
    assert meant is not None
    assert meant.press is pressed.press
    assert meant.question in (typed(pressed.question), "")
    assert meant.question or pressed.press is Press.FORM
    assert meant.form == (pressed.form if pressed.press is Press.FORM else "")


@pytest.mark.parametrize(
    "post",
    [
        Post(kind=PostKind.ENTRY, heading="", at=AT),
        Post(kind=PostKind.ENTRY, heading="W" * 20_000, at=AT),
        Post(kind=PostKind.DECLARATION, heading=FAMILY * 500, at=AT, contests=("Tamworth",) * 650),
        Post(kind=PostKind.ENTRY, heading="x", at=AT, body=blocks("<li>One more.</li>" * 1_000)),
        Post(kind=PostKind.ENTRY, heading="x", at=AT, body=blocks("<i>a</i><b>b</b>" * 3_000)),
        Post(
            kind=PostKind.ENTRY,
            heading="*" * 400,
            at=AT,
            edited=AT,
            contests=tuple("*" * n for n in range(60, 80)),
            source=Source(name="_" * 200, url="https://a.example/" + "a" * 490),
            body=blocks(f"<p><a href='https://a.example/{'a' * 400}'>*</a> * </p>" * 40),
            pictures=(Picture(url="https://a.example/" + "a" * 2_000, caption="c" * 3_000),) * 20,
        ),
    ],
)
def test_the_largest_posts_fit(post):
    for each in (post, replace(post, withdrawn="*" * 400)):
        check(message(each))
        check(plainer(each))


def _plain_address(url: str | None) -> str | None:
    """An address without what makes no difference to where it leads."""
    sound = address(url)
    for char in "()[]*~":
        sound = sound and sound.replace(f"%{ord(char):02X}", char)
    return sound


def _folded(line: str) -> str:
    return " ".join(line.translate(str.maketrans("[]", "()")).split())

"""Whatever a blog or a person writes: Slack takes the message, and nothing in it is a mark."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice, Origin, Reply, Table
from bot.election.figure import Source, Standing
from bot.liveblog.entry import Picture
from bot.liveblog.markup import Block, BlockKind, Span, Style, blocks
from bot.platforms.slack.blocks import answer, message, plainer
from tests.platforms.slack.limits import TOKEN, check, mrkdwn

AT = datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
FAMILY = "👨\u200d👩\u200d👧\u200d👦"
NASTY = [
    "<!channel>", "&lt;!channel&gt;", "&amp;lt;!here&amp;gt;", "<@U012>", "<#C012>", "@here",
    "@Everyone", "<!date^1^{time}|x>", "<https://evil.example|bank>", "*b*", "_i_", "~s~", "`c`",
    "```", "> q", "- l", "1. l", "&", "|", ":tada:", FAMILY, "🏴\U000e0067\U000e007f", "\u202e",
    "אבג", "\u2066x\u2069", "\ud83d", "\udc00", "\x00", "\x1b[2J", "\u2028", "\r\n", "\u200d",
    "\u0301" * 40, "٣", "ﷺ", "\U0001f5f3\ufe0f", "https://a.example/?q=<!here>", "@", "here",
    " ", "<",
]  # fmt: skip
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
    st.integers(0, 1_500),
)
urls = st.one_of(
    st.none(),
    texts,
    texts.map(lambda text: Long(f"https://a.example/{text}")),
    st.integers(0, 3_200).map(lambda n: Long("https://a.example/" + "&" * n)),
)
spans = st.builds(Span, text=texts, styles=st.frozensets(st.sampled_from(list(Style))), link=urls)
made = st.builds(
    Block, kind=st.sampled_from(list(BlockKind)), spans=st.lists(spans, max_size=4).map(tuple)
)
# What a page holds has been read as UTF-8, and knows no half characters.
read = st.tuples(st.sampled_from(["p", "li", "h2", "blockquote", "b"]), words).map(
    lambda part: f"<{part[0]}>{part[1]}</{part[0]}>".encode(errors="ignore").decode()
)
trees = st.lists(made, max_size=5).map(tuple) | st.lists(read, max_size=5).map(
    lambda parts: blocks("".join(parts))
)
instants = st.integers(0, 4_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
sources = st.builds(Source, name=texts, url=urls)
posts = st.builds(
    Post,
    kind=st.sampled_from(list(PostKind)),
    heading=texts,
    at=instants,
    body=trees,
    pictures=st.lists(
        st.builds(
            Picture,
            url=urls,
            alt=st.none() | texts,
            caption=st.none() | texts,
            credit=st.none() | texts,
        ),
        max_size=8,
    ).map(tuple),
    source=st.none() | sources,
    contests=st.lists(texts, max_size=8).map(tuple),
    key_event=st.booleans(),
    edited=st.none() | instants,
    withdrawn=st.none() | texts,
    late=st.none() | st.timedeltas(timedelta(0), timedelta(days=3)),
)
rows = st.lists(texts, max_size=5).map(tuple)
replies = st.builds(
    Reply,
    title=texts,
    lines=st.lists(texts, max_size=8).map(tuple),
    table=st.none()
    | st.builds(
        Table,
        columns=rows,
        rows=st.lists(rows, max_size=6).map(tuple),
        right=st.frozensets(st.integers(0, 4)),
    ),
    origin=st.none()
    | st.builds(Origin, source=sources, at=instants, standing=st.sampled_from(list(Standing))),
    choices=st.lists(st.builds(Choice, label=texts, ask=texts), max_size=30).map(tuple),
    error=st.booleans(),
    as_of=st.none() | instants,
)


@given(posts)
def test_any_post_is_sound(post):
    check(message(post))
    check(plainer(post))


@given(replies, st.booleans(), texts)
def test_any_reply_is_sound(reply, postable, question):
    check(answer(reply, postable=postable, question=question))


@given(posts)
def test_the_only_marks_in_a_post_are_our_own(post):
    for field in mrkdwn(message(post)):
        bare = TOKEN.sub(lambda token: token[0].split("|", 1)[1], field)
        bare = bare.replace("✗ *withdrawn*", "", 1)
        if bare.startswith(("⏰ *", "↻ *")):
            assert bare.endswith("*")
            bare = bare[3:-1]
        assert not set("*~`") & set(bare), field


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
            heading="x",
            at=AT,
            body=blocks(f"<p><a href='https://a.example/{'a' * 2_900}'>a</a> b </p>" * 40),
            pictures=(Picture(url="https://a.example/" + "a" * 2_900, caption="c" * 3_000),) * 20,
        ),
    ],
)
def test_the_largest_posts_fit(post):
    check(message(post))
    check(plainer(post))

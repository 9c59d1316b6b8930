import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice, Origin, Reply, Table
from bot.election.figure import Source, Standing
from bot.liveblog.entry import Picture
from bot.liveblog.markup import Block, BlockKind, Span, Style
from bot.platforms.terminal import render
from bot.platforms.terminal.characters import safe
from tests.platforms.terminal.posts import NOW, coloured, plain

ATTACKS = (
    "\x1b[2J\x1b[H", "\x9b2J", "\x1b]0;title\x07", "\x1b]8;;https://evil.example\x1b\\", "\r",
    "\x08" * 5, "\u202e", "\u2066", "\u2028", "\x85", "\x00", "\ud800", "\ufeff", "\u200b", "\v",
    "[bold red]", "[/]", ":vote:",
)  # fmt: skip
SGR_OR_LINK = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;(?:id=\d+;https?://[!-~]+|;)\x1b\\")

text = st.lists(st.one_of(st.text(max_size=20), st.sampled_from(ATTACKS)), max_size=4).map("".join)
url = st.one_of(st.none(), text, text.map("https://news.example/".__add__))
instants = st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
sources = st.builds(Source, name=text, url=url)
spans = st.builds(Span, text=text, styles=st.frozensets(st.sampled_from(Style)), link=url)
posts = st.builds(
    Post,
    kind=st.sampled_from(PostKind),
    heading=text,
    at=instants,
    body=st.lists(
        st.builds(
            Block,
            kind=st.sampled_from(BlockKind),
            spans=st.lists(spans, max_size=3).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    pictures=st.lists(
        st.builds(Picture, url=url, alt=text, caption=text, credit=text), max_size=1
    ).map(tuple),
    source=st.none() | sources,
    contests=st.lists(text, max_size=2).map(tuple),
    key_event=st.booleans(),
    edited=st.none() | instants,
    withdrawn=st.none() | text,
    late=st.none() | st.timedeltas(timedelta(0), timedelta(days=2)),
)
replies = st.builds(
    Reply,
    title=text,
    lines=st.lists(text, max_size=2).map(tuple),
    table=st.none()
    | st.builds(Table, columns=st.tuples(text, text), rows=st.tuples(st.tuples(text, text))),
    origin=st.none()
    | st.builds(Origin, source=sources, at=instants, standing=st.sampled_from(Standing)),
    choices=st.lists(st.builds(Choice, label=text, ask=text), max_size=2).map(tuple),
    error=st.booleans(),
)


def is_harmless(shown: str) -> bool:
    return all(
        char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        for char in shown
    )


@given(posts, st.integers(40, 120), st.booleans())
def test_no_post_reaches_the_terminal_with_a_control_character(post, width, is_plain):
    for block in (
        render.message(post, plain=is_plain),
        render.change(post, before=replace(post, heading="x"), at=NOW, plain=is_plain),
        render.change(post, before=post, at=NOW, plain=is_plain),
    ):
        assert is_harmless(plain(block, width))
        assert is_harmless(SGR_OR_LINK.sub("", coloured(block, width)))


@given(replies, st.integers(40, 120), st.booleans())
def test_no_reply_reaches_the_terminal_with_a_control_character(reply, width, is_plain):
    block = render.reply(reply, plain=is_plain)
    assert is_harmless(plain(block, width))
    assert is_harmless(SGR_OR_LINK.sub("", coloured(block, width)))


@given(text)
def test_safe_text_is_one_line_and_stays_as_it_is(words):
    assert is_harmless(safe(words))
    assert "\n" not in safe(words)
    assert safe(safe(words)) == safe(words)


@pytest.mark.parametrize("words", ["Ynys Môn", "[bold]not markup[/]", ":vote:", "Mid Beds – 4%"])
def test_honest_text_is_not_touched(words):
    assert safe(words) == words
    assert words in plain(render.question(words, NOW))

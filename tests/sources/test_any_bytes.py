"""Whatever a server sends, a parser gives a reading or a sentence."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.liveblog.entry import Reading
from bot.sources.detect import by_content
from bot.sources.reader import PARSERS, Parse
from tests.sources.conftest import POLLING_DAY
from tests.sources.pages import ENTRY, blog, html
from tests.sources.test_feeds import ATOM, RSS
from tests.sources.test_transcript import TEXT

WHOLE = [html(blog(ENTRY)).encode(), RSS, ATOM, TEXT.encode(), json.dumps({"items": []}).encode()]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from([*ENTRY.values(), "LiveBlogPosting", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*ENTRY, "image", "author", "url", "name"]), inner),
    max_leaves=12,
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A whole page with a piece replaced by anything."""
    page = draw(st.sampled_from(WHOLE))
    start = draw(st.integers(0, len(page)))
    end = draw(st.integers(start, len(page)))
    return page[:start] + draw(st.binary(max_size=12)) + page[end:]


def check(parse: Parse, content: bytes) -> None:
    try:
        reading = parse(content, url="https://news.example/live", polling_day=POLLING_DAY)
    except SourceError:
        return
    assert isinstance(reading, Reading)
    for entry in reading.entries:
        assert entry.id
        assert entry.digest
        assert entry.id.encode()
        assert entry.published.utcoffset() is not None


@pytest.mark.parametrize("parse", set(PARSERS.values()))
@given(content=st.binary(max_size=300) | damaged())
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_reading_or_a_sentence(parse: Parse, content: bytes):
    check(parse, content)


@pytest.mark.parametrize("format", ["jsonld", "jsonfeed"])
@given(value=values, page=values)
@settings(max_examples=200, deadline=None)
def test_any_json_gives_a_reading_or_a_sentence(format: str, value: object, page: object):
    whole = blog(value, **page) if isinstance(page, dict) else blog(value, image=page, author=page)
    whole = {**whole, "@type": "LiveBlogPosting", "items": [value]}
    check(PARSERS[format], json.dumps(whole).encode())


@pytest.mark.parametrize("parse", set(PARSERS.values()))
@pytest.mark.parametrize("unit", [" ", "<", "@", ",", "\\", "[", "<deleted-entry ", "12:41 ", "- "])
def test_a_long_run_of_anything_is_read_or_refused(parse: Parse, unit: str):
    run = unit * (300_000 // len(unit))
    hostile = html(blog({**ENTRY, "headline": run, "author": run, "articleBody": run, "url": run}))
    for content in (
        run,
        f"{TEXT}{run}",
        f"<rss><channel>{run}",
        hostile,
        hostile.replace("}]", ","),
    ):
        check(parse, content.encode())


@given(content_type=st.sampled_from(["", "text/html", "text/plain"]), content=damaged())
@settings(max_examples=150, deadline=None)
def test_any_bytes_have_a_format_or_a_sentence(content_type: str, content: bytes):
    try:
        way = by_content(content_type, content, url="https://news.example/live")
        assert way.format in PARSERS
    except SourceError:
        return

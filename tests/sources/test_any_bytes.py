"""Whatever a server sends, a parser gives a reading or a sentence."""

import json
import re
import tracemalloc
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.liveblog.entry import Reading
from bot.sources.detect import by_address, by_content, linked_apis, linked_feed, title_of
from bot.sources.reader import PARSERS, Parse
from tests.sources import test_guardian, test_microdata, test_sourcefabric, test_wordpress
from tests.sources.conftest import POLLING_DAY
from tests.sources.pages import ENTRY, blog, html
from tests.sources.test_feeds import ATOM, RSS
from tests.sources.test_transcript import TEXT

URL = "https://news.example/live"
GUARDIAN = test_guardian.answer({**test_guardian.BLOCK, "elements": [test_guardian.IMAGE]})
SOURCEFABRIC = {"_items": [test_sourcefabric.post(test_sourcefabric.IMAGE)]}
WORDPRESS = {"entries": [test_wordpress.row()], "latest_timestamp": 1}
WHOLE = [
    html(blog(ENTRY)).encode(),
    test_microdata.PAGE.encode(),
    RSS,
    ATOM,
    TEXT.encode(),
    json.dumps({"items": []}).encode(),
    GUARDIAN.encode(),
    json.dumps(SOURCEFABRIC).encode(),
    json.dumps(WORDPRESS).encode(),
]
# Every key that any of them knows, for values to stand under.
KEYS = sorted(set(re.findall(r'"(\w+)"\s*:', json.dumps([SOURCEFABRIC, WORDPRESS]) + GUARDIAN)))

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
        reading = parse(content, url=URL, polling_day=POLLING_DAY)
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
def test_any_bytes_give_a_reading_or_a_sentence(parse: Parse, content: bytes):
    check(parse, content)


@pytest.mark.parametrize("format", ["jsonld", "jsonfeed"])
@given(value=values, page=values)
def test_any_json_gives_a_reading_or_a_sentence(format: str, value: object, page: object):
    whole = blog(value, **page) if isinstance(page, dict) else blog(value, image=page, author=page)
    whole = {**whole, "@type": "LiveBlogPosting", "items": [value]}
    check(PARSERS[format], json.dumps(whole).encode())


nested = st.recursive(
    values,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=20,
)


@st.composite
def disturbed(draw: st.DrawFn, whole: object) -> object:
    """A whole answer in which a value, at some depth, is any other."""
    if isinstance(whole, dict) and whole and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(whole)))
        return {**whole, key: draw(disturbed(whole[key]))}
    if isinstance(whole, list) and whole and draw(st.booleans()):
        number = draw(st.integers(0, len(whole) - 1))
        return [*whole[:number], draw(disturbed(whole[number])), *whole[number + 1 :]]
    return draw(nested)


@pytest.mark.parametrize(
    ("format", "whole"),
    [
        ("guardian", json.loads(GUARDIAN)),
        ("sourcefabric", SOURCEFABRIC),
        ("wordpress", WORDPRESS),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@given(data=st.data())
def test_any_answer_of_an_api_gives_a_reading_or_a_sentence(
    format: str, whole: object, data: st.DataObject
):
    content = json.dumps(data.draw(disturbed(whole)))
    check(PARSERS[format], content.encode())
    by_address(content[:40], guardian_key=True)


@given(page=st.text(max_size=200) | damaged().map(lambda page: page.decode(errors="replace")))
def test_any_page_links_to_something_or_nothing(page: str):
    found = [*linked_apis(page, URL), linked_feed(page, URL)]
    assert all(way is None or way.address.startswith(("http://", "https://")) for way in found)
    title_of(page)


@pytest.mark.parametrize("parse", set(PARSERS.values()))
@pytest.mark.parametrize(
    "unit",
    [" ", "<", "@", ",", "\\", "[", "<deleted-entry ", "12:41 ", "- ", "<b itemprop=author>"],
)
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
def test_any_bytes_have_a_format_or_a_sentence(content_type: str, content: bytes):
    try:
        way = by_content(content_type, content, url=URL)
        assert way.format in PARSERS
    except SourceError:
        return


def rows(render: str, times: int = 1) -> str:
    """An answer of the WordPress plugin with so many entries of one body."""
    found = [{"id": number, "timestamp": 5, "render": render} for number in range(times)]
    return json.dumps({"entries": found, "latest_timestamp": 1})


def embedded(meta: object) -> str:
    item = {"item": {"item_type": "embed", "meta": meta}}
    post = {"_id": "1", "published_date": "2023-10-20T00:00:00Z", "groups": [{"refs": [item]}]}
    return json.dumps({"_items": [post], "_links": "client_blogs"})


MICRODATA = '<div itemscope itemtype="https://schema.org/LiveBlogPosting">'
UPDATE = '<p itemprop="liveBlogUpdate" itemscope><b itemprop=headline>x</b></p>'
# Each took minutes or more at some time, or takes the square of its length if read carelessly.
HOSTILE = {
    "updates in updates": MICRODATA + '<i itemprop="liveBlogUpdate" itemscope>' * 20_000,
    "authors in authors": MICRODATA + "<b itemprop=author>" * 40_000,
    "bodies in bodies": MICRODATA + "<b itemprop=articleBody>" * 30_000,
    "blogs in blogs": MICRODATA * 12_000,
    "a hundred thousand updates": MICRODATA + UPDATE * 10_000,
    "settings without end": "<p>window.LB" + "blog:{" * 100_000 + 'api_host:"' * 60_000,
    "endpoints without end": "<p>liveblog_settings" + '"endpoint_url":"' * 50_000,
    "figures in figures": rows("<figure>" * 300 + "<img src=/a>", times=300),
    "pictures without end": rows("".join(f"<img src=/{number}>" for number in range(50_000))),
    "a caption of credits": rows("<figure><img src=/a><figcaption>" + " . | Photo: " * 30_000),
    "a span that never closes": rows("<span " + "liveblog-command " * 50_000),
    "a frame that never closes": embedded({"html": "<iframe " + " src " * 150_000}),
    "items and no end": "<rss><channel>" + "<item><title>" * 50_000,
    "tombstones and no end": "<feed>" + "<at:deleted-entry ref='" * 40_000,
    "lists in lists": '{"_items": ' + "[" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_built_to_take_long_takes_no_longer_than_a_look_may(name: str):
    content = HOSTILE[name]
    began = process_time()
    for parse in set(PARSERS.values()):
        check(parse, content.encode())
    [*linked_apis(content, URL), linked_feed(content, URL), title_of(content)]
    # All parsers, of which a look takes one, on whatever machine this is.
    assert process_time() - began < 20


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_built_to_fill_memory_takes_a_multiple_of_its_size(name: str):
    content = HOSTILE[name][:200_000].encode()
    tracemalloc.start()
    try:
        for parse in set(PARSERS.values()):
            check(parse, content)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 100 * len(content) + 2**20

import html
import io
import json
import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from bot.errors import SourceError
from bot.liveblog.entry import Picture, Reading
from bot.sources import feeds
from tests.sources.conftest import POLLING_DAY, shared

RSS = """<?xml version="1.0" encoding="iso-8859-1"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>By-elections &amp;amp; more</title>
<item><guid isPermaLink="false">g1</guid><title>Labour’s gain &amp;amp; a hold</title>
  <link>https://news.example/1</link><pubDate>Fri, 20 Oct 2023 00:41:00 +0100</pubDate>
  <dc:creator>jo@news.example (Jo Bloggs)</dc:creator>
  <description>Short</description><content:encoded><![CDATA[<p>Long & whole</p>]]></content:encoded>
  <media:content url="https://news.example/1.jpg" medium="image">
    <media:description>The count</media:description><media:credit>PA</media:credit>
  </media:content>
  <enclosure url="https://news.example/1.mp3" type="audio/mpeg" length="1"/></item>
<item><link>https://news.example/2</link><pubDate>Thu, 19 Oct 2023 23:30:00 GMT</pubDate>
  <description>Polls have closed. Now we wait.</description></item>
<item><title>Undated</title></item>
</channel></rss>""".encode()

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">
<title>Live</title><at:deleted-entry ref="tag:1" when="2023-10-20T00:41:00+01:00"/>
<entry><id>tag:2</id><title type="html">Hold &amp;amp; gain</title>
  <updated>2023-10-20T00:45:00+01:00</updated><published>2023-10-20T00:41:00+01:00</published>
  <link rel="self" href="/api/2"/><link rel="alternate" href="/live#2"/>
  <author><name>Jo Bloggs</name></author>
  <content type="html">&lt;p&gt;Yes&lt;/p&gt;</content></entry>
</feed>"""


def parse(content: bytes | str) -> Reading:
    return feeds.parse(content, url="https://news.example/feed", polling_day=POLLING_DAY)


def test_rss_is_read_whole_whatever_its_declaration_says():
    # The file is UTF-8 and the server said so; the declaration is left over from another time.
    reading = parse(RSS.decode())
    first, second = reading.entries
    assert (reading.format, reading.title) == ("rss", "By-elections & more")
    assert (first.id, first.heading) == ("g1", "Labour’s gain & a hold")
    assert first.published == datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
    assert first.text.endswith("Long & whole")
    assert first.author == "Jo Bloggs"
    assert first.pictures == (
        Picture(url="https://news.example/1.jpg", caption="The count", credit="PA"),
    )
    assert (second.id, second.heading) == ("https://news.example/2", "Polls have closed.")
    assert reading.faults == ("An entry without a date was left out: Undated.",)


def test_atom_is_read_with_its_tombstones():
    reading = parse(ATOM)
    entry, grave = reading.entries
    assert (reading.format, reading.explicit) == ("atom", True)
    assert (entry.id, entry.heading, entry.author) == ("tag:2", "Hold & gain", "Jo Bloggs")
    assert entry.url == "https://news.example/live#2"
    assert entry.modified == datetime(2023, 10, 19, 23, 45, tzinfo=UTC)
    assert (grave.id, grave.withdrawn) == ("tag:1", True)
    assert grave.published == datetime(2023, 10, 19, 23, 41, tzinfo=UTC)


def test_a_feed_without_tombstones_says_nothing_of_what_is_missing():
    assert not parse(RSS).explicit


def test_broken_xml_loses_no_words():
    reading = parse(RSS.decode().replace("a hold", "Fish & Chips &nbsp; <3"))
    assert reading.entries[0].heading == "Labour’s gain & Fish & Chips <3"


def test_markup_in_a_title_is_read_as_its_words():
    xhtml = b'<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>hold</b></div>'
    reading = parse(ATOM.replace(b'<title type="html">Hold &amp;amp; gain', xhtml))
    assert reading.entries[0].heading == "A hold"


def test_external_entities_are_not_fetched():
    bomb = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    for reading in (parse(bomb + RSS.replace(b"Short", b"&x;")[44:]), parse(bomb + ATOM)):
        assert "root:" not in repr(reading)


def test_elements_that_are_called_as_the_readers_lists_are_text_and_no_lists():
    named = "<links>a</links><enclosures>b</enclosures>"
    (found,) = parse(
        "<rss version='2.0'><channel><title>Live</title><item><title>Hold & gain</title>"
        f"<pubDate>Fri, 20 Oct 2023 00:41:00 +0100</pubDate>{named}</item></channel></rss>"
    ).entries
    assert (found.heading, found.pictures, found.url) == ("Hold & gain", (), None)


@pytest.mark.parametrize("content", ["", "<html><body>No</body></html>", "plain", "{}", "<rss"])
def test_what_is_not_a_feed_is_said(content: str):
    with pytest.raises(SourceError, match=r"news\.example/feed is not a live blog"):
        parse(content)


def test_an_item_without_a_date_takes_the_feeds():
    # RSS knew no dates of items before 0.93.
    old = """<rss version="0.91"><channel><title>Count</title>
    <lastBuildDate>Fri, 20 Oct 2023 00:41:00 +0100</lastBuildDate>
    <item><title>Boxes arrive</title><link>https://news.example/1</link></item>
    <item><title>A word</title></item></channel></rss>"""
    linked, nameless = parse(old).entries
    assert linked.published == nameless.published == datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
    assert (linked.id, nameless.id_derived) == ("https://news.example/1", True)
    later = parse(old.replace("00:41:00", "00:51:00")).entries
    assert [e.id for e in later] == [linked.id, nameless.id]


def test_pictures_in_the_text_keep_their_captions_and_those_of_the_feed_are_left_out():
    figure = (
        '<figure><img src="/1.jpg" alt="Tables"><figcaption>The count. Photograph: Jo Bloggs/PA'
        "</figcaption></figure><p>Yes</p><img src='https://news.example/logo.png'>"
    )
    escaped = html.escape(figure)
    items = "".join(
        f"<item><guid>g{n}</guid><title>{n}</title><pubDate>Fri, 20 Oct 2023 00:4{n}:00 +0100"
        f"</pubDate><description>{escaped.replace('/1.jpg', f'/{n}.jpg')}</description></item>"
        for n in range(3)
    )
    reading = parse(f'<rss version="2.0"><channel><title>Live</title>{items}</channel></rss>')
    assert reading.entries[0].pictures == (
        Picture(
            url="https://news.example/0.jpg",
            alt="Tables",
            caption="The count",
            credit="Photograph: Jo Bloggs/PA",
        ),
    )
    assert reading.entries[0].text == "0\nYes"
    assert [len(e.pictures) for e in reading.entries] == [1, 1, 1]


# gofeed's own files: these two are there because they are not feeds.
NOT_FEEDS = {"empty_feed.xml", "unknown_feed.xml"}
# Where we read otherwise than gofeed expects and feedparser agrees: an item whose only date is
# Dublin Core's was published then, and nothing is said of an update.
OTHERWISE = {
    ("dublincore_item_fields.xml", "item 0 updated"),
    ("feed_item_fallbacks_-_rss_channel_item_extensions.xml", "item 0 updated"),
}
# Titles that close with another tag than they open with: feedparser has none either.
UNREADABLE = {
    ("atom10_feed_title_xhtml_escaped_markup.xml", "title"),
    ("atom10_feed_title_xhtml_inline_markup.xml", "title"),
}


def words(markup: str | None) -> str:
    return " ".join(re.sub("<[^>]*>", "", html.unescape(markup or "")).split())


def expected(path: Path) -> dict[str, Any]:
    found = path.with_suffix(".json")
    return json.loads(found.read_bytes()) if found.exists() else {}


def instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said).astimezone(UTC) if said else None


def as_feedparser(node: Any, key: str) -> datetime | None:
    parsed = dict(node).get(f"{key}_parsed")
    return None if parsed is None else datetime(*parsed[:6], tzinfo=UTC)


def compared(path: Path) -> Iterator[tuple[str, Any, Any, Any]]:
    """What is compared, what is expected, what feedparser reads, what we read."""
    content, wanted = path.read_bytes(), expected(path)
    feed = feeds.read_feed(content, url="https://news.example/feed")
    peer = feedparser.parse(io.BytesIO(content))
    items = wanted.get("items") or wanted.get("entries") or []
    if wanted:
        yield "items", len(items), len(peer.entries), len(feed.items)
    yield "title", words(wanted.get("title")), words(peer.feed.get("title")), words(feed.title)
    said = wanted.get("updatedParsed") or wanted.get("lastBuildDateParsed")
    yield "updated", instant(said), as_feedparser(peer.feed, "updated"), feed.updated
    for number, (item, theirs, ours) in enumerate(
        zip(items, peer.entries, feed.items, strict=True)
    ):
        name = f"item {number}"
        title = words(theirs.get("title"))
        yield f"{name} title", words(item.get("title")), title, words(ours.title)
        said = item.get("publishedParsed") or item.get("pubDateParsed")
        published = as_feedparser(theirs, "published")
        yield f"{name} published", instant(said), published, ours.published
        updated = as_feedparser(theirs, "updated")
        yield f"{name} updated", instant(item.get("updatedParsed")), updated, ours.modified


def test_every_feed_of_a_large_collection_is_read():
    paths = sorted(shared("fixtures/feeds/gofeed").rglob("*.xml"))
    assert len(paths) == 541
    refused, checked, otherwise, unreadable = set(), 0, set(), set()
    for path in paths:
        try:
            reading = parse(path.read_bytes())
        except SourceError:
            refused.add(path.name)
            continue
        found = list(compared(path))
        assert all(theirs == ours for what, _, theirs, ours in found if what == "items")
        assert len(reading.entries) + len(reading.faults) == len(
            feeds.read_feed(path.read_bytes(), url="").items
        )
        for what, wanted, theirs, ours in found:
            if wanted in (None, ""):
                continue
            checked += 1
            if ours != wanted:
                (otherwise if theirs == wanted else unreadable).add((path.name, what))
    assert refused == NOT_FEEDS
    assert otherwise == OTHERWISE
    assert unreadable == UNREADABLE
    assert checked > 600


def test_feeds_are_read_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in sorted(shared("fixtures/feeds/gofeed/parser/universal").glob("*.json")):
            try:
                parse(path.read_bytes())
            except SourceError:
                continue

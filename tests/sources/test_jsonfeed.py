import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import SourceError
from bot.liveblog.entry import Entry, Picture, Reading
from bot.sources import jsonfeed
from tests.sources.conftest import POLLING_DAY, shared

ITEM = {"id": "1", "title": "Hold", "date_published": "2023-10-20T00:41:00+01:00"}


def parse(content: bytes | str) -> Reading:
    return jsonfeed.parse(content, url="https://news.example/feed.json", polling_day=POLLING_DAY)


def only(**changes: Any) -> Entry:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Live"}
    (found,) = parse(json.dumps({**feed, "items": [{**ITEM, **changes}]})).entries
    return found


def test_an_item_is_read_whole():
    found = only(
        url="/live#1",
        content_html="<p>Yes</p>",
        date_modified="2023-10-19T23:45:00Z",
        authors=[{"name": "Jo Bloggs"}],
        image="https://news.example/1.jpg",
        attachments=[{"url": "/2.png", "mime_type": "image/png"}, {"url": "/3", "mime_type": "a"}],
    )
    assert found == Entry(
        id="1",
        published=datetime(2023, 10, 19, 23, 41, tzinfo=UTC),
        modified=datetime(2023, 10, 19, 23, 45, tzinfo=UTC),
        heading="Hold",
        body="<p>Yes</p>",
        author="Jo Bloggs",
        url="https://news.example/live#1",
        pictures=(
            Picture(url="https://news.example/1.jpg"),
            Picture(url="https://news.example/2.png"),
        ),
    )


def test_an_item_of_version_1_has_one_author_and_a_number_for_an_id():
    found = only(id=7, author={"name": "Jo"}, title=None, content_text="One. Two & <three>.")
    assert (found.id, found.author, found.heading) == ("7", "Jo", "One.")
    assert found.text.endswith("Two & <three>.")


def test_an_item_without_a_date_is_left_out_and_said():
    reading = parse(json.dumps({"items": [{"id": "1", "title": "Hold"}, None, 3]}))
    assert reading.entries == ()
    assert reading.faults == ("An entry without a date was left out: Hold.",)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"items": 3}', "[" * 100_000])
def test_what_is_not_a_feed_is_said(content: str):
    with pytest.raises(SourceError):
        parse(content)


def test_every_json_feed_of_a_collection_is_read():
    folder = shared("fixtures/feeds/gofeed/parser/json")
    found = {path.name: parse(path.read_bytes()) for path in sorted(folder.glob("version_*.json"))}
    assert len(found) == 6
    assert {reading.title for reading in found.values()} == {"title"}

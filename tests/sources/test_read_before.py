"""A page that is read again gives what it gives when it is read for the first time."""

import json
from datetime import date
from typing import Any

import pytest

from bot.liveblog.entry import Reading
from bot.sources import jsonld, schema_org
from bot.sources.read_before import LONGEST, PAGES, Before, ReadBefore
from tests.nights.facts import POLLING_DAY

URL = "https://news.example/live"
HALL = {"@type": "ImageObject", "url": "https://news.example/hall.jpg"}


def post(number: int, **said: Any) -> dict[str, Any]:
    return {
        "@type": "BlogPosting",
        "@id": f"{URL}#{number}",
        "headline": f"Entry {number}",
        "datePublished": f"2023-10-19T22:{number:02}:00Z",
        "articleBody": f"<p>The {number}th.</p>",
        **said,
    }


def page(*updates: dict[str, Any], **said: Any) -> bytes:
    blog = {"@type": "LiveBlogPosting", "headline": "Live", "url": URL, "liveBlogUpdate": updates}
    return json.dumps({**blog, **said}).encode()


def read(content: bytes, day: date = POLLING_DAY) -> Reading:
    return jsonld.parse(content, url=URL, polling_day=day)


@pytest.fixture(autouse=True)
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_org, "_BEFORE", ReadBefore())


STEPS = [
    page(post(1), post(2)),
    page(post(3), post(2), post(1)),
    page(post(3), post(2, articleBody="<p>Another text.</p>"), post(1)),
    page(post(3), post(2, dateModified="2023-10-19T22:40:00Z"), post(1)),
    # What is beside the entries decides on theirs: authors of all, pictures of the page, its title.
    page(post(1, author=[{"name": "Ann"}, {"name": "Bob"}]), post(2)),
    page(
        post(1, author=[{"name": "Ann"}, {"name": "Bob"}]),
        post(2),
        author=[{"name": "Ann"}, {"name": "Bob"}],
    ),
    page(post(1, image=HALL), post(2)),
    page(post(1, image=HALL), post(2), image=HALL),
    page(post(1), post(2), headline="Entry 1"),
    # One id twice, none, and no date.
    page(post(1), post(1, headline="Once more"), post(2)),
    page(post(1, **{"@id": ""}), post(2, **{"@id": ""}), post(3, datePublished="")),
]


@pytest.mark.parametrize("last", range(len(STEPS)))
@pytest.mark.parametrize("first", range(len(STEPS)))
def test_a_page_reads_the_same_after_any_other_of_its_address(
    first: int, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = read(STEPS[last])
    monkeypatch.setattr(schema_org, "_BEFORE", ReadBefore())
    read(STEPS[first])

    assert read(STEPS[last]) == alone


def test_what_stayed_as_it_was_is_the_very_entry() -> None:
    one, two = read(STEPS[0]).entries, read(STEPS[1]).entries

    assert two[2] is one[0]
    assert two[1] is one[1]


def test_only_the_last_pages_are_kept_and_none_that_is_long() -> None:
    before = ReadBefore()
    for number in range(PAGES + 1):
        before.keep(f"{URL}/{number}", b"", Before(beside=number))
    before.keep("long", b" " * (LONGEST + 1), Before(beside=0))

    assert before.of(f"{URL}/0", 0).entries is not before.of(f"{URL}/0", 0).entries
    assert before.of("long", 0).entries is not before.of("long", 0).entries
    assert before.of(f"{URL}/1", 1) is before.of(f"{URL}/1", 1)
    assert before.of(f"{URL}/1", 2) is not before.of(f"{URL}/1", 1)

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import SourceError
from bot.liveblog.entry import Entry, Picture, Reading
from bot.sources import wordpress
from tests.sources.conftest import POLLING_DAY

API = "https://news.example/wp-json/liveblog/v1/42"
MADE = datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
FIRST = int(MADE.timestamp())


def row(**changes: Any) -> dict[str, Any]:
    whole = {
        "id": "101",
        "type": "new",
        "render": "<p>Just a third came out. So far.</p>\n",
        "content": "Just a third came out. So far.",
        "css_classes": "liveblog byuser",
        "timestamp": str(FIRST),
        "authors": [{"id": 3, "key": "jo", "name": "Jo Bloggs", "avatar": "<img src='/a.png'>"}],
        "entry_time": FIRST,
        "share_link": "https://news.example/count#101",
    }
    return {**whole, **changes}


def parse(*rows: Any) -> Reading:
    content = json.dumps(
        {"entries": list(rows), "latest_timestamp": FIRST, "refresh_interval": 10, "pages": 1}
    )
    return wordpress.parse(content, url=API, polling_day=POLLING_DAY)


def test_a_row_is_read_whole():
    reading = parse(row(key_event=True))
    assert reading.explicit
    assert reading.entries == (
        Entry(
            id="101",
            published=MADE,
            heading="Just a third came out.",
            body="<p>Just a third came out. So far.</p>",
            author="Jo Bloggs",
            url="https://news.example/count#101",
            key_event=True,
        ),
    )


def test_a_row_that_changes_an_entry_names_it_and_keeps_its_time():
    (found,) = parse(row(type="update", timestamp=str(FIRST + 90), render="<p>A quarter.</p>")
                     ).entries  # fmt: skip
    assert (found.id, found.published) == ("101", MADE)
    assert found.modified == MADE + timedelta(seconds=90)
    assert found.text.endswith("A quarter.")


@pytest.mark.parametrize("entry_time", [FIRST, False, None, ""])
def test_a_row_that_deletes_an_entry_is_its_tombstone(entry_time: Any):
    (found,) = parse(
        row(type="delete", render="", content="", timestamp=FIRST + 90, entry_time=entry_time)
    ).entries
    assert (found.id, found.withdrawn, found.text) == ("101", True, "")


def test_of_the_rows_about_one_entry_the_last_counts_and_nothing_is_at_fault():
    rows = [
        row(),
        row(id="102", timestamp=FIRST + 30, entry_time=FIRST + 30),
        row(id="900", replaces="101", type="update", timestamp=FIRST + 60, render="<p>New</p>"),
        row(type="delete", timestamp=FIRST + 90, render=""),
    ]
    changed = parse(*rows[:3])
    assert [(e.id, e.text.splitlines()[-1]) for e in changed.entries] == [
        ("101", "New"),
        ("102", "Just a third came out. So far."),
    ]
    gone = parse(*rows)
    assert [(e.id, e.withdrawn) for e in gone.entries] == [("101", True), ("102", False)]
    assert changed.faults == gone.faults == ()


def test_commands_and_key_marks_are_no_words_and_pictures_are_taken_out():
    (found,) = parse(
        row(
            css_classes="liveblog type-key",
            render=(
                '<p><span class="liveblog-command type-key">key</span> Labour gain</p>'
                '<figure><img src="/1.jpg" alt="Hall"><figcaption>The hall</figcaption></figure>'
                '<img class="emoji" src="https://s.w.org/x.svg" alt="x">'
            ),
        )
    ).entries
    assert (found.key_event, found.heading) == (True, "Labour gain")
    assert found.text == "Labour gain\nLabour gain"
    assert found.pictures == (
        Picture(url="https://news.example/1.jpg", alt="Hall", caption="The hall"),
    )


def test_a_row_without_time_or_id_is_left_out_and_said():
    reading = parse(row(timestamp="", entry_time="soon"), row(id=None))
    assert reading.entries == ()
    assert [fault.split(" was")[0] for fault in reading.faults] == [
        "An entry without a date",
        "An entry without an id",
    ]


@pytest.mark.parametrize("content", ["{", "[]", '{"entries": {}}', '{"code": "rest_no_route"}'])
def test_what_is_no_live_blog_is_said(content: str):
    with pytest.raises(SourceError, match=r"news\.example"):
        wordpress.parse(content, url=API, polling_day=POLLING_DAY)


# ── What is asked for ────────────────────────────────────────────────────────────────────────

NOW = MADE + timedelta(minutes=30)
END = int(NOW.timestamp())


@pytest.mark.parametrize("url", [API, f"{API}/", f"{API}/entries/1/2?x=1"])
def test_all_rows_up_to_now_are_asked_for_and_then_those_since_the_newest_entry(url: str):
    assert wordpress.is_api(url)
    assert wordpress.request(url, newest=None, now=NOW) == f"{API}/entries/1/{END}"
    since = FIRST - 600
    assert wordpress.request(url, newest=MADE, now=NOW) == f"{API}/entries/{since}/{END}"


def test_a_site_without_pretty_addresses_is_asked_in_its_own_way():
    plain = "https://news.example/?rest_route=/liveblog/v1/42/"
    assert wordpress.request(plain, newest=None, now=NOW) == (
        f"https://news.example/?rest_route=/liveblog/v1/42/entries/1/{END}"
    )


PAGE = r"""<script>var liveblog_settings = {"key":"liveblog",
"endpoint_url":"https:\/\/news.example\/wp-json\/liveblog\/v1\/42\/"};</script>"""


def test_a_page_says_where_its_rows_are():
    assert wordpress.linked(PAGE, "https://news.example/count") == f"{API}/"


@pytest.mark.parametrize(
    "page",
    ["", PAGE.replace("liveblog_settings", "settings"), PAGE.replace(r"wp-json\/liveblog", "x")],
)
def test_another_page_says_nothing(page: str):
    assert wordpress.linked(page, "https://news.example/count") is None

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.errors import SourceError
from bot.liveblog.entry import Entry, Picture, Reading
from bot.sources import sourcefabric
from tests.sources.conftest import POLLING_DAY, shared

BLOG = "56c5b34120dc360081f8e518"
URL = f"https://live.news.example/api/client_blogs/{BLOG}/posts"


def item(kind: str, text: str = "", **meta: Any) -> dict[str, Any]:
    return {"type": kind, "item": {"item_type": kind, "text": text, "meta": meta}}


def post(*items: Any, **changes: Any) -> dict[str, Any]:
    whole = {
        "_id": "urn:1",
        "deleted": False,
        "sticky": False,
        "lb_highlight": False,
        "post_status": "open",
        "published_date": "2023-10-19T23:41:00+00:00",
        "content_updated_date": "2023-10-19T23:43:00+00:00",
        "_updated": "2023-10-19T23:45:00+00:00",
        "order": 39,
        "publisher": {"display_name": "Live Desk", "email": "secret.person@news.example"},
        "groups": [{"id": "root", "refs": [{"idRef": "main"}]}, {"id": "main", "refs": items}],
    }
    return {**whole, **changes}


def parse(*posts: Any) -> Reading:
    content = json.dumps({"_items": list(posts), "_meta": {"total": len(posts)}})
    return sourcefabric.parse(content, url=URL, polling_day=POLLING_DAY)


def only(*items: Any, **changes: Any) -> Entry:
    (found,) = parse(post(*items, **changes)).entries
    return found


IMAGE = item(
    "image",
    "<figure><img src='https://s3.example/full'></figure>",
    caption="Tellers at work",
    credit="Photo: PA",
    media={"renditions": {"viewImage": {"href": "https://s3.example/view"}}},
)


def test_a_post_is_read_whole():
    reading = parse(post(item("text", "Just a third came out. So far."), IMAGE, sticky=True))
    assert reading.explicit
    assert reading.entries == (
        Entry(
            id="urn:1",
            published=datetime(2023, 10, 19, 23, 41, tzinfo=UTC),
            heading="Just a third came out.",
            body="<p>Just a third came out. So far.</p>",
            modified=datetime(2023, 10, 19, 23, 45, tzinfo=UTC),
            author="Live Desk",
            pictures=(
                Picture(
                    url="https://s3.example/view", caption="Tellers at work", credit="Photo: PA"
                ),
            ),
            pinned=True,
        ),
    )
    assert "secret" not in repr(reading)


@pytest.mark.parametrize(
    "changes",
    [{"deleted": True}, {"post_status": "draft"}, {"post_status": "submitted"},
     {"post_status": "comment"}],
)  # fmt: skip
def test_what_is_not_for_readers_is_withdrawn_without_a_word(changes: dict[str, Any]):
    found = only(item("text", "Not for you"), IMAGE, **changes)
    assert found.withdrawn
    assert (found.text, found.pictures, found.author) == ("", (), None)


def test_a_quotation_an_embedded_post_and_a_video_are_words_and_links():
    found = only(
        item("quote", quote="Hold &amp; <i>gain</i>", credit="Jo Bloggs"),
        item(
            "embed",
            html="<blockquote>We <b>hold</b> it</blockquote><script>alert(1)</script>",
            original_url="https://social.example/1",
        ),
        item("embed", html="<iframe src='https://video.example/embed/1'></iframe>"),
        item("embed", html="", original_url="javascript:alert(1)", title="No"),
    )
    assert found.text.splitlines()[1:] == [
        "Hold & gain",
        "— Jo Bloggs",
        "We hold it",
        "https://social.example/1",
        "https://video.example/embed/1",
        "No",
    ]
    assert "alert" not in found.body


def test_a_highlight_is_a_key_event_and_a_picture_alone_heads_its_post():
    found = only(IMAGE, lb_highlight=True)
    assert (found.key_event, found.heading) == (True, "Tellers at work")


def test_an_item_that_was_taken_out_of_its_post_is_not_read():
    gone = {**item("text", "Gone"), "deleted": True}
    assert only(item("text", "Here"), gone).text == "Here\nHere"


def test_a_post_without_a_date_is_left_out_and_said():
    dateless = post(item("text", "When?"), published_date=None, _updated=None)
    assert parse(dateless).faults == ("An entry without a date was left out: When?.",)


@pytest.mark.parametrize("content", ["{", "[]", '{"_items": {}}'])
def test_what_is_no_live_blog_is_said(content: str):
    with pytest.raises(SourceError, match=r"live\.news\.example"):
        sourcefabric.parse(content, url=URL, polling_day=POLLING_DAY)


# ── What is asked for ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("tail", ["", "/", "/posts", "/posts?max_results=3", f"/{'b' * 24}/posts"])
def test_what_changed_last_is_asked_for_first(tail: str):
    url = f"https://live.news.example/api/client_blogs/{BLOG}{tail}"
    assert sourcefabric.is_api(url)
    address = urlsplit(sourcefabric.request(url))
    output = f"/{'b' * 24}" if "b" * 24 in tail else ""
    assert address.path == f"/api/client_blogs/{BLOG}{output}/posts"
    asked = parse_qs(address.query)
    assert asked["max_results"] == ["100"]
    assert json.loads(asked["source"][0]) == {"sort": [{"_updated": {"order": "desc"}}]}


PAGE = f"""<html><title>Count</title><script>window.LB = {{
    blog: {{"title": "Count", "_id": "{BLOG}"}}, settings: {{}},
    api_host: '//live.news.example/', debug: false }};</script>"""


def test_a_page_says_where_its_posts_are():
    assert sourcefabric.linked(PAGE, "https://news.example/live") == URL


@pytest.mark.parametrize(
    "page",
    [
        "",
        PAGE.replace("window.LB", "window.LC"),
        PAGE.replace("//live.news.example/", "javascript:alert(1)"),
        PAGE.replace(BLOG, "56c5"),
    ],
)
def test_another_page_says_nothing(page: str):
    assert sourcefabric.linked(page, "https://news.example/live") is None


def test_real_posts_are_read_without_loss():
    content = shared("fixtures/liveblogs/sourcefabric-posts.json").read_bytes()
    reading = sourcefabric.parse(content, url=URL, polling_day=POLLING_DAY)
    assert (len(reading.entries), reading.faults) == (15, ())
    # One was submitted and not yet published.
    assert [e.withdrawn for e in reading.entries].count(True) == 1
    assert next(e.published for e in reading.entries if e.withdrawn).minute == 42
    shown = [e for e in reading.entries if not e.withdrawn]
    assert all(e.heading and e.text and e.author for e in shown)
    edited = [e for e in shown if e.modified and e.modified > e.published]
    assert len(edited) == 9
    (picture,) = (p for e in shown for p in e.pictures)
    assert (picture.caption, picture.credit) == (
        "Das dpa-live-Logo",
        "Foto: Max Mustermann, dpa",
    )
    assert "@dpa-info" not in repr(reading)
    assert "<script" not in repr(reading)

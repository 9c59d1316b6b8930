import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.errors import SourceError
from bot.liveblog.entry import Entry, Picture, Reading
from bot.sources import guardian
from tests.sources.conftest import POLLING_DAY, shared

PAGE = "https://www.theguardian.com/politics/live/2023/oct/19/by-elections-live"
BLOCK: dict[str, Any] = {
    "id": "6531b4",
    "bodyHtml": "<p>Just a third of voters came out.</p>",
    "bodyTextSummary": "Just a third of voters came out.",
    "title": "Low voter turnout in Tamworth",
    "attributes": {"keyEvent": True, "pinned": "false", "title": "Low voter turnout"},
    "published": True,
    "firstPublishedDate": "2023-10-19T23:41:00Z",
    "publishedDate": "2023-10-19T23:43:00Z",
    "lastModifiedDate": "2023-10-19T23:45:00Z",
    "contributors": ["profile/jo-bloggs"],
    "createdBy": {"email": "secret.person@guardian.example", "firstName": "Secret"},
    "lastModifiedBy": {"email": "other.person@guardian.example", "lastName": "Other"},
    "elements": [],
}
IMAGE = {
    "type": "image",
    "imageTypeData": {"caption": "Tellers at work", "credit": "Photograph: PA", "alt": "Tables"},
    "assets": [
        {"file": f"https://media.guim.co.uk/{'a' * 40}/{width}.jpg", "typeData": {"width": width}}
        for width in (140, 2000, 1000, 500)
    ],
}


def answer(*blocks: Any, asked: str | None = None, **facts: Any) -> str:
    parts: dict[str, Any] = {"body": list(blocks)}
    if asked is not None:
        parts = {"totalBodyBlocks": 900, "requestedBodyBlocks": {asked: list(blocks)}}
    content = {
        "webTitle": "By-elections live",
        "webUrl": PAGE,
        "tags": [{"id": "profile/jo-bloggs", "type": "contributor", "webTitle": "Jo Bloggs"}],
        "blocks": parts,
        **facts,
    }
    return json.dumps({"response": {"status": "ok", "content": content}})


def parse(content: bytes | str) -> Reading:
    return guardian.parse(content, url=PAGE, polling_day=POLLING_DAY)


def only(**changes: Any) -> Entry:
    (found,) = parse(answer({**BLOCK, **changes})).entries
    return found


def test_a_block_is_read_whole():
    assert only(elements=[IMAGE]) == Entry(
        id="6531b4",
        published=datetime(2023, 10, 19, 23, 41, tzinfo=UTC),
        heading="Low voter turnout in Tamworth",
        body="<p>Just a third of voters came out.</p>",
        modified=datetime(2023, 10, 19, 23, 45, tzinfo=UTC),
        author="Jo Bloggs",
        url=f"{PAGE}?page=with:block-6531b4#block-6531b4",
        pictures=(
            Picture(
                url=f"https://media.guim.co.uk/{'a' * 40}/1000.jpg",
                alt="Tables",
                caption="Tellers at work",
                credit="Photograph: PA",
            ),
        ),
        key_event=True,
    )


def test_who_made_a_block_in_the_newsroom_is_nowhere():
    reading = parse(answer(BLOCK, {**BLOCK, "id": "2", "contributors": [], "title": ""}))
    assert "person" not in repr(reading)
    assert "Secret" not in repr(reading)


@pytest.mark.parametrize("asked", [None, "body:latest:10", "body:published-since:1697700000000"])
def test_blocks_are_found_wherever_the_answer_has_them(asked: str | None):
    assert [e.id for e in parse(answer(BLOCK, asked=asked)).entries] == ["6531b4"]


def test_a_block_that_is_asked_for_twice_is_one_entry():
    told = json.loads(answer(BLOCK, asked="body:latest:10"))
    blocks = told["response"]["content"]["blocks"]["requestedBodyBlocks"]
    blocks["body:key-events"] = [BLOCK]
    reading = parse(json.dumps(told))
    assert (len(reading.entries), reading.faults) == (1, ())


def test_a_block_that_is_unpublished_is_withdrawn_without_a_word():
    found = only(published=False)
    assert (found.withdrawn, found.text, found.pictures) == (True, "", ())


def test_a_heading_may_stand_in_the_attributes_or_in_the_text():
    assert only(title="").heading == "Low voter turnout"
    bare = only(title=None, attributes={}, bodyHtml="<p>Polls closed. Now we wait.</p>")
    assert (bare.heading, bare.key_event) == ("Polls closed.", False)


def test_a_picture_of_the_text_and_the_same_among_the_elements_is_one():
    figure = (
        f'<figure class="element"><img src="https://media.guim.co.uk/{"a" * 40}/500.jpg">'
        '<figcaption><span class="element-image__caption">Tellers at work</span> '
        '<span class="element-image__credit">Photograph: PA</span></figcaption></figure>'
    )
    found = only(bodyHtml=f"{figure}<p>Words</p>", elements=[IMAGE])
    assert len(found.pictures) == 1
    assert found.text == "Low voter turnout in Tamworth\nWords"
    (alone,) = only(bodyHtml=f"{figure}<p>Words</p>").pictures
    assert (alone.caption, alone.credit) == ("Tellers at work", "Photograph: PA")


@pytest.mark.parametrize(
    "date",
    ["soon", None, {}, {"iso8601": 7}, 10**30, True],
)
def test_a_block_without_a_date_is_left_out_and_said(date: Any):
    keys = ("firstPublishedDate", "publishedDate", "lastModifiedDate", "createdDate")
    dateless = dict.fromkeys(keys, date)
    reading = parse(answer({**BLOCK, **dateless}))
    assert reading.entries == ()
    assert reading.faults == (
        "An entry without a date was left out: Low voter turnout in Tamworth.",
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "its JSON is broken"),
        ("[]", "no answer of the Guardian"),
        ('{"response": {"status": "ok"}}', "no blocks"),
        ('{"response": {"status": "error", "message": "Not\\u0007 found"}}', "says “Not found”"),
    ],
)
def test_what_is_no_live_blog_is_said(content: str, reason: str):
    with pytest.raises(SourceError, match=reason):
        parse(content)


# ── What is asked for ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "is_page"),
    [
        (PAGE, True),
        (PAGE.replace("www.", ""), True),
        ("https://content.guardianapis.com/politics/live/2023/oct/19/x", True),
        ("https://www.theguardian.com/politics/2023/oct/19/an-article", False),
        ("https://www.theguardian.com.evil.example/politics/live/2023/oct/19/x", False),
        ("https://notheguardian.com/politics/live/2023/oct/19/x", False),
        ("http://[", False),
    ],
)
def test_live_blogs_of_the_guardian_are_known_by_their_address(url: str, is_page: bool):
    assert guardian.is_page(url) is is_page


def asked(url: str, **facts: Any) -> tuple[str, dict[str, list[str]]]:
    address = urlsplit(guardian.request(url, **{"key": "k1", "newest": None, **facts}))
    return f"{address.scheme}://{address.netloc}{address.path}", parse_qs(address.query)


def test_at_first_all_is_asked_for():
    where, what = asked(f"{PAGE}?page=with:block-1#block-1")
    assert where == PAGE.replace("www.theguardian.com", "content.guardianapis.com")
    assert what["api-key"] == ["k1"]
    assert what["show-blocks"] == ["body"]


def test_later_what_is_of_the_night_is_asked_for_at_an_address_that_lasts():
    newest = datetime(2023, 10, 20, 3, 41, 7, tzinfo=UTC)
    _, what = asked(PAGE, newest=newest)
    since = int(datetime(2023, 10, 19, 15, tzinfo=UTC).timestamp()) * 1000
    assert what["show-blocks"] == [f"body:published-since:{since}"]
    assert asked(PAGE, newest=newest.replace(minute=59)) == asked(PAGE, newest=newest)


def test_a_key_may_stand_in_the_address_and_without_one_it_is_said():
    own = "https://content.guardianapis.com/politics/live/2023/oct/19/x"
    assert asked(f"{own}?api-key=mine", key=None)[1]["api-key"] == ["mine"]
    with pytest.raises(SourceError, match="GUARDIAN_API_KEY"):
        guardian.request(own, key=None, newest=None)


# ── Real answers ─────────────────────────────────────────────────────────────────────────────


def test_a_real_answer_is_read_without_loss():
    reading = parse(shared("fixtures/liveblogs/guardian-content-api.json").read_bytes())
    assert (len(reading.entries), reading.faults, reading.title) == (6, (), "example-liveblog")
    key = [e for e in reading.entries if e.key_event]
    assert [(e.heading, e.pinned) for e in key] == [("key event title", True)]
    assert [e.pinned for e in reading.entries].count(True) == 1
    pictured = [p for e in reading.entries for p in e.pictures]
    assert [p.credit for p in pictured] == ["Image credit", "Photograph: Pavel Golovkin/AP"]
    assert "guardian.com" not in repr(reading).replace("www.theguardian.com", "")


def test_the_model_of_a_real_page_is_read_without_loss():
    reading = parse(shared("fixtures/liveblogs/guardian-page-model-live.json").read_bytes())
    assert (len(reading.entries), reading.faults) == (13, ())
    published = [e.published for e in reading.entries]
    assert published == sorted(published, reverse=True)
    assert len([e for e in reading.entries if e.modified and e.modified > e.published]) == 4
    credits = [p.credit for e in reading.entries for p in e.pictures]
    assert credits == [
        "Photograph: NASA/AFP/Getty Images",
        "Photograph: Patrick T Fallon/AFP/Getty Images",
        "Photograph: NASA/AFP/Getty Images",
    ]
    assert sum(e.author == "Natalie Grover" for e in reading.entries) == 3
    assert all(e.heading and e.url for e in reading.entries)

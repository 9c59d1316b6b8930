import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import SourceError
from bot.liveblog.entry import Entry, Picture, Reading
from bot.sources import jsonld
from tests.sources.conftest import POLLING_DAY, shared
from tests.sources.pages import blog, entry, html

URL = "https://news.example/live"


def parse(content: bytes | str) -> Reading:
    return jsonld.parse(content, url=URL, polling_day=POLLING_DAY)


def only(**changes: Any) -> Entry:
    (found,) = parse(html(blog(entry(**changes)))).entries
    return found


def test_an_entry_is_read_whole():
    picture = {"@type": "ImageObject", "url": "/i/1.jpg", "caption": "A count", "creditText": "PA"}
    found = only(
        url=f"{URL}#post-1",
        dateModified="2023-10-19T23:45:00.000Z",
        author={"@type": "Person", "name": "Jo Bloggs"},
        image=picture,
    )
    assert found == Entry(
        id="post-1",
        published=datetime(2023, 10, 19, 23, 41, tzinfo=UTC),
        heading="Low voter turnout in Tamworth",
        body="<p>Just a third of voters came out.</p>",
        modified=datetime(2023, 10, 19, 23, 45, tzinfo=UTC),
        author="Jo Bloggs",
        url=f"{URL}#post-1",
        pictures=(Picture(url="https://news.example/i/1.jpg", caption="A count", credit="PA"),),
    )


@pytest.mark.parametrize(
    "value",
    [
        [{"@type": "WebPage"}, blog(entry())],
        {"@graph": [{"@type": "Organization"}, blog(entry())]},
        {"@type": "WebPage", "mainEntity": blog(entry())},
        {"@type": "WebPage", "hasPart": [blog(entry())]},
        blog(entry(), **{"@type": ["NewsArticle", "LiveBlogPosting"]}),
        blog(liveBlogUpdate=entry()),
    ],
)
def test_the_blog_is_found_wherever_the_page_keeps_it(value: Any):
    assert [e.id for e in parse(html(value)).entries] == ["post-1"]


def test_of_two_blogs_the_longer_one_is_read():
    assert len(parse(html(blog(title="Next"), blog(entry()))).entries) == 1


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Jo Bloggs", "Jo Bloggs"),
        (["Jo Bloggs", {"name": "Al Hall"}], "Jo Bloggs, Al Hall"),
        ({"name": "Jo Bloggs <jo.bloggs@news.example>"}, "Jo Bloggs"),
        ([], None),
        (None, None),
        (7, None),
    ],
)
def test_authors_come_in_every_shape(author: Any, name: str | None):
    assert only(author=author).author == name


@pytest.mark.parametrize(
    ("image", "urls"),
    [
        ("https://news.example/1.jpg", ["https://news.example/1.jpg"]),
        ([], []),
        (None, []),
        ({"url": "javascript:alert(1)"}, []),
        (["https://a.example/16x9/1.jpg", "https://a.example/4x3/1.jpg"],
         ["https://a.example/16x9/1.jpg"]),
        ([{"url": "https://a.example/1.jpg"}, {"contentUrl": "https://a.example/2.jpg"}],
         ["https://a.example/1.jpg", "https://a.example/2.jpg"]),
    ],
)  # fmt: skip
def test_pictures_come_in_every_shape(image: Any, urls: list[str]):
    assert [p.url for p in only(image=image).pictures] == urls


def test_the_permalink_is_the_id_where_no_id_is_given():
    found = only(**{"@id": None, "url": f"{URL}#post-9"})
    assert (found.id, found.id_derived) == (f"{URL}#post-9", False)


@pytest.mark.parametrize("own", [URL, f"{URL}/", f"{URL}#"])
def test_the_pages_own_address_is_nobodys_id(own: str):
    found = only(**{"@id": own, "url": own})
    assert found.id_derived
    assert found.url is None


def test_one_id_for_all_entries_is_no_id():
    twins = [entry(**{"@id": "live", "headline": name}) for name in ("Hold", "Gain")]
    found = parse(html(blog(*twins))).entries
    assert len({e.id for e in found}) == 2
    assert all(e.id_derived for e in found)


def test_of_two_entries_with_one_id_the_newest_stays():
    reading = parse(
        html(
            blog(
                entry(headline="New", dateModified="2023-10-20T01:00:00+01:00"),
                entry(headline="Old", dateModified="2023-10-20T00:50:00+01:00"),
                entry(**{"@id": "post-2"}),
            )
        )
    )
    assert [e.heading for e in reading.entries] == ["New", "Low voter turnout in Tamworth"]
    assert len(reading.faults) == 1


@pytest.mark.parametrize(
    ("said", "minute"),
    [
        ("2023-10-20T00:41:00+01:00", 41),
        ("2023-10-19T23:41:00Z", 41),
        ("2023-10-19T23:41:00.000+0000", 41),
        ("2023-10-20T00:41:00", 41),
        ("2023-10-20 00:41", 41),
    ],
)
def test_times_are_instants_and_without_a_zone_uk_times(said: str, minute: int):
    assert only(datePublished=said).published == datetime(2023, 10, 19, 23, minute, tzinfo=UTC)


def test_entities_are_decoded_once():
    found = only(headline="Fish &amp; chips: &quot;A&amp;lt;B&quot;")
    assert found.heading == 'Fish & chips: "A&lt;B"'


def test_lines_of_a_plain_body_are_paragraphs():
    assert only(articleBody="It&#39;s tight.\nVery.").text.split("\n")[1:] == [
        "It's tight.",
        "Very.",
    ]


def test_control_characters_and_half_characters_are_removed_from_a_heading():
    found = only(headline="Tam\u202ewor\x00th\x1b\n hold", articleBody="half \ud83d")
    assert found.heading == "Tamworth hold"
    assert found.digest


def test_the_pages_heading_on_every_entry_gives_way_to_the_first_sentence():
    found = only(headline="By-elections live", articleBody="<p>Polls have closed. Now we wait.</p>")
    assert found.heading == "Polls have closed."


def test_the_pages_picture_on_every_entry_is_not_the_entrys():
    own = "https://news.example/own.jpg"
    entries = [
        entry(image="https://news.example/top.jpg"),
        entry(**{"@id": "post-2", "image": own}),
    ]
    found = parse(html(blog(*entries, image=["https://news.example/top.jpg"]))).entries
    assert [[p.url for p in e.pictures] for e in found] == [[], [own]]


def test_an_entry_without_a_date_is_left_out_and_said():
    reading = parse(html(blog(entry(datePublished=None), entry(datePublished="soon"))))
    assert reading.entries == ()
    assert (
        reading.faults
        == ("An entry without a date was left out: Low voter turnout in Tamworth.",) * 2
    )


def test_an_entry_without_id_or_date_does_not_take_the_others_along():
    reading = parse(html(blog(entry(**{"@id": None, "datePublished": None}), entry())))
    assert [e.id for e in reading.entries] == ["post-1"]
    assert len(reading.faults) == 1


def test_an_entry_with_nothing_in_it_is_left_out_and_said():
    reading = parse(html(blog(entry(headline="", articleBody=""))))
    assert reading.entries == ()
    assert "without text" in reading.faults[0]


def test_an_empty_body_is_no_fault_where_there_is_a_heading():
    assert only(articleBody="").body == ""


def test_a_blog_that_has_not_begun_is_read_without_entries():
    assert parse(html(blog())).entries == ()


WHOLE = json.dumps(blog(entry()))


@pytest.mark.parametrize(
    "script",
    [
        WHOLE.replace("}]", "},]").replace("]}", "],}"),
        WHOLE.replace("Just a third", "Just\n\ta third"),
        WHOLE.replace("Just a", "Just\\' a"),
        f"<!-- {WHOLE} -->",
        f"//<![CDATA[\n{WHOLE}\n//]]>",
        f"/* <![CDATA[ */ {WHOLE} /* ]]> */",
        f"{WHOLE};",
        WHOLE.replace("<p>", "").replace("</p>", "").replace('"', "&quot;"),
    ],
)
def test_broken_json_is_repaired(script: str):
    (found,) = parse(html(script)).entries
    assert found.heading == "Low voter turnout in Tamworth"


def test_a_comma_in_the_text_is_not_repaired():
    script = WHOLE.replace("Just a third", "Yes,} and [no,] third").replace("}]", "},]")
    assert "Yes,} and [no,] third" in parse(html(script)).entries[0].text


def test_half_a_script_is_not_half_a_blog():
    with pytest.raises(SourceError, match=r"news\.example/live is not a live blog that I can read"):
        parse(html(WHOLE[:-40]))


def test_half_a_script_does_not_take_the_whole_one_along():
    assert len(parse(html(WHOLE[:-40], WHOLE)).entries) == 1


def test_a_page_that_breaks_off_in_its_script_is_not_read():
    with pytest.raises(SourceError):
        parse(html(WHOLE)[:300])


@pytest.mark.parametrize(
    ("name", "entries", "first"),
    [
        ("Express_2024-07-18", 9,
         "The only person Prince Harry and Meghan Markle trust to look after Archie and Lilibet"),
        ("TheGuardian_2023-05-15", 10,
         "Jennifer Rankin reports from Brussels The EU is ready to sanction foreign…"),
        ("TheIndependent_2023-08-14", 10, "Women’s World Cup"),
    ],
)  # fmt: skip
def test_a_real_page_is_read_without_loss(name: str, entries: int, first: str):
    page = shared(f"fixtures/liveblogs/fundus_{name}.html").read_bytes()
    reading = parse(page)
    assert len(reading.entries) == entries
    assert reading.faults == ()
    assert reading.entries[0].heading == first
    assert len({e.id for e in reading.entries}) == entries
    assert not any(e.id_derived for e in reading.entries)
    assert all(e.text and e.url for e in reading.entries)


def test_where_a_page_repeats_its_own_dates_the_times_come_from_what_it_shows():
    page = shared("fixtures/liveblogs/fundus_TheGuardian_2023-05-15.html").read_bytes()
    found = parse(page).entries
    assert [e.published for e in found] == sorted((e.published for e in found), reverse=True)
    assert len({e.published for e in found}) == len(found)
    assert found[-1].heading == "Zelenskiy discussed 'coalition of jets' with Sunak on UK visit"
    assert not any(e.author for e in found)


def test_where_a_page_cuts_its_bodies_the_whole_comes_from_what_it_shows():
    page = shared("fixtures/liveblogs/fundus_TheGuardian_2023-05-15.html").read_bytes()
    found = parse(page).entries
    assert len(found[0].text) > 2_000
    assert found[0].text.endswith("Zelenskiy’s peace formula.")
    assert "Share on" not in "".join(e.text for e in found)
    (walk,), (shake,) = (e.pictures for e in found if e.pictures)
    assert [p.credit for p in (walk, shake)] == ["Photograph: Reuters"] * 2
    assert walk.caption is not None
    assert walk.caption.endswith("after greeting him on his arrival")
    assert walk.caption not in found[7].text

from datetime import UTC, datetime

import pytest

from bot.errors import SourceError
from bot.liveblog.entry import Entry, Picture, Reading
from bot.sources import microdata
from tests.sources.conftest import POLLING_DAY

URL = "https://news.example/live"
UPDATE = """<article itemprop="liveBlogUpdate" itemscope itemtype="https://schema.org/BlogPosting"
  id="post-7"><h2 itemprop="headline">Low &amp; lower turnout</h2>
  <time itemprop="datePublished" datetime="2023-10-20T00:41:00+01:00">12.41am</time>
  <meta itemprop="dateModified" content="2023-10-19T23:45:00Z">
  <span itemprop="author" itemscope itemtype="https://schema.org/Person">by
    <b itemprop="name">Jo Bloggs</b></span>
  <div itemprop="articleBody"><p>Just a <b>third</b> came out.</p><figure itemprop="image"
    itemscope><img itemprop="url" src="/1.jpg"><figcaption itemprop="caption">Tellers</figcaption>
    <i itemprop="creditText">PA</i></figure></div></article>"""
PAGE = f"""<!doctype html><body itemscope itemtype="http://schema.org/WebPage">
  <main itemprop="mainEntity" itemscope itemtype="https://schema.org/LiveBlogPosting">
  <h1 itemprop="headline">By-elections live</h1>{UPDATE}
  {UPDATE.replace("post-7", "post-8").replace("Low", "Second").replace("00:41", "00:43")}
  </main></body>"""


def parse(page: str) -> Reading:
    return microdata.parse(page, url=URL, polling_day=POLLING_DAY)


def test_a_blog_is_read_whole():
    reading = parse(PAGE)
    assert (reading.title, reading.format, reading.faults) == (
        "By-elections live",
        "microdata",
        (),
    )
    first, second = reading.entries
    assert first == Entry(
        id=f"{URL}#post-7",
        published=datetime(2023, 10, 19, 23, 41, tzinfo=UTC),
        heading="Low & lower turnout",
        body=first.body,
        modified=datetime(2023, 10, 19, 23, 45, tzinfo=UTC),
        author="Jo Bloggs",
        url=f"{URL}#post-7",
        pictures=first.pictures,
    )
    assert first.text == "Low & lower turnout\nJust a third came out."
    assert second.heading == "Second & lower turnout"


def test_a_picture_of_one_entry_is_its_own():
    page = PAGE.replace("/1.jpg", "/2.jpg", 1)
    first, second = parse(page).entries
    assert first.pictures == (
        Picture(url="https://news.example/2.jpg", caption="Tellers", credit="PA"),
    )
    assert [p.url for p in second.pictures] == ["https://news.example/1.jpg"]


def test_an_address_that_an_entry_gives_itself_wins_over_its_place_in_the_page():
    link = '<a itemprop="url" href="https://news.example/live/7">#</a>'
    page = PAGE.replace("<h2", f"{link}<h2", 1)
    assert parse(page).entries[0].id == "https://news.example/live/7"


def test_the_blog_with_the_most_entries_is_read():
    other = '<div itemscope itemtype="http://schema.org/LiveBlogPosting">Next</div>'
    assert len(parse(other + PAGE).entries) == 2


def test_a_blog_in_a_blog_is_no_other_blog():
    nested = PAGE.replace(
        "</main>", '<p itemscope itemtype="https://schema.org/LiveBlogPosting"></p></main>'
    )
    assert len(parse(nested).entries) == 2


@pytest.mark.parametrize("page", ["", "<p>News</p>", PAGE.replace("LiveBlogPosting", "Article")])
def test_what_is_no_live_blog_is_said(page: str):
    with pytest.raises(SourceError, match="microdata"):
        parse(page)

"""How a blog is to be read is found out over real HTTP, remembered, said, and found out anew."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.errors import SourceEndedError, SourceError
from bot.ports import Fetched, Validators
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader, GuardianApi
from tests.sources import test_guardian, test_sourcefabric, test_wordpress
from tests.sources.conftest import POLLING_DAY, Serve
from tests.sources.pages import blog, entry, html
from tests.sources.test_feeds import ATOM

NOW = datetime(2023, 10, 20, 0, 30, tzinfo=UTC)
KEY = "0b5c-secret"


class Site:
    """A site with a page at each path; it keeps what was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[], web.Response]] = {}
        self.asked: list[str] = []
        self.last: web.Request | None = None

    def show(self, path: str, text: str, kind: str = "text/html", status: int = 200) -> None:
        self.pages[path] = lambda: web.Response(text=text, content_type=kind, status=status)

    async def __call__(self, request: web.Request) -> web.Response:
        self.last = request
        self.asked.append(request.path)
        page = self.pages.get(request.path)
        return web.Response(status=404) if page is None else page()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
async def root(site: Site, serve: Serve) -> str:
    return (await serve(site)).removesuffix("/live")


@pytest.fixture
async def reader(root: str) -> AsyncIterator[BlogReader]:
    async def at_once(_: float) -> None:
        """No pause."""

    async with Fetcher(seconds=5, sleep=at_once, allow=("127.0.0.1",)) as fetcher:
        api = GuardianApi(key=KEY, root=f"{root}/capi")
        yield BlogReader(fetcher, guardian_api=api, now=lambda: NOW)


async def look(
    reader: BlogReader,
    url: str,
    format: str = "auto",
    newest: datetime | None = None,
    chosen: str | None = None,
) -> Fetched:
    shown = Validators(newest=newest, chosen=chosen)
    return await reader.read(url, format=format, polling_day=POLLING_DAY, validators=shown)


def headings(fetched: Fetched) -> list[str]:
    assert fetched.reading is not None
    return [e.heading for e in fetched.reading.entries if not e.withdrawn]


async def test_what_a_page_is_read_as_is_said_with_why_and_logged_once(site, root, reader):
    site.show("/live", html(blog(entry())))
    with capture_logs() as logs:
        found = [await look(reader, f"{root}/live") for _ in range(3)]
    assert [one.chosen for one in found] == [
        "JSON-LD, because there is a LiveBlogPosting in it"
    ] * 3
    (said,) = [log for log in logs if log["event"] == "source.chosen"]
    assert said["how"] == found[0].chosen


async def test_where_the_format_is_named_nothing_was_chosen(site, root, reader):
    site.show("/live", html(blog(entry())))
    assert (await look(reader, f"{root}/live", "jsonld")).chosen is None


async def test_the_feed_that_a_page_links_to_is_read_and_its_page_not_asked_again(
    site, root, reader
):
    site.show("/live", '<html><link rel="alternate" type="application/atom+xml" href="/feed">')
    site.show("/feed", ATOM.decode(), "application/atom+xml")
    for _ in range(3):
        found = await look(reader, f"{root}/live")
        assert headings(found) == ["Hold & gain"]
        assert found.chosen == "Atom, because its page links to that feed (rel=alternate)"
        assert found.moved_to is None
    assert site.asked == ["/live", "/feed", "/feed", "/feed"]


async def test_a_feed_that_is_gone_has_its_page_looked_at_again(site, root, reader):
    site.show("/live", '<html><link rel="alternate" type="application/atom+xml" href="/feed">')
    site.show("/feed", ATOM.decode(), "application/atom+xml")
    await look(reader, f"{root}/live")
    del site.pages["/feed"]
    with pytest.raises(SourceError, match=r"/feed does not exist \(404\)"):
        await look(reader, f"{root}/live")
    site.show("/live", html(blog(entry())))
    assert headings(await look(reader, f"{root}/live")) == ["Low voter turnout in Tamworth"]


WORDPRESS = '<html><title>Count &amp; more</title><script>liveblog_settings = {"endpoint_url":"%s"}'


async def test_a_page_with_the_wordpress_plugin_is_read_by_its_api(site, root, reader):
    api = "/wp-json/liveblog/v1/42"
    site.show("/count", WORDPRESS % f"{root}{api}/" + html(blog(entry())))
    rows = {"entries": [test_wordpress.row()], "refresh_interval": 10}
    site.show(f"{api}/entries/1/{int(NOW.timestamp())}", json.dumps(rows), "application/json")
    found = await look(reader, f"{root}/count")
    assert headings(found) == ["Just a third came out."]
    assert found.reading is not None
    assert found.reading.title == "Count & more"
    assert found.chosen is not None
    assert found.chosen.startswith("WordPress Liveblog, because")

    newest = NOW - timedelta(minutes=20)
    since = int(newest.timestamp()) - 600
    site.show(f"{api}/entries/{since}/{int(NOW.timestamp())}", json.dumps(rows), "text/plain")
    await look(reader, f"{root}/count", newest=newest)
    assert len(site.asked) == 3


async def test_an_api_that_does_not_answer_leaves_the_page_itself(site, root, reader):
    site.show("/count", WORDPRESS % f"{root}/wp-json/liveblog/v1/42/" + html(blog(entry())))
    for _ in range(3):
        found = await look(reader, f"{root}/count")
        assert headings(found) == ["Low voter turnout in Tamworth"]
    assert found.chosen is not None
    assert found.chosen.startswith("JSON-LD")
    assert len(site.asked) == 4


async def test_a_page_that_shows_a_sourcefabric_blog_is_read_by_its_api(site, root, reader):
    page = test_sourcefabric.PAGE.replace("//live.news.example/", f"{root}/")
    site.show("/embed", page)
    posts = {"_items": [test_sourcefabric.post(test_sourcefabric.item("text", "Hold."))]}
    path = f"/api/client_blogs/{test_sourcefabric.BLOG}/posts"
    site.show(path, json.dumps(posts), "application/json")
    found = await look(reader, f"{root}/embed", "sourcefabric")
    assert headings(found) == ["Hold."]
    assert found.reading is not None
    assert found.reading.title == "Count"
    direct = await look(reader, f"{root}{path}")
    assert headings(direct) == ["Hold."]
    assert direct.chosen is not None
    assert "address" in direct.chosen


@pytest.mark.parametrize(("format", "name"), [("wordpress", "WordPress"), ("sourcefabric", "Sour")])
async def test_a_page_without_the_system_that_was_named_is_refused(
    site, root, reader, format, name
):
    site.show("/live", html(blog(entry())))
    with pytest.raises(SourceError, match=f"its page shows no {name}"):
        await look(reader, f"{root}/live", format)


async def test_a_link_from_a_page_leads_to_no_private_server(site, root, serve):
    """The page is the operator's word, what it links to is not."""
    private = (await serve(site, host="127.0.0.2")).removesuffix("/live")
    feed = f'<link rel="alternate" type="application/atom+xml" href="{private}/feed">'
    site.show("/live", f"<html>{feed}")
    site.show("/feed", ATOM.decode())
    async with Fetcher(seconds=5) as fetcher:
        with pytest.raises(SourceError, match="private"):
            await look(BlogReader(fetcher), f"{root}/live")
    assert site.asked == ["/live"]


async def test_a_live_blog_of_the_guardian_is_asked_of_its_api(site, root, reader):
    path = "/politics/live/2023/oct/19/by-elections-live"
    site.show(f"/capi{path}", test_guardian.answer(test_guardian.BLOCK), "application/json")
    with capture_logs() as logs:
        found = await look(reader, test_guardian.PAGE)
        newest = datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
        await look(reader, test_guardian.PAGE, newest=newest)
    assert headings(found) == ["Low voter turnout in Tamworth"]
    assert site.last is not None
    asked = parse_qs(site.last.query_string)
    assert asked["api-key"] == [KEY]
    assert asked["show-blocks"][0].startswith("body:published-since:")
    # The key is in none of what anybody gets to see, nor is who works there.
    assert KEY not in repr((found, logs))
    assert "person@" not in repr((found, logs))


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
async def test_the_guardians_refusals_do_not_tell_the_key(site, root, reader, status):
    path = "/politics/live/2023/oct/19/by-elections-live"
    site.show(f"/capi{path}", "{}", "application/json", status)
    with pytest.raises(SourceError) as raised:
        await look(reader, test_guardian.PAGE)
    assert KEY not in str(raised.value)


async def test_what_was_found_out_is_not_kept_without_end(site, root, reader, monkeypatch):
    monkeypatch.setattr("bot.sources.reader.MOST_KEPT", 3)
    feed = '<html><link rel="alternate" type="application/atom+xml" href="/feed">'
    site.show("/feed", ATOM.decode())
    for number in range(6):
        site.show(f"/{number}", feed)
        await look(reader, f"{root}/{number}")
    site.asked.clear()
    await look(reader, f"{root}/5")
    await look(reader, f"{root}/0")
    assert site.asked == ["/feed", "/0", "/feed"]


async def test_a_page_that_becomes_another_kind_of_page_is_read_at_once(site, root, reader):
    site.show("/live", html(blog(entry())))
    await look(reader, f"{root}/live")
    site.show("/live", ATOM.decode())
    found = await look(reader, f"{root}/live")
    assert headings(found) == ["Hold & gain"]
    assert found.chosen == "Atom, because it is a feed that begins with <feed>"
    assert len(site.asked) == 2


async def test_what_a_feed_is_remembered_by_is_not_shown_to_its_page(site, root, reader):
    """Or the page, which did not change since, would hide what is in the feed for ever."""
    site.show("/live", '<html><link rel="alternate" type="application/atom+xml" href="/feed">')
    site.show("/feed", ATOM.decode())
    of_the_feed = Validators(etag='"f"', last_modified="Fri, 20 Oct 2023 00:00:00 GMT")
    shown: list[str | None] = []

    def page() -> web.Response:
        assert site.last is not None
        shown.append(site.last.headers.get("If-Modified-Since"))
        text = '<html><link rel="alternate" type="application/atom+xml" href="/feed">'
        return web.Response(text=text, content_type="text/html")

    site.pages["/live"] = page
    found = await reader.read(
        f"{root}/live", format="auto", polling_day=POLLING_DAY, validators=of_the_feed
    )
    assert shown == [None]
    assert headings(found) == ["Hold & gain"]


async def test_a_feed_that_is_gone_for_good_does_not_end_its_page(site, root, reader):
    site.show("/live", '<html><link rel="alternate" type="application/atom+xml" href="/feed">')
    site.show("/feed", ATOM.decode())
    await look(reader, f"{root}/live")
    site.show("/feed", "", status=410)
    for _ in range(2):
        with pytest.raises(SourceError) as raised:
            await look(reader, f"{root}/live")
        assert not isinstance(raised.value, SourceEndedError)


async def test_a_page_that_is_redirected_for_now_is_asked_where_it_was(site, root, reader):
    site.show("/there", html(blog(entry())))

    def away() -> web.Response:
        raise web.HTTPFound("/there")

    site.pages["/live"] = away
    for _ in range(2):
        assert headings(await look(reader, f"{root}/live")) == ["Low voter turnout in Tamworth"]
    assert site.asked == ["/live", "/there"] * 2


async def test_an_api_that_fails_is_not_left_for_a_page_that_has_other_ids(site, root, reader):
    """Or every entry of the page would be taken for a new one."""
    site.show("/count", WORDPRESS % f"{root}/wp-json/liveblog/v1/42/" + html(blog(entry())))
    for _ in range(2):
        with pytest.raises(SourceError, match="404"):
            await look(reader, f"{root}/count", chosen="WordPress Liveblog, because …")
    rows = {"entries": [test_wordpress.row()], "refresh_interval": 10}
    path = f"/wp-json/liveblog/v1/42/entries/1/{int(NOW.timestamp())}"
    site.show(path, json.dumps(rows), "application/json")
    found = await look(reader, f"{root}/count", chosen="WordPress Liveblog, because …")
    assert headings(found) == ["Just a third came out."]


async def test_a_page_that_was_read_itself_stays_so_when_its_api_is_back(site, root, reader):
    site.show("/count", WORDPRESS % f"{root}/wp-json/liveblog/v1/42/" + html(blog(entry())))
    found = await look(reader, f"{root}/count", chosen="JSON-LD, because …")
    assert headings(found) == ["Low voter turnout in Tamworth"]
    assert site.asked == ["/count"]


async def test_a_page_that_has_its_old_format_no_more_is_read_in_its_new_one(site, root, reader):
    site.show("/live", html(blog(entry())))
    found = await look(reader, f"{root}/live", chosen="RSS, because …")
    assert headings(found) == ["Low voter turnout in Tamworth"]


async def test_a_page_that_breaks_down_does_not_bring_all_the_news_of_its_site(site, root, reader):
    site.show("/feed", ATOM.decode())
    feed = '<link rel="alternate" type="application/atom+xml" href="/feed">'
    site.show("/live", f"<html>{feed}<p>Sorry, something went wrong.")
    with pytest.raises(SourceError, match="without a LiveBlogPosting"):
        await look(reader, f"{root}/live", chosen="JSON-LD, because …")
    assert site.asked == ["/live"]

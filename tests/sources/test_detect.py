import json

import pytest

from bot.errors import SourceError
from bot.sources.detect import by_address, by_content, linked_feed
from tests.sources.pages import blog, entry, html

URL = "https://news.example/live"
SITEMAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'


@pytest.mark.parametrize(
    ("format", "content_type", "content"),
    [
        ("rss", "text/html", '\ufeff \n<?xml version="1.0"?><!-- <feed> --><rss version="2.0">'),
        ("rss", "", '<!DOCTYPE rdf [<!ENTITY a "b">]><rdf:RDF xmlns:rdf="…">'),
        ("atom", "application/xml", '<?xml-stylesheet href="a"?><feed xmlns="…">'),
        ("jsonfeed", "application/feed+json", '{"items": []}'),
        ("jsonfeed", "text/plain", '{"version": "https://jsonfeed.org/version/1.1"}'),
        ("jsonld", "text/html", html(blog(entry()))),
        ("jsonld", "application/ld+json", json.dumps(blog(entry()))),
        ("transcript", "text/plain", "Standfirst\n\n12:41 AM BST\n\nHeading"),
        ("transcript", "", "[Updated]\r\n\r\n12.41am\r\nHeading"),
    ],
)
def test_the_content_tells_its_format(format: str, content_type: str, content: str):
    assert by_content(content_type, content.encode(), url=URL).format == format
    assert by_content(content_type, content, url=URL).format == format


def test_sixteen_bit_text_is_recognised():
    way = by_content("", '<?xml version="1.0"?><rss>'.encode("utf-16"), url=URL)
    assert way.format == "rss"


@pytest.mark.parametrize(
    ("content_type", "content", "reason"),
    [
        ("text/html", "", "it is empty"),
        ("text/html", "<html>News</html>", "without a LiveBlogPosting"),
        ("application/xml", SITEMAP, "without a LiveBlogPosting"),
        ("application/json", '{"ok": true}', "it is JSON"),
        ("text/plain", "At 12:41 AM BST it was over.", "12:41 AM BST"),
        ("image/png", "\x89PNG", "image/png"),
    ],
)
def test_what_is_no_live_blog_is_called_what_it_is(content_type: str, content: str, reason: str):
    with pytest.raises(SourceError, match=reason):
        by_content(content_type, content.encode(), url=URL)


MICRODATA = '<html><main itemscope itemtype="https://schema.org/LiveBlogPosting"></main>'


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("guardian", '{"response": {"content": {"blocks": {"body": [{"bodyHtml": ""}]}}}}'),
        ("guardian", '{"blocks": [{"blockFirstPublished": 1}], "@type": "LiveBlogPosting"}'),
        ("sourcefabric", '{"_items": [{"post_status": "open", "meta": {"version": "1.0"}}]}'),
        ("sourcefabric", '{"_items": [], "_links": {"self": {"href": "client_blogs/1/posts"}}}'),
        ("wordpress", '{"entries": [], "latest_timestamp": null, "refresh_interval": 10}'),
        ("microdata", MICRODATA),
        ("jsonld", MICRODATA + html(blog(entry()))),
        ("jsonld", html({"@type": "NewsArticle", "liveBlogUpdate": [entry()]})),
        ("microdata", MICRODATA + html({"@type": "NewsArticle"})),
    ],
)
def test_apis_and_marks_are_known_by_their_content(format: str, content: str):
    way = by_content("", content.encode(), url=URL)
    assert (way.format, way.address) == (format, URL)
    assert way.why


@pytest.mark.parametrize(
    ("format", "url"),
    [
        ("guardian", "https://www.theguardian.com/politics/live/2023/oct/19/by-elections"),
        ("sourcefabric", f"https://a.example/api/client_blogs/{'a1' * 12}/posts?max_results=5"),
        ("wordpress", "https://a.example/wp-json/liveblog/v1/42/entries/1/2"),
        ("wordpress", "https://a.example/?rest_route=/liveblog/v1/42"),
    ],
)
def test_hosts_and_paths_are_known(format: str, url: str):
    way = by_address(url, guardian_key=True)
    assert way is not None
    assert (way.format, way.address) == (format, url)


def test_without_a_key_the_guardian_is_read_as_its_pages():
    page = "https://www.theguardian.com/politics/live/2023/oct/19/by-elections"
    assert by_address(page, guardian_key=False) is None


def alternate(kind: str, href: str, title: str = "") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ("", None),
        (alternate("application/rss+xml", "/feed"), ("rss", "https://news.example/feed")),
        (
            alternate("application/rss+xml", "/c", "Count » Comments Feed")
            + alternate("application/rss+xml", "/comments/feed")
            + alternate("application/atom+xml; charset=utf-8", "/a"),
            ("atom", "https://news.example/a"),
        ),
        (alternate("application/feed+json", "https://a.example/f.json"),
         ("jsonfeed", "https://a.example/f.json")),
        (alternate("application/rss+xml", "javascript:alert(1)"), None),
        (alternate("text/html", "/de"), None),
    ],
)  # fmt: skip
def test_a_feed_that_a_page_names_is_found(links: str, found: tuple[str, str] | None):
    way = linked_feed(f"<html><head>{links}</head>", URL)
    assert (way and (way.format, way.address)) == found

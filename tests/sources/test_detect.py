import json

import pytest

from bot.errors import SourceError
from bot.sources.detect import by_content
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

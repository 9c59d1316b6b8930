"""Which hub a page names: in its headers, its links, its JSON; and what is nobody's word."""

import json
from time import process_time

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Hub
from bot.sources.hubs import find_hub
from tests.sources.conftest import Desk, Serve

URL = "https://news.example/feed"
HUB, SELF = "https://hub.example/", "https://news.example/feed.xml"
FOUND = Hub(url=HUB, topic=SELF, page=URL)
LINKS = f'<link rel="hub" href="{HUB}"/><link rel="self" href="{SELF}"/>'
ATOM = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Live</title>{LINKS}<entry></entry></feed>'
RSS = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
    f"<title>Live</title>{LINKS.replace('<link', '<atom:link')}<item></item></channel></rss>"
)
PAGE = f"<!doctype html><html><head><title>Live</title>{LINKS}</head><body></body></html>"
JSON_FEED = {"feed_url": SELF, "hubs": [{"type": "WebSub", "url": HUB}], "items": []}


def hub_in(page: str, *links: tuple[str, str]) -> Hub | None:
    return find_hub(links, page.encode(), URL)


@pytest.mark.parametrize("page", [ATOM, RSS, PAGE, json.dumps(JSON_FEED)])
def test_a_feed_or_a_page_names_its_hub_and_itself(page: str):
    assert hub_in(page) == FOUND


def test_headers_come_before_what_a_page_says():
    theirs = (("self", "/theirs"), ("hub", "https://other.example/hub"))
    assert hub_in(ATOM, *theirs) == Hub(
        url="https://other.example/hub", topic="https://news.example/theirs", page=URL
    )
    assert hub_in(ATOM, ("self", "/theirs"), ("next", "/2")) == FOUND


def test_of_several_hubs_the_first_secure_one_is_taken():
    links = (("hub", "http://plain.example"), ("hub", HUB), ("hub", "https://third.example"))
    assert hub_in("", *links, ("self", SELF)) == FOUND


def test_a_page_that_does_not_name_itself_is_known_by_its_address():
    assert hub_in("", ("hub", HUB)) == Hub(url=HUB, topic=URL, page=URL)


def test_relations_are_words_in_any_case_and_addresses_may_be_relative_and_escaped():
    page = (
        "<feed><link href='/hub?a=1&amp;b=2' rel='HUB'/><link rel='alternate self' href=/x></feed>"
    )
    assert hub_in(page) == Hub(
        url="https://news.example/hub?a=1&b=2", topic="https://news.example/x", page=URL
    )


@pytest.mark.parametrize(
    "page",
    [
        "<feed><title>Live</title></feed>",
        f"<feed><title>Live</title><entry>{LINKS}</entry></feed>",
        f"<rss><channel><title>Live</title><item>{LINKS}</item></channel></rss>",
        f"<html><head></head><body>{LINKS}</body></html>",
        f"<html><head><!-- {LINKS} --></head></html>",
        f"<html><head><!-- {LINKS}</head></html>",
        f"<html><head><script>{LINKS}</script></head></html>",
        f"<feed><subtitle><![CDATA[{LINKS}]]></subtitle></feed>",
        "<feed><link rel='hub' href='javascript:alert(1)'/></feed>",
        "<feed><link rel='hub' href='https://[hub.example/'/></feed>",
        "<feed><link rel='hub' href='https:///hub'/></feed>",
        f"<feed><link rel='hub' href='https://hub.example/{'x' * 2000}'/></feed>",
        "<feed><link rel='github' href='https://hub.example/'/></feed>",
        json.dumps({"hubs": [{"type": "rssCloud", "url": HUB}, "x"]}),
        json.dumps({"hubs": HUB}),
        '{"hubs": ',
    ],
)
def test_what_is_said_elsewhere_or_leads_nowhere_names_no_hub(page: str):
    assert hub_in(page) is None


@given(st.text(max_size=200), st.sampled_from(["hub", '"hubs"', LINKS]))
def test_whatever_stands_in_a_page_is_no_fault(noise: str, word: str):
    find_hub([(noise, noise)], f"{noise}{word}{noise}".encode(errors="replace"), URL)


@pytest.mark.parametrize("piece", ["<!--", "<script>", "<link ", "<link rel", "<![CDATA[", "a:b-"])
def test_a_page_made_to_take_long_is_read_in_no_time(piece: str):
    page = "<feed>hub<link " + piece * (2**21 // len(piece))
    began = process_time()
    hub_in(page)
    assert process_time() - began < 0.5


async def test_a_hub_in_the_headers_of_a_real_answer_is_found(desk: Desk, serve: Serve):
    async def answer(request: web.Request) -> web.Response:
        response = web.Response(
            text=RSS.replace("rel=", "not="), content_type="application/rss+xml"
        )
        response.headers.add("Link", f'<{HUB}>; rel="hub", <{SELF}>; rel=self')
        return response

    url = await serve(answer)
    assert (await desk.read(url)).hub == Hub(url=HUB, topic=SELF, page=url)


async def test_a_header_that_is_no_link_spoils_nothing(desk: Desk, serve: Serve):
    async def answer(request: web.Request) -> web.Response:
        response = web.Response(text=ATOM, content_type="application/atom+xml")
        response.headers.add("Link", '<https://[x/>; rel="hub"')
        return response

    url = await serve(answer)
    assert (await desk.read(url)).hub == Hub(url=HUB, topic=SELF, page=url)

"""Bad answers and good ones, over real HTTP from a server on loopback."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from bot.errors import SourceError
from bot.ports import Validators
from bot.sources import transcript
from bot.sources.fetch import Fetcher
from tests.sources.conftest import POLLING_DAY, Desk, Serve
from tests.sources.pages import blog, entry, html
from tests.sources.test_transcript import seed

LIVE = html(blog(entry()))
HEADINGS = [
    "Welcome",
    "Parties play down expectations",
    "Ballot boxes arrive at count in Mid Bedfordshire",
    "Counting under way for Tamworth",
    "Christine Jardine confident Lib Dems have snatched votes from Tories",
    "Tamworth contest appears to be on knife's edge",
    "In pictures: First ballot boxes arrive in Mid Bedfordshire",
    "Low voter turnout in Tamworth",
]


class Answers:
    """Answers one after the other, the last one for ever; keeps the requests."""

    def __init__(self, *answers: Callable[[], web.Response]) -> None:
        self.answers = list(answers)
        self.requests: list[web.Request] = []

    async def __call__(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        return (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])()


def page(body: bytes | str = LIVE, status: int = 200, **headers: str) -> Callable[[], web.Response]:
    content = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: web.Response(
        body=content, status=status, headers={"Content-Type": "text/html; charset=utf-8", **named}
    )


async def headings(desk: Desk, url: str) -> list[str]:
    fetched = await desk.read(url)
    assert fetched.reading is not None
    return [e.heading for e in sorted(fetched.reading.entries, key=lambda e: e.published)]


# ── A night as it should be ──────────────────────────────────────────────────────────────────


async def test_the_seed_as_text_gives_its_eight_entries_in_time_order(desk: Desk, serve: Serve):
    text = seed()

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=text, content_type="text/plain", charset="utf-8")

    assert await headings(desk, await serve(answer)) == HEADINGS


async def test_the_seed_as_a_page_gives_the_same_entries(desk: Desk, serve: Serve):
    reading = transcript.parse(seed(), url="https://news.example/live", polling_day=POLLING_DAY)
    updates = [
        entry(
            **{"@id": f"post-{number}"},
            headline=e.heading,
            datePublished=e.published.isoformat(),
            articleBody=e.body,
        )
        for number, e in enumerate(reading.entries)
    ]
    url = await serve(Answers(page(html(blog(*updates)))))
    assert await headings(desk, url) == HEADINGS


async def test_who_asks_and_for_what_is_said(desk: Desk, serve: Serve):
    answers = Answers(page())
    await desk.read(await serve(answers))
    assert answers.requests[0].headers["User-Agent"].startswith("Teller/")
    assert answers.requests[0].headers["User-Agent"].endswith("(newsroom bot)")


# ── What did not change is not read again ────────────────────────────────────────────────────


async def test_a_server_is_shown_its_validators_and_says_not_modified(desk: Desk, serve: Serve):
    date = "Fri, 20 Oct 2023 00:00:00 GMT"
    answers = Answers(page(ETag='"a"', Last_Modified=date), page("", 304))
    url = await serve(answers)
    first = await desk.read(url)
    second = await desk.read(url, validators=first.validators)
    assert answers.requests[1].headers["If-None-Match"] == '"a"'
    assert answers.requests[1].headers["If-Modified-Since"] == date
    assert second.reading is None
    assert second.validators == first.validators


async def test_an_identical_body_is_not_read_again(desk: Desk, serve: Serve):
    url = await serve(Answers(page(ETag='"a"'), page(ETag='"b"')))
    first = await desk.read(url)
    second = await desk.read(url, validators=first.validators)
    assert second.reading is None
    assert second.validators.etag == '"b"'


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Cache_Control": "no-cache"}, None),
        ({"Cache_Control": "public, max-age=10"}, 10),
        ({"Cache_Control": "s-maxage=5"}, None),
        ({"Cache_Control": "max-age=86400"}, 60),
        ({"Retry_After": "30", "Cache_Control": "max-age=10"}, 30),
        ({"Retry_After": "86400"}, 900),
        ({"Retry_After": "soon"}, None),
    ],
)
async def test_the_next_look_waits_as_long_as_the_server_wants(
    desk: Desk, serve: Serve, headers: dict[str, str], wait: float | None
):
    assert (await desk.read(await serve(Answers(page(**headers))))).wait == wait


async def test_a_wait_can_be_a_date(desk: Desk, serve: Serve):
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    wait = (await desk.read(await serve(Answers(page(Retry_After=later))))).wait
    assert wait is not None
    assert 100 < wait <= 120


# ── Moves ────────────────────────────────────────────────────────────────────────────────────


def moves(*steps: tuple[int, str]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """`/live` leads by these steps to a page."""
    way = dict(zip(["/live", *(target for _, target in steps)], steps, strict=False))

    async def answer(request: web.Request) -> web.Response:
        step = way.get(request.path)
        return web.Response(status=step[0], headers={"Location": step[1]}) if step else page()()

    return answer


async def test_a_blog_that_moved_for_good_says_where_to(desk: Desk, serve: Serve):
    url = await serve(moves((301, "/a"), (308, "/b")))
    fetched = await desk.read(url)
    assert fetched.reading is not None
    assert fetched.moved_to == url.replace("/live", "/b")


async def test_a_blog_that_is_away_for_a_while_keeps_its_address(desk: Desk, serve: Serve):
    fetched = await desk.read(await serve(moves((301, "/a"), (302, "/b"))))
    assert fetched.reading is not None
    assert fetched.moved_to is None


async def test_a_redirect_loop_is_left(desk: Desk, serve: Serve):
    answers = Answers(page("", 302, Location="/live"))
    with pytest.raises(SourceError, match="from page to page, more than 5 times"):
        await desk.read(await serve(answers))
    assert len(answers.requests) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://a.example/", "http://[", "data:,"])
async def test_a_redirect_leads_to_the_web_or_nowhere(desk: Desk, serve: Serve, target: str):
    with pytest.raises(SourceError, match="no web address"):
        await desk.read(await serve(Answers(page("", 302, Location=target))))


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://news.example/", "news.example/live", "http://", "", "http://["],
)
async def test_only_the_web_is_asked(desk: Desk, url: str):
    with pytest.raises(SourceError, match="http:// or https://"):
        await desk.read(url)


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "does not exist"), (410, "is gone"), (403, r"let me read it \(403\)"), (429, "429")],
)
async def test_a_refusal_is_said_and_not_asked_again(
    desk: Desk, serve: Serve, status: int, words: str
):
    answers = Answers(page("", status))
    with pytest.raises(SourceError, match=words):
        await desk.read(await serve(answers))
    assert len(answers.requests) == 1


async def test_a_server_that_recovers_is_read_after_a_pause(desk: Desk, serve: Serve):
    url = await serve(Answers(page("", 500), page("", 502), page()))
    assert (await desk.read(url)).reading is not None
    assert len(desk.pauses) == 2
    assert 0.25 <= desk.pauses[0] <= 0.5 <= desk.pauses[1] <= 1.0


async def test_a_server_that_does_not_recover_is_left(desk: Desk, serve: Serve):
    answers = Answers(page("", 500))
    with pytest.raises(SourceError, match=r"fault \(500\).*try again"):
        await desk.read(await serve(answers))
    assert len(answers.requests) == 3


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_wants_a_rest_gets_it(desk: Desk, serve: Serve, status: int):
    answers = Answers(page("", status, Retry_After="100"), page())
    url = await serve(answers)
    with pytest.raises(SourceError, match="100 seconds"):
        await desk.read(url)
    with pytest.raises(SourceError, match="left alone"):
        await desk.read(url)
    assert len(answers.requests) == 1


async def test_a_server_that_is_not_there_is_said(desk: Desk, unused_tcp_port: int):
    with pytest.raises(SourceError, match=r"connection to 127\.0\.0\.1/live failed"):
        await desk.read(f"http://127.0.0.1:{unused_tcp_port}/live?api-key=secret")
    assert len(desk.pauses) == 2


async def test_a_key_in_an_address_is_not_said(desk: Desk, serve: Serve):
    url = await serve(Answers(page("", 404)))
    with pytest.raises(SourceError) as raised:
        await desk.read(url.replace("//", "//jo:secret@") + "?api-key=secret")
    assert "secret" not in str(raised.value)


async def test_a_server_without_tls_is_not_trusted(desk: Desk, serve: Serve):
    url = await serve(Answers(page()))
    with pytest.raises(SourceError, match=r"TLS|connection"):
        await desk.read(url.replace("http://", "https://"))


# ── Limits ───────────────────────────────────────────────────────────────────────────────────


async def test_a_server_that_never_finishes_is_marked_and_left(serve: Serve):
    hung_up = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"<p>still counting</p>")
                await asyncio.sleep(0.02)
        except (ConnectionError, asyncio.CancelledError):
            hung_up.set()
            raise

    url = await serve(answer)
    async with Fetcher(seconds=0.3, sleep=lambda _: asyncio.sleep(0)) as fetcher:
        with pytest.raises(SourceError, match=r"did not answer in full within 0\.3 seconds"):
            await fetcher.fetch(url, Validators())
    await asyncio.wait_for(hung_up.wait(), 2)


async def test_a_reader_that_is_cancelled_stops(serve: Serve):
    asked = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        asked.set()
        await asyncio.sleep(5)
        return web.Response()

    url = await serve(answer)
    async with Fetcher() as fetcher:
        task = asyncio.create_task(fetcher.fetch(url, Validators()))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_page_of_fifty_megabytes_is_refused_by_its_length(desk: Desk, serve: Serve):
    with pytest.raises(SourceError, match="larger than 1 MB"):
        await desk.read(await serve(Answers(page(b"x" * 50_000_000))))


async def test_a_page_that_hides_its_fifty_megabytes_is_not_read_to_its_end(
    desk: Desk, serve: Serve
):
    sent = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(800):
            await response.write(b"x" * 62_500)
            sent += 62_500
        return response

    with pytest.raises(SourceError, match="larger than 1 MB"):
        await desk.read(await serve(answer))
    assert sent < 25_000_000


async def test_a_small_answer_that_unpacks_to_fifty_megabytes_is_refused(desk: Desk, serve: Serve):
    bomb = gzip.compress(b"x" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(SourceError, match="larger than 1 MB"):
        await desk.read(await serve(Answers(page(bomb, Content_Encoding="gzip"))))


async def test_a_page_that_breaks_off_is_not_half_read(desk: Desk, serve: Serve):
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(LIVE) + 10)})
        await response.prepare(request)
        await response.write(LIVE.encode())
        assert request.transport is not None
        request.transport.close()
        return response

    with pytest.raises(SourceError, match="connection"):
        await desk.read(await serve(answer))


async def test_wrong_compression_is_said(desk: Desk, serve: Serve):
    with pytest.raises(SourceError, match="connection"):
        await desk.read(await serve(Answers(page(b"not gzip", Content_Encoding="gzip"))))


async def test_one_host_is_asked_one_thing_at_a_time(desk: Desk, serve: Serve):
    now = most = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return page()()

    url = await serve(answer)
    await asyncio.gather(*(desk.read(f"{url}/{number}") for number in range(5)))
    assert most == 1


# ── What stands in the page ──────────────────────────────────────────────────────────────────


CURLY = LIVE.replace("Low voter turnout", "Labour’s gain")
WINDOWS = CURLY.replace("<head>", "<head><meta charset='windows-1252'>")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (CURLY.encode(), "text/html; charset=utf-8"),
        (CURLY.encode(), "text/html"),
        (CURLY.encode(), "text/html; charset=utf-9"),
        (CURLY.encode(), "text/html; charset=hex"),
        (CURLY.encode("cp1252"), "text/html; charset=ISO-8859-1"),
        (WINDOWS.encode("cp1252"), "text/html"),
        (WINDOWS.encode(), "text/html; charset=utf-8"),
        (CURLY.encode("utf-16"), "text/html"),
    ],
)
async def test_a_wrong_charset_costs_no_words(
    desk: Desk, serve: Serve, body: bytes, content_type: str
):
    url = await serve(Answers(page(body, Content_Type=content_type)))
    assert await headings(desk, url) == ["Labour’s gain in Tamworth"]


async def test_bytes_that_are_not_in_their_charset_are_replaced(desk: Desk, serve: Serve):
    body = LIVE.replace("Low", "L\xf6w").encode("latin-1")
    url = await serve(Answers(page(body, Content_Type="text/html; charset=utf-8")))
    assert await headings(desk, url) == ["L\ufffdw voter turnout in Tamworth"]


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        ("<html><body>News</body></html>", "text/html", "without a LiveBlogPosting"),
        (LIVE[:-80], "text/html", "no whole LiveBlogPosting"),
        ("", "text/html", "it is empty"),
        ("\x89PNG", "image/png", "image/png"),
        ('{"a": 1}', "application/json", "it is JSON"),
    ],
)
async def test_what_is_no_live_blog_is_said(
    desk: Desk, serve: Serve, body: str, content_type: str, words: str
):
    url = await serve(Answers(page(body, Content_Type=content_type)))
    with pytest.raises(SourceError, match=rf"^127\.0\.0\.1/live is not a live blog.*{words}"):
        await desk.read(url)


async def test_an_entry_without_id_or_date_is_named_and_the_others_are_read(
    desk: Desk, serve: Serve
):
    bare = entry(**{"@id": None, "datePublished": None, "headline": "Nameless"})
    blank = entry(**{"@id": "post-3", "headline": "\x00\x07", "articleBody": ""})
    url = await serve(Answers(page(html(blog(bare, entry(headline="Ho\x07ld"), blank)))))
    reading = (await desk.read(url)).reading
    assert reading is not None
    assert [e.heading for e in reading.entries] == ["Hold"]
    assert reading.faults == (
        "An entry without a date was left out: Nameless.",
        "An entry without text was left out: post-3.",
    )


async def test_a_format_can_be_named(desk: Desk, serve: Serve):
    url = await serve(Answers(page()))
    named = await desk.read(url, format="jsonld")
    assert named.reading is not None
    assert named.reading.format == "jsonld"
    with pytest.raises(SourceError, match="neither RSS"):
        await desk.read(url, format="rss")


async def test_an_unknown_format_lists_the_known_ones(desk: Desk):
    with pytest.raises(SourceError, match="jsonld, microdata, rss, atom, jsonfeed, guardian"):
        await desk.read("https://news.example/live", format="pdf")

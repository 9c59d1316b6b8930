"""Fetch, find the format, parse: one look at a live blog."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Protocol, TypeVar

import structlog

from bot.errors import SourceError
from bot.liveblog.entry import Reading
from bot.ports import Fetched, Hub, Validators
from bot.sources import (
    feeds,
    guardian,
    jsonfeed,
    jsonld,
    microdata,
    sourcefabric,
    transcript,
    wordpress,
)
from bot.sources.detect import Way, by_address, by_content, linked_apis, linked_feed, title_of
from bot.sources.fetch import Fetcher, Page
from bot.sources.hubs import find_hub
from bot.sources.places import place, unreadable
from bot.sources.text import charset_of, decode, split_url

AUTO = "auto"
# Anybody in a chat may have any address looked at; what was found out is not kept without end.
MOST_KEPT = 1_000

log = structlog.get_logger()

T = TypeVar("T")


class Parse(Protocol):
    """What every format has; pure."""

    def __call__(self, content: bytes | str, *, url: str, polling_day: date) -> Reading:
        """Read a page that was found at `url`. Raises `SourceError` and nothing else."""


PARSERS: dict[str, Parse] = {
    "jsonld": jsonld.parse,
    "microdata": microdata.parse,
    "rss": feeds.parse,
    "atom": feeds.parse,
    "jsonfeed": jsonfeed.parse,
    "guardian": guardian.parse,
    "sourcefabric": sourcefabric.parse,
    "wordpress": wordpress.parse,
    "transcript": transcript.parse,
}
# What people call them.
NAMES: Mapping[str, str] = {
    "jsonld": "JSON-LD",
    "microdata": "microdata",
    "rss": "RSS",
    "atom": "Atom",
    "jsonfeed": "JSON Feed",
    "guardian": "Guardian Content API",
    "sourcefabric": "Sourcefabric Live Blog",
    "wordpress": "WordPress Liveblog",
    "transcript": "transcript",
}
_APIS = {"sourcefabric": sourcefabric.is_api, "wordpress": wordpress.is_api}
# Each look at these asks another address, which no hub could know.
_WITHOUT_HUBS = {"guardian", *_APIS}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianApi:
    """The key for the Guardian's Content API, and where that is."""

    key: str | None = None
    root: str = guardian.API


class BlogReader:
    """Fetches and reads live blogs.

    `now` is the wall's clock: what came since the last look is asked of some servers by time.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        guardian_api: GuardianApi | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._fetcher = fetcher
        self._guardian = guardian_api or GuardianApi()
        self._now = now
        self._ways: dict[str, Way] = {}
        self._said: dict[str, str] = {}

    async def read(
        self,
        url: str,
        *,
        format: str,
        polling_day: date,
        validators: Validators,
        guarded: bool = False,
    ) -> Fetched:
        """Look at a blog once. Raises `SourceError` with a sentence for the desk."""
        if format != AUTO and format not in PARSERS:
            raise SourceError(
                f"There is no format “{format}”. I read {', '.join(PARSERS)}; “{AUTO}” finds the "
                "right one."
            )
        look = _Look(
            url=url,
            format=format,
            polling_day=polling_day,
            validators=validators,
            guarded=guarded,
        )
        way = self._ways.get(url) or self._known(look)
        if way is None:
            # What another address is remembered by must not be shown to this one.
            asked = look.anew()
            page = await self._fetcher.fetch(url, asked.validators, guarded=guarded)
            return await self._find(asked, page)
        try:
            return await self._follow(look, way)
        except SourceError as error:
            # Next time its page is looked at again: it may have moved to another system.
            self._ways.pop(url, None)
            if way.address != url:
                # What a page links to may be gone for good, and the page is not.
                raise SourceError(str(error)) from error
            raise

    def _known(self, look: "_Look") -> Way | None:
        """The way that needs no look at a page: named, or told by the address."""
        if look.format == AUTO:
            return by_address(look.url, guardian_key=self._guardian.key is not None)
        if look.format in _APIS and not _APIS[look.format](look.url):
            return None
        return Way(format=look.format, address=look.url, why="")

    async def _find(self, look: "_Look", page: Page) -> Fetched:
        """Find out from a page how its blog is to be read, and read it."""
        content = _text(page, page.content or b"")
        html = decode(content) if _is_markup(content) else ""
        direct = refusal = None
        links = [way for way in linked_apis(html, page.url) if look.format in (AUTO, way.format)]
        if look.format == AUTO:
            try:
                found = by_content(page.content_type, content, url=page.url)
                direct = replace(found, address=look.url)
            except SourceError as error:
                refusal = str(error)
                if feed := linked_feed(html, page.url):
                    links.append(feed)
        if look.validators.chosen is not None:
            # Another format would be another blog, with every entry new; and a page that only
            # says that something is wrong may link to all the news of its site.
            links = [] if _as_before(direct, look) else [w for w in links if _as_before(w, look)]
            direct = None if links else direct
        for way in links:
            try:
                fetched = await self._follow(look, way, title_of(html))
            except SourceError as error:
                log.warning("source.link_failed", url=place(look.url), why=str(error))
                refusal = str(error)
            else:
                _keep(self._ways, look.url, way)
                return fetched
        if direct is not None:
            fetched = await self._parsed(look, direct, page)
            _keep(self._ways, look.url, direct)
            return fetched
        if refusal is not None:
            raise SourceError(refusal)
        raise unreadable(look.url, f"its page shows no {NAMES[look.format]}")

    async def _follow(self, look: "_Look", way: Way, title: str = "") -> Fetched:
        """Read a blog by a known way; `title` is its page's, where it does not say one itself."""
        address = self._request(way, look.validators.newest)
        # A page is no more trusted with addresses of other servers than a chat is.
        elsewhere = split_url(way.address).hostname != split_url(look.url).hostname
        if way.format == "wordpress":
            # It is asked at another address each time.
            look = replace(look, validators=replace(look.validators, etag=None, last_modified=None))
        page = await self._fetcher.fetch(
            address, look.validators, guarded=look.guarded or elsewhere
        )
        if way.format == "wordpress":
            # How long the answer of one address is good says nothing of the next.
            page = replace(page, wait=None)
        if address != look.url:
            page = replace(page, moved_to=None, url=way.address)
        try:
            fetched = await self._parsed(look, way, page)
        except SourceError:
            if look.format != AUTO or self._ways.pop(look.url, None) is None or address != look.url:
                raise
            # The page that was read this way is another one now.
            return await self._find(look.anew(), page)
        if fetched.reading is not None and not fetched.reading.title:
            return replace(fetched, reading=replace(fetched.reading, title=title))
        return fetched

    def _request(self, way: Way, newest: datetime | None) -> str:
        """The address to ask; it may hold a key."""
        if way.format == "guardian" and guardian.is_page(way.address):
            return guardian.request(
                way.address, key=self._guardian.key, newest=newest, root=self._guardian.root
            )
        if way.format == "sourcefabric":
            return sourcefabric.request(way.address)
        if way.format == "wordpress":
            return wordpress.request(way.address, newest=newest, now=self._now())
        return way.address

    async def _parsed(self, look: "_Look", way: Way, page: Page) -> Fetched:
        chosen = f"{NAMES[way.format]}, because {way.why}" if way.why else None
        if page.content is None:
            return _fetched(page, None, chosen)
        # In a thread, because a broken feed of 500 entries takes a third of a second.
        reading, hub = await asyncio.to_thread(_read, page, way.format, look.polling_day)
        if chosen is not None and self._said.get(look.url) != chosen:
            log.info("source.chosen", url=place(look.url), read_at=place(way.address), how=chosen)
            _keep(self._said, look.url, chosen)
        return _fetched(page, reading, chosen, hub)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One look at a blog, as it was asked for."""

    url: str
    format: str
    polling_day: date
    validators: Validators
    guarded: bool

    def anew(self) -> "_Look":
        """The same, of an address that was not asked before."""
        told = Validators(newest=self.validators.newest, chosen=self.validators.chosen)
        return replace(self, validators=told)


def _as_before(way: Way | None, look: _Look) -> bool:
    """Whether it is the format in which the entries that are known were read."""
    chosen = (look.validators.chosen or "").partition(",")[0]
    return way is not None and NAMES[way.format] == chosen


def _read(page: Page, format: str, polling_day: date) -> tuple[Reading, Hub | None]:
    """The entries of a page, and the hub that it names."""
    text = _text(page, page.content or b"")
    reading = PARSERS[format](text, url=page.url, polling_day=polling_day)
    return reading, None if format in _WITHOUT_HUBS else find_hub(page.links, text, page.url)


def _fetched(
    page: Page, reading: Reading | None, chosen: str | None, hub: Hub | None = None
) -> Fetched:
    return Fetched(
        reading=reading,
        validators=page.validators,
        wait=page.wait,
        moved_to=page.moved_to,
        chosen=chosen,
        hub=hub,
    )


def _text(page: Page, content: bytes) -> bytes | str:
    """A page as its server says it is to be read; as it came, where the page says the same."""
    if charset_of(content) != charset_of(content, page.charset):
        return decode(content, page.charset)
    return content


def _is_markup(content: bytes | str) -> bool:
    return content[:1000].lstrip()[:1] in (b"<", "<")


def _keep(kept: dict[str, T], key: str, value: T) -> None:
    """Remember something, and forget what was remembered first where it gets too much."""
    kept[key] = value
    if len(kept) > MOST_KEPT:
        del kept[next(iter(kept))]

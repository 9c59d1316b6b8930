"""Fetch, find the format, parse: one look at a live blog."""

import asyncio
from datetime import date
from typing import Protocol

from bot.errors import SourceError
from bot.liveblog.entry import Reading
from bot.ports import Fetched, Validators
from bot.sources import feeds, jsonfeed, jsonld, transcript
from bot.sources.detect import detect
from bot.sources.fetch import Fetcher, Page
from bot.sources.text import charset_of, decode

AUTO = "auto"


class Parse(Protocol):
    """What every format has; pure."""

    def __call__(self, content: bytes | str, *, url: str, polling_day: date) -> Reading:
        """Read a page that was found at `url`. Raises `SourceError` and nothing else."""


PARSERS: dict[str, Parse] = {
    "jsonld": jsonld.parse,
    "rss": feeds.parse,
    "atom": feeds.parse,
    "jsonfeed": jsonfeed.parse,
    "transcript": transcript.parse,
}


class BlogReader:
    """Fetches and reads live blogs."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

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
        page = await self._fetcher.fetch(url, validators, guarded=guarded)
        reading = None
        if page.content is not None:
            # In a thread, because a broken feed of 500 entries takes a third of a second.
            reading = await asyncio.to_thread(_parse, page, page.content, format, polling_day)
        return Fetched(
            reading=reading,
            validators=page.validators,
            wait=page.wait,
            moved_to=page.moved_to,
        )


def _parse(page: Page, content: bytes, format: str, polling_day: date) -> Reading:
    text: bytes | str = content
    if charset_of(content) != charset_of(content, page.charset):
        text = decode(content, page.charset)
    if format == AUTO:
        format = detect(page.content_type, text, url=page.url)
    return PARSERS[format](text, url=page.url, polling_day=polling_day)

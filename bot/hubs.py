"""Hubs that push blogs (WebSub): asked to, asked again before they stop, told when it is over.

https://www.w3.org/TR/websub/#subscribing-and-unsubscribing. A hub's word is never waited for, and
a blog is looked at whether it is pushed or not: less often while its hub has proved reliable.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from yarl import URL

from bot.back_off import jittered
from bot.errors import SourceError
from bot.hub_memory import HubRows, HubState, HubSubscription
from bot.ports import Blog, Clock, Fetched, Hub

log = structlog.get_logger()

PATH = "/websub"
# What is asked for. A hub may grant less, and none grants less than a minute in earnest.
LEASE = timedelta(days=10)
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=1), timedelta(days=30)
# Asked again once so much of the lease is over, …
RENEWED_AFTER = 0.8
# … and where nothing comes of it, after twice as long each time.
FIRST_BACK_OFF, LONGEST_BACK_OFF = timedelta(minutes=2), timedelta(hours=6)
DENIED_FOR = timedelta(days=1)
# One that does not confirm the end is left to its lease.
FAREWELLS = 3
AT_ONCE = 8
LONGEST_PAUSE, AFTER_A_FAULT = 300.0, 30.0


class Asker(Protocol):
    """Speaks to hubs."""

    async def ask(self, url: str, form: dict[str, str], *, guarded: bool) -> None:
        """Send a form; raises `SourceError` where it was not taken.

        With `guarded`, the address is anybody's word: only public servers are connected to.
        """


class Hubs:
    """Keeps a subscription for each blog that names a hub.

    `public_url` is the address that hubs reach this Teller by. All processes know of the hubs that
    blogs name; `run` belongs to the one that leads.
    """

    def __init__(self, *, rows: HubRows, asker: Asker, clock: Clock, public_url: str) -> None:
        self._rows = rows
        self._asker = asker
        self._clock = clock
        self._root = public_url.rstrip("/") + PATH
        self._named: dict[str, Hub | None] = {}
        self._kept: dict[str, HubSubscription] = {}
        self._news = asyncio.Event()

    def changed(self) -> None:
        """Other blogs are read than before, or their subscriptions have changed."""
        self._news.set()

    def knows(self, blog: Blog) -> bool:
        """Whether it is known if a blog names a hub."""
        return blog.key in self._named or blog.key in self._kept

    def is_reliable(self, blog: Blog, at: datetime) -> bool:
        """Whether a hub can be relied on to push what is new of a blog."""
        kept = self._kept.get(blog.key)
        return kept is not None and kept.is_reliable(at)

    async def looked(self, blog: Blog, fetched: Fetched, at: datetime, *, news: bool) -> None:
        """A look has gone well and was kept, with `news` that no hub had brought."""
        if fetched.reading is not None:
            self._named[blog.key] = fetched.hub
        kept = self._kept.get(blog.key)
        if kept is None and fetched.hub is not None:
            await self._want(blog, fetched.hub, at)
        elif kept is not None and news and kept.is_reliable(at):
            log.info("hub.missed", blog=blog.key, hub=_host(kept.hub))
            await self._rows.missed(kept, at)
            await self.refresh()

    async def run(self, reads: Callable[[Blog], bool]) -> None:
        """Ask hubs what is due until cancelled; `reads` says whether a blog is read."""
        while True:
            self._news.clear()
            try:
                wait = await self.look(reads)
            except Exception:
                log.exception("hub.broke")
                wait = AFTER_A_FAULT
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news.wait()

    async def look(self, reads: Callable[[Blog], bool]) -> float:
        """Ask hubs what is due; the seconds until something else is."""
        now = self._clock.now()
        for one in await self.refresh():
            if one.state is not HubState.LEAVING and not reads(one.blog):
                await self._rows.leave(one, now)
        due = [one for one in await self.refresh() if one.due <= now]
        turns = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._ask(one, now, turns) for one in due))
        left = [(one.due - self._clock.now()).total_seconds() for one in await self.refresh()]
        return min(max(min(left, default=LONGEST_PAUSE), 0.0), LONGEST_PAUSE)

    async def refresh(self) -> list[HubSubscription]:
        """All subscriptions, as they are now."""
        found = list(await self._rows.on_record())
        self._kept = {one.blog.key: one for one in found if one.state is not HubState.LEAVING}
        return found

    async def _want(self, blog: Blog, hub: Hub, at: datetime) -> None:
        path, secret = secrets.token_urlsafe(32), secrets.token_hex(32)
        log.info("hub.found", blog=blog.key, hub=_host(hub))
        await self._rows.want(blog, hub, path, secret, at)
        self.changed()

    async def _ask(self, one: HubSubscription, now: datetime, turns: asyncio.Semaphore) -> None:
        """Ask one hub for more, or to end it."""
        leaving = one.state is HubState.LEAVING
        if leaving and (one.tries >= FAREWELLS or (one.until is not None and one.until <= now)):
            await self._rows.forget(one)
            return
        if not leaving:
            named = self._named.get(one.blog.key, one.hub)
            if named is None:
                log.info("hub.not_named_any_more", blog=one.blog.key, hub=_host(one.hub))
                await self._rows.leave(one, now)
                return
            if (named.url, named.topic) != (one.hub.url, one.hub.topic):
                await self._want(one.blog, named, now)
                return
        async with turns:
            # Before it is asked: some confirm before they answer.
            await self._rows.asking(one, now + back_off(one.tries))
            try:
                mode = "unsubscribe" if leaving else "subscribe"
                await self._asker.ask(one.hub.url, self._form(one, mode), guarded=_guarded(one))
            except SourceError as error:
                log.warning("hub.failed", blog=one.blog.key, hub=_host(one.hub), why=str(error))
                await self._rows.failed(one, str(error))
            else:
                log.info("hub.asked", blog=one.blog.key, hub=_host(one.hub), mode=mode)

    def _form(self, one: HubSubscription, mode: str) -> dict[str, str]:
        form = {
            "hub.mode": mode,
            "hub.topic": one.hub.topic,
            "hub.callback": f"{self._root}/{one.path}",
        }
        if mode == "subscribe":
            # Also where the hub has no TLS: who reads the secret on the way reads the address to
            # push to as well, and without a secret would need no more.
            lease = str(int(LEASE.total_seconds()))
            form |= {"hub.secret": one.secret, "hub.lease_seconds": lease}
        return form


def lease_of(said: str) -> timedelta:
    """For how long a hub says that it pushes, within reason; what was asked for, if it does not."""
    if not said.isdecimal() or len(said) > 12 or int(said) == 0:
        return LEASE
    return min(max(timedelta(seconds=int(said)), SHORTEST_LEASE), LONGEST_LEASE)


def back_off(tries: int) -> timedelta:
    """How long a hub has to answer that was asked so many times before."""
    longest = min(FIRST_BACK_OFF * (1 << min(tries, 16)), LONGEST_BACK_OFF)
    return timedelta(seconds=jittered(longest.total_seconds(), 0.8, 1.0))


def _guarded(one: HubSubscription) -> bool:
    # A page is no more trusted with addresses of other servers than a chat is.
    return one.blog.from_chat or URL(one.hub.url).host != URL(one.blog.url).host


def _host(hub: Hub) -> str:
    return URL(hub.url).host or ""

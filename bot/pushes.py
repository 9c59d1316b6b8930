"""What hubs send: the question whether Teller asked for it, and then what is new of a blog.

https://www.w3.org/TR/websub/#hub-verifies-intent, #content-distribution. Any process takes it. A
push is answered as soon as it is here, and then goes the way of a look; one that is lost on it is
made up for by the next look.
"""

import asyncio
import hmac
import math
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

import structlog
from aiohttp import web
from yarl import URL

from bot.errors import SourceError
from bot.hub_memory import HubRows, HubState, HubSubscription
from bot.hubs import DENIED_FOR, PATH, RENEWED_AFTER, Asker, Hubs, lease_of
from bot.liveblog.markup import clean_text
from bot.ports import Blog, Clock
from bot.relay import Relay
from bot.sources.pushed import Push, read_push

log = structlog.get_logger()

_PIECE = 65_536
_LONGEST_REASON = 200
# Of one hub, and of all together, so many pushes may wait; the hub of one more tries it again.
WAITING, WAITING_IN_ALL = 4, 16
# https://www.w3.org/TR/websub/#recognized-algorithm-names
_METHODS = {"sha1", "sha256", "sha384", "sha512"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HubOffice:
    """How hubs are spoken to, and the address (`public_url`) that they reach this Teller by.

    What they push weighs at most `bytes_limit`, unpacked, and is here within `seconds`.
    """

    asker: Asker
    public_url: str
    bytes_limit: int = 10 * 2**20
    seconds: float = 20.0

    def hubs(self, rows: HubRows, clock: Clock) -> Hubs:
        """Who asks hubs."""
        return Hubs(rows=rows, asker=self.asker, clock=clock, public_url=self.public_url)

    def pushes(
        self, rows: HubRows, hubs: Hubs, relay: Relay, clock: Clock, polling_day: date
    ) -> "Pushes":
        """Who answers them."""
        return Pushes(
            office=self, rows=rows, hubs=hubs, relay=relay, clock=clock, polling_day=polling_day
        )


Answer = Callable[[web.Request, HubSubscription], Awaitable[web.Response]]


class Pushes:
    """Answers hubs, and hands on what they push."""

    def __init__(
        self,
        *,
        office: HubOffice,
        rows: HubRows,
        hubs: Hubs,
        relay: Relay,
        clock: Clock,
        polling_day: date,
    ) -> None:
        self._office = office
        self._rows = rows
        self._hubs = hubs
        self._relay = relay
        self._clock = clock
        self._polling_day = polling_day
        self._waiting: Counter[str] = Counter()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._looked: dict[str, float] = {}
        self._looks: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Let go of what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until everything that has arrived is dealt with."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def answer(self, request: web.Request) -> web.Response:
        """The answer to a hub, or to whoever claims to be one."""
        try:
            one = await self._rows.at(request.match_info["path"])
            if one is None:
                return web.Response(status=404)
            handle: Answer = self._push if request.method == "POST" else self._confirm
            return await handle(request, one)
        except Exception:
            # The database is away, perhaps: the hub tries again, and so do we.
            log.exception("push.broke")
            return web.Response(status=503)

    async def _confirm(self, request: web.Request, one: HubSubscription) -> web.Response:
        """Whether Teller has asked for what a hub is about to do."""
        said, now = request.query, self._clock.now()
        leaving = one.state is HubState.LEAVING
        mode, challenge = said.get("hub.mode"), said.get("hub.challenge", "")
        if not _same(said.get("hub.topic", ""), one.hub.topic):
            return web.Response(status=404)
        if mode == "denied":
            reason = clean_text(said.get("hub.reason", ""))[:_LONGEST_REASON]
            log.warning("hub.denied", blog=one.blog.key, why=reason)
            if leaving:
                await self._rows.forget(one)
            else:
                await self._rows.denied(one, reason or "no reason given", now + DENIED_FOR)
        elif mode == "subscribe" and one.state in (HubState.ASKED, HubState.ACTIVE) and challenge:
            lease = lease_of(said.get("hub.lease_seconds", ""))
            await self._rows.confirmed(one, now + lease, now + lease * RENEWED_AFTER)
            log.info("hub.pushes", blog=one.blog.key, seconds=lease.total_seconds())
        elif mode == "unsubscribe" and leaving and challenge:
            await self._rows.forget(one)
            log.info("hub.left", blog=one.blog.key)
        else:
            return web.Response(status=404)
        self._hubs.changed()
        # What a stranger may have written must be taken for nothing but text.
        return web.Response(text=challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def _push(self, request: web.Request, one: HubSubscription) -> web.Response:
        if one.state not in (HubState.ASKED, HubState.ACTIVE):
            return web.Response(status=410)
        if self._waiting[one.path] >= WAITING or self._waiting.total() >= WAITING_IN_ALL:
            return web.Response(status=503, headers={"Retry-After": "5"})
        self._waiting[one.path] += 1
        handed_on = False
        try:
            push = await self._received(request)
            if push is None:
                return web.Response(status=413)
            signature = request.headers.get("X-Hub-Signature", "")
            if await asyncio.to_thread(is_signed, push.content, one.secret, signature):
                task = asyncio.create_task(self._take(one, push))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
                handed_on = True
            else:
                log.warning("push.not_signed", blog=one.blog.key)
        except (TimeoutError, web.RequestPayloadError, ConnectionError):
            return web.Response(status=408)
        finally:
            if not handed_on:
                self._let_go(one.path)
        # Whoever guesses at signatures learns nothing.
        return web.Response(status=202)

    async def _received(self, request: web.Request) -> Push | None:
        """A push, whole; None for one that is too large. Raises `TimeoutError`."""
        if (request.content_length or 0) > self._office.bytes_limit:
            return None
        content = bytearray()
        async with asyncio.timeout(self._office.seconds):
            async for piece in request.content.iter_chunked(_PIECE):
                content += piece
                if len(content) > self._office.bytes_limit:
                    return None
        return Push(
            content=bytes(content), content_type=request.content_type, charset=request.charset
        )

    async def _take(self, one: HubSubscription, push: Push) -> None:
        """Hand on what a hub has pushed, one after the other."""
        try:
            async with self._turns[one.path]:
                has_to_look = await self._has_to_look(one, push)
            if has_to_look:
                await self._look(one.blog)
            await self._rows.pushed(one, self._clock.now())
            if not one.is_reliable(self._clock.now()):
                await self._hubs.refresh()
        except Exception:
            log.exception("push.broke", blog=one.blog.key)
        finally:
            self._let_go(one.path)

    async def _has_to_look(self, one: HubSubscription, push: Push) -> bool:
        """Keep what a push has that is new; whether the blog itself has more to say of it."""
        try:
            reading = await asyncio.to_thread(
                read_push,
                push,
                url=one.hub.page,
                format=one.blog.format,
                chosen=one.chosen,
                polling_day=self._polling_day,
            )
            return reading is None or await self._relay.push(one.blog, reading)
        except SourceError as error:
            log.warning("push.not_read", blog=one.blog.key, why=str(error))
            return True

    async def _look(self, blog: Blog) -> None:
        """Look at a blog at once, but no more often than at its own pace; one waits for all."""
        if blog.key in self._looks:
            return
        self._looks.add(blog.key)
        now = asyncio.get_running_loop().time()
        try:
            await asyncio.sleep(self._looked.get(blog.key, -math.inf) + blog.poll - now)
        finally:
            self._looks.discard(blog.key)
        self._looked[blog.key] = asyncio.get_running_loop().time()
        try:
            await self._relay.look(blog, self._polling_day)
        except SourceError as error:
            log.warning("push.not_looked", blog=blog.key, why=str(error))

    def _let_go(self, path: str) -> None:
        self._waiting[path] -= 1
        if not self._waiting[path]:
            del self._waiting[path]


def routes(answer: Callable[[web.Request], Awaitable[web.Response]]) -> list[web.RouteDef]:
    """Where hubs come to."""
    place = PATH + "/{path}"
    # Nobody asks for the heads alone.
    return [web.get(place, answer, allow_head=False), web.post(place, answer)]


def is_signed(content: bytes, secret: str, signature: str) -> bool:
    """Whether a signature, as in sha256=…, is that of a body by who has the secret.

    https://www.w3.org/TR/websub/#signature-validation.
    """
    method, _, given = signature.strip().partition("=")
    if method.lower() not in _METHODS or not given.isascii():
        return False
    made = hmac.new(secret.encode(), content, method.lower()).hexdigest()
    return hmac.compare_digest(made, given.strip().lower())


def _same(said: str, topic: str) -> bool:
    """Whether two addresses are one; a hub may escape other characters than a page does."""
    try:
        return said == topic or URL(said) == URL(topic)
    except ValueError:
        return False

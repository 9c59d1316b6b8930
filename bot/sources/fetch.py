"""Asking servers for pages: politely, within limits, and never twice at once."""

import asyncio
import hashlib
import importlib.metadata
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from types import TracebackType
from typing import NoReturn, Self
from weakref import WeakValueDictionary

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.errors import SourceEndedError, SourceError, SourceMissingError
from bot.ports import Validators
from bot.sources.guard import Guard, PrivateAddressError, refusal, refuse_user
from bot.sources.places import NEXT, place
from bot.sources.waits import retry_after, wait

MAX_REDIRECTS = 5
RETRIES = 2
_BACK_OFF = 0.5
_PIECE = 65_536
_ACCEPT = "text/html, application/feed+json, application/rss+xml, application/atom+xml, */*;q=0.5"
_PERMANENT = {301, 308}
_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {429, 503}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer. `content` is None where nothing changed since the `Validators` that were shown.

    `content_type` has no parameters; `charset` is the one it named; `wait` is in seconds; `links`
    are relations and addresses of its `Link` headers.
    """

    url: str
    content: bytes | None
    content_type: str = ""
    charset: str | None = None
    validators: Validators
    wait: float | None = None
    moved_to: str | None = None
    links: tuple[tuple[str, str], ...] = ()


class _PassingError(SourceError):
    """A trouble that another attempt may not meet."""


class Fetcher:
    """Fetches pages by conditional requests. An async context manager.

    `seconds` is the limit for one attempt with all its redirects, `bytes_limit` the one for a
    page after decompression. A `session` that is passed stays open; else one is opened here.
    Guarded requests have a session of their own, so that they never travel on a connection that
    was not checked; `allow` is what they may reach although it is private (see `Guard`, which
    raises `ValueError`), `resolver` looks their names up, the system where it is None. What fails
    in passing is tried so many `retries` more. `authorization` is the header of that name for each
    origin (`https://api.example`) that wants one; no other server gets it.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession | None = None,
        *,
        seconds: float = 20.0,
        bytes_limit: int = 10 * 2**20,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        allow: Iterable[str] = (),
        resolver: AbstractResolver | None = None,
        retries: int = RETRIES,
        authorization: Mapping[str, str] | None = None,
    ) -> None:
        self._session = session
        self._opened: aiohttp.ClientSession | None = None
        self._guarded: aiohttp.ClientSession | None = None
        self._guard = Guard(allow)
        self._resolver = resolver
        self._retries = retries
        self._authorization = dict(authorization or {})
        self._seconds = seconds
        self._bytes_limit = bytes_limit
        self._sleep = sleep
        self._jitter = jitter
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._resting: dict[str, float] = {}
        self.user_agent = f"Teller/{importlib.metadata.version('teller')} (newsroom bot)"

    async def __aenter__(self) -> Self:
        """Open the guarded session, and the other one if none was passed."""
        if self._session is None:
            self._opened = self._session = _open_session(aiohttp.TCPConnector())
        self._guarded = _open_session(
            aiohttp.TCPConnector(socket_factory=self._guard.open_socket, resolver=self._resolver)
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close what was opened here."""
        if self._guarded is not None:
            await self._guarded.close()
            self._guarded = None
        if self._opened is not None:
            await self._opened.close()
            self._opened = self._session = None

    async def fetch(self, url: str, validators: Validators, *, guarded: bool = False) -> Page:
        """Ask for a page; raises `SourceError` with what happened, where, and what happens next.

        `guarded` means that the address came from a chat: only public servers are connected to.
        Broken connections, time-outs and server errors are tried again, after a pause.
        """
        address = checked(url)
        for attempt in range(self._retries + 1):
            try:
                return await self._attempt(address, validators, guarded)
            except _PassingError:
                if attempt == self._retries:
                    raise
            # Between half and all of a pause that doubles: many readers must not come back at once.
            await self._sleep(_BACK_OFF * 2**attempt * (0.5 + self._jitter() / 2))
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, address: URL, validators: Validators, guarded: bool) -> Page:
        left = self._seconds
        permanent = True
        current = address
        for _ in range(MAX_REDIRECTS + 1):
            async with self._turns.setdefault(current.host or "", asyncio.Lock()):
                began = time.monotonic()
                answer = await self._ask(current, validators, left, guarded)
            left -= time.monotonic() - began
            if isinstance(answer, Page):
                moved = permanent and current != address
                return replace(answer, moved_to=str(current)) if moved else answer
            status, current = answer
            permanent = permanent and status in _PERMANENT
        raise SourceError(
            f"{place(address)} sends me from page to page, more than {MAX_REDIRECTS} times. "
            "Its address has to be checked; I go on trying."
        )

    async def _ask(
        self, url: URL, validators: Validators, seconds: float, guarded: bool
    ) -> Page | tuple[int, URL]:
        """One request: a page, or the status and target of a redirect."""
        self._check_rest(url)
        async with (
            self.asking(url, seconds, guarded=guarded) as session,
            session.get(
                url, headers=self._headers(url, validators), allow_redirects=False
            ) as response,
        ):
            try:
                return await self._read(url, response, validators)
            except BaseException:
                # What is left of a page that is not wanted must not be read to its end.
                response.close()
                raise

    @asynccontextmanager
    async def asking(
        self, url: URL, seconds: float | None = None, *, guarded: bool
    ) -> AsyncIterator[aiohttp.ClientSession]:
        """What to ask a server with, within so many seconds.

        Raises `SourceError` for what goes wrong meanwhile, with a sentence.
        """
        session = self._session_for(url, guarded)
        where = place(url)
        try:
            async with asyncio.timeout(self._seconds if seconds is None else max(seconds, 0)):
                yield session
        except TimeoutError as error:
            raise _PassingError(
                f"{where} did not answer in full within {self._seconds:g} seconds. {NEXT}"
            ) from error
        except aiohttp.ClientConnectorDNSError as error:
            raise _PassingError(
                f"The name {url.host} cannot be found (DNS). Check the address; I go on trying."
            ) from error
        except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as error:
            raise SourceError(
                f"{where} has no secure connection that I can trust (TLS). I read nothing from "
                "it until its certificate is in order; I go on trying."
            ) from error
        except aiohttp.InvalidURL as error:
            raise SourceError(
                f"{where} is not an address that I can read. Write its host as a name or as an "
                "ordinary IP address."
            ) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if isinstance(error.__cause__, PrivateAddressError):
                raise refusal(url, error.__cause__) from error
            raise _PassingError(
                f"The connection to {where} failed. What I know of it stays, and I try again."
            ) from error

    def _session_for(self, url: URL, guarded: bool) -> aiohttp.ClientSession:
        if guarded:
            refuse_user(url)
        session = self._guarded if guarded and not self._guard.allows(url) else self._session
        if session is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        return session

    def _headers(self, url: URL, validators: Validators) -> dict[str, str]:
        headers = {"User-Agent": self.user_agent, "Accept": _ACCEPT}
        if (authorization := self._authorization.get(str(url.origin()))) is not None:
            headers["Authorization"] = authorization
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        return headers

    async def _read(
        self, url: URL, response: aiohttp.ClientResponse, validators: Validators
    ) -> Page | tuple[int, URL]:
        status = response.status
        if status in _REDIRECTS and "Location" in response.headers:
            return status, target(url, response.headers["Location"])
        if status not in (200, 203, 304):
            self._refuse(url, response)
        seconds = wait(response.headers)
        if status == 304:
            return Page(url=str(url), content=None, validators=validators, wait=seconds)
        content = await self._content(url, response)
        digest = hashlib.sha256(content).hexdigest()
        return Page(
            url=str(url),
            content=None if digest == validators.content_digest else content,
            content_type=response.content_type if "Content-Type" in response.headers else "",
            charset=response.charset,
            validators=Validators(
                etag=response.headers.get("ETag"),
                last_modified=response.headers.get("Last-Modified"),
                content_digest=digest,
            ),
            wait=seconds,
            links=_links(response),
        )

    async def _content(self, url: URL, response: aiohttp.ClientResponse) -> bytes:
        too_large = SourceError(
            f"{place(url)} is larger than {self._bytes_limit / 2**20:g} MB, which no live blog "
            "is. I stopped reading it; check the address."
        )
        if (response.content_length or 0) > self._bytes_limit:
            raise too_large
        content = bytearray()
        async for piece in response.content.iter_chunked(_PIECE):
            content += piece
            if len(content) > self._bytes_limit:
                raise too_large
        return bytes(content)

    def _check_rest(self, url: URL) -> None:
        host = url.host or ""
        until = self._resting.get(host, 0.0)
        if time.monotonic() < until:
            raise SourceError(
                f"{host} asked to be left alone for a while. I ask again in "
                f"{until - time.monotonic():.0f} seconds."
            )
        self._resting.pop(host, None)

    def _refuse(self, url: URL, response: aiohttp.ClientResponse) -> NoReturn:
        """Raise the error for a status that is not an answer."""
        where, status = place(url), response.status
        if status == HTTPStatus.GONE:
            raise SourceEndedError(
                f"{where} is gone for good (410). What I know of it stays, and I look no more."
            )
        if status == HTTPStatus.NOT_FOUND:
            raise SourceMissingError(
                f"{where} does not exist (404). Check the address; what I know of it stays."
            )
        rest = retry_after(response.headers)
        if status in _BUSY and rest:
            self._resting[url.host or ""] = time.monotonic() + rest
            raise SourceError(
                f"{where} is too busy ({status}) and wants to be left alone for {rest:.0f} "
                "seconds. What I know of it stays, and I ask again after that."
            )
        if status >= 500:
            raise _PassingError(
                f"The server of {where} has a fault ({status}). What I know of it stays, and I "
                "try again."
            )
        raise SourceError(
            f"{where} does not let me read it ({status}). Check the address and whether it needs "
            "a key; I go on trying."
        )


def _open_session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    # A proxy of the environment would connect where no guard sees it.
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        trust_env=False,
    )


def _links(response: aiohttp.ClientResponse) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((rel, str(link["url"])) for rel, link in response.links.items())
    except ValueError:
        # One that is no address spoils them all, and nobody's page.
        return ()


def checked(url: str) -> URL:
    """An address that can be asked. Raises `SourceError` for every other."""
    try:
        address = URL(url.strip())
        if address.scheme in {"http", "https"} and address.host:
            return address
    except ValueError:
        pass
    raise SourceError(
        "That is not an address that I can read: it has to begin with http:// or https://."
    )


def target(url: URL, location: str) -> URL:
    """Where a redirect leads to. Raises `SourceError` where that cannot be asked."""
    try:
        return checked(str(url.join(URL(location))))
    except (SourceError, ValueError) as error:
        raise SourceError(
            f"{place(url)} sends me to something that is no web address. Its address has to be "
            "checked; I go on trying."
        ) from error

"""Live blogs as five kinds of systems serve them, over real HTTP from a server on loopback."""

import html
import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.clocks import StoppedClock
from bot.ports import Blog
from bot.sources.reader import GuardianApi

KEY = "0b5c-secret"


@dataclass(kw_only=True)
class Told:
    """An entry as its newsroom has it."""

    id: str
    made: datetime
    changed: datetime
    heading: str
    words: str
    gone: bool = False


class Served:
    """A live blog whose newsroom the test is; what it does is stamped with the clock's time.

    A kind says how it looks on the wire, at which address, and by how many looks it is certain
    that an entry is gone. `copy` is what a mirror that fell behind goes on showing.
    """

    looks = 1
    kind = "text/html"
    path = "/live"
    format = "auto"

    def __init__(self, clock: StoppedClock) -> None:
        self.clock = clock
        self.entries: dict[str, Told] = {}
        self.root = ""
        self.copy: str | None = None
        self.oldest_first = False

    def post(self, id: str, heading: str, words: str = "") -> None:
        now = self.clock.now()
        self.entries[id] = Told(id=id, made=now, changed=now, heading=heading, words=words)

    def edit(self, id: str, heading: str, words: str = "") -> None:
        told = self.entries[id]
        told.heading, told.words, told.changed = heading, words, self.clock.now()

    def delete(self, id: str) -> None:
        self.entries[id].gone, self.entries[id].changed = True, self.clock.now()

    def restore(self, id: str) -> None:
        self.entries[id].gone, self.entries[id].changed = False, self.clock.now()

    def shown(self, *, gone: bool = False) -> list[Told]:
        """Entries as pages show them: the newest on top, or the oldest."""
        found = [told for told in self.entries.values() if gone or not told.gone]
        return sorted(found, key=lambda told: told.made, reverse=not self.oldest_first)

    @property
    def blog(self) -> Blog:
        return Blog(url=f"{self.root}{self.path}", format=self.format, name="The Example")

    def page(self, request: web.Request) -> str:
        raise NotImplementedError

    async def answer(self, request: web.Request) -> web.Response:
        text = self.page(request) if self.copy is None else self.copy
        return web.Response(text=text, content_type=self.kind)

    async def fall_behind(self) -> None:
        """From now on a mirror answers, which shows what stands now."""

        class Nobody:
            path, path_qs, query_string = self.path, self.path, ""

        self.copy = self.page(Nobody())  # type: ignore[arg-type]

    def catch_up(self) -> None:
        self.copy = None


class JsonLdPage(Served):
    """A page that shows what stands: an entry that is missing is gone, if it stays missing."""

    looks = 3

    def page(self, request: web.Request) -> str:
        blog = {
            "@type": "LiveBlogPosting",
            "headline": "By-elections live",
            "liveBlogUpdate": [
                {
                    "@type": "BlogPosting",
                    "@id": told.id,
                    "headline": told.heading,
                    "articleBody": f"<p>{told.words or told.heading}</p>",
                    "datePublished": told.made.isoformat(),
                    "dateModified": told.changed.isoformat(),
                }
                for told in self.shown()
            ],
        }
        return f'<html><script type="application/ld+json">{json.dumps(blog)}</script></html>'


class AtomFeed(Served):
    """A feed with the tombstones of RFC 6721."""

    kind = "application/atom+xml"

    def page(self, request: web.Request) -> str:
        entries = "".join(
            f"<entry><id>{told.id}</id><title>{escape(told.heading)}</title>"
            f"<published>{told.made.isoformat()}</published>"
            f"<updated>{told.changed.isoformat()}</updated>"
            f'<content type="html">{escape(html.escape(told.words))}</content></entry>'
            if not told.gone
            else f"<at:deleted-entry ref={quoteattr(told.id)} when='{told.changed.isoformat()}'/>"
            for told in self.shown(gone=True)
        )
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom" '
            f'xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>Live</title>{entries}</feed>'
        )


class GuardianBlocks(Served):
    """The Guardian's Content API: a block that is taken back is not published any more."""

    kind = "application/json"

    @property
    def api(self) -> GuardianApi:
        return GuardianApi(key=KEY, root=self.root)

    @property
    def blog(self) -> Blog:
        url = "https://www.theguardian.com/politics/live/2023/oct/19/by-elections"
        return Blog(url=url, name="The Example")

    def page(self, request: web.Request) -> str:
        blocks = [
            {
                "id": told.id,
                "title": told.heading,
                "bodyHtml": f"<p>{told.words}</p>",
                "published": not told.gone,
                "firstPublishedDate": told.made.isoformat(),
                "lastModifiedDate": told.changed.isoformat(),
                "createdBy": {"email": "secret.person@guardian.example"},
            }
            for told in self.shown(gone=True)
        ]
        content = {"webTitle": "Live", "blocks": {"requestedBodyBlocks": {"body": blocks}}}
        return json.dumps({"response": {"status": "ok", "content": content}})


class SourcefabricPosts(Served):
    """Sourcefabric's Live Blog: a post that is taken back is marked as deleted."""

    kind = "application/json"
    path = "/api/client_blogs/56c5b34120dc360081f8e518/posts"

    def page(self, request: web.Request) -> str:
        posts = [
            {
                "_id": told.id,
                "deleted": told.gone,
                "post_status": "open",
                "published_date": told.made.isoformat(),
                "_updated": told.changed.isoformat(),
                "publisher": {"display_name": "Desk", "email": "secret.person@news.example"},
                "groups": [{"refs": [{"item": self._item(told)}]}],
            }
            for told in sorted(self.shown(gone=True), key=lambda told: told.changed, reverse=True)
        ]
        return json.dumps({"_items": posts})

    def _item(self, told: Told) -> dict[str, Any]:
        # It has no headings: what stands first heads its post.
        return {"item_type": "text", "text": f"<p>{told.heading}.</p><p>{told.words}</p>"}


class WordpressRows(Served):
    """The Liveblog plugin: what happens to an entry is a row of its own, and old ones fold."""

    kind = "application/json"
    path = "/wp-json/liveblog/v1/42/"

    def __init__(self, clock: StoppedClock) -> None:
        super().__init__(clock)
        self.rows: list[tuple[str, str, datetime]] = []

    def post(self, id: str, heading: str, words: str = "") -> None:
        super().post(id, heading, words)
        self.rows.append(("new", id, self.clock.now()))

    def edit(self, id: str, heading: str, words: str = "") -> None:
        super().edit(id, heading, words)
        self.rows.append(("update", id, self.clock.now()))

    def delete(self, id: str) -> None:
        super().delete(id)
        self.rows = [row for row in self.rows if row[:2] != ("update", id)]
        self.rows.append(("delete", id, self.clock.now()))

    def page(self, request: web.Request) -> str:
        asked = re.search(r"/entries/(\d+)/(\d+)", request.path)
        start, end = (int(asked[1]), int(asked[2])) if asked else (0, 2**40)
        inside = [row for row in self.rows if start <= row[2].timestamp() <= end]
        # Where the entry itself is in the answer, it stands there as it is now.
        whole = {id for kind, id, _ in inside if kind == "new" and not self.entries[id].gone}
        rows = [
            self._row(kind, self.entries[id], at)
            for kind, id, at in inside
            if (id in whole) == (kind == "new")
        ]
        return json.dumps({"entries": rows, "latest_timestamp": None, "refresh_interval": 10})

    def _row(self, kind: str, told: Told, at: datetime) -> dict[str, Any]:
        text = "" if kind == "delete" else f"<p>{told.heading}.</p><p>{told.words}</p>"
        return {
            "id": told.id,
            "type": kind,
            "render": text,
            "timestamp": str(int(at.timestamp())),
            "entry_time": int(told.made.timestamp()),
            "authors": [{"name": "Desk"}],
        }


KINDS: Iterable[type[Served]] = (
    JsonLdPage,
    AtomFeed,
    GuardianBlocks,
    SourcefabricPosts,
    WordpressRows,
)


@asynccontextmanager
async def serving(served: Served) -> AsyncIterator[None]:
    """The blog on loopback, whatever is asked for."""
    app = web.Application()
    app.router.add_get("/{path:.*}", served.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    try:
        served.root = str(server.make_url("/")).rstrip("/")
        yield
    finally:
        await server.close()

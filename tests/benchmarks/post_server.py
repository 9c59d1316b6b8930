"""A Slack that takes every post and knows when: as little as can answer one, in its own process.

It prints its port and ends when its standard input does. `GET /arrived` gives the moments at which
requests came since it was last asked, on the clock of `time.monotonic`, which all processes of a
machine share, and `GET /bodies` what the last of them said.
"""

import asyncio
import json
import sys
from time import monotonic
from typing import Any

from aiohttp import web

KEPT = 50


class Posts:
    """What came, and when."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, float]] = []
        self.bodies: list[dict[str, Any]] = []
        self._number = 0

    async def api(self, request: web.Request) -> web.Response:
        """`chat.postMessage`, answered as Slack does, with the message in it."""
        at = monotonic()
        if request.match_info["method"] != "chat.postMessage":
            return web.json_response({"ok": True, "user_id": "UBOT", "team_id": "T1"})
        body = json.loads(await request.read())
        self.arrived.append((body["channel"], at))
        if len(self.bodies) < KEPT:
            self.bodies.append(body)
        self._number += 1
        ts = f"1697756460.{self._number:06}"
        return web.json_response(
            {"ok": True, "channel": body["channel"], "ts": ts, "message": body | {"ts": ts}}
        )

    async def told(self, _request: web.Request) -> web.Response:
        """When requests came since this was asked last."""
        arrived, self.arrived = self.arrived, []
        return web.json_response(arrived)

    async def said(self, _request: web.Request) -> web.Response:
        """What requests said since this was asked last."""
        bodies, self.bodies = self.bodies, []
        return web.json_response(bodies)


async def main() -> None:
    """Until nobody is at the other end of standard input."""
    posts = Posts()
    app = web.Application()
    app.router.add_post("/api/{method}", posts.api)
    app.router.add_get("/arrived", posts.told)
    app.router.add_get("/bodies", posts.said)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())

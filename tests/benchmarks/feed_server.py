"""Very many feeds that never change, on a hundred addresses of loopback, in a process of their own.

It prints its port and ends when its standard input does.
"""

import asyncio
import socket
import sys

from aiohttp import web

HOSTS = 100
ETAG = '"one"'


def address(number: int, port: int) -> str:
    """Where a feed is, one host after the other."""
    return f"http://127.0.1.{number % HOSTS + 1}:{port}/{number}"


async def answer(request: web.Request) -> web.Response:
    """That a feed is as it was."""
    if request.headers.get("If-None-Match") != ETAG:
        raise web.HTTPInternalServerError
    return web.Response(status=304, headers={"ETag": ETAG})


async def main() -> None:
    """Until nobody is at the other end of standard input."""
    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    port = 0
    for host in range(1, HOSTS + 1):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((f"127.0.1.{host}", port))
        port = listener.getsockname()[1]
        await web.SockSite(runner, listener).start()
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())

"""A thin Slack in a process of its own: asks its apps, and takes the time of their answers.

Why not `StandInSlack` in the same process: what it checks of a message takes longer than to
render and send one, and on one event loop that time would count for both sides and hide what is
measured. This one parses each body and answers as Slack does, the whole message in it. Events,
envelopes, acknowledgements and repeats are those of the stand-in.

It prints its port and ends when its standard input does. Each app has its own workspace under
`/<app>/`; what to do comes as JSON to `/turns`, `/burst`, `/<app>/listens` and `/<app>/posted`.
"""

import asyncio
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from typing import Any

import aiohttp
from aiohttp import web

from tests.slack.delivery import Kind
from tests.slack.signing import HttpRoute
from tests.slack.socket_mode import Sockets
from tests.slack.workspace import Json
from tests.slack.writing import Writing

APPS = ("teller", "echo")
SECRET = "signing-secret"
CHANNELS = 50
ACK_WITHIN = 3.0
# How long Slack waits before it sends an event again.
REDELIVER_AFTER = (0.0, 60.0, 300.0)
PATIENCE = 60.0


class Signed(HttpRoute):
    """Signed HTTP on connections that stay open, so that opening them is not what is measured."""

    session: aiohttp.ClientSession

    async def post(
        self, kind: Kind, payload: Json, *, more: dict[str, str] | None = None, **_signing: Any
    ) -> tuple[int, str, dict[str, str]]:
        """One event."""
        body = json.dumps(payload)
        headers = self.headers(body, "application/json", secret=self.signing_secret, age=0)
        async with self.session.post(
            self.url, data=body.encode(), headers=headers | (more or {})
        ) as answer:
            return answer.status, await answer.text(), dict(answer.headers)


class ThinSlack(Writing):
    """The workspace of one app, which believes every post."""

    def __init__(self) -> None:
        super().__init__(redeliver_after=REDELIVER_AFTER)
        self.route = self.sockets = Sockets(self.app_id, ACK_WITHIN)
        self.posted: list[Json] = []
        self.answers: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], asyncio.Future[tuple[float, str]]] = defaultdict(
            lambda: asyncio.get_running_loop().create_future()
        )
        for number in range(CHANNELS):
            self.add_channel(f"C{number}", f"count-{number}")

    async def api(self, request: web.Request) -> web.StreamResponse:
        """The methods that an app needs to listen and to post."""
        match request.match_info["method"]:
            case "chat.postMessage":
                answer = self._post(json.loads(await request.read()))
            case "auth.test":
                who = {"user_id": self.bot_user, "bot_id": self.bot_id, "team_id": self.team}
                answer = {"ok": True, "user": "teller", "team": "Stand-in", **who}
            case "apps.connections.open":
                url = str(request.url.origin()) + request.path.partition("/api/")[0]
                answer = {"ok": True, "url": self.sockets.ticket(url)}
            case "chat.postEphemeral":
                answer = {"ok": True, "message_ts": self.ts()}
            case _:
                answer = {"ok": False, "error": "unknown_method"}
        return web.json_response(answer)

    def _post(self, arguments: Json) -> Json:
        at = perf_counter()
        channel, thread = arguments["channel"], arguments.get("thread_ts")
        if thread:
            self.answers[channel, thread] += 1
            first = self._first[channel, thread]
            if not first.done():
                first.set_result((at, arguments["text"]))
        else:
            self.posted.append(arguments)
        given = {name: value for name, value in arguments.items() if name != "channel"}
        author = {"user": self.bot_user, "bot_id": self.bot_id, "app_id": self.app_id}
        message = {"type": "message", "ts": self.ts(), "team": self.team, **author, **given}
        # An app that is told of messages in a channel is told of its own, too.
        self.announce(self.channel(channel), message)
        return {"ok": True, "channel": channel, "ts": message["ts"], "message": message}

    async def ask(self, text: str, number: int) -> Json:
        """Ask one question; what became of it, in seconds since it was asked."""
        channel = f"C{number % CHANNELS}"
        began = perf_counter()
        said = await self.mention(text, channel=channel, user=f"U{number % (4 * CHANNELS)}")
        outcome: Json = {
            "acked": max(ack.seconds for ack in said.acks.values()),
            "repeats": sum(ack.attempts - 1 for ack in said.acks.values()),
            "place": (channel, said.ts),
        }
        try:
            async with asyncio.timeout(PATIENCE):
                at, words = await asyncio.shield(self._first[channel, said.ts])
        except TimeoutError:
            return outcome | {"seconds": None, "words": None}
        return outcome | {"seconds": at - began, "words": words}


class Bench:
    """All workspaces, and what is done in them."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.apps = {name: ThinSlack() for name in APPS}

    async def listens(self, slack: ThinSlack, url: str | None) -> None:
        """Wait until an app listens: at a request URL, or else at a socket."""
        async with asyncio.timeout(PATIENCE):
            if url is None:
                slack.route = slack.sockets
                await slack.sockets.wait_for(lambda: bool(slack.sockets.connections), PATIENCE)
                return
            slack.route = route = Signed(url, SECRET, ACK_WITHIN)
            route.session = self.session
            while not await self._shaken(route):  # noqa: ASYNC110 - a port
                await asyncio.sleep(0.05)

    @staticmethod
    async def _shaken(route: Signed) -> bool:
        handshake = {"type": "url_verification", "challenge": "ping"}
        return (await route.send("events_api", handshake, attempt=0, reason="")).ok

    async def turns(self, questions: list[str], rounds: int) -> dict[str, list[float | None]]:
        """One question after the other, the apps taking turns: seconds of each."""
        seconds: dict[str, list[float | None]] = {name: [] for name in self.apps}
        for number in range(rounds):
            apps = list(self.apps.items())
            for name, slack in apps if number % 2 else reversed(apps):
                asked = await slack.ask(questions[number % len(questions)], number)
                seconds[name].append(asked["seconds"])
                await slack.settled()
        return seconds

    async def burst(self, app: str, questions: list[str], count: int) -> Json:
        """Very many questions at once; after them one more, so that whatever is late has come."""
        slack = self.apps[app]
        before = sum(slack.answers.values())
        asked = await asyncio.gather(
            *(slack.ask(questions[number % len(questions)], number) for number in range(count))
        )
        await slack.ask(questions[0], 0)
        await slack.settled()
        answers = [slack.answers[each["place"]] for each in asked]
        answered = {(n % len(questions), each["words"]) for n, each in enumerate(asked)}
        return {
            "seconds": [each["seconds"] for each in asked if each["seconds"] is not None],
            "once": answers.count(1),
            "missing": answers.count(0),
            "doubled": sum(number > 1 for number in answers),
            "strays": sum(slack.answers.values()) - before - sum(answers) - 1,
            # Unless the same question always had the same answer, and no other one had it.
            "mixed_up": not len({words for _, words in answered})
            == len(answered)
            == len(questions),
            "slowest_ack": max(each["acked"] for each in asked),
            "repeats": sum(each["repeats"] for each in asked),
        }


def routes(bench: Bench) -> web.Application:
    """What is listened to."""
    app = web.Application(client_max_size=2**20)
    for name, slack in bench.apps.items():
        app.router.add_post(f"/{name}/api/{{method}}", slack.api)
        app.router.add_get(f"/{name}/link/", slack.sockets.handle)
        app.router.add_post(f"/{name}/listens", _does(partial(bench.listens, slack)))
        app.router.add_post(f"/{name}/posted", _does(partial(_posted, slack)))
    app.router.add_post("/turns", _does(bench.turns))
    app.router.add_post("/burst", _does(bench.burst))
    return app


async def _posted(slack: ThinSlack) -> list[Json]:
    return slack.posted


def _does(work: Callable[..., Awaitable[Any]]) -> Callable[[web.Request], Any]:
    async def handle(request: web.Request) -> web.Response:
        return web.json_response(await work(**await request.json()))

    return handle


async def main() -> None:
    """Until nobody is at the other end of standard input."""
    async with aiohttp.ClientSession() as session:
        runner = web.AppRunner(routes(Bench(session)), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())

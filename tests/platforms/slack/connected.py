"""Teller connected to a stand-in Slack, over a socket or over signed HTTP."""

import asyncio
import json
import random
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal

from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.connection import (
    EVENTS_PATH,
    Connection,
    HttpConnection,
    SocketConnection,
)
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace
from bot.ports import Desk
from tests.slack.server import StandInSlack

SECRET = "signing-secret"
# A socket counts as dead after four of these, and a busy machine may be silent for a second.
PING = 0.3
Mode = Literal["socket", "http"]
MODES: tuple[Mode, ...] = ("socket", "http")


def over_socket(slack: StandInSlack) -> SocketConnection:
    return SocketConnection(app_token=slack.app_token, ping_interval=PING)


def over_http(slack: StandInSlack) -> HttpConnection:
    """Where the stand-in delivers to from now on."""
    port = free_port()
    slack.deliver_to(f"http://127.0.0.1:{port}{EVENTS_PATH}", SECRET)
    return HttpConnection(signing_secret=SECRET, host="127.0.0.1", port=port)


def free_port() -> int:
    """A port that nobody listens on, and that the system gives to no connection of its own."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@asynccontextmanager
async def running(
    connection: Connection, client: AsyncWebClient, desk: Desk
) -> AsyncIterator[asyncio.Task[None]]:
    """The platform's task, which has to go on until it is cancelled."""
    platform = SlackPlatform(workspaces=OneWorkspace(client), connection=connection)
    async with answering(platform, desk) as task:
        yield task


@asynccontextmanager
async def answering(platform: SlackPlatform, desk: Desk) -> AsyncIterator[asyncio.Task[None]]:
    """The same of a platform that stands already."""
    task = asyncio.create_task(platform.run(desk))
    try:
        yield task
        assert not task.done(), "the platform ended by itself"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def talking(
    slack: StandInSlack, client: AsyncWebClient, desk: Desk, mode: Mode = "socket"
) -> AsyncIterator[None]:
    """Teller, listening."""
    connection = over_socket(slack) if mode == "socket" else over_http(slack)
    async with running(connection, client, desk):
        await heard(slack, mode)
        yield
        await slack.settled()


async def heard(slack: StandInSlack, mode: Mode) -> None:
    """Wait until Teller hears what is handed to it."""
    async with asyncio.timeout(10):
        if mode == "socket":
            await slack.connected()
        else:
            while not await slack.verify_url():
                pass


async def replies_to(slack: StandInSlack, ts: str, channel: str = "C1") -> list[dict[str, Any]]:
    """What stands in a thread, once something does."""
    where = slack.channel(channel)
    await slack.until(lambda: where.replies(ts))
    return where.replies(ts)


def words(message: dict[str, Any]) -> str:
    """Everything that a message says and carries."""
    shown = {name: message.get(name) for name in ("text", "blocks", "attachments")}
    return json.dumps(shown, ensure_ascii=False)


def buttons(message: dict[str, Any]) -> dict[str, str]:
    """The label of each button, and the action that it stands for."""
    return {
        element["text"]["text"]: element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }


async def ask_something_else(slack: StandInSlack) -> None:
    """One more question and its answer: all that came before it has been dealt with."""
    said = await slack.mention("help", user="U2")
    await replies_to(slack, said.ts)
    await slack.settled()


def marked_up(message: dict[str, Any]) -> str:
    """What of a message Slack reads as markup: its text, and the mrkdwn in its blocks."""

    def mrkdwn(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            assert value.get("type") not in {"user", "usergroup", "broadcast"}
            if value.get("type") == "mrkdwn":
                yield value["text"]
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list):
                yield from mrkdwn(inner)

    blocks = [message.get("blocks") or [], message.get("attachments") or []]
    return "\n".join([message["text"], *mrkdwn(blocks)])

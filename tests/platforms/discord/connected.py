"""Teller connected to a stand-in Discord over real HTTP and a real gateway."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any

from bot.platforms.discord.connection import Gateway, Pauses
from bot.platforms.discord.greeting import Told
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.discord.rest import Rest
from bot.ports import Desk
from tests.discord.server import StandInDiscord

COUNT_NIGHT, PICTURES = "900000000000000001", "900000000000000002"
ADA, BEA = "710000000000000001", "710000000000000002"
SEND = "POST /channels/{channel_id}/messages"
CHANGE = "PATCH /channels/{channel_id}/messages/{message_id}"
HISTORY = "GET /channels/{channel_id}/messages"
# Long enough to see that they are kept, and no longer.
PAUSES = Pauses(connect=(0.02, 0.1), identify=(0.02, 0.1), rarely=0.2)


@asynccontextmanager
async def connected(
    discord: StandInDiscord,
    token: str | None = None,
    *,
    told: Mapping[str, Told] | None = None,
    crosspost: bool = False,
    **gateway: Any,
) -> AsyncIterator[DiscordPlatform]:
    """The platform, not listening yet, with short pauses; `told` of servers, as it takes them."""
    gateway = {"pauses": PAUSES, "gateway_url": discord.gateway.url, **gateway}
    async with aclosing(Rest(token or discord.token)) as rest:
        opened = Gateway(token=token or discord.token, **gateway)
        yield DiscordPlatform(rest=rest, gateway=opened, crosspost=crosspost, **(told or {}))


@asynccontextmanager
async def listening(
    discord: StandInDiscord, desk: Desk, *, sessions: int = 1, **gateway: Any
) -> AsyncIterator[asyncio.Task[None]]:
    """The platform's task, once so many sessions stand; it has to go on until it is cancelled."""
    async with connected(discord, **gateway) as platform, running(platform, desk) as task:
        await discord.gateway.connected(sessions)
        yield task


@asynccontextmanager
async def running(platform: DiscordPlatform, desk: Desk) -> AsyncIterator[asyncio.Task[None]]:
    """The same of a platform that stands already, connected or not."""
    task = asyncio.create_task(platform.run(desk))
    try:
        yield task
        assert not task.done(), "the platform ended by itself"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def answered(discord: StandInDiscord, text: str, *, channel: str = COUNT_NIGHT) -> str:
    """Put a question to Teller; its answer."""
    asked = await discord.mention(text, channel=channel, user=ADA)
    return await answer_to(discord, asked)


async def answer_to(discord: StandInDiscord, asked: dict[str, Any]) -> str:
    """The answer to a message, once there is one."""

    def answers() -> list[dict[str, Any]]:
        return [
            call.body
            for call in discord.tried(SEND, channel_id=asked["channel_id"])
            if call.status == 200
            and str((call.body.get("message_reference") or {}).get("message_id")) == asked["id"]
        ]

    await discord.until(answers)
    return words(answers()[0])


def words(message: dict[str, Any]) -> str:
    """Everything that a message says and carries."""
    shown = {name: message.get(name) for name in ("content", "embeds", "components")}
    return json.dumps(shown, ensure_ascii=False)

"""A Discord in its own process, told what to do in lines of JSON; it times what apps answer."""

import asyncio
import json
import sys
from time import perf_counter
from typing import Any

from tests.discord.server import StandInDiscord

# A server's number tells which of two shards it belongs to: its id without the last 22 bits.
SHARDS = 2
PEOPLE = "710000000000000001"
PATIENCE = 30.0


def server_id(number: int) -> str:
    """The id of a server, which belongs to shard `number % SHARDS`."""
    return str((200_000_000_000 + number) << 22)


def channel_id(number: int, channel: int = 0) -> str:
    """The id of a channel of that server."""
    return str(((200_000_000_000 + number) << 22) + 1 + channel)


class Bench:
    """A stand-in with servers by number, and what is done in them."""

    def __init__(self, discord: StandInDiscord) -> None:
        self.discord = discord

    async def servers(self, count: int, channels: int) -> None:
        """The servers that there are, and no others."""
        world = self.discord.world
        world.guilds.clear()
        for number in range(count):
            guild = world.add_guild(server_id(number), f"Newsroom {number}")
            for channel in range(channels):
                world.add_channel(channel_id(number, channel), f"count-night-{channel}", guild)

    async def listen(self, sessions: int) -> None:
        """Wait until so many sessions stand, each told of all its servers."""
        gateway, world = self.discord.gateway, self.discord.world

        def told() -> bool:
            # Before its servers a session is told that it stands.
            return len(gateway.sessions) >= sessions and all(
                len(each.events) > sum(map(each.takes, world.guilds)) for each in gateway.sessions
            )

        await gateway.wait_for(told, within=PATIENCE)

    async def slash(self, server: int, name: str, seat: str) -> float:
        """One slash command; seconds until its answer is there."""
        discord = self.discord
        began = perf_counter()
        id = await discord.slash(name, channel=channel_id(server), user=PEOPLE, contest=seat)
        await discord.until(lambda: discord.interactions[id] is not None, within=PATIENCE)
        seconds = perf_counter() - began
        # 4 is an answer; a fault of ours would say so, and only to the asker.
        answer = discord.interactions[id]
        assert answer["type"] == 4, answer
        assert not answer["data"].get("flags"), answer
        return seconds

    async def turns(self, asked: list[tuple[str, str]], rounds: int) -> list[list[float]]:
        """One command after the other, the shards taking turns: the seconds of each."""
        seconds: list[list[float]] = [[] for _ in range(SHARDS)]
        for number in range(rounds):
            name, seat = asked[number % len(asked)]
            shards = range(SHARDS)
            for shard in shards if number % 2 else reversed(shards):
                seconds[shard].append(await self.slash(shard, name, seat))
        return seconds


async def main() -> None:
    """Until nobody is at the other end of standard input."""
    async with StandInDiscord(limit=1_000_000) as discord:
        bench = Bench(discord)
        _say({"api": discord.api_url, "gateway": discord.gateway.url, "token": discord.token})
        while told := await asyncio.to_thread(sys.stdin.readline):
            what, how = json.loads(told)
            _say(await getattr(bench, what)(**how))


def _say(what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

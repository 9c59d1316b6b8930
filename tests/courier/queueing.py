"""Entries queued for channels, without a blog."""

from datetime import datetime

from bot.chat.ask import Channel
from bot.memory import Lane
from bot.store import Store
from tests.nights.facts import TAMWORTH
from tests.rooms import at, following, plan
from tests.store.entries import update, version

NOW = at("00:41")


def channel(name: str, platform: str = "terminal") -> Channel:
    return Channel(platform=platform, id=name)


async def serve(store: Store, *channels: Channel) -> None:
    """Let these channels follow everything."""
    await store.night.install([plan(TAMWORTH)], [following(one) for one in channels], NOW)


async def say(
    store: Store, id: str, number: int = 1, *, withdrawn: str | None = None, when: datetime = NOW
) -> None:
    """Queue an entry in one of its versions, for every channel."""
    kept = version(id, when, number, heading=f"{id} {number}", withdrawn=withdrawn)
    await store.blogs.keep(update(when, kept, announce=True))


async def lane_of(store: Store, where: Channel) -> Lane:
    return next(lane for lane in await store.outbox.waiting() if lane.channel == where)

"""`teller work`: deliver what other processes queue, and nothing else."""

from contextlib import AsyncExitStack

import structlog

from bot import garbage
from bot.app import dispatching, open_courier, read_catalogue
from bot.clocks import WallClock
from bot.errors import SettingsError
from bot.opening import measured, open_platforms, post_office
from bot.platforms.pictures import Pictures
from bot.settings import Settings
from bot.store import Store
from bot.store.database import read_url
from bot.whereabouts import Whereabouts

log = structlog.get_logger()

ALONE = (
    "`teller work` shares the delivery with other processes, and they share a PostgreSQL database: "
    "set DATABASE_URL=postgresql://… for all of them. With a file, `teller run` does everything."
)
NOWHERE = (
    "`teller work` delivers to Slack and Discord, and neither is set: give it the same settings as "
    "`teller run`."
)


async def work(settings: Settings) -> None:
    """Deliver to Slack and Discord until cancelled.

    Raises `SettingsError` where there is nothing to share, or nowhere to deliver to.
    """
    if read_url(settings.database_url).get_backend_name() != "postgresql":
        raise SettingsError(ALONE)
    clock, office = WallClock(), post_office(settings)
    async with AsyncExitStack() as stack:
        # Who is told of channels is whoever hears of them, and a worker hears nothing.
        nobody = Whereabouts(forget=False)
        platforms = await stack.enter_async_context(open_platforms(settings, nobody))
        if not platforms:
            raise SettingsError(NOWHERE)
        store = Store(settings.database_url, office.limits)
        await store.open()
        stack.push_async_callback(store.close)
        pictures = Pictures()
        stack.callback(pictures.close)
        word = read_catalogue().word
        courier = open_courier(store, platforms, clock, word, office, draw=pictures.draw)
        await stack.enter_async_context(
            measured(settings, office, courier.counts, store.lanes, clock)
        )
        log.info("teller.works", platforms=[platform.name for platform in platforms])
        garbage.settle()
        await dispatching(store, courier, office).run()


async def migrate(settings: Settings) -> list[str]:
    """Bring the database's tables up to date: what was done, in sentences."""
    store = Store(settings.database_url)
    done = await store.open()
    await store.close()
    return done

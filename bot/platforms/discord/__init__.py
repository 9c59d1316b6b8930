"""Discord as a platform."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

from bot.platforms.discord.audience import kept
from bot.platforms.discord.connection import API_URL, Gateway, addressed, read_shards
from bot.platforms.discord.greeting import Told
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.discord.rest import Rest, asked


@asynccontextmanager
async def open_discord(
    *,
    token: str,
    api_url: str = API_URL,
    gateway_url: str | None = None,
    shards: str | None = None,
    message_content: bool = False,
    crosspost: bool = False,
    guilds: Sequence[int] = (),
    removed: Told = kept,
    returned: Told = kept,
) -> AsyncIterator[DiscordPlatform]:
    """Discord, with a bot's token. Nothing is connected before the platform runs or sends.

    `api_url` and `gateway_url` are a proxy's, while this is open, for all of discord.py in this
    process; `shards` as in “0-3/8”, all of them where None. `message_content` asks to hear what is
    said to nobody; `crosspost` publishes what is posted in announcement channels. Slash commands
    are listed in the servers `guilds`, or everywhere where none is named; `removed` is told the
    channels of servers that Teller is in no longer, `returned` those of servers that it is in.

    Raises `SettingsError` where `shards` names none.
    """
    gateway = Gateway(
        token=token,
        shards=None if shards is None else read_shards(shards),
        gateway_url=gateway_url,
        message_content=message_content,
    )
    with addressed(api_url, gateway_url):
        async with aclosing(Rest(token)) as rest:
            yield DiscordPlatform(
                rest=rest,
                gateway=gateway,
                guilds=guilds,
                crosspost=crosspost,
                removed=removed,
                returned=returned,
                # Whoever names shards gives others to other processes.
                shared=shards is not None,
            )


async def application_id(token: str, api_url: str = API_URL) -> str:
    """The id of the app that a token is of. Raises `DeliveryError` where Discord does not say."""
    with addressed(api_url, None):
        async with aclosing(Rest(token)) as rest:
            client = await asked(rest.client())
            return str(client.application_id)

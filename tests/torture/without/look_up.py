"""Teller that never looks whether a message stands already before it posts it again."""

from bot.chat.ask import Channel, MessageRef
from bot.chat.post import DeliveryKey
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.slack.platform import SlackPlatform


async def _nothing(_self: object, _channel: Channel, _key: DeliveryKey) -> MessageRef | None:
    return None


for platform in (SlackPlatform, DiscordPlatform):
    assert callable(platform.find)
    platform.find = _nothing

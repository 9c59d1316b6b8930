"""What is typed into a shell, as values."""

import re

import click

from bot.chat.ask import Channel
from bot.settings import CHANNEL


class ChannelType(click.ParamType[Channel]):
    """A channel with its platform: “slack:C0123456789”."""

    name = "channel"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Channel:
        """The channel; fails with a sentence for what is none."""
        if isinstance(value, Channel):
            return value
        said = str(value)
        if not CHANNEL.fullmatch(said) and not re.fullmatch(r"terminal:[\w-]{1,40}", said):
            self.fail(
                f"“{value}” is no channel; write it with its platform, as in slack:C0123456789, "
                "discord:123456789012345678 or terminal:newsroom",
                param,
                ctx,
            )
        platform, _, channel = said.partition(":")
        return Channel(platform=platform, id=channel)

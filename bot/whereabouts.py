"""Where Teller is, as platforms notice it, and what becomes of channels where it is not."""

from collections.abc import Callable, Sequence

from bot.channels import Channels
from bot.chat.ask import Channel


class Whereabouts:
    """What platforms tell of servers and workspaces, for `channels`, which are there before they.

    `forget` says that what a channel had is deleted where Teller is taken out of it.
    """

    def __init__(self, *, forget: bool) -> None:
        self._forget = forget
        self.channels: Channels | None = None

    async def in_channels(self, channels: Sequence[Channel]) -> None:
        """Teller is in a server with these channels."""
        await self._in(frozenset(channels).__contains__)

    async def out_of_channels(self, channels: Sequence[Channel]) -> None:
        """Teller was taken out of a server with these channels."""
        await self._out(frozenset(channels).__contains__)

    async def in_workspace(self, team: str) -> None:
        """Teller was installed in a Slack workspace."""
        await self._in(lambda channel: _is_in(team, channel))

    async def out_of_workspace(self, team: str) -> None:
        """Teller was uninstalled from a Slack workspace."""
        await self._out(lambda channel: _is_in(team, channel))

    async def _in(self, where: Callable[[Channel], bool]) -> None:
        if self.channels is not None:
            await self.channels.come_back(where)

    async def _out(self, where: Callable[[Channel], bool]) -> None:
        if self.channels is not None:
            await self.channels.leave(where, forget=self._forget)


def _is_in(team: str, channel: Channel) -> bool:
    return channel.platform == "slack" and channel.id.startswith(f"{team}/")

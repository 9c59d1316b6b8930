"""Two people play a script, and every channel is judged after each step."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot import nights
from bot.app import open_rooms
from bot.opening import eyes, open_platforms, post_office
from bot.settings import Settings
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from bot.whereabouts import Whereabouts
from tests.nightplay.hands import HandClock, Hands
from tests.nightplay.newsrooms import (
    ADA,
    BEA,
    Album,
    DiscordRoom,
    Message,
    SlackRoom,
    lines_in_discord,
    lines_in_slack,
)
from tests.nightplay.script import FIRST_BOARD, PLACES, SECOND, Place, Step
from tests.nightplay.truth import Truth, faults
from tests.rooms import at

# A board is drawn once in so long at most.
A_REDRAW = timedelta(seconds=16)
# In seconds, on a machine that has other things to do.
LONGEST_START = 120.0
_NUMBER = re.compile(r"“(?:insist|confirm) (\d+)”")
_GLANCE = 0.01


class Newsrooms:
    """Both newsrooms, with the channels of the script; `told` is called as each message comes."""

    def __init__(self, told: Callable[[], None] = lambda: None) -> None:
        self.albums = {
            "slack": Album(lines_in_slack, told),
            "discord": Album(lines_in_discord, told),
        }
        self.slack = SlackRoom(self.albums["slack"])
        self.discord = DiscordRoom(self.albums["discord"])
        self.slack.add_channel("C2", "tamworth")
        self.discord.world.add_channel(SECOND, "mid-beds")

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Newsrooms"]:
        async with self.slack, self.discord:
            yield self

    @property
    def settings(self) -> dict[str, str]:
        """What Teller is told of them, by the names that settings have in the environment."""
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_GATEWAY_URL": self.discord.gateway.url,
            "DESK": f"slack:{ADA},discord:{BEA}",
        }

    async def connected(self) -> None:
        """Wait until Teller hears what is said in both."""
        await self.slack.connected(within=LONGEST_START)
        await self.discord.gateway.connected(within=LONGEST_START)

    async def ask(self, place: Place, text: str, patience: float) -> str | None:
        """Let who sits there say something in a channel; the answer, if one comes."""
        room = self.slack if place.on == "slack" else self.discord
        return await room.ask(place.id, text, patience)

    @property
    def writings(self) -> int:
        """How often a message was posted or changed."""
        return sum(album.writings for album in self.albums.values())

    def stands(self, place: Place, words: str) -> bool:
        """Whether a message in a channel begins so."""
        return any(one.now.lines[0].startswith(words) for one in self._held(place))

    def _held(self, place: Place) -> list[Message]:
        return self.albums[place.on].held(place.id)

    def faults(self, truth: Truth) -> list[str]:
        """What is wrong with what stands in the channels."""
        return [fault for place in PLACES for fault in faults(truth, place, self._held(place))]

    @property
    def refused(self) -> list[str]:
        """Everything that the platforms did not like."""
        calls = self.slack.calls
        words = [call.answer["error"] for call in calls if not call.answer.get("ok", True)]
        return words + self.discord.violations


class Play:
    """One night, as it is played."""

    def __init__(self, newsrooms: Newsrooms, hands: Hands, *, patience: float = 10.0) -> None:
        self._newsrooms = newsrooms
        self._hands = hands
        self._patience = patience
        self._number = ""
        self._boards = 0
        self.truth = Truth()
        self.truth.draw(FIRST_BOARD, 0)

    async def step(self, step: Step) -> None:
        """Let it happen, and judge what stands then. Raises `AssertionError` with what is wrong."""
        self._go_to(step)
        if step.where is not None:
            answer = await self._newsrooms.ask(step.where, self._words(step), self._patience)
            self._heard(step, answer)
        self._now_true(step)
        await self.judged(step)

    def _go_to(self, step: Step) -> None:
        self._hands.at = max(self._hands.at, at(step.at))

    def _words(self, step: Step) -> str:
        return step.says.format(number=self._number)

    def _heard(self, step: Step, answer: str | None) -> None:
        assert answer is not None, f"{step.at}: nobody answered “{step.says}”"
        assert step.hears in answer, f"{step.at}: “{step.says}” was answered with: {answer}"
        if found := _NUMBER.search(answer):
            self._number = found[1]

    def _now_true(self, step: Step) -> None:
        self.truth.tell(*step.told)
        declared = self.truth.declared if step.declared is None else step.declared
        self.truth.draw(step.board, declared)
        if step.says == "board" and step.where is not None:
            self.truth.boards |= {str(step.where)}

    async def judged(self, step: Step) -> None:
        """Let boards be drawn, and wait until all that stands is true, but not for ever."""
        self._hands.at += A_REDRAW
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience
        seen, wrong = -1, [""]
        while wrong and loop.time() < until:
            if seen != (seen := self._newsrooms.writings):
                wrong = self._newsrooms.faults(self.truth)
            elif wrong:
                await asyncio.sleep(_GLANCE)
        assert not wrong, f"{step.at}, “{step.says}”:\n" + "\n".join(wrong)


@asynccontextmanager
async def at_work(newsrooms: Newsrooms, folder: Path, hands: Hands) -> AsyncIterator[None]:
    """Teller, wired as `teller run` wires it, by this clock."""
    given = {name.lower(): value for name, value in newsrooms.settings.items()}
    settings = Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]
    whereabouts = Whereabouts(forget=False)
    async with (
        open_platforms(settings, whereabouts) as platforms,
        Fetcher() as fetcher,
        open_rooms(
            night=replace(nights.bundled_night(), blogs=(), following=()),
            database_url=f"sqlite:///{folder / 'teller.db'}",
            clock=HandClock(hands),
            reader=BlogReader(fetcher),
            platforms=platforms,
            following=(),
            eyes=eyes(settings),
            post_office=post_office(settings),
            named=settings.named,
        ) as rooms,
    ):
        whereabouts.channels = rooms.channels
        running = asyncio.create_task(rooms.run(rooms.talk()))
        try:
            await newsrooms.connected()
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

"""A Slack and a Discord that remember every state of every message, and go wrong by chance."""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.discord import faults as discord_faults
from tests.discord.gateway import Gateway
from tests.discord.server import StandInDiscord
from tests.discord.world import Channel as DiscordChannel
from tests.discord.world import Json, User, World
from tests.slack import faults as slack_faults
from tests.slack.server import StandInSlack
from tests.slack.workspace import Channel as SlackChannel
from tests.torture.judge import Message, State

Read = Callable[[str], State | None]
UNREADABLE = State(subject="what cannot be read", take=0)


@dataclass(frozen=True, kw_only=True)
class Odds:
    """How many of a hundred requests go wrong, in each way; `late` is also in seconds.

    What is cut after or late was carried out; whoever asked does not learn of it in time.
    """

    too_many: float = 2.0
    broken: float = 1.5
    unavailable: float = 1.5
    cut_before: float = 1.0
    cut_after: float = 2.5
    late: float = 0.4
    late_seconds: float = 8.0

    def draw(self, chance: random.Random) -> str | None:
        """What becomes of a request; None where all is well."""
        ways = ("too_many", "broken", "unavailable", "cut_before", "cut_after", "late")
        left = chance.uniform(0, 100)
        for way in ways:
            left -= getattr(self, way)
            if left < 0:
                return way
        return None


@dataclass(kw_only=True)
class Weather:
    """What goes wrong, drawn by a seed, and how often it did; nothing more once it is calm.

    A request draws by its number among those of its platform: which request it is that comes at a
    number is the program's doing.
    """

    seed: str
    odds: Odds
    calm: bool = False
    requests: int = 0
    happened: dict[str, int] = field(default_factory=dict)
    held: set[asyncio.Event] = field(default_factory=set)

    def next(self, odds: Odds | None = None) -> tuple[str | None, random.Random]:
        """What becomes of the next request, and the chance to draw its details from."""
        self.requests += 1
        chance = random.Random(f"{self.seed} {self.requests}")
        way = None if self.calm else (odds or self.odds).draw(chance)
        if way is not None:
            self.happened[way] = self.happened.get(way, 0) + 1
        return way, chance

    def hold(self) -> asyncio.Event:
        """What keeps an answer back until it is late."""
        event = asyncio.Event()
        self.held.add(event)
        asyncio.get_running_loop().call_later(self.odds.late_seconds, self._let_go, event)
        return event

    def clear(self) -> None:
        """Nothing goes wrong from now on, and nothing is held back."""
        self.calm = True
        for event in tuple(self.held):
            self._let_go(event)

    def _let_go(self, event: asyncio.Event) -> None:
        event.set()
        self.held.discard(event)


class Traffic:
    """How many requests there were, and what is to happen in the middle of one of them."""

    def __init__(self) -> None:
        self.seen = 0
        self.changes = 0
        self._at: list[tuple[int, Callable[[], None]]] = []

    def tick(self) -> None:
        """A request has come, or has been carried out."""
        self.seen += 1
        due = [one for one in self._at if one[0] <= self.seen]
        self._at = [one for one in self._at if one[0] > self.seen]
        for _, happen in due:
            happen()

    def after(self, more: int, happen: Callable[[], None]) -> None:
        """Let something happen so many ticks from now, inside the request that it falls into."""
        self._at.append((self.seen + more, happen))

    def forget(self) -> None:
        """Let nothing happen any more."""
        self._at.clear()


class Album:
    """Every state of every message, by channel and message."""

    def __init__(self, traffic: Traffic, read: Read) -> None:
        self._traffic = traffic
        self._read = read
        self._states: dict[tuple[str, str], list[State]] = {}

    def took(self, channel: str, message: str, words: str) -> None:
        """A message is new, or was changed."""
        self._traffic.changes += 1
        state = self._read(words) or UNREADABLE
        self._states.setdefault((channel, message), []).append(state)
        # Once more: between what was done and the answer that says so.
        self._traffic.tick()

    def held(self, channel: str, standing: list[str]) -> tuple[Message, ...]:
        """What stands in a channel, with how it came to be so."""
        return tuple(
            Message(id=id, states=tuple(self._states.get((channel, id), ()))) for id in standing
        )


# Requests that carry messages meet all of it; those by which the program comes in meet less.
USUAL = Odds()
ELSEWHERE = Odds(too_many=0, broken=2, unavailable=2, cut_before=2, cut_after=2, late=0)


class _SlackFaults(slack_faults.Faults):
    CARRYING = frozenset({"chat.postMessage", "chat.update", "conversations.history"})

    def __init__(self, weather: Weather, traffic: Traffic) -> None:
        super().__init__()
        self._weather = weather
        self._traffic = traffic

    def take(self, method: str, arguments: dict[str, Any]) -> slack_faults.Fault | None:
        carries = method in self.CARRYING
        if carries:
            self._traffic.tick()
        way, chance = self._weather.next(None if carries else ELSEWHERE)
        match way:
            case "too_many":
                return slack_faults.Fault(method=method, retry_after=1)
            case "broken":
                late = chance.random() < 0.5
                return slack_faults.Fault(method=method, status=500, late=late)
            case "unavailable":
                return slack_faults.Fault(method=method, status=503)
            case "cut_before":
                return slack_faults.Fault(method=method, cut="before")
            case "cut_after":
                return slack_faults.Fault(method=method, cut="after")
            case "late":
                return slack_faults.Fault(method=method, hold=self._weather.hold())
        return super().take(method, arguments)


class _DiscordFaults(discord_faults.Faults):
    def __init__(self, weather: Weather, traffic: Traffic) -> None:
        super().__init__()
        self._weather = weather
        self._traffic = traffic

    def take(self, method: str, path: dict[str, str]) -> discord_faults.Fault | None:
        carries = "/messages" in method
        if carries:
            self._traffic.tick()
        way, chance = self._weather.next(None if carries else ELSEWHERE)
        if way in ("cut_before", "cut_after") and method == "GET /gateway":
            # A socket is refused with a status.
            way = "unavailable"
        match way:
            case "too_many":
                seconds = round(chance.uniform(0.1, 1.0), 3)
                return discord_faults.Fault(
                    retry_after=seconds,
                    everywhere=chance.random() < 0.1,
                    # Now and then it is the proxy before it that has had enough.
                    via=chance.random() < 0.8,
                )
            case "broken":
                return discord_faults.Fault(status=500, late=chance.random() < 0.5)
            case "unavailable":
                return discord_faults.Fault(status=503)
            case "cut_before":
                return discord_faults.Fault(cut="before")
            case "cut_after":
                return discord_faults.Fault(cut="after")
            case "late":
                return discord_faults.Fault(hold=self._weather.hold())
        return super().take(method, path)


class TorturedSlack(StandInSlack):
    """A Slack in bad weather, with so many channels besides its first."""

    def __init__(
        self, *, weather: Weather, traffic: Traffic, read: Read, channels: int, **workspace: Any
    ) -> None:
        super().__init__(**workspace)
        self.album = Album(traffic, read)
        self.weather = weather
        self.faults = _SlackFaults(weather, traffic)
        self.ids = tuple(f"C9{number:03d}" for number in range(channels))
        for id in self.ids:
            self.add_channel(id, f"lane-{id.lower()}")

    def store(self, channel: SlackChannel, message: Json) -> Json:
        stored = super().store(channel, message)
        self.album.took(channel.id, stored["ts"], stored["text"])
        return stored

    def announce(self, channel: SlackChannel, message: Json, *, before: Json | None = None) -> None:
        if before is not None:
            self.album.took(channel.id, message["ts"], message["text"])
        super().announce(channel, message, before=before)

    def held(self) -> Iterator[tuple[str, tuple[Message, ...]]]:
        """What stands in each channel."""
        for id in self.ids:
            yield id, self.album.held(id, [each["ts"] for each in self.channel(id).messages])


class _World(World):
    def __init__(self, album: Album) -> None:
        super().__init__()
        self._album = album

    def put(self, channel: DiscordChannel, author: User, body: Json) -> Json:
        message = super().put(channel, author, body)
        self._album.took(channel.id, message["id"], _words(message))
        return message

    def change(self, message: Json, body: Json) -> None:
        super().change(message, body)
        self._album.took(message["channel_id"], message["id"], _words(message))


class TorturedDiscord(StandInDiscord):
    """A Discord in bad weather, with so many channels besides its first.

    It knows a nonce for `nonce_window` seconds; Discord itself does for some minutes.
    """

    def __init__(
        self,
        *,
        weather: Weather,
        traffic: Traffic,
        read: Read,
        channels: int,
        nonce_window: float = 0.0,
    ) -> None:
        super().__init__()
        self.album = Album(traffic, read)
        self.weather = weather
        self.faults = _DiscordFaults(weather, traffic)
        self.world = _World(self.album)
        self.world.nonce_window = nonce_window
        self.gateway = Gateway(self.world)
        self.ids = tuple(str(910000000000000000 + number) for number in range(channels))
        for id in self.ids:
            self.world.add_channel(id, f"lane-{id}")

    def held(self) -> Iterator[tuple[str, tuple[Message, ...]]]:
        """What stands in each channel."""
        for id in self.ids:
            yield id, self.album.held(id, [each["id"] for each in self.channel(id).messages])


def _words(message: Json) -> str:
    described = (each.get("description", "") for each in message["embeds"])
    return "\n".join([message["content"], *described])

"""Results from both sources as they then stand in Slack and in Discord, by the real clients."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import nights
from bot.app import Rooms, open_rooms
from bot.chat.ask import Follow, Following
from bot.clocks import StoppedClock
from bot.courier import drain
from bot.sources.democracy_club_api import DemocracyClub
from bot.sources.fetch import Fetcher
from bot.sources.pa_folder import PaFolder
from bot.sources.reader import BlogReader
from tests.platforms.test_fidelity import Place, is_withdrawn
from tests.platforms.test_fidelity import place as place
from tests.results import TAMWORTH, as_json, ballot, event, feed, pa
from tests.rooms import at


@dataclass(kw_only=True)
class Count:
    """A whole Teller between PA Media's folder, a Democracy Club on loopback, and a channel."""

    place: Place
    rooms: Rooms
    clock: StoppedClock
    folder: Path
    pa: PaFolder
    club: DemocracyClub
    pages: dict[str, bytes] = field(default_factory=dict)

    async def lands(self, name: str, content: bytes) -> list[str]:
        """A file of PA Media's lands; what then stands in the channel."""
        (self.folder / name).write_bytes(content)
        self.clock.moment += timedelta(seconds=2)
        await self.rooms.results.look(self.pa)
        return await self.deliver()

    async def asks(self, times: int = 3) -> list[str]:
        """Democracy Club is asked; what then stands in the channel."""
        self.clock.moment += timedelta(minutes=11)
        for _ in range(times):
            self.clock.moment += timedelta(seconds=await self.rooms.results.look(self.club))
        return await self.deliver()

    async def deliver(self) -> list[str]:
        for lane in await self.rooms.store.outbox.waiting():
            await drain(lane, self.rooms.courier)
        return self.place.standing()


@pytest.fixture
async def count(place: Place, tmp_path: Path) -> AsyncIterator[Count]:
    clock = StoppedClock(at("02:45"))
    pages: dict[str, bytes] = {"/results/all.atom": feed()}

    async def answer(request: web.Request) -> web.Response:
        page = pages.get(request.path)
        return web.Response(status=404) if page is None else web.Response(body=page)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    folder = tmp_path / "pa"
    folder.mkdir()
    async with TestServer(app, host="127.0.0.1") as server, Fetcher(retries=0) as fetcher:
        pa_folder, club = PaFolder(folder), DemocracyClub(fetcher, str(server.make_url("/")))
        follows = frozenset({Follow.DECLARATIONS, Follow.CHECKS})
        async with open_rooms(
            night=replace(nights.bundled_night(), blogs=(), following=()),
            database_url=f"sqlite:///{tmp_path / 'results.db'}",
            clock=clock,
            reader=BlogReader(fetcher),
            platforms=[place.platform],
            following=[Following(channel=place.channel, follows=follows)],
            results=[pa_folder, club],
        ) as rooms:
            await rooms.changed()
            yield Count(
                place=place,
                rooms=rooms,
                clock=clock,
                folder=folder,
                pa=pa_folder,
                club=club,
                pages=pages,
            )


def of(count: Count, contest: str = "tamworth") -> str:
    return f"/api/next/ballots/parl.{contest}.by.2023-10-19/"


async def test_a_rush_becomes_a_result_in_the_same_message(count: Count) -> None:
    (rush,) = await count.lands("rush_Tamworth_1.xml", pa("FirstPastThePostRush"))
    assert "Tamworth: Labour gain from Conservatives" in rush
    assert "Provisional: nobody has confirmed it yet." in rush
    assert "PA Media" in rush

    (result,) = await count.lands("result_Tamworth_1.xml", pa())
    assert "Majority 1,316" in result
    assert "Sarah Edwards (Lab) 11,719" in result
    assert "Provisional" not in result
    assert count.place.requests() == (1, 1)


async def test_two_sources_that_differ_are_shown_and_then_agree(count: Count) -> None:
    lines = [(*TAMWORTH[0][:-1], 11_791), *TAMWORTH[1:]]
    count.pages[of(count)] = as_json(ballot(votes=True, elected="Edwards", lines=lines))
    count.pages[of(count, "mid-bedfordshire")] = as_json(
        ballot(id="parl.mid-bedfordshire.by.2023-10-19")
    )
    (club,) = await count.asks()
    assert "Majority 1,388" in club
    declared, corrected, differ = await count.lands("result_Tamworth_1.xml", pa())
    assert "Majority 1,316" in declared
    assert "Tamworth: PA Media and Democracy Club differ" in differ
    assert "majority 1,316" in differ
    assert "majority 1,388" in differ
    assert "What PA Media says is used." in differ
    assert "Correction, Tamworth: Labour gain from Conservatives, majority 1,316" in corrected

    count.pages[of(count)] = as_json(ballot(votes=True, elected="Edwards"))
    *_, differ = await count.asks()
    assert is_withdrawn(differ)


async def test_a_retraction_strikes_the_message_that_stands(count: Count) -> None:
    count.pages[of(count)] = as_json(ballot(elected="Edwards"))
    count.pages["/results/all.atom"] = feed(event(7))
    club, *_ = await count.asks()
    assert "Tamworth: Labour gain from Conservatives" in club
    count.pages["/results/all.atom"] = feed(event(8, retraction=True), event(7))
    standing = await count.asks()
    assert is_withdrawn(standing[0])
    assert any("Taken back, Tamworth" in message for message in standing)


async def test_what_does_not_add_up_is_a_note_with_what_to_say(count: Count) -> None:
    (note,) = await count.lands("result_Tamworth_1.xml", pa(majority=1_361))
    assert "Not taken, PA Media on Tamworth" in note
    assert "A majority of 1,361 is stated; by the votes it is 1,316." in note
    assert "insist 1" in note

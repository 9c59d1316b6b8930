"""Democracy Club asked over real HTTP: what comes first, how often, and with what key."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from bot.election.bulletin import BulletinKind
from bot.election.contest import Contest
from bot.errors import SourceError
from bot.results_sources import Contests, Look
from bot.sources.democracy_club import parse_feed
from bot.sources.democracy_club_api import ANONYMOUS_PACE, DemocracyClub, by_contest
from bot.sources.fetch import Fetcher
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.results import as_json, ballot, event, feed
from tests.rooms import at
from tests.sources.conftest import Serve

BOTH = (TAMWORTH, MID_BEDFORDSHIRE)
BARE = tuple(replace(one, candidacies=()) for one in BOTH)
NIGHT = at("02:50")


def these(contests: Sequence[Contest]) -> Contests:
    async def give() -> Sequence[Contest]:
        return contests

    return give


class Club:
    """A Democracy Club on loopback, and who asks it on a clock that is moved by hand."""

    def __init__(self, base: str, asked: list[tuple[datetime, web.Request]]) -> None:
        self.base = base
        self.requests = asked
        self.now = NIGHT
        self.source: DemocracyClub

    @property
    def paths(self) -> list[str]:
        return [request.path for _, request in self.requests]

    async def look(self, contests=BOTH) -> Look:
        look = await self.source.look(these(contests), self.now)
        self.now += timedelta(seconds=look.wait)
        return look

    async def looks(self, number: int, contests=BOTH) -> list[Look]:
        return [await self.look(contests) for _ in range(number)]


@pytest.fixture
async def club(serve: Serve) -> Callable[..., Any]:
    """Opens one that answers with these pages by their paths."""

    @asynccontextmanager
    async def open_club(
        pages: dict[str, bytes | int], *, key: str | None = None, **given: Any
    ) -> AsyncIterator[Club]:
        asked: list[tuple[datetime, web.Request]] = []

        async def answer(request: web.Request) -> web.Response:
            asked.append((club.now, request))
            page = pages.get(request.path_qs, pages.get(request.path, 404))
            if isinstance(page, int):
                return web.Response(
                    status=page, headers={"Retry-After": "30"} if page == 429 else {}
                )
            etag = f'"{hash(page)}"'
            if request.headers.get("If-None-Match") == etag:
                return web.Response(status=304)
            return web.Response(body=page, headers={"ETag": etag})

        base = (await serve(answer)).removesuffix("/live")
        authorization = {str(URL(base).origin()): f"Token {key}"} if key else None
        async with Fetcher(seconds=5, retries=0, authorization=authorization) as fetcher:
            club = Club(base, asked)
            club.source = DemocracyClub(fetcher, f"{base}/", key=key is not None, **given)
            yield club

    return open_club


FEED = "/results/all.atom"


def path(contest=TAMWORTH) -> str:
    return f"/api/next/ballots/{contest.id}/"


def pages(**more: bytes | int) -> dict[str, bytes | int]:
    return {
        FEED: feed(),
        path(): as_json(ballot()),
        path(MID_BEDFORDSHIRE): as_json(ballot(id=MID_BEDFORDSHIRE.id)),
        **more,
    }


async def test_who_stands_is_asked_at_set_up_where_the_night_file_does_not_say(club):
    async with club(pages()) as one:
        one.now = at("18:00")
        first, second, third = await one.looks(3, (BARE[0], MID_BEDFORDSHIRE))
        assert [paper.contest_id for paper in first.papers] == [TAMWORTH.id]
        assert len(first.papers[0].lines) == 9
        assert (second.papers, third.papers) == ((), ())
        assert one.paths == [path()]
        assert one.requests[0][1].query_string == "format=json"


async def test_nothing_is_a_result_before_polls_close(club):
    won = as_json(ballot(votes=True, elected="Edwards"))
    async with club(pages(**{path(): won})) as one:
        one.now = at("21:00")
        look = await one.look(BARE)
        assert look.bulletins == ()
        assert len(look.papers) == 1


async def test_after_polls_close_the_feed_comes_first_and_every_ballot_in_turn(club):
    async with club(pages()) as one:
        await one.looks(3)
        assert one.paths == [FEED, path(), path(MID_BEDFORDSHIRE)]


async def test_ten_requests_a_minute_are_kept_whatever_happens(club):
    seats = [
        replace(TAMWORTH, id=f"parl.seat-{number}.by.2023-10-19", name=f"Seat {number}")
        for number in range(40)
    ]
    many = {FEED: feed(*(event(n, seat=f"Seat {n}") for n in range(40)))}
    for number, seat in enumerate(seats):
        many[path(seat)] = 500 if number % 3 else as_json(ballot(id=seat.id, elected="Edwards"))
    async with club(many) as one:
        for _ in range(120):
            try:
                await one.look(seats)
            except SourceError:
                one.now += timedelta(seconds=one.source.poll)
        times = [moment for moment, _ in one.requests]
        assert len(times) >= 100
        for first, eleventh in zip(times, times[10:], strict=False):
            assert eleventh - first > timedelta(seconds=60)
        # All had their turn.
        assert {path(seat) for seat in seats} <= set(one.paths)


async def test_what_the_feed_tells_of_is_asked_at_once(club):
    served = pages()
    async with club(served) as one:
        await one.looks(3)
        served[FEED] = feed(event(7, seat="Mid Bedfordshire"))
        served[path(MID_BEDFORDSHIRE)] = as_json(
            ballot(id=MID_BEDFORDSHIRE.id, votes=True, elected="Edwards")
        )
        one.now += timedelta(seconds=60)
        _, look = await one.looks(2)
        assert one.paths[-2:] == [FEED, path(MID_BEDFORDSHIRE)]
        (result,) = look.bulletins
        assert (result.contest_id, result.constituency) == (MID_BEDFORDSHIRE.id, "Mid Bedfordshire")
        assert (result.kind, result.revision) == (BulletinKind.RESULT, 7)


async def test_a_retraction_in_the_feed_counts_though_the_ballot_has_not_changed(club):
    served = pages(**{path(): as_json(ballot(votes=True, elected="Edwards"))})
    async with club(served) as one:
        served[FEED] = feed(event(7))
        _, look = await one.looks(2)
        assert look.bulletins[0].kind is BulletinKind.RESULT
        served[FEED] = feed(event(8, retraction=True), event(7))
        one.now += timedelta(seconds=60)
        _, look = await one.looks(2)
        assert one.paths[-1] == path()
        (back,) = look.bulletins
        assert (back.kind, back.revision) == (BulletinKind.RETRACTION, 8)


async def test_what_has_not_changed_is_not_sent_again(club):
    async with club(pages()) as one:
        await one.looks(3)
        one.now += timedelta(minutes=2)
        await one.looks(3)
        again = [request for _, request in one.requests[3:]]
        assert all("If-None-Match" in request.headers for request in again)


async def test_a_counted_ballot_is_asked_seldom(club):
    counted = as_json(ballot(votes=True, elected="Edwards"))
    async with club(pages(**{path(): counted})) as one:
        await one.looks(60)
        assert one.paths.count(path()) == 1
        assert one.paths.count(path(MID_BEDFORDSHIRE)) >= 5


async def test_older_pages_of_the_feed_are_read_back_to_what_is_known(club):
    served = pages()
    async with club(served) as one:
        second = f"{one.base}{FEED}?page=2"
        served[FEED] = feed(event(9, seat="Elsewhere"), older=second)
        served[f"{FEED}?page=2"] = feed(event(7), older=f"{one.base}{FEED}?page=3")
        served[f"{FEED}?page=3"] = feed(event(1, at="2023-05-05T02:00:00+01:00"))
        await one.looks(4)
        assert [request.path_qs for _, request in one.requests] == [
            FEED,
            f"{FEED}?page=2",
            f"{FEED}?page=3",
            f"{path()}?format=json",
        ]
        one.now += timedelta(seconds=60)
        served[FEED] = feed(event(10, seat="Elsewhere"), event(9, seat="Elsewhere"), older=second)
        await one.look()
        assert one.requests[-1][1].path_qs == FEED


async def test_the_feed_leads_to_no_other_server(club):
    served = pages(**{FEED: feed(event(7), older="http://169.254.169.254/latest/")})
    async with club(served) as one:
        await one.looks(2)
        assert one.paths == [FEED, path()]


async def test_a_key_is_sent_to_democracy_club_alone_and_asks_more_often(club):
    async with club(pages(), key="s3cret") as one:
        look = await one.look()
        assert one.requests[0][1].headers["Authorization"] == "Token s3cret"
        assert look.wait < ANONYMOUS_PACE
    async with club(pages()) as one:
        await one.look()
        assert "Authorization" not in one.requests[0][1].headers


async def test_a_key_does_not_follow_a_redirect(serve, club):
    heard: list[web.Request] = []

    async def elsewhere(request: web.Request) -> web.Response:
        heard.append(request)
        return web.Response(body=feed())

    other = (await serve(elsewhere)).removesuffix("/live")

    async def moved(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"{other}{FEED}"})

    base = (await serve(moved)).removesuffix("/live")
    key = {str(URL(base).origin()): "Token s3cret"}
    async with Fetcher(seconds=5, retries=0, authorization=key) as fetcher:
        await DemocracyClub(fetcher, base, key=True).look(these(BOTH), NIGHT)
    assert [request.path for request in heard] == [FEED]
    assert "Authorization" not in heard[0].headers


async def test_a_ballot_that_is_not_there_is_told_and_holds_up_no_other(club):
    async with club(pages(**{path(): 404})) as one:
        _, look, other = await one.looks(3)
        (remark,) = look.remarks
        assert remark.heading == f"Democracy Club has no ballot {TAMWORTH.id}"
        assert "democracy_club = " in remark.sentences[1]
        assert one.paths[-1] == path(MID_BEDFORDSHIRE)
        assert other.remarks == ()


async def test_a_contest_may_go_by_another_id_there(club):
    there = "parl.tamworth-and-more.by.2023-10-19"
    won = as_json(ballot(id=there, votes=True, elected="Edwards"))
    served = pages(**{f"/api/next/ballots/{there}/": won})
    async with club(served, ids={TAMWORTH.id: there}) as one:
        _, look = await one.looks(2)
        assert look.bulletins[0].contest_id == TAMWORTH.id


async def test_a_cancelled_ballot_is_told(club):
    cancelled = as_json(ballot(cancelled=True, replaced_by="parl.tamworth.by.2023-11-02"))
    async with club(pages(**{path(): cancelled})) as one:
        _, look = await one.looks(2)
        (remark,) = look.remarks
        assert "cancelled" in remark.heading
        assert "parl.tamworth.by.2023-11-02" in remark.sentences[0]


@pytest.mark.parametrize(
    "answer", [500, 429, b"<html>Sorry</html>", as_json(ballot(id="parl.x.2023-10-19"))]
)
async def test_what_is_no_ballot_is_a_sentence_and_the_next_is_asked(club, answer):
    async with club(pages(**{path(): answer})) as one:
        await one.look()
        with pytest.raises(SourceError):
            await one.look()
        one.now += timedelta(seconds=7)
        if answer == 429:
            with pytest.raises(SourceError, match="left alone"):
                await one.look()
        else:
            await one.look()
            assert one.paths[-1] == path(MID_BEDFORDSHIRE)


def test_entries_of_other_elections_and_days_are_left_out():
    entries = (
        event(1),
        event(2, seat="Mid Beds"),
        event(3, election="local.tamworth.2023-10-19"),
        event(4, election="parl.2024-07-04"),
        event(5, seat="Selby and Ainsty"),
        event(6, election="nonsense"),
    )
    found = by_contest(parse_feed(feed(*entries)).events, BOTH)
    assert {name: [one.number for one in events] for name, events in found.items()} == {
        TAMWORTH.id: [1],
        MID_BEDFORDSHIRE.id: [2],
    }

"""A board as it then stands in Slack, in Discord and in the terminal."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.chat.events import BoardDrawn, NightMoved, SeatTonight
from bot.chat.post import Post
from bot.election.clock import ClockTime
from bot.election.contest import Stage
from bot.liveblog.markup import BlockKind
from bot.platforms.discord import embeds
from bot.platforms.slack import blocks
from bot.platforms.terminal import render
from bot.platforms.terminal.screen import make_console
from bot.record.past import Past
from bot.record.record import open_record
from tests.platforms.discord import limits as in_discord
from tests.platforms.slack import limits as in_slack
from tests.platforms.test_fidelity import Desk, Place
from tests.platforms.test_fidelity import desk as desk
from tests.platforms.test_fidelity import place as place
from tests.rooms import word

NIGHT = date(2024, 7, 4)
NOW = datetime(2024, 7, 5, 3, 0, tzinfo=UTC)
MORE = re.compile(r"… and ([\d,]+) more: ask “status”\.")


# ── Through the real clients ─────────────────────────────────────────────────────────────────


async def draw(desk: Desk, seconds: int = 15) -> list[str]:
    desk.clock.moment += timedelta(seconds=seconds)
    await desk.rooms.boards.draw()
    return await desk.deliver()


async def test_a_board_is_one_message_that_stands_in_its_last_version(
    desk: Desk, place: Place
) -> None:
    await desk.rooms.boards.post(place.channel)
    (first,) = await desk.deliver()
    assert "0 of 2 declared" in first
    for number, told in enumerate(
        (
            "The count in Tamworth has begun.",
            "Turnout in Tamworth is 35.9 per cent.",
            "Labour gain Tamworth with a majority of 1,316.",
        )
    ):
        desk.blog.post(f"entry-{number}", "From the count", told)
        await desk.look()
        await draw(desk)

    board, *entries = await desk.deliver()
    assert len(entries) == 3
    assert "1 of 2 declared" in board
    assert "Labour gain from Conservatives; majority 1,316" in board
    assert "turnout 35.9%" in board
    assert "0 of 2 declared" not in board
    # One message was sent for the board, and edited; the entries were sent besides.
    assert desk.place.requests() == (4, 3)


async def test_a_board_that_was_stopped_says_so_where_it_stands(desk: Desk, place: Place) -> None:
    await desk.rooms.boards.post(place.channel)
    await desk.deliver()
    await desk.rooms.boards.stop(place.channel)

    (board,) = await desk.deliver()
    assert "This board was stopped at 00:10" in board
    assert desk.place.requests() == (1, 1)


async def test_a_board_that_somebody_deleted_is_not_posted_anew_until_it_is_asked_for(
    desk: Desk, place: Place
) -> None:
    await desk.rooms.boards.post(place.channel)
    await desk.deliver()
    place.delete_all()
    for number in range(3):
        desk.clock.moment += timedelta(minutes=1)
        desk.blog.post("turnout", f"Turnout in Tamworth is 3{number}.9 per cent.")
        await desk.look()
        await draw(desk)
    # The entry stands there, and its edits; of the board nothing: one change was tried in vain.
    (entry,) = await desk.deliver()
    assert "Tonight’s board" not in entry
    assert await desk.rooms.store.boards.boards() == []

    await desk.rooms.boards.post(place.channel)
    _, board = await desk.deliver()
    assert "Tonight’s board" in board
    assert "A newer board" not in board


async def test_a_round_up_comes_into_the_channel(desk: Desk, place: Place) -> None:
    await desk.rooms.boards.round_up(place.channel, 30)
    desk.blog.post("turnout", "From the count", "Turnout in Tamworth is 35.9 per cent.")
    await desk.look()
    *_, state = await draw(desk, 30 * 60)

    assert "Tamworth: turnout 35.9%" in state


# ── A general election ───────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def seats() -> tuple[SeatTonight, ...]:
    """All 650 of 2024 as they were declared, each expected at a time of its own."""
    past = Past(open_record(), datetime(2025, 1, 1, tzinfo=UTC))
    votes = [one for one in past.contests() if one.contest.polling_day == NIGHT]
    found = [
        SeatTonight(
            contest=one.contest,
            stage=Stage.DECLARED,
            expected=ClockTime(at=NOW + timedelta(minutes=n % 97), approximate=True),
            declaration=replace(one.figure_of_declaration(), at=NOW + timedelta(seconds=n)),
            turnout=one.figure_of_turnout(),
        )
        for n, one in enumerate(votes)
        if not one.contest.by_election
    ]
    assert len(found) == 650
    return tuple(found)


def out(seat: SeatTonight) -> SeatTonight:
    """A seat that has not declared."""
    return replace(seat, stage=Stage.COUNTING, declaration=None)


def hostile(seat: SeatTonight) -> SeatTonight:
    """A seat whose name is markup everywhere."""
    name = f"*_~`<@1>{seat.contest.name}`~_*"
    return replace(seat, contest=replace(seat.contest, name=name))


def endless(seat: SeatTonight) -> SeatTonight:
    return replace(seat, contest=replace(seat.contest, name=seat.contest.name * 40))


NIGHTS = {
    "none declared": lambda n, seat: out(seat),
    "half declared": lambda n, seat: seat if n % 2 else out(seat),
    "62 declared": lambda n, seat: seat if n < 62 else out(seat),
    "all declared": lambda n, seat: seat,
    "hostile names": lambda n, seat: hostile(seat if n % 2 else out(seat)),
    "endless names": lambda n, seat: endless(seat if n % 2 else out(seat)),
}


def everything(message: object) -> str:
    return str(message.payload())


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("ended", [None, NOW])
def test_650_contests_fit_into_one_message_with_a_clear_last_line(
    seats: tuple[SeatTonight, ...], night: str, ended: datetime | None
) -> None:
    tonight = tuple(NIGHTS[night](n, seat) for n, seat in enumerate(seats))
    post = word(BoardDrawn(seats=tonight, at=NOW, changed=NOW, ended=ended))
    shown = sum(block.kind is BlockKind.ITEM for block in post.body)
    (left_out,) = MORE.findall(post.body[-1].text)
    assert shown + int(left_out) == 650

    slack, discord = blocks.message(post), embeds.message(post)
    in_slack.check(slack)
    in_slack.check(blocks.plainer(post))
    in_discord.check(discord)
    in_discord.check(embeds.plainer(post))
    for said in (everything(slack), everything(discord), at_the_terminal(post)):
        # Nothing was cut off on the way: the line that counts the others still counts right.
        assert MORE.findall(said) == [left_out]


def test_of_650_those_that_come_next_and_the_newest_are_shown(
    seats: tuple[SeatTonight, ...],
) -> None:
    tonight = [seat if n < 300 else out(seat) for n, seat in enumerate(seats)]
    post = word(BoardDrawn(seats=tuple(tonight), at=NOW, changed=NOW))
    said = "\n".join(block.text for block in post.body)
    newest = tonight[299]
    soonest = min(tonight[300:], key=lambda s: (s.expected.at, s.contest.name))

    assert "300 of 650 declared" in said
    assert f"{newest.contest.name}: " in said
    assert f"{soonest.contest.name}: counting; expected" in said
    assert sum(block.kind is BlockKind.ITEM for block in post.body) >= 20


def test_a_state_of_the_night_with_650_declarations_is_short(
    seats: tuple[SeatTonight, ...],
) -> None:
    changes = tuple((out(seat), seat) for seat in seats)
    post = word(NightMoved(changes=changes, seats=seats, since=NOW, at=NOW))
    in_slack.check(blocks.message(post))
    in_discord.check(embeds.message(post))
    for message in (blocks.message(post), embeds.message(post)):
        assert MORE.search(everything(message))
        assert "All have declared." in everything(message)


# ── The terminal ─────────────────────────────────────────────────────────────────────────────


def at_the_terminal(post: Post, before: Post | None = None) -> str:
    screen = io.StringIO()
    shown = render.message(post, plain=True)
    if before is not None:
        shown = render.change(post, before=before, at=post.at, plain=True)
    make_console(file=screen, width=1_000).print(shown)
    return screen.getvalue()


def test_a_board_drawn_anew_in_the_terminal_shows_only_what_is_otherwise(
    seats: tuple[SeatTonight, ...],
) -> None:
    first, second = out(seats[0]), out(seats[1])
    before = word(BoardDrawn(seats=(first, second), at=NOW, changed=NOW))
    later = NOW + timedelta(minutes=5)
    after = word(BoardDrawn(seats=(seats[0], second), at=later, changed=later))
    said = at_the_terminal(after, before)

    assert seats[0].contest.name in said
    assert "1 of 2 declared" in said
    assert second.contest.name not in said
    assert "drawn anew" in said

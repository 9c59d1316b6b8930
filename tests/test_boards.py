"""Boards and round-ups: when they are drawn, what stands, and what a restart makes of them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.boards import EVERY
from bot.chat.ask import Ask, Author, Channel, MessageRef
from bot.chat.post import Post, PostKind
from bot.clocks import StoppedClock
from bot.desk_memory import Redraw
from bot.errors import AskError, DeliveryError, Fault
from tests.conftest import select
from tests.rooms import Room, at, open_room
from tests.wire import RecordingPlatform

HERE = Channel(platform="terminal", id="board")
THERE = Channel(platform="terminal", id="elsewhere")
OPERATOR = Author(platform="terminal", id="u", name="u", manages=True)
A_MOMENT = EVERY / 3


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    """The night at ten past midnight, on each kind of database."""
    async with open_room(database_url, clock=clock("00:10"), channels=[]) as opened:
        await opened.start()
        yield opened


def clock(words: str) -> StoppedClock:
    return StoppedClock(at(words))


async def pass_(room: Room, span: timedelta = EVERY) -> None:
    await room.move_to(room.clock.now() + span)


async def says(room: Room, words: str, id: str = "count") -> None:
    """An entry comes out at this moment, and the blog is read."""
    room.blog.post(id, room.clock.now(), "From our reporter", words)
    await room.look()


def lines(post: Post) -> list[str]:
    return [block.text for block in post.body]


async def standing(room: Room, channel: Channel = HERE) -> list[list[str]]:
    """Send what waits; the lines of each message that then stands in a channel."""
    await room.deliver()
    return [lines(post) for ref, post in room.platform.standing.items() if ref.channel == channel]


async def versions(room: Room, subject: str) -> list[int]:
    return [key.version for key, _, _ in await room.store.outbox.queued() if key.subject == subject]


# ── Boards ───────────────────────────────────────────────────────────────────────────────────


async def test_a_board_has_every_seat_in_order_of_its_time(room: Room) -> None:
    assert await room.boards.post(HERE) is False

    assert await standing(room) == [
        [
            "0 of 2 declared, last changed 00:10.",
            "Mid Bedfordshire: polls have closed; expected around 03:10",
            "Tamworth: polls have closed; expected around 03:40",
        ]
    ]
    ((_, post),) = await room.told(PostKind.BOARD)
    assert post.heading == "Tonight’s board"


async def test_a_board_is_redrawn_in_place_when_a_seat_declares(room: Room) -> None:
    await room.boards.post(HERE)
    await standing(room)
    await pass_(room, timedelta(hours=3))
    await says(room, "Labour gain Tamworth with a majority of 1,316. Turnout in Tamworth is 35.9%.")

    ((counted, mid_beds, tamworth),) = await standing(room)
    assert counted == "1 of 2 declared, last changed 03:10."
    assert mid_beds.startswith("Mid Bedfordshire: polls have closed")
    assert tamworth.startswith("Tamworth: Labour gain from Conservatives; majority 1,316")
    assert tamworth.endswith("turnout 35.9%")
    assert len(room.platform.standing) == 1


async def test_what_changes_within_15_seconds_is_drawn_when_they_are_over(room: Room) -> None:
    await room.boards.post(HERE)
    await standing(room)
    await pass_(room, A_MOMENT)
    await says(room, "The count in Tamworth has begun.")
    await pass_(room, A_MOMENT)
    assert "counting" not in str(await standing(room))
    await pass_(room, A_MOMENT)

    assert "Tamworth: counting" in str(await standing(room))


async def test_a_board_is_drawn_once_in_15_seconds_whatever_comes(
    room: Room, database_url: str
) -> None:
    await room.boards.post(HERE)
    await standing(room)
    for number in range(12):
        await pass_(room, A_MOMENT)
        await says(room, f"Turnout in Tamworth is {30 + number}.5%.")
        await standing(room)
    await pass_(room)

    assert "turnout 41.5%" in str(await standing(room))
    drawn = select(database_url, "SELECT version FROM board")
    assert drawn == [(6,)]


async def test_a_board_that_came_late_to_its_channel_rests_15_seconds_from_then(room: Room) -> None:
    await room.boards.post(HERE)
    await pass_(room, A_MOMENT)
    await standing(room)
    await says(room, "The count in Tamworth has begun.")
    await pass_(room, EVERY - A_MOMENT)
    assert "counting" not in str(await standing(room))
    await pass_(room, A_MOMENT)

    assert "Tamworth: counting" in str(await standing(room))


async def test_a_board_that_a_machine_with_a_faster_clock_has_sent_rests_too(room: Room) -> None:
    await room.boards.post(HERE)
    await standing(room)
    await pass_(room, -A_MOMENT)
    await says(room, "The count in Tamworth has begun.")
    assert "counting" not in str(await standing(room))
    await pass_(room, EVERY + A_MOMENT)

    assert "Tamworth: counting" in str(await standing(room))


async def test_a_board_on_which_nothing_changes_is_left_alone(room: Room) -> None:
    await room.boards.post(HERE)
    await standing(room)
    await says(room, "It is raining.")
    for _ in range(10):
        await pass_(room)

    assert await versions(room, f"board:{HERE}:1") == [1]


async def test_a_board_says_when_polls_close_though_nobody_tells(database_url: str) -> None:
    async with open_room(database_url, clock=clock("21:59"), channels=[]) as room:
        await room.start()
        await room.boards.post(HERE)
        assert "polls open until 22:00" in str(await standing(room))
        await pass_(room, timedelta(minutes=1))

        assert "polls open" not in str(await standing(room))


async def test_a_figure_that_nobody_has_confirmed_says_so(room: Room) -> None:
    await room.boards.post(HERE)
    await standing(room)
    await pass_(room)
    await ask(room, "record turnout Tamworth 25,630 of 71,302")

    assert "turnout 35.9% (provisional)" in str(await standing(room))


async def test_each_channel_has_a_board_of_its_own(room: Room) -> None:
    await room.boards.post(HERE)
    await room.boards.post(THERE)
    await standing(room)
    await pass_(room)
    await says(room, "The count in Tamworth has begun.")

    assert "counting" in str(await standing(room, HERE))
    assert "counting" in str(await standing(room, THERE))


async def test_another_board_comes_at_the_bottom_and_the_first_says_so(room: Room) -> None:
    await room.boards.post(HERE)
    await standing(room)
    await pass_(room)
    assert await room.boards.post(HERE) is True
    await standing(room)
    await pass_(room)
    await says(room, "The count in Tamworth has begun.")
    await pass_(room)

    first, second = await standing(room)
    assert first[0] == "A newer board stands below; this one is as of 00:10."
    assert "counting" not in str(first)
    assert "Tamworth: counting; expected around 03:40" in second


async def test_a_board_that_was_stopped_says_when_and_is_drawn_no_more(room: Room) -> None:
    await room.boards.post(HERE)
    await standing(room)
    await pass_(room, timedelta(minutes=20))
    assert await room.boards.stop(HERE) is True
    assert await room.boards.stop(HERE) is False
    await pass_(room)
    await says(room, "The count in Tamworth has begun.")
    await pass_(room)

    ((ended, *rest),) = await standing(room)
    assert ended == "This board was stopped at 00:30, and is as of then."
    assert "counting" not in str(rest)


async def test_a_board_after_one_that_was_stopped_is_a_new_message(room: Room) -> None:
    await room.boards.post(HERE)
    await standing(room)
    await room.boards.stop(HERE)
    assert await room.boards.post(HERE) is False

    assert len(await standing(room)) == 2


async def test_a_board_goes_on_after_a_restart_with_what_came_meanwhile(database_url: str) -> None:
    platform = RecordingPlatform()
    async with open_room(
        database_url, clock=clock("00:10"), channels=[], platform=platform
    ) as room:
        await room.start()
        await room.boards.post(HERE)
        await standing(room)
        await pass_(room, A_MOMENT)
        # It is known, and the process ends before the board may be drawn.
        await says(room, "The count in Tamworth has begun.")
    async with open_room(
        database_url, clock=clock("00:12"), channels=[], platform=platform
    ) as room:
        await room.start()

        assert "Tamworth: counting" in str(await standing(room))
        assert len(platform.standing) == 1


async def test_a_restart_without_news_draws_nothing(database_url: str) -> None:
    for moment in ("00:10", "00:12", "00:14"):
        async with open_room(database_url, clock=clock(moment), channels=[]) as room:
            await room.start()
            if moment == "00:10":
                await room.boards.post(HERE)
            await room.boards.draw()
            assert await versions(room, f"board:{HERE}:1") == [1]


class Deleting(RecordingPlatform):
    """A place where somebody has deleted what stands."""

    deleted = False

    async def edit(self, ref, post, key):
        if self.deleted:
            raise DeliveryError("It is gone.", refused=True, fault=Fault.TAKEN_AWAY)
        return await super().edit(ref, post, key)


async def test_a_board_that_somebody_deleted_comes_again_only_when_it_is_asked_for(
    database_url: str,
) -> None:
    platform = Deleting()
    async with open_room(
        database_url, clock=clock("00:10"), channels=[], platform=platform
    ) as room:
        await room.start()
        await room.boards.post(HERE)
        await standing(room)
        platform.deleted = True
        for number in range(4):
            await pass_(room)
            await says(room, f"Turnout in Tamworth is {30 + number}.5%.")
            await standing(room)
        assert len(platform.standing) == 1
        # After the edit that failed nothing is drawn any more.
        assert select(database_url, "SELECT version, digest FROM board") == [(2, "")]

        platform.deleted = False
        assert await room.boards.post(HERE) is False
        await standing(room)
        assert len(platform.standing) == 2


async def test_a_board_is_not_drawn_over_and_over_while_its_channel_takes_nothing(
    room: Room,
) -> None:
    await room.boards.post(HERE)
    await standing(room)
    for number in range(10):
        await pass_(room)
        await says(room, f"Turnout in Tamworth is {30 + number}.5%.")
    assert await versions(room, f"board:{HERE}:1") == [1, 2]
    await standing(room)
    await pass_(room)

    assert "turnout 39.5%" in str(await standing(room))


async def test_versions_that_nothing_depends_on_are_not_kept(room: Room) -> None:
    await room.boards.post(HERE)
    for number in range(20):
        await standing(room)
        await pass_(room)
        await says(room, f"Turnout in Tamworth is {30 + number}.5%.")
    await standing(room)

    assert await versions(room, f"board:{HERE}:1") == [20, 21]
    assert len(room.platform.standing) == 1


async def test_no_board_is_put_up_where_no_seat_votes_tonight(room: Room) -> None:
    await pass_(room, timedelta(days=30))
    with pytest.raises(AskError, match="No seat votes tonight"):
        await room.boards.post(HERE)


async def test_two_who_draw_at_the_same_moment_draw_once(room: Room) -> None:
    await room.boards.post(HERE)
    (board,) = await room.store.boards.boards()
    after = replace(board, version=2)
    redraw = [Redraw(before=board, after=after)]
    assert await room.store.boards.draw(redraw, room.clock.now()) == [True]
    assert await room.store.boards.draw(redraw, room.clock.now()) == [False]


async def test_a_forgotten_channel_has_neither_board_nor_round_up(room: Room) -> None:
    await room.boards.post(HERE)
    await room.boards.round_up(HERE, 30)
    await room.deliver()
    await room.channels.leave(HERE.__eq__, forget=True)

    assert await room.store.boards.boards() == []
    assert await room.store.boards.round_ups() == []


async def test_a_board_is_drawn_in_time_by_itself(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock("00:10"), channels=[]) as room:
        await room.start()
        drawing = asyncio.create_task(room.boards.run())
        try:
            await room.boards.post(HERE)
            await standing(room)
            await says(room, "The count in Tamworth has begun.")
            async with asyncio.timeout(10):
                # The clock of a test goes on as soon as somebody sleeps.
                while "counting" not in str(await standing(room)):  # noqa: ASYNC110 - a message has no event
                    await asyncio.sleep(0.01)
        finally:
            drawing.cancel()
            await asyncio.gather(drawing, return_exceptions=True)


# ── Round-ups ────────────────────────────────────────────────────────────────────────────────


async def test_a_round_up_tells_what_has_changed_since_the_last(room: Room) -> None:
    await room.boards.round_up(HERE, 30)
    await pass_(room, timedelta(minutes=5))
    await says(room, "Turnout in Tamworth is 35.9%.", "turnout")
    await pass_(room, timedelta(minutes=25))

    ((told),) = await standing(room)
    assert told == [
        "Since 00:10:",
        "Tamworth: turnout 35.9%",
        "Next: Mid Bedfordshire around 03:10 and Tamworth around 03:40.",
    ]


async def test_a_round_up_tells_of_declarations_and_of_times_that_moved(room: Room) -> None:
    await room.boards.round_up(HERE, 60)
    await says(room, "Labour gain Tamworth with a majority of 1,316.", "gain")
    await says(room, "Mid Bedfordshire is now expected to declare around 4am.", "later")
    await pass_(room, timedelta(minutes=60))

    ((_, *told, ahead),) = await standing(room)
    assert any("Labour gain from Conservatives; majority 1,316" in line for line in told)
    moved = "Mid Bedfordshire: declaration now expected around 04:00, was around 03:10"
    assert moved in told
    assert ahead == "Next: Mid Bedfordshire around 04:00."


async def test_no_round_up_comes_where_nothing_has_changed(room: Room) -> None:
    await room.boards.round_up(HERE, 30)
    await says(room, "Turnout in Tamworth is 35.9%.")
    for _ in range(8):
        await pass_(room, timedelta(minutes=30))

    assert len(await standing(room)) == 1


async def test_a_round_up_that_was_missed_is_not_made_up_for(database_url: str) -> None:
    async with open_room(database_url, clock=clock("00:10"), channels=[]) as room:
        await room.start()
        await room.boards.round_up(HERE, 30)
        await says(room, "Turnout in Tamworth is 35.9%.")
    async with open_room(database_url, clock=clock("02:25"), channels=[]) as room:
        await room.start()
        assert await standing(room) == []
        await room.move_to(at("02:40"))

        # The next one says all that has changed since the last.
        ((since, turnout, _),) = await standing(room)
        assert (since, turnout) == ("Since 00:10:", "Tamworth: turnout 35.9%")


async def test_a_restart_doubles_no_round_up(database_url: str) -> None:
    platform = RecordingPlatform()
    for moment in ("00:10", "00:40", "00:40", "00:41"):
        async with open_room(
            database_url, clock=clock(moment), channels=[], platform=platform
        ) as room:
            await room.start()
            if moment == "00:10":
                await room.boards.round_up(HERE, 30)
                await says(room, "Turnout in Tamworth is 35.9%.")
            await room.boards.draw()
            await room.deliver()

    assert len(platform.standing) == 1


async def test_a_round_up_can_be_ended_and_begun_again(room: Room) -> None:
    for number in (1, 2):
        await room.boards.round_up(HERE, 30)
        await says(room, f"Turnout in Tamworth is 3{number}.5%.")
        await pass_(room, timedelta(minutes=30))
        assert await room.boards.stop_round_up(HERE) is True
        await says(room, "Turnout in Mid Bedfordshire is 44.5%.", f"other-{number}")
        await pass_(room, timedelta(minutes=30))
    assert await room.boards.stop_round_up(HERE) is False

    assert len(await standing(room)) == 2


# ── As they are asked for ────────────────────────────────────────────────────────────────────


async def ask(room: Room, text: str) -> str:
    reply = await room.desk.answer(Ask(text=text, author=OPERATOR, channel=HERE))
    return reply.title


async def test_boards_and_round_ups_are_asked_for_in_a_channel(room: Room) -> None:
    assert await ask(room, "board") == "A board stands here now"
    assert await ask(room, "board off") == "The board stays as it is now"
    assert (await ask(room, "board off")).startswith("No board is drawn here")
    assert await ask(room, "roundup every 30m") == "A round-up comes here every 30 minutes"
    assert await ask(room, "round up every hour") == "A round-up comes here every 60 minutes"
    assert await ask(room, "roundup") == "How often?"
    assert (await ask(room, "roundup every 4m")).startswith("A round-up comes every 5 to 180")
    assert (await ask(room, "roundup every 4h")).startswith("A round-up comes every 5 to 180")
    assert await ask(room, "stop the roundup") == "No round-up comes here any more"


# ── Pinned ───────────────────────────────────────────────────────────────────────────────────


class WithPins(RecordingPlatform):
    """A platform that has pins."""

    def __init__(self) -> None:
        super().__init__()
        self.pinned: list[MessageRef] = []
        self.taken_away: list[MessageRef] = []

    async def pin(self, ref: MessageRef) -> None:
        if ref.channel == THERE:
            raise DeliveryError("Teller may not pin here.")
        self.pinned.append(ref)

    async def unpin(self, ref: MessageRef) -> None:
        if ref in self.taken_away:
            raise DeliveryError("There is no such message.")
        if ref in self.pinned:
            self.pinned.remove(ref)


async def board_says(room: Room, words: str, channel: Channel = HERE) -> tuple[str, bool]:
    reply = await room.desk.answer(Ask(text=words, author=OPERATOR, channel=channel))
    return reply.title, reply.error


async def test_the_message_that_stands_is_pinned(database_url: str) -> None:
    platform = WithPins()
    async with open_room(
        database_url, clock=clock("00:10"), channels=[], platform=platform
    ) as room:
        none = "No board is drawn here to be pinned; “board” puts one up."
        assert await board_says(room, "board pin") == (none, True)
        await room.boards.post(HERE)
        soon = "The board is still on its way; say it again once it stands here."
        assert await board_says(room, "board pin") == (soon, True)

        await room.deliver()
        assert await board_says(room, "pin the board") == ("The board is pinned here", False)
        (ref,) = platform.standing
        assert platform.pinned == [ref]

        await room.boards.post(HERE)
        await room.deliver()
        # The earlier one is not drawn any more.
        assert await board_says(room, "board pin") == ("The board is pinned here", False)
        earlier, newest = platform.standing
        assert platform.pinned == [newest]

        platform.taken_away = [earlier]
        await room.boards.post(HERE)
        await room.deliver()
        assert await board_says(room, "board pin") == ("The board is pinned here", False)
        assert platform.pinned == [list(platform.standing)[-1]]

        await room.boards.post(THERE)
        await room.deliver()
        assert await board_says(room, "board pin", THERE) == ("Teller may not pin here.", True)


async def test_a_terminal_has_no_pins(room: Room) -> None:
    await room.boards.post(HERE)
    await room.deliver()
    said = "There are no pins here; Slack and Discord have them."
    assert await board_says(room, "board pin") == (said, True)

"""Reminders that went out and are not true any more: each is changed where it stands."""

from bot.chat.post import PostKind
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import Room, at, open_room, plan
from tests.test_diary import THREE, clock, say, take_down


async def standing(room: Room) -> list[tuple[str, list[str], list[str]]]:
    """Heading, sentences and buttons of every reminder that stands in the newsroom."""
    await room.deliver()
    return [
        (post.heading, [block.text for block in post.body], [one.ask for one in post.choices])
        for post in room.platform.standing.values()
        if post.kind is PostKind.REMINDER
    ]


IN_AN_HOUR = (
    "Tamworth: declaration expected in 1 hour",
    ["Expected around 03:00.", "Tamworth counts at The Rawlett School."],
    [],
)
OVERDUE = (
    "Tamworth: declaration overdue",
    ["It was expected around 03:00; any word?"],
    ["delay Tamworth 30m", "record recount Tamworth", "record"],
)


async def test_a_reminder_that_went_out_says_where_the_time_moves(database_url: str) -> None:
    async with open_room(database_url, clock=clock(), contests=THREE) as room:
        await room.start()
        await room.move_to(at("02:00"))
        assert await standing(room) == [IN_AN_HOUR]

        await say(room, "02:10", "The result in Tamworth is now expected around 4am.", id="later")

        moved = "Tamworth: declaration no longer expected around 03:00"
        assert await standing(room) == [(moved, ["Tamworth: now expected around 04:00."], [])]
        (*_, (key, post)) = await room.told(PostKind.REMINDER)
        assert (key.version, post.edited) == (2, at("02:10"))

        await take_down(room, "02:20", id="later")

        assert await standing(room) == [IN_AN_HOUR]


async def test_a_reminder_that_went_out_says_where_its_time_is_withdrawn(database_url: str) -> None:
    async with open_room(database_url, clock=clock(), contests=[plan()]) as room:
        await room.start()
        await say(room, "00:14", "The result in Tamworth is expected around 3am.")
        await room.move_to(at("02:00"))

        await take_down(room, "02:20")

        moved = "Tamworth: declaration no longer expected around 03:00"
        assert await standing(room) == [(moved, ["Tamworth: nobody says any more when."], [])]


async def test_an_overdue_count_is_not_asked_about_once_it_has_declared(database_url: str) -> None:
    async with open_room(database_url, clock=clock(), contests=THREE) as room:
        await room.start()
        await room.move_to(at("03:30"))
        assert await standing(room) == [OVERDUE]

        await say(room, "03:31", "Labour gain Tamworth from the Conservatives.", id="won")

        over = "Tamworth: declaration no longer overdue"
        won = "Tamworth has declared: Labour gain from Conservatives."
        assert await standing(room) == [(over, [won], [])]

        await take_down(room, "03:40", id="won")

        assert await standing(room) == [OVERDUE]


async def test_an_overdue_count_is_not_asked_about_once_a_time_is_known(database_url: str) -> None:
    async with open_room(database_url, clock=clock(), contests=THREE) as room:
        await room.start()
        await room.move_to(at("03:30"))

        await say(room, "03:31", "The result in Tamworth is now expected around 5am.")

        over = "Tamworth: declaration no longer overdue"
        assert await standing(room) == [(over, ["Tamworth: now expected around 05:00."], [])]


async def test_of_seats_that_share_a_reminder_the_others_are_still_asked_about(
    database_url: str,
) -> None:
    both = [plan(one, declaration="around 03:00") for one in (TAMWORTH, MID_BEDFORDSHIRE)]
    async with open_room(database_url, clock=clock(), contests=both) as room:
        await room.start()
        await room.move_to(at("03:30"))

        await say(room, "03:31", "Labour gain Tamworth from the Conservatives.", id="won")

        ((heading, sentences, asked),) = await standing(room)
        assert heading == "Mid Bedfordshire: declaration overdue"
        assert sentences == [
            "It was expected around 03:00; any word?",
            "Tamworth has declared: Labour gain from Conservatives.",
        ]
        assert asked[0] == "delay Mid Bedfordshire 30m"
        assert len(asked) == 3


async def test_what_has_come_leaves_the_reminder_of_it_as_it_was(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        await room.move_to(at("02:00"))

        await say(room, "02:30", "Labour gain Tamworth from the Conservatives.", id="won")

        assert await standing(room) == [IN_AN_HOUR]
        assert len(await room.told(PostKind.REMINDER)) == 1


async def test_a_reminder_that_changed_is_changed_once_over_a_restart(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        await room.move_to(at("02:00"))
        await say(room, "02:10", "The result in Tamworth is now expected around 4am.")
        told = await room.told(PostKind.REMINDER)
    async with open_room(sqlite_url, clock=clock("02:20"), contests=THREE) as room:
        await room.start()
        assert await room.told(PostKind.REMINDER) == told

"""Reminders that went out and are not true any more: each is changed where it stands."""

import pytest

from bot.chat.post import PostKind
from bot.controls import Asked
from bot.election.contest import MilestoneKind, Stage
from bot.ports import WHEN_IT_COMES
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import NEWSROOM, Room, at, open_room, plan
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


async def test_on_a_night_of_very_many_seats_reminders_stay_as_they_went_out(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sent_reminders.MANY_SEATS", 0)
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        await room.move_to(at("02:00"))
        await say(room, "02:10", "The result in Tamworth is now expected around 4am.", id="later")

        assert await standing(room) == [IN_AN_HOUR]


async def test_a_change_that_waited_for_its_channel_is_not_called_late(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        await room.move_to(at("02:00"))
        await room.deliver()
        await say(room, "02:10", "The result in Tamworth is now expected around 4am.")
        await room.move_to(at("02:20"))
        await room.deliver()
        (late,) = [
            post.late for post in room.platform.standing.values() if post.kind is PostKind.REMINDER
        ]
        assert late is None


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


# ── What somebody asked for ──────────────────────────────────────────────────────────────────

WON = "Labour gain Tamworth from the Conservatives."
HEADLINE = "Tamworth: Labour gain from Conservatives"


def half_an_hour_before() -> Asked:
    return Asked(
        channel=NEWSROOM,
        author="Ada",
        due=at("02:30"),
        contest_id=TAMWORTH.id,
        kind=MilestoneKind.DECLARATION,
        minutes=30,
    )


def when_it_declares() -> Asked:
    return Asked(
        channel=NEWSROOM,
        author="Ada",
        due=WHEN_IT_COMES,
        words="file",
        contest_id=TAMWORTH.id,
        stage=Stage.DECLARED,
    )


async def asked_for(room: Room) -> list[tuple[str, str]]:
    """Heading and first sentence of every reminder that somebody asked for, as it stands."""
    return [(one[0], one[1][0]) for one in await standing(room) if "Ada asked for this." in one[1]]


async def test_a_reminder_that_was_asked_for_says_where_the_time_moves(database_url: str) -> None:
    quiet = [plan(remind=(), declaration="around 03:00")]
    async with open_room(database_url, clock=clock(), contests=quiet) as room:
        await room.channels.remind(half_an_hour_before())
        await room.move_to(at("02:30"))
        first = ("Tamworth: declaration in 30 minutes", "Expected around 03:00.")
        assert await asked_for(room) == [first]

        await say(room, "02:40", "The result in Tamworth is now expected around 4am.", id="later")

        moved = "Tamworth: declaration no longer expected at 03:00"
        assert await asked_for(room) == [(moved, "Now expected around 04:00.")]

        await take_down(room, "02:45", id="later")
        assert await asked_for(room) == [first]

        await say(room, "02:50", WON, id="won")
        assert await asked_for(room) == [first]


async def test_a_declaration_that_somebody_waited_for_is_taken_back_where_it_was_told(
    database_url: str,
) -> None:
    async with open_room(database_url, clock=clock(), contests=THREE) as room:
        await room.channels.remind(when_it_declares())
        await say(room, "02:50", WON, id="won")
        assert [heading for heading, _ in await asked_for(room)] == [f"file ({HEADLINE})"]

        await take_down(room, "02:55", id="won")

        back = "file (Tamworth has not declared: what was said is taken back)"
        assert [heading for heading, _ in await asked_for(room)] == [back]

        await say(room, "03:00", "Conservatives hold Tamworth.", id="right")

        right = "file (Tamworth: Conservatives hold)"
        assert [heading for heading, _ in await asked_for(room)] == [right]
        (*_, (key, post)) = [
            one for one in await room.told(PostKind.REMINDER) if "asked" in one[0].subject
        ]
        assert (key.version, post.edited) == (3, at("03:00"))


async def test_what_was_only_to_be_remembered_never_changes(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.channels.remind(
            Asked(channel=NEWSROOM, author="Ada", due=at("02:30"), words="file")
        )
        await room.move_to(at("02:30"))
        told = await room.told(PostKind.REMINDER)
        await say(room, "02:50", WON)
        assert await room.told(PostKind.REMINDER) == told

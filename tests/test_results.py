"""Results sources through the desk's door: real files in a real folder, on both databases."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.ask import Ask, Author, Channel, Follow
from bot.chat.post import PostKind
from bot.chat.reply import Reply
from bot.clocks import StoppedClock
from bot.desk_notes import DeskNotes
from bot.differences import Differences
from bot.election.bulletin import Bulletin
from bot.election.contest import Stage
from bot.election.figure import Standing
from bot.errors import SourceError
from bot.liveblog.statements import TurnoutClaim
from bot.ports import EntryState
from bot.remarks import Remarks
from bot.results import Results
from bot.results_sources import Look
from bot.sources.democracy_club import bulletins, parse_ballot, parse_feed
from bot.sources.pa_folder import BROKEN_FOR, PaFolder
from bot.store import Store
from tests.nights.facts import MID_BEDFORDSHIRE
from tests.nights.facts import TAMWORTH as CONTEST
from tests.results import TAMWORTH, as_json, ballot, event, feed, pa, state
from tests.rooms import NEWSROOM, Room, at, following, open_room, plan, word

OPERATORS = Channel(platform="terminal", id="operators")
DESK = Channel(platform="terminal", id="desk")
HERE = Channel(platform="slack", id="C1")
ANN = Author(platform="slack", id="U1", name="Ann")
BOB = Author(platform="discord", id="2", name="Bob")
NIGHT = at("02:47")
RESULT = (
    "Lab 11,719 Con 10,403 RUK 1,373 Britain First 580 UKIP 436 Green 417 LD 417 "
    "Laud Hope 155 Longman 86"
)
DECLARED = "Tamworth: Labour gain from Conservatives"


def swapped(first: int, second: int):
    """The result with two other figures at its head."""
    lines = list(TAMWORTH)
    lines[0], lines[1] = (*lines[0][:-1], first), (*lines[1][:-1], second)
    return lines


class Count:
    """A room with a folder of PA Media's beside it, and a desk that follows checks."""

    def __init__(self, room: Room, folder: Path, rows=None) -> None:
        self.rows = room.store.bulletins if rows is None else rows(room.store)
        self.room = room
        self.folder = folder
        self.source = PaFolder(folder)
        notes = DeskNotes(word=word, operator=OPERATORS)
        self.differences = Differences(
            rows=room.store.telling,
            newsroom_at=room.store.newsroom,
            notes=notes,
            clock=room.clock,
            names=frozenset({"PA Media", "Democracy Club"}),
        )
        self.results = Results(
            sources=(self.source,),
            rows=self.rows,
            remarks=Remarks(
                rows=room.store.telling,
                newsroom_at=room.store.newsroom,
                notes=notes,
                clock=room.clock,
            ),
            newsroom_at=room.store.newsroom,
            notes=notes,
            clock=room.clock,
            changed=self.changed,
        )

    async def changed(self, touched: frozenset[str] | None = None) -> None:
        await self.room.announcer.look(touched)
        await self.differences.look(touched)
        await self.room.diary.look(touched)
        await self.room.boards.look(touched)

    def later(self, **span: float) -> None:
        assert isinstance(self.room.clock, StoppedClock)
        self.room.clock.moment += timedelta(**span)

    async def lands(self, name: str, content: bytes) -> None:
        """A file lands in the folder, and is looked at."""
        (self.folder / name).write_bytes(content)
        await self.look()

    async def look(self) -> None:
        self.later(seconds=2)
        await self.results.look(self.source)

    async def club(self, *entries: str, **changes) -> None:
        """Democracy Club says something of Tamworth."""
        self.later(seconds=2)
        said = parse_ballot(as_json(ballot(**changes)))
        events = parse_feed(feed(*entries)).events
        await self.results.look(Club(bulletins(said, events, "https://candidates.example/x/")))

    async def say(self, who: Author, text: str) -> Reply:
        self.later(seconds=2)
        reply = await self.room.desk.answer(Ask(text=text, author=who, channel=HERE))
        await self.changed(None)
        return reply

    @property
    def newsroom(self):
        return self.room.store.newsroom(self.room.clock.now())

    async def result(self) -> tuple[str, int | None, Standing] | None:
        """Who is quoted, the majority, and its standing."""
        declared = await self.newsroom.declaration(CONTEST)
        if declared is None:
            return None
        return declared.source.name, declared.value.majority, declared.standing

    async def journal(self) -> list[tuple[str, str, EntryState]]:
        entries = await self.newsroom.journal()
        return [(entry.author.name, entry.action, entry.state) for entry in entries]

    async def checks(self) -> list[str]:
        return await self.room.headings(PostKind.CHECK)

    async def last_check(self) -> str:
        """The words of the last note."""
        (*_, (_, post)) = await self.room.told(PostKind.CHECK)
        return "\n".join(block.text for block in post.body)


class Club:
    """Democracy Club, with what it says."""

    name, key, standing, poll = "Democracy Club", "democracy_club", Standing.PROVISIONAL, 6.5

    def __init__(self, said: Iterable[Bulletin]) -> None:
        self.said = tuple(said)

    async def look(self, contests, now):
        return Look(bulletins=self.said, wait=self.poll)


@asynccontextmanager
async def running(results: Results) -> AsyncIterator[None]:
    """Within it, results sources are looked at."""
    task = asyncio.create_task(results.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


CHANNELS = [following(), following(DESK, frozenset({Follow.CHECKS}))]


@asynccontextmanager
async def count_at(url: str, folder: Path, **given) -> AsyncIterator[Count]:
    folder.mkdir(exist_ok=True)  # noqa: ASYNC240 - a folder of a test
    clock = given.pop("clock", None) or StoppedClock(NIGHT)
    rows = given.pop("rows", None)
    async with open_room(url, clock=clock, **{"channels": CHANNELS, **given}) as room:
        await room.start()
        yield Count(room, folder, rows)


@pytest.fixture
async def count(database_url: str, tmp_path: Path) -> AsyncIterator[Count]:
    async with count_at(database_url, tmp_path / "pa") as count:
        yield count


# ── PA Media ─────────────────────────────────────────────────────────────────────────────────


async def test_a_result_is_declared_with_its_votes_and_quoted_as_pa_medias(count: Count):
    await count.lands("By_election_result_Tamworth_1.xml", pa())
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
    declared = await count.newsroom.declaration(CONTEST)
    assert declared.at == at("02:46")
    assert declared.value.result.complete
    assert await count.room.headings(PostKind.DECLARATION) == [DECLARED]
    assert DECLARED in await count.room.stands(NEWSROOM)
    assert await count.journal() == [("PA Media", "report result", EntryState.STANDS)]
    assert await count.checks() == []


async def test_a_tie_is_decided_by_lot_as_the_source_marks_it(count: Count):
    level = swapped(11_061, 11_061)
    await count.lands("result_Tamworth_1.xml", pa(lines=level, elected="nobody"))
    assert await count.result() is None
    assert "Record it by hand if it is right: record result Tamworth …" in await count.last_check()
    await count.lands("result_Tamworth_2.xml", pa(lines=level, revision=2))
    assert await count.result() == ("PA Media", 0, Standing.REPORTED)
    declared = await count.newsroom.declaration(CONTEST)
    assert (declared.value.candidate, declared.value.by_lot) == ("Sarah Edwards", True)
    assert declared.value.result.complete


async def test_a_rush_has_the_winner_first_and_the_result_its_votes(count: Count):
    await count.lands("By_election_rush_Tamworth_1.xml", pa("FirstPastThePostRush"))
    assert await count.result() == ("PA Media", None, Standing.PROVISIONAL)
    await count.lands("By_election_result_Tamworth_1.xml", pa())
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
    versions = [key.version for key, _ in await count.room.told(PostKind.DECLARATION)]
    assert versions == [1, 2]


async def test_a_rush_never_comes_over_a_result(count: Count):
    await count.lands("result_Tamworth_1.xml", pa())
    late = pa("FirstPastThePostRush", revision=9, elected="Cooper")
    await count.lands("rush_Tamworth_9.xml", late)
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
    assert len(await count.journal()) == 1


async def test_a_higher_revision_corrects_and_a_lower_one_is_late(count: Count):
    await count.lands("result_Tamworth_2.xml", pa(revision=2, lines=swapped(11_729, 10_403)))
    await count.lands("result_Tamworth_1.xml", pa(revision=1))
    assert await count.result() == ("PA Media", 1_326, Standing.REPORTED)
    await count.room.stands(NEWSROOM)
    await count.lands("result_Tamworth_3.xml", pa(revision=3))
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
    assert "Correction, Tamworth: Labour gain from Conservatives, majority 1,316" in (
        await count.room.headings(PostKind.DECLARATION)
    )
    # Its own earlier word is no other source.
    assert await count.checks() == []


async def test_a_recount_is_a_stage_as_when_it_is_recorded(count: Count):
    await count.room.channels.follow(HERE, frozenset({Follow.REMINDERS}), frozenset())
    await count.say(ANN, "remind us when Tamworth goes to a recount")
    await count.lands("recount_Tamworth_1.xml", pa("Recount"))
    assert (await count.newsroom.stage(CONTEST)).value is Stage.RECOUNT
    assert await count.journal() == [("PA Media", "report recount", EntryState.STANDS)]
    assert any("recount" in heading for heading in await count.room.headings(PostKind.REMINDER))
    await count.lands("result_Tamworth_1.xml", pa())
    await count.lands("recount_Tamworth_2.xml", pa("Recount", revision=2))
    assert len(await count.journal()) == 2


async def test_a_folder_full_of_files_is_read_to_its_last_word(database_url, tmp_path):
    folder = tmp_path / "pa"
    folder.mkdir()
    (folder / "a_rush_Tamworth_1.xml").write_bytes(pa("FirstPastThePostRush"))
    (folder / "b_result_Tamworth_1.xml").write_bytes(pa(lines=swapped(11_700, 10_403)))
    (folder / "c_result_Tamworth_2.xml").write_bytes(pa(revision=2))
    (folder / "d_SOP_1.xml").write_bytes(
        b'<FirstPastThePostStateOfParties totalNumberOfConstituencies="650" revision="1"/>'
    )
    (folder / ".e_result_Tamworth_3.xml.part").write_bytes(b"<First")
    async with count_at(database_url, folder) as count:
        await count.look()
        assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
        assert len(await count.journal()) == 1
        assert await count.room.headings(PostKind.DECLARATION) == [DECLARED]


async def test_a_restart_takes_nothing_twice(database_url, tmp_path):
    for number in range(2):
        clock = StoppedClock(NIGHT + timedelta(minutes=number))
        async with count_at(database_url, tmp_path / "pa", clock=clock) as count:
            await count.lands("result_Tamworth_1.xml", pa())
            assert len(await count.journal()) == 1, number
            assert await count.room.headings(PostKind.DECLARATION) == [DECLARED]


async def test_a_file_that_is_half_there_is_read_once_it_is_whole(count: Count):
    await count.lands("result_Tamworth_1.xml", pa()[:300])
    assert await count.result() is None
    await count.lands("result_Tamworth_1.xml", pa())
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
    count.later(minutes=2)
    await count.look()
    assert await count.checks() == []


async def test_a_file_that_stays_broken_is_told_of_once(count: Count):
    await count.lands("result_Tamworth_1.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    assert await count.checks() == []
    for _ in range(3):
        count.later(seconds=BROKEN_FOR.total_seconds())
        await count.look()
    assert await count.checks() == ["PA Media: the file result_Tamworth_1.xml cannot be read"]


async def test_what_is_no_file_of_pas_is_left_alone(count: Count, tmp_path: Path):
    secret = tmp_path / "secret.xml"
    secret.write_bytes(pa())
    (count.folder / "linked.xml").symlink_to(secret)
    (count.folder / "folder.xml").mkdir()
    (count.folder / "notes.txt").write_bytes(pa())
    await count.look()
    assert await count.result() is None


async def nobody():
    return ()


async def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path):
    with pytest.raises(SourceError, match="Look at PA_FOLDER"):
        await PaFolder(tmp_path / "nowhere").look(nobody, NIGHT)


async def test_another_seats_result_is_nobodys_business(count: Count):
    await count.lands("result_Selby_1.xml", pa(name="Selby & Ainsty"))
    assert (await count.journal(), await count.checks()) == ([], [])


async def test_pas_own_names_of_seats_are_known(count: Count):
    lines = [("Alistair", "Strathern", "Lab", "Labour", "", 13_872)]
    lines += [("Festus", "Akinbusoye", "C", "Conservative", "", 12_680)]
    rush = pa("FirstPastThePostRush", name="Bedfordshire Mid", lines=lines, elected="Strathern")
    await count.lands("rush_Bedfordshire_Mid_1.xml", rush)
    declared = await count.newsroom.declaration(MID_BEDFORDSHIRE)
    assert declared.value.candidate == "Alistair Strathern"


async def test_results_of_another_day_are_told_of_once_and_left_aside(count: Count):
    for number in (1, 2):
        await count.lands(f"result_Tamworth_{number}.xml", pa(day="2015-05-06", revision=number))
    assert await count.result() is None
    assert await count.checks() == ["PA Media has results of 6 May 2015"]


async def test_a_rehearsal_before_polls_close_is_told_of_and_left_aside(database_url, tmp_path):
    clock = StoppedClock(at("16:00"))
    async with count_at(database_url, tmp_path / "pa", clock=clock) as count:
        await count.lands("result_Tamworth_1.xml", pa())
        assert await count.result() is None
        assert await count.checks() == ["PA Media has a result of Tamworth before polls close"]


# ── What does not add up ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (pa(majority=1_361), "A majority of 1,361 is stated; by the votes it is 1,316."),
        (pa(turnout=25_558), "The votes add up to 25,586, and 25,558 are stated."),
        (pa(elected="Simon"), "Ashlea Simon is marked as elected, and Sarah Edwards has most"),
        (pa(lines=TAMWORTH[:-1]), "Without votes: Peter George Longman (Ind)."),
        (
            pa(lines=[*TAMWORTH[:-1], ("Jim", "Hacker", "Adm", "Administrative", "", 86)]),
            "Jim Hacker (Adm) is not on the ballot paper of Tamworth.",
        ),
        (pa(lines=swapped(61_719, 10_403)), "are more than 71,302 electors."),
    ],
)
async def test_what_does_not_add_up_is_not_taken_and_the_desk_is_told(count, content, sentence):
    await count.lands("result_Tamworth_1.xml", content)
    assert await count.result() is None
    assert await count.room.headings(PostKind.DECLARATION) == []
    assert await count.checks() == ["Not taken, PA Media on Tamworth"]
    words = await count.last_check()
    assert sentence in words
    assert "Nothing has gone out." in words
    assert "Not taken, PA Media on Tamworth" in await count.room.stands(DESK)
    assert await count.room.stands(NEWSROOM) == []
    # Looked at again, it is not told again.
    await count.look()
    assert len(await count.checks()) == 1


async def test_the_desk_can_insist_on_what_did_not_add_up(count: Count):
    await count.lands("result_Tamworth_1.xml", pa(majority=1_361))
    words = await count.last_check()
    assert "insist 1, and then confirm 1" in words
    await count.say(ANN, "insist 1")
    confirmed = await count.say(BOB, "confirm 1")
    assert confirmed.lines == ("Recorded by PA Media, confirmed by Bob.",)
    assert await count.result() == ("PA Media", 1_316, Standing.OFFICIAL)


async def test_nothing_that_names_strangers_can_be_insisted_on(count: Count):
    lines = [("Jim", "Hacker", "Adm", "Administrative", "", 86)] * 2
    await count.lands("result_Tamworth_1.xml", pa(lines=lines))
    words = await count.last_check()
    assert "Record it by hand if it is right: record result Tamworth …" in words
    assert "Nothing waits under the number" in (await count.say(ANN, "insist 1")).title


async def test_a_doubt_does_not_hold_up_a_result(count: Count):
    await count.lands("result_Tamworth_1.xml", pa(gainOrHold="hold", electorate=70_302))
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
    assert await count.checks() == ["Look at PA Media on Tamworth: taken, with a doubt"]
    words = await count.last_check()
    assert "It is called a hold, and is a gain as the night has it" in words
    assert "The electorate on record is 71,302." in words


async def test_where_nobody_follows_checks_the_operators_hear_it(database_url, tmp_path):
    async with count_at(database_url, tmp_path / "pa", channels=[following()]) as count:
        await count.lands("result_Tamworth_1.xml", pa(majority=1_361))
        assert await count.room.stands(OPERATORS) == ["Not taken, PA Media on Tamworth"]


# ── Beside people, and beside each other ─────────────────────────────────────────────────────


async def test_a_confirmed_result_stands_over_a_source_and_both_are_shown(count: Count):
    recorded = await count.say(ANN, f"record result Tamworth {RESULT}")
    await count.say(BOB, f"confirm {recorded.value}")
    await count.lands("result_Tamworth_1.xml", pa(lines=swapped(11_719, 10_430)))
    assert await count.result() == ("Ann", 1_316, Standing.OFFICIAL)
    assert await count.checks() == ["Tamworth: Ann and PA Media differ"]
    words = await count.last_check()
    assert "Ann, official, 02:47: Labour gain from Conservatives, majority 1,316." in words
    assert "PA Media, reported, 02:46: Labour gain from Conservatives, majority 1,289." in words
    assert "Andy Cooper 10,430" in words
    assert "Sarah Edwards" not in words
    assert "What Ann says is used." in words
    await count.changed(None)
    assert len(await count.checks()) == 1


async def test_a_difference_that_is_settled_is_struck(count: Count):
    recorded = await count.say(ANN, f"record result Tamworth {RESULT}")
    await count.say(BOB, f"confirm {recorded.value}")
    await count.lands("result_Tamworth_1.xml", pa(lines=swapped(11_719, 10_430)))
    await count.room.stands(DESK)
    await count.lands("result_Tamworth_2.xml", pa(revision=2))
    assert await count.room.stands(DESK) == ["Tamworth: Ann and PA Media differ (withdrawn)"]


async def test_a_reporters_record_does_not_end_what_a_source_says(count: Count):
    await count.lands("result_Tamworth_1.xml", pa())
    recorded = await count.say(ANN, f"record result Tamworth {RESULT.replace('417 LD', '418 LD')}")
    await count.say(BOB, f"confirm {recorded.value}")
    assert await count.result() == ("Ann", 1_316, Standing.OFFICIAL)
    await count.say(BOB, "undo")
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)


async def test_a_reporter_can_take_back_what_a_source_says(count: Count):
    await count.lands("result_Tamworth_1.xml", pa())
    await count.room.stands(NEWSROOM)
    await count.say(ANN, "retract result Tamworth")
    assert await count.result() is None
    assert f"{DECLARED} (withdrawn)" in await count.room.stands(NEWSROOM)
    # The same file does not bring it back; a newer one does.
    await count.look()
    assert await count.result() is None
    await count.lands("result_Tamworth_2.xml", pa(revision=2))
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)


async def test_a_turnout_that_a_person_confirms_is_not_taken_for_a_sources(count: Count):
    await count.say(ANN, "record turnout Tamworth 25,630 of 71,302")
    await count.lands("result_Tamworth_1.xml", pa())
    confirmed = await count.say(BOB, "confirm turnout Tamworth")
    assert not confirmed.error, confirmed.title
    assert await count.checks() == []


async def test_a_result_is_held_against_a_turnout_of_more_standing_only(count: Count):
    await count.say(ANN, "record turnout Tamworth 25,360 of 71,302")
    await count.lands("result_Tamworth_1.xml", pa())
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
    await count.say(ANN, "retract result Tamworth")
    await count.say(BOB, "confirm turnout Tamworth")
    await count.lands("result_Tamworth_2.xml", pa(revision=2))
    assert await count.result() is None
    words = await count.last_check()
    assert "25,360 ballots were counted: 226 too many." in words


async def test_a_blog_that_has_two_lines_later_does_not_replace_a_whole_result(count: Count):
    await count.lands("result_Tamworth_1.xml", pa())
    count.later(minutes=5)
    told = (
        "Labour gain Tamworth. The votes:</p><ul><li>Sarah Edwards (Labour) 11,719</li>"
        "<li>Andy Cooper (Conservative) 10,430</li></ul><p>"
    )
    count.room.blog.post("gain", count.room.clock.now(), "Labour gain Tamworth", told)
    await count.room.look()
    await count.changed(None)
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
    assert "Tamworth: PA Media and The Example differ" in await count.checks()
    assert "What PA Media says is used." in await count.last_check()


# ── Democracy Club ───────────────────────────────────────────────────────────────────────────


async def test_democracy_clubs_result_is_provisional_and_pa_medias_is_used(count: Count):
    await count.club(votes=True, elected="Edwards", lines=swapped(11_719, 10_413))
    assert await count.result() == ("Democracy Club", 1_306, Standing.PROVISIONAL)
    await count.lands("result_Tamworth_1.xml", pa())
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
    assert await count.checks() == ["Tamworth: PA Media and Democracy Club differ"]


async def test_democracy_clubs_turnout_comes_with_its_result(count: Count):
    sound = {"num_turnout_reported": 25_630, "num_spoilt_ballots": 44, "total_electorate": 71_302}
    await count.club(votes=True, elected="Edwards", results=sound)
    turnout = await count.newsroom.turnout(CONTEST)
    assert (turnout.value.ballots, turnout.source.name) == (25_630, "Democracy Club")
    assert turnout.source.url == "https://candidates.example/x/"


async def test_a_percentage_where_ballots_belong_is_not_taken_and_told_once(count: Count):
    for _ in range(2):
        await count.club(votes=True, elected="Edwards", results={"num_turnout_reported": 36})
    stated = [one.value for one in await count.newsroom.stated(CONTEST)]
    assert not [claim for claim in stated if isinstance(claim, TurnoutClaim)]
    assert await count.result() == ("Democracy Club", 1_316, Standing.PROVISIONAL)
    assert await count.checks() == ["Look at Democracy Club on Tamworth: taken, with a doubt"]
    words = await count.last_check()
    assert "36 ballots are no turnout; it may be per cent." in words


async def test_a_retraction_takes_the_result_back_with_the_source_as_its_author(count: Count):
    won = {"votes": True, "elected": "Edwards"}
    await count.club(event(7), **won)
    await count.room.stands(NEWSROOM)
    await count.club(event(7), event(8, retraction=True), **won)
    assert await count.result() is None
    assert f"{DECLARED} (withdrawn)" in await count.room.stands(NEWSROOM)
    assert await count.journal() == [
        ("Democracy Club", "report result", EntryState.STANDS),
        ("Democracy Club", "retract result", EntryState.STANDS),
    ]
    # What was taken back stays so until it is said anew.
    await count.club(event(7), event(8, retraction=True), **won)
    assert await count.result() is None
    await count.club(event(7), event(8, retraction=True), event(9), **won)
    assert await count.result() == ("Democracy Club", 1_316, Standing.PROVISIONAL)


async def test_a_retraction_leaves_what_others_say(count: Count):
    await count.lands("result_Tamworth_1.xml", pa())
    await count.club(event(7), votes=True, elected="Edwards")
    await count.club(event(7), event(8, retraction=True), votes=True)
    assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
    # Where a source has said nothing, there is nothing to take back.
    await count.club(event(7), event(8, retraction=True), event(9), event(10, retraction=True))
    assert len(await count.journal()) == 3


async def test_votes_of_less_standing_do_not_change_a_winner(count: Count):
    await count.lands("rush_Tamworth_1.xml", pa("FirstPastThePostRush"))
    await count.say(ANN, "retract result Tamworth")
    room = count.room
    room.blog.post("gain", at("02:45"), "Labour gain Tamworth", "Labour gain Tamworth.")
    await room.look()
    await count.club(votes=True, lines=swapped(10_403, 11_719))
    assert (await count.newsroom.declaration(CONTEST)).value.winner.short == "Lab"


# ── Who stands ───────────────────────────────────────────────────────────────────────────────


async def test_candidates_come_from_a_source_where_the_night_file_has_none(database_url, tmp_path):
    bare = [plan(replace(CONTEST, candidacies=()), declaration="around 03:40")]
    for number in range(2):
        clock = StoppedClock(NIGHT + timedelta(minutes=number))
        async with count_at(database_url, tmp_path / "pa", contests=bare, clock=clock) as count:
            await count.lands("result_Tamworth_1.xml", pa())
            assert await count.result() == ("PA Media", 1_316, Standing.REPORTED), number
            (contest,) = [c for c in await count.newsroom.contests() if c.id == CONTEST.id]
            assert [one.party.short for one in contest.candidacies] == [
                "Lab", "Con", "RUK", "BF", "UKIP", "Green", "LD", "MRLP", "Ind",
            ]  # fmt: skip
            # A restart knows them still, and takes nothing back.
            assert await count.room.headings(PostKind.DECLARATION) == [DECLARED]


async def test_a_candidate_that_the_night_file_has_is_not_replaced(count: Count):
    await count.club(votes=True, elected="Edwards")
    (contest,) = [c for c in await count.newsroom.contests() if c.id == CONTEST.id]
    assert contest.candidacies == CONTEST.candidacies


# ── How the parties stand ────────────────────────────────────────────────────────────────────


async def test_the_state_of_the_parties_is_pa_medias_newest(count: Count):
    assert "No state of the parties has come" in (await count.say(ANN, "tally")).title
    await count.lands("SOP_2.xml", state(2))
    await count.lands("SOP_1.xml", state(1, labour=100))
    await count.lands("SOP_9.xml", state(9, labour=1, day="2015-05-06"))
    said = await count.say(ANN, "state of the parties")
    assert said.title == "After 312 of 650 seats: Labour 285"
    assert said.table.rows == (
        ("Labour", "285", "+160", "−132", "10,753,799", "36.98%"),
        ("Conservative", "20", "", "", "9,479,293", ""),
    )
    assert said.origin.source.name == "PA Media"
    await count.lands("SOP_3.xml", state(3, labour=286))
    assert (await count.say(ANN, "tally")).value == {"Lab": 286, "C": 20}
    # As of a moment before, it is what it was then.
    earlier = count.room.store.newsroom(count.room.clock.now() - timedelta(seconds=4))
    assert (await earlier.state_of_parties()).value.parties[0].seats == 285


# ── What goes wrong on the way ───────────────────────────────────────────────────────────────


class Rows:
    """The rows of bulletins, of a database that may be away for a moment."""

    def __init__(self, store: Store) -> None:
        self.store, self.away = store, True

    async def heard(self, source, contest_id):
        if self.away:
            raise ConnectionError("It is away.")
        return await self.store.bulletins.heard(source, contest_id)

    def __getattr__(self, name):
        return getattr(self.store.bulletins, name)


async def test_what_could_not_be_kept_is_taken_at_the_next_look(database_url, tmp_path):
    async with count_at(database_url, tmp_path / "pa", rows=Rows) as count:
        await count.lands("result_Tamworth_1.xml", pa())
        assert await count.result() is None
        count.rows.away = False
        await count.look()
        assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)
        assert await count.room.headings(PostKind.DECLARATION) == [DECLARED]


async def until_noticed(count: Count, times: int) -> None:
    """Wait until the desk was told so often; the outbox tells nobody."""
    while len(await count.room.headings(PostKind.NOTICE)) < times:  # noqa: ASYNC110 - see above
        await asyncio.sleep(0.01)


async def test_a_source_that_fails_is_told_of_once_and_once_that_it_is_back(sqlite_url, tmp_path):
    folder = tmp_path / "pa"
    async with count_at(sqlite_url, folder) as count:
        folder.rename(tmp_path / "away")
        assert isinstance(count.room.clock, StoppedClock)
        async with running(count.results), asyncio.timeout(20):
            await until_noticed(count, 1)
            (tmp_path / "away").rename(folder)
            (folder / "result_Tamworth_1.xml").write_bytes(pa())
            await until_noticed(count, 2)
        assert await count.room.headings(PostKind.NOTICE) == [
            "PA Media cannot be read",
            "PA Media can be read again",
        ]
        assert await count.result() == ("PA Media", 1_316, Standing.REPORTED)


# ── How looking at them goes ─────────────────────────────────────────────────────────────────


async def until_status(count: Count, *words: str) -> str:
    """What `status` says of PA Media, once it has these words."""
    async with asyncio.timeout(20):
        while True:
            reply = await count.room.desk.answer(Ask(text="status", author=ANN, channel=HERE))
            said = "\n".join(line for line in reply.lines if "PA Media" in line)
            if all(one in said for one in words):
                return said
            await asyncio.sleep(0.01)


async def test_the_status_has_the_last_look_and_the_last_bulletin_of_a_source(count: Count):
    assert await count.newsroom.results_sources() == []
    async with running(count.results):
        assert "nothing yet; looked at" in await until_status(count, "looked at", "; again in")
        (count.folder / "result_Tamworth_1.xml").write_bytes(pa())
        said = await until_status(count, "the last of Tamworth at ")
        assert "Labour gain, majority 1,316; looked at" in said
        count.folder.rename(count.folder.parent / "away")
        failing = await until_status(count, "⚠ PA Media", "Until then: the last of Tamworth at ")
        (since,) = re.findall(r"since [0-9:]+", failing)
        count.later(hours=1)
        later = await until_status(count, "⚠ PA Media", since)
        assert re.search(r"looked at [0-9]+ h [0-9]+ min ago", later)
        (count.folder.parent / "away").rename(count.folder)
        await until_status(count, "PA Media: the last of Tamworth")
    (health,) = await count.newsroom.results_sources()
    assert (health.trouble, health.trouble_since) == (None, None)


async def test_a_source_that_is_set_up_no_more_is_not_listed(count: Count):
    await count.rows.look_at({"pa": "PA Media", "democracy_club": "Democracy Club"})
    await count.rows.look_at({"democracy_club": "Democracy Club"})
    assert [one.name for one in await count.newsroom.results_sources()] == ["Democracy Club"]
    await count.rows.look_at({})
    assert await count.newsroom.results_sources() == []

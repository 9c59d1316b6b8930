"""Figures go in at the desk, checked and confirmed, and reach everyone; on both databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.ask import Ask, Author, Channel, Follow
from bot.chat.form import FormError
from bot.chat.post import Post, PostKind
from bot.chat.reply import Reply
from bot.clocks import StoppedClock
from bot.count_desk import CountDesk, Eyes
from bot.desk_memory import Deed, EntryState
from bot.election.contest import Candidacy, MilestoneKind, Stage
from bot.election.figure import Standing
from bot.liveblog.statements import TurnoutClaim
from tests.nights.facts import INDEPENDENT, MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import NEWSROOM, Room, at, following, open_room, plan

HERE = Channel(platform="slack", id="C1")
CHECKS = Channel(platform="terminal", id="checks")
SPORT = Channel(platform="terminal", id="sport")
ANN = Author(platform="slack", id="U1", name="Ann")
BOB = Author(platform="discord", id="2", name="Bob")
RESULT = (
    "Lab 11,719 Con 10,403 RUK 1,373 Britain First 580 UKIP 436 Green 417 LD 417 "
    "Laud Hope 155 Longman 86"
)
NIGHT = at("02:40")


SCHOOL = "record venue Tamworth: Tamworth Castle School"


def body(post: Post) -> list[str]:
    return ["".join(span.text for span in block.spans) for block in post.body]


class Desk:
    """A room, and people who speak to its desk."""

    def __init__(self, room: Room) -> None:
        self.room = room

    @property
    def clock(self) -> StoppedClock:
        assert isinstance(self.room.clock, StoppedClock)
        return self.room.clock

    async def say(self, who: Author, text: str) -> Reply:
        return await self.room.desk.answer(Ask(text=text, author=who, channel=HERE))

    async def takes(self, who: Author, text: str) -> Reply:
        reply = await self.say(who, text)
        assert not reply.error, reply.title
        self.clock.moment += timedelta(seconds=1)
        return reply

    async def refuses(self, who: Author, text: str) -> str:
        reply = await self.say(who, text)
        assert reply.error, reply.title
        return reply.title

    @property
    def newsroom(self):
        return self.room.store.newsroom(self.clock.now())

    async def majority(self) -> int | None:
        declared = await self.newsroom.declaration(TAMWORTH)
        return None if declared is None else declared.value.majority

    async def turnout(self) -> str | None:
        known = await self.newsroom.turnout(TAMWORTH)
        return None if known is None else str(known.value.shown())

    async def expected(self, contest=TAMWORTH) -> str:
        timetable = await self.newsroom.timetable(contest)
        (time,) = [one.time.value.at for one in timetable if one.kind is MilestoneKind.DECLARATION]
        return f"{time + timedelta(hours=1):%H:%M}"


@asynccontextmanager
async def desk_at(url: str, eyes: Eyes | None = None) -> AsyncIterator[Desk]:
    channels = [following(), following(CHECKS, frozenset({Follow.CHECKS}))]
    async with open_room(url, clock=StoppedClock(NIGHT), channels=channels, eyes=eyes) as room:
        await room.start()
        yield Desk(room)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with desk_at(database_url) as desk:
        yield desk


# ── A result needs two people ────────────────────────────────────────────────────────────────


async def test_a_result_goes_out_only_when_a_second_person_confirms_it(desk):
    shown = await desk.takes(ANN, f"record result Tamworth {RESULT}")
    assert shown.title == (
        "Is this right? Tamworth: Labour gain from Conservatives, majority 1,316"
    )
    assert await desk.majority() is None
    assert await desk.room.headings(PostKind.DECLARATION) == []

    number = shown.value
    assert "somebody else" in await desk.refuses(ANN, f"confirm {number}")
    confirmed = await desk.takes(BOB, f"confirm {number}")
    assert confirmed.lines == ("Recorded by Ann, confirmed by Bob.",)
    assert await desk.majority() == 1_316
    declared = await desk.newsroom.declaration(TAMWORTH)
    assert declared.standing is Standing.OFFICIAL
    assert declared.source.name == "Ann"
    assert await desk.room.headings(PostKind.DECLARATION) == [
        "Tamworth: Labour gain from Conservatives"
    ]
    assert "was taken already" in await desk.refuses(BOB, f"confirm {number}")


async def test_two_candidates_of_one_name_are_told_apart_by_their_parties(database_url: str):
    others = tuple(one for one in TAMWORTH.candidacies if one.name != "Peter George Longman")
    namesake = Candidacy(name="Andy Cooper", party=INDEPENDENT)
    contest = replace(TAMWORTH, candidacies=(*others, namesake))
    clock = StoppedClock(NIGHT)
    async with open_room(database_url, clock=clock, contests=[plan(contest)]) as room:
        await room.start()
        await room.boards.post(NEWSROOM)
        await room.deliver()
        desk = Desk(room)
        shown = await desk.takes(ANN, f"record result Tamworth {RESULT.replace('Longman', 'Ind')}")
        await desk.takes(BOB, f"confirm {shown.value}")
        declared = await desk.newsroom.declaration(contest)
        votes = {
            (x.candidacy.name, x.candidacy.party.short): x.votes
            for x in declared.value.result.votes
        }
        assert votes["Andy Cooper", "Con"] == 10_403
        assert votes["Andy Cooper", "Ind"] == 86
        await room.move_to(desk.clock.now() + timedelta(seconds=15))
        board = [post for _, post in await room.told(PostKind.BOARD)][-1]
        assert "Labour gain" in str(board.body)
        assert declared.value.majority == 1_316
        assert await room.headings(PostKind.DECLARATION) == [
            "Tamworth: Labour gain from Conservatives"
        ]


async def test_what_is_recorded_is_kept_though_telling_of_it_breaks(database_url: str):
    async def broken(_: frozenset[str]) -> None:
        raise ValueError("something else is damaged")

    async with desk_at(database_url) as desk:
        rows = desk.room.store.journal
        count_desk = CountDesk(rows=rows, clock=desk.clock, changed=broken)
        ask = Ask(text="record turnout", author=ANN, channel=HERE)
        deed = Deed(
            action="record turnout",
            contest_id=TAMWORTH.id,
            claims=(TurnoutClaim(contest_id=TAMWORTH.id, ballots=25_630, words="25,630"),),
            standing=Standing.PROVISIONAL,
            before=None,
            after="25,630",
        )
        assert (await count_desk.take(ask, deed)).state is EntryState.STANDS
        assert await desk.turnout() == "35.9"


async def test_a_confirm_button_dies_when_the_figures_change(desk):
    first = await desk.takes(ANN, f"record result Tamworth {RESULT}")
    second = await desk.takes(ANN, f"record result Tamworth {RESULT.replace('417', '418')}")
    assert first.value != second.value
    assert "replaced by newer figures" in await desk.refuses(BOB, f"confirm {first.value}")
    await desk.takes(BOB, f"confirm {second.value}")
    assert "nothing is left" in await desk.refuses(BOB, f"reject {second.value}")


async def test_what_is_rejected_never_goes_out(desk):
    shown = await desk.takes(ANN, f"record result Tamworth {RESULT}")
    await desk.takes(BOB, f"reject {shown.value}")
    assert "was rejected" in await desk.refuses(BOB, f"confirm {shown.value}")
    assert await desk.majority() is None


async def test_one_person_may_confirm_after_a_pause_where_that_is_set(database_url):
    async with desk_at(database_url, Eyes(people=1, pause=timedelta(seconds=30))) as desk:
        shown = await desk.takes(ANN, f"record result Tamworth {RESULT}")
        assert "in 30 seconds" in await desk.refuses(ANN, f"confirm {shown.value}")
        desk.clock.moment += timedelta(seconds=30)
        await desk.takes(ANN, f"confirm {shown.value}")
        assert await desk.majority() == 1_316


async def test_a_confirmation_finds_its_result_by_the_seat(desk):
    await desk.takes(ANN, f"record result Tamworth {RESULT}")
    assert "No result of Mid Bedfordshire" in await desk.refuses(BOB, "confirm result Mid Beds")
    await desk.takes(BOB, "confirm result Tamworth")
    assert await desk.majority() == 1_316


# ── What does not add up ─────────────────────────────────────────────────────────────────────


async def test_two_figures_swapped_are_caught_and_the_right_result_is_taken(desk):
    await desk.takes(ANN, "record turnout Tamworth 25,630 of 71,302")
    wrong = await desk.takes(
        ANN, f"record result Tamworth {RESULT.replace('11,719', '17,119')} rejected 44"
    )
    assert wrong.title.startswith("Tamworth: this needs a second look")
    assert ("votes and rejected papers", "31,030", "25,630") in wrong.table.rows
    assert "is in question" in await desk.refuses(BOB, f"confirm {wrong.value}")
    assert await desk.majority() is None

    right = await desk.takes(ANN, f"record result Tamworth {RESULT} rejected 44")
    assert right.title.startswith("Is this right?")
    await desk.takes(BOB, f"confirm {right.value}")
    assert await desk.majority() == 1_316
    assert "replaced" in await desk.refuses(ANN, f"insist {wrong.value}")


async def test_what_is_questioned_is_insisted_on_and_still_needs_a_second_person(desk):
    wrong = await desk.takes(ANN, "record result Tamworth Lab 11,719 Con 10,403")
    assert "Without votes" in wrong.lines[0]
    await desk.takes(ANN, f"insist {wrong.value}")
    assert await desk.majority() is None
    await desk.takes(BOB, f"confirm {wrong.value}")
    assert await desk.majority() == 1_316
    assert (await desk.newsroom.declaration(TAMWORTH)).value.result.complete is False


async def test_a_wild_turnout_goes_in_only_when_somebody_insists(desk):
    wild = await desk.takes(ANN, "record turnout Tamworth 3.59%")
    assert await desk.turnout() is None
    await desk.takes(ANN, f"insist {wild.value}")
    assert await desk.turnout() == "3.59"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("record turnout Tamworth 25.6k", "no exact count"),
        ("record turnout Ludlow 35.9%", "Which seat?"),
        ("record turnout Tamworth and Mid Beds 35.9%", "One seat at a time"),
        ("record turnout Tamworth 80,000", "80,000 ballots are more than 71,302 electors"),
        ("record result Tamworth Lab 5 Con 5", "decided by lot"),
        ("record result Tamworth Lab 5 Cooper 5", "may be Andy Cooper"),
        ("record", "What is it: a turnout, a result"),
        ("record verified Tamworth at 09:30am", "still to come"),
        ("confirm 99", "Nothing waits under the number 99"),
        ("confirm", "Say its number"),
        ("undo", "nothing in the last minute"),
        ("retract result Tamworth", "Nobody here has recorded a result"),
        ("estimate Tamworth 01:00", "has passed"),
        ("estimate Tamworth soonish", "clock time"),
        ("delay Tamworth a bit", "no length of time"),
    ],
)
async def test_bad_input_is_a_sentence_and_changes_nothing(desk, text, sentence):
    before = await desk.expected()
    assert sentence in await desk.refuses(ANN, text)
    assert (await desk.turnout(), await desk.majority()) == (None, None)
    assert await desk.expected() == before
    assert await desk.newsroom.journal() == []


async def test_nothing_is_counted_before_polls_close(desk):
    desk.clock.moment = at("21:00")
    assert "Polls close at 22:00" in await desk.refuses(ANN, "record turnout Tamworth 35.9%")


async def test_who_may_not_manage_records_nothing(desk):
    guest = Author(platform="slack", id="U3", name="Eve", manages=False)
    for text in (f"record result Tamworth {RESULT}", "estimate Tamworth 04:00", "undo", "journal"):
        await desk.refuses(guest, text)
    assert await desk.newsroom.journal() == []


# ── Corrections ──────────────────────────────────────────────────────────────────────────────


async def test_a_correction_changes_what_was_posted_in_every_channel(desk):
    shown = await desk.takes(ANN, f"record result Tamworth {RESULT}")
    await desk.takes(BOB, f"confirm {shown.value}")
    await desk.room.stands(NEWSROOM)
    better = await desk.takes(BOB, f"correct result Tamworth {RESULT.replace('1,373', '1,337')}")
    await desk.takes(ANN, f"confirm {better.value}")
    told = await desk.room.told(PostKind.DECLARATION)
    assert [key.version for key, _ in told] == [1, 2]
    (_, first), (_, second) = told
    assert body(second)[0] == "Corrected 02:40: Ian Stuart Cooper 1,337, was 1,373."
    assert "1 of 2 declared. Next: Mid Bedfordshire, expected around 03:10." in body(first)


async def test_another_majority_changes_the_message_and_is_told_anew(desk):
    shown = await desk.takes(ANN, f"record result Tamworth {RESULT}")
    await desk.takes(BOB, f"confirm {shown.value}")
    # A channel that begins to follow declarations now has nothing to take back.
    await desk.room.channels.follow(SPORT, frozenset({Follow.DECLARATIONS}), frozenset())
    await desk.room.stands(NEWSROOM)
    wrong = await desk.takes(BOB, f"correct result Tamworth {RESULT.replace('11,719', '11,791')}")
    assert wrong.lines[0] == "Ann has a majority of 1,316; by these figures it is 1,388."
    await desk.takes(BOB, f"insist {wrong.value}")
    await desk.takes(ANN, f"confirm {wrong.value}")
    # The newer channel has one of them too.
    posts = list(dict(await desk.room.told(PostKind.DECLARATION)).values())
    assert [post.heading for post in posts] == [
        "Tamworth: Labour gain from Conservatives",
        "Tamworth: Labour gain from Conservatives",
        "Correction, Tamworth: Labour gain from Conservatives, majority 1,388",
    ]
    assert body(posts[1])[0] == (
        "Corrected 02:40: majority 1,388, was 1,316; Sarah Edwards 11,791, was 11,719."
    )
    assert body(posts[2]) == ["Not as told before: Labour gain from Conservatives, majority 1,316."]


async def test_a_result_that_is_taken_back_is_struck(desk):
    shown = await desk.takes(ANN, f"record result Tamworth {RESULT}")
    await desk.takes(BOB, f"confirm {shown.value}")
    declared = "Tamworth: Labour gain from Conservatives"
    assert declared in await desk.room.stands(NEWSROOM)
    await desk.takes(ANN, "retract result Tamworth")
    assert await desk.majority() is None
    stands = await desk.room.stands(NEWSROOM)
    assert f"{declared} (withdrawn)" in stands
    assert "Taken back, Tamworth: Labour gain from Conservatives, majority 1,316" in stands


async def test_a_turnout_is_provisional_until_it_is_confirmed(desk):
    await desk.takes(ANN, "record turnout Tamworth 25,630 of 71,302")
    assert (await desk.newsroom.turnout(TAMWORTH)).standing is Standing.PROVISIONAL
    assert "somebody else" in await desk.refuses(ANN, "confirm turnout Tamworth")
    await desk.takes(BOB, "confirm turnout Tamworth")
    assert (await desk.newsroom.turnout(TAMWORTH)).standing is Standing.OFFICIAL
    assert await desk.turnout() == "35.9"


async def test_a_turnout_is_confirmed_while_a_blog_has_reported_another(desk):
    desk.room.blog.post("turnout", at("02:30"), "Tamworth turnout", "Turnout in Tamworth is 36.1%.")
    await desk.room.look()
    assert await desk.turnout() == "36.1"
    recorded = await desk.takes(ANN, "record turnout Tamworth 25,630 of 71,302")
    assert recorded.lines[1] == "Until then The Example is quoted."
    assert await desk.turnout() == "36.1"
    await desk.takes(BOB, "confirm turnout Tamworth")
    assert await desk.turnout() == "35.9"
    assert "waits for nobody any more" in await desk.refuses(BOB, "confirm turnout Tamworth")
    await desk.takes(BOB, "undo")
    assert await desk.turnout() == "36.1"
    await desk.takes(BOB, "confirm turnout Tamworth")
    assert await desk.turnout() == "35.9"


async def test_a_wild_figure_that_waits_dies_when_a_sound_one_is_taken(desk):
    wild = await desk.takes(ANN, "record turnout Tamworth 3.59%")
    await desk.takes(ANN, "record turnout Tamworth 35.9%")
    assert "replaced by newer figures" in await desk.refuses(ANN, f"insist {wild.value}")
    assert await desk.turnout() == "35.9"


async def test_a_result_with_words_around_it_loses_no_vote_at_its_end(desk):
    text = f"please record result Tamworth {RESULT.replace(' ', ' ' * 24)}"
    assert len(text) > 500
    shown = await desk.takes(ANN, text)
    assert shown.title.startswith("Is this right?")
    assert "are the most" in await desk.refuses(
        ANN, f"record result Tamworth {RESULT}" + " " * 2000
    )


# ── Times and stages ─────────────────────────────────────────────────────────────────────────


async def test_an_estimate_moves_the_timetable_and_channels_are_told_once(desk):
    moved = await desk.takes(ANN, "estimate Tamworth 4.30am")
    assert moved.lines[0].startswith("It was expected around 03:40.")
    assert await desk.expected() == "04:30"
    assert len(await desk.room.told(PostKind.TIMETABLE)) == 1
    await desk.takes(ANN, "delay Mid Beds by 45m")
    assert await desk.expected(MID_BEDFORDSHIRE) == "03:55"
    assert len(await desk.room.told(PostKind.TIMETABLE)) == 2


async def test_a_declaration_that_cannot_come_before_a_time_is_said_so(desk):
    reply = await desk.takes(ANN, "estimate Tamworth not before 4am")
    assert reply.title == "Tamworth: declaration now expected not before 04:00"
    assert await desk.expected() == "04:00"


async def test_a_recount_and_a_declaration_are_stages(desk):
    await desk.takes(ANN, "record recount Tamworth")
    assert (await desk.newsroom.stage(TAMWORTH)).value is Stage.RECOUNT
    await desk.takes(ANN, "record declared Tamworth at 02:36")
    stage = await desk.newsroom.stage(TAMWORTH)
    assert (stage.value, stage.at) == (Stage.DECLARED, at("02:36"))


async def says(desk: Desk, id: str, body: str) -> None:
    """A blog says something, and is read."""
    desk.clock.moment += timedelta(minutes=1)
    desk.room.blog.post(id, desk.clock.now(), "From the count", body)
    await desk.room.look()


async def suggestions(desk: Desk) -> list[tuple[str, tuple[str, ...]]]:
    """Heading and buttons of every suggestion that stands in a channel."""
    await desk.room.deliver()
    return [
        (post.heading, tuple(choice.ask for choice in post.choices))
        for post in desk.room.platform.standing.values()
        if post.kind is PostKind.CHECK and "says" in post.heading
    ]


async def test_a_blogs_time_does_not_move_the_desks_own_until_somebody_uses_it(desk):
    await desk.takes(ANN, "estimate Tamworth 03:15")
    await says(desk, "late", "The declaration in Tamworth is now expected around 3.45am.")
    assert await desk.expected() == "03:15"
    ((heading, (use, _)),) = await suggestions(desk)
    assert heading == "Tamworth: declaration around 03:45, says The Example"
    reply = await desk.say(BOB, "when does Tamworth declare?")
    assert "The Example says around 03:45; the desk has not." in reply.lines
    await desk.takes(BOB, use)
    assert await desk.expected() == "03:45"
    ((_, choices),) = await suggestions(desk)
    assert choices == ()


async def test_a_blogs_time_that_is_ignored_is_not_asked_about_again(desk):
    await desk.takes(ANN, "estimate Tamworth 03:15")
    await says(desk, "late", "The declaration in Tamworth is now expected around 3.45am.")
    ((_, (_, ignore)),) = await suggestions(desk)
    reply = await desk.takes(BOB, ignore)
    assert reply.title == "Tamworth: declaration is still expected at 03:15"
    await says(desk, "again", "The declaration in Tamworth is still expected around 3.45am.")
    assert await desk.expected() == "03:15"
    ((_, choices),) = await suggestions(desk)
    assert choices == ()
    assert (await desk.takes(BOB, "ignore Mid Beds")).title.startswith("Nobody says another time")


async def test_a_time_is_not_to_be_chosen_any_more_once_the_seat_has_declared(desk):
    await desk.takes(ANN, "estimate Tamworth 03:15")
    await says(desk, "late", "The declaration in Tamworth is now expected around 3.45am.")
    ((heading, (_, _)),) = await suggestions(desk)
    await desk.takes(ANN, "record declared Tamworth")
    assert await suggestions(desk) == [(heading, ())]
    (*_, (_, note)) = await desk.room.told(PostKind.CHECK)
    assert body(note) == ["Tamworth has declared."]
    await says(desk, "later", "The declaration in Tamworth is now expected around 4.30am.")
    assert await suggestions(desk) == [(heading, ())]


async def test_a_time_is_to_be_chosen_again_where_the_declaration_is_taken_back(desk):
    await desk.takes(ANN, "estimate Tamworth 03:15")
    await says(desk, "late", "The declaration in Tamworth is now expected around 3.45am.")
    await desk.takes(ANN, f"record result Tamworth {RESULT}")
    await desk.takes(BOB, "confirm result Tamworth")
    ((heading, choices),) = await suggestions(desk)
    assert choices == ()
    await desk.takes(BOB, "retract result Tamworth")
    (_, (again, (use, _))) = await suggestions(desk)
    assert again == heading
    await desk.takes(BOB, use)
    assert await desk.expected() == "03:45"


async def test_where_nobody_follows_checks_the_operators_are_asked(database_url):
    async with open_room(database_url, clock=StoppedClock(NIGHT), operator=SPORT) as room:
        await room.start()
        desk = Desk(room)
        await desk.takes(ANN, "estimate Tamworth 03:15")
        await says(desk, "late", "The declaration in Tamworth is now expected around 3.45am.")
        ((heading, _),) = await suggestions(desk)
        assert await room.stands(SPORT) == [heading]


async def test_where_the_desk_has_said_no_time_the_blogs_counts(desk):
    await says(desk, "late", "The declaration in Tamworth is now expected around 3.45am.")
    assert (await desk.expected(), await suggestions(desk)) == ("03:45", [])


@pytest.mark.parametrize(
    ("what", "figures", "title"),
    [
        ("turnout", "25,630 of 71,302", "Recorded: Tamworth, turnout 35.9%"),
        ("verified", "", "Recorded: Tamworth, verification is complete"),
        ("recount", "", "Recorded: Tamworth, recount"),
        ("declared", "at 02:38", "Recorded: Tamworth, declared at 02:38"),
        ("venue", "Tamworth Castle School", "Recorded: Tamworth counts at Tamworth Castle School"),
    ],
)
async def test_the_form_records_what_can_be_typed(desk, what, figures, title):
    values = {"seat": ("Tamworth",), "what": (what,), "figures": (figures,)}
    asked = Ask(text="record", author=ANN, channel=HERE)
    reply = await desk.room.desk.submit("record", asked, values)
    assert reply.title.startswith(title)


async def test_a_form_without_figures_says_at_which_field(desk):
    values = {"seat": ("Tamworth",), "what": ("result",), "figures": ("",)}
    with pytest.raises(FormError, match="cannot be left empty"):
        await desk.room.desk.submit("record", Ask(text="record", author=ANN, channel=HERE), values)


async def test_a_venue_that_moves_is_said_by_answers_and_can_be_undone(desk):
    before = desk.newsroom
    desk.clock.moment += timedelta(seconds=1)
    reply = await desk.takes(ANN, SCHOOL)
    assert reply.title == "Recorded: Tamworth counts at Tamworth Castle School"
    assert reply.lines[0] == "It was The Rawlett School."
    answer = await desk.say(BOB, "where is the count in Tamworth?")
    assert answer.title == "Tamworth: the count is at Tamworth Castle School"
    # As of then nobody knew.
    (then,) = [one for one in await before.contests() if one.id == TAMWORTH.id]
    assert then.venue == "The Rawlett School"
    await desk.takes(ANN, "undo")
    answer = await desk.say(BOB, "venue Tamworth")
    assert answer.title == "Tamworth: the count is at The Rawlett School"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("record venue Tamworth", "Where is it? Write it like"),
        ("record venue Tamworth: " + "x" * 121, "too long for a place"),
        ("record venue Tamworth and more: a hall", "is no seat's name"),
        ("record venue: a hall", "Which seat?"),
    ],
)
async def test_a_venue_that_cannot_be_read_is_asked_about(desk, text, sentence):
    assert sentence in await desk.refuses(ANN, text)


async def test_a_time_of_the_desk_outlives_a_restart_with_the_same_night_file(database_url):
    async with desk_at(database_url) as desk:
        await desk.takes(ANN, "estimate Tamworth 4.30am")
    async with desk_at(database_url) as desk:
        desk.clock.moment += timedelta(seconds=2)
        assert await desk.expected() == "04:30"
        assert len(await desk.room.told(PostKind.TIMETABLE)) == 1


# ── Undo and the journal ─────────────────────────────────────────────────────────────────────


async def test_undo_brings_back_what_stood_before(desk):
    await desk.takes(ANN, "record turnout Tamworth 35.9%")
    await desk.takes(ANN, "record turnout Tamworth 36.1%")
    await desk.takes(ANN, "undo")
    assert await desk.turnout() == "35.9"
    await desk.takes(ANN, "undo")
    assert await desk.turnout() is None


async def test_undo_is_for_a_minute_and_for_what_one_did_oneself(desk):
    await desk.takes(ANN, "record turnout Tamworth 35.9%")
    assert "nothing in the last minute" in await desk.refuses(BOB, "undo")
    desk.clock.moment += timedelta(minutes=1)
    assert "nothing in the last minute" in await desk.refuses(ANN, "undo")
    assert await desk.turnout() == "35.9"


@pytest.mark.parametrize("questioned", [False, True])
async def test_what_somebody_else_has_confirmed_is_not_undone_by_its_author(desk, questioned):
    result = RESULT.replace(" Longman 86", "") if questioned else RESULT
    shown = await desk.takes(ANN, f"record result Tamworth {result}")
    if questioned:
        await desk.takes(ANN, f"insist {shown.value}")
    await desk.takes(BOB, f"confirm {shown.value}")
    assert "nothing in the last minute" in await desk.refuses(ANN, "undo")
    assert await desk.majority() == 1_316


async def test_undo_brings_nothing_back_over_what_somebody_else_has_recorded_since(desk):
    await desk.takes(BOB, "record turnout Tamworth 36.5%")
    await desk.takes(ANN, "confirm turnout Tamworth")
    await desk.takes(ANN, "record turnout Tamworth 36.1%")
    await desk.takes(BOB, "record turnout Tamworth 35.9%")
    await desk.takes(ANN, "undo")
    assert await desk.turnout() == "35.9"


async def test_a_confirmation_that_is_undone_lets_the_result_wait_again(desk):
    shown = await desk.takes(ANN, f"record result Tamworth {RESULT}")
    await desk.takes(BOB, f"confirm {shown.value}")
    await desk.takes(BOB, "undo")
    assert await desk.majority() is None
    await desk.takes(BOB, f"confirm {shown.value}")
    assert await desk.majority() == 1_316


async def test_an_estimate_that_is_undone_gives_the_old_time_back(desk):
    await desk.takes(ANN, "estimate Tamworth 4.30am")
    await desk.takes(ANN, "estimate Tamworth 5am")
    await desk.takes(ANN, "undo")
    assert await desk.expected() == "04:30"
    await desk.takes(ANN, "undo")
    assert await desk.expected() == "03:40"


async def test_the_journal_says_who_did_what_from_what_to_what(desk):
    await desk.takes(ANN, "record turnout Tamworth 35.9%")
    await desk.takes(BOB, "record turnout Tamworth 36.1%")
    await desk.takes(BOB, "undo")
    rows = (await desk.takes(ANN, "journal Tamworth")).table.rows
    assert [row[1:] for row in rows] == [
        ("02:40", "Ann", "record turnout", "turnout 35.9%"),
        ("02:40", "Bob", "record turnout", "turnout 35.9% → turnout 36.1% (was undone)"),
        ("02:40", "Bob", "undo 2", "turnout 36.1% → turnout 35.9%"),
    ]
    assert (await desk.takes(ANN, "journal Mid Beds")).value == []


async def test_what_was_known_before_is_still_known_as_of_then(desk):
    await desk.takes(ANN, "record turnout Tamworth 35.9%")
    then = desk.clock.now()
    await desk.takes(ANN, "record turnout Tamworth 36.1%")
    await desk.takes(ANN, "undo")
    before = desk.room.store.newsroom(then - timedelta(milliseconds=500))
    assert str((await before.turnout(TAMWORTH)).value.shown()) == "35.9"
    between = desk.room.store.newsroom(then + timedelta(milliseconds=500))
    assert str((await between.turnout(TAMWORTH)).value.shown()) == "36.1"

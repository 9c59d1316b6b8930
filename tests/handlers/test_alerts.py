from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.chat.chart import Picture as Drawn
from bot.chat.events import (
    Declared,
    EntryPosted,
    EstimateMoved,
    Meanwhile,
    MilestoneDue,
    Overruled,
    SeatTonight,
    TimeSuggested,
)
from bot.chat.post import Post, PostKind
from bot.election.clock import ClockTime
from bot.election.contest import MANY_SEATS, Contest, MilestoneKind
from bot.election.figure import Standing
from bot.election.result import CandidateVotes, Declaration, Outcome, Result
from bot.liveblog.entry import Entry, Picture
from bot.liveblog.markup import BlockKind
from bot.record.past import Past
from bot.record.ranking import Measure, broken
from bot.record.record import open_record
from tests.handlers.night import (
    BLOG,
    CATALOGUE,
    FIRST_TWO,
    FULL,
    RUSH,
    counted,
    reported,
    uk,
)
from tests.nights.facts import CON, MID_BEDFORDSHIRE, TAMWORTH

DECLARATION = MilestoneKind.DECLARATION
BOTH = (TAMWORTH, MID_BEDFORDSHIRE)


def sentences(post: Post) -> list[str]:
    return [block.text for block in post.body]


def reminder(
    minutes: int,
    *,
    kind: MilestoneKind = DECLARATION,
    contests: tuple[Contest, ...] = (TAMWORTH,),
    at: datetime | None = None,
    until: datetime | None = None,
    approximate: bool = True,
    late: timedelta | None = None,
    meanwhile: tuple[Meanwhile, ...] = (),
) -> Post:
    at = at or uk(3)
    expected = ClockTime(at=at, until=until, approximate=approximate)
    due = (until or at if minutes < 0 else at) - timedelta(minutes=minutes)
    return CATALOGUE.word(
        MilestoneDue(
            contests=contests,
            kind=kind,
            expected=expected,
            minutes=minutes,
            due=due,
            late=late,
            meanwhile=meanwhile,
        )
    )


# ── Reminders ────────────────────────────────────────────────────────────────────────────────


def test_a_reminder_before_a_declaration_says_when_and_where():
    post = reminder(15)
    assert post.heading == "Tamworth: declaration expected in 15 minutes"
    assert sentences(post) == ["Expected around 03:00.", "Tamworth counts at The Rawlett School."]
    assert (post.kind, post.at, post.late) == (PostKind.REMINDER, uk(2, 45), None)
    assert post.contests == ("Tamworth",)


@pytest.mark.parametrize(
    ("kind", "minutes", "heading", "body"),
    [
        (MilestoneKind.POLLS_CLOSE, 15, "Polls close in Tamworth in 15 minutes", ["At 03:00."]),
        (MilestoneKind.POLLS_CLOSE, 0, "Polls have closed in Tamworth", []),
        (MilestoneKind.BOXES, 60, "Tamworth: first ballot boxes expected in 1 hour",
         ["Expected around 03:00."]),
        (MilestoneKind.BOXES, 0, "Tamworth: first ballot boxes expected about now", []),
        (MilestoneKind.TURNOUT, 1, "Tamworth: turnout expected in 1 minute",
         ["Expected around 03:00."]),
        (MilestoneKind.TURNOUT, 0, "Tamworth: turnout expected about now", []),
        (DECLARATION, 0, "Tamworth: declaration expected about now", []),
        (DECLARATION, -30, "Tamworth: declaration overdue",
         ["It was expected around 03:00; any word?"]),
    ],
)  # fmt: skip
def test_a_reminder_of_each_milestone(kind, minutes, heading, body):
    post = reminder(minutes, kind=kind)
    assert (post.heading, sentences(post)) == (heading, body)


@pytest.mark.parametrize("kind", MilestoneKind)
@pytest.mark.parametrize("minutes", [60, 0])
def test_every_milestone_can_be_reminded_of(kind, minutes):
    assert "{" not in reminder(minutes, kind=kind).heading


def test_one_reminder_speaks_of_every_seat_that_waits():
    post = reminder(60, contests=BOTH)
    assert post.heading == "Tamworth and Mid Bedfordshire: declaration expected in 1 hour"
    assert sentences(post)[1:] == [
        "Tamworth counts at The Rawlett School.",
        "Mid Bedfordshire counts at The count centre in Shefford.",
    ]
    assert post.contests == ("Tamworth", "Mid Bedfordshire")


def test_a_reminder_of_very_many_seats_stays_short():
    seats = tuple(replace(TAMWORTH, name=f"Seat {n}") for n in range(9))
    post = reminder(0, contests=seats)
    assert post.heading == "9 seats: declaration expected about now"
    assert len(post.contests) == 9


def test_a_late_reminder_counts_from_when_it_comes():
    post = reminder(60, late=timedelta(minutes=20))
    assert post.heading == "Tamworth: declaration expected in 40 minutes"
    assert post.late == timedelta(minutes=20)


def test_a_plain_time_is_said_without_around():
    assert sentences(reminder(15, approximate=False))[0] == "Expected at 03:00."


def test_an_overdue_declaration_counts_from_the_end_of_a_span():
    post = reminder(-30, until=uk(4))
    assert post.at == uk(4, 30)
    assert sentences(post) == ["It was expected between 03:00 and 04:00; any word?"]


def test_a_seat_without_a_venue_says_nothing_of_it():
    nowhere = replace(TAMWORTH, venue=None)
    assert sentences(reminder(15, contests=(nowhere,))) == ["Expected around 03:00."]


# ── Moves of the timetable ───────────────────────────────────────────────────────────────────


def test_a_move_says_from_when_to_when_and_who_says_so():
    post = CATALOGUE.word(
        EstimateMoved(
            contest=TAMWORTH,
            kind=DECLARATION,
            expected=ClockTime(at=uk(3), approximate=True),
            before=ClockTime(at=uk(3, 40), approximate=True),
            source=BLOG,
            at=uk(0, 15),
        )
    )
    assert post.heading == "Tamworth: declaration now expected around 03:00"
    assert sentences(post) == [
        "Says Count night live. It was expected around 03:40. Reminders have moved with it."
    ]
    assert (post.kind, post.at, post.source) == (PostKind.TIMETABLE, uk(0, 15), BLOG)


def test_a_first_estimate_was_not_expected_at_another_time():
    post = CATALOGUE.word(
        EstimateMoved(
            contest=TAMWORTH,
            kind=MilestoneKind.TURNOUT,
            expected=ClockTime(at=uk(1)),
            before=None,
            source=BLOG,
            at=uk(0, 15),
        )
    )
    assert post.heading == "Tamworth: turnout now expected at 01:00"
    assert sentences(post) == ["Says Count night live. Reminders have moved with it."]


# ── Declarations ─────────────────────────────────────────────────────────────────────────────


def declared(declaration: Declaration, **facts) -> Post:
    return CATALOGUE.word(
        Declared(contest=TAMWORTH, declaration=reported(declaration, uk(3, 16)), **facts)
    )


def test_a_declaration_with_every_vote():
    post = declared(FULL)
    assert post.heading == "Tamworth: Labour gain from Conservatives"
    assert sentences(post)[:5] == [
        "Sarah Edwards is elected.",
        "Majority 1,316 (19,634 last time).",
        "Swing 23.9 points Conservatives to Labour since 2019.",
        # What the valid votes give, where nobody has said more of it.
        "Turnout 35.9%.",
        "Sarah Edwards (Lab) 11,719, 45.8% (+22.1)",
    ]
    assert [b.kind for b in post.body].count(BlockKind.ITEM) == 9
    assert (post.kind, post.key_event, post.source) == (PostKind.DECLARATION, True, BLOG)
    assert (post.edited, post.withdrawn) == (None, None)


def test_a_declaration_says_the_records_that_it_breaks_as_far_as_the_record_reaches():
    past = Past(open_record(), uk(3, 16))
    won = Result(
        contest_id=MID_BEDFORDSHIRE.id,
        votes=tuple(
            CandidateVotes(candidacy=one, votes=votes)
            for one, votes in zip(MID_BEDFORDSHIRE.candidacies, (12_680, 13_872), strict=False)
        ),
        complete=False,
    )
    seat = past.complete(MID_BEDFORDSHIRE)
    records = broken(past, seat, won, Outcome.GAIN)
    assert [one.measure for one in records] == [Measure.OVERTURNED]
    assert (
        "The largest majority overturned at a by-election since 2010; until now it was 24,239, "
        "Tiverton and Honiton in 2022." in sentences(declared(RUSH, broken=records))
    )


def test_a_declaration_with_votes_comes_with_its_picture():
    post = declared(FULL, declared=1, of=2)
    assert post.chart is not None
    assert post.chart.title == "Tamworth: share of the vote"
    assert post.chart.alt.startswith(
        "Bar chart. Tamworth: share of the vote. Sarah Edwards (Lab) 45.8% · 11,719 (2019: 23.7%);"
    )
    assert declared(RUSH).chart is None
    assert declared(FULL, withdrawn="its source took it back").chart is None


def test_where_no_picture_is_shown_it_is_behind_a_button():
    post = declared(FULL)
    assert [choice.ask for choice in post.offered] == ["chart result Tamworth", "history Tamworth"]
    shown = replace(post, picture=Drawn(png=b"", alt=""))
    assert [choice.ask for choice in shown.offered] == ["history Tamworth"]
    assert declared(RUSH).choices == ()


def test_on_a_night_of_many_seats_pictures_come_only_when_asked_for():
    assert declared(FULL, of=MANY_SEATS).chart is not None
    post = declared(FULL, of=MANY_SEATS + 1)
    assert post.chart is None
    assert [choice.label for choice in post.offered] == ["Picture", "What it did before"]


def test_what_is_no_record_is_not_called_one():
    past = Past(open_record(), uk(3, 16))
    assert FULL.result is not None
    assert broken(past, past.complete(TAMWORTH), FULL.result, Outcome.GAIN) == ()


def test_an_overdue_count_is_asked_about_with_answers_to_press():
    asked = [choice.ask for choice in reminder(-30).choices]
    assert asked == ["delay Tamworth 30m", "record recount Tamworth", "record"]
    assert reminder(0).choices == ()
    of_two = [choice.label for choice in reminder(-30, contests=BOTH).choices]
    assert of_two[0] == "Tamworth: half an hour more"
    assert len(of_two) == 6


def test_a_reminder_of_what_is_otherwise_by_now_says_so():
    moved = Meanwhile(contest=TAMWORTH, expected=ClockTime(at=uk(4)))
    unknown = Meanwhile(contest=MID_BEDFORDSHIRE)
    post = reminder(15, contests=BOTH, meanwhile=(moved, unknown))
    assert post.heading == (
        "Tamworth and Mid Bedfordshire: declaration no longer expected around 03:00"
    )
    assert sentences(post) == [
        "Tamworth: now expected at 04:00.",
        "Mid Bedfordshire: nobody says any more when.",
    ]
    over = reminder(-30, meanwhile=(Meanwhile(contest=TAMWORTH, over=True),))
    assert over.heading == "Tamworth: declaration no longer overdue"
    assert (sentences(over), over.choices) == (["Tamworth has declared."], ())
    half = reminder(15, contests=BOTH, meanwhile=(moved,))
    assert half.heading == "Mid Bedfordshire: declaration expected in 15 minutes"
    assert sentences(half) == [
        "Expected around 03:00.",
        "Mid Bedfordshire counts at The count centre in Shefford.",
        "Tamworth: now expected at 04:00.",
    ]


def test_another_time_than_the_desks_is_to_use_or_to_ignore():
    event = TimeSuggested(
        contest=TAMWORTH,
        kind=DECLARATION,
        suggested=ClockTime(at=uk(3, 30), approximate=True),
        stands=ClockTime(at=uk(2, 30)),
        source=BLOG,
        at=uk(1),
    )
    post = CATALOGUE.word(event)
    assert post.heading == f"Tamworth: declaration around 03:30, says {BLOG.name}"
    assert [choice.ask for choice in post.choices] == [
        "estimate Tamworth declaration around 03:30",
        "ignore Tamworth declaration",
    ]
    settled = CATALOGUE.word(replace(event, settled=True))
    assert (settled.choices, sentences(settled)) == (
        (),
        ["Settled. The desk's time is at 02:30."],
    )
    over = CATALOGUE.word(replace(event, settled=True, declared=True))
    assert (over.choices, sentences(over)) == ((), ["Tamworth has declared."])


def test_a_declaration_with_some_votes_has_no_swing():
    assert sentences(declared(FIRST_TWO)) == [
        "Sarah Edwards is elected.",
        "Majority 1,316 (19,634 last time).",
        "Sarah Edwards (Lab) 11,719",
        "Andy Cooper (Con) 10,403",
    ]


def test_a_declaration_of_the_winner_alone():
    post = declared(RUSH)
    assert post.heading == "Tamworth: Labour gain from Conservatives"
    assert post.body == ()


def test_a_hold_with_a_stated_majority():
    held = Declaration(winner=CON, outcome=Outcome.HOLD, stated_majority=5_000)
    post = declared(held)
    assert post.heading == "Tamworth: Conservatives hold"
    assert sentences(post) == ["Majority 5,000 (19,634 last time)."]


def test_a_corrected_declaration_is_marked():
    corrected = replace(FULL, result=counted(TAMWORTH, {"Sarah Edwards": 2, "Andy Cooper": 1}))
    post = declared(corrected, corrected=uk(3, 40))
    assert post.edited == uk(3, 40)
    assert "Majority 1 (19,634 last time)." in sentences(post)


def test_a_declaration_that_was_taken_back_is_marked():
    assert (
        declared(FULL, withdrawn="its source took it back").withdrawn == "its source took it back"
    )


# ── Entries ──────────────────────────────────────────────────────────────────────────────────

ENTRY = Entry(
    id="turnout",
    published=uk(0, 41),
    heading="Low turnout in Tamworth",
    body="<p>Turnout is <b>35.9</b> per cent.</p>",
    pictures=(Picture(caption="Counting", credit="PA"),),
    key_event=True,
)


def test_an_entry_is_told_as_its_blog_has_it():
    post = CATALOGUE.word(EntryPosted(entry=ENTRY, source=BLOG, contests=(TAMWORTH,)))
    assert (post.kind, post.heading, post.at) == (PostKind.ENTRY, ENTRY.heading, uk(0, 41))
    assert sentences(post) == ["Turnout is 35.9 per cent."]
    assert post.pictures == ENTRY.pictures
    assert post.contests == ("Tamworth",)
    assert post.key_event
    assert (post.source, post.edited, post.withdrawn) == (BLOG, None, None)


def test_an_entry_that_changed_or_was_taken_down_is_marked():
    edited = CATALOGUE.word(EntryPosted(entry=ENTRY, source=BLOG, edited=uk(0, 50)))
    gone = CATALOGUE.word(EntryPosted(entry=ENTRY, source=BLOG, withdrawn="no longer on its page"))
    assert (edited.edited, edited.contests) == (uk(0, 50), ())
    assert gone.withdrawn == "no longer on its page"


# ── A result that was wrong ──────────────────────────────────────────────────────────────────


def overruled(now: Declaration | None, before: Declaration = FULL, *, again: bool = False) -> Post:
    figure = None if now is None else reported(now)
    return CATALOGUE.word(
        Overruled(
            contest=TAMWORTH, before=before, now=figure, at=uk(3, 10), source=BLOG, again=again
        )
    )


def test_another_majority_is_told_with_the_one_before():
    post = overruled(replace(RUSH, stated_majority=1_361))
    assert post.heading == "Correction, Tamworth: Labour gain from Conservatives, majority 1,361"
    assert sentences(post) == [
        "Not as told before: Labour gain from Conservatives, majority 1,316."
    ]


def test_a_result_that_is_taken_back_is_told_with_what_it_was():
    post = overruled(None)
    assert post.heading == "Taken back, Tamworth: Labour gain from Conservatives, majority 1,316"
    assert sentences(post) == ["That result does not stand any more, and no other is known."]


def test_a_result_that_stands_again_says_that_it_was_taken_back():
    post = overruled(FULL, again=True)
    assert post.heading == "Stands again, Tamworth: Labour gain from Conservatives, majority 1,316"
    assert sentences(post) == ["It had been taken back."]


@pytest.mark.parametrize(
    ("standing", "says"),
    [
        (Standing.OFFICIAL, ["Official."]),
        (Standing.PROVISIONAL, ["Provisional: nobody has confirmed it yet."]),
        (Standing.REPORTED, []),
    ],
)
def test_a_declaration_says_how_sure_it_is(standing, says):
    event = Declared(contest=TAMWORTH, declaration=reported(RUSH, standing=standing))
    assert sentences(CATALOGUE.word(event)) == says


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        (None, "1 of 2 declared. Next: Mid Bedfordshire."),
        (uk(3, 10), "1 of 2 declared. Next: Mid Bedfordshire, expected around 03:10."),
    ],
)
def test_a_declaration_says_how_the_night_stands(expected, says):
    time = None if expected is None else ClockTime(at=expected, approximate=True)
    event = Declared(
        contest=TAMWORTH,
        declaration=reported(RUSH),
        declared=1,
        of=2,
        next=SeatTonight(contest=MID_BEDFORDSHIRE, expected=time),
    )
    assert sentences(CATALOGUE.word(event)) == [says]


def test_figures_that_only_come_are_no_correction():
    event = Declared(contest=TAMWORTH, declaration=reported(FULL), before=RUSH, corrected=uk(3, 20))
    assert sentences(CATALOGUE.word(event))[0] == "Updated 03:20."

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.chat.ask import Author, Channel
from bot.chat.reply import Choice, Origin
from bot.election.clock import ClockTime
from bot.election.contest import MilestoneKind, Stage
from bot.election.figure import Standing
from bot.election.result import Declaration, Outcome
from bot.election.turnout import Turnout
from bot.ports import (
    Blog,
    ChannelOnRecord,
    EntryState,
    JournalEntry,
    ResultsSourceHealth,
    SourceHealth,
)
from handlers import voice
from tests.handlers.night import (
    BLOG,
    DECLARED,
    FIRST_TWO,
    KNOWN,
    NOW,
    RECORD,
    RUSH,
    UNKNOWN,
    answer,
    counted,
    entry,
    expecting,
    reported,
    uk,
)
from tests.nights.facts import CON, LAB, MID_BEDFORDSHIRE, TAMWORTH

# ── turnout ──────────────────────────────────────────────────────────────────────────────────


async def test_turnout_is_told_with_its_source_time_and_standing():
    reply = await answer("turnout Tamworth")
    assert reply.title == "Tamworth: turnout 35.9%"
    assert reply.lines == (
        "About 25,000 ballots of 71,302 electors.",
        "Turnout as stated; its definition was not given.",
        "In 2019 it was 64.3% of valid votes.",
        "Lower than Rutherglen and Hamilton West (37.1%) in October, Selby and Ainsty (44.7%), "
        "Somerton and Frome (44.1%) and Uxbridge and South Ruislip (46.1%) in July; higher than "
        "West Lancashire (31.3%) in February.",
        "Theirs are of valid votes, this is as stated; what is said holds by both definitions.",
    )
    assert reply.origin == Origin(source=BLOG, at=uk(0, 41), standing=Standing.REPORTED)
    assert (reply.contest, reply.value, reply.error) == (TAMWORTH.id, 35.9, False)
    assert reply.details["ballots_approximate"] is True


async def test_turnout_from_counts_says_its_definition():
    turnout = Turnout(electorate=71_302, ballots=25_630, valid_votes=25_586, rejected=44)
    reply = await answer(
        "turnout Tamworth", replace(KNOWN, turnouts={TAMWORTH.id: reported(turnout)})
    )
    assert reply.title == "Tamworth: turnout 35.9%"
    assert reply.lines[:2] == (
        "25,630 ballots of 71,302 electors.",
        "Turnout of all ballots, 35.95%; of valid votes it is 35.88%.",
    )
    assert reply.details["definition"] == "all ballots"
    assert reply.details["of_valid_votes"] == 35.88


async def test_ballots_alone_give_no_percentage():
    turnout = Turnout(electorate=71_302, ballots=25_000, ballots_approximate=True)
    reply = await answer(
        "turnout Tamworth", replace(KNOWN, turnouts={TAMWORTH.id: reported(turnout)})
    )
    assert reply.title == "Tamworth: turnout not worked out"
    assert reply.value is None


async def test_a_stated_percentage_needs_no_ballots():
    turnout = Turnout(stated=Decimal("35.95"))
    reply = await answer(
        "turnout Tamworth", replace(KNOWN, turnouts={TAMWORTH.id: reported(turnout)})
    )
    assert reply.title == "Tamworth: turnout 35.95%"
    assert reply.lines[0].startswith("Turnout as stated")


async def test_no_turnout_yet_says_how_far_the_count_is():
    reply = await answer("turnout Mid Beds")
    assert reply.title == "Mid Bedfordshire: no turnout figure yet"
    assert reply.lines == ("Last word: ballot boxes have arrived.",)
    assert (reply.value, reply.origin, reply.error) == (None, None, False)


async def test_no_turnout_while_people_vote():
    reply = await answer("turnout Tamworth", UNKNOWN, uk(20))
    assert reply.lines == ("Polls close at 22:00.",)


async def test_no_turnout_and_no_word_of_the_count():
    reply = await answer("turnout Tamworth", UNKNOWN)
    assert reply.lines == ("Polls have closed.",)


# ── result ───────────────────────────────────────────────────────────────────────────────────


async def test_a_result_that_is_not_known():
    reply = await answer("result Mid Beds")
    assert reply.title == "Mid Bedfordshire has not declared"
    assert reply.lines == (
        "The declaration is expected around 03:10.",
        "Last word: ballot boxes have arrived.",
    )
    assert (reply.contest, reply.value, reply.error) == (MID_BEDFORDSHIRE.id, None, False)


async def test_a_result_of_which_nothing_is_known():
    reply = await answer("result Tamworth", UNKNOWN)
    assert (reply.title, reply.lines) == ("Tamworth has not declared", ())
    early = await answer("result Tamworth", UNKNOWN, uk(21))
    assert early.lines == ("Polls close at 22:00.",)


async def test_a_result_with_every_vote():
    reply = await answer("result Tamworth", DECLARED, uk(3, 20))
    assert reply.title == "Tamworth: Labour gain from Conservatives"
    assert reply.lines == (
        "Sarah Edwards is elected.",
        "Majority 1,316 (19,634 last time).",
        "Swing 23.9 points Conservatives to Labour since 2019.",
    )
    assert reply.table is not None
    assert reply.table.rows[0] == ("Sarah Edwards", "Lab", "11,719", "45.8%", "+22.1")
    assert reply.table.rows[1] == ("Andy Cooper", "Con", "10,403", "40.7%", "−25.7")
    assert reply.table.rows[2] == ("Ian Stuart Cooper", "RUK", "1,373", "5.4%", "")
    assert reply.table.rows[-1] == ("Peter George Longman", "Ind", "86", "0.3%", "")
    assert reply.value == "Lab"
    assert reply.details["majority"] == 1_316
    assert reply.origin == Origin(source=BLOG, at=uk(3, 16), standing=Standing.REPORTED)


async def test_each_independent_has_a_share_of_their_own():
    votes = {c.name: 1_000 for c in MID_BEDFORDSHIRE.candidacies}
    votes["Alistair Strathern"] = 28_000
    full = Declaration(winner=LAB, result=counted(MID_BEDFORDSHIRE, votes))
    facts = replace(KNOWN, declarations={MID_BEDFORDSHIRE.id: reported(full)})
    reply = await answer("result Mid Beds", facts)
    assert reply.table is not None
    shares = {row[0]: row[3] for row in reply.table.rows}
    assert shares["Gareth Mackey"] == "2.5%"
    assert shares["Prince A Love, Emperor of India"] == "2.5%"


async def test_a_result_with_some_votes_has_no_shares():
    facts = replace(KNOWN, declarations={TAMWORTH.id: reported(FIRST_TWO)})
    reply = await answer("result Tamworth", facts)
    assert reply.table is not None
    assert [row[2:] for row in reply.table.rows] == [("11,719", "", ""), ("10,403", "", "")]
    assert "Majority 1,316 (19,634 last time)." in reply.lines
    assert not any("Swing" in line for line in reply.lines)


async def test_a_rush_names_the_winner_alone():
    reply = await answer(
        "result Tamworth", replace(KNOWN, declarations={TAMWORTH.id: reported(RUSH)})
    )
    assert reply.title == "Tamworth: Labour gain from Conservatives"
    assert (reply.lines, reply.table) == ((), None)


async def test_a_hold_is_a_hold():
    held = Declaration(winner=CON, outcome=Outcome.HOLD, stated_majority=5_000)
    reply = await answer(
        "result Tamworth", replace(KNOWN, declarations={TAMWORTH.id: reported(held)})
    )
    assert reply.title == "Tamworth: Conservatives hold"
    assert reply.lines == ("Majority 5,000 (19,634 last time).",)


# ── majority ─────────────────────────────────────────────────────────────────────────────────


async def test_the_majority_that_is_defended():
    reply = await answer("majority Tamworth")
    assert reply.title == "Tamworth: a majority of 19,634 is defended"
    assert reply.lines[-1] == "It has not declared."
    assert "2019" in reply.lines[0]
    assert (reply.value, reply.details["of"]) == (19_634, "defended")
    assert reply.origin is not None
    assert reply.origin.source == RECORD


async def test_the_majority_that_was_won():
    reply = await answer("majority Tamworth", DECLARED, uk(3, 20))
    assert reply.title == "Tamworth: majority 1,316"
    assert (reply.value, reply.details) == (
        1_316,
        {
            "defended": 19_634,
            "of": "won",
            "unit": "votes",
            "definition": "the winner's votes less the runner-up's",
        },
    )


async def test_a_winner_without_a_majority_leaves_the_one_defended():
    facts = replace(KNOWN, declarations={TAMWORTH.id: reported(RUSH)})
    reply = await answer("majority Tamworth", facts)
    assert reply.title == "Tamworth: a majority of 19,634 is defended"
    assert reply.lines[-1] == "The new one has not been stated."


async def test_no_majority_is_known():
    reply = await answer("majority Tamworth", UNKNOWN)
    assert reply.title == "Tamworth: no majority is known"
    assert (reply.value, reply.error) == (None, False)


# ── candidates ───────────────────────────────────────────────────────────────────────────────


async def test_candidates_come_by_surname():
    reply = await answer("candidates Tamworth")
    assert reply.title == "Tamworth: 9 candidates"
    assert reply.lines == ("Conservatives held the seat (Chris Pincher).",)
    assert reply.table is not None
    assert reply.table.rows[:2] == (
        ("Robert Bilcliff", "UK Independence Party"),
        ("Andy Cooper", "Conservative"),
    )
    assert len(reply.table.rows) == 9


async def test_candidates_that_nobody_has_listed():
    nobody = replace(TAMWORTH, candidacies=())
    reply = await answer("candidates Tamworth", replace(KNOWN, contests=(nobody,)))
    assert reply.title == "Tamworth: no candidates are known"
    assert (reply.table, reply.error) == (None, False)


async def test_one_candidate_is_no_plural():
    alone = replace(TAMWORTH, candidacies=TAMWORTH.candidacies[:1], holder=None)
    reply = await answer("candidates Tamworth", replace(KNOWN, contests=(alone,)))
    assert (reply.title, reply.lines) == ("Tamworth: 1 candidate", ())


# ── when ─────────────────────────────────────────────────────────────────────────────────────


async def test_when_a_seat_declares():
    reply = await answer("when Tamworth")
    assert reply.title == "Tamworth: declaration expected around 03:00"
    assert reply.lines == (
        "That is 2 h 15 min from now. Only an estimate.",
        "The count is at The Rawlett School.",
    )
    assert reply.table is not None
    assert reply.table.rows == (
        ("turnout", "around 00:30", "Count night live"),
        ("declaration", "around 03:00", "Count night live"),
    )
    assert reply.value == "2023-10-20T02:00:00+00:00"
    assert reply.origin == Origin(source=BLOG, at=uk(0, 14), standing=Standing.ESTIMATED)


async def test_when_the_time_has_passed():
    reply = await answer("when Tamworth", KNOWN, uk(3, 30))
    assert reply.lines[0] == "That was 30 minutes ago; it has not declared."


async def test_when_nobody_has_said():
    reply = await answer("when Tamworth", UNKNOWN)
    assert reply.title == "Tamworth: nobody has said when it will declare"
    assert (reply.table, reply.value, reply.error) == (None, None, False)


async def test_when_only_the_turnout_is_expected():
    facts = replace(UNKNOWN, expected=(expecting(TAMWORTH, MilestoneKind.TURNOUT, uk(0, 30)),))
    reply = await answer("when Tamworth", facts)
    assert reply.title == "Tamworth: nobody has said when it will declare"
    assert reply.table is not None
    assert reply.table.rows == (("turnout", "around 00:30", "Count night live"),)


async def test_when_it_has_declared():
    reply = await answer("when Tamworth", DECLARED, uk(3, 20))
    assert reply.title == "Tamworth has declared"
    assert reply.lines == ("Labour won. Ask “result Tamworth”.",)


async def test_when_between_two_times():
    span = expecting(TAMWORTH, MilestoneKind.DECLARATION, uk(3))
    time = reported(ClockTime(at=uk(3), until=uk(4)), standing=Standing.ESTIMATED)
    reply = await answer("when Tamworth", replace(KNOWN, expected=(replace(span, time=time),)))
    assert reply.title == "Tamworth: declaration expected between 03:00 and 04:00"
    assert reply.details["until"] == "2023-10-20T03:00:00+00:00"


# ── latest ───────────────────────────────────────────────────────────────────────────────────


async def test_the_latest_of_all_seats():
    reply = await answer("latest")
    assert reply.title == "Latest"
    assert reply.lines[:2] == ("00:41  Low turnout in Tamworth", "00:22  Lib Dems sound confident")
    assert len(reply.lines) == 5
    assert reply.origin == Origin(source=BLOG, at=uk(0, 41), standing=Standing.REPORTED)


async def test_the_latest_of_one_seat():
    reply = await answer("latest Mid Beds")
    assert reply.title == "Latest on Mid Bedfordshire"
    assert reply.lines[0] == "00:22  Lib Dems sound confident"


async def test_nothing_yet():
    assert (await answer("latest", UNKNOWN)).title == "Nothing yet"
    reply = await answer("latest Tamworth", UNKNOWN)
    assert (reply.title, reply.contest) == ("Nothing on Tamworth yet", TAMWORTH.id)


# ── status ───────────────────────────────────────────────────────────────────────────────────


async def test_the_status_of_the_night():
    reply = await answer("status", DECLARED, uk(3, 20))
    assert reply.title == "1 of 2 declared"
    assert reply.lines == (
        "Still out: Mid Bedfordshire.",
        "Count night live: 9 entries, the last at 00:41; read 2 h 37 min ago.",
    )
    assert reply.table is not None
    assert reply.table.rows == (
        ("Mid Bedfordshire", "ballot boxes have arrived", "expected around 03:10", "–"),
        ("Tamworth", "counting", "Labour gain from Conservatives", "35.9%"),
    )
    assert reply.value == {"declared": 1, "out": [MID_BEDFORDSHIRE.id]}


STUCK = ChannelOnRecord(
    channel=Channel(platform="slack", id="C1"),
    trouble="Teller is not in that channel.",
    suspended_since=uk(0, 31),
)


async def test_the_status_tells_of_suspended_channels_and_what_to_do():
    going = ChannelOnRecord(channel=Channel(platform="slack", id="C2"), trouble="It is busy.")
    reply = await answer("status", replace(KNOWN, channels=(STUCK, going)))
    assert reply.lines[-2:] == (
        "⚠ slack:C1: suspended since 00:31, nothing is posted there: Teller is not in that "
        "channel.",
        voice.REVIVE_ALL,
    )
    assert not any("C2" in line for line in reply.lines)
    assert reply.places == (STUCK.channel,)


async def test_the_status_tells_a_workspace_of_no_channel_of_another():
    elsewhere = replace(STUCK, channel=Channel(platform="slack", id="T9/C1"))
    other = replace(STUCK, channel=Channel(platform="discord", id="1"))
    reply = await answer("status", replace(KNOWN, channels=(elsewhere, other)))
    assert not any("suspended" in line for line in reply.lines)
    assert reply.places == ()


async def test_very_many_suspended_channels_stay_few_lines():
    many = [replace(STUCK, channel=Channel(platform="slack", id=f"C{n}")) for n in range(30)]
    reply = await answer("status", replace(KNOWN, channels=tuple(many)))
    assert sum("suspended since" in line for line in reply.lines) == 5
    assert reply.lines[-2] == "And 25 more suspended channels."


async def test_the_status_of_one_seat():
    reply = await answer("status Tamworth")
    assert reply.title == "Tamworth: still out"
    assert reply.table is not None
    assert len(reply.table.rows) == 1


async def test_the_status_before_anything_is_known():
    reply = await answer("status", UNKNOWN, uk(21))
    assert reply.title == "0 of 2 declared"
    assert reply.table is not None
    assert reply.table.rows[0] == ("Mid Bedfordshire", "polls close 22:00", "time not known", "–")
    later = await answer("status", UNKNOWN)
    assert later.table is not None
    assert later.table.rows[0][1] == "polls have closed"


async def test_when_all_is_over_nothing_is_still_out():
    both = {c.id: reported(RUSH) for c in (TAMWORTH, MID_BEDFORDSHIRE)}
    reply = await answer("what's still out?", replace(UNKNOWN, declarations=both))
    assert (reply.title, reply.lines) == ("2 of 2 declared", ())


async def test_seats_of_another_night_are_not_still_out():
    old = replace(TAMWORTH, id="parl.tamworth.2019-12-12", polling_day=date(2019, 12, 12))
    reply = await answer("status", replace(UNKNOWN, contests=(MID_BEDFORDSHIRE, old)))
    assert reply.title == "0 of 1 declared"


async def test_the_health_of_the_blogs():
    def health(**facts):
        return SourceHealth(
            **{"blog": Blog(url="https://x.example"), "title": None, "entries": 0,
               "last_read": None, "last_entry": None, "trouble": None} | facts
        )  # fmt: skip

    facts = replace(
        UNKNOWN,
        sources=(
            health(),
            health(title="Live", entries=1, last_read=NOW),
            health(title="Found", last_read=NOW, chosen="RSS, because its page links to it"),
            health(blog=Blog(url="https://y.example", name="Ours"), trouble="it says 503."),
            health(
                title="Lively",
                entries=2,
                last_read=NOW,
                last_entry=uk(0, 41),
                lag=timedelta(seconds=4.2),
                next_read=NOW + timedelta(seconds=8),
            ),
            health(title="Down", trouble="it says 503.", next_read=NOW + timedelta(minutes=4)),
            health(title="Due", last_read=NOW, next_read=NOW),
            health(title="Pushed", last_read=NOW, chosen="Atom, because it is", pushed=True),
        ),
    )
    assert (await answer("status", facts)).lines[1:] == (
        "https://x.example: not read yet.",
        "Live: 1 entry; read less than a minute ago.",
        "Found: 0 entries; read less than a minute ago as RSS, because its page links to it.",
        "⚠ Ours: it says 503.",
        "Lively: 2 entries, the last at 00:41 and here 4 seconds later; "
        "read less than a minute ago; again in 8 seconds.",
        "⚠ Down: it says 503. Read again in 4 minutes.",
        "Due: 0 entries; read less than a minute ago.",
        "Pushed: 0 entries; read less than a minute ago as Atom, because it is, and its hub pushes "
        "what is new.",
    )


async def test_since_when_a_blog_is_in_trouble():
    down = SourceHealth(
        blog=Blog(url="https://x.example"),
        title="Live",
        entries=3,
        last_read=uk(0, 20),
        last_entry=uk(0, 19),
        trouble="it says 503.",
        trouble_since=uk(0, 21),
    )
    assert (await answer("status", replace(UNKNOWN, sources=(down,)))).lines[1:] == (
        "⚠ Live (since 00:21): it says 503.",
    )


async def test_the_health_of_results_sources():
    def bulletin(**facts):
        source = Author(platform="source", id="pa", name="PA Media")
        return JournalEntry(
            **{"id": 1, "at": uk(0, 41), "author": source, "action": "report result",
               "channel": Channel(platform="source", id="pa"), "words": "result_Tamworth_1.xml",
               "state": EntryState.STANDS, "contest_id": TAMWORTH.id,
               "after": "Labour gain, majority 1,316"} | facts
        )  # fmt: skip

    facts = replace(
        UNKNOWN,
        results_sources=(
            ResultsSourceHealth(name="New"),
            ResultsSourceHealth(
                name="Democracy Club", last_look=NOW, next_look=NOW + timedelta(seconds=6)
            ),
            ResultsSourceHealth(name="PA Media", last_look=NOW, last=bulletin()),
            ResultsSourceHealth(
                name="Doubtful", last_look=NOW, last=bulletin(state=EntryState.QUESTIONED)
            ),
            ResultsSourceHealth(
                name="Down",
                last_look=NOW - timedelta(minutes=5),
                next_look=NOW + timedelta(seconds=30),
                trouble="the folder is gone.",
                trouble_since=uk(0, 21),
                last=bulletin(),
            ),
        ),
    )
    won = "the last of Tamworth at 00:41, Labour gain, majority 1,316"
    assert (await answer("status", facts)).lines[1:] == (
        "New: not looked at yet.",
        "Democracy Club: nothing yet; looked at less than a minute ago; again in 6 seconds.",
        f"PA Media: {won}; looked at less than a minute ago.",
        f"Doubtful: {won} (not taken); looked at less than a minute ago.",
        "⚠ Down (since 00:21): the folder is gone. Read again in 30 seconds. "
        f"Until then: {won}; looked at 5 minutes ago.",
    )


async def test_a_recount_is_told():
    facts = replace(KNOWN, stages={TAMWORTH.id: reported(Stage.RECOUNT)})
    reply = await answer("Tamworth", facts)
    assert reply.table is not None
    assert reply.table.rows[0][1] == "recount"


# ── help ─────────────────────────────────────────────────────────────────────────────────────


async def test_help_lists_every_command():
    reply = await answer("help")
    assert reply.table is not None
    assert {"turnout", "result", "when", "status", "help"} <= {row[0] for row in reply.table.rows}
    assert all(summary and example for _, summary, example in reply.table.rows)


async def test_help_on_one_command():
    reply = await answer("help turnout")
    assert reply.title == "turnout"
    assert "· how many voted in Tamworth" in reply.lines


async def test_help_on_nonsense_is_help():
    assert (await answer("help xyzzy")).title == "What you can ask"


async def test_an_answer_is_true_of_its_moment():
    reply = await answer("turnout Tamworth", now=uk(1, 2))
    assert reply.as_of == datetime(2023, 10, 20, 0, 2, tzinfo=UTC)
    assert reply.command == "turnout"


async def test_a_choice_is_a_question():
    reply = await answer("turnout")
    assert reply.choices == (
        Choice(label="Mid Bedfordshire", ask="turnout Mid Bedfordshire"),
        Choice(label="Tamworth", ask="turnout Tamworth"),
    )


def test_an_entry_on_record_knows_its_contests():
    assert entry("x", NOW, TAMWORTH).contests == {TAMWORTH.id}

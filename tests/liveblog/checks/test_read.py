"""Slips are found, and what is right is left alone."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.figure import Figure, Source, Standing
from bot.election.turnout import Turnout
from bot.liveblog.checks.read import MOST, check
from bot.liveblog.checks.slip import Facts, Slip
from bot.liveblog.entry import Entry, Picture
from bot.record.past import Past
from bot.record.record import open_record
from bot.sources import jsonld, transcript
from tests.liveblog.checks import sayings
from tests.nights.facts import CONTESTS, TAMWORTH

SHARED = Path(__file__).parents[4] / "shared"
PAGES = sorted((SHARED / "fixtures" / "liveblogs").glob("*.html"))
FEEDS = SHARED / "fixtures" / "feeds"
SEEDS = sorted((SHARED / "seed").glob("*.txt"))
RECORD = open_record()
NOW = datetime(2023, 10, 20, 2, 30, tzinfo=UTC)
POLLING_DAY = date(2023, 10, 19)
# What the comparisons compare.
TURNOUT = "Turnout in Tamworth was 35.9 per cent. "


def known(now: datetime = NOW, **more) -> Facts:
    past = Past(RECORD, now)
    return Facts(past=past, tonight=[past.complete(contest) for contest in CONTESTS], **more)


KNOWN = known()


def entry(body: str, heading: str = "Count night", **more) -> Entry:
    at = datetime(2023, 10, 20, 2, 20, tzinfo=UTC)
    return Entry(id="1", published=at, heading=heading, body=f"<p>{body}</p>", **more)


def slips(text: str, before: str = "") -> tuple[Slip, ...]:
    return check(entry(before + text), KNOWN)


def test_the_tables_are_long_enough_to_say_something():
    assert len(sayings.SLIPS) + len(sayings.SLIPS_OF_COMPARISON) >= 60
    assert len(sayings.RIGHT) + len(sayings.RIGHT_OF_COMPARISON) >= 60


@pytest.mark.parametrize(("text", "fact"), sayings.SLIPS)
def test_a_slip_is_found_and_the_fact_said(text, fact):
    (slip,) = slips(text)
    assert fact in slip.fact


@pytest.mark.parametrize(("text", "fact"), sayings.SLIPS_OF_COMPARISON)
def test_a_comparison_the_wrong_way_round_is_found(text, fact):
    found = slips(text, TURNOUT)
    assert found
    assert all(fact in slip.fact for slip in found)


@pytest.mark.parametrize("text", sayings.RIGHT)
def test_what_is_right_or_unsure_is_left_alone(text):
    assert slips(text) == ()


@pytest.mark.parametrize("text", sayings.RIGHT_OF_COMPARISON)
def test_a_comparison_that_is_right_or_unsure_is_left_alone(text):
    assert slips(text, TURNOUT) == ()


@pytest.mark.parametrize("text", [text for text, _ in sayings.SLIPS])
def test_what_somebody_is_quoted_as_saying_is_not_checked(text):
    assert slips(f"“{text}”, somebody said.") == ()
    quoted = Entry(id="1", published=NOW, heading="", body=f"<blockquote>{text}</blockquote>")
    assert check(quoted, KNOWN) == ()


# ── The night's own figures ──────────────────────────────────────────────────────────────────


def reported(percent: str) -> Facts:
    figure = Figure(
        value=Turnout(stated=Decimal(percent)),
        source=Source(name="Count night live"),
        at=datetime(2023, 10, 19, 23, 41, tzinfo=UTC),
        standing=Standing.REPORTED,
    )
    return known(turnouts={TAMWORTH.id: figure})


def test_a_turnout_that_is_another_than_before_is_told_with_who_said_it_before():
    (slip,) = check(entry("Turnout in Tamworth is 39.5 per cent."), reported("35.9"))
    assert slip.fact == "It was 35.9% before."
    assert slip.source.name == "Count night live"


@pytest.mark.parametrize("percent", ["35.9", "36", "35.95", "36.0"])
def test_the_same_turnout_said_another_way_is_left_alone(percent):
    assert check(entry(f"Turnout in Tamworth is {percent} per cent."), reported("35.9")) == ()


# ── What is said where ───────────────────────────────────────────────────────────────────────


def test_captions_are_read_and_credits_are_not():
    picture = Picture(caption="A count in Mid-Bedforshire", credit="Mid-Bedforshire Pictures")
    (slip,) = check(entry("Counting goes on.", pictures=(picture,)), KNOWN)
    assert slip.words == "Mid-Bedforshire"


def test_one_fact_is_told_once_and_never_more_than_a_few():
    twice = "The West Lancashire by-election in March was quieter. "
    assert len(slips(twice * 3)) == 1
    every = " ".join(text for text, _ in sayings.SLIPS)
    assert len(slips(every)) == MOST


def test_a_withdrawn_entry_is_not_checked():
    text, _ = sayings.SLIPS[0]
    assert check(entry(text, withdrawn=True), KNOWN) == ()


def test_nothing_from_after_the_moment_is_held_against_an_entry():
    text = "Labour won Uxbridge and South Ruislip in July 2023."
    before = known(datetime(2023, 7, 20, 21, 30, tzinfo=UTC))
    assert check(entry(text), before) == ()
    assert len(check(entry(text), KNOWN)) == 1


# ── Real pages ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not SEEDS, reason="the transcript is not beside the project")
def test_the_slips_of_a_real_night_are_found_and_nothing_else():
    content = SEEDS[0].read_bytes()
    night = known(datetime(2023, 10, 19, 23, 45, tzinfo=UTC))
    reading = transcript.parse(content, url="x", polling_day=POLLING_DAY)
    found = [slip for one in reading.entries for slip in check(one, night)]
    # The caption below the standfirst, which is of no entry.
    caption = Picture(caption=content.decode().splitlines()[0])
    found += check(entry("", pictures=(caption,)), night)
    assert [(slip.words[:18], slip.fact) for slip in found] == [
        ("Somerset and Frome", "There is no such seat; there is Somerton and Frome."),
        (
            "It is lower than t",
            "Uxbridge and South Ruislip, and Selby and Ainsty voted on 20 July 2023.",
        ),
        ("Mid-Bedforshire", "The seat is Mid Bedfordshire."),
    ]


@pytest.mark.skipif(not PAGES, reason="the pages are not beside the project")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_about_other_things_raise_no_alarm(page):
    reading = jsonld.parse(page.read_bytes(), url="https://x/", polling_day=POLLING_DAY)
    assert reading.entries
    today = datetime(2026, 11, 27, tzinfo=UTC)
    for one in reading.entries:
        for facts in (KNOWN, Facts(past=Past(RECORD, today), tonight=())):
            assert check(one, facts) == ()


@pytest.mark.skipif(not FEEDS.exists(), reason="the feeds are not beside the project")
def test_feeds_about_other_things_raise_no_alarm():
    texts = [path for path in FEEDS.rglob("*") if path.is_file()]
    assert len(texts) > 1_000
    for path in texts:
        text = path.read_bytes().decode("utf-8", "replace")[:20_000]
        assert check(entry(text), KNOWN) == (), path.name


# ── Any text ─────────────────────────────────────────────────────────────────────────────────

WORDS = (
    "Tamworth|Mid Bedfordshire|Selby and Ainsty|by-election|in June|2019|35.9%|majority|turnout|of"
    "|19,634|Labour|held|since 2010|candidate|lower than|, and | - |.|?|“|”|Somerset and Frome|the"
    "|A|'s|(|)|won"
)
PIECES = st.sampled_from(WORDS.split("|"))


@given(st.lists(PIECES | st.text(max_size=8), max_size=80))
def test_any_words_are_read_in_bounded_time(words):
    found = check(entry(" ".join(words)), KNOWN)
    assert len(found) <= MOST
    assert all(slip.words and slip.fact for slip in found)


@pytest.mark.parametrize(
    "piece",
    [
        "Somerset and Frome ",
        "by-election in June, ",
        "Tamworth and ",
        "A and ",
        "majority of 1 in ",
    ],
)
def test_a_hostile_text_takes_no_time(piece):
    # By the clock of the process: others may use the machine.
    began = process_time()
    check(entry(piece * 20_000), KNOWN)
    assert process_time() - began < 5

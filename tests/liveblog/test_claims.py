"""What sentences state, and the many that state nothing."""

# ruff: noqa: E501 - a table reads across

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.liveblog.claims import (
    Claim,
    DeclaredClaim,
    ExpectedClaim,
    MajorityDefendedClaim,
    StageClaim,
    TurnoutClaim,
    VotesClaim,
    contests_named,
    read_claims,
)
from bot.liveblog.entry import Entry, Picture
from bot.liveblog.markup import paragraphs_to_html
from tests.nights.facts import CONTESTS, MID_BEDFORDSHIRE, TAMWORTH

SHARED = Path(__file__).parents[3] / "shared"
UK = ZoneInfo("Europe/London")
NAMES = {TAMWORTH.id: "T", MID_BEDFORDSHIRE.id: "M"}


def entry(
    *paragraphs: str, heading: str = "", at: str = "00:14", captions: tuple[str, ...] = ()
) -> Entry:
    hour, minute = map(int, at.split(":"))
    day = date(2023, 10, 19) if hour >= 12 else date(2023, 10, 20)
    published = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UK).astimezone(UTC)
    return Entry(
        id="e",
        published=published,
        heading=heading,
        body=paragraphs_to_html(list(paragraphs)),
        pictures=tuple(Picture(caption=caption) for caption in captions),
    )


def clock(instant: datetime) -> str:
    return f"{instant.astimezone(UK):%H:%M}"


def short(claim: Claim) -> str:
    """A claim in one line: `T turnout 35.9`."""
    match claim:
        case TurnoutClaim():
            said = [str(value) for value in (claim.percent, claim.ballots) if value is not None]
            facts = ["turnout", *said, *(["~"] if claim.approximate else [])]
        case MajorityDefendedClaim():
            facts = ["defended", str(claim.votes)]
        case ExpectedClaim():
            until = f"-{clock(claim.time.until)}" if claim.time.until else ""
            facts = [
                claim.kind,
                clock(claim.time.at) + until,
                *(["~"] if claim.time.approximate else []),
            ]
        case StageClaim():
            facts = [claim.stage]
        case DeclaredClaim():
            known = (claim.party, claim.candidate, claim.outcome, claim.majority)
            facts = ["won", *(str(fact) for fact in known if fact is not None)]
        case VotesClaim():
            facts = ["votes", *(f"{name} {number}" for name, number in claim.votes)]
    return " ".join([NAMES[claim.contest_id], *facts])


def read(*paragraphs: str, heading: str = "", at: str = "00:14") -> list[str]:
    return [
        short(claim) for claim in read_claims(entry(*paragraphs, heading=heading, at=at), CONTESTS)
    ]


STATED = [
    # turnout
    ("Turnout in Tamworth is calculated at 35.9 per cent.", ["T turnout 35.9"]),
    ("Tamworth: turnout of 35.9%", ["T turnout 35.9"]),
    ("The turnout in Mid Beds was 44.09 per cent, the returning officer said.", ["M turnout 44.09"]),
    ("Turnout: 35.9% in Tamworth, 44.1% in Mid Bedfordshire.", ["T turnout 35.9", "M turnout 44.1"]),
    ("Turnout was 35.9% in Tamworth and 44.1% in Mid-Bedfordshire", ["T turnout 35.9", "M turnout 44.1"]),
    ("Turnout in Tamworth was 35.9% and in Mid Bedfordshire 44.1%.", ["T turnout 35.9", "M turnout 44.1"]),
    ("In Tamworth some 25,000 ballots were submitted.", ["T turnout 25000 ~"]),
    ("25,630 ballots cast in Tamworth", ["T turnout 25630"]),
    ("A total of 40,822 votes were cast in Mid Bedfordshire.", ["M turnout 40822"]),
    ("Mid Beds: 40,822 ballots have been verified, a turnout of 44.09%.", ["M turnout 44.09 40822"]),
    ("In Tamworth almost 26,000 people voted.", ["T turnout 26000 ~"]),
    ("A 35.9% turnout in Tamworth", ["T turnout 35.9"]),
    ("35.9% of voters in Tamworth turned out.", ["T turnout 35.9"]),
    ("Turnout in Tamworth fell to 35.9%, from 64.3% in 2019.", ["T turnout 35.9"]),
    ("Tamworth's turnout was just 35.9%, lower than the 46% in Uxbridge.", ["T turnout 35.9"]),
    ("Turnout in Tamworth stands at around 36 per cent.", ["T turnout 36 ~"]),
    ("Turnout in Tamworth was 35.9%, the lowest since 1945.", ["T turnout 35.9"]),
    ("TURNOUT: TAMWORTH 35.9%", ["T turnout 35.9"]),
    # the majority of last time
    ("The Tories are defending a 19,600 majority in Tamworth and have held the seat since 2010.", ["T defended 19600"]),
    ("Labour needs to overturn a majority of 24,664 in Mid Bedfordshire.", ["M defended 24664"]),
    ("Mid Beds had a Conservative majority of 24,664 in 2019.", ["M defended 24664"]),
    ("In Tamworth, Chris Pincher held a majority of 19,634.", ["T defended 19634"]),
    ("A 24,664-vote majority is being defended in Mid Bedfordshire.", ["M defended 24664"]),
    ("Can be done? Labour is trying to overturn a 19,634 majority in Tamworth.", ["T defended 19634"]),
    # what is expected, and when
    ("The final result in Tamworth is expected around 3am.", ["T declaration 03:00 ~"]),
    ("A declaration in Tamworth is expected at about 2.30am.", ["T declaration 02:30 ~"]),
    ("Tamworth's result is due between 3am and 4am.", ["T declaration 03:00-04:00"]),
    ("Mid Beds is expected to declare in half an hour.", ["M declaration 00:44"]),
    ("The Mid Bedfordshire result is now not expected before 4am.", ["M declaration 04:00 ~"]),
    ("Tellers in Tamworth have snacks to last them to the final result around 3am.", ["T declaration 03:00 ~"]),
    ("Results: Tamworth is due at 2.30am and Mid Bedfordshire at 4am.", ["T declaration 02:30", "M declaration 04:00"]),
    ("Tamworth: the turnout is expected at 00:30.", ["T turnout 00:30"]),
    ("Ballot boxes are expected at the Tamworth count around 11pm.", ["T boxes 23:00 ~"]),
    ("Estimated declaration time for Tamworth: 3am", ["T declaration 03:00"]),
    ("Returning officer now expects a result in Mid Bedfordshire by 03:30", ["M declaration 03:30 ~"]),
    # stages
    ("Counting under way for Tamworth", ["T counting"]),
    ("The count is now underway in Mid Beds.", ["M counting"]),
    ("Vote counting continues in Tamworth", ["T counting"]),
    ("In Tamworth postal ballots are already being counted.", ["T counting"]),
    ("Counting is under way in the Mid Bedfordshire and Tamworth by-elections.", ["M counting", "T counting"]),
    ("The ballot boxes have begun to arrive at the count in Mid Bedfordshire.", ["M boxes_arrived"]),
    ("In pictures: First ballot boxes arrive in Mid Bedfordshire", ["M boxes_arrived"]),
    ("The first ballots in the Tamworth by-election have arrived at the count.", ["T boxes_arrived"]),
    ("Verification is complete in Tamworth.", ["T verified"]),
    ("Verification of the votes in Tamworth has now finished.", ["T verified"]),
    ("All ballots have now been verified in Mid Beds.", ["M verified"]),
    ("A full recount has been ordered in Tamworth.", ["T recount"]),
    ("Tamworth: recount under way", ["T recount"]),
    ("The returning officer has ordered a recount in Mid Beds.", ["M recount"]),
    # declared
    ("Labour win Tamworth", ["T won Lab"]),
    ("BREAKING: Labour wins Tamworth", ["T won Lab"]),
    ("Labour has won the Tamworth by-election.", ["T won Lab"]),
    ("Labour wins Mid Bedfordshire from the Conservatives", ["M won Lab gain"]),
    ("Labour gains Tamworth with a majority of 1,316.", ["T won Lab gain 1316"]),
    ("Conservatives hold Tamworth", ["T won Con hold"]),
    ("The Tories have held on to Mid Bedfordshire with a majority of just 212.", ["M won Con hold 212"]),
    ("Lib Dems take Mid Beds", ["M won LD"]),
    ("Tamworth: Labour gain from Con", ["T won Lab gain"]),
    ("TAMWORTH – LAB GAIN FROM CON", ["T won Lab gain"]),
    ("Sarah Edwards (Lab) wins Tamworth.", ["T won Lab Sarah Edwards"]),
    ("Sarah Edwards has been elected as the new MP for Tamworth.", ["T won Lab Sarah Edwards"]),
    ("Labour's Alistair Strathern has won the Mid Bedfordshire by-election.", ["M won Lab Alistair Strathern"]),
    ("Alistair Strathern is elected MP for Mid Bedfordshire", ["M won Lab Alistair Strathern"]),
    ("Labour has overturned a majority of 19,634 to win Tamworth.", ["T defended 19634", "T won Lab gain"]),
    ("Festus Akinbusoye, the Conservative candidate, holds Mid Bedfordshire.", ["M won Con Festus Akinbusoye hold"]),
    ("Labour wins Tamworth for the first time since 2005.", ["T won Lab"]),
    ("Tamworth has been won by Labour.", ["T won Lab"]),
    ("Strathern wins in Mid Beds by 1,192 votes.", ["M won Lab Alistair Strathern 1192"]),
    ("Labour wins Tamworth and Mid Bedfordshire by-elections from the Conservatives", ["M won Lab gain", "T won Lab gain"]),
    ("Labour has seized the true blue seat of Mid Bedfordshire in a night to forget for the Tories.", ["M won Lab gain"]),
    ("Mid Bedfordshire by-election: Labour wins seat for first time", ["M won Lab"]),
    ("Sarah Edwards defeated Andy Cooper by 1,316 votes in Tamworth.", ["T won Lab Sarah Edwards 1316"]),
    ("There is a recount in Tamworth.", ["T recount"]),
    ("Tamworth to declare at 2:45am", ["T declaration 02:45"]),
    ("There were 25,630 votes cast in Tamworth, a turnout of 35.9%.", ["T turnout 35.9 25630"]),
    ("Chris Pincher's majority in Tamworth in 2019 was 19,634.", ["T defended 19634"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "claims"), STATED)
def test_a_sentence_that_states_it(sentence: str, claims: list[str]) -> None:
    assert read(sentence, at="22:40" if "11pm" in sentence else "00:14") == claims


NOTHING = [
    # turnout
    "Just a third of voters came out in Tamworth.",
    "Turnout in Tamworth was 64.3% in 2019.",
    "In 2019, turnout in Tamworth was 64.3%.",
    "At the general election turnout in Tamworth was 64%.",
    "We have an expected turnout of 40% in Tamworth.",
    "Turnout in Tamworth could reach 40%.",
    "Postal turnout in Tamworth is 62%.",
    "The postal vote turnout was 62% in Mid Beds.",
    "Turnout in Tamworth is predicted to be 36%.",
    "Sources put turnout in Tamworth at 36%.",
    "If turnout in Tamworth is 36%, Labour is happy.",
    "Is turnout in Tamworth 36%?",
    "Turnout in Tamworth was not 36%.",
    "“Turnout in Tamworth is 36%,” said one agent.",
    "Turnout in Uxbridge was 46%.",
    "Turnout in West Lancashire was 31%, which Tamworth will want to beat.",
    "Turnout in Tamworth and Mid Bedfordshire was 40%.",
    "Turnout in Tamworth is down 28.4 points.",
    "Tamworth saw a swing of 23.9% tonight.",
    "Turnout in Tamworth: Labour took 45.8% of the vote.",
    "11,719 votes were cast for Sarah Edwards in Tamworth.",
    "In Tamworth 9,000 ballots have been counted so far.",
    "Some 14,000 postal ballots were returned in Tamworth.",
    "Last time 46,056 votes were cast in Tamworth.",
    "In Tamworth 250,000 votes were cast.",
    "Turnout in Tamworth in July was 31%.",
    # majorities
    "A majority of 1,000 in Tamworth would please Labour.",
    "The largest majority ever overturned was 24,664, and Mid Bedfordshire may follow.",
    "The Tories won Tamworth in 2010 with a majority of 6,090.",
    "The party could be defending a majority of 500 in Tamworth next year.",
    "Selby had a majority of 20,137, and Tamworth watches.",
    "A hefty majority of 19,634 is on the lips of Tamworth.",
    # expected
    "“I hope we have a result in Tamworth by 3am,” she said.",
    "I hope we have a result in Tamworth by 3am.",
    "Polls in Tamworth closed at 10pm.",
    "In 2019 the Tamworth result came at 3.40am.",
    "No result is expected in Tamworth before 3am.",
    "The Tamworth result could come at 2am.",
    "Wellingborough's result is expected at 3am, while Tamworth waits.",
    "Results in Tamworth are expected early on Friday morning.",
    "The Tamworth result was expected at 2am.",
    "The Tamworth leader will speak at 3am.",
    "Our reporter in Tamworth is back at 2am.",
    "Tamworth's result is due at 11pm.",
    "The exit poll result for Tamworth at 2am is a spoof.",
    # stages
    "Counting has not begun in Tamworth.",
    "Once counting is under way in Tamworth we will know more.",
    "Counting is expected to get under way in Tamworth soon.",
    "There will be no recount in Tamworth.",
    "The Tories may ask for a recount in Tamworth.",
    "A recount in Tamworth has been ruled out.",
    "Will a recount be ordered in Tamworth?",
    "Verification in Tamworth is nearly complete.",
    "Ballot boxes have yet to arrive at the Tamworth count.",
    "When the ballot boxes arrive in Tamworth the hall goes quiet.",
    "Counting is under way in Wellingborough.",
    "In 2019 a recount was ordered in Tamworth.",
    # declared
    "Labour would be delighted to win Tamworth.",
    "If Labour win Tamworth, Starmer will travel there.",
    "Labour could take Tamworth.",
    "Labour hopes to win Tamworth.",
    "Labour is confident it has won Tamworth.",
    "Labour is set to win Tamworth.",
    "Labour is expected to gain Mid Bedfordshire.",
    "Labour is on course to take Tamworth.",
    "Has Labour won Tamworth?",
    "Labour has not won Tamworth.",
    "Labour won Tamworth in 1997.",
    "The Conservatives have held Mid Bedfordshire since 1931.",
    "The Tories held Tamworth.",
    "“Labour wins Tamworth,” shouted someone.",
    "A source says Labour has won Tamworth.",
    "Labour wins Tamworth, according to one poll.",
    "Jardine is confident the Lib Dems have snatched votes in Mid Bedfordshire.",
    "The battle as to who will win Tamworth goes on.",
    "Tamworth contest appears to be on knife's edge",
    "Ms Edwards would become the first Labour MP for Tamworth in 13 years.",
    "How Labour win Tamworth",
    "Labour wins over Tamworth shoppers",
    "Labour take Tamworth fight to the villages",
    "Labour hold Tamworth rally",
    "Labour hold Tamworth",
    "Conservatives gain Tamworth",
    "SNP wins Tamworth",
    "Cooper wins Tamworth",
    "Love wins in Mid Bedfordshire",
    "Labour won Selby and now eyes Tamworth.",
    "Labour has won control of the council that covers Tamworth.",
    "Sarah Edwards wins praise in Tamworth.",
    "Labour wins Tamworth seat on the borough council",
    "It is not true that Labour has won Tamworth.",
    "Pollsters: Labour wins Tamworth",
    "Chris Pincher won Tamworth with ease.",
    "Labour gain in Wellingborough, not Tamworth",
    "Sunak: I know Labour has won Tamworth",
    "Tories concede Labour has won Tamworth.",
    "Labour win in Tamworth ‘inevitable’",
    "Labour win Tamworth ‘in landslide’",
    "Tories hold Tamworth by a whisker, say insiders",
    "Greens take Tamworth as a model",
    "Labour takes Tamworth by storm",
    "Labour wins Tamworth with voters who stayed at home",
    "The Tories have won Tamworth at every election since 2010.",
    "Tamworth: Labour gain likely",
    "Tamworth forecast: Labour gain",
    "Labour wins Tamworth, exit poll says",
    "Recount in Tamworth denied",
    "Verification complete by 1am is the aim in Tamworth.",
    "Reaction to the Tamworth result from 6am.",
    "Labour must overturn a majority of nearly 20,000 in Tamworth.",
    "An estimated 26,000 people voted in Tamworth.",
    "92,578 ballot papers were printed in Mid Bedfordshire.",
    "Tamworth knows the turnout was 46% over there.",
    "Anything above 40% turnout in Tamworth helps the Tories.",
]  # fmt: skip


@pytest.mark.parametrize("sentence", NOTHING)
def test_a_sentence_that_states_nothing(sentence: str) -> None:
    assert read(sentence) == []


def test_the_tables_are_large() -> None:
    assert len(STATED) >= 60
    assert len(NOTHING) >= 60


# ── Which contest ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("heading", "paragraphs", "claims"),
    [
        ("Tamworth count", ["Turnout is 35.9 per cent."], ["T turnout 35.9"]),
        ("", ["We are in Tamworth. Turnout is 35.9 per cent."], ["T turnout 35.9"]),
        ("", ["We are in Tamworth.", "Turnout is 35.9 per cent."], ["T turnout 35.9"]),
        ("Tamworth", ["Off to Mid Beds.", "Turnout is 35.9 per cent."], []),
        ("Tamworth", ["Off to Mid Beds. Turnout is 44.1%."], ["M turnout 44.1"]),
        ("Tamworth", ["In Uxbridge it rained. Turnout was 46%."], []),
        ("Tamworth", ["Turnout in Uxbridge was 46%."], []),
        ("Tamworth", ["Uxbridge recorded a turnout of 46%."], []),
        ("Tamworth", ["In West Lancashire turnout was 31%."], []),
        ("Tamworth", ["Elsewhere turnout was 31%."], []),
        ("Tamworth", ["Turnout is 35.9%, lower than in West Lancashire."], ["T turnout 35.9"]),
        ("Tamworth and Mid Bedfordshire", ["Turnout is 35.9%."], []),
        ("Hello", ["Turnout is 35.9%."], []),
        ("Tamworth", ["Turnout is 35.9%.", "Some 25,000 ballots were cast."], ["T turnout 35.9 25000 ~"]),
        ("Tamworth", ["Turnout is 35.9%.", "Turnout is 36.4%."], []),
        ("Tamworth", ["Labour wins Tamworth.", "Conservatives hold Tamworth."], []),
        ("Tamworth", ["At The Rawlett School counting is under way."], ["T counting"]),
        ("Labour win Tamworth", ["Sarah Edwards wins with a majority of 1,316."], ["T won Lab Sarah Edwards 1316"]),
    ],
)  # fmt: skip
def test_whose_claim_it_is(heading: str, paragraphs: list[str], claims: list[str]) -> None:
    assert read(*paragraphs, heading=heading) == claims


def test_a_block_quote_states_nothing() -> None:
    said = Entry(
        id="e",
        published=entry().published,
        heading="Tamworth",
        body="<blockquote><p>Labour wins Tamworth</p></blockquote>",
    )
    assert read_claims(said, CONTESTS) == ()


def test_captions_name_and_state_nothing() -> None:
    pictured = entry(heading="In pictures", captions=("Turnout in Tamworth was 35.9%",))
    assert contests_named(pictured, CONTESTS) == {TAMWORTH.id}
    assert read_claims(pictured, CONTESTS) == ()


def test_the_contests_that_an_entry_names() -> None:
    both = entry("A long night in Tamworth.", heading="Mid Beds waits")
    assert contests_named(both, CONTESTS) == {TAMWORTH.id, MID_BEDFORDSHIRE.id}
    assert contests_named(entry("Nothing here."), CONTESTS) == frozenset()


def test_before_the_polls_close_nothing_is_counted() -> None:
    assert read("Labour wins Tamworth. Turnout in Tamworth was 12%.", at="16:00") == []
    assert read("Labour must overturn a majority of 19,634 in Tamworth.", at="16:00") == [
        "T defended 19634"
    ]


def test_long_after_the_night_nothing_is_counted() -> None:
    late = entry("Labour wins Tamworth.")
    later = Entry(id="e", published=late.published + timedelta(days=9), heading="", body=late.body)
    assert read_claims(later, CONTESTS) == ()


def test_the_words_are_those_of_the_entry_and_few() -> None:
    text = "Labour has won the Tamworth by-election, " + "and the hall is loud, " * 40 + "tonight."
    (claim,) = read_claims(entry(text), CONTESTS)
    assert claim.words.startswith("Labour has won the Tamworth by-election")
    assert len(claim.words) <= 200


# ── Votes ────────────────────────────────────────────────────────────────────────────────────

TAMWORTH_VOTES = [
    "T won Lab",
    "T votes Sarah Edwards 11719 Andy Cooper 10403 Ian Stuart Cooper 1373",
]


@pytest.mark.parametrize(
    ("paragraphs", "claims"),
    [
        (["Sarah Edwards (Labour) 11,719", "Andy Cooper (Conservative) 10,403", "Ian Stuart Cooper (Reform UK) 1,373"], TAMWORTH_VOTES),
        (["Sarah Edwards, Labour: 11,719", "Andy Cooper, Conservative: 10,403", "Ian Stuart Cooper, Reform UK: 1,373"], TAMWORTH_VOTES),
        (["Edwards (Lab) 11,719 (45.8%), Cooper (Con) 10,403 (40.7%), Cooper (RUK) 1,373 (5.4%)"], TAMWORTH_VOTES),
        (["Sarah Edwards – 11,719 votes; Andrew Cooper (Con) – 10,403; Ian Cooper (Reform UK) – 1,373"], TAMWORTH_VOTES),
        (["Edwards got 11,719 votes.", "Conservative Andrew Cooper got 10,403, Reform UK's Ian Cooper 1,373."], TAMWORTH_VOTES),
        (["Edwards (Lab) 11,719", "Cooper 10,403"], ["T won Lab"]),
        (["Edwards polled 45.8 per cent, Sunny Virk 1.6 per cent"], ["T won Lab"]),
        (["Sarah Edwards (Lab) 417", "Andy Cooper (Con) 10,403"], ["T won Lab"]),
        (["Sarah Edwards (Lab) 11,719", "Sarah Edwards (Lab) 11,917", "Andy Cooper (Con) 10,403"], ["T won Lab"]),
        (["Sarah Edwards (Con) 11,719", "Andy Cooper (Con) 10,403"], ["T won Lab"]),
        (["In 2017 Robert Bilcliff polled 814 and Sunny Virk 900"], ["T won Lab"]),
    ],
)  # fmt: skip
def test_votes(paragraphs: list[str], claims: list[str]) -> None:
    assert read(*paragraphs, heading="Labour win Tamworth") == claims


def test_votes_told_in_prose() -> None:
    assert read(
        "Alistair Strathern won with 13,872 votes, followed by Festus Akinbusoye on 12,680 and"
        " Emma Holland-Lindsay on 9,420. Dave Holland received 1,487.",
        heading="Labour win Mid Bedfordshire",
    ) == [
        "M won Lab Alistair Strathern",
        "M votes Alistair Strathern 13872 Festus Akinbusoye 12680 Emma Holland-Lindsay 9420 Dave Holland 1487",
    ]


def test_votes_of_a_contest_that_is_not_declared_are_not_read() -> None:
    assert (
        read("Sarah Edwards (Lab) 1,719", "Andy Cooper (Con) 1,403", heading="Tamworth piles") == []
    )


# ── Real pages ───────────────────────────────────────────────────────────────────────────────


def transcript() -> list[Entry]:
    pages = sorted((SHARED / "seed").glob("*.txt"))
    if not pages:
        pytest.skip("the seed is not here")
    parts = re.split(r"^(\d\d:\d\d) AM BST$", pages[0].read_text(), flags=re.M)
    read: list[Entry] = []
    for at, text in zip(parts[1::2], parts[2::2], strict=True):
        heading, *paragraphs = [line for line in text.split("\n") if line.strip()]
        body = [p for p in paragraphs if not re.search(r" - [A-Z][\w ]*(?:/[A-Z]+)?$", p)]
        read.append(entry(*body, heading=heading, at=at.replace("12:", "00:")))
    return read


def test_the_night_as_it_was_blogged() -> None:
    claims = {
        (clock(e.published), short(claim))
        for e in transcript()
        for claim in read_claims(e, CONTESTS)
    }
    assert claims == {
        ("00:10", "M boxes_arrived"),
        ("00:14", "T boxes_arrived"),
        ("00:14", "T counting"),
        ("00:14", "T declaration 03:00 ~"),
        ("00:35", "M boxes_arrived"),
        ("00:41", "T turnout 35.9 25000 ~"),
    }


def test_what_the_blogged_night_names() -> None:
    named = {clock(e.published): contests_named(e, CONTESTS) for e in transcript()}
    assert named["00:41"] == {TAMWORTH.id}
    assert named["00:22"] == {MID_BEDFORDSHIRE.id}
    assert named["00:07"] == {TAMWORTH.id, MID_BEDFORDSHIRE.id}


def test_other_blogs_state_nothing_of_these_contests() -> None:
    page = SHARED / "fixtures" / "liveblogs" / "guardian-content-api.json"
    if not page.exists():
        pytest.skip("the page of another blog is not here")
    found = re.findall(r'"bodyHtml": *("(?:[^"\\]|\\.)*")', page.read_text())
    assert found
    for body in found:
        blogged = Entry(id="e", published=entry().published, heading="", body=json.loads(body))
        assert read_claims(blogged, CONTESTS) == ()
        about = Entry(id="e", published=blogged.published, heading="Tamworth", body=blogged.body)
        assert read_claims(about, CONTESTS) == ()


# ── Anything at all ──────────────────────────────────────────────────────────────────────────

BITS = st.sampled_from(
    ["Tamworth", "Mid Beds", "Labour", "wins", "turnout", "35.9%", "of", "in", "3am", "result", "expected", "“", "”",
     "'", '"', ".", ",", "and", "Sarah Edwards", "11,719", "majority", "recount", "ballots", "(Lab)", "–", "at the",
     "per cent", "Uxbridge", "2019", "?", "@", "~", "#"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(BITS, max_size=60).map(" ".join)), st.text(max_size=40))
def test_any_text_can_be_read(body: str, heading: str) -> None:
    for claim in read_claims(entry(body, heading=heading), CONTESTS):
        assert len(claim.words) <= 200
        assert claim.contest_id in NAMES


@pytest.mark.parametrize(
    "bit",
    [
        "turnout in ",
        "result is ",
        "Labour has ",
        "1,000 ",
        "“",
        "A and ",
        "@",
        "Sarah ",
        "Tamworth and ",
        "~ ",
        "3am and ",
        "in A ",
    ],
)
def test_a_long_text_states_nothing(bit: str) -> None:
    assert read("Tamworth " + bit * 40_000) == []


@pytest.mark.parametrize(
    "filling", ["and so on " * 120, "Tamworth and Mid Bedfordshire, " * 20], ids=["long", "names"]
)
def test_a_sentence_that_nobody_would_write_is_not_read(filling: str) -> None:
    sentence = "Turnout in Tamworth was 35.9 per cent"
    assert len(read(f"{sentence}.")) == 1
    assert read(f"{sentence}, {filling}.") == []
    assert len(read(f"{filling}. {sentence}.")) == 1


def test_the_percentage_is_kept_as_it_was_written() -> None:
    (claim,) = read_claims(entry("Turnout in Tamworth was 44.10%."), CONTESTS)
    assert isinstance(claim, TurnoutClaim)
    assert str(claim.percent) == "44.10"
    assert claim.percent == Decimal("44.1")

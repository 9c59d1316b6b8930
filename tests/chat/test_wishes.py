import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.ask import Follow
from bot.chat.wishes import EVERYTHING, before, behind, milestone, minutes, read_wish, to_do
from bot.election.contest import MilestoneKind

URL = "https://news.example/live"
ENTRIES, REMINDERS, DECLARATIONS, CHECKS = (frozenset({kind}) for kind in Follow)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (URL, URL),
        (f"<{URL}>", URL),
        (f"<{URL}|{URL}>", URL),
        (f"<{URL}|news.example/live>", URL),
        (f"<{URL}|the Example’s live blog>", URL),
        (f"({URL})", URL),
        (f"({URL}).", URL),
        (f"{URL}.", URL),
        (f"{URL},", URL),
        (f"{URL}!", URL),
        (f"{URL}?", URL),
        (f"“{URL}”", URL),
        (f"'{URL}'", URL),
        (f'"{URL}";', URL),
        (f"{URL}/", f"{URL}/"),
        (f"{URL}?page=2&order=new", f"{URL}?page=2&order=new"),
        (f"<{URL}?page=2&order=new>.", f"{URL}?page=2&order=new"),
        (f"{URL}#entry-7", f"{URL}#entry-7"),
        ("https://news.example/wiki/Tamworth_(seat)", "https://news.example/wiki/Tamworth_(seat)"),
        (
            "(https://news.example/Tamworth_(seat)).",
            "https://news.example/Tamworth_(seat)",
        ),
        (
            "https://news.example/live?q=(a,b)&c=[d]",
            "https://news.example/live?q=(a,b)&c=[d]",
        ),
        ("HTTPS://News.example/Live", "HTTPS://News.example/Live"),
        ("http://127.0.0.1:8000/live", "http://127.0.0.1:8000/live"),
        (f"the blog at {URL} please", URL),
        (f"\n{URL}\n", URL),
    ],
)
def test_an_address_is_read_as_chats_write_it(typed, address):
    assert read_wish(typed).address == address
    assert read_wish(f"{typed} only Tamworth").address == address
    assert read_wish(f"{typed} only Tamworth").only == "Tamworth"


@pytest.mark.parametrize(
    "typed", ["", "news.example/live", "ftp://news.example/", "https://", "<>"]
)
def test_what_is_no_address_is_none(typed):
    assert read_wish(typed).address is None


@pytest.mark.parametrize(
    ("typed", "kinds", "only", "rest"),
    [
        ("entries", ENTRIES, "", ""),
        ("entry", ENTRIES, "", ""),
        ("the blog", ENTRIES, "", ""),
        ("live blogs", ENTRIES, "", ""),
        ("the liveblog", ENTRIES, "", ""),
        ("Reminders", REMINDERS, "", ""),
        ("the timetable", REMINDERS, "", ""),
        ("DECLARATIONS", DECLARATIONS, "", ""),
        ("results", DECLARATIONS, "", ""),
        ("alerts", DECLARATIONS, "", ""),
        ("checks", CHECKS, "", ""),
        ("reminders and declarations", REMINDERS | DECLARATIONS, "", ""),
        ("reminders, declarations", REMINDERS | DECLARATIONS, "", ""),
        ("reminders, declarations, and entries", EVERYTHING, "", ""),
        ("entries + checks", ENTRIES | CHECKS, "", ""),
        ("reminders & results", REMINDERS | DECLARATIONS, "", ""),
        ("reminders/declarations", REMINDERS | DECLARATIONS, "", ""),
        ("everything", EVERYTHING, "", ""),
        ("everything!", EVERYTHING, "", ""),
        ("all", EVERYTHING, "", ""),
        ("all of it", EVERYTHING, "", ""),
        ("tonight", EVERYTHING, "", ""),
        ("the night", EVERYTHING, "", ""),
        ("everything only Tamworth", EVERYTHING, "Tamworth", ""),
        ("everything, only Tamworth and Mid Beds", EVERYTHING, "Tamworth and Mid Beds", ""),
        ("declarations just Tamworth", DECLARATIONS, "Tamworth", ""),
        ("declarations only for Tamworth", DECLARATIONS, "Tamworth", ""),
        ("only Tamworth", frozenset(), "", "Tamworth"),
        ("only declarations", DECLARATIONS, "", ""),
        ("just the results in Tamworth", DECLARATIONS, "", "Tamworth"),
        ("Tamworth", frozenset(), "", "Tamworth"),
        ("declarations in Tamworth", DECLARATIONS, "", "Tamworth"),
        ("declarations for Tamworth and Mid Beds", DECLARATIONS, "", "Tamworth and Mid Beds"),
        ("the results from Mid Beds", DECLARATIONS, "", "Mid Beds"),
        ("reminders please", REMINDERS, "", ""),
        ("declarations here please.", DECLARATIONS, "", ""),
        ("the money", frozenset(), "", "money"),
        ("", frozenset(), "", ""),
    ],
)
def test_kinds_of_messages_are_read_and_what_is_left_names_seats(typed, kinds, only, rest):
    wish = read_wish(typed)
    assert (wish.address, wish.kinds, wish.only, wish.rest) == (None, kinds, only, rest)


def test_what_stands_beside_an_address_is_no_kind():
    wish = read_wish("https://news.example/results/all only Tamworth")
    assert (wish.kinds, wish.only) == (frozenset(), "Tamworth")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("follow declarations", "declarations"),
        ("please Follow declarations", "declarations"),
        ("follow", ""),
        ("subscribe to declarations", "declarations"),
        ("nothing of it", "nothing of it"),
        ("followers follow followers", "followers"),
    ],
)
def test_what_stands_behind_a_command(text, left):
    assert behind(text, "subscribe to", "subscribe", "follow") == left


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("10m", 10),
        ("10 m", 10),
        ("10 min", 10),
        ("10 mins", 10),
        ("1 minute", 1),
        ("10 MINUTES", 10),
        ("90", 90),
        ("0m", 0),
        ("1h", 60),
        ("1 hr", 60),
        ("2 hrs", 120),
        ("an hour", 60),
        ("one hour", 60),
        ("half an hour", 30),
        ("an hour and a half", 90),
        ("1.5 hours", 90),
        ("a quarter of an hour", 15),
        ("five minutes", 5),
        ("ten minutes", 10),
        ("fifteen mins", 15),
        ("two hours", 120),
        ("a minute", 1),
        ("1h30", 90),
        ("1h 30", 90),
        ("1h30m", 90),
        ("1 hour and 30 minutes", 90),
        ("1 hour 30 minutes", 90),
        ("24h", 1440),
        ("1440", 1440),
        ("24h 1m", None),
        ("25 hours", None),
        ("1441", None),
        ("a while", None),
        ("-5m", None),
        ("m", None),
        ("", None),
    ],
)
def test_a_length_of_time_is_so_many_minutes(said, length):
    assert minutes(said) == length
    if length is not None:
        assert before(f"{said} before the count") == (length, "the count", "")
        assert before(f"{said}\nBEFORE  the count ") == (length, "the count", "")


@pytest.mark.parametrize("said", ["before Tamworth", "10m before", "10m", "soon before Tamworth"])
def test_what_names_no_length_before_something_is_none(said):
    assert before(said) is None


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Tamworth", MilestoneKind.DECLARATION),
        ("Tamworth declares", MilestoneKind.DECLARATION),
        ("the result in Mid Beds", MilestoneKind.DECLARATION),
        ("polls close", MilestoneKind.POLLS_CLOSE),
        ("the close of poll", MilestoneKind.POLLS_CLOSE),
        ("the first ballot boxes in Tamworth", MilestoneKind.BOXES),
        ("turnout in Tamworth", MilestoneKind.TURNOUT),
        ("the Tamworth verification", MilestoneKind.TURNOUT),
    ],
)
def test_a_milestone_is_known_by_its_words(said, kind):
    assert milestone(said) is kind


def test_a_time_is_cut_from_what_to_do_in_every_way_longest_first():
    assert to_do("quarter to 6 to file") == [
        ("quarter to 6 to file", ""),
        ("quarter to 6", "file"),
        ("quarter", "6 to file"),
    ]
    assert to_do("to file the story at 01:30") == [("at 01:30", "file the story")]
    assert to_do("to look in at Mid Beds in 20 minutes") == [
        ("in at Mid Beds in 20 minutes", "look"),
        ("at Mid Beds in 20 minutes", "look in"),
        ("in 20 minutes", "look in at Mid Beds"),
    ]


@pytest.mark.parametrize("text", ["at 1" + " to 2" * 400, "to do" + " at 2" * 400])
def test_a_time_is_looked_for_in_few_places(text):
    assert len(to_do(text)) <= 7


@pytest.mark.parametrize(
    ("said", "ahead"),
    [
        ("to file 30m before Tamworth", (30, "Tamworth", "file")),
        ("to ring the desk an hour before Tamworth", (60, "Tamworth", "ring the desk")),
        ("10m before Tamworth to file", (10, "Tamworth to file", "")),
        ("to be there before Tamworth", None),
    ],
)
def test_what_to_do_may_stand_before_its_time(said, ahead):
    assert before(said) == ahead


@given(st.text(max_size=300))
def test_any_words_can_be_read(text):
    assert read_wish(text).address is None or "://" in text
    assert minutes(text) is None or 0 <= minutes(text) <= 1440
    assert 0 < len(to_do(text)) <= 7
    assert milestone(text) in MilestoneKind
    before(text)

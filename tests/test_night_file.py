import tomllib
from datetime import UTC, date, datetime, time
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.ask import Follow
from bot.chat.manner import Manner
from bot.chat.quiet import Quiet
from bot.election.contest import MilestoneKind, Party
from bot.election.figure import Standing
from bot.errors import SettingsError
from bot.night import DEFAULT_REMIND, Night, load_night, read_night
from bot.nights import bundled_night
from bot.toml_lines import Fault, tell

SMALLEST = """\
[night]
name = "Tamworth by-election"
polling_day = 2023-10-19

[[contest]]
id = "parl.tamworth.by.2023-10-19"
"""


def faults(text: str) -> list[str]:
    """The lines of the one message that tells what is wrong."""
    with pytest.raises(SettingsError) as error:
        read_night(dedent(text))
    first, *lines = str(error.value).splitlines()
    assert first == "The night file night.toml is not right:"
    return [line.strip() for line in lines]


def refusal(text: str) -> str:
    with pytest.raises(SettingsError) as error:
        read_night(text)
    return str(error.value)


def test_the_bundled_night_reads():
    night = bundled_night()
    tamworth, mid_bedfordshire = (planned.contest for planned in night.contests)
    assert night.polling_day == date(2023, 10, 19)
    assert (tamworth.name, mid_bedfordshire.name) == ("Tamworth", "Mid Bedfordshire")
    assert tamworth.holder == Party(name="Conservative", short="Con", ec_id="PP52")
    assert len(mid_bedfordshire.candidacies) == 13
    assert tamworth.previous is not None
    assert tamworth.previous.shares["Lab"] == pytest.approx(0.236842)
    assert [blog.format for blog in night.blogs] == ["jsonld"]
    assert night.following[0].follows == set(Follow)


def test_the_smallest_night():
    (planned,) = read_night(SMALLEST).contests
    assert planned.contest.name == "Tamworth"
    assert planned.remind == DEFAULT_REMIND
    ((kind, figure),) = planned.expected
    assert kind is MilestoneKind.POLLS_CLOSE
    assert figure.value.at == datetime(2023, 10, 19, 21, tzinfo=UTC)
    assert figure.standing is Standing.ESTIMATED


def test_expected_times_are_uk_times_of_the_night():
    text = SMALLEST + 'declaration = "around 03:00"\nturnout = "2023-10-20T00:30+01:00"\n'
    expected = dict(read_night(text).contests[0].expected)
    assert expected[MilestoneKind.DECLARATION].value.at == datetime(2023, 10, 20, 2, tzinfo=UTC)
    assert expected[MilestoneKind.DECLARATION].value.approximate
    assert expected[MilestoneKind.TURNOUT].value.at == datetime(2023, 10, 19, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("holder", ["Con", "Conservative"])
def test_a_party_is_known_by_its_short_form_and_by_its_name(holder):
    text = (
        SMALLEST
        + f'holder = "{holder}"\n'
        + '[[contest.candidate]]\nname = "Andy Cooper"\nparty = "Conservative"\nshort = "Con"\n'
        + f'[contest.previous]\npolling_day = 2019-12-12\nwinner = "{holder}"\nmajority = 19634\n'
        + f"shares = {{ {holder} = 66.3 }}\n"
    )
    contest = read_night(text).contests[0].contest
    assert contest.holder == contest.candidacies[0].party
    assert contest.previous is not None
    assert contest.previous.winner.short == "Con"
    assert contest.previous.shares == {"Con": pytest.approx(0.663)}


def test_a_party_that_does_not_stand_may_have_held_the_seat():
    contest = read_night(SMALLEST + 'holder = "SNP"\n').contests[0].contest
    assert contest.holder == Party(name="SNP", short="SNP")


def test_a_channel_may_follow_one_seat_by_any_of_its_names():
    text = SMALLEST + '[[channel]]\non = "slack"\nid = "C1"\nonly = ["tamworth"]\n'
    (following,) = read_night(text).following
    assert following.only == {"parl.tamworth.by.2023-10-19"}


def test_a_channel_says_in_which_way_entries_come_and_when_they_wait():
    way = "key = true\nheadlines = true\ngeneral = true\npictures = false\nevery = 15\n"
    text = f'{SMALLEST}[[channel]]\non = "slack"\nid = "C1"\n{way}quiet = "1am to 06:00"\n'
    (following,) = read_night(text).following
    assert following.manner == Manner(
        key=True, headlines=True, general=True, pictures=False, every=15
    )
    assert following.quiet == Quiet(begins=time(1), ends=time(6))


def test_one_message_lists_every_fault_with_its_line():
    assert faults(
        """\
        [night]
        name = ""
        polling_day = 2024-03-30
        colour = "blue"

        [[contest]]
        id = "parl.tamworth.2024-03-30"
        declaration = "01:30"
        electorate = "many"
        remind = [-5]

        [[contest]]
        id = "parl.tamworth.2024-03-30"

        [[contest]]
        id = "Selby"
        turnout = "when it is done"

        [[contest]]
        id = "parl.selby-and-ainsty.by.2023-07-20"

        [[contest.candidate]]
        name = "Keir Mather"

        [[blog]]
        url = "news.example/live"
        format = "sandwich"

        [[channel]]
        on = "pigeon"
        id = "C1"
        follows = ["everything"]
        """
    ) == [
        "line 2: name: string should have at least 1 character",
        "line 4: “colour” is not a key that is known here",
        "line 8: 01:30 does not exist on the night of Saturday 30 March 2024: clocks go from 01:00"
        " to 02:00. Write “01:30” like “00:30” or “around 02:30”.",
        "line 9: electorate: input should be a valid integer",
        "line 10: 0: input should be greater than or equal to 0",
        "line 13: “parl.tamworth.2024-03-30” stands twice; it is [[contest]] number 1 too",
        "line 16: “Selby” is not a ballot id; it looks like parl.tamworth.by.2023-10-19",
        "line 17: “when it is done” is not a clock time. Write it like “03:00” or “around 3am”.",
        "line 20: its day is 2023-07-20, but the night's is 2024-03-30",
        "line 22: “party” is missing",
        "line 26: url: it has to begin with http:// or https://",
        "line 27: format: input should be 'auto', 'jsonld', 'microdata', 'rss', 'atom', 'jsonfeed',"
        " 'guardian', 'sourcefabric', 'wordpress' or 'transcript'",
        "line 30: on: input should be 'slack', 'discord' or 'terminal'",
        "line 32: 0: input should be 'entries', 'reminders', 'declarations' or 'checks'",
    ]


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ('[[channel]]\non = "slack"\nid = "C1"\nonly = ["Narnia"]',
         "line 10: no contest here is called “Narnia”"),
        ('[[channel]]\non = "slack"\nid = "C1"\nonly = ["Tamwarth"]',
         "line 10: no contest here is called “Tamwarth”; did you mean “Tamworth”?"),
        ('[[channel]]\non = "slack"\nid = "C1"\n[[channel]]\non = "slack"\nid = "C1"',
         "line 12: “C1” stands twice; it is [[channel]] number 1 too"),
        ('[[blog]]\nurl = "https://x.example"\n[[blog]]\nurl = "https://x.example"',
         "line 10: “https://x.example” stands twice; it is [[blog]] number 1 too"),
        ('[[blog]]\nurl = "https://x.example"\nname = "A"\n[[blog]]\nurl = "https://y.example"\n'
         'name = "A"', "line 12: “A” stands twice; it is [[blog]] number 1 too"),
        ('[[channel]]\non = ["slack"]\nid = "C1"',
         "line 8: on: input should be 'slack', 'discord' or 'terminal'"),
        ('[[channel]]\non = "slack"\nid = "C1"\nquiet = "at night"',
         "line 10: “at night” are no hours. Write them like “quiet 01:00 to 06:00”."),
        ('[[channel]]\non = "slack"\nid = "C1"\nevery = 4',
         "line 10: every: input should be greater than or equal to 5"),
        ('[[channel]]\non = "slack"\nid = "C1"\nkey = 1',
         "line 10: key: input should be a valid boolean"),
        ('[[channel]]\non = "slack"\nid = "C1"\nfollows = ["checks"]\nheadlines = true',
         "line 11: headlines is about entries, and this channel does not follow them"),
        ('[[channel]]\non = "slack"\nid = "C1"\nfollows = []\npictures = false',
         "line 11: pictures is about entries, and this channel does not follow them"),
        ('[[blog]]\nurl = "https://x.example"\npoll = 0.1',
         "line 9: poll: input should be greater than or equal to 1"),
        ("electorate = 0", "line 7: electorate: input should be greater than 0"),
        ("electorate = true", "line 7: electorate: input should be a valid integer"),
        ('declaration = 03:00:00', "line 7: declaration: input should be a valid string"),
    ],
)  # fmt: skip
def test_a_fault_is_told_where_it_stands(added, told):
    lines = faults(f"{SMALLEST}{added}\n")
    assert any(line.startswith(told) for line in lines), lines


@pytest.mark.parametrize(
    "added",
    [
        '[[channel]]\non = "slack"\nid = "C1"\n[[channel]]\non = "discord"\nid = "C1"',
        '[[blog]]\nurl = "https://x.example"\n[[blog]]\nurl = "https://y.example"',
        "remind = []",
        "remind = [60, 60]",
    ],
)
def test_what_only_looks_like_a_fault_is_none(added):
    assert len(read_night(f"{SMALLEST}{added}\n").contests) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["line 1: “contest” is missing", "line 1: “night” is missing"]),
        ('[night]\nname = "x"\npolling_day = 2023-10-19', ["line 1: “contest” is missing"]),
        ('contest = []\n[night]\nname = "x"\npolling_day = 2023-10-19',
         ["line 1: there is no [[contest]]"]),
        ("night = 5\ncontest = 5",
         ["line 1: night: it has to be a table",
          "line 2: contest: it has to be [[contest]] tables"]),
        (SMALLEST.replace("2023-10-19\n", "2023-10-19T22:00:00\n", 1),
         ["line 3: polling_day: input should be a valid date"]),
        (SMALLEST.replace("2023-10-19", "9999-12-31") + 'declaration = "03:00"',
         ["line 3: polling_day: input should be less than or equal to 2200-01-01"]),
        (SMALLEST.replace("2023-10-19", "0001-01-01"),
         ["line 3: polling_day: input should be greater than or equal to 1832-01-01"]),
    ],
)  # fmt: skip
def test_a_night_without_its_most_needed_parts(text, told):
    assert faults(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("night", "is not TOML"),
        ("[night]\nname = x", "(at line 2, column 8)"),
        ("[night]\n[night]", "is not TOML"),
        ("x = " + "[" * 5_000, "cannot be read"),
        ("x = " + "1" * 5_000, "cannot be read"),
    ],
)
def test_what_is_not_toml_is_told_in_a_sentence(text, told):
    assert told in refusal(text)
    assert len(refusal(text)) < 300


def test_a_file_is_read_with_its_name_in_every_message(tmp_path):
    file = tmp_path / "night.toml"
    file.write_text(SMALLEST, encoding="utf-8")
    assert load_night(file) == read_night(SMALLEST)
    file.write_text("[night", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"night\.toml is not TOML"):
        load_night(file)


def test_a_file_with_the_mark_of_windows_and_its_line_ends_reads(tmp_path):
    file = tmp_path / "night.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode())
    assert load_night(file) == read_night(SMALLEST)


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(SettingsError, match=r"gone\.toml cannot be read: No such file"):
        load_night(tmp_path / "gone.toml")


def test_a_file_that_is_a_folder(tmp_path):
    with pytest.raises(SettingsError, match=r"cannot be read: Is a directory"):
        load_night(tmp_path)


def test_a_file_that_is_not_utf_8(tmp_path):
    file = tmp_path / "night.toml"
    file.write_bytes(SMALLEST.replace("Tamworth", "Ynys Môn").encode("latin-1"))
    with pytest.raises(SettingsError, match="it is not UTF-8 text"):
        load_night(file)


# ── Any file at all ──────────────────────────────────────────────────────────────────────────


def is_night_or_sentence(text: str) -> bool:
    try:
        night = read_night(text)
    except SettingsError as error:
        return str(error).startswith("The night file night.toml ")
    return isinstance(night, Night) and len(night.contests) > 0


lines = st.sampled_from(
    [*SMALLEST.splitlines(), "[[contest]]", "[contest.previous]", "[[contest.candidate]]",
     "[[blog]]", "[[channel]]", "[contest]", "[night.night]", 'on = "slack"', "on = [1]",
     'id = "C1"', "id = 1",
     'url = "https://x.example"', 'name = "A"', 'party = "Labour"', 'declaration = "3am"',
     "polling_day = 2024-03-30", "polling_day = 0001-01-01", "polling_day = 9999-12-31",
     'remind = ["x"]', "remind = 5", "shares = { Con = nan }", 'only = ["Tamworth", 5]',
     'winner = "Con"', "majority = 5", '"" = 1', "contest = []", 'contest.id = "x"']
)  # fmt: skip


@given(st.text() | st.lists(lines, max_size=14).map("\n".join))
def test_any_text_is_a_night_or_a_sentence(text):
    assert is_night_or_sentence(text)


@given(st.integers(0, len(SMALLEST)), st.integers(0, 20), st.text(max_size=6))
def test_a_damaged_night_is_a_night_or_a_sentence(start, length, put):
    assert is_night_or_sentence(SMALLEST[:start] + put + SMALLEST[start + length :])


# ── Lines ────────────────────────────────────────────────────────────────────────────────────

LINED = """\
title = "a\u2028b"
[[contest]]
id = "x"
  [[contest.candidate]]
  name = "y"
  [contest.previous]
  winner = "z"
[[contest]]
  [[contest.candidate]]
  name = "y"
  [[contest.candidate]]
name = "y"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("contest", 0), 2),
        (("contest", 0, "id"), 3),
        (("contest", 0, "candidate", 0, "name"), 5),
        (("contest", 0, "candidate", 0, "party"), 4),
        (("contest", 0, "previous", "winner"), 7),
        (("contest", 1, "candidate", 0, "name"), 10),
        (("contest", 1, "candidate", 1, "name"), 12),
        (("contest", 1, "id"), 8),
        (("contest", 7, "id"), 1),
        (("nowhere",), 1),
        ((), 1),
    ],
)
def test_a_fault_has_the_line_of_its_key_or_of_the_table_around_it(path, line):
    assert tomllib.loads(LINED)["contest"]
    assert tell(LINED, [Fault(path, "wrong")]) == f"  line {line}: wrong"


def test_faults_come_in_the_order_of_the_file_and_each_once():
    wrong = Fault(("contest", 1, "id"), "b")
    told = tell(LINED, [wrong, Fault(("title",), "a"), wrong])
    assert told == "  line 1: a\n  line 8: b"

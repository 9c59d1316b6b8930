"""Words to contests: what is sure, what is offered, what is not near anything."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.contest import Contest
from bot.election.names import NameIndex, find_names, fold, index_of, resolve, spellings
from bot.election.slips import is_slip
from tests.nights.facts import CONTESTS, MID_BEDFORDSHIRE, TAMWORTH


def seat(name: str, *aliases: str, day: date = date(2024, 7, 4)) -> Contest:
    slug = fold(name).replace(" ", "-")
    return Contest(id=f"parl.{slug}.{day}", name=name, polling_day=day, aliases=aliases)


COUNTRY = tuple(
    seat(*names)
    for names in (
        ("Tamworth", "TAM"),
        ("Mid Bedfordshire", "MBD"),
        ("North East Bedfordshire",),
        ("South West Bedfordshire",),
        ("Bedford", "BED"),
        ("Uxbridge and South Ruislip",),
        ("Selby and Ainsty",),
        ("Somerton and Frome",),
        ("West Lancashire",),
        ("Lancaster and Fleetwood",),
        ("Oxford West and Abingdon",),
        ("Kingston upon Hull East",),
        ("Kingston upon Hull North",),
        ("Kingston upon Hull West and Hessle",),
        ("Birmingham, Edgbaston",),
        ("Birmingham, Ladywood",),
        ("Richmond (Yorks)",),
        ("Ynys Môn",),
        ("King's Lynn", "Kings Lynn"),
        ("St Albans",),
        ("The Cotswolds",),
        ("Central Suffolk and North Ipswich",),
        ("Brighton, Kemptown",),
        ("Woking",),
        ("Bolton West",),
        ("Stratford-on-Avon",),
        ("Northampton North",),
        ("Northampton South",),
        ("South Northamptonshire",),
        ("North East Fife",),
        ("Gloucester",),
        ("Rugby",),
        ("Bath",),
        ("Hertford and Stortford",),
    )
)
INDEX = NameIndex(COUNTRY)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Mid-Bedfordshire ", "mid bedfordshire"),
        ("Uxbridge & South Ruislip", "uxbridge and south ruislip"),
        ("Birmingham, Edgbaston", "birmingham edgbaston"),
        ("Ynys Môn", "ynys mon"),
        ("King’s Lynn", "kings lynn"),
        ("Bury St. Edmunds", "bury st edmunds"),
        ("The Wrekin", "wrekin"),
        ("The", "the"),
        ("", ""),
        ("–!?", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_twice_is_fold_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once or once.startswith("the ")


def test_spellings_of_a_county_seat() -> None:
    assert {"mid bedfordshire", "mid beds", "bedfordshire mid", "beds mid"} <= spellings(
        MID_BEDFORDSHIRE
    )
    assert {"gloucs", "glos"} <= {s.split()[0] for s in spellings(seat("Gloucestershire West"))}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("tamworth", "Tamworth"),
        ("TAMWORTH", "Tamworth"),
        ("the Tamworth by-election", "Tamworth"),
        ("tam", "Tamworth"),
        ("Mid Beds", "Mid Bedfordshire"),
        ("mid-beds.", "Mid Bedfordshire"),
        ("Bedfordshire Mid", "Mid Bedfordshire"),
        ("NE Beds", "North East Bedfordshire"),
        ("n.e. fife", "North East Fife"),
        ("Northeast Fife", "North East Fife"),
        ("bedford", "Bedford"),
        ("uxbridge", "Uxbridge and South Ruislip"),
        ("Uxbridge & Ruislip South", "Uxbridge and South Ruislip"),
        ("selby", "Selby and Ainsty"),
        ("West Lancs", "West Lancashire"),
        ("W Lancs", "West Lancashire"),
        ("Lancs West", "West Lancashire"),
        ("oxford w & abingdon", "Oxford West and Abingdon"),
        ("Hull East", "Kingston upon Hull East"),
        ("east hull", "Kingston upon Hull East"),
        ("Edgbaston, Birmingham", ""),
        ("birmingham edgbaston", "Birmingham, Edgbaston"),
        ("Richmond", "Richmond (Yorks)"),
        ("ynys mon", "Ynys Môn"),
        ("kings lynn", "King's Lynn"),
        ("Saint Albans", "St Albans"),
        ("cotswolds", "The Cotswolds"),
        ("N Northampton", "Northampton North"),
        ("South Northants", "South Northamptonshire"),
        # one slip of the fingers, and nothing else near
        ("tamworht", "Tamworth"),
        ("tamwroth", "Tamworth"),
        ("tamwort", "Tamworth"),
        ("midd beds", "Mid Bedfordshire"),
        ("Mid Bedforshire", "Mid Bedfordshire"),
        ("Uxbrigde", "Uxbridge and South Ruislip"),
        ("west lancashrie", "West Lancashire"),
    ],
)
def test_sure(words: str, name: str) -> None:
    match = INDEX.resolve(words)
    assert (match.contests[0].name if match.certain else "") == name
    assert not match.certain or len(match.contests) == 1


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("Somerset and Frome", "Somerton and Frome"),
        ("frome", "Somerton and Frome"),
        ("working", "Woking"),
        ("Hereford", "Hertford and Stortford"),
        ("Stretford-on-Avon", "Stratford-on-Avon"),
        ("Boston West", "Bolton West"),
        ("bedfordshire", "Mid Bedfordshire"),
        ("Birmingham", "Birmingham, Ladywood"),
        ("Hull", "Kingston upon Hull North"),
        ("tamwrht", "Tamworth"),
        ("north bedfordshire", "North East Bedfordshire"),
        ("Mid Herefordshire", "Mid Bedfordshire"),
        ("stafford-on-avon", "Stratford-on-Avon"),
        ("tamwo", "Tamworth"),
        ("Jamworth", "Tamworth"),
        ("Northampton Noth", "Northampton North"),
    ],
)
def test_offered_and_never_picked(words: str, offered: str) -> None:
    match = INDEX.resolve(words)
    assert not match.certain
    assert offered in [contest.name for contest in match.contests]
    assert len(match.contests) <= 5


@pytest.mark.parametrize(
    "words", ["", "?", "the", "wibble", "who won", "x" * 5000, "Atlantis", "bd"]
)
def test_nothing_near(words: str) -> None:
    match = INDEX.resolve(words)
    assert match.contests == ()
    assert not match.certain


@pytest.mark.parametrize(
    ("typed", "meant", "slip"),
    [
        ("tamwroth", "tamworth", True),
        ("hereford", "hertford", False),
        ("stretford", "stratford", False),
        ("", "tamworth", False),
        ("tamworth", "", False),
        ("mid beds", "mid", False),
    ],
)
def test_a_slip_is_one_letter_that_makes_no_other_word(typed: str, meant: str, slip: bool) -> None:
    assert is_slip(typed, meant) is slip


@given(words=st.text(max_size=12), others=st.text(max_size=12))
def test_any_two_words_can_be_held_against_each_other(words: str, others: str) -> None:
    typed, meant = fold(words), fold(others)
    assert not (is_slip(typed, meant) and typed == meant)


def test_one_seat_on_several_days_is_for_the_caller_to_choose() -> None:
    later = seat("Tamworth")
    match = resolve("Tamworth", [TAMWORTH, MID_BEDFORDSHIRE, later])
    assert match.certain
    assert match.contests == (later, TAMWORTH)
    assert resolve("tamwroth", [TAMWORTH, later]).contests == (later, TAMWORTH)


def test_a_name_goes_before_the_leading_part_of_another() -> None:
    new, old = seat("Selby"), seat("Selby and Ainsty", day=date(2023, 7, 20))
    assert resolve("Selby", [old, new]).contests == (new,)


def test_two_near_seats_are_both_offered() -> None:
    match = resolve("Northampton", COUNTRY)
    assert not match.certain
    assert {"Northampton North", "Northampton South"} <= {c.name for c in match.contests}


@given(st.text(max_size=200))
def test_any_words_can_be_asked(words: str) -> None:
    match = INDEX.resolve(words)
    assert match.contests or not match.certain


# ── Prose ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Low turnout in Tamworth", ["Tamworth"]),
        ("Tamworth’s count and Tamworth's voters", ["Tamworth", "Tamworth"]),
        ("TAMWORTH: Labour gain", ["TAMWORTH"]),
        ("Mid Beds and Tamworth declare", ["Mid Beds", "Tamworth"]),
        ("the Mid-Bedfordshire by-election", ["Mid-Bedfordshire"]),
        ("the Mid-Bedforshire by-election", ["Mid-Bedforshire"]),
        ("“Bedfordshire Mid” on the list", ["Bedfordshire Mid"]),
        ("off to mid beds now", ["mid beds"]),
        ("Mid Bedfordshire.", ["Mid Bedfordshire"]),
        ("Uxbridge and South Ruislip, Selby and Ainsty, and Somerset and Frome",
         ["Uxbridge and South Ruislip", "Selby and Ainsty"]),
        ("Uxbridge and Tamworth", ["Uxbridge", "Tamworth"]),
        ("Uxbridge and Selby", ["Uxbridge", "Selby"]),
        ("Selby & Ainsty", ["Selby & Ainsty"]),
        ("Birmingham Edgbaston", ["Birmingham Edgbaston"]),
        ("Birmingham, Edgbaston", ["Birmingham, Edgbaston"]),
        ("King's Lynn", ["King's Lynn"]),
        ("St. Albans declares", ["St. Albans"]),
        ("Ynys Môn and Ynys Mon", ["Ynys Môn", "Ynys Mon"]),
        ("Rugby has voted", ["Rugby"]),
        ("Tamworth Borough Council has counted", ["Tamworth"]),
        ("Tamworth by-election", ["Tamworth"]),
    ],
)  # fmt: skip
def test_named_in_prose(text: str, names: list[str]) -> None:
    found = INDEX.find(text)
    assert [text[name.start : name.end] for name in found] == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a crash on Tamworth Road",
        "Tamworth Castle is lit up",
        "a Tamworth-based firm",
        "non-Tamworth voters",
        "Mr Tamworth spoke",
        "Tamworths are pigs",
        "North Tamworth voted early",
        "Tamworth Herald reporter",
        "in Bedfordshire tonight",
        "the selby vote",
        "a rugby club, a bath and a bed",
        "Stratford upon nothing",
        "Somerset and Frome",
        "Selby and Aireborough",
        "MBD",
        "Mid. Nothing of Bedfordshire",
        "Mid\nBedfordshire",
        "in Hull, East of the river",
        "Birmingham",
        "Northampton",
        "Mid Hertfordshire",
        "Mid Herefordshire",
        "Tamwroth",
    ],
)
def test_not_named_in_prose(text: str) -> None:
    assert INDEX.find(text) == []


def test_a_seat_that_voted_twice_is_named_by_its_newest_contest() -> None:
    (found,) = find_names("Tamworth", [TAMWORTH, seat("Tamworth")])
    assert found.contest_id == seat("Tamworth").id


def test_the_contest_is_told() -> None:
    ids = [name.contest_id for name in find_names("Mid Beds, then Tamworth", CONTESTS)]
    assert ids == [MID_BEDFORDSHIRE.id, TAMWORTH.id]


@given(st.text(max_size=300))
def test_names_lie_in_the_text_and_apart(text: str) -> None:
    end = 0
    for name in INDEX.find("Tamworth " + text + " Mid Beds"):
        assert end <= name.start < name.end
        end = name.end


def test_the_names_of_the_same_contests_are_read_once_and_of_others_anew():
    contests = (TAMWORTH, MID_BEDFORDSHIRE)
    assert index_of(contests) is index_of([*contests])
    other = replace(TAMWORTH, electorate=1)
    (found,) = index_of((other, MID_BEDFORDSHIRE)).resolve("Tamworth").contests
    assert found is other

"""Which of several bulletins counts, and whose a line of one is."""

from dataclasses import replace

import pytest

from bot.election.bulletin import Bulletin, BulletinKind, BulletinLine, Heard, is_news, newest
from bot.election.contest import Candidacy, Party
from bot.election.parties import short_names
from bot.election.whose import whose
from tests.nights.facts import CON, LAB, LD, REFORM, TAMWORTH

RECOUNT, RUSH, RESULT = BulletinKind.RECOUNT, BulletinKind.RUSH, BulletinKind.RESULT
RETRACTION = BulletinKind.RETRACTION


def bulletin(kind: BulletinKind, revision: int = 1, digest: str = "") -> Bulletin:
    return Bulletin(
        source="PA Media",
        kind=kind,
        constituency="Tamworth",
        revision=revision,
        digest=digest,
    )


def heard(**kinds: int) -> dict[BulletinKind, Heard]:
    return {BulletinKind(kind): Heard(revision=number) for kind, number in kinds.items()}


@pytest.mark.parametrize(
    ("one", "before", "news"),
    [
        (bulletin(RUSH), {}, True),
        (bulletin(RUSH, 2), heard(rush=1), True),
        (bulletin(RUSH), heard(rush=1), False),
        (bulletin(RUSH, 9), heard(result=1), False),
        (bulletin(RECOUNT, 9), heard(result=1), False),
        (bulletin(RECOUNT), heard(rush=1), True),
        (bulletin(RESULT), heard(rush=7), True),
        (bulletin(RESULT), heard(result=1), False),
        (bulletin(RESULT, 1), heard(result=2), False),
        (bulletin(RESULT, 3), heard(result=2), True),
        (bulletin(RETRACTION, 8), heard(result=7), True),
        (bulletin(RETRACTION, 8), heard(result=7, retraction=8), False),
        # What was taken back may be said anew, by the winner alone too.
        (bulletin(RUSH, 9), heard(result=7, retraction=8), True),
    ],
)
def test_a_bulletin_counts_where_it_says_more_than_was_heard(one, before, news):
    assert is_news(one, before) is news


def test_of_what_has_no_revisions_whatever_is_other_counts():
    before = {RESULT: Heard(revision=7, digest="a")}
    assert not is_news(bulletin(RESULT, 7, "a"), before)
    assert not is_news(bulletin(RESULT, 9, "a"), before)
    assert is_news(bulletin(RESULT, 7, "b"), before)


def test_what_was_taken_back_counts_again_once_it_is_said_anew():
    before = {
        RESULT: Heard(revision=7, digest="a"),
        RETRACTION: Heard(revision=8, digest="r"),
    }
    assert not is_news(bulletin(RESULT, 8, "a"), before)
    assert is_news(bulletin(RESULT, 9, "a"), before)


def test_of_many_at_once_the_last_word_is_left_in_the_order_of_a_count():
    other = replace(bulletin(RUSH, 3), constituency="Selby")
    several = [
        bulletin(RESULT, 2),
        bulletin(RESULT, 1),
        bulletin(RUSH, 9),
        bulletin(RECOUNT),
        other,
    ]
    assert [(one.constituency, one.kind, one.revision) for one in newest(several)] == [
        ("Tamworth", RECOUNT, 1),
        ("Selby", RUSH, 3),
        ("Tamworth", RESULT, 2),
    ]


@pytest.mark.parametrize(
    ("called", "shorts"),
    [
        (("C", "Conservative"), ("Con",)),
        (("", "Conservative and Unionist Party"), ("Con",)),
        (("Lab Co-op", "Labour Co-operative"), ("Lab",)),
        (("", "Labour and Co-operative Party"), ("Lab",)),
        (("Lib", "Liberal"), ("Lib",)),
        (("LD", "Liberal Democrat"), ("LD",)),
        (("Reform", "Reform UK"), ("RUK", "BRX")),
        (("Alliance", "Alliance"), ("APNI",)),
        (("Green Soc", "Alliance for Green Socialism"), ()),
        (("", ""), ()),
    ],
)
def test_a_party_by_its_code_or_its_registered_name(called, shorts):
    assert short_names(*called) == shorts


def line(name: str, party: str, **more: str) -> BulletinLine:
    return BulletinLine(name=name, party=party, **more)


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (line("Sarah Edwards", "Labour"), "Sarah Edwards"),
        (line("SARAH EDWARDS", "Labour Party"), "Sarah Edwards"),
        # There are two Coopers.
        (line("Ian Cooper", "Reform UK"), "Ian Stuart Cooper"),
        (line("Andrew Cooper", "Conservative"), "Andy Cooper"),
        (line("Cooper", "Conservative", short="C"), "Andy Cooper"),
        (line("Laud Hope", "Monster Raving Loony Party", short="Loony"), "Howling Laud Hope"),
        (line("", "Labour", short="Lab"), "Sarah Edwards"),
        # Of another party it is another person.
        (line("Ian Cooper", "Labour"), None),
        (line("Jim Hacker", "Labour"), None),
        (line("Andy Green", "Conservative"), None),
        (line("Andy Green", "Green"), None),
        (line("Jim Hacker", "Administrative Affairs"), None),
        (line("", "Administrative Affairs"), None),
    ],
)
def test_a_line_is_whose_name_and_party_it_has(one, name):
    found = whose(one, TAMWORTH, [one])
    assert (None if found is None else found.name) == name


def test_a_person_is_known_by_democracy_clubs_number_whatever_the_name():
    contest = replace(
        TAMWORTH,
        candidacies=(
            Candidacy(name="Sarah Edwards", party=LAB, person_id="7"),
            Candidacy(name="Andy Cooper", party=CON, person_id="8"),
        ),
    )
    one = line("Sarah Siena Someone", "Labour", person_id="7")
    found = whose(one, contest, [one])
    assert found is not None
    assert found.name == "Sarah Edwards"


def test_of_two_of_one_name_the_party_tells():
    contest = replace(
        TAMWORTH,
        candidacies=(
            Candidacy(name="John Smith", party=LD),
            Candidacy(name="John Smith", party=REFORM),
            Candidacy(name="John Smith", party=Party(name="Independent", short="Ind")),
        ),
    )
    for party, short in (("Liberal Democrats", "LD"), ("Reform UK", "RUK"), ("Independent", "Ind")):
        one = line("John Smith", party)
        found = whose(one, contest, [one])
        assert found is not None
        assert found.party.short == short
    assert whose(line("John Smith", "Other"), contest, []) is None

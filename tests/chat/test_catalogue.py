import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

import handlers
from bot.chat.ask import Channel
from bot.chat.catalogue import Catalogue, scan
from bot.chat.command import command
from bot.chat.events import Declared
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.chat.reply import Reply
from bot.election.contest import Contest
from bot.election.figure import Source
from bot.liveblog.entry import Picture
from bot.liveblog.markup import blocks
from bot.ports import Newsroom

HOUSE = scan(handlers)


def named(name: str, *also: str):
    @command(name, also=also, examples=(name,))
    async def run(newsroom: Newsroom, contest: Contest) -> Reply:
        """One of them."""
        return Reply(title=name)

    return run


CATALOGUE = Catalogue(
    commands=(
        named("turnout", "how many voted", "votes cast"),
        named("result", "who won", "who is winning", "votes", "has … declared", "did … win"),
        named("majority", "by how much"),
        named("latest", "what is new"),
        named("swing"),
        named("needs", "what swing … need"),
        named("when"),
        named("history", "when … change hands"),
    ),
    alerts=(),
)


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("turnout Tamworth", "turnout", "Tamworth"),
        ("Tamworth turnout", "turnout", "Tamworth"),
        ("TURNOUT tamworth!", "turnout", "tamworth"),
        ("what was the turnout in Mid Beds?", "turnout", "Mid Beds"),
        ("turnout", "turnout", ""),
        ("turnout please", "turnout", ""),
        ("turnout Isle of Wight", "turnout", "Isle of Wight"),
        ("turnout Birmingham, Edgbaston", "turnout", "Birmingham Edgbaston"),
        ("turnout Stratford-on-Avon", "turnout", "Stratford-on-Avon"),
        ("turnout King's Lynn", "turnout", "King's Lynn"),
        ("turnout King’s Lynn", "turnout", "King's Lynn"),
        ("turnout Ynys Môn", "turnout", "Ynys Môn"),
        # a phrase of several words, with small words in it
        ("how many voted in Tamworth", "turnout", "Tamworth"),
        ("how many people voted in Tamworth", "turnout", "Tamworth"),
        ("who has won Tamworth", "result", "Tamworth"),
        ("who's won Tamworth", "result", "Tamworth"),
        ("whos winning Tamworth", "result", "Tamworth"),
        ("what’s new in Tamworth", "latest", "Tamworth"),
        # the longer of two phrases at one place, the first of two elsewhere
        ("votes Tamworth", "result", "Tamworth"),
        ("votes cast Tamworth", "turnout", "Tamworth"),
        ("turnout and result Tamworth", "turnout", "Tamworth"),
        ("result and turnout Tamworth", "result", "turnout Tamworth"),
        # a gap for the seat, where nothing else is named
        ("has Tamworth declared yet", "result", "Tamworth"),
        ("has Mid Beds declared", "result", "Mid Beds"),
        ("did Labour win Tamworth", "result", "Labour Tamworth"),
        ("by how much did Labour win Tamworth", "majority", "Labour win Tamworth"),
        ("has turnout in Tamworth been declared", "turnout", "Tamworth"),
        # a gap whose phrase begins before, unless the other phrase stands in it
        ("what swing does Labour need in Tamworth", "needs", "Labour Tamworth"),
        ("when did Tamworth change hands", "history", "Tamworth"),
        ("turnout Gorton & Denton", "turnout", "Gorton and Denton"),
        # a slip of the fingers
        ("turnuot Tamworth", "turnout", "Tamworth"),
        ("majorty Tamworth", "majority", "Tamworth"),
    ],
)
def test_plain_words_reach_a_command(text, name, words):
    matched = CATALOGUE.match(text)
    assert matched is not None
    assert (matched.command.name, matched.words) == (name, words)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?!", "hello", "Tamworth", "what about it", "resulting", "who", "has", "x" * 999],
)  # fmt: skip
def test_words_that_name_no_command_reach_none(text):
    assert CATALOGUE.match(text) is None


def test_a_gap_has_an_end():
    assert CATALOGUE.match("has one two three four five six declared") is not None
    assert CATALOGUE.match("has one two three four five six seven declared") is None


def test_a_command_is_looked_for_at_the_head_of_a_text():
    assert CATALOGUE.match("word " * 99 + "turnout") is not None
    assert CATALOGUE.match("word " * 100 + "turnout") is None
    matched = CATALOGUE.match("turnout" + " word" * 150)
    assert matched is not None
    assert len(matched.words.split()) == 150


@given(st.text())
def test_any_text_can_be_matched(text):
    matched = HOUSE.match(text)
    assert matched is None or matched.command in HOUSE.commands


def test_an_event_without_an_alert_is_a_fault_of_ours():
    event = object.__new__(Declared)
    with pytest.raises(LookupError, match="no alert words Declared"):
        CATALOGUE.word(event)


# ── The scan ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def package(request, tmp_path, monkeypatch):
    """Makes a package of the files it is given."""
    monkeypatch.syspath_prepend(tmp_path)
    name = f"talk_{abs(hash(request.node.name))}"

    def make(**files: str) -> ModuleType:
        folder: Path = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        for file, text in files.items():
            (folder / f"{file}.py").write_text(HEAD + dedent(text), encoding="utf-8")
        return __import__(name)

    yield make
    for module in [m for m in sys.modules if m.partition(".")[0] == name]:
        del sys.modules[module]


HEAD = """\
from bot.chat.command import alert, command
from bot.chat.events import Declared
from bot.chat.post import Post, PostKind
from bot.chat.reply import Reply
from bot.ports import Newsroom
"""
TURNOUT = """
@command("turnout", also=("how many voted",), examples=("turnout",))
async def turnout(newsroom: Newsroom) -> Reply:
    '''Share of electors who voted.'''
    return Reply(title="35.9%")
"""
DECLARATION = """
@alert(Declared)
def declaration(event: Declared) -> Post:
    '''Who won.'''
    return Post(kind=PostKind.DECLARATION, heading="", at=event.declaration.at)
"""


def test_a_scan_finds_every_command_and_alert(package):
    swing = TURNOUT.replace("turnout", "swing").replace("how many voted", "how it moved")
    found = scan(package(turnout=TURNOUT, swing=swing, declaration=DECLARATION))
    assert [c.name for c in found.commands] == ["swing", "turnout"]
    assert [a.event for a in found.alerts] == [Declared]


def test_a_command_that_is_imported_elsewhere_is_no_duplicate(package):
    made = package(turnout=TURNOUT)
    folder = Path(made.__path__[0])
    (folder / "again.py").write_text(f"from {made.__name__}.turnout import turnout as same\n")
    assert [c.name for c in scan(made).commands] == ["turnout"]


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (TURNOUT, "“turnout” is claimed by turnout and by turnout"),
        (TURNOUT.replace('"turnout"', '"how many VOTED"'), "“how many VOTED” is claimed"),
        (TURNOUT.replace('"turnout"', '"voters"'), "“how many voted” is claimed by voters"),
    ],
)
def test_two_commands_with_one_phrase_stop_the_scan(package, other, says):
    made = package(a_turnout=TURNOUT, other=other)
    with pytest.raises(ValueError, match=says):
        scan(made)


def test_two_alerts_for_one_event_stop_the_scan(package):
    with pytest.raises(ValueError, match="Declared is worded by two alerts"):
        scan(package(one=DECLARATION, two=DECLARATION))


def test_a_file_that_cannot_be_imported_stops_the_scan(package):
    with pytest.raises(ZeroDivisionError):
        scan(package(broken="1 / 0"))


# ── What channels get ────────────────────────────────────────────────────────────────────────

POST = Post(
    kind=PostKind.ENTRY,
    heading="Low turnout in Tamworth",
    at=datetime(2023, 10, 19, 23, 41, tzinfo=UTC),
    body=blocks("<p>Turnout is <a href='https://x.example'>35.9</a> <b>per cent</b></p><li>x"),
    pictures=(Picture(url="https://news.example/1.jpg", alt="a", caption="b", credit="PA"),),
    source=Source(name="Count night live", url="https://news.example/live"),
    contests=("Tamworth",),
    key_event=True,
    edited=datetime(2023, 10, 19, 23, 52, tzinfo=UTC),
    withdrawn="its blog took it down",
    late=timedelta(minutes=12, microseconds=5),
)


@pytest.mark.parametrize(
    "post", [POST, Post(kind=PostKind.REMINDER, heading="Polls have closed", at=POST.at)]
)
def test_a_post_survives_json(post):
    adapter = TypeAdapter(Post)
    assert adapter.validate_json(adapter.dump_json(post)) == post


def test_a_delivery_key_is_said_in_one_word():
    assert str(DeliveryKey(subject="entry:live:7", version=2)) == "entry:live:7#2"


def test_a_channel_is_named_by_its_platform_and_its_place_there():
    assert str(Channel(platform="slack", id="C0123456789")) == "slack:C0123456789"

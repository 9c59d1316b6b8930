"""Channels that an answer names, shown by their names."""

import pytest

from bot.chat.ask import Channel
from bot.chat.reply import Reply, Table
from bot.platforms.slack.blocks import answer, part
from tests.platforms.slack.limits import check, of


def place(id_: str, platform: str = "slack") -> Channel:
    return Channel(platform=platform, id=id_)


def shown(line: str, *places: Channel) -> str:
    """A line of an answer, with what is shown by its name in brackets."""
    made = answer(Reply(title="", lines=(line,), places=places))
    check(made, {each.id.rpartition("/")[2] for each in places})
    return "".join(
        each.get("text") or f"[{each['channel_id']}]" for each in of(made.blocks, "text", "channel")
    ).replace("\u2060", "")


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("slack:C1 follows slack:G1.", "[C1] follows [G1]."),
        ("“slack:C1”, (slack:C1)", "“[C1]”, ([C1])"),
        ("slack:T1/C2: entries", "[C2]: entries"),
        ("slack:C1: entries: all", "[C1]: entries: all"),
        ("slack:C1", "[C1]"),
        # `check` fails where what stands behind a name calls everybody.
        ("slack:C1@here slack:G1@channel", "[C1]@here [G1]@channel"),
        # What is longer is another channel, or none.
        ("slack:C12 slack:C1/2 slack:T1/C22", "slack:C12 slack:C1/2 slack:T1/C22"),
        ("discordslack:C1 x/slack:C1 x:slack:C1", "discordslack:C1 x/slack:C1 x:slack:C1"),
        # Not named as places: others' words.
        ("slack:C9 <#C1> #C1 C1 SLACK:C1", "slack:C9 <#C1> #C1 C1 SLACK:C1"),
        ("discord:C3 slack:D1", "discord:C3 slack:D1"),
    ],
)
def test_only_what_spells_a_place_out_is_shown_by_its_name(line, read):
    places = (place("C1"), place("G1"), place("T1/C2"), place("D1"), place("C3", "discord"))
    assert shown(line, *places) == read


def test_nothing_is_shown_by_its_name_where_the_answer_says_of_no_place():
    assert shown("slack:C1") == "slack:C1"


def test_a_place_of_another_platform_is_left_alone():
    assert shown("discord:C1", place("C1", "discord")) == "discord:C1"


def test_a_cut_name_is_not_another_channel():
    line = "W" * 1_490 + " slack:C12345"
    assert "[" not in shown(line, place("C1"), place("C12"), place("C123"))


def test_names_keep_their_look_and_are_not_too_many():
    made = answer(Reply(title="slack:C1 here", lines=("slack:C1 " * 100,), places=(place("C1"),)))
    check(made, {"C1"})
    first, *_ = channels = of(made.blocks, "channel")
    assert first == {"type": "channel", "channel_id": "C1", "style": {"bold": True}}
    assert len(channels) == 50


def test_a_table_and_an_error_hold_no_elements():
    table = Table(columns=("Channel",), rows=(("slack:C1",),))
    for reply in (
        Reply(title="x", table=table, places=(place("C1"),)),
        Reply(title="slack:C1 is not known.", places=(place("C1"),), error=True),
    ):
        assert of(answer(reply).blocks, "channel") == []


def test_a_heading_that_names_a_place_is_no_header():
    named = part(Reply(title="What slack:C1 follows", places=(place("C1"),)))
    assert [block["type"] for block in named] == ["rich_text"]
    assert part(Reply(title="What it follows"))[0]["type"] == "header"

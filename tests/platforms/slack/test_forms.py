"""Forms as modals, and what was filled in as values."""

from dataclasses import replace

import pytest

from bot.chat.form import Field, FieldKind, Form, Option
from bot.chat.reply import Choice, Reply
from bot.platforms.slack.forms import again, faults_at, filled_in, modal, notice, told
from tests.platforms.slack.fake_desk import FOLLOW
from tests.platforms.slack.windows import field, said
from tests.slack.blocks import view_faults
from tests.slack.choices import state

TYPED = {
    "field:address": "  https://news.example/live ",
    "field:only": ["parl.mid-bedfordshire"],
    "field:pace": "60",
    "field:note": "One line\nand another",
    "channel": "C1",
}


def submitted(view: dict, values: dict) -> dict:
    """A view as Slack hands it back."""
    return {**view, "state": state(view["blocks"], values), "id": "V1"}


def seats(count: int) -> tuple[Option, ...]:
    return tuple(Option(label=f"Seat {n:03}", value=f"seat.{n}") for n in range(count))


def one(**fields) -> dict:
    """The element of the only field of a form."""
    made = modal(Form(name="x", title="X", fields=(Field(name="f", label="F", **fields),)))
    assert view_faults(made, "modal") == []
    return made["blocks"][0]["element"]


def test_a_form_has_its_fields_and_the_channel():
    view = modal(FOLLOW, ask="follow https://news.example", channel="C1")
    assert view_faults(view, "modal") == []
    assert (view["title"]["text"], view["submit"]["text"], view["callback_id"]) == (
        "Follow a live blog",
        "Follow",
        "form:follow",
    )
    assert view["private_metadata"] == "follow https://news.example"
    address, only, pace, note, channel = view["blocks"]
    assert address["label"]["text"] == "Address"
    assert address["hint"]["text"] == "The page that readers see."
    assert address["element"]["placeholder"]["text"] == "https://news.example/live"
    assert (address["element"]["multiline"], address["element"]["max_length"]) == (False, 2_000)
    assert only["optional"] is True
    assert [o["value"] for o in only["element"]["initial_options"]] == ["parl.tamworth"]
    assert pace["element"]["type"] == "radio_buttons"
    assert pace["element"]["initial_option"]["value"] == "10"
    assert note["element"]["multiline"] is True
    assert channel["element"] == {
        "type": "conversations_select",
        "action_id": "value",
        "filter": {"include": ["public", "private", "im"]},
        "initial_conversation": "C1",
    }


def test_without_a_channel_the_one_that_is_looked_at_is_offered():
    element = field(modal(FOLLOW), "channel")
    assert element["default_to_current_conversation"] is True
    assert "initial_conversation" not in element


@pytest.mark.parametrize(
    ("kind", "required", "count", "shown"),
    [
        (FieldKind.ONE_OF, True, 4, "radio_buttons"),
        (FieldKind.ONE_OF, True, 5, "static_select"),
        (FieldKind.ONE_OF, False, 2, "static_select"),
        (FieldKind.SOME_OF, True, 8, "checkboxes"),
        (FieldKind.SOME_OF, True, 9, "multi_static_select"),
        (FieldKind.SOME_OF, True, 100, "multi_static_select"),
    ],
)
def test_options_are_shown_as_suits_their_number(kind, required, count, shown):
    element = one(kind=kind, required=required, options=seats(count), given=("seat.1",))
    assert element["type"] == shown
    assert len(element["options"]) == count


def test_more_options_than_a_menu_holds_come_in_groups():
    element = one(kind=FieldKind.SOME_OF, options=seats(650), given=("seat.649", "seat.3"))
    assert [len(group["options"]) for group in element["option_groups"]] == [100] * 6 + [50]
    assert element["option_groups"][0]["label"]["text"] == "Seat 000 – Seat 099"
    assert {o["value"] for o in element["initial_options"]} == {"seat.3", "seat.649"}


def test_an_option_that_slack_cannot_carry_is_left_out_and_one_of_none_is_no_field():
    carried = (Option(label="", value="x" * 150), Option(label="Twice", value="x" * 150))
    element = one(kind=FieldKind.ONE_OF, options=(Option(label="Long", value="x" * 151), *carried))
    assert [o["value"] for o in element["options"]] == ["x" * 150]
    view = modal(
        replace(FOLLOW, fields=(Field(name="f", label="F", kind=FieldKind.ONE_OF), *FOLLOW.fields))
    )
    assert view["blocks"][0]["block_id"] == "field:address"


def test_what_is_given_stands_in_the_field():
    assert one(given=(" Tamworth\n@here ",))["initial_value"] == "Tamworth @here"
    assert one(kind=FieldKind.TEXT, given=("a\nb",))["initial_value"] == "a\nb"
    assert len(one(given=("x" * 400,), longest=20)["initial_value"]) == 20
    assert "initial_value" not in one(given=("",))


def test_what_was_filled_in_comes_back_as_values():
    values, channel = filled_in(submitted(modal(FOLLOW), TYPED))
    assert channel == "C1"
    assert values == {
        "address": ("https://news.example/live",),
        "only": ("parl.mid-bedfordshire",),
        "pace": ("60",),
        "note": ("One line\nand another",),
    }


def test_what_was_left_empty_has_no_values():
    values, channel = filled_in(submitted(modal(FOLLOW), {"field:only": [], "field:address": " "}))
    assert channel is None
    assert values == {"address": (), "only": (), "pace": ("10",), "note": ()}


def test_a_form_shown_again_holds_all_that_was_typed_and_what_is_wrong():
    view = again(submitted(modal(FOLLOW), TYPED), {"address": "No such page.", "": "Slow."})
    assert view_faults(view, "modal") == []
    assert [block["block_id"] for block in view["blocks"]] == [
        "fault", "field:address", "fault:field:address", "field:only", "field:pace", "field:note",
        "channel",
    ]  # fmt: skip
    assert "This was not taken yet. Slow." in said(view)
    assert "No such page." in said(view)
    assert field(view, "field:address")["initial_value"] == TYPED["field:address"]
    assert filled_in(submitted(view, {})) == filled_in(submitted(modal(FOLLOW), TYPED))
    assert (view["private_metadata"], view["callback_id"]) == ("", "form:follow")


def test_what_was_cleared_stays_cleared():
    cleared = {**TYPED, "field:only": [], "field:note": "", "channel": "C2"}
    first = modal(FOLLOW, channel="C1")
    values, channel = filled_in(submitted(again(submitted(first, cleared), {}), {}))
    assert (values["only"], values["note"], channel) == ((), (), "C2")


def test_a_second_fault_takes_the_place_of_the_first():
    view = again(submitted(modal(FOLLOW), TYPED), {"address": "No such page."})
    view = again(submitted(view, {}), {"note": "Too rude."})
    assert "No such page." not in said(view)
    assert "Too rude." in said(view)
    assert view_faults(view, "modal") == []


def test_a_form_shown_again_can_say_a_whole_reply():
    why = Reply(title="Which?", choices=(Choice(label="Tamworth", ask="x"),), error=True)
    view = again(submitted(modal(FOLLOW), TYPED), {}, why)
    assert view_faults(view, "modal") == []
    assert [block["type"] for block in view["blocks"][:3]] == ["context", "actions", "input"]
    assert view_faults(again(submitted(view, {}), {}, why), "modal") == []


def test_faults_stand_beside_their_fields_where_they_can():
    view = submitted(modal(FOLLOW), TYPED)
    assert faults_at(view, {"address": "No such page.", "channel": "Not there."}) == {
        "field:address": "No such page.",
        "channel": "Not there.",
    }
    assert faults_at(view, {"address": "No such page.", "elsewhere": "Hm."}) is None
    marked = submitted(again(view, {"address": "No such page."}), {})
    # Slack would leave the old marks where they are.
    assert faults_at(marked, {"note": "Too rude."}) is None


def test_what_was_typed_can_be_told_in_words():
    assert list(told(submitted(modal(FOLLOW), TYPED))) == [
        "Address: https://news.example/live",
        "Only these seats: Mid Bedfordshire",
        "How often?: Seldom",
        "Note: One line\nand another",
    ]


def test_a_notice_only_says_something():
    view = notice(Reply(title="Only managers may.", error=True), title="Follow a live blog")
    assert view_faults(view, "modal") == []
    assert "submit" not in view
    assert view_faults(notice(Reply(title="")), "modal") == []

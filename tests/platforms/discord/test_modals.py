"""Forms in Discord: opened, filled in, taken; and where not taken, nothing typed is lost."""

from dataclasses import replace

import discord
import pytest

from bot.chat.ask import Channel
from bot.chat.form import Field, FieldKind, Form, FormError, Option
from bot.chat.reply import Choice, Reply
from bot.platforms.discord.forms import filled_in, modal, taken
from tests.platforms.discord.talking import FullDesk, talking, words
from tests.platforms.slack.fake_desk import FOLLOW

WHAT = Reply(
    title="What shall this channel follow?",
    choices=(
        Choice(label="A live blog …", ask="help follow", form="follow"),
        Choice(label="Everything", ask="follow everything"),
    ),
    error=True,
)
ADDRESS = "https://news.example/live"
FILLED = {
    "field:address": ADDRESS,
    "field:only": ["parl.mid-bedfordshire"],
    "field:pace": ["60"],
    "field:note": "Two lines\nof _note_",
}
SEATS = tuple(Option(label=f"Seat {n}", value=f"parl.seat-{n}") for n in range(650))
MANY = Form(
    name="many",
    title="Many",
    fields=(Field(name="only", label="Seats", kind=FieldKind.SOME_OF, options=SEATS),),
)


def following() -> FullDesk:
    desk = FullDesk()
    desk.answers["follow"] = WHAT
    return desk


def controls(shown: dict) -> dict[str, dict]:
    """The fields of a modal by their ids, each with its label."""
    return {
        label["component"]["custom_id"]: {**label["component"], "label": label["label"]}
        for label in shown["components"]
    }


async def test_a_slash_command_without_words_opens_its_form():
    async with talking(following()) as scene:
        result = await scene.editor.slash(scene.channel, "follow")
        assert result.modal["title"] == "Follow a live blog"
        fields = controls(result.modal)
        assert [field["label"] for field in fields.values()] == [
            "Address",
            "Only these seats",
            "How often?",
            "Note",
        ]
        assert fields["field:address"]["placeholder"] == ADDRESS
        assert fields["field:address"]["required"]
        chosen = [o["value"] for o in fields["field:only"]["options"] if o.get("default")]
        assert chosen == ["parl.tamworth"]
        assert fields["field:only"]["min_values"] == 0


async def test_a_button_opens_its_form():
    async with talking(following()) as scene:
        await scene.editor.send(scene.channel, f"{scene.me} follow")
        result = await scene.editor.click(scene.said()[0], label="A live blog …")
        assert result.modal["custom_id"] == "form:follow"
        assert scene.desk.opened[0][1].channel.id == str(scene.channel.id)


async def test_what_was_filled_in_is_taken_for_the_channel_of_the_form():
    async with talking(following()) as scene:
        shown = await scene.editor.slash(scene.channel, "follow")
        done = await scene.editor.submit_modal(shown, FILLED)
        ((name, ask, values),) = scene.desk.submitted
        assert name == "follow"
        assert ask.channel == Channel(platform="discord", id=str(scene.channel.id))
        assert ask.author.manages
        assert values == {
            "address": (ADDRESS,),
            "only": ("parl.mid-bedfordshire",),
            "pace": ("60",),
            "note": ("Two lines\nof _note_",),
        }
        assert not done.ephemeral
        assert "This channel follows The Example" in words(done.response)
        assert "Set by edith" in words(done.response)


async def test_what_is_at_fault_is_told_with_what_was_typed_and_a_way_back():
    async with talking(following()) as scene:
        scene.desk.faults = {"address": "No page stands there."}
        shown = await scene.editor.slash(scene.channel, "follow")
        failed = await scene.editor.submit_modal(shown, FILLED)
        assert failed.ephemeral
        said = words(failed.response)
        assert "No page stands there." in said
        assert ADDRESS in said
        assert "Mid Bedfordshire" in said
        assert "Two lines\nof _note_" in said

        again = await scene.editor.click(failed.response, label="Open the form again")
        fields = controls(again.modal)
        assert fields["field:address"]["value"] == ADDRESS
        assert fields["field:note"]["value"] == "Two lines\nof _note_"
        chosen = {
            option["value"]
            for field in fields.values()
            for option in field.get("options", ())
            if option.get("default")
        }
        assert chosen == {"parl.mid-bedfordshire", "60"}
        scene.desk.faults = {}
        done = await scene.editor.submit_modal(again, FILLED)
        assert "This channel follows The Example" in words(done.response)


async def test_forms_work_after_a_restart():
    async with talking(following()) as scene:
        scene.desk.faults = {"address": "No page stands there."}
        shown = await scene.editor.slash(scene.channel, "follow")
        await scene.restart()
        failed = await scene.editor.submit_modal(shown, FILLED)
        await scene.restart()
        again = await scene.editor.click(failed.response, label="Open the form again")
        assert controls(again.modal)["field:address"]["value"] == ADDRESS


@pytest.mark.parametrize("faults", [{}, {"address": "No page stands there."}])
async def test_a_submission_that_takes_long_is_announced(faults: dict[str, str]):
    async with talking(following(), patience=0.05) as scene:
        scene.desk.faults = faults
        shown = await scene.editor.slash(scene.channel, "follow")
        scene.desk.free.clear()
        result = await scene.editor.submit_modal(shown, FILLED)
        assert result.deferred
        scene.desk.free.set()
        await scene.env.settle()
        if faults:
            (only,) = result.followups
            assert only.ephemeral
            assert ADDRESS in words(only)
            assert result.response is None
        else:
            assert "This channel follows The Example" in words(result.response)


async def test_where_there_is_no_form_it_is_said_why():
    desk = following()
    desk.forms["follow"] = Reply(title="Only somebody who may manage this channel …")
    async with talking(desk) as scene:
        result = await scene.editor.slash(scene.channel, "follow")
        assert result.modal is None
        assert result.ephemeral
        assert "Only somebody who may manage" in words(result.response)


async def test_a_desk_that_breaks_loses_nothing_that_was_typed():
    class Breaking(FullDesk):
        async def submit(self, name, ask, values):
            raise RuntimeError("broken")

    desk = Breaking()
    desk.answers["follow"] = WHAT
    async with talking(desk) as scene:
        shown = await scene.editor.slash(scene.channel, "follow")
        failed = await scene.editor.submit_modal(shown, FILLED)
        assert failed.ephemeral
        assert "it is not what you typed" in words(failed.response)
        assert ADDRESS in words(failed.response)


async def test_who_submits_is_judged_anew():
    async with talking(following()) as scene:
        await scene.editor.send(scene.channel, f"{scene.me} follow")
        result = await scene.reader.click(scene.said()[0], label="A live blog …")
        assert not scene.desk.opened[0][1].author.manages
        await scene.reader.submit_modal(result, FILLED)
        assert not scene.desk.submitted[0][1].author.manages


async def test_a_command_that_did_something_without_words_says_so():
    desk = following()
    desk.answers["follow"] = replace(WHAT, title="This channel follows all", error=False)
    async with talking(desk) as scene:
        result = await scene.editor.slash(scene.channel, "follow")
        assert result.modal is None
        assert "This channel follows all" in words(result.response)


async def test_a_form_fits_into_a_modal_however_long_it_is():
    long = Form(
        name="long",
        title="T" * 80,
        fields=tuple(
            Field(
                name=f"f{n}",
                label="L" * 90,
                hint="H" * 300,
                example="E" * 300,
                longest=90_000,
                given=("G" * 5_000,),
                required=n >= 4,
            )
            for n in range(9)
        ),
    )
    payload = modal(long).to_dict()
    assert len(payload["title"]) == 45
    labels = payload["components"]
    assert len(labels) == 5
    for label in labels:
        assert len(label["label"]) == 45
        assert len(label["description"]) == 100
        assert len(label["component"]["placeholder"]) == 100
        assert label["component"]["max_length"] == len(label["component"]["value"]) == 4_000
        # What has to be filled in goes before the rest.
        assert label["component"]["required"]


async def test_more_seats_than_a_menu_holds_are_typed():
    (label,) = modal(MANY).to_dict()["components"]
    component = label["component"]
    assert component["type"] == discord.ComponentType.text_input.value
    assert "commas" in label["description"]
    filled = filled_in(
        {
            "components": [
                {
                    "type": 18,
                    "component": {"type": 4, "custom_id": "field:only", "value": "seat 7,\nSeat 9"},
                }
            ]
        }
    )
    assert taken(MANY, filled) == {"only": ("parl.seat-7", "parl.seat-9")}


async def test_a_seat_that_nobody_knows_is_told():
    with pytest.raises(FormError) as told:
        taken(MANY, {"only": ("Seat 7, Atlantis",)})
    assert "Atlantis" in told.value.faults["only"]


async def test_only_one_is_taken_where_one_is_asked_for():
    one = replace(MANY, fields=(replace(MANY.fields[0], kind=FieldKind.ONE_OF),))
    with pytest.raises(FormError):
        taken(one, {"only": ("Seat 7, Seat 8",)})
    assert taken(one, {"only": ("Seat 7",)}) == {"only": ("parl.seat-7",)}


async def test_a_form_that_only_asks_for_words_is_taken_as_it_is():
    assert taken(FOLLOW, {"address": (ADDRESS,)}) == {"address": (ADDRESS,)}

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.ask import Channel
from bot.chat.form import FieldKind, Form, FormError
from bot.controls import Asked
from bot.election.contest import MilestoneKind
from tests.fakes import Facts, FakeChannels
from tests.handlers.night import ANN, HERE, KNOWN, LIVE, TITLES, answer, desk, question, uk
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH

LONGEST_VALUE = 150  # characters that Slack takes as the value of an option
DECLARATION = f"{TAMWORTH.id} declaration"


@pytest.fixture
def channels() -> FakeChannels:
    return FakeChannels(titles=TITLES)


async def form(name: str, facts: Facts = KNOWN) -> Form:
    made = await desk(facts).form(name, question(""))
    assert isinstance(made, Form)
    assert made.name == name
    for field in made.fields:
        chosen = field.kind in (FieldKind.ONE_OF, FieldKind.SOME_OF)
        assert chosen is bool(field.options)
        assert all(0 < len(option.value) <= LONGEST_VALUE for option in field.options)
        assert all(option.label for option in field.options)
    return made


def names(form: Form) -> list[str]:
    return [field.name for field in form.fields]


async def faults(channels: FakeChannels, name: str, **values: str) -> dict[str, str]:
    """The fields at fault; nothing may have changed."""
    with pytest.raises(FormError) as raised:
        await desk(channels=channels).submit(
            name, question(""), {field: (value,) for field, value in values.items()}
        )
    assert channels.changes == 0
    assert set(raised.value.faults) <= set(names(await form(name)))
    assert str(raised.value) == " ".join(raised.value.faults.values())
    return raised.value.faults


# ── Follow ───────────────────────────────────────────────────────────────────────────────────


async def test_a_blog_is_asked_for_with_the_seats_of_the_night():
    made = await form("follow")
    assert names(made) == ["address", "only", "how"]
    assert [option.label for option in made.fields[1].options] == ["Mid Bedfordshire", "Tamworth"]
    assert [field.required for field in made.fields] == [True, False, False]


async def test_where_no_seat_votes_tonight_none_is_asked_for():
    assert names(await form("follow", replace(KNOWN, contests=()))) == ["address", "how"]
    assert names(await form("remind", replace(KNOWN, contests=()))) == ["words", "time", "whom"]


@pytest.mark.parametrize("address", ["news.example/live", "ftp://news.example", "", "  ", "live"])
async def test_what_is_no_address_is_a_fault_of_its_field(channels, address):
    assert set(await faults(channels, "follow", address=address)) == {"address"}


async def test_a_field_that_did_not_come_is_a_fault_too(channels):
    assert set(await faults(channels, "follow")) == {"address"}


async def test_a_blog_that_cannot_be_read_is_a_fault_of_the_address(channels):
    told = await faults(channels, "follow", address="https://other.example/")
    assert told == {"address": "https://other.example/ is no live blog that I can read."}


async def test_an_address_that_is_too_long_is_a_fault_of_the_address(channels):
    assert set(await faults(channels, "follow", address="https://x.example/" + "a" * 1_500)) == {
        "address"
    }


@pytest.mark.parametrize(
    ("only", "typed"),
    [
        ((), f"follow {LIVE}"),
        ((TAMWORTH.id,), f"follow {LIVE} only Tamworth"),
        ((TAMWORTH.id, MID_BEDFORDSHIRE.id), f"follow {LIVE} only Mid Beds and Tamworth"),
        (("parl.narnia",), f"follow {LIVE}"),
    ],
)
async def test_the_form_follows_as_the_words_do(channels, only, typed):
    by_words = FakeChannels(titles=TITLES)
    said = await answer(typed, channels=by_words)
    filled = await desk(channels=channels).submit(
        "follow", question(""), {"address": (f" {LIVE} ",), "only": only}
    )
    assert filled == said
    assert filled.command == "follow"
    assert channels.places == by_words.places
    assert channels.changes == 1


# ── Remind ───────────────────────────────────────────────────────────────────────────────────


async def test_a_reminder_is_asked_for_with_what_is_still_to_come():
    made = await form("remind")
    assert names(made) == ["words", "time", "before", "span", "whom"]
    assert [option.label for option in made.fields[2].options] == [
        "Mid Bedfordshire: declaration around 03:10",
        "Tamworth: declaration around 03:00",
    ]
    assert {option.value for option in made.fields[4].options} == {"us", "me"}
    assert made.fields[4].given == ("us",)


async def test_a_long_id_still_fits_an_option():
    long = replace(TAMWORTH, id="local." + "a" * 100 + ".2023-10-19")
    times = tuple(replace(one, contest=long) for one in KNOWN.expected)
    made = await form("remind", replace(KNOWN, contests=(long,), expected=times))
    assert made.fields[2].options


@pytest.mark.parametrize(
    ("values", "at_fault"),
    [
        ({}, {"time"}),
        ({"words": "file"}, {"time"}),
        ({"time": "", "before": ""}, {"time", "before"}),
        ({"time": "01:30", "before": DECLARATION}, {"time"}),
        ({"time": "teatime"}, {"time"}),
        ({"time": "00:30"}, {"time"}),
        ({"before": DECLARATION, "span": "a while"}, {"span"}),
        ({"before": DECLARATION, "span": "25 hours"}, {"span"}),
        ({"before": DECLARATION, "span": "3 hours"}, {"before"}),
        ({"before": "parl.narnia declaration"}, {"before"}),
        ({"before": DECLARATION.replace("declaration", "tea")}, {"before"}),
        ({"before": TAMWORTH.id}, {"before"}),
        ({"before": f"{TAMWORTH.id} boxes"}, {"before"}),
    ],
)
async def test_a_fault_stands_at_its_field(channels, values, at_fault):
    assert set(await faults(channels, "remind", **values)) == at_fault


async def test_a_time_that_has_passed_is_told(channels):
    told = await faults(channels, "remind", time="00:30")
    assert told["time"] == "00:30 has passed; it is 00:45 now."


@pytest.mark.parametrize(
    ("values", "typed"),
    [
        ({"time": "01:30", "words": "file"}, "remind us at 01:30 to file"),
        ({"time": "at 01:30", "whom": "us"}, "remind us at 01:30"),
        ({"time": "in 20 minutes", "words": "call"}, "remind us in 20 minutes to call"),
        ({"before": DECLARATION}, "remind us 15m before Tamworth"),
        ({"before": DECLARATION, "span": "1 hour"}, "remind us 1h before Tamworth"),
        ({"before": DECLARATION, "words": "file"}, "remind us 15m before Tamworth to file"),
        ({"time": "01:30", "words": "file", "whom": "me"}, "remind me at 01:30 to file"),
    ],
)
async def test_the_form_reminds_as_the_words_do(channels, values, typed):
    by_words = FakeChannels()
    said = await answer(typed, channels=by_words)
    filled = await desk(channels=channels).submit(
        "remind", question(""), {name: (value,) for name, value in values.items()}
    )
    assert filled == said
    assert channels.asked == by_words.asked
    assert len(channels.asked) == 1


async def test_a_reminder_ahead_of_a_declaration_knows_what_it_waits_for(channels):
    await desk(channels=channels).submit(
        "remind", question(""), {"before": (DECLARATION,), "span": ("30m",), "whom": ("me",)}
    )
    assert channels.asked == [
        Asked(
            channel=Channel(platform="slack", id="alone with U1"),
            author=ANN.name,
            due=uk(3) - timedelta(minutes=30),
            contest_id=TAMWORTH.id,
            kind=MilestoneKind.DECLARATION,
            minutes=30,
            id=1,
        )
    ]
    assert HERE not in {one.channel for one in channels.asked}


async def test_a_form_that_is_not_there_is_a_sentence(channels):
    front = desk(channels=channels)
    for reply in (
        await front.form("estimate", question("")),
        await front.submit("estimate", question(""), {}),
    ):
        assert reply.error
        assert reply.title.startswith("That form is not there any more")

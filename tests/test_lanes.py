"""`teller lanes` as somebody meets it in a shell."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.chat.ask import Channel, Follow, Following
from bot.cli import cli, main
from bot.doctor import examine
from bot.errors import Fault
from bot.lane_listing import EMPTY, listing, state
from bot.lanes import Delivery, Failed, LaneOnRecord
from bot.settings import read_settings
from bot.store import Store
from tests.nights.facts import TAMWORTH
from tests.rooms import at, plan
from tests.store.entries import update, version

SLACK = Channel(platform="slack", id="C0123")
DISCORD = Channel(platform="discord", id="123456789012345678")
WHY = "Teller is not in that channel: invite it with /invite @Teller."
NOW = at("00:41")


@pytest.fixture
def stuck(folder: Path) -> Path:
    """A night in which Slack's channel is suspended with one message in it, Discord's waits."""

    async def gather() -> None:
        store = Store(f"sqlite:///{folder}/teller.db")
        await store.open()
        try:
            kinds = frozenset({Follow.ENTRIES})
            everyone = [Following(channel=one, follows=kinds) for one in (SLACK, DISCORD)]
            await store.night.install([plan(TAMWORTH)], everyone, NOW)
            await store.blogs.keep(update(NOW, version("one", NOW), announce=True))
            for lane in await store.outbox.waiting():
                step = await store.outbox.advance(lane, None, NOW)
                assert isinstance(step, Delivery)
                fault = Fault.CHANNEL if lane.channel == SLACK else Fault.PASSING
                failed = Failed(
                    item_id=step.item_id, why=WHY, fault=fault, refused=True, wait=3_600.0
                )
                await store.outbox.advance(lane, failed, NOW, last=True)
        finally:
            await store.close()

    asyncio.run(gather())
    return folder


def lanes(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["lanes", *arguments])


def data() -> dict[str, dict[str, Any]]:
    shown = lanes("--json")
    assert shown.exit_code == 0
    return {one["channel"]: one for one in json.loads(shown.stdout)}


def test_before_anything_happened_there_is_a_sentence_and_no_database_is_made(folder):
    shown = lanes()
    assert (shown.exit_code, shown.stdout.split()) == (0, EMPTY.split())
    assert json.loads(lanes("--json").stdout) == []
    assert not (folder / "teller.db").exists()


@pytest.mark.usefixtures("stuck")
def test_every_channel_is_listed_with_what_waits_and_why():
    shown = lanes()
    assert shown.exit_code == 0
    first, *_ = shown.stdout.strip().splitlines()
    assert first == "2 channels, 2 messages waiting, 1 suspended"
    (slack,) = [line for line in shown.stdout.splitlines() if line.startswith("slack:C0123 ")]
    assert " suspended since " in slack
    assert slack.endswith(WHY)
    (discord,) = [line for line in shown.stdout.splitlines() if line.startswith(str(DISCORD))]
    assert " waits until " in discord
    assert "teller lanes --revive slack:C0123\n" in shown.stdout


@pytest.mark.usefixtures("stuck")
def test_the_same_is_told_as_data():
    found = data()
    assert list(found) == [str(SLACK), str(DISCORD)]
    slack = found[str(SLACK)]
    assert (slack["state"], slack["waiting"], slack["set_aside"]) == ("suspended", 1, 0)
    assert (slack["trouble"], slack["retry_at"]) == (WHY, None)
    assert slack["oldest"] == NOW.isoformat()
    assert slack["suspended_at"].endswith("+00:00")
    assert found[str(DISCORD)]["state"] == "waits"


@pytest.mark.usefixtures("stuck")
def test_a_channel_that_is_revived_goes_on_and_no_other():
    shown = lanes("--revive", str(SLACK))
    assert shown.exit_code == 0
    assert shown.stdout.startswith("slack:C0123 goes on.\n")
    found = data()
    assert [one["state"] for one in found.values()] == ["going", "waits"]
    assert (found[str(SLACK)]["trouble"], found[str(SLACK)]["waiting"]) == (None, 1)


@pytest.mark.usefixtures("stuck")
@pytest.mark.parametrize(
    "arguments",
    [("--revive-all",), ("--revive", str(SLACK), "--revive", str(DISCORD))],
)
def test_several_are_revived_at_once(arguments):
    shown = lanes(*arguments)
    assert shown.stdout.startswith(f"{SLACK} goes on.\n{DISCORD} goes on.\n")
    assert [one["state"] for one in data().values()] == ["going", "going"]
    assert lanes("--revive-all").stdout.startswith("No channel is suspended or waits")


@pytest.mark.usefixtures("stuck")
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("slack:C9", "slack:C9 has no lane"),
        ("discord:C0123", "discord:C0123 has no lane"),
        ("C0123", "“C0123” is no channel; write it with its platform"),
        ("slack:", "“slack:” is no channel"),
    ],
)
def test_a_wrong_channel_is_a_sentence_and_nothing_is_revived(name, sentence, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["teller", "lanes", "--revive", str(SLACK), "--revive", name])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (1, "")
    assert said.err.startswith(sentence)
    assert said.err.count("\n") == 1
    assert data()[str(SLACK)]["state"] == "suspended"


@pytest.mark.usefixtures("folder")
def test_a_channel_cannot_be_revived_where_there_is_no_database(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["teller", "lanes", "--revive", str(SLACK)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert "slack:C0123 has no lane" in capsys.readouterr().err


async def _findings() -> list[tuple[str, str | None]]:
    return [(found.what, found.trouble) async for found in examine(read_settings())]


@pytest.mark.usefixtures("stuck")
def test_the_doctor_tells_of_a_suspended_channel_and_how_it_goes_on():
    found = dict(asyncio.run(_findings()))
    trouble = found["channel slack:C0123"]
    assert trouble is not None
    assert trouble.startswith("suspended since ")
    assert f"nothing is posted there: {WHY}" in trouble
    assert trouble.endswith("type: teller lanes --revive slack:C0123")
    assert f"channel {DISCORD}" not in found
    lanes("--revive-all")
    assert "channel slack:C0123" not in dict(asyncio.run(_findings()))


# ── The words ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "going"),
        ({"retry_at": NOW}, "going"),
        ({"retry_at": NOW + timedelta(seconds=90)}, "waits until 00:42:30"),
        ({"suspended_at": NOW - timedelta(hours=1)}, "suspended since 23:41:00"),
        ({"suspended_at": NOW, "retry_at": NOW + timedelta(hours=1)}, "suspended since 00:41:00"),
    ],
)
def test_the_state_of_a_lane_is_said_on_uk_clocks(facts, said):
    assert state(LaneOnRecord(channel=SLACK, **facts), NOW) == said


def test_a_lane_is_said_with_its_ages():
    lane = LaneOnRecord(
        channel=SLACK,
        waiting=1_200,
        oldest=NOW - timedelta(minutes=65),
        last_sent=NOW - timedelta(minutes=5),
        set_aside=2,
    )
    assert listing([lane], NOW) == [
        "1 channel, 1,200 messages waiting",
        "",
        "channel      waiting  oldest     last sent      set aside  state  last trouble",
        "slack:C0123    1,200  1 h 5 min  5 minutes ago          2  going  –",
    ]


def test_a_trouble_from_outside_stays_in_its_line_and_moves_no_cursor():
    lane = LaneOnRecord(channel=SLACK, trouble="It said:\n\x1b[2Jslack:C9  going")
    *_, line = listing([lane], NOW)
    assert line.endswith("going  It said: [2Jslack:C9  going")


def test_many_suspended_channels_are_revived_with_one_command():
    channels = [Channel(platform="slack", id=f"C{n}") for n in range(9)]
    shown = listing([LaneOnRecord(channel=one, suspended_at=NOW) for one in channels], NOW)
    assert shown[-1] == "  teller lanes --revive-all"
    assert sum("--revive slack:" in line for line in shown) == 5

"""Posts that show their pictures in Discord: attached to the message, which stays one."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.chat.ask import Channel
from bot.chat.post import DeliveryKey
from bot.courier import drain
from bot.errors import DeliveryError, Fault
from tests.courier.queueing import courier, lane_of, serve, tell_post
from tests.platforms.charts import CORRECTED, DECLARED, PICTURED, PNG, SHARES, drawn
from tests.platforms.discord.connected import CHANGE, COUNT_NIGHT, SEND, connected, words
from tests.waiting import until

HERE = Channel(platform="discord", id=COUNT_NIGHT)
KEY = DeliveryKey(subject="declaration:tamworth", version=1)
SECOND = replace(KEY, version=2)


def standing(discord) -> dict[str, Any]:
    """The one message that stands."""
    (message,) = discord.channel(COUNT_NIGHT).messages
    return message


def shown(discord, message: dict[str, Any]) -> list[tuple[bytes, str]]:
    """The pictures that a message shows, each with its words; none is attached and not shown."""
    images = [embed["image"]["url"] for embed in message["embeds"] if embed.get("image")]
    assert images == [each["url"] for each in message["attachments"]]
    return [(discord.world.files[a["url"]], a["description"]) for a in message["attachments"]]


def labels(message: dict[str, Any]) -> list[str]:
    """What can be pressed under a message."""
    return [button["label"] for row in message["components"] for button in row["components"]]


async def test_a_declaration_shows_its_picture(discord, platform):
    ref = await platform.send(HERE, PICTURED, KEY)

    message = standing(discord)
    assert shown(discord, message) == [(PNG, SHARES.alt)]
    assert labels(message) == ["What it did before"]
    assert await platform.find(HERE, KEY) == ref
    (call,) = discord.tried(SEND)
    assert (call.body["enforce_nonce"], call.body["allowed_mentions"]["parse"]) == (True, [])


async def test_a_correction_replaces_the_picture_and_a_withdrawal_removes_it(discord, platform):
    ref = await platform.send(HERE, PICTURED, KEY)

    await platform.edit(ref, replace(CORRECTED, edited=DECLARED.at), SECOND)
    assert shown(discord, standing(discord)) == [(PNG + b", corrected", "Corrected")]
    assert await platform.find(HERE, SECOND) == ref

    withdrawn = replace(DECLARED, withdrawn="its source took it back", chart=None)
    await platform.edit(ref, withdrawn, replace(KEY, version=3))
    assert shown(discord, standing(discord)) == []
    assert "its source took it back" in words(standing(discord))


async def test_a_picture_that_was_not_drawn_again_does_not_leave_an_old_one(discord, platform):
    ref = await platform.send(HERE, PICTURED, KEY)
    await platform.edit(ref, replace(DECLARED, edited=DECLARED.at), SECOND)
    assert shown(discord, standing(discord)) == []
    assert labels(standing(discord)) == ["Picture", "What it did before"]


async def test_an_older_version_that_stands_after_all_gets_the_newer_picture(discord, platform):
    await platform.send(HERE, PICTURED, KEY)
    await platform.send(HERE, CORRECTED, SECOND)
    assert shown(discord, standing(discord)) == [(PNG + b", corrected", "Corrected")]


async def test_where_nothing_may_be_attached_the_declaration_comes_without(discord, platform):
    discord.channel(COUNT_NIGHT).denied.add("attach")
    ref = await platform.send(HERE, PICTURED, KEY)
    assert shown(discord, standing(discord)) == []
    assert labels(standing(discord)) == ["Picture", "What it did before"]
    await platform.edit(ref, CORRECTED, SECOND)
    assert shown(discord, standing(discord)) == []
    assert await platform.find(HERE, SECOND) == ref


@pytest.mark.parametrize("method", [SEND, CHANGE])
@pytest.mark.parametrize(("status", "code"), [(400, 50035), (413, 40005)])
async def test_a_picture_that_discord_does_not_take_is_left_out(
    discord, platform, method, status, code
):
    ref = await platform.send(HERE, DECLARED, KEY)
    if method is SEND:
        discord.channel(COUNT_NIGHT).messages.clear()
        discord.world.nonce_window = 0.0
    discord.fail(method, status=status, code=code)
    if method is SEND:
        await platform.send(HERE, PICTURED, KEY)
    else:
        await platform.edit(ref, PICTURED, SECOND)
    message = standing(discord)
    assert shown(discord, message) == []
    assert labels(message) == ["Picture", "What it did before"]
    assert message["embeds"]


async def test_where_teller_may_not_write_at_all_it_says_so(discord, platform):
    discord.channel(COUNT_NIGHT).denied.add("send")
    with pytest.raises(DeliveryError) as caught:
        await platform.send(HERE, PICTURED, KEY)
    assert caught.value.fault is Fault.CHANNEL
    assert discord.channel(COUNT_NIGHT).messages == []


@pytest.mark.parametrize("minutes", [0, 60])
async def test_teller_that_dies_while_it_posts_a_picture_posts_once(discord, store, minutes):
    async def another_teller() -> None:
        async with connected(discord) as platform:
            await store.lanes.revive(HERE)
            await drain(await lane_of(store, HERE), courier(store.outbox, platform, draw=drawn))

    await serve(store, HERE)
    await tell_post(store, "declaration:tamworth", DECLARED)
    held = asyncio.Event()
    discord.fail(SEND, hold=held)
    dying = asyncio.create_task(another_teller())
    await until(lambda: discord.channel(COUNT_NIGHT).messages)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    held.set()

    # After an hour, Discord has forgotten the nonce.
    discord.world.nonce_window -= minutes * 60
    await another_teller()

    assert len(shown(discord, standing(discord))) == 1
    assert await store.outbox.waiting() == []

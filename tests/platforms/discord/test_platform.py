"""Posts in Discord: sent, changed, found again, and none of them twice."""

import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.chat.ask import Author, Channel, MessageRef
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.deadline import in_time, uptime
from bot.election.figure import Source
from bot.errors import DeliveryError, Fault, LeaseLostError
from bot.liveblog.markup import Block, BlockKind, Span
from bot.platforms.discord.embeds import DiscordMessage
from bot.platforms.discord.marks import mark, marked, nonce
from tests.courier.queueing import NOW
from tests.platforms.discord.connected import ADA, CHANGE, COUNT_NIGHT, HISTORY, SEND, words

HERE = Channel(platform="discord", id=COUNT_NIGHT)
KEY = DeliveryKey(subject="entry:low-turnout", version=1)
POST = Post(
    kind=PostKind.ENTRY,
    heading="Low turnout in Tamworth",
    at=NOW,
    body=(
        Block(
            kind=BlockKind.PARAGRAPH,
            spans=(Span(text="35.9 per cent, says @everyone <@710000000000000001>"),),
        ),
    ),
    source=Source(name="The Example", url="https://news.example/live"),
)
LOGGING_IN = "GET /users/@me"


def standing(discord):
    return discord.channel(COUNT_NIGHT).messages


# ── Sent, changed, found ─────────────────────────────────────────────────────────────────────


async def test_a_post_is_sent_and_pings_nobody(discord, platform):
    ref = await platform.send(HERE, POST, KEY)

    (message,) = standing(discord)
    assert ref == MessageRef(channel=HERE, id=message["id"])
    assert "9 per cent" in words(message)
    (call,) = discord.tried(SEND)
    assert call.body["allowed_mentions"]["parse"] == []
    assert call.body["enforce_nonce"] is True
    assert len(call.body["nonce"]) <= 25


async def test_a_post_is_found_by_subject_version_and_channel(discord, platform):
    discord.world.add_channel("900000000000000002", "pictures")
    there = Channel(platform="discord", id="900000000000000002")
    other = await platform.send(HERE, POST, replace(KEY, subject="entry:other"))
    ref = await platform.send(HERE, POST, KEY)
    await discord.says(COUNT_NIGHT, ADA, "Well!")

    assert await platform.find(HERE, KEY) == ref
    assert await platform.find(HERE, replace(KEY, subject="entry:other")) == other
    assert await platform.find(HERE, replace(KEY, version=2)) is None
    assert await platform.find(there, KEY) is None


def test_no_two_deliveries_have_one_mark_and_no_two_subjects_one_nonce():
    keys = [DeliveryKey(subject=s, version=v) for s in ("a", "a1", "a\n1") for v in (1, 11, 111)]
    places = [HERE, Channel(platform="discord", id="1")]
    marks = {mark(place, key) for place in places for key in keys}
    assert len(marks) == len(places) * len(keys)
    nonces = {nonce(place, key) for place in places for key in keys}
    assert len(nonces) == len(places) * 3
    assert all(len(each) <= 25 for each in nonces)


async def test_a_post_that_arrives_late_in_an_older_version_does_not_double_its_subject(
    discord, platform
):
    second = replace(KEY, version=2)
    late = await platform.send(HERE, POST, KEY)

    ref = await platform.send(HERE, replace(POST, heading="Turnout is low"), second)

    (message,) = standing(discord)
    assert ref == late == await platform.find(HERE, second)
    assert "Turnout is low" in words(message)


async def test_an_older_version_that_arrives_after_a_newer_one_changes_nothing(
    discord, platform, monkeypatch
):
    second = replace(KEY, version=2)
    ref = await platform.send(HERE, replace(POST, heading="Turnout is low"), second)
    arrived, answer = asyncio.Event(), asyncio.Event()
    discord.fail(SEND, when=lambda _path: arrived.set() or True, hold=answer)

    with in_time(uptime() + 5):
        late = asyncio.create_task(platform.send(HERE, POST, KEY))
        await arrived.wait()
        # Its lease runs out before it learns which message stands.
        monkeypatch.setattr("bot.deadline.uptime", lambda: uptime() + 10)
        answer.set()
        with pytest.raises(LeaseLostError):
            await late

    (message,) = standing(discord)
    assert "Turnout is low" in words(message)
    assert await platform.find(HERE, second) == ref


async def test_an_edited_post_changes_where_it_stands_and_says_so(discord, platform):
    ref = await platform.send(HERE, POST, KEY)
    second = replace(KEY, version=2)
    edited = replace(POST, heading="Turnout is low in Tamworth", edited=NOW)

    assert await platform.edit(ref, edited, second) == ref

    (message,) = standing(discord)
    assert "Turnout is low" in words(message)
    assert "edited" in words(message)
    assert await platform.find(HERE, second) == ref
    assert await platform.find(HERE, KEY) is None


async def test_a_withdrawn_post_says_why(discord, platform):
    ref = await platform.send(HERE, POST, KEY)
    withdrawn = replace(POST, withdrawn="the live blog took it down")

    await platform.edit(ref, withdrawn, replace(KEY, version=2))

    (message,) = standing(discord)
    assert "the live blog took it down" in words(message)
    assert await platform.find(HERE, replace(KEY, version=2)) == ref


async def test_a_post_is_found_behind_hundreds_of_messages(discord, platform):
    ref = await platform.send(HERE, POST, KEY)
    world = discord.world
    for number in range(250):
        world.put(discord.channel(COUNT_NIGHT), world.users[ADA], {"content": str(number)})

    assert await platform.find(HERE, KEY) == ref
    assert len(discord.tried(HISTORY)) == 3


async def test_the_search_for_a_post_comes_to_an_end(discord, platform):
    world = discord.world
    for number in range(700):
        world.put(discord.channel(COUNT_NIGHT), world.users[ADA], {"content": str(number)})

    assert await platform.find(HERE, KEY) is None
    assert len(discord.tried(HISTORY)) == 5


async def test_somebodys_direct_messages_are_a_channel(discord, platform):
    ada = Author(platform="discord", id=ADA, name="Ada")
    channel = await platform.direct(ada)
    await platform.send(channel, POST, KEY)

    assert channel == Channel(platform="discord", id=discord.world.direct_of(ADA).id)
    assert len(discord.world.direct_of(ADA).messages) == 1
    with pytest.raises(DeliveryError, match="Unknown User"):
        await platform.direct(replace(ada, id="1"))


# ── Refused ──────────────────────────────────────────────────────────────────────────────────


async def test_an_embed_that_discord_does_not_take_goes_out_as_text_once(discord, platform):
    discord.fail(SEND, status=400, code=50035)
    with capture_logs() as logs:
        ref = await platform.send(HERE, POST, KEY)

    (message,) = standing(discord)
    assert message["embeds"] == []
    assert "Low turnout in Tamworth" in message["content"]
    assert await platform.find(HERE, KEY) == ref
    assert [log["event"] for log in logs] == ["discord.invalid_form"]

    discord.fail(CHANGE, status=400, code=50035)
    await platform.edit(ref, replace(POST, edited=NOW), replace(KEY, version=2))
    assert "edited" in message["content"]
    assert await platform.find(HERE, replace(KEY, version=2)) == ref


async def test_what_somebody_copied_is_not_taken_for_ours(discord, platform):
    discord.fail(SEND, status=400, code=50035)
    ref = await platform.send(HERE, POST, KEY)
    (message,) = standing(discord)
    await discord.says(COUNT_NIGHT, ADA, message["content"])

    assert await platform.find(HERE, KEY) == ref


def test_a_mark_fits_whatever_it_marks():
    known_by = mark(HERE, KEY)
    text = marked(DiscordMessage(content="ballots " * 250), known_by)
    assert len(text.content) <= 2000
    far = f"https://news.example/{'x' * 2040}"
    for address in (None, far, "https://news.example/live", "https://news.example/live#entry"):
        embed = {"description": "x"} | ({} if address is None else {"url": address})
        first, second = marked(DiscordMessage(embeds=(embed, embed)), known_by).embeds
        # Pictures are one gallery by their embeds' one address.
        assert first["url"] == second["url"] or address is None
        assert first["url"].endswith(known_by)
        assert first["url"].count("#") == 1
        assert len(first["url"]) <= 2048


async def test_text_alone_has_room_for_its_mark(discord, platform):
    discord.fail(SEND, status=400, code=50035)
    long = Block(kind=BlockKind.PARAGRAPH, spans=(Span(text="Ballots! " * 500),))
    ref = await platform.send(HERE, replace(POST, body=(long,) * 9), KEY)

    (message,) = standing(discord)
    assert 1500 < len(message["content"]) <= 2000
    assert await platform.find(HERE, KEY) == ref


async def test_text_alone_that_is_refused_too_is_tried_no_more(discord, platform):
    discord.fail(SEND, status=400, code=50035, times=2)
    with pytest.raises(DeliveryError, match="50035") as caught:
        await platform.send(HERE, POST, KEY)
    assert caught.value.fault is Fault.MESSAGE
    assert len(discord.tried(SEND)) == 2


@pytest.mark.parametrize(
    ("fault", "sentence", "wait", "refused"),
    [
        ({"retry_after": 0.25}, "asks to wait", 0.25, True),
        ({"retry_after": 90.0}, "asks to wait", 90.0, True),
        ({"retry_after": 7.0, "everywhere": True}, "asks to wait", 7.0, True),
        ({"retry_after": 7.0, "via": False}, "asks to wait", 7.0, True),
        ({"status": 500}, "upstream", None, False),
        ({"status": 502}, "upstream", None, False),
        ({"status": 503}, "upstream", None, False),
        ({"status": 504}, "upstream", None, False),
        ({"status": 403, "code": 50013}, "send messages", None, True),
        ({"status": 403, "code": 50001}, "see the channel", None, True),
        ({"status": 404, "code": 10003}, "channel is gone", None, True),
        ({"status": 401, "code": 0}, "DISCORD_TOKEN", 300.0, True),
        ({"cut": "before"}, "could not be reached", None, False),
        ({"cut": "after"}, "could not be reached", None, False),
    ],
)
async def test_a_failure_says_what_it_was_and_is_not_repeated(
    discord, platform, fault, sentence, wait, refused
):
    ref = await platform.send(HERE, POST, KEY)
    # The HTTP client asks a second time by itself for what only reads.
    reading = {**fault, "times": 2} if "cut" in fault else fault
    for method, call, how in (
        (SEND, lambda: platform.send(HERE, POST, replace(KEY, version=2)), fault),
        (CHANGE, lambda: platform.edit(ref, POST, KEY), fault),
        (HISTORY, lambda: platform.find(HERE, KEY), reading),
    ):
        before = len(discord.tried(method))
        discord.fail(method, **how)
        with pytest.raises(DeliveryError, match=sentence) as caught:
            await call()
        assert (caught.value.wait, caught.value.refused) == (wait, refused)
        assert len(discord.tried(method)) - before == how.get("times", 1)
        assert discord.token not in str(caught.value)


async def test_a_limit_that_is_far_away_is_left_to_the_courier(discord, platform):
    discord.limit, discord.per = 1, 120.0
    await platform.send(HERE, POST, KEY)
    with pytest.raises(DeliveryError) as caught:
        await platform.send(HERE, POST, replace(KEY, version=2))
    assert 60.0 < caught.value.wait <= 120.0
    assert caught.value.refused


async def test_discord_away_is_a_failure_to_deliver(discord, platform):
    await discord.stop()
    with pytest.raises(DeliveryError, match="could not be reached"):
        await platform.send(HERE, POST, KEY)


@pytest.mark.parametrize("how", [{"status": 503}, {"status": 502}, {"cut": "before", "times": 2}])
async def test_a_login_that_failed_is_tried_again_with_the_next_post(discord, platform, how):
    discord.fail(LOGGING_IN, **how)
    with pytest.raises(DeliveryError):
        await platform.send(HERE, POST, KEY)
    await platform.send(HERE, POST, KEY)
    assert len(standing(discord)) == 1


async def test_a_token_that_discord_does_not_know_is_shown_to_it_once(discord, platform):
    discord.world.token = "another"
    for _ in range(3):
        with pytest.raises(DeliveryError, match="DISCORD_TOKEN") as caught:
            await platform.send(HERE, POST, KEY)
        assert caught.value.wait == 300.0
    assert len(discord.tried(LOGGING_IN)) == 1
    discord.world.token = discord.token


@pytest.mark.parametrize("id", ["count-night", "9" * 20, ""])
async def test_a_channel_that_is_no_discord_id_is_told(discord, platform, id):
    with pytest.raises(DeliveryError, match=f"called “{id}”") as caught:
        await platform.send(replace(HERE, id=id), POST, KEY)
    assert (caught.value.fault, caught.value.refused) == (Fault.CHANNEL, True)
    assert discord.tried(SEND) == []


# ── Out of reach ─────────────────────────────────────────────────────────────────────────────


async def test_what_somebody_took_away_stays_away(discord, platform):
    ref = await platform.send(HERE, POST, KEY)
    standing(discord).clear()

    with pytest.raises(DeliveryError, match="took the message away") as caught:
        await platform.edit(ref, replace(POST, edited=NOW), replace(KEY, version=2))
    assert (caught.value.fault, caught.value.refused) == (Fault.TAKEN_AWAY, True)
    assert standing(discord) == []


async def test_what_was_taken_away_before_its_answer_came_stays_away(discord, platform):
    discord.fail(SEND, cut="after")
    with pytest.raises(DeliveryError):
        await platform.send(HERE, POST, KEY)
    standing(discord).clear()

    assert await platform.find(HERE, KEY) is None
    with pytest.raises(DeliveryError) as caught:
        await platform.send(HERE, POST, KEY)
    assert caught.value.fault is Fault.TAKEN_AWAY
    assert standing(discord) == []


@pytest.mark.parametrize(("status", "code"), [(400, 30046), (403, 50005)])
async def test_what_cannot_be_changed_is_said_anew_once(discord, platform, status, code):
    ref = await platform.send(HERE, POST, KEY)
    discord.fail(CHANGE, status=status, code=code, times=2)
    withdrawn, second = replace(POST, withdrawn="it was wrong"), replace(KEY, version=2)

    discord.fail(SEND, cut="after")
    with pytest.raises(DeliveryError):
        await platform.edit(ref, withdrawn, second)
    again = await platform.edit(ref, withdrawn, second)

    first, anew = standing(discord)
    assert (ref.id, again.id) == (first["id"], anew["id"])
    assert "it was wrong" in words(anew)


async def test_a_repeat_within_minutes_is_the_message_that_stands(discord, platform):
    ref = await platform.send(HERE, POST, KEY)
    # Without leave to read the history, nothing is found there.
    discord.channel(COUNT_NIGHT).denied.add("history")
    assert await platform.find(HERE, KEY) is None
    assert await platform.send(HERE, POST, KEY) == ref
    assert len(standing(discord)) == 1


# ── Pinned ───────────────────────────────────────────────────────────────────────────────────


async def test_a_message_is_pinned(discord, platform):
    ref = await platform.send(HERE, POST, KEY)
    await platform.pin(ref)
    await platform.pin(ref)
    (message,) = standing(discord)
    assert message["pinned"] is True


async def test_a_pin_is_taken_away_and_may_be_already(discord, platform):
    ref = await platform.send(HERE, POST, KEY)
    await platform.pin(ref)
    await platform.unpin(ref)
    await platform.unpin(ref)
    (message,) = standing(discord)
    assert message["pinned"] is False


async def test_without_the_permission_a_pin_says_what_to_do(discord, platform):
    ref = await platform.send(HERE, POST, KEY)
    discord.channel(COUNT_NIGHT).denied.add("pin")
    with pytest.raises(DeliveryError, match="give Teller's role “Pin Messages”"):
        await platform.pin(ref)

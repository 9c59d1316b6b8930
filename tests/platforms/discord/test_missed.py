"""What was asked while the gateway was deaf, when no session can be resumed: answered once."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.chat.reply import Reply
from bot.platforms.discord import missed
from tests.platforms.discord.connected import (
    ADA,
    BEA,
    COUNT_NIGHT,
    HISTORY,
    PAUSES,
    PICTURES,
    SEND,
    answer_to,
    answered,
    listening,
)
from tests.platforms.discord.talking import FullDesk
from tests.waiting import until

MEMBER = "GET /guilds/{guild_id}/members/{user_id}"


@pytest.fixture
def desk() -> FullDesk:
    """Says back what it was asked."""
    return FullDesk()


@pytest.fixture(autouse=True)
def pictures(discord):
    """A second channel of the same server."""
    return discord.world.add_channel(PICTURES, "pictures")


@asynccontextmanager
async def awake(discord, desk, **gateway):
    """The platform, which has answered something, and soon takes its servers for known."""
    async with listening(discord, desk, pauses=replace(PAUSES, servers=0.05), **gateway):
        await answered(discord, "before")
        yield


def asked(desk) -> list[str]:
    return [ask.text for ask in desk.asked]


async def invalid(discord) -> None:
    """Discord ends the session (opcode 9), and does not let it be resumed."""
    await discord.gateway.invalidate()


async def reset(discord) -> None:
    """The network is lost for longer than Discord keeps a session."""
    discord.gateway.forget()
    discord.gateway.reset()


async def anew(discord, how=invalid) -> None:
    """Lose the session in some way, and wait until another one stands."""
    begun = len(discord.gateway.identified)
    await how(discord)
    await discord.gateway.wait_for(lambda: len(discord.gateway.identified) > begun)
    await discord.gateway.connected()


async def caught_up(discord, logs, times: int = 1) -> None:
    """Wait until histories have been looked through so often, and all was answered since."""

    def times_done() -> int:
        done = [log for log in logs if log["event"] == "discord.caught_up"]
        # On a busy machine a server may be late.
        return sum(log["late"] == 0 for log in done)

    await until(lambda: times_done() == times)
    await answered(discord, "the end")


@pytest.mark.parametrize("how", [invalid, reset])
async def test_what_was_asked_while_deaf_is_answered_once_by_a_session_begun_anew(
    discord, desk, how
):
    async with awake(discord, desk):
        alone = await discord.direct_message("alone before", user=BEA)
        await discord.until(lambda: len(alone.messages) == 2)
        answer = discord.channel(COUNT_NIGHT).messages[-1]

        me = f"<@{discord.world.bot.id}>"
        deaf = [
            discord.misses(COUNT_NIGHT, BEA, f"{me} turnout"),
            discord.misses(COUNT_NIGHT, ADA, f"{me} majority", under=answer),
            discord.misses(PICTURES, ADA, f"{me} result"),
            discord.misses(alone.id, BEA, "alone"),
        ]
        discord.misses(COUNT_NIGHT, ADA, "well, well")
        await anew(discord, how)
        for message in deaf:
            await answer_to(discord, message)
        await answered(discord, "after")
    assert asked(desk)[:2] == ["before", "alone before"]
    assert sorted(asked(desk)[2:]) == ["after", "alone", "majority", "result", "turnout"]
    assert asked(desk).index("turnout") < asked(desk).index("majority")


async def test_what_was_heard_is_not_answered_again_by_any_later_session(discord, desk):
    with capture_logs() as logs:
        async with awake(discord, desk):
            discord.misses(COUNT_NIGHT, ADA, f"<@{discord.world.bot.id}> meanwhile")
            for times in (1, 2):
                await anew(discord)
                await caught_up(discord, logs, times)
    assert asked(desk) == ["before", "meanwhile", "the end", "the end"]


async def test_the_first_session_and_one_that_is_resumed_look_nothing_up(discord, desk):
    async with awake(discord, desk):
        await discord.gateway.close(1001)
        await discord.gateway.wait_for(lambda: discord.gateway.resumed)
        await discord.gateway.connected()
        await answered(discord, "after")
        discord.misses(COUNT_NIGHT, ADA, f"<@{discord.world.bot.id}> meanwhile")
        # Whatever the sessions before had to look up has been looked up when this one is done.
        assert discord.tried(HISTORY) == []
        await anew(discord)
        await until(lambda: "meanwhile" in asked(desk))
    assert len(discord.tried(HISTORY)) == 1


async def test_what_was_asked_before_teller_came_stays_unanswered(discord, desk):
    world = discord.world
    now, world.clock = world.clock, lambda: now() - 300.0
    discord.misses(COUNT_NIGHT, ADA, f"<@{world.bot.id}> yesterday")
    world.clock = now
    with capture_logs() as logs:
        async with awake(discord, desk):
            discord.misses(COUNT_NIGHT, ADA, f"<@{world.bot.id}> today")
            await anew(discord)
            await caught_up(discord, logs)
    assert asked(desk) == ["before", "today", "the end"]


async def test_a_server_that_discord_is_long_in_telling_of_is_looked_through_when_it_comes(
    discord, desk
):
    guild = discord.channel(COUNT_NIGHT).guild
    with capture_logs() as logs:
        async with awake(discord, desk):
            discord.misses(COUNT_NIGHT, ADA, f"<@{discord.world.bot.id}> meanwhile")
            discord.gateway.late.add(guild.id)
            await anew(discord)
            await until(lambda: [log for log in logs if log.get("late") == 1])
            assert asked(desk) == ["before"]
            for _ in range(2):
                await discord.available(guild)
            await caught_up(discord, logs)
    assert asked(desk) == ["before", "meanwhile", "the end"]
    assert len(discord.tried(HISTORY)) == 1


async def test_what_is_too_old_is_not_answered_any_more(discord, desk, monkeypatch):
    with capture_logs() as logs:
        async with awake(discord, desk):
            discord.misses(COUNT_NIGHT, ADA, f"<@{discord.world.bot.id}> long ago")
            monkeypatch.setattr(missed, "OLDEST", timedelta(0))
            await anew(discord)
            await caught_up(discord, logs)
    assert asked(desk) == ["before", "the end"]


async def test_of_a_channel_only_the_newest_questions_are_answered(discord, desk, monkeypatch):
    monkeypatch.setattr(missed, "MESSAGES", 3)
    with capture_logs() as logs:
        async with awake(discord, desk):
            for number in range(5):
                discord.misses(COUNT_NIGHT, ADA, f"<@{discord.world.bot.id}> {number}")
            await anew(discord)
            await caught_up(discord, logs)
    assert asked(desk) == ["before", "2", "3", "4", "the end"]


async def test_channels_where_teller_was_spoken_to_are_looked_through_before_others(
    discord, desk, monkeypatch
):
    monkeypatch.setattr(missed, "PLACES", 1)
    with capture_logs() as logs:
        async with awake(discord, desk):
            discord.misses(COUNT_NIGHT, ADA, f"<@{discord.world.bot.id}> here")
            discord.misses(PICTURES, ADA, f"<@{discord.world.bot.id}> there")
            await anew(discord)
            await caught_up(discord, logs)
    assert asked(desk) == ["before", "here", "the end"]
    assert {call.path["channel_id"] for call in discord.tried(HISTORY)} == {COUNT_NIGHT}


async def test_plain_words_are_caught_up_with_where_they_would_have_been_heard(discord, desk):
    desk.heard = Reply(title="Sarah Edwards")
    async with awake(discord, desk, message_content=True):
        plain = discord.misses(COUNT_NIGHT, ADA, "Who won?")
        await anew(discord)
        assert "Sarah Edwards" in await answer_to(discord, plain)
    assert [ask.text for ask in desk.overheard] == ["Who won?"]


@pytest.mark.parametrize("granted", [True, False])
async def test_plain_words_that_were_not_asked_for_are_not_taken_from_a_history(
    discord, desk, granted
):
    discord.world.message_content = granted
    with capture_logs() as logs:
        async with awake(discord, desk):
            discord.misses(COUNT_NIGHT, ADA, "Who won?")
            await anew(discord)
            await caught_up(discord, logs)
    assert desk.overheard == []


async def test_who_manages_the_channel_still_does_in_its_history(discord, desk):
    # Ada owns the server; a history does not say so.
    async with awake(discord, desk):
        for who in (ADA, BEA):
            discord.misses(COUNT_NIGHT, who, f"<@{discord.world.bot.id}> listen on")
        alone = await discord.direct_message("hello", user=BEA)
        await discord.until(lambda: len(alone.messages) == 2)
        discord.misses(alone.id, BEA, "listen on")
        await anew(discord)
        await until(lambda: len(desk.asked) == 5)
    here, there = COUNT_NIGHT, alone.id
    assert [(a.channel.id, a.author.id, a.author.manages) for a in desk.asked[2:]] == [
        (here, ADA, True),
        (here, BEA, False),
        (there, BEA, False),
    ]


async def test_who_is_not_found_any_more_manages_nothing(discord, desk):
    discord.fail(MEMBER, status=404, code=10007)
    async with awake(discord, desk):
        discord.misses(COUNT_NIGHT, ADA, f"<@{discord.world.bot.id}> listen on")
        await anew(discord)
        await until(lambda: len(desk.asked) == 2)
    assert desk.asked[1].author.manages is False


async def test_a_channel_that_cannot_be_looked_through_keeps_no_other(discord, desk):
    discord.fail(HISTORY, status=403, code=50001, when=lambda path: path["channel_id"] == PICTURES)
    with capture_logs() as logs:
        async with awake(discord, desk):
            here = discord.misses(COUNT_NIGHT, ADA, f"<@{discord.world.bot.id}> here")
            discord.misses(PICTURES, ADA, f"<@{discord.world.bot.id}> there")
            await anew(discord)
            await answer_to(discord, here)
    assert [log["channel"] for log in logs if log["event"] == "discord.no_history"] == [
        int(PICTURES)
    ]


async def test_an_answer_that_breaks_keeps_no_other(discord, desk):
    right = desk.answer

    async def broken(ask):
        if ask.text == "fire":
            raise RuntimeError("the desk is on fire")
        return await right(ask)

    desk.answer = broken
    async with awake(discord, desk):
        discord.misses(COUNT_NIGHT, ADA, f"<@{discord.world.bot.id}> fire")
        after = discord.misses(COUNT_NIGHT, ADA, f"<@{discord.world.bot.id}> turnout")
        await anew(discord)
        await answer_to(discord, after)
    # The one before, and this.
    assert len([call for call in discord.tried(SEND) if call.status == 200]) == 2

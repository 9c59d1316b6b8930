"""The stand-in Discord against discord.py's own client."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord as dpy
import pytest

from bot.platforms.discord.connection import addressed
from tests.discord import contract
from tests.discord.server import StandInDiscord

CHANNEL, ADA = "900000000000000001", "710000000000000001"


@asynccontextmanager
async def logged_in(discord: StandInDiscord) -> AsyncIterator[dpy.Client]:
    """A client of its REST API alone."""
    with addressed(discord.api_url, None):
        async with dpy.Client(intents=dpy.Intents(guilds=True)) as client:
            await client.login(discord.token)
            yield client


@asynccontextmanager
async def connected(
    discord: StandInDiscord, intents: dpy.Intents
) -> AsyncIterator[tuple[dpy.Client, list[dpy.Message]]]:
    """A client that hears messages, and those that it heard."""
    heard: list[dpy.Message] = []
    with addressed(discord.api_url, discord.gateway.url):
        async with dpy.Client(intents=intents, max_messages=None) as client:

            @client.event
            async def on_message(message: dpy.Message) -> None:
                heard.append(message)

            task = asyncio.create_task(client.start(discord.token))
            await discord.gateway.connected()
            yield client, heard
            await client.close()
            await task


def place(client: dpy.Client) -> dpy.PartialMessageable:
    return client.get_partial_messageable(int(CHANNEL))


async def refused(call) -> tuple[int, int]:
    with pytest.raises(dpy.HTTPException) as caught:
        await call
    return caught.value.status, caught.value.code


async def test_messages_are_sent_changed_read_and_taken_away(discord):
    async with logged_in(discord) as client:
        assert client.user.name == "Teller"
        sent = await place(client).send("one", embed=dpy.Embed(title="One", description="1"))
        await sent.edit(content="two")
        assert [each.content async for each in place(client).history()] == ["two"]
        await sent.delete()
        assert [each async for each in place(client).history()] == []
        assert await refused(sent.edit(content="three")) == (404, 10008)


async def test_history_is_read_page_by_page_newest_first(discord):
    world = discord.world
    for number in range(130):
        world.put(discord.channel(CHANNEL), world.users[ADA], {"content": str(number)})
    async with logged_in(discord) as client:
        read = [each.content async for each in place(client).history(limit=None)]
    assert read == [str(number) for number in reversed(range(130))]


async def test_a_nonce_makes_one_message_of_two_for_some_minutes_and_is_not_kept(discord):
    now = 1_700_000_000.0
    discord.world.clock = lambda: now
    discord.per = 0.0
    async with logged_in(discord) as client:
        first = await place(client).send("one", nonce="n1")
        again = await place(client).send("one", nonce="n1")
        assert (again.id, again.nonce) == (first.id, "n1")
        assert (await place(client).send("one", nonce="n2")).id != first.id
        assert [each.nonce async for each in place(client).history()] == [None, None]

        await first.delete()
        assert await refused(place(client).send("one", nonce="n1")) == (404, 10008)
        now += discord.world.nonce_window
        assert (await place(client).send("one", nonce="n1")).id != first.id


def chart(content: bytes) -> dpy.File:
    return dpy.File(io.BytesIO(content), filename="chart.png", description="A chart")


async def test_a_file_is_attached_shown_replaced_and_taken_away(discord):
    embed = dpy.Embed(title="x").set_image(url="attachment://chart.png")
    async with logged_in(discord) as client:
        sent = await place(client).send(embed=embed, file=chart(b"one"))
        (before,) = sent.attachments
        assert (before.filename, before.description, before.size) == ("chart.png", "A chart", 3)
        assert sent.embeds[0].image.url == before.url
        assert discord.world.files[before.url] == b"one"

        kept = await sent.edit(content="two")
        assert [each.id for each in kept.attachments] == [before.id]

        changed = await sent.edit(embed=embed, attachments=[chart(b"two")])
        (after,) = changed.attachments
        assert changed.embeds[0].image.url == after.url != before.url

        without = await sent.edit(embed=dpy.Embed(title="x"), attachments=[])
        assert without.attachments == []


@pytest.mark.parametrize(
    ("denied", "number"),
    [("see", 50001), ("send", 50013), ("embed", 50013), ("attach", 50013)],
)
async def test_what_the_bot_may_not_do(discord, denied, number):
    discord.channel(CHANNEL).denied.add(denied)
    async with logged_in(discord) as client:
        shown = place(client).send(embed=dpy.Embed(title="x"), file=chart(b"one"))
        assert await refused(shown) == (403, number)
        nowhere = client.get_partial_messageable(1)
        assert await refused(nowhere.send("x")) == (404, 10003)


@pytest.mark.parametrize(
    ("embed", "fault"),
    [
        (dpy.Embed(title="x" * 257), "title"),
        (dpy.Embed(description="x" * 4097), "description"),
        (dpy.Embed(title="x", url="javascript:alert(1)"), "url"),
        (dpy.Embed(description="x" * 4000).set_footer(text="x" * 2001), "embeds.0"),
        (dpy.Embed(title="x").add_field(name="x", value=" "), "value"),
    ],
)
async def test_embeds_have_limits(discord, embed, fault):
    async with logged_in(discord) as client:
        with pytest.raises(dpy.HTTPException, match=fault) as caught:
            await place(client).send(embed=embed)
        assert caught.value.code == 50035
    discord.violations.clear()


async def test_a_channel_takes_so_many_messages_in_a_while(discord):
    discord.limit, discord.per = 2, 0.2
    async with logged_in(discord) as client, asyncio.TaskGroup() as senders:
        for number in range(5):
            senders.create_task(place(client).send(str(number)))
    first, *_, last = sorted(
        call.at for call in discord.tried("POST /channels/{channel_id}/messages")
    )
    assert last - first >= 0.4
    assert len(discord.channel(CHANNEL).messages) == 5


async def test_messages_and_commands_come_over_the_gateway(discord):
    intents = dpy.Intents(guilds=True, guild_messages=True, dm_messages=True)
    async with connected(discord, intents) as (client, heard):
        await discord.says(CHANNEL, ADA, "nothing for you")
        await discord.mention("turnout", channel=CHANNEL, user=ADA)
        await discord.direct_message("turnout", user=ADA)
        async with asyncio.timeout(5):
            while len(heard) < 3:  # noqa: ASYNC110 - nothing else tells of it
                await asyncio.sleep(0)
        assert [each.content for each in heard] == [
            "",
            f"<@{client.user.id}> turnout",
            "turnout",
        ]
        assert heard[0].guild.name == "Newsroom"


async def test_an_intent_that_is_not_granted_closes_the_gateway(discord):
    discord.world.message_content = False
    with addressed(discord.api_url, discord.gateway.url):
        async with dpy.Client(intents=dpy.Intents(message_content=True)) as client:
            with pytest.raises(dpy.PrivilegedIntentsRequired):
                await client.start(discord.token)


@pytest.mark.skipif(contract.description() is None, reason=contract.NOT_HERE)
@pytest.mark.parametrize(
    ("method", "path", "query", "body", "fault"),
    [
        ("POST", "/channels/1/messages", {}, {"content": "x"}, None),
        ("POST", "/channels/1/messages", {}, {"nonce": "x" * 26}, "nonce"),
        ("POST", "/channels/1/messages", {}, {"contents": "x"}, "body.contents: unknown"),
        ("POST", "/channels/1/messages", {}, {"embeds": [{"title": 1}]}, "embeds[0].title"),
        ("POST", "/channels/x/messages", {}, {"content": "x"}, "path.channel_id"),
        ("GET", "/channels/1/messages", {"limit": "100"}, None, None),
        ("GET", "/channels/1/messages", {"limit": "101"}, None, "query.limit"),
        ("GET", "/channels/1/messages", {"page": "1"}, None, "query.page: unknown"),
        ("GET", "/channel/1", {}, None, "no such path"),
        ("PUT", "/users/@me", {}, {}, "no such method"),
        ("POST", "/users/@me/channels", {}, None, "body: missing"),
    ],
)
def test_requests_are_held_against_discords_own_description(method, path, query, body, fault):
    found = contract.faults(method, path, query, body)
    if fault is None:
        assert found == []
    else:
        (told,) = found
        assert fault in told

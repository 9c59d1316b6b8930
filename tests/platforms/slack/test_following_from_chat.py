"""Live blogs that a channel follows because somebody there said so, and reminders of its own."""

import pytest

from bot.chat.post import PostKind
from tests.nights.blog import live_blog
from tests.platforms.slack.connected import buttons, marked_up, replies_to, words
from tests.platforms.slack.on_duty import on_duty, posted, refused, wrapped
from tests.platforms.slack.test_night_in_slack import BOXES, WITHDRAWN, heading
from tests.rooms import at
from tests.test_night import ENTRIES

ONLY_TAMWORTH = [
    "Good morning, and welcome",
    "Count under way in Tamworth",
    "Tamworth looks close",
    "Low turnout in Tamworth",
    "Labour gain Tamworth from the Conservatives",
]
JOINER = "\u2060"


@pytest.fixture
async def blog():
    async with live_blog(at("00:30")) as opened:
        yield opened


@pytest.fixture
async def duty(slack, client, tmp_path, mode):
    async with on_duty(slack, client, tmp_path, mode) as opened:
        yield opened


def headings(slack, channel: str = "C1") -> list[str]:
    return [heading(message).removeprefix("★ ") for message in posted(slack, channel)]


async def answered(slack, text: str) -> dict:
    said = await slack.mention(text)
    (reply,) = await replies_to(slack, said.ts)
    return reply


async def test_a_blog_is_followed_by_a_mention_and_its_news_comes(slack, duty, blog):
    reply = await answered(slack, f"follow {wrapped(blog.url)} only Tamworth")
    assert "This channel now follows" in reply["text"]
    assert "only of Tamworth" in words(reply)
    how = "JSON-LD, because there is a LiveBlogPosting in it"
    assert f"I read it as {how}" in words(reply)
    assert f"as {how}" in words(await answered(slack, "status"))
    await slack.until(lambda: len(posted(slack)) == 3)
    assert headings(slack) == ONLY_TAMWORTH[:3]
    # What was found is said first.
    assert float(reply["ts"]) < float(posted(slack)[0]["ts"])

    await duty.look(blog, "03:25")
    assert headings(slack) == ONLY_TAMWORTH

    shown = await answered(slack, "following")
    assert "only of Tamworth" in words(shown)
    (unfollow,) = buttons(shown).values()
    await slack.press(unfollow, ts=shown["ts"])
    thread = slack.channel("C1").replies
    await slack.until(lambda: any("no longer gets" in words(m) for m in thread(shown["thread_ts"])))
    assert "follows nothing" in words(await answered(slack, "following"))
    assert refused(slack) == []


async def test_edits_and_withdrawals_reach_a_channel_that_followed_from_chat(slack, duty, blog):
    blog.at = duty.clock.moment = at("00:11")
    await answered(slack, f"follow {wrapped(blog.url)}")
    await slack.until(lambda: len(posted(slack)) == 3)
    assert "Sheffield" in words(posted(slack)[2])

    await duty.look(blog, "00:36")
    await duty.look(blog, "00:40", times=3)

    assert [name for _, name in ENTRIES[:8] if name != WITHDRAWN] == [
        h for h in headings(slack) if h
    ]
    (boxes,) = [m for m in posted(slack) if BOXES in words(m)]
    assert "✎ edited" in words(boxes)
    assert "Sheffield" not in words(boxes)
    (struck,) = [m for m in posted(slack) if WITHDRAWN in words(m)]
    assert "✗ *withdrawn*" in words(struck)
    assert refused(slack) == []


async def test_a_command_that_follows_is_told_to_the_channel(slack, duty, blog):
    assert (await slack.slash("/teller", f"follow {blog.url}")).ok
    channel = slack.channel("C1")
    await slack.until(lambda: channel.messages)
    assert "This channel now follows" in channel.texts[0]
    assert "Post to channel" not in words(channel.messages[0])
    assert channel.ephemerals == []
    await slack.until(lambda: len(posted(slack)) == 3)

    await slack.slash("/teller", f"unfollow {blog.url}")
    await slack.until(lambda: any("no longer gets" in text for text in channel.texts))
    await slack.slash("/teller", f"unfollow {blog.url}")
    await slack.until(lambda: channel.ephemerals)
    assert "follows nothing" in words(channel.ephemerals[0])
    standing = len(posted(slack))
    await duty.look(blog, "00:45")
    assert len(posted(slack)) == standing


async def test_a_private_address_is_refused_with_a_sentence(slack, client, tmp_path, mode, blog):
    async with on_duty(slack, client, tmp_path, mode, allow=()) as duty:
        await slack.mention(f"follow {wrapped(blog.url)}")
        channel = slack.channel("C1")
        await slack.until(lambda: channel.ephemerals)
        (refusal,) = channel.ephemerals
        assert refusal["for"] == "U1"
        assert "private" in refusal["text"]
        assert not blog.asked.is_set()
        assert "follows nothing" in words(await answered(slack, "following"))
        assert await duty.queued(PostKind.ENTRY) == []


async def test_hostile_names_of_an_address_call_nobody(slack, duty):
    for text in ("follow <https://x.invalid/<!channel>|<!here>>", "unfollow <!channel> <@U2>"):
        await slack.mention(text)
    channel = slack.channel("C1")
    await slack.until(lambda: len(channel.ephemerals) == 2)
    for shown in channel.ephemerals:
        assert not {"<!", "<@"} & set(marked_up(shown).split())
        assert "<!" not in marked_up(shown)


# ── Reminders ────────────────────────────────────────────────────────────────────────────────


async def test_who_asks_to_be_reminded_is_reminded_alone(slack, duty):
    reply = await answered(slack, "remind me in 20 minutes to call the desk")
    assert "I remind you at 00:50" in reply["text"].replace(JOINER, "")
    await duty.move_to("00:49")
    assert posted(slack, slack.direct("U1").id) == []

    await duty.move_to("00:50")

    (reminder,) = posted(slack, slack.direct("U1").id)
    assert "call the desk" in words(reminder)
    assert posted(slack) == []
    await duty.move_to("00:55")
    assert len(posted(slack, slack.direct("U1").id)) == 1
    assert refused(slack) == []


async def test_a_channel_is_reminded_in_it_unless_somebody_forgets_it(slack, duty):
    first = await answered(slack, "remind us at 01:30 to file the early story")
    second = await answered(slack, "remind us 30m before Tamworth")
    assert "I remind this channel at 01:30" in first["text"].replace(JOINER, "")
    await slack.press(buttons(second)["Forget it"], ts=second["ts"])
    thread = slack.channel("C1").replies
    await slack.until(lambda: any("Forgotten" in words(m) for m in thread(second["thread_ts"])))

    await duty.move_to("03:30")

    (reminder,) = [m for m in posted(slack) if "file the early story" in words(m)]
    assert "late" in words(reminder)
    assert len(posted(slack)) == 1
    assert "No reminder" in words(await answered(slack, "reminders"))


async def test_ones_own_reminders_are_listed_and_forgotten_in_a_channel_unseen(slack, duty):
    await answered(slack, "remind us at 01:30 to file the early story")
    await answered(slack, "remind me when Tamworth declares to call home")
    channel = slack.channel("C1")
    before = len(channel.messages)

    await slack.mention("reminders")
    await slack.until(lambda: channel.ephemerals)
    (shown,) = channel.ephemerals
    assert shown["for"] == "U1"
    assert "call home" in words(shown)
    assert "file the early story" in words(shown)

    await slack.mention("reminders", user="U2")
    await slack.until(lambda: len(channel.messages) == before + 3)
    assert "call home" not in words(channel.messages[-1])

    await slack.slash("/teller", "forget 2")
    await slack.until(lambda: len(channel.ephemerals) == 2)
    assert "Forgotten" in words(channel.ephemerals[1])
    # Two mentions and the one list that is everybody's.
    assert len(channel.messages) == before + 3
    assert refused(slack) == []


async def test_a_button_that_forgets_ones_own_tells_nobody_else(slack, duty):
    reply = await answered(slack, "remind me when Tamworth declares to call home")
    channel = slack.channel("C1")
    before = len(channel.messages)
    await slack.press(buttons(reply)["Forget it"], ts=reply["ts"])
    await slack.until(lambda: channel.ephemerals)
    assert "Forgotten: when Tamworth declares" in words(channel.ephemerals[0])
    assert len(channel.messages) == before


async def test_who_waits_for_a_declaration_is_told_alone_with_the_result(slack, duty, blog):
    reply = await answered(slack, "remind me when tamworth declares")
    assert "I remind you when Tamworth declares" in reply["text"].replace(JOINER, "")
    await answered(slack, f"follow {wrapped(blog.url)}")
    await duty.look(blog, "03:10")
    assert posted(slack, slack.direct("U1").id) == []

    await duty.look(blog, "03:25")

    (reminder,) = posted(slack, slack.direct("U1").id)
    assert "Tamworth: Labour gain from Conservatives" in words(reminder)
    reply = await answered(slack, "remind me when Tamworth declares")
    assert "Labour gain from Conservatives" in reply["text"].replace(JOINER, "")
    assert "no reminder is kept" in words(reply)
    assert refused(slack) == []

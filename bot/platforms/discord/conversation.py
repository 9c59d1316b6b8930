"""Questions from Discord and their answers: mentions, direct messages, replies, plain words."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from enum import Enum, auto
from typing import Any

import discord
import structlog

from bot.chat.ask import Ask, Channel, Mentioned
from bot.chat.reply import Reply
from bot.platforms.discord.answering import PATIENCE, Failure, ask_of, author, beside, give
from bot.platforms.discord.custom_ids import Press, decode
from bot.platforms.discord.embeds import DiscordMessage
from bot.platforms.discord.embeds import answer as shown_answer
from bot.platforms.discord.missed import Missed, is_direct
from bot.platforms.discord.modals import Modals, offers
from bot.platforms.discord.refusals import INVALID_FORM
from bot.platforms.discord.saying import MAY_NOT, NO_HISTORY, plainly, sent, without_picture
from bot.ports import Desk

log = structlog.get_logger()

REMEMBERED = 10_000
SAID = {discord.MessageType.default, discord.MessageType.reply}
NO_PLAIN_WORDS = (
    "Discord does not show me plain words yet: switch on “Message Content Intent” under “Bot” at "
    "discord.com/developers, set DISCORD_MESSAGE_CONTENT=true and start me again. Until then, "
    "mention me or use a slash command."
)
NOT_SHOWN = Reply(
    title="You mentioned my role, and Discord does not show me what you wrote. Mention me myself, "
    "or use a slash command.",
    error=True,
)
NOT_ALONE = Reply(
    title="The answer is for you alone, and Discord does not let me write to you. Ask with a slash "
    "command: only you see what I answer.",
    error=True,
)
OLD_BUTTON = Reply(title="I do not know that button any more. Ask me in words.", error=True)


class _Addressed(Enum):
    """How a message comes to Teller. A reply to a post may be meant for everybody."""

    DIRECTLY = auto()
    BY_ROLE = auto()
    UNDER_A_POST = auto()
    TO_NOBODY = auto()


class Conversation:
    """Everything people say to Teller in its servers, each of it answered once, and there.

    Discord has no messages that only one person sees, but in answer to interactions: what goes
    wrong is told to a mention as a plain reply that pings nobody. `patience` is how many seconds
    an answer may take before Discord is told that it comes.
    """

    def __init__(self, *, desk: Desk, patience: float = PATIENCE) -> None:
        self._desk = desk
        self._patience = patience
        self._modals = Modals(desk=desk, patience=patience)
        self._answered: OrderedDict[int, None] = OrderedDict()
        self.missed = Missed(self._on_message)

    def listen(self, client: discord.Client) -> None:
        """Register with a client. What was answered is remembered from one client to the next."""

        @client.event
        async def on_message(message: discord.Message) -> None:
            self.missed.heard(message)
            await self._on_message(client, message)

        @client.event
        async def on_shard_ready(shard: int) -> None:
            await self.missed.look(client, shard)

        @client.event
        async def on_interaction(interaction: discord.Interaction) -> None:
            await self._on_interaction(interaction)

    async def on_command(self, interaction: discord.Interaction, name: str, words: str) -> None:
        """Answer a slash command; one that wants words and got none may open its form."""
        if not self._is_new(interaction.id):
            return
        ask = ask_of(interaction, f"{name} {words}".strip())
        work = asyncio.ensure_future(self._desk.answer(ask))
        if not words:
            await asyncio.wait({work}, timeout=self._patience)
            if work.done() and offers(work.result(), name):
                await self._modals.open(interaction, name, ask)
                return
        await self._give(interaction, ask, work)

    async def _on_message(self, client: discord.Client, message: discord.Message) -> None:
        if message.author.bot or message.webhook_id or message.type not in SAID:
            return
        how = _addressed(client, message)
        # A channel's history may have words that the gateway was not asked for.
        heard = bool(message.content) and client.intents.message_content
        # Discord sends again what it takes for lost when a connection is resumed, and what is
        # looked for in histories may have been heard.
        if (how is _Addressed.TO_NOBODY and not heard) or not self._is_new(message.id):
            return
        if how is not _Addressed.TO_NOBODY:
            self.missed.spoken(message)
        member = await _member(message, how)
        ask = _ask(client, message, member)
        if how is _Addressed.BY_ROLE and not message.content:
            await _say(message, shown_answer(NOT_SHOWN))
            return
        work = asyncio.ensure_future(self._reply(how, ask))
        if how is not _Addressed.TO_NOBODY:
            await asyncio.wait({work}, timeout=self._patience)
            if not work.done():
                await _type(message)
        reply = await work
        if reply is None:
            return
        shown = shown_answer(_with_intent(reply, client))
        if reply.private and not is_direct(message):
            if await _whisper(message, shown):
                return
            if reply.secret:
                shown = shown_answer(NOT_ALONE)
        await _say(message, shown)

    async def _reply(self, how: _Addressed, ask: Ask) -> Reply | None:
        if how is _Addressed.TO_NOBODY:
            return await self._desk.overhear(ask)
        reply = await self._desk.answer(ask)
        return None if how is _Addressed.UNDER_A_POST and reply.error else reply

    async def _on_interaction(self, interaction: discord.Interaction) -> None:
        """Take buttons and forms by their ids alone, so that old ones work."""
        data: Mapping[str, Any] = {**(interaction.data or {})}
        called = str(data.get("custom_id", ""))
        if interaction.type is discord.InteractionType.modal_submit:
            if self._is_new(interaction.id):
                await self._modals.on_submission(interaction)
            return
        if interaction.type is not discord.InteractionType.component:
            return
        if not self._is_new(interaction.id):
            return
        pressed = decode(called)
        if pressed is None:
            await give(interaction, _at_once(OLD_BUTTON), shown_answer)
            return
        ask = ask_of(interaction, pressed.question)
        if pressed.press is Press.FORM:
            await self._modals.open(interaction, pressed.form, ask)
            return
        # What only one person sees gives way to the answer; what all see is answered besides.
        hidden = interaction.message is not None and interaction.message.flags.ephemeral
        in_place = hidden and pressed.press is Press.CHOICE
        await self._give(interaction, ask, self._desk.answer(ask), in_place=in_place)

    async def _give(
        self,
        interaction: discord.Interaction,
        ask: Ask,
        working: Awaitable[Reply],
        *,
        in_place: bool = False,
    ) -> None:
        def shown(reply: Reply) -> DiscordMessage:
            # What only the asker sees can be shown to all, but not what went wrong.
            postable = in_place and not reply.error
            said = _with_intent(reply, interaction.client)
            return shown_answer(said, postable=postable, question=ask.text)

        await give(interaction, working, shown, patience=self._patience, in_place=in_place)

    def _is_new(self, snowflake: int) -> bool:
        if snowflake in self._answered:
            return False
        self._answered[snowflake] = None
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        return True


def _addressed(client: discord.Client, message: discord.Message) -> _Addressed:
    me = client.user
    if is_direct(message) or me is None:
        return _Addressed.DIRECTLY
    # Who replies mentions, unasked: only what was typed tells the one from the other.
    if re.search(rf"<@!?{me.id}>", message.content):
        return _Addressed.DIRECTLY
    answered = message.reference.resolved if message.reference is not None else None
    if isinstance(answered, discord.Message) and answered.author.id == me.id:
        if not message.content:
            return _Addressed.TO_NOBODY
        was_answer = answered.reference is not None or answered.interaction_metadata is not None
        return _Addressed.DIRECTLY if was_answer else _Addressed.UNDER_A_POST
    if any(mentioned.id == me.id for mentioned in message.mentions):
        return _Addressed.DIRECTLY
    role = message.guild.self_role if message.guild is not None else None
    if role is not None and role in message.role_mentions:
        return _Addressed.BY_ROLE
    return _Addressed.TO_NOBODY


def _ask(client: discord.Client, message: discord.Message, member: discord.Member | None) -> Ask:
    """A question. `member` is who put it; None where Discord does not say what they may do."""
    manages = member is not None and message.channel.permissions_for(member).manage_channels
    mine = [f"@!?{client.user.id}"] if client.user is not None else []
    if message.guild is not None and message.guild.self_role is not None:
        mine.append(f"@&{message.guild.self_role.id}")
    text = re.sub(rf"<(?:{'|'.join(mine)})>", " ", message.content) if mine else message.content
    return Ask(
        text=text.strip(),
        author=author(member or message.author, manages=manages),
        channel=Channel(platform="discord", id=str(message.channel.id)),
        beside=beside(message.guild, message.channel.id),
        people=_people(client, message),
    )


def _people(client: discord.Client, message: discord.Message) -> tuple[Mentioned, ...]:
    """Whom a message names. Who replies mentions, unasked: only what was typed counts."""
    me = client.user
    users = [
        Mentioned(who=str(user.id), name=user.display_name)
        for user in message.mentions
        if (me is None or user.id != me.id) and re.search(rf"<@!?{user.id}>", message.content)
    ]
    mine = message.guild.self_role if message.guild is not None else None
    roles = [
        Mentioned(who=f"role:{role.id}", name=role.name)
        for role in message.role_mentions
        if role != mine
    ]
    return (*users, *roles)


async def _member(message: discord.Message, how: _Addressed) -> discord.Member | None:
    """Who said it, as a member of the server; None in direct messages, where nobody manages.

    What is said to nobody asks for nothing that takes a role.
    """
    member, guild = message.author, message.guild
    if how is _Addressed.TO_NOBODY or guild is None:
        return None
    if isinstance(member, discord.Member):
        return member
    # Histories do not say it.
    try:
        return await guild.fetch_member(member.id)
    except Failure as error:
        log.warning("discord.member_unknown", guild=guild.id, why=type(error).__name__)
        return None


def _with_intent(reply: Reply, client: discord.Client) -> Reply:
    """What to switch on besides, where somebody wants plain words answered."""
    if reply.command != "listen" or reply.value is not True or client.intents.message_content:
        return reply
    return replace(reply, lines=(*reply.lines, NO_PLAIN_WORDS))


async def _at_once(reply: Reply) -> Reply:
    return reply


async def _type(message: discord.Message) -> None:
    try:
        await message.channel.typing()
    except Failure as error:
        log.warning("discord.not_typing", channel=message.channel.id, why=type(error).__name__)


async def _whisper(message: discord.Message, shown: DiscordMessage) -> bool:
    """Answer in direct messages; false where somebody takes none. Discord has no other way."""
    try:
        await message.author.send(**sent(shown))
    except Failure as error:
        log.info("discord.takes_no_direct_messages", why=type(error).__name__)
        return False
    return True


async def _say(message: discord.Message, shown: DiscordMessage) -> None:
    """Answer a message under it; beside it where it is gone or its history is not to be read."""
    under: discord.MessageReference | None = message.to_reference(fail_if_not_exists=False)
    for _ in range(3):
        try:
            if under is None:
                await message.channel.send(**sent(shown))
            else:
                await message.channel.send(**sent(shown), reference=under)
        except discord.HTTPException as error:
            log.warning(
                "discord.not_answered",
                channel=message.channel.id,
                status=error.status,
                code=error.code,
            )
            if error.code == NO_HISTORY and under is not None:
                under = None
            elif error.code == INVALID_FORM:
                shown = plainly(shown)
            elif error.code == MAY_NOT and shown.picture is not None:
                shown = without_picture(shown)
            else:
                return
        except Failure as error:
            log.warning(
                "discord.not_answered", channel=message.channel.id, why=type(error).__name__
            )
            return
        else:
            return

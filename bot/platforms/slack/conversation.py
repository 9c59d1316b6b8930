"""Questions from Slack and their answers: mentions, direct messages, the slash command, buttons."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Protocol

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncRespond
from slack_sdk.errors import SlackApiError

from bot.chat.ask import Ask, Channel, Mentioned
from bot.chat.reply import Reply
from bot.platforms.slack import refusals
from bot.platforms.slack.blocks import answer as shown_answer
from bot.platforms.slack.picture import show_picture
from bot.platforms.slack.team import Team
from bot.platforms.slack.workspaces import Workspaces
from bot.ports import Desk

log = structlog.get_logger()

COMMAND = "/teller"
REMEMBERED = 10_000
HISTORY = 50
TRIES = 3
QUIETLY: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
# A message of a person, whole, with a file, or also shown outside its thread; all else that Slack
# calls a message is an edit, a joining, a topic.
SAID = {None, "file_share", "thread_broadcast"}
_MENTION = re.compile(r"<@(?P<id>[A-Z0-9]+)(?:\|(?P<name>[^>]*))?>")
_CHOICE = re.compile(r"choice:\d+")


class Kind(StrEnum):
    """How a message reached Teller."""

    DIRECT = "direct"
    MENTION = "mention"
    OVERHEARD = "overheard"


class Listener(Protocol):
    """Something else that people use in Slack: a page, a form."""

    def listen(self, app: AsyncApp) -> None:
        """Register with bolt."""


class Conversation:
    """Everything people say to Teller in its workspaces, each of it answered once, and there."""

    def __init__(
        self, *, workspaces: Workspaces, desk: Desk, besides: Sequence[Listener] = ()
    ) -> None:
        self._workspaces = workspaces
        self._desk = desk
        self._besides = besides
        self._controls = {command.name for command in desk.commands() if command.control}
        self._answered: OrderedDict[tuple[str, str], None] = OrderedDict()

    def listen(self, app: AsyncApp) -> None:
        """Register with bolt, which acknowledges events at once by itself."""
        # Bolt asks every listener in turn whether an event is for it: the most frequent come first.
        app.event("app_mention")(self._on_event)
        app.event("message")(self._on_event)
        for listener in self._besides:
            listener.listen(app)
        app.command(COMMAND)(self._on_command)
        app.action(_CHOICE)(self._on_choice)
        app.action("post")(self._on_post)

    async def catch_up(self, since: float) -> None:
        """Answer what was asked while the connection was deaf; `since` is Unix time.

        Slack sends no event again that nobody was there to take, but its history has it; all but
        what was asked inside a thread, which history does not show.

        Raises what kept a workspace from being gone through, after all the others.
        """
        failures: list[Exception] = []
        for team in await self._workspaces.teams():
            try:
                await self._catch_up(team, since)
            except SlackApiError as error:
                if refusals.is_final(error):
                    # Its token is good for nothing: trying again would keep all the others busy.
                    log.warning("slack.no_catch_up", why=refusals.reason(error))
                else:
                    failures.append(error)
            except Exception as error:
                failures.append(error)
        if failures:
            raise failures[0]

    async def _catch_up(self, team: Team, since: float) -> None:
        me = (await team.client.auth_test())["user_id"]
        places = await team.client.users_conversations(
            types="public_channel,private_channel,im", exclude_archived=True, limit=200
        )
        for place in places["channels"]:
            try:
                history = await team.client.conversations_history(
                    channel=place["id"], oldest=f"{since:.6f}", limit=HISTORY
                )
            except SlackApiError as error:
                if not refusals.is_final(error):
                    raise
                # Refused for good, as for want of a scope: the others still count.
                log.warning("slack.no_history", channel=place["id"], why=refusals.reason(error))
                continue
            direct = bool(place.get("is_im"))
            for said in reversed(history["messages"]):
                mentioned = f"<@{me}>" in said.get("text", "")
                kind = Kind.DIRECT if direct else Kind.MENTION if mentioned else Kind.OVERHEARD
                await self._on_message({**said, "channel": place["id"]}, kind, team, me)

    async def _on_event(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        kind = Kind.OVERHEARD
        if event.get("channel_type") == "im":
            kind = Kind.DIRECT
        elif event["type"] == "app_mention":
            kind = Kind.MENTION
        elif f"<@{context.bot_user_id}>" in event.get("text", ""):
            # It comes as a mention too.
            return
        team = await self._workspaces.team(context.team_id)
        await self._on_message(event, kind, team, context.bot_user_id)

    async def _on_message(
        self, event: dict[str, Any], kind: Kind, team: Team, me: str | None
    ) -> None:
        """Answer in the thread where it was asked; only to who asked what is for nobody else."""
        if event.get("bot_id") or event.get("subtype") not in SAID or not event.get("user"):
            return
        # Slack sends an event again that it takes for lost, a mention comes as two events, and
        # history has it a third time: the channel and the time of a message name it for good.
        if not self._is_new(team.channel(event["channel"]), event["ts"]):
            return
        ask = _ask(team, event.get("text", ""), event["user"], event["channel"], me=me)
        reply = await self._reply(ask, kind)
        if reply is None:
            return
        shown = shown_answer(reply).payload()
        thread = event.get("thread_ts")
        if kind is Kind.DIRECT:
            await self._say(team, shown, event["channel"], thread)
        elif reply.error or reply.private:
            await self._say(team, shown, event["channel"], thread, only=event["user"])
        else:
            thread = thread or event["ts"]
            await self._say(team, shown, event["channel"], thread)
        await show_picture(team, reply, event["channel"], thread)

    async def _reply(self, ask: Ask, kind: Kind) -> Reply | None:
        if kind is Kind.OVERHEARD:
            return await self._desk.overhear(ask)
        return await self._desk.answer(ask)

    async def _on_command(
        self,
        ack: AsyncAck,
        command: dict[str, Any],
        respond: AsyncRespond,
        context: AsyncBoltContext,
    ) -> None:
        """Answer so that only the asker sees it, with a button that shows it to the channel.

        What changed the channel is said to all of it.
        """
        await ack()
        text = command.get("text", "")
        team = await self._workspaces.team(context.team_id)
        name = command.get("user_name", "")
        where = command["channel_id"]
        ask = _ask(team, text, command["user_id"], where, name, me=context.bot_user_id)
        reply = await self._desk.answer(ask)
        kind = "in_channel" if self._changed(reply) else "ephemeral"
        await _respond(respond, response_type=kind, **self._postable(reply, text))

    async def _on_choice(
        self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, context: AsyncBoltContext
    ) -> None:
        """Answer the question behind a button. It stands in the button, so old buttons work."""
        await ack()
        text = body["actions"][0]["value"]
        team = await self._workspaces.team(context.team_id)
        reply = await self._desk.answer(_pressed(team, text, body))
        container = body["container"]
        if container.get("is_ephemeral"):
            kind = "in_channel" if self._changed(reply) else "ephemeral"
            shown = self._postable(reply, text)
            await _respond(
                respond, response_type=kind, replace_original=kind == "ephemeral", **shown
            )
            return
        thread = container.get("thread_ts") or container["message_ts"]
        only = body["user"]["id"] if reply.private else None
        shown = shown_answer(reply).payload()
        await self._say(team, shown, body["channel"]["id"], thread, only=only)
        await show_picture(team, reply, body["channel"]["id"], thread)

    async def _on_post(
        self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond, context: AsyncBoltContext
    ) -> None:
        """Show an answer to the channel, as it is by now."""
        await ack()
        text = body["actions"][0]["value"]
        team = await self._workspaces.team(context.team_id)
        reply = await self._desk.answer(_pressed(team, text, body))
        kind = "ephemeral" if reply.error else "in_channel"
        await _respond(
            respond, response_type=kind, replace_original=False, **shown_answer(reply).payload()
        )
        await show_picture(team, reply, body["channel"]["id"], None)

    def _changed(self, reply: Reply) -> bool:
        """Whether something was changed that everybody in the channel may know of."""
        return reply.command in self._controls and not reply.error and not reply.private

    def _postable(self, reply: Reply, text: str) -> dict[str, Any]:
        """A reply with a button that asks it for all to see; none where that would do it again."""
        postable = not reply.error and reply.command not in self._controls
        return shown_answer(reply, postable=postable, question=text).payload()

    async def _say(
        self,
        team: Team,
        shown: dict[str, Any],
        channel: str,
        thread: str | None,
        *,
        only: str | None = None,
    ) -> None:
        """Post an answer, to one person `only` or to all; later where Slack asks to wait.

        An answer that may have been posted is not posted again.
        """
        for _ in range(TRIES):
            try:
                if only is None:
                    await team.client.chat_postMessage(
                        channel=channel, thread_ts=thread, **QUIETLY, **shown
                    )
                else:
                    await team.client.chat_postEphemeral(
                        channel=channel, user=only, thread_ts=thread, **shown
                    )
            except SlackApiError as error:
                log.warning("slack.not_answered", channel=channel, why=refusals.reason(error))
                if refusals.reason(error) in refusals.INVALID_BLOCKS:
                    shown = {**shown, "blocks": [], "attachments": []}
                elif (wait := refusals.wait(error)) is not None:
                    await asyncio.sleep(wait)
                else:
                    return
            else:
                return

    def _is_new(self, channel: Channel, ts: str) -> bool:
        if (channel.id, ts) in self._answered:
            return False
        self._answered[channel.id, ts] = None
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        return True


def _ask(
    team: Team, text: str, user: str, channel: str, name: str = "", *, me: str | None = None
) -> Ask:
    """A question; events do not say what its asker is called. `me` is Teller itself."""
    people = [
        Mentioned(who=team.author(found["id"], "").id, name=found["name"] or "")
        for found in _MENTION.finditer(text)
        if found["id"] != me
    ]
    return Ask(
        text=_unescaped(_MENTION.sub(" ", text)).strip(),
        author=team.author(user, name),
        channel=team.channel(channel),
        people=tuple(people),
    )


def _pressed(team: Team, text: str, body: dict[str, Any]) -> Ask:
    user = body["user"]
    return _ask(team, text, user["id"], body["channel"]["id"], user.get("username", ""))


def _unescaped(text: str) -> str:
    """What was typed: Slack escapes three characters in messages, and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


async def _respond(respond: AsyncRespond, **shown: Any) -> None:  # noqa: ANN401 - Slack's own
    response = await respond(**shown, **QUIETLY)
    if response.status_code != HTTPStatus.OK:
        log.warning("slack.not_answered", why=f"{response.status_code} {response.body}")

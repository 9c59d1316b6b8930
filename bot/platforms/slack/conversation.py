"""Questions from Slack and their answers: mentions, direct messages, the slash command, buttons."""

import asyncio
import re
from collections import OrderedDict
from http import HTTPStatus
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.ask import Ask, Author, Channel
from bot.chat.reply import Reply
from bot.platforms.slack import refusals
from bot.platforms.slack.blocks import answer as shown_answer
from bot.ports import Answer

log = structlog.get_logger()

COMMAND = "/teller"
REMEMBERED = 10_000
HISTORY = 50
TRIES = 3
QUIETLY: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
# A message of a person, whole, with a file, or also shown outside its thread; all else that Slack
# calls a message is an edit, a joining, a topic.
SAID = {None, "file_share", "thread_broadcast"}
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
_CHOICE = re.compile(r"choice:\d+")


class Conversation:
    """Everything people say to Teller in one workspace, each of it answered once."""

    def __init__(self, *, client: AsyncWebClient, answer: Answer) -> None:
        self._client = client
        self._answer = answer
        self._answered: OrderedDict[tuple[str, str], None] = OrderedDict()

    def listen(self, app: AsyncApp) -> None:
        """Register with bolt, which acknowledges events at once by itself."""
        app.event("app_mention")(self._on_event)
        app.event("message")(self._on_event)
        app.command(COMMAND)(self._on_command)
        app.action(_CHOICE)(self._on_choice)
        app.action("post")(self._on_post)

    async def catch_up(self, since: float) -> None:
        """Answer what was asked while the connection was deaf; `since` is Unix time.

        Slack sends no event again that nobody was there to take, but its history has it; all but
        what was asked inside a thread, which history does not show.
        """
        me = (await self._client.auth_test())["user_id"]
        places = await self._client.users_conversations(
            types="public_channel,private_channel,im", exclude_archived=True, limit=200
        )
        for place in places["channels"]:
            try:
                history = await self._client.conversations_history(
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
                if direct or f"<@{me}>" in said.get("text", ""):
                    kind = "im" if direct else "channel"
                    await self._on_message({**said, "channel": place["id"]}, kind)

    async def _on_event(self, event: dict[str, Any]) -> None:
        direct = event.get("channel_type") == "im"
        if direct or event["type"] == "app_mention":
            await self._on_message(event, "im" if direct else "channel")

    async def _on_message(self, event: dict[str, Any], kind: str) -> None:
        """Answer in the thread where it was asked; what went wrong only to who asked."""
        if event.get("bot_id") or event.get("subtype") not in SAID or not event.get("user"):
            return
        # Slack sends an event again that it takes for lost, a mention comes as two events, and
        # history has it a third time: the channel and the time of a message name it for good.
        if not self._is_new(event["channel"], event["ts"]):
            return
        reply = await self._answer(_ask(event.get("text", ""), event["user"], event["channel"]))
        shown = shown_answer(reply).payload()
        thread = event.get("thread_ts")
        if kind == "im":
            await self._say(shown, event["channel"], thread)
        elif reply.error:
            await self._say(shown, event["channel"], thread, only=event["user"])
        else:
            await self._say(shown, event["channel"], thread or event["ts"])

    async def _on_command(
        self, ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond
    ) -> None:
        """Answer so that only the asker sees it, with a button that shows it to the channel."""
        await ack()
        text = command.get("text", "")
        reply = await self._answer(_ask(text, command["user_id"], command["channel_id"]))
        await _respond(respond, response_type="ephemeral", **_postable(reply, text))

    async def _on_choice(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        """Answer the question behind a button. It stands in the button, so old buttons work."""
        await ack()
        text = body["actions"][0]["value"]
        reply = await self._answer(_ask(text, body["user"]["id"], body["channel"]["id"]))
        container = body["container"]
        if container.get("is_ephemeral"):
            shown = _postable(reply, text)
            await _respond(respond, response_type="ephemeral", replace_original=True, **shown)
            return
        thread = container.get("thread_ts") or container["message_ts"]
        await self._say(shown_answer(reply).payload(), body["channel"]["id"], thread)

    async def _on_post(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        """Show an answer to the channel, as it is by now."""
        await ack()
        text = body["actions"][0]["value"]
        reply = await self._answer(_ask(text, body["user"]["id"], body["channel"]["id"]))
        kind = "ephemeral" if reply.error else "in_channel"
        await _respond(
            respond, response_type=kind, replace_original=False, **shown_answer(reply).payload()
        )

    async def _say(
        self, shown: dict[str, Any], channel: str, thread: str | None, *, only: str | None = None
    ) -> None:
        """Post an answer, to one person `only` or to all; later where Slack asks to wait.

        An answer that may have been posted is not posted again.
        """
        for _ in range(TRIES):
            try:
                if only is None:
                    await self._client.chat_postMessage(
                        channel=channel, thread_ts=thread, **QUIETLY, **shown
                    )
                else:
                    await self._client.chat_postEphemeral(
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

    def _is_new(self, channel: str, ts: str) -> bool:
        if (channel, ts) in self._answered:
            return False
        self._answered[channel, ts] = None
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        return True


def _ask(text: str, user: str, channel: str) -> Ask:
    return Ask(
        text=_unescaped(_MENTION.sub(" ", text)).strip(),
        author=Author(platform="slack", id=user, name=user),
        channel=Channel(platform="slack", id=channel),
    )


def _unescaped(text: str) -> str:
    """What was typed: Slack escapes three characters in messages, and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _postable(reply: Reply, text: str) -> dict[str, Any]:
    return shown_answer(reply, postable=not reply.error, question=text).payload()


async def _respond(respond: AsyncRespond, **shown: Any) -> None:  # noqa: ANN401 - Slack's own
    response = await respond(**shown, **QUIETLY)
    if response.status_code != HTTPStatus.OK:
        log.warning("slack.not_answered", why=f"{response.status_code} {response.body}")

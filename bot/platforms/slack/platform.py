"""Slack as a platform: posts as Block Kit messages, questions from wherever people put them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat.ask import Author, Channel, MessageRef
from bot.chat.post import DeliveryKey, Post
from bot.errors import DeliveryError, Fault
from bot.platforms.slack import refusals
from bot.platforms.slack.blocks import SlackMessage, message, plainer
from bot.platforms.slack.connection import Connection
from bot.platforms.slack.conversation import Conversation
from bot.platforms.slack.groups import Groups
from bot.platforms.slack.home import Home
from bot.platforms.slack.modals import Modals
from bot.platforms.slack.names import Names
from bot.platforms.slack.picture import Uploads
from bot.platforms.slack.team import Team
from bot.platforms.slack.workspaces import Workspaces
from bot.ports import Desk

log = structlog.get_logger()

EVENT_TYPE = "teller_post"
# A message that may have been posted is looked for among so many of its channel's last ones.
PAGE, PAGES = 100, 5
# Slack takes a second or two until a file that was uploaded can be shown.
READY_SECONDS = 2.0

# A thousand channels get the same post: it is rendered once.
_shown = lru_cache(maxsize=32)(message)

Put = Callable[[SlackMessage], Awaitable[AsyncSlackResponse]]


class SlackPlatform:
    """The workspaces that Teller is in; a `Platform`.

    Their clients must have no retry handlers: a post whose answer was lost would go out twice.
    """

    name = "slack"
    # Slack gives each event to one of all who listen.
    shared = True
    pictures = True
    # Slack counts by channel. What many lanes have to note they note together.
    at_once = 128

    def __init__(self, *, workspaces: Workspaces, connection: Connection) -> None:
        self._workspaces = workspaces
        self._connection = connection
        self._home: Home | None = None
        self._groups = Groups(workspaces)
        self._names = Names(workspaces)
        self._uploads = Uploads()

    async def run(self, desk: Desk) -> None:
        """Answer questions until cancelled; a lost connection is made again, and logged."""
        self._home = Home(desk=desk, team=self._workspaces.team)
        modals = Modals(desk=desk, team=self._workspaces.team)
        conversation = Conversation(
            workspaces=self._workspaces, desk=desk, besides=(self._home, modals)
        )
        drawing = asyncio.create_task(self._home.run())
        try:
            await self._connection.run(conversation, self._workspaces)
        finally:
            drawing.cancel()

    def changed(self) -> None:
        """What is known has changed: the pages that people have opened are drawn anew."""
        if self._home is not None:
            self._home.changed()

    async def direct(self, author: Author) -> Channel:
        """The direct messages of a person. Raises `DeliveryError` where Slack opens none."""
        team, user = await self._workspaces.place(author.id)
        opened = await _asked(team, team.client.conversations_open(users=user))
        return team.channel(opened["channel"]["id"])

    async def members(self, group: str) -> frozenset[str]:
        """The ids of who is in a user group; none where Slack does not say, which is logged."""
        return await self._groups.members(group)

    async def called(self, person: str) -> str:
        """What somebody is called, by their id; empty where Slack does not say, which is logged."""
        return await self._names.of(person)

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        """Post a new message. Raises `DeliveryError`, whose fault says what becomes of it."""
        team, where = await self._workspaces.place(channel.id)

        async def put(shown: SlackMessage) -> AsyncSlackResponse:
            still = {"unfurl_links": False, "unfurl_media": False}
            return await _say(team, "chat.postMessage", where, shown, key, still)

        answer = await self._deliver(team, put, post)
        return MessageRef(channel=channel, id=answer["ts"])

    async def edit(self, ref: MessageRef, post: Post, key: DeliveryKey) -> MessageRef:
        """Change a message that stands. Raises `DeliveryError` as `send` does.

        What Slack lets nobody change any more is said anew; it says of itself what has changed.
        """
        team, where = await self._workspaces.place(ref.channel.id)

        async def put(shown: SlackMessage) -> AsyncSlackResponse:
            return await _say(team, "chat.update", where, shown, key, {"ts": ref.id})

        try:
            await self._deliver(team, put, post)
        except DeliveryError as error:
            if _why(error) not in refusals.OUT_OF_REACH:
                raise
            found = await self.find(ref.channel, key)
            return found or await self.send(ref.channel, post, key)
        return ref

    async def pin(self, ref: MessageRef) -> None:
        """Pin a message that stands; nothing for one that is pinned already.

        Raises `DeliveryError` with what to do, where that may not be or cannot be done.
        """
        team, where = await self._workspaces.place(ref.channel.id)
        try:
            # https://docs.slack.dev/reference/methods/pins.add
            await _asked(team, team.client.pins_add(channel=where, timestamp=ref.id))
        except DeliveryError as error:
            why = _why(error)
            if why == "already_pinned":
                return
            if why in refusals.MAY_NOT_PIN:
                raise DeliveryError(
                    f"Slack answered “{why}”: Teller may not pin here; let it, or pin the message "
                    "yourself."
                ) from error
            raise

    async def unpin(self, ref: MessageRef) -> None:
        """Take a message's pin away; nothing for one that has none.

        Raises `DeliveryError` where that may not be, or the message is gone.
        """
        team, where = await self._workspaces.place(ref.channel.id)
        try:
            # https://docs.slack.dev/reference/methods/pins.remove
            await _asked(team, team.client.pins_remove(channel=where, timestamp=ref.id))
        except DeliveryError as error:
            if _why(error) not in refusals.NOT_PINNED:
                raise

    async def find(self, channel: Channel, key: DeliveryKey) -> MessageRef | None:
        """The message that was posted under this key, by the metadata that Slack keeps with it.

        Raises `DeliveryError` where Slack cannot be asked.
        """
        team, where = await self._workspaces.place(channel.id)
        cursor: str | None = None
        for _ in range(PAGES):
            page = await _asked(
                team,
                team.client.conversations_history(
                    channel=where, limit=PAGE, cursor=cursor, include_all_metadata=True
                ),
            )
            for found in page["messages"]:
                metadata = found.get("metadata") or {}
                if metadata.get("event_payload") == _metadata(key)["event_payload"]:
                    return MessageRef(channel=channel, id=found["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return None

    async def _deliver(self, team: Team, put: Put, post: Post) -> AsyncSlackResponse:
        """Post, and where Slack does not take the message so, once more with less of it.

        First its picture is left out, and then all that is not plain text.
        """
        if post.picture is not None:
            file = await self._uploads.of(team, post.picture)
            try:
                if file is not None:
                    return await _with_file(team, put, _shown(post, file))
            except DeliveryError as error:
                # Slack has words for files that nobody has heard of: where it is the channel that
                # is at fault, it says so again.
                if error.fault not in (Fault.MESSAGE, Fault.CHANNEL):
                    raise
                log.warning("slack.no_picture", why=_why(error))
            post = replace(post, picture=None)
        try:
            return await _asked(team, put(_shown(post)))
        except DeliveryError as error:
            if error.fault is not Fault.MESSAGE:
                raise
            log.warning("slack.invalid_blocks", kind=post.kind, why=_why(error))
            return await _asked(team, put(plainer(post)))


async def _say(
    team: Team,
    method: str,
    where: str,
    shown: SlackMessage,
    key: DeliveryKey,
    besides: Mapping[str, Any],
) -> AsyncSlackResponse:
    """What slack_sdk's `chat_postMessage` and `chat_update` do, on blocks that are plain JSON.

    They look through all of them for objects of slack_sdk's own first, for a twentieth of the time
    that a post takes.
    """
    said = {"channel": where, "metadata": _metadata(key), **besides, **shown.payload()}
    return await team.client.api_call(method, json=said)


def _metadata(key: DeliveryKey) -> dict[str, Any]:
    payload = {"subject": key.subject, "version": key.version}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


async def _with_file(team: Team, put: Put, shown: SlackMessage) -> AsyncSlackResponse:
    """Post what shows a file; once more after a moment, for Slack may not be done with the file."""
    try:
        return await _asked(team, put(shown))
    except DeliveryError as error:
        if error.fault is not Fault.MESSAGE:
            raise
        await asyncio.sleep(READY_SECONDS)
        return await _asked(team, put(shown))


async def _asked(team: Team, call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    try:
        return await call
    except SlackApiError as error:
        raise refusals.failure(error, one_of_many=team.id is not None) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise DeliveryError(f"Slack could not be reached ({type(error).__name__}).") from error


def _why(error: DeliveryError) -> str | None:
    """Slack's own word for it; None where it was not Slack that refused."""
    cause = error.__cause__
    return refusals.reason(cause) if isinstance(cause, SlackApiError) else None

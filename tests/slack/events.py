"""The Events API: which events the app is told of, in what form, and how often."""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from typing import Any

from tests.slack.delivery import Ack, Delivered, Kind, Route
from tests.slack.workspace import Channel, Json, Workspace


class Events(Workspace):
    """A workspace that hands to the app what happens in it."""

    route: Route

    def __init__(self, *, redeliver_after: Iterable[float], **workspace: Any) -> None:
        super().__init__(**workspace)
        self.delivered: list[Delivered] = []
        self.redeliver_after = tuple(redeliver_after)
        self._background: set[asyncio.Task[Any]] = set()

    async def once(self, kind: Kind, payload: Json, attempt: int = 0, reason: str = "") -> Ack:
        """Hand something to the app, once."""
        delivered = Delivered(kind=kind, payload=payload, attempt=attempt)
        self.delivered.append(delivered)
        ack = await self.route.send(kind, payload, attempt=attempt, reason=reason)
        delivered.ack = replace(ack, attempts=attempt + 1, sent=payload)
        return delivered.ack

    async def event(self, event: Json, *, at: float | None = None) -> Ack:
        """Hand an event to the app, again and again while it is not acknowledged.

        It happened `at` that Unix time; now unless told.
        """
        payload = {
            "token": "verification",
            "team_id": self.team,
            "api_app_id": self.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self.number("Ev"),
            "event_time": int(self.clock() if at is None else at),
            "authorizations": [{"team_id": self.team, "user_id": self.bot_user, "is_bot": True}],
        }
        ack = await self.once("events_api", payload)
        for attempt, wait in enumerate(self.redeliver_after, start=1):
            if ack.ok or not ack.retry:
                break
            await asyncio.sleep(wait)
            ack = await self.once("events_api", payload, attempt, ack.reason)
        return ack

    async def together(self, events: Iterable[Json]) -> dict[str, Ack]:
        """Hand over, of one happening, the events that the app subscribes to."""
        wanted = [e for e in events if e["type"] == "message" or e["type"] in self.events]
        acks = await asyncio.gather(*(self.event(event) for event in wanted))
        return {event["type"]: ack for event, ack in zip(wanted, acks, strict=True)}

    def hears(self, channel: Channel) -> bool:
        """Whether the app is told of messages in a channel."""
        family = {"channel": "channels", "group": "groups", "im": "im"}[channel.kind]
        return f"message.{family}" in self.events and self.bot_user in channel.members

    def message_event(self, channel: Channel, message: Json) -> Json:
        """The event of a new message."""
        where = {"channel": channel.id, "channel_type": channel.kind}
        return {**message, **where, "event_ts": message["ts"]}

    async def uninstall(self) -> dict[str, Ack]:
        """Somebody takes the app out of the workspace: its token is good for nothing more."""
        self.revoked.add(self.bot_token)
        tokens = {"oauth": [], "bot": [self.bot_user]}
        return {
            kind: await self.event({"type": kind, **more, "event_ts": self.ts()})
            for kind, more in (("tokens_revoked", {"tokens": tokens}), ("app_uninstalled", {}))
        }

    def changed_event(self, channel: Channel, message: Json | None, before: Json) -> Json:
        """The event of a message that was changed, or taken away."""
        ts = self.ts()
        kind = "message_changed" if message else "message_deleted"
        event = {"type": "message", "subtype": kind, "hidden": True, "ts": ts, "event_ts": ts}
        event |= {"channel": channel.id, "channel_type": channel.kind, "previous_message": before}
        return event | ({"message": message} if message else {"deleted_ts": before["ts"]})

    def announce(self, channel: Channel, message: Json, before: Json | None = None) -> None:
        """Tell the app of its own message, as Slack does."""
        if self.hears(channel):
            event = (
                self.changed_event(channel, message, before)
                if before
                else self.message_event(channel, message)
            )
            self._spawn(self.event(event))

    def remove(self, channel: Channel, message: Json) -> None:
        """Take a message away."""
        channel.messages.remove(message)
        if thread := message.get("thread_ts"):
            channel.thread_state(thread)
        if self.hears(channel):
            self._spawn(self.event(self.changed_event(channel, None, message)))

    async def settled(self) -> None:
        """Wait until the app has been told everything that it was to be told."""
        while self._background:
            await asyncio.gather(*self._background)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

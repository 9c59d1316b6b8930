"""What people write in channels, and what the app is told of it."""

import re
import uuid
from dataclasses import dataclass, field

from tests.slack.delivery import Ack
from tests.slack.events import Events
from tests.slack.workspace import Json


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message that someone wrote, and what the app acknowledged of it, by event type."""

    message: Json
    acks: dict[str, Ack] = field(default_factory=dict)

    @property
    def ts(self) -> str:
        """The message's timestamp, by which it is known in its channel."""
        return self.message["ts"]

    @property
    def ack(self) -> Ack:
        """The acknowledgement of the mention, or else of the message."""
        return self.acks.get("app_mention") or self.acks.get("message") or Ack(ok=False)


class Writing(Events):
    """The people in the workspace, writing."""

    async def user_says(
        self, channel: str, user: str, text: str, thread_ts: str | None = None
    ) -> Said:
        """A message, stored whether or not anybody listens, and sent as one event or two."""
        where = self.channel(channel)
        message = self.store(
            where,
            {
                "user": user,
                "text": text,
                "team": self.team,
                "client_msg_id": str(uuid.uuid4()),
                **({"thread_ts": thread_ts} if thread_ts else {}),
            },
        )
        events = []
        if self.hears(where):
            events.append(self.message_event(where, message))
        mentioned = re.search(rf"<@{self.bot_user}(\|[^>]*)?>", text)
        if mentioned and where.kind != "im" and self.bot_user in where.members:
            mention = {**message, "type": "app_mention", "channel": channel}
            events.append(mention | {"event_ts": message["ts"]})
        acks = await self.together(events)
        return Said(message=message, acks=acks)

    async def mention(
        self,
        text: str,
        *,
        channel: str = "C1",
        user: str = "U1",
        thread_ts: str | None = None,
    ) -> Said:
        """A message that begins with the bot's name."""
        return await self.user_says(channel, user, f"<@{self.bot_user}> {text}", thread_ts)

    async def direct_message(self, text: str, *, user: str = "U1") -> Said:
        """A message to the bot alone."""
        return await self.user_says(self.direct(user).id, user, text)

    async def user_edits(self, channel: str, ts: str, text: str) -> Ack:
        """Someone changes their own message."""
        where = self.channel(channel)
        message = where.message(ts)
        assert message is not None
        before = dict(message)
        message |= {"text": text, "edited": {"user": message["user"], "ts": self.ts()}}
        if not self.hears(where):
            return Ack(ok=False, reason="not_subscribed")
        return await self.event(self.changed_event(where, message, before))

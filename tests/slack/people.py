"""What people do in Slack besides writing: they command, press, fill in and submit."""

import uuid
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from tests.slack import responses, views
from tests.slack.choices import chosen, elements, find, state, unfinished
from tests.slack.delivery import Ack
from tests.slack.responses import ResponseUrl
from tests.slack.webapi import SlackError
from tests.slack.workspace import Channel, Json
from tests.slack.writing import Writing


@dataclass(kw_only=True)
class Trigger:
    """Leave to open one modal, soon."""

    user: str
    at: float
    used: bool = False


class People(Writing):
    """The people in the workspace, by the ids of their users.

    Whatever they do comes back with what the app acknowledged, and how fast.
    """

    url: str

    def __init__(self, **workspace: Any) -> None:
        super().__init__(**workspace)
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}

    def _response_url(self, channel: str, user: str, original: str | None = None) -> str:
        ident = uuid.uuid4().hex
        self.response_urls[ident] = ResponseUrl(
            channel=channel, user=user, at=self.clock(), original=original
        )
        return f"{self.url}/response/{ident}"

    def _trigger(self, user: str) -> str:
        trigger = self.number("trigger.")
        self.triggers[trigger] = Trigger(user=user, at=self.clock())
        return trigger

    async def slash(
        self, command: str, text: str = "", *, channel: str = "C1", user: str = "U1"
    ) -> Ack:
        """A slash command; what the app acknowledges with is shown like a response."""
        response_url = self._response_url(channel, user)
        ack = await self.once(
            "slash_commands",
            {
                "token": "verification",
                "team_id": self.team,
                "team_domain": "stand-in",
                "channel_id": channel,
                "channel_name": self.channel(channel).name,
                "user_id": user,
                "user_name": self.users[user]["name"],
                "command": command,
                "text": text,
                "api_app_id": self.app_id,
                "is_enterprise_install": "false",
                "response_url": response_url,
                "trigger_id": self._trigger(user),
            },
        )
        if ack.ok and ack.payload:
            payload = ack.payload if isinstance(ack.payload, dict) else {"text": ack.payload}
            to = self.response_urls[response_url.rpartition("/")[2]]
            responses.answer(self, to, payload)
        return ack

    def interaction(self, kind: str, user: str, **more: Any) -> Json:
        """What every interactive payload says."""
        name = self.users[user]["name"]
        return {
            "type": kind,
            "user": {"id": user, "username": name, "name": name, "team_id": self.team},
            "api_app_id": self.app_id,
            "token": "verification",
            "team": {"id": self.team, "domain": "stand-in"},
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self._trigger(user),
            **more,
        }

    def _in_channel(self, channel: Channel, ts: str, user: str) -> tuple[Json, Json]:
        """A message to act on, and what a payload says of where it stands."""
        for message in (*channel.messages, *channel.ephemerals):
            if message["ts"] == ts:
                break
        else:
            raise LookupError(f"no message {ts} in {channel.id}")
        return message, {
            "channel": {"id": channel.id, "name": channel.name},
            "message": message,
            "response_url": self._response_url(channel.id, user, ts),
        }

    async def press(
        self,
        action_id: str,
        *,
        user: str = "U1",
        channel: str = "C1",
        ts: str | None = None,
        view: Json | None = None,
        values: Json | None = None,
        choice: Any = None,
    ) -> Ack:
        """A button pressed, or something chosen: in a view, or in a message.

        Without `ts` it is the last message of the channel that has such an element. `values` are
        what is filled in of the view by then.
        """
        if view:
            blocks = view["blocks"]
            # “block_actions payload”: the view comes with its state.
            filled = {**view, "state": state(blocks, values or {})}
            place = {"view": filled, "container": {"type": "view", "view_id": view["id"]}}
        else:
            where = self.channel(channel)
            message, place = self._in_channel(where, ts or self._last(where, action_id), user)
            blocks = message.get("blocks") or []
            place["container"] = {
                "type": "message",
                "message_ts": message["ts"],
                "channel_id": channel,
                "is_ephemeral": message in where.ephemerals,
            }
        block, element = find(blocks, action_id)
        action = {
            "action_id": action_id,
            "block_id": block["block_id"],
            "type": element["type"],
            "action_ts": self.ts(),
        }
        if element["type"] == "button":
            action |= {name: element[name] for name in ("text", "value") if name in element}
        else:
            action |= chosen(element, choice)
        place["state"] = state(blocks, {action_id: choice} if choice is not None else {})
        payload = self.interaction("block_actions", user, actions=[action], **place)
        return await self.once("interactive", payload)

    def _last(self, channel: Channel, action_id: str) -> str:
        messages = sorted((*channel.messages, *channel.ephemerals), key=itemgetter("ts"))
        for message in reversed(messages):
            if any(e.get("action_id") == action_id for _, e in elements(message.get("blocks", []))):
                return message["ts"]
        raise LookupError(f"no message in {channel.id} has {action_id!r}")

    def _in_front_of(self, user: str) -> Json:
        if (view := self.modal(user)) is None:
            raise LookupError(f"{user} has no modal open")
        return view

    async def submit(
        self, values: Json | None = None, *, user: str = "U1", view: Json | None = None
    ) -> Ack:
        """A modal filled in and submitted; what the app answers happens to the modal.

        `values` go by block_id or action_id; without `view` it is the one in front.
        """
        view = view or self._in_front_of(user)
        user = self.viewers[view["id"]]
        filled = state(view["blocks"], values or {})
        if wanting := unfinished(view["blocks"], filled):
            raise ValueError(f"Slack would not let this be submitted: {wanting}")
        submitted = {**view, "state": filled}
        payload = self.interaction("view_submission", user, view=submitted, response_urls=[])
        ack = await self.once("interactive", payload)
        if not ack.ok:
            return ack
        answer = ack.payload or {}
        match answer.get("response_action"):
            case "errors":
                inputs = {block["block_id"] for block in view["blocks"]}
                if not answer.get("errors") or answer["errors"].keys() - inputs:
                    raise SlackError("invalid_arguments", errors=[f"errors: {answer}"])
            case "update":
                views.replace(self, view, views.check(answer.get("view"), "modal"))
            case "push":
                views.show(self, views.check(answer.get("view"), "modal"), user, over=view)
            case "clear":
                self.close(user)
            case None:
                self.close(user, view["id"])
            case other:
                raise SlackError("invalid_arguments", errors=[f"response_action: {other}"])
        return ack

    async def dismiss(self, *, user: str = "U1", view: Json | None = None) -> Ack | None:
        """A modal closed without submitting; the app hears of it only if it asked to."""
        view = view or self._in_front_of(user)
        user = self.viewers[view["id"]]
        self.close(user, view["id"])
        if not view["notify_on_close"]:
            return None
        payload = self.interaction("view_closed", user, view=view, is_cleared=False)
        return await self.once("interactive", payload)

    async def suggest(self, action_id: str, typed: str, *, view: Json, user: str = "U1") -> Ack:
        """Something typed into a menu whose options the app provides."""
        block, _ = find(view["blocks"], action_id)
        more = {"action_id": action_id, "block_id": block["block_id"], "value": typed}
        payload = self.interaction("block_suggestion", user, view=view, **more)
        return await self.once("interactive", payload)

    def close(self, user: str, view: str | None = None) -> None:
        """Close a modal, or all that someone has open."""
        for ident in [v for v, who in self.viewers.items() if who == user and view in (None, v)]:
            del self.viewers[ident], self.views[ident]

    async def open_home(self, user: str = "U1") -> Ack:
        """Someone opens the app's Home tab."""
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.direct(user).id,
            "tab": "home",
            "event_ts": self.ts(),
        }
        if known := self.homes.get(user):
            event["view"] = known
        return (await self.together([event])).get("app_home_opened") or Ack(ok=False)

    async def global_shortcut(self, callback_id: str, *, user: str = "U1") -> Ack:
        """A global shortcut."""
        more = {"callback_id": callback_id, "action_ts": self.ts()}
        return await self.once("interactive", self.interaction("shortcut", user, **more))

    async def message_shortcut(
        self, callback_id: str, ts: str, *, channel: str = "C1", user: str = "U1"
    ) -> Ack:
        """A shortcut in the menu of a message."""
        _, place = self._in_channel(self.channel(channel), ts, user)
        more = {"callback_id": callback_id, "message_ts": ts, "action_ts": self.ts()}
        payload = self.interaction("message_action", user, **more, **place)
        return await self.once("interactive", payload)

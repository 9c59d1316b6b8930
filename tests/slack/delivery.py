"""What the stand-in hands to the app, and what the app says to it."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tests.slack.workspace import Json

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True, kw_only=True)
class Ack:
    """Whether the app acknowledged, with what, and how many seconds it took.

    `sent` is what the app was handed. Not `ok`, it carries Slack's word for why in `reason`;
    “not_connected” where there was nobody to hand anything to.
    """

    ok: bool
    seconds: float = 0.0
    payload: Any = None
    reason: str = ""
    attempts: int = 1
    retry: bool = True
    sent: Json = field(default_factory=dict)


@dataclass(kw_only=True)
class Delivered:
    """One handing over, kept in `slack.delivered`; `ack` is None while it is awaited."""

    kind: Kind
    payload: Json
    attempt: int
    ack: Ack | None = None


class Route(Protocol):
    """A way to the app: sockets, or signed HTTP."""

    async def send(self, kind: Kind, payload: Json, *, attempt: int, reason: str) -> Ack: ...

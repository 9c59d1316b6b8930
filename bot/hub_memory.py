"""What is remembered of the hubs that push blogs: a row for each subscription."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.ports import Blog, Hub


class HubState(StrEnum):
    """How far a subscription is; one that is leaving is to end, one denied its hub has refused."""

    ASKED = "asked"
    ACTIVE = "active"
    LEAVING = "leaving"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSubscription:
    """A blog's subscription at a hub. Instants in UTC.

    `path` is the end of the address that the hub pushes to, which nobody can guess; `secret` is
    what it signs with. At `due` the hub is asked (again); it was asked `tries` times since it last
    confirmed, and pushes until `until`. `pushed_at` is its last push, `missed_at` when a look last
    found what it had not pushed. `chosen` is how the blog is read and why so.
    """

    id: int
    blog: Blog
    hub: Hub
    path: str = field(repr=False)
    secret: str = field(repr=False)
    state: HubState
    due: datetime
    tries: int = 0
    until: datetime | None = None
    trouble: str | None = None
    pushed_at: datetime | None = None
    missed_at: datetime | None = None
    chosen: str | None = None

    def is_reliable(self, at: datetime) -> bool:
        """Whether it can be relied on to push what is new: it did, and nothing was missed since."""
        if self.state is not HubState.ACTIVE or self.until is None or self.until <= at:
            return False
        return self.pushed_at is not None and (
            self.missed_at is None or self.missed_at < self.pushed_at
        )


class HubRows(Protocol):
    """The memory of subscriptions at hubs."""

    async def on_record(self) -> Sequence[HubSubscription]:
        """All of them, the oldest first."""

    async def at(self, path: str) -> HubSubscription | None:
        """The one that is pushed to this path; None where there is none."""

    async def want(self, blog: Blog, hub: Hub, path: str, secret: str, at: datetime) -> None:
        """Have a blog pushed by this hub and by no other.

        One at this hub stays as it is, and is gone back to where it was to end; `path` and
        `secret` are a new one's.
        """

    async def asking(self, subscription: HubSubscription, due: datetime) -> None:
        """Keep that its hub is asked once more, and when it is asked again without an answer."""

    async def failed(self, subscription: HubSubscription, trouble: str) -> None:
        """Keep why its hub did not take what it was asked."""

    async def confirmed(
        self, subscription: HubSubscription, until: datetime, due: datetime
    ) -> None:
        """Keep that its hub pushes until an instant, and when to ask for more."""

    async def denied(self, subscription: HubSubscription, trouble: str, due: datetime) -> None:
        """Keep that its hub will not push, and when to ask whether it changed its mind."""

    async def leave(self, subscription: HubSubscription, at: datetime) -> None:
        """Let it end: from now on its hub is asked to push no more."""

    async def forget(self, subscription: HubSubscription) -> None:
        """Delete it."""

    async def pushed(self, subscription: HubSubscription, at: datetime) -> None:
        """Keep when its hub pushed last."""

    async def missed(self, subscription: HubSubscription, at: datetime) -> None:
        """Keep when a look found what its hub had not pushed."""

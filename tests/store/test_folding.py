"""Versions of one subject: the newest stands, once; struck or never posted when withdrawn."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.ask import Channel, MessageRef
from bot.chat.post import DeliveryKey, Post
from bot.courier import drain
from bot.errors import DeliveryError
from bot.lanes import Lane, Next, Outcome
from bot.store import Store
from bot.store.folding import Fold, fold
from bot.store.tables import DEAD, FOLDED, IN_ROUND_UP, PENDING, SENDING, SENT, STALE, TAKEN_AWAY
from tests.courier.queueing import change, channel, courier, empty, say, serve
from tests.wire import RecordingPlatform

HERE = channel("here")


@dataclass(frozen=True, kw_only=True)
class Row:
    """An item, by its version; its id comes after those of earlier versions, or of all (`late`)."""

    version: int
    state: str
    message: str | None = None
    part_of: str | None = None
    late: bool = False

    @property
    def id(self) -> int:
        return self.version * 10 + 100 * self.late


def pending(version: int) -> Row:
    return Row(version=version, state=PENDING)


def late(version: int) -> Row:
    return Row(version=version, state=PENDING, late=True)


def begun(version: int) -> Row:
    return Row(version=version, state=SENDING)


def sent(version: int) -> Row:
    return Row(version=version, state=SENT, message="m1")


def other(version: int, state: str) -> Row:
    part_of = "round-up:1" if state == IN_ROUND_UP else None
    return Row(version=version, state=state, part_of=part_of)


FOLDED_BOTH = {10: FOLDED, 20: FOLDED}
FOLDS = {
    "new": ([pending(1)], Fold(deliver=pending(1))),
    "edited before it was sent": (
        [pending(1), pending(2), pending(3)],
        # The earlier ones keep its place until it stands.
        Fold(deliver=pending(3)),
    ),
    "sent in a later version": ([pending(1), pending(2), sent(3)], Fold(marks=FOLDED_BOTH)),
    "its newest version was set aside": (
        [pending(1), pending(2), other(3, DEAD)], Fold(marks=FOLDED_BOTH),
    ),
    "edited since its last version was set aside": (
        [other(1, DEAD), pending(2)], Fold(deliver=pending(2)),
    ),
    "edited since": ([sent(1), pending(2)], Fold(deliver=pending(2), standing="m1")),
    "edited twice since": (
        [sent(1), pending(2), pending(3)],
        Fold(deliver=pending(3), standing="m1"),
    ),
    "an edit that may have arrived": (
        [sent(1), begun(2)], Fold(deliver=begun(2), standing="m1"),
    ),
    "edited while an edit was on its way": (
        [sent(1), begun(2), pending(3)],
        Fold(deliver=pending(3), standing="m1"),
    ),
    "it may have arrived": ([begun(1)], Fold(deliver=begun(1), unsure=True)),
    "it may have arrived, and was edited since": (
        [begun(1), pending(2)], Fold(deliver=begun(1), unsure=True),
    ),
    "stale": ([sent(3), late(2)], Fold(marks={120: STALE})),
    "stale, where an edit was folded": (
        [other(1, FOLDED), sent(3), late(2)], Fold(marks={120: STALE}),
    ),
    "somebody took it away": (
        [sent(1), other(2, TAKEN_AWAY), pending(3)], Fold(marks={30: TAKEN_AWAY}),
    ),
    "it stands in a round-up": ([other(1, IN_ROUND_UP), pending(2)], Fold(into="round-up:1")),
    "cancelled before, and back": (
        [other(1, FOLDED), other(2, FOLDED), pending(3)], Fold(deliver=pending(3)),
    ),
}  # fmt: skip
WITHDRAWN = {
    "before it was sent": ([pending(1), pending(2)], Fold(marks=FOLDED_BOTH)),
    "since": ([sent(1), pending(2)], Fold(deliver=pending(2), standing="m1")),
    "edited and": (
        [sent(1), pending(2), pending(3)],
        Fold(deliver=pending(3), standing="m1"),
    ),
    "it may have arrived": (
        [begun(1), pending(2)], Fold(deliver=begun(1), unsure=True),
    ),
    "it stands in a round-up": ([other(1, IN_ROUND_UP), pending(2)], Fold(into="round-up:1")),
    "it was taken away": (
        [sent(1), other(2, TAKEN_AWAY), pending(3)], Fold(marks={30: TAKEN_AWAY}),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "wanted"), FOLDS.values(), ids=FOLDS)
def test_what_is_done_with_the_versions_of_a_subject(rows: list[Row], wanted: Fold) -> None:
    assert fold(rows, withdrawn=False) == wanted
    # In whatever order a database gives them.
    assert fold(rows[::-1], withdrawn=False) == wanted


@pytest.mark.parametrize(("rows", "wanted"), WITHDRAWN.values(), ids=WITHDRAWN)
def test_what_is_done_where_the_newest_takes_it_back(rows: list[Row], wanted: Fold) -> None:
    assert fold(rows, withdrawn=True) == wanted


@pytest.mark.parametrize(
    ("number", "stands"), [(2, "one 3"), (4, "one 2")], ids=["with its number", "with a newer one"]
)
async def test_a_stale_copy_is_dropped_and_only_its_number_keeps_it_out(
    each_store: Store, database_url: str, number: int, stands: str
) -> None:
    await serve(each_store, HERE)
    platform = RecordingPlatform()
    for version in (1, 3):
        await say(each_store, "one", version)
        await empty(each_store, platform)
    # As from a program that was asleep while the others went on.
    columns = "lane_id, subject, state, attempts, queued_at"
    change(
        database_url,
        f"INSERT INTO item ({columns}, version, post) SELECT lane_id, subject, 'pending', 0, "
        "queued_at, :number, replace(post, 'one 3', 'one 2') FROM item WHERE version = 3",
        number=number,
    )

    await empty(each_store, platform)

    assert platform.headings("here") == [stands]
    assert await each_store.outbox.waiting() == []


# ── Whatever happens in between ──────────────────────────────────────────────────────────────


class KilledError(BaseException):
    """What a kill looks like from within: nothing more is done."""


@dataclass
class Death:
    """The end of a program at the so-many-th time that it waits for a platform or the database.

    `done` says whether what it waited for was done; `error` is what it gets, if it lives on.
    """

    of: str
    after: int
    done: bool
    error: Exception | None = None
    seen: int = field(default=0, init=False)

    def due(self, of: str, *, done: bool) -> None:
        if of != self.of or done != self.done:
            return
        self.seen += 1
        if self.seen == self.after:
            raise self.error or KilledError


class MortalPlatform(RecordingPlatform):
    """Its caller may die before or after any call."""

    death: Death | None = None

    def _due(self, *, done: bool) -> None:
        if self.death is not None:
            self.death.due("platform", done=done)

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        self._due(done=False)
        ref = await super().send(channel, post, key)
        self._due(done=True)
        return ref

    async def edit(self, ref: MessageRef, post: Post, key: DeliveryKey) -> MessageRef:
        self._due(done=False)
        ref = await super().edit(ref, post, key)
        self._due(done=True)
        return ref

    async def find(self, channel: Channel, key: DeliveryKey) -> MessageRef | None:
        self._due(done=False)
        found = await super().find(channel, key)
        self._due(done=True)
        return found


class MortalOutbox:
    """A real outbox, whose caller may die before or after any step."""

    def __init__(self, store: Store, death: Death | None) -> None:
        self._outbox = store.outbox
        self._death = death

    async def waiting(self) -> list[Lane]:
        return await self._outbox.waiting()

    async def leave(self) -> None:
        await self._outbox.leave()

    async def advance(
        self, lane: Lane, outcome: Outcome | None, now: datetime, *, last: bool = False
    ) -> Next:
        if self._death is not None:
            self._death.due("outbox", done=False)
        step = await self._outbox.advance(lane, outcome, now, last=last)
        if self._death is not None:
            self._death.due("outbox", done=True)
        return step


SAY = st.tuples(st.sampled_from("ab"), st.booleans())
DEATH = st.builds(
    Death,
    of=st.sampled_from(["platform", "outbox"]),
    after=st.integers(1, 4),
    done=st.booleans(),
    error=st.sampled_from([None, None, DeliveryError("No answer came."), ZeroDivisionError()]),
)
HISTORY = st.lists(
    st.one_of(SAY, SAY, DEATH, st.none()), min_size=1, max_size=14
)  # what is said, and drains, some of which end early


@pytest.fixture(scope="module")
def fresh() -> Iterator[Path]:
    """A database with one channel in it, to be copied."""

    async def make(path: Path) -> None:
        store = Store(f"sqlite:///{path}")
        await store.open()
        await serve(store, HERE)
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(make(Path(folder) / "fresh.db"))
        yield Path(folder)


async def live(path: Path, history: list[object]) -> tuple[MortalPlatform, dict[str, list[bool]]]:
    """What stands in the end, and whether each version of each subject took it back."""
    platform = MortalPlatform()
    said: dict[str, list[bool]] = {}
    store = Store(f"sqlite:///{path}")
    await store.open()
    for event in [*history, None]:
        if isinstance(event, tuple):
            subject, withdrawn = event
            versions = said.setdefault(subject, [])
            versions.append(withdrawn and bool(versions))
            reason = "taken down" if versions[-1] else None
            await say(store, subject, len(versions), withdrawn=reason)
            continue
        if event is not None:
            event = Death(of=event.of, after=event.after, done=event.done, error=event.error)
        platform.death = event
        try_now(path)
        for lane in await store.outbox.waiting():
            try:
                await drain(lane, courier(MortalOutbox(store, event), platform))
            except KilledError:
                # The next is another program; it knows that nobody else is there.
                await store.close()
                store = Store(f"sqlite:///{path}")
                await store.open()
                await store.outbox.take_over()
            except (DeliveryError, ZeroDivisionError):
                # The database broke; what was begun is looked for.
                pass
    left = await store.outbox.waiting()
    await store.close()
    assert left == []
    return platform, said


def try_now(path: Path) -> None:
    """Let the time pass that lanes wait after a failure."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE lane SET retry_at = NULL")
        connection.commit()


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=HISTORY)
def test_the_newest_version_stands_once_whoever_dies_in_between(
    fresh: Path, history: list[object]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "teller.db"
        shutil.copy(fresh / "fresh.db", path)
        platform, said = asyncio.run(live(path, history))

    for subject, versions in said.items():
        stand = [post for post in platform.standing.values() if post.heading.startswith(subject)]
        if versions[-1]:
            assert [post.withdrawn for post in stand] in ([], ["taken down"])
        else:
            assert [post.heading for post in stand] == [f"{subject} {len(versions)}"]
        done = [
            call.key.version
            for call in platform.calls
            if call.what != "find" and call.key.subject == f"entry:{subject}"
        ]
        assert done == sorted(done), "something older replaced something newer"

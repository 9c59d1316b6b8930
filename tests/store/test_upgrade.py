"""A database of the form before this one is brought up to date, and nothing in it is lost."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, insert, inspect, make_url, select, text
from sqlalchemy.pool import NullPool

from bot.chat.ask import Channel, Follow, MessageRef
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.courier import drain
from bot.store import Store
from bot.store.codec import dumps
from bot.store.form import HEAD, MIGRATIONS
from bot.store.tables import WAITS, metadata
from tests.conftest import select as select_rows
from tests.courier.queueing import courier
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import BLOG, EVERYTHING, NEWSROOM, PLANNED, at, following
from tests.store.entries import expected, update, version
from tests.store.test_database import differences
from tests.wire import RecordingPlatform

NOW = at("00:41")
SPORT, GONE, MUTE = (Channel(platform="terminal", id=name) for name in ("sport", "gone", "mute"))
# What each lane followed, as the first form kept it.
LANES = {
    "newsroom": ("declarations,entries,reminders", ""),
    "sport": ("entries", f"{MID_BEDFORDSHIRE.id},{TAMWORTH.id}"),
    "gone": ("entries", ""),
    "mute": ("", ""),
}
Rows = dict[str, list[dict[str, Any]]]


def on_database(url: str, do: Any, *given: Any) -> Any:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    with create_engine(parsed, poolclass=NullPool).begin() as connection:
        return do(connection, *given)


def form(connection: Connection, revision: str) -> None:
    """Make the tables of an earlier form."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def rows(connection: Connection, kept: dict[str, list[str]]) -> Rows:
    """What the tables hold in these columns."""
    return {
        name: [
            dict(row)
            for row in connection.execute(
                select(*(metadata.tables[name].c[column] for column in columns)).order_by(
                    *(key for key in metadata.tables[name].primary_key)
                )
            ).mappings()
        ]
        for name, columns in kept.items()
    }


def columns(connection: Connection) -> dict[str, list[str]]:
    """The columns that the first form has and this one too."""
    seen = inspect(connection)
    return {
        table.name: [
            one["name"] for one in seen.get_columns(table.name) if one["name"] in table.columns
        ]
        for table in metadata.sorted_tables
        if seen.has_table(table.name)
    }


def fill(connection: Connection, content: Rows) -> None:
    for name, found in content.items():
        for row in found:
            if name == "lane":
                follows, only = LANES[row["channel"]]
                connection.execute(
                    text("INSERT INTO lane VALUES (:id, :platform, :channel, :follows, :only)"),
                    row | {"follows": follows, "only": only},
                )
            else:
                connection.execute(insert(metadata.tables[name]).values(row))
        if (
            connection.dialect.name == "postgresql"
            and found
            and isinstance(found[0].get("id"), int)
        ):
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
            )


async def deliver(store: Store, platform: RecordingPlatform) -> None:
    for lane in await store.outbox.waiting():
        await drain(lane, courier(store.outbox, platform))


async def say(store: Store, id: str, number: int = 1) -> None:
    claims = (expected("around 3am"),)
    kept = version(id, NOW, number, heading=f"{id} {number}", claims=claims)
    await store.blogs.keep(update(NOW, kept, announce=True))


@pytest.fixture
async def before(bare_url: str, tmp_path: Path) -> tuple[Rows, RecordingPlatform]:
    """A night in the first form: entries, figures, what stands in channels, and what waits."""
    platform = RecordingPlatform()
    store = Store(f"sqlite:///{tmp_path / 'source.db'}")
    await store.open()
    channels = [following(channel) for channel in (NEWSROOM, SPORT, GONE, MUTE)]
    await store.night.install(PLANNED, channels, NOW)
    await say(store, "one")
    await deliver(store, platform)
    await say(store, "one", 2)
    await say(store, "two")
    await store.outbox.advance((await store.outbox.waiting())[0], None, NOW)
    await store.close()

    on_database(bare_url, form, "0001")
    shared = on_database(bare_url, columns)
    content = on_database(f"sqlite:///{tmp_path / 'source.db'}", rows, shared)
    on_database(bare_url, fill, content)
    return content, platform


async def opened(url: str) -> Store:
    store = Store(url)
    await store.open()
    return store


async def test_nothing_that_was_kept_is_lost(
    bare_url: str, before: tuple[Rows, RecordingPlatform]
) -> None:
    content, _ = before
    for name in ("lane", "item", "blog", "entry", "entry_version", "figure", "contest"):
        assert content[name]
    await (await opened(bare_url)).close()

    shared = {name: list(found[0]) for name, found in content.items() if found}
    assert on_database(bare_url, rows, shared) == {name: content[name] for name in shared}
    assert on_database(bare_url, differences) == []
    version_now = "SELECT version_num FROM alembic_version"
    assert on_database(bare_url, lambda c: c.execute(text(version_now)).scalar()) == HEAD


async def test_channels_follow_what_they_followed_and_a_blog_is_the_files(
    bare_url: str, before: tuple[Rows, RecordingPlatform]
) -> None:
    store = await opened(bare_url)

    found = {one.channel: one for one in await store.newsroom(NOW).channels()}
    both = frozenset({TAMWORTH.id, MID_BEDFORDSHIRE.id})
    assert found[NEWSROOM].kinds == dict.fromkeys(EVERYTHING, frozenset())
    assert found[SPORT].kinds == {Follow.ENTRIES: both}
    assert found[MUTE].kinds == {}
    assert not any(one.listens for one in found.values())
    assert [one.blog for one in await store.newsroom(NOW).sources()] == [BLOG]
    assert await store.subscriptions.blogs_from_chat() == []
    await store.close()


async def test_the_night_goes_on_where_it_was(
    bare_url: str, before: tuple[Rows, RecordingPlatform]
) -> None:
    _, platform = before
    store = await opened(bare_url)
    await store.night.install(PLANNED, [following(), following(SPORT)], NOW)
    await say(store, "three")
    await deliver(store, platform)

    for channel in (NEWSROOM, SPORT):
        assert platform.headings(channel.id) == ["one 2", "two 1", "three 1"]
    sent = [what for what, _ in platform.done("newsroom")]
    assert sent == ["send", "edit", "send", "send"]
    # What the file has dropped with the new version is dropped.
    assert platform.headings("gone") == ["one 2", "two 1"]
    await store.close()


# ── The form before leases ───────────────────────────────────────────────────────────────────

# Every state that the second form had, each of a subject of its own: message, and what waits then.
STATES = {
    "pending": None,
    "sending": None,
    "sent": "m-sent",
    "folded": None,
    "stale": None,
}


def put_items(connection: Connection) -> None:
    """A channel of the second form, with an item in every state."""
    connection.execute(
        text("INSERT INTO lane (id, platform, channel) VALUES (7, 'terminal', 'newsroom')")
    )
    for number, (state, message) in enumerate(STATES.items(), start=1):
        connection.execute(
            text(
                "INSERT INTO item (id, lane_id, subject, version, post, state, message, reason, "
                "attempts, queued_at, sent_at) VALUES (:id, 7, :subject, 1, :post, :state, "
                ":message, :reason, :attempts, :at, :sent)"
            ),
            {
                "id": number,
                "subject": f"entry:{state}",
                "post": dumps(Post, Post(kind=PostKind.ENTRY, heading=state, at=NOW)),
                "state": state,
                "message": message,
                "reason": "No answer came." if state == "sending" else None,
                "attempts": number,
                "at": "2023-10-20 00:00:00.000000",
                "sent": "2023-10-20 00:01:00.000000" if state == "sent" else None,
            },
        )
    if connection.dialect.name == "postgresql":
        for table in ("lane", "item"):
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)"))


def items(connection: Connection) -> list[Any]:
    """Items in the columns that the second form had."""
    names = "id, lane_id, subject, version, post, state, message, reason, attempts, queued_at"
    rows = connection.execute(text(f"SELECT {names}, sent_at FROM item ORDER BY id"))
    return [tuple(row) for row in rows]


@pytest.fixture
def second_form(bare_url: str) -> str:
    """A database of the second form, with an item in every state."""
    on_database(bare_url, form, "0002")
    on_database(bare_url, put_items)
    return bare_url


async def test_items_of_the_second_form_are_as_they_were(second_form: str) -> None:
    before = on_database(second_form, items)

    await (await opened(second_form)).close()

    assert on_database(second_form, items) == before
    assert len(before) == len(STATES)
    lane = "SELECT owner, epoch, failures, trouble, retry_at, suspended_at FROM lane"
    assert select_rows(second_form, lane) == [(None, 0, 0, None, None, None)]
    new = "SELECT DISTINCT epoch, since, part_of FROM item"
    assert select_rows(second_form, new) == [(None, None, None)]
    assert on_database(second_form, differences) == []


async def test_what_waited_in_the_second_form_goes_out_and_what_stood_is_changed(
    second_form: str,
) -> None:
    store = await opened(second_form)
    platform = RecordingPlatform()
    # It had arrived, and the program died before it knew.
    arrived = DeliveryKey(subject="entry:sending", version=1)
    await platform.send(NEWSROOM, Post(kind=PostKind.ENTRY, heading="sending", at=NOW), arrived)
    platform.standing[MessageRef(channel=NEWSROOM, id="m-sent")] = Post(
        kind=PostKind.ENTRY, heading="sent", at=NOW
    )
    await store.night.install(PLANNED, [following()], NOW)
    await say(store, "sent", 2)
    await say(store, "sending", 2)
    await say(store, "stale", 2)

    await deliver(store, platform)

    assert sorted(platform.headings("newsroom")) == ["pending", "sending 2", "sent 2", "stale 2"]
    assert await store.outbox.waiting() == []
    # The next ones are numbered on.
    await say(store, "new")
    await deliver(store, platform)
    assert "new 1" in platform.headings("newsroom")
    await store.close()


async def test_what_waits_is_found_by_its_index_in_a_database_that_was_brought_up_to_date(
    second_form: str,
) -> None:
    await (await opened(second_form)).close()
    if second_form.startswith("postgresql"):
        wanted = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_item_unsent'"
        (found,) = select_rows(second_form, wanted)
        assert "WHERE" in found[0]
        return
    query = f"SELECT lane_id, min(id) FROM item WHERE {WAITS} GROUP BY lane_id"
    plan = select_rows(second_form, f"EXPLAIN QUERY PLAN {query}")
    assert "ix_item_unsent" in str(plan)

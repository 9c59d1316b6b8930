"""The tables. SQLite and PostgreSQL share them; every instant is UTC."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite has no time zones, so there it is kept without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone before it can be stored as a wrong one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - SQLAlchemy's own signature
        """Give UTC back."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


contest = Table(
    "contest",
    metadata,
    Column("id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("remind", Text, nullable=False),
    Column("facts", Text, nullable=False),
)

blog = Table(
    "blog",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text),
    Column("url", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("title", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("content_digest", Text),
    Column("last_read", Instant),
    Column("trouble", Text),
    Column("trouble_since", Instant),
    # Its address came from a chat, and may be anyone's.
    Column("from_chat", Boolean, nullable=False, server_default=false()),
)

entry = Table(
    "entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("blog_id", Integer, ForeignKey("blog.id"), nullable=False),
    Column("entry_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("published", Instant, nullable=False),
    Column("modified", Instant),
    Column("withdrawn", Boolean, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("id_derived", Boolean, nullable=False),
    Column("posted", Boolean, nullable=False),
    UniqueConstraint("blog_id", "entry_id"),
)

# What an entry said, version by version: nothing here is ever changed.
entry_version = Table(
    "entry_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry", Integer, ForeignKey("entry.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("known_at", Instant, nullable=False),
    Column("published", Instant, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("contests", Text, nullable=False),
    Column("content", Text, nullable=False),
    UniqueConstraint("entry", "version"),
    Index("ix_entry_version_published", "published"),
)

# What somebody stated of a contest. `superseded_at` ends it: the entry was edited or withdrawn.
figure = Table(
    "figure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("claim", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("source_url", Text),
    Column("at", Instant, nullable=False),
    Column("known_at", Instant, nullable=False),
    Column("superseded_at", Instant),
    Column("entry", Integer, ForeignKey("entry.id")),
    Index("ix_figure_contest_id", "contest_id", "type"),
    Index("ix_figure_entry", "entry"),
)

# What channels were last told of a subject that changes: an expected time, a declaration.
told = Table(
    "told",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("standing", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
)

reminder = Table(
    "reminder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contest_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("expected_at", Instant, nullable=False),
    Column("expected", Text, nullable=False),
    Column("due", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("contest_id", "kind", "minutes", "expected_at"),
    Index("ix_reminder_state", "state", "due"),
)

# `file` is what the night file last said of the channel: what chat has changed since stands until
# the file says something else.
lane = Table(
    "lane",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("listens", Boolean, nullable=False, server_default=false()),
    Column("file", Text),
    UniqueConstraint("platform", "channel"),
)

# What a channel follows: `what` is a kind of message, or “blog:” and the key of one blog. `since`
# is the newest entry's instant when it began: an edit of an older one is not new to the channel.
subscription = Table(
    "subscription",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lane_id", Integer, ForeignKey("lane.id"), nullable=False),
    Column("what", Text, nullable=False),
    Column("only", Text, nullable=False),
    Column("wanted", Boolean, nullable=False),
    Column("since", Instant),
    UniqueConstraint("lane_id", "what"),
)

# A reminder that somebody asked for: at `due`, or `minutes` before a milestone of a contest, and
# then `due` moves with it.
asked = Table(
    "asked",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lane_id", Integer, ForeignKey("lane.id"), nullable=False),
    Column("author", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("contest_id", Text),
    Column("kind", Text),
    Column("minutes", Integer, nullable=False),
    Column("due", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("changed_at", Instant, nullable=False),
    Index("ix_asked_state", "state", "due"),
)

item = Table(
    "item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lane_id", Integer, ForeignKey("lane.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("post", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("message", Text),
    Column("reason", Text),
    Column("attempts", Integer, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("sent_at", Instant),
    UniqueConstraint("lane_id", "subject", "version"),
    Index("ix_item_state", "state", "lane_id"),
)

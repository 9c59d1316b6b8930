"""The tables. SQLite and PostgreSQL share them; every instant is UTC."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
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


# The states of an item. `SENDING` may or may not stand on the platform.
PENDING, SENDING, SENT, FOLDED, STALE = "pending", "sending", "sent", "folded", "stale"
DEAD, TAKEN_AWAY, IN_ROUND_UP = "dead", "taken away", "in round-up"
# Waits for the round-up that its channel wants, and is nothing for the courier before.
GATHERED = "gathered"
UNSENT = (PENDING, SENDING)
# Written out, for SQLite takes a partial index only where it sees the same words.
WAITS = text("item.state IN ('pending', 'sending')")
IS_GATHERED = text("item.state = 'gathered'")


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
    # How it is read and why so, where that was found out.
    Column("chosen", Text),
    Column("title", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("content_digest", Text),
    Column("last_read", Instant),
    Column("next_read", Instant),
    # Its address, where its server says that it is another for good.
    Column("moved_to", Text),
    # Seconds from when its newest entry was published until it was here.
    Column("lag", Float),
    Column("trouble", Text),
    Column("trouble_since", Instant),
    # Its address came from a chat, and may be anyone's.
    Column("from_chat", Boolean, nullable=False, server_default=false()),
)

# A blog's subscription at a hub that pushes it (WebSub): `path` ends the address that is pushed to,
# `secret` signs. At `due` the hub is asked again; it pushes until `until`.
hub_subscription = Table(
    "hub_subscription",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("blog_key", Text, nullable=False),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("secret", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("until", Instant),
    Column("trouble", Text),
    Column("pushed_at", Instant),
    # When a look found what the hub had not pushed.
    Column("missed_at", Instant),
    UniqueConstraint("blog_key", "hub", "topic"),
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
    # The row of the journal that says who recorded it, where somebody did.
    Column("journal", Integer),
    Index("ix_figure_contest_id", "contest_id", "type"),
    Index("ix_figure_entry", "entry"),
    Index("ix_figure_journal", "journal"),
)

# What people did at the desk: who, when, where, in which words, and from what to what, in words.
# Nothing in a row is ever changed but its `state`, and none is deleted. `claims` is what a row
# states or proposes; `of` is the row that it is about, as a confirmation is about a proposal.
journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("platform", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("contest_id", Text),
    Column("words", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("claims", Text),
    Column("state", Text, nullable=False),
    Column("of", Integer),
    Index("ix_journal_contest_id", "contest_id", "id"),
)

# The last bulletin of a kind that a results source had of a contest, so that none is taken twice.
heard = Table(
    "heard",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("contest_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("source", "contest_id", "kind"),
)

# The results sources that are looked at, and how that goes; `key` is what each is remembered by.
results_source = Table(
    "results_source",
    metadata,
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("last_look", Instant),
    Column("next_look", Instant),
    Column("trouble", Text),
    Column("trouble_since", Instant),
)

# Who stands in a contest, as a results source has it, where the night file does not say.
ballot_paper = Table(
    "ballot_paper",
    metadata,
    Column("contest_id", Text, primary_key=True),
    Column("candidacies", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

# How the parties stand over all seats, as a source counts them, each time that it did.
state_of_parties = Table(
    "state_of_parties",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("polling_day", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("source", "polling_day", "revision"),
)

# Who may do more than ask, as somebody allowed it from chat: `who` is a person's id, or “role:” or
# “group:” and an id of the platform's own.
role_grant = Table(
    "role_grant",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("platform", "who", "role"),
)

# The one message of a channel that stays true all night: what it said last, in which version.
board = Table(
    "board",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("drawn_at", Instant, nullable=False),
    UniqueConstraint("platform", "channel"),
)

# A channel that wants the state of the night every so many minutes.
roundup = Table(
    "roundup",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    UniqueConstraint("platform", "channel"),
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

# Those that went out in one message have the id of the first of them, the `version` that stands of
# it, and the digest of what it says where that is not what it said at first.
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
    Column("message", Integer),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("digest", Text, nullable=False, server_default=""),
    UniqueConstraint("contest_id", "kind", "minutes", "expected_at"),
    Index("ix_reminder_state", "state", "due"),
)

# `file` is what the night file last said of the channel: what chat has changed since stands until
# the file says something else. Whoever drains the lane has a lease on it; `epoch` counts them, so
# that one who was asleep while it ran out is known as late. Instants of leases and retries are of
# the database's clock, which all machines share. `quiet` are the hours in which entries wait.
lane = Table(
    "lane",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("listens", Boolean, nullable=False, server_default=false()),
    Column("file", Text),
    Column("quiet", Text, nullable=False, server_default=""),
    Column("owner", Text),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("leased_until", Instant),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("trouble", Text),
    Column("retry_at", Instant),
    Column("suspended_at", Instant),
    UniqueConstraint("platform", "channel"),
)

# What a channel follows: `what` is a kind of message, or “blog:” and the key of one blog. `since`
# is the newest entry's instant when it began: an edit of an older one is not new to the channel.
# With “away”, Teller was taken out of the channel at `since` (see `leaving`). `manner` is how
# entries come to it.
subscription = Table(
    "subscription",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lane_id", Integer, ForeignKey("lane.id"), nullable=False),
    Column("what", Text, nullable=False),
    Column("only", Text, nullable=False),
    Column("wanted", Boolean, nullable=False),
    Column("since", Instant),
    Column("manner", Text, nullable=False, server_default=""),
    UniqueConstraint("lane_id", "what"),
)

# A reminder that somebody asked for: at `due`, or `minutes` before a milestone of a contest, and
# then `due` moves with it; one that waits for a `stage` is due in the year 9000.
asked = Table(
    "asked",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lane_id", Integer, ForeignKey("lane.id"), nullable=False),
    Column("author", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("contest_id", Text),
    Column("kind", Text),
    # The stage of the count that it waits for, where it waits for no time.
    Column("stage", Text),
    Column("minutes", Integer, nullable=False),
    Column("due", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("changed_at", Instant, nullable=False),
    # What stands of its message, and the digest of what that says, where it may have to change.
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("digest", Text, nullable=False, server_default=""),
    Index("ix_asked_state", "state", "due"),
)

# One that was begun has the `epoch` of the lease it was begun under, and `since` when; `part_of` is
# the subject of the round-up that it went out in. `manner` is how its subject came to the channel.
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
    Column("epoch", Integer),
    Column("since", Instant),
    Column("part_of", Text),
    Column("manner", Text, nullable=False, server_default=""),
    UniqueConstraint("lane_id", "subject", "version"),
    Index("ix_item_subject", "subject", "lane_id"),
)
# What waits is little beside what was sent, and is asked for all the time.
Index("ix_item_unsent", item.c.lane_id, item.c.id, sqlite_where=WAITS, postgresql_where=WAITS)
Index(
    "ix_item_gathered",
    item.c.lane_id,
    item.c.id,
    sqlite_where=IS_GATHERED,
    postgresql_where=IS_GATHERED,
)

"""What chat sets: what a channel follows, blog by blog, whether it listens, reminders asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """A row for each thing that a channel follows, where there was one column for all."""
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("only", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("since", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_subscription_lane_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("lane_id", "what", name=op.f("uq_subscription_lane_id")),
    )
    op.create_table(
        "asked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("contest_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_asked_lane_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked")),
    )
    op.create_index("ix_asked_state", "asked", ["state", "due"], unique=False)
    _move_what_lanes_follow()
    # Without Alembic's copying of tables: a table that others point at cannot be dropped in SQLite.
    op.add_column(
        "lane", sa.Column("listens", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("lane", sa.Column("file", sa.Text(), nullable=True))
    # All of it was the night file's word, and the next start takes that as new.
    op.execute("UPDATE lane SET file = ''")
    op.drop_column("lane", "follows")
    op.drop_column("lane", "only")
    op.add_column(
        "blog", sa.Column("from_chat", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def _move_what_lanes_follow() -> None:
    connection = op.get_bind()
    lane = sa.table("lane", sa.column("id"), sa.column("follows"), sa.column("only"))
    subscription = sa.table(
        "subscription",
        sa.column("lane_id"),
        sa.column("what"),
        sa.column("only"),
        sa.column("wanted", sa.Boolean()),
    )
    for row in connection.execute(sa.select(lane)).all():
        for what in filter(None, row.follows.split(",")):
            values = {"lane_id": row.id, "what": what, "only": row.only, "wanted": True}
            connection.execute(subscription.insert().values(values))

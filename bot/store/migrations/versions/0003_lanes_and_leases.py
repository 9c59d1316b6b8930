"""Who drains a lane, when it is tried again, and what waits, found without looking at the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WAITS = sa.text("item.state IN ('pending', 'sending')")


def upgrade() -> None:
    """Leases and troubles of lanes; items know the lease and the round-up they went out with."""
    for column in (
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("retry_at", INSTANT, nullable=True),
        sa.Column("suspended_at", INSTANT, nullable=True),
    ):
        op.add_column("lane", column)
    for column in (
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("since", INSTANT, nullable=True),
        sa.Column("part_of", sa.Text(), nullable=True),
    ):
        op.add_column("item", column)
    op.drop_index("ix_item_state", table_name="item")
    op.create_index("ix_item_subject", "item", ["subject", "lane_id"])
    op.create_index(
        "ix_item_unsent",
        "item",
        ["lane_id", "id"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )

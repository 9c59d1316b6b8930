"""Subscriptions at the hubs that push blogs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """One table."""
    op.create_table(
        "hub_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("blog_key", "hub", "topic", "page", "path", "secret", "state")
        ),
        sa.Column("due", _INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("until", _INSTANT, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("pushed_at", _INSTANT, nullable=True),
        sa.Column("missed_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_hub_subscription"),
        sa.UniqueConstraint("path", name="uq_hub_subscription_path"),
        sa.UniqueConstraint("blog_key", "hub", "topic", name="uq_hub_subscription_blog_key"),
    )

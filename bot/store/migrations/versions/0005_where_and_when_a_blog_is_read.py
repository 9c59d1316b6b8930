"""Where a live blog has moved to, when it is read next, and how late its entries were here."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three facts beside each blog; the next look says them."""
    for column in (
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("next_read", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lag", sa.Float(), nullable=True),
    ):
        op.add_column("blog", column)

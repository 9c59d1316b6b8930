"""What a reminder that went out says by now."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those that went out before stay as they are: nobody knows which share a message."""
    op.add_column("reminder", sa.Column("message", sa.Integer(), nullable=True))
    for table in ("reminder", "asked"):
        version = sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1"))
        op.add_column(table, version)
        op.add_column(table, sa.Column("digest", sa.Text(), nullable=False, server_default=""))

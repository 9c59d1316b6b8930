"""How a live blog is read and why so, where nobody named its format."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A sentence beside each blog; the next look says it."""
    op.add_column("blog", sa.Column("chosen", sa.Text(), nullable=True))

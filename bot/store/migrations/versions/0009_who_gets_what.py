"""In which way a channel gets entries, its quiet hours, and what waits for a round-up."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_GATHERED = sa.text("item.state = 'gathered'")


def upgrade() -> None:
    """As ever, where nobody has said anything else: every entry, whole, and at once."""
    for table, column in (("subscription", "manner"), ("item", "manner"), ("lane", "quiet")):
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "ix_item_gathered",
        "item",
        ["lane_id", "id"],
        sqlite_where=_GATHERED,
        postgresql_where=_GATHERED,
    )

"""The journal of the desk, who may do what, boards and round-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    """Four tables; a figure knows who recorded it, a reminder the stage it waits for."""
    op.add_column("figure", sa.Column("journal", sa.Integer(), nullable=True))
    op.create_index("ix_figure_journal", "figure", ["journal"])
    op.add_column("asked", _text("stage", nullable=True))
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        _text("platform"),
        _text("author"),
        _text("name"),
        _text("channel"),
        _text("action"),
        _text("contest_id", nullable=True),
        _text("words"),
        _text("before", nullable=True),
        _text("after", nullable=True),
        _text("claims", nullable=True),
        _text("state"),
        sa.Column("of", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
    )
    op.create_index("ix_journal_contest_id", "journal", ["contest_id", "id"])
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("platform"),
        _text("who"),
        _text("name"),
        _text("role"),
        _text("by"),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_role_grant"),
        sa.UniqueConstraint("platform", "who", "role", name="uq_role_grant_platform"),
    )
    op.create_table(
        "board",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("platform"),
        _text("channel"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("digest"),
        sa.Column("drawn_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_board"),
        sa.UniqueConstraint("platform", "channel", name="uq_board_platform"),
    )
    op.create_table(
        "roundup",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("platform"),
        _text("channel"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("next_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roundup"),
        sa.UniqueConstraint("platform", "channel", name="uq_roundup_platform"),
    )

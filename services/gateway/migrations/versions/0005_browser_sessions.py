"""Sessions of browsers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "browser_sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("carried", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["digest"], ["tokens.digest"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_browser_sessions_seen_at", "browser_sessions", ["seen_at"])

"""The government's approval of a cycle's list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id"),
    )

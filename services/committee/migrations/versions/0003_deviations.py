"""Why the office's proposal passes over some who rank higher."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "deviations",
        sa.Column("cycle_id", sa.String(length=64), primary_key=True),
        sa.Column("application_id", sa.String(length=64), primary_key=True),
        sa.Column("track", sa.String(length=100), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.String(length=6), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=True),
        sa.Column("preferred", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
    )

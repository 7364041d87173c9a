"""Who leads an application where its panel's leader is kept from it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "panel_deputies",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "category", "application_id", "rank"),
    )

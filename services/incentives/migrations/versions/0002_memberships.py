"""The pool by membership: who left may join again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.rename_table("pool", "pool_before")
    op.create_table(
        "pool",
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("membership_id", sa.String(length=64), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("project_cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("world", "membership_id"),
    )
    op.create_index("ix_pool_world_uscc", "pool", ["world", "uscc"])
    op.execute(
        "INSERT INTO pool (world, membership_id, uscc, joined_on, project_cost_fen) "
        "SELECT world, world || '-' || uscc, uscc, joined_on, project_cost_fen FROM pool_before"
    )
    op.drop_table("pool_before")

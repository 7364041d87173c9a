"""Ballots that came when the result could not be changed any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column(
        "ballot_batches", sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false())
    )

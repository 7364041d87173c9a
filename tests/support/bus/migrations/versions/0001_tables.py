"""The platform's tables and those of the sample service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import platform

revision = "0001"
down_revision = None


def upgrade() -> None:
    platform.create(op)
    platform.to_version_2(op)
    op.create_table(
        "effects",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
    )
    op.create_table("unique_numbers", sa.Column("number", sa.Integer, primary_key=True))

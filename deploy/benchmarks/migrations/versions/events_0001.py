"""The platform's tables and the business table of the benchmark."""

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
        "taken",
        sa.Column("application_id", sa.String(64), primary_key=True),
        sa.Column("cycle_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("category", sa.String(20)),
        sa.Column("dossier_digest", sa.String(80), nullable=False),
    )

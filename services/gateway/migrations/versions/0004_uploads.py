"""Uploads that come in parts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=240), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("material", sa.String(length=60), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("replaces", sa.String(length=64), nullable=True),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("writer", sa.String(length=64), nullable=True),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("digest", sa.String(length=100), nullable=True),
        sa.Column("file_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])

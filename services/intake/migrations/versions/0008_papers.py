"""Papers: files that belong to no dossier."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("scan", sa.String(length=20), nullable=True),
        sa.Column("scanned_by", sa.String(length=200), nullable=True),
        sa.Column("signature", sa.String(length=200), nullable=True),
        sa.Column("uploaded_by", sa.String(length=200), nullable=True),
        sa.Column("token_digest", sa.String(length=64), nullable=True),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("claim", sa.String(length=64), nullable=True),
        sa.Column("claimed_by", sa.String(length=100), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.CheckConstraint("(uploaded_by IS NULL) <> (token_digest IS NULL)", name="papers_known_by_one"),
        sa.CheckConstraint("(claim IS NULL) = (claimed_at IS NULL)", name="papers_claim_whole"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_papers_claim", "papers", ["claim"], unique=False)
    op.create_index("ix_papers_uploaded_by", "papers", ["uploaded_by", "claim"], unique=False)

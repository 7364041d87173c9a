"""Files of applications: materials and evidence. An index of what lists look at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("material", sa.String(length=60), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("scan", sa.String(length=20), nullable=True),
        sa.Column("scanned_by", sa.String(length=200), nullable=True),
        sa.Column("signature", sa.String(length=200), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("characters", sa.Integer(), nullable=True),
        sa.Column("previews", sa.JSON(), nullable=False),
        sa.Column("replaces", sa.String(length=64), nullable=True),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("removed_by", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_files_application_id", "files", ["application_id"], unique=False)
    op.drop_index("ix_applications_cycle_id_status", table_name="applications")
    listed = ["cycle_id", "status", "name", "uscc", "sequence"]
    op.create_index("ix_applications_listed", "applications", listed, unique=False)

"""Notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import EncryptedText, platform

revision = "0001"
down_revision = None


def upgrade() -> None:
    platform.create(op)
    platform.to_version_2(op)
    op.create_table(
        "notes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("title", sa.String(80), nullable=False, unique=True),
        sa.Column("id_number", EncryptedText()),
        sa.Column("id_number_index", sa.String(64)),
    )
    op.create_index("ix_notes_id_number_index", "notes", ["id_number_index"])

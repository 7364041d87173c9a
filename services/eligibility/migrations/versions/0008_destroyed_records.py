"""Of which applications the records were destroyed."""

from __future__ import annotations

from alembic import op

from shared.records import tables

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    tables.create(op)

"""Of which applications the records were destroyed."""

from __future__ import annotations

from alembic import op

from shared.records import tables

revision = "0009"
down_revision = "0002"


def upgrade() -> None:
    tables.create(op)

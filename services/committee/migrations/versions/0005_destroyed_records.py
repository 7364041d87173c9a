"""Of which applications the records were destroyed."""

from __future__ import annotations

from alembic import op

from shared.records import tables

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    tables.create(op)

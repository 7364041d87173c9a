"""What intake told of records that were asked for again."""

from __future__ import annotations

from alembic import op

from shared.procedure import confirmations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    confirmations.create(op)

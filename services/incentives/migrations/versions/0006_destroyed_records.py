"""Of which applications the records were destroyed."""

from __future__ import annotations

from alembic import op

from shared.records import tables
from shared.store import platform

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    tables.create(op)
    platform.guard_until_destroyed(op, "tracking_handed_in")

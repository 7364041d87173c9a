"""Of which applications the records were destroyed; guards that let go of those."""

from __future__ import annotations

from alembic import op

from shared.records import tables
from shared.store import platform

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    tables.create(op)
    for table in ("case_statements", "conduct_reports", "feedback_answers", "feedback_versions", "panel_log"):
        platform.guard_until_destroyed(op, table)

"""What a department has to answer, what is due soonest first; what was handed in after a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_index("ix_applications_submitted", "applications", ["cycle_id", "submitted_on"], unique=False)
    unanswered = sa.text("state IN ('pending', 'silent')")
    op.create_index(
        "ix_enquiries_to_answer",
        "enquiries",
        ["department", "due_at", "application_id"],
        unique=False,
        postgresql_where=unanswered,
        sqlite_where=unanswered,
    )

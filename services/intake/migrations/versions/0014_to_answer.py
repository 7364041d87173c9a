"""What a department has to answer, what is due soonest first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    unanswered = sa.text("state IN ('pending', 'silent')")
    op.create_index(
        "ix_enquiries_to_answer",
        "enquiries",
        ["department", "due_at", "application_id"],
        unique=False,
        postgresql_where=unanswered,
        sqlite_where=unanswered,
    )

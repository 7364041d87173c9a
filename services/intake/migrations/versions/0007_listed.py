"""What officers' lists look at: the index that they go by holds the id too, and one holds the enquiries that are open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_index("ix_applications_listed", table_name="applications")
    listed = ["cycle_id", "status", "name", "uscc", "sequence", "id"]
    op.create_index("ix_applications_listed", "applications", listed, unique=False)
    unanswered = sa.text("state IN ('pending', 'silent')")
    op.create_index(
        "ix_enquiries_unanswered",
        "enquiries",
        ["application_id", "state"],
        unique=False,
        postgresql_where=unanswered,
        sqlite_where=unanswered,
    )

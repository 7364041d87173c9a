"""The index that lists look at holds the id too: which rows a filter lets through, and their order, by the index alone."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_index("ix_applications_listed", table_name="applications")
    listed = ["cycle_id", "status", "name", "uscc", "sequence", "id"]
    op.create_index("ix_applications_listed", "applications", listed, unique=False)

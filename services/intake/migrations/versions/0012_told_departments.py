"""Of what each department was told last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "told_departments",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("newest", Instant(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("silent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "department"),
    )

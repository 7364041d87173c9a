"""The last day of the notice that an approval follows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "notice_ends",
        sa.Column("cycle_id", sa.String(length=64), primary_key=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
    )

"""Up to which day a winner was reminded of what it owes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("tracking_files", sa.Column("reminded_on", sa.Date(), nullable=True))

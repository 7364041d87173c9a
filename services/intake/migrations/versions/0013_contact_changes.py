"""Whom the office rang up before, where an applicant named another person after it had handed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("applications", sa.Column("contact_changes", sa.Text(), nullable=True))

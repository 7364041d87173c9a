"""更正公示: a posted notice is corrected by a new one that names it; objections of before know of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("notice_drafts", sa.Column("corrects", sa.String(length=64), nullable=True))
    op.add_column("notice_drafts", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("notices", sa.Column("corrects", sa.String(length=64), nullable=True))
    op.add_column("notices", sa.Column("corrected_by", sa.String(length=64), nullable=True))
    op.add_column("objections", sa.Column("notice_corrected_by", sa.String(length=64), nullable=True))
    op.add_column("objections", sa.Column("notice_corrected_on", sa.Date(), nullable=True))

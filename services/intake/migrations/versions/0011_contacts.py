"""An application says whom the office rings up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for name in ("contact_name", "contact_phone", "contact_email"):
        op.add_column("applications", sa.Column(name, sa.Text(), nullable=True))

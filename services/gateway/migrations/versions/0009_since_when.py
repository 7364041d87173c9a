"""Since when an address is the one that its holder wants to be told at; of those written before, nobody knows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("addresses") as addresses:
        addresses.add_column(sa.Column("email_since", Instant(), nullable=True))
        addresses.add_column(sa.Column("phone_since", Instant(), nullable=True))

"""A delivery is claimed before it is sent, or nobody knows whether it was taken; what was heard of tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("claimed_at", Instant(), nullable=True))
        deliveries.add_column(sa.Column("worker", sa.String(length=100), nullable=True))
        deliveries.drop_constraint("ck_deliveries_settled", type_="check")
        deliveries.create_check_constraint(
            "ck_deliveries_settled", "(state IN ('waiting', 'sending')) = (settled_at IS NULL)"
        )
        deliveries.create_check_constraint(
            "ck_deliveries_claimed", "state <> 'sending' OR worker IS NOT NULL"
        )
        deliveries.create_check_constraint("ck_deliveries_worker", "(worker IS NULL) = (claimed_at IS NULL)")
    with op.batch_alter_table("messages") as messages:
        messages.alter_column("topic", type_=sa.String(length=300), existing_type=sa.String(length=100))
    op.create_table(
        "heard_tasks",
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("heard_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("topic"),
    )

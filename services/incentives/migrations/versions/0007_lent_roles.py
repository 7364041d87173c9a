"""The audit log says who lent the actor the role."""

from __future__ import annotations

from alembic import op

from shared.store import platform

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    platform.to_version_2(op)

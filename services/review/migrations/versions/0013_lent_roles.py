"""The audit log says who lent the actor the role."""

from __future__ import annotations

from alembic import op

from shared.store import platform

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    platform.to_version_2(op)

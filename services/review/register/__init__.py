"""专家库: the standing register of experts. What other rooms ask of it stands here."""

from __future__ import annotations

from services.review.register.availability import absent, available, retired
from services.review.register.declarations import declared, in_force
from services.review.register.sources import persons

__all__ = ["absent", "available", "declared", "in_force", "persons", "retired"]

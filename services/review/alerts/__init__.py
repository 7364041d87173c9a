"""监督预警 of the review: interests that became known late, draws made again, sheets that decided or were returned."""

from __future__ import annotations

from services.review.alerts.watching import fresh, watched

__all__ = ["fresh", "watched"]

"""纪检监督: forms between discipline inspection and everybody else, notes on alerts, and eligibility's own alerts."""

from __future__ import annotations

from services.eligibility.supervision import alerts, forms, lists, notes
from services.eligibility.supervision.terms import Terms

__all__ = ["Terms", "alerts", "forms", "lists", "notes"]

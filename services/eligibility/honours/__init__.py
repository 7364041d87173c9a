"""荣誉: the award register and what follows an award: certificates, breaches of the title, revocation cases, credit reports."""

from __future__ import annotations

from services.eligibility.honours.after_award import report
from services.eligibility.honours.register import confer, listed

__all__ = ["confer", "listed", "report"]

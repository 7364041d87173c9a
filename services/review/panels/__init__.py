"""评审组: the best lawful panel, drawn by lot among what is equally good, with a record that repeats it. Pure."""

from __future__ import annotations

from services.review.panels.adding import added
from services.review.panels.checking import Fault, check
from services.review.panels.explaining import explain
from services.review.panels.forming import Drawn, assign, draw, form, seed_of
from services.review.panels.model import (
    Application,
    Assigned,
    Assignment,
    Expert,
    Explanation,
    Former,
    Need,
    NoPanelError,
    Panel,
    Problem,
)
from services.review.panels.record import Objective, Record
from services.review.panels.repeating import repeat, verify
from services.review.panels.replacing import NoReplacementError, Replacement, replacement, why_nobody
from services.review.panels.rules import industry_needed, lawful_sizes

__all__ = [
    "Application",
    "Assigned",
    "Assignment",
    "Drawn",
    "Expert",
    "Explanation",
    "Fault",
    "Former",
    "Need",
    "NoPanelError",
    "NoReplacementError",
    "Objective",
    "Panel",
    "Problem",
    "Record",
    "Replacement",
    "added",
    "assign",
    "check",
    "draw",
    "explain",
    "form",
    "industry_needed",
    "lawful_sizes",
    "repeat",
    "replacement",
    "seed_of",
    "verify",
    "why_nobody",
]

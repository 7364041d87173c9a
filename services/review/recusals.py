"""回避: the names of `conflicts.recusals`, for those who know them from here. Pure."""

from __future__ import annotations

from services.review.conflicts.recusals import Applicant, Recusal, Reviewer, find_recusals, kept_from

__all__ = ["Applicant", "Recusal", "Reviewer", "find_recusals", "kept_from"]

"""文件检查: whether an uploaded file is what it says, opens, and does no harm; its length; its previews. Pure.

Whoever wants a file inspected calls `inspect`, which does it in a process of its own.
"""

from __future__ import annotations

from services.intake.inspection.report import Limits, Preview, Reason, Report
from services.intake.inspection.run import inspect

__all__ = ["Limits", "Preview", "Reason", "Report", "inspect"]

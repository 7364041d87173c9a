"""Tracking reports as files."""

from __future__ import annotations

from services.gateway.own.content import Content
from shared.contracts.operations import APPLICANT, WATCHERS, CycleId, Operation
from shared.contracts.operations.incentives.tracking import OF_WINNER_EXAMPLE, OfWinner
from shared.contracts.operations.operation import CYCLE

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "tracking_docx", "query", OfWinner, Content, WATCHERS, "跟踪报告（DOCX）",
              "A winner's tracking report as DOCX", OF_WINNER_EXAMPLE),
    Operation("gateway", "tracking_pdf", "query", OfWinner, Content, WATCHERS, "跟踪报告（PDF）",
              "A winner's tracking report as PDF", OF_WINNER_EXAMPLE),
    Operation("gateway", "my_tracking_docx", "query", OfWinner, Content, (APPLICANT,), "我的跟踪报告（DOCX）",
              "One's own tracking report as DOCX", OF_WINNER_EXAMPLE),
    Operation("gateway", "my_tracking_pdf", "query", OfWinner, Content, (APPLICANT,), "我的跟踪报告（PDF）",
              "One's own tracking report as PDF", OF_WINNER_EXAMPLE),
    Operation("gateway", "tracking_overview_docx", "query", CycleId, Content, (APPLICANT, *WATCHERS),
              "全体获奖者指标（DOCX）", "The indices of all winners as DOCX", {"cycle_id": CYCLE}),
    Operation("gateway", "tracking_overview_pdf", "query", CycleId, Content, (APPLICANT, *WATCHERS),
              "全体获奖者指标（PDF）", "The indices of all winners as PDF", {"cycle_id": CYCLE}),
)  # fmt: skip

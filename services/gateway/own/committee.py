"""What the gateway makes from committee's answers: the minutes as files."""

from __future__ import annotations

from services.gateway.own.content import Content
from shared.contracts.operations import MEMBER, WATCHERS, Operation
from shared.contracts.operations.committee.minutes import VersionOfMinutes
from shared.contracts.operations.operation import CYCLE

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "minutes_docx", "query", VersionOfMinutes, Content, (*WATCHERS, MEMBER), "会议纪要（DOCX）",
              "The minutes as DOCX", {"cycle_id": CYCLE, "version": 1}),
    Operation("gateway", "minutes_pdf", "query", VersionOfMinutes, Content, (*WATCHERS, MEMBER), "会议纪要（PDF）",
              "The minutes as PDF", {"cycle_id": CYCLE, "version": 1}),
)  # fmt: skip

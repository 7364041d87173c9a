"""Notices as papers."""

from __future__ import annotations

from services.gateway.own.content import Content
from services.gateway.own.desk import PostingOf
from shared.contracts.operations import AUDITOR, DISCIPLINE, OFFICE, PUBLIC, Operation
from shared.contracts.operations.eligibility.notices import OF_NOTICE, OfNotice

_WATCHERS = (OFFICE, DISCIPLINE, AUDITOR)

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "notice_docx", "query", OfNotice, Content, (PUBLIC,), "公示（DOCX）", "A notice as DOCX", OF_NOTICE),
    Operation("gateway", "notice_pdf", "query", OfNotice, Content, (PUBLIC,), "公示（PDF）", "A notice as PDF", OF_NOTICE),
    Operation("gateway", "notice_draft_pdf", "query", PostingOf, Content, (OFFICE, DISCIPLINE), "公示稿预览（PDF）",
              "A draft as it would be posted, as PDF", {**OF_NOTICE, "on": "2026-09-18"}),
    Operation("gateway", "notice_correction_pdf", "query", OfNotice, Content, (OFFICE, DISCIPLINE), "更正稿预览（PDF）",
              "A correction as it would be posted today, as PDF", OF_NOTICE),
    Operation("gateway", "notice_proof_docx", "query", OfNotice, Content, _WATCHERS, "公示存证（DOCX）",
              "The proof of a notice as DOCX", OF_NOTICE),
    Operation("gateway", "notice_proof_pdf", "query", OfNotice, Content, _WATCHERS, "公示存证（PDF）",
              "The proof of a notice as PDF", OF_NOTICE),
)  # fmt: skip

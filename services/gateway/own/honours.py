"""Certificates and plaques as papers."""

from __future__ import annotations

from services.gateway.own.content import Content
from shared.contracts.operations import APPLICANT, DISCIPLINE, OFFICE, WATCHERS, Operation
from shared.contracts.operations.eligibility.cases import LetterOfCase
from shared.contracts.operations.operation import APPLICATION, ApplicationId

_EXAMPLE = {"application_id": APPLICATION}
_LETTER = {"case_id": APPLICATION, "letter": "notice"}
_READERS = (APPLICANT, OFFICE, DISCIPLINE)

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "certificate_pdf", "query", ApplicationId, Content, (APPLICANT, *WATCHERS), "证书（PDF）",
              "A certificate as PDF", _EXAMPLE),
    Operation("gateway", "plaque_pdf", "query", ApplicationId, Content, (APPLICANT, *WATCHERS), "奖牌（PDF）",
              "A plaque as PDF", _EXAMPLE),
    Operation("gateway", "case_letter_docx", "query", LetterOfCase, Content, _READERS, "案件函件（DOCX）",
              "A letter of a case as DOCX", _LETTER),
    Operation("gateway", "case_letter_pdf", "query", LetterOfCase, Content, _READERS, "案件函件（PDF）",
              "A letter of a case as PDF", _LETTER),
)  # fmt: skip

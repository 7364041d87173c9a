"""Letters of objections as files."""

from __future__ import annotations

from services.gateway.own.content import Content
from shared.contracts.operations import APPLICANT, DISCIPLINE, OFFICE, PUBLIC, Operation
from shared.contracts.operations.eligibility.objections import LetterOf, LetterOfReceipt
from shared.contracts.operations.operation import APPLICATION

_LETTER = {"objection_id": APPLICATION, "letter": "ruling", "to": "applicant"}
_OWN = {"receipt": "2025-5F0C1A2B3D", "secret": "q2Yw0a1c-example-of-a-token-6XkJ9b3q2Y", "letter": "ruling"}
_READERS = (APPLICANT, OFFICE, DISCIPLINE)

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "objection_letter_docx", "query", LetterOf, Content, _READERS, "异议答复函（DOCX）",
              "A letter of an objection as DOCX", _LETTER),
    Operation("gateway", "objection_letter_pdf", "query", LetterOf, Content, _READERS, "异议答复函（PDF）",
              "A letter of an objection as PDF", _LETTER),
    Operation("gateway", "objector_letter_docx", "command", LetterOfReceipt, Content, (PUBLIC,), "凭回执取答复函（DOCX）",
              "A letter to the objector as DOCX", _OWN),
    Operation("gateway", "objector_letter_pdf", "command", LetterOfReceipt, Content, (PUBLIC,), "凭回执取答复函（PDF）",
              "A letter to the objector as PDF", _OWN),
)  # fmt: skip

"""What intake 受理 answers about enquiries to the departments."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, count, identifier, one_of, optional_text
from shared.contracts.dossier import DEPARTMENTS, Record
from shared.contracts.operations.operation import APPLICATION, CYCLE, OfCycle, Operation
from shared.contracts.operations.roles import AUDITOR, OFFICE


class Enquiry(Strict):
    """One question to one department and what came of it."""

    application_id = identifier()
    department = one_of(*DEPARTMENTS)
    state = one_of("pending", "answered", "silent")
    attempts = count()
    records = fields.List(fields.Nested(Record), load_default=None, allow_none=True)
    answered_at = optional_text()
    answer_digest = optional_text()


class EnquiryList(Strict):
    """The enquiries of a cycle."""

    enquiries = fields.List(fields.Nested(Enquiry), required=True)


class AskAgain(Strict):
    """The office presses a silent department once more."""

    application_id = identifier()
    department = one_of(*DEPARTMENTS)


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "enquiries", "query", OfCycle, EnquiryList, (OFFICE, AUDITOR),
              "部门征询一览", "The enquiries to departments", {"cycle_id": CYCLE}),
    Operation("intake", "ask_again", "command", AskAgain, Enquiry, (OFFICE,),
              "再次征询", "Press a silent department", {"application_id": APPLICATION, "department": "credit"}),
)  # fmt: skip

"""Whether what came back answers the question: the one look that every channel takes. Pure."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.intake.departments.port import Enquiry
from shared.contracts.base import Strict, optional_text, refusal
from shared.contracts.dossier import Record
from shared.problems import FieldError

MOST_RECORDS = 10_000


class Reply(Strict):
    """What a department sends back, whatever carries it."""

    reference = fields.String(required=True)
    uscc = fields.String(required=True)
    records = fields.List(fields.Nested(Record), required=True, validate=validate.Length(max=MOST_RECORDS))
    answered_at = optional_text()
    evidence = optional_text()


_REPLY: Schema = Reply()


class NotTaken(Exception):
    """What came is no answer to this question; `outcome` is a stable word, the reasons name the field."""

    def __init__(self, outcome: str, error: FieldError) -> None:
        super().__init__(f"{error.field}: {error.reason_en}")
        self.outcome = outcome
        self.error = error


def understood(found: object, enquiry: Enquiry) -> dict[str, Any]:
    """The reply to this enquiry as python values. Raises NotTaken: malformed, another reference, another organization."""
    try:
        reply: dict[str, Any] = _REPLY.load(found)  # type: ignore[arg-type]
    except ValidationError as error:
        first = refusal(error).errors[0]
        raise NotTaken("malformed", first) from error
    if reply["reference"] != enquiry.reference:
        raise NotTaken(
            "other_reference",
            FieldError("reference", "答复的是另一项征询", "the answer has another reference"),
        )
    if reply["uscc"] != enquiry.uscc:
        raise NotTaken(
            "other_organization",
            FieldError("uscc", "答复的是另一个单位", "the answer is about another code"),
        )
    return reply

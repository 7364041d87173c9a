"""Whether what came back answers the question: the one look that every channel takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.intake.departments.port import Enquiry
from shared.contracts.base import Strict, refusal
from shared.contracts.dossier import Record
from shared.problems import FieldError

MOST_RECORDS = 10_000
# Half a character, or what is no text at all: no database keeps it, and an answer that cannot be kept is none.
_KEPT = validate.Regexp("^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]*\\Z")


def _told() -> fields.String:
    return fields.String(
        load_default=None, allow_none=True, validate=validate.And(validate.Length(max=200), _KEPT)
    )


class Reply(Strict):
    """What a department sends back, whatever carries it."""

    reference = fields.String(required=True)
    uscc = fields.String(required=True)
    records = fields.List(fields.Nested(Record), required=True, validate=validate.Length(max=MOST_RECORDS))
    answered_at = _told()
    evidence = _told()


_REPLY: Schema = Reply()


class NotTaken(Exception):
    """What came is no answer to this question; `outcome` is a stable word, the reasons name the field."""

    def __init__(self, outcome: str, error: FieldError) -> None:
        super().__init__(f"{error.field}: {error.reason_en}")
        self.outcome = outcome
        self.error = error


def understood(found: object, enquiry: Enquiry, today: date | None = None) -> dict[str, Any]:
    """The reply to this enquiry as python values. Raises NotTaken: malformed, another reference, another organization.

    A record of a day after `today` is a slip of the pen, which no look-back would count: not taken either. A rehearsal's
    departments know what is still to come in it.
    """
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
    if today is not None and not enquiry.rehearsal:
        _require_past(reply["records"], today)
    return reply


def _require_past(records: Iterable[Mapping[str, Any]], today: date) -> None:
    for number, record in enumerate(records):
        if record["on"] > today:
            zh, en = f"发生日期 {record['on']} 晚于今日", f"{record['on']} lies after today"
            raise NotTaken("malformed", FieldError(f"records.{number}.on", zh, en))

"""What intake 受理 answers about adverse records that agencies report by themselves."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, day, identifier, one_of, text
from shared.contracts.dossier import RECORD_KINDS, SEVERITIES, Record, UsccField
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.roles import AGENCY, WATCHERS


class ReportRecord(Strict):
    """An adverse record of an organization. `reference` is the agency's own: one reference is one record."""

    reference = fields.String(
        required=True, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}\Z")
    )
    uscc = UsccField(required=True)
    kind = one_of(*RECORD_KINDS)
    on = day()
    severity = one_of(*SEVERITIES, required=False)
    liable = fields.Boolean(load_default=None, allow_none=True, truthy={True}, falsy={False})
    evidence = text(longest=500)


class RecordKept(Strict):
    """A report as it was kept: the digest covers all that was said."""

    record_id = identifier()
    reference = text()
    uscc = UsccField(required=True)
    reported_at = text()
    digest = text()


class Concerned(Strict):
    """An application that a reported record may concern: one that is running, or that holds an award."""

    application_id = identifier()
    cycle_id = identifier()
    name = text()
    status = text()


class ReportedRecord(Strict):
    """What an agency reported, by whom and when, with what it may concern. Whether it does is for people to decide."""

    record_id = identifier()
    department = text()
    reporter = text()
    reference = text()
    uscc = UsccField(required=True)
    record = fields.Nested(Record, required=True)
    evidence = text(longest=500)
    reported_at = text()
    digest = text()
    concerns = fields.List(fields.Nested(Concerned), required=True)


class ReportedRecordList(Strict):
    """Reports, the newest first."""

    records = fields.List(fields.Nested(ReportedRecord), required=True)


class ReportQuery(Strict):
    """All reports, or those on one organization."""

    uscc = UsccField(load_default=None, allow_none=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "report_record", "command", ReportRecord, RecordKept, (AGENCY,), "报送不良记录",
              "Report an adverse record",
              {"reference": "AJ-2025-0117", "uscc": "91310105MAXY50013E", "kind": "accident", "on": "2025-05-28",
               "severity": "较大", "liable": True, "evidence": "(2025) 12"}),
    Operation("intake", "reported_records", "query", ReportQuery, ReportedRecordList, WATCHERS, "部门报送的不良记录",
              "Records that agencies reported", {}),
)  # fmt: skip

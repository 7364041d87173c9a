"""Who came to the meeting and went 到会, who takes the chair, who stands aside 回避."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.roles import MEMBER, OFFICE, WATCHERS


class RecordComing(Strict):
    """A member comes or goes, now. `mode` of one who comes: as the rulebook lets members take part."""

    cycle_id = identifier()
    member = text()
    event = one_of("came", "left")
    mode = fields.String(load_default="in_person", validate=validate.OneOf(("in_person", "link")))


class AppointChair(Strict):
    """Another member takes the chair, and why."""

    cycle_id = identifier()
    member = text()
    reason = text(longest=500)


class DeclareRecusal(Strict):
    """A member stands aside from an application: it says so itself, or the office enters it for a `member`."""

    cycle_id = identifier()
    application_id = identifier()
    ground = text(longest=40)
    detail = fields.String(load_default="", validate=validate.Length(max=500))
    member = optional_text()


class Coming(Strict):
    """One coming or going."""

    member = text()
    event = one_of("came", "left")
    mode = one_of("in_person", "link", required=False)
    at = fields.AwareDateTime(required=True, format="iso")
    recorded_by = text()


class MemberPresent(Strict):
    """A member and whether it is in the meeting now."""

    member = text()
    chair = fields.Boolean(required=True)
    present = fields.Boolean(required=True)
    mode = one_of("in_person", "link", required=False)


class MemberRecusal(Strict):
    """Who stands aside from what, on which ground."""

    member = text()
    application_id = identifier()
    ground = text(longest=40)
    detail = fields.String(required=True)
    declared_by = text()
    declared_at = fields.AwareDateTime(required=True, format="iso")


class MeetingAttendance(Strict):
    """The members, who came and went, and who stands aside; a member sees its own recusals alone."""

    cycle_id = identifier()
    quorum = fields.Integer(required=True, strict=True)
    members = fields.List(fields.Nested(MemberPresent), required=True)
    events = fields.List(fields.Nested(Coming), required=True)
    recusals = fields.List(fields.Nested(MemberRecusal), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("committee", "record_attendance", "command", RecordComing, MeetingAttendance, (OFFICE,), "记录到会与离会",
              "Record who comes and goes", {"cycle_id": CYCLE, "member": "M1", "event": "came", "mode": "in_person"}),
    Operation("committee", "appoint_chair", "command", AppointChair, MeetingAttendance, (OFFICE,), "更换主持人",
              "Have another member take the chair", {"cycle_id": CYCLE, "member": "M2", "reason": "原主持人因公出差"}),
    Operation("committee", "declare_recusal", "command", DeclareRecusal, MeetingAttendance, (OFFICE, MEMBER), "申请回避",
              "Stand aside from an application",
              {"cycle_id": CYCLE, "application_id": APPLICATION, "ground": "declared", "detail": "配偶任职于该单位"}),
    Operation("committee", "attendance", "query", CycleId, MeetingAttendance, (*WATCHERS, MEMBER), "到会与回避情况",
              "Who is present, who stands aside", {"cycle_id": CYCLE}),
)  # fmt: skip

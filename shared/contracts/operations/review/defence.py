"""集中答辩: the timetable, the speakers, who was there, and one's own slots."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, optional_text, text
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation, StageOfCycle
from shared.contracts.operations.roles import APPLICANT, AUDITOR, DISCIPLINE, OFFICE, REVIEWER

_CLOCK = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")
_MOST_ROOMS, _MOST_DAYS, _MOST_SESSIONS, _MOST_ABSENCES, _MOST_MOVES = 50, 60, 10, 1000, 50
_DEFENCE = {"cycle_id": CYCLE, "stage": "defence"}


def clock_time(*, required: bool = True) -> fields.String:
    """A time of day, 09:30."""
    if required:
        return fields.String(required=True, validate=_CLOCK)
    return fields.String(load_default=None, allow_none=True, validate=_CLOCK)


class Session(Strict):
    """Hours in which is heard, every day; breaks lie between two of them."""

    begins = clock_time()
    ends = clock_time()


class Absence(Strict):
    """An expert who is away: for the whole day, or for a part of it."""

    expert_id = text()
    day = day()
    begins = clock_time(required=False)
    ends = clock_time(required=False)


class PlanDefence(StageOfCycle):
    """Rooms, days and hours. `witness` saw `drawn_number` drawn, from which the order follows; both are given once, with
    the first plan. `speakers_due`: the last day on which applicants name their speakers. Times in minutes.
    """

    rooms = fields.List(text(longest=100), required=True, validate=validate.Length(min=1, max=_MOST_ROOMS))
    days = fields.List(day(), required=True, validate=validate.Length(min=1, max=_MOST_DAYS))
    sessions = fields.List(
        fields.Nested(Session), required=True, validate=validate.Length(min=1, max=_MOST_SESSIONS)
    )
    minutes = count(least=1)
    gap_minutes = count()
    absences = fields.List(
        fields.Nested(Absence), load_default=list, validate=validate.Length(max=_MOST_ABSENCES)
    )
    speakers_due = day()
    witness = optional_text()
    drawn_number = optional_text(100)


class Move(Strict):
    """Where an application is to be heard instead; the length stays."""

    application_id = identifier()
    room = text(longest=100)
    day = day()
    begins = clock_time()


class MoveDefence(StageOfCycle):
    """Slots changed by hand, several at once where they change places, with a reason."""

    moves = fields.List(fields.Nested(Move), required=True, validate=validate.Length(min=1, max=_MOST_MOVES))
    reason = text(longest=500)


class Postpone(StageOfCycle):
    """One that cannot be heard, or visited, as planned, and why; the next plan gives it another time."""

    application_id = identifier()
    reason = text(longest=500)


class Attendance(Strict):
    """Who was there: experts by id, speakers by name."""

    reviewers = fields.List(text(), required=True)
    speakers = fields.List(text(), required=True)
    note = optional_text(500)


class RecordAttendance(StageOfCycle, Attendance):
    """Who was there when an application was heard."""

    application_id = identifier()


class Speaker(Strict):
    """Somebody who speaks for an applicant."""

    name = text(longest=100)
    title = optional_text()


class NameSpeakers(StageOfCycle):
    """All who speak for an applicant, anew."""

    application_id = identifier()
    speakers = fields.List(fields.Nested(Speaker), required=True, validate=validate.Length(min=1, max=20))


class PlanFault(Strict):
    """A rule that a plan breaks, since somebody is kept away or away by now, or an application was withdrawn."""

    rule = text()
    application_id = identifier()
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class DefenceSlot(Strict):
    """A slot with all that belongs to it; `postponed` says why it was."""

    application_id = identifier()
    category = optional_text()
    room = text(longest=100)
    day = day()
    begins = clock_time()
    ends = clock_time()
    postponed = optional_text(500)
    reviewers = fields.List(text(), required=True)
    speakers = fields.List(fields.Nested(Speaker), required=True)
    attendance = fields.Nested(Attendance, load_default=None, allow_none=True)


class DrawnOrder(Strict):
    """The order in which a panel hears its applications, by their numbers."""

    category = optional_text()
    sequences = fields.List(count(least=1), required=True)


class DefencePlan(Strict):
    """A timetable: what it was made from, the draw, the slots by time, and what is wrong with it today.

    Anyone repeats the order from `seed`; `out_of_order` are heard before one that was drawn earlier.
    """

    stage = stage_key()
    version = count(least=1)
    state = text()
    rooms = fields.List(text(longest=100), required=True)
    days = fields.List(day(), required=True)
    sessions = fields.List(fields.Nested(Session), required=True)
    minutes = count(least=1)
    gap_minutes = count()
    absences = fields.List(fields.Nested(Absence), required=True)
    speakers_due = day()
    witness = text()
    drawn_number = text(longest=100)
    seed = text()
    orders = fields.List(fields.Nested(DrawnOrder), required=True)
    proved = fields.Boolean(required=True)
    slots = fields.List(fields.Nested(DefenceSlot), required=True)
    faults = fields.List(fields.Nested(PlanFault), required=True)
    out_of_order = fields.List(identifier(), required=True)


class DefencePlans(Strict):
    """The timetable in force and the draft of the next, where there are any."""

    plans = fields.List(fields.Nested(DefencePlan), required=True)


class OwnSlot(Strict):
    """One's own slot once it is released: where and when, and for how many speakers until when."""

    stage = stage_key()
    application_id = identifier()
    room = text(longest=100)
    speakers_due = day()
    day = day()
    begins = clock_time()
    ends = clock_time()
    postponed = fields.Boolean(required=True)
    speakers = fields.List(fields.Nested(Speaker), required=True)
    speakers_at_most = count(required=False)


class OwnSlots(Strict):
    """One's own slots by time."""

    slots = fields.List(fields.Nested(OwnSlot), required=True)


class Appointment(Strict):
    """One's own appointment. `begins_at` and `ends_at` (which it does not reach) are instants in RFC 3339, or days where it is
    `all_day`. `revision` grows with each change; `stamped_at`: when it was released.
    """

    uid = text()
    revision = count()
    title = text()
    place = text()
    begins_at = text()
    ends_at = text()
    all_day = fields.Boolean(required=True)
    stamped_at = text()
    cancelled = fields.Boolean(required=True)


class Appointments(Strict):
    """One's own appointments of a cycle by time."""

    appointments = fields.List(fields.Nested(Appointment), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "plan_defence", "command", PlanDefence, DefencePlan, (OFFICE,),
              "编排答辩日程", "Plan a defence", {
                  **_DEFENCE, "rooms": ["一号会议室"], "days": ["2025-07-01"], "minutes": 40, "gap_minutes": 5,
                  "sessions": [{"begins": "09:00", "ends": "12:00"}, {"begins": "13:30", "ends": "17:00"}],
                  "absences": [{"expert_id": "E7", "day": "2025-07-01", "begins": "09:00", "ends": "12:00"}],
                  "speakers_due": "2025-06-27", "witness": "监督员", "drawn_number": "4711"}),
    Operation("review", "move_defence", "command", MoveDefence, DefencePlan, (OFFICE,),
              "调整答辩时段", "Move slots of a defence", {
                  **_DEFENCE, "reason": "申报主体请求", "moves": [
                      {"application_id": APPLICATION, "room": "一号会议室", "day": "2025-07-01", "begins": "13:30"}]}),
    Operation("review", "release_defence", "command", StageOfCycle, DefencePlan, (OFFICE,),
              "发布答辩日程", "Release a timetable", _DEFENCE),
    Operation("review", "postpone_defence", "command", Postpone, DefencePlan, (OFFICE,),
              "延期答辩", "Postpone a slot", {**_DEFENCE, "application_id": APPLICATION, "reason": "航班取消"}),
    Operation("review", "record_attendance", "command", RecordAttendance, Done, (OFFICE,),
              "登记到场", "Record who was there", {
                  **_DEFENCE, "application_id": APPLICATION, "reviewers": ["E1", "E2", "E3"], "speakers": ["李明"]}),
    Operation("review", "defence", "query", StageOfCycle, DefencePlans, (OFFICE, DISCIPLINE, AUDITOR),
              "答辩日程", "The timetable of a defence", _DEFENCE),
    Operation("review", "my_defence", "query", CycleId, OwnSlots, (REVIEWER, APPLICANT),
              "我的答辩时段", "One's own slots", {"cycle_id": CYCLE}),
    Operation("review", "name_speakers", "command", NameSpeakers, Done, (APPLICANT,),
              "填报答辩人员", "Name the speakers", {
                  **_DEFENCE, "application_id": APPLICATION, "speakers": [{"name": "李明", "title": "质量总监"}]}),
    Operation("review", "my_appointments", "query", CycleId, Appointments, (REVIEWER, APPLICANT),
              "我的日程", "One's own appointments", {"cycle_id": CYCLE}),
)  # fmt: skip

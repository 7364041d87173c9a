"""Minutes 会议纪要: drafted by the office from the record, confirmed or returned by whoever took the chair."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.operations.committee.attendance import Coming
from shared.contracts.operations.committee.meetings import ProposalDeviation, VoteResult
from shared.contracts.operations.operation import CYCLE, CycleId, Operation
from shared.contracts.operations.roles import MEMBER, OFFICE, WATCHERS


class DraftMinutes(Strict):
    """Make a version from the record; what the office adds in its own words."""

    cycle_id = identifier()
    place = fields.String(load_default="", validate=validate.Length(max=200))
    remarks = fields.String(load_default="", validate=validate.Length(max=5000))


class ConfirmMinutes(Strict):
    """The chair confirms a version."""

    cycle_id = identifier()
    version = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000))


class ReturnMinutes(Strict):
    """The chair returns a version, and says what is wrong."""

    cycle_id = identifier()
    version = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000))
    reason = text(longest=500)


class MinutedMember(Strict):
    """A member, and whether it was there at all."""

    member = text()
    chair = fields.Boolean(required=True)
    attended = fields.Boolean(required=True)


class MinutedRecusal(Strict):
    """Who stood aside from what, on which ground."""

    member = text()
    application_id = identifier()
    ground_zh = text()
    ground_en = text()


class MinutedCandidate(Strict):
    """Who stood before the committee, for what it was proposed, and what became of it."""

    application_id = identifier()
    name = text(longest=500)
    track = text()
    score = optional_text()
    proposed_level = optional_text()
    awarded_level = optional_text()


class MinutedRound(Strict):
    """One ballot; `present`: those whose votes it counted. `repeats`: a second ballot, and of which."""

    number = count(least=1)
    state = one_of("counted", "void")
    repeats = count(required=False)
    present = count()
    cast = count()
    void_reason = optional_text(500)
    slips_digest = optional_text()


class Vacancy(Strict):
    """Places of a quota that nobody got."""

    quota = text()
    levels = fields.List(fields.String(), required=True)
    tracks = fields.List(fields.String(), required=True)
    places = count(least=1)
    vacant = count(least=1)


class MinutesContent(Strict):
    """What the record says: who was there, what was put to the vote, how it came out, what stays vacant."""

    award_zh = text()
    award_en = text()
    rehearsal = fields.Boolean(required=True)
    year = count()
    meets_on = day()
    place = fields.String(required=True)
    ballots = one_of("secret", "open")
    quorum = count()
    members = fields.List(fields.Nested(MinutedMember), required=True)
    events = fields.List(fields.Nested(Coming), required=True)
    recusals = fields.List(fields.Nested(MinutedRecusal), required=True)
    by_office = fields.Boolean(required=True)
    candidates = fields.List(fields.Nested(MinutedCandidate), required=True)
    deviations = fields.List(fields.Nested(ProposalDeviation), required=True)
    rounds = fields.List(fields.Nested(MinutedRound), required=True)
    results = fields.List(fields.Nested(VoteResult), required=True)
    vacancies = fields.List(fields.Nested(Vacancy), required=True)
    remarks = fields.String(required=True)


class Minutes(Strict):
    """One version of the minutes."""

    cycle_id = identifier()
    version = count(least=1)
    state = one_of("draft", "confirmed", "returned", "replaced")
    content = fields.Nested(MinutesContent, required=True)
    content_digest = text()
    drafted_by = text()
    drafted_at = fields.AwareDateTime(required=True, format="iso")
    decided_by = optional_text()
    decided_at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")
    reason = optional_text(500)


class MinutesList(Strict):
    """Every version, the newest first."""

    minutes = fields.List(fields.Nested(Minutes), required=True)


class VersionOfMinutes(Strict):
    """Names a version; none: the one confirmed, else the newest."""

    cycle_id = identifier()
    version = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1, max=10_000))


OPERATIONS: tuple[Operation, ...] = (
    Operation("committee", "draft_minutes", "command", DraftMinutes, Minutes, (OFFICE,), "起草会议纪要", "Draft the minutes",
              {"cycle_id": CYCLE, "place": "第一会议室", "remarks": "会议议定，空缺名额不递补。"}),
    Operation("committee", "confirm_minutes", "command", ConfirmMinutes, Minutes, (MEMBER,), "确认会议纪要",
              "Confirm the minutes", {"cycle_id": CYCLE, "version": 1}),
    Operation("committee", "return_minutes", "command", ReturnMinutes, Minutes, (MEMBER,), "退回会议纪要",
              "Return the minutes", {"cycle_id": CYCLE, "version": 1, "reason": "到会时间有误"}),
    Operation("committee", "minutes", "query", VersionOfMinutes, Minutes, (*WATCHERS, MEMBER), "会议纪要", "The minutes",
              {"cycle_id": CYCLE}),
    Operation("committee", "minutes_versions", "query", CycleId, MinutesList, (*WATCHERS, MEMBER), "会议纪要各版本",
              "All versions of the minutes", {"cycle_id": CYCLE}),
)  # fmt: skip

"""现场评审: teams on their routes, issues raised and closed, the joint score."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation, StageOfCycle
from shared.contracts.operations.review.defence import PlanFault, Postpone
from shared.contracts.operations.roles import APPLICANT, AUDITOR, DISCIPLINE, OFFICE, REVIEWER

HALVES = ("morning", "afternoon")
FINDINGS = ("confirmed", "partly", "not_confirmed")
_MOST_DAYS, _MOST_LINES = 60, 2000
_VISITS = {"cycle_id": CYCLE, "stage": "site_review"}
_ONE = {**_VISITS, "application_id": APPLICATION}


class AwayOn(Strict):
    """A reviewer who is away on a day."""

    expert_id = text()
    day = day()


class Distance(Strict):
    """How far two regions are from each other, in kilometres, both ways."""

    one = text()
    other = text()
    km = count()


class RegionOf(Strict):
    """Where an applicant is visited, where that is not the region of its application."""

    application_id = identifier()
    region = text()


class LeaderOf(Strict):
    """Who leads the team that visits an applicant."""

    application_id = identifier()
    expert_id = text()


class PlanVisits(StageOfCycle):
    """Days, and how many halves of a day a visit takes. Without a leader named the first assigned leads."""

    days = fields.List(day(), required=True, validate=validate.Length(min=1, max=_MOST_DAYS))
    halves = count(least=1)
    away = fields.List(fields.Nested(AwayOn), load_default=list, validate=validate.Length(max=_MOST_LINES))
    distances = fields.List(
        fields.Nested(Distance), load_default=list, validate=validate.Length(max=_MOST_LINES)
    )
    regions = fields.List(
        fields.Nested(RegionOf), load_default=list, validate=validate.Length(max=_MOST_LINES)
    )
    leaders = fields.List(
        fields.Nested(LeaderOf), load_default=list, validate=validate.Length(max=_MOST_LINES)
    )


class MoveVisit(StageOfCycle):
    """A visit changed by hand, with a reason."""

    application_id = identifier()
    day = day()
    half = one_of(*HALVES)
    reason = text(longest=500)


class Issue(Strict):
    """What is to be looked into on site, and what was found there."""

    number = count(least=1)
    item = text(longest=100)
    question = text(longest=2000)
    raised_by = text()
    finding = one_of(*FINDINGS, required=False)
    evidence = optional_text(2000)
    verified_by = optional_text()


class Assent(Strict):
    """What a member of the team says to the joint score; one who dissents says why."""

    expert_id = text()
    assents = fields.Boolean(required=True, truthy={True}, falsy={False})
    note = optional_text(1000)


class JointScore(Strict):
    """What the team agreed on under its leader: percent of full marks, as text."""

    percent = fields.String(
        required=True, validate=validate.Regexp(r"^(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)\Z")
    )
    rationale = text(longest=2000)
    members = fields.List(fields.Nested(Assent), required=True, validate=validate.Length(max=50))


class VisitState(Strict):
    """A visit with its team, its issues, whether it is closed, and the joint score."""

    application_id = identifier()
    region = text()
    team = fields.List(text(), required=True)
    leader = text()
    day = day()
    half = one_of(*HALVES)
    halves = count(least=1)
    postponed = optional_text(500)
    issues = fields.List(fields.Nested(Issue), required=True)
    closed = fields.Boolean(required=True)
    joint_score = fields.Nested(JointScore, load_default=None, allow_none=True)


class VisitPlan(Strict):
    """All visits by time. `travelled_km` is the teams' way in all, `least_km` what no plan could be below."""

    stage = stage_key()
    version = count(least=1)
    state = text()
    days = fields.List(day(), required=True)
    travelled_km = count()
    least_km = count()
    visits = fields.List(fields.Nested(VisitState), required=True)
    faults = fields.List(fields.Nested(PlanFault), required=True)


class VisitPlans(Strict):
    """The plan in force and the draft of the next, where there are any."""

    plans = fields.List(fields.Nested(VisitPlan), required=True)


class OwnVisit(Strict):
    """One's own visit once it is released. Team, leader, issues and score are a reviewer's, and empty for an applicant."""

    stage = stage_key()
    application_id = identifier()
    region = text()
    day = day()
    half = one_of(*HALVES)
    halves = count(least=1)
    postponed = fields.Boolean(required=True)
    team = fields.List(text(), required=True)
    leader = optional_text()
    issues = fields.List(fields.Nested(Issue), required=True)
    closed = fields.Boolean(required=True)
    joint_score = fields.Nested(JointScore, load_default=None, allow_none=True)


class OwnVisits(Strict):
    """One's own visits by time."""

    visits = fields.List(fields.Nested(OwnVisit), required=True)


class RaiseIssue(StageOfCycle):
    """Something to be looked into on site, with the item of the criteria that it concerns."""

    application_id = identifier()
    item = text(longest=100)
    question = text(longest=2000)


class VerifyIssue(StageOfCycle):
    """What was found on site, with the evidence for it."""

    application_id = identifier()
    number = count(least=1)
    finding = one_of(*FINDINGS)
    evidence = text(longest=2000)


class CloseVisit(StageOfCycle):
    """The visit is over."""

    application_id = identifier()
    note = optional_text(1000)


class RecordJointScore(StageOfCycle, JointScore):
    """The team's score of one applicant; every other member stands in it."""

    application_id = identifier()


OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "plan_visits", "command", PlanVisits, VisitPlan, (OFFICE,),
              "编排现场评审", "Plan the visits", {
                  **_VISITS, "days": ["2025-07-01", "2025-07-02"], "halves": 2,
                  "away": [{"expert_id": "E7", "day": "2025-07-01"}],
                  "distances": [{"one": "东区", "other": "西区", "km": 18}],
                  "regions": [{"application_id": APPLICATION, "region": "东区"}],
                  "leaders": [{"application_id": APPLICATION, "expert_id": "E1"}]}),
    Operation("review", "move_visit", "command", MoveVisit, VisitPlan, (OFFICE,),
              "调整现场评审", "Move a visit", {**_ONE, "day": "2025-07-02", "half": "morning", "reason": "停产检修"}),
    Operation("review", "release_visits", "command", StageOfCycle, VisitPlan, (OFFICE,),
              "发布现场评审安排", "Release the visits", _VISITS),
    Operation("review", "postpone_visit", "command", Postpone, VisitPlan, (OFFICE,),
              "延期现场评审", "Postpone a visit", {**_ONE, "reason": "台风"}),
    Operation("review", "visits", "query", StageOfCycle, VisitPlans, (OFFICE, DISCIPLINE, AUDITOR),
              "现场评审安排", "The visits", _VISITS),
    Operation("review", "my_visits", "query", CycleId, OwnVisits, (REVIEWER, APPLICANT),
              "我的现场评审", "One's own visits", {"cycle_id": CYCLE}),
    Operation("review", "raise_issue", "command", RaiseIssue, Issue, (REVIEWER,),
              "提出现场核实事项", "Raise an issue for a visit", {**_ONE, "item": "4.2", "question": "核实战略展开的证据"}),
    Operation("review", "verify_issue", "command", VerifyIssue, Issue, (REVIEWER,),
              "现场核实", "Verify an issue", {
                  **_ONE, "number": 1, "finding": "confirmed", "evidence": "查阅 2024 年度战略评审记录"}),
    Operation("review", "close_visit", "command", CloseVisit, Done, (REVIEWER,),
              "结束现场评审", "Close a visit", _ONE),
    Operation("review", "record_joint_score", "command", RecordJointScore, Done, (REVIEWER,),
              "登记合议分", "Record the team's joint score", {
                  **_ONE, "percent": "82.5", "rationale": "各项证据与自评相符",
                  "members": [{"expert_id": "E2", "assents": True}]}),
)  # fmt: skip

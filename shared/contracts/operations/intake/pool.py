"""What intake 受理 answers about the cultivation pool: requests, members, reviews, the pool's project, advisers.

Each request names a cycle: by it the rulebook is known, and the world. All real cycles share one pool.
"""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, day, fen, identifier, one_of, optional_text, text
from shared.contracts.dossier import UsccField
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import APPLICANT, OFFICE, RECOMMENDER, REVIEWER, WATCHERS

WAYS = ("own", "industry", "expert", "office")
REQUEST_STATES = ("waiting", "admitted", "refused")
REVIEW_RESULTS = ("satisfactory", "needs_improvement", "unsatisfactory")


def _year(*, required: bool = True) -> fields.Integer:
    """A year; also as text, since it stands in addresses."""
    sensible = validate.Range(min=1990, max=2100)
    if required:
        return fields.Integer(required=True, validate=sensible)
    return fields.Integer(load_default=None, allow_none=True, validate=sensible)


class JoinPool(Strict):
    """The office enters an organization into the cultivation pool."""

    cycle_id = identifier()
    uscc = UsccField(required=True)
    joined_on = day()
    project_cost_fen = fen(required=False)


class Contact(Strict):
    """Whom the office rings up."""

    name = text()
    phone = fields.String(required=True, validate=validate.Regexp(r"^[0-9+() -]{5,30}\Z"))


class AskForPool(Strict):
    """An organization is to join the pool: by its own application, recommended by its industry, or by an expert.

    Which of the three it is follows from the role of whoever asks.
    """

    cycle_id = identifier()
    uscc = UsccField(required=True)
    name = text(shortest=2)
    reason = text(longest=2000)
    contact = fields.Nested(Contact, required=True)


class PoolRequest(Strict):
    """A request to join with what became of it; the contact is shown to the office and to whoever asked, nobody else."""

    request_id = identifier()
    uscc = UsccField(required=True)
    name = text()
    way = one_of(*WAYS)
    asked_by = text()
    body = optional_text()
    reason = text(longest=2000)
    contact = fields.Nested(Contact, load_default=None, allow_none=True)
    asked_on = day()
    state = one_of(*REQUEST_STATES)
    decided_by = optional_text()
    decided_on = day(required=False)
    decision_reason = optional_text(500)
    membership_id = optional_text(64)


class PoolRequestList(Strict):
    """Requests, the newest last."""

    requests = fields.List(fields.Nested(PoolRequest), required=True)


class DecidePoolRequest(Strict):
    """The office admits or refuses; a refusal needs its reason. `joined_on` is today unless it is given."""

    request_id = identifier()
    admitted = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = optional_text(500)
    joined_on = day(required=False)


class PoolQuery(Strict):
    """The pool of a cycle's world; with a year, also who of that year's members has no review of it."""

    cycle_id = identifier()
    year = _year(required=False)


class PoolReview(Strict):
    """One yearly review of a member."""

    year = _year()
    result = one_of(*REVIEW_RESULTS)
    note = optional_text(2000)
    reviewed_by = text()
    reviewed_on = day()


class PoolProject(Strict):
    """What a member asked for its excellence-model project, in fen, and what the office approved."""

    project_id = identifier()
    title = text()
    summary = text(longest=2000)
    cost_fen = fen()
    state = one_of("waiting", "approved", "refused")
    approved_cost_fen = fen(required=False)
    asked_on = day()
    decided_by = optional_text()
    decided_on = day(required=False)
    decision_reason = optional_text(500)


class PoolMember(Strict):
    """One membership, with its reviews by year and its projects; one that was left says when and why."""

    membership_id = identifier()
    uscc = UsccField(required=True)
    name = optional_text()
    way = one_of(*WAYS)
    account = optional_text()
    joined_on = day()
    project_cost_fen = fen(required=False)
    left_on = day(required=False)
    left_by = one_of("member", "office", required=False)
    left_reason = optional_text(500)
    reviews = fields.List(fields.Nested(PoolReview), required=True)
    projects = fields.List(fields.Nested(PoolProject), required=True)


class PoolMemberList(Strict):
    """Memberships in the order of joining; `without_review` holds those that owe the year's review."""

    members = fields.List(fields.Nested(PoolMember), required=True)
    without_review = fields.List(fields.String(), required=True)


class ReviewPoolMember(Strict):
    """The office's yearly review; given again for a year it replaces the one before."""

    membership_id = identifier()
    year = _year()
    result = one_of(*REVIEW_RESULTS)
    note = optional_text(2000)


class LeavePool(Strict):
    """A member leaves, by its own wish or by the office's decision, as the role says."""

    membership_id = identifier()
    reason = text(longest=500)
    left_on = day(required=False)


class EntrustMember(Strict):
    """Which account acts for a member that somebody else recommended, or that the office entered; None for none."""

    membership_id = identifier()
    account = fields.String(required=True, allow_none=True, validate=validate.Length(min=1, max=200))


class AskForProject(Strict):
    """A member states its excellence-model project and what it costs, in fen."""

    membership_id = identifier()
    title = text(shortest=2)
    summary = text(longest=2000)
    cost_fen = fen()


class DecideProject(Strict):
    """The office approves a cost, at most the stated one, or refuses with a reason."""

    project_id = identifier()
    approved_cost_fen = fen(required=False)
    reason = optional_text(500)


class RegisterAdviser(Strict):
    """An expert advises a member of the pool: said by the expert itself, or entered by the office for an expert."""

    cycle_id = identifier()
    uscc = UsccField(required=True)
    expert_id = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[A-Za-z0-9-]{1,40}\Z")
    )
    since = day()


class PoolAdviser(Strict):
    """An expert who advises a member, and who is therefore kept from its applications."""

    uscc = UsccField(required=True)
    expert_id = text()
    since = day()
    registered_on = day()
    registered_by = text()


class PoolAdviserList(Strict):
    """Registered advisers by organization and expert; an expert sees its own."""

    advisers = fields.List(fields.Nested(PoolAdviser), required=True)


class PoolRequestQuery(Strict):
    """Requests of a cycle's world, of one state or all."""

    cycle_id = identifier()
    state = one_of(*REQUEST_STATES, required=False)


_USCC = "91310105MAXY50013E"

OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "join_pool", "command", JoinPool, Done, (OFFICE,), "纳入培育库", "Enter into the pool",
              {"cycle_id": CYCLE, "uscc": _USCC, "joined_on": "2025-03-01", "project_cost_fen": 35000000}),
    Operation("intake", "ask_for_pool", "command", AskForPool, PoolRequest, (APPLICANT, RECOMMENDER, REVIEWER),
              "申请或推荐入库", "Ask for an organization to join the pool",
              {"cycle_id": CYCLE, "uscc": _USCC, "name": "示例精密仪器有限公司", "reason": "导入卓越绩效模式两年",
               "contact": {"name": "陈晨", "phone": "021-5555 0100"}}),
    Operation("intake", "pool_requests", "query", PoolRequestQuery, PoolRequestList,
              (APPLICANT, RECOMMENDER, REVIEWER, *WATCHERS), "入库申请一览",
              "Requests to join; others than the office see their own", {"cycle_id": CYCLE}),
    Operation("intake", "decide_pool_request", "command", DecidePoolRequest, PoolRequest, (OFFICE,),
              "审核入库申请", "Admit or refuse", {"request_id": APPLICATION, "admitted": True}),
    Operation("intake", "pool_members", "query", PoolQuery, PoolMemberList, (APPLICANT, *WATCHERS),
              "培育库成员", "The pool's members; a member sees itself", {"cycle_id": CYCLE}),
    Operation("intake", "entrust_pool_member", "command", EntrustMember, PoolMember, (OFFICE,),
              "指定成员账号", "Say which account acts for a member", {"membership_id": APPLICATION, "account": "anna"}),
    Operation("intake", "review_pool_member", "command", ReviewPoolMember, PoolMember, (OFFICE,),
              "年度评估", "Review a member's year",
              {"membership_id": APPLICATION, "year": 2025, "result": "satisfactory", "note": "按计划推进"}),
    Operation("intake", "leave_pool", "command", LeavePool, PoolMember, (APPLICANT, OFFICE), "退出培育库",
              "Leave the pool", {"membership_id": APPLICATION, "reason": "迁出本辖区"}),
    Operation("intake", "ask_for_pool_project", "command", AskForProject, PoolMember, (APPLICANT,),
              "申请入库项目资助", "Ask for the pool's grant",
              {"membership_id": APPLICATION, "title": "卓越绩效模式导入", "summary": "流程再造与测量体系", "cost_fen": 36000000}),
    Operation("intake", "decide_pool_project", "command", DecideProject, PoolMember, (OFFICE,),
              "核定项目费用", "Approve a project's cost", {"project_id": APPLICATION, "approved_cost_fen": 32000000}),
    Operation("intake", "register_adviser", "command", RegisterAdviser, PoolAdviser, (REVIEWER, OFFICE),
              "指导专家备案", "Register an adviser", {"cycle_id": CYCLE, "uscc": _USCC, "since": "2025-02-01"}),
    Operation("intake", "pool_advisers", "query", CycleId, PoolAdviserList, (REVIEWER, *WATCHERS),
              "指导专家一览", "Advisers of the pool; an expert sees its own", {"cycle_id": CYCLE}),
)  # fmt: skip

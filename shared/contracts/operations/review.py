"""What review 评审: experts, panels, sheets, scores."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, optional_text, text
from shared.contracts.dossier import UsccField
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import AUDITOR, DISCIPLINE, OFFICE, REVIEWER
from shared.contracts.operations.stages import StageState, stage_operations


class Expert(Strict):
    """A reviewer of the cycle's pool, with the interests that the register knows or the expert declared."""

    expert_id = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9-]{1,40}\Z"))
    name = optional_text()
    industry_expert = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    employer = UsccField(load_default=None, allow_none=True)
    advises = fields.List(fields.String(), load_default=list)
    kin_of = fields.List(fields.String(), load_default=list)


class RegisterExperts(Strict):
    """The office enters the cycle's pool of reviewers; `advises` and `kin_of` name applications."""

    cycle_id = identifier()
    experts = fields.List(fields.Nested(Expert), required=True, validate=validate.Length(min=1))


class Registered(Strict):
    """How many were entered."""

    registered = count()


class Admit(Strict):
    """The office's list of those let into a stage, where the rulebook leaves it to the office."""

    cycle_id = identifier()
    stage = stage_key()
    application_ids = fields.List(identifier(), required=True)
    reason = optional_text(500)


class SubmitSheet(Strict):
    """A reviewer's sheet: percent of full marks, 0 to 100, at most three decimals, as text."""

    cycle_id = identifier()
    stage = stage_key()
    application_id = identifier()
    percent = fields.String(
        required=True, validate=validate.Regexp(r"^(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)\Z")
    )


class SocialVotes(Strict):
    """How many of the public voted for an application."""

    application_id = identifier()
    votes = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**31 - 1))


class RecordSocialVotes(Strict):
    """The public's votes as they stand, entered by the office while the social evaluation runs."""

    cycle_id = identifier()
    stage = stage_key()
    votes = fields.List(fields.Nested(SocialVotes), required=True, validate=validate.Length(min=1))


class Assignment(Strict):
    """One reviewer on one application; `position` is the order of assignment, from 1."""

    application_id = identifier()
    expert_id = text()
    position = count(least=1)
    submitted = fields.Boolean(required=True)


class Ground(Strict):
    """Why one expert is kept from one application; `rule` is None where the regulation names no article for it."""

    expert_id = text()
    application_id = identifier()
    ground = text()
    rule = optional_text()
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)


class PanelState(Strict):
    """A panel: who serves, who of the pool was kept from whom when it was formed, and the cycle's recusals as known now."""

    stage = stage_key()
    category = optional_text()
    size = count()
    industry_share = text()
    members = fields.List(fields.String(), required=True)
    recused = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    grounds = fields.List(fields.Nested(Ground), load_default=list)
    assignments = fields.List(fields.Nested(Assignment), required=True)
    seed = text()


class PanelList(Strict):
    """A cycle's panels in the order of the stages."""

    panels = fields.List(fields.Nested(PanelState), required=True)


class StageScore(Strict):
    """The score of one application in one stage: percent, two places, as text."""

    application_id = identifier()
    stage = stage_key()
    score = text()
    valid_sheets = count()


class ScoreList(Strict):
    """Scores by application and stage."""

    scores = fields.List(fields.Nested(StageScore), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "register_experts", "command", RegisterExperts, Registered, (OFFICE,), "登记评审专家",
              "Enter the reviewers", {"cycle_id": CYCLE, "experts": [{"expert_id": "E1", "industry_expert": True}]}),
    Operation("review", "admit", "command", Admit, StageState, (OFFICE,), "确定进入名单", "Decide who enters a stage",
              {"cycle_id": CYCLE, "stage": "site_review", "application_ids": [APPLICATION]}),
    Operation("review", "panels", "query", CycleId, PanelList, (OFFICE, DISCIPLINE, AUDITOR), "评审组", "The panels",
              {"cycle_id": CYCLE}),
    Operation("review", "my_assignments", "query", CycleId, PanelList, (REVIEWER,), "我的评审", "A reviewer's own work",
              {"cycle_id": CYCLE}),
    Operation("review", "submit_sheet", "command", SubmitSheet, Done, (REVIEWER,), "提交评分", "Submit a score sheet",
              {"cycle_id": CYCLE, "stage": "site_review", "application_id": APPLICATION, "percent": "88.5"}),
    Operation("review", "scores", "query", CycleId, ScoreList, (OFFICE, DISCIPLINE, AUDITOR), "评审得分", "Scores",
              {"cycle_id": CYCLE}),
    Operation("review", "record_social_votes", "command", RecordSocialVotes, Done, (OFFICE,), "录入社会评价票数",
              "Enter the public's votes", {"cycle_id": CYCLE, "stage": "social_evaluation",
                                           "votes": [{"application_id": APPLICATION, "votes": 18230}]}),
    *stage_operations("review"),
)  # fmt: skip

"""What intake 受理 answers about recommending bodies: their register, their opinions, their nominations."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import CATEGORIES, KINDS, Facts, UsccField
from shared.contracts.operations.intake.applications import ApplicationLine
from shared.contracts.operations.intake.lists import VERDICTS
from shared.contracts.operations.operation import APPLICATION, CYCLE, ApplicationId, Operation
from shared.contracts.operations.pages import page, size
from shared.contracts.operations.roles import APPLICANT, OFFICE, RECOMMENDER, WATCHERS

BODY_KINDS = ("street", "town", "park", "department", "association")
LONGEST_OPINION = 2000  # characters
_BODY = "0199a1b2c3d67e5f8a9b0c1d2e3f4a5d"
_NOMINATION = "0199a1b2c3d77e5f8a9b0c1d2e3f4a5e"


class RegisterBody(Strict):
    """A recommending body enters the register. Accounts act for it whose `unit` is its name, which never changes."""

    name = text(shortest=2)
    kind = one_of(*BODY_KINDS)


class SetBody(Strict):
    """What may change of a body; one that is not active is chosen by nobody and signs nothing."""

    body_id = identifier()
    kind = one_of(*BODY_KINDS)
    active = fields.Boolean(required=True, truthy={True}, falsy={False})


class BodyState(Strict):
    """A recommending body."""

    body_id = identifier()
    name = text()
    kind = one_of(*BODY_KINDS)
    active = fields.Boolean(required=True)


class BodyList(Strict):
    """The register by name."""

    bodies = fields.List(fields.Nested(BodyState), required=True)


class ChooseRecommender(Strict):
    """Whom a draft asks for its recommendation. Another choice takes back what the first one signed."""

    application_id = identifier()
    body_id = identifier()


class Recommend(Strict):
    """A recommending body signs its opinion on a draft. In a real cycle the body is that of the account, and opinion, text
    and the name of the person who signs are needed; a rehearsal states the body alone.
    """

    application_id = identifier()
    body = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=2, max=200))
    recommends = fields.Boolean(load_default=None, allow_none=True, truthy={True}, falsy={False})
    text = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(min=1, max=LONGEST_OPINION)
    )
    signed_by = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=2, max=100))


class Decline(Strict):
    """A recommending body gives no opinion, and says why: not of its district, say."""

    application_id = identifier()
    reason = text(longest=LONGEST_OPINION)
    signed_by = text(shortest=2, longest=100)


class OpinionLine(Strict):
    """One opinion. `counts` holds of one at most. `dossier_digest` is of what the body had before it."""

    body = text()
    verdict = one_of(*VERDICTS)
    signed_by = text()
    signed_at = text()
    dossier_digest = text()
    counts = fields.Boolean(required=True)
    text = fields.String(required=True)


class RecommendationState(Strict):
    """What a recommending body needs to form its opinion, and what was signed. `changed_since`: the dossier is no longer
    the one that the opinion which counts was formed on.
    """

    application_id = identifier()
    cycle_id = identifier()
    name = text()
    kind = one_of(*KINDS)
    uscc = optional_text()
    category = one_of(*CATEGORIES, required=False)
    facts = fields.Nested(Facts, required=True)
    materials = fields.List(fields.String(), required=True)
    recommender = optional_text()
    open = fields.Boolean(required=True)
    opinions = fields.List(fields.Nested(OpinionLine), required=True)
    changed_since = fields.Boolean(load_default=None, allow_none=True)


class Queue(Strict):
    """A recommending body's own queue; `opinion` picks what is `waiting` for one, or those with one."""

    cycle_id = identifier()
    opinion = one_of("waiting", *VERDICTS, required=False)
    page = page()
    size = size()


class QueueLine(Strict):
    """An application that asks the body; `open` while it may still sign."""

    application_id = identifier()
    name = text()
    kind = one_of(*KINDS)
    uscc = optional_text()
    category = one_of(*CATEGORIES, required=False)
    opinion = one_of(*VERDICTS, required=False)
    open = fields.Boolean(required=True)


class QueueList(Strict):
    """A page of the queue, what waits first; `counts` are by opinion, `waiting` among them."""

    recommendations = fields.List(fields.Nested(QueueLine), required=True)
    closes_on = day()
    page = count(least=1)
    size = count(least=1)
    total = count()
    counts = fields.Dict(keys=fields.String(), values=count(), required=True)


class Nominate(Strict):
    """A recommending body nominates an applicant, where the cycle's regulation knows nominations."""

    cycle_id = identifier()
    uscc = UsccField(required=True)
    name = text(shortest=2)
    kind = one_of(*KINDS)
    category = one_of(*CATEGORIES, required=False)
    reason = text(longest=LONGEST_OPINION)


class NominationLine(Strict):
    """A nomination. `announced` is the last public notice that named the applicant; `application_id` and `status` are told
    to the office and its watchers only.
    """

    nomination_id = identifier()
    cycle_id = identifier()
    body = text()
    uscc = text()
    name = text()
    kind = one_of(*KINDS)
    category = one_of(*CATEGORIES, required=False)
    reason = fields.String(required=True)
    nominated_on = day()
    announced = optional_text(64)
    application_id = optional_text(64)
    status = optional_text(20)


class Nominations(Strict):
    """A page of nominations."""

    cycle_id = identifier()
    page = page()
    size = size()


class NominationList(Strict):
    """Nominations, newest last."""

    nominations = fields.List(fields.Nested(NominationLine), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()


class OpenNominations(Strict):
    """The nominations that name the code and kind of a draft."""

    nominations = fields.List(fields.Nested(NominationLine), required=True)


class TakeUpNomination(Strict):
    """A draft stands on a nomination from now on."""

    application_id = identifier()
    nomination_id = identifier()


_NOMINATED = {
    "cycle_id": CYCLE, "uscc": "91310105MAXY50013E", "name": "示例精密仪器有限公司", "kind": "organization",
    "reason": "行业内首创的检测方法，值得推广",
}  # fmt: skip

OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "recommending_bodies", "query", Strict, BodyList, (APPLICANT, RECOMMENDER, *WATCHERS),
              "推荐部门名册", "The register of recommending bodies", {}),
    Operation("intake", "register_recommending_body", "command", RegisterBody, BodyState, (OFFICE,),
              "登记推荐部门", "Register a recommending body", {"name": "示例街道", "kind": "street"}),
    Operation("intake", "set_recommending_body", "command", SetBody, BodyState, (OFFICE,),
              "变更推荐部门", "Change a recommending body", {"body_id": _BODY, "kind": "street", "active": False}),
    Operation("intake", "choose_recommender", "command", ChooseRecommender, ApplicationLine, (APPLICANT,),
              "选择推荐部门", "Choose who is to recommend", {"application_id": APPLICATION, "body_id": _BODY}),
    Operation("intake", "recommendation_queue", "query", Queue, QueueList, (RECOMMENDER,),
              "待推荐的申报", "A recommending body's queue", {"cycle_id": CYCLE, "opinion": "waiting"}),
    Operation("intake", "recommendation", "query", ApplicationId, RecommendationState,
              (APPLICANT, RECOMMENDER, *WATCHERS), "推荐意见", "Recommendation and what it rests on",
              {"application_id": APPLICATION}),
    Operation("intake", "recommend_application", "command", Recommend, ApplicationLine, (RECOMMENDER,),
              "签署推荐意见", "Sign a recommendation",
              {"application_id": APPLICATION, "recommends": True, "text": "情况属实，同意推荐。", "signed_by": "王芳"}),
    Operation("intake", "decline_recommendation", "command", Decline, ApplicationLine, (RECOMMENDER,),
              "不予受理推荐", "Give no opinion",
              {"application_id": APPLICATION, "reason": "不在本辖区", "signed_by": "王芳"}),
    Operation("intake", "nominate", "command", Nominate, NominationLine, (RECOMMENDER,),
              "提名", "Nominate an applicant", _NOMINATED),
    Operation("intake", "nominations", "query", Nominations, NominationList, (RECOMMENDER, *WATCHERS),
              "提名一览", "A cycle's nominations; a body sees its own", {"cycle_id": CYCLE}),
    Operation("intake", "open_nominations", "query", ApplicationId, OpenNominations, (APPLICANT,),
              "可用的提名", "Nominations that a draft may take up", {"application_id": APPLICATION}),
    Operation("intake", "take_up_nomination", "command", TakeUpNomination, ApplicationLine, (APPLICANT,),
              "采用提名", "Take up a nomination",
              {"application_id": APPLICATION, "nomination_id": _NOMINATION}),
)  # fmt: skip

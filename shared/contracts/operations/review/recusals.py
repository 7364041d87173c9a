"""Conflicts of interest, statements case by case, recusals."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import Dossier
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.pages import page, size
from shared.contracts.operations.roles import DISCIPLINE, REVIEWER, WATCHERS

RELATIONS = ("employed", "advised", "consulted", "kin", "shareholding", "competitor", "other")
GROUNDS = (
    "employer", "advises", "kin_of", "former_employer", "group", "consulted", "shareholding", "competitor", "declared",
)  # fmt: skip
SOURCES = ("register", "declaration", "adviser_register", "own_statement", "office")
RECUSAL_STATES = ("open", "named", "scored", "released", "confirmed", "lapsed")


def _answer() -> fields.Boolean:
    return fields.Boolean(required=True, truthy={True}, falsy={False})


def _expert_id() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9-]{1,40}\Z"))


class CaseAnswers(Strict):
    """One answer for each relation to the applicant; none is taken for granted."""

    employed = _answer()
    advised = _answer()
    consulted = _answer()
    kin = _answer()
    shareholding = _answer()
    competitor = _answer()
    other = _answer()


class StateInterests(Strict):
    """A reviewer says whether it has an interest in one of its applications, and signs with its name."""

    cycle_id = identifier()
    application_id = identifier()
    answers = fields.Nested(CaseAnswers, required=True)
    note = optional_text(500)
    signed_by = text(longest=200)


class Statement(Strict):
    """The receipt of a statement: `digest` is of all that was signed. With an interest the application is gone for you."""

    application_id = identifier()
    interest = _answer()
    digest = text()
    signed_at = text()


class CaseToState(Strict):
    """Whose application it is, before anything of it is shown."""

    application_id = identifier()
    name = text()
    kind = text()
    uscc = text()
    category = optional_text()
    group = optional_text()
    advisers = fields.List(fields.String(), required=True)


class CaseStated(Strict):
    """An application in which a reviewer stated that it has no interest."""

    application_id = identifier()
    name = text()
    kind = text()
    category = optional_text()


class CasesToState(Strict):
    """What awaits a reviewer's statement, and what it has stated on; `declared`: whether its yearly declaration is in force."""

    declared = _answer()
    applications = fields.List(fields.Nested(CaseToState), required=True)
    stated = fields.List(fields.Nested(CaseStated), load_default=list)


class OneCase(Strict):
    """One application of a cycle."""

    cycle_id = identifier()
    application_id = identifier()


class ReviewedDossier(Strict):
    """An application as it was handed in."""

    cycle_id = identifier()
    application_id = identifier()
    dossier = fields.Nested(Dossier, required=True)


class WhichConflicts(Strict):
    """A page of a cycle's conflicts: each field that is given narrows it."""

    cycle_id = identifier()
    expert_id = optional_text(40)
    application_id = identifier(required=False)
    ground = one_of(*GROUNDS, required=False)
    source = one_of(*SOURCES, required=False)
    ended = fields.Boolean(load_default=False)
    page = page()
    size = size()


class KnownConflict(Strict):
    """Why one expert is kept from one application: known from where, since when, and how it ended."""

    expert_id = text()
    application_id = identifier()
    ground = one_of(*GROUNDS)
    source = one_of(*SOURCES)
    rule = optional_text()
    via = text()
    since = day(required=False)
    found_at = text()
    found_by = text()
    ended_at = optional_text()
    ended_why = one_of("source_changed", "lifted", required=False)
    ended_by = optional_text()
    ended_reason = optional_text(500)
    reason_zh = text()
    reason_en = text()


class ConflictPage(Strict):
    """A page of conflicts, and how many there are in all."""

    total = count()
    conflicts = fields.List(fields.Nested(KnownConflict), required=True)


class LiftConflict(Strict):
    """A supervisor lifts one conflict by hand."""

    cycle_id = identifier()
    expert_id = _expert_id()
    application_id = identifier()
    ground = one_of(*GROUNDS)
    source = one_of(*SOURCES)
    reason = text(longest=500)


class WhichRecusals(Strict):
    """A cycle's recusals; `open` leaves out those that are settled."""

    cycle_id = identifier()
    open = fields.Boolean(load_default=False)


class Recusal(Strict):
    """A reviewer stands aside from an application it was assigned. `sheet_kept`: one was in, it stays and is not counted;
    `reviewers_before` and `_after` are those whose sheets make the mean.
    """

    cycle_id = identifier()
    stage = stage_key()
    application_id = identifier()
    expert_id = text()
    state = one_of(*RECUSAL_STATES)
    ground = one_of(*GROUNDS)
    source = one_of(*SOURCES)
    rule = optional_text()
    reason_zh = text()
    reason_en = text()
    opened_at = text()
    opened_by = text()
    sheet_kept = _answer()
    reviewers_before = count()
    reviewers_after = count()
    replacement = optional_text()
    replaced_at = optional_text()
    replaced_by = optional_text()
    released_at = optional_text()
    released_by = optional_text()
    release_reason = optional_text(500)
    settled_at = optional_text()
    settled_by = optional_text()
    settled_reason = optional_text(500)


class RecusalList(Strict):
    """Recusals in the order in which they became known."""

    recusals = fields.List(fields.Nested(Recusal), required=True)


class OneRecusal(Strict):
    """One reviewer recused from one application in one stage, and why this is done."""

    cycle_id = identifier()
    stage = stage_key()
    application_id = identifier()
    expert_id = _expert_id()
    reason = text(longest=500)


_ONE = {"cycle_id": CYCLE, "application_id": APPLICATION}
_THIS: dict[str, Any] = {**_ONE, "stage": "document_review", "expert_id": "E1", "reason": "已核实"}

OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "awaiting_statement", "query", CycleId, CasesToState, (REVIEWER,), "待申明的申报",
              "What awaits a reviewer's statement", {"cycle_id": CYCLE}),
    Operation("review", "state_interests", "command", StateInterests, Statement, (REVIEWER,), "就一份申报申明利害关系",
              "State one's interests in an application",
              {**_ONE, "answers": dict.fromkeys(RELATIONS, False), "signed_by": "示例专家"}),
    Operation("review", "dossier", "query", OneCase, ReviewedDossier, (REVIEWER,), "查看所评申报的卷宗",
              "The dossier of an application under review", _ONE),
    Operation("review", "conflicts", "query", WhichConflicts, ConflictPage, WATCHERS, "利害关系一览",
              "Conflicts of interest", {"cycle_id": CYCLE}),
    Operation("review", "lift_conflict", "command", LiftConflict, KnownConflict, (DISCIPLINE,), "解除利害关系",
              "Lift a conflict of interest",
              {**_ONE, "expert_id": "E1", "ground": "former_employer", "source": "register", "reason": "登记有误"}),
    Operation("review", "recusals", "query", WhichRecusals, RecusalList, WATCHERS, "回避记录", "Recusals",
              {"cycle_id": CYCLE}),
    Operation("review", "confirm_recusal", "command", OneRecusal, Recusal, (DISCIPLINE,), "确认回避",
              "Confirm a recusal", _THIS),
    Operation("review", "release_hold", "command", OneRecusal, Recusal, (DISCIPLINE,), "放行待替补的申报",
              "Let a held application go on", _THIS),
)  # fmt: skip

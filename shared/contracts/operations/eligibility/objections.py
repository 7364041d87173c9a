"""Objections 异议."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import UsccField
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.roles import DISCIPLINE, OFFICE, PUBLIC
from shared.contracts.papers import OBJECTION, paper_list


class Objector(Strict):
    """Who objects: a person by name and identity number, or a unit by name and code."""

    name = text(shortest=2)
    id_number = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{17}[0-9X]\Z")
    )
    uscc = UsccField(load_default=None, allow_none=True)


class RaiseObjection(Strict):
    """An objection during a notice; `source` says whether it comes from outside or was found by the office."""

    cycle_id = identifier()
    notice = text()
    application_id = identifier()
    source = one_of("public", "office")
    by = fields.Nested(Objector, load_default=None, allow_none=True)
    evidence = fields.Boolean(required=True, truthy={True}, falsy={False})
    papers = paper_list(OBJECTION)


class ObjectionState(Strict):
    """An objection as the ruling officers see it; the objector's identity is not in here."""

    objection_id = identifier()
    notice = text()
    application_id = identifier()
    source = one_of("public", "office")
    state = one_of("accepted", "not_accepted", "upheld", "dismissed")
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)
    raised_on = day()


class ObjectionList(Strict):
    """A cycle's objections."""

    objections = fields.List(fields.Nested(ObjectionState), required=True)


class RuleOnObjection(Strict):
    """The office rules on an accepted objection."""

    objection_id = identifier()
    ruling = one_of("upheld", "dismissed")
    reason = optional_text(500)


OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "object", "command", RaiseObjection, ObjectionState, (PUBLIC,), "提出异议", "Object",
              {"cycle_id": CYCLE, "notice": "award", "application_id": APPLICATION, "source": "public",
               "by": {"name": "王芳", "id_number": "11010519491231002X"}, "evidence": True}),
    Operation("eligibility", "objections", "query", CycleId, ObjectionList, (OFFICE, DISCIPLINE), "异议一览", "Objections",
              {"cycle_id": CYCLE}),
    Operation("eligibility", "rule_on_objection", "command", RuleOnObjection, ObjectionState, (OFFICE,),
              "异议裁定", "Rule on an objection", {"objection_id": APPLICATION, "ruling": "dismissed"}),
)  # fmt: skip

"""Who may review: the cycle's pool of experts."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, optional_text
from shared.contracts.dossier import UsccField
from shared.contracts.operations.operation import CYCLE, Operation
from shared.contracts.operations.roles import OFFICE


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


OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "register_experts", "command", RegisterExperts, Registered, (OFFICE,), "登记评审专家",
              "Enter the reviewers", {"cycle_id": CYCLE, "experts": [{"expert_id": "E1", "industry_expert": True}]}),
)  # fmt: skip

"""The dossier: what an applicant hands in, frozen at submission and handed on whole."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.contracts.base import Strict, Told, count, day, fen, identifier, one_of, optional_text, text
from shared.identifiers import uscc as codes

KINDS = ("organization", "individual", "project")
CATEGORIES = ("economic", "culture", "society", "ecology", "management", "service", "special")
SEVERITIES = ("一般", "较大", "重大", "特别重大")
RECORD_KINDS = ("accident", "administrative_penalty", "serious_dishonesty", "major_complaint")
DEPARTMENTS = ("credit", "safety", "environment", "quality", "labour", "public_health", "food_drug")
GOVERNMENT_LEVELS = ("district", "city", "nation")


class UsccField(fields.String):
    """A unified social credit code (GB 32100-2015) with a right check character."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        found: str = super()._deserialize(value, attr, data, **kwargs)
        reason = codes.check_uscc(found)
        if reason is not None:
            raise ValidationError([Told(reason.zh, reason.en)])
        return found


class CityRank(Strict):
    """Last year's ranks in the city's industry; first is 1."""

    output = fields.Integer(strict=True, validate=validate.Range(min=1))
    profit = fields.Integer(strict=True, validate=validate.Range(min=1))
    tax = fields.Integer(strict=True, validate=validate.Range(min=1))


class OtherApplication(Strict):
    """An application at another level of government."""

    level = one_of(*GOVERNMENT_LEVELS)
    year = fields.Integer(required=True, strict=True)


class PriorAward(Strict):
    """An award won before; `jurisdiction` is the first part of a rulebook's id."""

    award = text()
    track = optional_text()
    level = one_of(*GOVERNMENT_LEVELS)
    year = fields.Integer(required=True, strict=True)
    on = day(required=False)
    jurisdiction = optional_text()


class Facts(Strict):
    """What is known of the applicant; every field may be absent, and absent is not `no`."""

    region = text(required=False)
    registered_on = fields.Date()
    operating_since = fields.Date()
    for_profit = fields.Boolean(truthy={True}, falsy={False})
    industry = text(required=False, shortest=0)
    industry_policy = fields.String(validate=validate.OneOf(("strategic_emerging", "future", "other")))
    on_monitored_list = fields.Boolean(truthy={True}, falsy={False})
    authority_proof = fields.Boolean(truthy={True}, falsy={False})
    city_rank = fields.Nested(CityRank)
    leading_indicators = fields.List(fields.String())
    profit_yuan = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"^[0-9]{4}\Z")), values=fields.Integer(strict=True)
    )
    policy_loss_years = fields.List(fields.Integer(strict=True))
    chief_quality_officer = fields.Boolean(truthy={True}, falsy={False})
    licences_valid = fields.Boolean(truthy={True}, falsy={False})
    policy_compliant = fields.Boolean(truthy={True}, falsy={False})
    state_budget_funded = fields.Boolean(truthy={True}, falsy={False})
    group = text(required=False)
    business = text(required=False)
    innovative_sme = fields.Boolean(truthy={True}, falsy={False})
    local_tax_proof = fields.Boolean(truthy={True}, falsy={False})
    supervisor_recommended = fields.Boolean(truthy={True}, falsy={False})
    project_completed_on = fields.Date()
    project_cost_yuan = fields.Integer(strict=True, validate=validate.Range(min=0))
    applicant_role = fields.String(validate=validate.OneOf(("entity", "implementer", "ip_holder")))
    quality_work_since = fields.Date()
    other_applications = fields.List(fields.Nested(OtherApplication))
    prior_awards = fields.List(fields.Nested(PriorAward))
    self_assessment_chars = fields.Integer(strict=True, validate=validate.Range(min=0))


class Record(Strict):
    """One entry of a department's records."""

    kind = one_of(*RECORD_KINDS)
    on = day()
    severity = one_of(*SEVERITIES, required=False)
    liable = fields.Boolean(load_default=None, allow_none=True, truthy={True}, falsy={False})


# How the content of a file is named, wherever it lies.
DIGEST = r"^sha256:[0-9a-f]{64}\Z"


class HandedFile(Strict):
    """A file that was handed in: as what, its name and kind, its size in bytes and the digest of its content."""

    material = text()
    file_id = identifier()
    file_name = text()
    kind = text()
    size = count()
    digest = fields.String(required=True, validate=validate.Regexp(DIGEST))


class Dossier(Strict):
    """The frozen application. `applicant_key` tells one applicant from another without naming anybody."""

    name = text()
    kind = one_of(*KINDS)
    uscc = UsccField(required=True)
    applicant_key = text()
    category = one_of(*CATEGORIES, required=False)
    submitted_on = day()
    recommended_by = optional_text()
    nominated_by = optional_text()
    facts = fields.Nested(Facts, required=True)
    materials = fields.List(fields.String(), required=True)
    files = fields.List(fields.Nested(HandedFile), load_default=list)


class PoolMembership(Strict):
    """Membership of the cultivation pool; the cost is that of the pool's own project."""

    joined_on = day()
    project_cost_fen = fen(required=False)

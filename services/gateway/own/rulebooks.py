"""The rulebooks that are installed: what they say, their forms, what they score by."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, one_of, optional_text, text
from shared.contracts.dossier import CATEGORIES, KINDS
from shared.contracts.operations import (
    PUBLIC,
    Operation,
)


def rulebook_id() -> fields.String:
    """The id of a rulebook."""
    return fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9][a-z0-9.-]{0,63}\Z"))


class RulebookId(Strict):
    """Names a rulebook."""

    rulebook = rulebook_id()


class RulebookLine(Strict):
    """A rulebook in the list; `in_force_from` and `in_force_to` are dates, absent for a draft."""

    rulebook = text()
    title_zh = text()
    title_en = text()
    jurisdiction = text()
    status = text()
    in_force_from = optional_text()
    in_force_to = optional_text()
    sha256 = text()


class RulebookList(Strict):
    """All rulebooks by id."""

    rulebooks = fields.List(fields.Nested(RulebookLine), required=True)


class StageText(Strict):
    """One step of a rulebook's procedure."""

    stage = text()
    kind = text()
    owner = text()
    rule = fields.String(required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    categories = fields.List(fields.String(), load_default=None, allow_none=True)
    working_days = count(required=False)
    entry = text()
    scoring = optional_text()
    panel = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)


class PhaseText(Strict):
    """Steps that run beside each other."""

    stages = fields.List(fields.Nested(StageText), required=True)


class FormOf(RulebookId):
    """Which form: of a kind of applicant, and of one category where the rulebook has any."""

    kind = one_of(*KINDS)
    category = one_of(*CATEGORIES, required=False)


class FormPart(Strict):
    """One part of a form; `needed`: left empty, a condition that reads it cannot be met. `form` is how it is filled in."""

    name = text()
    form = text()
    title_zh = text()
    title_en = text()
    rules = fields.List(fields.String(), required=True)
    needed = fields.Boolean(required=True)
    choices = fields.List(fields.Dict(keys=fields.String(), values=fields.String()), required=True)


class FormText(Strict):
    """申报表: what an applicant fills in (`identity`, `facts`), what others say of it, and what is handed in.
    `pool`: articles that ask for membership of the cultivation pool.
    """

    rulebook = text()
    sha256 = text()
    kind = one_of(*KINDS)
    identity = fields.List(fields.Nested(FormPart), required=True)
    facts = fields.List(fields.Nested(FormPart), required=True)
    by_others = fields.List(fields.Nested(FormPart), required=True)
    materials = fields.List(fields.Dict(keys=fields.String(), values=fields.String()), required=True)
    pool = fields.List(fields.String(), required=True)
    articles = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String()), required=True)


class CriteriaItem(Strict):
    """One item and the one above it; only an item with none below it is `scored`, and says what it asks. `kind` of what holds
    both processes and results is None.
    """

    item = text()
    under = optional_text(20)
    scored = fields.Boolean(required=True)
    title_zh = text()
    title_en = text()
    points = count(least=1)
    kind = one_of("process", "result", required=False)
    asks_zh = optional_text(1000)
    asks_en = optional_text(1000)
    clause = optional_text()
    source = text()
    points_source = text()


class Said(Strict):
    """One dimension, and what it looks like or is called."""

    key = text()
    zh = fields.String(required=True)
    en = fields.String(required=True)


class CriteriaBand(Strict):
    """成熟度等级: percents from `first` to `last`, and what each dimension looks like there."""

    band = text()
    first = count()
    last = count()
    looks = fields.List(fields.Nested(Said), required=True)


class CriteriaScale(Strict):
    """How items of a kind are weighed."""

    kind = one_of("process", "result")
    dimensions = fields.List(fields.Nested(Said), required=True)
    bands = fields.List(fields.Nested(CriteriaBand), required=True)


class CriteriaSource(Said):
    """Where items or points are taken from; `assumed`: no text at hand gives them."""

    assumed = fields.Boolean(required=True)


class CriteriaText(Strict):
    """评分条款: what applicants of a kind and category are scored by, each item before those under it. Percents on a sheet
    are multiples of `step`.
    """

    criteria = text()
    sha256 = text()
    standard = text()
    edition = text()
    title_zh = text()
    title_en = text()
    points = count(least=1)
    step = count(least=1)
    sources = fields.List(fields.Nested(CriteriaSource), required=True)
    scales = fields.List(fields.Nested(CriteriaScale), required=True)
    items = fields.List(fields.Nested(CriteriaItem), required=True)


class RulebookText(RulebookLine):
    """What a rulebook says, as far as those who take part need it. Places are None where there is no limit."""

    kinds = fields.List(fields.String(), required=True)
    categories = fields.List(fields.String(), required=True)
    departments = fields.List(fields.String(), required=True)
    materials = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    tracks = fields.List(fields.Dict(keys=fields.String()), required=True)
    levels = fields.List(fields.Dict(keys=fields.String()), required=True)
    quotas = fields.List(fields.Dict(keys=fields.String()), required=True)
    nominations = fields.Dict(keys=fields.String(), required=True)
    votes = fields.Dict(keys=fields.String(), required=True)
    grants = fields.List(fields.Dict(keys=fields.String()), required=True)
    procedure = fields.List(fields.Nested(PhaseText), required=True)
    assumed = fields.List(fields.Dict(keys=fields.String()), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "rulebooks", "query", Strict, RulebookList, (PUBLIC,), "法规一览", "All rulebooks", {}),
    Operation("gateway", "rulebook", "query", RulebookId, RulebookText, (PUBLIC,), "查看法规", "One rulebook",
              {"rulebook": "sample-2024"}),
    Operation("gateway", "form", "query", FormOf, FormText, (PUBLIC,), "申报表", "The form that a rulebook asks to be filled in",
              {"rulebook": "sample-2024", "kind": "organization"}),
    Operation("gateway", "criteria", "query", FormOf, CriteriaText, (PUBLIC,), "评分条款", "What a rulebook scores by",
              {"rulebook": "sample-2024", "kind": "organization"}),
)  # fmt: skip

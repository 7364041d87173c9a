"""A regulation as people read it: in words, article by article, beside another one; and held against what somebody states."""

from __future__ import annotations

from marshmallow import fields

from services.gateway.own.rulebooks import RulebookId, RulebookLine, rulebook_id
from shared.contracts.base import Strict, count, day, one_of, optional_text, text
from shared.contracts.dossier import CATEGORIES, KINDS, Facts
from shared.contracts.operations import PUBLIC, Operation
from shared.contracts.operations.findings import OUTCOMES, ConditionTold

_EXAMPLE = {"rulebook": "sample-2024"}


class RegulationValue(Strict):
    """One thing that an entry says; `note`: how the text is read, or the ground of what is assumed."""

    name = text()
    label_zh = fields.String(required=True)
    label_en = fields.String(required=True)
    text_zh = fields.String(required=True)
    text_en = fields.String(required=True)
    assumed = fields.Boolean(required=True)
    note_zh = fields.String(load_default=None, allow_none=True)
    note_en = fields.String(load_default=None, allow_none=True)


class RegulationEntry(Strict):
    """One stage, level, grant, condition, with its article."""

    key = fields.String(required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    rule = fields.String(load_default=None, allow_none=True)
    assumed = fields.Boolean(required=True)
    note_zh = fields.String(load_default=None, allow_none=True)
    note_en = fields.String(load_default=None, allow_none=True)
    values = fields.List(fields.Nested(RegulationValue), required=True)


class RegulationPart(Strict):
    """What a rulebook says on one matter."""

    part = text()
    title_zh = text()
    title_en = text()
    entries = fields.List(fields.Nested(RegulationEntry), required=True)


class RegulationArticle(Strict):
    """An article or item of the source text; the gist is ours."""

    rule = text()
    label = text()
    title = fields.String(required=True)
    gist_zh = fields.String(load_default=None, allow_none=True)
    gist_en = fields.String(load_default=None, allow_none=True)


class RegulationText(RulebookLine):
    """A rulebook in words: matter by matter, and the articles that it is made from."""

    parts = fields.List(fields.Nested(RegulationPart), required=True)
    articles = fields.List(fields.Nested(RegulationArticle), required=True)


class BesideAnother(RulebookId):
    """Two rulebooks: from the first to the other."""

    other = rulebook_id()


class ValueBeside(Strict):
    """One value in both; absent where one of them does not have it."""

    name = text()
    label_zh = fields.String(required=True)
    label_en = fields.String(required=True)
    before_zh = fields.String(load_default=None, allow_none=True)
    before_en = fields.String(load_default=None, allow_none=True)
    after_zh = fields.String(load_default=None, allow_none=True)
    after_en = fields.String(load_default=None, allow_none=True)


class EntryBeside(Strict):
    """One entry that is not the same in both."""

    part = text()
    part_zh = text()
    part_en = text()
    change = one_of("added", "removed", "changed", "renumbered")
    change_zh = text()
    change_en = text()
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    before = fields.String(load_default=None, allow_none=True)
    after = fields.String(load_default=None, allow_none=True)
    values = fields.List(fields.Nested(ValueBeside), required=True)


class Differences(Strict):
    """What differs by meaning; words that decide nothing are not compared."""

    rulebook = text()
    other = text()
    differences = fields.List(fields.Nested(EntryBeside), required=True)


class SelfCheck(RulebookId):
    """预检: what somebody states of itself, held against a rulebook. `year` and `closes_on` are those of a call, or of today."""

    kind = one_of(*KINDS)
    category = one_of(*CATEGORIES, required=False)
    year = count(least=1900)
    closes_on = day()
    recommended_by = optional_text()
    nominated_by = optional_text()
    pool_since = day(required=False)
    facts = fields.Nested(Facts, load_default=dict)
    materials = fields.List(text(longest=64), load_default=list)


class SelfCheckFinding(ConditionTold):
    """What was found. `not_known`: it rests on registers that are not read here."""

    outcome = one_of(*OUTCOMES)


class SelfChecked(Strict):
    """All findings in the rulebook's order. Nothing is decided and nothing is kept."""

    rulebook = text()
    sha256 = text()
    closes_on = day()
    findings = fields.List(fields.Nested(SelfCheckFinding), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "regulation", "query", RulebookId, RegulationText, (PUBLIC,), "法规条文对照", "A rulebook in words",
              _EXAMPLE),
    Operation("gateway", "differences", "query", BesideAnother, Differences, (PUBLIC,), "两部法规对照",
              "What differs between two rulebooks", {**_EXAMPLE, "other": "sample-2025"}),
    Operation("gateway", "self_check", "command", SelfCheck, SelfChecked, (PUBLIC,), "申报条件预检",
              "Hold what somebody states against a rulebook",
              {**_EXAMPLE, "kind": "organization", "year": 2025, "closes_on": "2025-05-12",
               "facts": {"region": "示例市示例区"}, "materials": ["application_form"]}),
)  # fmt: skip

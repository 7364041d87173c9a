"""What a condition tests, in words: complete for every operator, and different where the test is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.rulebooks.asked import ASKED, Asked, asked, guarded
from shared.rulebooks.library import schema
from shared.rulebooks.made_up import NEIGHBOURS
from shared.rulebooks.model import Guard
from shared.rulebooks.operators import OPERATORS
from tests.unit.rulebooks.cases import changning
from tests.unit.rulebooks.mutations import city, installed

BOOK = changning()
FACT = {"operator": "fact_is", "with": {"fact": "region", "given": True}}
OTHER = {"operator": "material", "with": {"name": "proofs"}}

# Operator → parameters, and for each of them another value.
PARAMETERS: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "kind_is": [({"kinds": ["organization"]}, {"kinds": ["project"]})],
    "fact_is": [
        ({"fact": "region", "equals": "东区"}, {"fact": "industry", "equals": "西区"}),
        ({"fact": "region", "one_of": ["东区"]}, {"one_of": ["东区", "西区"]}),
        ({"fact": "region", "begins_with": "东"}, {"begins_with": "西"}),
        ({"fact": "self_assessment_chars", "at_most": 3}, {"at_most": 4}),
        ({"fact": "self_assessment_chars", "at_least": 3}, {"at_least": 4}),
        ({"fact": "region", "given": True}, {"fact": "industry"}),
    ],
    "years_since": [({"fact": "operating_since", "years": 3}, {"fact": "registered_on", "years": 1})],
    "no_loss": [
        (
            {"fact": "profit_yuan", "years": 3, "excused_by": "policy_loss_years"},
            {"fact": "city_rank", "years": 2, "excused_by": "group"},
        )
    ],
    "rank_within": [({"fact": "city_rank", "at_most": 20}, {"fact": "profit_yuan", "at_most": 21})],
    "material": [({"name": "proofs"}, {"name": "application_form"})],
    "given": [({"field": "recommended_by"}, {"field": "nominated_by"})],
    "no_records": [
        (
            {"kind": "accident", "departments": ["safety"], "years": 3, "severity_from": "重大", "liable": True},
            {"kind": "major_complaint", "departments": ["credit"], "years": 1, "severity_from": "较大", "liable": None},
        )
    ],
    "judgement": [
        (
            {"facts": ["region"], "materials": ["proofs"], "records": ["credit"], "fields": ["recommended_by"]},
            {"facts": ["group"], "materials": [], "records": ["safety"], "fields": ["nominated_by"]},
        )
    ],
    "no_ban": [({"rules": ["34"]}, {"rules": ["34", "35"]})],
    "no_other_application": [({"levels": ["city"]}, {"levels": ["nation"]})],
    "no_award_at_level": [({"levels": ["city"]}, {"levels": ["nation"]})],
    "no_prior_award": [
        (
            {"years": 5, "bars": "own_level", "day_unknown": "year_end"},
            {"years": 4, "bars": "own_level_and_lower", "day_unknown": "never"},
        )
    ],
    "award_interval": [({"levels": ["甲等"], "years": 3}, {"levels": ["乙等"], "years": 2})],
    "in_pool": [],
    "one_application": [],
    "one_per_group": [({"group": "group", "business": "business"}, {"group": "region", "business": "industry"})],
    "similar_business": [({"group": "group", "business": "business"}, {"group": "region", "business": "industry"})],
    "any_of": [({"conditions": [FACT, OTHER]}, {"conditions": [OTHER, FACT]})],
}  # fmt: skip
CASES = [
    (operator, parameters, name, value)
    for operator, several in PARAMETERS.items()
    for parameters, others in several
    for name, value in others.items()
]


def test_every_operator_has_words_and_made_up_cases() -> None:
    """Whoever adds an operator adds what people read of it, and what it is tried with."""
    assert set(ASKED) == set(OPERATORS) == set(NEIGHBOURS) == set(PARAMETERS)


def test_every_parameter_of_the_schema_is_tried_here() -> None:
    """So that the test below leaves none out."""
    for operator in OPERATORS:
        known = set(schema()["$defs"][f"with_{operator}"]["properties"])
        assert known == {name for parameters, _ in PARAMETERS[operator] for name in parameters}, operator


@pytest.mark.parametrize(("operator", "parameters", "name", "value"), CASES)
def test_another_parameter_makes_other_words_in_both_languages(
    operator: str, parameters: dict[str, Any], name: str, value: Any
) -> None:
    """Nothing that a condition tests is left unsaid."""
    was, now = ASKED[operator](BOOK, parameters), ASKED[operator](BOOK, {**parameters, name: value})
    assert _zh(was) != _zh(now)
    assert _en(was) != _en(now)


def _zh(found: Asked) -> list[str]:
    return [found.test.zh, *(source.zh for source in found.sources)]


def _en(found: Asked) -> list[str]:
    return [found.test.en, *(source.en for source in found.sources)]


def test_only_what_an_officer_decides_is_a_persons() -> None:
    """Judgements, the comparison of business, and whatever holds one of them."""
    assert ASKED["judgement"](BOOK, {}).person
    assert ASKED["similar_business"](BOOK, {"group": "group", "business": "business"}).person
    assert ASKED["any_of"](BOOK, {"conditions": [FACT, {"operator": "judgement"}]}).person
    assert not ASKED["any_of"](BOOK, {"conditions": [FACT, OTHER]}).person
    assert not ASKED["fact_is"](BOOK, FACT["with"]).person  # type: ignore[arg-type]


def test_every_condition_of_every_rulebook_is_told(tmp_path: Path) -> None:
    """In Chinese and in English."""
    for book in (*installed(), city(tmp_path)):
        for condition in book.conditions:
            test = asked(book, condition).test
            assert re.search("[一-鿿]", test.zh), condition
            assert re.search("[a-z]", test.en), condition


@pytest.mark.parametrize(
    ("test", "value", "zh", "en"),
    [
        ("is", True, "“从事生产经营（营利性）”为是", "“for-profit” is yes"),
        ("is_not", False, "“从事生产经营（营利性）”不为否", "“for-profit” is not no"),
    ],
)
def test_when_a_condition_applies(test: Any, value: bool, zh: str, en: str) -> None:
    """Guards one after the other; none: no words."""
    guard = Guard("for_profit", test, value)
    assert (guarded([guard]).zh, guarded([guard]).en) == (zh, en)
    industry = replace(guard, fact="industry_policy", test="one_of", value=("future",))
    assert guarded([guard, industry]).zh == f"{zh}，且“产业政策类别”为其中之一：未来产业"
    assert guarded([guard, industry]).en == f"{en} and “industry policy” is one of future industry"
    assert guarded([]).zh == ""

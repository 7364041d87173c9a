"""Operators that the published text does not use, on a made-up city: categories, branches, ranks, groups, a pool."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from shared.rulebooks import Case, Library, Membership, Outcome, Peer, Rulebook, failing_rules
from shared.rulebooks.library import schema
from shared.rulebooks.operators import OPERATORS
from tests.unit.rulebooks.cases import (
    CLOSES,
    GRADES_AND_LIABILITY,
    installed,
    organization,
    outcome,
    with_records,
)

PASS, FAIL, MISSING = Outcome.PASS, Outcome.FAIL, Outcome.MISSING
AWAITING, JUDGE, NOT = Outcome.AWAITING, Outcome.NEEDS_JUDGEMENT, Outcome.NOT_APPLICABLE
NOTE = "source: assumed, note: {zh: 假定, en: assumed}"
SAYS = "kinds: [organization, project], says: {zh: 条件, en: a condition}"

CITY = f"""\
format: 1
id: qinghe-2030
extends: changning-2023
jurisdiction: qinghe
government_level: city
title: {{zh: 清河市质量奖, en: Qinghe quality award}}
kinds: [organization, project]
categories: [economic, culture]
tracks:
  先进质量管理模式: null
  先进质量管理成果: null
  经济类: {{kinds: [organization], categories: [economic], rule: "2"}}
  文化类: {{kinds: [organization, project], categories: [culture], rule: "2"}}
levels:
  区长质量奖: null
  质量金奖: null
  金奖: {{tracks: [经济类, 文化类], minimum_score: 60, rule: "2.1"}}
  银奖: {{tracks: [经济类], minimum_score: 55.5, rule: "2.2"}}
quotas:
  top_models: null
  top_results: null
  gold: {{levels: [金奖], tracks: [经济类], places: 2, rule: "3", reserve: {{fact: innovative_sme, share: "1/10",
    rule: "3", {NOTE}}}}}
  culture: {{levels: [金奖], tracks: [文化类], places: null, rule: "3"}}
  silver: {{levels: [银奖], tracks: [经济类], places: 3, rule: "3"}}
grants:
  top_model: null
  top_result: null
  gold_model: null
  gold_result: null
  pool: {{for: pool, amount: "20 万元", up_to: true, cost_fact: project_cost_yuan, once: true, rule: "26"}}
  gold: {{for: award, level: 金奖, track: 经济类, amount: "200 万元", rule: "26", exceptions: {{
    state_budget: {{rule: "26", fact: state_budget_funded}},
    again: {{rule: "26", won_before: [金奖], uses_quota: false}}}}}}
departments: {{ask: [credit, safety, labour, quality, environment, public_health, food_drug]}}
votes: {{failed: next_level}}
procedure:
  - stages: [{{key: submission, kind: submission, owner: intake, rule: "20", title: {{zh: 申报, en: submission}}}}]
  - stages:
      - {{key: qualification, kind: qualification, owner: eligibility, rule: "21", title: {{zh: 资格, en: q}}}}
  - stages:
      - {{key: defence, kind: review, owner: review, rule: "22", title: {{zh: 答辩, en: defence}}, scoring: sheets,
         cut: {{ratio: "3/2", above: 50, rule: "23"}}, panel: {{reviewers_per_application: 13, size_min: 13,
         odd: true, industry_share_min: "3/10", rule: "10"}}}}
  - stages:
      - {{key: site_review, kind: review, owner: review, rule: "24", title: {{zh: 现场, en: site}},
         scoring: sheets, categories: [economic], panel: {{reviewers_per_application: 3, rule: "10", {NOTE}}}}}
      - {{key: social_evaluation, kind: social_evaluation, owner: review, rule: "24", working_days: 5,
         title: {{zh: 社会评价, en: social}}, categories: [culture]}}
  - stages: [{{key: committee, kind: committee, owner: committee, rule: "25", title: {{zh: 审定, en: c}}}}]
  - stages: [{{key: grants, kind: grants, owner: incentives, rule: "26", title: {{zh: 奖励, en: g}}}}]
conditions:
  "1":
    categorized: {{operator: given, with: {{field: category}}, kinds: all, says: {{zh: 条件, en: a condition}}}}
    in_city: {{operator: fact_is, with: {{fact: region, begins_with: 清河市}}, {SAYS}}}
    short: {{operator: fact_is, with: {{fact: self_assessment_chars, at_most: 30000}}, {SAYS}}}
    long: {{operator: fact_is, with: {{fact: self_assessment_chars, at_least: 100}}, {SAYS}}}
    role: {{operator: fact_is, with: {{fact: applicant_role, one_of: [entity, ip_holder]}}, {SAYS}}}
    named: {{operator: fact_is, with: {{fact: industry, given: true}}, {SAYS}}}
    rank: {{operator: rank_within, with: {{fact: city_rank, at_most: 20}}, {SAYS}}}
    penalty: {{operator: no_records, with: {{kind: administrative_penalty, departments: [credit, labour],
      years: 1}}, {SAYS}}}
    liable: {{operator: no_records, with: {{kind: accident, departments: [safety], years: 3,
      severity_from: 较大, liable: true}}, {SAYS}}}
    leading: {{operator: any_of, when: [{{fact: industry_policy, one_of: [future]}}, {{fact: for_profit, is: true}}],
      with: {{conditions: [{{operator: fact_is, with: {{fact: on_monitored_list, equals: true}}}},
      {{operator: fact_is, with: {{fact: authority_proof, equals: true}}}}]}}, {SAYS}}}
    tax: {{operator: fact_is, when: [{{fact: region, is_not: 清河市}}],
      with: {{fact: local_tax_proof, equals: true}}, {SAYS}}}
    pool: {{operator: in_pool, {SAYS}}}
    one: {{operator: one_application, {SAYS}}}
    group: {{operator: one_per_group, with: {{group: group, business: business}}, {SAYS}}}
    similar: {{operator: similar_business, with: {{group: group, business: business}}, {SAYS}}}
    again: {{operator: award_interval, with: {{levels: [金奖], years: 3}}, {SAYS}}}
    nominated: {{operator: given, with: {{field: nominated_by}}, {SAYS}}}
    economic: {{operator: kind_is, categories: [economic], with: {{kinds: [organization]}}, {SAYS}}}
  "assumed:clean":
    free: {{operator: no_ban, with: {{rules: ["assumed:clean"]}}, kinds: all, {NOTE},
      says: {{zh: 无禁止, en: no ban}}}}
not_encoded:
  "1": null
  "5": [{{zh: 标准, en: criteria, part: 全部}}]
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder: Path = tmp_path_factory.mktemp("rulebooks")
    (folder / "qinghe-2030.yaml").write_text(CITY, encoding="utf-8")
    return Library.load(folder).get("qinghe-2030")


def _case(**facts: Any) -> Case:
    return replace(with_records(organization(**facts), labour=[]), category="economic", sequence=5)


def test_another_city_is_data_alone(city: Rulebook) -> None:
    """Categories, parallel stages, marks, cuts, reserves and exceptions come out as written."""
    assert city.track_of("organization", "economic") == "经济类"
    assert city.track_of("project", "culture") == "文化类"
    (site, social) = city.procedure[3].stages
    assert (site.takes("economic"), site.takes("culture"), social.takes("culture")) == (True, False, True)
    assert social.working_days == 5
    defence = city.stage("defence")
    assert defence.cut is not None
    assert (defence.cut.ratio, defence.cut.above) == (Fraction(3, 2), Decimal(50))
    assert defence.panel is not None
    assert (defence.panel.size_min, defence.panel.industry_share_min) == (13, Fraction(3, 10))
    assert [level.minimum_score for level in city.levels] == [Decimal(60), Decimal("55.5")]
    reserve = city.quota_of("金奖", "经济类").reserve
    assert reserve is not None
    assert (reserve.share, reserve.fact, reserve.source) == (Fraction(1, 10), "innovative_sme", "assumed")
    assert city.quota_of("金奖", "文化类").places is None
    assert city.votes.failed == "next_level"
    pool, gold = city.grants
    assert (pool.for_, pool.up_to, pool.once, pool.cost_fact) == ("pool", True, True, "project_cost_yuan")
    assert [(e.fact, e.won_before, e.uses_quota) for e in gold.exceptions] == [
        ("state_budget_funded", (), None),
        (None, ("金奖",), False),
    ]
    assert city.grant_for("银奖", "经济类") is None


@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("in_city", {"region": "清河市东区"}, PASS),
        ("in_city", {"region": "东清河市"}, FAIL),
        ("in_city", {"region": None}, MISSING),
        ("short", {"self_assessment_chars": 29_999}, PASS),
        ("short", {"self_assessment_chars": 30_000}, PASS),
        ("short", {"self_assessment_chars": 30_001}, FAIL),
        ("short", {}, MISSING),
        ("long", {"self_assessment_chars": 99}, FAIL),
        ("long", {"self_assessment_chars": 100}, PASS),
        ("role", {"applicant_role": "ip_holder"}, PASS),
        ("role", {"applicant_role": "implementer"}, FAIL),
        ("named", {"industry": "仪器"}, PASS),
        ("named", {}, MISSING),
        ("rank", {"city_rank": {"output": 35, "profit": 20, "tax": 40}}, PASS),
        ("rank", {"city_rank": {"output": 21, "profit": 22, "tax": 23}}, FAIL),
        ("rank", {"city_rank": {"output": 21, "profit": 22}}, MISSING),
        ("rank", {}, MISSING),
        ("leading", {"industry_policy": "future", "on_monitored_list": True}, PASS),
        ("leading", {"industry_policy": "future", "on_monitored_list": False, "authority_proof": True}, PASS),
        ("leading", {"industry_policy": "future", "on_monitored_list": False}, MISSING),
        ("leading", {"industry_policy": "future", "on_monitored_list": False, "authority_proof": False}, FAIL),
        ("leading", {"industry_policy": "other"}, NOT),
        ("leading", {"for_profit": False}, NOT),
        ("leading", {}, MISSING),
        ("tax", {"region": "清河市"}, NOT),
        ("tax", {"region": "外市", "local_tax_proof": True}, PASS),
        ("tax", {"region": "外市", "local_tax_proof": False}, FAIL),
        ("tax", {"region": "外市"}, MISSING),
        ("tax", {"region": None, "local_tax_proof": True}, MISSING),
    ],
)  # fmt: skip
def test_facts(city: Rulebook, name: str, facts: dict[str, Any], expected: Outcome) -> None:
    """Each form of test on a fact, each branch of `when`."""
    assert outcome(_case(**facts), f"1/{name}", city) is expected


@pytest.mark.parametrize(("severity", "liable", "expected"), GRADES_AND_LIABILITY)
def test_liability(city: Rulebook, severity: str | None, liable: bool | None, expected: Outcome) -> None:
    """From 较大 on and only if liable; what is not known is left open, unless it could not matter."""
    record = {"kind": "accident", "on": CLOSES, "severity": severity, "liable": liable}
    assert outcome(with_records(_case(), safety=[record]), "1/liable", city) is expected


@pytest.mark.parametrize(("days", "expected"), [(-1, PASS), (0, FAIL), (1, FAIL)])
def test_a_penalty_within_one_year(city: Rulebook, days: int, expected: Outcome) -> None:
    """The day one year before closing day counts."""
    record = {"kind": "administrative_penalty", "on": date(2024, 6, 13) + timedelta(days=days)}
    assert outcome(with_records(_case(), labour=[record]), "1/penalty", city) is expected
    assert outcome(with_records(_case(), labour=[record], credit=None), "1/penalty", city) is (
        FAIL if expected is FAIL else AWAITING
    )


@pytest.mark.parametrize(
    ("joined", "expected"),
    [(CLOSES - timedelta(days=1), PASS), (CLOSES, PASS), (CLOSES + timedelta(days=1), FAIL), (None, MISSING)],
)
def test_the_pool_is_joined_by_closing_day(city: Rulebook, joined: date | None, expected: Outcome) -> None:
    """On or before; one that is no member fails."""
    assert outcome(replace(_case(), pool=Membership(joined)), "1/pool", city) is expected
    assert outcome(_case(), "1/pool", city) is FAIL


def _peer(sequence: int, key: str = "other", business: str | None = "机器人") -> Peer:
    return Peer(f"a{sequence}", key, sequence, "economic", "云航集团", business)


@pytest.mark.parametrize(
    ("others", "one", "group", "similar"),
    [
        ([], PASS, PASS, NOT),
        ([_peer(6)], PASS, PASS, NOT),
        ([_peer(4)], PASS, FAIL, NOT),
        ([_peer(4, business="包装")], PASS, PASS, JUDGE),
        ([_peer(4, business=None)], PASS, MISSING, MISSING),
        ([_peer(3, business="包装"), _peer(4)], PASS, FAIL, JUDGE),
        ([_peer(4, key="uscc:91310105MAXY50013E")], FAIL, PASS, NOT),
    ],
)
def test_several_of_one_applicant_or_group(
    city: Rulebook, others: list[Peer], one: Outcome, group: Outcome, similar: Outcome
) -> None:
    """The one submitted first stays; another business of the same group is for an officer to compare."""
    case = replace(_case(group="云航集团", business="机器人"), others=others)
    assert [outcome(case, f"1/{name}", city) for name in ("one", "group", "similar")] == [one, group, similar]
    plain = replace(case, others=[vars(peer) for peer in reversed(others)])
    assert plain == case


def test_without_a_group_nothing_is_compared(city: Rulebook) -> None:
    """Absent means none."""
    assert outcome(replace(_case(), others=[_peer(1)]), "1/group", city) is PASS


@pytest.mark.parametrize(("year", "expected"), [(2021, PASS), (2022, PASS), (2023, FAIL), (2025, FAIL)])
def test_three_years_after_the_awards_year(city: Rulebook, year: int, expected: Outcome) -> None:
    """Cycle year minus award year is at least 3, in whatever track it was won; lower levels do not count."""
    won = {"award": "金奖", "level": "city", "year": year, "track": "文化类"}
    assert outcome(_case(prior_awards=[won]), "1/again", city) is expected
    assert outcome(_case(prior_awards=[won | {"award": "银奖"}]), "1/again", city) is PASS
    assert outcome(_case(prior_awards=[won | {"level": "district"}]), "1/again", city) is PASS


def test_nomination_and_categories(city: Rulebook) -> None:
    """A condition of one category has no finding in another."""
    assert outcome(replace(_case(), nominated_by="工信局"), "1/nominated", city) is PASS
    assert outcome(_case(), "1/nominated", city) is FAIL
    assert outcome(_case(), "1/economic", city) is PASS
    from shared.rulebooks import evaluate

    culture = evaluate(city, replace(_case(), category="culture"))
    assert "1/economic" not in {f.key for f in culture.findings}


def test_assumed_rules_sort_after_the_articles(city: Rulebook) -> None:
    """16.2 before 16.10, articles before what is assumed."""
    from shared.rulebooks import Ban, Finding

    rules = ("assumed:clean", "16.10", "16.2", "2")
    found = [Finding(rule, "x", FAIL, "", "") for rule in rules]
    assert failing_rules(found, {}) == ("2", "16.2", "16.10", "assumed:clean")
    banned = replace(_case(), bans=[Ban("assumed:clean", CLOSES)])
    assert outcome(banned, "assumed:clean/free", city) is FAIL


def test_every_operator_of_the_schema_exists_and_is_used_in_a_test(city: Rulebook) -> None:
    """Schema and code know the same words, and none goes untested."""
    assert set(schema()["$defs"]["condition"]["properties"]["operator"]["enum"]) == set(OPERATORS)
    used = {condition.operator for book in (city, *installed()) for condition in book.conditions}
    assert set(OPERATORS) == used

"""《杭州市人民政府质量奖管理办法（2025年修订）》: its data held against the explanation, its conditions at every edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from services.incentives.grants import Payment, award_grant, pool_grant
from shared.rulebooks import (
    Ban,
    Library,
    Membership,
    NotYetInForce,
    Outcome,
    RulebookError,
    Standing,
    failing_rules,
    standing,
)
from shared.rulebooks.library import read_lock
from shared.rulebooks.model import NoSuchTrack
from tests.unit.rulebooks.cases import CLOSES, decide, dossier, hangzhou, outcome, pool_member, with_records

BOOK = hangzhou()
PASS, FAIL, MISSING, AWAITING = Outcome.PASS, Outcome.FAIL, Outcome.MISSING, Outcome.AWAITING
DAY = timedelta(days=1)
REGISTERED, ACCIDENT, DISHONESTY, BAN = (
    "assumed:registered/registered_in_city",
    "assumed:clean_record/no_major_accident",
    "assumed:clean_record/no_serious_dishonesty",
    "assumed:no_ban/no_ban",
)


def test_every_item_of_the_explanation_is_there() -> None:
    """Five sections; the second has no items, the others four, five, six and five."""
    items = {
        "1": "一",
        **{f"1.{n}": f"一（{c}）" for n, c in enumerate("一二三四", 1)},
        "2": "二",
        "3": "三",
        **{f"3.{n}": f"三（{c}）" for n, c in enumerate("一二三四五", 1)},
        "4": "四",
        **{f"4.{n}": f"四（{c}）" for n, c in enumerate("一二三四五六", 1)},
        "5": "五",
        **{f"5.{n}": f"五（{c}）" for n, c in enumerate("一二三四五", 1)},
    }
    assert {rule: article.label for rule, article in BOOK.articles.items()} == items
    assert [rule for rule, article in BOOK.articles.items() if article.gist is None] == ["1", "3", "5"]


def test_conditions_are_the_kind_the_pool_and_what_is_assumed() -> None:
    """Rule, name, operator and whom it addresses; no condition is left to a person."""
    organization = ("organization",)
    assert [(c.rule, c.name, c.operator, c.kinds) for c in BOOK.conditions] == [
        ("1.2", "eligible_kind", "kind_is", ("organization", "individual", "project")),
        ("4.5", "in_pool", "in_pool", organization),
        ("assumed:registered", "registered_in_city", "fact_is", organization),
        ("assumed:clean_record", "no_major_accident", "no_records", organization),
        ("assumed:clean_record", "no_serious_dishonesty", "no_records", organization),
        ("assumed:materials", "application_form", "material", organization),
        ("assumed:materials", "self_assessment", "material", organization),
        ("assumed:materials", "proofs", "material", organization),
        ("assumed:no_ban", "no_ban", "no_ban", ("organization", "individual", "project")),
    ]


def test_stages_in_order_with_their_owners() -> None:
    """The ranking by maturity score is the text's (4.6), the rest of the order is assumed; one notice."""
    assert [(s.key, s.owner, s.rule, s.working_days, s.entry, s.scoring) for s in BOOK.stages] == [
        ("submission", "intake", "assumed:procedure", None, "all", None),
        ("qualification", "eligibility", "assumed:procedure", None, "all", None),
        ("document_review", "review", "4.6", None, "all", "sheets"),
        ("site_review", "review", "4.6", None, "office", "sheets"),
        ("committee", "committee", "assumed:procedure", None, "all", None),
        ("notice:award", "eligibility", "assumed:award_notice", 5, "all", None),
        ("grants", "incentives", "4.6", None, "all", None),
    ]
    assert {s.key for s in BOOK.stages if s.source == "text"} == {"grants"}
    panels = {s.key: (s.panel.reviewers_per_application, s.panel.source) for s in BOOK.stages if s.panel}
    assert panels == {"document_review": (3, "assumed"), "site_review": (3, "assumed")}


def test_three_levels_of_twenty_five_places_each() -> None:
    """4.4: each level its own quota; the highest first; organizations alone."""
    assert [(level.name, level.tracks, level.rule) for level in BOOK.levels] == [
        ("质量奖", ("组织",), "4.4"),
        ("创新奖", ("组织",), "4.4"),
        ("优胜奖", ("组织",), "4.4"),
    ]
    quotas = [BOOK.quota_of(level.name, "组织") for level in BOOK.levels]
    assert [(q.places, q.rule, q.source, q.reserve) for q in quotas] == [(25, "4.4", "text", None)] * 3
    assert len({q.id for q in quotas}) == 3


def test_only_an_organization_has_an_award_to_win() -> None:
    """1.2: nobody else has a track, and the rule that says whose award it is refuses them."""
    assert BOOK.kinds == ("organization",)
    assert BOOK.track_of("organization") == "组织"
    for kind in ("individual", "project"):
        with pytest.raises(NoSuchTrack):
            BOOK.track_of(kind)
        assert BOOK.materials(kind) == ()
        case = replace(pool_member(), kind=kind)
        assert {f.key: f.outcome for f in decide(case, BOOK).findings} == {
            "1.2/eligible_kind": FAIL,
            BAN: PASS,
        }


@pytest.mark.parametrize(
    ("level", "cap"), [("质量奖", 60_000_000), ("创新奖", 30_000_000), (None, 20_000_000)]
)
def test_each_grant_is_the_smaller_of_its_cap_and_the_approved_cost(level: str | None, cap: int) -> None:
    """4.6, in fen: 60, 30 and 20 万元; one yuan below the cap, the cap, one above; without a cost nothing yet."""
    (rule,) = [grant for grant in BOOK.grants if grant.level == level]
    assert (rule.amount_fen, rule.up_to, rule.once, rule.rule) == (cap, True, True, "4.6")
    assert rule.cost_fact == "project_cost_yuan"
    yuan = cap // 100
    for cost, payable in (
        (yuan - 1, cap - 100), (yuan, cap), (yuan + 1, cap), (0, 0), (None, 0)
    ):  # fmt: skip
        if level is None:
            grant = pool_grant(BOOK, None if cost is None else cost * 100, ())
        else:
            grant = award_grant(BOOK, level, "组织", dossier(project_cost_yuan=cost), (), ())
        assert grant is not None
        assert (grant.amount_fen, grant.rule) == (payable, "4.6"), cost


def test_the_lowest_level_brings_no_money() -> None:
    """4.6 names none for it."""
    assert award_grant(BOOK, "优胜奖", "组织", dossier(project_cost_yuan=1_000_000), (), ()) is None


def test_a_grant_is_paid_once_and_the_pools_and_the_awards_add_up() -> None:
    """One paid before keeps back the same one alone; the reading that adds them up is a named parameter."""
    facts, on = dossier(project_cost_yuan=900_000), date(2024, 5, 6)
    before = [Payment("pool", None, 20_000_000, on), Payment("award", "创新奖", 30_000_000, on)]
    grants = {
        "pool": pool_grant(BOOK, 90_000_000, before),
        "质量奖": award_grant(BOOK, "质量奖", "组织", facts, (), before),
        "创新奖": award_grant(BOOK, "创新奖", "组织", facts, (), before),
    }
    assert {name: grant and grant.amount_fen for name, grant in grants.items()} == {
        "pool": 0,
        "质量奖": 60_000_000,
        "创新奖": 0,
    }
    assert BOOK.readings["pool_and_award"] == "add_up"
    assert "readings.pool_and_award" in {a.path for a in BOOK.assumed()}


def test_another_reading_of_pool_and_award_is_refused(tmp_path: Path) -> None:
    """Nothing here could set one grant off against the other, so a file cannot ask for it."""
    other = "format: 1\nid: other-2025\nextends: hangzhou-2025\nstatus: draft\nin_force: null\n"
    (tmp_path / "other-2025.yaml").write_text(other, encoding="utf-8")
    assert Library.load(tmp_path).get("other-2025").readings == BOOK.readings
    other += "readings: {pool_and_award: {value: set_off}}\n"
    (tmp_path / "other-2025.yaml").write_text(other, encoding="utf-8")
    with pytest.raises(RulebookError, match=r"other-2025\.yaml:6: .*add_up"):
        Library.load(tmp_path)


def test_what_follows_after_the_award() -> None:
    """All assumed: three events revoke and bar for five years; misuse of the title is not among them."""
    revoking = ("revoke", "recall_certificate", "clawback")
    table = {e: (s.rule, s.orders, s.revokes, s.ban_years, s.source) for e, s in BOOK.sanctions.items()}
    rest = ("assumed:revocation", revoking, True, 5, "assumed")
    assert table == {
        "fraud": (
            "assumed:revocation",
            (*revoking, "report_to_credit_platform"),
            True,
            5,
            "assumed",
        ),
        "major_accident": rest,
        "major_matter": rest,
    }
    assert BOOK.sanction("title_misuse") is None


def test_tracking_period_and_retention() -> None:
    """1.3 has the six indices; how long, how often and how long kept is assumed."""
    assert [index["zh"] for index in BOOK.raw["tracking"]["indices"]] == [
        "综合绩效", "经济效益", "市场表现", "持续创新", "质量水平", "社会效益",
    ]  # fmt: skip
    assert [(index.key, index.unit.en, index.better) for index in BOOK.tracking.indices] == [
        ("overall", "points of 1000", "higher"),
        ("economic", "10 000 yuan a head", "higher"),
        ("market", "percent of the market", "higher"),
        ("innovation", "percent of turnover", "higher"),
        ("quality", "percent lost for want of quality", "lower"),
        ("social", "10 000 yuan", "higher"),
    ]
    assert {index.source for index in BOOK.tracking.indices} == {"assumed"}
    assert (BOOK.tracking.report_months, BOOK.tracking.fall_percent) == (3, 20)
    assert (BOOK.tracking.years, BOOK.tracking.rule, BOOK.tracking.source) == (5, "1.3", "assumed")
    assert (BOOK.period.years, BOOK.period.rule, BOOK.period.source) == (5, "4.4", "assumed")
    assert (BOOK.retention_years, BOOK.retention.source) == (10, "assumed")


def test_votes_objections_recusal_and_departments_are_assumed() -> None:
    """As in the one text that has them; four departments are asked."""
    assert (BOOK.votes.quorum, BOOK.votes.majority, BOOK.votes.failed) == (
        Fraction(2, 3),
        Fraction(1, 2),
        "out",
    )
    assert (BOOK.objections.real_name, BOOK.objections.evidence, BOOK.objections.by) == (
        True,
        True,
        ("person", "unit"),
    )
    assert {r.ground: r.applies_to for r in BOOK.recusal} == {
        "advises": ("expert",),
        "employer": ("expert", "member", "officer"),
        "kin_of": ("expert", "member", "officer"),
        "declared": ("expert", "member", "officer"),
    }
    assert BOOK.departments == ("credit", "safety", "environment", "quality")
    assert BOOK.materials("organization") == ("application_form", "self_assessment", "proofs")
    assert {
        "votes", "scores", "objections", "objections.upheld_place", "departments", "recusal.advises",
        "recusal.employer", "recusal.kin_of", "recusal.declared",
    } <= {a.path for a in BOOK.assumed()}  # fmt: skip


def test_in_force_from_a_day_that_is_assumed_without_an_end() -> None:
    """2025-08-01, the first day in."""
    with pytest.raises(NotYetInForce):
        BOOK.in_force_on(date(2025, 7, 31))
    for day in (date(2025, 8, 1), date(2099, 12, 31)):
        BOOK.in_force_on(day)
    assert "in_force" in {a.path for a in BOOK.assumed()}
    assert read_lock()[BOOK.id] == BOOK.sha256


def test_one_that_meets_everything_is_qualified_at_once() -> None:
    """Every condition has one finding, and no officer is waited for."""
    found = decide(pool_member(), BOOK).findings
    assert [f.key for f in found] == [f"{c.rule}/{c.name}" for c in BOOK.conditions]
    assert {f.outcome for f in found} == {PASS}
    assert standing(found, {}) is Standing.QUALIFIED
    assert [f.source_article for f in found[:2]] == ["一（二）", "四（五）"]


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("杭州市", PASS),
        ("杭州市滨江区", PASS),
        ("杭州市临安区", PASS),
        ("宁波市北仑区", FAIL),
        ("浙江省", FAIL),
        ("浙江省杭州市", FAIL),
        (None, MISSING),
    ],
)
def test_registered_in_the_city(region: str | None, expected: Outcome) -> None:
    """assumed:registered: the region begins with the city's name, whatever district follows."""
    assert outcome(pool_member(region=region), REGISTERED, BOOK) is expected


@pytest.mark.parametrize(
    ("joined", "expected"),
    [
        (CLOSES - DAY, PASS),
        (CLOSES, PASS),
        (CLOSES + DAY, FAIL),
        (date(2024, 2, 29), PASS),
        (None, MISSING),
    ],
)
def test_in_the_pool_by_the_day_applications_close(joined: date | None, expected: Outcome) -> None:
    """4.5; whether the pool's project has an approved cost does not matter here."""
    for cost in (None, 0, 26_000_000):
        case = replace(pool_member(), pool=Membership(joined, cost))
        assert outcome(case, "4.5/in_pool", BOOK) is expected
    outside = replace(pool_member(), pool=None)
    assert outcome(outside, "4.5/in_pool", BOOK) is FAIL
    assert failing_rules(decide(outside, BOOK).findings, {}) == ("4.5",)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2022, 6, 12), PASS),
        (date(2022, 6, 13), FAIL),
        (date(2022, 6, 14), FAIL),
        (CLOSES - DAY, FAIL),
        (CLOSES, FAIL),
        (CLOSES + DAY, PASS),
    ],
)
def test_the_last_three_years_are_a_closed_interval(on: date, expected: Outcome) -> None:
    """assumed:clean_record; a major accident with any of three departments, dishonesty with credit."""
    accident = {"kind": "accident", "on": on, "severity": "重大"}
    for department in ("safety", "environment", "quality"):
        assert outcome(with_records(pool_member(), **{department: [accident]}), ACCIDENT, BOOK) is expected
    dishonest = with_records(pool_member(), credit=[{"kind": "serious_dishonesty", "on": on}])
    assert outcome(dishonest, DISHONESTY, BOOK) is expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2021, 2, 27), PASS), (date(2021, 2, 28), FAIL), (date(2021, 3, 1), FAIL)],
)
def test_the_look_back_from_a_leap_day(on: date, expected: Outcome) -> None:
    """Closing on 29 February 2024, the last three years begin on 28 February 2021."""
    case = with_records(pool_member(), safety=[{"kind": "accident", "on": on, "severity": "特别重大"}])
    assert outcome(replace(case, closes_on=date(2024, 2, 29)), ACCIDENT, BOOK) is expected


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("一般", PASS), ("较大", PASS), ("重大", FAIL), ("特别重大", FAIL), (None, MISSING)],
)
def test_grades_of_accidents(severity: str | None, expected: Outcome) -> None:
    """From 重大 on, liable or not."""
    for liable in (True, False, None):
        record = {"kind": "accident", "on": CLOSES, "severity": severity, "liable": liable}
        assert outcome(with_records(pool_member(), quality=[record]), ACCIDENT, BOOK) is expected


@pytest.mark.parametrize(
    ("department", "record"),
    [
        ("credit", {"kind": "accident", "severity": "重大"}),
        ("credit", {"kind": "administrative_penalty"}),
        ("safety", {"kind": "administrative_penalty"}),
        ("environment", {"kind": "serious_dishonesty"}),
        ("quality", {"kind": "major_complaint"}),
    ],
)
def test_records_that_no_condition_asks_for(department: str, record: dict[str, Any]) -> None:
    """A penalty, a complaint, or an entry where nobody looks for it leaves a record clean."""
    case = with_records(pool_member(), **{department: [record | {"on": CLOSES}]})
    assert failing_rules(decide(case, BOOK).findings, {}) == ()


@pytest.mark.parametrize(
    ("silent", "key"),
    [("safety", ACCIDENT), ("environment", ACCIDENT), ("quality", ACCIDENT), ("credit", DISHONESTY)],
)
def test_a_missing_answer_is_never_a_clean_record(silent: str, key: str) -> None:
    """Waited for; a failure that others show is not."""
    case = with_records(pool_member(), **{silent: None})
    waiting = {f.key for f in decide(case, BOOK).findings if f.outcome is AWAITING}
    assert waiting == {key}
    assert standing(decide(case, BOOK).findings, {}) is Standing.AWAITING_RECORDS
    refused = replace(case, pool=None)
    assert standing(decide(refused, BOOK).findings, {}) is Standing.INELIGIBLE


@pytest.mark.parametrize("material", ["application_form", "self_assessment", "proofs"])
def test_every_material_is_needed(material: str) -> None:
    """assumed:materials; no recommendation is."""
    case = replace(pool_member(), materials=pool_member().materials - {material})
    assert outcome(case, f"assumed:materials/{material}", BOOK) is FAIL
    assert failing_rules(decide(case, BOOK).findings, {}) == ("assumed:materials",)


@pytest.mark.parametrize(
    ("shift", "expected"), [(-1, ()), (0, ("assumed:revocation",)), (1, ("assumed:revocation",))]
)
def test_a_ban_is_held_against_the_day_of_submission(shift: int, expected: tuple[str, ...]) -> None:
    """The ban's last day is in; what fails is the rule that left it."""
    case = pool_member()
    rule = BOOK.sanctions["fraud"].rule
    banned = replace(case, bans=[Ban(rule, case.submitted_on + shift * DAY)])
    assert failing_rules(decide(banned, BOOK).findings, {}) == expected
    own = replace(case, bans=[Ban("assumed:no_ban", case.submitted_on)])
    assert outcome(own, BAN, BOOK) is FAIL


def test_evaluation_never_stops_at_the_first_failure() -> None:
    """An applicant with nothing to show learns everything that is wrong at once."""
    case = replace(pool_member(region=None), pool=None, materials=frozenset())
    found = decide(with_records(case, **dict.fromkeys(BOOK.departments)), BOOK).findings
    assert len(found) == len(BOOK.conditions)
    assert failing_rules(found, {}) == ("4.5", "assumed:materials", "assumed:registered")

"""《深圳市市长质量奖管理办法（2023年修订）》: its data held against the risk assessment, its conditions at every edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from services.committee.places import kept_places
from services.incentives.grants import Payment, award_grant
from shared.rulebooks import Ban, Case, NotYetInForce, Outcome, Standing, failing_rules, standing
from shared.rulebooks.library import read_lock
from shared.rulebooks.model import NoSuchTrack
from tests.unit.rulebooks.cases import (
    CLOSES,
    GRADES_AND_LIABILITY,
    decide,
    dossier,
    finding,
    outcome,
    pioneer,
    project,
    shenzhen_2023,
    with_records,
)

BOOK = shenzhen_2023()
PASS, FAIL, MISSING = Outcome.PASS, Outcome.FAIL, Outcome.MISSING
AWAITING, JUDGE = Outcome.AWAITING, Outcome.NEEDS_JUDGEMENT
DAY = timedelta(days=1)
CLEAN = "assumed:clean_record"
BOTH = pytest.mark.parametrize("case", [pioneer(), project()], ids=["organization", "project"])


def test_the_report_names_two_articles() -> None:
    """4 and 14; its other passages are listed by a name, each with its place in the report."""
    assert [rule for rule in BOOK.articles if not rule.startswith("assumed:")] == ["4", "14"]
    assert (BOOK.label("4"), BOOK.label("14")) == ("第四条", "第十四条")
    assert BOOK.label("assumed:period") == "主要修订内容第三项"
    assert all(article.gist for article in BOOK.articles.values())


def test_what_the_report_changes_or_asks_for_is_listed_or_a_duty() -> None:
    """No stage of a public vote; a report for each, a digest, a platform, tracking, people honoured."""
    left_out = {entry.rule for entry in BOOK.not_encoded}
    assert {"assumed:social_evaluation", "assumed:publicity", "assumed:more_incentives"} <= left_out
    assert "social_evaluation" not in {stage.kind for stage in BOOK.stages}
    assert {name: duty["rule"] for name, duty in BOOK.raw["duties"].items()} == {
        "one_report_each": "assumed:feedback",
        "public_digest": "assumed:digest",
        "platform": "assumed:platform",
        "tracking": "assumed:tracking",
        "individuals_honoured": "assumed:individuals_honoured",
    }
    assert [s.key for s in BOOK.stages if s.report] == ["document_review", "site_review"]


def test_conditions_are_article_14_and_what_is_assumed() -> None:
    """Rule, name, operator and whom it addresses; leading economic figures are asked no more."""
    everyone, organization = ("organization", "individual", "project"), ("organization",)
    assert [(c.rule, c.name, c.operator, c.kinds) for c in BOOK.conditions] == [
        ("assumed:award_kinds", "eligible_kind", "kind_is", everyone),
        ("14", "original_contribution", "judgement", organization),
        ("assumed:project_value", "project_value", "judgement", ("project",)),
        ("assumed:registered", "registered_in_city", "fact_is", organization),
        ("assumed:registered", "registered_years", "years_since", organization),
        (CLEAN, "policy_compliant", "fact_is", everyone),
        (CLEAN, "no_penalty", "no_records", everyone),
        (CLEAN, "no_liable_accident", "no_records", everyone),
        (CLEAN, "no_environmental_dishonesty", "no_records", everyone),
        (CLEAN, "good_credit", "no_records", everyone),
        ("assumed:materials", "application_form", "material", everyone),
        ("assumed:materials", "self_assessment", "material", everyone),
        ("assumed:materials", "proofs", "material", everyone),
        ("assumed:no_ban", "no_ban", "no_ban", everyone),
    ]
    (original,) = [c for c in BOOK.conditions if c.rule == "14"]
    assert original.note is not None
    assert "经济指标" in original.note.zh
    assert all("leading_indicators" not in str(c.parameters) for c in BOOK.conditions)


def test_two_reviews_and_three_notices() -> None:
    """Five working days each; the order is assumed; the office settles who is visited."""
    assert [(s.key, s.owner, s.working_days, s.entry, s.scoring) for s in BOOK.stages] == [
        ("submission", "intake", None, "all", None),
        ("qualification", "eligibility", None, "all", None),
        ("notice:nomination", "eligibility", 5, "all", None),
        ("document_review", "review", None, "all", "sheets"),
        ("notice:first_review", "eligibility", 5, "all", None),
        ("site_review", "review", None, "office", "sheets"),
        ("committee", "committee", None, "all", None),
        ("notice:award", "eligibility", 5, "all", None),
        ("grants", "incentives", None, "all", None),
    ]
    assert {s.key for s in BOOK.stages if s.source == "text"} == {"submission", "grants"}
    panels = {s.key: (s.panel.reviewers_per_application, s.panel.source) for s in BOOK.stages if s.panel}
    assert panels == {"document_review": (3, "assumed"), "site_review": (3, "assumed")}


def test_organizations_and_projects_have_an_award_each() -> None:
    """No categories; nobody else has a track."""
    assert (BOOK.kinds, BOOK.categories) == (("organization", "project"), ())
    assert BOOK.track_of("organization") == "组织"
    assert BOOK.track_of("project") == "项目"
    with pytest.raises(NoSuchTrack):
        BOOK.track_of("individual")
    assert [(level.name, level.tracks) for level in BOOK.levels] == [
        ("市长质量奖", ("组织",)),
        ("项目奖", ("项目",)),
    ]


def test_ten_places_each_and_one_in_ten_kept_for_innovative_smes() -> None:
    """The numbers are assumed; that a share is kept is article 4; a share of ten is one place, of eleven two."""
    organizations, projects = BOOK.quota_of("市长质量奖", "组织"), BOOK.quota_of("项目奖", "项目")
    assert [(q.places, q.source) for q in (organizations, projects)] == [(10, "assumed")] * 2
    assert projects.reserve is None
    reserve = organizations.reserve
    assert reserve is not None
    assert (reserve.share, reserve.fact, reserve.rule, reserve.source) == (
        Fraction(1, 10),
        "innovative_sme",
        "4",
        "assumed",
    )
    kept = {places: kept_places(replace(organizations, places=places)) for places in (9, 10, 11)}
    assert kept == {9: 1, 10: 1, 11: 2}
    assert kept_places(projects) == 0


@pytest.mark.parametrize(
    ("level", "track", "source"), [("市长质量奖", "组织", "text"), ("项目奖", "项目", "assumed")]
)
def test_funding_is_the_smaller_of_two_million_yuan_and_the_approved_cost(
    level: str, track: str, source: str
) -> None:
    """One yuan below the cap, the cap, one above; without a cost a title and nothing to pay; not once only."""
    rule, cap = BOOK.grant_for(level, track), 200_000_000
    assert rule is not None
    assert (rule.amount_fen, rule.up_to, rule.once, rule.source) == (cap, True, False, source)
    paid = [Payment("award", level, cap, date(2024, 1, 2))]
    for cost, payable in (
        (1_999_999, cap - 100), (2_000_000, cap), (2_000_001, cap), (0, 0), (None, 0)
    ):  # fmt: skip
        for before in ([], paid):
            grant = award_grant(BOOK, level, track, dossier(project_cost_yuan=cost), (), before)
            assert grant is not None
            assert (grant.amount_fen, grant.rule) == (payable, "assumed:quality_work_funding")


def test_what_follows_after_the_award() -> None:
    """All assumed: three events revoke and bar for five years; misuse of the title is not among them."""
    revoking = ("revoke", "recall_certificate", "clawback")
    orders = {event: sanction.orders for event, sanction in BOOK.sanctions.items()}
    assert orders == {
        "fraud": (*revoking, "report_to_credit_platform"),
        "major_accident": revoking,
        "major_matter": revoking,
    }
    rest = {(s.rule, s.revokes, s.ban_years, s.source) for s in BOOK.sanctions.values()}
    assert rest == {("assumed:revocation", True, 5, "assumed")}


def test_period_tracking_votes_and_departments() -> None:
    """Five years is the report's own word; terms, votes, objections, recusal and departments are assumed."""
    assert (BOOK.period.years, BOOK.period.rule, BOOK.period.source) == (5, "assumed:period", "text")
    assert (BOOK.tracking.years, BOOK.tracking.source) == (5, "assumed")
    assert (BOOK.tracking.report_months, BOOK.tracking.fall_percent, BOOK.tracking.indices) == (3, None, ())
    assert (BOOK.retention_years, BOOK.retention.source) == (10, "assumed")
    assert (BOOK.votes.quorum, BOOK.votes.majority, BOOK.votes.failed) == (
        Fraction(2, 3),
        Fraction(1, 2),
        "out",
    )
    assert (BOOK.objections.real_name, BOOK.objections.evidence) == (True, True)
    assert {r.ground for r in BOOK.recusal} == {"advises", "employer", "kin_of", "declared"}
    assert BOOK.departments == ("credit", "safety", "environment", "labour")
    for kind in BOOK.kinds:
        assert BOOK.materials(kind) == ("application_form", "self_assessment", "proofs")
    assert {
        "votes", "scores", "objections", "departments", "quotas.organizations", "quotas.organizations.reserve",
        "quotas.projects", "grants.project", "recusal.employer", "tracking", "retention", "in_force",
    } <= {a.path for a in BOOK.assumed()}  # fmt: skip


def test_in_force_from_a_day_that_is_assumed_without_an_end() -> None:
    """2023-08-01, the first day in."""
    with pytest.raises(NotYetInForce):
        BOOK.in_force_on(date(2023, 7, 31))
    for day in (date(2023, 8, 1), date(2099, 12, 31)):
        BOOK.in_force_on(day)
    assert read_lock()[BOOK.id] == BOOK.sha256


@BOTH
def test_one_that_meets_everything_waits_only_for_one_judgement(case: Case) -> None:
    """Every condition of its kind has one finding; own application is as good as a nomination."""
    for nominated_by in (None, "深圳市工业和信息化局"):
        found = decide(replace(case, nominated_by=nominated_by), BOOK).findings
        assert [f.key for f in found] == [
            f"{c.rule}/{c.name}" for c in BOOK.conditions if case.kind in c.kinds
        ]
        assert {f.outcome for f in found} == {PASS, JUDGE}
        judged = [f.key for f in found if f.outcome is JUDGE]
        expected = {
            "organization": "14/original_contribution",
            "project": "assumed:project_value/project_value",
        }
        assert judged == [expected[case.kind]]
        assert standing(found, {}) is Standing.AWAITING_JUDGEMENT
        assert standing(found, {judged[0]: True}) is Standing.QUALIFIED
        assert failing_rules(found, {judged[0]: False}) == (judged[0].split("/")[0],)


def test_the_officer_sees_who_nominated_and_what_was_handed_in() -> None:
    """The evidence of both judgements."""
    nominated = replace(pioneer(), nominated_by="深圳市工业和信息化局")
    assert "提名单位：深圳市工业和信息化局" in finding(nominated, "14/original_contribution", BOOK).evidence
    evidence = finding(project(), "assumed:project_value/project_value", BOOK).evidence
    assert "项目建成运行日期：2022-08-15" in evidence
    assert "自我评价报告：已提交" in evidence


@pytest.mark.parametrize(
    ("key", "facts", "expected"),
    [
        ("assumed:registered/registered_in_city", {"region": "深圳市"}, PASS),
        ("assumed:registered/registered_in_city", {"region": "深圳市南山区"}, PASS),
        ("assumed:registered/registered_in_city", {"region": "东莞市"}, FAIL),
        ("assumed:registered/registered_in_city", {"region": None}, MISSING),
        ("assumed:registered/registered_years", {"registered_on": None}, MISSING),
        ("assumed:registered/registered_years", {"registered_on": date(2022, 6, 12)}, PASS),
        ("assumed:registered/registered_years", {"registered_on": date(2022, 6, 13)}, PASS),
        ("assumed:registered/registered_years", {"registered_on": date(2022, 6, 14)}, FAIL),
    ],
)
def test_registered_in_the_city_for_three_years(key: str, facts: dict[str, Any], expected: Outcome) -> None:
    """assumed:registered: the city itself, not one of its districts; the anniversary is in."""
    assert outcome(pioneer(**facts), key, BOOK) is expected


@pytest.mark.parametrize(
    ("closes", "expected"),
    [(date(2027, 2, 27), FAIL), (date(2027, 2, 28), PASS), (date(2027, 3, 1), PASS)],
)
def test_three_years_from_a_leap_day(closes: date, expected: Outcome) -> None:
    """Registered on 29 February 2024, three years are complete on 28 February 2027."""
    case = replace(pioneer(registered_on=date(2024, 2, 29)), closes_on=closes)
    assert outcome(case, "assumed:registered/registered_years", BOOK) is expected


@BOTH
@pytest.mark.parametrize(("value", "expected"), [(True, PASS), (False, FAIL), (None, MISSING)])
def test_within_policy(case: Case, value: bool | None, expected: Outcome) -> None:
    """assumed:clean_record, organizations and projects alike."""
    found = replace(case, facts={**case.facts, "policy_compliant": value})
    assert outcome(found, f"{CLEAN}/policy_compliant", BOOK) is expected


@BOTH
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2024, 6, 12), PASS),
        (date(2024, 6, 13), FAIL),
        (date(2024, 6, 14), FAIL),
        (CLOSES - DAY, FAIL),
        (CLOSES, FAIL),
        (CLOSES + DAY, PASS),
    ],
)
def test_a_penalty_within_one_year(case: Case, on: date, expected: Outcome) -> None:
    """Whichever of the four departments has it."""
    for department in BOOK.departments:
        fined = with_records(case, **{department: [{"kind": "administrative_penalty", "on": on}]})
        assert outcome(fined, f"{CLEAN}/no_penalty", BOOK) is expected


@BOTH
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2022, 6, 12), PASS),
        (date(2022, 6, 13), FAIL),
        (date(2022, 6, 14), FAIL),
        (CLOSES, FAIL),
        (CLOSES + DAY, PASS),
    ],
)
def test_accidents_and_dishonesty_within_three_years(case: Case, on: date, expected: Outcome) -> None:
    """An accident with liability, dishonesty towards the environment, and with credit."""
    accident = {"kind": "accident", "on": on, "severity": "较大", "liable": True}
    dishonest = {"kind": "serious_dishonesty", "on": on}
    for department, record, name in (
        ("safety", accident, "no_liable_accident"),
        ("environment", dishonest, "no_environmental_dishonesty"),
        ("credit", dishonest, "good_credit"),
    ):
        found = with_records(case, **{department: [record]})
        assert outcome(found, f"{CLEAN}/{name}", BOOK) is expected
        assert failing_rules(decide(found, BOOK).findings, {}) == ((CLEAN,) if expected is FAIL else ())


@pytest.mark.parametrize(
    ("years", "on", "expected"),
    [
        (1, date(2023, 2, 27), PASS),
        (1, date(2023, 2, 28), FAIL),
        (1, date(2023, 3, 1), FAIL),
        (3, date(2021, 2, 27), PASS),
        (3, date(2021, 2, 28), FAIL),
        (3, date(2021, 3, 1), FAIL),
    ],
)
def test_the_look_backs_from_a_leap_day(years: int, on: date, expected: Outcome) -> None:
    """Closing on 29 February 2024, the last year begins on 28 February 2023, the last three in 2021."""
    kind, name = {1: ("administrative_penalty", "no_penalty"), 3: ("serious_dishonesty", "good_credit")}[
        years
    ]
    case = with_records(pioneer(), credit=[{"kind": kind, "on": on}])
    assert outcome(replace(case, closes_on=date(2024, 2, 29)), f"{CLEAN}/{name}", BOOK) is expected


@pytest.mark.parametrize(("severity", "liable", "expected"), GRADES_AND_LIABILITY)
def test_grades_and_liability(severity: str | None, liable: bool | None, expected: Outcome) -> None:
    """From 较大 on and only with liability; what is not known is left open unless it could not matter."""
    record = {"kind": "accident", "on": CLOSES, "severity": severity, "liable": liable}
    case = with_records(project(), safety=[record])
    assert outcome(case, f"{CLEAN}/no_liable_accident", BOOK) is expected


@pytest.mark.parametrize(
    ("department", "record"),
    [
        ("environment", {"kind": "accident", "severity": "特别重大", "liable": True}),
        ("safety", {"kind": "serious_dishonesty"}),
        ("labour", {"kind": "serious_dishonesty"}),
        ("credit", {"kind": "major_complaint"}),
    ],
)
def test_records_that_no_condition_asks_for(department: str, record: dict[str, Any]) -> None:
    """Accidents are the safety authority's, dishonesty the environment's and credit's."""
    case = with_records(pioneer(), **{department: [record | {"on": CLOSES}]})
    assert failing_rules(decide(case, BOOK).findings, {}) == ()


@BOTH
@pytest.mark.parametrize(
    ("silent", "waiting"),
    [
        ("credit", {"no_penalty", "good_credit"}),
        ("safety", {"no_penalty", "no_liable_accident"}),
        ("environment", {"no_penalty", "no_environmental_dishonesty"}),
        ("labour", {"no_penalty"}),
    ],
)
def test_a_missing_answer_is_never_a_clean_record(case: Case, silent: str, waiting: set[str]) -> None:
    """What the silent department could decide waits; a failure that another shows does not."""
    found = decide(with_records(case, **{silent: None}), BOOK).findings
    assert {f.condition for f in found if f.outcome is AWAITING} == waiting
    assert standing(found, {}) is Standing.AWAITING_RECORDS
    refused = replace(with_records(case, **{silent: None}), materials=frozenset())
    assert standing(decide(refused, BOOK).findings, {}) is Standing.INELIGIBLE


@BOTH
@pytest.mark.parametrize("material", ["application_form", "self_assessment", "proofs"])
def test_every_material_is_needed(case: Case, material: str) -> None:
    """assumed:materials; neither a recommendation nor a nomination is."""
    found = decide(replace(case, materials=case.materials - {material}), BOOK).findings
    assert [f.key for f in found if f.outcome is FAIL] == [f"assumed:materials/{material}"]


@BOTH
@pytest.mark.parametrize(("shift", "barred"), [(-1, False), (0, True), (1, True)])
def test_a_ban_is_held_against_the_day_of_submission(case: Case, shift: int, barred: bool) -> None:
    """The ban's last day is in; what fails is the rule that left it."""
    banned = replace(case, bans=[Ban(BOOK.sanctions["fraud"].rule, case.submitted_on + shift * DAY)])
    assert failing_rules(decide(banned, BOOK).findings, {}) == (("assumed:revocation",) if barred else ())


def test_a_small_innovative_firm_is_asked_the_same() -> None:
    """Article 4 keeps places and eases no condition; absent means that it is none."""
    for value in (True, False, None):
        found = decide(pioneer(innovative_sme=value), BOOK).findings
        assert [f.outcome for f in found] == [f.outcome for f in decide(pioneer(), BOOK).findings]


def test_evaluation_never_stops_at_the_first_failure() -> None:
    """An applicant with nothing to show learns everything that is wrong at once."""
    case = replace(pioneer(), facts={}, materials=frozenset())
    found = decide(with_records(case, **dict.fromkeys(BOOK.departments)), BOOK).findings
    assert len(found) == len(decide(pioneer(), BOOK).findings)
    assert failing_rules(found, {}) == (CLEAN, "assumed:materials", "assumed:registered")

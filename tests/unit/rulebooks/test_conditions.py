"""Each condition of the published rulebook: passing, failing, missing, and every threshold a day either side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.problems import Invalid
from shared.rulebooks import Ban, Case, Outcome, Standing, failing_rules, standing
from tests.unit.rulebooks.cases import (
    CLOSES,
    DEPARTMENTS,
    changning,
    decide,
    finding,
    organization,
    outcome,
    person,
    with_records,
)

PASS, FAIL, MISSING = Outcome.PASS, Outcome.FAIL, Outcome.MISSING
AWAITING, JUDGE, NOT = Outcome.AWAITING, Outcome.NEEDS_JUDGEMENT, Outcome.NOT_APPLICABLE
DAY = timedelta(days=1)


@pytest.mark.parametrize("case", [organization(), person()], ids=["organization", "person"])
def test_one_that_meets_everything_waits_only_for_judgement(case: Case) -> None:
    """Every condition of its kind has exactly one finding, none fails."""
    found = decide(case)
    addressed = {f"{c.rule}/{c.name}" for c in changning().conditions if case.kind in c.kinds}
    assert {f.key for f in found.findings} == addressed | {"35/no_ban"}
    assert {f.outcome for f in found.findings} == {PASS, JUDGE}
    assert standing(found.findings, {}) is Standing.AWAITING_JUDGEMENT
    judged = {f.key: True for f in found.findings if f.outcome is JUDGE}
    assert standing(found.findings, judged) is Standing.QUALIFIED
    assert all(f.reason and f.reason_en and f.source_article for f in found.findings)


@pytest.mark.parametrize(
    ("key", "facts", "expected"),
    [
        ("16.1/registered_in_region", {"region": "上海市静安区"}, FAIL),
        ("16.1/registered_in_region", {"region": "上海市"}, FAIL),
        ("16.1/registered_in_region", {"region": None}, MISSING),
        ("16.1/operating_years", {"operating_since": None}, MISSING),
        ("16.2/policy_compliant", {"policy_compliant": False}, FAIL),
        ("16.2/policy_compliant", {"policy_compliant": None}, MISSING),
        ("16.2/licences_valid", {"licences_valid": False}, FAIL),
        ("16.2/licences_valid", {"licences_valid": None}, MISSING),
        ("16.4/leading_position", {"leading_indicators": None}, JUDGE),
        ("16.5/chief_quality_officer", {"chief_quality_officer": False}, FAIL),
        ("16.5/chief_quality_officer", {"chief_quality_officer": None}, MISSING),
        ("16.6/no_loss", {"for_profit": False}, NOT),
        ("16.6/no_loss", {"for_profit": False, "profit_yuan": {2024: -1}}, NOT),
        ("16.6/no_loss", {"for_profit": None}, MISSING),
        ("16.6/no_loss", {"profit_yuan": None}, MISSING),
        ("16.6/no_loss", {"profit_yuan": {2022: 1, 2023: 1}}, MISSING),
        ("16.6/no_loss", {"profit_yuan": {2022: 1, 2023: -1}}, FAIL),
        ("16.6/no_loss", {"profit_yuan": {2021: -1, 2022: 0, 2023: 0, 2024: 0, 2025: -1}}, PASS),
        ("16.6/no_loss", {"profit_yuan": {2022: -1, 2023: 0, 2024: 0}}, FAIL),
        ("16.6/no_loss", {"profit_yuan": {2022: -1, 2023: 0, 2024: 0}, "policy_loss_years": [2022]}, PASS),
        ("16.6/no_loss", {"profit_yuan": {2022: -1, 2023: 0, 2024: -1}, "policy_loss_years": [2022]}, FAIL),
        ("16.6/no_loss", {"profit_yuan": {2023: 0, 2024: 1}, "policy_loss_years": [2022]}, MISSING),
    ],
)
def test_facts_of_an_organization(key: str, facts: dict[str, Any], expected: Outcome) -> None:
    """Articles 16 (1), (2), (4), (5), (6)."""
    assert outcome(organization(**facts), key) is expected


@pytest.mark.parametrize(
    ("key", "facts", "expected"),
    [
        ("17.1/works_in_region", {"region": "上海市静安区"}, FAIL),
        ("17.1/works_in_region", {"region": None}, MISSING),
        ("17.1/quality_work_years", {"quality_work_since": None}, MISSING),
        ("17.2/innovation", {}, JUDGE),
        ("17.3/employer_standing", {}, JUDGE),
    ],
)
def test_facts_of_a_person(key: str, facts: dict[str, Any], expected: Outcome) -> None:
    """Article 17."""
    assert outcome(person(**facts), key) is expected


@pytest.mark.parametrize(
    ("shift", "expected"), [(-1, PASS), (0, PASS), (1, FAIL)], ids=["day before", "day", "day after"]
)
def test_three_and_five_years_end_on_the_anniversary(shift: int, expected: Outcome) -> None:
    """Three years of business, five of quality work, complete by the day applications close."""
    since = date(2022, 6, 13) + shift * DAY
    assert outcome(organization(operating_since=since), "16.1/operating_years") is expected
    since = date(2020, 6, 13) + shift * DAY
    assert outcome(person(quality_work_since=since), "17.1/quality_work_years") is expected


def test_three_years_from_a_leap_day() -> None:
    """Begun on 29 February 2024, three years are complete on 28 February 2027."""
    since = date(2024, 2, 29)
    for closes, expected in ((date(2027, 2, 27), FAIL), (date(2027, 2, 28), PASS), (date(2027, 3, 1), PASS)):
        case = replace(organization(operating_since=since), closes_on=closes)
        assert outcome(case, "16.1/operating_years") is expected


def _accident(on: date, severity: str | None = "重大", **more: Any) -> dict[str, Any]:
    return {"kind": "accident", "on": on, "severity": severity, **more}


@pytest.mark.parametrize("kind", ["organization", "person"])
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
def test_the_last_three_years_are_a_closed_interval(kind: str, on: date, expected: Outcome) -> None:
    """Both ends count; what happened after the closing day is not looked at."""
    case, rule = (organization(), "16.6") if kind == "organization" else (person(), "17.4")
    for department in ("safety", "environment", "quality", "public_health", "food_drug"):
        found = with_records(case, **{department: [_accident(on)]})
        assert outcome(found, f"{rule}/no_major_accident") is expected
    complaint = with_records(case, quality=[{"kind": "major_complaint", "on": on}])
    assert outcome(complaint, f"{rule}/no_major_complaint") is expected
    dishonest = with_records(case, credit=[{"kind": "serious_dishonesty", "on": on.isoformat()}])
    assert outcome(dishonest, f"{rule}/no_serious_dishonesty") is expected


def test_the_look_back_from_a_leap_day() -> None:
    """Closing on 29 February 2024, the last three years begin on 28 February 2021."""
    for on, expected in ((date(2021, 2, 27), PASS), (date(2021, 2, 28), FAIL), (date(2021, 3, 1), FAIL)):
        case = replace(with_records(organization(), safety=[_accident(on)]), closes_on=date(2024, 2, 29))
        assert outcome(case, "16.6/no_major_accident") is expected


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("一般", PASS), ("较大", PASS), ("重大", FAIL), ("特别重大", FAIL), (None, MISSING)],
)
def test_grades_of_accidents(severity: str | None, expected: Outcome) -> None:
    """Major means 重大 or above, liable or not; a grade that nobody gave is for an officer to find out."""
    for liable in (True, False, None):
        case = with_records(organization(), safety=[_accident(date(2023, 8, 9), severity, liable=liable)])
        assert outcome(case, "16.6/no_major_accident") is expected


def test_records_of_another_kind_or_department_do_not_count() -> None:
    """A penalty is no accident, and dishonesty is looked for where credit is kept."""
    case = with_records(
        organization(),
        safety=[{"kind": "administrative_penalty", "on": CLOSES}],
        quality=[{"kind": "serious_dishonesty", "on": CLOSES}],
        credit=[_accident(CLOSES), {"kind": "major_complaint", "on": CLOSES}],
    )
    assert failing_rules(decide(case).findings, {}) == ()


def test_a_missing_answer_is_never_a_clean_record() -> None:
    """What a silent department could decide waits; what it cannot, does not."""
    silent = with_records(organization(), food_drug=None)
    assert outcome(silent, "16.6/no_major_accident") is AWAITING
    assert outcome(silent, "16.6/no_major_complaint") is PASS
    assert standing(decide(silent).findings, {}) is Standing.AWAITING_RECORDS
    unheard = replace(silent, records={k: v for k, v in silent.records.items() if k != "food_drug"})
    assert decide(unheard) == decide(silent)
    credit = with_records(organization(), credit=None)
    assert outcome(credit, "16.5/good_credit") is AWAITING
    assert outcome(credit, "16.6/no_serious_dishonesty") is AWAITING


def test_a_failure_shown_by_one_answer_does_not_wait_for_the_others() -> None:
    """Ineligible at once, whatever the silent department may say."""
    case = with_records(organization(), safety=[_accident(CLOSES)], food_drug=None)
    assert outcome(case, "16.6/no_major_accident") is FAIL
    assert standing(decide(case).findings, {}) is Standing.INELIGIBLE


@pytest.mark.parametrize("material", ["application_form", "self_assessment", "proofs"])
def test_every_material_is_needed(material: str) -> None:
    """Article 20."""
    case = replace(organization(), materials=organization().materials - {material})
    assert outcome(case, f"20/{material}") is FAIL
    assert failing_rules(decide(case).findings, {}) == ("20",)


def test_a_recommendation_is_needed() -> None:
    """Article 20: absent means that there is none."""
    assert outcome(replace(person(), recommended_by=None), "20/recommended") is FAIL


def test_a_project_has_no_track_here() -> None:
    """Article 2: refused for its kind; the conditions for all are decided all the same."""
    found = decide(replace(organization(), kind="project"))
    outcomes = {f.key: f.outcome for f in found.findings}
    assert outcomes["2/eligible_kind"] is FAIL
    assert outcomes["18/not_won_recently"] is NOT
    assert {key.split("/")[0] for key in outcomes} == {"2", "18", "20", "34", "35"}


@pytest.mark.parametrize(
    ("level", "year", "expected"),
    [("city", 2025, FAIL), ("city", 2024, PASS), ("district", 2025, PASS), ("nation", 2025, PASS)],
)
def test_not_at_city_and_district_level_in_one_year(level: str, year: int, expected: Outcome) -> None:
    """Article 18, first sentence; absent means none."""
    case = organization(other_applications=[{"level": level, "year": year}])
    assert outcome(case, "18/not_at_two_levels") is expected


def _award(name: str, on: date | None, **more: Any) -> dict[str, Any]:
    year = on.year if on else more.pop("year")
    return {"award": name, "level": "district", "year": year, "on": on, **more}


@pytest.mark.parametrize(
    ("award", "on", "expected", "barred"),
    [
        ("区长质量奖", date(2020, 6, 12), PASS, ()),
        ("区长质量奖", date(2020, 6, 13), FAIL, ("区长质量奖", "质量金奖")),
        ("区长质量奖", date(2020, 6, 14), FAIL, ("区长质量奖", "质量金奖")),
        ("质量金奖", date(2020, 6, 12), PASS, ()),
        ("质量金奖", date(2020, 6, 13), PASS, ("质量金奖",)),
        ("长宁区质量金奖", date(2023, 1, 1), PASS, ("质量金奖",)),
        ("区长质量奖提名奖", date(2023, 1, 1), PASS, ()),
    ],
)
def test_awards_won_before(award: str, on: date, expected: Outcome, barred: tuple[str, ...]) -> None:
    """Article 18, second sentence: five years from the award's date, that level and every lower one."""
    for case in (organization(prior_awards=[_award(award, on)]), person(prior_awards=[_award(award, on)])):
        assert outcome(case, "18/not_won_recently") is expected
        assert decide(case).barred_levels == barred


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ({}, True),
        ({"track": "先进质量管理模式"}, True),
        ({"track": "组织"}, True),
        ({"track": "先进质量管理成果"}, False),
        ({"track": "个人"}, False),
        ({"track": "经济类"}, False),
        ({"jurisdiction": "changning"}, True),
        ({"jurisdiction": "shenzhen"}, False),
        ({"level": "city"}, False),
        ({"level": "nation"}, False),
    ],
)
def test_whose_award_counts(more: dict[str, Any], counts: bool) -> None:
    """Only this jurisdiction's, in one's own track; without a jurisdiction the level of government decides."""
    case = organization(prior_awards=[_award("区长质量奖", date(2023, 1, 1), **more)])
    assert (outcome(case, "18/not_won_recently") is FAIL) == counts


def test_an_award_without_a_day_counts_to_the_end_of_its_year() -> None:
    """The stricter reading, assumed."""
    closes = date(2025, 12, 31)
    for year, expected in ((2019, PASS), (2020, FAIL)):
        case = replace(organization(prior_awards=[_award("区长质量奖", None, year=year)]), closes_on=closes)
        assert outcome(case, "18/not_won_recently") is expected


def test_two_awards_bar_together() -> None:
    """What one leaves open the other may close."""
    awards = [_award("质量金奖", date(2023, 1, 1)), _award("区长质量奖", date(2015, 1, 1))]
    assert decide(organization(prior_awards=awards)).barred_levels == ("质量金奖",)


@pytest.mark.parametrize(("shift", "expected"), [(-1, PASS), (0, FAIL), (1, FAIL)])
def test_a_ban_is_held_against_the_day_of_submission(shift: int, expected: Outcome) -> None:
    """The last day of the ban is the last on which nothing is accepted; the other rule's finding passes."""
    case = organization()
    banned = replace(case, bans=[Ban("35", case.submitted_on + shift * DAY)])
    assert outcome(banned, "35/no_ban") is expected
    assert outcome(banned, "34/no_ban") is PASS


def test_a_ban_carries_its_own_rule() -> None:
    """One that another text left is a finding under that text's rule; several of one rule are one finding."""
    until = date(2027, 6, 30)
    case = replace(organization(), bans=[Ban("assumed:ban", until), Ban("34", until), Ban("34", until + DAY)])
    found = [(f.rule, f.outcome) for f in decide(case).findings if f.condition == "no_ban"]
    assert found == [("34", FAIL), ("35", PASS), ("assumed:ban", FAIL)]
    assert failing_rules(decide(case).findings, {}) == ("34", "assumed:ban")
    assert "2027-07-01" in finding(case, "34/no_ban").reason


def test_a_rejected_judgement_makes_ineligible() -> None:
    """The office's answer decides what the program may not."""
    found = decide(organization()).findings
    assert failing_rules(found, {"16.3/quality_work": False}) == ("16.3",)
    assert standing(found, {"16.3/quality_work": False}) is Standing.INELIGIBLE


def test_reasons_name_the_facts_used() -> None:
    """In Chinese, with figures and their years."""
    case = organization(profit_yuan={2022: 1, 2023: -20_000, 2024: None})
    assert "2023 年 −20,000 元（亏损）" in finding(case, "16.6/no_loss").reason
    assert "2024 年未提供" in finding(case, "16.6/no_loss").reason
    assert finding(case, "16.6/no_loss").source_article == "第十六条（六）"


def test_evaluation_never_stops_at_the_first_failure() -> None:
    """An applicant with nothing to show learns everything that is wrong at once."""
    case = replace(organization(), facts={}, materials=frozenset(), recommended_by=None)
    case = with_records(case, **dict.fromkeys(DEPARTMENTS))
    found = decide(case).findings
    assert len(found) == len(decide(organization()).findings)
    assert failing_rules(found, {}) == ("16.1", "16.2", "16.5", "16.6", "20")


@pytest.mark.parametrize(
    "facts",
    [
        {"operating_since": "2025-02-30"},
        {"operating_since": 2025},
        {"for_profit": "yes"},
        {"profit_yuan": {"2023": 1.5}},
        {"profit_yuan": [1]},
        {"prior_awards": [{"award": "x"}]},
        {"self_assessment_chars": True},
        {"height": 3},
    ],
)
def test_facts_of_the_wrong_form_are_refused(facts: dict[str, Any]) -> None:
    """A fact that cannot be read is no fact; the field is named."""
    with pytest.raises(Invalid) as caught:
        organization(**facts)
    assert caught.value.errors[0].field.startswith("facts.")


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "accident", "severity": "重大"},
        {"kind": "accident", "on": "2025-13-01"},
        {"kind": "accident", "on": "2025-01-01", "severity": "严重"},
        {"kind": "rumour", "on": "2025-01-01"},
    ],
)
def test_records_of_the_wrong_form_are_refused(record: dict[str, Any]) -> None:
    """A record that cannot be read might be the one that counts: it is never passed over."""
    with pytest.raises(Invalid) as caught:
        with_records(organization(), safety=[record])
    assert caught.value.errors[0].field.startswith("records.safety")

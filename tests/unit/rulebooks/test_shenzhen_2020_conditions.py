"""Each condition of the guide of 2020: passing, failing, missing, and every threshold a day or a unit either side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.rulebooks import Ban, Case, Evaluation, Outcome, Peer, Standing, evaluate, failing_rules, standing
from shared.rulebooks.model import NoSuchTrack
from tests.unit.rulebooks.cases import (
    GRADES_AND_LIABILITY,
    GUIDE_CLOSES,
    GUIDE_DEPARTMENTS,
    GUIDE_FACTS,
    guide_case,
    shenzhen_2020,
    with_records,
)
from tests.unit.rulebooks.cases import finding as finding_of

PASS, FAIL, MISSING = Outcome.PASS, Outcome.FAIL, Outcome.MISSING
AWAITING, JUDGE, NOT = Outcome.AWAITING, Outcome.NEEDS_JUDGEMENT, Outcome.NOT_APPLICABLE
DAY = timedelta(days=1)
BOOK = shenzhen_2020()
EVERY_KIND = list(GUIDE_FACTS)
EDGES = pytest.mark.parametrize(
    ("shift", "expected"), [(-1, PASS), (0, PASS), (1, FAIL)], ids=["day before", "day", "day after"]
)


def decide(case: Case) -> Evaluation:
    """Held against the guide."""
    return evaluate(BOOK, case)


def outcome(case: Case, key: str) -> Outcome:
    """The outcome of the one finding of that key."""
    return finding_of(case, key, BOOK).outcome


def failing(case: Case) -> tuple[str, ...]:
    """The rules that make the case ineligible."""
    return failing_rules(decide(case).findings, {})


# --- all of them ----------------------------------------------------------------------------------

JUDGED = {
    "firm": set[str](),
    "emerging": set[str](),
    "non_profit": {"1.6.1.2/contribution"},
    "project": {"1.6.2.2/value"},
}


@pytest.mark.parametrize("which", EVERY_KIND)
def test_one_that_meets_everything_waits_only_for_judgement(which: str) -> None:
    """Every condition of its kind and category has exactly one finding, none fails, a person decides the rest."""
    case = guide_case(which)
    found = decide(case)
    keys = [f.key for f in found.findings]
    addressed = [f"{c.rule}/{c.name}" for c in BOOK.conditions if c.addresses(case.kind, case.category)]
    assert keys == addressed
    assert {f.outcome for f in found.findings} <= {PASS, NOT, JUDGE}
    judged = {f.key: True for f in found.findings if f.outcome is JUDGE}
    assert set(judged) == JUDGED[which]
    assert standing(found.findings, judged) is Standing.QUALIFIED
    assert all(f.reason and f.reason_en and f.source_article for f in found.findings)


def test_evaluation_never_stops_at_the_first_failure() -> None:
    """An applicant with nothing to show learns everything that is wrong at once; no department was heard."""
    for which in EVERY_KIND:
        case = guide_case(which)
        bare = replace(case, facts={}, materials=frozenset(), recommended_by=None, records={})
        assert len(decide(bare).findings) == len(decide(case).findings)
        own = ("1.6.2.1", "1.6.2.2") if which == "project" else ("1.6.1.1", "1.6.1.2")
        assert failing(bare) == ("1.6", *own, "4.1.1", "4.1.2", "4.1.3")


# --- facts ----------------------------------------------------------------------------------------

Row = tuple[str, str, dict[str, Any], Outcome]
FACTS: list[Row] = [
    ("1.6/policy_compliant", "firm", {"policy_compliant": False}, FAIL),
    ("1.6/policy_compliant", "project", {"policy_compliant": None}, MISSING),
    ("1.6.1.1/registered_in_city", "firm", {"region": "东莞市"}, FAIL),
    ("1.6.1.1/registered_in_city", "non_profit", {"region": None}, MISSING),
    ("1.6.1.1/registered_years", "firm", {"registered_on": None}, MISSING),
    # 1.6.1.2, strategic emerging and future industries: one of two proofs
    ("1.6.1.2/industry_leader", "emerging", {"industry_policy": "future"}, PASS),
    ("1.6.1.2/industry_leader", "emerging", {"on_monitored_list": False, "authority_proof": True}, PASS),
    ("1.6.1.2/industry_leader", "emerging", {"on_monitored_list": None, "authority_proof": True}, PASS),
    ("1.6.1.2/industry_leader", "emerging", {"on_monitored_list": True, "authority_proof": False}, PASS),
    ("1.6.1.2/industry_leader", "emerging", {"on_monitored_list": False, "authority_proof": False}, FAIL),
    ("1.6.1.2/industry_leader", "emerging", {"on_monitored_list": False, "authority_proof": None}, MISSING),
    ("1.6.1.2/industry_leader", "emerging", {"on_monitored_list": None, "authority_proof": False}, MISSING),
    ("1.6.1.2/industry_leader", "emerging", {"on_monitored_list": None}, MISSING),
    # 1.6.1.2, other industries: one rank within the first twenty
    ("1.6.1.2/leading_indicators", "firm", {"city_rank": {"output": 19, "profit": 99, "tax": 99}}, PASS),
    ("1.6.1.2/leading_indicators", "firm", {"city_rank": {"output": 20, "profit": 99, "tax": 99}}, PASS),
    ("1.6.1.2/leading_indicators", "firm", {"city_rank": {"output": 21, "profit": 21, "tax": 21}}, FAIL),
    ("1.6.1.2/leading_indicators", "firm", {"city_rank": {"output": 21, "profit": 20, "tax": 21}}, PASS),
    ("1.6.1.2/leading_indicators", "firm", {"city_rank": {"output": 21, "profit": 21, "tax": 20}}, PASS),
    ("1.6.1.2/leading_indicators", "firm", {"city_rank": {"tax": 20}}, PASS),
    ("1.6.1.2/leading_indicators", "firm", {"city_rank": {"output": 21, "profit": 21}}, MISSING),
    ("1.6.1.2/leading_indicators", "firm", {"city_rank": {}}, MISSING),
    ("1.6.1.2/leading_indicators", "firm", {"city_rank": None}, MISSING),
    # 1.6.1.2, other industries: no loss in 2017, 2018, 2019
    ("1.6.1.2/no_loss", "firm", {"profit_yuan": {2017: 0, 2018: 0, 2019: 0}}, PASS),
    ("1.6.1.2/no_loss", "firm", {"profit_yuan": {2017: -1, 2018: 0, 2019: 0}}, FAIL),
    ("1.6.1.2/no_loss", "firm", {"profit_yuan": {2017: 0, 2018: -1, 2019: 0}}, FAIL),
    ("1.6.1.2/no_loss", "firm", {"profit_yuan": {2017: 0, 2018: 0, 2019: -1}}, FAIL),
    ("1.6.1.2/no_loss", "firm", {"profit_yuan": {2016: -1, 2017: 0, 2018: 0, 2019: 0, 2020: -1}}, PASS),
    ("1.6.1.2/no_loss", "firm", {"profit_yuan": {2017: -1, 2019: 0}}, FAIL),
    ("1.6.1.2/no_loss", "firm", {"profit_yuan": {2017: 0, 2019: 0}}, MISSING),
    ("1.6.1.2/no_loss", "firm", {"profit_yuan": None}, MISSING),
    # 1.6.1.2, non-profit
    ("1.6.1.2/supervisor_recommended", "non_profit", {"supervisor_recommended": False}, FAIL),
    ("1.6.1.2/supervisor_recommended", "non_profit", {"supervisor_recommended": None}, MISSING),
    ("1.6.1.2/contribution", "non_profit", {}, JUDGE),
    # 1.6.2, projects
    ("1.6.2.1/applicant_role", "project", {"applicant_role": "implementer"}, PASS),
    ("1.6.2.1/applicant_role", "project", {"applicant_role": "ip_holder"}, PASS),
    ("1.6.2.1/applicant_role", "project", {"applicant_role": "sponsor"}, FAIL),
    ("1.6.2.1/applicant_role", "project", {"applicant_role": None}, MISSING),
    ("1.6.2.1/registered_in_city", "project", {"region": "东莞市"}, FAIL),
    ("1.6.2.1/registered_in_city", "project", {"region": None}, MISSING),
    ("1.6.2.1/registered_in_city", "project", {"region": "东莞市", "applicant_role": "implementer"}, NOT),
    ("1.6.2.1/registered_in_city", "project", {"region": "东莞市", "applicant_role": "ip_holder"}, NOT),
    ("1.6.2.1/registered_in_city", "project", {"applicant_role": None}, MISSING),
    ("1.6.2.1/completed_years", "project", {"project_completed_on": None}, MISSING),
    ("1.6.2.2/value", "project", {}, JUDGE),
    # 4.1.2, 4.1.3
    ("4.1.2/self_assessment_length", "firm", {"self_assessment_chars": 29_999}, PASS),
    ("4.1.2/self_assessment_length", "firm", {"self_assessment_chars": 30_000}, PASS),
    ("4.1.2/self_assessment_length", "project", {"self_assessment_chars": 30_001}, FAIL),
    ("4.1.2/self_assessment_length", "firm", {"self_assessment_chars": None}, MISSING),
    ("4.1.3/local_tax_proof", "firm", {"local_tax_proof": False}, PASS),
    ("4.1.3/local_tax_proof", "firm", {"region": "深圳市南山区", "local_tax_proof": False}, PASS),
    ("4.1.3/local_tax_proof", "project", {"region": "东莞市", "local_tax_proof": True}, PASS),
    ("4.1.3/local_tax_proof", "project", {"region": "东莞市", "local_tax_proof": False}, FAIL),
    ("4.1.3/local_tax_proof", "project", {"region": "东莞市"}, MISSING),
    ("4.1.3/local_tax_proof", "project", {"region": None, "local_tax_proof": True}, PASS),
    ("4.1.3/local_tax_proof", "project", {"region": None, "local_tax_proof": False}, MISSING),
]


@pytest.mark.parametrize(("key", "which", "facts", "expected"), FACTS, ids=[row[0] for row in FACTS])
def test_facts(key: str, which: str, facts: dict[str, Any], expected: Outcome) -> None:
    """One fact or two changed on an applicant that meets everything."""
    assert outcome(guide_case(which, **facts), key) is expected


def test_a_policy_loss_is_a_loss() -> None:
    """1.6.1.2 knows no exception."""
    case = guide_case(profit_yuan={2017: -1, 2018: 0, 2019: 0}, policy_loss_years=[2017])
    assert outcome(case, "1.6.1.2/no_loss") is FAIL


BRANCHES = ("industry_leader", "leading_indicators", "no_loss", "contribution", "supervisor_recommended")


@pytest.mark.parametrize(
    ("for_profit", "policy", "asked"),
    [
        (True, "strategic_emerging", ["industry_leader"]),
        (True, "future", ["industry_leader"]),
        (True, "other", ["leading_indicators", "no_loss"]),
        (False, "strategic_emerging", ["contribution", "supervisor_recommended"]),
        (False, "other", ["contribution", "supervisor_recommended"]),
        (False, None, ["contribution", "supervisor_recommended"]),
    ],
)
def test_which_branch_of_1_6_1_2_applies(for_profit: bool, policy: str | None, asked: list[str]) -> None:
    """For-profit in a favoured industry, for-profit in another, non-profit: each has its own, the others nothing."""
    everything = GUIDE_FACTS["firm"] | GUIDE_FACTS["emerging"] | GUIDE_FACTS["non_profit"]
    case = guide_case(**everything | {"for_profit": for_profit, "industry_policy": policy})
    found = {name: outcome(case, f"1.6.1.2/{name}") for name in BRANCHES}
    assert {name for name, is_ in found.items() if is_ is not NOT} == set(asked)
    assert {found[name] for name in asked} <= {PASS, JUDGE}


def test_an_unknown_branch_of_1_6_1_2_is_missing() -> None:
    """Without for_profit all are open; for-profit without an industry leaves its own three open."""
    bare = guide_case(for_profit=None)
    assert {outcome(bare, f"1.6.1.2/{name}") for name in ("contribution", "supervisor_recommended")} == {
        MISSING
    }
    assert {outcome(bare, f"1.6.1.2/{name}") for name in ("leading_indicators", "no_loss")} == {MISSING}
    unfiled = guide_case(industry_policy=None)
    assert {name for name in BRANCHES if outcome(unfiled, f"1.6.1.2/{name}") is MISSING} == set(BRANCHES[:3])
    assert failing(bare) == failing(unfiled) == ("1.6.1.2",)


# --- days -----------------------------------------------------------------------------------------


@EDGES
def test_three_years_of_registration(shift: int, expected: Outcome) -> None:
    """1.6.1.1: complete on the anniversary, held against the day applications close."""
    since = date(2017, 7, 10) + shift * DAY
    for which in ("firm", "non_profit"):
        assert outcome(guide_case(which, registered_on=since), "1.6.1.1/registered_years") is expected


@EDGES
def test_one_year_of_a_project(shift: int, expected: Outcome) -> None:
    """1.6.2.1: complete on the anniversary, held against the day applications close."""
    case = guide_case("project", project_completed_on=date(2019, 7, 10) + shift * DAY)
    assert outcome(case, "1.6.2.1/completed_years") is expected


@pytest.mark.parametrize(
    ("which", "key", "facts", "complete"),
    [
        ("firm", "1.6.1.1/registered_years", {"registered_on": date(2016, 2, 29)}, date(2019, 2, 28)),
        (
            "project",
            "1.6.2.1/completed_years",
            {"project_completed_on": date(2020, 2, 29)},
            date(2021, 2, 28),
        ),
    ],
    ids=["1.6.1.1", "1.6.2.1"],
)
def test_years_from_a_leap_day(which: str, key: str, facts: dict[str, Any], complete: date) -> None:
    """29 February plus a year is 28 February where the year has none."""
    for closes, expected in ((complete - DAY, FAIL), (complete, PASS), (complete + DAY, PASS)):
        assert outcome(replace(guide_case(which, **facts), closes_on=closes), key) is expected


# --- records --------------------------------------------------------------------------------------


def _accident(on: date, severity: str | None = "较大", **more: Any) -> dict[str, Any]:
    return {"kind": "accident", "on": on, "severity": severity, "liable": True} | more


RECORDS = [
    *(("1.6/no_penalty", department, "administrative_penalty", 1) for department in GUIDE_DEPARTMENTS),
    ("1.6/no_serious_accident", "safety", "accident", 3),
    ("1.6/no_environmental_dishonesty", "environment", "serious_dishonesty", 3),
    ("1.6/good_credit", "credit", "serious_dishonesty", 3),
]
RECORD_IDS = [f"{key}-{department}" for key, department, _, _ in RECORDS]


def _record(kind: str, on: date) -> dict[str, Any]:
    return _accident(on) if kind == "accident" else {"kind": kind, "on": on}


@pytest.mark.parametrize("which", ["firm", "project"])
@pytest.mark.parametrize(("key", "department", "kind", "years"), RECORDS, ids=RECORD_IDS)
def test_look_backs_are_closed_intervals(
    which: str, key: str, department: str, kind: str, years: int
) -> None:
    """1.6: one year for penalties, three for the rest, up to the day applications close; both ends count."""
    first = GUIDE_CLOSES.replace(year=GUIDE_CLOSES.year - years)
    days = {
        first - DAY: PASS,
        first: FAIL,
        first + DAY: FAIL,
        GUIDE_CLOSES - DAY: FAIL,
        GUIDE_CLOSES: FAIL,
        GUIDE_CLOSES + DAY: PASS,
    }
    for on, expected in days.items():
        case = with_records(guide_case(which), **{department: [_record(kind, on)]})
        assert outcome(case, key) is expected, on
        assert failing(case) == (("1.6",) if expected is FAIL else ())


@pytest.mark.parametrize(("key", "department", "kind", "years"), RECORDS, ids=RECORD_IDS)
def test_look_backs_from_a_leap_day(key: str, department: str, kind: str, years: int) -> None:
    """Closing on 29 February 2020 they begin on 28 February."""
    first = date(2020 - years, 2, 28)
    for on, expected in ((first - DAY, PASS), (first, FAIL), (first + DAY, FAIL)):
        case = replace(guide_case(registered_on="2010-05-06"), closes_on=date(2020, 2, 29))
        assert outcome(with_records(case, **{department: [_record(kind, on)]}), key) is expected


@pytest.mark.parametrize(("severity", "liable", "expected"), GRADES_AND_LIABILITY)
def test_accidents_by_grade_and_liability(
    severity: str | None, liable: bool | None, expected: Outcome
) -> None:
    """1.6: 较大 or above and liable; what is not known and could decide is for an officer to find out."""
    case = with_records(guide_case(), safety=[_accident(GUIDE_CLOSES, severity, liable=liable)])
    assert outcome(case, "1.6/no_serious_accident") is expected


def test_records_of_another_kind_or_department_do_not_count() -> None:
    """An accident counts where safety is kept, dishonesty where the environment or credit is."""
    case = with_records(
        guide_case(),
        credit=[_accident(GUIDE_CLOSES)],
        safety=[{"kind": "serious_dishonesty", "on": GUIDE_CLOSES}],
        environment=[_accident(GUIDE_CLOSES, "特别重大")],
        labour=[{"kind": "serious_dishonesty", "on": GUIDE_CLOSES}],
    )
    assert failing(case) == ()
    case = with_records(case, credit=[{"kind": "major_complaint", "on": GUIDE_CLOSES}])
    assert failing(case) == ()


WAITING = {
    "credit": {"1.6/no_penalty", "1.6/good_credit"},
    "safety": {"1.6/no_penalty", "1.6/no_serious_accident"},
    "environment": {"1.6/no_penalty", "1.6/no_environmental_dishonesty"},
    "labour": {"1.6/no_penalty"},
}


@pytest.mark.parametrize(("department", "keys"), WAITING.items())
def test_a_missing_answer_is_never_a_clean_record(department: str, keys: set[str]) -> None:
    """What a silent department could decide waits, what it cannot does not; a shown failure waits for nobody."""
    silent = with_records(guide_case(), **{department: None})
    found = decide(silent).findings
    assert {f.key for f in found if f.outcome is AWAITING} == keys
    assert standing(found, {}) is Standing.AWAITING_RECORDS
    heard = next(name for name in GUIDE_DEPARTMENTS if name != department)
    penalty = {"kind": "administrative_penalty", "on": GUIDE_CLOSES}
    shown = with_records(silent, **{heard: [penalty]})
    assert standing(decide(shown).findings, {}) is Standing.INELIGIBLE


# --- kinds and categories -------------------------------------------------------------------------


@pytest.mark.parametrize("category", BOOK.categories)
def test_the_economic_category_takes_organizations_only(category: str) -> None:
    """1.5.1: a project there fails by a finding of its own and has no track; the others ask nothing."""
    organization = replace(guide_case(), category=category)
    project = replace(guide_case("project"), category=category)
    economic = category == "economic"
    for case, expected in ((organization, PASS), (project, FAIL)):
        found = [f.outcome for f in decide(case).findings if f.rule == "1.5.1"]
        assert found == ([expected] if economic else [])
    assert failing(organization) == ()
    assert failing(project) == (("1.5.1",) if economic else ())


@pytest.mark.parametrize("category", BOOK.categories)
def test_a_person_cannot_apply(category: str) -> None:
    """1.5: refused for its kind; the conditions for all are decided all the same."""
    person = replace(guide_case(), kind="individual", category=category)
    assert failing(person) == (("1.5", "1.5.1") if category == "economic" else ("1.5",))
    rules = {f.rule for f in decide(person).findings}
    assert {"1.6", "1.7.1", "4.1.1"} <= rules
    assert not {rule for rule in rules if rule.startswith(("1.6.1", "1.6.2", "1.4"))}
    with pytest.raises(NoSuchTrack):
        BOOK.track_of("individual", category)


def test_an_organization_needs_no_recommendation_and_a_project_does() -> None:
    """1.6: by own application or on recommendation; 1.6.2.2: absent means that there is none."""
    assert failing(guide_case()) == ()
    alone = replace(guide_case("project"), recommended_by=None)
    assert outcome(alone, "1.6.2.2/recommended") is FAIL
    assert outcome(guide_case("project"), "1.6.2.2/recommended") is PASS


@pytest.mark.parametrize("which", ["non_profit", "project"])
def test_a_rejected_judgement_makes_ineligible(which: str) -> None:
    """The office's answer decides what the program may not."""
    (key,) = JUDGED[which]
    assert failing_rules(decide(guide_case(which)).findings, {key: False}) == (key.partition("/")[0],)


# --- materials ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "material"),
    [
        ("4.1.1/application_form", "application_form"),
        ("4.1.2/self_assessment", "self_assessment"),
        ("4.1.3/proofs", "proofs"),
    ],
)
@pytest.mark.parametrize("which", ["firm", "project"])
def test_every_material_is_needed(which: str, key: str, material: str) -> None:
    """4.1: each under its own item."""
    case = guide_case(which)
    case = replace(case, materials=case.materials - {material})
    assert outcome(case, key) is FAIL
    assert failing(case) == (key.partition("/")[0],)


# --- earlier awards -------------------------------------------------------------------------------


def _award(name: str, year: int, **more: Any) -> dict[str, Any]:
    return {"award": name, "level": "city", "year": year} | more


@pytest.mark.parametrize(
    ("awards", "expected"),
    [
        ([_award("金奖", 2016)], PASS),
        ([_award("金奖", 2017)], PASS),
        ([_award("金奖", 2018)], FAIL),
        ([_award("金奖", 2019)], FAIL),
        ([_award("金奖", 2018, on=date(2018, 1, 1))], FAIL),
        ([_award("金奖", 2017, on=date(2017, 12, 31))], PASS),
        ([_award("市长质量奖金奖", 2018)], FAIL),
        ([_award("深圳市市长质量奖金奖", 2018)], FAIL),
        ([_award("金奖", 2018, track="服务类")], FAIL),
        ([_award("金奖", 2018, jurisdiction="shenzhen")], FAIL),
        ([_award("金奖", 2018, jurisdiction="elsewhere")], PASS),
        ([_award("金奖", 2018, level="district")], PASS),
        ([_award("银奖", 2019)], PASS),
        ([_award("铜奖", 2019), _award("特别贡献奖", 2019)], PASS),
        ([_award("质量管理金奖", 2019)], PASS),
        ([_award("金奖", 2012), _award("金奖", 2018)], FAIL),
        ([], PASS),
        (None, PASS),
    ],
)
def test_a_gold_winner_waits_for_three_years(awards: list[dict[str, Any]] | None, expected: Outcome) -> None:
    """1.4.3: cycle year minus award year is 3 or more, whatever the category; silver and bronze do not wait."""
    case = guide_case(prior_awards=awards)
    assert outcome(case, "1.4.3/won_gold_before") is expected
    assert failing(case) == (("1.4.3",) if expected is FAIL else ())


def test_the_interval_is_not_asked_of_projects() -> None:
    """1.4.3 speaks of organizations."""
    case = guide_case("project", prior_awards=[_award("金奖", 2019)])
    assert failing(case) == ()
    assert "1.4.3" not in {f.rule for f in decide(case).findings}


# --- several applications -------------------------------------------------------------------------


def _peer(sequence: int, **more: Any) -> Peer:
    own = {"application_id": f"a{sequence}", "applicant_key": "uscc:91440307MAXY501797", "sequence": sequence}
    return Peer(**own | more)


@pytest.mark.parametrize(
    ("sequence", "expected"), [(4, FAIL), (6, PASS)], ids=["it was second", "it was first"]
)
def test_one_application_of_one_applicant(sequence: int, expected: Outcome) -> None:
    """1.7.1: in whatever category; the one submitted first stays."""
    for which in ("firm", "project"):
        case = guide_case(which)
        twin = _peer(sequence, applicant_key=case.applicant_key, category="service")
        assert outcome(replace(case, others=[twin]), "1.7.1/one_application") is expected
        assert outcome(replace(case, others=[_peer(sequence)]), "1.7.1/one_application") is PASS


GROUP, BUSINESS = "岭川集团", "精密模具"


@pytest.mark.parametrize(
    ("peer", "same", "similar"),
    [
        ({"sequence": 4, "group": GROUP, "business": BUSINESS}, FAIL, NOT),
        ({"sequence": 6, "group": GROUP, "business": BUSINESS}, PASS, NOT),
        ({"sequence": 4, "group": "海拓集团", "business": BUSINESS}, PASS, NOT),
        ({"sequence": 4, "group": None, "business": BUSINESS}, PASS, NOT),
        ({"sequence": 4, "group": GROUP, "business": "数控刀具"}, PASS, JUDGE),
        ({"sequence": 6, "group": GROUP, "business": "数控刀具"}, PASS, NOT),
        ({"sequence": 4, "group": GROUP, "business": None}, MISSING, MISSING),
    ],
)
def test_one_of_a_group(peer: dict[str, Any], same: Outcome, similar: Outcome) -> None:
    """1.7.2: same business fails, another one is for an officer to compare, an unknown one is missing."""
    case = replace(guide_case(), others=[_peer(**peer)])
    assert outcome(case, "1.7.2/one_per_group") is same
    assert outcome(case, "1.7.2/similar_business") is similar


def test_one_of_a_group_without_a_stated_business() -> None:
    """1.7.2: missing where an earlier one of the group is there; without a group nobody is compared."""
    peer = _peer(4, group=GROUP, business=BUSINESS)
    assert outcome(replace(guide_case(business=None), others=[peer]), "1.7.2/one_per_group") is MISSING
    assert outcome(replace(guide_case(group=None), others=[peer]), "1.7.2/one_per_group") is PASS


# --- bans -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shift", "expected"), [(-1, ()), (0, ("assumed:revocation",)), (1, ("assumed:revocation",))]
)
def test_a_ban_is_held_against_the_day_of_submission(shift: int, expected: tuple[str, ...]) -> None:
    """Assumed: the ban's last day still bars; it is a finding under the rule that left it."""
    case = guide_case()
    banned = replace(case, bans=[Ban("assumed:revocation", case.submitted_on + shift * DAY)])
    assert failing(banned) == expected
    assert outcome(banned, "assumed:no_ban/no_ban") is PASS
    assert failing(replace(case, bans=[Ban("34", case.submitted_on)])) == ("34",)

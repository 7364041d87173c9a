"""Ranking, deviations from it, a stage's reports and all of them together, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from shared.problems import Conflict, Forbidden, Invalid, NotFound
from tests.integration.review.stages import CITY, DISTRICT, REVIEW, VISIT, WHOLE, House

pytestmark = pytest.mark.integration

NAMES = ("a1", "a2", "a3", "a4")
PERCENTS = {"a1": "70", "a2": "90", "a3": "80", "a4": "80"}
IN, FIRST = {"stage": "site_review"}, {"stage": "document_review"}
REPORT = {"summary": "体系完整", "strengths": ["衔接清楚"], "improvements": ["补充对比数据"]}


def read(url: str, *, rehearsal: bool) -> House:
    """Four applications whose documents were read; the stage runs still."""
    house = House(url, DISTRICT, rehearsal=rehearsal)
    for number, name in enumerate(NAMES, start=1):
        house.enter(name, number, "anna")
    house.pool(*(f"E{n}" for n in range(1, 8)))
    house.qualified(*NAMES)
    house.start("document_review", REVIEW)
    house.score("document_review", REVIEW, PERCENTS)
    return house


@pytest.fixture
def real(database_url: str) -> Iterator[House]:
    made = read(database_url, rehearsal=False)
    yield made
    made.desk.close()


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    made = read(database_url, rehearsal=True)
    yield made
    made.desk.close()


def reported(house: House, *names: str, stage: str = "document_review") -> None:
    for name in names:
        house.do("record_stage_report", {"stage": stage, "application_id": name, **REPORT}, on=REVIEW)


def admit(house: House, *names: str, **reasons: str) -> dict[str, Any]:
    given = [{"application_id": name, "reason": reason} for name, reason in reasons.items()]
    return house.do("admit", {**IN, "application_ids": list(names), "deviations": given}, on=VISIT)


def test_a_ranking_shows_rank_score_and_ties_before_anything_is_decided(house: House) -> None:
    """Without a cut the office decides, and the line says so; one withdrawn counts no more."""
    assert house.do("ranking", FIRST)["tracks"] == []  # no score before the stage is closed
    house.finish("document_review", REVIEW)
    found = house.do("ranking", FIRST)
    (table,) = found["tracks"]
    assert [
        (line["application_id"], line["rank"], line["score"], line["tied"]) for line in table["lines"]
    ] == [
        ("a2", 1, "90.00", False),
        ("a3", 2, "80.00", True),
        ("a4", 2, "80.00", True),
        ("a1", 4, "70.00", False),
    ]
    assert {line["within"] for line in table["lines"]} == {None}
    assert "由评审办确定现场评审名单" in table["lines"][0]["reason_zh"]
    assert (found["decided"], table["fits"], table["cut_line"]) == (False, None, None)
    house.withdraw("a2")
    (table,) = house.do("ranking", FIRST)["tracks"]
    assert [line["rank"] for line in table["lines"]] == [1, 1, 3]
    admit(house, "a3")
    assert house.do("ranking", FIRST)["decided"] is True


def test_a_ranking_with_a_cut_says_who_is_within_and_why(sqlite_url: str) -> None:
    """Two places, twice as many go on: four; the equal ones at the edge stay out together."""
    house = House(sqlite_url, CITY)
    names = [f"a{n}" for n in range(1, 7)]
    for number, name in enumerate(names, start=1):
        house.enter(name, number, "anna", category="culture")
    house.pool(*(f"E{n}" for n in range(1, 4)))
    house.qualified(*names)
    house.start("document_review", REVIEW)
    house.score(
        "document_review", REVIEW, dict(zip(names, ("90", "85", "80", "70", "70", "60"), strict=True))
    )
    house.finish("document_review", REVIEW)
    (table,) = house.do("ranking", FIRST)["tracks"]
    assert (table["places"], table["fits"], table["cut_line"]) == (2, 4, "80.00")
    assert [line["within"] for line in table["lines"]] == [True, True, True, False, False, False]
    assert "并列" in table["lines"][3]["reason_zh"]
    assert "前 4 名" in table["lines"][5]["reason_zh"]
    house.desk.close()


def test_a_list_that_passes_somebody_over_needs_a_reason_for_each(real: House) -> None:
    """All who lack one are named; equal scores are no deviation; what is kept is for discipline to see."""
    reported(real, *NAMES)
    real.finish("document_review", REVIEW)
    with pytest.raises(Invalid) as refused:
        admit(real, "a3", "a1", a2="已获更高等次")
    assert refused.value.code == "deviation_without_reason"
    assert [e.field for e in refused.value.errors] == ["deviations"]
    assert "a4" in refused.value.errors[0].reason_zh
    with pytest.raises(Invalid) as untrue:
        admit(real, "a2", "a3", a4="并列")
    assert [e.field for e in untrue.value.errors] == ["deviations.0.application_id"]
    assert real.do("deviations")["deviations"] == []
    admit(real, "a3", "a1", a2="已获更高等次", a4="现场条件不具备")
    kept = real.do("deviations", {}, "discipline/d1")["deviations"]
    assert [(d["application_id"], d["rank"], d["score"], d["reason"]) for d in kept] == [
        ("a2", 1, "90.00", "已获更高等次"),
        ("a4", 2, "80.00", "现场条件不具备"),
    ]
    assert [[p["application_id"] for p in d["preferred"]] for d in kept] == [["a3", "a1"], ["a1"]]
    assert {d["decided_by"] for d in kept} == {"office"}


def test_a_list_by_rank_needs_no_reason(real: House) -> None:
    """The best of them, the equal one left out."""
    reported(real, *NAMES)
    real.finish("document_review", REVIEW)
    planned = {"stage": IN["stage"]}
    (told,) = [
        each
        for each in real.ask("stage", real.conductor.stage, planned)["awaits"]
        if each["what"] == "admission"
    ]
    assert told["reason_zh"] == "确定进入名单"
    admit(real, "a2", "a4")
    whats = {each["what"] for each in real.ask("stage", real.conductor.stage, planned)["awaits"]}
    assert "admission" not in whats
    assert real.do("deviations")["deviations"] == []


def test_a_rehearsal_may_pass_over_without_a_word(house: House) -> None:
    """Its file says what happens; a reason that is given is kept all the same."""
    house.finish("document_review", REVIEW)
    admit(house, "a1", a3="试演")
    assert [d["application_id"] for d in house.do("deviations")["deviations"]] == ["a3"]


def test_a_real_stage_waits_for_its_reports_and_locks_them(real: House) -> None:
    """Where the rulebook asks for a report of the stage; written anew until it closes, and not after."""
    reported(real, "a1", "a2", "a3")
    with pytest.raises(Conflict) as waiting:
        real.finish("document_review", REVIEW)
    assert "第 4 号申报的评审报告" in waiting.value.detail_zh
    reported(real, "a4")
    again = {**FIRST, "application_id": "a4", **REPORT, "summary": "改写"}
    assert real.do("record_stage_report", again)["locked_at"] is None
    real.finish("document_review", REVIEW)
    found = real.do("stage_reports", FIRST)["reports"]
    assert [(r["application_id"], r["summary"]) for r in found][-1] == ("a4", "改写")
    assert all(report["locked_at"] for report in found)
    with pytest.raises(Conflict):
        real.do("record_stage_report", again)


def test_a_report_is_the_leaders_or_the_offices(house: House) -> None:
    """Another of the panel may not, a stranger finds nothing; a reviewer reads what it reviews."""
    first, second, _ = house.assigned("document_review", "a1")
    data = {**FIRST, "application_id": "a1", **REPORT}
    assert house.do("record_stage_report", data, f"reviewer/{first}", REVIEW)["by"] == first
    with pytest.raises(Forbidden):
        house.do("record_stage_report", data, f"reviewer/{second}", REVIEW)
    with pytest.raises(NotFound):
        house.do("record_stage_report", data, "reviewer/E99", REVIEW)
    assert len(house.do("stage_reports", FIRST, f"reviewer/{second}", REVIEW)["reports"]) == 1
    assert house.do("stage_reports", FIRST, "reviewer/E99", REVIEW)["reports"] == []
    house.do("register_experts", {"experts": [{"expert_id": second, "kin_of": ["a1"]}]}, on=REVIEW)
    assert house.do("stage_reports", FIRST, f"reviewer/{second}", REVIEW)["reports"] == []


def test_a_report_by_a_leader_who_is_recused_since_is_no_report(real: House) -> None:
    """It is kept; the stage waits for another one, which the office may write over it."""
    reported(real, "a1", "a3", "a4")
    writer = real.assigned("document_review", "a2")[0]
    said = {**FIRST, "application_id": "a2", **REPORT}
    assert real.do("record_stage_report", said, f"reviewer/{writer}", REVIEW)["by"] == writer
    assert "报告" not in str(real.ask("stage", real.conductor.stage, FIRST)["waiting_for"])
    real.do("register_experts", {"experts": [{"expert_id": writer, "kin_of": ["a2"]}]}, on=REVIEW)
    waiting = real.ask("stage", real.conductor.stage, FIRST)["waiting_for"]
    assert any("第 2 号申报的评审报告" in line for line in waiting)
    reported(real, "a2")
    assert "报告" not in str(real.ask("stage", real.conductor.stage, FIRST)["waiting_for"])


def test_a_report_without_advice_is_refused(house: House) -> None:
    """Improvement advice is what the articles ask for."""
    with pytest.raises(Invalid) as refused:
        house.do(
            "record_stage_report", {**FIRST, "application_id": "a1", **REPORT, "improvements": []}, on=REVIEW
        )
    assert [error.field for error in refused.value.errors] == ["improvements"]


def test_the_comprehensive_evaluation_has_all_that_came_before(house: House) -> None:
    """Scores, locked reports, deviations for the office; a reviewer has its own, in that stage alone."""
    reported(house, *NAMES)
    house.finish("document_review", REVIEW)
    admit(house, "a1", "a2", a3="试演", a4="试演")
    house.start("site_review", VISIT)
    house.score("site_review", VISIT, {"a1": "75", "a2": "88"})
    reported(house, "a1", stage="site_review")
    (visitor, *_) = house.assigned("site_review", "a1")
    with pytest.raises(NotFound):
        house.do("evaluation", IN, f"reviewer/{visitor}", VISIT)
    house.finish("site_review", VISIT)
    house.start("comprehensive", WHOLE)
    last = {"stage": "comprehensive"}
    one, two = house.do("evaluation", last, on=date(2025, 7, 10))["applications"]
    assert [(s["stage"], s["score"]) for s in one["scores"]] == [
        ("document_review", "70.00"),
        ("site_review", "75.00"),
    ]
    assert [r["stage"] for r in one["reports"]] == ["document_review", "site_review"]
    assert [r["stage"] for r in two["reports"]] == ["document_review"]
    assert [d["application_id"] for d in one["deviations"]] == ["a3", "a4"]
    assert two["deviations"] == []
    (reviewer, *_) = house.assigned("comprehensive", "a1")
    mine = house.do("evaluation", last, f"reviewer/{reviewer}", WHOLE)["applications"]
    assert "a1" in [line["application_id"] for line in mine]
    assert all(line["deviations"] == [] for line in mine)
    assert house.do("evaluation", last, "reviewer/E99", WHOLE)["applications"] == []

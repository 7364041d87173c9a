"""Visits on both databases: routes, issues that have to be closed, the team's joint score, who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from services.review import models
from services.review.scoring import explained
from services.review.stages import ReviewHooks
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from shared.procedure import Conductor
from shared.rulebooks import Library
from tests.integration.review.stages import DISTRICT, REVIEW, VISIT, House
from tests.support.rooms import CHANGNING

pytestmark = pytest.mark.integration

MONDAY, TUESDAY, WEDNESDAY = "2025-06-30", "2025-07-01", "2025-07-02"
LAST = date(2025, 7, 4)
IN = {"stage": "site_review"}
TERMS: dict[str, Any] = {**IN, "days": [MONDAY, TUESDAY, WEDNESDAY], "halves": 2}
NAMES = ("a1", "a2", "a3")
ANNA, BRUNO = "applicant/anna", "applicant/bruno"


def visiting(house: House) -> House:
    """Three applications that the office lets into the visits; a team of three, since the pool has no more."""
    for number, name in enumerate(NAMES, start=1):
        house.enter(
            name, number, "bruno" if name == "a3" else "anna", facts={"region": "东" if number != 2 else "西"}
        )
    house.pool(*(f"E{n}" for n in range(1, 4)))
    house.qualified(*NAMES)
    house.start("document_review", REVIEW)
    house.score("document_review", REVIEW, dict.fromkeys(NAMES, "80"))
    house.finish("document_review", REVIEW)
    house.do("admit", {**IN, "application_ids": list(NAMES)}, on=VISIT)
    house.start("site_review", VISIT)
    return house


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    made = visiting(House(database_url, DISTRICT))
    yield made
    made.desk.close()


def by_team(url: str) -> House:
    """The same under a rulebook whose visit is scored by the team."""
    phases = tuple(
        replace(
            p, stages=tuple(replace(s, aggregation="team") if s.key == "site_review" else s for s in p.stages)
        )
        for p in CHANGNING.procedure
    )
    book = replace(CHANGNING, procedure=phases)
    conducted = Conductor("review", models.procedure, ReviewHooks(), rulebooks=Library({book.id: book}))
    return House(url, book, conducted=conducted)


def released(house: House, **more: Any) -> dict[str, Any]:
    house.do("plan_visits", {**TERMS, **more}, on=VISIT)
    return house.do("release_visits", IN, on=VISIT)


def team(house: House, name: str = "a1") -> tuple[str, str, str]:
    """The leader, and the two others."""
    (leader, second, third) = house.assigned("site_review", name)
    return f"reviewer/{leader}", f"reviewer/{second}", f"reviewer/{third}"


def of(name: str, **more: Any) -> dict[str, Any]:
    return {**IN, "application_id": name, **more}


def own(house: House, who: str) -> list[dict[str, Any]]:
    visits: list[dict[str, Any]] = house.do("my_visits", {}, who, VISIT)["visits"]
    return visits


def test_the_team_goes_from_region_to_region_once(house: House) -> None:
    """The two of one region lie on days next to each other; the distances are the office's."""
    plan = house.do("plan_visits", {**TERMS, "distances": [{"one": "东", "other": "西", "km": 18}]}, on=VISIT)
    assert [visit["region"] for visit in plan["visits"]] in (["东", "东", "西"], ["西", "东", "东"])
    assert (plan["travelled_km"], plan["least_km"], plan["faults"]) == (18, 18, [])
    assert len({visit["day"] for visit in plan["visits"]}) == 3
    assert {visit["leader"] for visit in plan["visits"]} == {house.assigned("site_review", "a1")[0]}


def test_a_visit_is_led_by_the_leader_of_the_panel(house: House) -> None:
    """Where the office names nobody else for it, and also where it is not the first assigned; who leads writes the report."""
    leader, second, _ = team(house)
    name = second.partition("/")[2]
    panels = models.panels
    with house.desk.work() as work:
        site = panels.c.stage == "site_review"
        work.session.execute(update(panels).where(site).values(leader=name))
    plan = house.do("plan_visits", TERMS, on=VISIT)
    assert {visit["leader"] for visit in plan["visits"]} == {name}
    other = {"leaders": [{"application_id": "a2", "expert_id": leader.partition("/")[2]}]}
    plan = house.do("plan_visits", {**TERMS, **other}, on=VISIT)
    assert [v["leader"] for v in plan["visits"] if v["application_id"] == "a2"] == [leader.partition("/")[2]]
    report = {"summary": "体系完整", "strengths": ["衔接清楚"], "improvements": ["补充对比"]}
    with pytest.raises(Forbidden):
        house.do("record_stage_report", of("a1", **report), leader, VISIT)
    assert house.do("record_stage_report", of("a1", **report), second, VISIT)["by"] == name


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"halves": 3}, "halves"),
        ({"days": ["2025-06-29"]}, "days.0"),
        ({"regions": [{"application_id": "a9", "region": "南"}]}, "regions.0.application_id"),
        ({"leaders": [{"application_id": "a1", "expert_id": "E9"}]}, "leaders.0.expert_id"),
    ],
)
def test_terms_that_cannot_be_are_refused_by_field(house: House, change: dict[str, Any], field: str) -> None:
    """Longer than a day, no working day, an application that is not there, a leader from outside."""
    with pytest.raises(Invalid) as refused:
        house.do("plan_visits", {**TERMS, **change}, on=VISIT)
    assert field in [error.field for error in refused.value.errors]


def test_where_there_is_no_plan_the_refusal_has_the_numbers(house: House) -> None:
    """Three visits of a day do not fit into two days."""
    with pytest.raises(Conflict) as none:
        house.do("plan_visits", {**TERMS, "days": [MONDAY, TUESDAY]}, on=VISIT)
    assert none.value.code == "no_plan"
    assert "2 天内排不下 3 次现场评审，至少缺 1 次" in none.value.detail_zh


@pytest.mark.parametrize(
    ("day", "half", "rule"),
    [("2025-07-03", "morning", "day"), (WEDNESDAY, "afternoon", "length"), (WEDNESDAY, "morning", "quorum")],
)
def test_a_visit_moved_by_hand_is_held_to_every_rule(house: House, day: str, half: str, rule: str) -> None:
    """The refusal has the rule's name, at the application."""
    days = [MONDAY, TUESDAY, WEDNESDAY, "2025-07-04"]
    house.do(
        "plan_visits", {**TERMS, "days": days, "away": [{"expert_id": "E1", "day": WEDNESDAY}]}, on=VISIT
    )
    with pytest.raises(Invalid) as refused:
        house.do("move_visit", of("a1", day=day, half=half, reason="停产"), on=VISIT)
    assert f"move.a1.{rule}" in [error.field for error in refused.value.errors]


def test_a_visit_may_be_moved_where_nobody_is_elsewhere(house: House) -> None:
    """To a free day; not to one on which the team is with somebody else."""
    plan = house.do("plan_visits", {**TERMS, "days": [MONDAY, TUESDAY, WEDNESDAY, "2025-07-04"]}, on=VISIT)
    day = {visit["application_id"]: visit["day"] for visit in plan["visits"]}
    with pytest.raises(Invalid) as refused:
        house.do("move_visit", of("a1", day=day["a2"], half="morning", reason="停产"), on=VISIT)
    assert refused.value.code == "person_twice"
    (free,) = {MONDAY, TUESDAY, WEDNESDAY, "2025-07-04"} - set(day.values())
    after = house.do("move_visit", of("a1", day=free, half="morning", reason="停产"), on=VISIT)
    assert {visit["application_id"]: visit["day"] for visit in after["visits"]} == {**day, "a1": free}


def test_each_sees_its_own_visit_once_it_is_released(house: House) -> None:
    """An applicant when and where, and neither team nor issues; a reviewer all of its own; strangers nothing."""
    house.do("plan_visits", TERMS, on=VISIT)
    leader, *_ = team(house)
    house.do("raise_issue", of("a1", item="4.2", question="核实"), leader, VISIT)
    assert [own(house, who) for who in (ANNA, BRUNO, leader)] == [[], [], []]
    house.do("release_visits", IN, on=VISIT)
    (visit,) = own(house, BRUNO)
    assert (visit["application_id"], visit["team"], visit["leader"], visit["issues"]) == ("a3", [], None, [])
    assert sorted(v["application_id"] for v in own(house, ANNA)) == ["a1", "a2"]
    assert [v["issues"] for v in own(house, ANNA)] == [[], []]
    full = {v["application_id"]: v for v in own(house, leader)}
    assert sorted(full["a1"]["team"]) == ["E1", "E2", "E3"]
    assert [issue["item"] for issue in full["a1"]["issues"]] == ["4.2"]
    assert own(house, "reviewer/E9") == own(house, "applicant/nobody") == []


def test_one_kept_away_later_sees_nothing_of_the_visit(house: House) -> None:
    """Neither the visit nor its issues; it can do nothing there, and the office is told."""
    released(house)
    leader, second, _ = team(house)
    house.do("raise_issue", of("a1", item="4.2", question="核实"), second, VISIT)
    name = leader.partition("/")[2]
    house.do("register_experts", {"experts": [{"expert_id": name, "kin_of": ["a1"]}]}, on=VISIT)
    assert sorted(v["application_id"] for v in own(house, leader)) == ["a2", "a3"]
    with pytest.raises(NotFound):
        house.do("raise_issue", of("a1", item="4.3", question="核实"), leader, VISIT)
    with pytest.raises(NotFound):
        house.do("close_visit", of("a1"), leader, LAST)
    (plan,) = house.do("visits", IN)["plans"]
    assert {(f["rule"], f["application_id"]) for f in plan["faults"]} == {("quorum", "a1"), ("leader", "a1")}
    assert name not in next(v for v in own(house, second) if v["application_id"] == "a1")["team"]


def test_where_the_leader_is_kept_away_another_of_the_team_ends_the_visit_and_scores(house: House) -> None:
    """All that the leader does there; the others of the team are told who leads, and nobody of the one who is kept away."""
    released(house)
    leader, second, third = team(house)
    name = leader.partition("/")[2]
    house.score("site_review", LAST, {"a1": "80"})
    house.do("register_experts", {"experts": [{"expert_id": name, "kin_of": ["a1"]}]}, on=VISIT)
    (shown,) = [v for v in own(house, third) if v["application_id"] == "a1"]
    assert shown["leader"] == second.partition("/")[2]
    assert name not in str(shown)
    with pytest.raises(Forbidden):
        house.do("close_visit", of("a1"), third, LAST)
    house.do("close_visit", of("a1"), second, LAST)
    agreed = {"members": [{"expert_id": third.partition("/")[2], "assents": True}]}
    with pytest.raises(NotFound):
        joint(house, leader, **agreed)
    joint(house, second, **agreed)
    (visit,) = [v for v in own(house, third) if v["application_id"] == "a1"]
    assert visit["joint_score"]["percent"] == "90"
    report = {"summary": "体系完整", "strengths": ["衔接清楚"], "improvements": ["补充对比"]}
    with pytest.raises(NotFound):
        house.do("record_stage_report", of("a1", **report), leader, LAST)
    assert house.do("record_stage_report", of("a1", **report), second, LAST)["by"] == second.partition("/")[2]


def test_a_visit_is_not_over_while_an_issue_is_open(house: House) -> None:
    """Each is closed by a finding with its evidence, on site, once; then the leader alone ends the visit."""
    released(house)
    leader, second, third = team(house)
    assert house.do("raise_issue", of("a1", item="4.2", question="核实甲"), leader, VISIT)["number"] == 1
    assert house.do("raise_issue", of("a1", item="4.7", question="核实乙"), second, VISIT)["number"] == 2
    assert house.do("raise_issue", of("a2", item="4.1", question="核实丙"), second, VISIT)["number"] == 1
    for stranger in ("reviewer/E9", "reviewer/E8"):
        with pytest.raises(NotFound):
            house.do("raise_issue", of("a1", item="4.1", question="?"), stranger, VISIT)
    day = {v["application_id"]: date.fromisoformat(v["day"]) for v in own(house, leader)}["a1"]
    found = of("a1", number=1, finding="confirmed", evidence="查阅记录")
    if day > VISIT:
        with pytest.raises(Conflict) as early:
            house.do("verify_issue", found, third, VISIT)
        assert early.value.code == "too_early"
    assert house.do("verify_issue", found, third, day)["verified_by"] == third.partition("/")[2]
    refusals: list[tuple[str, str, dict[str, Any], type[Problem]]] = [
        ("verify_issue", third, found, Conflict),
        ("verify_issue", third, {**found, "number": 9}, NotFound),
        ("close_visit", second, of("a1"), Forbidden),
        ("close_visit", leader, of("a1"), Conflict),
    ]
    for method, who, data, kind in refusals:
        with pytest.raises(kind) as refused:
            house.do(method, data, who, day)
    assert refused.value.code == "issues_open"
    assert "2" in refused.value.detail_zh
    house.do("verify_issue", {**found, "number": 2, "finding": "not_confirmed"}, second, day)
    house.do("close_visit", of("a1"), leader, day)
    with pytest.raises(Conflict) as over:
        house.do("raise_issue", of("a1", item="4.1", question="?"), leader, day)
    assert over.value.code == "visit_closed"


def ended(house: House, *names: str) -> None:
    for name in names:
        house.do("close_visit", of(name), team(house, name)[0], LAST)


def joint(house: House, who: str, percent: str = "90", **more: Any) -> None:
    others = [f"E{n}" for n in range(1, 4) if f"reviewer/E{n}" != who]
    members = more.pop("members", [{"expert_id": name, "assents": True} for name in others])
    data = of("a1", percent=percent, rationale="合议一致", members=members, **more)
    house.do("record_joint_score", data, who, LAST)


def test_a_joint_score_is_the_leaders_after_visit_and_sheets_with_everybody_named(house: House) -> None:
    """Each refusal has its name; once it stands, sheets are locked and it is not changed."""
    released(house)
    leader, second, third = team(house)
    with pytest.raises(Conflict) as open_still:
        joint(house, leader)
    assert open_still.value.code == "visit_open"
    ended(house, "a1")
    with pytest.raises(Conflict) as out:
        joint(house, leader)
    assert out.value.code == "sheets_out"
    house.score("site_review", LAST, {"a1": "80"})
    with pytest.raises(Forbidden):
        joint(house, second)
    for members in ([], [{"expert_id": "E9", "assents": True}]):
        with pytest.raises(Invalid) as strange:
            joint(house, leader, members=members)
        assert strange.value.code == "not_the_team"
    names = [who.partition("/")[2] for who in (second, third)]
    with pytest.raises(Invalid) as silent:
        joint(house, leader, members=[{"expert_id": n, "assents": False} for n in names])
    assert [error.field for error in silent.value.errors] == ["members.0.note"]
    joint(
        house,
        leader,
        members=[
            {"expert_id": names[0], "assents": True},
            {"expert_id": names[1], "assents": False, "note": "偏高"},
        ],
    )
    with pytest.raises(Conflict) as twice:
        joint(house, leader)
    assert twice.value.code == "recorded_already"
    (visit,) = [v for v in own(house, second) if v["application_id"] == "a1"]
    assert visit["joint_score"]["percent"] == "90"
    assert [m["assents"] for m in visit["joint_score"]["members"]] == [True, False]


@pytest.mark.parametrize(("team_scores", "score"), [(False, "80.00"), (True, "90.00")])
def test_the_joint_score_is_the_stages_where_the_rulebook_says_so(
    sqlite_url: str, team_scores: bool, score: str
) -> None:
    """Else the mean of the sheets, whatever the team agreed on."""
    house = visiting(by_team(sqlite_url) if team_scores else House(sqlite_url, DISTRICT))
    released(house)
    ended(house, *NAMES)
    house.score("site_review", LAST, dict.fromkeys(NAMES, "80"))
    joint(house, team(house)[0])
    told = house.ask(
        "explained_score", lambda w, d: explained.explain(w, house.conductor, d), of("a1"), on=LAST
    )
    assert (told["score"], told["steps"][-1]["figure"]) == (score, score)
    house.finish("site_review", LAST)
    assert house.closings("site_review")[0]["a1"]["carried"] == {"score": score}
    assert house.closings("site_review")[0]["a2"]["carried"] == {"score": "80.00"}
    house.desk.close()


def test_a_sheet_is_locked_once_the_team_has_agreed(house: House) -> None:
    """Also the sheet of a member who is seated later."""
    released(house)
    leader, *_ = team(house)
    ended(house, "a1")
    house.score("site_review", LAST, {"a1": "80"})
    joint(house, leader)
    with house.desk.work() as work:
        row = {
            "cycle_id": "c1",
            "stage": "site_review",
            "application_id": "a1",
            "expert_id": "E9",
            "category": "",
            "position": 4,
        }
        work.session.execute(models.assignments.insert().values(**row))
    with pytest.raises(Conflict) as locked:
        house.do("submit_sheet", of("a1", percent="10"), "reviewer/E9", LAST)
    assert locked.value.code == "sheets_locked"


def test_a_joint_score_falls_with_whoever_took_part_and_may_not_any_more(sqlite_url: str) -> None:
    """It is neither shown nor counted, nor does it lock the sheet of the one who takes over; the team agrees anew."""
    house = visiting(by_team(sqlite_url))
    released(house)
    leader, second, _ = team(house)
    ended(house, "a1")
    house.score("site_review", LAST, {"a1": "80"})
    joint(house, leader)
    name = second.partition("/")[2]
    house.do("register_experts", {"experts": [{"expert_id": name, "kin_of": ["a1"]}]}, on=VISIT)
    (visit,) = [v for v in own(house, leader) if v["application_id"] == "a1"]
    assert (visit["joint_score"], name in visit["team"]) == (None, False)
    with house.desk.work() as work:
        seat = {
            "cycle_id": "c1",
            "stage": "site_review",
            "application_id": "a1",
            "category": "",
            "position": 4,
        }
        work.session.execute(models.assignments.insert().values(**seat, expert_id="E9", state="accepted"))
    house.do("submit_sheet", of("a1", percent="60"), "reviewer/E9", LAST)
    others = sorted({"E1", "E2", "E3", "E9"} - {name, leader.partition("/")[2]})
    joint(house, leader, "70", members=[{"expert_id": one, "assents": True} for one in others])
    with pytest.raises(Conflict) as twice:
        joint(house, leader, "75", members=[{"expert_id": one, "assents": True} for one in others])
    assert twice.value.code == "recorded_already"
    house.score("site_review", LAST, {"a2": "80", "a3": "80"})
    ended(house, "a2", "a3")
    house.finish("site_review", LAST)
    assert house.closings("site_review")[0]["a1"]["carried"] == {"score": "70.00"}
    house.desk.close()


@pytest.mark.parametrize(("team_scores", "score"), [(False, "80.00"), (True, "90.00")])
def test_the_explanation_ends_where_the_stages_score_does(
    sqlite_url: str, team_scores: bool, score: str
) -> None:
    """With the joint score where the rulebook counts it, else with the mean."""
    house = visiting(by_team(sqlite_url) if team_scores else House(sqlite_url, DISTRICT))
    released(house)
    ended(house, "a1")
    house.score("site_review", LAST, {"a1": "80"})
    joint(house, team(house)[0])
    found = house.ask(
        "explained_score", lambda w, d: explained.explain(w, house.conductor, d), of("a1"), on=LAST
    )
    assert (found["score"], found["steps"][-1]["figure"]) == (score, score)
    house.desk.close()


def test_a_plan_is_changed_although_nobody_is_left_of_another_team(house: House) -> None:
    """All of a team are kept away: the office moves another visit, and the faults name the one without a team."""
    house.do("plan_visits", {**TERMS, "days": [MONDAY, TUESDAY, WEDNESDAY, "2025-07-03"]}, on=VISIT)
    house.do("release_visits", IN, on=VISIT)
    kept = [{"expert_id": f"E{n}", "kin_of": ["a1"]} for n in range(1, 4)]
    house.do("register_experts", {"experts": kept}, on=VISIT)
    (plan,) = house.do("visits", IN)["plans"]
    (free,) = {MONDAY, TUESDAY, WEDNESDAY, "2025-07-03"} - {v["day"] for v in plan["visits"]}
    after = house.do("move_visit", of("a2", day=free, half="morning", reason="停产"), on=VISIT)
    assert ("leader", "a1") in {(fault["rule"], fault["application_id"]) for fault in after["faults"]}


def test_the_stage_waits_for_the_visits_of_a_released_plan(house: House) -> None:
    """And for nothing of the kind where none was released."""
    house.score("site_review", LAST, dict.fromkeys(NAMES, "80"))
    released(house)
    ended(house, "a2")
    with pytest.raises(Conflict) as waiting:
        house.finish("site_review", LAST)
    assert "第 1、3 号申报的现场评审结束" in waiting.value.detail_zh
    ended(house, "a1", "a3")
    assert house.finish("site_review", LAST)["state"] == "closed"


def test_one_postponed_is_placed_anew_and_the_others_stay(house: House) -> None:
    """A visit that is over keeps its day too; nothing can be done at one that was postponed."""
    plan = released(house)
    day = {visit["application_id"]: visit["day"] for visit in plan["visits"]}
    first, second, third = sorted(day, key=lambda name: day[name])
    ended(house, first)
    house.do("postpone_visit", of(second, reason="台风"), on=LAST)
    with pytest.raises(Conflict) as postponed:
        house.do("close_visit", of(second), team(house, second)[0], LAST)
    assert postponed.value.code == "postponed"
    late = {**TERMS, "days": ["2025-07-07", "2025-07-08"]}
    after = house.do("plan_visits", late, on=LAST)
    found = {visit["application_id"]: visit["day"] for visit in after["visits"]}
    assert found[first] == day[first]
    assert {found[second], found[third]} == {"2025-07-07", "2025-07-08"}
    (told,) = house.do("my_appointments", {}, BRUNO, LAST)["appointments"]
    assert (told["uid"], told["all_day"]) == ("a3.site_review", True)

"""A defence on both databases: planned, changed, released, held; each sees its own and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.review.defence.timetable import drawn
from shared.problems import Conflict, Invalid, NotFound, Problem, Transient
from tests.integration.review.stages import CITY, DEFENCE, REVIEW, House
from tests.support.rooms import ORGANIZATION

pytestmark = pytest.mark.integration

FIRST, SECOND = "2025-06-26", "2025-06-27"
OFFICE, ANNA, BRUNO = "award_office/office", "applicant/anna", "applicant/bruno"
TERMS: dict[str, Any] = {
    "stage": "defence", "rooms": ["甲", "乙"], "days": [FIRST, SECOND], "minutes": 40, "gap_minutes": 5,
    "sessions": [{"begins": "13:30", "ends": "15:00"}, {"begins": "09:00", "ends": "12:00"}],
    "speakers_due": "2025-06-25",
}  # fmt: skip
DRAW = {"witness": "监督员", "drawn_number": "4711"}
IN = {"stage": "defence"}
APPLICATIONS = ("a1", "a2", "a3", "b1")


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """Three applications of one category and one of another, in a defence with panels of thirteen."""
    made = House(database_url, CITY)
    for number, name in enumerate(APPLICATIONS, start=1):
        category = "culture" if name == "b1" else "economic"
        made.enter(name, number, "bruno" if name == "b1" else "anna", "reader", category=category)
    pool = [{"expert_id": f"E{n}", "industry_expert": n % 2 == 0} for n in range(1, 41)]
    made.do("register_experts", {"experts": pool})
    made.qualified(*APPLICATIONS)
    made.start("document_review", REVIEW)
    made.score("document_review", REVIEW, dict.fromkeys(APPLICATIONS, "80"))
    made.finish("document_review", REVIEW)
    made.start("defence", DEFENCE)
    yield made
    made.desk.close()


def planned(house: House, **more: Any) -> dict[str, Any]:
    return house.do("plan_defence", {**TERMS, **DRAW, **more}, on=DEFENCE)


def released(house: House, **more: Any) -> dict[str, Any]:
    planned(house, **more)
    return house.do("release_defence", IN, on=DEFENCE)


def where(plan: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    return {slot["application_id"]: (slot["room"], slot["day"], slot["begins"]) for slot in plan["slots"]}


def own(house: House, who: str) -> list[str]:
    return [slot["application_id"] for slot in house.do("my_defence", {}, who, DEFENCE)["slots"]]


def test_the_order_is_the_one_that_the_recorded_seed_gives(house: House) -> None:
    """Anyone repeats it from the seed; whoever was drawn first is heard first."""
    plan = planned(house)
    assert (plan["state"], plan["faults"], plan["out_of_order"], plan["proved"]) == ("drafted", [], [], True)
    orders = {order["category"]: order["sequences"] for order in plan["orders"]}
    assert orders == {"economic": list(drawn(plan["seed"], (1, 2, 3))), "culture": [4]}
    assert (plan["witness"], plan["drawn_number"]) == ("监督员", "4711")
    places = where(plan)
    times = [places[f"a{number}"][1:] for number in orders["economic"]]
    assert times == sorted(times)
    assert {slot["ends"] for slot in plan["slots"]} <= {"09:40", "10:25", "11:10", "11:55", "14:10", "14:55"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"minutes": 41}, "minutes"),
        ({"days": ["2025-06-28"]}, "days.0"),
        ({"days": ["2025-06-24"]}, "days.0"),
        ({"days": [FIRST, FIRST]}, "days"),
        ({"rooms": ["甲", "甲"]}, "rooms"),
        ({"sessions": [{"begins": "12:00", "ends": "09:00"}]}, "sessions"),
        (
            {"sessions": [{"begins": "09:00", "ends": "12:00"}, {"begins": "11:00", "ends": "13:00"}]},
            "sessions",
        ),
        ({"witness": None}, "witness"),
        ({"witness": "office"}, "witness"),
        ({"drawn_number": None}, "drawn_number"),
        ({"absences": [{"expert_id": "E1", "day": FIRST, "begins": "12:00", "ends": "11:00"}]}, "absences.0"),
    ],
)
def test_terms_that_cannot_be_are_refused_by_field(house: House, change: dict[str, Any], field: str) -> None:
    """Longer than the rulebook allows, no working day, a day that is over, a draw without a witness."""
    with pytest.raises(Invalid) as refused:
        planned(house, **change)
    assert [error.field for error in refused.value.errors] == [field]


def test_where_there_is_no_timetable_the_refusal_has_the_numbers(house: House) -> None:
    """Nothing is kept of the attempt."""
    with pytest.raises(Conflict) as none:
        planned(house, rooms=["甲"], days=[FIRST], sessions=[{"begins": "09:00", "ends": "10:30"}])
    assert none.value.code == "no_timetable"
    assert "1 个会场、2 个时段，须安排 4 场" in none.value.detail_zh
    assert house.do("defence", IN)["plans"] == []


def test_each_sees_its_own_slot_once_it_is_released(house: House) -> None:
    """Nothing before; then an applicant its own, a reviewer those that it hears, a stranger nothing."""
    planned(house)
    hears = house.assigned("defence", "a1")
    everybody = (ANNA, "applicant/reader", BRUNO, "applicant/nobody", f"reviewer/{hears[0]}", "reviewer/E99")
    assert [own(house, who) for who in everybody] == [[]] * 6
    house.do("release_defence", IN, on=DEFENCE)
    assert sorted(own(house, ANNA)) == ["a1", "a2", "a3"]
    assert own(house, BRUNO) == ["b1"]
    assert sorted(own(house, "applicant/reader")) == ["a1", "a2", "a3", "b1"]
    assert own(house, "applicant/nobody") == own(house, "reviewer/E99") == []
    assert {"a1", "a2", "a3"} <= set(own(house, f"reviewer/{hears[0]}"))
    house.withdraw("a2")
    assert sorted(own(house, ANNA)) == ["a1", "a3"]


def test_one_whose_interest_becomes_known_sees_nothing_of_it_any_more(house: House) -> None:
    """Neither slot nor appointment of that application, and the office is told that the quorum fails."""
    released(house)
    (away, *_) = house.assigned("defence", "a1")
    declared = {"expert_id": away, "industry_expert": int(away[1:]) % 2 == 0, "kin_of": ["a1"]}
    house.do("register_experts", {"experts": [declared]}, on=DEFENCE)
    assert "a1" not in own(house, f"reviewer/{away}")
    told = house.do("my_appointments", {}, f"reviewer/{away}", DEFENCE)["appointments"]
    assert "a1.defence" not in {line["uid"] for line in told}
    assert "a2.defence" in {line["uid"] for line in told}
    (plan,) = house.do("defence", IN)["plans"]
    assert [(fault["rule"], fault["application_id"]) for fault in plan["faults"]] == [("quorum", "a1")]
    (slot,) = [line for line in plan["slots"] if line["application_id"] == "a1"]
    assert away not in slot["reviewers"]


def test_whoever_leaves_the_dossier_sees_the_slot_no_more(house: House) -> None:
    """What intake told later counts; what is older and comes later is no news."""
    released(house)
    house.people("b1", "v3", "carla")
    house.people("b1", "v2", "bruno")
    assert own(house, BRUNO) == []
    assert own(house, "applicant/carla") == ["b1"]
    with pytest.raises(Transient):
        house.people("unknown", "v2", "bruno")


def moved(
    house: House, application: str, room: str, day: str, begins: str, *more: dict[str, str]
) -> dict[str, Any]:
    moves = [{"application_id": application, "room": room, "day": day, "begins": begins}, *more]
    return house.do("move_defence", {**IN, "moves": moves, "reason": "申请改期"}, on=DEFENCE)


@pytest.mark.parametrize(
    ("room", "day", "begins", "rule"),
    [
        ("丙", SECOND, "13:30", "room"),
        ("甲", "2025-06-30", "09:00", "day"),
        ("甲", SECOND, "11:30", "hours"),
        ("甲", SECOND, "14:30", "hours"),
        ("乙", SECOND, "09:00", "quorum"),
    ],
)
def test_a_slot_moved_by_hand_is_held_to_every_rule(
    house: House, room: str, day: str, begins: str, rule: str
) -> None:
    """The refusal has the rule's name, at the application."""
    away = house.assigned("defence", "a1")[0]
    planned(house, absences=[{"expert_id": away, "day": SECOND, "begins": "09:00", "ends": "10:00"}])
    with pytest.raises(Invalid) as refused:
        moved(house, "a1", room, day, begins)
    assert refused.value.code == rule
    assert f"moves.a1.{rule}" in [error.field for error in refused.value.errors]


def test_two_slots_may_change_places_but_not_share_one(house: House) -> None:
    """Moved together they are lawful, alone the panel would hear two at once; the order astray is shown."""
    places = where(planned(house))
    room, day, begins = places["a2"]
    with pytest.raises(Invalid) as refused:
        moved(house, "a1", room, day, begins)
    assert {"moves.a1.panel_twice", "moves.a1.room_twice"} <= {error.field for error in refused.value.errors}
    other = dict(zip(("room", "day", "begins"), places["a1"], strict=True))
    plan = moved(house, "a1", room, day, begins, {"application_id": "a2", **other})
    assert where(plan)["a1"] == places["a2"]
    assert where(plan)["a2"] == places["a1"]
    assert (plan["version"], plan["faults"]) == (2, [])
    assert set(plan["out_of_order"]) & {"a1", "a2", "a3"}


def test_one_postponed_is_placed_anew_and_the_others_stay(house: House) -> None:
    """The order is not drawn again; whoever was heard is not moved."""
    before = where(released(house))
    plan = house.do("postpone_defence", {**IN, "application_id": "a1", "reason": "航班取消"}, on=DEFENCE)
    (line,) = [slot for slot in plan["slots"] if slot["application_id"] == "a1"]
    assert line["postponed"] == "航班取消"
    with pytest.raises(Conflict) as again:
        planned(house)
    assert again.value.code == "drawn_already"
    late = {**TERMS, "days": [FIRST, SECOND, "2025-06-30"]}
    others = {name: place for name, place in before.items() if name != "a1"}
    after = where(house.do("plan_defence", late, on=DEFENCE))
    assert {name: place for name, place in after.items() if name != "a1"} == others
    assert "a1" in after
    assert house.do("release_defence", IN, on=DEFENCE)["state"] == "released"
    assert [p["version"] for p in house.do("defence", IN)["plans"]] == [2]


def speak(house: House, who: str, application: str, *names: str, on: date = DEFENCE) -> None:
    data = {**IN, "application_id": application, "speakers": [{"name": name} for name in names]}
    house.do("name_speakers", data, who, on)


def test_an_applicant_names_its_speakers_in_time_and_not_too_many(house: House) -> None:
    """Three at most, until the day given, its own alone, and not by one who may only read."""
    planned(house)
    with pytest.raises(Conflict) as early:
        speak(house, ANNA, "a1", "甲")
    assert early.value.code == "not_released"
    house.do("release_defence", IN, on=DEFENCE)
    with pytest.raises(Invalid) as many:
        speak(house, ANNA, "a1", "甲", "乙", "丙", "丁")
    assert many.value.code == "too_many_speakers"
    for stranger in (BRUNO, "applicant/reader"):
        with pytest.raises(NotFound):
            speak(house, stranger, "a1", "甲")
    speak(house, ANNA, "a1", "甲", "乙", "丙")
    speak(house, ANNA, "a1", "甲", "丁")
    (slot,) = [s for s in house.do("my_defence", {}, ANNA, DEFENCE)["slots"] if s["application_id"] == "a1"]
    assert [speaker["name"] for speaker in slot["speakers"]] == ["甲", "丁"]
    assert (slot["speakers_at_most"], slot["speakers_due"]) == (3, "2025-06-25")
    with pytest.raises(Conflict) as late:
        speak(house, ANNA, "a1", "甲", on=date(2025, 6, 26))
    assert late.value.code == "too_late"


def test_attendance_is_recorded_once_with_a_quorum_and_the_stage_waits_for_it(house: House) -> None:
    """Not before its day, nobody who does not hear it, not with fewer than the rulebook asks for."""
    released(house)
    speak(house, ANNA, "a1", "甲")
    there = house.assigned("defence", "a1")
    last = date(2025, 6, 27)

    def attend(
        reviewers: list[str], speakers: tuple[str, ...] = (), on: date = last, name: str = "a1"
    ) -> None:
        data = {**IN, "application_id": name, "reviewers": reviewers, "speakers": list(speakers)}
        house.do("record_attendance", data, on=on)

    refusals: list[tuple[list[str], tuple[str, ...], date, str]] = [
        (there, (), DEFENCE, "too_early"),
        (there[:-1], (), last, "no_quorum"),
        ([*there, "E99"], (), last, "not_of_this_slot"),
        (there, ("丁",), last, "not_of_this_slot"),
    ]
    for reviewers, names, on, code in refusals:
        with pytest.raises(Problem) as refused:
            attend(reviewers, names, on)
        assert refused.value.code == code
    attend(there, ("甲",))
    with pytest.raises(Conflict) as twice:
        attend(there)
    assert twice.value.code == "recorded_already"
    house.score("defence", last, dict.fromkeys(APPLICATIONS, "80"))
    with pytest.raises(Conflict) as waiting:
        house.finish("defence", last)
    assert "第 2、3、4 号申报的答辩到场登记" in waiting.value.detail_zh
    for name in ("a2", "a3", "b1"):
        attend(house.assigned("defence", name), name=name)
    assert house.finish("defence", last)["state"] == "closed"


def test_a_defence_without_a_timetable_closes_as_before(house: House) -> None:
    """Whoever keeps the timetable on paper is asked for sheets alone."""
    house.score("defence", DEFENCE, dict.fromkeys(APPLICATIONS, "80"))
    assert house.finish("defence", DEFENCE)["state"] == "closed"


def test_a_calendar_has_ones_own_appointments(house: House) -> None:
    """With the place, in Shanghai's time; one postponed is cancelled under the same name with a higher revision."""
    released(house)
    (before,) = house.do("my_appointments", {}, BRUNO, DEFENCE)["appointments"]
    (slot,) = house.do("my_defence", {}, BRUNO, DEFENCE)["slots"]
    assert before["uid"] == "b1.defence"
    assert before["begins_at"] == f"{slot['day']}T{slot['begins']}:00+08:00"
    assert before["place"] == slot["room"]
    house.do("postpone_defence", {**IN, "application_id": "b1", "reason": "病"}, on=DEFENCE)
    (after,) = house.do("my_appointments", {}, BRUNO, DEFENCE)["appointments"]
    assert (after["uid"], after["cancelled"]) == (before["uid"], True)
    assert after["revision"] > before["revision"]


def test_an_expert_kept_from_an_application_is_not_waited_for_in_its_slot(database_url: str) -> None:
    """Somebody's employee sits on the panel for the others; its own organization is heard by thirteen without it."""
    house = House(database_url, CITY)
    house.enter("a1", 1, "anna", category="economic")
    house.enter("a2", 2, "anna", category="economic", uscc="91310105MA1K300034")
    pool = [{"expert_id": f"E{n}", "industry_expert": True} for n in range(1, 15)]
    pool.append({"expert_id": "E15", "industry_expert": True, "employer": ORGANIZATION})
    house.do("register_experts", {"experts": pool})
    house.qualified("a1", "a2")
    house.start("document_review", REVIEW)
    house.score("document_review", REVIEW, {"a1": "80", "a2": "80"})
    house.finish("document_review", REVIEW)
    house.start("defence", DEFENCE)
    plan = house.do("plan_defence", {**TERMS, **DRAW}, on=DEFENCE)
    for slot in plan["slots"]:
        assert len(slot["reviewers"]) == 13
        assert slot["application_id"] != "a1" or "E15" not in slot["reviewers"]
    house.desk.close()

"""Review's handlers on both databases: pool, panels, the office's list, sheets, scores, who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from services.review import admission, experts, models
from services.review.conflicts.recusals import Applicant, Reviewer
from services.review.panels import draw
from services.review.scoring import results, sheets
from services.review.seating import lists
from services.review.stages import ReviewHooks, conductor
from shared.calendar.published import OFFICIAL
from shared.contracts import load, operations
from shared.contracts.events import PoolAdviserRegistered
from shared.problems import Conflict, Invalid, NotFound, Transient
from shared.procedure import Conductor
from shared.rulebooks import Library
from shared.rulebooks.model import Cut
from tests.support.rooms import CHANGNING, CLOSES, CYCLE, ORGANIZATION, Room

pytestmark = pytest.mark.integration

REVIEW, VISIT, WHOLE = date(2025, 6, 24), date(2025, 6, 25), date(2025, 6, 26)
EMPLOYER = "91310105MA1K300034"
NAMES = ("a1", "a2", "a3")
LAST_KNOWN = date(max(OFFICIAL), 12, 31)  # the working day after it is not known yet


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    made = Room("review", database_url, conductor)
    for number, name in enumerate(NAMES, start=1):
        made.accept(name, number)
    yield made
    made.desk.close()


def register(room: Room, pool: list[dict[str, Any]] | int) -> dict[str, Any]:
    if isinstance(pool, int):
        pool = [{"expert_id": f"E{n}", "industry_expert": n == 1} for n in range(1, pool + 1)]
    return room.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": pool})


def qualify(room: Room, *names: str) -> None:
    room.hand_over("submission", CLOSES, names)
    room.hand_over("qualification", date(2025, 6, 16), names)
    room.hand_over("notice:qualification", date(2025, 6, 23), names)


def panels(room: Room) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = room.ask("panels", lambda w, d: lists.listed(w, conductor, d), {})["panels"]
    return found


def mine(room: Room, actor: str) -> list[dict[str, Any]]:
    reply = room.ask("my_assignments", lambda w, d: lists.mine(w, conductor, d), {}, "reviewer", actor)
    found: list[dict[str, Any]] = reply["panels"]
    return found


def submit(
    room: Room, actor: str, application: str, percent: str, stage: str = "document_review", on: date = REVIEW
) -> None:
    data = {"stage": stage, "application_id": application, "percent": percent}
    room.ask("submit_sheet", lambda w, d: sheets.submit(w, conductor, d), data, "reviewer", actor, on)


def submit_all(room: Room, stage: str, on: date, scores: dict[str, list[str]]) -> None:
    """Scores by application, in order of assignment."""
    (panel,) = [p for p in panels(room) if p["stage"] == stage]
    for line in panel["assignments"]:
        if line["application_id"] in scores:
            percent = scores[line["application_id"]][line["position"] - 1]
            submit(room, line["expert_id"], line["application_id"], percent, stage, on)


def admit(room: Room, *names: str, stage: str = "site_review", **more: Any) -> dict[str, Any]:
    data = {"stage": stage, "application_ids": list(names), **more}
    return room.ask("admit", lambda w, d: admission.admit(w, conductor, d), data, on=VISIT)


def scores(room: Room) -> dict[tuple[str, str], tuple[str, int]]:
    lines = room.ask("scores", lambda w, d: results.listed(w, conductor, d), {})["scores"]
    return {(line["stage"], line["application_id"]): (line["score"], line["valid_sheets"]) for line in lines}


def begun(room: Room, pool: list[dict[str, Any]] | int = 6, names: tuple[str, ...] = NAMES) -> dict[str, Any]:
    register(room, pool)
    qualify(room, *names)
    return room.begin("document_review", REVIEW)


def test_a_whole_cycle_of_reviews(room: Room) -> None:
    """Three readers, the office's list, three visitors, the score carried on: every score and every hand-over."""
    assert begun(room)["state"] == "begun"
    submit_all(
        room, "document_review", REVIEW, {"a1": ["82", "84", "79"], "a2": ["60.005"] * 3, "a3": ["40"] * 3}
    )
    room.close("document_review", REVIEW)
    assert admit(room, "a1", "a2", reason="好中选优")["entrants"] == ["a1", "a2"]
    room.begin("site_review", VISIT)
    submit_all(room, "site_review", VISIT, {"a1": ["80", "84", "79"], "a2": ["70", "71", "71"]})
    room.close("site_review", VISIT)
    room.begin("comprehensive", WHOLE)
    assert room.close("comprehensive", WHOLE)["state"] == "closed"
    assert scores(room) == {
        ("document_review", "a1"): ("81.67", 3),
        ("document_review", "a2"): ("60.01", 3),
        ("document_review", "a3"): ("40.00", 3),
        ("site_review", "a1"): ("81.00", 3),
        ("site_review", "a2"): ("70.67", 3),
        ("comprehensive", "a1"): ("81.00", 0),
        ("comprehensive", "a2"): ("70.67", 0),
    }
    (closing,) = room.closings("comprehensive")
    assert {a: line["carried"] for a, line in closing.items()} == {
        "a1": {"score": "81.00"},
        "a2": {"score": "70.67"},
    }
    (stopped,) = room.desk.told("application.stopped")
    assert (stopped["application_id"], stopped["status"]) == ("a3", "not_awarded")
    assert stopped["stopped_at"] == "document_review"
    assert "好中选优" in stopped["reason_zh"]


def test_a_panel_shows_size_share_and_everyone_recused(room: Room) -> None:
    """Seated or not; an expert kept from one application serves the others only if it must."""
    pool = [{"expert_id": f"E{n}", "industry_expert": n <= 2} for n in range(1, 5)]
    pool += [{"expert_id": "E7", "kin_of": ["a1"]}, {"expert_id": "E8", "employer": ORGANIZATION}]
    begun(room, pool)
    (panel,) = panels(room)
    assert (panel["stage"], panel["category"], panel["size"]) == ("document_review", None, 3)
    assert panel["recused"] == {"E7": ["a1"], "E8": ["a1", "a2", "a3"]}
    assert not {"E7", "E8"} & set(panel["members"])
    industry = sum(name in ("E1", "E2") for name in panel["members"])
    assert panel["industry_share"] == {1: "0.33", 2: "0.67"}[industry]
    assert [(a["application_id"], a["position"]) for a in panel["assignments"]] == [
        (name, position) for name in NAMES for position in (1, 2, 3)
    ]


def test_the_recorded_seed_repeats_the_draw(room: Room) -> None:
    """Anyone with the register, the numbers and the seed gets the same panel."""
    begun(room, 20)
    (panel,) = panels(room)
    pool = [Reviewer(f"E{n}", industry_expert=n == 1) for n in range(1, 21)]
    applicants = [Applicant(name, number, ORGANIZATION) for number, name in enumerate(NAMES, start=1)]
    rule = CHANGNING.stage("document_review").panel
    assert rule is not None
    assert list(draw(rule, pool, applicants, {}, panel["seed"]).members) == panel["members"]


def test_without_enough_experts_the_stage_is_blocked_until_there_are(room: Room) -> None:
    """The reason holds the numbers; nothing of the attempt stays; more experts lift it."""
    reply = begun(room, 2)
    assert reply["state"] == "planned"
    assert "需要 3 名" in reply["blocked"]["reason_zh"]
    assert "可用 2 名" in reply["blocked"]["reason_zh"]
    assert panels(room) == []
    (blocked,) = room.desk.told("cycle.blocked")
    assert (blocked["stage"], blocked["reason_zh"]) == ("document_review", reply["blocked"]["reason_zh"])
    register(room, 3)
    again = room.begin("document_review", REVIEW)
    assert (again["state"], again["blocked"]) == ("begun", None)
    assert [p["size"] for p in panels(room)] == [3]


def test_a_sheet_is_given_once_by_the_one_assigned_while_the_stage_runs(room: Room) -> None:
    """Not before, not by others, not twice, not after."""
    pool = [{"expert_id": f"E{n}"} for n in range(1, 5)]
    register(room, pool)
    qualify(room, *NAMES)
    with pytest.raises(NotFound):
        submit(room, "E1", "a1", "80")
    room.begin("document_review", REVIEW)
    (panel,) = panels(room)
    seated, (spare,) = panel["members"], {"E1", "E2", "E3", "E4"} - set(panel["members"])
    for stranger in (spare, "E99"):
        with pytest.raises(NotFound):
            submit(room, stranger, "a1", "80")
    with pytest.raises(Invalid) as wrong:
        submit(room, seated[0], "a1", "100.001")
    assert [e.field for e in wrong.value.errors] == ["percent"]
    submit(room, seated[0], "a1", "80")
    with pytest.raises(Conflict):
        submit(room, seated[0], "a1", "90")
    submit_all(room, "document_review", REVIEW, {"a2": ["70"] * 3, "a3": ["70"] * 3})
    for name in seated[1:]:
        submit(room, name, "a1", "80")
    room.close("document_review", REVIEW)
    with pytest.raises(Conflict):
        submit(room, seated[0], "a1", "90")
    assert scores(room)["document_review", "a1"] == ("80.00", 3)


def test_a_stage_waits_for_the_sheets_of_all(room: Room) -> None:
    """The refusal names the application by its number and how many are missing."""
    begun(room)
    submit_all(room, "document_review", REVIEW, {"a1": ["80"] * 3, "a3": ["70"] * 3})
    with pytest.raises(Conflict) as waiting:
        room.close("document_review", REVIEW)
    assert "第 2 号申报的 3 份评分表" in waiting.value.detail_zh
    assert "第 1 号" not in waiting.value.detail_zh


def test_sheets_of_one_withdrawn_are_kept_and_not_counted(room: Room) -> None:
    """It is waited for no longer, gets no score and no outcome, and takes no more sheets."""
    begun(room)
    submit_all(room, "document_review", REVIEW, {"a1": ["80"] * 3, "a2": ["90"] * 3})
    (panel,) = panels(room)
    room.withdraw("a2")
    room.withdraw("a3")
    with pytest.raises(Conflict):
        submit(room, panel["members"][0], "a3", "80")
    room.close("document_review", REVIEW)
    assert set(scores(room)) == {("document_review", "a1")}
    assert set(room.closings("document_review")[0]) == {"a1"}
    with room.desk.store.read() as work:
        assert len(work.session.execute(models.sheets.select()).all()) == 6


def test_a_sheet_of_one_whose_interest_becomes_known_is_kept_and_not_counted(room: Room) -> None:
    """Declared after the sheet: the mean is that of the others, and the reviewer sees and sends nothing more there."""
    begun(room, 3)
    submit_all(room, "document_review", REVIEW, {"a1": ["90"] * 3, "a2": ["70"] * 3})
    late = panels(room)[0]["members"][0]
    submit(room, panels(room)[0]["members"][1], "a3", "60")
    submit(room, panels(room)[0]["members"][2], "a3", "70")
    register(room, [{"expert_id": late, "kin_of": ["a1", "a3"]}])
    with pytest.raises(NotFound):
        submit(room, late, "a3", "100")
    assert [line["application_id"] for line in mine(room, late)[0]["assignments"]] == ["a2"]
    room.close("document_review", REVIEW)
    found = scores(room)
    assert found["document_review", "a1"] == ("90.00", 2)
    assert found["document_review", "a3"] == ("65.00", 2)


def advise(room: Room, expert_id: str, uscc: str, cycle_id: str = CYCLE) -> None:
    """Intake tells of an adviser of a member of the pool."""
    data = {
        "cycle_id": cycle_id, "uscc": uscc, "expert_id": expert_id, "since": "2025-02-01",
        "registered_on": "2025-02-10",
    }  # fmt: skip
    with room.desk.work() as work:
        experts.adviser_registered(work, conductor, load(PoolAdviserRegistered(), data))


def test_an_adviser_is_kept_from_the_organization_and_the_reason_is_shown(room: Room) -> None:
    """Changning 15: registered before the panel, by the code alone, whenever the application came."""
    advise(room, "E1", EMPLOYER)
    room.accept("a4", 4, uscc=EMPLOYER)
    begun(room, 4, (*NAMES, "a4"))
    (panel,) = panels(room)
    assert panel["recused"] == {"E1": ["a4"]}
    (ground,) = panel["grounds"]
    assert (ground["expert_id"], ground["application_id"], ground["ground"], ground["rule"]) == (
        "E1", "a4", "advises", "15",
    )  # fmt: skip
    assert "指导专家" in ground["reason_zh"]
    assert ("a4", "E1") not in {(a["application_id"], a["expert_id"]) for a in panel["assignments"]}


def test_an_adviser_who_registers_after_the_panel_was_formed_stands_aside_too(room: Room) -> None:
    """Its sheets are kept and not counted, it sees and sends nothing more there, and the reason is shown."""
    room.accept("a4", 4, uscc=EMPLOYER)
    begun(room, 3, (*NAMES, "a4"))
    submit_all(room, "document_review", REVIEW, {"a4": ["90", "70", "80"]})
    late = panels(room)[0]["members"][0]
    advise(room, late, EMPLOYER)
    (panel,) = panels(room)
    assert panel["recused"] == {}
    assert [(g["expert_id"], g["application_id"]) for g in panel["grounds"]] == [(late, "a4")]
    assert [line["application_id"] for line in mine(room, late)[0]["assignments"]] == list(NAMES)
    submit_all(room, "document_review", REVIEW, {name: ["60"] * 3 for name in NAMES})
    room.close("document_review", REVIEW)
    assert scores(room)["document_review", "a4"][1] == 2


def test_an_adviser_of_another_world_is_kept_from_nothing_here(room: Room) -> None:
    """Each rehearsal has its own register; the register of an adviser waits for its cycle."""
    room.open_cycle("c2", budget_fen=None, rehearsal=True, year=2025)
    advise(room, "E1", ORGANIZATION, "c2")
    begun(room, 3)
    assert panels(room)[0]["grounds"] == []
    with pytest.raises(Transient):
        advise(room, "E1", ORGANIZATION, "c9")


def test_a_reviewer_sees_its_own_work_and_nothing_else(room: Room) -> None:
    """Neither colleagues nor recusals nor anybody's sheets; a stranger sees nothing."""
    begun(
        room,
        [{"expert_id": f"E{n}", "name": f"专家{n}"} for n in range(1, 5)]
        + [{"expert_id": "E9", "kin_of": ["a1"]}],
    )
    (panel,) = panels(room)
    me = panel["members"][0]
    submit(room, me, "a1", "80")
    (own,) = mine(room, me)
    assert own["members"] == [me]
    assert own["recused"] == {}
    assert own["grounds"] == []
    assert {line["expert_id"] for line in own["assignments"]} == {me}
    assert [line["submitted"] for line in own["assignments"]] == [True, False, False]
    assert mine(room, "E9") == mine(room, "nobody") == []
    room.withdraw("a2")
    assert [line["application_id"] for line in mine(room, me)[0]["assignments"]] == ["a1", "a3"]


def test_the_offices_list_is_taken_once_before_the_stage_begins(room: Room) -> None:
    """Unknown ids are refused by field, one withdrawn no longer counts, other stages take no list."""
    begun(room)
    with pytest.raises(Conflict):
        admit(room, "a1", stage="document_review")
    with pytest.raises(Conflict):
        admit(room, "a1")
    submit_all(room, "document_review", REVIEW, dict.fromkeys(NAMES, ["80"] * 3))
    room.close("document_review", REVIEW)
    with pytest.raises(Invalid) as wrong:
        admit(room, "a1", "a9")
    assert [e.field for e in wrong.value.errors] == ["application_ids.1"]
    assert room.desk.told("application.stopped") == []
    room.withdraw("a2")
    assert admit(room, "a1", "a2")["entrants"] == ["a1"]
    with pytest.raises(Conflict):
        admit(room, "a1", "a3")
    assert [told["application_id"] for told in room.desk.told("application.stopped")] == ["a3"]
    room.begin("site_review", VISIT)
    with pytest.raises(Conflict):
        admit(room, "a1")
    with pytest.raises(NotFound):
        admit(room, "a1", stage="committee")


def test_where_the_office_lets_nobody_in_the_stage_ends_at_once(room: Room) -> None:
    """An empty list is a decision too."""
    begun(room)
    submit_all(room, "document_review", REVIEW, dict.fromkeys(NAMES, ["80"] * 3))
    room.close("document_review", REVIEW)
    admit(room)
    assert room.begin("site_review", VISIT)["state"] == "closed"
    assert room.closings("site_review") == [{}]
    assert panels(room)[-1]["stage"] == "document_review"


def test_sheets_of_its_own_take_the_place_of_the_carried_score(room: Room) -> None:
    """For one application; the other keeps its figure. Some sheets, but not all, are waited for."""
    begun(room)
    submit_all(room, "document_review", REVIEW, dict.fromkeys(NAMES, ["80"] * 3))
    room.close("document_review", REVIEW)
    admit(room, "a1", "a2")
    room.begin("site_review", VISIT)
    submit_all(room, "site_review", VISIT, dict.fromkeys(NAMES, ["75"] * 3))
    room.close("site_review", VISIT)
    room.begin("comprehensive", WHOLE)
    panel = panels(room)[-1]
    first, *others = [a["expert_id"] for a in panel["assignments"] if a["application_id"] == "a1"]
    submit(room, first, "a1", "90", "comprehensive", WHOLE)
    with pytest.raises(Conflict):
        room.close("comprehensive", WHOLE)
    for name in others:
        submit(room, name, "a1", "90", "comprehensive", WHOLE)
    room.close("comprehensive", WHOLE)
    assert scores(room)["comprehensive", "a1"] == ("90.00", 3)
    assert scores(room)["comprehensive", "a2"] == ("75.00", 0)


def test_an_expert_is_given_once_and_changes_are_audited(room: Room) -> None:
    """Twice in one list is refused; entered again it is replaced; the same again changes nothing."""
    with pytest.raises(Invalid) as wrong:
        register(room, [{"expert_id": "E1"}, {"expert_id": "E1"}])
    assert [e.field for e in wrong.value.errors] == ["experts.1.expert_id"]
    register(room, [{"expert_id": "E1"}])
    register(room, [{"expert_id": "E1"}])
    register(room, [{"expert_id": "E1", "employer": EMPLOYER}])
    done = [action for action in room.desk.actions() if action.startswith("expert:")]
    assert done == ["expert:registered", "expert:changed"]


@pytest.mark.parametrize(
    ("leaves", "closed", "stopped"),
    [(None, CLOSES, {"a2"}), ("a1", CLOSES, set()), (None, LAST_KNOWN, {"a2"})],
)
def test_a_cut_by_ratio_lets_the_first_go_on(
    database_url: str, leaves: str | None, closed: date, stopped: set[str]
) -> None:
    """A made-up rulebook with two places in all and a ratio of one: the third by score ends there, told why.

    It is made when the next stage begins, so that the place of one that has left by then goes to the next; and at once
    where that stage has no day.
    """
    procedure = tuple(
        replace(
            phase,
            stages=tuple(
                replace(s, cut=Cut(Fraction(1), None, "2.5")) if s.key == "document_review" else s
                for s in phase.stages
            ),
        )
        for phase in CHANGNING.procedure
    )
    quotas = tuple(replace(q, places=1) for q in CHANGNING.quotas)
    book = replace(CHANGNING, id="made-up-1", procedure=procedure, quotas=quotas)
    other = Conductor("review", models.procedure, ReviewHooks(), rulebooks=Library({book.id: book}))
    room = Room("review", database_url, other, rulebook=book)
    for number, name in enumerate(NAMES, start=1):
        room.accept(name, number)
    room.ask(
        "register_experts",
        lambda w, d: experts.register(w, other, d),
        {"experts": [{"expert_id": f"E{n}"} for n in range(3)]},
    )
    begins = REVIEW if closed == CLOSES else closed
    qualify(room, *NAMES)
    room.begin("document_review", begins)
    figures = {"a1": "70", "a2": "60", "a3": "80"}
    for name, percent in figures.items():
        for n in range(3):
            data = {"stage": "document_review", "application_id": name, "percent": percent}
            room.ask(
                "submit_sheet", lambda w, d: sheets.submit(w, other, d), data, "reviewer", f"E{n}", begins
            )
    room.close("document_review", begins)
    (closing,) = room.closings("document_review")
    assert {a: line["carried"]["score"] for a, line in closing.items()} == {
        "a1": "70.00",
        "a2": "60.00",
        "a3": "80.00",
    }
    if closed == CLOSES:
        assert all(line["passed"] for line in closing.values())
        if leaves is not None:
            room.withdraw(leaves)
        entered = room.begin("site_review", VISIT)
        assert set(entered["entrants"]) == set(NAMES) - stopped - {leaves}
        told = room.desk.told("application.stopped")
    else:
        told = [line for line in closing.values() if not line["passed"]]
    assert {line["application_id"] for line in told} == stopped
    assert {(line["status"], line["stopped_at"]) for line in told} <= {("not_awarded", "document_review")}
    room.desk.close()


def test_every_change_is_audited_and_every_event_keeps_its_contract(room: Room) -> None:
    """Names of what was done; `told` loads each event by its contract."""
    begun(room)
    submit_all(room, "document_review", REVIEW, dict.fromkeys(NAMES, ["80"] * 3))
    room.close("document_review", REVIEW)
    admit(room, "a1")
    done = set(room.desk.actions())
    assert {
        "expert:registered", "panel:formed", "stage:begun", "sheet:submitted", "stage:scored", "stage:closed",
        "stage:admitted", "application:not_admitted",
    } <= done  # fmt: skip
    assert len(room.desk.told("stage.planned")) == 2
    assert len(room.desk.told("stage.begun")) == len(room.desk.told("stage.closed")) == 1


def test_who_may_ask_is_written_in_the_contract() -> None:
    """Sheets by reviewers, panels and scores by the office and its watchers."""
    roles = {o.method: o.roles for o in operations() if o.service == "review"}
    assert roles["submit_sheet"] == roles["my_assignments"] == ("reviewer",)
    assert "applicant" not in roles["scores"] + roles["panels"]

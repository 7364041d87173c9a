"""Recusals of real cycles on both databases: statements before content, what a late interest sets off, who confirms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select

from services.review import conflicts, experts, models, own_work
from services.review.conflicts import recorded, sources, statements
from services.review.seating import lists as panel_lists
from services.review.seating import progress
from services.review.stages import conductor
from shared.contracts import dump, load, operation
from shared.contracts.events import PoolAdviserRegistered
from shared.contracts.operations.review.recusals import RELATIONS
from shared.problems import Conflict, Invalid, NotFound
from tests.support.panels import declare, hand_in, report, seat
from tests.support.rooms import CLOSES, CYCLE, ORGANIZATION, Room

pytestmark = pytest.mark.integration

REVIEW = date(2025, 6, 24)
STAGE = "document_review"
NAMES = ("a1", "a2", "a3")
NOTHING = dict.fromkeys(RELATIONS, False)


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """A real cycle whose document review has begun, on the day that the computer shows; four experts, three seated."""
    made = Room("review", database_url, conductor, rehearsal=False)
    for number, name in enumerate(NAMES, start=1):
        made.accept(name, number)
    pool = [{"expert_id": f"E{n}", "name": f"专家{n}"} for n in range(1, 5)]
    made.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": pool})
    for stage in ("submission", "qualification", "notice:qualification"):
        made.hand_over(stage, CLOSES, NAMES)
    declare(made, [f"E{n}" for n in range(1, 5)])
    seat(made, STAGE, stated=False)
    made.ask("begin_stage", conductor.begin_stage, {"stage": STAGE})
    yield made
    made.desk.close()


def seated(room: Room) -> list[str]:
    found = room.ask("panels", lambda w, d: panel_lists.listed(w, conductor, d), {})["panels"]
    return list(found[0]["members"])


def spare(room: Room) -> str:
    (one,) = {f"E{n}" for n in range(1, 5)} - set(seated(room))
    return one


def say(room: Room, expert: str, application: str, *relations: str, **more: Any) -> dict[str, Any]:
    data = {
        "application_id": application,
        "answers": NOTHING | dict.fromkeys(relations, True),
        "signed_by": f"专家{expert[1:]}",
        **more,
    }
    return room.ask(
        "state_interests", lambda w, d: statements.state(w, conductor, d), data, "reviewer", expert
    )


def _is_rehearsal(room: Room) -> bool:
    with room.desk.work() as work:
        return conductor.cycle(work, CYCLE).rehearsal


def awaiting(room: Room, expert: str) -> dict[str, Any]:
    """Of the cycle; where the expert is assigned anything there, its own work of all cycles tells the same."""
    told = room.ask(
        "awaiting_statement", lambda w, d: statements.awaiting(w, conductor, d), {}, "reviewer", expert
    )
    assigned = room.ask(
        "my_assignments", lambda w, d: panel_lists.mine(w, conductor, d), {}, "reviewer", expert
    )
    with room.desk.work("reviewer", expert, REVIEW if _is_rehearsal(room) else None) as work:
        everywhere = dump(operation("review", "my_work").reply(), own_work.listed(work, conductor))
    here = [{"cycle_id": CYCLE, **assigned, "cases": told}] if assigned["panels"] else []
    assert everywhere["cycles"] == here
    return told


def _again(room: Room, cycle_id: str) -> None:
    """Another cycle with the same panel and its assignments, of applications of its own."""
    room.open_cycle(cycle_id, budget_fen=None, rehearsal=False, year=2025)
    with room.desk.work() as work:
        for table in (models.procedure.dossiers, models.panels, models.assignments):
            rows = work.session.execute(select(table).where(table.c.cycle_id == CYCLE)).mappings().all()
            for row in rows:
                new = {**row, "cycle_id": cycle_id}
                if "application_id" in new:
                    new["application_id"] = f"{cycle_id}-{row['application_id']}"
                work.session.execute(table.insert().values(**new))


def test_the_work_of_another_cycle_takes_two_more_statements(room: Room) -> None:
    """Which applications wait for a statement, and who advised these, is asked of each cycle; all else of all at once."""
    me = seated(room)[0]
    said: list[str] = []
    event.listen(room.desk.store.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    taken = []
    for more in ((), ("c2", "c3", "c4")):
        for cycle_id in more:
            _again(room, cycle_id)
        if not more:
            say(room, me, "a1")
        said.clear()
        with room.desk.work("reviewer", me) as work:
            told = dump(operation("review", "my_work").reply(), own_work.listed(work, conductor))["cycles"]
        taken.append(len([each for each in said if "SELECT " in each]))
    assert taken == [6, 12], taken
    own = [each["cycle_id"] for each in told]
    assert sorted(own) == [CYCLE, "c2", "c3", "c4"]
    for each in told:
        prefix = "" if each["cycle_id"] == CYCLE else f"{each['cycle_id']}-"
        assigned = [line["application_id"] for panel in each["panels"] for line in panel["assignments"]]
        assert assigned == [f"{prefix}{name}" for name in NAMES]
        waiting = [line["application_id"] for line in each["cases"]["applications"]]
        assert waiting == [name for name in assigned if name != "a1"]


def dossier(room: Room, expert: str, application: str = "a1") -> dict[str, Any]:
    found: dict[str, Any] = room.ask(
        "dossier",
        lambda w, d: statements.dossier(w, conductor, d),
        {"application_id": application},
        "reviewer",
        expert,
    )["dossier"]
    return found


def submit(room: Room, expert: str, application: str, percent: str = "80") -> None:
    hand_in(room, STAGE, expert, application, percent)


def score_all(room: Room, *applications: str) -> None:
    for expert in seated(room):
        for application in applications:
            say(room, expert, application)
            submit(room, expert, application)


def recusals(room: Room, **which: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = room.ask("recusals", lambda w, d: recorded.listed(w, conductor, d), which)[
        "recusals"
    ]
    return found


def settle(room: Room, method: str, expert: str, actor: str = "inspector") -> dict[str, Any]:
    handler = {"confirm_recusal": recorded.confirm, "release_hold": recorded.release}[method]
    data = {"stage": STAGE, "application_id": "a1", "expert_id": expert, "reason": "已核实"}
    return room.ask(method, lambda w, d: handler(w, conductor, d), data, "discipline", actor)


def take_over(room: Room, leaving: str, coming: str, application: str = "a1") -> None:
    """The office seats another reviewer, as the room that assigns them does."""
    seat = {"cycle_id": CYCLE, "stage": STAGE, "application_id": application, "category": "", "position": 9}
    with room.desk.work("award_office", "officer") as work:
        cycle = conductor.cycle(work, CYCLE)
        conflicts.replaced(work, cycle, STAGE, application, leaving, coming)
        work.session.execute(models.assignments.insert().values(**seat, expert_id=coming))
        conflicts.settle(work, cycle)


def advise(room: Room, expert: str, uscc: str = ORGANIZATION) -> None:
    data = {
        "cycle_id": CYCLE, "uscc": uscc, "expert_id": expert, "since": "2025-02-01", "registered_on": "2025-02-10",
    }  # fmt: skip
    with room.desk.work() as work:
        experts.adviser_registered(work, conductor, load(PoolAdviserRegistered(), data))


def close(room: Room) -> dict[str, Any]:
    report(room, STAGE, *NAMES)
    return room.ask("close_stage", conductor.close_stage, {"stage": STAGE})


def test_before_it_states_its_interests_a_reviewer_sees_whose_it_is_and_no_more(room: Room) -> None:
    """Name, code, kind, category, group, advisers; the dossier and the sheet wait for the signature."""
    me = seated(room)[0]
    advise(room, spare(room), "91310000MA1K35XXXX")
    found = awaiting(room, me)
    assert found["declared"] is True
    assert [each["application_id"] for each in found["applications"]] == list(NAMES)
    assert found["applications"][0] == {
        "application_id": "a1", "name": "示例1", "kind": "organization", "uscc": ORGANIZATION, "category": None,
        "group": None, "advisers": [],
    }  # fmt: skip
    for refused in (lambda: dossier(room, me), lambda: submit(room, me, "a1")):
        with pytest.raises(Conflict) as owed:
            refused()
        assert owed.value.code == "statement_required"
    assert say(room, me, "a1")["interest"] is False
    assert dossier(room, me)["name"] == "示例1"
    assert [each["application_id"] for each in awaiting(room, me)["applications"]] == ["a2", "a3"]


def test_a_statement_is_signed_with_the_name_and_answers_everything(room: Room) -> None:
    """No answer is taken for granted; a wrong name is refused by field; nothing is kept of either."""
    me = seated(room)[0]
    with pytest.raises(Invalid) as wrong:
        say(room, me, "a1", signed_by="某人")
    assert [e.field for e in wrong.value.errors] == ["signed_by"]
    with pytest.raises(Invalid) as lacking:
        say(room, me, "a1", answers={"employed": False})
    assert {e.field for e in lacking.value.errors} == {f"answers.{r}" for r in RELATIONS[1:]}
    assert len(awaiting(room, me)["applications"]) == 3


def test_without_a_yearly_declaration_nothing_is_shown(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the statement was signed."""
    me = seated(room)[0]
    say(room, me, "a1")
    monkeypatch.setattr(sources, "declared", lambda *_: False)
    assert awaiting(room, me)["declared"] is False
    for refused in (lambda: dossier(room, me), lambda: submit(room, me, "a1")):
        with pytest.raises(Conflict) as owed:
            refused()
        assert owed.value.code == "no_declaration"


@pytest.mark.parametrize("relation", RELATIONS)
def test_i_have_an_interest_ends_it_at_once(room: Room, relation: str) -> None:
    """Whatever the relation: dossier, sheet and list know nothing of it any more, and it cannot be taken back."""
    me = seated(room)[0]
    say(room, me, "a1")
    assert say(room, me, "a1", relation)["interest"] is True
    for refused in (
        lambda: dossier(room, me),
        lambda: submit(room, me, "a1"),
        lambda: say(room, me, "a1"),
    ):
        with pytest.raises(NotFound) as gone:
            refused()
        with pytest.raises(NotFound) as unknown:
            dossier(room, me, "a99")
        assert gone.value.as_dict() == unknown.value.as_dict()
    (record,) = recusals(room)
    assert (record["expert_id"], record["state"], record["source"]) == (me, "open", "own_statement")
    assert (record["sheet_kept"], record["reviewers_before"], record["reviewers_after"]) == (False, 3, 2)


def test_who_is_not_assigned_states_nothing_and_sees_nothing(room: Room) -> None:
    """Neither the one left over nor an expert who is not in the pool."""
    for stranger in (spare(room), "E77"):
        assert awaiting(room, stranger)["applications"] == []
        with pytest.raises(NotFound):
            say(room, stranger, "a1")
        with pytest.raises(NotFound):
            dossier(room, stranger)


def test_a_withdrawn_application_is_nobodys(room: Room) -> None:
    """Its dossier is gone, its recusals lapse."""
    me = seated(room)[0]
    say(room, me, "a1", "kin")
    say(room, me, "a2")
    room.withdraw("a1")
    room.withdraw("a2")
    with pytest.raises(NotFound):
        dossier(room, me, "a2")
    assert [r["state"] for r in recusals(room)] == ["lapsed"]
    assert recusals(room, open=True) == []


def test_an_application_is_held_until_the_replacement_has_scored_and_a_supervisor_confirms(
    room: Room,
) -> None:
    """The sheet stays and is not counted, the mean is of those who are free, the stage waits and says for what."""
    late, second, third = seated(room)
    coming = spare(room)
    score_all(room, *NAMES)
    advise(room, late)
    found = recusals(room, open=True)
    assert {(r["expert_id"], r["application_id"], r["sheet_kept"]) for r in found} == {
        (late, name, True) for name in NAMES
    }
    with pytest.raises(Conflict) as held:
        close(room)
    assert f"第 1 号申报：评审员 {late} 回避，待指定替补" in held.value.detail_zh
    for name in NAMES:
        take_over(room, late, coming, name)
    with pytest.raises(Conflict) as held:
        close(room)
    assert f"待替补评审员 {coming} 评分" in held.value.detail_zh
    with pytest.raises(Conflict) as early:
        settle(room, "confirm_recusal", late)
    assert early.value.code == "not_scored"
    for name in NAMES:
        say(room, coming, name)
        submit(room, coming, name, "50")
    with pytest.raises(Conflict) as own:
        settle(room, "confirm_recusal", late, "officer")
    assert own.value.code == "same_person"
    assert settle(room, "confirm_recusal", late)["state"] == "confirmed"
    assert {r["state"] for r in recusals(room, open=True)} == {"scored"}
    close(room)
    with room.desk.store.read() as work:
        kept = select(models.sheets.c.expert_id).where(models.sheets.c.application_id == "a1")
        assert set(work.session.execute(kept).scalars()) == {late, second, third, coming}
        score = select(models.scores).where(models.scores.c.application_id == "a1")
        assert [(s.score, s.valid_sheets) for s in work.session.execute(score)] == [("70.00", 3)]


def test_a_supervisor_lets_it_go_on_when_enough_sheets_are_left(room: Room) -> None:
    """Two of three, by the rulebook; with one it stays held."""
    late = seated(room)[0]
    score_all(room, "a2", "a3")
    say(room, late, "a1", "kin")
    with pytest.raises(Conflict) as few:
        settle(room, "release_hold", late)
    assert few.value.code == "too_few_sheets"
    for expert in seated(room)[1:]:
        say(room, expert, "a1")
        submit(room, expert, "a1")
    with pytest.raises(Conflict):
        close(room)
    released = settle(room, "release_hold", late)
    assert (released["state"], released["released_by"], released["release_reason"]) == (
        "released", "inspector", "已核实",
    )  # fmt: skip
    with pytest.raises(Conflict):
        settle(room, "release_hold", late, "another")
    assert close(room)["state"] == "closed"
    assert settle(room, "confirm_recusal", late, "another")["state"] == "confirmed"


def test_the_replacement_passes_the_same_check(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one with an interest, not one who owes the yearly declaration, not one who is not in the pool."""
    late, coming = seated(room)[0], spare(room)
    say(room, late, "a1", "kin")
    with pytest.raises(Conflict) as stranger:
        take_over(room, late, "E77")
    assert stranger.value.code == "not_in_pool"
    monkeypatch.setattr(sources, "declared", lambda *_: False)
    with pytest.raises(Conflict) as owing:
        take_over(room, late, coming)
    assert owing.value.code == "no_declaration"
    monkeypatch.undo()
    room.ask(
        "register_experts",
        lambda w, d: experts.register(w, conductor, d),
        {"experts": [{"expert_id": coming, "name": "专家", "kin_of": ["a1"]}]},
    )
    with pytest.raises(Conflict) as bound:
        take_over(room, late, coming)
    assert bound.value.code == "recused_too"
    assert [r["state"] for r in recusals(room)] == ["open"]


def test_a_replacement_that_is_recused_in_turn_is_replaced_in_both_records(room: Room) -> None:
    """The hold ends when the last in the row has scored."""
    first, coming = seated(room)[0], spare(room)
    say(room, first, "a1", "kin")
    take_over(room, first, coming)
    say(room, coming, "a1", "competitor")
    assert {(r["expert_id"], r["state"]) for r in recusals(room)} == {(first, "named"), (coming, "open")}
    room.ask(
        "register_experts",
        lambda w, d: experts.register(w, conductor, d),
        {"experts": [{"expert_id": "E5", "name": "专家5"}]},
    )
    declare(room, ["E5"])
    take_over(room, coming, "E5")
    assert {r["replacement"] for r in recusals(room)} == {"E5"}
    say(room, "E5", "a1")
    submit(room, "E5", "a1")
    assert {r["state"] for r in recusals(room)} == {"scored"}


def test_a_recusal_lapses_when_its_ground_was_a_mistake(room: Room) -> None:
    """Before anybody took over; the reviewer is back, and when the ground comes back so does a new record."""
    me = seated(room)[0]
    entered = {"expert_id": me, "name": f"专家{me[1:]}"}
    for line, state in (
        ({**entered, "employer": ORGANIZATION}, "open"),
        (entered, "lapsed"),
        ({**entered, "employer": ORGANIZATION}, "open"),
    ):
        room.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": [line]})
        newest = [r for r in recusals(room) if r["application_id"] == "a1"][-1]
        assert newest["state"] == state
        assert len(awaiting(room, me)["applications"]) == (0 if state == "open" else 3)
    assert len([r for r in recusals(room) if r["application_id"] == "a1"]) == 2


def test_every_step_is_audited(room: Room) -> None:
    """Statement, conflicts, recusal, replacement, release, confirmation."""
    late = seated(room)[0]
    say(room, late, "a1", "kin")
    for expert in seated(room)[1:]:
        say(room, expert, "a1")
        submit(room, expert, "a1")
    settle(room, "release_hold", late)
    settle(room, "confirm_recusal", late, "another")
    assert {
        "statement:signed", "conflicts:computed", "recusal:opened", "recusal:released", "recusal:confirmed",
    } <= set(room.desk.actions())  # fmt: skip


def test_a_rehearsal_has_no_records_and_no_holds(database_url: str) -> None:
    """There the means of those who are free decide; nobody states anything."""
    made = Room("review", database_url, conductor)
    for number, name in enumerate(NAMES, start=1):
        made.accept(name, number)
    pool = [{"expert_id": f"E{n}"} for n in range(1, 4)]
    made.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": pool})
    for stage in ("submission", "qualification", "notice:qualification"):
        made.hand_over(stage, CLOSES, NAMES)
    made.begin(STAGE, REVIEW)
    advise(made, "E1")
    with made.desk.store.read() as work:
        assert work.session.execute(select(models.recusals)).all() == []
        assert (
            conflicts.waiting_for(
                work,
                conductor.cycle(work, CYCLE),
                conductor.own_stage(conductor.cycle(work, CYCLE), STAGE),
                [],
            )
            == []
        )
    assert awaiting(made, "E2")["applications"] == []
    assert dossier(made, "E2")["name"] == "示例1"
    with pytest.raises(NotFound):
        dossier(made, "E1")
    with pytest.raises(Conflict) as never:
        say(made, "E2", "a1")
    assert never.value.code == "rehearsal"
    made.desk.close()


def test_workload_leaves_out_what_a_reviewer_is_kept_from(room: Room) -> None:
    """Neither given nor out, from the moment at which it becomes known; the others' figures are the same."""

    def work() -> dict[str, tuple[int, int]]:
        found = room.ask("panel_progress", lambda w, d: progress.listed(w, conductor, d), {})["reviewers"]
        return {
            line["expert_id"]: (line["assigned"], line["sheets_in"] + line["sheets_out"]) for line in found
        }

    before, one = work(), seated(room)[0]
    say(room, one, "a1", "kin")
    assert work() == before | {one: (before[one][0] - 1, before[one][1] - 1)}

"""What review tells discipline inspection of a real cycle, on both databases: each alert with its cause, none without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from services.review import alerts, models
from services.review.conflicts import lists as conflict_lists
from services.review.stages import conductor
from shared.contracts import dump, load, operation
from shared.contracts.operations.alerts import Alerts
from shared.problems import Forbidden
from shared.procedure import alerts as told_by
from shared.procedure import outcome, watching
from shared.procedure.acts import acts
from tests.integration.review.test_scoring import NOON, STAGE, Scoring
from tests.support.panels import declare
from tests.support.rooms import CYCLE, Room

pytestmark = pytest.mark.integration
Data = dict[str, Any]


@pytest.fixture
def cycle(database_url: str) -> Iterator[Scoring]:
    made = Scoring(database_url)
    yield made
    made.room.desk.close()


def watch(room: Room) -> Data:
    """The whole reply, held to its contract."""
    with room.desk.work("discipline", "ji") as work:
        watched = alerts.watched(work, conductor, conductor.cycles(work, [CYCLE]))
        return dump(Alerts(), told_by.reply("review", CYCLE, watched[CYCLE]))


def kinds(room: Room) -> dict[str, Data]:
    return {line["kind"]: line for line in watch(room)["alerts"]}


def write(room: Room, statement: Any) -> None:
    with room.desk.work() as work:
        work.session.execute(statement)


def test_a_review_that_keeps_to_the_rules_gives_no_alert(cycle: Scoring) -> None:
    """Declared, drawn, accepted, stated, scored alike."""
    cycle.all_in("80", "80", "80")
    cycle.all_in("80", "75", "80", application="a2")
    told = watch(cycle.room)
    assert told["alerts"] == []
    figures = {line["figure"]: line["count"] for line in told["figures"]}
    assert (figures["panels"], figures["sheets"], figures["recusals"]) == (1, 6, 0)


def test_a_sheet_that_the_leader_returned_is_told_and_graver_where_its_score_changed(cycle: Scoring) -> None:
    cycle.whole(cycle.leader, "80")
    cycle.whole(cycle.second, "80")
    cycle.give_back(cycle.leader, cycle.second)
    told = kinds(cycle.room)["sheet_returned"]
    assert (told["severity"], told["subject"]) == ("notice", f"a1/{cycle.second}")
    assert "缺少依据" in told["reason_zh"]
    cycle.whole(cycle.second, "80")
    assert set(kinds(cycle.room)) == {"sheet_returned"}
    cycle.give_back(cycle.leader, cycle.second)
    cycle.whole(cycle.second, "95")
    changed = [line for line in watch(cycle.room)["alerts"] if line["kind"] == "sheet_returned_changed"]
    assert {line["severity"] for line in changed} == {"warning"}
    assert "80.000" in changed[0]["reason_en"]
    assert "95.000" in changed[0]["reason_en"]


def _closed(room: Room, *passed: str) -> None:
    """The stage has ended; who went on is what the test wants it to be."""
    lines = [outcome(name, passed=name in passed) for name in ("a1", "a2")]
    closings, stages = models.procedure.closings, models.procedure.stages
    day = date(2025, 6, 25)
    write(room, insert(closings).values(cycle_id=CYCLE, stage=STAGE, closed_on=day, outcomes=lines))
    write(room, update(stages).where(stages.c.stage == STAGE).values(state="closed", closed_on=day))


def test_an_outlying_sheet_that_decided_is_told_once_the_stage_is_closed(cycle: Scoring) -> None:
    cycle.all_in("60", "60", "100")
    cycle.all_in("70", "70", "70", application="a2")
    assert watch(cycle.room)["alerts"] == []
    _closed(cycle.room, "a1")
    (told,) = watch(cycle.room)["alerts"]
    assert (told["kind"], told["subject"], told["since"]) == (
        "outlier_decided",
        f"a1/{cycle.third}",
        "2025-06-25",
    )
    assert told["evidence"] == [f"{STAGE}/a1/{cycle.third}", "a2"]


def test_an_outlying_sheet_that_decided_nothing_is_none(cycle: Scoring) -> None:
    cycle.all_in("60", "60", "100")
    cycle.all_in("70", "70", "70", application="a2")
    _closed(cycle.room, "a1", "a2")
    assert watch(cycle.room)["alerts"] == []


def test_work_offered_without_a_declaration_in_force_is_told_and_a_late_one_after_it(cycle: Scoring) -> None:
    """The same reviewer: first it has declared nothing, then too late."""
    table = models.declarations
    write(
        cycle.room,
        insert(models.assignments).values(
            cycle_id=CYCLE, stage=STAGE, application_id="a1", expert_id="E9", category="", position=9,
            state="released", released_at=NOON,
        ),
    )  # fmt: skip
    told = kinds(cycle.room)
    assert (set(told), told["declaration_missing"]["subject"]) == ({"declaration_missing"}, "E9")
    late = NOON + timedelta(days=2)
    row = {
        "id": "d9", "world": "real", "expert_id": "E9", "number": 1, "declared_on": late.date(), "declared_at": late,
        "valid_until": late.date() + timedelta(days=364), "signed": "{}", "digest": "sha256:0",
    }  # fmt: skip
    write(cycle.room, insert(table).values(**row))
    told = kinds(cycle.room)
    assert (set(told), told["declaration_late"]["evidence"]) == ({"declaration_late"}, ["d9"])


def test_a_statement_that_is_owed_or_late_is_told(cycle: Scoring) -> None:
    """By the time to answer; before it nothing is missing. A sheet without any is the gravest."""
    offers, assignments = models.offers, models.assignments
    row = {
        "cycle_id": CYCLE, "stage": STAGE, "application_id": "a1", "expert_id": "E9", "category": "", "position": 9,
        "state": "accepted", "released_at": None,
    }  # fmt: skip
    write(cycle.room, insert(assignments).values(**row))
    offer = {
        "cycle_id": CYCLE, "stage": STAGE, "category": "", "expert_id": "E9", "offered_at": NOON,
        "answer_by": NOON + timedelta(hours=1), "reminders": 0,
    }  # fmt: skip
    write(cycle.room, insert(offers).values(**offer))
    assert watch(cycle.room)["alerts"] == []
    write(
        cycle.room,
        update(offers).where(offers.c.expert_id == "E9").values(answer_by=NOON - timedelta(hours=1)),
    )
    assert set(kinds(cycle.room)) == {"statement_missing"}
    sheet = {
        "cycle_id": CYCLE, "stage": STAGE, "application_id": "a1", "expert_id": "E9", "thousandths": 80_000,
        "submitted_at": NOON,
    }  # fmt: skip
    write(cycle.room, insert(models.sheets).values(**sheet))
    told = kinds(cycle.room)
    assert (set(told), told["sheet_without_statement"]["severity"]) == (
        {"statement_missing", "sheet_without_statement"},
        "serious",
    )
    said = {
        "cycle_id": CYCLE, "application_id": "a1", "expert_id": "E9", "number": 1, "interest": False, "relations": [],
        "signed": "{}", "digest": "sha256:0", "signed_at": NOON,
    }  # fmt: skip
    write(cycle.room, insert(models.case_statements).values(**said))
    assert set(kinds(cycle.room)) == {"statement_late"}


def test_an_interest_that_became_known_late_and_a_conflict_lifted_are_told(cycle: Scoring) -> None:
    """Registered as an adviser's employer by the office after the sheet is in; then a supervisor lifts it."""
    cycle.whole(cycle.second, "80")
    cycle.register([{"expert_id": cycle.second, "kin_of": ["a1"]}])
    told = kinds(cycle.room)
    assert set(told) == {"interest_late"}
    assert (told["interest_late"]["severity"], told["interest_late"]["subject"]) == (
        "serious",
        f"a1/{cycle.second}",
    )
    data = {
        "cycle_id": CYCLE, "expert_id": cycle.second, "application_id": "a1", "ground": "kin_of", "source": "office",
        "reason": "查无此关系",
    }  # fmt: skip
    cycle.room.ask(
        "lift_conflict", lambda w, d: conflict_lists.lift(w, conductor, d), data, "discipline", "ji"
    )
    told = kinds(cycle.room)
    assert set(told) == {"conflict_lifted"}
    assert "查无此关系" in told["conflict_lifted"]["reason_zh"]


def test_a_draw_that_was_given_up_for_another_is_told(cycle: Scoring) -> None:
    """Gravest where the witness had given its share already: then the outcome could have been known."""
    draws = models.draws
    write(cycle.room, update(draws).values(state="abandoned", witnessed_at=None))
    told = kinds(cycle.room)["draw_abandoned"]
    assert (told["severity"], told["subject"]) == ("notice", STAGE)
    write(cycle.room, update(draws).values(witnessed_at=NOON))
    assert kinds(cycle.room)["draw_abandoned"]["severity"] == "serious"


def test_the_same_cause_has_the_same_id_whenever_it_is_computed(cycle: Scoring) -> None:
    cycle.whole(cycle.leader, "80")
    cycle.whole(cycle.second, "80")
    cycle.give_back(cycle.leader, cycle.second)
    first = [line["alert_id"] for line in watch(cycle.room)["alerts"]]
    assert first == [line["alert_id"] for line in watch(cycle.room)["alerts"]]
    write(cycle.room, delete(models.returned_sheets))
    assert watch(cycle.room)["alerts"] == []


def test_a_rehearsal_is_asked_for_no_declarations(database_url: str) -> None:
    room = Room("review", database_url, conductor)
    try:
        room.accept("a1", 1)
        declare(room, [])
        with room.desk.work("discipline", "ji", on=date(2025, 6, 24)) as work:
            assert alerts.watched(work, conductor, conductor.cycles(work, [CYCLE]))[CYCLE].alerts == ()
    finally:
        room.desk.close()


def test_who_acted_in_which_role_is_read_from_the_audit_log(cycle: Scoring) -> None:
    """People by role, the acts that are asked for by what they were done to; the service itself is nobody, and acts of
    another cycle, or of none, are left out.
    """
    cycle.whole(cycle.second, "80")
    with cycle.room.desk.work("award_office", "li") as work:
        work.audit("objection:ruled", "o1", cycle_id="another")
        work.audit("objection:ruled", "o1")
    with cycle.room.desk.work("discipline", "ji") as work:
        audit, wanted = cycle.room.desk.store.tables.audit, ["sheet:submitted", "objection:ruled"]
        subject = f"{STAGE}/a1/{cycle.second}"
        told = acts(work, audit, [CYCLE], wanted, [subject, "o1", "nothing"])[CYCLE]
    assert told["known"] == [subject]
    (act,) = told["acts"]
    assert (act["actor"], act["role"], act["action"], act["subject"], act["times"]) == (
        cycle.second, "reviewer", "sheet:submitted", f"{STAGE}/a1/{cycle.second}", 1,
    )  # fmt: skip
    roles = {(line["actor"], line["role"]) for line in told["roles"]}
    assert {(cycle.second, "reviewer"), ("officer", "award_office"), ("inspector", "discipline")} <= roles
    assert not [actor for actor, _ in roles if actor.startswith("system:")]
    assert told["cut"] is False


def test_what_is_asked_for_first_is_told_where_not_everything_fits(
    cycle: Scoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However late it was done. What an entry is about is known by its last part too."""
    monkeypatch.setattr("shared.procedure.acts.MOST", 2)
    with cycle.room.desk.work("award_office", "li") as work:
        for action, subject in (
            ("finding:judged", "a1"),
            ("finding:judged", "a2"),
            ("hold:lifted", "a1/h_1"),
        ):
            work.audit(action, subject, cycle_id=CYCLE)
    with cycle.room.desk.work("discipline", "ji") as work:
        audit = cycle.room.desk.store.tables.audit
        told = acts(work, audit, [CYCLE], ["hold:lifted", "finding:judged"], ["h_1", "hx1", "1"])[CYCLE]
    assert [(act["action"], act["subject"]) for act in told["acts"]] == [
        ("hold:lifted", "a1/h_1"), ("finding:judged", "a1"),
    ]  # fmt: skip
    assert (told["cut"], told["known"]) == (True, ["h_1"])


def test_a_real_cycle_takes_no_rehearsals_date(cycle: Scoring) -> None:
    with cycle.room.desk.work("discipline", "ji", on=date(2025, 6, 24)) as work, pytest.raises(Forbidden):
        conductor.cycle(work, CYCLE)


def _watching(room: Room, since: datetime | None, *cycles: str) -> list[Data]:
    service = SimpleNamespace(
        name="review", store=room.desk.store, conductor=conductor, fresh=alerts.fresh,
        watched=lambda work, cycles: alerts.watched(work, conductor, cycles),
    )  # fmt: skip
    contract = operation("review", "watch")
    asked = {"cycle_ids": list(cycles), "actions": ["sheet:submitted"], "since": since and since.isoformat()}
    with room.desk.work("discipline", "ji") as work:
        told = dump(contract.reply(), watching.watch(service, work, load(contract.request(), asked)))
    return list(told["cycles"])


def test_several_cycles_are_told_in_one_answer_each_as_it_is_alone(cycle: Scoring) -> None:
    """One of which nothing was heard is left out, and one that is named twice is told once."""
    room = cycle.room
    room.open_cycle("c2", budget_fen=None, rehearsal=False, year=2026)
    cycle.whole(cycle.leader, "80")
    cycle.whole(cycle.second, "80")
    cycle.give_back(cycle.leader, cycle.second)
    told = _watching(room, None, "c2", "unheard", CYCLE, CYCLE)
    assert [each["cycle_id"] for each in told] == ["c2", CYCLE]
    assert told[1]["alerts"] == watch(room)["alerts"]
    assert {act["actor"] for act in told[1]["acts"]["acts"]} == {cycle.leader, cycle.second}
    assert (told[0]["alerts"], told[0]["acts"]["acts"], told[0]["fresh"]) == ([], [], [])


def _again(room: Room, cycle_id: str) -> None:
    """The same once more in a cycle of its own, with applications of its own; nobody stated anything there."""
    tables = models.procedure
    names = {each: f"{cycle_id}-{each}" for each in ("a1", "a2")}
    with room.desk.work() as work:
        for table in (
            tables.dossiers, tables.entrants, tables.stages, tables.closings, models.assignments, models.sheets,
        ):  # fmt: skip
            for row in work.session.execute(select(table).where(table.c.cycle_id == CYCLE)).mappings().all():
                line = {**row, "cycle_id": cycle_id}
                if "application_id" in line:
                    line["application_id"] = names[line["application_id"]]
                if "outcomes" in line:
                    told = line["outcomes"]
                    line["outcomes"] = [
                        {**each, "application_id": names[each["application_id"]]} for each in told
                    ]
                work.session.execute(insert(table).values(**line))


def test_six_cycles_take_as_many_statements_as_one_whatever_is_found_in_them(cycle: Scoring) -> None:
    """Outlying sheets that decided in each, for which the most has to be read; each cycle is told as it is alone."""
    room, more = cycle.room, [f"m{number}" for number in range(2, 7)]
    cycle.all_in("60", "60", "100")
    cycle.all_in("70", "70", "70", application="a2")
    _closed(room, "a1")
    taken = []
    for some in ([CYCLE], [CYCLE, *more]):
        for each in some[1:]:
            room.open_cycle(each, budget_fen=None, rehearsal=False, year=2025)
            _again(room, each)
        with room.desk.asking() as said:
            told = _watching(room, None, *some)
        taken.append(len(said))
    assert taken[0] == taken[1] <= 20, taken
    assert [_watching(room, None, each["cycle_id"]) for each in told] == [[each] for each in told]
    for each in told:
        mine = "a1" if each["cycle_id"] == CYCLE else f"{each['cycle_id']}-a1"
        (line,) = [alert for alert in each["alerts"] if alert["kind"] == "outlier_decided"]
        assert line["subject"] == f"{mine}/{cycle.third}"
        owed = [alert for alert in each["alerts"] if alert["kind"] == "sheet_without_statement"]
        assert len(owed) == (0 if each["cycle_id"] == CYCLE else 6)


def test_what_is_new_is_counted_from_a_moment_on(cycle: Scoring) -> None:
    """A recusal by its hour, a rating by its day."""
    recusals, reports = models.recusals, models.conduct_reports
    recusal = {
        "cycle_id": CYCLE, "stage": STAGE, "application_id": "a1", "expert_id": cycle.second, "number": 1, "state": "open",
        "ground": "employer", "source": "register", "opened_at": NOON, "opened_by": "x", "sheet_kept": False,
        "reviewers_before": 3, "reviewers_after": 2,
    }  # fmt: skip
    report = {
        "cycle_id": CYCLE, "stage": STAGE, "application_id": "a1", "side": "applicant", "author": "", "marks": {},
        "comment": None, "said_on": NOON.date(),
    }  # fmt: skip
    write(cycle.room, insert(recusals).values(**recusal))
    write(cycle.room, insert(reports).values(**report))
    both = [{"what": "recusals", "count": 1}, {"what": "conduct_reports", "count": 1}]
    for since, new in (
        (None, both), (NOON, both), (NOON + timedelta(hours=1), both[1:]), (NOON + timedelta(days=1), []),
    ):  # fmt: skip
        assert _watching(cycle.room, since, CYCLE)[0]["fresh"] == new, since

"""Supervision forms and notes on alerts on both databases: who sees which thread, who moves it, and what is told nowhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from services.eligibility import models
from services.eligibility.stages import conductor
from services.eligibility.supervision import Terms, forms, lists, notes
from shared.contracts import dump, load, operation
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.store import Work
from tests.integration.eligibility.test_standing import House
from tests.support.rooms import CYCLE

pytestmark = pytest.mark.integration

TODAY = date(2025, 6, 16)
TERMS = Terms(5, 15)
DISCIPLINE, OFFICE, FINANCE = "discipline", "award_office", "finance"
REVIEWER, APPLICANT, MEMBER = "reviewer", "applicant", "committee_member"
SECRET = "李某收受礼品"
ALERT = "4f0c2d7a9b1e4c35a86d0f17e2b3c495"
Data = dict[str, Any]


class Bureau(House):
    """Eligibility in a real cycle, and everybody who writes in forms."""

    def asked(
        self,
        method: str,
        handler: Callable[[Work, Data], Data],
        who: tuple[str, str],
        data: Mapping[str, Any],
    ) -> Data:
        role, actor = who
        contract = operation("eligibility", method)
        assert role in contract.roles
        with self.desk.work(role, actor) as work:
            return dump(contract.reply(), handler(work, load(contract.request(), dict(data))))

    def open_form(self, who: tuple[str, str], **given: Any) -> Data:
        data = {"cycle_id": CYCLE, "title": "标题", "text": SECRET, **given}
        return self.asked("open_form", lambda w, d: forms.open_form(w, conductor, d, TERMS), who, data)

    def order(self, **given: Any) -> Data:
        return self.open_form((DISCIPLINE, "ji"), **{"kind": "order", "to_role": OFFICE, **given})

    def report(self, who: tuple[str, str], **given: Any) -> Data:
        return self.open_form(who, kind="report", **given)

    def write(
        self, move: str, who: tuple[str, str], form_id: str, said: str = "已核实", **given: Any
    ) -> Data:
        handler: dict[str, Callable[[Work, Data], Data]] = {
            "answer": lambda w, d: forms.answer_form(w, conductor, d),
            "close": lambda w, d: forms.close_form(w, conductor, d),
            "withdraw": lambda w, d: forms.withdraw_form(w, conductor, d),
            "reopen": lambda w, d: forms.reopen_form(w, conductor, d, TERMS),
        }
        data = {"form_id": form_id, "text": said, **given}
        return self.asked(f"{move}_form", handler[move], who, data)

    def seen(self, who: tuple[str, str], **wanted: Any) -> Data:
        data = {"cycle_id": CYCLE, **wanted}
        return self.asked("forms", lambda w, d: lists.listed(w, conductor, d), who, data)

    def ids(self, who: tuple[str, str], **wanted: Any) -> set[str]:
        return {line["form_id"] for line in self.seen(who, **wanted)["forms"]}

    def read(self, who: tuple[str, str], form_id: str) -> Data:
        return self.asked("form", lambda w, d: lists.one(w, conductor, d), who, {"form_id": form_id})

    def note(self, state: str, reason: str = "已要求说明", alert_id: str = ALERT) -> Data:
        data = {
            "cycle_id": CYCLE, "alert_id": alert_id, "state": state, "reason": reason, "source": "committee",
            "kind": "rank_deviation", "severity": "warning", "subject": "a1", "reason_zh": "越过第 3 名",
            "reason_en": "passes over rank 3",
        }  # fmt: skip
        return self.asked("note_alert", lambda w, d: notes.note(w, conductor, d), (DISCIPLINE, "ji"), data)

    def noted(self) -> list[Data]:
        data = {"cycle_id": CYCLE}
        told = self.asked("alert_notes", lambda w, d: notes.listed(w, conductor, d), (DISCIPLINE, "ji"), data)
        return list(told["notes"])


@pytest.fixture
def bureau(database_url: str) -> Iterator[Bureau]:
    made = Bureau(database_url)
    made.at(TODAY)
    yield made
    made.desk.close()


INSPECTOR, LI, WANG = (DISCIPLINE, "ji"), (OFFICE, "li"), (OFFICE, "wang")
E1, E2, ANNA, MEI, CAI = (
    (REVIEWER, "E1"),
    (REVIEWER, "E2"),
    (APPLICANT, "anna"),
    (MEMBER, "mei"),
    (FINANCE, "cai"),
)
EVERYBODY = (INSPECTOR, LI, WANG, E1, E2, ANNA, MEI, CAI)


def test_an_order_goes_to_the_office_is_answered_reopened_and_closed(bureau: Bureau) -> None:
    """Each entry stays as it was written, with who wrote it and when; the time to answer runs anew when it is reopened."""
    form = bureau.order(days=3)
    assert (form["state"], form["due_on"], form["overdue"]) == ("open", "2025-06-19", False)
    answered = bureau.write("answer", LI, form["form_id"], "依据第十六条")
    assert answered["state"] == "answered"
    bureau.at(date(2025, 6, 20))
    again = bureau.write("reopen", INSPECTOR, form["form_id"], "请补充会议记录")
    assert (again["state"], again["due_on"]) == ("reopened", "2025-06-27")
    bureau.write("answer", WANG, form["form_id"], "会议记录附后", papers=["p1"])
    closed = bureau.write("close", INSPECTOR, form["form_id"], "说明属实")
    assert (closed["state"], closed["closed_on"]) == ("closed", "2025-06-20")
    assert [(e["side"], e["act"], e["by"], e["papers"]) for e in closed["entries"]] == [
        ("discipline", "open", "ji", []),
        ("party", "answer", "li", []),
        ("discipline", "reopen", "ji", []),
        ("party", "answer", "wang", ["p1"]),
        ("discipline", "close", "ji", []),
    ]
    assert [e["text"] for e in closed["entries"]][1] == "依据第十六条"


def test_each_side_sees_its_own_threads_and_discipline_inspection_all(bureau: Bureau) -> None:
    """Over every thread and everybody: whoever may not see one is told that there is none, in each way of asking."""
    threads = {
        bureau.order()["form_id"]: {INSPECTOR, LI, WANG},
        bureau.order(to="li")["form_id"]: {INSPECTOR, LI},
        bureau.order(to_role=FINANCE)["form_id"]: {INSPECTOR, CAI},
        bureau.order(to_role=REVIEWER, to="E1", kind="question")["form_id"]: {INSPECTOR, E1},
        bureau.report(LI)["form_id"]: {INSPECTOR, LI},
        bureau.report(E1)["form_id"]: {INSPECTOR, E1},
        bureau.report(ANNA)["form_id"]: {INSPECTOR, ANNA},
        bureau.report(MEI)["form_id"]: {INSPECTOR, MEI},
    }
    for who in EVERYBODY:
        own = {form_id for form_id, seen_by in threads.items() if who in seen_by}
        assert bureau.ids(who) == own, who
        assert bureau.seen(who)["total"] == len(own)
        for form_id in threads.keys() - own:
            for ask in (
                lambda f=form_id, w=who: bureau.read(w, f),
                *(
                    lambda m=move, f=form_id, w=who: bureau.write(m, w, f)
                    for move in ("answer", "close", "reopen", "withdraw")
                ),
            ):
                with pytest.raises(NotFound):
                    ask()


def test_a_report_leaves_nothing_by_which_the_office_could_know_of_it(bureau: Bureau) -> None:
    """No entry of the cycle's audit log, no event, no digest; title and text are encrypted in the rows."""
    with bureau.desk.store.read() as work:
        audit = bureau.desk.store.tables.audit
        before = work.session.execute(
            select(audit).where(audit.c.cycle_id == CYCLE).order_by(audit.c.id)
        ).all()
    form = bureau.report(E1, title=SECRET, application_id=None)
    bureau.write("answer", INSPECTOR, form["form_id"])
    bureau.write("close", E1, form["form_id"])
    with bureau.desk.store.read() as work:
        after = work.session.execute(
            select(audit).where(audit.c.cycle_id == CYCLE).order_by(audit.c.id)
        ).all()
        assert after == before
        rows = work.session.execute(
            select(audit).where(audit.c.subject == form["form_id"]).order_by(audit.c.id)
        ).all()
        assert [row.action for row in rows] == [
            "supervision_form:opened",
            "supervision_form:answered",
            "supervision_form:closed",
        ]
        assert {row.before_digest for row in rows} == {row.after_digest for row in rows} == {None}
        assert SECRET not in json.dumps([str(row) for row in rows], ensure_ascii=False)
    with bureau.desk.store.engine.connect() as connection:
        for table in ("supervision_forms", "supervision_entries"):
            raw = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert SECRET not in str(raw)


def test_an_order_to_the_office_is_in_the_cycles_audit_log(bureau: Bureau) -> None:
    form = bureau.order()
    with bureau.desk.store.read() as work:
        audit = bureau.desk.store.tables.audit
        row = work.session.execute(select(audit).where(audit.c.subject == form["form_id"])).one()
    assert (row.cycle_id, row.actor, row.role) == (CYCLE, "ji", DISCIPLINE)
    assert row.after_digest is not None


def test_the_other_side_is_not_told_who_inspects(bureau: Bureau) -> None:
    """And discipline inspection is told of everybody."""
    form = bureau.report(ANNA)
    bureau.write("answer", INSPECTOR, form["form_id"])
    assert [e["by"] for e in bureau.read(ANNA, form["form_id"])["entries"]] == ["anna", None]
    assert [e["by"] for e in bureau.read(INSPECTOR, form["form_id"])["entries"]] == ["anna", "ji"]
    assert bureau.read(INSPECTOR, form["form_id"])["party"] == "anna"


def test_whoever_asked_neither_answers_nor_is_closed_out(bureau: Bureau) -> None:
    """Maker and checker: an order is closed by discipline inspection, a report by its author or by discipline inspection."""
    order = bureau.order()["form_id"]
    with pytest.raises(Forbidden) as own:
        bureau.write("answer", INSPECTOR, order)
    assert own.value.code == "own_form"
    bureau.write("answer", LI, order)
    for move in ("close", "reopen"):
        with pytest.raises(Forbidden) as refused:
            bureau.write(move, LI, order)
        assert refused.value.code == "not_yours"
    report = bureau.report(E1)["form_id"]
    with pytest.raises(Forbidden):
        bureau.write("answer", E1, report)
    with pytest.raises(Forbidden):
        bureau.write("withdraw", INSPECTOR, report)
    bureau.write("answer", INSPECTOR, report)
    assert bureau.write("close", INSPECTOR, report)["state"] == "closed"
    assert bureau.write("reopen", E1, report)["state"] == "reopened"
    assert bureau.write("withdraw", E1, report)["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("done", "move", "who"),
    [
        ((), "close", INSPECTOR),
        ((), "reopen", INSPECTOR),
        (("answer",), "answer", LI),
        (("answer",), "withdraw", INSPECTOR),
        (("answer", "close"), "answer", LI),
        (("answer", "close"), "close", INSPECTOR),
        (("withdraw",), "answer", LI),
        (("withdraw",), "reopen", INSPECTOR),
    ],
)
def test_a_move_that_the_table_has_not_is_refused_and_writes_nothing(
    bureau: Bureau, done: tuple[str, ...], move: str, who: tuple[str, str]
) -> None:
    form = bureau.order()["form_id"]
    for each in done:
        bureau.write(each, LI if each == "answer" else INSPECTOR, form)
    before = bureau.read(INSPECTOR, form)
    with pytest.raises(Conflict):
        bureau.write(move, who, form)
    assert bureau.read(INSPECTOR, form) == before


@pytest.mark.parametrize(
    ("who", "given", "field"),
    [
        (INSPECTOR, {"kind": "report", "to_role": OFFICE}, "kind"),
        (INSPECTOR, {"kind": "order"}, "to_role"),
        (INSPECTOR, {"kind": "question", "to_role": REVIEWER}, "to"),
        (INSPECTOR, {"kind": "order", "to_role": OFFICE, "days": 16}, "days"),
        (LI, {"kind": "order"}, "kind"),
        (E1, {"kind": "report", "to_role": OFFICE}, "to_role"),
        (E1, {"kind": "report", "days": 3}, "days"),
        (ANNA, {"kind": "report", "alert_id": ALERT}, "alert_id"),
    ],
)
def test_what_belongs_to_the_other_direction_is_refused_by_name(
    bureau: Bureau, who: tuple[str, str], given: Data, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        bureau.open_form(who, **given)
    assert [error.field for error in refused.value.errors] == [field]


def test_a_form_is_about_an_application_of_its_own_cycle(bureau: Bureau) -> None:
    bureau.open_cycle("c2", budget_fen=None, rehearsal=False, year=2027)
    bureau.accept("b1", 1, cycle_id="c2")
    bureau.accept("a1", 1)
    assert bureau.report(E1, application_id="a1")["application_id"] == "a1"
    for unknown in ("b1", "a9"):
        with pytest.raises(NotFound):
            bureau.report(E1, application_id=unknown)


def test_what_is_not_answered_in_time_is_overdue_and_first_in_the_list(bureau: Bureau) -> None:
    late, early = bureau.order(days=1)["form_id"], bureau.order(days=3)["form_id"]
    done = bureau.order(days=1)["form_id"]
    bureau.write("answer", LI, done)
    bureau.at(date(2025, 6, 17))
    assert bureau.ids(INSPECTOR, overdue="yes") == set()
    bureau.at(date(2025, 6, 18))
    assert bureau.ids(INSPECTOR, overdue="yes") == {late}
    assert [line["form_id"] for line in bureau.seen(LI)["forms"]] == [late, early, done]
    assert bureau.ids(LI, state="answered") == {done}


def test_entries_are_only_ever_added(bureau: Bureau) -> None:
    form = bureau.order()["form_id"]
    table = models.supervision_entries
    for statement in (table.update().values(actor="nobody"), table.delete()):
        with pytest.raises(DatabaseError), bureau.desk.work() as work:
            work.session.execute(statement)
    assert bureau.read(INSPECTOR, form)["entries"][0]["by"] == "ji"


def test_an_alert_is_noted_as_seen_closed_and_opened_again(bureau: Bureau) -> None:
    """With who, when, why, and what the alert said."""
    assert bureau.noted() == []
    assert bureau.note("seen")["state"] == "seen"
    assert bureau.note("closed", "说明属实")["state"] == "closed"
    assert bureau.note("seen", "另有线索")["state"] == "seen"
    (kept,) = bureau.noted()
    assert (kept["noted_by"], kept["reason"], kept["reason_zh"]) == ("ji", "另有线索", "越过第 3 名")
    assert bureau.desk.actions().count("alert:noted") == 3
    with bureau.desk.store.read() as work:
        audit = bureau.desk.store.tables.audit
        noted = work.session.execute(select(audit.c.reason).where(audit.c.action == "alert:noted"))
    assert set(noted.scalars()) == {None}


@pytest.mark.parametrize("done", [("seen",), ("closed",)])
def test_an_alert_is_not_noted_the_same_way_twice(bureau: Bureau, done: tuple[str]) -> None:
    bureau.note(done[0])
    with pytest.raises(Conflict):
        bureau.note(done[0])


def test_the_notes_on_a_page_of_alerts_are_told_whichever_their_cycle(bureau: Bureau) -> None:
    """Whoever plays a rehearsal hears of none of a real cycle."""
    bureau.note("seen")
    bureau.note("closed", alert_id="0" * 32)
    wanted = {"alert_ids": [ALERT, "1" * 32]}
    told = bureau.asked("notes_on", notes.on, (DISCIPLINE, "ji"), wanted)["notes"]
    assert [(each["alert_id"], each["state"]) for each in told] == [(ALERT, "seen")]
    with bureau.desk.work(DISCIPLINE, "ji", on=TODAY) as work:
        assert notes.on(work, wanted) == {"notes": []}


def test_notes_on_alerts_are_kept_apart_by_alert_and_cycle(bureau: Bureau) -> None:
    bureau.note("seen")
    bureau.note("closed", alert_id="0" * 32)
    assert {each["alert_id"]: each["state"] for each in bureau.noted()} == {ALERT: "seen", "0" * 32: "closed"}

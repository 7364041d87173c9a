"""Department records on both databases: what is kept, what has no effect, people's answers, silence chased, asked again."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.exc import DatabaseError

from services.intake import (
    cycles,
    enquiries,
    enquiry_answers,
    enquiry_views,
    files,
    models,
    progress,
    rechecks,
    reminders,
)
from services.intake.departments import Channels, Gate, Limits, NotNow, Posted
from services.intake.departments.port import Answer, DepartmentSilent, Enquiry, Refused
from services.intake.enquiry_terms import Terms
from services.intake.stages import conductor
from shared.config import Settings
from shared.contracts import Context, dump, load, operation
from shared.contracts.dossier import DEPARTMENTS, Record
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.store.migrate import schema_differences
from tests.support.departments import MemoryDepartments, filled_in
from tests.support.works import Desk

pytestmark = pytest.mark.integration

CODE, OTHER = "91310105MAXY50013E", "91310105MAXY500219"
ACCIDENT = {"kind": "accident", "on": "2023-10-12", "severity": "一般", "liable": True}
PENALTY = {"kind": "administrative_penalty", "on": "2025-06-20", "severity": None, "liable": None}
BROUGHT = {"name": "复函.pdf", "sha256": "ab" * 32, "size": 20480}
TERMS = Terms()


class Scripted:
    """A port that does what it is told, once for each question."""

    def __init__(self, *answers: Any, channel: str = "http") -> None:
        self.answers = list(answers)
        self._channel = channel

    def ask(self, enquiry: Enquiry) -> Answer:
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        return Answer(tuple(Record().load(dict(record)) for record in found), evidence="示例函 1 号")

    def channel(self, department: str) -> str:
        return self._channel


class Office:
    """A real cycle with applications, and those who work with its enquiries."""

    def __init__(self, url: str) -> None:
        self.desk = Desk("intake", url)
        self.today = self.desk.store.clock.today()
        data = {
            "rulebook": "changning-2023", "year": self.today.year, "opens_on": self.today,
            "closes_on": self.today + timedelta(days=30), "budget_fen": None, "rehearsal": False,
        }  # fmt: skip
        with self.desk.work("award_office") as work:
            self.cycle_id = str(cycles.open_cycle(work, data, rehearsals=False)["cycle_id"])
            self.departments = conductor.cycle(work, self.cycle_id).rulebook.departments

    def apply(self, application_id: str, uscc: str = CODE) -> None:
        """An application comes in, and its departments are to be asked."""
        row = {
            "id": application_id, "cycle_id": self.cycle_id, "owner": "anna", "name": "示例公司", "kind": "organization",
            "uscc": uscc, "applicant_key": f"organization:{uscc}", "facts": {}, "materials": [], "status": "in_progress",
            "stopped_at": "comprehensive", "sequence": int(application_id[1:]), "submitted_on": self.today, "receipt": "r",
        }  # fmt: skip
        with self.desk.work("applicant", "anna") as work:
            work.session.execute(insert(models.applications).values(**row))
            lead = {"subject": "anna", "role": "lead", "joined_on": self.today}
            work.session.execute(insert(models.dossier_people).values(application_id=application_id, **lead))
            enquiries.raise_all(work, conductor.cycle(work, self.cycle_id), application_id)

    def ask(self, port: Any, *departments: str, application: str = "a1", revision: int | None = None) -> None:
        """The question that is on the bus is put; what comes of it is written."""
        for department in departments or self.departments:
            asked = [
                e for e in self.desk.told("enquiry.raised")
                if (e["application_id"], e["department"]) == (application, department)
            ]  # fmt: skip
            data = asked[-1] | ({"revision": revision} if revision else {})
            event = SimpleNamespace(data=data, context=Context(message_id="m", actor="anna"))
            keep = enquiries.ask(self.desk.store, event, port, TERMS)
            with self.desk.work() as work:
                keep(work)

    def call(
        self, method: str, handler: Any, data: dict[str, Any], role: str = "award_office", unit: str = ""
    ) -> Any:
        """A call as the bus has it; request and reply fit the contract. The reply as plain JSON."""
        contract = operation("intake", method)
        assert role in contract.roles
        with self.desk.work(role, f"{role}-1") as work:
            work.context = replace(work.context, on_behalf_of=unit)
            return dump(contract.reply(), handler(work, load(contract.request(), data)))

    def bring(self, role: str, actor: str, unit: str = "") -> str:
        """Somebody uploads a file as evidence, and it is found to be in order; gives its id."""
        data = {
            "application_id": "a1", "use": "evidence", "file_name": BROUGHT["name"],
            "digest": f"sha256:{BROUGHT['sha256']}", "size": BROUGHT["size"],
        }  # fmt: skip
        request = load(operation("intake", "add_file").request(), data)
        with self.desk.work(role, actor) as work:
            work.context = replace(work.context, on_behalf_of=unit)
            file_id = str(files.add(work, request, files.FileTerms.of(Settings()))["file_id"])
            files.settle(work, file_id, {"state": "accepted", "kind": "pdf", "reasons": []})
        return file_id

    def dossier(self, application: str = "a1") -> Any:
        return self.call(
            "application_enquiries", enquiry_views.of_application, {"application_id": application}
        )

    def history(self, application: str = "a1", *entries: str) -> list[tuple[str, str]]:
        """Entry and outcome of each line."""
        return [
            (line["entry"], line["outcome"])
            for line in self.dossier(application)["history"]
            if not entries or line["entry"] in entries
        ]

    def state(self, department: str, application: str = "a1") -> dict[str, Any]:
        (found,) = [e for e in self.dossier(application)["enquiries"] if e["department"] == department]
        return dict(found)

    def listed(self, state: str | None = None) -> list[str]:
        data = {"cycle_id": self.cycle_id, "state": state}
        found = self.call("enquiries", enquiry_views.listed, data)["enquiries"]
        return [f"{e['application_id']}/{e['department']}" for e in found]

    def answer(self, department: str = "safety", unit: str = "safety", **data: Any) -> Any:
        body = {"application_id": "a1", "department": department, "reference": "a1", "uscc": CODE, **data}
        handler = enquiry_answers.answer
        return self.call("answer_enquiry", lambda w, d: handler(w, d, TERMS), body, "department_clerk", unit)

    def pass_time(self, **span: Any) -> None:
        """As if everything that stands there stood there for so much longer; then the clock does what is due."""
        table = models.enquiries
        with self.desk.work() as work:
            for row in work.session.execute(table.select()).all():
                moved = {
                    name: getattr(row, name) - timedelta(**span)
                    for name in ("due_at", "raised_at") if getattr(row, name) is not None
                }  # fmt: skip
                this = (table.c.application_id == row.application_id) & (table.c.department == row.department)
                if moved:
                    work.session.execute(update(table).where(this).values(**moved))
        with self.desk.work() as work:
            reminders.chase(work, TERMS)

    def close_qualification(self) -> None:
        with self.desk.work() as work:
            cycles.move(work, self.cycle_id, "qualification", state="closed", closed_on=self.today)

    def plan(self, stage: str, *applications: str) -> None:
        """Another service plans a stage, and intake hears it."""
        data = {
            "cycle_id": self.cycle_id,
            "stage": stage,
            "begins_on": self.today,
            "entrants": list(applications),
        }
        with self.desk.work() as work:
            progress.stage_planned(work, data)
            rechecks.stage_planned(work, data)

    def decide(self, go_on: bool, purpose: str = "committee", application: str = "a1") -> Any:
        data = {"application_id": application, "purpose": purpose, "go_on": go_on, "reason": "已核实"}
        return self.call("decide_records", rechecks.decide, data)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    made = Office(database_url)
    made.apply("a1")
    yield made
    made.desk.close()


def test_the_tables_are_those_of_the_models(office: Office, database_url: str) -> None:
    """The migration makes what the models declare."""
    assert schema_differences("intake", database_url) == []


# --- history --------------------------------------------------------------------------------------------------------


def test_question_and_answer_are_kept_with_all_that_a_court_may_ask(office: Office) -> None:
    """Time, asker, purpose, channel, digest, the department's evidence, and until when the answer holds."""
    office.ask(Scripted([ACCIDENT]), "safety")
    question, answer = office.dossier()["history"]
    assert (question["entry"], question["outcome"], question["actor"], question["purpose"], question["channel"]) == (
        "question", "asked", "somebody", "qualification", "http",
    )  # fmt: skip
    assert question["digest"].startswith("sha256:")
    assert (answer["outcome"], answer["records"], answer["evidence"]) == ("taken", [ACCIDENT], "示例函 1 号")
    assert answer["valid_until"] == str(office.today + TERMS.validity)
    assert answer["digest"] == office.state("safety")["answer_digest"]


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_history_cannot_be_changed(office: Office, change: str) -> None:
    """The database itself refuses it, whoever asks."""
    office.ask(Scripted([]), "safety")
    table = models.enquiry_log
    statement = update(table).values(reason="x") if change == "update" else delete(table)
    with pytest.raises(DatabaseError, match="only ever added to"), office.desk.work() as work:
        work.session.execute(statement)


def test_what_was_no_answer_is_kept_by_its_digest(office: Office) -> None:
    """Twice somebody else's answer came, then none: silence, and the two stand in the history and are flagged."""
    amiss = Refused("other_organization", "sha256:aa", "uscc")
    office.ask(Scripted(DepartmentSilent("HTTP 503", 3, (amiss, amiss))), "safety")
    assert office.history() == [
        ("question", "asked"), ("answer", "other_organization"), ("answer", "other_organization"), ("silence", "silent"),
    ]  # fmt: skip
    assert office.listed("flagged") == ["a1/safety"]
    assert office.state("safety")["records"] is None


def test_a_second_answer_changes_nothing_and_is_flagged(office: Office) -> None:
    """A department that contradicts itself is found by whoever looks; the first answer stands."""
    office.ask(Scripted([]), "safety")
    reply = office.answer(records=[ACCIDENT])
    assert (reply["outcome"], office.state("safety")["records"]) == ("second", [])
    assert office.history("a1", "answer") == [("answer", "taken"), ("answer", "second")]
    assert office.listed("flagged") == ["a1/safety"]
    assert len(office.desk.told("records.answered")) == 1


def test_an_answer_after_the_decision_has_no_effect_and_is_flagged(office: Office) -> None:
    """It is kept with what it was; eligibility hears nothing, and pressing such a department is refused."""
    office.ask(Scripted(DepartmentSilent("HTTP 503")), "safety")
    office.close_qualification()
    told = len(office.desk.told("records.answered"))
    assert office.answer(records=[ACCIDENT])["outcome"] == "after_decision"
    assert len(office.desk.told("records.answered")) == told
    assert (office.state("safety")["state"], office.state("safety")["records"]) == ("silent", None)
    assert office.dossier()["history"][-1]["records"] == [ACCIDENT]
    with pytest.raises(Conflict, match="decided"), office.desk.work("award_office") as work:
        enquiries.ask_again(work, {"application_id": "a1", "department": "safety"})


def test_a_late_answer_has_one_outcome_whatever_brings_it(office: Office) -> None:
    """Over HTTP, from a clerk, in a file: the second one and one after the decision are kept, flagged, and change nothing."""
    office.apply("a2")
    safety = [told for told in office.desk.told("enquiry.raised") if told["department"] == "safety"]
    context = Context(message_id="m", actor="anna")
    on_its_way = {
        told["application_id"]: enquiries.ask(
            office.desk.store, SimpleNamespace(data=told, context=context), Scripted([ACCIDENT]), TERMS
        )
        for told in safety
    }

    def outcomes(name: str) -> set[str]:
        with office.desk.work() as work:
            on_its_way[name](work)
        asked = {"application_id": name, "reference": name}
        file = f"征询编号,统一社会信用代码,答复结果,记录类别,发生日期\r\n{name},{CODE},有记录,事故,2023-10-12"
        (line,) = _send(office, file.encode())
        assert [outcome for _, outcome in office.history(name, "answer")][-2:] == [
            office.answer(records=[ACCIDENT], **asked)["outcome"]
        ] * 2
        return {line["outcome"], *(outcome for _, outcome in office.history(name, "answer"))}

    assert office.answer(no_records=True)["outcome"] == "taken"
    assert outcomes("a1") == {"taken", "second", "answered_already"}
    office.close_qualification()
    assert outcomes("a2") == {"after_decision"}
    assert office.state("safety")["records"] == []
    assert office.state("safety", "a2")["records"] is None
    assert [len(office.history(name, "answer")) for name in ("a1", "a2")] == [4, 3]
    assert len(office.desk.told("records.answered")) == 1
    assert office.listed("flagged") == ["a1/safety", "a2/safety"]


# --- people ---------------------------------------------------------------------------------------------------------


def test_a_clerk_sees_and_answers_the_own_department_only(office: Office) -> None:
    """Open enquiries of the unit; another department's is not there at all; an account without unit is told so."""
    office.ask(Scripted(Posted("clerk"), channel="clerk"), "safety", "credit")

    def mine(unit: str) -> list[str]:
        data = {"cycle_id": office.cycle_id}
        found = office.call("my_enquiries", enquiry_answers.mine, data, "department_clerk", unit)["enquiries"]
        everywhere = office.call("to_answer", enquiry_answers.of_all_cycles, {}, "department_clerk", unit)
        assert everywhere["enquiries"] == [{**each, "cycle_id": office.cycle_id} for each in found]
        assert everywhere["total"] == len(found)
        return [f"{e['department']}:{e['reference']}" for e in found]

    assert mine("safety") == ["safety:a1"]
    file_id = office.bring("department_clerk", "department_clerk-1", "safety")
    assert office.answer(no_records=True, file_id=file_id)["outcome"] == "taken"
    assert mine("safety") == []
    assert office.dossier()["history"][-1]["file"] == {"file_id": file_id, **BROUGHT}
    with pytest.raises(Invalid, match="no such file"):
        office.answer("credit", "credit", no_records=True, file_id="another")
    with pytest.raises(NotFound):
        office.answer("credit", "safety", no_records=True)
    with pytest.raises(Forbidden, match="names no department"):
        mine("")


def test_what_a_department_has_to_answer_is_paged_in_the_query(office: Office) -> None:
    """What is due soonest first, what has no day last; of one application alone where one is named; two statements."""
    office.ask(Scripted(Posted("clerk"), channel="clerk"), "safety", "credit")
    with office.desk.work() as work:
        more = [f"b{number:03}" for number in range(60)]
        (one,) = work.session.execute(
            select(models.applications).where(models.applications.c.id == "a1")
        ).mappings()
        (asked,) = work.session.execute(
            select(models.enquiries).where(
                models.enquiries.c.application_id == "a1", models.enquiries.c.department == "safety"
            )
        ).mappings()
        work.session.execute(
            insert(models.applications),
            [{**one, "id": name, "public_number": name, "sequence": None} for name in more],
        )
        due = asked["due_at"] + timedelta(days=1)
        others = [{**asked, "application_id": name, "due_at": due, "raised_at": None} for name in more]
        work.session.execute(insert(models.enquiries), [*others[:-1], {**others[-1], "due_at": None}])
    said: list[str] = []
    event.listen(office.desk.store.engine, "before_cursor_execute", lambda *given: said.append(given[2]))

    def told(**data: Any) -> tuple[list[str], int]:
        said.clear()
        found = office.call("to_answer", enquiry_answers.of_all_cycles, data, "department_clerk", "safety")
        assert len([each for each in said if "FROM enquiries" in each]) == 2
        return [each["application_id"] for each in found["enquiries"]], found["total"]

    assert told() == (["a1", *more[:49]], 61)
    assert told(page=2) == (more[49:], 61)
    assert told(application_id=more[7]) == ([more[7]], 1)
    assert told(application_id="a2") == ([], 0)
    assert told(cycle_id=office.cycle_id)[1] == 61
    assert told(cycle_id="another") == ([], 0)


def test_a_clerk_answers_for_a_system_that_is_silent(office: Office) -> None:
    """Told under a revision of its own: under that of the silence nobody would take it."""
    office.ask(Scripted(DepartmentSilent("HTTP 503", 3)), "safety")
    assert office.answer(records=[ACCIDENT])["outcome"] == "taken"
    silence, answer = office.desk.told("records.answered")
    assert (silence["answered"], answer["answered"]) == (False, True)
    assert answer["revision"] > silence["revision"]
    assert office.listed("silent") == []


def test_blank_is_no_clean_record(office: Office) -> None:
    """Neither records nor the word that there are none, or both at once: refused at the field."""
    for data in ({}, {"records": [ACCIDENT], "no_records": True}):
        with pytest.raises(Invalid) as refused:
            office.answer(**data)
        assert [error.field for error in refused.value.errors] == ["no_records"]


@pytest.mark.parametrize(
    ("changes", "what"), [({"uscc": OTHER}, "other_organization"), ({"reference": "a9"}, "other_reference")]
)
def test_an_answer_about_somebody_else_is_kept_and_not_taken(
    office: Office, changes: dict[str, str], what: str
) -> None:
    """The enquiry stays open; what came stands in the history."""
    assert office.answer(no_records=True, **changes)["outcome"] == what
    assert (office.state("safety")["state"], office.history()) == ("pending", [("answer", what)])


def test_a_credit_report_is_evidence_and_no_answer(office: Office) -> None:
    """Kept with its digest; the credit department's enquiry is as open as before."""
    contract = operation("intake", "attach_credit_report").request()
    data = {"application_id": "a1", "issuer": "示例信用中心", "issued_on": "2025-05-15"}
    brought = {who: office.bring(role, who) for role, who in (("award_office", "li"), ("applicant", "anna"))}
    for role, who in (("award_office", "li"), ("applicant", "anna")):
        with office.desk.work(role, who) as work:
            enquiry_answers.attach_report(work, load(contract, {**data, "file_id": brought[who]}))
    for role, who, refusal in (("applicant", "bert", NotFound), ("applicant", "anna", Invalid)):
        with pytest.raises(refusal), office.desk.work(role, who) as work:
            enquiry_answers.attach_report(work, load(contract, {**data, "file_id": brought["li"]}))
    kept = office.dossier()["history"]
    assert [(line["entry"], line["channel"], line["file"]) for line in kept] == [
        ("evidence", "report", {"file_id": brought[who], **BROUGHT}) for who in ("li", "anna")
    ]
    assert office.state("credit")["state"] == "pending"


def _send(office: Office, content: bytes, role: str = "award_office", unit: str = "") -> list[dict[str, Any]]:
    data = {
        "cycle_id": office.cycle_id, "department": "safety", "file_name": "answers",
        "content": base64.b64encode(content).decode(),
    }  # fmt: skip
    reply = office.call("take_batch", lambda w, d: enquiry_answers.take_batch(w, d, TERMS), data, role, unit)
    lines: list[dict[str, Any]] = reply["lines"]
    return lines


def _outgoing(office: Office, form: str, part: int = 1, most: int = 1000) -> Any:
    data = {"cycle_id": office.cycle_id, "department": "safety", "format": form, "part": part}
    terms = replace(TERMS, batch_lines=most)
    return office.call("enquiry_batch", lambda w, d: enquiry_answers.outgoing(w, d, terms), data)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_batch_file_goes_out_and_its_answers_come_back(office: Office, form: str) -> None:
    """Two applications, one clean and one with two records; sent a second time nothing changes, and each line says so."""
    office.apply("a2", OTHER)
    out = _outgoing(office, form)
    assert (out["lines"], out["parts"]) == (2, 1)
    content = filled_in(base64.b64decode(out["content"]), form, {"a1": [], "a2": [ACCIDENT, PENALTY]})
    assert [line["outcome"] for line in _send(office, content)] == ["accepted"] * 3
    assert office.state("safety")["records"] == []
    assert office.state("safety", "a2")["records"] == [ACCIDENT, PENALTY]
    assert [line["outcome"] for line in _send(office, content)] == ["answered_already"] * 3
    assert _outgoing(office, form)["lines"] == 0


def test_a_batch_file_comes_in_parts(office: Office) -> None:
    """More open enquiries than a file holds: as many parts as it takes, none with another's lines."""
    office.apply("a2", OTHER)
    parts = [_outgoing(office, "csv", part, most=1) for part in (1, 2)]
    texts = [base64.b64decode(part["content"]).decode("utf-8-sig") for part in parts]
    assert [part["parts"] for part in parts] == [2, 2]
    assert [('"a1",' in text, '"a2",' in text) for text in texts] == [(True, False), (False, True)]


def test_every_line_of_a_batch_file_is_reported(office: Office) -> None:
    """Unknown reference, other organization, malformed with its field: each by line, and the good one is taken all the same."""
    for number in range(2, 5):
        office.apply(f"a{number}", CODE)
    content = "\r\n".join(
        [
            "征询编号,统一社会信用代码,答复结果,记录类别,发生日期",
            f"a9,{CODE},无记录,,",
            f"a2,{OTHER},无记录,,",
            f"a3,{CODE},有记录,事故,2023-10-12",
            f"a3,{CODE},有记录,事故,某天",
            f"a4,{CODE},,,",
            f"a1,{CODE},无记录,,",
        ]
    ).encode("gb18030")
    lines = _send(office, content)
    assert [(line["line"], line["outcome"], line["field"]) for line in lines] == [
        (2, "unknown_reference", "reference"),
        (3, "other_organization", "uscc"),
        (4, "malformed", "on"),
        (5, "malformed", "on"),
        (6, "malformed", "result"),
        (7, "accepted", None),
    ]
    assert [office.state("safety", f"a{n}")["state"] for n in (1, 2, 3, 4)] == ["answered", *["pending"] * 3]
    assert office.history("a3") == [("answer", "malformed")]


def test_an_answer_half_of_which_has_no_reference_is_not_taken_by_halves(office: Office) -> None:
    """As merged cells leave it: the second record's line is blank where the number stands. Nothing of it counts."""
    content = "\r\n".join(
        [
            "征询编号,统一社会信用代码,答复结果,记录类别,发生日期",
            f"a1,{CODE},有记录,行政处罚,2023-10-12",
            f",{CODE},有记录,事故,2023-11-12",
        ]
    ).encode()
    assert [(line["line"], line["outcome"], line["field"]) for line in _send(office, content)] == [
        (2, "malformed", "reference"),
        (3, "malformed", "reference"),
    ]
    assert (office.state("safety")["state"], office.history()) == ("pending", [("answer", "malformed")])


def test_one_departments_file_is_no_answer_of_another(office: Office) -> None:
    """What safety was asked comes back where credit's answers belong: the same reference, the same code, and not taken."""
    data = {"cycle_id": office.cycle_id, "department": "credit", "format": "csv"}
    out = office.call("enquiry_batch", lambda w, d: enquiry_answers.outgoing(w, d, TERMS), data)
    content = filled_in(base64.b64decode(out["content"]), "csv", {"a1": []}, keep=True)
    (line,) = _send(office, content)
    assert (line["outcome"], line["field"]) == ("malformed", "department")
    assert office.state("safety")["state"] == "pending"


@pytest.mark.parametrize("way", ["clerk", "batch"])
def test_a_record_of_a_day_to_come_is_no_answer(office: Office, way: str) -> None:
    """A year that was mistyped would lie outside every look-back, and make a clean record of a stained one."""
    to_come = office.today + timedelta(days=1)
    if way == "clerk":
        reply = office.answer(records=[{**ACCIDENT, "on": str(to_come)}])
        assert reply["outcome"] == "malformed"
    else:
        file = f"征询编号,统一社会信用代码,答复结果,记录类别,发生日期\r\na1,{CODE},有记录,事故,{to_come}"
        (line,) = _send(office, file.encode())
        assert (line["outcome"], line["field"]) == ("malformed", "on")
    assert (office.state("safety")["state"], office.history()) == ("pending", [("answer", "malformed")])
    assert office.answer(records=[{**ACCIDENT, "on": str(office.today)}])["outcome"] == "taken"


def test_a_clerk_sends_files_for_the_own_department_only(office: Office) -> None:
    """Another department's file is not there for them."""
    with pytest.raises(NotFound):
        _send(office, b"x", "department_clerk", "credit")


# --- time -----------------------------------------------------------------------------------------------------------


def test_silence_is_chased_and_stays_in_the_offices_queue(office: Office) -> None:
    """Reminded at the intervals of the settings, then no more; in the queue all the while, and never a clean record."""
    silent = Scripted(DepartmentSilent("HTTP 503", 3))
    office.ask(silent, "safety")
    for turn in range(1, len(TERMS.reminders) + 1):
        office.pass_time(days=2)
        assert (office.state("safety")["state"], office.state("safety")["reminders"]) == ("pending", turn)
        assert office.listed("silent") == ["a1/safety"]
        office.ask(silent, "safety")
    office.pass_time(days=60)
    assert office.state("safety") | {"due_at": None} == office.state("safety")
    assert (office.state("safety")["state"], office.state("safety")["records"]) == ("silent", None)
    assert [o for e, o in office.history("a1", "question")] == ["asked", *["reminded"] * len(TERMS.reminders)]


def test_the_queue_holds_no_silence_on_which_nothing_hangs_any_more(office: Office) -> None:
    """Decided, or of one that has fallen out: an answer would have no effect. The history and the whole list keep it."""
    for name in ("a2", "a3"):
        office.apply(name)
    for name in ("a1", "a2", "a3"):
        office.ask(Scripted(DepartmentSilent("HTTP 503", 3)), "safety", application=name)
    assert office.listed("silent") == ["a1/safety", "a2/safety", "a3/safety"]
    with office.desk.work() as work:
        gone = update(models.applications).where(models.applications.c.id == "a3")
        work.session.execute(gone.values(status="withdrawn"))
    assert office.listed("silent") == ["a1/safety", "a2/safety"]
    office.close_qualification()
    assert office.listed("silent") == []
    port = Channels(dict.fromkeys(DEPARTMENTS, MemoryDepartments()), Limits())
    reply = office.call("departments", lambda w, d: enquiry_views.departments(w, port), {})
    assert {(line["silent"], line["pending"]) for line in reply["departments"]} == {(0, 0)}
    assert "a1/safety" in office.listed()
    office.plan("committee", "a2")
    office.ask(Scripted(DepartmentSilent("HTTP 503", 3)), "safety", application="a2")
    assert office.listed("silent") == ["a2/safety"]
    office.ask(Scripted([]), *(d for d in office.departments if d != "safety"), application="a2")
    office.decide(True, application="a2")
    assert office.listed("silent") == []


def test_a_long_list_comes_in_pages_with_the_figures_of_all(office: Office) -> None:
    """Laid together the pages are the whole list once; counts and total are of all that was asked for, on every page."""
    for number in range(2, 12):
        office.apply(f"a{number}")
    office.ask(Scripted([]), "credit")
    whole = office.call("enquiries", enquiry_views.listed, {"cycle_id": office.cycle_id})
    asked = {"cycle_id": office.cycle_id, "state": "pending", "size": "50"}
    pages = [
        office.call("enquiries", enquiry_views.listed, {**asked, "page": str(page)}) for page in (1, 2, 3)
    ]
    laid = [each for page in pages for each in page["enquiries"]]
    assert [len(page["enquiries"]) for page in pages] == [50, len(laid) - 50, 0]
    assert laid == [each for each in whole["enquiries"] if each["state"] == "pending"]
    assert {page["total"] for page in pages} == {len(laid)} == {11 * len(office.departments) - 1}
    counted = {(each["department"], each["state"]): each["number"] for each in whole["counts"]}
    assert counted == Counter((each["department"], each["state"]) for each in whole["enquiries"])
    assert pages[2]["counts"] == [each for each in whole["counts"] if each["state"] == "pending"]


def test_one_reminder_that_fails_keeps_no_other_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is kept but that it is tried again in a while; the next one is pressed, and told on the bus."""
    office.ask(Scripted(DepartmentSilent("HTTP 503", 3)), "credit", "safety")
    press = enquiries.press

    def failing(work: Any, row: Any, **values: Any) -> bool:
        done = press(work, row, **values)
        if row.department == "credit":
            raise KeyError("a fault that nobody foresaw")
        return done

    monkeypatch.setattr(enquiries, "press", failing)
    office.pass_time(days=2)
    credit, safety = office.state("credit"), office.state("safety")
    assert (safety["state"], safety["reminders"]) == ("pending", 1)
    assert (credit["state"], credit["reminders"]) == ("silent", 0)
    raised = [(told["department"], told["revision"]) for told in office.desk.told("enquiry.raised")]
    assert ("safety", 2) in raised
    assert ("credit", 2) not in raised
    assert office.desk.actions().count("enquiry:pressed") == 1
    monkeypatch.undo()
    office.pass_time(minutes=11)
    assert (office.state("credit")["state"], office.state("credit")["reminders"]) == ("pending", 1)


def test_a_reminder_that_is_answered_is_an_answer(office: Office) -> None:
    """Told with its own revision, so that eligibility takes it for the silence before."""
    office.ask(Scripted(DepartmentSilent("HTTP 503", 3)), "safety")
    office.pass_time(hours=2)
    office.ask(Scripted([ACCIDENT]), "safety")
    assert [(t["answered"], t["revision"]) for t in office.desk.told("records.answered")] == [
        (False, 1),
        (True, 2),
    ]
    assert office.listed("silent") == []


def test_people_whose_time_is_over_are_silent(office: Office) -> None:
    """Before that the question just lies there; the same question is not posted twice."""
    posted = Scripted(Posted("batch"), channel="batch")
    for _ in range(2):
        office.ask(posted, "safety")
    office.pass_time(days=6)
    assert (office.state("safety")["state"], office.history()) == ("pending", [("question", "asked")])
    office.pass_time(days=2)
    assert (office.state("safety")["state"], office.state("safety")["channel"]) == ("silent", "batch")
    assert office.history()[-1] == ("silence", "silent")


def test_a_department_left_alone_costs_no_attempt_and_is_asked_later(office: Office) -> None:
    """Postponed, not silent; the clock puts the same question again; after a day of that it is silent after all."""
    later = Scripted(NotNow("left alone", 30))
    office.ask(later, "safety")
    assert (office.state("safety")["state"], office.state("safety")["attempts"], office.history()) == (
        "pending",
        0,
        [],
    )
    office.pass_time(seconds=31)
    assert [e["revision"] for e in office.desk.told("enquiry.raised") if e["department"] == "safety"] == [
        1,
        1,
    ]
    office.ask(later, "safety")
    office.pass_time(hours=25)
    assert (office.state("safety")["state"], office.state("safety")["last_failure"]) == (
        "silent",
        "left alone",
    )


def test_who_has_withdrawn_is_not_chased_for(office: Office) -> None:
    """Nobody asks a department about an application that is over."""
    office.ask(Scripted(DepartmentSilent("HTTP 503", 3)), "safety")
    with office.desk.work() as work:
        work.session.execute(update(models.applications).values(status="withdrawn"))
    office.pass_time(hours=2)
    assert (office.state("safety")["state"], office.state("safety")["due_at"]) == ("silent", None)


def test_the_office_sees_how_each_department_stands(office: Office) -> None:
    """Channel, breaker, counts and the last answer."""
    office.ask(Scripted([]), "safety")
    office.ask(Scripted(DepartmentSilent("HTTP 503", 3)), "credit")
    port = Channels(dict.fromkeys(DEPARTMENTS, MemoryDepartments()), Limits())
    port.gates["credit"] = Gate("credit", Limits(failures=1))
    with pytest.raises(DepartmentSilent), port.gates["credit"].passing():
        raise DepartmentSilent("HTTP 503")
    reply = office.call("departments", lambda w, d: enquiry_views.departments(w, port), {})
    found = {line["department"]: line for line in reply["departments"]}
    assert (found["credit"]["breaker"], found["credit"]["silent"]) == ("open", 1)
    assert (found["safety"]["breaker"], found["safety"]["answered"], found["safety"]["pending"]) == (
        "closed",
        1,
        0,
    )
    assert found["safety"]["last_answer_at"]


# --- asked again ----------------------------------------------------------------------------------------------------


@pytest.fixture
def qualified(office: Office) -> Office:
    """Every department has answered, and the qualification is over."""
    office.ask(Scripted([]))
    office.close_qualification()
    return office


def test_the_same_answers_confirm_the_records(qualified: Office) -> None:
    """Asked again when the committee is planned; the last of the answers confirms, in whatever order they hold records."""
    qualified.plan("committee", "a1")
    first, *others = qualified.departments
    qualified.ask(Scripted([]), *others)
    assert qualified.desk.told("records.confirmed") == []
    qualified.ask(Scripted([]), first)
    (told,) = qualified.desk.told("records.confirmed")
    assert (told["application_id"], told["purpose"], told["confirmed_on"]) == (
        "a1",
        "committee",
        qualified.today,
    )
    assert told["valid_until"] == qualified.today + TERMS.validity
    assert {q["purpose"] for q in qualified.dossier()["history"] if q["entry"] == "question"} == {
        "qualification", "committee",
    }  # fmt: skip
    qualified.plan("committee", "a1")
    assert len(qualified.desk.told("enquiry.raised")) == 2 * len(qualified.departments), (
        "told twice, asked once"
    )


def test_the_order_of_records_is_no_difference(office: Office) -> None:
    """Two records told the other way round are the same records."""
    office.ask(Scripted([ACCIDENT, PENALTY]), "safety")
    office.ask(Scripted([]), *(d for d in office.departments if d != "safety"))
    office.close_qualification()
    office.plan("committee", "a1")
    office.ask(Scripted([PENALTY, ACCIDENT]), "safety")
    office.ask(Scripted([]), *(d for d in office.departments if d != "safety"))
    assert len(office.desk.told("records.confirmed")) == 1


def test_a_difference_waits_for_a_named_officer_who_may_let_it_go_on(qualified: Office) -> None:
    """Old and new stand side by side; the decision is told with who and why; the new answer is what counts from then on."""
    qualified.plan("committee", "a1")
    qualified.ask(Scripted([PENALTY]), "safety")
    qualified.ask(Scripted([]), *(d for d in qualified.departments if d != "safety"))
    (told,) = qualified.desk.told("records.differ")
    assert (told["departments"], told["decided_by"]) == (["safety"], None)
    (shown,) = qualified.dossier()["rechecks"]
    line = next(each for each in shown["departments"] if each["department"] == "safety")
    assert (shown["state"], line["old"], line["new"], line["same"]) == ("differs", [], [PENALTY], False)
    assert qualified.decide(go_on=True)["state"] == "let_on"
    (confirmed,) = qualified.desk.told("records.confirmed")
    assert (confirmed["decided_by"], confirmed["reason"]) == ("award_office-1", "已核实")
    assert confirmed["revision"] > told["revision"]
    with pytest.raises(Conflict):
        qualified.decide(go_on=False)
    qualified.plan("grants", "a1")
    qualified.ask(Scripted([PENALTY]), "safety")
    qualified.ask(Scripted([]), *(d for d in qualified.departments if d != "safety"))
    assert qualified.desk.told("records.confirmed")[-1]["purpose"] == "payment"


def test_an_officer_may_stop_it(qualified: Office) -> None:
    """Before the committee the application ends, with the reason; an answer that comes later has no effect."""
    qualified.plan("committee", "a1")
    qualified.ask(Scripted([PENALTY]), "safety")
    assert qualified.decide(go_on=False)["state"] == "stopped"
    (told,) = qualified.desk.told("application.stopped")
    assert (told["status"], told["stopped_at"]) == ("ineligible", "comprehensive")
    assert "已核实" in told["reason_zh"]
    qualified.ask(Scripted([]), "credit")
    assert qualified.history("a1", "answer")[-1] == ("answer", "after_decision")
    assert qualified.desk.told("records.confirmed") == []


def test_asked_anew_a_difference_is_still_a_difference(qualified: Office) -> None:
    """Pressing the question must not make the new answer its own yardstick."""
    qualified.plan("committee", "a1")
    qualified.ask(Scripted([PENALTY]), "safety")
    data = {"application_id": "a1", "purpose": "committee"}
    assert qualified.call("recheck_records", rechecks.recheck, data)["state"] == "asked"
    qualified.ask(Scripted([PENALTY]), "safety")
    qualified.ask(Scripted([]), *(d for d in qualified.departments if d != "safety"))
    assert qualified.desk.told("records.confirmed") == []
    assert len(qualified.desk.told("records.differ")) == 2


def test_a_silent_department_confirms_nothing_until_somebody_decides(qualified: Office) -> None:
    """All others are as before; while one is being asked even the office has to wait."""
    qualified.plan("committee", "a1")
    qualified.ask(Scripted([]), *(d for d in qualified.departments if d != "safety"))
    with pytest.raises(Conflict, match="still being asked"):
        qualified.decide(go_on=True)
    qualified.ask(Scripted(DepartmentSilent("HTTP 503", 3)), "safety")
    assert qualified.desk.told("records.confirmed") == []
    assert qualified.decide(go_on=True)["state"] == "let_on"
    assert len(qualified.desk.told("records.confirmed")) == 1


def test_an_old_answer_does_not_fit_the_new_question(qualified: Office) -> None:
    """The reference of the first question is another one: a file sent twice confirms nothing."""
    qualified.plan("committee", "a1")
    assert qualified.answer(no_records=True)["outcome"] == "other_reference"
    assert qualified.answer(no_records=True, reference="a1-committee")["outcome"] == "taken"


def test_a_file_of_the_time_before_answers_nothing_that_is_asked_anew(qualified: Office) -> None:
    """The reference is the same, its day is not: sent once more, last month's answers are not today's."""
    qualified.plan("committee", "a1")
    sent = base64.b64decode(_outgoing(qualified, "xlsx")["content"])
    content = filled_in(sent, "xlsx", {"a1-committee": []}, keep=True)
    assert [line["outcome"] for line in _send(qualified, content)] == ["accepted"]
    qualified.ask(Scripted([]), *(d for d in qualified.departments if d != "safety"))
    clock = qualified.desk.store.clock
    with pytest.MonkeyPatch.context() as patch:
        later = clock.now() + timedelta(days=30)
        patch.setattr(type(clock), "now", lambda self: later)
        qualified.call("recheck_records", rechecks.recheck, {"application_id": "a1", "purpose": "committee"})
        (line,) = _send(qualified, content)
        assert (line["outcome"], line["field"]) == ("other_reference", "asked_on")
        assert qualified.state("safety")["state"] == "pending"
        sent = base64.b64decode(_outgoing(qualified, "xlsx")["content"])
        again = _send(qualified, filled_in(sent, "xlsx", {"a1-committee": []}, keep=True))
    assert [line["outcome"] for line in again] == ["accepted"]


@pytest.mark.parametrize("silent", [False, True])
def test_nothing_is_let_on_while_a_department_is_still_being_asked(qualified: Office, silent: bool) -> None:
    """One differs, or is silent, and another has yet to answer: let on now, its answer would come after the decision."""
    qualified.plan("committee", "a1")
    others = [d for d in qualified.departments if d not in ("safety", "credit")]
    qualified.ask(Scripted(DepartmentSilent("HTTP 503", 3) if silent else [PENALTY]), "safety")
    qualified.ask(Scripted([]), *others)
    with pytest.raises(Conflict, match="still being asked: credit"):
        qualified.decide(go_on=True)
    qualified.ask(Scripted([{**ACCIDENT, "severity": "重大"}]), "credit")
    assert qualified.history("a1", "answer")[-1] == ("answer", "taken")
    (shown,) = qualified.dossier()["rechecks"]
    assert shown["state"] == "differs"
    assert qualified.decide(go_on=True)["state"] == "let_on"


def test_who_is_being_reminded_of_a_silence_keeps_nobody_waiting(qualified: Office) -> None:
    """Its time has passed: the officer need not wait for the next one."""
    qualified.plan("committee", "a1")
    qualified.ask(Scripted([]), *(d for d in qualified.departments if d != "safety"))
    qualified.ask(Scripted(DepartmentSilent("HTTP 503", 3)), "safety")
    qualified.pass_time(hours=2)
    assert (qualified.state("safety")["state"], qualified.state("safety")["reminders"]) == ("pending", 1)
    assert qualified.decide(go_on=True)["state"] == "let_on"


def test_an_answer_to_the_old_question_is_superseded(office: Office) -> None:
    """It came back when the question had been put anew: kept, and without effect."""
    event = office.desk.told("enquiry.raised")[0]
    department = event["department"]
    asked = SimpleNamespace(data=event, context=Context(message_id="m", actor="anna"))
    late = enquiries.ask(office.desk.store, asked, Scripted([ACCIDENT]), TERMS)
    with office.desk.work() as work:
        enquiries.press(work, enquiries.require(work, "a1", department))
    with office.desk.work() as work:
        late(work)
    assert office.history("a1", "answer") == [("answer", "superseded")]
    assert office.state(department)["state"] == "pending"


def test_a_rehearsal_is_asked_once(database_url: str) -> None:
    """Its records cannot change, so nothing is asked again when its committee is planned."""
    desk = Desk("intake", database_url)
    data = {
        "rulebook": "changning-2023", "year": 2025, "opens_on": date(2025, 5, 12), "closes_on": date(2025, 6, 13),
        "budget_fen": None, "rehearsal": True,
    }  # fmt: skip
    with desk.work("award_office", on=date(2025, 5, 12)) as work:
        cycle_id = cycles.open_cycle(work, data, rehearsals=True)["cycle_id"]
        planned = {
            "cycle_id": cycle_id,
            "stage": "committee",
            "begins_on": date(2025, 6, 27),
            "entrants": ["a1"],
        }
        rechecks.stage_planned(work, planned)
    assert desk.told("enquiry.raised") == []
    desk.close()

"""Discipline inspection over HTTP: one view over all services, notes on alerts, the report as a file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from services.gateway.routes import PREFIX, SERVICES
from shared.contracts import Context
from shared.problems import Conflict, NotFound, Unavailable
from tests.support.gateway import REHEARSAL, Bench, InProcess, answered, make_bench

pytestmark = pytest.mark.integration

DISCIPLINE = "discipline"
PATH = f"{PREFIX}/cycles/{REHEARSAL}/supervision"
MORNING, EVENING = "2025-06-18T09:00:00+08:00", "2025-06-18T18:00:00+08:00"


def _alert(name: str, severity: str, since: str) -> dict[str, Any]:
    return {
        "alert_id": name, "kind": "records_by_hand", "severity": severity, "subject": f"about {name}", "since": since,
        "evidence": ["r1"], "reason_zh": "由 li 决定", "reason_en": "li decided",
    }  # fmt: skip


class House:
    """Services with what a test gives them."""

    def __init__(self) -> None:
        self.alerts: dict[str, list[dict[str, Any]]] = {}
        self.acts: dict[str, list[dict[str, Any]]] = {}
        self.cut: set[str] = set()
        self.unheard: set[str] = set()
        self.notes: list[dict[str, Any]] = []
        self.refused: dict[str, str] = {}
        self.known: dict[str, set[str]] = {}
        self.names: dict[str, str] | None = {}

    def answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        reply = answered(service, method, data, context)
        if method in ("alerts", "acts") and service in self.unheard:
            raise NotFound("没有这个评奖周期", "no such cycle")
        if method == "alerts":
            return reply | {"alerts": self.alerts.get(service, [])}
        if method == "acts":
            return self._acts(service, reply, data)
        if method == "watch":
            if service in self.unheard:
                return reply | {"cycles": []}
            lines = [{**each, "alerts": self.alerts.get(service, [])} for each in reply["cycles"]]
            return reply | {
                "cycles": [{**each, "acts": self._acts(service, each["acts"], data)} for each in lines]
            }
        if method in self.refused:
            raise Conflict("须由另一人办理", "somebody else has to do this", code=self.refused[method])
        if method == "names":
            if self.names is None:
                raise Unavailable("申报受理没有答复", "intake does not answer", code="silent")
            named = [(each, self.names[each]) for each in data["application_ids"] if each in self.names]
            return {"names": [{"application_id": each, "name": name} for each, name in named]}
        if method == "alert_notes":
            return {"notes": self.notes}
        if method == "note_alert":
            self.notes = [{**data, "noted_by": context.actor, "noted_at": MORNING}]
            return self.notes[0]
        return reply

    def _acts(self, service: str, reply: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
        acts = self.acts.get(service, [])
        roles = [{k: v for k, v in act.items() if k not in ("action", "subject")} for act in acts]
        known = [each for each in data["subjects"] if each in self.known.get(service, set())]
        return {**reply, "acts": acts, "roles": roles, "known": known, "cut": service in self.cut}


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def services(house: House) -> InProcess:
    return InProcess(house.answer)


@pytest.fixture
def bench(tmp_path: Path, services: InProcess) -> Iterator[Bench]:
    bench = make_bench(tmp_path, services)
    yield bench
    bench.store.close()


def overview(bench: Bench) -> Any:
    answer = bench.client.get(PATH, headers=bench.headers(DISCIPLINE))
    assert answer.status_code == 200, answer.json
    return answer.json


def note(bench: Bench, alert_id: str, state: str = "seen", role: str = DISCIPLINE) -> Any:
    body = {"state": state, "reason": "已要求说明"}
    return bench.client.put(f"{PATH}/alerts/{alert_id}", json=body, headers=bench.headers(role))


def _act(actor: str, role: str, action: str, subject: str, at: str = MORNING) -> dict[str, Any]:
    return {
        "actor": actor, "role": role, "action": action, "subject": subject, "first_at": at, "entry": f"{action[:4]}1",
        "times": 1,
    }  # fmt: skip


def test_the_view_asks_every_service_and_puts_the_gravest_first(bench: Bench, house: House) -> None:
    house.alerts = {
        "intake": [_alert("i1", "notice", MORNING), _alert("i2", "serious", EVENING)],
        "committee": [_alert("c1", "serious", MORNING)],
    }
    told = overview(bench)
    assert [alert["alert_id"] for alert in told["alerts"]] == ["c1", "i2", "i1"]
    assert [alert["source"] for alert in told["alerts"]] == ["committee", "intake", "intake"]
    assert told["severities"] == {"serious": 2, "warning": 0, "notice": 1}
    assert told["handled"] == {"new": 3, "seen": 0, "closed": 0}
    assert [group["service"] for group in told["figures"]] == list(SERVICES)
    assert told["stages"]


def test_one_person_in_two_roles_over_two_services_is_an_alert_of_the_gateway(
    bench: Bench, house: House
) -> None:
    house.acts = {
        "intake": [_act("li", "award_office", "application:accepted", "a1")],
        "review": [_act("li", "reviewer", "sheet:submitted", "x/a1/li", EVENING)],
    }
    (alert,) = overview(bench)["alerts"]
    assert (alert["source"], alert["kind"], alert["severity"], alert["subject"], alert["since"]) == (
        "gateway",
        "excluding_roles",
        "serious",
        "li",
        EVENING,
    )
    assert overview(bench)["alerts"][0]["alert_id"] == alert["alert_id"]


def test_a_service_that_has_not_heard_of_the_cycle_has_nothing_to_tell(bench: Bench, house: House) -> None:
    house.unheard = {"incentives"}
    house.cut = {"review"}
    told = overview(bench)
    assert [group["service"] for group in told["figures"]] == list(SERVICES[:-1])
    assert told["cut"] == ["review"]


def test_a_service_that_is_away_is_no_clean_record(tmp_path: Path, house: House) -> None:
    """The view says that it cannot be had; it does not leave a part out."""
    bench = make_bench(tmp_path, InProcess(house.answer, missing=frozenset({"committee"})))
    try:
        answer = bench.client.get(PATH, headers=bench.headers(DISCIPLINE))
        assert answer.status_code == 503
    finally:
        bench.store.close()


def test_an_alert_is_noted_with_what_it_says_and_the_note_stands_beside_it(
    bench: Bench, house: House
) -> None:
    house.alerts = {"intake": [_alert("i1", "notice", MORNING)]}
    assert note(bench, "i1").json["reason_zh"] == "由 li 决定"
    told = overview(bench)
    assert told["alerts"][0]["note"]["state"] == "seen"
    assert told["handled"] == {"new": 0, "seen": 1, "closed": 0}
    assert told["gone"] == []
    house.alerts = {}
    (gone,) = overview(bench)["gone"]
    assert (gone["alert_id"], gone["reason_zh"]) == ("i1", "由 li 决定")
    assert note(bench, "i1", "closed").status_code == 200


def test_what_is_no_alert_cannot_be_noted_and_nobody_else_notes(
    bench: Bench, house: House, services: InProcess
) -> None:
    house.alerts = {"intake": [_alert("i1", "notice", MORNING)]}
    assert note(bench, "i2").status_code == 404
    for role in ("award_office", "auditor", "reviewer"):
        assert note(bench, "i1", role=role).status_code == 403
    assert not [call for call in services.calls if call.operation == "eligibility.note_alert"]


@pytest.mark.parametrize("ending", ["docx", "pdf", "xlsx"])
def test_the_report_is_a_file_and_who_took_it_is_written_down(
    bench: Bench, house: House, ending: str
) -> None:
    house.alerts = {"intake": [_alert("i1", "notice", MORNING)]}
    answer = bench.client.get(f"{PATH}/report.{ending}", headers=bench.headers(DISCIPLINE))
    assert answer.status_code == 200
    assert answer.get_data()[:2] == {"docx": b"PK", "xlsx": b"PK", "pdf": b"%P"}[ending]
    audit = bench.store.tables.audit
    with bench.store.read() as work:
        row = work.session.execute(select(audit).where(audit.c.action == "supervision:exported")).one()
    assert (row.role, row.cycle_id) == (DISCIPLINE, REHEARSAL)
    if ending == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data()))["预警"]
        assert [row[2] for row in sheet.iter_rows(values_only=True)][1:] == ["about i1"]


def _rule(bench: Bench, objection: str, role: str = "award_office") -> int:
    body = {"ruling": "dismissed"}
    answer = bench.client.post(
        f"{PREFIX}/objections/{objection}/ruling", json=body, headers=bench.headers(role)
    )
    return int(answer.status_code)


def test_an_attempt_to_do_both_parts_is_kept_and_told_in_its_cycle(bench: Bench, house: House) -> None:
    """The service undid it and kept nothing; by what it was about it is found to be of the cycle."""
    house.refused = {"rule_on_objection": "same_person"}
    assert _rule(bench, "o1") == _rule(bench, "o1") == 409
    assert overview(bench)["alerts"] == []
    house.known = {"eligibility": {"o1"}}
    (alert,) = overview(bench)["alerts"]
    assert (alert["kind"], alert["source"], alert["severity"]) == ("refused_attempt", "gateway", "warning")
    assert alert["subject"].endswith("/o1")
    assert len(alert["evidence"]) == 2
    assert "“异议裁定”" in alert["reason_zh"]  # as people call it, not by the name of the operation
    assert "rule_on_objection" not in alert["reason_zh"] + alert["reason_en"]
    assert alert["reason_en"].endswith("refused 2 times")


def test_an_attempt_that_names_its_cycle_is_of_that_cycle_alone(bench: Bench, house: House) -> None:
    house.refused = {"convene": "same_person"}
    body = {"members": ["M1", "M2"]}
    for cycle_id in (REHEARSAL, "another-rehearsal"):
        path = f"{PREFIX}/cycles/{cycle_id}/committee"
        assert bench.client.put(path, json=body, headers=bench.headers("award_office")).status_code == 409
    (alert,) = overview(bench)["alerts"]
    assert len(alert["evidence"]) == 1


def test_a_refusal_for_another_reason_is_no_attempt(bench: Bench, house: House) -> None:
    house.refused = {"rule_on_objection": "notice_closed"}
    assert _rule(bench, "o1") == 409
    house.known = {"eligibility": {"o1"}}
    assert _rule(bench, "o1", "reviewer") == 403
    assert overview(bench)["alerts"] == []


# All running cycles at once


def _news(bench: Bench, query: str = "", role: str = DISCIPLINE) -> Any:
    return bench.client.get(f"{PREFIX}/supervision/alerts{query}", headers=bench.headers(role))


@pytest.fixture
def running(house: House, services: InProcess) -> list[str]:
    """Sixty running real cycles; one that is over, and a rehearsal, are not looked through."""
    ids = [f"c{number}" for number in range(60)]

    def answer(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        reply = house.answer(service, method, data, context)
        if method == "cycles":
            cycle = {**reply["cycles"][0], "rehearsal": False, "state": "running"}
            others = [{**cycle, "state": "completed"}, {**cycle, "rehearsal": True}]
            return {"cycles": [*({**cycle, "cycle_id": each} for each in ids), *others]}
        return reply

    services.answer = answer
    return ids


def test_the_applications_that_alerts_are_about_are_named(
    bench: Bench, house: House, running: list[str]
) -> None:
    """Of one cycle and of all; what is a sentence is not asked for, and where nobody tells, the ids have to do."""
    house.alerts = {
        "intake": [
            {**_alert(name, "notice", MORNING), "subject": subject}
            for name, subject in (("i1", "a1"), ("i2", "ji/a2"), ("i3", "第一组 甲"))
        ]
    }
    house.names = {"a1": "示例一", "a2": "示例二", "a3": "示例三"}
    named = {"a1": "示例一", "a2": "示例二"}
    del running[1:]
    assert (overview(bench)["names"], _news(bench).json["names"]) == (named, named)
    house.names = None
    assert (overview(bench)["names"], _news(bench).json["names"]) == ({}, {})


def test_the_news_of_any_number_of_cycles_takes_a_question_for_every_fifty(
    bench: Bench, house: House, services: InProcess, running: list[str]
) -> None:
    """The newest first, whatever their severity, and page by page; what several services say together is among them."""
    house.alerts = {"intake": [_alert("i1", "serious", MORNING)]}
    house.acts = {
        "intake": [_act("li", "award_office", "application:accepted", "a1")],
        "review": [_act("li", "reviewer", "sheet:submitted", "x/a1/li", EVENING)],
    }
    told = _news(bench, "?page=2&size=50").json
    assert (told["total"], len(told["alerts"]), len(told["cycles"])) == (120, 50, 60)
    assert {each["kind"] for each in told["alerts"][:10]} == {"excluding_roles"}
    assert {each["alert_id"] for each in told["alerts"][10:]} == {"i1"}
    assert [len(call.data["cycle_ids"]) for call in services.calls if call.operation == "review.watch"] == [
        50,
        10,
    ]
    assert [call.operation for call in services.calls].count("eligibility.notes_on") == 1


def test_news_are_from_a_moment_on_and_a_day_counts_as_a_whole(
    bench: Bench, house: House, running: list[str]
) -> None:
    del running[1:]
    house.alerts = {
        "intake": [
            _alert("before", "serious", MORNING), _alert("after", "notice", EVENING), _alert("day", "notice", MORNING[:10]),
            _alert("earlier", "notice", "2025-06-17"),
        ],
    }  # fmt: skip
    told = _news(bench, "?since=2025-06-18T12:00:00%2B08:00").json
    assert [each["alert_id"] for each in told["alerts"]] == ["after", "day"]
    assert _news(bench, "?since=yesterday").status_code == 422


def test_a_service_that_is_away_is_named_beside_what_the_others_say(
    tmp_path: Path, house: House, running: list[str], services: InProcess
) -> None:
    house.alerts = {
        "intake": [_alert("i1", "notice", MORNING)],
        "committee": [_alert("c1", "notice", MORNING)],
    }
    services.missing = frozenset({"committee", "eligibility"})
    bench = make_bench(tmp_path, services)
    try:
        told = _news(bench).json
        assert told["silent"] == ["eligibility", "committee"]
        assert {each["alert_id"] for each in told["alerts"]} == {"i1"}
        assert told["alerts"][0]["note"] is None
        services.missing = frozenset({"intake"})
        assert _news(bench).status_code == 503
    finally:
        bench.store.close()


def test_the_news_are_for_discipline_inspection_alone(bench: Bench) -> None:
    for role in ("award_office", "auditor", "finance"):
        assert _news(bench, role=role).status_code == 403

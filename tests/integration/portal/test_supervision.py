"""Discipline inspection's pages: what it reads, what it notes and settles, and the threads between it and one other side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.clock import SHANGHAI, FixedClock
from shared.contracts import Context
from shared.problems import Forbidden, NotFound
from tests.support.browsing import Visitor
from tests.support.gateway import PASSWORD, REAL, Bench, InProcess, answered, any_rulebook, make_bench

ID = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
HERE = f"/discipline/{REAL}"
RECUSAL = {
    "cycle_id": REAL, "stage": "document_review", "application_id": ID, "expert_id": "E1", "state": "open", "ground": "employer",
    "source": "register", "rule": None, "reason_zh": "任职单位", "reason_en": "employer",
    "opened_at": "2026-04-01T09:00:00+08:00",
    "opened_by": "E1", "sheet_kept": True, "reviewers_before": 5, "reviewers_after": 4, "replacement": None, "replaced_at": None,
    "replaced_by": None, "released_at": None, "released_by": None, "release_reason": None, "settled_at": None,
    "settled_by": None, "settled_reason": None,
}  # fmt: skip
FORM = {
    "form_id": ID, "cycle_id": REAL, "kind": "order", "opened_by_side": "discipline", "party_role": "award_office", "party": None,
    "title": "请说明", "application_id": None, "alert_id": None, "state": "open", "opened_on": "2026-04-01",
    "due_on": "2026-04-09", "closed_on": None, "overdue": False,
    "entries": [
        {"number": 1, "side": "discipline", "act": "open", "at": "2026-04-01T09:00:00+08:00", "text": "请说明理由",
        "papers": [], "by": None}
    ],
}  # fmt: skip


class Office:
    """The services behind the pages, with what a test wants of them."""

    def __init__(self) -> None:
        self.said: dict[str, dict[str, Any]] = {
            "recusals": {"recusals": [RECUSAL]}, "form": FORM, "open_form": FORM, "answer_form": FORM, "close_form": FORM,
            "reopen_form": FORM, "withdraw_form": FORM, "confirm_recusal": RECUSAL, "release_hold": RECUSAL,
        }  # fmt: skip
        self.refused: dict[str, Exception] = {}

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        reply = answered(service, method, data, context)
        if method in self.refused:
            raise self.refused[method]
        return self.said.get(f"{service}.{method}", self.said.get(method, reply))


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def services(office: Office) -> InProcess:
    return InProcess(office)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 4, 13, 9, tzinfo=SHANGHAI))


@pytest.fixture
def bench(tmp_path: Path, services: InProcess, clock: FixedClock) -> Bench:
    return make_bench(tmp_path, services, clock=clock)


@pytest.fixture
def inspector(bench: Bench) -> Visitor:
    return Visitor(bench, "discipline")


def _got(services: InProcess, operation: str) -> dict[str, Any]:
    (found,) = [call.data for call in services.calls if call.operation == operation]
    return dict(found)


def test_one_view_with_its_reports(inspector: Visitor) -> None:
    page = inspector.open(HERE)
    assert {f"/api/v1/cycles/{REAL}/supervision/report.{form}" for form in ("pdf", "docx", "xlsx")} <= set(
        page.links
    )
    assert "预警只说明" in page.words or "未处理" in page.words


def test_what_is_missing_does_not_look_clean(inspector: Visitor, services: InProcess) -> None:
    """One silent service: no alerts are shown as none."""
    services.missing = frozenset({"committee"})
    page = inspector.open(HERE)
    assert "暂时取不到" in page.words
    assert "没有预警" not in page.words


def test_an_alert_is_noted_with_a_reason(inspector: Visitor, services: InProcess) -> None:
    address = next(link for link in inspector.open(HERE).links if "/alerts/" in link)
    page = inspector.open(address)
    wrong = inspector.fill(page, reason="已要求说明")
    assert (wrong.status, 'href="#f-state' in wrong.text, "已要求说明" in wrong.text) == (422, True, True)
    assert inspector.fill(page, state="closed", reason="").status == 422
    assert inspector.fill(page, state="closed", reason="长" * 1001).status == 422
    assert inspector.fill(page, state="closed", reason="已要求说明").status == 303
    told = _got(services, "eligibility.note_alert")
    assert (told["state"], told["reason"]) == ("closed", "已要求说明")
    assert inspector.open(f"{HERE}/alerts/nothing-there").status == 404


@pytest.mark.parametrize(
    ("act", "operation"), [("confirm", "review.confirm_recusal"), ("release", "review.release_hold")]
)
def test_a_recusal_is_confirmed_or_its_application_let_go_on(
    inspector: Visitor, services: InProcess, act: str, operation: str
) -> None:
    address = f"{HERE}/recusals/document_review/{ID}/E1"
    assert address in inspector.open(f"{HERE}/recusals").links
    page = inspector.open(address)
    assert inspector.fill(page, act=act).status == 422
    assert inspector.fill(page, act=act, reason="已核实").status == 303
    assert _got(services, operation) == {
        "cycle_id": REAL, "stage": "document_review", "application_id": ID, "expert_id": "E1", "reason": "已核实",
    }  # fmt: skip


def test_a_settled_recusal_is_only_read(inspector: Visitor, office: Office) -> None:
    office.said["recusals"] = {"recusals": [{**RECUSAL, "state": "confirmed"}]}
    page = inspector.open(f"{HERE}/recusals/document_review/{ID}/E1")
    assert "确认回避" not in page.words
    assert inspector.open(f"{HERE}/recusals/document_review/{ID}/E2").status == 404


def test_a_conflict_is_lifted_and_the_refusal_is_told(
    inspector: Visitor, services: InProcess, office: Office
) -> None:
    page = inspector.open(f"{HERE}/conflicts/E1/{ID}/former_employer/register")
    assert inspector.fill(page, reason="登记有误").status == 303
    assert _got(services, "review.lift_conflict")["ground"] == "former_employer"
    office.refused["lift_conflict"] = Forbidden(
        "须由另一人解除", "another person", code="second_person_needed"
    )
    shown = inspector.fill(page, reason="登记有误", _key="another-key-1")
    assert "须由另一人解除" in shown.words
    assert "登记有误" in shown.text
    assert inspector.open(f"{HERE}/conflicts/E1/{ID}/no_such/register").status == 404


def test_conflicts_are_filtered_by_the_address(inspector: Visitor, services: InProcess) -> None:
    page = inspector.open(f"{HERE}/conflicts?source=register&ended=yes&colour=red")
    assert "colour=red" in page.words
    told = _got(services, "review.conflicts")
    assert (told["source"], told["ended"], told["size"]) == ("register", True, 50)


def test_objections_name_nobody_who_objects(inspector: Visitor, services: InProcess) -> None:
    assert inspector.open(f"{HERE}/objections").status == 200
    asked = {call.operation for call in services.calls if call.operation.startswith("eligibility.obj")}
    assert asked == {"eligibility.objections"}


def test_discipline_asks_and_names_whom(inspector: Visitor, services: InProcess) -> None:
    page = inspector.open(f"/supervision/{REAL}/new?alert_id={ID}")
    given = {
        "kind": "order", "to_role": "award_office", "to": "", "title": "请说明", "text": "为何越过第 3 名", "days": "5",
        "application_id": "",
    }  # fmt: skip
    assert inspector.fill(page, **given).status == 303
    told = _got(services, "eligibility.open_form")
    assert (told["kind"], told["days"], told["alert_id"], told["papers"]) == ("order", 5, ID, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", ""),
        ("to_role", ""),
        ("to_role", "public"),
        ("title", ""),
        ("text", ""),
        ("text", "长" * 4001),
        ("days", "几天"),
    ],
)
def test_what_is_wrong_with_a_question_stands_at_its_field(
    inspector: Visitor, services: InProcess, field: str, value: str
) -> None:
    given = {"kind": "order", "to_role": "finance", "title": "<i>问</i>", "text": "说明", "days": ""}
    shown = inspector.fill(inspector.open(f"/supervision/{REAL}/new"), **{**given, field: value})
    assert shown.status == 422
    assert f'href="#f-{field}' in shown.text
    assert "<i>问" not in shown.text
    assert not [call for call in services.calls if call.operation == "eligibility.open_form"]


def test_anybody_else_reports_and_cannot_order(bench: Bench, services: InProcess) -> None:
    reviewer = Visitor(bench, "reviewer")
    page = reviewer.open(f"/supervision/{REAL}/new")
    assert not [name for name, _ in page.form()["fields"] if name in {"kind", "to_role"}]
    assert reviewer.fill(page, title="反映", text="有人打招呼", kind="order", to_role="finance").status == 303
    told = _got(services, "eligibility.open_form")
    assert told["kind"] == "report"
    assert told.get("to_role") is None


@pytest.mark.parametrize(
    ("role", "state", "offered"),
    [
        ("discipline", "open", ["withdraw"]), ("award_office", "open", ["answer"]), ("discipline", "answered", ["close",
        "reopen"]),
        ("award_office", "answered", []), ("discipline", "closed", ["reopen"]), ("award_office", "withdrawn", []),
    ],
)  # fmt: skip
def test_a_side_is_offered_what_it_may_do(
    bench: Bench, office: Office, role: str, state: str, offered: list[str]
) -> None:
    office.said["form"] = {**FORM, "state": state}
    page = Visitor(bench, role).open(f"/supervision/forms/{ID}")
    acts = [value for form in page.forms for name, value in form["fields"] if name == "act"]
    assert acts == offered


def test_an_answer_is_sent_and_a_strangers_thread_does_not_exist(
    bench: Bench, services: InProcess, office: Office
) -> None:
    member = Visitor(bench, "award_office")
    page = member.open(f"/supervision/forms/{ID}")
    assert member.fill(page, having="act").status == 422
    assert member.fill(page, having="act", text="理由见建议名单").status == 303
    assert _got(services, "eligibility.answer_form")["text"] == "理由见建议名单"
    office.refused["form"] = NotFound("没有", "none")
    assert member.open(f"/supervision/forms/{ID}").status == 404


def test_nobody_else_inspects(bench: Bench) -> None:
    for role in ("award_office", "finance", "auditor", "reviewer"):
        assert Visitor(bench, role).open(HERE).status == 404


# What is new


def _alert(name: str, severity: str, since: str, note: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "alert_id": name, "kind": "k", "severity": severity, "subject": f"S-{name}", "since": since, "evidence": [],
        "reason_zh": f"事项{name}", "reason_en": f"thing {name}",
    }  # fmt: skip


def _watched(*alerts: dict[str, Any], cycle_id: str = REAL, **fresh: int) -> dict[str, Any]:
    return {
        "cycle_id": cycle_id, "alerts": list(alerts),
        "acts": {"service": "review", "roles": [], "acts": [], "known": [], "cut": False},
        "fresh": [{"what": what, "count": number} for what, number in fresh.items()],
    }  # fmt: skip


@pytest.fixture
def running(office: Office) -> Office:
    """Six running cycles, with something of each kind in one of them; the accounts' clock stands on 2026-04-13."""
    cycle = answered("intake", "cycles", {}, Context(message_id="m"))["cycles"][0]
    cycle |= {"cycle_id": REAL, "rehearsal": False, "state": "running", "rulebook": any_rulebook().id}
    earlier = [{**cycle, "cycle_id": f"c{year}", "year": year} for year in range(2025, 2020, -1)]
    rehearsed = {**cycle, "cycle_id": "played", "rehearsal": True}
    office.said |= {
        "cycles": {"cycles": [cycle, *earlier, rehearsed, {**cycle, "cycle_id": "over", "state": "completed"}]},
        "notes_on": {"notes": []}, "watch": {"service": "intake", "cycles": []},
        "review.watch": {"service": "review", "cycles": [_watched(_alert("a", "notice", "2026-04-12"), recusals=1)]},
    }  # fmt: skip
    return office


def test_the_first_time_all_is_new_and_named_by_its_title(bench: Bench, running: Office) -> None:
    bench.identity.begin("xia", PASSWORD, "discipline", "夏纪")
    visitor = Visitor(bench)
    visitor.post("/login", {"username": "xia", "password": PASSWORD})
    running.said["names"] = {"names": [{"application_id": "S-a", "name": "示例甲公司"}]}
    page = visitor.open("/discipline")
    assert "这是首次登录" in page.words
    assert "事项a" in page.words
    assert "示例甲公司" in page.words
    assert "S-a" not in page.words
    assert f"{HERE}/recusals" in page.links
    assert any_rulebook().title.zh in page.words
    assert f">{any_rulebook().id}<" not in page.text


def test_later_only_what_came_since_the_last_sign_in_the_newest_first(
    bench: Bench, running: Office, clock: FixedClock, services: InProcess
) -> None:
    Visitor(bench, "discipline").open("/discipline")
    before = clock.now()
    clock.move(timedelta(days=2))
    late = (before + timedelta(days=1)).isoformat()
    running.said["review.watch"] = {
        "service": "review",
        "cycles": [
            _watched(
                _alert("old", "serious", (before - timedelta(days=3)).isoformat()), _alert("mild", "notice", late),
                _alert("grave", "serious", late), _alert("same-day", "serious", before.date().isoformat()),
            ),
            _watched(_alert("elsewhere", "warning", late), cycle_id="c2021"),
        ],
    }  # fmt: skip
    services.calls.clear()
    words = Visitor(bench, "discipline").open("/discipline").words
    assert "自上次登录（" in words
    assert "事项old" not in words
    order = [words.index(f"事项{each}") for each in ("grave", "elsewhere", "mild", "same-day")]
    assert order == sorted(order)
    assert order[-1] < words.index("新的回避、异议和评价")
    told = [call.data for call in services.calls if call.operation == "review.watch"]
    assert datetime.fromisoformat(told[0]["since"]) == before


def test_all_running_cycles_are_asked_about_in_one_question_to_each_service(
    bench: Bench, running: Office, services: InProcess
) -> None:
    """However many they are: nothing that is older than some is left out. Names are asked of what is shown."""
    visitor = Visitor(bench, "discipline")
    running.said["review.watch"]["cycles"].append(
        _watched(_alert("z", "notice", "2026-04-13"), cycle_id="c2021")
    )
    services.calls.clear()
    page = visitor.open("/discipline")
    asked = [call.operation for call in services.calls]
    assert sorted(asked) == sorted([
        "intake.cycles", "eligibility.due_objections", "eligibility.notes_on", "intake.names",
        *(f"{each}.watch" for each in ("intake", "eligibility", "review", "committee", "incentives")),
    ])  # fmt: skip
    (wanted,) = [call.data["cycle_ids"] for call in services.calls if call.operation == "review.watch"]
    assert wanted == [REAL, "c2025", "c2024", "c2023", "c2022", "c2021"]
    assert "/discipline/c2021/alerts/z" in page.links


def test_many_alerts_come_page_by_page(bench: Bench, running: Office, services: InProcess) -> None:
    """What was made of an alert is asked of those that are shown."""
    several = [_alert(f"n{number:03}", "notice", "2026-04-13") for number in range(120)]
    running.said["review.watch"] = {"service": "review", "cycles": [_watched(*several)]}
    running.said["notes_on"] = {
        "notes": [
            {
                "cycle_id": REAL, "alert_id": "n119", "state": "closed", "reason": "已说明", "noted_by": "x",
                "noted_at": "2026-04-13", "source": "review", "kind": "k", "severity": "notice", "subject": "s",
                "reason_zh": "z", "reason_en": "e",
            }
        ]
    }  # fmt: skip
    visitor = Visitor(bench, "discipline")
    first, last = visitor.open("/discipline"), visitor.open("/discipline?page=3")
    assert "新增 120 项" in first.words or "共 120 项" in first.words
    assert "/discipline?size=50&page=2" in first.links or "/discipline?page=2" in [
        link.replace("size=50&", "") for link in first.links
    ]
    assert len([link for link in first.links if "/alerts/" in link]) == 50
    assert len([link for link in last.links if "/alerts/" in link]) == 20
    assert "办结" in last.words
    assert [
        len(call.data["alert_ids"]) for call in services.calls if call.operation == "eligibility.notes_on"
    ] == [50, 20]


def test_a_silent_service_is_not_good_news(bench: Bench, running: Office, services: InProcess) -> None:
    """The others are told all the same; where it is not even known which cycles there are, nothing is."""
    running.said["eligibility.watch"] = {
        "service": "eligibility", "cycles": [_watched(_alert("e", "notice", "2026-04-13"))],
    }  # fmt: skip
    services.missing = frozenset({"review"})
    page = Visitor(bench, "discipline").open("/discipline")
    assert page.status == 200
    assert "不能当作没有问题" in page.words
    assert "事项e" in page.words
    assert "事项a" not in page.words

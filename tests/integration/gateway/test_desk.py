"""The desk, tasks, pictures and the calendar over HTTP: what is asked of whom, and what a silent service does to it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from services.gateway.routes import PREFIX
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import Context
from shared.problems import Forbidden, NotFound, Unavailable
from tests.support.gateway import REAL, REHEARSAL, Bench, InProcess, answered, any_rulebook, make_bench

pytestmark = pytest.mark.integration

BOOK = any_rulebook()
RUNS = next(stage for stage in BOOK.stages if stage.kind == "review")
DESK, TASKS = f"{PREFIX}/cycles/{REAL}/desk", f"{PREFIX}/me/tasks"
_DATES = ("begins_on", "begun_on", "ends_on", "closed_on")


class House:
    """One real cycle in its first review, and one rehearsal; `silent` names what does not answer."""

    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.unknown: set[str] = set()
        self.awaits: list[dict[str, Any]] = []

    def answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        if f"{service}.{method}" in self.silent:
            raise Unavailable("服务未运行", "the service is not running")
        if f"{service}.{method}" in self.unknown:
            raise NotFound("没有", "nothing")
        reply = answered(service, method, data, context)
        if method == "cycle":
            return reply | self.cycle(data["cycle_id"])
        if method == "cycles":
            return {"cycles": [reply["cycles"][0] | self.cycle(each) for each in (REAL, REHEARSAL)]}
        if method == "stage_numbers":
            lines = [{"stage": s.key, "entered": 4, "left": None} for s in BOOK.stages]
            return {"cycle_id": data["cycle_id"], "stages": lines, "statuses": {"in_progress": 4}}
        if method == "stage_awaits":
            return reply | {"stage": data["stage"], "state": "begun", "awaits": self.awaits}
        if method == "calibration":
            reviewers = [{**reply["stages"][0]["reviewers"][0], "difference": "-1.50"}]
            scored = {**reply["stages"][0], "reviewers": reviewers}
            return {"least": 5, "stages": [scored] if self.awaits else []}
        return reply

    def cycle(self, cycle_id: str) -> dict[str, Any]:
        """The cycle as intake knows it."""
        here = BOOK.stages.index(RUNS)
        lines = []
        for number, stage in enumerate(BOOK.stages):
            line = {"stage": stage.key, "kind": stage.kind, "owner": stage.owner, "rule": stage.rule, "blocked": None,
                    **dict.fromkeys(_DATES)}  # fmt: skip
            line["state"] = "closed" if number < here else "begun" if number == here else "waiting"
            lines.append(line)
        return {"cycle_id": cycle_id, "rulebook": BOOK.id, "rehearsal": cycle_id != REAL, "state": "running",
                "blocked": None, "stages": lines, "closes_on": "2026-06-30"}  # fmt: skip


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def services(house: House) -> InProcess:
    return InProcess(house.answer)


@pytest.fixture
def bench(tmp_path: Path, services: InProcess) -> Iterator[Bench]:
    bench = make_bench(tmp_path, services, clock=FixedClock(datetime(2026, 9, 18, 9, tzinfo=SHANGHAI)))
    yield bench
    bench.store.close()


def get(bench: Bench, path: str, role: str | None, **headers: str) -> Any:
    answer = bench.client.get(path, headers=bench.headers(role, **headers))
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_desk_is_three_questions(bench: Bench, house: House, services: InProcess) -> None:
    """Intake's two, and one of the owner of the one stage that runs, in the role of whoever asks."""
    house.awaits = [{"what": "recusals", "count": 1, "reason_zh": "待替补", "reason_en": "a replacement"}]
    services.calls.clear()
    found = get(bench, DESK, "discipline")
    assert sorted(call.operation for call in services.calls if call.context.role == "discipline") == [
        "intake.cycle",
        "intake.stage_numbers",
        "review.stage_awaits",
    ]
    assert found["sentence_zh"] == "尚待：待替补；下一步：指定替补评审员。"
    assert found["next"]["path"] == f"/cycles/{REAL}/panels"
    assert found["stages"][0]["entered"] == 4
    assert found["today"] == "2026-09-18"


def test_a_silent_service_is_told_in_its_block(bench: Bench, house: House) -> None:
    """Not a page that fails, and never a nought; without intake's word of the cycle there is nothing to show."""
    house.silent = {"review.stage_awaits", "intake.stage_numbers"}
    found = get(bench, DESK, "award_office")
    assert [block["what"] for block in found["blocks"]] == ["unavailable", "unavailable"]
    assert found["stages"][0]["entered"] is None
    assert found["next"] is None
    house.silent = {"intake.cycle"}
    bench.gateway.dispatcher._cycles._known.clear()
    assert bench.client.get(DESK, headers=bench.headers("award_office")).status_code == 503


def test_an_owner_that_has_not_heard_is_not_nothing(bench: Bench, house: House) -> None:
    """A service that does not know the cycle yet is silent about it."""
    house.unknown = {"review.stage_awaits"}
    assert get(bench, DESK, "auditor")["blocks"][0]["what"] == "unavailable"


def test_tasks_are_asked_at_once_and_in_ones_role(bench: Bench, services: InProcess) -> None:
    """Of real cycles alone; whoever plays a day gets those of rehearsals."""
    services.calls.clear()
    assert get(bench, TASKS, "reviewer")["cut"] is False
    asked = [call for call in services.calls if call.operation != "intake.cycles"]
    assert {call.operation for call in asked} >= {"review.my_assignments", "review.awaiting_statement"}
    assert {call.data["cycle_id"] for call in asked} == {REAL}
    assert {call.context.role for call in asked} == {"reviewer"}
    services.calls.clear()
    get(bench, TASKS, "reviewer", Zhiheng_Rehearsal_Date="2026-09-01")
    assert {
        call.data["cycle_id"] for call in services.calls if call.operation == "review.my_assignments"
    } == {REHEARSAL}


def test_a_silent_service_is_a_task_of_its_own(bench: Bench, house: House) -> None:
    """What others say stays; nobody is told that nothing waits. Without the cycles it is all that can be said."""
    house.silent = {"review.my_assignments"}
    found = get(bench, TASKS, "reviewer")["tasks"]
    assert found[0]["what"] == "unavailable"
    assert found[0]["unavailable"]
    assert {task["what"] for task in found} > {"unavailable"}
    house.silent = {"intake.cycles"}
    assert [task["what"] for task in get(bench, TASKS, "finance")["tasks"]] == ["unavailable"]


def test_what_is_not_mine_is_no_task(bench: Bench, house: House) -> None:
    """A member of no meeting hears nothing of it, and its refusal hides nothing else."""
    house.unknown = {"committee.round", "committee.minutes_versions"}
    found = get(bench, TASKS, "committee_member")["tasks"]
    assert not any(task["unavailable"] for task in found)


def test_every_role_has_its_list(bench: Bench, house: House) -> None:
    """Office too, by its desks; those without work here get an empty one."""
    house.awaits = [{"what": "panels", "count": 1, "reason_zh": "缺组", "reason_en": "no panel"}]
    tasks = {task["what"]: task["path"] for task in get(bench, TASKS, "award_office")["tasks"]}
    assert tasks["step"] == f"/cycles/{REAL}/panels"
    assert get(bench, TASKS, "auditor")["tasks"] == []
    assert bench.client.get(TASKS).status_code == 401


@pytest.mark.parametrize("which", ["funnel", "workload", "severity", "indices", "budget", "levels"])
def test_every_picture_has_its_table(bench: Bench, house: House, which: str) -> None:
    """As SVG without style or script, and rows of as many cells as there are headings."""
    house.awaits = [{"what": "panels", "count": 1, "reason_zh": "缺组", "reason_en": "no panel"}]
    for language in ("zh", "en", "both"):
        found = get(bench, f"{PREFIX}/cycles/{REAL}/pictures/{which}?language={language}", "award_office")
        assert found["picture"] == which
        if found["svg"] is None:
            assert which == "indices"
            continue
        assert found["svg"].startswith("<svg ")
        assert "style=" not in found["svg"]
        assert {len(row) for row in found["table"]["rows"]} == {len(found["table"]["headings"])}


def test_no_picture_is_made_of_silence(bench: Bench, house: House) -> None:
    """503, and not a funnel of nothing; before anybody scored there is no picture of severity."""
    house.silent = {"intake.stage_numbers"}
    path = f"{PREFIX}/cycles/{REAL}/pictures"
    assert bench.client.get(f"{path}/funnel", headers=bench.headers("auditor")).status_code == 503
    assert get(bench, f"{path}/severity", "auditor")["svg"] is None


def test_a_report_holds_the_pictures_and_says_what_is_missing(bench: Bench, house: House) -> None:
    """As PDF with the figures as text, as DOCX; what a service did not tell is said in its place; taking one is audited."""
    house.silent = {"incentives.tracking_overview"}
    path = f"{PREFIX}/cycles/{REAL}/report"
    made = bench.client.get(f"{path}.pdf", headers=bench.headers("discipline"))
    assert made.mimetype == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made.data)).pages)
    assert "各阶段申报数" in text
    assert "4 → —" in text or "4→—" in text.replace(" ", "")
    assert "暂时取不到" in text
    word = bench.client.get(f"{path}.docx", headers=bench.headers("award_office"))
    assert word.status_code == 200
    assert word.data[:2] == b"PK"


def test_the_calendar_is_everybodys(bench: Bench) -> None:
    """The years that are known, and the first that is not; every day with its reason."""
    years = get(bench, f"{PREFIX}/calendar", None)
    assert years["unknown_from"] == years["years"][-1]["year"] + 1
    found = get(bench, f"{PREFIX}/calendar/days?from=2026-09-18&to=2026-09-20", None)["days"]
    assert [(each["on"], each["reason_zh"]) for each in found] == [
        ("2026-09-18", "工作日"),
        ("2026-09-19", "周末"),
        ("2026-09-20", "调休上班"),
    ]
    for query in (
        "from=2026-09-20&to=2026-09-18",
        "from=2026-01-01&to=2027-06-01",
        "from=x&to=y",
        "from=2026-01-01",
    ):
        assert bench.client.get(f"{PREFIX}/calendar/days?{query}").status_code == 422


def test_a_posting_is_previewed(bench: Bench) -> None:
    """Day 1 and day N as the rulebook asks, none on a day that is over or in a year that is not known."""
    notice = next(stage for stage in BOOK.stages if stage.kind == "notice" and stage.working_days == 5)
    path = f"{PREFIX}/cycles/{REAL}/notices/{notice.notice}/posting"
    found = get(bench, path, "award_office")
    assert (found["first"], found["last"], found["working_days"]) == ("2026-09-18", "2026-09-23", 5)
    assert (found["possible"], found["article"]) == (True, BOOK.label(notice.rule))
    assert [each["number"] for each in found["days"]] == [1, None, 2, 3, 4, 5]
    unknown = get(bench, f"{path}?on=2026-12-30", "award_office")
    assert (unknown["possible"], unknown["unknown_year"], unknown["days"]) == (False, 2027, [])
    assert "2027" in unknown["reason_zh"]
    assert get(bench, f"{path}?on=2026-09-17", "award_office")["possible"] is False
    nothing = f"{PREFIX}/cycles/{REAL}/notices/nothing/posting"
    assert bench.client.get(nothing, headers=bench.headers("award_office")).status_code == 404


def test_a_refusal_is_not_swallowed_by_the_desk(bench: Bench, services: InProcess) -> None:
    """What a service forbids, the desk forbids too."""

    def forbidding(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        if method == "stage_awaits":
            raise Forbidden("不可以", "not allowed")
        return House().answer(service, method, data, context)

    services.answer = forbidding
    assert bench.client.get(DESK, headers=bench.headers("award_office")).status_code == 403

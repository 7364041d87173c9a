"""The clerk's pages: an explicit word where there is nothing, records where there are some, files both ways."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.gateway.portal.departments import enquiries as departments
from services.gateway.portal.office import enquiries as office
from shared.contracts import Context, load, operation
from tests.support.browsing import Visitor
from tests.support.gateway import REAL, Bench, InProcess, answered, make_bench

APPLICATION = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c"
ASKED = {
    "application_id": APPLICATION, "department": "safety", "reference": "ref-1", "uscc": "91310105MAXY50013E",
    "name": "示例公司", "purpose": "qualification", "raised_at": "2026-04-01T09:00:00+08:00",
    "due_at": "2026-04-08T09:00:00+08:00", "reminders": 0,
}  # fmt: skip
PAGE = f"/dept/{REAL}/{APPLICATION}/safety"
TAKEN = {
    "application_id": APPLICATION,
    "department": "safety",
    "outcome": "taken",
    "reason_zh": "已采纳",
    "reason_en": "taken",
}


def said(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    reply = answered(service, method, data, context)
    if method == "cycles":
        reply["cycles"][0] |= {"cycle_id": REAL, "rehearsal": False, "state": "running"}
    waiting = {"enquiries": [{**ASKED, "cycle_id": REAL}], "page": 1, "size": 50, "total": 1}
    return {"to_answer": waiting, "answer_enquiry": TAKEN}.get(method, reply)


@pytest.fixture
def services() -> InProcess:
    return InProcess(said)


@pytest.fixture
def clerk(bench: Bench) -> Visitor:
    return Visitor(bench, "department_clerk")


def _sent(services: InProcess) -> list[Mapping[str, Any]]:
    return [call.data for call in services.calls if call.operation == "intake.answer_enquiry"]


def test_what_waits_in_all_cycles_takes_two_questions(clerk: Visitor, services: InProcess) -> None:
    """The cycles, and a page of what waits, whatever their numbers; an enquiry that is opened is asked for alone."""
    clerk.open("/dept")
    services.calls.clear()
    page = clerk.open("/dept?page=3&size=100")
    assert [call.operation for call in services.calls] == ["intake.cycles", "intake.to_answer"]
    assert services.calls[1].data == {"page": 3, "size": 100}
    assert "共 1 项" in page.words
    clerk.open(PAGE)
    assert services.calls[-1].data == {"application_id": APPLICATION}


def test_nothing_found_is_said_in_so_many_words(clerk: Visitor, services: InProcess) -> None:
    done = clerk.fill(clerk.open(PAGE), answer="no", evidence="示例函〔2026〕1号")
    assert "已采纳" in clerk.follow(done).words
    (sent,) = _sent(services)
    assert (sent["no_records"], sent["records"], sent["reference"]) == (True, [], "ref-1")


def test_records_are_sent_as_they_were_written(clerk: Visitor, services: InProcess) -> None:
    page = clerk.open(PAGE)
    record = {
        "records.0.kind": "accident", "records.0.on": "2025-03-01", "records.0.severity": "较大", "records.0.liable": "yes",
    }  # fmt: skip
    assert clerk.fill(page, answer="yes", **record).status == 303
    assert _sent(services)[0]["records"] == [
        {"kind": "accident", "on": "2025-03-01", "severity": "较大", "liable": True}
    ]


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({}, "f-answer"),
        ({"answer": "yes"}, "f-records-0-kind"),
        ({"answer": "no", "records.0.kind": "accident", "records.0.on": "2025-03-01"}, "f-answer"),
        ({"answer": "yes", "records.0.kind": "accident"}, "f-records-0-on"),
        ({"answer": "yes", "records.0.kind": "other", "records.0.on": "2025-03-01"}, "f-records-0-kind"),
        ({"answer": "yes", "records.0.kind": "accident", "records.0.on": "soon"}, "f-records-0-on"),
    ],
)
def test_blank_and_contradictory_answers_are_refused(
    clerk: Visitor, services: InProcess, given: dict[str, str], at: str
) -> None:
    shown = clerk.fill(clerk.open(PAGE), **given)
    assert (shown.status, _sent(services)) == (422, [])
    assert f'href="#{at}"' in shown.text


def test_another_departments_enquiry_is_not_there(clerk: Visitor) -> None:
    assert clerk.open(f"/dept/{REAL}/{APPLICATION}/credit").status == 404
    assert clerk.open(f"/dept/{REAL}/another/safety").status == 404


def test_what_is_due_stands_on_the_first_page(clerk: Visitor) -> None:
    page = clerk.open("/dept")
    assert PAGE in page.links
    assert "示例公司" in page.words


def test_a_file_of_answers(clerk: Visitor, services: InProcess) -> None:
    page = clerk.open(f"/dept/{REAL}/answers/safety")
    assert clerk.fill(page).status == 422
    kept = dict(page.form()["fields"])
    shown = clerk.client.post(
        page.address,
        base_url="https://localhost",
        data={**kept, "file": (io.BytesIO(b"reference"), "答复.csv")},
    )
    assert shown.status_code == 200
    sent = next(call.data for call in services.calls if call.operation == "intake.take_batch")
    assert (sent["file_name"], sent["content"]) == ("答复.csv", "cmVmZXJlbmNl")


@pytest.mark.parametrize("pages", [departments, office])
def test_a_file_as_large_as_the_pages_take_fits_into_the_message(pages: Any) -> None:
    """Whoever is not told so on the page would be told of a field that the page does not have."""
    content = base64.b64encode(bytes(pages._LARGEST)).decode()
    sent = {"cycle_id": REAL, "department": "safety", "file_name": "答复.csv", "content": content}
    assert load(operation("intake", "take_batch").request(), sent)["content"] == content


def test_a_completed_cycle_still_asks(tmp_path: Path) -> None:
    """Before a grant is paid the records are looked up once more; the cycle is completed then."""

    def completed(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        reply = said(service, method, data, context)
        if method == "cycles":
            reply["cycles"][0] |= {"state": "completed"}
        return reply

    page = Visitor(make_bench(tmp_path, InProcess(completed)), "department_clerk").open("/dept")
    assert PAGE in page.links

"""Departments asked by every channel at once, by the documented API with real processes."""

from __future__ import annotations

import base64
import csv
import io
from typing import Any

import pytest

from tests.end_to_end.intake.conftest import City, until

pytestmark = pytest.mark.e2e

CODE = "91330100MA2XY50039"
RULEBOOK = "changning-2023"  # the one whose departments are asked by every channel
PENALTY = {"kind": "administrative_penalty", "on": "2019-03-01", "severity": None, "liable": None}


def _enquiry(city: City, application: str, department: str) -> dict[str, Any]:
    found = city.office.ok("GET", f"/applications/{application}/enquiries")["enquiries"]
    (one,) = [each for each in found if each["department"] == department]
    return dict(one)


def _filled_in(content: bytes, **columns: str) -> bytes:
    """A batch file sent back: the same lines, each with an answer."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows({**row, **columns} for row in rows)
    return out.getvalue().encode("utf-8")


def test_every_channel_brings_its_answer_and_silence_is_chased(city: City) -> None:
    """HTTP answers at once; a silent department stays in the office's queue, is reminded, and answers when it is well again;
    a file and a clerk answer theirs; a second answer is kept and changes nothing.
    """
    office, anna = city.office, city.person("anna", "applicant")
    cycle = city.open_cycle(RULEBOOK)
    city.departments_know(cycle, {CODE: {"credit": [PENALTY]}}, {"quality": {"down": True}})
    body = {"name": "示例精密仪器有限公司", "kind": "organization"}
    application = str(anna.ok("POST", f"/cycles/{cycle}/applications", body)["application_id"])
    anna.ok("PATCH", f"/applications/{application}", {"revision": 1, "parts": {"uscc": CODE}})
    line = anna.ok("POST", f"/applications/{application}/submission")
    office.ok("POST", f"/applications/{application}/acceptance", {"digest": line["receipt"]})

    credit = until(
        "credit answers",
        lambda: (one := _enquiry(city, application, "credit"))["state"] == "answered" and one,
    )
    assert credit["records"] == [PENALTY]
    until("quality is silent", lambda: _enquiry(city, application, "quality")["state"] == "silent")
    until("quality is reminded", lambda: _enquiry(city, application, "quality")["reminders"] >= 1)
    queue = office.ok("GET", f"/cycles/{cycle}/enquiries?state=silent")["enquiries"]
    assert [(one["application_id"], one["department"]) for one in queue] == [(application, "quality")]
    pending = f"/cycles/{cycle}/enquiries?state=pending"
    people = {"public_health", "food_drug"}  # who wait for them; the others come to an end by themselves
    until(
        "all are heard that need nobody",
        lambda: {one["department"] for one in office.ok("GET", pending)["enquiries"]} == people,
    )
    listed = office.ok("GET", f"/cycles/{cycle}/applications?missing=departments")
    assert listed["applications"][0]["departments_unanswered"] == 3

    batch = office.ok("GET", f"/cycles/{cycle}/enquiries/public_health/batch?format=csv")
    answered = _filled_in(base64.b64decode(batch["content"]), 答复结果="无记录", 答复文号="示例卫函1号")
    sent = {"file_name": "answers.csv", "content": base64.b64encode(answered).decode()}
    for outcome in ("accepted", "answered_already"):
        report = office.ok("POST", f"/cycles/{cycle}/enquiries/public_health/batch", sent)
        assert [one["outcome"] for one in report["lines"]] == [outcome]
    assert _enquiry(city, application, "public_health")["records"] == []

    clerk = city.person("wu", "department_clerk", "food_drug")
    (mine,) = clerk.ok("GET", f"/cycles/{cycle}/my-enquiries")["enquiries"]
    answer = {"reference": mine["reference"], "uscc": CODE, "no_records": True, "evidence": "示例药函1号"}
    stranger = {**answer, "uscc": "91310105MAXY50013E"}
    path = f"/applications/{application}/enquiries"
    assert clerk.ok("POST", f"{path}/food_drug/answer", stranger)["outcome"] == "other_organization"
    assert clerk.ok("POST", f"{path}/food_drug/answer", answer)["outcome"] == "taken"
    assert clerk("POST", f"{path}/public_health/answer", answer).status_code == 404

    city.departments_know(cycle, {CODE: {"credit": [PENALTY]}})
    office("POST", f"{path}/quality")  # pressed; where the clock was quicker it is asked already
    until("quality answers", lambda: _enquiry(city, application, "quality")["state"] == "answered")
    history = office.ok("GET", path)["history"]
    assert {(one["department"], one["channel"]) for one in history if one["outcome"] == "taken"} == {
        ("credit", "http"), ("quality", "http"), ("safety", "http"), ("environment", "http"),
        ("public_health", "batch"), ("food_drug", "clerk"),
    }  # fmt: skip
    outcomes = {one["outcome"] for one in history}
    assert {"asked", "taken", "silent", "second", "other_organization"} <= outcomes
    listed = office.ok("GET", f"/cycles/{cycle}/applications?missing=departments")
    assert listed["applications"] == []
    standing = {one["department"]: one["channel"] for one in office.ok("GET", "/departments")["departments"]}
    assert (standing["public_health"], standing["food_drug"], standing["credit"]) == (
        "batch",
        "clerk",
        "http",
    )

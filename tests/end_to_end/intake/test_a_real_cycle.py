"""A real application's way through intake, by the documented API alone: from the form to the departments' answers."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.end_to_end.intake.conftest import RULEBOOK, City, Person, until

pytestmark = pytest.mark.e2e

CODE = "91330100MA2XY50039"


def _drafted(cycle: str, who: Person) -> str:
    body = {"name": "示例精密仪器有限公司", "kind": "organization"}
    return str(who.ok("POST", f"/cycles/{cycle}/applications", body)["application_id"])


def test_from_the_form_to_the_departments_answers(city: City, cycle: str) -> None:
    """Two people fill in what the rulebook asks, the check says what is missing, the office signs, departments are asked."""
    office = city.office
    anna, ben = city.person("anna", "applicant"), city.person("ben", "applicant")
    form = anna.ok("GET", f"/rulebooks/{RULEBOOK}/form?kind=organization")
    assert "facts.region" in {part["name"] for part in form["facts"]}
    draft = _drafted(cycle, anna)
    path = f"/applications/{draft}"

    check = anna.ok("GET", f"{path}/check")
    assert not check["ready"]
    assert "uscc" in {fault["field"] for fault in check["faults"]}
    assert "facts.region" in {part["name"] for part in form["facts"] if part["needed"]}

    code = anna.ok("POST", f"{path}/invitations", {"role": "editor"})["code"]
    assert ben("GET", f"{path}/draft").status_code == 404
    ben.ok("POST", "/invitations/acceptance", {"code": code})
    saved = anna.ok("PATCH", path, {"revision": 1, "parts": {"uscc": CODE}})
    merged = ben.ok("PATCH", path, {"revision": 1, "parts": {"facts.region": "杭州市西湖区"}})
    assert merged["revision"] == saved["revision"] + 1
    told = ben("PATCH", path, {"revision": 1, "parts": {"uscc": "91330100MA2XY50"}})
    assert (told.status_code, told.json()["code"]) == (409, "changed_meanwhile")

    assert ben("POST", f"{path}/submission").status_code == 403
    line = anna.ok("POST", f"{path}/submission")
    assert line["status"] == "submitted"
    receipt = office.ok("GET", f"{path}/receipt")
    dossier = receipt["submissions"][0]["dossier"]
    written = json.dumps(dossier, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert line["receipt"] == "sha256:" + hashlib.sha256(written.encode()).hexdigest()

    assert office.ok("POST", f"{path}/acceptance", {"digest": line["receipt"]})["status"] == "in_progress"
    enquiries = f"/cycles/{cycle}/enquiries?application_id={draft}"
    asked = until(
        "all departments answer",
        lambda: [
            found
            for found in [office.ok("GET", enquiries)["enquiries"]]
            if found and all(one["state"] == "answered" for one in found)
        ],
    )[0]
    assert {one["department"] for one in asked} == set(
        anna.ok("GET", f"/rulebooks/{RULEBOOK}")["departments"]
    )


def test_what_is_not_yours_is_not_there(city: City, cycle: str) -> None:
    """Another applicant gets the same answer for what exists and for what does not, whatever it asks."""
    anna, eve = city.person("anna", "applicant"), city.person("eve", "applicant")
    draft = _drafted(cycle, anna)
    for verb, path, body in (
        ("GET", "", None),
        ("GET", "/draft", None),
        ("GET", "/check", None),
        ("GET", "/people", None),
        ("GET", "/receipt", None),
        ("PATCH", "", {"revision": 1, "parts": {"name": "别人"}}),
        ("POST", "/submission", None),
        ("POST", "/withdrawal", None),
        ("POST", "/invitations", {"role": "reader"}),
        ("PUT", "/people/anna", {"role": None}),
    ):
        answers = [eve(verb, f"/applications/{which}{path}", body) for which in (draft, "0" * 32)]
        assert [answer.status_code for answer in answers] == [404, 404], (verb, path)
        told = [answer.json() for answer in answers]
        for problem in told:
            del problem["request_id"]
        assert told[0] == told[1]
    listed = eve.ok("GET", f"/cycles/{cycle}/applications")["applications"]
    assert listed == []

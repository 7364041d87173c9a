"""A real cycle's reviews, with visits, by the documented API alone; and then what everybody reads of them: the office its drafts,
each applicant its own report, the public the digest.
"""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import requests
from docx import Document
from pypdf import PdfReader

from shared.calendar import work_calendar
from tests.end_to_end.intake import reviewing
from tests.end_to_end.intake.award import Award
from tests.end_to_end.intake.conftest import City, Person

pytestmark = pytest.mark.e2e

EXPERTS = ("F1", "F2", "F3")
SITE = "site_review"


def _anonymous(city: City, path: str) -> requests.Response:
    return requests.get(f"{city.stack.gateway_url}/api/v1{path}", timeout=30)


def _visited(award: Award, applications: list[str]) -> None:
    """The site review: a team, a plan that is released, an issue closed on site, the visits ended, sheets, the joint score."""
    stage = f"{award.path}/stages/{SITE}"
    award.arrive(SITE)
    members = {who.name: who for who in reviewing.seat(award.city, award.cycle, SITE)}
    award.begin(SITE)
    day = work_calendar().next_working_day(award.city.today())
    award.office.ok("PUT", f"{stage}/visits", {"days": [day.isoformat()], "halves": 1})
    visits = award.office.ok("POST", f"{stage}/visits/release")["visits"]
    assert {visit["application_id"] for visit in visits} == set(applications)
    leaders = {visit["application_id"]: members[visit["leader"]] for visit in visits}
    first = f"{stage}/visits/{applications[0]}"
    leaders[applications[0]].ok("POST", f"{first}/issues", {"item": "4.2", "question": "核实培训记录"})
    assert leaders[applications[0]]("POST", f"{first}/close", {}).status_code == 409
    award.travel(day)
    found = {"number": 1, "finding": "confirmed", "evidence": "查阅近三年记录"}
    leaders[applications[0]].ok("POST", f"{first}/findings", found)
    for application, leader in leaders.items():
        leader.ok("POST", f"{stage}/visits/{application}/close", {})
    reviewing.score(award.cycle, SITE, list(members.values()), dict.fromkeys(applications, 75))
    for application, leader in leaders.items():
        others = [{"expert_id": name, "assents": True} for name in members if name != leader.name]
        joint = {"percent": "75", "rationale": "合议一致", "members": others}
        leader.ok("PUT", f"{stage}/visits/{application}/joint-score", joint)
    award.close(SITE)


def _nothing(award: Award, who: Person, application: str) -> None:
    """Before the release there is nothing, in lists and in files, as of an application that does not exist."""
    assert who.ok("GET", f"{award.path}/my-feedback")["reports"] == []
    for tail in ("", "/report.docx", "/report.pdf"):
        answers = [who("GET", f"{award.path}/my-feedback/{one}{tail}") for one in (application, "0" * 32)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert len({answer.json()["detail_zh"] for answer in answers}) == 1
    assert who("GET", f"{award.path}/feedback").status_code == 403


def _readable(answer: requests.Response, form: str) -> str:
    """The words of a file, without blanks: a line may be broken anywhere."""
    assert answer.status_code == 200, answer.text
    if form == "pdf":
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    else:
        body = Document(io.BytesIO(answer.content)).element.body
        text = "".join(node.text or "" for node in body.iter() if node.tag.endswith("}t"))
    return "".join(text.split())


def _edited(award: Award, application: str) -> None:
    """A text that names a reviewer keeps all reports back; put otherwise it does not."""
    path = f"{award.path}/feedback/{application}"
    state = award.office.ok("GET", path)
    points: list[dict[str, Any]] = state["report"]["points"]
    named = {"summary": "专家F1 认为体系完整", "points": points, "revision": state["revision"]}
    state = award.office.ok("PUT", path, named)
    assert {warning["field"] for warning in state["warnings"]} == {"summary"}
    refused = award.office("POST", f"{award.path}/feedback/release")
    assert (refused.status_code, refused.json()["code"]) == (422, "identity_in_text")
    award.office.ok("PUT", path, {**named, "summary": "体系完整", "revision": state["revision"]})


def test_applicants_and_the_public_read_what_a_real_review_came_to(city: City) -> None:
    """Nothing before the release; then each applicant its own report, twice the same file, without a reviewer; the public the
    digest without signing in, in which so few are told of nothing.
    """
    award = Award(city, city.open_cycle(), experts=EXPERTS)
    applications = [award.apply(name) for name in ("fern", "gorse")]
    fern, gorse = (city.person(name, "applicant") for name in ("fern", "gorse"))
    award.to_the_first_review(applications)
    early = award.office("POST", f"{award.path}/feedback", {})
    assert (early.status_code, early.json()["code"]) == (409, "review_running")
    _visited(award, applications)

    assert award.office.ok("POST", f"{award.path}/feedback", {}) == {"gathered": 2, "kept": 0}
    _edited(award, applications[0])
    _nothing(award, fern, applications[0])
    for tail in ("", ".docx", ".pdf"):
        assert _anonymous(city, f"{award.path}/digest{tail}").status_code == 404
    assert award.office.ok("POST", f"{award.path}/feedback/release") == {"released": 2}

    mine = f"{award.path}/my-feedback/{applications[0]}"
    assert [line["application_id"] for line in fern.ok("GET", f"{award.path}/my-feedback")["reports"]] == [
        applications[0]
    ]
    report = fern.ok("GET", mine)
    assert {line["percent"] for line in report["categories"]} == {75}
    assert date.fromisoformat(report["made_on"]) == city.today()
    for form in ("docx", "pdf"):
        file = fern("GET", f"{mine}/report.{form}")
        text = _readable(file, form)
        assert "体系完整" in text
        assert reviewing.WORDS["improvements"] in text
        for secret in (*EXPERTS, "专家F", reviewing.WORDS["rationale"], "核实培训记录", "合议一致"):
            assert secret not in text
        assert fern("GET", f"{mine}/report.{form}").content == file.content
        assert gorse("GET", f"{mine}/report.{form}").status_code == 404
    fern.ok("POST", f"{mine}/answer", {"version": 1, "comment": "已收到，将据此改进。"})
    answer = award.office.ok("GET", f"{award.path}/feedback/{applications[0]}")["answer"]
    assert answer["comment"] == "已收到，将据此改进。"

    texts = [{"item": "", "zh": "结果普遍缺少与标杆的对比。"}]
    award.office.ok("POST", f"{award.path}/digest", {"texts": texts})
    digest = _anonymous(city, f"{award.path}/digest")
    assert digest.status_code == 200
    assert [group["categories"] for group in digest.json()["groups"]] == [[]]
    for form in ("docx", "pdf"):
        text = _readable(_anonymous(city, f"{award.path}/digest.{form}"), form)
        assert "结果普遍缺少与标杆的对比" in text
        assert "fern" not in text

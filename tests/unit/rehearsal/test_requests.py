"""What is sent: drafts, experts, objections, the departments' world."""

from __future__ import annotations

from deploy.rehearsal.bodies import draft_body, expert_body, objection_body
from deploy.rehearsal.reach import records_by_code
from deploy.rehearsal.scenario import Expert, Objection, build
from deploy.rehearsal.stubs import world
from tests.unit.rehearsal.files import BASE, CODES, changed

PENALTY = {"kind": "administrative_penalty", "on": "2024-01-05"}


def test_a_draft() -> None:
    """Facts as they are, one indicator as a list of one; category and number only where they count."""
    content = changed("applicants/anna/facts/leading_indicators", "第 1 位")
    content["applicants"]["anna"] |= {"id_number": "11010519491231002X", "nominated_by": "某局"}
    anna = build(content).applicants["anna"]
    body = draft_body(anna, "economic", ["proofs"])
    assert body["facts"]["leading_indicators"] == ["第 1 位"]
    assert (body["category"], body["nominated_by"], body["materials"]) == ("economic", "某局", ["proofs"])
    assert "id_number" not in body
    assert "category" not in draft_body(anna, None, [])


def test_an_experts_interests_name_applications() -> None:
    """Handles are the file's own; the system knows applications."""
    expert = Expert("E1", "范景行", True, CODES[0], ("anna",), ("ben",))
    assert expert_body(expert, {"anna": "a1", "ben": "b2"}) == {
        "expert_id": "E1", "name": "范景行", "industry_expert": True, "employer": CODES[0],
        "advises": ["a1"], "kin_of": ["b2"],
    }  # fmt: skip
    assert expert_body(Expert("E2"), {}) == {
        "expert_id": "E2", "industry_expert": False, "advises": [], "kin_of": []
    }  # fmt: skip


def test_who_objects() -> None:
    """A name with a number, nobody, or the office itself."""
    by = {"name": "王芳", "id_number": "11010519491231002X"}
    for given, source, sent in (
        (by, "public", by),
        ("anonymous", "public", None),
        ("office", "office", None),
    ):
        body = objection_body(Objection("anna", "award", given, True), "a1")
        assert (body["source"], body["by"], body["application_id"]) == (source, sent, "a1")


def test_records_of_one_code_add_up_in_the_departments_world() -> None:
    """Given at several applicants with one code, they are that code's; faults name applications."""
    content = changed("applicants/anna/records", {"credit": [PENALTY]})
    content["applicants"]["ben"] |= {"uscc": CODES[0], "records": {"credit": [PENALTY], "labour": []}}
    content["departments"] = {"credit": {"fail_first": 2, "only": ["ben"]}, "safety": {"down": True}}
    scenario = build(content)
    assert records_by_code(scenario) == {CODES[0]: {"credit": [PENALTY, PENALTY], "labour": []}}
    assert world(scenario, {"anna": "a1", "ben": "b2"})["faults"] == {
        "credit": {"fail_first": 2, "down": False, "only": ["b2"]},
        "safety": {"fail_first": 0, "down": True},
    }
    assert world(build(BASE), {})["faults"] == {}

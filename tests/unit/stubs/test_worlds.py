"""The stub departments without a network: worlds, faults, signatures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.stubs.server import Departments
from deploy.stubs.signatures import SIGNATURE, TIMESTAMP, WINDOW, refusal, signed
from deploy.stubs.worlds import NoAnswer, Worlds, WrongWorld
from shared.clock import SystemClock
from shared.signatures.requests import sign

CODE, OTHER = "91310105MAXY50013E", "91310105MAXY500219"
PENALTY = {"kind": "administrative_penalty", "on": "2024-01-05"}
SECRET = "secret"


def _worlds(**content: Any) -> Worlds:
    worlds = Worlds()
    worlds.put("w", content)
    return worlds


def test_records_belong_to_code_and_department() -> None:
    """What is held of one code in one department says nothing of another."""
    worlds = _worlds(records={CODE: {"labour": [PENALTY]}})
    assert worlds.ask("w", "labour", "a", CODE) == [PENALTY]
    assert worlds.ask("w", "credit", "a", CODE) == []
    assert worlds.ask("w", "labour", "a", OTHER) == []


def test_the_first_enquiries_fail_whoever_asks() -> None:
    """fail_first counts a department's enquiries, not those of one applicant."""
    worlds = _worlds(faults={"credit": {"fail_first": 2}})
    for reference in ("a", "b"):
        with pytest.raises(NoAnswer):
            worlds.ask("w", "credit", reference, CODE)
    assert worlds.ask("w", "credit", "a", CODE) == []
    assert worlds.ask("w", "safety", "a", CODE) == []


def test_a_fault_counts_those_only_that_it_concerns() -> None:
    """Enquiries of the others are answered and do not use the fault up."""
    worlds = _worlds(faults={"credit": {"fail_first": 1, "only": ["a"]}})
    assert worlds.ask("w", "credit", "b", CODE) == []
    with pytest.raises(NoAnswer):
        worlds.ask("w", "credit", "a", CODE)
    assert worlds.ask("w", "credit", "a", CODE) == []


def test_down_is_for_ever() -> None:
    """However often it is asked."""
    worlds = _worlds(faults={"credit": {"down": True, "fail_first": 1}})
    for _ in range(5):
        with pytest.raises(NoAnswer):
            worlds.ask("w", "credit", "a", CODE)


def test_worlds_are_apart() -> None:
    """One rehearsal's records and faults are not another's; of an unknown one nothing is said, unless it is blank."""
    worlds = _worlds(records={CODE: {"labour": [PENALTY]}})
    worlds.put("v", {})
    assert worlds.ask("v", "labour", "a", CODE) == []
    with pytest.raises(NoAnswer):
        worlds.ask("nowhere", "labour", "a", CODE)
    assert Worlds(blank=True).ask("nowhere", "labour", "a", CODE) == []


def test_the_same_world_again_changes_nothing(tmp_path: Path) -> None:
    """A command that was sent twice does not start the failures anew; another world does. Both outlive the process."""
    worlds = Worlds(tmp_path)
    faults = {"faults": {"credit": {"fail_first": 1}}}
    worlds.put("w", faults)
    with pytest.raises(NoAnswer):
        worlds.ask("w", "credit", "a", CODE)
    worlds.put("w", faults)
    assert worlds.ask("w", "credit", "a", CODE) == []
    assert Worlds(tmp_path).ask("w", "credit", "a", CODE) == []
    worlds.put("w", {"faults": {"credit": {"fail_first": 2}}})
    with pytest.raises(NoAnswer):
        worlds.ask("w", "credit", "a", CODE)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {"surprise": {}},
        {"records": []},
        {"records": {CODE: {"astrology": []}}},
        {"records": {CODE: {"credit": {}}}},
        {"records": {CODE: {"credit": [{"kind": "gossip", "on": "2024-01-05"}]}}},
        {"records": {CODE: {"credit": [{"kind": "accident"}]}}},
        {"faults": {"astrology": {}}},
        {"faults": {"credit": {"down": "yes"}}},
        {"faults": {"credit": {"fail_first": True}}},
        {"faults": {"credit": {"fail_first": -1}}},
        {"faults": {"credit": {"only": "a"}}},
        {"faults": {"credit": {"only": [1]}}},
        {"faults": {"credit": {"surprise": 1}}},
    ],
)
def test_a_malformed_world_is_refused(content: Any) -> None:
    """A rehearsal on records that nobody meant would prove nothing."""
    with pytest.raises(WrongWorld):
        Worlds().put("w", content)


@pytest.mark.parametrize("name", ["", "..", "a/b", "a" * 65])
def test_a_worlds_name_is_no_path(name: str) -> None:
    """Names become file names."""
    with pytest.raises(WrongWorld):
        Worlds().put(name, {})


NOW = 1_700_000_000.0


def _refusal(**changes: Any) -> str | None:
    headers = signed(SECRET, NOW, "POST", "/x", b"body")
    given: dict[str, Any] = {
        "timestamp": headers[TIMESTAMP], "given": headers[SIGNATURE], "method": "POST", "path": "/x", "body": b"body",
    }  # fmt: skip
    return refusal(SECRET, changes.pop("now", NOW), **(given | changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"now": NOW + WINDOW}, None),
        ({"now": NOW - WINDOW}, None),
        ({"now": NOW + WINDOW + 1}, "signed at another time"),
        ({"now": NOW - WINDOW - 1}, "signed at another time"),
        ({"body": b"another"}, "wrong signature"),
        ({"path": "/y"}, "wrong signature"),
        ({"method": "PUT"}, "wrong signature"),
        ({"given": "v1=00"}, "wrong signature"),
        ({"given": "é"}, "wrong signature"),
        ({"given": None}, "not signed"),
        ({"timestamp": None}, "not signed"),
        ({"timestamp": "now"}, "no time"),
        ({"timestamp": "１７"}, "no time"),
        ({"timestamp": "-1"}, "no time"),
    ],
)
def test_signatures_bind_time_method_path_and_body(changes: dict[str, Any], reason: str | None) -> None:
    """Any change, or another time than now, and it is refused with the reason."""
    assert _refusal(**changes) == reason


def test_both_sides_read_the_specification_alike() -> None:
    """The signature that intake makes is the one that departments expect."""
    expected = signed(SECRET, NOW, "POST", "/departments/credit/enquiries", "问".encode())[SIGNATURE]
    assert sign(SECRET, int(NOW), "post", "/departments/credit/enquiries", "问".encode()) == expected


def test_intake_never_signs_with_nothing() -> None:
    """An empty secret would sign for anybody."""
    with pytest.raises(ValueError):
        sign("", 0, "POST", "/", b"")


def _answer(departments: Departments, method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = signed(SECRET, SystemClock().now().timestamp(), method, path, raw)
    return departments.answer(method, path, headers, raw)


ENQUIRY = {"reference": "a", "cycle_id": "w", "uscc": CODE, "name": "示例", "purpose": "qualification"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/worlds/w", {}, 200),
        ("PUT", "/worlds/w", {"faults": 1}, 422),
        ("PUT", "/worlds/w", b"\xff", 422),
        ("GET", "/worlds/w", b"", 200),
        ("GET", "/worlds/v", b"", 404),
        ("POST", "/departments/credit/enquiries", ENQUIRY, 200),
        ("POST", "/departments/credit/enquiries", ENQUIRY | {"cycle_id": "v"}, 503),
        ("POST", "/departments/credit/enquiries", ENQUIRY | {"uscc": 1}, 400),
        ("POST", "/departments/credit/enquiries", {"reference": "a"}, 400),
        ("POST", "/departments/credit/enquiries", [], 400),
        ("POST", "/departments/astrology/enquiries", ENQUIRY, 404),
        ("GET", "/departments/credit/enquiries", b"", 404),
        ("GET", "/", b"", 404),
    ],
)
def test_what_is_answered(method: str, path: str, body: Any, status: int) -> None:
    """Each request gets its own status, and a body that says why."""
    worlds = Worlds()
    worlds.put("w", {})
    assert _answer(Departments(worlds, SystemClock(), SECRET), method, path, body)[0] == status


def test_an_answer_says_whose_it_is() -> None:
    """Reference and code come back, with evidence that is the same for the same records."""
    departments = Departments(_worlds(records={CODE: {"credit": [PENALTY]}}), SystemClock(), SECRET)
    path = "/departments/credit/enquiries"
    _, first = _answer(departments, "POST", path, ENQUIRY)
    _, again = _answer(departments, "POST", path, ENQUIRY)
    assert (first["reference"], first["uscc"], first["records"]) == ("a", CODE, [PENALTY])
    assert first["evidence"] == again["evidence"]


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes_need_no_signature(path: str) -> None:
    """A supervisor asks without a secret."""
    assert Departments(Worlds(), SystemClock(), SECRET).answer("GET", path, {}, b"")[0] == 200

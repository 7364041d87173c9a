"""A result is read whole or refused with everything that is wrong with it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deploy.decisions.reading import Applicant, parse, read
from deploy.rehearsal.faults import WrongFile
from deploy.rehearsal.result import assemble
from deploy.rehearsal.scenario import build
from tests.unit.decisions.results import application, data, finding, result
from tests.unit.rehearsal.files import BASE
from tests.unit.rehearsal.test_result import ANSWERS, BOOK, IDS


def _faults(content: Any) -> list[str]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(WrongFile) as wrong:
        parse(raw, "r.json")
    return [str(fault) for fault in wrong.value.faults]


def test_what_the_player_writes_can_be_read() -> None:
    """The schema is that of the results which are really made."""
    made = assemble(build(BASE), BOOK, IDS, ANSWERS, ["a note"])
    found = parse(json.dumps(made).encode(), "r.json")
    assert found.applications["anna"].scores == {
        "document_review": Decimal("86.0"),
        "site_review": Decimal("88.33"),
    }
    assert found.applications["anna"].granted_yuan == 50_020
    assert found.applications["anna"].kept_yuan == 50_010
    assert found.applications["ben"].findings[0].confirmed is False
    assert (found.notes, found.audit_entries, found.blocked) == (("a note",), 7, None)
    assert found.applicant("anna").name == "示例公司"


def test_results_that_say_less_are_read_too() -> None:
    """Without names, days, hash, receipts and English reasons: handles stand for names."""
    content = data({"anna": application(findings=[finding("16.1", "x")])})
    for key in ("applicants", "cycle", "rulebook_sha256", "receipts", "notes"):
        del content[key]
    found = parse(json.dumps(content).encode(), "r.json")
    assert found.applicant("anna") == Applicant("anna")
    assert (found.cycle, found.rulebook_sha256, found.applications["anna"].findings[0].reason_en) == (
        None,
        None,
        None,
    )


def test_every_fault_is_named_with_its_path() -> None:
    """In both languages, and no key that is not known is one of them."""
    content = data({"anna": application(status="famous", clawback_yuan="1"), "Ben": application()})
    content["more"] = 1
    del content["totals"]
    listed = _faults(content)
    assert any("applications.anna.status" in fault and "只能是" in fault for fault in listed)
    assert any("applications.anna.clawback_yuan" in fault for fault in listed)
    assert any("totals" in fault for fault in listed)
    assert any("Ben" in fault for fault in listed)
    assert not any("more" in fault for fault in listed)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "JSON"),
        (b"\xff\xfe\x00", "r.json"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b"[" * 100_000, "r.json"),
        (b"[]", "r.json"),
    ],
)
def test_what_is_no_result_is_refused(raw: bytes, said: str) -> None:
    """No trace of ours in it, whatever it is."""
    assert any(said in fault for fault in _faults(raw))


def test_names_that_would_leave_the_folder_are_refused() -> None:
    """Scenario and rulebook name the files that are written."""
    for key in ("scenario", "rulebook"):
        assert any(key in fault for fault in _faults(data({}, **{key: "../up"})))


def test_a_day_that_does_not_exist() -> None:
    """Refused, not guessed."""
    (fault,) = _faults(data({"anna": application(banned_until="2025-02-30")}))
    assert "没有这一天" in fault


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Said with its name."""
    with pytest.raises(WrongFile, match=r"none\.json"):
        read(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({"outcome": "pass"}, "clear"),
        ({"outcome": "not_applicable"}, "clear"),
        ({"outcome": "fail"}, "fails"),
        ({"outcome": "missing"}, "fails"),
        ({"outcome": "awaiting"}, "awaiting"),
        ({"outcome": "needs_judgement", "confirmed": True}, "clear"),
        ({"outcome": "needs_judgement", "confirmed": None}, "clear"),
        ({"outcome": "needs_judgement", "confirmed": False}, "fails"),
    ],
)
def test_what_stands_in_the_way(changes: dict[str, Any], standing: str) -> None:
    """A rejected judgement fails like a condition that is not met; silence holds up and fails nothing."""
    read_back = result({"anna": application(findings=[finding("1", "x", **changes)])})
    assert read_back.applications["anna"].findings[0].standing == standing


def test_the_last_day_that_concerns_somebody() -> None:
    """An order, a notice that lists it, or the end of the call; never what befell others."""
    order = {"order": "correct_title_use", "on": "2025-11-24", "rule": "33"}
    lines = {"anna": application(orders=[order]), "ben": application(), "carl": application("late")}
    listed = data(lines)["notices"]
    listed[0]["listed"] = ["anna", "ben"]
    found = result(lines, notices=listed)
    assert [found.day_of(handle) for handle in lines] == [
        date(2025, 11, 24),
        date(2025, 6, 23),
        date(2025, 6, 13),
    ]
    assert found.last_day == date(2025, 11, 24)

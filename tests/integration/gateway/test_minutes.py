"""The minutes as files over HTTP: who gets them, and what they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.gateway.feedback import DOCX, PDF
from services.gateway.routes import PREFIX
from tests.support.gateway import REAL, Bench, InProcess, make_bench


@pytest.fixture
def services() -> InProcess:
    return InProcess()


@pytest.fixture
def bench(tmp_path: Path, services: InProcess) -> Iterator[Bench]:
    bench = make_bench(tmp_path, services)
    yield bench
    bench.store.close()


@pytest.mark.parametrize(("ending", "kind", "magic"), [("docx", DOCX, b"PK"), ("pdf", PDF, b"%PDF-")])
def test_minutes_are_a_file_for_members_and_watchers(
    bench: Bench, services: InProcess, ending: str, kind: str, magic: bytes
) -> None:
    """The version that was asked for, made from the service's reply; no other role gets one."""
    path = f"{PREFIX}/cycles/{REAL}/minutes.{ending}"
    for role in ("award_office", "committee_member", "discipline", "auditor"):
        reply = bench.client.get(f"{path}?version=1", headers=bench.headers(role))
        assert (reply.status_code, reply.mimetype) == (200, kind)
        assert reply.data.startswith(magic)
        assert f"minutes.{ending}" in reply.headers["Content-Disposition"]
    asked = [call for call in services.calls if call.operation == "committee.minutes"]
    assert {int(call.data["version"]) for call in asked} == {1}
    for role in ("applicant", "finance"):
        assert bench.client.get(path, headers=bench.headers(role)).status_code == 403

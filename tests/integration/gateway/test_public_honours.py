"""What anybody reads of awards over HTTP: the verification, the register, the keys; and a winner its own certificate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from services.gateway.portal.frame import POLICY
from shared.contracts import Context
from shared.problems import NotFound
from tests.support.gateway import REHEARSAL, Bench, InProcess, answered, make_bench

NAME = "<b>示例</b>公司"
ENTRY = {
    "number": "X-2025-1-001", "name": NAME, "kind": "organization", "uscc": None, "rulebook": "x", "year": 2025,
    "title": "示例奖", "level": "示例奖", "track": "组织", "rule": "1", "awarded_on": "2025-07-04",
    "revoked_on": "2026-03-02", "revoked_under": "34",
}  # fmt: skip
SAID = {
    "genuine": True, "standing": "revoked", "reason_zh": "证书真实，但该奖已撤销", "reason_en": "revoked", "key_id": "k",
    "algorithm": "ed25519", "revoked_on": "2026-03-02",
    "certificate": {name: ENTRY[name] for name in ("number", "name", "title", "level", "track", "year", "awarded_on")},
}  # fmt: skip
KEY = {"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "k"}


def _eligibility(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    if method == "verify_certificate":
        return SAID
    if method == "award_register":
        return {"entries": [ENTRY], "total": 2, "next": "2025-07-04~a&b"}
    if method == "certificate_keys":
        return {"keys": [KEY]}
    if method == "certificate" and context.actor == "stranger":
        raise NotFound("没有这份申报", "no such application")
    reply = answered(service, method, data, context)
    return reply | {"cycle_id": REHEARSAL, "revoked_on": None} if method == "certificate" else reply


@pytest.fixture
def services() -> InProcess:
    return InProcess(_eligibility)


@pytest.fixture
def bench(tmp_path: Path, services: InProcess) -> Iterator[Bench]:
    bench = make_bench(tmp_path, services)
    yield bench
    bench.store.close()


def test_the_verification_page(bench: Bench, services: InProcess) -> None:
    """A form without an answer at first; then how the certificate stands, escaped, with no script."""
    empty = bench.client.get("/verify")
    assert (empty.status_code, services.calls) == (200, [])
    page = bench.client.get("/verify", query_string={"c": "ZHC1.e30.AA"})
    text = page.get_data(as_text=True)
    assert page.headers["Content-Security-Policy"] == POLICY
    assert "已撤销" in text
    assert "2026年3月2日" in text
    assert "<b>" not in text
    assert "<script>" not in text
    assert services.calls[-1].data == {"text": "ZHC1.e30.AA"}
    assert services.calls[-1].context.role == "public"


def test_the_register_page(bench: Bench, services: InProcess) -> None:
    """What is filled in is asked for; the revoked are marked; the next page keeps the filter."""
    page = bench.client.get("/awards", query_string={"name": "示例 & co", "year": "2025"})
    text = page.get_data(as_text=True)
    assert services.calls[-1].data == {"name": "示例 & co", "year": 2025}
    assert "已撤销" in text
    assert "name=%E7%A4%BA%E4%BE%8B+%26+co&amp;year=2025&amp;after=2025-07-04~a%26b" in text
    wrong = bench.client.get("/awards", query_string={"year": "20x5"})
    assert wrong.status_code == 422
    assert wrong.mimetype == "text/html"


def test_the_keys_are_at_a_well_known_address(bench: Bench) -> None:
    """As a JWK set, for whoever verifies offline."""
    answer = bench.client.get("/.well-known/certificate-keys.json")
    assert (answer.status_code, answer.get_json()) == (200, {"keys": [KEY]})


def test_everybody_verifies_by_the_api(bench: Bench) -> None:
    """Without a sign-in."""
    answer = bench.client.get("/api/v1/certificates/verification", query_string={"text": "ZHC1.e30.AA"})
    assert answer.get_json()["standing"] == "revoked"
    assert bench.client.get("/api/v1/awards").get_json()["total"] == 2


@pytest.mark.parametrize("paper", ["certificate", "plaque"])
def test_a_winner_downloads_its_own(bench: Bench, paper: str) -> None:
    """As PDF, with an entry in the audit log; whom it does not belong to gets nothing, and neither does the public."""
    address = f"/api/v1/applications/a1/certificate/{paper}.pdf"
    answer = bench.client.get(address, headers=bench.headers("applicant"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.get_data().startswith(b"%PDF")
    assert bench.client.get(address).status_code == 401
    assert bench.client.get(address, headers=bench.headers("reviewer")).status_code == 403
    from shared.store import Store

    assert isinstance(bench.store, Store)
    audit = bench.store.tables.audit
    with bench.store.read() as work:
        from sqlalchemy import select

        rows = work.session.execute(select(audit.c.action, audit.c.reason)).all()
    assert [
        (row.action, paper in (row.reason or "")) for row in rows if row.action == "certificate:downloaded"
    ] == [("certificate:downloaded", True)]

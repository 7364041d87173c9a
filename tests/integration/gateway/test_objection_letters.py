"""Letters of objections over HTTP: real files, noted in the audit log; the secret never stands in an address."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader

from services.gateway.routes import ROUTES, spec_of
from tests.support.gateway import Bench, InProcess, make_bench

pytestmark = pytest.mark.integration

ONE = "/api/v1/objections/0199a1b2c3d57e5f8a9b0c1d2e3f4a5c/letters/ruling"
OWN = {"receipt": "2025-5F0C1A2B3D", "secret": "q2Yw0a1c-example-of-a-token-6XkJ9b3q2Y", "letter": "ruling"}


@pytest.fixture
def caller() -> InProcess:
    return InProcess()


@pytest.fixture
def bench(tmp_path: Path, caller: InProcess) -> Iterator[Bench]:
    made = make_bench(tmp_path, caller)
    yield made
    made.store.close()


def test_the_office_takes_a_letter_and_it_is_noted(bench: Bench) -> None:
    """As PDF and as DOCX, with the same words."""
    found = {}
    for form in ("pdf", "docx"):
        got = bench.client.get(f"{ONE}.{form}?to=applicant", headers=bench.headers("award_office"))
        assert (got.status_code, got.headers["Content-Disposition"][:10]) == (200, "attachment")
        found[form] = got.data
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(found["pdf"])).pages)
    words = "".join(paragraph.text for paragraph in Document(io.BytesIO(found["docx"])).paragraphs)
    assert "异议" in text
    assert "异议" in words
    audit = bench.store.tables.audit
    with bench.store.read() as work:
        actions = [row.action for row in work.session.execute(audit.select()).all()]
    assert actions.count("objection_letter:downloaded") == 2


def test_the_objector_takes_one_without_an_account(bench: Bench, caller: InProcess) -> None:
    """And with one it is asked for as nobody, as a file or as data."""
    for role in (None, "applicant"):
        data = bench.client.post(
            "/api/v1/objections/by-receipt/letter", json=OWN, headers=bench.headers(role)
        )
        assert data.status_code == 200
        assert caller.calls[-1].context.actor == "anonymous"
        got = bench.client.post(
            "/api/v1/objections/by-receipt/letter.pdf", json=OWN, headers=bench.headers(role)
        )
        assert (got.status_code, got.data[:5]) == (200, b"%PDF-")
        assert caller.calls[-1].context.actor == "anonymous"


def test_no_secret_stands_in_an_address() -> None:
    for route in ROUTES:
        names = set(spec_of(route).request().fields)
        if names & {"secret", "receipt"}:
            assert route.verb == "POST", route.path

"""Certificates and plaques as pages: what they say, what lies across them, what their code holds."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
import pytest

from services.gateway.certificate_pages import Kind, made
from shared.documents.certificate import qr, write

pytestmark = pytest.mark.unit

SAID: dict[str, Any] = {
    "application_id": "a1", "cycle_id": "c1", "number": "X-2025-1-001", "name": "示例精密制造有限公司", "title": "示例市质量奖",
    "level": "质量奖", "track": "组织", "year": 2025, "awarded_on": "2025-07-04", "title_en": "Example Measures",
    "issuer": "示例市人民政府", "rehearsal": False, "issue": 1, "issued_on": "2025-07-10", "key_id": "k" * 43,
    "algorithm": "ed25519", "token": "ZHC1." + "A" * 300 + "." + "B" * 86, "revoked_on": None,
}  # fmt: skip
URL = "https://awards.example.org"


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    assert len(document) == 1
    width, height = document[0].get_size()
    assert width > height, "landscape"
    found: str = document[0].get_textpage().get_text_range()
    return found


@pytest.mark.parametrize("kind", ["certificate", "plaque"])
def test_the_page_says_what_the_register_says(kind: Kind) -> None:
    """Holder, title, year, number, issuer; the same bytes for the same certificate."""
    pdf = write(made(SAID, kind, URL))
    text = text_of(pdf)
    for said in (
        SAID["name"],
        SAID["title"],
        "2025",
        SAID["number"],
        SAID["issuer"],
        "2025 年 7 月 4 日",
        f"{URL}/verify",
    ):
        assert said in text, said
    assert pdf == write(made(SAID, kind, URL))


@pytest.mark.parametrize(
    ("change", "mark"),
    [({"rehearsal": True}, "演练"), ({"revoked_on": "2026-03-02"}, "已撤销")],
)
def test_what_nobody_may_overlook_lies_across_it(change: dict[str, Any], mark: str) -> None:
    """A rehearsal's and a revoked one say so; a good one says neither."""
    assert mark in text_of(write(made(SAID | change, "certificate", URL)))
    assert mark not in text_of(write(made(SAID, "certificate", URL)))


def test_the_code_holds_the_signed_text() -> None:
    """At the end of the page's address, or alone where the gateway has no address for the public."""
    assert made(SAID, "certificate", URL + "/").scanned == f"{URL}/verify?c={SAID['token']}"
    assert made(SAID, "certificate", "").scanned == SAID["token"]
    assert qr(SAID["token"]) != qr(SAID["token"][:-1] + "C")
    assert qr(SAID["token"]).startswith("<svg")


def test_names_are_never_markup() -> None:
    """What a template would take for its own is shown as it is."""
    name = '#image("/etc/passwd") $x$ *b* @a'
    assert name in text_of(write(made(SAID | {"name": name}, "certificate", URL)))

"""The table of pages in docs/portal.md is the one of the program."""

from __future__ import annotations

from deploy.local.services import ROOT
from services.gateway.portal.pages_matrix import matrix


def test_the_documented_matrix_is_the_programs() -> None:
    text = (ROOT / "docs" / "portal.md").read_text(encoding="utf-8")
    assert text.partition("<!-- pages -->\n")[2] == matrix()

"""Letters as PDF, by the command, read back by pypdf."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

from pypdf import PdfReader

from deploy.local.commands import rulebook
from tests.unit.decisions.results import application, data, findings
from tests.unit.documents.hostile import TYPST
from tests.unit.rulebooks.cases import organization


def _explain(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    rulebook.add(parser)
    options = parser.parse_args(["explain", *arguments])
    code: int = rulebook.run(options)
    return code


def _pages(path: Path) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(path.read_bytes())).pages]


def test_a_refusal_as_pdf_and_docx(tmp_path: Path) -> None:
    """Both files; the PDF names applicant, outcome, article, fact and source, in both languages, and marks every page."""
    found = findings(organization(operating_since="2023-01-16"))
    refused = application(
        "ineligible", stopped_at="qualification", scores={}, findings=found, failing_rules=["16.1"]
    )
    content = data({"anna": refused})
    content["applicants"]["anna"]["name"] = TYPST
    result = tmp_path / "r.json"
    result.write_text(json.dumps(content), encoding="utf-8")
    assert _explain(str(result), "anna", "--out", str(tmp_path), "--lang", "both") == 0
    assert (tmp_path / "small.anna.letter.docx").exists()
    pdf = tmp_path / "small.anna.letter.pdf"
    pages = _pages(pdf)
    text = "".join(pages)
    for wanted in (
        "申报结论告知书", "".join(TYPST.split()), "不符合条件，止于资格审查（第二十一条）", "第十六条（一）：生产经营3年以上",
        "申报主体自述", "部门记录（安全生产、生态环境、质量、公共卫生、食品药品）", "Letteronanapplication", "Article16.1",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert all("演练文书·不是决定" in page for page in pages)
    before = pdf.read_bytes()
    assert _explain(str(result), "anna", "--out", str(tmp_path), "--lang", "both", "--format", "pdf") == 0
    assert pdf.read_bytes() == before

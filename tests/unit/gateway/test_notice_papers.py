"""Notices and proofs as documents: every word of the reply is in them."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date

import pytest

from services.gateway import notice_papers
from shared.documents import Callout, Document, Table, pdf, word
from tests.support.notice_replies import SHA, corrected, correcting, posted, proven

pytestmark = pytest.mark.unit


def _words(document: Document) -> str:
    return str(astuple(document))


def test_a_notice_holds_list_days_extension_and_where_to_object() -> None:
    """What the page shows the paper shows."""
    found = _words(notice_papers.notice(posted()))
    for expected in (
        "示例甲公司", "张三", "一等", "拟获奖名单公示", "2025年6月30日 至 2025年7月7日", "30 June 2025 to 7 July 2025",
        "5 个工作日", "现予公示。", "第二段",
        "机房停电", "2025年7月4日", "须实名。", "010-00000000", SHA,
    ):  # fmt: skip
        assert expected in found


def test_a_list_of_names_has_no_empty_columns() -> None:
    """Before levels are proposed there are none to show."""
    lines = [{"application_id": "a1", "name": "示例", "level": None, "track": None, "digest": SHA}]
    document = notice_papers.notice(posted(lines=lines, extensions=[]))
    (table,) = [block for block in document.parts[0].blocks if isinstance(block, Table)]
    assert (len(table.headings), table.rows) == (2, (("1", "示例"),))


def test_a_rehearsals_notice_says_so() -> None:
    """In a frame, before anything else; a real one has no such frame."""
    (first, *_) = notice_papers.notice(posted(rehearsal=True)).parts[0].blocks
    assert isinstance(first, Callout)
    assert "Rehearsal" in first.text
    assert "Rehearsal" not in _words(notice_papers.notice(posted()))


def test_a_corrected_notice_and_its_correction_name_each_other() -> None:
    """Before anything else; what was posted stays, and every change is told with what stood there before."""
    old, new = notice_papers.notice(corrected()), notice_papers.notice(correcting())
    for document, named in ((old, "2025年7月2日 由公示 award.2 更正"), (new, "更正公示 award")):
        (first, *_) = document.parts[0].blocks
        assert isinstance(first, Callout)
        assert named in first.text
        assert "示例甲公司" in _words(document)
    for expected in ("单位名称有误", "示例甲有限公司", "名称 Name", SHA):
        assert expected in _words(new)
    proof = proven(state="corrected", corrected_by="award.2", corrected_on="2025-07-02")
    assert "award.2" in _words(notice_papers.proof(proof))


def test_the_draft_of_a_correction_is_no_correction_yet() -> None:
    """It says so before anything else, what it would correct, and that no days can be told where a calendar is missing."""
    award, today = ("示例奖", "Example award"), date(2025, 7, 1)
    said = correcting() | {
        "name": "award.2", "notice": "award", "reason": "单位名称有误", "changes": correcting()["correction"]["changes"],
    }  # fmt: skip
    document = notice_papers.correction_draft(said, award, 2025, today)
    (first, second, *_) = document.parts[0].blocks
    assert isinstance(first, Callout)
    assert "未发布" in first.text
    assert isinstance(second, Callout)
    assert "award.2 更正公示 award" in second.text
    assert "示例甲有限公司" in _words(document)
    unknown = said | {"first_day": None, "last_day": None}
    assert "尚未录入" in _words(notice_papers.correction_draft(unknown, award, 2025, today))


def test_a_proof_says_whether_it_holds_and_what_does_not() -> None:
    """The verdict comes first; every fault is named in both languages."""
    whole = _words(notice_papers.proof(proven()))
    assert "Verified" in whole
    assert "待封" in whole
    fault = {"zh": "公示内容与其摘要不符", "en": "the content does not have its digest"}
    broken = _words(notice_papers.proof(proven(intact=False, faults=[fault])))
    assert "Verified" not in broken
    assert fault["zh"] in broken
    assert fault["en"] in broken


@pytest.mark.parametrize("document", [notice_papers.notice(posted()), notice_papers.proof(proven())])
def test_both_forms_can_be_written_and_are_the_same_twice(document: Document) -> None:
    """PDF/A and DOCX."""
    assert pdf.write(document) == pdf.write(document)
    assert pdf.write(document).startswith(b"%PDF")
    assert word.write(document) == word.write(document)

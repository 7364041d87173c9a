"""Notices and proofs as documents: every word of the reply is in them."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from services.gateway import notice_papers
from shared.documents import Callout, Document, Table, pdf, word
from tests.support.notice_replies import SHA, posted, proven

pytestmark = pytest.mark.unit


def _words(document: Document) -> str:
    return str(astuple(document))


def test_a_notice_holds_list_days_extension_and_where_to_object() -> None:
    """What the page shows the paper shows."""
    found = _words(notice_papers.notice(posted()))
    for expected in (
        "示例甲公司", "张三", "一等", "拟获奖名单公示", "2025-06-30 至 2025-07-07", "5 个工作日", "现予公示。", "第二段",
        "机房停电", "2025-07-04", "须实名。", "010-00000000", SHA,
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

"""What must not leak, with data in the tables that could: reports before their release, another's, and who reviewed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import event, select

from services.gateway import feedback_pages
from services.gateway.feedback import written
from services.review import models
from shared.problems import NotFound, Problem
from tests.integration.review.feedback import EXPERTS, ITEMS, Reviewed, every_text

pytestmark = pytest.mark.integration

ME, NOBODY = "applicant/person-a1", "applicant/nobody"
SECRET = "尚未发布的意见"


@pytest.fixture
def cycle(database_url: str) -> Iterator[Reviewed]:
    made = Reviewed(database_url)
    made.everybody(SECRET)
    yield made
    made.desk.close()


def _outcome(cycle: Reviewed, method: str, who: str, **data: Any) -> str:
    """What somebody hears, to the letter: the answer, or the refusal with all its words."""
    try:
        return json.dumps(cycle.do(method, who, **data), sort_keys=True)
    except Problem as problem:
        return json.dumps(problem.as_dict(), sort_keys=True)


def _heard(cycle: Reviewed, who: str, application: str) -> list[str]:
    """All that an applicant can ask about one application's report, and the public's digest."""
    answer = {"application_id": application, "version": 1, "comment": "已收到"}
    return [
        _outcome(cycle, "my_feedback", who, application_id=application),
        _outcome(cycle, "answer_feedback", who, **answer),
        _outcome(cycle, "my_feedback_reports", who),
        _outcome(cycle, "digest", "public/"),
    ]


def test_before_the_release_an_applicant_hears_what_nobody_would(cycle: Reviewed) -> None:
    """With its report prepared, edited and warned about, in every answer, list and error: as where there is none at all."""
    nothing = _heard(cycle, NOBODY, "no-such-application")
    assert _heard(cycle, ME, "a1") == nothing
    cycle.do("prepare_feedback")
    draft = cycle.do("feedback_report", application_id="a1")
    assert SECRET in str(draft)  # there is something that could leak
    assert _heard(cycle, ME, "a1") == nothing
    cycle.do("edit_feedback", application_id="a1", revision=1, summary=SECRET, points=[])
    assert _heard(cycle, ME, "a1") == nothing
    assert _heard(cycle, ME, "a2") == nothing
    cycle.do("release_feedback")
    assert _heard(cycle, ME, "a1") != nothing  # and now there is an answer: the comparison could have failed


def test_before_the_release_the_same_work_is_done_as_for_nothing(cycle: Reviewed) -> None:
    """The statements that the database is asked are the same, so that no time tells how far a report is."""

    def statements(who: str, application: str) -> list[str]:
        asked: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if "feedback" in statement:
                asked.append(re.sub(r"\s+", " ", statement))

        engine = cycle.desk.store.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            _outcome(cycle, "my_feedback", who, application_id=application)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return asked

    cycle.do("prepare_feedback")
    nothing = statements(NOBODY, "no-such-application")
    assert nothing
    assert statements(ME, "a1") == nothing
    assert not any("feedback_drafts" in statement for statement in nothing)


def test_anothers_report_is_none(cycle: Reviewed) -> None:
    """After the release too: to read, to answer, in the list; and the refusal is that of a report that does not exist."""
    cycle.released()
    for method, more in (("my_feedback", {}), ("answer_feedback", {"version": 1, "comment": "好"})):
        others = _outcome(cycle, method, ME, application_id="a2", **more)
        assert others == _outcome(cycle, method, ME, application_id="no-such-application", **more)
        assert json.loads(others)["kind"] == "NotFound"
    listed = cycle.do("my_feedback_reports", ME)["reports"]
    assert [line["application_id"] for line in listed] == ["a1"]
    assert cycle.do("my_feedback_reports", NOBODY)["reports"] == []
    with cycle.desk.store.read() as work:
        assert work.session.execute(select(models.feedback_answers)).all() == []


def test_one_who_left_the_dossier_reads_nothing(cycle: Reviewed) -> None:
    """Whoever is on it now, is asked for with every query; one who may only look, does not answer for all."""
    cycle.released()
    assert cycle.mine("a1")
    with cycle.desk.work() as work:
        people = models.applicants
        work.session.execute(people.delete().where(people.c.application_id == "a1"))
        row = {"application_id": "a1", "subject": "looker", "part": "reader", "version": "v2"}
        work.session.execute(people.insert().values(**row))
    with pytest.raises(NotFound):
        cycle.mine("a1")
    assert cycle.mine("a1", "looker")
    with pytest.raises(NotFound):
        cycle.do("answer_feedback", "applicant/looker", application_id="a1", version=1, comment="好")


def _texts(content: bytes, form: str) -> str:
    """Everything that a file holds as text, its properties too; blanks left out, since lines are broken anywhere."""
    if form == "pdf":
        reader = PdfReader(io.BytesIO(content))
        found = "".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            found = "".join(
                re.sub(r"<[^>]+>", "", parts.read(name).decode("utf-8"))
                for name in parts.namelist()
                if name.endswith((".xml", ".rels"))
            )
    return re.sub(r"\s+", "", found)


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_a_report_mentions_no_reviewer(cycle: Reviewed, form: str) -> None:
    """No name, account or employer in the reply and in the bytes of the file, nor how many reviewers there were; the sheets
    that it was made from have them all. The same reply gives the same bytes.
    """
    cycle.report_of_the_stage("a1", next(iter(EXPERTS)), "体系完整", "补充标杆")
    cycle.released()
    reply = cycle.mine("a1")
    content = written(feedback_pages.report(reply), form)
    found = _texts(content, form)
    assert "申报单位01" in found  # it is read at all
    assert SECRET in found
    for expert, (name, employer) in EXPERTS.items():
        for secret in (expert, name, employer):
            assert secret not in found
            assert not any(secret in text for text in every_text(reply))
    with cycle.desk.store.read() as work:
        sheets = work.session.execute(select(models.sheet_items)).all()
    assert any(EXPERTS[row.expert_id][0] in row.rationale for row in sheets)
    assert not {"valid_sheets", "reviewers", "sheets"} & set(every_text(reply))
    assert written(feedback_pages.report(reply), form) == content


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_the_digest_as_a_file_names_nobody(database_url: str, form: str) -> None:
    """Neither an applicant nor a reviewer, and none of the reports' own words: only what the office wrote for it."""
    cycle = Reviewed(database_url, number=15)
    for number, name in enumerate(cycle.names):
        cycle.sheet(name, next(iter(EXPERTS)), (20, 60, 100)[number % 3], {ITEMS[0]: ("有方法", SECRET)})
    cycle.released()
    cycle.do(
        "publish_digest", texts=[{"item": ITEMS[0], "zh": "普遍缺少对比", "en": "comparisons are missing"}]
    )
    found = _texts(written(feedback_pages.digest(cycle.do("digest", "public/")), form), form)
    assert "普遍缺少对比" in found
    assert "部分" in found
    assert SECRET not in found
    assert "申报单位" not in found
    assert not any(secret in found for each in EXPERTS.items() for secret in (each[0], *each[1]))
    cycle.desk.close()

"""年度报告: drafted field by field by the winner, handed in, returned for correction once, accepted by the office."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, delete, func, select, update

from services.incentives import models
from services.incentives.tracking import files, regressions, terms
from services.incentives.tracking.states import HANDED_IN, WRITING, Report, before, moved, refusal
from shared.contracts.papers import MOST_PAPERS
from shared.identifiers import digest
from shared.problems import Conflict, FieldError, NotFound, invalid_field, invalid_fields
from shared.procedure import Conductor, Cycle
from shared.rulebooks.model import Tracking
from shared.store import Work

Data = dict[str, Any]
_REPORTS, _DRAFTS, _HANDED_IN = models.tracking.reports, models.tracking.drafts, models.tracking.handed_in
SUMMARY = "summary"  # the text that no report may lack
_TEXT, _INDEX, PAPERS = "text:", "index:", "papers"


def save_text(work: Work, conductor: Conductor, data: Data) -> Data:
    """Write one text of a report. Raises NotFound, Conflict where it is handed in."""
    return _save(work, conductor, data, _TEXT + data["field"], data["text"])


def save_figure(work: Work, conductor: Conductor, data: Data) -> Data:
    """Write one figure. Raises NotFound, Conflict where it is handed in, Invalid for an index that the rulebook lacks."""
    cycle = conductor.cycle(work, data["cycle_id"])
    if data["index"] not in {index.key for index in cycle.rulebook.tracking.indices}:
        raise invalid_field("index", "没有这项指标", "no such index")
    names = ("index", "value", "comparisons", "said")
    value = {name: data[name] for name in names}
    return _save(work, conductor, data, _INDEX + data["index"], value)


def add_papers(work: Work, conductor: Conductor, data: Data) -> Data:
    """Add papers to a report. Raises NotFound, Conflict where it is handed in, Invalid beyond the most."""

    def added(papers: list[str]) -> list[str]:
        together = [*papers, *(each for each in data["papers"] if each not in papers)]
        if len(together) > MOST_PAPERS:
            raise invalid_field(
                "papers", f"一份报告至多 {MOST_PAPERS} 份附件", f"a report has at most {MOST_PAPERS} papers"
            )
        return together

    return _save(work, conductor, data, PAPERS, added)


def drop_paper(work: Work, conductor: Conductor, data: Data) -> Data:
    """Take a paper out of a report. Raises NotFound, also where it has no such paper, Conflict where it is handed in."""

    def dropped(papers: list[str]) -> list[str]:
        if data["paper_id"] not in papers:
            raise NotFound("没有这份附件", "no such paper")
        return [each for each in papers if each != data["paper_id"]]

    return _save(work, conductor, data, PAPERS, dropped)


def hand_in(work: Work, conductor: Conductor, data: Data) -> Data:
    """Hand a report in, as it is from now on. Raises NotFound, Conflict before the year is over or where it is handed in,
    Invalid, which names all that is missing.
    """
    cycle, row = _lock(work, conductor, data)
    known = Report(row.state)
    wanted = HANDED_IN.get(known, Report.SUBMITTED)
    moved(known, wanted)
    if not terms.may_hand_in(row.year, work.today()):
        raise Conflict(
            f"{row.year} 年度尚未结束", f"the year {row.year} is not over yet", code="year_not_over"
        )
    content = draft(work, cycle.rulebook.tracking, row.application_id, row.year)
    missing = _missing(cycle.rulebook.tracking, content)
    if missing:
        raise invalid_fields(missing, code="incomplete")
    here = and_(_HANDED_IN.c.application_id == row.application_id, _HANDED_IN.c.year == row.year)
    number = work.session.execute(select(func.count()).select_from(_HANDED_IN).where(here)).scalar_one() + 1
    kept = {
        "application_id": row.application_id,
        "year": row.year,
        "number": number,
        **content,
        "digest": digest(content),
        "handed_in_by": work.by,
        "handed_in_on": work.today(),
    }
    work.session.execute(_HANDED_IN.insert().values(**kept))
    _move(work, row, wanted)
    work.session.execute(
        delete(_DRAFTS).where(
            and_(_DRAFTS.c.application_id == row.application_id, _DRAFTS.c.year == row.year)
        )
    )
    told = {"state": wanted.value, "number": number, "digest": kept["digest"]}
    _audit(work, cycle, row, "tracking:report_handed_in", told)
    return {"done": True}


def return_(work: Work, conductor: Conductor, data: Data) -> Data:
    """Return a report for correction, once. Raises NotFound, Conflict, Invalid for a day that is not later than today."""
    cycle, row = _lock(work, conductor, data)
    moved(Report(row.state), Report.RETURNED)
    if data["correct_by"] <= work.today():
        raise invalid_field("correct_by", "须晚于今天", "has to be later than today")
    values = {
        "return_reason": data["reason"],
        "correct_by": data["correct_by"],
        "returned_by": work.by,
    }
    _move(work, row, Report.RETURNED, **values)
    # The winner goes on from what it handed in.
    last = contents(work, [row.application_id], row.year)[row.application_id, row.year]
    _redraft(work, row, last)
    _audit(work, cycle, row, "tracking:report_returned", {"state": Report.RETURNED.value, **values})
    return {"done": True}


def accept(work: Work, conductor: Conductor, data: Data, *, answer_days: int) -> Data:
    """Accept a report; what fell is warned of. Raises NotFound, Conflict."""
    cycle, row = _lock(work, conductor, data)
    moved(Report(row.state), Report.ACCEPTED)
    values = {"accepted_by": work.by, "accepted_on": work.today()}
    _move(work, row, Report.ACCEPTED, **values)
    _audit(work, cycle, row, "tracking:report_accepted", {"state": Report.ACCEPTED.value, **values})
    regressions.raise_all(work, cycle, row.application_id, answer_days=answer_days)
    return {"done": True}


def contents(work: Work, applications: list[str], year: int | None = None) -> dict[tuple[str, int], Row[Any]]:
    """What was handed in last, by application and year."""
    query = select(_HANDED_IN).where(_HANDED_IN.c.application_id.in_(applications))
    if year is not None:
        query = query.where(_HANDED_IN.c.year == year)
    rows = work.session.execute(query.order_by(_HANDED_IN.c.number))
    return {(row.application_id, row.year): row for row in rows}


def draft(work: Work, rule: Tracking, application_id: str, year: int) -> Data:
    """What is being written of a report, texts and figures in the order of the form."""
    from shared.contracts.operations.incentives.tracking import REPORT_TEXTS

    here = and_(_DRAFTS.c.application_id == application_id, _DRAFTS.c.year == year)
    fields = {row.field: row.value for row in work.session.execute(select(_DRAFTS).where(here))}
    texts = [(name, fields.get(_TEXT + name, "")) for name in REPORT_TEXTS]
    figures = [fields.get(_INDEX + index.key) for index in rule.indices]
    return {
        "texts": [{"field": name, "text": text} for name, text in texts if text.strip()],
        "figures": [figure for figure in figures if figure is not None],
        "papers": fields.get(PAPERS, []),
    }


def _missing(rule: Tracking, content: Data) -> list[FieldError]:
    found = []
    if SUMMARY not in {line["field"] for line in content["texts"]}:
        found.append(FieldError(SUMMARY, "必填", "required"))
    given = {figure["index"] for figure in content["figures"]}
    found += [
        FieldError(f"figures.{index.key}", f"缺少指标“{index.title.zh}”", f"{index.title.en} is missing")
        for index in rule.indices
        if index.key not in given
    ]
    return found


def _save(work: Work, conductor: Conductor, data: Data, field: str, value: Any) -> Data:
    cycle, row = _lock(work, conductor, data)
    known = Report(row.state)
    if known not in WRITING:
        raise refusal(known, Report.DRAFT)
    if known is Report.DUE:
        _move(work, row, Report.DRAFT)
    if callable(value):
        value = value(draft(work, cycle.rulebook.tracking, row.application_id, row.year)[PAPERS])
    _write(work, row, field, value)
    _audit(work, cycle, row, "tracking:report_written", {"field": field, "digest": digest({"value": value})})
    return {"done": True}


def _redraft(work: Work, row: Row[Any], last: Row[Any]) -> None:
    for line in last.texts:
        _write(work, row, _TEXT + line["field"], line["text"], by=last.handed_in_by)
    for figure in last.figures:
        _write(work, row, _INDEX + figure["index"], figure, by=last.handed_in_by)
    _write(work, row, PAPERS, last.papers, by=last.handed_in_by)


def _write(work: Work, row: Row[Any], field: str, value: Any, *, by: str | None = None) -> None:
    key = {"application_id": row.application_id, "year": row.year, "field": field}
    here = and_(*(_DRAFTS.c[name] == each for name, each in key.items()))
    values = {"value": value, "saved_by": by or work.by, "saved_at": work.now()}
    done = work.session.execute(update(_DRAFTS).where(here).values(**values))
    if not getattr(done, "rowcount", 0):
        work.session.execute(_DRAFTS.insert().values(**key, **values))


def _lock(work: Work, conductor: Conductor, data: Data) -> tuple[Cycle, Row[Any]]:
    """A report, whose file is locked. Raises NotFound, Conflict where the file has ended."""
    cycle, file = files.lock(work, conductor, data)
    here = and_(_REPORTS.c.application_id == file.application_id, _REPORTS.c.year == data["year"])
    row = work.session.execute(select(_REPORTS).where(here)).one_or_none()
    if row is None:
        raise NotFound("没有这一年度的报告", "no report of that year is asked for")
    return cycle, row


def _move(work: Work, row: Row[Any], wanted: Report, **values: Any) -> None:
    here = and_(
        _REPORTS.c.application_id == row.application_id,
        _REPORTS.c.year == row.year,
        _REPORTS.c.state.in_(before(wanted)),
    )
    done = work.session.execute(update(_REPORTS).where(here).values(state=wanted.value, **values))
    if not getattr(done, "rowcount", 0):
        raise refusal(Report(row.state), wanted)


def _audit(work: Work, cycle: Cycle, row: Row[Any], action: str, after: Data) -> None:
    subject = f"{row.application_id}/{row.year}"
    work.audit(action, subject, before={"state": row.state}, after=after, cycle_id=cycle.cycle_id)

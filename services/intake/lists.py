"""Lists of applications: filter, order, page and counts, one query for the rows and one for the counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, null, or_, select

from services.intake import applications, glance, models
from services.intake.dossiers import may_count, mine
from services.intake.parts import PERSONAL
from services.intake.stages import conductor
from services.intake.statuses import Status
from services.intake.told import Told, told_to
from shared.contracts.operations import WATCHERS
from shared.contracts.operations.pages import START
from shared.problems import invalid_field
from shared.procedure import Cycle
from shared.rulebooks import Condition
from shared.store import Work

_APPLICATIONS, _ENQUIRIES = models.applications, models.enquiries
_HEAVY = {"facts", "materials", "typed", "part_revisions", "contact_changes", *PERSONAL}  # no list shows them
_COLUMNS = [column for column in _APPLICATIONS.c if column.name not in _HEAVY]
_SORTED_BY = {"number": _APPLICATIONS.c.sequence}  # the others bear the names of their columns
_LONGEST_NUMBER = 9  # digits that an INTEGER holds


def listed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A page of a cycle's applications, or of a walk through them; an applicant gets its own only."""
    cycle = conductor.cycle(work, data["cycle_id"])
    told = Told(open=True) if cycle.rehearsal else told_to(work, cycle.cycle_id)
    wanted = and_(*filtered(work, cycle, data, told))
    counts = _counts(work, wanted, told)
    rows = work.session.execute(_rows(work, wanted, data)).all()
    asking = glance.asking_recommendation(cycle.rulebook)
    walks = data["after"] is not None and len(rows) == data["size"]
    return {
        "applications": [_line(work, row, asking, told) for row in rows],
        "page": data["page"],
        "size": data["size"],
        "total": sum(counts.values()),
        "counts": counts,
        "next": rows[-1].id if walks else None,
    }


def mine_everywhere(work: Work) -> dict[str, Any]:
    """The reply `MyApplications`: one's own in all cycles, those of rehearsals where one is played."""
    cycles, playing = models.procedure.cycles, work.context.rehearsal_date is not None
    rows: Sequence[Any] = work.session.execute(
        select(*_COLUMNS, _due_on(), cycles.c.rulebook, cycles.c.year, cycles.c.opens_on, cycles.c.closes_on)
        .join(cycles, cycles.c.id == _APPLICATIONS.c.cycle_id)
        .where(cycles.c.rehearsal.is_(playing), *mine(work))
        .order_by(cycles.c.closes_on.desc(), _APPLICATIONS.c.id.desc())
    ).all()
    told = {cycle_id: told_to(work, cycle_id) for cycle_id in {row.cycle_id for row in rows}}
    names = ("rulebook", "year", "opens_on", "closes_on")
    return {
        "applications": [
            {
                **applications.line(work, row, row.due_on, told[row.cycle_id]),
                **{name: getattr(row, name) for name in names},
            }
            for row in rows
        ]
    }


def recipients(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `Recipients`: names and numbers of whoever won, nothing of any other application. Raises NotFound."""
    cycle = conductor.cycle(work, data["cycle_id"])
    columns = _APPLICATIONS.c
    won = (Status.AWARDED.value, Status.REVOKED.value)
    rows = work.session.execute(
        select(columns.id, columns.name, columns.public_number)
        .where(columns.cycle_id == cycle.cycle_id, columns.status.in_(won))
        .order_by(columns.sequence, columns.id)
    )
    return {
        "recipients": [
            {"application_id": row.id, "name": row.name, "public_number": row.public_number} for row in rows
        ]
    }


def names(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `ApplicationNames`: of real applications, or of a rehearsal's where one is played."""
    cycles, playing = models.procedure.cycles, work.context.rehearsal_date is not None
    rows = work.session.execute(
        select(_APPLICATIONS.c.id, _APPLICATIONS.c.name)
        .join(cycles, cycles.c.id == _APPLICATIONS.c.cycle_id)
        .where(cycles.c.rehearsal.is_(playing), _APPLICATIONS.c.id.in_(data["application_ids"]))
    )
    return {"names": [{"application_id": row.id, "name": row.name} for row in rows]}


def _counts(work: Work, wanted: ColumnElement[bool], told: Told) -> dict[str, int]:
    status = told.column.label("told")
    found = work.session.execute(select(status, func.count()).where(wanted).group_by(status).order_by(status))
    return {row[0]: row[1] for row in found}


def _rows(work: Work, wanted: ColumnElement[bool], data: dict[str, Any]) -> Select[Any]:
    """The page is picked first, so that answers are counted for its lines only."""
    page = select(_APPLICATIONS.c.id).where(wanted).limit(data["size"])
    if data["after"] is None:
        order = _order(data["sort"] or "number")
        page = page.order_by(*order).offset((data["page"] - 1) * data["size"])
    else:
        order = [_APPLICATIONS.c.id]
        page = page.order_by(*order)
        if data["after"] != START:
            page = page.where(_APPLICATIONS.c.id > data["after"])
    picked = page.subquery("page")
    unanswered = _unanswered().label("unanswered") if _may_know(work) else null().label("unanswered")
    return (
        select(*_COLUMNS, unanswered, _due_on())
        .join(picked, picked.c.id == _APPLICATIONS.c.id)
        .order_by(*order)
    )


def _order(sort: str) -> list[ColumnElement[Any]]:
    """What a line does not have comes last either way; the id makes every order the same each time."""
    name = sort.removeprefix("-")
    column = _SORTED_BY.get(name, _APPLICATIONS.c.get(name))
    assert column is not None  # the contract knows no other names
    return [
        column.is_(None),
        column.desc() if sort.startswith("-") else column.asc(),
        _APPLICATIONS.c.id,
    ]


def filtered(work: Work, cycle: Cycle, data: dict[str, Any], told: Told) -> list[ColumnElement[bool]]:
    """The filter and the order of a list, or the filter alone, with what whoever asks may see in it.

    Raises Invalid for a status or a stage that does not exist.
    """
    table = _APPLICATIONS.c
    found = [table.cycle_id == cycle.cycle_id, *mine(work)]
    _check(work, cycle, data, told)
    found += [
        table[name] == data[name]
        for name in ("kind", "category", "recommender", "stopped_at")
        if data[name] is not None
    ]
    if data["status"] is not None:
        found.append(told.column == data["status"])
    if data["missing"] is not None:
        found.append(_lacks(data["missing"], cycle))
    if data["q"] is not None:
        found.append(_holds(data["q"].strip(), numbers=may_count(work)))
    return found


def _check(work: Work, cycle: Cycle, data: dict[str, Any], told: Told) -> None:
    by_outcome = (data.get("sort") or "").removeprefix("-") in ("status", "stopped_at")
    if not told.open and (by_outcome or data["stopped_at"] is not None):
        raise invalid_field(
            "sort" if by_outcome else "stopped_at",
            "结果公布前不能按此排序或筛选",
            "not to be asked for before the outcome is public",
        )
    if data["status"] is not None and data["status"] not in set(Status):
        known = "、".join(Status), ", ".join(Status)
        raise invalid_field("status", f"只能是：{known[0]}", f"to be one of: {known[1]}")
    stages = [stage.key for stage in cycle.rulebook.stages]
    if data["stopped_at"] is not None and data["stopped_at"] not in stages:
        raise invalid_field(
            "stopped_at", f"只能是：{'、'.join(stages)}", f"to be one of: {', '.join(stages)}"
        )
    if data["missing"] == "departments" and not _may_know(work):
        raise invalid_field(
            "missing", "部门的答复只告知评审办", "answers of departments are told to the office"
        )


def _may_know(work: Work) -> bool:
    """Whether somebody is told of the departments before the findings are published."""
    return work.context.role in WATCHERS


def _lacks(what: str, cycle: Cycle) -> ColumnElement[bool]:
    if what == "materials":
        return _APPLICATIONS.c.missing_materials != ""
    if what == "departments":
        return select(_ENQUIRIES.c.state).where(_is_unanswered()).exists()
    asked = [_addressed(condition) for condition in glance.asking_recommendation(cycle.rulebook)]
    return and_(_APPLICATIONS.c.recommended_by.is_(None), or_(False, *asked))


def _addressed(condition: Condition) -> ColumnElement[bool]:
    """Those of whom a condition asks something."""
    kinds = _APPLICATIONS.c.kind.in_(condition.kinds)
    if condition.categories is None:
        return kinds
    return and_(kinds, _APPLICATIONS.c.category.in_(condition.categories))


def _is_unanswered() -> ColumnElement[bool]:
    """An enquiry about the application at hand. Not by the cycle, which the application has already: with it the planner
    takes an index of three columns for each application instead of the small one.
    """
    return and_(_ENQUIRIES.c.application_id == _APPLICATIONS.c.id, models.UNANSWERED)


def _unanswered() -> Any:
    """How many departments have not answered for an application."""
    return select(func.count()).select_from(_ENQUIRIES).where(_is_unanswered()).scalar_subquery()


def _due_on() -> Any:
    """Until when one that was returned may be corrected."""
    due = models.corrections
    return (
        select(due.c.due_on)
        .where(due.c.application_id == _APPLICATIONS.c.id)
        .scalar_subquery()
        .label("due_on")
    )


def _holds(text: str, *, numbers: bool) -> ColumnElement[bool]:
    """In the name or the code, whatever the case; or it is the number."""
    found = [
        _APPLICATIONS.c.name.icontains(text, autoescape=True),
        _APPLICATIONS.c.uscc.contains(text.upper(), autoescape=True),  # codes are in capitals
    ]
    if numbers and text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER:
        found.append(_APPLICATIONS.c.sequence == int(text))
    return or_(*found)


def _line(work: Work, row: Row[Any], asking: tuple[Condition, ...], told: Told) -> dict[str, Any]:
    """The reply `ListedApplication`."""
    materials = (row.missing_materials or "").split()
    unrecommended = row.recommended_by is None and any(
        condition.addresses(row.kind, row.category) for condition in asking
    )
    lacking = {"materials": materials, "recommendation": unrecommended, "departments": row.unanswered}
    return {
        **applications.line(work, row, row.due_on, told),
        **{name: getattr(row, name) for name in ("uscc", "recommender", "opinion")},
        "missing": [name for name, lacks in lacking.items() if lacks],
        "missing_materials": materials,
        "departments_unanswered": row.unanswered,
    }

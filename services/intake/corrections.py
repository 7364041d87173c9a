"""补正: an application returned once, with what is to be mended and until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from services.intake import models
from shared.calendar import work_calendar
from shared.problems import Conflict, FieldError, Invalid, invalid_field
from shared.store import Work

_CORRECTIONS = models.corrections


@dataclass(frozen=True)
class CorrectionTerms:
    """How long a correction may take, in working days after the day of the return."""

    usual: int
    most: int


def add(
    work: Work, application_id: str, items: list[dict[str, str]], due_on: date | None, terms: CorrectionTerms
) -> date:
    """Keep what is to be mended; gives the last day. Raises Conflict for a second return, Invalid, CalendarNotPublished."""
    if of(work, application_id) is not None:
        raise Conflict(
            "补正只能退回一次", "an application is returned for correction only once", code="returned_before"
        )
    twice = sorted(field for field, times in Counter(item["field"] for item in items).items() if times > 1)
    if twice:
        raise Invalid(
            "同一项只列一次",
            "an item is named once",
            errors=[FieldError(name, "重复", "named twice") for name in twice],
        )
    last = _last_day(work.today(), due_on, terms)
    work.session.execute(
        _CORRECTIONS.insert().values(
            application_id=application_id,
            items=items,
            returned_at=work.now(),
            returned_by=work.context.actor,
            due_on=last,
        )
    )
    return last


def _last_day(today: date, due_on: date | None, terms: CorrectionTerms) -> date:
    tomorrow = today + timedelta(days=1)
    if due_on is None:
        return work_calendar().window(tomorrow, terms.usual).last
    latest = work_calendar().window(tomorrow, terms.most).last
    if not tomorrow <= due_on <= latest:
        raise invalid_field(
            "due_on", f"应在 {tomorrow} 至 {latest} 之间", f"has to be from {tomorrow} to {latest}"
        )
    return due_on


def of(work: Work, application_id: str) -> Row[Any] | None:
    """The one correction of an application, if there was any."""
    return work.session.execute(
        select(_CORRECTIONS).where(_CORRECTIONS.c.application_id == application_id)
    ).one_or_none()


def is_open(work: Work, application_id: str, part: str) -> bool:
    """Whether the correction lets this part be changed today."""
    try:
        require_open(work, application_id, (part,))
    except Conflict:
        return False
    return True


def require_open(work: Work, application_id: str, parts: Iterable[str]) -> None:
    """The correction's time runs and each part was named in it. Raises Conflict, naming the others."""
    row = of(work, application_id)
    if row is None or work.today() > row.due_on:
        raise Conflict("补正期限已过", "the time for the correction is over", code="correction_over")
    named = {item["field"] for item in row.items}
    others = [part for part in parts if part not in named]
    if others:
        raise Conflict(
            f"补正只能修改退回时列明的内容；不在其中：{'、'.join(others)}",
            f"a correction changes what it named; not among it: {', '.join(others)}",
            code="not_returned",
            errors=[FieldError(part, "未列入补正", "not among what was returned") for part in others],
        )


def done(work: Work, application_id: str) -> None:
    """The applicant has handed the mended version in."""
    work.session.execute(
        update(_CORRECTIONS)
        .where(_CORRECTIONS.c.application_id == application_id)
        .values(resubmitted_at=work.now())
    )


def shown(row: Row[Any] | None) -> dict[str, Any] | None:
    """The reply `Correction`."""
    if row is None:
        return None
    return {
        "items": row.items,
        "returned_at": row.returned_at.isoformat(),
        "due_on": row.due_on,
        "resubmitted_at": None if row.resubmitted_at is None else row.resubmitted_at.isoformat(),
    }

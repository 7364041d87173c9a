"""Enquiries to the departments: every question and what came of it; silence is never a clean record."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, not_, or_, select, update

from services.intake import enquiry_log, models, rechecks
from services.intake.departments import (
    Answer,
    DepartmentPort,
    DepartmentSilent,
    Enquiry,
    NotNow,
    Posted,
    Refused,
)
from services.intake.enquiry_terms import Terms
from services.intake.stages import conductor
from services.intake.statuses import Status
from shared.contracts.base import dump
from shared.contracts.dossier import Record
from shared.contracts.events import EnquiryRaised, RecordsAnswered
from shared.identifiers import digest
from shared.problems import Conflict, NotFound
from shared.procedure import Cycle
from shared.store import Store, Work

_ENQUIRIES = models.enquiries
Look = Callable[[Store, str, str], Row[Any] | None]
QUALIFICATION = "qualification"
STILL_ASKED_FOR = (Status.IN_PROGRESS.value, Status.AWARDED.value)  # whose departments are chased


@dataclass(frozen=True)
class Came:
    """An answer to the right question, whatever carried it; `records` in their wire form."""

    records: Sequence[Mapping[str, Any]]
    channel: str
    attempts: int = 1
    evidence: str | None = None
    answered_at: str | None = None
    file: Mapping[str, Any] | None = None
    before: Sequence[dict[str, Any]] = field(default=())  # lines of the log that belong before the answer's


# --- asking -------------------------------------------------------------------------------------------------------


def raise_all(work: Work, cycle: Cycle, application_id: str) -> None:
    """Ask every department that the rulebook names."""
    for department in cycle.rulebook.departments:
        work.session.execute(
            _ENQUIRIES.insert().values(
                application_id=application_id,
                department=department,
                cycle_id=cycle.cycle_id,
                state="pending",
                revision=1,
                attempts=0,
                purpose=QUALIFICATION,
                raised_at=work.now(),
                reminders=0,
            )
        )
        put_on_the_bus(work, cycle.cycle_id, application_id, department, 1)


def ask_again(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The office presses a department that stayed silent."""
    row = require(work, data["application_id"], data["department"])
    conductor.cycle(work, row.cycle_id)
    if row.state != "silent":
        raise Conflict(f"征询当前为 {row.state}", f"the enquiry is {row.state}")
    if row.decided:
        raise Conflict("该事项已有决定，答复不再有效果", "it is decided; an answer would have no effect")
    if not press(work, row):
        raise Conflict("征询已被他人更新", "the enquiry was changed by somebody else")
    return line(require(work, row.application_id, row.department))


def press(work: Work, row: Row[Any], *, purpose: str | None = None, reminders: int = 0) -> bool:
    """Put the question anew; False where somebody else was faster."""
    revision = row.revision + 1
    values = {"revision": revision, "purpose": purpose or row.purpose, "reminders": reminders}
    if not change(work, row, state="pending", due_at=None, raised_at=work.now(), **values):
        return False
    put_on_the_bus(work, row.cycle_id, row.application_id, row.department, revision)
    work.audit("enquiry:pressed", key(row), after=values, cycle_id=row.cycle_id)
    return True


def ask(
    store: Store,
    event: Any,
    port: DepartmentPort,
    terms: Terms | None = None,
    look: Look | None = None,
) -> Callable[[Work], None]:
    """Ask one department, outside any transaction: it may take its time. Gives what is to be written then.

    Asked twice it still keeps one answer: what is written holds the revision that it answers. `look` finds the enquiry.
    """
    data = event.data
    row = (look or _look)(store, data["application_id"], data["department"])
    if row is None or row.state != "pending" or row.revision != data["revision"]:
        return _nothing_to_keep
    enquiry = enquiry_of(row)
    asked = _Asked(data, enquiry, time.monotonic(), port.channel(enquiry.department), terms or Terms())
    try:
        answer = port.ask(enquiry)
    except NotNow as later:
        return partial(_postpone, asked=asked, later=later)
    except Posted:
        return partial(_post, asked=asked)
    except DepartmentSilent as silent:
        return partial(_keep_silence, asked=asked, silent=silent)
    return partial(_keep_answer, asked=asked, answer=answer)


def _look(store: Store, application_id: str, department: str) -> Row[Any] | None:
    with store.read() as work:
        return find(work, application_id, department)


def _nothing_to_keep(work: Work) -> None:
    """The enquiry was settled meanwhile, or asked anew."""


def enquiry_of(row: Row[Any]) -> Enquiry:
    """The question as it is put. Asked for another purpose it has a reference of its own: an old answer fits no new one."""
    suffix = "" if row.purpose == QUALIFICATION else f"-{row.purpose}"
    return Enquiry(
        department=row.department,
        reference=row.application_id + suffix,
        cycle_id=row.cycle_id,
        uscc=row.uscc,
        name=row.name,
        purpose=row.purpose,
        rehearsal=row.rehearsal,
    )


# --- what came of it ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """One question that was put, and under which terms; `since` is of time.monotonic()."""

    data: Mapping[str, Any]
    enquiry: Enquiry
    since: float
    channel: str
    terms: Terms

    def row(self, work: Work) -> Row[Any] | None:
        return find(work, self.data["application_id"], self.data["department"])

    def answers(self, row: Row[Any]) -> bool:
        """Whether the enquiry still stands as it stood when the question was put."""
        return bool(row.state == "pending" and row.revision == self.data["revision"])

    def lines(
        self, work: Work, row: Row[Any], attempts: int, refused: Sequence[Refused]
    ) -> list[dict[str, Any]]:
        """The question for the log, and what came back and was no answer to it."""
        own = {"channel": self.channel, "revision": self.data["revision"], "purpose": self.enquiry.purpose}
        outcome = "asked" if not row.reminders else "reminded"
        at = work.now() - timedelta(seconds=time.monotonic() - self.since)
        question = enquiry_log.entry(
            work, row, "question", outcome, at=at, attempts=attempts, digest=question_digest(self.enquiry), **own
        )  # fmt: skip
        return [question] + [
            enquiry_log.entry(
                work, row, "answer", each.outcome, digest=each.digest, reason=each.reason, **own
            )
            for each in refused
        ]


def question_digest(enquiry: Enquiry) -> str:
    """The digest of what a department is told."""
    names = ("department", "reference", "cycle_id", "uscc", "name", "purpose")
    return digest({name: getattr(enquiry, name) for name in names})


def _keep_answer(work: Work, asked: _Asked, answer: Answer) -> None:
    row = asked.row(work)
    if row is None:
        return
    records = [dump(Record(), record) for record in answer.records]
    before = asked.lines(work, row, answer.attempts, answer.refused)
    if row.revision != asked.data["revision"] or row.state not in models.OPEN:
        if row.answer_digest == digest(records):
            return  # one delivery handled twice, or another replica was faster: the same answer
        outcome = "second" if row.revision == asked.data["revision"] else "superseded"
        late = enquiry_log.entry(
            work, row, "answer", outcome, channel=asked.channel, revision=asked.data["revision"],
            purpose=asked.enquiry.purpose, records=records, digest=digest(records), evidence=answer.evidence,
            answered_at=answer.answered_at,
        )  # fmt: skip
        enquiry_log.add(work, [*before, late])
        return
    came = Came(records, asked.channel, answer.attempts, answer.evidence, answer.answered_at, before=before)
    settle(work, row, came, asked.terms)


def settle(work: Work, row: Row[Any], came: Came, terms: Terms) -> str:
    """Write an answer to the enquiry, and what it does: `taken`, or why it has no effect. All of them are kept."""
    # Silence was told under this revision, and whoever heard it takes nothing else under the same.
    revision = row.revision + (row.state == "silent")
    answer_digest, valid_until = digest(came.records), terms.valid_until(work.today())
    if row.state == "answered":
        outcome = "second"
    elif row.decided:
        outcome = "after_decision"
        change(work, row, state="silent", due_at=None, last_failure="answered after the decision")
    else:
        rechecks.lock(work, row)  # of the last answers of one application, one sees all the others
        taken = change(
            work, row, state="answered", attempts=row.attempts + came.attempts, records=list(came.records),
            answered_at=work.now(), answer_digest=answer_digest, last_failure=None, due_at=None, revision=revision,
            channel=came.channel, valid_until=valid_until,
        )  # fmt: skip
        outcome = "taken" if taken else "second"
    kept = enquiry_log.entry(
        work, row, "answer", outcome, channel=came.channel, records=list(came.records), digest=answer_digest,
        evidence=came.evidence, answered_at=came.answered_at, attempts=came.attempts, valid_until=valid_until,
        **enquiry_log.of_file(came.file),
    )  # fmt: skip
    enquiry_log.add(work, [*came.before, kept])
    audited = {"answer_digest": answer_digest, "attempts": row.attempts + came.attempts, "outcome": outcome}
    work.audit("enquiry:answered", key(row), after=audited, cycle_id=row.cycle_id)
    if outcome == "taken":
        _tell(work, row, list(came.records), row.attempts + came.attempts, answer_digest, revision)
    return outcome


def _keep_silence(work: Work, asked: _Asked, silent: DepartmentSilent) -> None:
    row = asked.row(work)
    if row is None or not asked.answers(row):
        return
    lines = asked.lines(work, row, silent.attempts, silent.refused)
    keep_silence(work, row, silent.reason, asked.terms, attempts=silent.attempts, before=lines)


def keep_silence(
    work: Work, row: Row[Any], reason: str, terms: Terms, *, attempts: int = 1, before: Sequence[Any] = ()
) -> None:
    """Write that a department stayed silent: told as silence, in the office's queue, and chased in a real cycle."""
    chased = not (row.rehearsal or row.decided)
    due_at = terms.reminder_due(work.now(), row.reminders) if chased else None
    kept = change(
        work, row, state="silent", attempts=row.attempts + attempts, records=None, answered_at=None,
        answer_digest=None, last_failure=reason, due_at=due_at, valid_until=None,
    )  # fmt: skip
    if not kept:
        return
    line_ = enquiry_log.entry(work, row, "silence", "silent", reason=reason, attempts=attempts)
    enquiry_log.add(work, [*before, line_])
    audited = {"answer_digest": None, "attempts": row.attempts + attempts}
    work.audit("enquiry:silent", key(row), after=audited, cycle_id=row.cycle_id)
    if not row.decided:
        _tell(work, row, None, row.attempts + attempts, None, row.revision)


def _post(work: Work, asked: _Asked) -> None:
    """The question lies ready for people; it is due when their time is over."""
    row = asked.row(work)
    if row is None or not asked.answers(row) or row.due_at is not None:
        return
    due_at = None if row.rehearsal else work.now() + asked.terms.reply
    if change(work, row, channel=asked.channel, due_at=due_at, attempts=row.attempts + 1):
        enquiry_log.add(work, asked.lines(work, row, 1, ()))
        audited = {"channel": asked.channel}
        work.audit("enquiry:posted", key(row), after=audited, cycle_id=row.cycle_id)


def _postpone(work: Work, asked: _Asked, later: NotNow) -> None:
    """The department was not asked, so nothing counts; the clock takes it up again."""
    row = asked.row(work)
    if row is not None and asked.answers(row):
        due_at = work.now() + timedelta(seconds=later.seconds)
        change(work, row, channel=asked.channel, due_at=due_at, last_failure=later.reason)


def _tell(
    work: Work,
    row: Row[Any],
    records: list[Any] | None,
    attempts: int,
    answer_digest: str | None,
    revision: int,
) -> None:
    """Before the qualification is decided eligibility hears it; asked again later, the confirmation hangs on it."""
    if row.purpose != QUALIFICATION:
        rechecks.answered(work, row)
        return
    told = {
        "cycle_id": row.cycle_id,
        "application_id": row.application_id,
        "department": row.department,
        "answered": records is not None,
        "records": None if records is None else [Record().load(record) for record in records],
        # One that people answered unasked, or that never could be asked, counts as one.
        "attempts": max(1, attempts),
        "answer_digest": answer_digest,
        "revision": revision,
    }
    work.publish(RecordsAnswered, told, subject=row.application_id)


# --- rows ---------------------------------------------------------------------------------------------------------


def put_on_the_bus(work: Work, cycle_id: str, application_id: str, department: str, revision: int) -> None:
    """Have some replica ask."""
    data = {
        "cycle_id": cycle_id,
        "application_id": application_id,
        "department": department,
        "revision": revision,
    }
    work.publish(EnquiryRaised, data, subject=application_id)


def decided() -> Any:
    """Whether what the enquiry was for is decided: then no answer has an effect any more."""
    timeline, asked_again = models.timeline, models.rechecks
    closed = exists().where(
        and_(
            timeline.c.cycle_id == _ENQUIRIES.c.cycle_id,
            timeline.c.kind == QUALIFICATION,
            timeline.c.state == "closed",
        )
    )
    settled = exists().where(
        and_(
            asked_again.c.application_id == _ENQUIRIES.c.application_id,
            asked_again.c.purpose == _ENQUIRIES.c.purpose,
            asked_again.c.state.in_(rechecks.SETTLED),
        )
    )
    return or_(and_(_ENQUIRIES.c.purpose == QUALIFICATION, closed), settled)


def matters() -> Any:
    """Whether an answer would still have an effect: nothing is decided, and the application has not fallen out."""
    applications = models.applications
    still_in = and_(
        applications.c.id == _ENQUIRIES.c.application_id, applications.c.status.in_(STILL_ASKED_FOR)
    )
    return and_(not_(decided()), exists().where(still_in).correlate(_ENQUIRIES))


def rows() -> Any:
    """SELECT of enquiries with what is needed to judge them: whose they are, and whether anything hangs on them."""
    applications, cycles = models.applications, models.procedure.cycles
    return (
        select(
            _ENQUIRIES,
            applications.c.uscc,
            applications.c.name,
            applications.c.status,
            cycles.c.rehearsal,
            decided().label("decided"),
        )
        .join(applications, applications.c.id == _ENQUIRIES.c.application_id)
        .join(cycles, cycles.c.id == _ENQUIRIES.c.cycle_id)
    )


_FIND = rows().where(
    and_(
        _ENQUIRIES.c.application_id == bindparam("application_id"),
        _ENQUIRIES.c.department == bindparam("department"),
    )
)


def find(work: Work, application_id: str, department: str) -> Row[Any] | None:
    """An enquiry as it stands, None where there is none."""
    asked = {"application_id": application_id, "department": department}
    return work.session.execute(_FIND, asked).one_or_none()


def require(work: Work, application_id: str, department: str) -> Row[Any]:
    """The same. Raises NotFound."""
    row = find(work, application_id, department)
    if row is None:
        raise NotFound("没有这项征询", "no such enquiry")
    return row


@cache
def _change(names: tuple[str, ...]) -> Any:
    """UPDATE of these columns; made once, since a whole cycle's answers pass here."""
    this = and_(
        _ENQUIRIES.c.application_id == bindparam("of_application"),
        _ENQUIRIES.c.department == bindparam("of_department"),
        _ENQUIRIES.c.revision == bindparam("of_revision"),
        _ENQUIRIES.c.state == bindparam("of_state"),
    )
    values = {name: bindparam(f"new_{name}", type_=_ENQUIRIES.c[name].type) for name in names}
    return update(_ENQUIRIES).where(this).values(values)


def change(work: Work, row: Row[Any], **values: Any) -> bool:
    """Conditional on what was read, so that of two writers one succeeds; False for the other."""
    read = {
        "of_application": row.application_id,
        "of_department": row.department,
        "of_revision": row.revision,
        "of_state": row.state,
    }
    new = {f"new_{name}": value for name, value in values.items()}
    done = work.session.execute(_change(tuple(sorted(values))), read | new)
    return bool(getattr(done, "rowcount", 0))


def key(row: Row[Any]) -> str:
    """What the audit log calls an enquiry."""
    return f"{row.application_id}/{row.department}"


def line(row: Row[Any]) -> dict[str, Any]:
    """The reply `Enquiry`."""
    names = (
        "application_id", "department", "state", "attempts", "answer_digest", "purpose", "channel", "reminders",
        "valid_until", "last_failure",
    )  # fmt: skip
    instants = ("answered_at", "raised_at", "due_at")
    return {
        **{name: getattr(row, name) for name in names},
        **{name: _moment(getattr(row, name)) for name in instants},
        "records": None if row.records is None else [Record().load(record) for record in row.records],
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()

"""Every message can be read in both languages, and tells nobody what it may not know."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from services.notifications import letters
from services.notifications.templates import ALWAYS, LONGEST_SMS, MAY_NAME, TEMPLATES, Reader, Template
from services.notifications.texts import parts, rendered
from shared import contracts
from shared.clock import SHANGHAI
from shared.contracts.events import (
    TASKS,
    AnswerAsked,
    ApplicationAccepted,
    ApplicationWithdrawn,
    AssignmentOffered,
    AwardApproved,
    CorrectionAsked,
    CycleBlocked,
    DeclarationDue,
    PaybackReminded,
    RecordsDiffer,
    SanctionImposed,
    TaskWaiting,
    TrackingFailed,
    TrackingOwed,
)
from shared.rulebooks import library

pytestmark = pytest.mark.unit

NOW = datetime(2025, 6, 16, 10, tzinfo=SHANGHAI)
Made = Callable[[Mapping[str, Any]], list[letters.Letter]]
FROM_EVENTS: dict[type[contracts.Event], Made] = {
    ApplicationAccepted: letters.accepted,
    ApplicationWithdrawn: letters.withdrawn,
    AnswerAsked: letters.answer_asked,
    AssignmentOffered: letters.offered,
    AwardApproved: letters.approved,
    CorrectionAsked: lambda data: letters.correction(data, (2, 0), NOW, 9),
    CycleBlocked: lambda data: letters.to_office("cycle_blocked", data),
    DeclarationDue: letters.declaration,
    PaybackReminded: letters.payback,
    RecordsDiffer: letters.records_differ,
    SanctionImposed: letters.sanction,
    TrackingFailed: lambda data: letters.to_office("tracking_failed", data),
    TrackingOwed: letters.tracking_owed,
}
TO_ALL = {
    "notice_posted": {}, "notice_corrected": {}, "results_released": {},
    "announcement": {"subject": {"zh": "安排", "en": "Plans"}, "text": {"zh": "下周。", "en": "Next week."}},
}  # fmt: skip


def _awards() -> Iterator[dict[str, Any]]:
    for name in library().ids():
        title = library().get(name).title
        yield {"award": {"zh": title.zh, "en": title.en}, "year": 2025}


def _fields(template: Template) -> set[str]:
    texts = [template.subject, template.text, *([template.short] if template.short else [])]
    said = [text for words in texts for text in (words.zh, words.en)]
    return {name for text in said for _, name, _, _ in string.Formatter().parse(text) if name}


def _letters() -> Iterator[tuple[str, letters.Letter]]:
    for event, make in FROM_EVENTS.items():
        for letter in make(contracts.load(event(), dict(event.EXAMPLE))):
            yield event.NAME, letter
    for kind in TASKS:
        for due_on in (TaskWaiting.EXAMPLE["due_on"], None):
            given = contracts.load(TaskWaiting(), {**TaskWaiting.EXAMPLE, "kind": kind, "due_on": due_on})
            for letter in letters.task(given, (1,), NOW, 9):
                yield TaskWaiting.NAME, letter
    for template, values in TO_ALL.items():
        yield "to all", letters.Letter(template, values)


LETTERS = list(_letters())


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_a_template_names_what_its_reader_may_know(template: Template) -> None:
    """No score, level, status, reason, name of a person or of a department; in both languages the same is said."""
    assert _fields(template) <= ALWAYS | MAY_NAME[template.reader]
    for words in (template.subject, template.text, template.short):
        if words is not None:
            named = [{n for _, n, _, _ in string.Formatter().parse(t) if n} for t in (words.zh, words.en)]
            assert named[0] == named[1]


def test_every_template_is_written_by_something() -> None:
    """And every message that an event becomes has a template."""
    assert {letter.template for _, letter in LETTERS} == set(TEMPLATES)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("event", "letter"), LETTERS, ids=[f"{e}-{le.template}" for e, le in LETTERS])
def test_every_message_of_every_event_can_be_read(event: str, letter: letters.Letter, language: Any) -> None:
    """With every rulebook's name; nothing is left unfilled, a subject is one line, a short text is one part in Chinese."""
    for award in _awards():
        read = rendered(letter.template, {**award, **letter.values}, language)
        for text in (read.subject, read.text, read.short or "-"):
            assert text
            assert "{" not in text
            assert "None" not in text
        assert "\n" not in read.subject
        if read.short is not None:
            assert len(parts(read.short)) <= (1 if language == "zh" else 2)


@pytest.mark.parametrize(("event", "letter"), LETTERS, ids=[f"{e}-{le.template}" for e, le in LETTERS])
def test_a_message_holds_nothing_else_of_its_event(event: str, letter: letters.Letter) -> None:
    """Names, codes, reasons, departments, levels, ids: whatever text an event carries, but for the days that are meant."""
    example = next((e.EXAMPLE for e in contracts.events() if event == e.NAME), {})
    award = next(_awards())
    read = [rendered(letter.template, {**award, **letter.values}, lang) for lang in ("zh", "en")]
    told = " ".join(f"{each.subject} {each.text} {each.short}" for each in read)
    meant = {str(value) for value in letter.values.values()}
    for secret in _texts(example):
        assert secret in meant or secret not in told, secret


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str) and len(value) > 3:
        yield value


def test_a_task_is_told_to_those_named_or_to_whoever_holds_the_role() -> None:
    """And reminded of where it is one to be reminded of, before its day; members hear no number of anything."""
    assert set(letters.TASKS) == set(TASKS)
    told = contracts.load(TaskWaiting(), dict(TaskWaiting.EXAMPLE))
    first, reminder = letters.task(told, (1,), NOW, 9)
    assert (first.template, first.people, first.role, first.at) == ("sheets_owed", ("E2",), None, None)
    assert (reminder.template, reminder.at) == ("sheets_due", datetime(2025, 6, 23, 9, tzinfo=SHANGHAI))
    assert letters.task(told, (1,), datetime(2025, 6, 23, 8, tzinfo=SHANGHAI), 9) == [first]
    office, discipline = letters.task({**told, "kind": "objection_raised", "people": []}, (1,), NOW, 9)
    assert (office.role, discipline.role) == ("award_office", "discipline")
    (clerk,) = letters.task({**told, "kind": "enquiries_due", "people": [], "unit": "safety"}, (1,), NOW, 9)
    assert (clerk.role, clerk.unit) == ("department_clerk", "safety")
    assert not MAY_NAME[Reader.MEMBER]


def test_before_the_results_an_applicant_hears_of_no_stage() -> None:
    """No event that says how far somebody got becomes a message to an applicant."""
    told = {event for event, letter in LETTERS if TEMPLATES[letter.template].reader is Reader.APPLICANT}
    secret = {
        "stage.planned", "stage.begun", "stage.closed", "application.stopped", "records.differ", "records.answered",
    }  # fmt: skip
    assert not told & secret
    assert secret < {event.NAME for event in contracts.events()}


def test_a_day_that_no_calendar_knows_yet_is_not_made_up() -> None:
    """The applicant is sent to where the day will stand."""
    data = contracts.load(AnswerAsked(), {**AnswerAsked.EXAMPLE, "answer_by": None})
    (letter,) = letters.answer_asked(data)
    read = rendered(letter.template, {**next(_awards()), **letter.values}, "zh")
    assert "系统所示日期" in read.text


def test_parts_of_a_short_message_are_short() -> None:
    assert [len(part) for part in parts("长" * 141)] == [LONGEST_SMS, LONGEST_SMS, 1]
    assert parts("") == []


def test_a_line_break_cannot_come_into_a_subject() -> None:
    """It would begin a header of somebody's own."""
    values = {"subject": {"zh": "一\r\nBcc: x@example.org", "en": "x"}, "text": {"zh": "t", "en": "t"}}
    assert rendered("announcement", values, "zh").subject == "一 Bcc: x@example.org"

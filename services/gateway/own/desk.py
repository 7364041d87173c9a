"""The office's desk, everybody's tasks, pictures of a cycle, and the calendar."""

from __future__ import annotations

from marshmallow import fields

from services.gateway.own.content import Content
from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.events import stage_key
from shared.contracts.operations import PUBLIC, ROLES, WATCHERS, CycleId, Operation
from shared.contracts.operations.eligibility.notices import OF_NOTICE, OfNotice
from shared.contracts.operations.operation import CYCLE
from shared.contracts.operations.roles import AGENCY

LEVELS = ("grey", "amber", "red")
PICTURES = ("funnel", "workload", "severity", "indices", "budget", "levels")
LANGUAGES = ("zh", "en", "both")
DAY_KINDS = ("working", "weekend", "holiday", "made_up", "unknown")


class DueLeft(Strict):
    """What is left until the end of a day: working days after today, below nought when it is over; null where they cannot be
    counted, because a year's calendar is not known or the day is more than 400 days off. In words too.
    """

    due_on = day()
    days_left = fields.Integer(load_default=None, allow_none=True, strict=True)
    level = one_of(*LEVELS)
    unknown_year = count(required=False)
    zh = text()
    en = text()


class DeskWindow(Strict):
    """Day 1 and day N of a stage whose length the rulebook says, and which day today is (0: not yet; null: not begun). Of a
    planned stage: what it would be if it began now.
    """

    first = day(required=False)
    last = day(required=False)
    days = count(required=False)
    day = count(required=False)
    unknown_year = count(required=False)


class DeskStage(Strict):
    """One step. `article`: how people cite its rule; `entered` and `left`: how many came and went on, null where nobody knows."""

    stage = stage_key()
    kind = text()
    owner = text()
    title_zh = text()
    title_en = text()
    rule = text()
    article = text()
    state = one_of("done", "now", "next", "waiting")
    begins_on = day(required=False)
    begun_on = day(required=False)
    ends_on = day(required=False)
    closed_on = day(required=False)
    working_days = count(required=False)
    entered = count(required=False)
    left = count(required=False)
    due = fields.Nested(DueLeft, load_default=None, allow_none=True)
    window = fields.Nested(DeskWindow, load_default=None, allow_none=True)
    blocked = fields.Boolean(required=True)


class DeskBlock(Strict):
    """One thing that a stage waits for, where it is done and by which operation (null: others have to act). `advice`: the
    stage may begin all the same. `what` is `unavailable` where a service did not answer.
    """

    stage = optional_text(64)
    what = text(longest=40)
    count = count(required=False)
    reason_zh = text(longest=500)
    reason_en = text(longest=500)
    rule = optional_text()
    article = optional_text()
    path = text(longest=300)
    operation = optional_text()
    advice = fields.Boolean(required=True)


class DeskStep(Strict):
    """The next lawful step; `possible` unless others have to act first, or its day has not come."""

    stage = stage_key()
    zh = text(longest=300)
    en = text(longest=300)
    article = optional_text()
    path = text(longest=300)
    operation = optional_text()
    possible = fields.Boolean(required=True)
    not_before = day(required=False)


class Desk(Strict):
    """Where a cycle stands. `sentence`: what blocks and what comes next, in one. `statuses` null where intake did not tell."""

    cycle_id = identifier()
    rulebook = text()
    year = fields.Integer(required=True, strict=True)
    rehearsal = fields.Boolean(required=True)
    state = one_of("open", "running", "blocked", "ended", "completed")
    today = day()
    title_zh = text(longest=300)
    title_en = text(longest=300)
    sentence_zh = text(longest=1200)
    sentence_en = text(longest=1200)
    next = fields.Nested(DeskStep, load_default=None, allow_none=True)
    blocks = fields.List(fields.Nested(DeskBlock), required=True)
    stages = fields.List(fields.Nested(DeskStage), required=True)
    statuses = fields.Dict(keys=fields.String(), values=count(), load_default=None, allow_none=True)


class TaskLine(Strict):
    """One thing that waits; `count`: how many of its kind. `unavailable`: a service did not answer, nobody knows."""

    role = text()
    what = text(longest=40)
    zh = text(longest=500)
    en = text(longest=500)
    path = text(longest=300)
    cycle_id = identifier(required=False)
    count = count()
    level = one_of(*LEVELS)
    due = fields.Nested(DueLeft, load_default=None, allow_none=True)
    unavailable = fields.Boolean(required=True)


class TaskList(Strict):
    """What waits for whoever asks, the most pressing first. `cut`: there are more cycles than are looked at."""

    today = day()
    tasks = fields.List(fields.Nested(TaskLine), required=True)
    cut = fields.Boolean(required=True)


class PictureOf(Strict):
    """A picture of a cycle; `stage` where it is of one stage (severity): without it the last that has figures. `language`: of its
    words, without it both.
    """

    cycle_id = identifier()
    picture = one_of(*PICTURES)
    stage = optional_text(64)
    language = one_of(*LANGUAGES, required=False)


class DataTable(Strict):
    """The figures of a picture: headings, rows, and which columns hold figures."""

    headings = fields.List(fields.String(), required=True)
    rows = fields.List(fields.List(fields.String()), required=True)
    figures = fields.List(count(), required=True)


class PictureMade(Strict):
    """A picture as SVG with the table that belongs beside it; null where there is nothing to show yet."""

    picture = one_of(*PICTURES)
    title = text(longest=300)
    svg = optional_text(1_000_000)
    table = fields.Nested(DataTable, load_default=None, allow_none=True)


DaysOf = Strict.from_dict({"from": day(), "to": day()}, name="CalendarDaysOf")


class CalendarDay(Strict):
    """One day and why it is worked or not; `number`: its place among a notice's working days."""

    on = day()
    kind = one_of(*DAY_KINDS)
    reason_zh = text()
    reason_en = text()
    number = count(required=False, least=1)


class CalendarDays(Strict):
    """Every day of a stretch."""

    days = fields.List(fields.Nested(CalendarDay), required=True)


class CalendarYear(Strict):
    """A year that is known, and from where; `official`: it came with the release."""

    year = fields.Integer(required=True, strict=True)
    source = text(longest=300)
    papers = fields.List(fields.String(), required=True)
    issued_on = day(required=False)
    official = fields.Boolean(required=True)
    doubts_zh = fields.List(fields.String(), required=True)
    doubts_en = fields.List(fields.String(), required=True)


class CalendarYears(Strict):
    """The years that are known, and the next one that is not."""

    years = fields.List(fields.Nested(CalendarYear), required=True)
    unknown_from = fields.Integer(required=True, strict=True)


class PostingOf(OfNotice):
    """A notice that would be posted on a day, today where none is given."""

    on = day(required=False)


class Posting(Strict):
    """What the notice would be: day 1, day N and every day between, or the year whose calendar is missing. `possible`: it may be
    posted on that day, as far as the calendar goes; `working_days` is what the rulebook asks for.
    """

    cycle_id = identifier()
    notice = text()
    title_zh = text()
    title_en = text()
    rule = text()
    article = text()
    working_days = count(least=1)
    posted_on = day()
    first = day(required=False)
    last = day(required=False)
    unknown_year = count(required=False)
    possible = fields.Boolean(required=True)
    reason_zh = optional_text(300)
    reason_en = optional_text(300)
    days = fields.List(fields.Nested(CalendarDay), required=True)


_PEOPLE = tuple(role for role in ROLES if role != AGENCY)
_OF = {"cycle_id": CYCLE}

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "desk", "query", CycleId, Desk, WATCHERS, "周期工作台", "Where a cycle stands and what blocks it", _OF),
    Operation("gateway", "my_tasks", "query", Strict, TaskList, _PEOPLE, "我的待办", "What waits for me", {}),
    Operation("gateway", "picture", "query", PictureOf, PictureMade, WATCHERS, "统计图", "A picture of a cycle",
              {**_OF, "picture": "funnel", "language": "zh"}),
    Operation("gateway", "cycle_report_pdf", "query", CycleId, Content, WATCHERS, "周期概况（PDF）",
              "Where a cycle stands, with pictures, as PDF", _OF),
    Operation("gateway", "cycle_report_docx", "query", CycleId, Content, WATCHERS, "周期概况（DOCX）",
              "Where a cycle stands, with pictures, as DOCX", _OF),
    Operation("gateway", "calendar_years", "query", Strict, CalendarYears, (PUBLIC,), "已录入的放假安排",
              "The years whose calendar is known", {}),
    Operation("gateway", "calendar_days", "query", DaysOf, CalendarDays, (PUBLIC,), "日历", "Days and why they are worked",
              {"from": "2026-09-18", "to": "2026-09-23"}),
    Operation("gateway", "notice_posting", "query", PostingOf, Posting, WATCHERS, "预览公示期", "What a notice's days would be",
              {**OF_NOTICE, "on": "2026-09-18"}),
)  # fmt: skip

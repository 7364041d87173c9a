"""What discipline inspection has over all services of a cycle."""

from __future__ import annotations

from marshmallow import fields

from services.gateway.own.content import Content
from shared.contracts.base import Strict, count, day, identifier, one_of, text
from shared.contracts.operations import DISCIPLINE, CycleId, Operation
from shared.contracts.operations.alerts import AlertLine, FigureLine, Fresh
from shared.contracts.operations.eligibility.supervision import ALERT, NoteState
from shared.contracts.operations.intake.cycles import StageLine
from shared.contracts.operations.operation import CYCLE
from shared.contracts.operations.pages import page, size


class NoteAlertOf(Strict):
    """What is made of an alert: seen, or closed; a closed one that is noted as seen is open again."""

    cycle_id = identifier()
    alert_id = identifier()
    state = one_of("seen", "closed")
    reason = text(longest=1000)


class NoteMade(Strict):
    """What was made of an alert, by whom."""

    state = one_of("seen", "closed")
    reason = text(longest=1000)
    noted_by = text()
    noted_at = text(longest=40)


class AlertSeen(AlertLine):
    """An alert with where it was found (`gateway`: over several services) and what was made of it, None: nothing yet."""

    source = text(longest=40)
    note = fields.Nested(NoteMade, load_default=None, allow_none=True)


class FiguresOfService(Strict):
    """The figures of one service."""

    service = text()
    figures = fields.List(fields.Nested(FigureLine), required=True)


class SeverityCounts(Strict):
    """How many alerts of which severity."""

    serious = count()
    warning = count()
    notice = count()


class HandledCounts(Strict):
    """How many alerts were handled how."""

    new = count()
    seen = count()
    closed = count()


def _names() -> fields.Dict:
    return fields.Dict(keys=identifier(), values=text(), required=True)


class Overview(Strict):
    """监督总览 of one cycle. `gone` are notes on alerts whose cause is no more; `cut` the services that had more acts than they
    tell, so that pairs of acts may be missing. `names`: what the applications that alerts are about are called, by their ids.
    """

    cycle_id = identifier()
    rulebook = text()
    year = fields.Integer(required=True, strict=True)
    rehearsal = fields.Boolean(required=True)
    state = one_of("open", "running", "blocked", "ended", "completed")
    made_on = day()
    stages = fields.List(fields.Nested(StageLine), required=True)
    figures = fields.List(fields.Nested(FiguresOfService), required=True)
    severities = fields.Nested(SeverityCounts, required=True)
    handled = fields.Nested(HandledCounts, required=True)
    alerts = fields.List(fields.Nested(AlertSeen), required=True)
    gone = fields.List(fields.Nested(NoteState), required=True)
    names = _names()
    cut = fields.List(fields.String(), required=True)


class NewsAsked(Strict):
    """Which page of alerts, and from when on; without `since` all are wanted."""

    since = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")
    page = page()
    size = size()


class CycleNamed(Strict):
    """A running cycle that was looked through."""

    cycle_id = identifier()
    rulebook = text()
    year = fields.Integer(required=True, strict=True)


class AlertOfCycle(AlertSeen):
    """An alert with its cycle."""

    cycle_id = identifier()


class FreshInCycle(Fresh):
    """How many things of a kind are new in a cycle."""

    cycle_id = identifier()


class NewsOfCycles(Strict):
    """What is new in all running cycles: a page of alerts, the newest first, and how much else by cycle. `silent` are the
    services that do not answer: of those nothing is told. `cut` and `names` as in `Overview`.
    """

    cycles = fields.List(fields.Nested(CycleNamed), required=True)
    alerts = fields.List(fields.Nested(AlertOfCycle), required=True)
    names = _names()
    page = count(least=1)
    size = count(least=1)
    total = count()
    fresh = fields.List(fields.Nested(FreshInCycle), required=True)
    silent = fields.List(fields.String(), required=True)
    cut = fields.List(fields.String(), required=True)


_OF = {"cycle_id": CYCLE}

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "supervision", "query", CycleId, Overview, (DISCIPLINE,), "监督总览",
              "A cycle as discipline inspection sees it", _OF),
    Operation("gateway", "alerts", "query", NewsAsked, NewsOfCycles, (DISCIPLINE,), "各周期的新预警",
              "What is new in all running cycles", {"since": "2025-06-18T09:00:00+08:00"}),
    Operation("gateway", "note_alert", "command", NoteAlertOf, NoteState, (DISCIPLINE,), "处理预警", "Note an alert",
              {**_OF, "alert_id": ALERT, "state": "seen", "reason": "已要求评审办说明"}),
    Operation("gateway", "supervision_docx", "query", CycleId, Content, (DISCIPLINE,), "监督检查报告（DOCX）",
              "The inspection report as DOCX", _OF),
    Operation("gateway", "supervision_pdf", "query", CycleId, Content, (DISCIPLINE,), "监督检查报告（PDF）",
              "The inspection report as PDF", _OF),
    Operation("gateway", "supervision_xlsx", "query", CycleId, Content, (DISCIPLINE,), "监督检查报告（XLSX）",
              "The inspection report as XLSX", _OF),
)  # fmt: skip

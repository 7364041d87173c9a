"""What every service tells discipline inspection of a cycle: alerts, figures, and who acted in which role."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, text
from shared.contracts.operations.operation import CYCLE, CycleId, Operation
from shared.contracts.operations.roles import DISCIPLINE

SEVERITIES = ("notice", "warning", "serious")
_ACTION = validate.Regexp(r"^[a-z_]{1,60}:[a-z_]{1,60}\Z")
_MOST_ACTIONS, _MOST_SUBJECTS = 200, 500
MOST_CYCLES = 50  # in one question


class AlertLine(Strict):
    """预警: one thing to look at. `evidence` names the rows that it rests on; `since` is a day or an instant."""

    alert_id = identifier()
    kind = text(longest=40)
    severity = one_of(*SEVERITIES)
    subject = text(longest=300)
    since = text(longest=40)
    evidence = fields.List(fields.String(), required=True)
    reason_zh = text(longest=1000)
    reason_en = text(longest=1000)


class FigureLine(Strict):
    """A number of the cycle."""

    figure = text(longest=60)
    title_zh = text()
    title_en = text()
    count = count()


class Alerts(Strict):
    """What one service has to tell, the gravest first."""

    service = text()
    alerts = fields.List(fields.Nested(AlertLine), required=True)
    figures = fields.List(fields.Nested(FigureLine), required=True)


class _Wanted(Strict):
    """Which acts are wanted, by the words of the audit log, and of which things it is to be said whether a cycle has them."""

    actions = fields.List(
        fields.String(validate=_ACTION), load_default=list, validate=validate.Length(max=_MOST_ACTIONS)
    )
    subjects = fields.List(
        fields.String(validate=validate.Length(min=1, max=200)),
        load_default=list,
        validate=validate.Length(max=_MOST_SUBJECTS),
    )


class ActsOf(_Wanted):
    """Of one cycle."""

    cycle_id = identifier()


class WatchOf(_Wanted):
    """Of several cycles. `since`: from when on something counts as new; of a day without an hour the whole day does."""

    cycle_ids = fields.List(identifier(), required=True, validate=validate.Length(min=1, max=MOST_CYCLES))
    since = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")


class RoleHeld(Strict):
    """Somebody acted in a role: when first, how often, and the first entry of the audit log that says so."""

    actor = text()
    role = text()
    first_at = text(longest=40)
    entry = identifier()
    times = count(least=1)


class Act(RoleHeld):
    """Somebody did something to something."""

    action = text()
    subject = text()


class Acts(Strict):
    """Who acted in a cycle, as one service's audit log has it. `known` are those of the `subjects` asked for that the log has in
    this cycle; `cut`: there were more acts than are told.
    """

    service = text()
    roles = fields.List(fields.Nested(RoleHeld), required=True)
    acts = fields.List(fields.Nested(Act), required=True)
    known = fields.List(fields.String(), required=True)
    cut = fields.Boolean(required=True)


class Fresh(Strict):
    """How many things of a kind are new."""

    what = one_of("recusals", "objections", "conduct_reports")
    count = count(least=1)


class CycleWatched(Strict):
    """What one service has to tell of one of several cycles."""

    cycle_id = identifier()
    alerts = fields.List(fields.Nested(AlertLine), required=True)
    acts = fields.Nested(Acts, required=True)
    fresh = fields.List(fields.Nested(Fresh), required=True)


class Watching(Strict):
    """What one service has to tell of several cycles, as they were asked for; those of which it has not heard are left out."""

    service = text()
    cycles = fields.List(fields.Nested(CycleWatched), required=True)


def watch_operations(service: str) -> list[Operation]:
    """What every service answers to discipline inspection."""
    return [
        Operation(service, "alerts", "query", CycleId, Alerts, (DISCIPLINE,),
                  "监督预警", "What discipline inspection should look at", {"cycle_id": CYCLE}),
        Operation(service, "acts", "query", ActsOf, Acts, (DISCIPLINE,),
                  "谁以何身份办理", "Who acted in which role",
                  {"cycle_id": CYCLE, "actions": ["objection:raised", "objection:ruled"]}),
        Operation(service, "watch", "query", WatchOf, Watching, (DISCIPLINE,),
                  "多个周期的监督情况", "What several cycles have for discipline inspection", {"cycle_ids": [CYCLE]}),
    ]  # fmt: skip

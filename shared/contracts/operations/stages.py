"""What every owner of stages answers."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.events import stage_key
from shared.contracts.operations.alerts import watch_operations
from shared.contracts.operations.operation import (
    APPLICATION,
    CYCLE,
    AuditOf,
    AuditState,
    Operation,
    StageOfCycle,
)
from shared.contracts.operations.roles import OFFICE, WATCHERS

STAGE_EXAMPLE = {"cycle_id": CYCLE, "stage": "document_review"}


class Blocked(Strict):
    """Why a cycle cannot go on, and at which step."""

    stage = stage_key()
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class AwaitedThing(Strict):
    """One kind of thing that a stage waits for, how many lines of `waiting_for` are about it, and what there is to say."""

    what = text(longest=40)
    count = count(least=1)
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class StageState(Strict):
    """A stage as its owner knows it; `waiting_for` lists in words what must happen before it may close (of a planned one:
    what it had better wait for), `awaits` the same by kind.
    """

    cycle_id = identifier()
    stage = stage_key()
    state = one_of("waiting", "planned", "begun", "closed")
    begins_on = day(required=False)
    begun_on = day(required=False)
    ends_on = day(required=False)
    closed_on = day(required=False)
    entrants = fields.List(fields.String(), required=True)
    waiting_for = fields.List(fields.String(), load_default=list)
    awaits = fields.List(fields.Nested(AwaitedThing), load_default=list)
    blocked = fields.Nested(Blocked, load_default=None, allow_none=True)


class StageAwaits(Strict):
    """What a stage waits for, by kind, without its entrants: what a desk asks again and again."""

    cycle_id = identifier()
    stage = stage_key()
    state = one_of("waiting", "planned", "begun", "closed")
    awaits = fields.List(fields.Nested(AwaitedThing), required=True)


class ArchiveOf(Strict):
    """Which records: an application's, or a cycle's own where none is named. `after` is the `next` of the page before, and
    empty for the first.
    """

    cycle_id = identifier()
    application_id = identifier(required=False)
    after = fields.String(load_default="", validate=validate.Length(max=64))


class ArchivedTable(Strict):
    """Rows of one table, by column; of a table that is only counted one row with the number and the reason."""

    table = text()
    rows = fields.List(fields.Dict(keys=fields.String()), required=True)


class LeftOut(Strict):
    """A table, or a column of one, that no package holds, and why."""

    table = text()
    column = optional_text()
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class ArchivedRows(Strict):
    """One page of what a service has. `destroyed_on`: from then on only what the destruction leaves."""

    service = text()
    tables = fields.List(fields.Nested(ArchivedTable), required=True)
    left_out = fields.List(fields.Nested(LeftOut), required=True)
    destroyed_on = day(required=False)
    next = optional_text()


class ArchivedEntries(Strict):
    """One page of audit entries, each with the way from its leaf to its seal's root, and the seals."""

    service = text()
    entries = fields.List(fields.Dict(keys=fields.String()), required=True)
    seals = fields.List(fields.Dict(keys=fields.String()), required=True)
    next = optional_text()


def stage_operations(service: str) -> list[Operation]:
    """What every owner of stages answers."""
    return [
        Operation(service, "stage", "query", StageOfCycle, StageState, WATCHERS,
                  "查看阶段", "A stage as its owner knows it", STAGE_EXAMPLE),
        Operation(service, "stage_awaits", "query", StageOfCycle, StageAwaits, WATCHERS,
                  "阶段尚待事项", "What a stage waits for", STAGE_EXAMPLE),
        Operation(service, "begin_stage", "command", StageOfCycle, StageState, (OFFICE,),
                  "开始阶段", "Begin a stage", STAGE_EXAMPLE),
        Operation(service, "close_stage", "command", StageOfCycle, StageState, (OFFICE,),
                  "结束阶段", "Close a stage", STAGE_EXAMPLE),
        Operation(service, "audit", "query", AuditOf, AuditState, WATCHERS,
                  "核验审计记录", "Verify the sealed audit log", {"cycle_id": CYCLE}),
        Operation(service, "archive", "query", ArchiveOf, ArchivedRows, WATCHERS,
                  "归档数据", "A service's rows of an application or a cycle, for packages",
                  {"cycle_id": CYCLE, "application_id": APPLICATION}),
        Operation(service, "archive_audit", "query", ArchiveOf, ArchivedEntries, WATCHERS,
                  "归档审计记录", "Its audit entries with proofs of their seals, for packages",
                  {"cycle_id": CYCLE, "application_id": APPLICATION}),
        *watch_operations(service),
    ]  # fmt: skip

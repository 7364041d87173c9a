"""Packages of records, and destruction lists as papers."""

from __future__ import annotations

from services.gateway.own.content import Content
from shared.contracts.base import Strict, identifier
from shared.contracts.operations import WATCHERS, CycleId, Operation
from shared.contracts.operations.intake.archive import ListId
from shared.contracts.operations.operation import APPLICATION, CYCLE


class PackageOf(Strict):
    """An application of a cycle that is over."""

    cycle_id = identifier()
    application_id = identifier()


OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "application_package", "command", PackageOf, Content, WATCHERS, "申报归档包（ZIP）",
              "An application's package as a ZIP", {"cycle_id": CYCLE, "application_id": APPLICATION}),
    Operation("gateway", "cycle_package", "command", CycleId, Content, WATCHERS, "评奖周期归档包（ZIP）",
              "A cycle's package as a ZIP", {"cycle_id": CYCLE}),
    Operation("gateway", "destruction_list_pdf", "query", ListId, Content, WATCHERS, "销毁清册（PDF）",
              "A destruction list as PDF", {"list_id": APPLICATION}),
)  # fmt: skip

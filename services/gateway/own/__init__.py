"""The gateway's own operations, in the form of the services' ones. One module a topic; add yours to `_ROOMS`."""

from __future__ import annotations

from services.gateway.own import (
    accounts,
    agencies,
    files,
    honours,
    made,
    notices,
    objections,
    papers,
    payments,
    rulebooks,
    tracking,
)
from shared.contracts.operations import Operation

_ROOMS = (
    accounts, rulebooks, made, notices, honours, files, papers, objections, payments, agencies, tracking,
)  # fmt: skip
_ALL = tuple(operation for room in _ROOMS for operation in room.OPERATIONS)

OWN: dict[str, Operation] = {operation.method: operation for operation in _ALL}
if len(OWN) != len(_ALL):
    raise RuntimeError("two operations of the gateway have one name")

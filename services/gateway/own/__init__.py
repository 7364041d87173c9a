"""The gateway's own operations, in the form of the services' ones. One module a topic; add yours to `_ROOMS`."""

from __future__ import annotations

from services.gateway.own import (
    accounts,
    agencies,
    committee,
    contacts,
    delegations,
    desk,
    files,
    honours,
    identities,
    made,
    notices,
    objections,
    operating,
    packages,
    papers,
    payments,
    regulations,
    rehearsals,
    rulebooks,
    second_factor,
    supervision,
    tracking,
)
from shared.contracts.operations import Operation

_ROOMS = (
    accounts,
    rulebooks,
    regulations,
    made,
    notices,
    files,
    agencies,
    papers,
    tracking,
    objections,
    packages,
    supervision,
    committee,
    payments,
    honours,
    rehearsals,
    desk,
    contacts,
    second_factor,
    identities,
    delegations,
    operating,
)


_ALL = tuple(operation for room in _ROOMS for operation in room.OPERATIONS)

OWN: dict[str, Operation] = {operation.method: operation for operation in _ALL}
if len(OWN) != len(_ALL):
    raise RuntimeError("two operations of the gateway have one name")

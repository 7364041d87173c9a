"""Where the holder of an account wants to be told."""

from __future__ import annotations

from shared.contracts.base import Strict
from shared.contracts.operations import Operation
from shared.contracts.operations.notifications.contacts import ADDRESSES_EXAMPLE, Addresses
from shared.contracts.operations.notifications.messages import PEOPLE

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "my_addresses", "query", Strict, Addresses, PEOPLE, "我的联系方式", "My addresses", {}),
    Operation("gateway", "set_addresses", "command", Addresses, Addresses, PEOPLE, "填写联系方式", "Set my addresses",
              ADDRESSES_EXAMPLE),
)  # fmt: skip

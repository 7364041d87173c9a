"""What an operation is, and the small requests and replies that several services share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from marshmallow import Schema, fields

from shared.contracts.base import Strict, count, identifier, text
from shared.contracts.events import stage_key

# The ids of the examples.
CYCLE = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
APPLICATION = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c"


@dataclass(frozen=True)
class Operation:
    """One question or command of one service. `roles` holds those who may ask; PUBLIC means anybody."""

    service: str
    method: str
    kind: Literal["command", "query"]
    request: type[Schema]
    reply: type[Schema]
    roles: tuple[str, ...]
    summary_zh: str
    summary_en: str
    example: Mapping[str, Any]

    @property
    def name(self) -> str:
        """`service.method`, as it stands in the message's type."""
        return f"{self.service}.{self.method}"


class CycleId(Strict):
    """Names a cycle."""

    cycle_id = identifier()


class ApplicationId(Strict):
    """Names an application."""

    application_id = identifier()


class StageOfCycle(Strict):
    """Names a stage of a cycle."""

    cycle_id = identifier()
    stage = stage_key()


class OfCycle(Strict):
    """All of a cycle, or one application of it."""

    cycle_id = identifier()
    application_id = fields.String(load_default=None, allow_none=True)


class AuditOf(Strict):
    """Which audit entries to verify: one cycle's, or all."""

    cycle_id = fields.String(load_default=None, allow_none=True)


class AuditState(Strict):
    """What verifying a service's sealed audit log found."""

    service = text()
    entries = count()
    unsealed = count()
    intact = fields.Boolean(required=True)
    problems = fields.List(fields.String(), required=True)


class Done(Strict):
    """It was done."""

    done = fields.Boolean(required=True)

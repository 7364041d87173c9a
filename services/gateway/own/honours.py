"""Certificates and plaques as papers."""

from __future__ import annotations

from services.gateway.own.content import Content
from shared.contracts.operations import APPLICANT, WATCHERS, Operation
from shared.contracts.operations.operation import APPLICATION, ApplicationId

_EXAMPLE = {"application_id": APPLICATION}

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "certificate_pdf", "query", ApplicationId, Content, (APPLICANT, *WATCHERS), "证书（PDF）",
              "A certificate as PDF", _EXAMPLE),
    Operation("gateway", "plaque_pdf", "query", ApplicationId, Content, (APPLICANT, *WATCHERS), "奖牌（PDF）",
              "A plaque as PDF", _EXAMPLE),
)  # fmt: skip

"""The files of a payment batch, for finance."""

from __future__ import annotations

from services.gateway.own.content import Content
from shared.contracts.operations import FINANCE, Operation
from shared.contracts.operations.incentives.payments import PaymentBatchId
from shared.contracts.operations.operation import APPLICATION

OPERATIONS: tuple[Operation, ...] = (
    Operation("gateway", "payment_csv", "query", PaymentBatchId, Content, (FINANCE,), "付款文件（CSV）",
              "A batch's payment file as CSV", {"batch_id": APPLICATION}),
    Operation("gateway", "payment_xlsx", "query", PaymentBatchId, Content, (FINANCE,), "付款文件（XLSX）",
              "A batch's payment file as XLSX", {"batch_id": APPLICATION}),
)  # fmt: skip

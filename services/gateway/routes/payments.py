"""Ways to the money: costs, budgets, accounts, batches, receivables, use of funds."""

from __future__ import annotations

from services.gateway.exports import CSV, XLSX
from services.gateway.routes.paths import APPLICATION, CYCLE
from services.gateway.routes.route import Route

_BATCH = "/payment-batches/{batch_id}"
_OWED = APPLICATION + "/receivable"
_FILE = ("incentives.payment_file",)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/funds", "incentives.funds", "payments"),
    Route("GET", CYCLE + "/money", "incentives.money", "payments"),
    Route("GET", CYCLE + "/costs", "incentives.costs", "payments"),
    Route("POST", APPLICATION + "/costs", "incentives.prepare_cost", "payments", 201),
    Route("POST", "/costs/{proposal_id}/decision", "incentives.decide_cost", "payments"),
    Route("GET", CYCLE + "/budgets", "incentives.budgets", "payments"),
    Route("POST", CYCLE + "/budgets", "incentives.set_budget", "payments"),
    Route("GET", CYCLE + "/payees", "incentives.payees", "payments"),
    Route("PUT", APPLICATION + "/payee", "incentives.enter_payee", "payments"),
    Route("POST", "/payees/{payee_id}/check", "incentives.check_payee", "payments"),
    Route("GET", CYCLE + "/payment-batches", "incentives.batches", "payments"),
    Route("POST", CYCLE + "/payment-batches", "incentives.assemble_batch", "payments", 201),
    Route("GET", _BATCH, "incentives.batch", "payments"),
    Route("POST", _BATCH + "/decision", "incentives.decide_batch", "payments"),
    Route("GET", _BATCH + "/file.csv", "gateway.payment_csv", "payments", gives=CSV, behind=_FILE),
    Route("GET", _BATCH + "/file.xlsx", "gateway.payment_xlsx", "payments", gives=XLSX, behind=_FILE),
    Route("POST", _BATCH + "/answers", "incentives.read_bank_file", "payments"),
    Route("GET", CYCLE + "/unknown-payments", "incentives.unknown_payments", "payments"),
    Route("POST", "/payments/{line_id}/outcome", "incentives.propose_outcome", "payments", 201),
    Route("POST", "/payment-outcomes/{proposal_id}/decision", "incentives.decide_outcome", "payments"),
    Route("GET", CYCLE + "/receivables", "incentives.receivables", "payments"),
    Route("POST", _OWED + "/receipts", "incentives.record_receipt", "payments", 201),
    Route("POST", _OWED + "/instalments", "incentives.propose_instalments", "payments", 201),
    Route("POST", "/instalments/{proposal_id}/decision", "incentives.decide_instalments", "payments"),
    Route("POST", _OWED + "/write-off", "incentives.propose_write_off", "payments", 201),
    Route("POST", "/write-offs/{proposal_id}/decision", "incentives.decide_write_off", "payments"),
    Route("GET", CYCLE + "/use-reports", "incentives.use_reports", "payments"),
    Route("POST", APPLICATION + "/use-reports", "incentives.report_use", "payments", 201),
    Route("POST", "/use-reports/{report_id}/decision", "incentives.decide_use", "payments"),
)

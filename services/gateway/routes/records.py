"""Ways to records: how long they are kept, packages, legal holds, destruction lists."""

from __future__ import annotations

from services.gateway.feedback import PDF
from services.gateway.files import ZIP
from services.gateway.routes.paths import CYCLE
from services.gateway.routes.route import SERVICES, Route

_GATHERED = tuple(f"{service}.{method}" for service in SERVICES for method in ("archive", "archive_audit"))
_PACKAGES = (*_GATHERED, "intake.records_due", "intake.register_package")
_LIST = "/destruction-lists/{list_id}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/records/due", "intake.records_due", "records"),
    Route("GET", CYCLE + "/packages", "intake.packages", "records"),
    Route(
        "POST", CYCLE + "/package", "gateway.cycle_package", "records", gives=ZIP, behind=(*_PACKAGES, "intake.packages"),
    ),
    Route(
        "POST", CYCLE + "/applications/{application_id}/package", "gateway.application_package", "records", gives=ZIP,
        behind=_PACKAGES,
    ),
    Route("GET", CYCLE + "/holds", "intake.holds", "records"),
    Route("POST", CYCLE + "/holds", "intake.place_hold", "records", 201),
    Route("POST", "/holds/{hold_id}/lifting", "intake.lift_hold", "records"),
    Route("GET", CYCLE + "/destruction-lists", "intake.destruction_lists", "records"),
    Route("POST", CYCLE + "/destruction-lists", "intake.prepare_destruction", "records", 201),
    Route("GET", _LIST, "intake.destruction_list", "records"),
    Route(
        "GET", _LIST + "/list.pdf", "gateway.destruction_list_pdf", "records", gives=PDF,
        behind=("intake.destruction_list",),
    ),
    Route("POST", _LIST + "/signature", "intake.sign_destruction", "records"),
    Route("POST", _LIST + "/execution", "intake.execute_destruction", "records"),
    Route("POST", _LIST + "/withdrawal", "intake.withdraw_destruction", "records"),
)  # fmt: skip

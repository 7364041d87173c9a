"""Ways to papers."""

from __future__ import annotations

from services.gateway.files import BYTES
from services.gateway.routes.route import Route

_PAPER = "/papers/{paper_id}"

ROUTES: tuple[Route, ...] = (
    Route("POST", "/papers", "gateway.upload_paper", "files", 201, takes=BYTES,
          behind=("intake.may_add_paper", "intake.add_paper")),
    Route("GET", _PAPER, "intake.paper", "files"),
    Route("GET", _PAPER + "/content", "gateway.paper_content", "files", gives=BYTES,
          behind=("intake.paper", "eligibility.may_read_objection_paper")),
)  # fmt: skip

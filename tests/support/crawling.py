"""Every page of the portal, and services that answer enough for each of them to show something."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from services.gateway.portal import ROOMS
from services.gateway.portal.room import Page
from shared.contracts import Context
from shared.contracts.operations import AGENCY, ROLES
from tests.support.gateway import REAL, answered, any_rulebook

PAGES = [page for room in ROOMS for page in room.pages]
OPENED = [page for page in PAGES if "GET" in page.methods]
PEOPLE = [role for role in ROLES if role != AGENCY]  # who signs in to the portal
EXAMPLE_ID = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c"


def address_of(page: Page) -> str:
    """An address of a page with its names filled in; a room may name others for its own in `samples`."""
    given = {
        "cycle_id": REAL,
        "rulebook": any_rulebook().id,
        "stage": _STAGE,
    } | page.sample
    return re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", lambda found: given.get(found[1], EXAMPLE_ID), page.rule)


# Where a sample of the contract would be nothing that a page shows.
_SAID: dict[str, dict[str, Any]] = {
    "eligibility.notice": {"rehearsal": False},
    "intake.application": {"status": "awarded"},
    "intake.file_previews": {"previews": []},  # there is no content behind a sample's digest
    "intake.enquiry_batch": {"content": "eA==", "content_type": "text/csv", "file_name": "enquiries.csv"},
}
_STAGE = any_rulebook().stages[-1].key
_CASE = {
    "application_id": EXAMPLE_ID,
    "name": "示例公司",
    "kind": "organization",
    "uscc": "91310105MAXY50013E",
    "advisers": [],
}
_LINE = {
    "application_id": EXAMPLE_ID,
    "expert_id": "E1",
    "position": 1,
    "submitted": False,
    "state": "accepted",
}
_PANEL = {"stage": _STAGE, "assignments": [_LINE], "leader": "E1"}
_SAID |= {
    "review.my_assignments": {"panels": [_PANEL]},
    "review.sheet_lines": {
        "sheets": [{"application_id": EXAMPLE_ID, "expert_id": "E2", "state": "submitted"}]
    },
    "review.awaiting_statement": {"declared": False, "applications": [_CASE]},
    "review.my_work": {
        "cycles": [
            {"cycle_id": REAL, "panels": [_PANEL], "cases": {"declared": False, "applications": [_CASE]}}
        ],
    },
}
# Pages of something that has to be made first; their own tests open them.
OF_SOMETHING = frozenset(
    {
        "portal.accounts.account",
        "portal.accounts.end_delegation",
        "portal.accounts.identity",
        "portal.departments.answer",
        "portal.identities.unlink",
        "portal.lending.end",
        "portal.announcing.announcement",
        "portal.signing_in.with_provider",
        "portal.office_objections.objection",
        "portal.office_breaches.breach",
        "portal.office_breaches.settle",
        "portal.office_cases.case",
        "portal.office_cases.act",
    }
)
REFUSED = frozenset({"portal.signing_in.come_back"})  # nobody was sent to where one would come back from


def said(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A sample of a reply."""
    return answered(service, method, data, context) | _SAID.get(f"{service}.{method}", {})

"""Every page of every role, on services that answer what the contracts allow: none fails, none shows the other language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from services.gateway.portal import ROOMS
from services.gateway.portal.room import Page
from shared.contracts import Context
from shared.contracts.operations import AGENCY, PUBLIC, ROLES
from tests.support.browsing import Visitor
from tests.support.gateway import REAL, Bench, InProcess, answered, any_rulebook, make_bench

PAGES = [page for room in ROOMS for page in room.pages]
_EXAMPLE_ID = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c"
_HAN = re.compile("[\u3400-\u9fff]")


def address_of(page: Page) -> str:
    """An address of a page with its names filled in; a room may name others for its own in `samples`."""
    given = {
        "cycle_id": REAL,
        "rulebook": any_rulebook().id,
        "stage": _STAGE,
    } | page.sample
    return re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", lambda found: given.get(found[1], _EXAMPLE_ID), page.rule)


# Where a sample of the contract would be nothing that a page shows.
_SAID: dict[str, dict[str, Any]] = {
    "eligibility.notice": {"rehearsal": False},
    "intake.application": {"status": "awarded"},
    "intake.enquiry_batch": {"content": "eA==", "content_type": "text/csv", "file_name": "enquiries.csv"},
}
_STAGE = any_rulebook().stages[-1].key
_CASE = {
    "application_id": _EXAMPLE_ID,
    "name": "示例公司",
    "kind": "organization",
    "uscc": "91310105MAXY50013E",
    "advisers": [],
}
_LINE = {
    "application_id": _EXAMPLE_ID,
    "expert_id": "E1",
    "position": 1,
    "submitted": False,
    "state": "accepted",
}
_PANEL = {"stage": _STAGE, "assignments": [_LINE], "leader": "E1"}
_SAID |= {
    "review.my_assignments": {"panels": [_PANEL]},
    "review.sheet_lines": {
        "sheets": [{"application_id": _EXAMPLE_ID, "expert_id": "E2", "state": "submitted"}]
    },
    "review.awaiting_statement": {"declared": False, "applications": [_CASE]},
}
# Pages of something that has to be made first; their own tests open them.
_OF_SOMETHING = {
    "portal.accounts.account",
    "portal.accounts.end_delegation",
    "portal.departments.answer",
    "portal.lending.end",
    "portal.announcing.announcement",
    "portal.signing_in.with_provider",
    "portal.office_objections.objection",
    "portal.office_breaches.breach",
    "portal.office_breaches.settle",
    "portal.office_cases.case",
    "portal.office_cases.act",
}
_REFUSED = {"portal.signing_in.come_back"}  # nobody was sent to where one would come back from


def said(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A sample of a reply."""
    return answered(service, method, data, context) | _SAID.get(f"{service}.{method}", {})


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("crawl"), InProcess(said))


@pytest.fixture(scope="module")
def visitors(bench: Bench) -> dict[str, Visitor]:
    found = {role: Visitor(bench, role) for role in ROLES if role != AGENCY}
    return {**found, PUBLIC: Visitor(bench)}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "GET" in page.methods], ids=lambda page: page.name
)
def test_a_page_opens_for_its_roles_and_for_no_other(visitors: dict[str, Visitor], page: Page) -> None:
    """Whoever may not open it reads what is read of what does not exist; the public signs in first."""
    for role, visitor in visitors.items():
        shown = visitor.open(address_of(page))
        if role in page.roles or PUBLIC in page.roles:
            fine = {200, 303, 404} if page.name in _OF_SOMETHING else {200, 303}
            fine = {401} if page.name in _REFUSED else fine
            assert shown.status in fine, (role, shown.status, shown.words)
        elif role == PUBLIC:
            assert shown.response.headers["Location"].startswith("/login?next="), role
        else:
            assert shown.status == 404, (role, shown.status)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "GET" in page.methods], ids=lambda page: page.name
)
def test_an_english_page_marks_what_is_chinese(visitors: dict[str, Visitor], page: Page) -> None:
    role = next(iter(page.roles))
    visitor = visitors[role]
    visitor.open("/?lang=en")
    shown = visitor.open(address_of(page))
    visitor.open("/?lang=zh")
    text = re.sub(r'<(\w+)[^>]*\blang="zh-Hans"[^>]*>.*?</\1>', "", shown.text, flags=re.S)
    # What somebody typed stands as they typed it.
    text = re.sub(r"<textarea[^>]*>.*?</textarea>", "", text, flags=re.S)
    text = re.sub(r'\bvalue="[^"]*"', "", text)
    found = _HAN.search(text)
    assert found is None, text[max(0, found.start() - 80) : found.end() + 40]


def test_every_page_has_one_heading_and_a_title(visitors: dict[str, Visitor]) -> None:
    for page in PAGES:
        if "GET" not in page.methods:
            continue
        shown = visitors[next(iter(page.roles))].open(address_of(page))
        if shown.status == 200 and shown.response.mimetype == "text/html":
            assert len(re.findall("<h1[ >]", shown.text)) == 1, page.rule
            assert "<title>" in shown.text

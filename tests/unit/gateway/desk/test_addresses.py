"""Where tasks and places send people there is a page, and whoever is sent may open it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.gateway.desk import places, tasks
from services.gateway.desk.places import PLACES
from services.gateway.portal.rooms import ROOMS
from shared.contracts.operations import OFFICE

# Every name in an address is "*": what is spelt out has to be spelt out on both sides.
PAGES = {
    re.sub(r"<[^>]+>", "*", page.rule): page.roles for room in ROOMS for page in room.pages if "GET" in page.methods
}  # fmt: skip
OFFICES = {
    "cycle": places.CYCLE, "stage": places.STAGE, "begin": places.BEGIN, "close": places.CLOSE,
    "calendar": places.CALENDAR, **{what: place.path for what, place in PLACES.items()},
}  # fmt: skip


def addresses() -> Iterator[str]:
    """All addresses that are written in tasks.py, with "*" for each value."""
    tree = ast.parse(Path(tasks.__file__).read_text("utf-8"))
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            written = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            written = node.value
        else:
            continue
        if written.startswith("/"):
            yield written


@pytest.mark.parametrize("address", sorted(set(addresses())))
def test_a_task_leads_to_a_page(address: str) -> None:
    assert address.partition("?")[0] in PAGES


def test_addresses_are_found_in_the_text() -> None:
    assert {"/rec", "/review/*/*/*/sheet", "/supervision/forms/*"} <= set(addresses())


@pytest.mark.parametrize("what", sorted(OFFICES))
def test_a_place_of_the_office_is_a_page_of_the_office(what: str) -> None:
    address = re.sub(r"\{(cycle_id|stage|notice)\}", "*", OFFICES[what].partition("?")[0])
    assert OFFICE in PAGES.get(address, ())

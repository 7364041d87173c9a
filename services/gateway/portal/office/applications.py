"""申报一览: thousands of applications of a cycle, filtered, ordered and paged in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from services.gateway.portal import listing
from services.gateway.portal.office import words
from services.gateway.portal.office.around import show
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.dossier import CATEGORIES, KINDS
from shared.contracts.operations import WATCHERS
from shared.contracts.operations.intake.lists import MISSING, SORTED_BY
from shared.problems import Unavailable
from shared.rulebooks import Rulebook

ROOM = Room("office_applications", WATCHERS)
TITLE = Text("申报一览", "Applications")
COLUMNS: Sequence[tuple[str, Text]] = (
    ("number", Text("编号", "Number")),
    ("name", Text("名称", "Name")),
    ("uscc", Text("统一社会信用代码", "Code")),
    ("kind", Text("类型", "Kind")),
    ("category", Text("类别", "Category")),
    ("status", Text("状态", "Status")),
    ("stopped_at", Text("到达阶段", "Stage")),
    ("submitted_on", Text("提交日期", "Submitted")),
    ("recommender", Text("推荐部门", "Recommender")),
)
FILTERS: Mapping[str, Sequence[str] | None] = {
    "q": None,
    "status": tuple(words.WORDS["status"]),
    "kind": KINDS,
    "category": CATEGORIES,
    "missing": MISSING,
    "recommender": None,
    "stopped_at": None,
}
LABELS: Mapping[str, Text] = {
    "q": Text("查找", "Look for"),
    "status": Text("状态", "Status"),
    "kind": Text("类型", "Kind"),
    "category": Text("类别", "Category"),
    "missing": Text("尚缺", "Missing"),
    "recommender": Text("推荐部门", "Recommender"),
    "stopped_at": Text("到达阶段", "Stage"),
}
_FORMS = ("xlsx", "csv")
_LONGEST = {"q": 100, "recommender": 200, "stopped_at": 64}


def asked_of(cycle_id: str, book: Rulebook) -> listing.Listing:
    """What the address asks; a text that is too long for the list to be asked counts as not offered."""
    given = [(name, value) for name, value in request.args.items(multi=True)]
    fitting = [
        (name, value if len(value.strip()) <= _LONGEST.get(name, 200) else "") for name, value in given
    ]
    stages = {"stopped_at": tuple(stage.key for stage in book.stages)}
    return listing.read(
        f"/cycles/{cycle_id}/applications", fitting, filters={**FILTERS, **stages}, columns=SORTED_BY, sort="number",
    )  # fmt: skip


@ROOM.page("/cycles/<cycle_id>/applications")
def applications(visit: Visit, cycle_id: str) -> Response:
    """The list, with one question to intake."""
    book = visit.rulebook(cycle_id)
    asked = asked_of(cycle_id, book)
    found = visit.ask("intake.applications", cycle_id=cycle_id, **asked.asked)
    query = urlencode(asked.filters)
    exports = [(_file(cycle_id, "applications", form, query), form.upper()) for form in _FORMS]
    if visit.may("gateway.contacts_xlsx"):
        exports += [
            (
                _file(cycle_id, "contacts", form, query),
                visit.say(f"联系表 {form.upper()}", f"contacts {form.upper()}"),
            )
            for form in _FORMS
        ]
    return show(
        visit, "office/applications.html", TITLE, at=cycle_id, book=book, listing=asked, found=found, exports=exports,
        columns=COLUMNS, choices=_choices(visit, book), labels=LABELS, bodies=_bodies(visit),
    )  # fmt: skip


def _file(cycle_id: str, table: str, form: str, query: str) -> str:
    """Where a list is given as a file, with the page's filters."""
    return f"/api/v1/cycles/{cycle_id}/{table}.{form}" + (f"?{query}" if query else "")


def _choices(visit: Visit, book: Rulebook) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, in words."""
    tables = {
        "status": FILTERS["status"],
        "kind": book.kinds,
        "category": book.categories,
        "missing": MISSING,
    }
    found: dict[str, list[tuple[str, str]]] = {}
    for table, codes in tables.items():
        pairs = [(code, words.found(table, code)) for code in codes or ()]
        found[table] = [(code, visit.say(pair.zh, pair.en) if pair else code) for code, pair in pairs]
    found["stopped_at"] = [(each.key, visit.say(each.title.zh, each.title.en)) for each in book.stages]
    return found


def _bodies(visit: Visit) -> list[Any]:
    """The recommending bodies; without them one still filters by a name in the address."""
    try:
        return list(visit.ask("intake.recommending_bodies")["bodies"])
    except Unavailable:
        return []

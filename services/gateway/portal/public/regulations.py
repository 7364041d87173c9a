"""办法: each regulation matter by matter and article by article, with what is assumed; two of them side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import PUBLIC
from shared.problems import Invalid, NotFound

ROOM = Room("regulations", (PUBLIC,))
TITLE = Text("评奖办法", "The regulations")
Said = Mapping[str, Any]
# Of the matters: these stand at the articles that they are made from, or in tables of their own.
_ELSEWHERE = {"conditions", "not_encoded", "assumed"}


@ROOM.page("/rules", kept=True)
def regulations(visit: Visit) -> Response:
    """All that are installed: those that are or were in force first, drafts after them."""
    books = visit.ask("gateway.rulebooks")["rulebooks"]
    books.sort(key=lambda each: (each["status"] == "draft", each["rulebook"]))
    return visit.page("public/regulations.html", TITLE, books=books)


@ROOM.page("/rules/<rulebook>", kept=True)
def regulation(visit: Visit, rulebook: str) -> Response:
    """One regulation; `?compare=` another one stands beside it."""
    told = visit.ask("gateway.regulation", rulebook=rulebook)
    other = request.args.get("compare", "").strip()
    if other:
        return _beside(visit, told, other)
    parts = {part["part"]: part["entries"] for part in told["parts"]}
    return visit.page(
        "public/regulation.html", Text(told["title_zh"], told["title_en"]), book=told, others=_others(visit, rulebook),
        matters=[part for part in told["parts"] if part["part"] not in _ELSEWHERE], articles=_articles(told, parts),
        assumed=assumed(told), anchor=anchor, ignored="", known={each["rule"] for each in told["articles"]},
        loose=[each for each in parts.get("conditions", []) if each["rule"] not in {a["rule"] for a in told["articles"]}],
    )  # fmt: skip


def _others(visit: Visit, rulebook: str) -> list[Said]:
    return [each for each in visit.ask("gateway.rulebooks")["rulebooks"] if each["rulebook"] != rulebook]


def _articles(told: Said, parts: Mapping[str, list[Said]]) -> list[dict[str, Any]]:
    """Every article with the conditions made from it, where else it is cited, and what was left out of it."""
    found = []
    for article in told["articles"]:
        rule = article["rule"]
        cited = [
            {**entry, "part": part["part"], "part_zh": part["title_zh"], "part_en": part["title_en"]}
            for part in told["parts"]
            if part["part"] not in _ELSEWHERE
            for entry in part["entries"]
            if entry["rule"] == rule
        ]
        of_it = {name: [e for e in parts.get(name, []) if e["rule"] == rule] for name in _ELSEWHERE}
        found.append(
            {**article, "cited": cited, "conditions": of_it["conditions"], "left_out": of_it["not_encoded"]}
        )
    return found


def assumed(told: Said) -> list[dict[str, Any]]:
    """What no article gives, as the page says it elsewhere: of which matter and entry, what is assumed, on which ground."""
    found = []
    for part in told["parts"]:
        if part["part"] in ("assumed", "not_encoded"):
            continue
        for entry in part["entries"]:
            of = {name: f"{part[f'title_{name}']} · {entry[f'title_{name}']}" for name in ("zh", "en")}
            row = {"part": part["part"], "key": entry["key"], "place_zh": of["zh"], "place_en": of["en"]}
            if entry["assumed"]:
                found.append({**row, "values": entry["values"], **_note(entry)})
            found += [{**row, "values": [each], **_note(each)} for each in entry["values"] if each["assumed"]]
    return found


def _note(said: Said) -> dict[str, Any]:
    return {"note_zh": said["note_zh"], "note_en": said["note_en"]}


def anchor(*names: str) -> str:
    """An id on the page for a rule or an entry: letters, digits and dots only, so that it stands in an address."""
    return "-".join(
        "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}" for c in name) for name in names
    )


def _beside(visit: Visit, told: Said, other: str) -> Response:
    """What differs. Another one that there is not is left out, and said."""
    title = Text(f"对照：{told['title_zh']}", f"Side by side: {told['title_en']}")
    others = _others(visit, told["rulebook"])
    second = next((each for each in others if each["rulebook"] == other), None)
    try:
        found = visit.ask("gateway.differences", rulebook=told["rulebook"], other=other) if second else None
    except (NotFound, Invalid):
        found = None
    by_part: dict[str, list[Said]] = {}
    for each in found["differences"] if found else ():
        by_part.setdefault(each["part"], []).append(each)
    return visit.page(
        "public/compared.html", title, book=told, second=second, others=others, parts=list(by_part.values()),
        ignored="" if second else other[:60],
    )  # fmt: skip

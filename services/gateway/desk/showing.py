"""Asks services for the pictures of a cycle, and for its report as a paper; what is drawn is pure and stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files
from services.gateway.circumstances import Asked
from services.gateway.desk import asking, pictures, report
from services.gateway.feedback import DOCX, PDF, written
from shared.documents import Picture
from shared.documents import pictures as drawn
from shared.documents.drawing import Reading
from shared.problems import Problem
from shared.rulebooks import Rulebook

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Data = Mapping[str, Any]
Reply = Mapping[str, Any]
_ASKED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "funnel": (("intake", "stage_numbers"),),
    "workload": (("review", "panel_progress"),),
    "severity": (("review", "calibration"), ("review", "panel_progress")),
    "budget": (("incentives", "grants"),),
    "levels": (("incentives", "grants"),),
    "indices": (("incentives", "tracking_overview"),),
}
BEHIND_PICTURES = (
    "intake.cycle",
    *sorted({f"{service}.{method}" for several in _ASKED.values() for service, method in several}),
)
BEHIND_REPORT = tuple(sorted({*asking.BEHIND_DESK, *BEHIND_PICTURES}))
_TYPES = {"docx": DOCX, "pdf": PDF}


def picture(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """The reply `PictureMade`. Raises Unavailable where a service whose figures it shows is silent: a picture of nothing
    would be a wrong one.
    """
    which: str = data["picture"]
    reading: Reading = data.get("language") or "both"
    book = gateway.dispatcher.rulebook(data["cycle_id"], asked.context)
    (made,) = _made(gateway, [which], data, book, reading, asked)
    if isinstance(made, Problem):
        raise made
    if made is None:
        return {"picture": which, "title": which, "svg": None, "table": None}
    table = drawn.table(made, reading=reading)
    return {
        "picture": which,
        "title": made.title,
        "svg": drawn.svg(made),
        "table": {
            "headings": list(table.headings),
            "rows": [list(row) for row in table.rows],
            "figures": sorted(table.figures),
        },
    }


def cycle_report_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """周期概况 as PDF."""
    return _report(gateway, data, asked, "pdf")


def cycle_report_docx(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """周期概况 as DOCX."""
    return _report(gateway, data, asked, "docx")


def _report(gateway: Gateway, data: Data, asked: Asked, form: str) -> Response:
    """Stages and all pictures; what a service did not tell is said so in its place. Who took one is in the audit log."""
    desk = asking.desk(gateway, data, asked)
    book = gateway.dispatcher.rulebook(data["cycle_id"], asked.context)
    found = _made(gateway, list(_ASKED), data, book, "both", asked)
    shown = {
        which: None if isinstance(each, Problem) else each for which, each in zip(_ASKED, found, strict=True)
    }
    silent = {which for which, each in zip(_ASKED, found, strict=True) if isinstance(each, Problem)}
    made_on = date.fromisoformat(desk["today"])
    content = written(report.document(desk, shown, silent, made_on), form)
    gateway.identity.record(asked.signed_in, "cycle:report_taken", reason=form, cycle_id=data["cycle_id"])
    return files.made(content, f"{report.TITLE}.{form}", _TYPES[form], f"cycle.{form}")


def _made(
    gateway: Gateway, which: Sequence[str], data: Data, book: Rulebook, reading: Reading, asked: Asked
) -> list[Picture | Problem | None]:
    """Each of several pictures, all their services asked at once; None before there is anything to show."""
    questions = list(dict.fromkeys(question for name in which for question in _ASKED[name]))
    of_cycle = {"cycle_id": data["cycle_id"]}
    answers = gateway.dispatcher.gather(
        [(service, method, of_cycle, asked.role) for service, method in questions], asked
    )
    known = dict(zip(questions, answers, strict=True))
    found: list[Picture | Problem | None] = []
    for name in which:
        replies = [known[question] for question in _ASKED[name]]
        problem = next((each for each in replies if isinstance(each, Problem)), None)
        told = [each for each in replies if not isinstance(each, Problem)]
        found.append(problem or _drawn(name, told, book, data.get("stage"), reading))
    return found


def _drawn(
    which: str, replies: Sequence[Reply], book: Rulebook, stage: str | None, reading: Reading
) -> Picture | None:
    first = replies[0]
    match which:
        case "funnel":
            return pictures.funnel(first, book, reading)
        case "workload":
            return pictures.workload(first, reading)
        case "severity":
            several = [each for each in first["stages"] if stage in (None, each["stage"])]
            names = {line["expert_id"]: line["name"] or line["expert_id"] for line in replies[1]["reviewers"]}
            return pictures.severity(several[-1], names, reading) if several else None
        case "indices":
            return pictures.indices(first, reading)
        case "budget":
            return pictures.budget(first, reading)
        case _:
            return pictures.by_level(first, [level.name for level in book.levels], reading)

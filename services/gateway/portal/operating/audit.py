"""审计: whether the sealed logs of all services are whole, and where one breaks; when that was looked at last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import word
from shared.contracts.operations import AUDITOR
from shared.rulebooks.words import OWNERS

ROOM = Room("audit", (AUDITOR,))
MOST_CHECKED = 12  # cycles that one press checks, the newest
Cycles = Sequence[Mapping[str, Any]]


@ROOM.page("/audit")
def audit(visit: Visit) -> Response:
    """Whole, or broken where, when it was last looked at; the cycles, newest first, each with its own last check."""
    cycles: Cycles = visit.ask("intake.cycles")["cycles"]
    known = {each["cycle_id"] for each in cycles}
    checks = [each for each in visit.ask("gateway.audit_checks")["checks"] if each["cycle_id"] in known]
    of_cycle = {each["cycle_id"]: each for each in checks}
    return visit.page(
        "operating/audit.html", Text("审计", "Audit"), cycles=cycles, checks=of_cycle,
        names={each: word(OWNERS, each) for each in OWNERS},
        broken=[(each, of_cycle[each["cycle_id"]]) for each in cycles if not _fine(of_cycle.get(each["cycle_id"]))],
        never=[each for each in _checked(cycles) if each["cycle_id"] not in of_cycle],
        last=max((each["checked_at"] for each in checks), default=None),
        earliest=min((each["checked_at"] for each in checks), default=None), some=len(_checked(cycles)),
    )  # fmt: skip


def _fine(check: Mapping[str, Any] | None) -> bool:
    return check is None or bool(check["intact"])


def _checked(cycles: Cycles) -> Cycles:
    """Those that one press checks: real ones, the newest."""
    return [each for each in cycles if not each["rehearsal"]][:MOST_CHECKED]


@ROOM.page("/audit/checks", methods=("POST",))
def check(visit: Visit) -> Response:
    """Check the real cycles, one after the other; each result is kept."""
    cycles = _checked(visit.ask("intake.cycles")["cycles"])
    told = [visit.ask_or_none("gateway.audit", cycle_id=each["cycle_id"]) for each in cycles]
    if None in told:
        return visit.go(
            "/audit", Text("有服务没有应答：部分周期没有核验", "A service does not answer: some cycles were not checked")
        )  # fmt: skip
    return visit.go("/audit", Text("已核验，结果已记录", "It was checked, and what was found is kept"))


@ROOM.page("/audit/<cycle_id>", methods=("GET", "POST"))
def logs(visit: Visit, cycle_id: str) -> Response:
    """What the last check of one cycle's logs found, service by service; pressing the button checks them anew."""
    if request.method == "POST":
        there = visit.ask_or_none("gateway.audit", cycle_id=cycle_id) is not None
        done = Text("已核验，结果已记录", "It was checked, and what was found is kept")
        return visit.go(
            f"/audit/{cycle_id}",
            done if there else Text("有服务没有应答：没有核验", "A service does not answer: not checked"),
        )
    visit.ask("intake.cycle", cycle_id=cycle_id)
    checks = visit.ask("gateway.audit_checks")["checks"]
    found = next((each for each in checks if each["cycle_id"] == cycle_id), None)
    return visit.page(
        "operating/logs.html", Text("审计日志核验", "The audit logs, checked"), found=found, cycle_id=cycle_id,
        names={each["service"]: word(OWNERS, each["service"]) for each in found["services"]} if found else {},
    )  # fmt: skip

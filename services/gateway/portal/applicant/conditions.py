"""为何不符合: every condition by article, with what the applicant stated and what can be done.

Before the outcome is public it is what one's own statements come to, and nothing else; then it is what was decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from services.gateway.portal.applicant import words
from services.gateway.portal.applicant.case import Case, open_case
from services.gateway.portal.public.regulations import anchor
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import APPLICANT
from shared.problems import NotFound, Unavailable

ROOM = Room("conditions", (APPLICANT,))
Said = Mapping[str, Any]
OPEN = ("fail", "missing")
# The order in which findings are read: what is not met, what is missing, what people judge, what is read elsewhere.
_FAILS, _MISSING = Text("不符合", "Not met"), Text("缺少", "Missing")
_JUDGED = Text("由人员判断", "For an officer to judge")
_ELSEWHERE = Text("看部门记录和登记", "By records of departments and registers")
_GROUPS: Sequence[tuple[Text, tuple[str, ...]]] = (
    (_FAILS, ("fail", "rejected")),
    (_MISSING, ("missing",)),
    (_JUDGED, ("needs_judgement", "confirmed")),
    (_ELSEWHERE, ("awaiting", "not_known")),
)
_FINE = ("pass", "not_applicable")


@ROOM.page("/my/a/<application_id>/why")
def why(visit: Visit, application_id: str) -> Response:
    """What was decided, from when it is public; else what one's own statements come to."""
    case = open_case(visit, application_id)
    decided, away = _decided(visit, application_id)
    found = (
        visit.ask("intake.check_application", application_id=application_id) if decided is None else decided
    )
    told = [_told(case, each) for each in found["findings"]]
    title = (
        Text("条件核对", "Conditions")
        if decided is None
        else Text("资格审查结论", "What the qualification found")
    )
    return visit.page(
        "applicant/why.html", title, case=case, words=words, decided=decided, away=away,
        applied_already=decided is None and found["applied_already"], anchor=anchor, code=code_of,
        groups=[(name, [each for each in told if code_of(each) in codes]) for name, codes in _GROUPS],
        fine=[each for each in told if code_of(each) in _FINE],
    )  # fmt: skip


def _decided(visit: Visit, application_id: str) -> tuple[dict[str, Any] | None, bool]:
    """What is public of the decision, None where nothing is; and whether that cannot be told just now."""
    try:
        return visit.ask("eligibility.my_findings", application_id=application_id), False
    except NotFound:
        return None, False
    except Unavailable:
        return None, True


def code_of(finding: Said) -> str:
    """A finding's outcome; of what an officer judged, the judgement."""
    if finding["outcome"] != "needs_judgement" or finding["confirmed"] is None:
        return str(finding["outcome"])
    return "confirmed" if finding["confirmed"] else "rejected"


def _told(case: Case, found: Said) -> dict[str, Any]:
    return on_pages(case, found) if code_of(found) not in _FINE else dict(found)


def on_pages(case: Case, found: Said) -> dict[str, Any]:
    """A finding with the pages on which something can be done about it, or could have been."""
    pages = []
    for section, parts in case.sections:
        if any(found["rule"] in part["rules"] for part in parts):
            pages.append((section.title, f"{case.path}/s/{section.key}"))
    if any(material["rule"] == found["rule"] for material in case.form["materials"]):
        pages.append((Text("材料", "Materials"), f"{case.path}/files"))
    if any(found["rule"] in part["rules"] for part in case.form["by_others"]):
        pages.append((Text("推荐部门", "Recommending body"), f"{case.path}/recommender"))
    return {**found, "pages": pages}

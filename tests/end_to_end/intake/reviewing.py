"""The review of a real cycle by the documented API: experts enter the register, declare, are drawn before a witness, accept,
state their interests, and write their sheets item by item.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shared.contracts.operations.review import declarations, recusals
from tests.end_to_end.intake.conftest import CODES, City, Person, until

INSPECTOR = "inspector"
WORDS = {"strengths": "方法成体系", "improvements": "缺少对比", "rationale": "见自评报告"}


def _name(expert: str) -> str:
    return f"专家{expert}"


def enter_experts(city: City, cycle: str, experts: Iterable[str]) -> None:
    """The office enters them in the register, each declares that nothing binds it, and they enter the cycle's pool."""
    nothing = dict.fromkeys(declarations.RELATIONS, False)
    for expert in experts:
        entry = {
            "expert_id": expert, "name": _name(expert), "industry_expert": True, "may_lead": True,
            "title": "高级工程师", "qualifications": ["注册质量审核员"], "contact": None,
            "expertise": ["卓越绩效"], "industries": ["制造业"], "languages": ["zh"],
            "employments": [{"uscc": next(CODES), "name": f"{expert} 的单位", "since": "2015-01-01", "until": None}],
        }  # fmt: skip
        city.office.ok("POST", "/experts", entry)
        declared = {"answers": nothing, "interests": [], "signed_by": _name(expert)}
        city.person(expert, "reviewer").ok("POST", f"/experts/{expert}/declarations", declared)
    picked = {"expert_ids": list(experts)}
    entered = city.office.ok("POST", f"/cycles/{cycle}/experts/from-register", picked)
    assert entered["counts"] == {"entered": len(picked["expert_ids"])}, entered


def seat(city: City, cycle: str, stage: str) -> list[Person]:
    """A panel for a planned stage: drawn, released, accepted; every member has spoken on every application."""
    path = f"/cycles/{cycle}/stages/{stage}"
    city.office.ok("POST", f"{path}/draws", {"share": "office", "witness": INSPECTOR})
    city.person(INSPECTOR, "discipline").ok("POST", f"{path}/draws/1/witness", {"share": "witness"})

    def ended() -> Any:
        draw = city.office.ok("GET", f"/cycles/{cycle}/draws")["draws"][-1]
        assert draw["state"] != "impossible", draw
        return draw["state"] == "drawn"

    until(f"the panel of {stage} is drawn", ended)
    panel = city.office.ok("GET", f"{path}/panel")
    city.office.ok("POST", f"{path}/panel/release", {"revision": panel["revision"]})
    members = [city.person(member["expert_id"], "reviewer") for member in panel["members"]]
    for who in members:
        who.ok("POST", f"{path}/my-answer", {"accept": True})
        owed = who.ok("GET", f"/cycles/{cycle}/my-statements")
        assert owed["declared"], who.name
        for application in owed["applications"]:
            said = {"answers": dict.fromkeys(recusals.RELATIONS, False), "signed_by": _name(who.name)}
            who.ok("POST", f"/cycles/{cycle}/reviews/{application['application_id']}/statement", said)
    return members


def score(cycle: str, stage: str, members: Sequence[Person], percents: dict[str, int]) -> None:
    """Every member writes and hands in a sheet for each application that it reads."""
    for who in members:
        (panel,) = (
            p for p in who.ok("GET", f"/cycles/{cycle}/my-assignments")["panels"] if p["stage"] == stage
        )
        for line in panel["assignments"]:
            hand_in(who, f"/cycles/{cycle}/stages/{stage}", line["application_id"], percents)


def hand_in(who: Person, path: str, application: str, percents: dict[str, int]) -> None:
    """One sheet with the same percent for every item."""
    sheet = f"{path}/applications/{application}/my-sheet"
    mine = who.ok("GET", sheet)
    revision = mine["revision"]
    for item in mine["items"]:
        content = {**WORDS, "percent": str(percents[application]), "revision": revision}
        revision = who.ok("PUT", f"{sheet}/items/{item['item']}", content)["revision"]
    who.ok("POST", f"{sheet}/submission", {"revision": revision})

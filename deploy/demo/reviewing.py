"""The review of a real cycle by the documented API: experts enter the register, declare, are drawn before a witness, accept,
state their interests, and write their sheets item by item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from deploy.demo.city import City, Person, Refused, until
from shared.contracts.operations.review import declarations, recusals

Percent = Callable[[str, str], str]  # of a reviewer and an application


def register(city: City, expert: str, entry: Mapping[str, Any]) -> None:
    """The office enters an expert in the register; `entry` as the API takes it, without the id."""
    city.office.ok("POST", "/experts", {"expert_id": expert, **entry})


def declare(who: Person, signed_by: str) -> None:
    """For a year from today an expert declares that nothing binds it."""
    nothing = dict.fromkeys(declarations.RELATIONS, False)
    declared = {"answers": nothing, "interests": [], "signed_by": signed_by}
    who.ok("POST", f"/experts/{who.name}/declarations", declared)


def pick(city: City, cycle: str, experts: Iterable[str]) -> None:
    """Experts of the register enter a cycle's pool. Raises Refused where one of them does not."""
    picked = list(experts)
    entered = city.office.ok("POST", f"/cycles/{cycle}/experts/from-register", {"expert_ids": picked})
    if entered["counts"] != {"entered": len(picked)}:
        raise Refused(f"experts of {cycle}: {entered}")


def draw(city: City, cycle: str, stage: str, inspector: str, category: str | None = None) -> list[str]:
    """A planned stage's panel is drawn before a witness and released: who is on it. Raises Refused where there is none."""
    path = f"/cycles/{cycle}/stages/{stage}"
    of = {} if category is None else {"category": category}
    city.office.ok("POST", f"{path}/draws", {"share": "office", "witness": inspector, **of})
    city.person(inspector, "discipline").ok("POST", f"{path}/draws/1/witness", {"share": "witness", **of})

    def ended() -> Any:
        draws = city.office.ok("GET", f"/cycles/{cycle}/draws")["draws"]
        drawn = next(one for one in draws if one["stage"] == stage)
        if drawn["state"] == "impossible":
            raise Refused(f"the panel of {stage}: {drawn}")
        return drawn["state"] == "drawn"

    until(f"the panel of {stage} is drawn", ended)
    panel = city.office.ok("GET", f"{path}/panel" + (f"?category={category}" if category else ""))
    city.office.ok("POST", f"{path}/panel/release", {"revision": panel["revision"], **of})
    return [member["expert_id"] for member in panel["members"]]


def accept(cycle: str, stage: str, who: Person, category: str | None = None) -> None:
    """A reviewer takes what it was given."""
    of = {} if category is None else {"category": category}
    who.ok("POST", f"/cycles/{cycle}/stages/{stage}/my-answer", {"accept": True, **of})


def owed(cycle: str, who: Person) -> list[str]:
    """The applications on which a reviewer has not spoken."""
    found = who.ok("GET", f"/cycles/{cycle}/my-statements")
    if not found["declared"]:
        raise Refused(f"{who.name} has not declared")
    return [application["application_id"] for application in found["applications"]]


def state(cycle: str, who: Person, application: str, signed_by: str) -> None:
    """A reviewer says of one application that nothing binds it."""
    said = {"answers": dict.fromkeys(recusals.RELATIONS, False), "signed_by": signed_by}
    who.ok("POST", f"/cycles/{cycle}/reviews/{application}/statement", said)


def assigned(cycle: str, stage: str, who: Person) -> list[str]:
    """What a reviewer reads in a stage."""
    panels = who.ok("GET", f"/cycles/{cycle}/my-assignments")["panels"]
    return [line["application_id"] for p in panels if p["stage"] == stage for line in p["assignments"]]


def score(
    cycle: str, stage: str, members: Sequence[Person], percent: Percent, words: Mapping[str, str]
) -> None:
    """Every member writes and hands in a sheet for each application that it reads."""
    for who in members:
        for application in assigned(cycle, stage, who):
            write(who, f"/cycles/{cycle}/stages/{stage}", application, percent(who.name, application), words)


def write(
    who: Person, path: str, application: str, percent: str, words: Mapping[str, str], items: int | None = None
) -> None:
    """One sheet with the same percent for every item, handed in; with `items`, begun with so many and left there."""
    sheet = f"{path}/applications/{application}/my-sheet"
    mine = who.ok("GET", sheet)
    revision = mine["revision"]
    for item in mine["items"][:items]:
        content = {**words, "percent": percent, "revision": revision}
        revision = who.ok("PUT", f"{sheet}/items/{item['item']}", content)["revision"]
    if items is None:
        who.ok("POST", f"{sheet}/submission", {"revision": revision})

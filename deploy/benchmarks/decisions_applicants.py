"""Made-up applicants for the decisions' benchmark, drawn from a seed: plain data, as an application's file would hold it.

Half of them meet everything that the program decides; each of the others differs in one to three points, so that every
condition of the rulebook passes, fails, is missing or is awaited in some of them, many by a single day.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.calendar import plus_years

HOME, ELSEWHERE = "深圳市", "东莞市"
DEPARTMENTS = ("credit", "safety", "environment", "labour")
MATERIALS = ("application_form", "self_assessment", "proofs")
CATEGORIES = ("economic", "culture", "society", "ecology", "management", "service", "special")
OPENS, CLOSES = date(2022, 4, 1), date(2022, 5, 31)
CYCLE: Mapping[str, Any] = {"year": 2022, "opens_on": OPENS, "closes_on": CLOSES}
_ROLES = ("entity", "implementer", "ip_holder")
_INDUSTRIES = ("strategic_emerging", "future", "other")
_SEVERITIES = ("一般", "较大", "重大", "特别重大", None)

Applicant = dict[str, Any]


@dataclass(frozen=True)
class Cycle:
    """One cycle's applications, and what its conditions may compare them by with each other."""

    applications: list[Applicant]
    peers: list[dict[str, Any]]

    def each(self) -> Iterator[tuple[Applicant, list[dict[str, Any]]]]:
        """Every application with the others of the cycle."""
        for application in self.applications:
            number = application["application_id"]
            yield application, [peer for peer in self.peers if peer["application_id"] != number]


def cycles(count: int, size: int, seed: int) -> Iterator[Cycle]:
    """`count` applications in cycles of `size`; the same seed gives the same ones."""
    draw = random.Random(seed)
    for first in range(0, count, size):
        numbers = range(1, min(size, count - first) + 1)
        members = [_application(draw, first + sequence, sequence) for sequence in numbers]
        yield Cycle(members, [_peer(member) for member in members])


def _peer(application: Applicant) -> dict[str, Any]:
    names = ("application_id", "applicant_key", "sequence", "category")
    facts = application["facts"]
    return {name: application[name] for name in names} | {
        "group": facts.get("group"),
        "business": facts.get("business"),
    }


def _application(draw: random.Random, number: int, sequence: int) -> Applicant:
    kind = draw.choice(("organization", "organization", "project"))
    category = draw.choice(CATEGORIES if kind == "organization" else CATEGORIES[1:])
    found: Applicant = {
        "application_id": f"{number:06d}",
        "sequence": sequence,
        "applicant_key": f"organization:{number:06d}",
        "kind": kind,
        "category": category,
        "uscc": f"91440300MA5F{number:06d}",
        "submitted_on": (OPENS + timedelta(days=draw.randrange(61))).isoformat(),
        "recommended_by": "示例行业协会" if kind == "project" else None,
        "nominated_by": None,
        "facts": _project(draw) if kind == "project" else _organization(draw),
        "materials": list(MATERIALS),
        "records": {department: _harmless(draw) for department in DEPARTMENTS},
        "bans": [],
    }
    if draw.random() < 0.5:
        for change in draw.sample(_CHANGES, draw.randint(1, 3)):
            change(draw, found)
    return found


def _organization(draw: random.Random) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "region": HOME,
        "registered_on": _at_least(draw, 3),
        "for_profit": draw.random() < 0.75,
        "industry_policy": draw.choice(_INDUSTRIES),
        "policy_compliant": True,
        "self_assessment_chars": draw.randint(12_000, 30_000),
    }
    if not facts["for_profit"]:
        facts["supervisor_recommended"] = True
    elif facts["industry_policy"] == "other":
        facts["city_rank"] = {
            "output": draw.randint(1, 60),
            "profit": draw.randint(1, 20),
            "tax": draw.randint(1, 60),
        }
        facts["profit_yuan"] = {str(year): draw.randint(0, 90_000_000) for year in (2019, 2020, 2021)}
    else:
        facts["on_monitored_list"] = draw.random() < 0.7
        facts["authority_proof"] = not facts["on_monitored_list"] or draw.random() < 0.3
    if draw.random() < 0.1:
        facts["prior_awards"] = [_award(draw, draw.randint(2012, 2019))]
    return facts


def _project(draw: random.Random) -> dict[str, Any]:
    return {
        "region": HOME,
        "applicant_role": draw.choice(_ROLES),
        "project_completed_on": _at_least(draw, 1),
        "policy_compliant": True,
        "self_assessment_chars": draw.randint(12_000, 30_000),
    }


def _award(draw: random.Random, year: int) -> dict[str, Any]:
    name = draw.choice(("金奖", "市长质量奖金奖", "银奖", "铜奖"))
    jurisdiction = draw.choice(("shenzhen", "shenzhen", None, "hangzhou"))
    level = draw.choice(("city", "city", "nation"))
    return {"award": name, "level": level, "year": year, "jurisdiction": jurisdiction}


def _at_least(draw: random.Random, years: int) -> str:
    """A start from which so many years are complete, every fourth on the last possible day."""
    last = plus_years(CLOSES, -years)
    return (
        last - timedelta(days=draw.choice((0, draw.randint(1, 300), draw.randint(1, 4000), 30)))
    ).isoformat()


def _record(draw: random.Random, kind: str, day: date) -> dict[str, Any]:
    found = {"kind": kind, "on": day.isoformat(), "severity": draw.choice(_SEVERITIES)}
    return found | {"liable": draw.choice((True, False, None))}


def _harmless(draw: random.Random) -> list[dict[str, Any]]:
    """Nothing, or something too long ago to count."""
    if draw.random() < 0.8:
        return []
    kind = draw.choice(("accident", "administrative_penalty", "serious_dishonesty", "major_complaint"))
    return [_record(draw, kind, plus_years(CLOSES, -3) - timedelta(days=draw.randint(1, 900)))]


# What may be otherwise. Each changes one application in place.


def _forgets_a_fact(draw: random.Random, found: Applicant) -> None:
    del found["facts"][draw.choice(sorted(found["facts"]))]


def _has_a_record(draw: random.Random, found: Applicant) -> None:
    """Within the term, on its first day, or on the day before it."""
    kind, years = draw.choice((("accident", 3), ("administrative_penalty", 1), ("serious_dishonesty", 3)))
    first = plus_years(CLOSES, -years)
    day = first + timedelta(days=draw.choice((-1, 0, 1, draw.randint(2, 300))))
    found["records"][draw.choice(DEPARTMENTS)] = [_record(draw, kind, day)]


def _gets_no_answer(draw: random.Random, found: Applicant) -> None:
    found["records"][draw.choice(DEPARTMENTS)] = None


def _lacks_a_material(draw: random.Random, found: Applicant) -> None:
    found["materials"].remove(draw.choice(found["materials"]))


def _writes_too_much(draw: random.Random, found: Applicant) -> None:
    found["facts"]["self_assessment_chars"] = 30_000 + draw.choice((0, 1, 5_000))


def _comes_from_elsewhere(draw: random.Random, found: Applicant) -> None:
    found["facts"]["region"] = ELSEWHERE
    if draw.random() < 0.7:
        found["facts"]["local_tax_proof"] = draw.random() < 0.8


def _is_too_young(draw: random.Random, found: Applicant) -> None:
    name, years = ("project_completed_on", 1) if found["kind"] == "project" else ("registered_on", 3)
    last = plus_years(CLOSES, -years)
    found["facts"][name] = (last + timedelta(days=draw.choice((0, 1, 200)))).isoformat()


def _breaks_policy(draw: random.Random, found: Applicant) -> None:
    found["facts"]["policy_compliant"] = False


def _has_lost_money(draw: random.Random, found: Applicant) -> None:
    if "profit_yuan" in found["facts"]:
        found["facts"]["profit_yuan"][draw.choice(("2019", "2020", "2021"))] = draw.choice((-1, 0, None))


def _ranks_lower(draw: random.Random, found: Applicant) -> None:
    if "city_rank" in found["facts"]:
        found["facts"]["city_rank"] = {
            "output": draw.choice((20, 21, None)),
            "profit": draw.choice((21, None)),
            "tax": 33,
        }


def _is_of_no_leading_industry(draw: random.Random, found: Applicant) -> None:
    for name in ("on_monitored_list", "authority_proof"):
        if name in found["facts"]:
            found["facts"][name] = draw.choice((False, None))


def _is_not_recommended(draw: random.Random, found: Applicant) -> None:
    found["recommended_by"] = None
    if "supervisor_recommended" in found["facts"]:
        found["facts"]["supervisor_recommended"] = False


def _won_lately(draw: random.Random, found: Applicant) -> None:
    found["facts"]["prior_awards"] = [_award(draw, 2018), _award(draw, draw.choice((2019, 2020)))]


def _is_banned(draw: random.Random, found: Applicant) -> None:
    submitted = date.fromisoformat(found["submitted_on"])
    until = submitted + timedelta(days=draw.choice((-1, 0, 500)))
    found["bans"] = [{"rule": "assumed:no_ban", "until": until.isoformat()}]


def _applied_before(draw: random.Random, found: Applicant) -> None:
    """The application before it is the same applicant's."""
    if found["sequence"] > 1:
        found["applicant_key"] = f"organization:{int(found['application_id']) - 1:06d}"


def _is_of_a_group(draw: random.Random, found: Applicant) -> None:
    found["facts"]["group"] = draw.choice(("甲集团", "乙集团"))
    found["facts"]["business"] = draw.choice(("精密制造", "软件", None))


def _is_of_another_kind(draw: random.Random, found: Applicant) -> None:
    found["kind"] = "individual"


def _chose_the_wrong_category(draw: random.Random, found: Applicant) -> None:
    found["category"] = "economic"


_CHANGES: tuple[Callable[[random.Random, Applicant], None], ...] = (
    _forgets_a_fact, _forgets_a_fact, _has_a_record, _has_a_record, _gets_no_answer, _lacks_a_material,
    _writes_too_much, _comes_from_elsewhere, _is_too_young, _breaks_policy, _has_lost_money, _ranks_lower,
    _is_of_no_leading_industry, _is_not_recommended, _won_lately, _is_banned, _applied_before, _is_of_a_group,
    _is_of_a_group, _is_of_another_kind, _chose_the_wrong_category,
)  # fmt: skip

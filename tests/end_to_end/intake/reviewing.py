"""The review of a real cycle as these tests need it: experts of their own, a panel, and the same percent for every item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from deploy.demo import reviewing
from tests.end_to_end.intake.conftest import CODES, City, Person

INSPECTOR = "inspector"
WORDS = {"strengths": "方法成体系", "improvements": "缺少对比", "rationale": "见自评报告"}


def _name(expert: str) -> str:
    return f"专家{expert}"


def _entry(expert: str) -> dict[str, Any]:
    return {
        "name": _name(expert), "industry_expert": True, "may_lead": True,
        "title": "高级工程师", "qualifications": ["注册质量审核员"], "contact": None,
        "expertise": ["卓越绩效"], "industries": ["制造业"], "languages": ["zh"],
        "employments": [{"uscc": next(CODES), "name": f"{expert} 的单位", "since": "2015-01-01", "until": None}],
    }  # fmt: skip


def enter_experts(city: City, cycle: str, experts: Iterable[str]) -> None:
    """The office enters them in the register, each declares that nothing binds it, and they enter the cycle's pool."""
    entered = list(experts)
    for expert in entered:
        reviewing.register(city, expert, _entry(expert))
        reviewing.declare(city.person(expert, "reviewer"), _name(expert))
    reviewing.pick(city, cycle, entered)


def seat(city: City, cycle: str, stage: str) -> list[Person]:
    """A panel for a planned stage: drawn, released, accepted; every member has spoken on every application."""
    members = [city.person(name, "reviewer") for name in reviewing.draw(city, cycle, stage, INSPECTOR)]
    for who in members:
        reviewing.accept(cycle, stage, who)
        for application in reviewing.owed(cycle, who):
            reviewing.state(cycle, who, application, _name(who.name))
    return members


def score(cycle: str, stage: str, members: Sequence[Person], percents: dict[str, int]) -> None:
    """Every member writes and hands in a sheet for each application that it reads."""
    reviewing.score(cycle, stage, members, lambda _, application: str(percents[application]), WORDS)

"""The scenario as the player uses it: what a valid file says, with its defaults filled in. Pure data.

Dates are dates, percentages exact decimals, money whole yuan as in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

OTHERS = "others"
DEFAULT_EXPERTS, DEFAULT_INDUSTRY_EXPERTS = 30, 12
DEFAULT_MEMBERS = 13

Figure = Decimal | tuple[Decimal, ...]  # one for every reviewer, or in order of assignment


@dataclass(frozen=True)
class Applicant:
    """One application under its handle; `facts` and `records` as in the file."""

    handle: str
    name: str
    kind: str
    uscc: str
    submitted_on: date
    category: str | None = None
    recommended_by: str | None = None
    nominated_by: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    id_number: str | None = field(default=None, repr=False)
    records: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    missing_materials: tuple[str, ...] = ()
    withdraws_before: str | None = None


@dataclass(frozen=True)
class DepartmentFault:
    """What is wrong with a department's system; `only` None: for all."""

    fail_first: int = 0
    down: bool = False
    only: tuple[str, ...] | None = None

    def concerns(self, handle: str) -> bool:
        """Whether the applicant's enquiries meet it."""
        return self.only is None or handle in self.only


@dataclass(frozen=True)
class Expert:
    """A reviewer; `advises` and `kin_of` hold handles."""

    id: str
    name: str | None = None
    industry_expert: bool = False
    employer: str | None = None
    advises: tuple[str, ...] = ()
    kin_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vote:
    """The count of one vote."""

    votes_for: int
    against: int = 0
    abstain: int = 0
    recused: int = 0

    @property
    def total(self) -> int:
        """The members present."""
        return self.votes_for + self.against + self.abstain + self.recused


@dataclass(frozen=True)
class Objection:
    """`by` is anonymous, office, or who objects with a name and a number."""

    against: str
    notice: str
    by: str | Mapping[str, str]
    evidence: bool
    ruling: str | None = None

    @property
    def acceptable(self) -> bool:
        """Whether it is the office's own, or has a real name and evidence."""
        return self.by == "office" or (self.evidence and self.by != "anonymous")

    @property
    def upheld(self) -> bool:
        """Whether it ends the application; what the office found itself does unless the file says otherwise."""
        return self.acceptable and (self.ruling == "upheld" or (self.by == "office" and self.ruling is None))


@dataclass(frozen=True)
class PoolEntry:
    """Since when somebody is in the cultivation pool, and the approved cost of the pool's project in yuan."""

    joined_on: date
    project_cost_yuan: int | None = None


@dataclass(frozen=True)
class Ban:
    """A ban that an earlier cycle left; `until` is its last day."""

    until: date
    rule: str


@dataclass(frozen=True)
class Paid:
    """A grant that an earlier cycle paid, in yuan."""

    grant_for: str
    yuan: int
    on: date
    award: str | None = None


@dataclass(frozen=True)
class AfterAward:
    """Something that happened after the award."""

    on: date
    applicant: str
    event: str


@dataclass(frozen=True)
class Scenario:
    """One file. `rulebook` is the one to be played, which may be another than the file's own."""

    name: str
    version: int
    rulebook: str
    year: int
    opens_on: date
    closes_on: date
    budget_yuan: int | None
    applicants: Mapping[str, Applicant]
    experts: tuple[Expert, ...]
    members: int
    absent: int
    departments: Mapping[str, DepartmentFault] = field(default_factory=dict)
    advance: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    judgements: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)  # handle → rule → confirmed
    scores: Mapping[str, Mapping[str, Figure]] = field(default_factory=dict)
    social_votes: Mapping[str, int] = field(default_factory=dict)
    proposal: Mapping[str, str] | None = None
    votes: Mapping[str, Vote | Mapping[str, Vote]] = field(default_factory=dict)
    objections: tuple[Objection, ...] = ()
    pool: Mapping[str, PoolEntry] = field(default_factory=dict)
    paid_before: Mapping[str, tuple[Paid, ...]] = field(default_factory=dict)
    bans: Mapping[str, Ban] = field(default_factory=dict)
    after_award: tuple[AfterAward, ...] = ()
    expect: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()

    @property
    def present(self) -> int:
        """Committee members at the meeting."""
        return self.members - self.absent

    def in_order(self) -> list[Applicant]:
        """Applicants in the order in which they submit: by day, on one day as in the file."""
        return sorted(self.applicants.values(), key=lambda applicant: applicant.submitted_on)


def build(value: Mapping[str, Any]) -> Scenario:
    """The scenario of a file that the schema accepts and whose dates exist."""
    cycle = value["cycle"]
    opens_on = date.fromisoformat(cycle["opens_on"])
    votes = {handle: _votes(found) for handle, found in value.get("votes", {}).items()}
    members, absent = _committee(value.get("committee"), votes)
    return Scenario(
        name=value["scenario"],
        version=value["version"],
        rulebook=value["rulebook"],
        year=cycle["year"],
        opens_on=opens_on,
        closes_on=date.fromisoformat(cycle["closes_on"]),
        budget_yuan=cycle.get("budget_yuan"),
        applicants={
            handle: _applicant(handle, found, opens_on) for handle, found in value["applicants"].items()
        },
        experts=_experts(value.get("experts")),
        members=members,
        absent=absent,
        departments={
            name: DepartmentFault(
                found.get("fail_first", 0), found.get("down", False), _tuple(found.get("only"))
            )
            for name, found in value.get("departments", {}).items()
        },
        advance={stage: tuple(found) for stage, found in value.get("advance", {}).items()},
        judgements={
            handle: {rule: answer == "confirm" for rule, answer in found.items()}
            for handle, found in value.get("judgements", {}).items()
        },
        scores={
            stage: {who: _figure(found) for who, found in figures.items()}
            for stage, figures in value.get("scores", {}).items()
        },
        social_votes=dict(value.get("social_votes", {})),
        proposal=value.get("proposal"),
        votes=votes,
        objections=tuple(Objection(**found) for found in value.get("objections", ())),
        pool={
            handle: PoolEntry(date.fromisoformat(found["joined_on"]), found.get("project_cost_yuan"))
            for handle, found in value.get("pool", {}).items()
        },
        paid_before={
            handle: tuple(
                Paid(p["for"], p["yuan"], date.fromisoformat(p["on"]), p.get("award")) for p in found
            )
            for handle, found in value.get("paid_before", {}).items()
        },
        bans={
            handle: Ban(date.fromisoformat(found["until"]), found["rule"])
            for handle, found in value.get("bans", {}).items()
        },
        after_award=tuple(
            AfterAward(date.fromisoformat(found["on"]), found["applicant"], found["event"])
            for found in value.get("after_award", ())
        ),
        expect=value.get("expect"),
    )


def _applicant(handle: str, found: Mapping[str, Any], opens_on: date) -> Applicant:
    plain = {
        name: found.get(name)
        for name in ("category", "recommended_by", "nominated_by", "id_number", "withdraws_before")
    }
    return Applicant(
        handle=handle,
        name=found["name"],
        kind=found["kind"],
        uscc=found["uscc"],
        submitted_on=date.fromisoformat(found["submitted_on"]) if "submitted_on" in found else opens_on,
        facts=found["facts"],
        records={name: tuple(entries) for name, entries in found.get("records", {}).items()},
        missing_materials=tuple(found.get("missing_materials", ())),
        **plain,
    )


def _experts(found: Any) -> tuple[Expert, ...]:
    if found is None:
        found = {"count": DEFAULT_EXPERTS, "industry_experts": DEFAULT_INDUSTRY_EXPERTS}
    if isinstance(found, Mapping):
        industry = found.get("industry_experts", 0)
        return tuple(Expert(f"E{n}", industry_expert=n <= industry) for n in range(1, found["count"] + 1))
    return tuple(
        Expert(
            id=entry["id"],
            name=entry.get("name"),
            industry_expert=entry.get("industry_expert", False),
            employer=entry.get("employer"),
            advises=tuple(entry.get("advises", ())),
            kin_of=tuple(entry.get("kin_of", ())),
        )
        for entry in found
    )


def _committee(
    found: Mapping[str, int] | None, votes: Mapping[str, Vote | Mapping[str, Vote]]
) -> tuple[int, int]:
    """Members and absent ones; where the file is silent, as many as its counts add up to, all of them present."""
    if found is not None:
        return found["members"], found.get("absent", 0)
    counts = [vote for entry in votes.values() for vote in counts_of(entry)]
    return (counts[0].total if counts else DEFAULT_MEMBERS), 0


def counts_of(entry: Vote | Mapping[str, Vote]) -> list[Vote]:
    """The counts of an applicant: one, or one for each level named."""
    return [entry] if isinstance(entry, Vote) else list(entry.values())


def _votes(found: Mapping[str, Any]) -> Vote | Mapping[str, Vote]:
    if "for" in found:
        return _one_vote(found)
    return {level: _one_vote(count) for level, count in found.items()}


def _one_vote(found: Mapping[str, Any]) -> Vote:
    return Vote(found["for"], found.get("against", 0), found.get("abstain", 0), found.get("recused", 0))


def _figure(found: Any) -> Figure:
    return tuple(Decimal(each) for each in found) if isinstance(found, list) else Decimal(found)


def _tuple(found: list[str] | None) -> tuple[str, ...] | None:
    return None if found is None else tuple(found)

"""Results of rehearsals as they are read: JSON held against its schema, then frozen data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from deploy.rehearsal.faults import FileFault, Wrong, WrongFile
from shared.strict_yaml import reasons


@dataclass(frozen=True)
class Finding:
    """One condition's outcome; `confirmed` is the office's answer where the text leaves it to people."""

    rule: str
    condition: str
    outcome: str
    reason: str
    reason_en: str | None = None
    evidence: tuple[str, ...] = ()
    confirmed: bool | None = None

    @property
    def standing(self) -> Literal["clear", "awaiting", "fails"]:
        """Whether it stands in the way: it fails the application, holds it up until a department answers, or neither."""
        if self.outcome in {"fail", "missing"} or self.confirmed is False:
            return "fails"
        return "awaiting" if self.outcome == "awaiting" else "clear"


@dataclass(frozen=True)
class Grant:
    """Money granted, in whole yuan; `what` is `award` or `pool`."""

    what: str
    yuan: int
    rule: str


@dataclass(frozen=True)
class Order:
    """What was ordered after the award."""

    order: str
    on: date
    rule: str


@dataclass(frozen=True)
class Applicant:
    """Who applies. A result that does not say it leaves the handle for a name."""

    name: str
    kind: str | None = None
    category: str | None = None
    submitted_on: date | None = None


@dataclass(frozen=True)
class Application:
    """What became of one application; scores by stage, in order, percent of full marks."""

    status: str
    stopped_at: str | None
    findings: tuple[Finding, ...] = ()
    failing_rules: tuple[str, ...] = ()
    scores: Mapping[str, Decimal] = field(default_factory=dict)
    award: str | None = None
    track: str | None = None
    uses_quota: bool | None = None
    grants: tuple[Grant, ...] = ()
    orders: tuple[Order, ...] = ()
    clawback_yuan: int = 0
    banned_until: date | None = None

    @property
    def granted_yuan(self) -> int:
        """All grants, the pool's too."""
        return sum(grant.yuan for grant in self.grants)

    @property
    def kept_yuan(self) -> int:
        """What was granted and not taken back."""
        return self.granted_yuan - self.clawback_yuan


@dataclass(frozen=True)
class Notice:
    """A public notice with its days and its list."""

    notice: str
    first_day: date
    last_day: date
    working_days: int
    listed: tuple[str, ...]


@dataclass(frozen=True)
class Cycle:
    """The year of the award and the days of its call."""

    year: int
    opens_on: date
    closes_on: date
    budget_yuan: int | None


@dataclass(frozen=True)
class Blocked:
    """The step with which the cycle cannot lawfully go on."""

    stage: str
    reason: str


@dataclass(frozen=True)
class Receipt:
    """What lets anyone repeat an evaluation."""

    evaluator: str
    findings_digest: str


@dataclass(frozen=True)
class Totals:
    """A cycle's money in whole yuan."""

    granted_yuan: int
    clawed_back_yuan: int
    over_budget_yuan: int


@dataclass(frozen=True)
class Result:
    """One rehearsal's outcome. What older results do not say is None or empty."""

    scenario: str
    rulebook: str
    applications: Mapping[str, Application]
    totals: Totals
    rulebook_sha256: str | None = None
    cycle: Cycle | None = None
    applicants: Mapping[str, Applicant] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    awards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    blocked: Blocked | None = None
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    audit_entries: int = 0
    audit_intact: bool = True

    def applicant(self, handle: str) -> Applicant:
        """Who stands behind a handle."""
        return self.applicants.get(handle) or Applicant(handle)

    def day_of(self, handle: str) -> date | None:
        """The last day that the result tells of one application, None where it tells of none: an order, a notice that
        lists it, or else the end of the call.
        """
        days = [order.on for order in self.applications[handle].orders]
        days += [notice.last_day for notice in self.notices if handle in notice.listed]
        days += [self.cycle.closes_on] if self.cycle else []
        return max(days, default=None)

    @property
    def last_day(self) -> date | None:
        """The last day that it tells of anybody."""
        days = [day for handle in self.applications if (day := self.day_of(handle)) is not None]
        return max(days, default=None)


def read(path: Path | str) -> Result:
    """Read one result. Raises WrongFile with everything that is wrong with its form."""
    file = str(path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise _wrong(file, "无法读取文件", f"cannot be read: {error.strerror}") from None
    return parse(data, file)


def parse(data: bytes, file: str) -> Result:
    """The same for a file's content."""
    try:
        value = json.loads(
            data, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_no_key_twice
        )
    except json.JSONDecodeError as error:
        raise _wrong(file, f"不是 JSON（{error.msg}）", f"is no JSON: {error.msg}", error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise _wrong(file, f"不是可用的 JSON（{error}）", f"cannot be used: {error}") from None
    wrongs = reasons.of_errors(_validator().iter_errors(value))
    if wrongs:
        raise WrongFile(Wrong(*reason).in_file(file, 1) for reason in wrongs)
    try:
        return _result(value)
    except ValueError as error:
        raise _wrong(file, f"没有这一天（{error}）", f"there is no such day: {error}") from None


def _wrong(file: str, zh: str, en: str, line: int = 1) -> WrongFile:
    return WrongFile([FileFault(file, line, "", zh, en)])


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _no_key_twice(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


@cache
def _validator() -> Any:
    schema = json.loads(Path(__file__).with_name("result.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _result(value: Mapping[str, Any]) -> Result:
    receipts = value.get("receipts", {})
    cycle, blocked, totals = value.get("cycle"), value["blocked"], value["totals"]
    return Result(
        scenario=value["scenario"],
        rulebook=value["rulebook"],
        rulebook_sha256=value.get("rulebook_sha256"),
        cycle=_cycle(cycle) if cycle else None,
        applicants={handle: _applicant(found) for handle, found in value.get("applicants", {}).items()},
        applications={handle: _application(found) for handle, found in value["applications"].items()},
        notices=tuple(_notice(found) for found in value["notices"]),
        awards={key: tuple(winners) for key, winners in value["awards"].items()},
        totals=Totals(totals["granted_yuan"], totals["clawed_back_yuan"], totals["over_budget_yuan"]),
        blocked=Blocked(blocked["stage"], blocked["reason"]) if blocked else None,
        receipts={h: Receipt(r["evaluator"], r["findings_digest"]) for h, r in receipts.items() if r},
        notes=tuple(value.get("notes", ())),
        audit_entries=value["audit"]["entries"],
        audit_intact=value["audit"]["intact"],
    )


def _cycle(found: Mapping[str, Any]) -> Cycle:
    opens_on, closes_on = date.fromisoformat(found["opens_on"]), date.fromisoformat(found["closes_on"])
    return Cycle(found["year"], opens_on, closes_on, found["budget_yuan"])


def _applicant(found: Mapping[str, Any]) -> Applicant:
    submitted_on = date.fromisoformat(found["submitted_on"])
    return Applicant(found["name"], found["kind"], found["category"], submitted_on)


def _notice(found: Mapping[str, Any]) -> Notice:
    first_day, last_day = date.fromisoformat(found["first_day"]), date.fromisoformat(found["last_day"])
    return Notice(found["notice"], first_day, last_day, found["working_days"], tuple(found["listed"]))


def _application(found: Mapping[str, Any]) -> Application:
    banned_until = found["banned_until"]
    return Application(
        status=found["status"],
        stopped_at=found["stopped_at"],
        findings=tuple(_finding(each) for each in found["findings"]),
        failing_rules=tuple(found["failing_rules"]),
        scores={stage: Decimal(score) for stage, score in found["scores"].items()},
        award=found["award"],
        track=found["track"],
        uses_quota=found["uses_quota"],
        grants=tuple(Grant(each["for"], each["yuan"], each["rule"]) for each in found["grants"]),
        orders=tuple(
            Order(each["order"], date.fromisoformat(each["on"]), each["rule"]) for each in found["orders"]
        ),
        clawback_yuan=found["clawback_yuan"],
        banned_until=date.fromisoformat(banned_until) if banned_until else None,
    )


def _finding(found: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=found["rule"],
        condition=found["condition"],
        outcome=found["outcome"],
        reason=found["reason"],
        reason_en=found.get("reason_en"),
        evidence=tuple(found["evidence"]),
        confirmed=found.get("confirmed"),
    )

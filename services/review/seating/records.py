"""抽取记录: the seed of a draw that nobody could steer, its record, and its repetition by anyone. Pure.

The office puts its share under seal (the commitment is shown, salted by random bits of the system, so that a short text
cannot be guessed), and with it the inputs are frozen. The witness then adds its own share, which settles the seed. The
office cannot choose after it knows the witness's share, and the witness does not know the office's.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from services.review.panels import Assignment, Problem
from services.review.seating import drawing, problems
from services.review.time_limit import NotSolvedError, within
from shared.identifiers import Reason, digest

FORMAT = "zhiheng-draw"
VERSION = 1
UNDECIDED = Reason(
    "在规定的求解时间内既没有找到合规的评审组，也没有证明其不存在；可延长求解时间后再次抽取",
    "within the time neither a lawful panel was found nor was it proved that there is none; allow more time and draw again",
)


class UnreadableRecord(ValueError):
    """A file that is no record of a draw."""


@dataclass(frozen=True)
class Difference:
    """Where a record and its repetition part: at what, what the record says, what came out."""

    at: str
    recorded: object
    repeated: object


def commitment_of(salt: str, share: str) -> str:
    """What is shown of the office's share while it lies under seal."""
    return digest([FORMAT, salt, share])


def seed_of(salt: str, share: str, witness_share: str, inputs: str) -> str:
    """The seed, from both shares and the digest of the inputs."""
    return digest([FORMAT, salt, share, witness_share, inputs])


def inputs_digest(problem: Mapping[str, Any]) -> str:
    """The digest of a problem as written down."""
    return digest(problem)


def outcome_of(problem: Problem, seed: str, seconds: float | None = None) -> dict[str, Any]:
    """What the draw gives, in plain values: a panel, or why there is none, or that neither was proved in time (`seconds`)."""
    try:
        with nullcontext() if seconds is None else within(seconds):
            draft = drawing.drawn(problem, seed)
    except drawing.NoPanelError as none:
        needs = drawing.needs(none)
        return {"impossible": {"zh": none.reason_zh, "en": none.reason_en, "rules": needs}}
    except NotSolvedError:
        return {"undecided": UNDECIDED._asdict()}
    return {
        "method": draft.method,
        "solver": draft.solver,
        "objective": dict(draft.objective),
        "notes": [note._asdict() for note in drawing.notes(problem)],
        "members": list(draft.seats.members),
        "leader": draft.seats.leader,
        "industry_share": draft.industry_share,
        "assignments": [[a.application_id, a.expert_id, a.position] for a in draft.seats.assignments],
    }


def record_of(
    stage: str,
    category: str | None,
    draw: Mapping[str, Any],
    problem: Mapping[str, Any],
    outcome: Mapping[str, Any],
) -> dict[str, Any]:
    """The record that may be published. `draw` holds salt, both shares, the commitment and the seed."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "stage": stage,
        "category": category,
        "draw": {
            name: draw[name]
            for name in ("number", "commitment", "salt", "office_share", "witness_share", "inputs", "seed")
        },
        "problem": dict(problem),
        "outcome": dict(outcome),
    }


def repeat(record: Mapping[str, Any]) -> list[Difference]:
    """Everything in which a record differs from what its own inputs give; nothing where it is true.

    Raises UnreadableRecord.
    """
    try:
        if record["format"] != FORMAT or record["version"] != VERSION:
            raise UnreadableRecord(f"{record['format']} {record['version']} is not known here")
        draw, outcome = dict(record["draw"]), dict(record["outcome"])
        problem = problems.from_json(record["problem"])
        inputs = inputs_digest(record["problem"])
        shares = draw["salt"], draw["office_share"], draw["witness_share"]
        seed = seed_of(*shares, inputs)
        expected = [
            Difference("draw.commitment", draw["commitment"], commitment_of(*shares[:2])),
            Difference("draw.inputs", draw["inputs"], inputs),
            Difference("draw.seed", draw["seed"], seed),
        ]
        repeated = outcome_of(problem, seed)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise UnreadableRecord(str(wrong)) from wrong
    expected += [
        Difference(f"outcome.{key}", outcome.get(key), repeated.get(key))
        for key in sorted(outcome.keys() | repeated.keys())
    ]
    found = [each for each in expected if each.recorded != each.repeated]
    # Another version of the solver that gives the same panel is no difference; where it gives another one, it tells why.
    return [] if [each.at for each in found] == ["outcome.solver"] else found


def seats_of(outcome: Mapping[str, Any], names: problems.Names) -> drawing.Seats:
    """The seats of an outcome that holds a panel, by id."""
    lines = tuple(
        Assignment(names.applications[application], names.experts[expert], position)
        for application, expert, position in outcome["assignments"]
    )
    members = tuple(names.experts[name] for name in outcome["members"])
    leader = outcome["leader"]
    return drawing.Seats(members, lines, names.experts[leader] if leader else None)


def failure_of(outcome: Mapping[str, Any]) -> Reason | None:
    """Why there is no panel, None where there is one. The draw knows applications by the record's own numbers."""
    if outcome.get("undecided"):
        return UNDECIDED
    found = outcome.get("impossible")
    if not found:
        return None
    return Reason(
        f"{found['zh']}（编号为抽取记录中的编号）", f"{found['en']} (numbers are those of the record)"
    )

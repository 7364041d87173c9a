"""A comparison in words: outcomes, causes, amounts and days of both sides, and the summary's few lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.decisions import words
from deploy.decisions.comparison import Cause, Comparison, FindingPair, Moves, Pair
from deploy.decisions.reading import Application, Finding, Notice
from deploy.decisions.words import Names
from shared.rulebooks import Words

ARROW = " → "
NONE = "—"
_CHANGED, _MOVED, _SAME = "变 changes", "异 differs", ""


@dataclass(frozen=True)
class View:
    """A comparison with the names of both rulebooks."""

    comparison: Comparison
    names: Pair[Names]

    def sides(self) -> tuple[tuple[str, Names], tuple[str, Names]]:
        """Both sides with what they are called in headings."""
        return ("A", self.names.a), ("B", self.names.b)

    def column(self, side: str) -> str:
        """A column's heading: the side and its rulebook's id."""
        return f"{side} {self.names.a.id if side == 'A' else self.names.b.id}"


def signed(yuan: int) -> str:
    """`+20,000`, `−20,000`, `0`: a true minus sign."""
    return f"{'+' if yuan > 0 else '−' if yuan < 0 else ''}{abs(yuan):,}"


def move_of(yuan: Pair[int]) -> str:
    """`500,000 → 0 (−500,000)`, or the one amount where it stays."""
    if not yuan.differ:
        return f"{yuan.a:,}" if yuan.a else ""
    return f"{yuan.a:,}{ARROW}{yuan.b:,} ({signed(yuan.b - yuan.a)})"


def outcome_of(application: Application, names: Names) -> str:
    """`获奖 awarded 区长质量奖（…）`, `不符合条件 ineligible（资格审查 qualification）`."""
    said = words.either(words.STATUS[application.status])
    if application.award:
        said += f"：{application.award}（{application.track}）"
    if application.stopped_at:
        said += f"（{words.either(names.stage(application.stopped_at))}）"
    return said


def cause_of(cause: Cause, names: Names) -> str:
    """`16.6 第十六条（六）`, or the stage where it ended."""
    if cause.rule is not None:
        label = names.label(cause.rule)
        return cause.rule if label == cause.rule else f"{cause.rule} {label}"
    return words.either(names.stage(cause.stage or ""))


def causes_of(moves: Moves, view: View) -> str:
    """Why, side by side: `A：16.6 …；B：18 …`; each rule once."""
    said = []
    for (side, names), causes in zip(view.sides(), (moves.causes.a, moves.causes.b), strict=True):
        listed = dict.fromkeys(cause_of(cause, names) for cause in causes)
        if listed:
            said.append(f"{side}：{'、'.join(listed)}")
    return "；".join(said)


def scores_of(moves: Moves, view: View, only_moved: bool = False) -> str:
    """`资料评审 86.00；现场评审 88.33 → 80.00`, stage by stage; perhaps only where the sides differ."""
    said = []
    for stage in moves.stages:
        score = moves.score(stage)
        if only_moved and not score.differ:
            continue
        title = (view.names.a if score.a is not None else view.names.b).stage(stage).zh
        shown = [NONE if each is None else f"{each:.2f}" for each in (score.a, score.b)]
        said.append(f"{title} {ARROW.join(shown) if score.differ else shown[0]}")
    return "；".join(said)


def finding_of(finding: Finding | None) -> str:
    """An outcome in both languages."""
    if finding is None:
        return words.either(words.NOT_ASKED)
    return words.either(words.outcome(finding.outcome, finding.confirmed))


def days_of(notice: Notice | None) -> str:
    """A notice's first and last day with its number of working days."""
    if notice is None:
        return NONE
    return f"{notice.first_day} — {notice.last_day}（{notice.working_days}）"


def summary(view: View) -> Iterator[str]:
    """What matters, in a few lines: how many change and why, the money, and what is blocked."""
    comparison = view.comparison
    changed = comparison.changed
    number, all_of = len(changed), len(comparison.applications)
    yield f"{all_of} 份申报中 {number} 份结果不同 · {number} of {all_of} change" + ("：" if changed else "")
    for moves in changed:
        yield f"  {moves.handle} {moves.name}：{_change(moves, view)}"
    totals = comparison.totals
    for zh, en, yuan in (
        ("资助合计", "granted", Pair(totals.a.granted_yuan, totals.b.granted_yuan)),
        ("追缴", "clawed back", Pair(totals.a.clawed_back_yuan, totals.b.clawed_back_yuan)),
        ("超出预算", "over budget", Pair(totals.a.over_budget_yuan, totals.b.over_budget_yuan)),
    ):
        if yuan.differ or zh == "资助合计":
            yield f"{zh} {en}：{yuan.a:,}{ARROW}{yuan.b:,} 元 yuan（{signed(yuan.b - yuan.a)}）"
    for (side, names), blocked in zip(
        view.sides(), (comparison.blocked.a, comparison.blocked.b), strict=True
    ):
        if blocked is not None:
            yield f"{side} 受阻 blocked：{words.either(names.stage(blocked.stage))}：{blocked.reason}"


def _change(moves: Moves, view: View) -> str:
    parts = []
    if moves.status.differ:
        a, b = (words.STATUS[status] for status in (moves.status.a, moves.status.b))
        parts.append(f"{a.zh}{ARROW}{b.zh} {a.en}{ARROW}{b.en}")
    elif moves.award.differ:
        levels = (moves.award.a[0] or NONE, moves.award.b[0] or NONE)
        tracks = (moves.award.a[1] or NONE, moves.award.b[1] or NONE)
        parts.append(ARROW.join(levels if levels[0] != levels[1] else tracks))
    why = causes_of(moves, view)
    if why:
        parts.append(why)
    if moves.money.differ:
        parts.append(f"{move_of(moves.money)} 元 yuan")
    return "，".join(parts)


def mark(moves: Moves) -> str:
    """Whether the outcome changes, something on the way there differs, or nothing does."""
    if moves.changes:
        return _CHANGED
    scores_differ = any(moves.score(stage).differ for stage in moves.stages)
    return _MOVED if scores_differ or moves.deciding else _SAME


def rules_of(pair: FindingPair) -> str:
    """The rule, or both where the article has moved."""
    rules = dict.fromkeys(finding.rule for finding in (pair.a, pair.b) if finding is not None)
    return ARROW.join(rules)


def asked_of(pair: FindingPair, view: View) -> Words:
    """What the condition asks for, in the words of the side that has it."""
    finding, names = (pair.a, view.names.a) if pair.a is not None else (pair.b, view.names.b)
    assert finding is not None  # one side is always there
    return names.asks(finding.rule, finding.condition)


def reasons_of(pair: FindingPair) -> str:
    """The reason of each side that has one, once where it is the same."""
    if pair.a is not None and pair.b is not None and pair.a.reason == pair.b.reason:
        return reason_of(pair.a)
    sides = (("A", pair.a), ("B", pair.b))
    return "；".join(f"{side}：{reason_of(finding)}" for side, finding in sides if finding is not None)


def reason_of(finding: Finding) -> str:
    """A reason in both languages, as far as the result has them."""
    return f"{finding.reason} / {finding.reason_en}" if finding.reason_en else finding.reason

"""A comparison as a document, both languages beside each other, and as plain data for JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from deploy.decisions import words
from deploy.decisions.comparison import FindingPair, Moves, NoticePair
from deploy.decisions.phrases import (
    ARROW,
    NONE,
    View,
    asked_of,
    causes_of,
    days_of,
    finding_of,
    mark,
    move_of,
    outcome_of,
    reasons_of,
    rules_of,
    scores_of,
    signed,
    summary,
)
from shared.documents import Block, Document, Entries, Heading, Items, Paragraph, Part, Table


def report(view: View, made_on: date | None = None) -> Document:
    """The comparison as a document, both languages beside each other."""
    comparison = view.comparison
    title = f"规则对比 Two rulebooks side by side: {comparison.scenario}"
    blocks: list[Block] = [
        *(Paragraph(line.strip(), strong=not line.startswith(" ")) for line in summary(view)),
        Entries(
            tuple((side, f"{names.title.zh} {names.title.en}（{names.id}）") for side, names in view.sides())
        ),
        Heading("结果 Outcomes"),
        _outcomes(view),
        *_differing(view),
        *_money(view),
        *_notices(view),
        *_awards(view),
    ]
    notes = [
        f"{side}：{note}"
        for (side, _), said in zip(view.sides(), (comparison.notes.a, comparison.notes.b), strict=True)
        for note in said
    ]
    if notes:
        blocks += [Heading("注 Notes"), Items(tuple(notes))]
    running = "演练，不是决定 · from rehearsals, no decision"
    return Document(title, (Part("zh", title, tuple(blocks)),), running, made_on)


def _outcomes(view: View) -> Table:
    return Table(
        (
            "申报 application", "名称 name", view.column("A"), view.column("B"), "依据 by", "得分 scores",
            "资助（元）money (yuan)", "变化 change",
        ),
        tuple(
            (
                moves.handle, moves.name, outcome_of(moves.applications.a, view.names.a),
                outcome_of(moves.applications.b, view.names.b), causes_of(moves, view), scores_of(moves, view),
                move_of(moves.money), mark(moves),
            )
            for moves in view.comparison.applications
        ),
        (2, 3, 3, 3, 3, 3, 3, 1),
    )  # fmt: skip


def _differing(view: View) -> Iterator[Block]:
    lines = [(moves, pair) for moves in view.comparison.applications for pair in moves.deciding]
    others = sum(len(moves.findings) for moves in view.comparison.applications) - len(lines)
    yield Heading("决定结果的认定 Findings that decide")
    if lines:
        yield Table(
            (
                "申报 application",
                "条款 rule",
                "要求 asked",
                view.column("A"),
                view.column("B"),
                "理由 reason",
            ),
            tuple(_finding_row(moves, pair, view) for moves, pair in lines),
            (2, 2, 3, 2, 2, 5),
        )
    else:
        yield Paragraph("没有 · none")
    if others:
        yield Paragraph(
            f"另有 {others} 项认定只在一方设有或结论不同，但不影响能否继续，见工作簿 · {others} more findings exist on one"
            " side only or come out otherwise without standing in the way; the workbook lists them",
            small=True,
        )


def _finding_row(moves: Moves, pair: FindingPair, view: View) -> tuple[str, ...]:
    return (
        moves.handle,
        rules_of(pair),
        asked_of(pair, view).zh,
        finding_of(pair.a),
        finding_of(pair.b),
        reasons_of(pair),
    )


def _money(view: View) -> Iterator[Block]:
    moved = [move for move in view.comparison.grants if move.yuan.differ]
    if not moved:
        return
    yield Heading("资助的变化 Money that moves")
    yield Table(
        (
            "申报 application",
            "项目 for",
            f"{view.column('A')}（元 yuan）",
            f"{view.column('B')}（元 yuan）",
            "差 change",
            "依据 rule",
        ),
        tuple(
            (
                move.handle,
                words.either(words.GRANT[move.what]),
                f"{move.yuan.a:,}",
                f"{move.yuan.b:,}",
                signed(move.yuan.b - move.yuan.a),
                ARROW.join(grant.rule if grant else NONE for grant in (move.grants.a, move.grants.b)),
            )
            for move in moved
        ),
        figures=frozenset({2, 3, 4}),
    )


def _notices(view: View) -> Iterator[Block]:
    if view.comparison.notices:
        yield Heading("公示 Notices")
        yield Table(
            ("公示 notice", view.column("A"), view.column("B"), "仅 A 列名 only in A", "仅 B 列名 only in B"),
            tuple(_notice_row(pair, view) for pair in view.comparison.notices),
            (2, 3, 3, 2, 2),
        )


def _notice_row(pair: NoticePair, view: View) -> tuple[str, ...]:
    names = view.names.a if pair.notices.a is not None else view.names.b
    return (
        words.either(names.stage(f"notice:{pair.notice}")),
        days_of(pair.notices.a),
        days_of(pair.notices.b),
        "、".join(pair.only.a),
        "、".join(pair.only.b),
    )


def _awards(view: View) -> Iterator[Block]:
    if view.comparison.awards:
        yield Heading("奖项 Awards")
        yield Table(
            ("奖项 award", view.column("A"), view.column("B")),
            tuple(
                (key, "、".join(winners.a) or NONE, "、".join(winners.b) or NONE)
                for key, winners in view.comparison.awards
            ),
        )


def as_data(view: View) -> dict[str, Any]:
    """The comparison as JSON: the same as the report, by ids and numbers."""
    comparison = view.comparison
    return {
        "scenario": comparison.scenario,
        "version": 1,
        "rulebooks": _plain(comparison.rulebooks),
        "changed": [moves.handle for moves in comparison.changed],
        "applications": {moves.handle: _moves_data(moves) for moves in comparison.applications},
        "totals": _plain(comparison.totals),
        "notices": [
            {"notice": pair.notice, **_plain(pair.notices), "only_in": _plain(pair.only)}
            for pair in comparison.notices
        ],
        "awards": {key: _plain(winners) for key, winners in comparison.awards},
        "blocked": _plain(comparison.blocked),
        "notes": _plain(comparison.notes),
    }


def _moves_data(moves: Moves) -> dict[str, Any]:
    a, b = moves.applications.a, moves.applications.b
    return {
        "name": moves.name,
        "changes": moves.changes,
        "status": _plain(moves.status),
        "stopped_at": {"a": a.stopped_at, "b": b.stopped_at},
        "award": {"a": a.award, "b": b.award},
        "track": {"a": a.track, "b": b.track},
        "failing_rules": {"a": list(a.failing_rules), "b": list(b.failing_rules)},
        "causes": _plain(moves.causes),
        "scores": {stage: _plain(moves.score(stage)) for stage in moves.stages},
        "grants": {"a": _plain(a.grants), "b": _plain(b.grants)},
        "kept_yuan": _plain(moves.money) | {"change": moves.money.b - moves.money.a},
        "findings": [{"decides": pair.decides, **_plain(pair)} for pair in moves.findings],
    }


def _plain(value: Any) -> Any:
    """Dataclasses as mappings, tuples as lists, days as text, scores as numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(inner) for key, inner in asdict(value).items()}
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value

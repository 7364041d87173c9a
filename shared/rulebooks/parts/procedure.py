"""The steps of a cycle, and how its scores and votes come about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shared.rulebooks import words as w
from shared.rulebooks.model import BallotRule, Rulebook, Stage, Words
from shared.rulebooks.parts.entries import Entry, Raw, Value, entry_of, value_of


def procedure(book: Rulebook) -> Iterator[Entry]:
    keys = tuple(tuple(stage.key for stage in phase.stages) for phase in book.procedure)
    order = replace(value_of("order", "先后", "one after the other", _order(book)), meaning=keys)
    yield Entry("order", Words("次序", "order"), None, (order,))
    for number, phase in enumerate(book.procedure):
        for index, stage in enumerate(phase.stages):
            raw: Raw = book.raw["procedure"][number]["stages"][index]
            yield entry_of(stage.key, stage.title, raw, _stage(stage, raw))


def _order(book: Rulebook) -> Words:
    zh = [" ∥ ".join(stage.title.zh for stage in phase.stages) for phase in book.procedure]
    en = [" ∥ ".join(stage.title.en for stage in phase.stages) for phase in book.procedure]
    return Words(" → ".join(zh), " → ".join(en))


def _stage(stage: Stage, raw: Raw) -> Iterator[Value | None]:
    yield value_of("kind", "性质", "kind", w.word(w.STAGE_KINDS, stage.kind))
    yield value_of("owner", "主办", "owned by", w.word(w.OWNERS, stage.owner))
    if stage.categories is not None:
        yield value_of("categories", "类别", "categories", w.named(w.CATEGORIES, stage.categories))
    if stage.working_days is not None:
        days = Words(f"{stage.working_days} 个工作日", f"{stage.working_days} working days")
        yield value_of("working_days", "时长", "length", days)
    if stage.kind in {"review", "social_evaluation"}:
        yield value_of("entry", "进入", "who comes here", w.word(w.ENTRIES, stage.entry))
    if stage.scoring is not None:
        yield value_of("scoring", "计分", "scores", w.word(w.SCORINGS, stage.scoring), raw["scoring"])
    if stage.panel is not None:
        yield value_of("panel", "评审组", "panel", _panel(stage), raw["panel"])
        yield from _panel_limits(stage, raw["panel"])
    if stage.cut is not None:
        yield value_of("cut", "入围下一阶段", "who goes on", _cut(stage), raw["cut"])
    if stage.vote is not None:
        yield value_of("vote", "网络投票", "online vote", _ballot(stage.vote), raw["vote"])
    if stage.report is not None:
        yield value_of("report", "形成", "report", stage.report, wording=True)
    if stage.aggregation != "mean" or "aggregation" in raw:
        told = w.word(w.AGGREGATIONS, stage.aggregation)
        yield value_of("aggregation", "合成", "made up from", told, raw["aggregation"])
    for name, most in raw.get("limits", {}).items():
        label = w.word(w.LIMITS, name)
        yield value_of(name, label.zh, label.en, w.plain(stage.limits[name]), most)


def _panel(stage: Stage) -> Words:
    panel = stage.panel
    assert panel is not None
    zh = [f"每份申报 {panel.reviewers_per_application} 人"]
    en = [f"{panel.reviewers_per_application} for each application"]
    if panel.size_min is not None:
        zh.append(f"评审组不少于 {panel.size_min} 人")
        en.append(f"at least {panel.size_min} in all")
    if panel.odd:
        zh.append("人数为奇数")
        en.append("an odd number")
    if panel.industry_share_min is not None:
        part = w.share(panel.industry_share_min).zh
        zh.append(f"行业专家不少于 {part}")
        en.append(f"at least {part} of them of the industry")
    return Words("，".join(zh), ", ".join(en))


def _panel_limits(stage: Stage, raw: Raw) -> Iterator[Value]:
    """What a panel must be besides size and share; each may be assumed by itself."""
    for name, label, unit in w.PANEL_LIMITS:
        value = getattr(stage.panel, name)
        if value:
            text = unit if value is True else Words(f"{value}{unit.zh}", f"{value} {unit.en}")
            yield value_of(f"panel.{name}", label.zh, label.en, text, raw[name])


def _ballot(rule: BallotRule) -> Words:
    most = rule.choices_at_most
    return Words(
        f"每张选票至多选 {most} 个", f"at most {most} {'choice' if most == 1 else 'choices'} on one ballot"
    )


def _cut(stage: Stage) -> Words:
    cut = stage.cut
    assert cut is not None
    ratio = w.share(cut.ratio).zh if cut.ratio.denominator > 1 else str(cut.ratio.numerator)
    zh, en = f"至多名额的 {ratio} 倍（向下取整）", f"at most {ratio} times the places, rounded down"
    if cut.above is not None:
        zh, en = f"{zh}，且得分高于 {cut.above}", f"{en}, with a score above {cut.above}"
    return Words(zh, en)


def votes(book: Rulebook) -> Iterator[Entry]:
    scores: Raw = book.raw["scores"]
    rounding = w.word(w.ROUNDINGS, book.score_rule.rounding)
    places = book.score_rule.places
    of = w.word(w.COUNTS, book.score_rule.counts)
    mean = Words(
        f"{of.zh}，{rounding.zh}至 {places} 位小数",
        f"{of.en}, {rounding.en}, to {places} decimal place{'' if places == 1 else 's'}",
    )
    yield entry_of(
        "scores", Words("阶段得分", "a stage's score"), scores, [value_of("mean", "计算", "is", mean)]
    )
    votes = book.votes
    quorum, majority = w.share(votes.quorum).zh, w.share(votes.majority).zh
    yield entry_of(
        "votes",
        Words("表决", "votes"),
        book.raw["votes"],
        [
            value_of(
                "quorum", "法定人数", "quorum",
                Words(f"到会委员不少于全体的 {quorum}", f"{quorum} of all members are present"),
            ),
            value_of(
                "majority", "通过", "passes with",
                Words(
                    f"赞成超过到会委员（回避者不计）的 {majority}",
                    f"more than {majority} of those present, the recused left out",
                ),
            ),
            value_of("failed", "未通过的", "one who fails", w.word(w.FAILED, votes.failed)),
            value_of("order", "名额不足时先后", "where places are short", w.named(w.ORDER, votes.order)),
            value_of("ballots", "投票方式", "ballots are", w.word(w.BALLOTS, votes.ballots)),
            value_of("attendance", "参加方式", "members take part", w.named(w.ATTENDANCE, votes.attendance)),
        ],
    )  # fmt: skip
    if book.approval is not None:
        yield entry_of(
            "approval",
            Words("批准", "approval"),
            book.raw["approval"],
            [
                value_of("by", "批准机关", "by", book.approval.by),
                value_of("when", "时间", "when", w.word(w.APPROVALS, book.approval.when)),
            ],
        )

"""What follows the award, who may object, who stands aside, and who does what."""

from __future__ import annotations

from collections.abc import Iterator

from shared.rulebooks import words as w
from shared.rulebooks.model import Rulebook, Words
from shared.rulebooks.parts.entries import Entry, Raw, Value, entry_of, said, value_of


def after(book: Rulebook) -> Iterator[Entry]:
    for event, sanction in book.sanctions.items():
        yield entry_of(
            event,
            w.word(w.EVENTS, event),
            book.raw["sanctions"][event],
            [
                value_of("orders", "处理", "orders", w.named(w.ORDERS, sanction.orders)),
                value_of("revokes", "奖项", "the award", _fate(sanction.revokes)),
                value_of("ban", "不予受理申报", "no application accepted for", w.years(sanction.ban_years))
                if sanction.ban_years
                else None,
                value_of("report_to", "报送", "reported to", w.listed(map(w.plain, sanction.report_to)))
                if sanction.report_to
                else None,
            ],
        )
    yield entry_of(
        "tracking", Words("跟踪", "tracking of winners"), book.raw["tracking"], list(_tracking(book))
    )
    years = value_of("years", "期限", "for", w.years(book.retention.years))
    yield entry_of("retention", Words("材料保存", "keeping of materials"), book.raw["retention"], [years])


def _tracking(book: Rulebook) -> Iterator[Value]:
    rule, raw = book.tracking, book.raw["tracking"]
    yield value_of("years", "期限", "for", w.years(rule.years))
    if rule.report_months is not None:
        within = Words(
            f"年度结束后 {rule.report_months} 个月内", f"within {rule.report_months} months of its end"
        )
        yield value_of("report", "年度报告", "report of each year", within, raw["report"])
    if rule.fall_percent is not None:
        fall = Words(f"较上年变差超过 {rule.fall_percent}%", f"by more than {rule.fall_percent} % in a year")
        yield value_of("regression", "退步提醒", "a warning where it worsens", fall, raw["regression"])
    for index, body in zip(rule.indices, raw.get("indices", ()), strict=True):
        better = Words("越高越好", "the higher the better")
        if index.better == "lower":
            better = Words("越低越好", "the lower the better")
        takes = Words(
            f"{index.title.zh}，{index.unit.zh}，{better.zh}",
            f"{index.title.en}: {index.unit.en}, {better.en}",
        )
        yield value_of(f"index:{index.key}", "指标", "index", takes, body["takes"])


def _fate(revoked: bool) -> Words:
    return Words("撤销", "is revoked") if revoked else Words("保留", "stays")


def fairness(book: Rulebook) -> Iterator[Entry]:
    rule, raw = book.objections, book.raw["objections"]
    yield entry_of(
        "objections",
        Words("异议", "objections"),
        raw,
        [
            value_of("by", "提出者", "by", w.named(w.OBJECTORS, rule.by)),
            value_of("real_name", "实名", "real name", w.yes_or_no(rule.real_name)),
            value_of("evidence", "附证据", "with evidence", w.yes_or_no(rule.evidence)),
            value_of(
                "upheld_place", "异议成立的名额", "the place of one upheld",
                Words("空缺", "stays vacant"), raw["upheld_place"],
            ),
        ],
    )  # fmt: skip
    for ground in book.recusal:
        who = value_of("applies_to", "回避的是", "keeps away", w.named(w.ROLES, ground.applies_to))
        body: Raw = book.raw["recusal"][ground.ground]
        yield entry_of(f"recusal:{ground.ground}", w.word(w.GROUNDS, ground.ground), body, [who])
    yield from _recusal_terms(book)


def _recusal_terms(book: Rulebook) -> Iterator[Entry]:
    terms = book.recusal_terms
    if terms.look_back_years is not None:
        years = value_of("years", "期限", "for", w.years(terms.look_back_years))
        title = Words("已结束的任职和有偿咨询仍须回避", "employment and consulting that are over still count")
        yield entry_of("recusal:look_back", title, book.raw["recusal"]["look_back"], [years])
    if terms.least_sheets is not None:
        sheets = value_of("count", "有效评分表不少于", "valid sheets at least", w.plain(terms.least_sheets))
        title = Words("无替补时由监督人员放行", "let go on by a supervisor without a replacement")
        yield entry_of("recusal:least_sheets", title, book.raw["recusal"]["least_sheets"], [sheets])


def people(book: Rulebook) -> Iterator[Entry]:
    for key, body in book.raw.get("bodies", {}).items():
        yield said(f"body:{key}", w.plain(body.get("name", key)), body)
    if "pool" in book.raw:
        pool: Raw = book.raw["pool"]
        entry = pool.get("entry", ())
        yield entry_of(
            "pool",
            w.plain(pool["name"]),
            pool,
            [
                value_of("entry", "入库途径", "ways in", w.named(w.POOL_ENTRIES, entry)) if entry else None,
                value_of("free_training", "免费培训", "free training", w.yes_or_no(pool["free_training"]))
                if "free_training" in pool
                else None,
            ],
        )
    for key, body in book.raw.get("duties", {}).items():
        article = book.articles.get(body["rule"])
        name = key.replace("_", " ")
        yield said(f"duty:{key}", Words(article.title if article else name, name), body)

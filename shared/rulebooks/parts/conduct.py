"""What follows the award, who may object, who stands aside, and who does what."""

from __future__ import annotations

from collections.abc import Iterator

from shared.rulebooks import words as w
from shared.rulebooks.model import Rulebook, Words
from shared.rulebooks.parts.entries import Entry, Raw, entry_of, said, value_of, words_of


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
    tracking: Raw = book.raw["tracking"]
    indices = tracking.get("indices", ())
    yield entry_of(
        "tracking",
        Words("跟踪", "tracking of winners"),
        tracking,
        [
            value_of("years", "期限", "for", w.years(book.tracking.years)),
            value_of("indices", "指标", "indices", w.listed(map(words_of, indices))) if indices else None,
        ],
    )
    years = value_of("years", "期限", "for", w.years(book.retention.years))
    yield entry_of("retention", Words("材料保存", "keeping of materials"), book.raw["retention"], [years])


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

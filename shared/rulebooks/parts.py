"""A rulebook taken apart for people: parts of entries of values, each in words. What is shown, and what two texts are
compared by. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from shared.money import FEN_PER_YUAN, format_wan, format_yuan
from shared.rulebooks import words as w
from shared.rulebooks.asked import asked, fact_title, guarded
from shared.rulebooks.facts import DEPARTMENTS, GOVERNMENT_LEVELS, KIND_WORDS
from shared.rulebooks.loader import valued
from shared.rulebooks.model import (
    BallotRule,
    Condition,
    GrantException,
    GrantRule,
    Quota,
    Rulebook,
    Stage,
    Words,
)

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Value:
    """One thing that an entry says. `wording`: words for people, which decide nothing. `note`: how the text is read,
    or the ground of what is assumed. `meaning`: what it is compared by, where that is not its words.
    """

    name: str
    label: Words
    text: Words
    assumed: bool = False
    note: Words | None = None
    wording: bool = False
    meaning: object = None

    @property
    def sense(self) -> object:
        """What two values are compared by."""
        return self.text if self.meaning is None else self.meaning


@dataclass(frozen=True)
class Entry:
    """One stage, level, grant, condition. `key` tells it from the others of its part, in any rulebook."""

    key: str
    title: Words
    rule: str | None
    values: tuple[Value, ...]
    assumed: bool = False
    note: Words | None = None


@dataclass(frozen=True)
class Part:
    """What a rulebook says on one matter."""

    key: str
    title: Words
    entries: tuple[Entry, ...]


def parts(rulebook: Rulebook) -> tuple[Part, ...]:
    """The whole rulebook, in the order in which people read it; parts of which it says nothing are left out."""
    found = (
        Part("text", Words("文本", "the text"), tuple(_text(rulebook))),
        Part("applicants", Words("申报主体与类别", "who applies, for what"), tuple(_applicants(rulebook))),
        Part("levels", Words("奖项等次", "levels"), tuple(_levels(rulebook))),
        Part("places", Words("名额", "places"), tuple(_places(rulebook))),
        Part("procedure", Words("程序", "procedure"), tuple(_procedure(rulebook))),
        Part("votes", Words("计分与表决", "scores and votes"), tuple(_votes(rulebook))),
        Part("grants", Words("奖励与资助", "money"), tuple(_grants(rulebook))),
        Part("after", Words("获奖之后", "after the award"), tuple(_after(rulebook))),
        Part("fairness", Words("异议与回避", "objections and recusal"), tuple(_fairness(rulebook))),
        Part("materials", Words("申报材料", "materials"), tuple(_materials(rulebook))),
        Part("departments", Words("征询部门", "departments asked"), tuple(_departments(rulebook))),
        Part("conditions", Words("申报条件", "conditions"), tuple(_conditions(rulebook))),
        Part("people", Words("机构与职责", "bodies and duties"), tuple(_people(rulebook))),
        Part("readings", Words("文本的理解", "how the text is read"), tuple(_readings(rulebook))),
        Part(
            "not_encoded",
            Words("未编入的内容", "what is not encoded, and why"),
            tuple(_not_encoded(rulebook)),
        ),
        Part("assumed", Words("假定的值", "assumed values"), tuple(_assumed(rulebook))),
    )
    return tuple(part for part in found if part.entries)


def money(fen: int) -> Words:
    """An amount as people write it."""
    return Words(format_wan(fen), f"{Decimal(fen) / FEN_PER_YUAN:,f} yuan")


def _entry(key: str, title: Words, raw: Raw, values: Iterable[Value | None]) -> Entry:
    return Entry(
        key,
        title,
        raw.get("rule"),
        tuple(value for value in values if value is not None),
        raw.get("source") == "assumed",
        _note(raw),
    )


def _note(raw: Any) -> Words | None:
    note = raw.get("note") if isinstance(raw, Mapping) else None
    return Words(note["zh"], note["en"]) if note else None


def _value(name: str, zh: str, en: str, text: Words, raw: Any = None, *, wording: bool = False) -> Value:
    """A value; `raw` where it may have a source and a note of its own."""
    assumed = isinstance(raw, Mapping) and raw.get("source") == "assumed"
    return Value(name, Words(zh, en), text, assumed, _note(raw), wording)


def _words(raw: Raw) -> Words:
    return Words(raw["zh"], raw["en"])


def _number(value: Decimal) -> Words:
    return w.plain(f"{value.normalize():f}")


# --- what the text is -----------------------------------------------------------------------------


def _text(book: Rulebook) -> Iterator[Entry]:
    document: Raw = book.raw["document"]
    yield Entry("title", book.title, None, tuple(v for v in _document(book, document) if v.text.zh))
    in_force: Raw = book.raw["in_force"] or {}
    status = _value("status", "状态", "status", w.word(w.STATUSES, book.status))
    first = _value("from", "施行日", "in force from", w.plain(book.in_force_from or ""))
    last = w.plain(book.in_force_to) if book.in_force_to else Words("未定", "no end")
    values = [status]
    if book.in_force_from is not None:
        values += [first, _value("to", "有效期至", "in force until", last)]
    yield _entry("in_force", Words("时间效力", "time in force"), in_force, values)
    term: Raw = book.raw["period"]
    every = _value("years", "周期", "every", w.years(book.period.years))
    yield _entry("period", Words("评奖周期", "period of the award"), term, [every])
    if "criteria" in book.raw:
        criteria: Raw = book.raw["criteria"]
        names = [_value("standard", "标准", "standard", w.plain(criteria["standard"]))]
        if "edition" in criteria:
            names.append(_value("edition", "版本", "edition", w.plain(criteria["edition"])))
        for raw, rule in zip(criteria.get("trees", ()), book.criteria, strict=True):
            items = _value(f"items:{rule.file}", "评分条款", "items", w.scored_by(rule), raw)
            names.append(replace(items, meaning=rule))
        if book.outlier is not None:
            far = w.far_from_the_median(book.outlier.points)
            names.append(_value("outlier", "离群评分表", "outliers", far, criteria["outlier"]))
        yield _entry("criteria", Words("评审标准", "criteria"), criteria, names)


def _document(book: Rulebook, document: Raw) -> Iterator[Value]:
    said = {
        "jurisdiction": ("适用地", "jurisdiction", w.plain(book.jurisdiction)),
        "level": ("政府层级", "level of government", w.word(GOVERNMENT_LEVELS, book.government_level)),
        "issuer": ("发布机关", "issued by", w.plain(document["issuer"])),
        "issued_on": ("发布日", "issued on", w.plain(document.get("issued_on", ""))),
        "number": ("文号", "number", w.plain(document.get("number", ""))),
        "paper": ("所据文本", "written from", w.plain(document.get("title", ""))),
        "replaces": ("取代", "replaces", w.plain(document.get("replaces", ""))),
        "interpreted": (
            "编写",
            "written by",
            w.plain(f"{book.raw['interpreted']['by']} {book.raw['interpreted']['on']}"),
        ),
    }
    for name, (zh, en, text) in said.items():
        yield _value(name, zh, en, text, wording=name not in {"jurisdiction", "level"})


# --- who can win what -----------------------------------------------------------------------------


def _applicants(book: Rulebook) -> Iterator[Entry]:
    values = [_value("kinds", "类型", "kinds", w.named(KIND_WORDS, book.kinds))]
    if book.categories:
        values.append(_value("categories", "类别", "categories", w.named(w.CATEGORIES, book.categories)))
    yield Entry("kinds", Words("申报主体", "applicants"), None, tuple(values))
    for track in book.tracks:
        raw: Raw = book.raw["tracks"][track.name]
        yield _entry(
            track.name,
            w.plain(track.name),
            raw,
            [
                _value("kinds", "申报主体", "for", w.named(KIND_WORDS, track.kinds)),
                _value("categories", "类别", "categories", w.named(w.CATEGORIES, track.categories))
                if track.categories
                else None,
                _aliases(track.aliases),
            ],
        )

    allowed = _value("allowed", "可以提名", "allowed", w.yes_or_no(book.nominations.allowed))
    yield _entry("nominations", Words("提名", "nominations"), book.raw["nominations"], [allowed])


def _aliases(names: tuple[str, ...]) -> Value | None:
    return _value("aliases", "又称", "also called", w.listed(map(w.plain, names))) if names else None


def _levels(book: Rulebook) -> Iterator[Entry]:
    for level in book.levels:
        mark = level.minimum_score
        yield _entry(
            level.name,
            w.plain(level.name),
            book.raw["levels"][level.name],
            [
                _value("rank", "位次", "rank", w.plain(level.rank + 1)),
                _value("tracks", "授予", "awarded for", w.listed(map(w.plain, level.tracks))),
                _value("mark", "分数线（百分制）", "mark, in percent", _number(mark))
                if mark is not None
                else None,
                _aliases(level.aliases),
            ],
        )


def _places(book: Rulebook) -> Iterator[Entry]:
    for quota in book.quotas:
        raw: Raw = book.raw["quotas"][quota.id]
        covered = sorted((level, track) for level in quota.levels for track in quota.tracks)
        places = Words("不限", "unlimited") if quota.places is None else w.plain(quota.places)
        yield _entry(
            ", ".join("/".join(pair) for pair in covered),
            _covered(quota),
            raw,
            [_value("places", "名额", "places", places), _reserve(quota, raw)],
        )


def _covered(quota: Quota) -> Words:
    return w.plain(f"{'、'.join(quota.levels)}（{'、'.join(quota.tracks)}）")


def _reserve(quota: Quota, raw: Raw) -> Value | None:
    if quota.reserve is None:
        return None
    fact, part = fact_title(quota.reserve.fact), w.share(quota.reserve.share)
    text = Words(
        f"{part.zh}（向上取整）留给“{fact.zh}”（{quota.reserve.rule}）",
        f"{part.en}, rounded up, kept for “{fact.en}” ({quota.reserve.rule})",
    )
    return _value("reserve", "保留名额", "kept places", text, raw["reserve"])


# --- procedure ------------------------------------------------------------------------------------


def _procedure(book: Rulebook) -> Iterator[Entry]:
    keys = tuple(tuple(stage.key for stage in phase.stages) for phase in book.procedure)
    order = replace(_value("order", "先后", "one after the other", _order(book)), meaning=keys)
    yield Entry("order", Words("次序", "order"), None, (order,))
    for number, phase in enumerate(book.procedure):
        for index, stage in enumerate(phase.stages):
            raw: Raw = book.raw["procedure"][number]["stages"][index]
            yield _entry(stage.key, stage.title, raw, _stage(stage, raw))


def _order(book: Rulebook) -> Words:
    zh = [" ∥ ".join(stage.title.zh for stage in phase.stages) for phase in book.procedure]
    en = [" ∥ ".join(stage.title.en for stage in phase.stages) for phase in book.procedure]
    return Words(" → ".join(zh), " → ".join(en))


def _stage(stage: Stage, raw: Raw) -> Iterator[Value | None]:
    yield _value("kind", "性质", "kind", w.word(w.STAGE_KINDS, stage.kind))
    yield _value("owner", "主办", "owned by", w.word(w.OWNERS, stage.owner))
    if stage.categories is not None:
        yield _value("categories", "类别", "categories", w.named(w.CATEGORIES, stage.categories))
    if stage.working_days is not None:
        days = Words(f"{stage.working_days} 个工作日", f"{stage.working_days} working days")
        yield _value("working_days", "时长", "length", days)
    if stage.kind in {"review", "social_evaluation"}:
        yield _value("entry", "进入", "who comes here", w.word(w.ENTRIES, stage.entry))
    if stage.scoring is not None:
        yield _value("scoring", "计分", "scores", w.word(w.SCORINGS, stage.scoring), raw["scoring"])
    if stage.panel is not None:
        yield _value("panel", "评审组", "panel", _panel(stage), raw["panel"])
        yield from _panel_limits(stage, raw["panel"])
    if stage.cut is not None:
        yield _value("cut", "入围下一阶段", "who goes on", _cut(stage), raw["cut"])
    if stage.vote is not None:
        yield _value("vote", "网络投票", "online vote", _ballot(stage.vote), raw["vote"])
    if stage.report is not None:
        yield _value("report", "形成", "report", stage.report, wording=True)
    if stage.aggregation != "mean" or "aggregation" in raw:
        told = w.word(w.AGGREGATIONS, stage.aggregation)
        yield _value("aggregation", "合成", "made up from", told, raw["aggregation"])
    for name, most in raw.get("limits", {}).items():
        label = w.word(w.LIMITS, name)
        yield _value(name, label.zh, label.en, w.plain(stage.limits[name]), most)


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
            yield _value(f"panel.{name}", label.zh, label.en, text, raw[name])


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


def _votes(book: Rulebook) -> Iterator[Entry]:
    scores: Raw = book.raw["scores"]
    rounding = w.word(w.ROUNDINGS, book.score_rule.rounding)
    places = book.score_rule.places
    of = w.word(w.COUNTS, book.score_rule.counts)
    mean = Words(
        f"{of.zh}，{rounding.zh}至 {places} 位小数",
        f"{of.en}, {rounding.en}, to {places} decimal place{'' if places == 1 else 's'}",
    )
    yield _entry("scores", Words("阶段得分", "a stage's score"), scores, [_value("mean", "计算", "is", mean)])
    votes = book.votes
    quorum, majority = w.share(votes.quorum).zh, w.share(votes.majority).zh
    yield _entry(
        "votes",
        Words("表决", "votes"),
        book.raw["votes"],
        [
            _value(
                "quorum", "法定人数", "quorum",
                Words(f"到会委员不少于全体的 {quorum}", f"{quorum} of all members are present"),
            ),
            _value(
                "majority", "通过", "passes with",
                Words(
                    f"赞成超过到会委员（回避者不计）的 {majority}",
                    f"more than {majority} of those present, the recused left out",
                ),
            ),
            _value("failed", "未通过的", "one who fails", w.word(w.FAILED, votes.failed)),
            _value("order", "名额不足时先后", "where places are short", w.named(w.ORDER, votes.order)),
        ],
    )  # fmt: skip


# --- money and what follows -----------------------------------------------------------------------


def _grants(book: Rulebook) -> Iterator[Entry]:
    for grant in book.grants:
        raw: Raw = book.raw["grants"][grant.id]
        title = (
            w.plain(f"{grant.level}（{grant.track}）")
            if grant.level
            else Words("入培育库", "membership of the pool")
        )
        key = "/".join(part for part in (grant.for_, grant.level, grant.track) if part)
        yield _entry(key, title, raw, _grant(book, grant, raw))
    if "grant_use" in book.raw:
        yield _said("use", Words("用途", "what it is for"), book.raw["grant_use"])


def _grant(book: Rulebook, grant: GrantRule, raw: Raw) -> Iterator[Value]:
    amount = money(grant.amount_fen)
    if grant.up_to:
        fact = fact_title(grant.cost_fact or "")
        amount = Words(
            f"最高 {amount.zh}，取上限与“{fact.zh}”中较小者",
            f"up to {amount.en}, the smaller of that and the “{fact.en}”",
        )
    yield _value("amount", "金额", "amount", amount)
    if grant.once:
        yield _value(
            "once", "次数", "how often", Words("每个组织只发放一次", "once for each organization, ever")
        )
    for each in grant.exceptions:
        body: Raw = raw["exceptions"][each.id]
        yield _value(f"exception:{each.id}", "例外", "exception", _exception(book, each, body), body)


def _exception(book: Rulebook, each: GrantException, body: Raw) -> Words:
    if each.fact is not None:
        fact = fact_title(each.fact)
        when = Words(f"“{fact.zh}”的", f"where “{fact.en}”")
    else:
        levels = w.listed(map(w.plain, each.won_before))
        when = Words(f"曾获{levels.zh}的", f"having won {levels.en} before")
    if "kinds" in body:
        kinds = w.named(KIND_WORDS, body["kinds"])
        when = Words(f"{kinds.zh}{when.zh}", f"{kinds.en} {when.en}")
    paid = Words("只授予证书，不发放资金", "a certificate, no money")
    if each.amount_fen:
        instead = format_yuan(each.amount_fen)
        paid = Words(f"改发 {instead}", f"{instead} instead")
    quota = _PLACES[each.uses_quota]
    return Words(
        f"{when.zh}，{paid.zh}{quota.zh}（{book.label(each.rule)}）",
        f"{when.en}: {paid.en}{quota.en} ({each.rule})",
    )


_PLACES: Mapping[bool | None, Words] = {
    None: Words("", ""),
    True: Words("，占用名额", " and a place of the quota"),
    False: Words("，不占用名额", " and no use of the quota"),
}


def _after(book: Rulebook) -> Iterator[Entry]:
    for event, sanction in book.sanctions.items():
        yield _entry(
            event,
            w.word(w.EVENTS, event),
            book.raw["sanctions"][event],
            [
                _value("orders", "处理", "orders", w.named(w.ORDERS, sanction.orders)),
                _value("revokes", "奖项", "the award", _fate(sanction.revokes)),
                _value("ban", "不予受理申报", "no application accepted for", w.years(sanction.ban_years))
                if sanction.ban_years
                else None,
                _value("report_to", "报送", "reported to", w.listed(map(w.plain, sanction.report_to)))
                if sanction.report_to
                else None,
            ],
        )
    tracking: Raw = book.raw["tracking"]
    indices = tracking.get("indices", ())
    yield _entry(
        "tracking",
        Words("跟踪", "tracking of winners"),
        tracking,
        [
            _value("years", "期限", "for", w.years(book.tracking.years)),
            _value("indices", "指标", "indices", w.listed(map(_words, indices))) if indices else None,
        ],
    )
    years = _value("years", "期限", "for", w.years(book.retention.years))
    yield _entry("retention", Words("材料保存", "keeping of materials"), book.raw["retention"], [years])


def _fate(revoked: bool) -> Words:
    return Words("撤销", "is revoked") if revoked else Words("保留", "stays")


def _fairness(book: Rulebook) -> Iterator[Entry]:
    rule, raw = book.objections, book.raw["objections"]
    yield _entry(
        "objections",
        Words("异议", "objections"),
        raw,
        [
            _value("by", "提出者", "by", w.named(w.OBJECTORS, rule.by)),
            _value("real_name", "实名", "real name", w.yes_or_no(rule.real_name)),
            _value("evidence", "附证据", "with evidence", w.yes_or_no(rule.evidence)),
            _value(
                "upheld_place", "异议成立的名额", "the place of one upheld",
                Words("空缺", "stays vacant"), raw["upheld_place"],
            ),
        ],
    )  # fmt: skip
    for ground in book.recusal:
        who = _value("applies_to", "回避的是", "keeps away", w.named(w.ROLES, ground.applies_to))
        body: Raw = book.raw["recusal"][ground.ground]
        yield _entry(f"recusal:{ground.ground}", w.word(w.GROUNDS, ground.ground), body, [who])
    yield from _recusal_terms(book)


def _recusal_terms(book: Rulebook) -> Iterator[Entry]:
    terms = book.recusal_terms
    if terms.look_back_years is not None:
        years = _value("years", "期限", "for", w.years(terms.look_back_years))
        title = Words("已结束的任职和有偿咨询仍须回避", "employment and consulting that are over still count")
        yield _entry("recusal:look_back", title, book.raw["recusal"]["look_back"], [years])
    if terms.least_sheets is not None:
        sheets = _value("count", "有效评分表不少于", "valid sheets at least", w.plain(terms.least_sheets))
        title = Words("无替补时由监督人员放行", "let go on by a supervisor without a replacement")
        yield _entry("recusal:least_sheets", title, book.raw["recusal"]["least_sheets"], [sheets])


# --- what is asked of applicants ------------------------------------------------------------------


def _materials(book: Rulebook) -> Iterator[Entry]:
    for material in book.all_materials:
        kinds = w.named(KIND_WORDS, (kind for kind in material.kinds if kind in book.kinds))
        values = [_value("kinds", "提交者", "handed in by", kinds)]
        yield _entry(material.name, material.title, book.raw["materials"][material.name], values)
    if "uploads" in book.raw:
        uploads: Raw = book.raw["uploads"]
        said = {
            "extensions": ("格式", "formats", w.listed(map(w.plain, uploads.get("extensions", ())))),
            "megabytes_each": (
                "每个文件（MB）",
                "megabytes each",
                w.plain(uploads.get("megabytes_each", "")),
            ),
        }
        values = [_value(name, zh, en, text) for name, (zh, en, text) in said.items() if text.zh]
        yield _entry("uploads", Words("上传", "uploads"), uploads, values)


def _departments(book: Rulebook) -> Iterator[Entry]:
    asked_of = _value("ask", "部门", "departments", w.named(DEPARTMENTS, book.departments))
    yield _entry("ask", Words("征询", "asked about each applicant"), book.raw["departments"], [asked_of])


def _conditions(book: Rulebook) -> Iterator[Entry]:
    order = {rule: place for place, rule in enumerate(book.articles)}
    for condition in sorted(book.conditions, key=lambda c: order.get(c.rule, len(order))):
        raw: Raw = book.raw["conditions"][condition.rule][condition.name]
        key = f"{condition.rule}/{condition.name}"
        entry = _entry(key, condition.says, raw, _condition(book, condition, raw))
        yield Entry(key, entry.title, condition.rule, entry.values, entry.assumed, entry.note)


def _condition(book: Rulebook, condition: Condition, raw: Raw) -> Iterator[Value]:
    found = asked(book, condition)
    kinds = w.named(KIND_WORDS, (kind for kind in condition.kinds if kind in book.kinds))
    yield _value("kinds", "适用于", "asked of", kinds)
    if condition.categories is not None:
        yield _value("categories", "类别", "categories", w.named(w.CATEGORIES, condition.categories))
    if condition.when:
        yield _value("when", "仅当", "only where", guarded(condition.when))
    yield _value("test", "要求", "asks", found.test)
    by = (
        Words("评审办人员", "an officer of the award office")
        if found.person
        else Words("程序", "the program")
    )
    yield _value("by", "由谁判断", "decided by", by)
    if found.sources:
        yield _value("from", "依据", "from", w.listed(found.sources))
    for name, item in raw.get("with", {}).items():
        if isinstance(item, Mapping) and item.get("source") == "assumed":
            text = w.word({**w.BARS, **w.DAYS_UNKNOWN}, str(valued(item)))
            yield _value(f"with:{name}", "其中", "of this", text, item)


# --- what is for people ---------------------------------------------------------------------------


def _said(key: str, title: Words, raw: Raw) -> Entry:
    return _entry(key, title, raw, [_value("says", "内容", "says", _words(raw["says"]), wording=True)])


def _people(book: Rulebook) -> Iterator[Entry]:
    for key, body in book.raw.get("bodies", {}).items():
        yield _said(f"body:{key}", w.plain(body.get("name", key)), body)
    if "pool" in book.raw:
        pool: Raw = book.raw["pool"]
        entry = pool.get("entry", ())
        yield _entry(
            "pool",
            w.plain(pool["name"]),
            pool,
            [
                _value("entry", "入库途径", "ways in", w.named(w.POOL_ENTRIES, entry)) if entry else None,
                _value("free_training", "免费培训", "free training", w.yes_or_no(pool["free_training"]))
                if "free_training" in pool
                else None,
            ],
        )
    for key, body in book.raw.get("duties", {}).items():
        article = book.articles.get(body["rule"])
        name = key.replace("_", " ")
        yield _said(f"duty:{key}", Words(article.title if article else name, name), body)


def _readings(book: Rulebook) -> Iterator[Entry]:
    for name, raw in book.raw["readings"].items():
        chosen = raw["value"] if isinstance(raw["value"], list) else [raw["value"]]
        values = [_value("value", "读作", "read as", w.named(w.READINGS, map(str, chosen)))]
        yield _entry(name, w.word(w.READINGS, name), raw, values)


def _not_encoded(book: Rulebook) -> Iterator[Entry]:
    for left_out in book.not_encoded:
        title = w.plain(left_out.part) if left_out.part else Words("全条", "the whole article")
        reason = _value("reason", "原因", "because", left_out.reason, wording=True)
        yield Entry(f"{left_out.rule}/{left_out.part or ''}", title, left_out.rule, (reason,))


def _assumed(book: Rulebook) -> Iterator[Entry]:
    for value in book.assumed():
        said = _value("value", "取值", "value", w.plain(value.value))
        line = _value("line", "行", "line", w.plain(value.line), wording=True)
        path = by_stage(book, value.path)
        yield Entry(path, w.plain(path), None, (said, line), True, value.note)


def by_stage(book: Rulebook, path: str) -> str:
    """A path of the file with a stage's key in the place of its numbers, which change with every stage put in."""
    found = re.match(r"procedure\[(\d+)\]\.stages\[(\d+)\]", path)
    if found is None:
        return path
    stage = book.procedure[int(found[1])].stages[int(found[2])]
    return f"procedure.{stage.key}{path[found.end() :]}"

"""What the text is, how it is read, what of it is not encoded, and which values it does not give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from shared.rulebooks import words as w
from shared.rulebooks.facts import GOVERNMENT_LEVELS
from shared.rulebooks.model import Rulebook, Words
from shared.rulebooks.parts.entries import Entry, Raw, Value, entry_of, value_of


def text(book: Rulebook) -> Iterator[Entry]:
    document: Raw = book.raw["document"]
    yield Entry("title", book.title, None, tuple(v for v in _document(book, document) if v.text.zh))
    in_force: Raw = book.raw["in_force"] or {}
    status = value_of("status", "状态", "status", w.word(w.STATUSES, book.status))
    first = value_of("from", "施行日", "in force from", w.plain(book.in_force_from or ""))
    last = w.plain(book.in_force_to) if book.in_force_to else Words("未定", "no end")
    values = [status]
    if book.in_force_from is not None:
        values += [first, value_of("to", "有效期至", "in force until", last)]
    yield entry_of("in_force", Words("时间效力", "time in force"), in_force, values)
    term: Raw = book.raw["period"]
    every = value_of("years", "周期", "every", w.years(book.period.years))
    yield entry_of("period", Words("评奖周期", "period of the award"), term, [every])
    if "criteria" in book.raw:
        criteria: Raw = book.raw["criteria"]
        names = [value_of("standard", "标准", "standard", w.plain(criteria["standard"]))]
        if "edition" in criteria:
            names.append(value_of("edition", "版本", "edition", w.plain(criteria["edition"])))
        for raw, rule in zip(criteria.get("trees", ()), book.criteria, strict=True):
            items = value_of(f"items:{rule.file}", "评分条款", "items", w.scored_by(rule), raw)
            names.append(replace(items, meaning=rule))
        if book.outlier is not None:
            far = w.far_from_the_median(book.outlier.points)
            names.append(value_of("outlier", "离群评分表", "outliers", far, criteria["outlier"]))
        yield entry_of("criteria", Words("评审标准", "criteria"), criteria, names)


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
        yield value_of(name, zh, en, text, wording=name not in {"jurisdiction", "level"})


def readings(book: Rulebook) -> Iterator[Entry]:
    for name, raw in book.raw["readings"].items():
        chosen = raw["value"] if isinstance(raw["value"], list) else [raw["value"]]
        values = [value_of("value", "读作", "read as", w.named(w.READINGS, map(str, chosen)))]
        yield entry_of(name, w.word(w.READINGS, name), raw, values)


def not_encoded(book: Rulebook) -> Iterator[Entry]:
    for left_out in book.not_encoded:
        title = w.plain(left_out.part) if left_out.part else Words("全条", "the whole article")
        reason = value_of("reason", "原因", "because", left_out.reason, wording=True)
        yield Entry(f"{left_out.rule}/{left_out.part or ''}", title, left_out.rule, (reason,))


def assumed(book: Rulebook) -> Iterator[Entry]:
    for value in book.assumed():
        said = value_of("value", "取值", "value", w.plain(value.value))
        line = value_of("line", "行", "line", w.plain(value.line), wording=True)
        path = by_stage(book, value.path)
        yield Entry(path, w.plain(path), None, (said, line), True, value.note)


def by_stage(book: Rulebook, path: str) -> str:
    """A path of the file with a stage's key in the place of its numbers, which change with every stage put in."""
    found = re.match(r"procedure\[(\d+)\]\.stages\[(\d+)\]", path)
    if found is None:
        return path
    stage = book.procedure[int(found[1])].stages[int(found[2])]
    return f"procedure.{stage.key}{path[found.end() :]}"

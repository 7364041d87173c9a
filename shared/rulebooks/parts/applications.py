"""What is asked of applicants: materials, records, conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shared.rulebooks import words as w
from shared.rulebooks.asked import asked, guarded
from shared.rulebooks.facts import DEPARTMENTS, KIND_WORDS
from shared.rulebooks.loader import valued
from shared.rulebooks.model import Condition, Rulebook, Words
from shared.rulebooks.parts.entries import Entry, Raw, Value, entry_of, value_of


def materials(book: Rulebook) -> Iterator[Entry]:
    for material in book.all_materials:
        kinds = w.named(KIND_WORDS, (kind for kind in material.kinds if kind in book.kinds))
        values = [value_of("kinds", "提交者", "handed in by", kinds)]
        yield entry_of(material.name, material.title, book.raw["materials"][material.name], values)
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
        values = [value_of(name, zh, en, text) for name, (zh, en, text) in said.items() if text.zh]
        yield entry_of("uploads", Words("上传", "uploads"), uploads, values)


def departments(book: Rulebook) -> Iterator[Entry]:
    asked_of = value_of("ask", "部门", "departments", w.named(DEPARTMENTS, book.departments))
    yield entry_of("ask", Words("征询", "asked about each applicant"), book.raw["departments"], [asked_of])


def conditions(book: Rulebook) -> Iterator[Entry]:
    order = {rule: place for place, rule in enumerate(book.articles)}
    for condition in sorted(book.conditions, key=lambda c: order.get(c.rule, len(order))):
        raw: Raw = book.raw["conditions"][condition.rule][condition.name]
        key = f"{condition.rule}/{condition.name}"
        entry = entry_of(key, condition.says, raw, _condition(book, condition, raw))
        yield Entry(key, entry.title, condition.rule, entry.values, entry.assumed, entry.note)


def _condition(book: Rulebook, condition: Condition, raw: Raw) -> Iterator[Value]:
    found = asked(book, condition)
    kinds = w.named(KIND_WORDS, (kind for kind in condition.kinds if kind in book.kinds))
    yield value_of("kinds", "适用于", "asked of", kinds)
    if condition.categories is not None:
        yield value_of("categories", "类别", "categories", w.named(w.CATEGORIES, condition.categories))
    if condition.when:
        yield value_of("when", "仅当", "only where", guarded(condition.when))
    yield value_of("test", "要求", "asks", found.test)
    by = (
        Words("评审办人员", "an officer of the award office")
        if found.person
        else Words("程序", "the program")
    )
    yield value_of("by", "由谁判断", "decided by", by)
    if found.sources:
        yield value_of("from", "依据", "from", w.listed(found.sources))
    for name, item in raw.get("with", {}).items():
        if isinstance(item, Mapping) and item.get("source") == "assumed":
            text = w.word({**w.BARS, **w.DAYS_UNKNOWN}, str(valued(item)))
            yield value_of(f"with:{name}", "其中", "of this", text, item)

"""评分条款: what a rulebook scores by, for the public; and a reviewer's sheet as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files
from services.gateway.circumstances import Asked
from services.gateway.exports import XLSX
from shared.identifiers import canonical_json
from shared.problems import NotFound
from shared.rulebooks import Library, UnknownRulebook, Words
from shared.rulebooks.criteria import CriteriaTree, Criterion, Scale

if TYPE_CHECKING:
    from services.gateway.app import Gateway

TITLE, BANDS = "评分表", "成熟度等级"
Row = tuple[str | int | Decimal | None, ...]
KINDS: Mapping[str | None, Words] = {
    "process": Words("过程", "process"),
    "result": Words("结果", "result"),
    None: Words("", ""),
}
_HEADINGS = (
    ("条款 Item", 10), ("名称 Title", 22), ("要求 What it asks", 40), ("类型 Kind", 10), ("满分 Points", 10),
    ("优势 Strengths", 40), ("改进空间 What could be better", 40), ("等级 Band", 10), ("百分比 Percent", 10),
    ("得分 Points given", 10), ("评分理由 Reason", 40),
)  # fmt: skip
_BANDS = ("类型 Kind", "百分比 Percent", "维度 Dimension", "表现 What it looks like")


def text_of(library: Library, rulebook: str, kind: str, category: str | None) -> dict[str, Any]:
    """What an applicant of a kind and category is scored by. Raises NotFound where the rulebook names nothing."""
    try:
        tree = library.get(rulebook).criteria_for(kind, category)
    except UnknownRulebook:
        tree = None
    if tree is None:
        raise NotFound("没有这份评分条款", "no such criteria")
    return {
        "criteria": tree.id,
        "sha256": tree.sha256,
        "standard": tree.standard,
        "edition": tree.edition,
        "title_zh": tree.title.zh,
        "title_en": tree.title.en,
        "points": tree.points,
        "step": tree.step,
        "sources": [
            {"key": each.key, "zh": each.says.zh, "en": each.says.en, "assumed": each.assumed}
            for each in tree.sources.values()
        ],
        "scales": [_scale(scale) for scale in tree.scales.values()],
        "items": [line for item in tree.children for line in _items(item, None)],
    }


def _scale(scale: Scale) -> dict[str, Any]:
    return {
        "kind": scale.kind,
        "dimensions": [
            {"key": key, "zh": words.zh, "en": words.en} for key, words in scale.dimensions.items()
        ],
        "bands": [
            {
                "band": band.key,
                "first": band.first,
                "last": band.last,
                "looks": [{"key": key, "zh": words.zh, "en": words.en} for key, words in band.looks.items()],
            }
            for band in scale.bands
        ],
    }


def _items(item: Criterion, under: str | None) -> Iterator[dict[str, Any]]:
    yield {
        "item": item.key,
        "under": under,
        "scored": not item.children,
        "title_zh": item.title.zh,
        "title_en": item.title.en,
        "points": item.points,
        "kind": item.kind,
        "asks_zh": item.asks.zh if item.asks else None,
        "asks_en": item.asks.en if item.asks else None,
        "clause": item.clause,
        "source": item.source,
        "points_source": item.points_source,
    }
    for child in item.children:
        yield from _items(child, item.key)


def criteria(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The items of a rulebook."""
    return text_of(gateway.library, data["rulebook"], data["kind"], data.get("category"))


def sheet_xlsx(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """A reviewer's own sheet as XLSX, empty or as far as it is written."""
    sheet = gateway.dispatcher.ask("review", "my_sheet", dict(data), asked.anew())
    book = gateway.dispatcher.rulebook(str(data["cycle_id"]), asked.context)
    tree = next((rule.read() for rule in book.criteria if rule.file == sheet["criteria"]), None)
    if tree is None:
        raise NotFound("没有这份评分条款", "no such criteria")
    content = workbook_of(tree, sheet)
    told = canonical_json({"sheet": data["application_id"], "stage": data["stage"]}).decode("utf-8")
    gateway.identity.record(asked.signed_in, "sheet:exported", reason=told, cycle_id=str(data["cycle_id"]))
    return files.made(content, f"{TITLE}.xlsx", XLSX, "score-sheet.xlsx")


def workbook_of(tree: CriteriaTree, sheet: Mapping[str, Any]) -> bytes:
    """The sheet, and what the bands look like."""
    from shared.documents import workbook  # its library takes a while to load, and few ask for it

    headings, widths = zip(*_HEADINGS, strict=True)
    written = workbook.Sheet(TITLE, headings, _written(tree, sheet), widths)
    bands = workbook.Sheet(BANDS, _BANDS, _looks(tree), (12, 12, 20, 60))
    return workbook.write(TITLE, (written, bands))


def _written(tree: CriteriaTree, sheet: Mapping[str, Any]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for line in sheet["items"]:
        leaf = tree.leaf(line["item"])
        assert leaf is not None  # the sheet is of these criteria
        rows.append(
            (
                leaf.key,
                f"{leaf.title.zh} {leaf.title.en}",
                f"{leaf.asks.zh}\n{leaf.asks.en}" if leaf.asks else None,
                f"{KINDS[leaf.kind].zh} {KINDS[leaf.kind].en}",
                leaf.points,
                line["strengths"] or None,
                line["improvements"] or None,
                line["band"],
                None if line["percent"] is None else Decimal(line["percent"]),
                None if line["points"] is None else Decimal(line["points"]),
                line["rationale"] or None,
            )
        )
    nothing: Row = (None,) * 6
    total: Row = (None, "合计（百分比） Total, percent", *nothing, Decimal(sheet["total"]), None, None)
    return (*rows, total)


def _looks(tree: CriteriaTree) -> tuple[Row, ...]:
    return tuple(
        (
            f"{KINDS[scale.kind].zh} {KINDS[scale.kind].en}",
            band.key,
            f"{scale.dimensions[key].zh} {scale.dimensions[key].en}",
            f"{words.zh}\n{words.en}",
        )
        for scale in tree.scales.values()
        for band in scale.bands
        for key, words in band.looks.items()
    )

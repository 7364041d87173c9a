"""Lists of applications as files: the same filter and the same rights, fetched in pages, left in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import files
from services.gateway.circumstances import Asked
from shared.contracts.operations import WATCHERS
from shared.contracts.operations.pages import SIZES, START
from shared.documents import delimited
from shared.identifiers import canonical_json
from shared.rulebooks import Rulebook, Words
from shared.rulebooks.facts import KIND_WORDS
from shared.rulebooks.words import CATEGORIES, word

if TYPE_CHECKING:
    from services.gateway.app import Gateway

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
TITLE = "申报一览"

STATUSES: Mapping[str, Words] = {
    "draft": Words("草稿", "draft"),
    "submitted": Words("已提交", "submitted"),
    "returned": Words("退回补正", "returned for correction"),
    "in_progress": Words("办理中", "in progress"),
    "late": Words("逾期", "late"),
    "withdrawn": Words("已撤回", "withdrawn"),
    "ineligible": Words("不符合条件", "ineligible"),
    "awaiting_records": Words("待部门答复", "awaiting records"),
    "objection_upheld": Words("异议成立", "objection upheld"),
    "not_awarded": Words("未获奖", "not awarded"),
    "awarded": Words("获奖", "awarded"),
    "revoked": Words("已撤销", "revoked"),
}
OPINIONS: Mapping[str, Words] = {
    "recommended": Words("同意推荐", "recommended"),
    "not_recommended": Words("不予推荐", "not recommended"),
    "declined": Words("不受理推荐", "declined"),
}
MISSING: Mapping[str, Words] = {
    "materials": Words("材料", "materials"),
    "recommendation": Words("推荐意见", "recommendation"),
    "departments": Words("部门答复", "answers of departments"),
}

Line = Mapping[str, Any]
Cell = str | int | None


@dataclass(frozen=True)
class Column:
    """One column: its heading, its width in characters, and what stands in it; whether the office alone has it."""

    heading: str
    width: int
    cell: Callable[[Line, Rulebook], Cell]
    office: bool = False


def _plain(name: str) -> Callable[[Line, Rulebook], Cell]:
    return lambda line, book: line[name]


def _worded(name: str, words: Mapping[str, Words]) -> Callable[[Line, Rulebook], Cell]:
    return lambda line, book: None if line[name] is None else word(words, line[name]).zh


def _stopped_at(line: Line, book: Rulebook) -> Cell:
    found = next((stage for stage in book.stages if stage.key == line["stopped_at"]), None)
    return found.title.zh if found else line["stopped_at"]


def _missing(line: Line, book: Rulebook) -> Cell:
    return "、".join(word(MISSING, name).zh for name in line["missing"])


def _materials(line: Line, book: Rulebook) -> Cell:
    titles = {material.name: material.title for material in book.all_materials}
    return "、".join(word(titles, name).zh for name in line["missing_materials"])


COLUMNS = (
    Column("编号 Public number", 12, _plain("public_number")),
    Column("序号 Number", 10, _plain("sequence"), True),
    Column("名称 Name", 36, _plain("name")),
    Column("统一社会信用代码 Code", 22, _plain("uscc")),
    Column("主体类型 Kind", 10, _worded("kind", KIND_WORDS)),
    Column("类别 Category", 10, _worded("category", CATEGORIES)),
    Column("状态 Status", 14, _worded("status", STATUSES)),
    Column("到达阶段 Stage", 18, _stopped_at),
    Column("提交日期 Submitted", 12, _plain("submitted_on")),
    Column("推荐部门 Recommender", 24, _plain("recommender")),
    Column("推荐意见 Opinion", 12, _worded("opinion", OPINIONS)),
    Column("推荐 Recommended by", 24, _plain("recommended_by")),
    Column("尚缺 Missing", 24, _missing),
    Column("缺少的材料 Missing materials", 30, _materials),
    Column("未答复部门数 Departments unanswered", 12, _plain("departments_unanswered"), True),
    Column("回执 Receipt", 30, _plain("receipt")),
    Column("内部编号 Id", 34, _plain("application_id")),
)


CONTACT_COLUMNS = (
    Column("编号 Public number", 12, _plain("public_number")),
    Column("序号 Number", 10, _plain("sequence")),
    Column("名称 Name", 36, _plain("name")),
    Column("统一社会信用代码 Code", 22, _plain("uscc")),
    Column("主体类型 Kind", 10, _worded("kind", KIND_WORDS)),
    Column("状态 Status", 14, _worded("status", STATUSES)),
    Column("推荐部门 Recommender", 24, _plain("recommender")),
    Column("联系人 Contact", 16, _plain("contact_name")),
    Column("联系电话 Telephone", 20, _plain("contact_phone")),
    Column("联系邮箱 E-mail", 30, _plain("contact_email")),
    Column("内部编号 Id", 34, _plain("application_id")),
)


@dataclass(frozen=True)
class Table:
    """A list that may be taken away: its title, the operation of intake that gives its lines, its columns."""

    title: str
    method: str
    columns: tuple[Column, ...]


APPLICATIONS = Table(TITLE, "applications", COLUMNS)
CONTACTS = Table("申报联系表", "contacts", CONTACT_COLUMNS)


def applications_csv(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """The list as CSV."""
    return _csv(APPLICATIONS, gateway, data, asked)


def applications_xlsx(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """The list as XLSX."""
    return _xlsx(APPLICATIONS, gateway, data, asked)


def contacts_csv(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """联系表 as CSV."""
    return _csv(CONTACTS, gateway, data, asked)


def contacts_xlsx(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """联系表 as XLSX."""
    return _xlsx(CONTACTS, gateway, data, asked)


def _csv(table: Table, gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    book, columns, rows = _rows(table, gateway, data, asked, "csv")
    content = delimited.write([column.heading for column in columns], rows)
    return _file(table, content, f"{CSV}; charset=utf-8", book, "csv")


def _xlsx(table: Table, gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    from shared.documents import workbook  # its library takes a while to load, and few ask for it

    book, columns, rows = _rows(table, gateway, data, asked, "xlsx")
    headings, widths = (column.heading for column in columns), (column.width for column in columns)
    sheet = workbook.Sheet(table.title, tuple(headings), tuple(rows), tuple(widths))
    return _file(table, workbook.write(table.title, (sheet,)), XLSX, book, "xlsx")


def _rows(
    table: Table, gateway: Gateway, data: Mapping[str, Any], asked: Asked, form: str
) -> tuple[Rulebook, tuple[Column, ...], Iterator[tuple[Cell, ...]]]:
    """The cycle's rulebook, the columns and the rows: what somebody is not told has no column, not an empty one."""
    book, lines = _gather(table, gateway, data, asked, form)
    columns = tuple(column for column in table.columns if asked.role in WATCHERS or not column.office)
    return book, columns, (tuple(column.cell(line, book) for column in columns) for line in lines)


def _gather(
    table: Table, gateway: Gateway, data: Mapping[str, Any], asked: Asked, form: str
) -> tuple[Rulebook, list[Line]]:
    """The rulebook of the cycle, and its lines in order of submission. Nothing is given without an entry in the audit log."""
    session = asked.signed_in
    lines = sorted(walk(gateway, "intake", table.method, data, asked), key=_order)
    book = gateway.dispatcher.rulebook(str(data["cycle_id"]), asked.context)
    filters = {name: value for name, value in data.items() if name != "cycle_id" and value is not None}
    told = canonical_json({"form": form, "filter": filters, "rows": len(lines)}).decode("utf-8")
    gateway.identity.record(session, f"{table.method}:exported", reason=told, cycle_id=str(data["cycle_id"]))
    return book, lines


def walk(
    gateway: Gateway, service: str, method: str, data: Mapping[str, Any], asked: Asked
) -> Iterator[Line]:
    """The lines of a list, which has the operation's name, page by page: each once whatever changes meanwhile, and no message
    holds them all.
    """
    after: str | None = START
    while after is not None:
        page = gateway.dispatcher.ask(
            service, method, {**data, "after": after, "size": SIZES[-1]}, asked.anew()
        )
        yield from page[method]
        after = page["next"]


def _order(line: Line) -> tuple[bool, int, str]:
    return (line["sequence"] is None, line["sequence"] or 0, line["application_id"])


def _file(table: Table, content: bytes, kind: str, book: Rulebook, ending: str) -> Response:
    name = f"{table.title}（{book.title.zh}）.{ending}"
    return files.made(content, name, kind, f"{table.method}.{ending}")

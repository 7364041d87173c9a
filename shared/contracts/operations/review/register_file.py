"""The register of experts as a table, for spreadsheets: how each thing stands in a cell, out and in. Pure.

What goes out comes in again unchanged. Lists stand in one cell with ； between; an employer is 代码｜单位｜起｜止.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.documents.incoming import Formula, text_of
from shared.problems import FieldError, invalid_field

TITLE = "专家库"
_BETWEEN, _WITHIN = "；", "｜"
_YES, _NO = "是", "否"
_EMPLOYMENT = ("uscc", "name", "since", "until")
STATE_WORDS = {"active": "在库", "retired": "已出库"}


class CellError(Exception):
    """A cell that does not say what its column asks for."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Column:
    """One column: field, heading, width in characters, and how its value is written and read; `read` is None for what is
    only shown. `contact` columns stand in a file only where contacts were asked for.
    """

    name: str
    heading: str
    width: int
    write: Callable[[Any], str | int]
    read: Callable[[str], Any] | None
    contact: bool = False


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _text_or_none(cell: str) -> str | None:
    return cell or None


def _word(value: bool) -> str:
    return _YES if value else _NO


def _read_word(cell: str) -> bool:
    if cell not in (_YES, _NO):
        raise CellError(f"只能是“{_YES}”或“{_NO}”", f"neither {_YES} nor {_NO}")
    return cell == _YES


def _join(values: Sequence[str]) -> str:
    return _BETWEEN.join(values)


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace(";", _BETWEEN).split(_BETWEEN) if part.strip()]


def _number(value: int) -> int:
    return value


def _read_number(cell: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 9):
        raise CellError("应为正整数", "to be a positive whole number")
    return int(cell)


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else _text(value)


def _employers(values: Sequence[Mapping[str, Any]]) -> str:
    return _BETWEEN.join(_WITHIN.join(_day(each[name]) for name in _EMPLOYMENT) for each in values)


def _read_employers(cell: str) -> list[dict[str, Any]]:
    found = []
    for part in _split(cell):
        cells = [each.strip() for each in part.replace("|", _WITHIN).split(_WITHIN)]
        if len(cells) > len(_EMPLOYMENT):
            raise CellError("应为 代码｜单位｜起｜止", "to be code｜organization｜since｜until")
        cells += [""] * (len(_EMPLOYMENT) - len(cells))
        found.append({name: value or None for name, value in zip(_EMPLOYMENT, cells, strict=True)})
    return found


COLUMNS = (
    Column("expert_id", "专家编号 Id", 14, _text, _text),
    Column("revision", "版本 Revision", 10, _number, _read_number),
    Column("name", "姓名 Name", 12, _text, _text),
    Column("title", "职称 Title", 16, _text, _text_or_none),
    Column("industry_expert", "行业专家 Industry expert", 10, _word, _read_word),
    Column("may_lead", "可任组长 May lead", 10, _word, _read_word),
    Column("expertise", "专业领域 Expertise", 30, _join, _split),
    Column("industries", "行业 Industries", 30, _join, _split),
    Column("qualifications", "资质 Qualifications", 30, _join, _split),
    Column("languages", "语种 Languages", 12, _join, _split),
    Column("employments", "工作单位 Employers", 60, _employers, _read_employers),
    Column("phone", "电话 Phone", 18, _text, _text_or_none, contact=True),
    Column("email", "邮箱 Email", 24, _text, _text_or_none, contact=True),
    Column("address", "地址 Address", 36, _text, _text_or_none, contact=True),
    Column("state", "状态 State", 10, lambda state: STATE_WORDS[state], None),
    Column("declared_until", "利害关系申报有效期至 Declared until", 14, _day, None),
)
_CONTACT = tuple(column.name for column in COLUMNS if column.contact)
_NEEDED = ("expert_id", "name")


def columns(*, contacts: bool) -> tuple[Column, ...]:
    """The columns of a file."""
    return tuple(column for column in COLUMNS if contacts or not column.contact)


def row(line: Mapping[str, Any], *, contacts: bool) -> tuple[str | int, ...]:
    """One expert, as the reply `ExpertState` has it, as cells."""
    flat = {**line, **(line.get("contact") or dict.fromkeys(_CONTACT))}
    return tuple(column.write(flat[column.name]) for column in columns(contacts=contacts))


def named(headings: Sequence[Any]) -> list[Column]:
    """The columns of a file that came in, in its order: by heading, by its Chinese part, or by field.

    Raises Invalid for one that is not known, is there twice, or is missing.
    """
    known = {key: column for column in COLUMNS for key in _keys(column)}
    texts = [text_of(cell) for cell in headings]
    while texts and not texts[-1]:
        texts.pop()
    found: list[Column] = []
    for text in texts:
        if text not in known:
            raise invalid_field("content", f"没有这一列：{text[:40]}", f"no such column: {text[:40]}")
        if known[text] in found:
            raise invalid_field("content", f"列重复：{text}", f"a column is there twice: {text}")
        found.append(known[text])
    for column in COLUMNS:
        if column.name in _NEEDED and column not in found:
            raise invalid_field(
                "content", f"缺少列：{column.heading}", f"a column is missing: {column.heading}"
            )
    return found


def _keys(column: Column) -> tuple[str, ...]:
    return column.heading, column.heading.split(" ")[0], column.name


@dataclass(frozen=True)
class Read:
    """One line of a file: what it says of an expert, or why it cannot be read. `contact` is None where the file has no such
    columns.
    """

    number: int  # as the spreadsheet counts: the headings are line 1
    expert_id: str
    revision: int | None
    fields: Mapping[str, Any]
    contact: Mapping[str, Any] | None
    error: FieldError | None = None


def line(number: int, header: Sequence[Column], cells: Sequence[Any]) -> Read:
    """Read one line. Nothing in it is reckoned: a formula is refused, since nobody knows what the sender saw."""
    by_name = dict(zip((column.name for column in header), cells, strict=False))
    expert_id = text_of(by_name.get("expert_id"))[:40]
    values: dict[str, Any] = {}
    for column in header:
        cell = by_name.get(column.name)
        if isinstance(cell, Formula):
            error = FieldError(column.name, "单元格含有公式", "the cell holds a formula")
            return Read(number, expert_id, None, {}, None, error)
        if column.read is None:
            continue
        try:
            values[column.name] = column.read(text_of(cell))
        except CellError as wrong:
            return Read(number, expert_id, None, {}, None, FieldError(column.name, wrong.zh, wrong.en))
    given = {name: values.pop(name) for name in _CONTACT if name in values}
    return Read(
        number, values.pop("expert_id"), values.pop("revision", None), values, given if given else None
    )

"""Forms: fields that people fill in, read into the JSON of an operation, and shown again with what was refused.

A field has the name that the operation's schema gives it, so that a refusal finds its field; a dot leads into an object
(`facts.employees`). What is checked here is only what a browser's text can be: a number that is none, a day that is none, a
choice that was not offered. Everything else is the schema's and the service's matter. What was typed is kept as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from werkzeug.datastructures import MultiDict

from services.gateway.body import has_controls
from services.gateway.portal.text import PLACE, Text
from shared.documents.text import clean
from shared.identifiers import new_id
from shared.problems import Forbidden, Problem, Unavailable

KEY, CSRF, MORE, FEWER, SECRET = "_key", "_csrf", "_more", "_fewer", "_secret"
PAPERS = "papers"  # by which operations name what was handed in with a form
_LONGEST = 100_000  # characters of one field; the schemas' own limits are far below
_MOST_ROWS = 200
_EMPTY = Text("请填写", "Fill this in")
_CHOOSE = Text("请选择", "Choose one")
_CONTROLS = Text("文字中有控制字符，请重新输入", "There is a control character in the text: type it anew")
_NOT_OFFERED = Text("这一项不在可选范围内", "This is none of the choices")


class Kind(StrEnum):
    """What somebody sees, and what becomes of it in JSON."""

    LINE = "line"  # text
    AREA = "area"  # text of several lines
    LINES = "lines"  # text area, one entry a line → list of texts
    PASSWORD = "password"  # noqa: S105 - a kind of field
    CODE = "code"  # a one-time code: digits
    NUMBER = "number"  # whole number
    DECIMAL = "decimal"  # number with a fraction, as JSON's number
    MONEY = "money"  # yuan → fen
    DAY = "day"  # YYYY-MM-DD
    MOMENT = "moment"  # day and time in Shanghai → RFC 3339
    RADIOS = "radios"  # one of few
    SELECT = "select"  # one of many
    CHECKS = "checks"  # any of some → list
    YES_NO = "yes_no"  # → true or false; neither is chosen before
    TICK = "tick"  # one box → true, else absent
    FILE = "file"  # its bytes are the page's matter: it is no text of the form
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Choice:
    """One answer that may be chosen."""

    value: str
    label: Text
    hint: Text | None = None


@dataclass(frozen=True)
class Field:
    """One field. `needed` is asked for here already, others are the schema's to miss; `secret` is never shown again."""

    name: str
    label: Text
    kind: Kind = Kind.LINE
    hint: Text | None = None
    choices: tuple[Choice, ...] = ()
    needed: bool = True
    width: int = 0  # characters; 0: as wide as the column
    suffix: Text | None = None  # a unit
    autocomplete: str = ""
    secret: bool = False
    rows: int = 4
    accept: str = ""  # endings of files
    later: bool = False  # may be empty for now, but not in the end: it is not called optional

    @property
    def id(self) -> str:
        """Its id on the page."""
        return "f-" + re.sub(r"[^A-Za-z0-9_-]", "-", self.name)

    def read(self, texts: Sequence[str]) -> Any:
        """What was posted as JSON; None for nothing. Raises Refused."""
        if any(len(text) > _LONGEST for text in texts):
            raise Refused(Text(f"太长：最多 {_LONGEST} 个字符", f"Too long: at most {_LONGEST} characters"))
        if any(has_controls(text) for text in texts):
            raise Refused(_CONTROLS)
        if self.kind is Kind.CHECKS:
            return self._chosen([text for text in texts if text]) or None
        text = texts[0] if texts else ""
        if self.kind is Kind.PASSWORD:
            return text or None
        if self.kind is Kind.FILE:
            return None
        stripped = text.replace("\r\n", "\n").strip()
        if not stripped:
            return None
        return _READERS[self.kind](self, stripped)

    def _chosen(self, values: Sequence[str]) -> list[str]:
        offered = {choice.value for choice in self.choices}
        if not set(values) <= offered:
            raise Refused(_NOT_OFFERED)
        return list(dict.fromkeys(values))

    def one(self, text: str) -> str:
        """One of the choices. Raises Refused."""
        return self._chosen([text])[0]

    def missing(self) -> Text:
        """What is said where nothing was given."""
        return _CHOOSE if self.kind in {Kind.RADIOS, Kind.SELECT, Kind.CHECKS, Kind.YES_NO} else _EMPTY

    def write(self, value: Any) -> list[str]:
        """JSON as the texts that a form shows."""
        if value is None:
            return []
        if self.kind is Kind.CHECKS:
            return [str(each) for each in value]
        if self.kind is Kind.LINES:
            return ["\n".join(str(each) for each in value)] if not isinstance(value, str) else [value]
        return [_WRITERS.get(self.kind, str)(value)]


class Refused(Exception):
    """What was typed is nothing of that kind."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True)
class Rows:
    """A list of objects, each with the same fields: `name.0.field`. At least `least` rows are shown."""

    name: str
    label: Text
    fields: tuple[Field, ...]
    least: int = 1
    hint: Text | None = None

    def in_row(self, number: int) -> tuple[Field, ...]:
        """The fields of one row, with their full names."""
        return tuple(_renamed(each, f"{self.name}.{number}.{each.name}") for each in self.fields)


def _renamed(each: Field, name: str) -> Field:
    return Field(**{**each.__dict__, "name": name})


Part = Field | Rows


@dataclass
class Filled:
    """A form with what was typed and what was refused. `data` is JSON, good where `ok`; `reply` what a command answered."""

    form: Form
    texts: dict[str, list[str]]
    errors: dict[str, Text] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    reply: dict[str, Any] = field(default_factory=dict)
    key: str = field(default_factory=new_id)
    was_posted: bool = False
    rows_changed: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing was refused and it is meant to be done now."""
        return not self.errors and self.problem is None and not self.rows_changed

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows it again."""
        if self.problem is not None:
            return self.problem.status
        return 422 if self.errors else 200

    def text(self, name: str) -> str:
        """What stands in a field, as it was typed."""
        return next(iter(self.texts.get(name, ())), "")

    def shown(self, name: str) -> str:
        """The same for a page: what no document may hold stands there as U+FFFD."""
        return clean(self.text(name))

    def chosen(self, name: str) -> list[str]:
        """What is chosen in a field."""
        return self.texts.get(name, [])

    def attempt(self, act: Callable[[], dict[str, Any]]) -> None:
        """Do it; a refusal that somebody can mend becomes the form's. Raises what ends the session, and what is not theirs."""
        try:
            self.reply = act()
        except Problem as problem:
            if problem.status in {401, 404} or problem.code == Forbidden.default_code:
                raise
            self.refuse(problem)

    def refuse(self, problem: Problem) -> None:
        """Put a refusal to its fields; what belongs to none of them stands at the top.

        A service remembers what it refused by its key: mended, the form is another request. What found nobody (503) stays
        the same one, lest it be done twice.
        """
        self.problem = problem
        if problem.status != Unavailable.status:
            self.key = new_id()
        for error in problem.errors:
            name = self.form.field_of(error.field)
            if name is not None:
                self.errors.setdefault(name, Text(error.reason_zh, error.reason_en))

    def count(self, rows: Rows) -> int:
        """How many rows are shown."""
        return self.form.counted(rows, self.texts)

    def unplaced(self) -> list[Text]:
        """What was refused and has no field here."""
        if self.problem is None:
            return []
        found = [
            Text(f"{error.field}：{error.reason_zh}", f"{error.field}: {error.reason_en}")
            for error in self.problem.errors
            if self.form.field_of(error.field) is None
        ]
        return found or ([] if self.errors else [Text(self.problem.detail_zh, self.problem.detail_en)])


def reason_of(problem: Problem) -> Text:
    """The first reason that a refusal gives for a field, else its own words."""
    reasons = [Text(each.reason_zh, each.reason_en) for each in problem.errors]
    return next(iter(reasons), Text(problem.detail_zh, problem.detail_en))


@dataclass(frozen=True)
class Form:
    """The fields of one page, in their order. `secret` forms keep nothing when a session ends meanwhile."""

    parts: tuple[Part, ...]
    submit: Text = Text("保存", "Save")
    secret: bool = False

    @property
    def secrets(self) -> str:
        """The names of fields of which nothing is kept, parted by spaces; `*` for all."""
        names = [part.name for part in self.parts if isinstance(part, Field) and part.secret]
        return "*" if self.secret else " ".join(names)

    @property
    def files(self) -> list[Field]:
        """The fields in which a file is chosen; a form that has any is posted in parts."""
        return [part for part in self.parts if isinstance(part, Field) and part.kind is Kind.FILE]

    def all_fields(self, texts: Mapping[str, Sequence[str]]) -> Iterable[Field]:
        """Every field that is shown with these texts."""
        for part in self.parts:
            if isinstance(part, Field):
                yield part
            else:
                for number in range(self.counted(part, texts)):
                    yield from part.in_row(number)

    @staticmethod
    def counted(rows: Rows, texts: Mapping[str, Sequence[str]]) -> int:
        """How many rows there are: as many as have something, or were asked for."""
        asked = texts.get(f"{rows.name}._rows", ["0"])[0]
        most = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
        return min(max(most, rows.least), _MOST_ROWS)

    def filled(self, values: Mapping[str, Any]) -> Filled:
        """Not posted yet; `values` are JSON as an operation gives them."""
        texts: dict[str, list[str]] = {}
        for part in self.parts:
            if isinstance(part, Field):
                texts[part.name] = part.write(_dig(values, part.name))
                continue
            entries = _dig(values, part.name) or []
            texts[f"{part.name}._rows"] = [str(max(len(entries), part.least))]
            for number, entry in enumerate(entries):
                for own, full in zip(part.fields, part.in_row(number), strict=True):
                    texts[full.name] = full.write(_dig(entry, own.name))
        return Filled(self, texts)

    def typed(self, texts: Mapping[str, Sequence[str]]) -> Filled:
        """What somebody had typed before."""
        return Filled(self, {name: list(values) for name, values in texts.items()})

    def shows(self, texts: Mapping[str, Sequence[str]]) -> bool:
        """Whether any of these was typed into it: a page may have several forms."""
        return any(
            (part.name in texts and part.kind is not Kind.HIDDEN)
            if isinstance(part, Field)
            else f"{part.name}._rows" in texts
            for part in self.parts
        )

    def posted(self, given: MultiDict[str, str]) -> Filled:
        """What was posted, read; one more or one fewer row is no attempt yet."""
        texts = {name: values for name, values in given.lists() if not name.startswith("_")}
        filled = Filled(self, texts, key=given.get(KEY) or new_id(), was_posted=True)
        self._change_rows(filled, given)
        for each in self.all_fields(texts):
            try:
                value = each.read(texts.get(each.name, ()))
            except Refused as refused:
                filled.errors[each.name] = refused.why
                continue
            if value is not None:
                _bury(filled.data, each.name, value)
            elif each.needed and each.kind is not Kind.FILE and not self._in_empty_row(each.name, texts):
                filled.errors[each.name] = each.missing()
        for part in self.parts:
            if isinstance(part, Rows):
                _bury(filled.data, part.name, _rows_of(filled.data, part.name))
        if filled.rows_changed:
            filled.errors.clear()
        return filled

    def _change_rows(self, filled: Filled, given: MultiDict[str, str]) -> None:
        for part in self.parts:
            if not isinstance(part, Rows):
                continue
            step = 1 if given.get(MORE) == part.name else -1 if given.get(FEWER) == part.name else 0
            if step:
                filled.rows_changed = True
                filled.texts[f"{part.name}._rows"] = [str(self.counted(part, filled.texts) + step)]

    def _in_empty_row(self, name: str, texts: Mapping[str, Sequence[str]]) -> bool:
        """A row with nothing in it is no entry; whether there are enough is the schema's matter."""
        for part in self.parts:
            if isinstance(part, Rows) and name.startswith(f"{part.name}."):
                row = name[len(part.name) + 1 :].partition(".")[0]
                start = f"{part.name}.{row}."
                return not any(
                    any(text.strip() for text in values)
                    for other, values in texts.items()
                    if other.startswith(start)
                )
        return False

    def field_of(self, path: str) -> str | None:
        """The field that a refusal's path means: itself, or the nearest one around it; None for none of this form."""
        names = {part.name for part in self.parts if isinstance(part, Field)}
        rows = [part for part in self.parts if isinstance(part, Rows)]
        while path:
            if path in names:
                return path
            for part in rows:
                if path.startswith(f"{part.name}.") and path.count(".") > part.name.count(".") + 1:
                    return path
                if path.partition(".")[0] == part.name:
                    return f"{part.name}.0.{part.fields[0].name}"
            above = path.rpartition(".")[0]
            if not above and path == PAPERS and self.files:
                return self.files[0].name
            path = above
        return None

    def labelled(self, name: str) -> Text:
        """The label of a field by its full name."""
        for part in self.parts:
            if isinstance(part, Field) and part.name == name:
                return part.label
            if isinstance(part, Rows) and name.startswith(f"{part.name}."):
                row, _, rest = name[len(part.name) + 1 :].partition(".")
                own = next((each.label for each in part.fields if each.name == rest), part.label)
                number = int(row) + 1 if row.isdecimal() else 1
                return Text(f"{part.label.zh} {number}：{own.zh}", f"{part.label.en} {number}: {own.en}")
        return Text(name, name)


def _dig(values: Mapping[str, Any], name: str) -> Any:
    if name in values:
        return values[name]
    first, _, rest = name.partition(".")
    inner = values.get(first)
    return _dig(inner, rest) if rest and isinstance(inner, Mapping) else None


def _bury(data: dict[str, Any], name: str, value: Any) -> None:
    *above, last = name.split(".")
    for step in above:
        data = data.setdefault(step, {})
    data[last] = value


def _rows_of(data: Mapping[str, Any], name: str) -> list[Any]:
    found = _dig(data, name) or {}
    return [found[number] for number in sorted(found, key=int)]


def _number(_: Field, text: str) -> int:
    try:
        return int(text.replace(",", "").replace("，", ""))
    except ValueError:
        raise Refused(Text("应为整数，例如 120", "A whole number, for example 120")) from None


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > 10**15:
        raise Refused(Text("应为数字，例如 12.5", "A number, for example 12.5"))
    return found


def _fraction(_: Field, text: str) -> int | float:
    found = _decimal(text)
    return int(found) if found == found.to_integral_value() else float(found)


def _fen(_: Field, text: str) -> int:
    fen = _decimal(text) * 100
    if fen != fen.to_integral_value():
        raise Refused(
            Text("金额最多到分，例如 500000 或 12.50", "An amount to the fen, for example 500000 or 12.50")
        )
    return int(fen)


def _day(_: Field, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused(Text("应为日期，例如 2026-04-11", "A date, for example 2026-04-11")) from None


def _moment(_: Field, text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        why = Text("应为日期和时间，例如 2026-04-11 09:30", "A date and a time, for example 2026-04-11 09:30")
        raise Refused(why) from None
    return (found if found.tzinfo else found.replace(tzinfo=PLACE)).isoformat(timespec="seconds")


def _yes_no(_: Field, text: str) -> bool:
    if text not in {"yes", "no"}:
        raise Refused(_NOT_OFFERED)
    return text == "yes"


def _yuan(fen: Any) -> str:
    whole, rest = divmod(int(fen), 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def _local(value: Any) -> str:
    return datetime.fromisoformat(str(value)).astimezone(PLACE).strftime("%Y-%m-%dT%H:%M")


_READERS: dict[Kind, Callable[[Field, str], Any]] = {
    Kind.LINE: lambda _, text: text,
    Kind.AREA: lambda _, text: text,
    Kind.CODE: lambda _, text: re.sub(r"\s", "", text),
    Kind.HIDDEN: lambda _, text: text,
    Kind.LINES: lambda _, text: [line.strip() for line in text.split("\n") if line.strip()],
    Kind.NUMBER: _number,
    Kind.DECIMAL: _fraction,
    Kind.MONEY: _fen,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
    Kind.RADIOS: Field.one,
    Kind.SELECT: Field.one,
    Kind.YES_NO: _yes_no,
    Kind.TICK: lambda _, text: text == "yes",
}
_WRITERS: dict[Kind, Callable[[Any], str]] = {
    Kind.MONEY: _yuan,
    Kind.DAY: lambda value: str(value)[:10],
    Kind.MOMENT: _local,
    Kind.YES_NO: lambda value: "yes" if value else "no",
    Kind.TICK: lambda value: "yes" if value else "",
}

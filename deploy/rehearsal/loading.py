"""Reads rehearsal files: strict YAML, the schema, dates that exist. What rulebooks have to say is in checks.py."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from deploy.rehearsal.faults import FileFault, Wrong, WrongFile
from shared.strict_yaml import Document, KeyPath, StrictYamlError, dotted, loads, reasons

_DATES = frozenset(
    {
        "opens_on", "closes_on", "submitted_on", "registered_on", "operating_since", "project_completed_on",
        "quality_work_since", "on", "until", "joined_on", "first_day", "last_day", "banned_until",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A file that has the form of a rehearsal; `value` is plain, whole numbers are ints."""

    file: str
    value: Mapping[str, Any]
    document: Document = field(repr=False)

    def faults(self, wrongs: list[Wrong]) -> list[FileFault]:
        """The faults with their lines, in the file's order."""
        found = [wrong.in_file(self.file, self.document.mark(wrong.path).line) for wrong in wrongs]
        return sorted(found, key=lambda fault: fault.line)


def read(path: Path | str) -> Source:
    """Read one file. Raises WrongFile with everything that is wrong with its form."""
    file = str(path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise WrongFile(
            [FileFault(file, 1, "", "无法读取文件", f"cannot be read: {error.strerror}")]
        ) from None
    return parse(data, file)


def parse(data: bytes, file: str) -> Source:
    """The same for a file's content."""
    try:
        document = loads(data, file)
    except StrictYamlError as error:
        raise WrongFile(
            FileFault(f.mark.file, f.mark.line, dotted(f.path), f.zh, f.en) for f in error.faults
        ) from None
    value = _whole_numbers(document.value)
    wrongs = [Wrong(*reason) for reason in reasons.of_errors(_validator().iter_errors(value))]
    wrongs += [wrong for wrong in unreal_dates(value) if wrong.path not in {w.path for w in wrongs}]
    source = Source(file, value if isinstance(value, dict) else {}, document)
    if wrongs:
        raise WrongFile(source.faults(wrongs))
    return source


def unreal_dates(value: Any, path: KeyPath = ()) -> Iterator[Wrong]:
    """Days that no calendar has, 2025-02-30 say."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _DATES and isinstance(inner, str):
                try:
                    date.fromisoformat(inner)
                except ValueError:
                    yield Wrong((*path, key), f"没有这一天：{inner}", f"there is no such day: {inner}")
            else:
                yield from unreal_dates(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from unreal_dates(inner, (*path, index))


@cache
def _validator() -> Any:
    schema = json.loads(Path(__file__).with_name("scenario.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _whole_numbers(value: Any) -> Any:
    """13.0 is a whole number, as JSON Schema has it."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(inner) for inner in value]
    return value

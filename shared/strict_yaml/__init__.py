"""YAML for people who may not be misread: the core schema of YAML 1.2, made strict.

Only `true` and `false` are booleans, dates stay text, keys are always text, a key given twice is an
error, and there are no anchors, aliases, merge keys, tags or second documents. Every value knows the
file and the line it came from, and so does every error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

KeyPath = tuple[str | int, ...]
MAX_BYTES = 4_000_000
MAX_DEPTH = 40

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BASED = {"0x": (16, re.compile(r"0x[0-9a-fA-F]+")), "0o": (8, re.compile(r"0o[0-7]+"))}
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Mark:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a file: where, at which path of keys, and why."""

    mark: Mark
    path: KeyPath
    reason: str

    def __str__(self) -> str:
        at = f" {dotted(self.path)}:" if self.path else ""
        return f"{self.mark}:{at} {self.reason}"


class StrictYamlError(Exception):
    """The file cannot be read as it is meant; `faults` lists every reason found, in the file's order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def dotted(path: KeyPath) -> str:
    """`applicants.huading.facts[0]` for people."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


@dataclass(frozen=True)
class Document:
    """A file's value in plain Python types, with the place of every part of it."""

    name: str
    value: Any
    marks: Mapping[KeyPath, Mark] = field(repr=False, default_factory=dict)

    def mark(self, path: KeyPath = ()) -> Mark:
        """Where a path stands; for a path that is absent, where its nearest ancestor stands."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark(self.name, 1, 1))

    def fault(self, path: KeyPath, reason: str) -> Fault:
        """A fault at a path, to be collected."""
        return Fault(self.mark(path), path, reason)

    def refuse(self, path: KeyPath, reason: str) -> StrictYamlError:
        """An error with this one fault, to be raised."""
        return StrictYamlError([self.fault(path, reason)])

    def check(self, schema: Mapping[str, Any]) -> None:
        """Hold the value against a JSON Schema (2020-12). Raises StrictYamlError with every fault."""
        faults = list(self._faults(schema))
        if faults:
            raise StrictYamlError(sorted(faults, key=lambda f: (f.mark.file, f.mark.line, f.mark.column)))

    def _faults(self, schema: Mapping[str, Any]) -> Iterable[Fault]:
        for error in jsonschema.Draft202012Validator(schema).iter_errors(self.value):
            path: KeyPath = tuple(error.absolute_path)
            if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
                known = set(error.schema.get("properties", ()))
                patterns = tuple(error.schema.get("patternProperties", ()))
                for key in error.instance:
                    if key not in known and not any(re.search(p, key) for p in patterns):
                        yield self.fault((*path, key), "no such key is known here")
                continue
            yield self.fault(path, error.message)


def load(path: Path | str, *, exact_numbers: bool = True) -> Document:
    """Read a file. Raises StrictYamlError; a file that cannot be opened is an OSError."""
    file = Path(path)
    return loads(file.read_bytes(), file.name, exact_numbers=exact_numbers)


def loads(data: bytes | str, name: str, *, exact_numbers: bool = True) -> Document:
    """Read text; `name` stands for the file in messages. Decimal fractions become Decimal, or float if
    not exact.
    """
    start = Mark(name, 1, 1)
    if len(data) > MAX_BYTES:
        raise StrictYamlError([Fault(start, (), f"larger than {MAX_BYTES} bytes")])
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise StrictYamlError([Fault(start, (), f"not UTF-8 (byte {error.start})")]) from None
    reader = _Reader(name, exact_numbers)
    try:
        value = reader.document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Mark(name, mark.line + 1, mark.column + 1) if mark else start
        raise StrictYamlError([Fault(where, (), str(error.problem or error.context))]) from None
    except YAMLError as error:
        raise StrictYamlError([Fault(start, (), " ".join(str(error).split()))]) from None
    if reader.faults:
        raise StrictYamlError(reader.faults)
    return Document(name, value, reader.marks)


class _Reader:
    """Builds plain values straight from the parser's events and keeps every place.

    Anchors, aliases, tags and bottomless nesting are refused as they come, before anything is built of them.
    """

    def __init__(self, name: str, exact_numbers: bool) -> None:
        self.name = name
        self.exact_numbers = exact_numbers
        self.marks: dict[KeyPath, Mark] = {}
        self.faults: list[Fault] = []

    def document(self, events: Iterator[Event]) -> Any:
        """The value of the stream's only document."""
        value: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise StrictYamlError([Fault(self._mark(event), (), "a second document begins here")])
                value = self._value(next(events), events, ())
        if not documents:
            raise StrictYamlError([Fault(Mark(self.name, 1, 1), (), "the file is empty")])
        return value

    def _value(self, event: Event, events: Iterator[Event], path: KeyPath) -> Any:
        mark = self._mark(event)
        self.marks.setdefault(path, mark)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            raise StrictYamlError([Fault(mark, path, "anchors and aliases are not allowed")])
        if getattr(event, "tag", None) is not None:
            raise StrictYamlError([Fault(mark, path, "tags are not allowed")])
        if len(path) > MAX_DEPTH:
            raise StrictYamlError([Fault(mark, (), f"nested deeper than {MAX_DEPTH}")])
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        return self._mapping(events, path)

    def _mark(self, event: Event) -> Mark:
        return Mark(self.name, event.start_mark.line + 1, event.start_mark.column + 1)

    def _sequence(self, events: Iterator[Event], path: KeyPath) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(events), SequenceEndEvent):
            found.append(self._value(event, events, (*path, len(found))))
        return found

    def _mapping(self, events: Iterator[Event], path: KeyPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            where = self._mark(event)
            if not isinstance(event, ScalarEvent):
                raise StrictYamlError([Fault(where, path, "a key must be text")])
            key, here = str(event.value), (*path, str(event.value))
            if key == "<<" and event.style is None:
                raise StrictYamlError([Fault(where, path, "merge keys (<<) are not allowed")])
            if getattr(event, "anchor", None) is not None or event.tag is not None:
                raise StrictYamlError([Fault(where, here, "anchors and tags are not allowed")])
            if key in found:
                first = self.marks[here].line
                self.faults.append(Fault(where, here, f"given twice, first in line {first}"))
                self._value(next(events), events, here)
                continue
            self.marks[here] = where
            found[key] = self._value(next(events), events, here)
        return found

    def _scalar(self, event: ScalarEvent, path: KeyPath) -> Any:
        text = str(event.value)
        if event.style is not None:  # quoted or a block: always text
            return text
        if text in _NULLS:
            return None
        if text in {"true", "false"}:
            return text == "true"
        if _INTEGER.fullmatch(text):
            return self._integer(text, 10, path)
        for prefix, (base, pattern) in _BASED.items():
            if text.startswith(prefix) and pattern.fullmatch(text):
                return self._integer(text, base, path)
        if _NOT_FINITE.fullmatch(text) or (_FLOAT.fullmatch(text) and not isfinite(float(text))):
            self.faults.append(Fault(self.marks[path], path, f"{text} is not a number that can be used"))
        elif _FLOAT.fullmatch(text):
            return Decimal(text) if self.exact_numbers else float(text)
        return text

    def _integer(self, text: str, base: int, path: KeyPath) -> int:
        if len(text) > 30:
            self.faults.append(
                Fault(self.marks[path], path, "this number is too long; quote it if it is a code")
            )
            return 0
        return int(text, base)

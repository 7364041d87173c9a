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
from types import ModuleType
from typing import Any

import yaml as libyaml  # type: ignore[import-untyped]

from shared.strict_yaml import reasons

KeyPath = reasons.KeyPath
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
    """One thing wrong with a file: where, at which path of keys, and why, in both languages."""

    mark: Mark
    path: KeyPath
    zh: str
    en: str

    @property
    def reason(self) -> str:
        """Why, in English."""
        return self.en

    def __str__(self) -> str:
        at = f" {dotted(self.path)}:" if self.path else ""
        return f"{self.mark}:{at} {self.zh} / {self.en}"


class StrictYamlError(Exception):
    """The file cannot be read as it is meant; `faults` lists every reason found, in the file's order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def in_order(fault: Fault) -> tuple[str, int, int]:
    """Sorts faults by file and place."""
    return fault.mark.file, fault.mark.line, fault.mark.column


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

    def fault(self, path: KeyPath, zh: str, en: str) -> Fault:
        """A fault at a path, to be collected."""
        return Fault(self.mark(path), path, zh, en)

    def refuse(self, path: KeyPath, zh: str, en: str) -> StrictYamlError:
        """An error with this one fault, to be raised."""
        return StrictYamlError([self.fault(path, zh, en)])

    def check(self, schema: Mapping[str, Any]) -> None:
        """Hold the value against a JSON Schema (2020-12). Raises StrictYamlError with every fault."""
        from jsonschema import (  # type: ignore[import-untyped]  # takes a while to load, and most files have no schema
            Draft202012Validator,
        )

        errors = Draft202012Validator(schema).iter_errors(self.value)
        faults = [self.fault(*reason) for reason in reasons.of_errors(errors)]
        if faults:
            raise StrictYamlError(sorted(faults, key=in_order))


def load(path: Path | str, *, exact_numbers: bool = True) -> Document:
    """Read a file. Raises StrictYamlError; a file that cannot be opened is an OSError."""
    file = Path(path)
    return loads(file.read_bytes(), file.name, exact_numbers=exact_numbers)


def loads(data: bytes | str, name: str, *, exact_numbers: bool = True, proven: bool = False) -> Document:
    """Read text; `name` stands for the file in messages. Decimal fractions become Decimal, or float if
    not exact.

    `proven` is for text that is known, by its hash, to be read alike by libyaml: that takes a twentieth of the time. What
    nobody has compared is read by the parser of YAML 1.2, for libyaml's is of 1.1.
    """
    start = Mark(name, 1, 1)
    if len(data) > MAX_BYTES:
        raise StrictYamlError([Fault(start, (), f"超过 {MAX_BYTES} 字节", f"larger than {MAX_BYTES} bytes")])
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        zh, en = f"不是 UTF-8 编码（第 {error.start} 字节）", f"not UTF-8 (byte {error.start})"
        raise StrictYamlError([Fault(start, (), zh, en)]) from None
    if proven and libyaml.__with_libyaml__:
        reader = _Reader(name, exact_numbers, libyaml)
        value = reader.document(libyaml.parse(text, Loader=libyaml.CSafeLoader))
    else:
        reader, value = _by_version_1_2(text, name, exact_numbers)
    if reader.faults:
        raise StrictYamlError(reader.faults)
    return Document(name, value, reader.marks)


def _by_version_1_2(text: str, name: str, exact_numbers: bool) -> tuple[_Reader, Any]:
    from ruamel.yaml import YAML, events  # what is published, which every process reads, does without it
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    start, reader = Mark(name, 1, 1), _Reader(name, exact_numbers, events)
    try:
        return reader, reader.document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Mark(name, mark.line + 1, mark.column + 1) if mark else start
        raise StrictYamlError([_no_yaml(where, str(error.problem or error.context))]) from None
    except YAMLError as error:
        raise StrictYamlError([_no_yaml(start, " ".join(str(error).split()))]) from None


def _no_yaml(where: Mark, problem: str) -> Fault:
    return Fault(where, (), f"YAML 格式有误（{problem}）", problem)


class _Reader:
    """Builds plain values straight from the parser's events and keeps every place.

    Anchors, aliases, tags and bottomless nesting are refused as they come, before anything is built of them.
    """

    def __init__(self, name: str, exact_numbers: bool, kinds: ModuleType) -> None:
        self.kinds: Any = kinds  # whose events they are: both parsers call them by the same names
        self.name = name
        self.exact_numbers = exact_numbers
        self.marks: dict[KeyPath, Mark] = {}
        self.faults: list[Fault] = []

    def document(self, events: Iterator[Any]) -> Any:
        """The value of the stream's only document."""
        value: Any = None
        documents = 0
        for event in events:
            if isinstance(event, self.kinds.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    zh, en = "文件中只能有一份文档", "a second document begins here"
                    raise StrictYamlError([Fault(self._mark(event), (), zh, en)])
                value = self._value(next(events), events, ())
        if not documents:
            raise StrictYamlError([Fault(Mark(self.name, 1, 1), (), "文件为空", "the file is empty")])
        return value

    def _value(self, event: Any, events: Iterator[Any], path: KeyPath) -> Any:
        mark = self._mark(event)
        self.marks.setdefault(path, mark)
        if isinstance(event, self.kinds.AliasEvent) or getattr(event, "anchor", None) is not None:
            zh, en = "不允许使用锚点和别名", "anchors and aliases are not allowed"
            raise StrictYamlError([Fault(mark, path, zh, en)])
        if getattr(event, "tag", None) is not None:
            raise StrictYamlError([Fault(mark, path, "不允许使用标签", "tags are not allowed")])
        if len(path) > MAX_DEPTH:
            zh, en = f"嵌套超过 {MAX_DEPTH} 层", f"nested deeper than {MAX_DEPTH}"
            raise StrictYamlError([Fault(mark, (), zh, en)])
        if isinstance(event, self.kinds.ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, self.kinds.SequenceStartEvent):
            return self._sequence(events, path)
        return self._mapping(events, path)

    def _mark(self, event: Any) -> Mark:
        return Mark(self.name, event.start_mark.line + 1, event.start_mark.column + 1)

    def _sequence(self, events: Iterator[Any], path: KeyPath) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(events), self.kinds.SequenceEndEvent):
            found.append(self._value(event, events, (*path, len(found))))
        return found

    def _mapping(self, events: Iterator[Any], path: KeyPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(events), self.kinds.MappingEndEvent):
            where = self._mark(event)
            if not isinstance(event, self.kinds.ScalarEvent):
                raise StrictYamlError([Fault(where, path, "键必须是文字", "a key must be text")])
            key, here = str(event.value), (*path, str(event.value))
            if key == "<<" and not event.style:
                zh, en = "不允许使用合并键 <<", "merge keys (<<) are not allowed"
                raise StrictYamlError([Fault(where, path, zh, en)])
            if getattr(event, "anchor", None) is not None or event.tag is not None:
                zh, en = "键不得带锚点或标签", "anchors and tags are not allowed"
                raise StrictYamlError([Fault(where, here, zh, en)])
            if key in found:
                first = self.marks[here].line
                zh, en = f"重复的键，首次出现在第 {first} 行", f"given twice, first in line {first}"
                self.faults.append(Fault(where, here, zh, en))
                self._value(next(events), events, here)
                continue
            self.marks[here] = where
            found[key] = self._value(next(events), events, here)
        return found

    def _scalar(self, event: Any, path: KeyPath) -> Any:
        text = str(event.value)
        if event.style:  # quoted or a block: always text
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
            zh, en = f"{text} 不是可用的数字", f"{text} is not a number that can be used"
            self.faults.append(Fault(self.marks[path], path, zh, en))
        elif _FLOAT.fullmatch(text):
            return Decimal(text) if self.exact_numbers else float(text)
        return text

    def _integer(self, text: str, base: int, path: KeyPath) -> int:
        if len(text) > 30:
            zh, en = "数字过长；若是代码，请加引号", "this number is too long; quote it if it is a code"
            self.faults.append(Fault(self.marks[path], path, zh, en))
            return 0
        return int(text, base)

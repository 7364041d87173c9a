"""What can go wrong with a rehearsal: the file is wrong, the stack does not answer, or it refuses a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.strict_yaml import KeyPath, dotted


@dataclass(frozen=True)
class FileFault:
    """One thing wrong with a file: which file and line (from 1), where in it, and why, in both languages."""

    file: str
    line: int
    path: str
    zh: str
    en: str

    def __str__(self) -> str:
        at = f" {self.path}" if self.path else ""
        return f"{self.file}:{self.line}{at}：{self.zh} / {self.en}"


@dataclass(frozen=True)
class Wrong:
    """A fault by the path of its keys, before anybody knows its line."""

    path: KeyPath
    zh: str
    en: str

    def in_file(self, file: str, line: int) -> FileFault:
        """The same with its place."""
        return FileFault(file, line, dotted(self.path), self.zh, self.en)


class WrongFile(Exception):
    """The file cannot be played; `faults` lists everything that is wrong with it."""

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class NoAnswer(Exception):
    """The stack did not answer, or did not come to what was waited for, in time."""


class Refused(Exception):
    """The gateway refused a step; `status` is HTTP's, `code` the problem's."""

    def __init__(self, step: str, status: int, problem: Mapping[str, object]) -> None:
        self.step = step
        self.status = status
        self.code = str(problem.get("code", ""))
        self.zh = str(problem.get("detail_zh") or problem.get("detail") or "")
        self.en = str(problem.get("detail_en") or problem.get("detail") or "")
        errors = problem.get("errors")
        self.fields = tuple(str(e.get("field", "")) for e in errors) if isinstance(errors, list) else ()
        super().__init__(f"{step}: HTTP {status} {self.code}: {self.zh} / {self.en}")

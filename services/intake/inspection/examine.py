"""The inspection itself, inside the process that is bound for it. Pure but for the files that it reads and writes."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from services.intake.inspection import (
    archives,
    characters,
    images,
    kinds,
    office,
    old_office,
    pdf,
    previews,
    words,
)
from services.intake.inspection.findings import Budget, Findings, Refused
from services.intake.inspection.report import Limits, Preview, Reason, Report

_MOST_REASONS = 20  # of an archive: enough to see what is wrong with it
_OFFICE = ("docx", "xlsx", "pptx")
_OLD_OFFICE = ("doc", "xls", "ppt")


def examine(path: Path, name: str, allowed: Sequence[str], folder: Path, limits: Limits) -> Report:
    """Inspects one file and writes its previews, if it is accepted, into `folder`. Raises nothing for what it decodes,
    MemoryError and whatever a library fails with beyond that.
    """
    found = Findings()
    kind: str | None = None
    inspection = _Inspection(kinds.normal(allowed), limits, Budget(limits, path.stat().st_size))
    previewed: tuple[Preview, ...] = ()
    try:
        kind = inspection.kind(path, name)
        inspection.check(path, kind, found, depth=0)
        if not found.reasons:
            previewed = _shown(path, kind, folder, found, limits)
    except _OtherKind as other:
        kind = other.kind
        found.refuse(other.reason)
    except Refused as refused:
        found.refuse(refused.reason)
    refused_for = tuple(found.reasons[:_MOST_REASONS])
    return Report(
        not refused_for,
        kind,
        refused_for,
        tuple(found.notes),
        found.pages,
        found.characters,
        () if refused_for else previewed,
    )


class _OtherKind(Refused):
    """Refused for its kind, which is known."""

    def __init__(self, reason: Reason, kind: str) -> None:
        super().__init__(reason)
        self.kind = kind


class _Inspection:
    """One file with everything in it: the kinds that are asked for, and what it may still unpack."""

    def __init__(self, allowed: tuple[str, ...], limits: Limits, budget: Budget) -> None:
        self._allowed = allowed
        self._limits = limits
        self._budget = budget

    def kind(self, path: Path, name: str) -> str:
        """The kind, which is allowed and the name's. Raises Refused."""
        if path.stat().st_size == 0:
            raise Refused(words.reason("empty"))
        kind = kinds.detect(path)
        if kind is None:
            raise Refused(words.reason("unknown_kind"))
        if kind not in self._allowed:
            raise _OtherKind(words.kind_not_allowed(kind, self._allowed), kind)
        extension = kinds.extension(name)
        if kinds.EXTENSIONS.get(extension) != kind:
            raise _OtherKind(words.wrong_kind(extension, kind), kind)
        return kind

    def check(self, path: Path, kind: str, found: Findings, depth: int) -> None:
        """Looks through a file of this kind; `depth` is in how many archives it lies. Raises Refused."""
        if kind == "pdf":
            pdf.check(path, found, self._limits)
        elif kind in ("png", "jpg"):
            images.check(path, self._limits)
        elif kind in _OFFICE:
            self._check_office(path, found, depth)
        elif kind in _OLD_OFFICE:
            if old_office.check(path, kind):
                found.refuse(words.reason("macros"))
        elif kind == "zip":
            self._check_zip(path, found, depth + 1)
        else:
            self._check_rar(path, found, depth + 1)

    def _check_office(self, path: Path, found: Findings, depth: int) -> None:
        with archives.checked(path, self._budget) as archive:
            for name in office.check(archive, found):
                self._check_embedded(archive, name, found, depth + 1)

    def _check_embedded(self, archive: zipfile.ZipFile, name: str, found: Findings, depth: int) -> None:
        """The workbook behind a chart is inspected like a member of an archive, but by what it may do alone: some old
        equations are files that nobody but their program opens. Whatever else is embedded is noted.
        """
        self._bound(depth)
        with tempfile.NamedTemporaryFile() as file:
            path = _unpacked(archive, name, file.name)
            inner = Findings()
            kind: str | None = None
            try:
                kind = kinds.detect(path)
                if kind in (*_OFFICE, *_OLD_OFFICE):
                    self.check(path, kind, inner, depth)
            except Refused as refused:
                inner.refuse(refused.reason)
        for reason in inner.reasons:
            if reason.code != "broken":
                found.refuse(words.inside(name, reason))
        if kind not in _OFFICE or inner.notes:
            found.note(words.note("active_content"))

    def _check_zip(self, path: Path, found: Findings, depth: int) -> None:
        self._bound(depth)
        with archives.checked(path, self._budget) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if not members:
                raise Refused(words.reason("empty"))
            for member in members:
                self._check_member(archive, member, found, depth)

    def _check_member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, found: Findings, depth: int
    ) -> None:
        name = archives.shown(member)
        with archive.open(member) as content:
            if archives.is_of_the_system(name, content):
                found.note(words.note("system_files"))
                return
        inner = Findings()
        with tempfile.NamedTemporaryFile() as file:
            path = _unpacked(archive, member, file.name)
            try:
                self.check(path, self.kind(path, name), inner, depth)
            except Refused as refused:
                inner.refuse(refused.reason)
        for reason in inner.reasons:
            found.refuse(words.inside(name, reason))
        for note in inner.notes:
            found.note(words.inside(name, note))

    def _check_rar(self, path: Path, found: Findings, depth: int) -> None:
        self._bound(depth)
        members = archives.rar_members(path, self._budget)
        if not members:
            raise Refused(words.reason("empty"))
        for name in members:
            kind = kinds.EXTENSIONS.get(kinds.extension(name))
            if kind is None:
                found.refuse(words.inside(name, words.reason("unknown_kind")))
            elif kind not in self._allowed:
                found.refuse(words.inside(name, words.kind_not_allowed(kind, self._allowed)))
            elif kind in ("zip", "rar"):
                self._bound(depth + 1)
        found.note(words.note("not_unpacked"))

    def _bound(self, depth: int) -> None:
        if depth > self._limits.archive_depth:
            raise Refused(words.reason("too_deep", limit=self._limits.archive_depth))


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str, target: str) -> Path:
    with archive.open(member) as content, open(target, "wb") as file:
        shutil.copyfileobj(content, file)
    return Path(target)


def _shown(path: Path, kind: str, folder: Path, found: Findings, limits: Limits) -> tuple[Preview, ...]:
    """Counts and previews of a file that is accepted."""
    if kind == "pdf":
        pdf.read(path, found)
        return previews.of_pdf(path, folder, found, limits)
    if kind in ("png", "jpg"):
        return previews.of_image(path, folder, kind, found, limits)
    if kind == "docx":
        with archives.checked(path, Budget(limits, path.stat().st_size)) as archive:
            written = characters.of_docx(archive)
        found.characters = written.characters
        return previews.of_text(written.text, folder, found, limits)
    if kind == "doc":
        found.note(words.note("not_countable"))
    return ()

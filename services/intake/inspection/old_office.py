"""DOC, XLS, PPT: streams in an OLE file. Which of them it is, whether it is whole, encrypted, or carries macros. Pure."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msoffcrypto
import olefile

from services.intake.inspection import words
from services.intake.inspection.findings import Refused, decoding

_KINDS = (
    ("worddocument", "doc"),
    ("workbook", "xls"),
    ("book", "xls"),
    ("powerpoint document", "ppt"),
)
_PACKAGE = ("encryptedpackage", "encryptioninfo")
# Records of a workbook's globals (MS-XLS): their types, and the kind of sheet that holds macros of the first sort.
_EOF, _FILE_PASS, _BOUND_SHEET, _MACRO_SHEET = 0x000A, 0x002F, 0x0085, 0x01
_RECORD = struct.Struct("<HH")
# The record of a presentation (MS-PPT) that says whether it has macros: header, reference, flag.
_VBA_INFO = re.compile(rb"\x02\x00\x00\x04\x0c\x00\x00\x00.{4}(.{4})", re.DOTALL)


@contextmanager
def _opened(path: Path) -> Iterator[olefile.OleFileIO]:
    with decoding(), olefile.OleFileIO(str(path)) as ole:
        yield ole


def kind_of(path: Path) -> str | None:
    """The kind by the streams at its root, None for another program's. Raises Refused: `broken`; `encrypted` for a new
    Office file, which with a password is wrapped in an old one.
    """
    with _opened(path) as ole:
        roots = {entry[0].casefold() for entry in ole.listdir() if len(entry) == 1}
        if roots & set(_PACKAGE):
            raise Refused(words.reason("encrypted"))
        return next((kind for stream, kind in _KINDS if stream in roots), None)


def check(path: Path, kind: str) -> bool:
    """Whether it carries macros. Raises Refused: `broken`, `encrypted`."""
    with _opened(path) as ole:
        entries = ole.listdir(streams=True, storages=True)
        for entry in ole.listdir():
            if len(ole.openstream(entry).read()) != ole.get_size(entry):
                raise Refused(words.reason("broken"))  # cut off; lesser faults of form are common
        macros = any(name.casefold() in ("vba", "_vba_project") for entry in entries for name in entry)
        if kind == "xls":
            name = "Workbook" if ole.exists("Workbook") else "Book"
            return _workbook(ole.openstream(name).read()) or macros
        if _is_encrypted(path):
            raise Refused(words.reason("encrypted"))
        if kind == "ppt":
            found = _VBA_INFO.findall(ole.openstream("PowerPoint Document").read())
            macros |= any(flag != bytes(4) for flag in found)
        return macros


def _is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return bool(msoffcrypto.OfficeFile(file).is_encrypted())


def _workbook(stream: bytes) -> bool:
    """Whether one of the workbook's sheets is a macro sheet. Raises Refused: encrypted, or broken without an end."""
    found, at = False, 0
    while True:
        kind, size = _RECORD.unpack_from(stream, at)
        content = stream[at + _RECORD.size : at + _RECORD.size + size]
        if kind == _FILE_PASS:
            raise Refused(words.reason("encrypted"))
        if kind == _BOUND_SHEET:
            found |= content[5] == _MACRO_SHEET
        if kind == _EOF:
            return found
        at += _RECORD.size + size

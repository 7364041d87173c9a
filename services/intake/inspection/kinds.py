"""What a file is, by its content. Names are only held against it. Pure."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from services.intake.inspection import archives, office, old_office, words
from services.intake.inspection.findings import Refused, decoding

# What a name's extension promises; those with macros promise the same kind as those without.
EXTENSIONS = {
    "pdf": "pdf",
    "docx": "docx", "docm": "docx",
    "xlsx": "xlsx", "xlsm": "xlsx",
    "pptx": "pptx", "pptm": "pptx",
    "doc": "doc",
    "xls": "xls",
    "ppt": "ppt",
    "png": "png",
    "jpg": "jpg", "jpeg": "jpg",
    "zip": "zip",
    "rar": "rar",
}  # fmt: skip
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"Rar!\x1a\x07\x00", "rar"),
    (b"Rar!\x1a\x07\x01\x00", "rar"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # a first member; the end of an archive without any
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF-"
_PDF_WITHIN = 1024  # bytes: readers take a PDF that begins so late, and scanners write such


def detect(path: Path) -> str | None:
    """The kind, None where it is none of those known. Raises Refused: `broken` where it begins as one and goes on as
    none, `encrypted` where a password hides which it is.
    """
    with path.open("rb") as file:
        head = file.read(_PDF_WITHIN)
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(_ZIP):
        return _of_zip(path)
    if head.startswith(_OLE):
        return old_office.kind_of(path)
    return "pdf" if _PDF in head else None


def _of_zip(path: Path) -> str | None:
    with decoding(), zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if office.TYPES in names:
            if archive.getinfo(office.TYPES).flag_bits & archives.ENCRYPTED:
                raise Refused(words.reason("encrypted"))
            return office.kind_of(archive)
        # A package of another standard (OpenDocument, EPUB) names its type in its first member.
        return None if "mimetype" in names else "zip"


def extension(name: str) -> str:
    """The extension, lower case and without the dot; empty where the name has none."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lstrip(".").lower()


def normal(allowed: Iterable[str]) -> tuple[str, ...]:
    """Kinds as they are called here: jpeg is jpg."""
    kinds = (EXTENSIONS.get(word.lstrip(".").lower(), word) for word in allowed)
    return tuple(dict.fromkeys(kinds))

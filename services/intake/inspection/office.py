"""DOCX, XLSX, PPTX: which of them a package is, whether it is well formed, what in it would run. Pure.

Macros are refused and not noted: a reviewer opens the file on an office's machine, and no regulation asks for one.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from services.intake.inspection import markup, words
from services.intake.inspection.findings import Findings, Refused

TYPES = "[Content_Types].xml"
_LARGEST_LIST = 1 << 20  # bytes of the parts that say what the others are, read before the package is checked
_MAIN = "/officeDocument"
# The main part's type, without its macros' half: application/vnd.…
_KINDS = {
    "openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
    "ms-word.document.macroenabled.main+xml": "docx",
    "ms-excel.sheet.macroenabled.main+xml": "xlsx",
    "ms-powerpoint.presentation.macroenabled.main+xml": "pptx",
}
_MACRO_TYPES = ("macroenabled", "vbaproject", "ms-excel.macrosheet", "ms-excel.intlmacrosheet")
_MACRO_LINKS = ("/vbaproject", "/wordvbadata", "/xlmacrosheet", "/xlintlmacrosheet")
_MACRO_NAMES = ("vbaproject.bin", "vbadata.xml")
_ACTIVE = "activex"
_EMBEDDED = "embeddings"
_LINKS_TO_PAGES = "/hyperlink"  # opened by a click alone


@dataclass(frozen=True)
class Link:
    """A relationship: its type's last word (lower case where compared), the part it leads to, whether that is outside."""

    type: str
    target: str
    outside: bool


def kind_of(archive: zipfile.ZipFile) -> str | None:
    """The kind by the type of the main part, None for a package of another program. Raises Refused."""
    main = main_part(archive)
    declared = dict(_types(archive, limit=_LARGEST_LIST))
    by_name = declared.get("/" + main.casefold(), "")
    declared_type = by_name or declared.get(posixpath.splitext(main)[1].lstrip(".").casefold(), "")
    return _KINDS.get(declared_type.removeprefix("application/vnd."))


def main_part(archive: zipfile.ZipFile) -> str:
    """The name of the part that a reader opens first. Raises Refused where there is none, or more than one."""
    mains = [link.target for link in links(archive, "") if link.type.endswith(_MAIN) and not link.outside]
    if len(mains) != 1 or mains[0] not in archive.namelist():
        raise Refused(words.reason("broken"))
    return mains[0]


def links(archive: zipfile.ZipFile, part: str) -> list[Link]:
    """The relationships of a part, or of the whole package (""); none where it has no list of them."""
    folder, name = posixpath.split(part)
    list_of = posixpath.join(folder, "_rels", f"{name}.rels")
    found: list[Link] = []

    def start(tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship":
            target = given.get("Target", "")
            inside = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            outside = given.get("TargetMode") == "External"
            found.append(Link(given.get("Type", ""), target if outside else inside, outside))

    if list_of in archive.namelist():
        _read(archive, list_of, start, _LARGEST_LIST if not part else None)
    return found


def _types(archive: zipfile.ZipFile, limit: int | None = None) -> Iterator[tuple[str, str]]:
    """Parts' names ("/word/document.xml") and extensions ("xml"), each with its type; all in lower case."""
    found: list[tuple[str, str]] = []

    def start(tag: str, given: dict[str, str]) -> None:
        key = {"Override": "PartName", "Default": "Extension"}.get(tag, "")
        if key:
            found.append((given.get(key, "").casefold(), given.get("ContentType", "").casefold()))

    _read(archive, TYPES, start, limit)
    yield from found


def _read(archive: zipfile.ZipFile, name: str, start: markup.Start, limit: int | None) -> None:
    if limit is not None and archive.getinfo(name).file_size > limit:  # it gives no more than it says
        raise Refused(words.reason("broken"))
    with archive.open(name) as content:
        markup.read(content, start)


def check(archive: zipfile.ZipFile, findings: Findings) -> list[str]:
    """Finds macros and what else would act, in an archive that was `checked`. The answer: embedded files, which are for
    the caller to look into. Raises Refused where a part is not well formed.
    """
    names = [name for name in archive.namelist() if not name.endswith("/")]
    macros = any(word in declared for _, declared in _types(archive) for word in _MACRO_TYPES)
    for name in names:
        folder, base = posixpath.split(name.casefold())
        macros |= base in _MACRO_NAMES or folder.endswith("xl/macrosheets")
        if posixpath.basename(folder) == _ACTIVE:
            findings.note(words.note("active_content"))
        if name.casefold().endswith((".xml", ".rels")):
            macros |= _check_part(archive, name, findings)
    if macros:
        findings.refuse(words.reason("macros"))
    return [name for name in names if posixpath.basename(posixpath.dirname(name.casefold())) == _EMBEDDED]


def _check_part(archive: zipfile.ZipFile, name: str, findings: Findings) -> bool:
    """Whether a list of relationships leads to macros; any other part is only read through."""
    found: list[bool] = []

    def start(tag: str, given: dict[str, str]) -> None:
        if tag != "Relationship":
            return
        leads_to = given.get("Type", "").casefold()
        found.append(leads_to.endswith(_MACRO_LINKS))
        if given.get("TargetMode") == "External" and not leads_to.endswith(_LINKS_TO_PAGES):
            findings.note(words.note("active_content"))

    with archive.open(name) as content:
        markup.read(content, start if name.casefold().endswith(".rels") else None)
    return any(found)

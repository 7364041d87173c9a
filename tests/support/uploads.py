"""Files as people upload them, honest and hostile, made by libraries or byte by byte: none lies in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import docx
import openpyxl
from PIL import Image
from pypdf import PdfReader, PdfWriter

from services.intake.inspection import Limits

DEFAULTS = Limits(
    memory_bytes=1 << 30,
    cpu_seconds=20,
    seconds=30,
    file_bytes=64 << 20,
    archive_depth=2,
    archive_entries=1000,
    archive_bytes=128 << 20,
    archive_ratio=200,
    preview_pages=3,
    preview_pixels=100_000,
    text_characters=10_000,
)
KINDS = ("pdf", "docx", "xlsx", "png", "jpg", "jpeg", "xls", "doc", "zip", "rar")
_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def limits(**changed: Any) -> Limits:
    """The limits of tests, some changed."""
    return replace(DEFAULTS, **changed)


# Archives ------------------------------------------------------------------------------------------------------------


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb(members: int, size: int) -> bytes:
    """A ZIP of so many members of so many zeros each, packed once and copied."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    content, crc = b"", 0
    for _ in range(size >> 20):
        content += pack.compress(bytes(1 << 20))
        crc = zlib.crc32(bytes(1 << 20), crc)
    content += pack.flush()
    out, listed = io.BytesIO(), b""
    for number in range(members):
        name = f"{number:04d}.pdf".encode()
        rest = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, len(content), size, len(name), 0)
        listed += b"PK\x01\x02\x14\0" + rest + struct.pack("<HHHII", 0, 0, 0, 0, out.tell()) + name
        out.write(b"PK\x03\x04" + rest + name + content)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, members, members, len(listed), out.tell(), 0)
    return out.getvalue() + listed + end


def members_of(data: bytes) -> dict[str, bytes]:
    """The members of a ZIP, to be changed and zipped again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def linked(name: str) -> bytes:
    """A ZIP with a symbolic link."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        member = zipfile.ZipInfo(name)
        member.create_system, member.external_attr = 3, 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    return out.getvalue()


def _vint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def _rar_block(kind: int, fields: bytes, extra: bytes = b"", data: bytes = b"", flags: int = 0) -> bytes:
    flags |= (0x01 if extra else 0) | (0x02 if data else 0)
    head = _vint(kind) + _vint(flags) + (_vint(len(extra)) if extra else b"")
    head += (_vint(len(data)) if data else b"") + fields + extra
    sized = _vint(len(head)) + head
    return struct.pack("<I", zlib.crc32(sized)) + sized + data


def rar(
    members: Mapping[str, bytes], *, locked: bool = False, claimed: int | None = None, split: bool = False
) -> bytes:
    """A RAR (version 5) with stored members; `locked`: each with a password; `claimed`: the size that headers give;
    `split`: each goes on in another part.
    """
    out = [b"Rar!\x1a\x07\x01\x00", _rar_block(1, _vint(0))]
    for name, content in members.items():
        size = len(content) if claimed is None else claimed
        raw = name.encode()
        fields = b"".join(_vint(number) for number in (0x04, size, 0x20))
        fields += struct.pack("<I", zlib.crc32(content)) + _vint(0) + _vint(0) + _vint(len(raw)) + raw
        lock = _vint(1) + _vint(0) + _vint(0) + bytes((15,)) + bytes(32)
        out.append(
            _rar_block(2, fields, _vint(len(lock)) + lock if locked else b"", content, 0x10 if split else 0)
        )
    return b"".join((*out, _rar_block(5, _vint(0))))


def rar_with_locked_headers() -> bytes:
    """A RAR of which not even the names can be read."""
    return b"Rar!\x1a\x07\x01\x00" + _rar_block(4, _vint(0) + _vint(0) + bytes((15,)) + bytes(16)) + bytes(64)


# Office --------------------------------------------------------------------------------------------------------------


@cache
def word(*paragraphs: str) -> bytes:
    """A DOCX of these paragraphs."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return _saved(document)


def word_of(body: str, **parts: str) -> bytes:
    """A DOCX whose body is this XML; further parts of `word/` by name (footnotes, chart1, header1 …), each linked."""
    members = members_of(word())
    spaces = "".join(
        f' xmlns:{short}="http://schemas.openxmlformats.org/{name}"'
        for short, name in (
            ("w", "wordprocessingml/2006/main"),
            ("mc", "markup-compatibility/2006"),
            ("a", "drawingml/2006/main"),
            ("c", "drawingml/2006/chart"),
        )
    )
    members["word/document.xml"] = f"<w:document{spaces}><w:body>{body}</w:body></w:document>".encode()
    links = ""
    for name, content in parts.items():
        members[f"word/{name}.xml"] = f"<w:part{spaces}>{content}</w:part>".encode()
        links += f'<Relationship Id="x{name}" Type="urn:x/{name.rstrip("0123456789")}" Target="{name}.xml"/>'
    members["word/_rels/document.xml.rels"] = f"<Relationships>{links}</Relationships>".encode()
    return zipped(members)


def sheet(*rows: Sequence[object]) -> bytes:
    """An XLSX of these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    return _saved(book)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def ole(streams: Mapping[str, bytes], storages: Sequence[str] = ()) -> bytes:
    """An OLE file with streams at its root and empty storages, of at most 120 sectors in all."""
    entries = [(name, 2, content.ljust(4096, b"\0")) for name, content in streams.items()]
    entries += [(name, 1, b"") for name in storages]
    directory = -(-(len(entries) + 1) // 4)
    fat, content, at = [_FAT, *_chain(1, directory)], b"", 1 + directory
    lines = [_entry("Root Entry", 5, 1 if entries else _FREE, _FREE, _END, 0)]
    for number, (name, kind, data) in enumerate(entries, 1):
        sectors = -(-len(data) // _SECTOR)
        following = number + 1 if number < len(entries) else _FREE
        lines.append(_entry(name, kind, _FREE, following, at if sectors else _END, len(data)))
        fat += _chain(at, sectors)
        content += data.ljust(sectors * _SECTOR, b"\0")
        at += sectors
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    header += struct.pack("<I", _FREE) * 108
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(_SECTOR, b"\xff")
    return header + table + b"".join(lines).ljust(directory * _SECTOR, b"\0") + content


def _chain(first: int, sectors: int) -> list[int]:
    return [*range(first + 1, first + sectors), _END] if sectors else []


def _entry(name: str, kind: int, child: int, right: int, first: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    return raw.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI16xIQ", len(raw), kind, 1, _FREE, right, child, 0, first, size
    )


def old_word(*, locked: bool = False, storages: Sequence[str] = ()) -> bytes:
    """A DOC: as much of one as says what it is."""
    fib = struct.pack("<HHHHHHHBBI", 0xA5EC, 0xC1, 0, 0x0804, 0, 0x0100 if locked else 0, 0xBF, 0, 0, 0)
    return ole({"WordDocument": fib, "0Table": b""}, storages)


def old_sheet(*, locked: bool = False, sheet_kind: int = 0, stream: str = "Workbook") -> bytes:
    """An XLS with one sheet of this kind."""
    records = [(0x0809, bytes(16))]
    records += [(0x002F, bytes(6))] if locked else []
    records += [(0x0085, struct.pack("<IBB", 0, 0, sheet_kind) + b"\x02\x00S1"), (0x000A, b"")]
    return ole({stream: b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in records)})


def old_slides(*, locked: bool = False, macros: bool = False) -> bytes:
    """A PPT: its last edit, and the record that says whether it has macros."""
    edit = struct.pack("<HHI", 0, 0x0FF5, 0x20 if locked else 0x1C) + bytes(0x20)
    told = struct.pack("<HHIIII", 2, 0x0400, 12, 0, int(macros), 2)
    user = struct.pack("<HHIIIIHHBB", 0, 0x0FF6, 24, 0x14, 0xE391C05F, 0, 0, 0x03F4, 3, 0) + bytes(6)
    return ole({"PowerPoint Document": edit + told, "Current User": user})


# PDF and pictures ----------------------------------------------------------------------------------------------------


def pdf(*pages: str, size: tuple[float, float] = (595, 842), extra: str = "") -> bytes:
    """A PDF with a page for each text (ASCII); `extra` goes into its catalogue."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R {extra}>>",
        f"<</Type/Pages/Count {count}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, text in enumerate(pages):
        drawn = f"BT /F 24 Tf 72 700 Td ({text}) Tj ET" if text else ""
        box = f"[0 0 {size[0]} {size[1]}]"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Contents {5 + 2 * number} 0 R/Resources<</Font<</F 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream")
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj{content}endobj\n".encode("ascii")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(out)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}".encode("ascii")
    return out + f"trailer<</Size {len(places) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode("ascii")


def locked_pdf(data: bytes, user: str, owner: str) -> bytes:
    """The same PDF with passwords; an empty one for the user lets everybody open it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user, owner, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), colour: str = "red", **saved: Any) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **saved)
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

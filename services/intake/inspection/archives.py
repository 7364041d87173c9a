"""ZIP and RAR: bounds, names, and for a ZIP every byte of it. Nothing that a header says of a size is believed. Pure."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import rarfile

from services.intake.inspection import words
from services.intake.inspection.findings import Budget, Refused, decoding
from shared.documents import clean

_CHUNK = 1 << 16
ENCRYPTED = 0x1
_UTF8 = 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack a chunk without a bound
_MEMBER = b"PK\x03\x04"  # a member's header begins so
_DESCRIPTOR = 24  # bytes, at most, of what may follow a member's data
# The header before a member's data: at its end the lengths of the name and of what follows it.
_LOCAL = struct.Struct("<26xHH")
_DRIVE = re.compile("^[A-Za-z]:")
# Written by macOS and Windows beside people's files: the name's end, and how the content begins.
_SYSTEM = (
    (re.compile(r"(^|/)\._[^/]*$"), b"\x00\x05\x16\x07"),
    (re.compile(r"(^|/)\.DS_Store$"), b"\x00\x00\x00\x01Bud1"),
    (re.compile(r"(^|/)Thumbs\.db$"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    (re.compile(r"(^|/)desktop\.ini$"), b"["),
)


@contextmanager
def checked(path: Path, budget: Budget) -> Iterator[zipfile.ZipFile]:
    """The archive, read through once: afterwards its members' sizes are true, and within the budget. Raises Refused."""
    with decoding(), zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        budget.enter(len(members))
        if any(member.flag_bits & ENCRYPTED for member in members):
            raise Refused(words.reason("encrypted"))
        if any(member.compress_type not in _METHODS for member in members):
            raise Refused(words.reason("unsupported_packing"))
        _check_names((shown(member), _is_link(member)) for member in members)
        _check_places(path, archive)
        for member in members:
            _read_through(archive, member, budget)
    with zipfile.ZipFile(
        path
    ) as archive:  # not among what is `decoding`: what is done with it has errors of its own
        yield archive


def _read_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> None:
    size = 0
    with archive.open(member) as content:  # checks the sum at the end
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            budget.member(size)
            budget.unpack(len(chunk))
    if size != member.file_size:
        raise Refused(words.reason("broken"))


def _check_places(path: Path, archive: zipfile.ZipFile) -> None:
    """Each member's bytes are its own, the first one begins the file, and between them lies none that the list of members
    leaves out: another reader, which goes from one to the next, sees the same archive.
    """
    free = 0
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    if members and members[0].header_offset != 0:
        raise Refused(words.reason("broken"))
    with path.open("rb") as file:
        for member in members:
            if member.header_offset < free:
                raise Refused(words.reason("overlapping_entries"))
            _require_no_member(file, free, member.header_offset)
            file.seek(member.header_offset)
            name, more = _LOCAL.unpack(file.read(_LOCAL.size))
            free = member.header_offset + _LOCAL.size + name + more + member.compress_size
        if free > archive.start_dir:
            raise Refused(words.reason("overlapping_entries"))
        _require_no_member(file, free, archive.start_dir)


def _require_no_member(file: IO[bytes], start: int, end: int) -> None:
    """What lies between two members is what says how long the one before is, or fills up."""
    if end - start <= _DESCRIPTOR:
        return
    file.seek(start)
    left, before = end - start, b""
    while left > 0:
        chunk = file.read(min(_CHUNK, left))
        if not chunk or _MEMBER in before + chunk:
            raise Refused(words.reason("broken"))
        left, before = left - len(chunk), chunk[-len(_MEMBER) :]


def shown(member: zipfile.ZipInfo) -> str:
    """The name as its maker saw it: where it is not said to be UTF-8, macOS writes that all the same, and Windows
    writes the code page of China.
    """
    if member.flag_bits & _UTF8 or member.orig_filename.isascii():
        return member.orig_filename
    raw = member.orig_filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.orig_filename


def _is_link(member: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(member.external_attr >> 16)
    return kind not in (0, stat.S_IFREG, stat.S_IFDIR)  # links, and devices


def _check_names(names: Iterable[tuple[str, bool]]) -> None:
    """Names as shown, and whether they are links. Case makes no difference: it makes none on Windows."""
    seen: set[str] = set()
    for name, link in names:
        key = name.replace("\\", "/").rstrip("/").casefold()
        if link or key in seen or not _is_safe(name):
            raise Refused(words.reason("unsafe_names", member=words.shortened(name)))
        seen.add(key)


def _is_safe(name: str) -> bool:
    return _stays_inside(name) and clean(name) == name and "\n" not in name and ":" not in name


def _stays_inside(name: str) -> bool:
    path = name.replace("\\", "/")
    return not (path.startswith("/") or _DRIVE.match(path) or ".." in path.split("/")) and path != ""


def is_of_the_system(name: str, content: IO[bytes]) -> bool:
    """A file that an operating system added; nobody opens it, and it is what its name says."""
    matching = [start for pattern, start in _SYSTEM if pattern.search(name)]
    return bool(matching) and content.read(len(matching[0])) == matching[0]


def rar_members(path: Path, budget: Budget) -> list[str]:
    """The names of a RAR's files, from its headers; nothing is unpacked, no program is called. Raises Refused."""
    with decoding():
        try:
            with rarfile.RarFile(str(path), errors="strict", part_only=True) as archive:
                members = archive.infolist()
                if archive.needs_password() or any(member.needs_password() for member in members):
                    raise Refused(words.reason("encrypted"))
                if len(archive.volumelist()) > 1 or any(_is_split(member) for member in members):
                    raise Refused(words.reason("broken"))  # one part of several
        except rarfile.PasswordRequired as error:
            raise Refused(words.reason("encrypted")) from error
        budget.enter(len(members))
        _check_names((member.filename, member.is_symlink()) for member in members)
        for member in members:
            budget.unpack(member.file_size)
        return [member.filename for member in members if not member.is_dir()]


def _is_split(member: rarfile.RarInfo) -> bool:
    return bool(member.flags & (rarfile.RAR_FILE_SPLIT_BEFORE | rarfile.RAR_FILE_SPLIT_AFTER))

"""Check a package without the system that made it.

    python -m shared.records.verify FILE.zip [--digest sha256:…] [--json]

Every file is held against the manifests, the manifests against the tag manifest, every audit entry against its seal. With
--digest, by which the package is registered, nothing can have been made up anew. Ends with 1 and names each wrong file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shared.records import bag, proofs

_CHUNK = 1 << 20
_LARGEST_TAG = 64 << 20  # bytes of a file that is read whole
# What reading a member raises: damaged, of a method that is not known, encrypted.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError,
)  # fmt: skip
AUDIT = bag.DATA + "audit/"
METADATA = bag.DATA + "metadata.json"


@dataclass(frozen=True)
class Fault:
    """Which file is wrong, and what about it."""

    file: str
    reason_zh: str
    reason_en: str


@dataclass
class Verdict:
    """What was found. `digest` is the one by which the package is registered, where it could be read."""

    digest: str = ""
    payload: str = ""
    files: int = 0
    size: int = 0
    proved: int = 0
    unsealed: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.faults

    def fault(self, file: str, zh: str, en: str) -> None:
        """Note one."""
        self.faults.append(Fault(file, zh, en))


def verify(path: Path, expected: str | None = None) -> Verdict:
    """Check a package. Never raises for what is wrong with it: that is what the verdict says."""
    verdict = Verdict()
    try:
        with zipfile.ZipFile(path) as archive:
            _Check(archive, verdict).run()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError, RuntimeError) as error:
        verdict.fault(path.name, f"不是完好的 ZIP 文件：{error}", f"no ZIP that could be read: {error}")
    if expected is not None and expected != verdict.digest:
        verdict.fault(
            bag.TAGS,
            f"包的摘要与登记的不同：登记为 {expected}",
            f"the package is not the one that is registered as {expected}",
        )
    return verdict


class _Check:
    """One pass over a package."""

    def __init__(self, archive: zipfile.ZipFile, verdict: Verdict) -> None:
        self._archive = archive
        self._verdict = verdict
        self._members: dict[str, zipfile.ZipInfo] = {}

    def run(self) -> None:
        self._members = self._inside()
        listed = self._tags()
        if listed is None:
            return
        for name, sha256 in sorted(listed.items()):
            self._hold(name, sha256)
        for name in sorted(set(self._members) - set(listed) - {bag.TAGS, bag.MANIFEST, bag.INFO, bag.BAGIT}):
            self._verdict.fault(name, "清单中没有这个文件", "is in no manifest")
        self._look_at_metadata()
        self._look_at_entries()

    def _inside(self) -> dict[str, zipfile.ZipInfo]:
        """The members without the folder that holds them all."""
        found: dict[str, zipfile.ZipInfo] = {}
        tops = set()
        for member in self._archive.infolist():
            top, _, rest = member.filename.partition("/")
            tops.add(top)
            if rest in found or not bag.is_plain(rest):
                self._verdict.fault(
                    member.filename, "重复或不合规的路径", "is there twice, or leads outside the bag"
                )
            found[rest] = member
        if len(tops) != 1:
            self._verdict.fault("/", "包内应只有一个文件夹", "a package holds one folder")
        return found

    def _tags(self) -> dict[str, str] | None:
        """The payload's files with their digests; None where the manifests themselves cannot be read."""
        wanted = (bag.TAGS, bag.MANIFEST, bag.INFO, bag.BAGIT)
        missing = [name for name in wanted if name not in self._members]
        for name in missing:
            self._verdict.fault(name, "缺少文件", "is missing")
        if missing:
            return None
        contents = {name: self._whole(name) for name in wanted}
        if any(content is None for content in contents.values()):
            return None
        tags, manifest = contents[bag.TAGS] or b"", contents[bag.MANIFEST] or b""
        self._verdict.digest = f"sha256:{hashlib.sha256(tags).hexdigest()}"
        self._verdict.payload = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
        if contents[bag.BAGIT] != bag.DECLARATION.encode():
            self._verdict.fault(bag.BAGIT, "不是 BagIt 1.0", "is not that of BagIt 1.0")
        told = self._parsed(bag.TAGS, tags)
        for name in (bag.MANIFEST, bag.INFO, bag.BAGIT):
            if told.get(name) != hashlib.sha256(contents[name] or b"").hexdigest():
                self._verdict.fault(name, "与标签清单不符", "is not what the tag manifest says")
        return self._parsed(bag.MANIFEST, manifest)

    def _parsed(self, name: str, content: bytes) -> dict[str, str]:
        found: dict[str, str] = {}
        try:
            for sha256, path in bag.read_manifest(content):
                found[path] = sha256
        except ValueError as error:
            self._verdict.fault(name, f"清单无法读取：{error}", f"cannot be read: {error}")
        return found

    def _hold(self, name: str, sha256: str) -> None:
        if name not in self._members:
            self._verdict.fault(name, "缺少文件", "is missing")
            return
        hashed, size = hashlib.sha256(), 0
        try:
            for chunk in self._chunks(name):
                hashed.update(chunk)
                size += len(chunk)
        except _UNREADABLE as error:
            self._verdict.fault(name, f"读取出错：{error}", f"cannot be read: {error}")
            return
        self._verdict.files += 1
        self._verdict.size += size
        if hashed.hexdigest() != sha256:
            self._verdict.fault(name, "内容与清单不符", "is not what the manifest says")

    def _chunks(self, name: str) -> Iterator[bytes]:
        with self._archive.open(self._members[name]) as member:
            while chunk := member.read(_CHUNK):
                yield chunk

    def _whole(self, name: str) -> bytes | None:
        """A small file; None, with a fault, where it cannot be read."""
        try:
            content = b""
            for chunk in self._chunks(name):
                content += chunk
                if len(content) > _LARGEST_TAG:
                    raise zipfile.BadZipFile("too large")
            return content
        except _UNREADABLE as error:
            self._verdict.fault(name, f"读取出错：{error}", f"cannot be read: {error}")
            return None

    def _json(self, name: str) -> Any:
        content = self._whole(name) if name in self._members else None
        if content is None:
            return None
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            self._verdict.fault(name, f"不是 JSON：{error}", f"is no JSON: {error}")
            return None

    def _look_at_metadata(self) -> None:
        """The summary and the frozen dossier are named by their digests too, as the receipt has them."""
        told = self._json(METADATA)
        if told is None:
            return  # it is not there, or was called wrong already
        digests = told.get("digests", {}) if isinstance(told, dict) else None
        if not isinstance(digests, dict):
            self._verdict.fault(METADATA, "元数据的格式不对", "is not of the form of metadata")
            return
        for name, named in digests.items():
            content = self._whole(bag.DATA + name) if bag.DATA + name in self._members else None
            found = f"sha256:{hashlib.sha256(content or b'').hexdigest()}"
            if content is None or found != named:
                self._verdict.fault(
                    bag.DATA + name, "与元数据中的摘要不符", "is not what the metadata's digest says"
                )

    def _look_at_entries(self) -> None:
        for name in sorted(self._members):
            folder, slash, file = name.removeprefix(AUDIT).partition("/")
            if name.startswith(AUDIT) and slash and file == "entries.json":
                self._prove(folder, name, f"{AUDIT}{folder}/seals.json")

    def _prove(self, service: str, entries_name: str, seals_name: str) -> None:
        entries, seals = self._json(entries_name), self._json(seals_name)
        if not isinstance(entries, list) or not isinstance(seals, list):
            self._verdict.fault(entries_name, "审计记录无法核对", "the entries cannot be checked")
            return
        # By their text: what somebody made up need not be a number, nor anything that a dictionary takes as a key.
        by_number = {repr(seal.get("sequence")): seal for seal in seals if isinstance(seal, dict)}
        for entry in entries:
            if not isinstance(entry, dict):
                self._verdict.fault(entries_name, "审计记录的格式不对", "holds what is no entry")
                continue
            if entry.get("seal") is None:
                self._verdict.unsealed += 1
                continue
            why = "stands under a seal that is not here"
            seal = by_number.get(repr(entry["seal"]))
            wrong = why if seal is None else proofs.faults(entry, seal, service)
            if wrong is None:
                self._verdict.proved += 1
            else:
                self._verdict.fault(
                    entries_name,
                    f"审计记录 {entry.get('id')} 与封存批次不符",
                    f"entry {entry.get('id')} {wrong}",
                )


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="records verify")
    parser.add_argument("file", type=Path, metavar="FILE.zip")
    parser.add_argument("--digest", metavar="sha256:…")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    verdict = verify(args.file, args.digest)
    if args.json:
        print(json.dumps({"whole": verdict.whole, **asdict(verdict)}, ensure_ascii=False, indent=1))
    else:
        _print(args.file, verdict)
    return 0 if verdict.whole else 1


def _print(path: Path, verdict: Verdict) -> None:
    print(f"{path.name}\t{'完好 · whole' if verdict.whole else '有误 · wrong'}\t{verdict.digest}")
    print(
        f"文件 {verdict.files} 个 {verdict.size} 字节 · files, bytes\t"
        f"审计记录已证 {verdict.proved} 条，未封存 {verdict.unsealed} 条 · entries proved, unsealed"
    )
    for fault in verdict.faults:
        print(f"  {fault.file}\t{fault.reason_zh} ({fault.reason_en})")


if __name__ == "__main__":
    sys.exit(main())

"""The rulebooks that are installed: read strictly, checked, pinned by hash, and refused as a whole if
one is wrong.
"""

from __future__ import annotations

import hashlib
import json
from collections import ChainMap
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

from shared.problems import Conflict, NotFound
from shared.rulebooks import checks, loader
from shared.rulebooks.criteria_files import FOLDER, Shelf
from shared.rulebooks.model import Rulebook
from shared.strict_yaml import Document, Fault, KeyPath, Mark, StrictYamlError, loads

ROOM = Path(__file__).parent
DATA = ROOM / "data"
LOCK = DATA / "published.lock"
RulebookError = StrictYamlError  # what a wrong file raises: every fault with file, line and reason


class UnknownRulebook(NotFound):
    """No rulebook of that id is installed here."""

    default_code = "unknown_rulebook"


class HashMismatch(Conflict):
    """The rulebook installed here is not the one that was pinned; deciding by it would be a guess."""

    default_code = "rulebook_hash_mismatch"


@cache
def schema() -> Mapping[str, Any]:
    """The published JSON Schema of a rulebook file."""
    found: Mapping[str, Any] = json.loads((ROOM / "rulebook.schema.json").read_text(encoding="utf-8"))
    return found


class Library:
    """All installed rulebooks, by id."""

    def __init__(self, rulebooks: Mapping[str, Rulebook]) -> None:
        self._rulebooks = rulebooks

    @classmethod
    def load(cls, extra: Path | str | None = None) -> Library:
        """The rulebooks of this release and those of a further folder. Raises RulebookError for a wrong file.

        A published rulebook of this release must be the one of the lock file; a further folder has no
        lock of ours.
        """
        own = _own()
        return cls(ChainMap(dict(read_folder(Path(extra))), own) if extra else own)  # type: ignore[arg-type]

    def ids(self) -> tuple[str, ...]:
        """The ids, sorted."""
        return tuple(sorted(self._rulebooks))

    def get(self, rulebook_id: str) -> Rulebook:
        """The rulebook of that id. Raises UnknownRulebook."""
        try:
            return self._rulebooks[rulebook_id]
        except KeyError:
            raise UnknownRulebook(
                f"没有安装规则文件“{rulebook_id}”", f"no rulebook {rulebook_id!r} is installed"
            ) from None

    def pinned(self, rulebook_id: str, sha256: str) -> Rulebook:
        """The rulebook of that id and hash. Raises UnknownRulebook, HashMismatch."""
        rulebook = self.get(rulebook_id)
        if rulebook.sha256 != sha256:
            raise HashMismatch(
                f"规则文件“{rulebook_id}”与锁定的版本不符，拒绝据此办理",
                f"rulebook {rulebook_id} has hash {rulebook.sha256[:12]}…, pinned is {sha256[:12]}…",
            )
        return rulebook


def files_of(folder: Path) -> list[Path]:
    """The rulebooks of a folder. Raises RulebookError where it is none: a misspelt one would be an empty one."""
    if not folder.is_dir():
        raise RulebookError([Fault(Mark(str(folder), 1, 1), (), "没有这个目录", "no such folder")])
    return sorted(folder.glob("*.yaml"))


class _Own(Mapping[str, Rulebook]):
    """The rulebooks of this release, each built when it is first asked for: a process serves few of them, and to parse
    them all takes a second of its start. That their bytes are the published ones is known without parsing.
    """

    def __init__(self, paths: Mapping[str, Path], lock: Mapping[str, str]) -> None:
        self._paths, self._lock = paths, lock
        self._built: dict[str, Rulebook] = {}
        self._building = RLock()

    def __getitem__(self, rulebook_id: str) -> Rulebook:
        with self._building:
            if rulebook_id not in self._built:
                files = _with_bases(self._paths[rulebook_id])
                found = read_files(files, known={})[rulebook_id]
                faults = lock_faults({rulebook_id: found}, _only(self._lock, rulebook_id))
                if faults:
                    raise RulebookError(faults)
                self._built[rulebook_id] = found
            return self._built[rulebook_id]

    def __contains__(self, rulebook_id: object) -> bool:
        return rulebook_id in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _only(lock: Mapping[str, str], rulebook_id: str) -> Mapping[str, str]:
    return {name: sha256 for name, sha256 in lock.items() if name == rulebook_id}


@cache
def _own() -> Mapping[str, Rulebook]:
    paths = {path.stem: path for path in sorted(DATA.glob("*.yaml"))}
    lock = read_lock()
    if all(name in paths and _plain_hash(paths[name]) == sha256 for name, sha256 in lock.items()):
        return _Own(paths, lock)
    # Something is not as it was published, or extends another file: only a whole reading tells which.
    found = read_files(paths.values(), known={})
    faults = lock_faults(found, lock)
    if faults:
        raise RulebookError(faults)
    return found


def _plain_hash(path: Path) -> str:
    """The hash of a rulebook that extends no other."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_files(files: Iterable[Path], known: Mapping[str, Rulebook]) -> dict[str, Rulebook]:
    """Read files that may extend each other or those of this release. Raises RulebookError with the faults of all."""
    documents: dict[str, tuple[Path, Document]] = {}
    found: dict[str, Rulebook] = {}
    faults: list[Fault] = []
    for path in files:
        try:
            document = _read(path)
            _require_own_name(path, document, known)
            documents[path.stem] = (path, document)
        except RulebookError as error:
            faults += error.faults
    for rulebook_id, (path, _) in documents.items():
        try:
            merged, sha256 = _resolve(path, documents, known, ())
            merged.check(schema())
            checks.check(merged)
            shelf = Shelf(path.parent / FOLDER)
            shelf.check(merged)
            found[rulebook_id] = loader.build(merged, sha256, shelf)
        except RulebookError as error:
            faults += error.faults
    if faults:
        raise RulebookError(faults)
    return found


def read_folder(folder: Path) -> dict[str, Rulebook]:
    """All of a folder, which may be this release's own. Raises RulebookError."""
    own = _own()
    return dict(own) if folder.resolve() == DATA.resolve() else read_files(files_of(folder), known=own)


def read_file(path: Path) -> Rulebook:
    """One file; what it extends is of this release or lies beside it. Raises RulebookError."""
    own = _own()
    if path.resolve() == (DATA / path.name).resolve() and path.stem in own:
        return own[path.stem]
    return read_files(_with_bases(path, own), known=own)[path.stem]


def _with_bases(path: Path, known: Container[str] = ()) -> list[Path]:
    """A file and those beside it that it extends, as far as they are there and not known already."""
    files = [path]
    while (base := _read(files[-1]).value.get("extends")) is not None and base not in known:
        beside = path.with_name(f"{base}.yaml")
        if beside in files or not beside.is_file():
            break
        files.append(beside)
    return files


@lru_cache(maxsize=16)
def _parsed(name: str, content: bytes) -> Document:
    """Files are read more than once on the way from what extends what to a rulebook, but parsed once."""
    return loads(content, name, proven=hashlib.sha256(content).hexdigest() in _published())


@cache
def _published() -> frozenset[str]:
    """The hashes of the files that both parsers are known to read alike."""
    return frozenset(read_lock().values())


def _read(path: Path) -> Document:
    try:
        document = _parsed(path.name, path.read_bytes())
    except OSError as error:
        zh, en = f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}"
        raise RulebookError([Fault(Mark(path.name, 1, 1), (), zh, en)]) from None
    if not isinstance(document.value, dict) or not isinstance(document.value.get("id"), str):
        raise document.refuse((), "规则文件是带 id 的映射", "a rulebook is a mapping with an id")
    return document


def _require_own_name(path: Path, document: Document, known: Mapping[str, Rulebook]) -> None:
    """A file bears its id's name, so that no two of a folder have one id, and none replaces an installed one."""
    rulebook_id = document.value["id"]
    if path.stem != rulebook_id:
        zh, en = "文件名须与 id 相同", "the file must bear the id's name"
    elif rulebook_id in known:
        zh, en = "已有同名的规则文件", "already installed"
    else:
        return
    raise document.refuse(("id",), f"{rulebook_id}：{zh}", f"{rulebook_id}: {en}")


def _resolve(
    path: Path,
    documents: Mapping[str, tuple[Path, Document]],
    known: Mapping[str, Rulebook],
    seen: tuple[str, ...],
) -> tuple[Document, str]:
    """A document with what it extends laid under it, and a hash over both."""
    own = _plain_hash(path)
    document = documents[path.stem][1]
    base_id = document.value.get("extends")
    if base_id is None:
        return document, own
    if base_id in seen or base_id == document.value["id"]:
        zh, en = f"{base_id} 循环引用自身", f"{base_id} extends itself in a circle"
        raise document.refuse(("extends",), zh, en)
    if base_id in documents:
        base, base_sha = _resolve(documents[base_id][0], documents, known, (*seen, document.value["id"]))
    elif base_id in known:
        own_base = DATA / f"{base_id}.yaml"
        beside = {file.stem: (file, _read(file)) for file in _with_bases(own_base)}
        base, base_sha = _resolve(own_base, beside, {}, ())
    else:
        raise document.refuse(("extends",), f"没有规则文件 {base_id}", f"no such rulebook: {base_id}")
    return _overlay(base, document), hashlib.sha256(f"{own} extends {base_sha}".encode()).hexdigest()


def _overlay(base: Document, top: Document) -> Document:
    """Mappings are laid over each other key by key, null takes a key away, everything else is replaced
    whole.
    """
    marks = dict(base.marks)

    def lay(under: Any, over: Any, path: KeyPath) -> Any:
        if not (isinstance(under, dict) and isinstance(over, dict)):
            for old in [old for old in marks if old[: len(path)] == path]:
                del marks[old]
            marks.update({new: mark for new, mark in top.marks.items() if new[: len(path)] == path})
            return over
        merged = dict(under)
        for key, value in over.items():
            here = (*path, key)
            if value is None and here not in _NULLABLE:
                if key not in merged:
                    zh, en = "null 用于删去一项，但没有这一项", "null takes a key away, but there is none"
                    raise top.refuse(here, zh, en)
                del merged[key]
                continue
            merged[key] = lay(under.get(key), value, here)
            marks[here] = top.mark(here)
        return merged

    value = lay(base.value, top.value, ())
    return Document(top.name, value, marks)


_NULLABLE: frozenset[KeyPath] = frozenset({("in_force",), ("in_force", "to")})


def read_lock(path: Path = LOCK) -> dict[str, str]:
    """Hash by id of every published rulebook, from lines `<id> <sha256>`. Raises RulebookError."""
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        rulebook_id, _, sha256 = line.partition(" ")
        if not sha256 or rulebook_id in found:
            zh, en = "不是“id 空格 sha256”，或重复", "not `<id> <sha256>`, or given twice"
            raise RulebookError([Fault(Mark(path.name, number, 1), (), zh, en)])
        found[rulebook_id] = sha256.strip()
    return found


def lock_faults(rulebooks: Mapping[str, Rulebook], lock: Mapping[str, str]) -> list[Fault]:
    """Published rulebooks that are not, or no longer, those of the lock file, and locked ones that are
    gone.
    """
    faults: list[Fault] = []
    for rulebook_id, sha256 in lock.items():
        here = rulebooks.get(rulebook_id)
        if here is None:
            zh, en = f"{rulebook_id} 已锁定，但没有安装", f"{rulebook_id} is locked but not installed"
            faults.append(Fault(Mark(LOCK.name, 1, 1), (), zh, en))
        elif here.sha256 != sha256:
            zh = f"{rulebook_id} 发布后被改动：更正须另立新文件"
            en = f"{rulebook_id} was changed after it was published: a correction is a new file"
            faults.append(Fault(Mark(f"{rulebook_id}.yaml", 1, 1), (), zh, en))
    for rulebook in rulebooks.values():
        if rulebook.status == "published" and rulebook.id not in lock:
            line = f"`{rulebook.id} {rulebook.sha256}`"
            zh = f"{rulebook.id} 已发布但未锁定：请加一行 {line}"
            en = f"{rulebook.id} is published but not locked: add {line}"
            faults.append(Fault(Mark(LOCK.name, 1, 1), (), zh, en))
    return faults

"""Criteria as files: read strictly, held against themselves, and pinned by the hash that a rulebook names.

They lie in a folder `criteria` beside the rulebook that names them, else in this release. A wrong one is refused as a
whole, every fault with file and line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache, partial
from itertools import product
from pathlib import Path
from typing import Any

from shared.rulebooks.criteria import (
    THOUSANDTHS,
    Band,
    CriteriaRule,
    CriteriaTree,
    Criterion,
    Kind,
    Provenance,
    Scale,
)
from shared.rulebooks.model import Words
from shared.strict_yaml import Document, Fault, KeyPath, Mark, StrictYamlError, in_order, loads

Raw = Mapping[str, Any]
ROOM = Path(__file__).parent
FOLDER = "criteria"
OWN = ROOM / "data" / FOLDER
FULL = 100  # percent


@cache
def schema() -> Raw:
    """The published JSON Schema of a criteria file."""
    found: Raw = json.loads((ROOM / "criteria.schema.json").read_text(encoding="utf-8"))
    return found


class Shelf:
    """The folders in which a rulebook's criteria are looked for, one after the other."""

    def __init__(self, *folders: Path) -> None:
        self._folders = (*folders, OWN) if OWN not in folders else folders

    def find(self, name: str) -> Path | None:
        """The file of that name."""
        files = (folder / f"{name}.yaml" for folder in self._folders)
        return next((file for file in files if file.is_file()), None)

    def rules(self, raw: Raw) -> tuple[CriteriaRule, ...]:
        """What the `criteria` of a rulebook name."""
        return tuple(
            CriteriaRule(
                file=entry["file"],
                sha256=entry["sha256"],
                kinds=tuple(entry["kinds"]),
                categories=tuple(entry["categories"]) if "categories" in entry else None,
                read=partial(self.read, entry["file"], entry["sha256"]),
            )
            for entry in raw.get("criteria", {}).get("trees", ())
        )

    def read(self, name: str, sha256: str) -> CriteriaTree:
        """The criteria of that name and hash, parsed once a process. Raises StrictYamlError."""
        path = self.find(name)
        if path is None:
            zh, en = f"没有评分条款文件 {name}", f"no criteria {name} are installed"
            raise StrictYamlError([Fault(Mark(f"{name}.yaml", 1, 1), (), zh, en)])
        return _tree(path, sha256)

    def check(self, document: Document) -> None:
        """Hold a rulebook against the files that it names; those that are not of this release are read whole.

        This release's own are only hashed: that the bytes with that hash are right is known from its tests, and to parse
        them would cost every process its start. Raises StrictYamlError.
        """
        faults = list(_of_rulebook(document))
        for number, entry in enumerate(document.value.get("criteria", {}).get("trees", ())):
            path: KeyPath = ("criteria", "trees", number)
            file = self.find(entry["file"])
            if file is None:
                zh, en = f"没有评分条款文件 {entry['file']}", f"no such criteria: {entry['file']}"
                faults.append(document.fault((*path, "file"), zh, en))
                continue
            found = hash_of(file)
            if found != entry["sha256"]:
                zh = f"{file.name} 的摘要是 {found}，与所写不符"
                en = f"{file.name} has hash {found}, which is not the one named"
                faults.append(document.fault((*path, "sha256"), zh, en))
            elif file.parent != OWN:
                try:
                    _tree(file, found)
                except StrictYamlError as error:
                    faults += error.faults
        if faults:
            raise StrictYamlError(sorted(faults, key=in_order))


def hash_of(path: Path) -> str:
    """What a rulebook names a file by."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _of_rulebook(document: Document) -> Iterator[Fault]:
    """Nobody is scored by two standards at once. A kind that cannot apply may be named: a draft may take one away."""
    raw = document.value
    known = tuple(raw.get("categories", ()))
    taken: dict[tuple[str, str | None], str] = {}
    for number, entry in enumerate(raw.get("criteria", {}).get("trees", ())):
        path: KeyPath = ("criteria", "trees", number)
        for category in entry.get("categories", ()):
            if category not in known:
                yield document.fault(
                    (*path, "categories"), f"没有类别 {category}", f"no such category here: {category}"
                )
        for who in product(entry["kinds"], entry.get("categories", known or (None,))):
            if who in taken:
                name = "/".join(part for part in who if part)
                zh, en = f"{name} 已用 {taken[who]}", f"{name} is scored by {taken[who]} already"
                yield document.fault(path, zh, en)
            taken[who] = entry["file"]


@lru_cache(maxsize=64)
def _tree(path: Path, sha256: str) -> CriteriaTree:
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        zh, en = f"摘要是 {found}，不是锁定的 {sha256}", f"has hash {found}, pinned is {sha256}"
        raise StrictYamlError([Fault(Mark(path.name, 1, 1), (), zh, en)])
    return parse(content, path.name, sha256)


def parse(content: bytes, name: str, sha256: str) -> CriteriaTree:
    """The criteria of a file's bytes. Raises StrictYamlError with every fault."""
    document = loads(content, name)
    document.check(schema())
    faults = sorted(_faults(document), key=in_order)
    if faults:
        raise StrictYamlError(faults)
    raw: Raw = document.value
    origin = (raw["source"], raw["points_source"])
    return CriteriaTree(
        id=raw["id"],
        standard=raw["standard"],
        edition=raw["edition"],
        title=_words(raw["title"]),
        step=raw["step"],
        scales={kind: _scale(kind, body) for kind, body in raw["scales"].items()},
        sources={
            key: Provenance(key, _words(body), body.get("assumed", False))
            for key, body in raw["sources"].items()
        },
        children=tuple(_criterion(item, *origin) for item in raw["items"]),
        sha256=sha256,
    )


def _words(raw: Raw) -> Words:
    return Words(raw["zh"], raw["en"])


def _scale(kind: Kind, raw: Raw) -> Scale:
    return Scale(
        kind,
        {name: _words(said) for name, said in raw["dimensions"].items()},
        tuple(
            Band(
                f"{band['from']}-{band['to']}",
                band["from"],
                band["to"],
                {name: _words(said) for name, said in band["looks"].items()},
            )
            for band in raw["bands"]
        ),
    )


def _criterion(raw: Raw, source: str, points_source: str) -> Criterion:
    source, points_source = raw.get("source", source), raw.get("points_source", points_source)
    children = tuple(_criterion(item, source, points_source) for item in raw.get("items", ()))
    kinds: set[Kind | None] = {child.kind for child in children} or {raw["kind"]}
    return Criterion(
        key=raw["key"],
        title=_words(raw["title"]),
        points=raw["points"],
        kind=kinds.pop() if len(kinds) == 1 else None,
        children=children,
        asks=_words(raw["asks"]) if "asks" in raw else None,
        clause=raw.get("clause"),
        source=source,
        points_source=points_source,
    )


# --- what a schema cannot see ---------------------------------------------------------------------


def _faults(document: Document) -> Iterator[Fault]:
    raw = document.value
    if document.name != f"{raw['id']}.yaml":
        yield document.fault(("id",), "文件名须与 id 相同", "the file must bear the id's name")
    for name in ("source", "points_source", "step_source", "bands_source"):
        yield from _known_source(document, (name,), raw[name])
    if FULL % raw["step"]:
        yield document.fault(("step",), "满分百分之百须是步长的倍数", "the whole is no multiple of the step")
    for kind, scale in raw["scales"].items():
        yield from _bands(document, ("scales", kind), scale, raw["step"])
    seen: set[str] = set()
    leaves: list[tuple[KeyPath, Raw]] = []
    for number, item in enumerate(raw["items"]):
        yield from _item(document, ("items", number), item, seen, leaves)
    whole = sum(item["points"] for item in raw["items"])
    for path, leaf in leaves:
        if leaf["points"] * raw["step"] * THOUSANDTHS % whole:
            zh = f"总分 {whole} 时，这一条的 {raw['step']}% 不能折成千分之一百分点的整数，合计会有误差"
            en = f"of {whole} points its {raw['step']} % is no whole number of thousandths: totals would be inexact"
            yield document.fault((*path, "points"), zh, en)


def _known_source(document: Document, path: KeyPath, name: str | None) -> Iterator[Fault]:
    if name is not None and name not in document.value["sources"]:
        yield document.fault(path, f"sources 中没有 {name}", f"{name} is not among the sources")


def _bands(document: Document, path: KeyPath, scale: Raw, step: int) -> Iterator[Fault]:
    """Every percent that can be given lies in exactly one band, and every band tells of every dimension."""
    due = 0
    for number, band in enumerate(scale["bands"]):
        here: KeyPath = (*path, "bands", number)
        if band["from"] != due or band["to"] < band["from"] or band["to"] % step:
            zh, en = f"这一等级应从 {due} 起，止于步长的倍数", f"this band begins at {due} and ends at a step"
            yield document.fault(here, zh, en)
        due = band["to"] + step
        for name in sorted(set(scale["dimensions"]) ^ set(band["looks"])):
            zh, en = f"维度 {name} 须有且只有一句描述", f"dimension {name} is told of once, in every band"
            yield document.fault((*here, "looks"), zh, en)
    if due != FULL + step:
        yield document.fault((*path, "bands"), "最高等级须到 100", "the last band ends at 100")


def _item(
    document: Document, path: KeyPath, item: Raw, seen: set[str], leaves: list[tuple[KeyPath, Raw]]
) -> Iterator[Fault]:
    if item["key"] in seen:
        yield document.fault((*path, "key"), f"条款 {item['key']} 重复", f"{item['key']} is given twice")
    seen.add(item["key"])
    for name in ("source", "points_source"):
        yield from _known_source(document, (*path, name), item.get(name))
    below = item.get("items", ())
    if not below:
        leaves.append((path, item))
        if "kind" not in item or "asks" not in item:
            zh, en = "评分条款须写明 kind 和 asks", "an item that is scored has a kind and says what it asks"
            yield document.fault(path, zh, en)
        elif item["kind"] not in document.value["scales"]:
            zh, en = f"没有 {item['kind']} 的评分标尺", f"no scale for a {item['kind']}"
            yield document.fault((*path, "kind"), zh, en)
        return
    if "kind" in item or "asks" in item:
        yield document.fault(path, "只有末级条款评分", "only what has no items under it is scored")
    total = sum(each["points"] for each in below)
    if total != item["points"]:
        zh, en = (
            f"下级条款合计 {total} 分，不是 {item['points']} 分",
            f"its items add up to {total}, not {item['points']}",
        )
        yield document.fault((*path, "points"), zh, en)
    for number, each in enumerate(below):
        yield from _item(document, (*path, "items", number), each, seen, leaves)

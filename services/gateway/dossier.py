"""卷宗: a whole dossier as one ZIP: what was handed in, word for word, its files, and an index to hold them against.

Written while it is read: nothing but the small papers is held in memory, and its length is known before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response
from zipstream import ZipStream

from services.gateway import files
from services.gateway.circumstances import Asked
from shared.contracts.operations import WATCHERS
from shared.documents import delimited
from shared.identifiers import canonical_json

if TYPE_CHECKING:
    from services.gateway.app import Gateway
    from shared.content import ContentStore

_TOLD_OF_DEPARTMENTS = WATCHERS
_LONGEST_NAME = 240  # bytes: a file's name has 255 on most systems, and ours gets a number in front
_LONGEST_ENDING = 8  # characters
_HEADINGS = (
    "序号 No.", "路径 Path", "用途 Use", "材料 Material", "原文件名 File name", "类型 Kind", "大小（字节）Size (bytes)",
    "SHA-256", "病毒扫描 Scan", "上传时间 Added at", "上传人 Added by",
)  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """One file of the ZIP: where it lies in it, and what the index says of it."""

    path: str
    file: Mapping[str, Any]


def dossier_zip(gateway: Gateway, data: Mapping[str, Any], asked: Asked) -> Response:
    """The dossier as it stands: the version that was signed for or handed in last; before that the draft."""
    asking = gateway.dispatcher.ask
    receipt = asking("intake", "receipt", data, asked.anew())
    listed = asking("intake", "files", data, asked.anew())
    version = _version(receipt)
    told: dict[str, Any] = {"receipt": receipt}
    if asked.role in _TOLD_OF_DEPARTMENTS:
        told["enquiries"] = asking("intake", "application_enquiries", data, asked.anew())
    papers = arrange(_of_version(listed["files"], version))
    noted = {
        "application_id": receipt["application_id"],
        "digest": None if version is None else version["digest"],
    }
    files.note_reading(gateway, asked, "dossier:read", receipt["cycle_id"], noted, files=len(papers))
    archive = build(files.content_of(gateway), papers, told, version)
    name = receipt["public_number"] or receipt["application_id"]
    return files.download(iter(archive), len(archive), f"卷宗-{name}.zip", files.ZIP)


def _version(receipt: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The submission that counts; None of a draft that was never handed in."""
    wanted = receipt["accepted"] or len(receipt["submissions"])
    return next((each for each in receipt["submissions"] if each["version"] == wanted), None)


def _of_version(
    listed: Sequence[Mapping[str, Any]], version: Mapping[str, Any] | None
) -> list[Mapping[str, Any]]:
    """The accepted files that belong to it: materials as they were frozen, and all the evidence beside them."""
    accepted = {each["file_id"]: each for each in listed if each["state"] == "accepted"}
    if version is None:
        return list(accepted.values())
    # A correction that is under way may have taken a file out that the version still has.
    unknown = {"use": "material", "scan": None, "added_at": "", "added_by": ""}
    frozen = [
        {**unknown, **file, **accepted.get(file["file_id"], {})}
        for file in version["dossier"].get("files", ())
    ]
    return frozen + [each for each in accepted.values() if each["use"] == "evidence"]


def arrange(listed: Sequence[Mapping[str, Any]]) -> list[Paper]:
    """A place for each file: by material, numbered, so that two of one name do not meet."""
    papers, counted = [], dict[str, int]()
    for file in listed:
        folder = f"材料/{file['material']}" if file["use"] == "material" else "证据"
        counted[folder] = counted.get(folder, 0) + 1
        papers.append(Paper(f"{folder}/{counted[folder]:02d}-{_fitting(file['file_name'])}", file))
    return papers


def _fitting(name: str) -> str:
    """A name as every system can unpack it, its ending kept; the index has the whole of it."""
    if len(name.encode()) <= _LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        stem, ending = name, ""
    kept = stem.encode()[: _LONGEST_NAME - len((dot + ending).encode())].decode(errors="ignore")
    return f"{kept.rstrip(' .') or '_'}{dot if ending else ''}{ending}"


def build(
    store: ContentStore, papers: Sequence[Paper], told: Mapping[str, Any], version: Mapping[str, Any] | None
) -> ZipStream:
    """The archive, to be read once. Raises Missing where a file's content is not there."""
    archive = ZipStream(sized=True)
    archive.add(index_csv(papers), "索引.csv")
    archive.add(index_text(papers, version), "索引.txt")
    for name, value in told.items():
        archive.add(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n", f"{name}.json")
    if version is not None:
        # The very bytes that the receipt's digest is of: anybody can hold one against the other.
        archive.add(canonical_json(version["dossier"]), "dossier.json")
    for paper in papers:
        store.size(paper.file["digest"])  # what is missing is found out before an answer has begun
        archive.add(_later(store, paper.file["digest"]), paper.path, size=paper.file["size"])
    return archive


def _later(store: ContentStore, digest: str) -> Iterator[bytes]:
    """Opened when its turn has come."""
    yield from store.read(digest)


def index_csv(papers: Sequence[Paper]) -> bytes:
    """The index as a table: what lies where, and what it has to be."""
    return delimited.write(
        list(_HEADINGS),
        (
            [
                str(number), paper.path, paper.file["use"], paper.file["material"] or "", paper.file["file_name"],
                paper.file["kind"] or "", str(paper.file["size"]), paper.file["digest"].partition(":")[2],
                paper.file["scan"] or "", paper.file["added_at"], paper.file["added_by"],
            ]
            for number, paper in enumerate(papers, 1)
        ),
    )  # fmt: skip


def index_text(papers: Sequence[Paper], version: Mapping[str, Any] | None) -> str:
    """The index for people, and how to hold the files against it."""
    if version is None:
        head = ["草稿，尚未提交 · a draft that was not handed in"]
    else:
        head = [
            f"第 {version['version']} 版，{version['submitted_at']} 由 {version['submitted_by']} 提交",
            f"version {version['version']}, handed in at {version['submitted_at']} by {version['submitted_by']}",
            f"回执摘要 receipt: {version['digest']}",
            "摘要是 dossier.json 全部字节的摘要 · the digest is that of all bytes of dossier.json",
        ]
    lines = [f"{paper.file['digest'].partition(':')[2]}  {paper.path}" for paper in papers]
    check = "核对 · to check: sha256sum -c 索引.txt 2>/dev/null"
    return (
        "\n".join([*(f"# {line}" for line in [*head, f"文件 {len(papers)} 个 · files", check]), *lines])
        + "\n"
    )

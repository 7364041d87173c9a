"""Packages over HTTP: put together, registered with intake by their digest, and then sent while they are read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Response
from zipstream import ZipStream

from services.gateway import dossier, feedback, files, people
from services.gateway.circumstances import Asked
from services.gateway.packages.describing import (
    About,
    cycle_summary,
    destruction_list,
    metadata_json,
    metadata_xml,
    summary,
)
from services.gateway.packages.gathering import Gathered, gather
from shared.calendar import in_words
from shared.documents import Document
from shared.identifiers import canonical_json
from shared.problems import Conflict, NotFound
from shared.records.bag import Bag, Payload, small

if TYPE_CHECKING:
    from services.gateway.app import Gateway
    from shared.content import ContentStore

SUMMARY = "摘要.pdf"
_CREATOR = "评审办公室"
Data = Mapping[str, Any]


def application_package(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """An application's package. Raises NotFound, Conflict while the cycle goes on and where the records are destroyed."""
    shares = gather(gateway, data, asked)
    intake = shares["intake"]
    if intake.destroyed_on is not None:
        on = in_words(intake.destroyed_on)
        raise Conflict(f"档案已于 {on.zh} 销毁", f"the records were destroyed on {on.en}", code="destroyed")
    if not intake.rows("applications"):
        raise NotFound("没有这份申报", "no such application")
    row = intake.rows("applications")[0]
    about = _about(
        gateway, data, asked, row["id"], f"{row['name']}：申报档案", str(row["submitted_on"] or "")
    )
    listed = [
        {**file, "file_id": file["id"]}
        for file in intake.rows("files")
        if file["state"] == "accepted" and file["removed_at"] is None
    ]
    papers = [replace(each, path=f"files/{each.path}") for each in dossier.arrange(listed)]
    today = _today(gateway, asked)
    digests = {}
    made = _papers(shares)
    submission = _submission(intake)
    if submission is not None:
        made["dossier.json"] = canonical_json(submission["dossier"])
        digests["dossier.json"] = submission["digest"]
    placed = [(paper.path, paper.file) for paper in papers]
    _describe(made, about, summary(about, shares, placed, today), digests)
    store = files.content_of(gateway) if papers else None
    payloads = [small(path, content) for path, content in made.items()]
    payloads += [_stored(store, paper) for paper in papers if store is not None]
    number = row["public_number"] or row["id"]
    return _give(gateway, data, asked, payloads, about, f"档案-{number}", today)


def cycle_package(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A cycle's own package, with the index of its applications' packages. Raises as `application_package` does."""
    shares = gather(gateway, {**data, "application_id": None}, asked)
    state = gateway.dispatcher.ask("intake", "packages", {**data, "application_id": None}, asked.anew())
    latest = {each["application_id"]: each for each in state["packages"] if each["application_id"]}
    index = [latest[key] for key in sorted(latest)]
    book = gateway.dispatcher.rulebook(str(data["cycle_id"]), asked.context)
    year = shares["intake"].rows("cycles")[0]["year"] if shares["intake"].rows("cycles") else ""
    about = _about(
        gateway, data, asked, str(data["cycle_id"]), f"{book.title.zh}（{year}）：评奖周期档案", str(year)
    )
    today = _today(gateway, asked)
    made = _papers(shares)
    made["packages.json"] = _json({"packages": index, "without": state["without"]})
    _describe(made, about, cycle_summary(about, shares, index, today), {})
    payloads = [small(path, content) for path, content in made.items()]
    return _give(gateway, data, asked, payloads, about, f"档案-周期-{year}", today)


def destruction_list_pdf(gateway: Gateway, data: Data, asked: Asked) -> Response:
    """A destruction list as a paper. Raises NotFound."""
    said = gateway.dispatcher.ask("intake", "destruction_list", data, asked)
    content = feedback.written(destruction_list(said, people.named(gateway.identity)), "pdf")
    gateway.identity.record(
        asked.signed_in, "destruction_list:taken", reason=str(data["list_id"]), cycle_id=str(said["cycle_id"])
    )
    return files.made(content, "档案销毁清册.pdf", feedback.PDF, "destruction-list.pdf")


def _about(gateway: Gateway, data: Data, asked: Asked, identifier: str, title: str, day: str) -> About:
    due = gateway.dispatcher.ask("intake", "records_due", {"cycle_id": data["cycle_id"]}, asked.anew())
    until = next((each["keep_until"] for each in due["cycles"]), None)
    book = gateway.dispatcher.rulebook(str(data["cycle_id"]), asked.context)
    return About(identifier, title, _CREATOR, day, book, str(until or ""))


def _today(gateway: Gateway, asked: Asked) -> date:
    return asked.context.rehearsal_date or gateway.identity.store.clock.today()


def _submission(intake: Gathered) -> Data | None:
    """The version that was signed for; without one the last that was handed in."""
    wanted = intake.rows("applications")[0]["accepted_version"]
    rows = sorted(intake.rows("submissions"), key=lambda row: row["version"])
    chosen = [row for row in rows if row["version"] == wanted] or rows[-1:]
    return chosen[0] if chosen else None


def _papers(shares: Mapping[str, Gathered]) -> dict[str, bytes]:
    """The services' rows, what they leave out, and their audit entries with seals, by path."""
    made: dict[str, bytes] = {}
    for service, share in shares.items():
        for table, rows in share.tables.items():
            made[f"rows/{service}/{table}.json"] = _json(rows)
        made[f"rows/{service}/left-out.json"] = _json(share.left_out)
        made[f"audit/{service}/entries.json"] = _json(share.entries)
        made[f"audit/{service}/seals.json"] = _json([share.seals[key] for key in sorted(share.seals)])
    return made


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _describe(made: dict[str, bytes], about: About, document: Document, digests: dict[str, str]) -> None:
    pdf = feedback.written(document, "pdf")
    told = {**digests, SUMMARY: small(SUMMARY, pdf).sha256}
    told[SUMMARY] = f"sha256:{told[SUMMARY]}"
    made[SUMMARY] = pdf
    made["metadata.json"] = _json(metadata_json(about, told))
    made["metadata.xml"] = metadata_xml(about, told)


def _stored(store: ContentStore, paper: dossier.Paper) -> Payload:
    """A file of the content store, known by the digest under which it lies. Raises Missing before an answer has begun."""
    digest = paper.file["digest"]
    store.size(digest)

    def read() -> Iterator[bytes]:
        yield from store.read(digest)

    return Payload(paper.path, digest.partition(":")[2], paper.file["size"], read)


def _give(
    gateway: Gateway, data: Data, asked: Asked, payloads: list[Payload], about: About, name: str, day: date
) -> Response:
    """Register the package and send it. What is registered is known before its first byte is sent."""
    info = {
        "Bagging-Date": day.isoformat(),
        "External-Identifier": about.identifier,
        "External-Description": about.title,
        "Source-Organization": about.creator,
    }
    bag = Bag("package", tuple(sorted(payloads, key=lambda each: each.path)), info)
    archive = zipped(bag)
    registered = {
        "cycle_id": data["cycle_id"],
        "application_id": data.get("application_id"),
        "digest": bag.digest,
        "payload": bag.payload_digest,
        "files": len(bag.payloads),
        "size": len(archive),
    }
    gateway.dispatcher.ask("intake", "register_package", registered, asked)
    noted = {key: value for key, value in registered.items() if key != "cycle_id" and value is not None}
    files.note_reading(gateway, asked, "package:given", str(data["cycle_id"]), noted)
    return files.download(iter(archive), len(archive), f"{name}.zip", files.ZIP)


def zipped(bag: Bag) -> ZipStream:
    """The bag in one folder, as a ZIP that is written while it is read; nothing in it is packed, so its length is known."""
    archive = ZipStream(sized=True)
    for name, content in bag.tag_files().items():
        archive.add(content, f"{bag.name}/{name}")
    for payload in bag.payloads:
        archive.add(_later(payload), f"{bag.name}/data/{payload.path}", size=payload.size)
    return archive


def _later(payload: Payload) -> Iterator[bytes]:
    """Opened when its turn has come."""
    yield from payload.read()

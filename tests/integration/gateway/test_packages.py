"""Packages over HTTP, on both databases: put together from intake's real rows, checked as anybody would check them."""

from __future__ import annotations

import io
import json
import struct
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from services.intake.archive import due, lists, packages
from services.intake.keeping import keeping
from services.intake.stages import conductor
from shared.content.folder import FolderStore
from shared.contracts import Context, dump, load, operation
from shared.problems import Problem
from shared.records import answering
from shared.records.verify import verify
from tests.support.archive import BOTH, DUE, OVER, Archive, sha256
from tests.support.gateway import Bench, InProcess, answered, make_bench

pytestmark = pytest.mark.integration

OFFICE = "award_office"
EMPTY: Mapping[str, Mapping[str, Any]] = {
    "archive": {"tables": [], "left_out": [], "destroyed_on": None, "next": None},
    "archive_audit": {"entries": [], "seals": [], "next": None},
}


class House:
    """A gateway before intake's own handlers; the other services have nothing."""

    def __init__(self, desk: Archive, folder: Path) -> None:
        self.desk = desk
        self.folder = folder
        self.bench: Bench = make_bench(folder, InProcess(self.answer), clock=desk.clock)
        self.content = FolderStore(folder / "content")
        for name in ("甲.pdf", BOTH, "anna-1.pdf", "anna-2.pdf", "bela-1.pdf", "bela-2.pdf"):
            self.content.write([name.encode()], limit=1000)

    def answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        if method in EMPTY and service != "intake":
            return {"service": service, **EMPTY[method]}
        handlers: dict[str, Any] = {
            "archive": lambda work, asked: answering.rows(work, conductor, keeping, asked),
            "archive_audit": lambda work, asked: answering.entries(work, self.desk.store, conductor, asked),
            "register_package": packages.register,
            "packages": packages.listed,
            "records_due": due.listed,
            "destruction_list": lists.one,
        }
        if method not in handlers:
            return answered(service, method, data, context)
        contract = operation("intake", method)
        self.desk.store.sealer.seal_all()
        with self.desk.store.transaction() as tx, tx.savepoint():
            reply = handlers[method](tx.work(context), load(contract.request(), dict(data)))
        return dump(contract.reply(), reply)

    def asked(self, path: str, role: str = OFFICE) -> Any:
        return self.bench.client.post(f"/api/v1{path}", headers=self.bench.headers(role))

    def package(self, application: str | None, role: str = OFFICE) -> bytes:
        of = "" if application is None else f"/applications/{application}"
        answer = self.asked(f"/cycles/{self.desk.cycle}{of}/package", role)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert len(answer.data) == int(answer.headers["Content-Length"])
        return bytes(answer.data)

    def check(self, content: bytes, expected: str | None = None) -> Any:
        path = self.folder / "package.zip"
        path.write_bytes(content)
        return verify(path, expected)

    def registered(self) -> list[dict[str, Any]]:
        with self.desk.work(OFFICE) as work:
            data = {"cycle_id": self.desk.cycle, "application_id": None}
            return list(packages.listed(work, data)["packages"])


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    desk = Archive(database_url)
    desk.end()
    yield House(desk, tmp_path)
    desk.close()


def _read(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.removeprefix("package/"): archive.read(name) for name in archive.namelist()}


def test_an_applications_package_is_whole_and_registered(house: House) -> None:
    """Files, rows, entries with their proofs, a summary as PDF/A, metadata: the bag is the one that the register knows."""
    content = house.package(house.desk.a)
    (line,) = house.registered()
    verdict = house.check(content, line["digest"])
    assert verdict.faults == []
    assert (verdict.payload, verdict.files, len(content)) == (line["payload"], line["files"], line["size"])
    assert verdict.proved > 5
    assert verdict.unsealed == 0
    files = _read(content)
    assert files["data/files/材料/proofs/01-甲.pdf"] == "甲.pdf".encode()
    assert json.loads(files["data/rows/intake/applications.json"])[0]["name"] == "示例公司甲"
    dossier = json.loads(files["data/rows/intake/submissions.json"])[0]
    assert json.loads(files["data/dossier.json"]) == dossier["dossier"]
    left_out = json.loads(files["data/rows/intake/left-out.json"])
    assert {"applications"} == {each["table"] for each in left_out if each["column"] == "id_number"}
    assert "示例公司乙".encode() not in b"".join(files.values())


def test_its_summary_is_for_keeping_and_its_metadata_for_archives(house: House) -> None:
    files = _read(house.package(house.desk.a))
    reader = PdfReader(io.BytesIO(files["data/摘要.pdf"]))
    assert "<pdfaid:part>2</pdfaid:part>" in reader.trailer["/Root"]["/Metadata"].get_data().decode()
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    for word in ("示例公司甲", "不符合条件", "10年", "2035-12-31", "材料/proofs/01-甲.pdf"):
        assert word in text
    names = {each.get("name") for each in ET.fromstring(files["data/metadata.xml"])}
    assert {"题名", "责任者", "日期", "保管期限", "密级"} <= names
    told = json.loads(files["data/metadata.json"])
    assert set(told["digests"]) == {"dossier.json", "摘要.pdf"}


def test_one_byte_of_a_file_changed_is_found_and_named(house: House) -> None:
    """Of a material, of a service's rows, of the entries: that file and no other."""
    content = house.package(house.desk.a)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [each for each in archive.infolist() if "/data/" in each.filename and each.file_size]
    assert len(members) > 20
    for member in members:
        name, extra = struct.unpack_from("<HH", content, member.header_offset + 26)
        place = member.header_offset + 30 + name + extra
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        wrong = {fault.file for fault in house.check(changed).faults}
        assert member.filename.removeprefix("package/") in wrong
        assert all(
            each.startswith(("data/audit/", member.filename.removeprefix("package/"))) for each in wrong
        )


def test_two_packages_of_the_same_records_have_the_same_payload(house: House) -> None:
    """On one day, whatever was packed in between; an event more makes another."""
    house.package(house.desk.a)
    house.package(house.desk.b)
    house.package(house.desk.a, "auditor")
    one, _, other = (each["payload"] for each in house.registered())
    assert one == other
    house.desk.hold(house.desk.a)
    house.package(house.desk.a)
    assert house.registered()[-1]["payload"] != one


def test_a_cycles_package_holds_the_index_of_the_others(house: House) -> None:
    content = house.package(None)
    assert json.loads(_read(content)["data/packages.json"]) == {"packages": [], "without": 2}
    house.package(house.desk.a)
    content = house.package(None)
    files = _read(content)
    told = json.loads(files["data/packages.json"])
    known = [each for each in house.registered() if each["application_id"] == house.desk.a]
    assert [each["digest"] for each in told["packages"]] == [each["digest"] for each in known]
    assert told["without"] == 1
    assert json.loads(files["data/rows/intake/timeline.json"])
    assert "示例公司".encode() not in files["data/rows/intake/closings.json"]
    verdict = house.check(content, house.registered()[-1]["digest"])
    assert verdict.faults == []
    assert verdict.proved > 0


def test_what_is_destroyed_is_not_packed(house: House) -> None:
    desk = house.desk
    desk.day(DUE)
    desk.execute(desk.signed(desk.a))
    answer = house.asked(f"/cycles/{desk.cycle}/applications/{desk.a}/package")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "destroyed")
    desk.day(OVER)


def test_a_destruction_list_is_a_paper_that_says_who_signed(house: House) -> None:
    desk = house.desk
    desk.day(DUE)
    made = desk.signed()
    path = f"/api/v1/destruction-lists/{made['list_id']}/list.pdf"
    answer = house.bench.client.get(path, headers=house.bench.headers("auditor"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    for word in (
        "保管期限届满",
        "li，2036年1月4日",
        "wang（评审办公室）",
        "zhao（纪检监察）",
        "已签字，待执行",
        "不符合条件",
    ):
        assert word in text
    assert house.bench.client.get(path, headers=house.bench.headers("finance")).status_code == 403


def test_what_is_not_there_is_not_packed(house: House) -> None:
    assert house.asked(f"/cycles/{house.desk.cycle}/applications/none/package").status_code == 404
    house.content.remove(sha256("甲.pdf"))
    answer = house.asked(f"/cycles/{house.desk.cycle}/applications/{house.desk.a}/package")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "content_away")
    assert house.registered() == []


@pytest.mark.parametrize("role", ["applicant", "reviewer", "committee_member", "finance", "operator"])
def test_only_those_who_see_everything_get_packages(house: House, role: str) -> None:
    for path in ("/package", f"/applications/{house.desk.a}/package"):
        assert house.asked(f"/cycles/{house.desk.cycle}{path}", role).status_code == 403


def test_before_the_cycle_is_over_there_is_no_package(database_url: str, tmp_path: Path) -> None:
    desk = Archive(database_url)
    try:
        house = House(desk, tmp_path)
        answer = house.asked(f"/cycles/{desk.cycle}/applications/{desk.a}/package")
        assert (answer.status_code, answer.get_json()["code"]) == (409, "cycle_not_over")
        with pytest.raises(Problem):
            desk.rows(desk.a)
    finally:
        desk.close()

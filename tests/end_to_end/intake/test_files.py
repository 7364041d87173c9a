"""Files by the documented API with real processes: uploaded, looked into, read, previewed, handed in, signed for."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from tusclient import client as tus
from tusclient.exceptions import TusCommunicationError

from tests.end_to_end.intake.conftest import CODES, City, Dossier, until
from tests.support import uploads
from tests.support.clamd import EICAR

pytestmark = pytest.mark.e2e

MIB = 1 << 20


@pytest.fixture
def dossier(city: City, cycle: str, request: pytest.FixtureRequest) -> Dossier:
    """A draft of an applicant of this test's own."""
    name = hashlib.sha256(request.node.name.encode()).hexdigest()[:8]
    return Dossier(city, cycle, city.person(f"anna{name}", "applicant"))


def _nested(*names: str) -> bytes:
    """A PDF in as many archives, the innermost name first."""
    content = uploads.pdf("x")
    for name in names:
        content = uploads.zipped({name: content})
    return content


def test_from_the_upload_to_the_signature(city: City, dossier: Dossier) -> None:
    """Materials are uploaded, counted, previewed, covered by the receipt, signed for, and given to the auditor as one ZIP."""
    anna, office, auditor = dossier.who, city.office, city.person("au", "auditor")
    missing = anna.ok("GET", f"{dossier.path}/check")["expected"]
    assert any(one["condition"].startswith("material") or "材料" in one["reason_zh"] for one in missing)
    form = dossier.handed(uploads.word("申报表"), "申报表.docx", "application_form")
    words = "质量" * 500
    own = dossier.handed(uploads.word(words), "自评报告.docx", "self_assessment")
    proof = dossier.handed(uploads.pdf("certificate", "second page"), "证书.pdf")
    assert [file["state"] for file in (form, own, proof)] == ["accepted"] * 3
    assert (own["characters"], proof["pages"], proof["scan"]) == (1000, 2, "clean")

    page = anna("GET", f"{dossier.path}/files/{proof['file_id']}/pages/2")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "image/png")
    assert page.content.startswith(b"\x89PNG")
    assert words in anna("GET", f"{dossier.path}/files/{own['file_id']}/text").text
    got = office("GET", f"{dossier.path}/files/{proof['file_id']}/content")
    assert hashlib.sha256(got.content).hexdigest() == proof["digest"].partition(":")[2]
    assert city.person("eve", "applicant")(
        "GET", f"{dossier.path}/files/{proof['file_id']}/content"
    ).status_code == 404  # fmt: skip

    anna.ok("PATCH", dossier.path, {"revision": 1, "parts": {"uscc": next(CODES)}})
    line = anna.ok("POST", f"{dossier.path}/submission")
    frozen = office.ok("GET", f"{dossier.path}/receipt")["submissions"][0]["dossier"]
    assert {file["file_name"] for file in frozen["files"]} == {"申报表.docx", "自评报告.docx", "证书.pdf"}
    assert frozen["facts"]["self_assessment_chars"] == 1000
    assert set(frozen["materials"]) == {"application_form", "self_assessment", "proofs"}
    assert dossier.put(b"x", "迟到.pdf").status_code == 409
    assert anna("DELETE", f"{dossier.path}/files/{proof['file_id']}").status_code == 409
    office.ok("POST", f"{dossier.path}/acceptance", {"digest": line["receipt"]})

    whole = auditor("GET", f"{dossier.path}/dossier.zip")
    assert int(whole.headers["Content-Length"]) == len(whole.content)
    archive = zipfile.ZipFile(io.BytesIO(whole.content))
    assert archive.testzip() is None
    assert f"sha256:{hashlib.sha256(archive.read('dossier.json')).hexdigest()}" == line["receipt"]
    for row in archive.read("索引.txt").decode().splitlines():
        if not row.startswith("#"):
            digest, _, path = row.partition("  ")
            assert hashlib.sha256(archive.read(path)).hexdigest() == digest
    assert {e["department"] for e in json.loads(archive.read("enquiries.json"))["enquiries"]}


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("证书.pdf", uploads.picture, "wrong_kind"),
        ("证书.pdf", lambda: uploads.pdf("cut off")[:-200], "broken"),
        ("证书.pdf", lambda: uploads.locked_pdf(uploads.pdf("secret"), "user", "owner"), "encrypted"),
        ("证书.zip", lambda: _nested("d.pdf", "c.zip", "b.zip"), "too_deep"),
        ("证书.zip", lambda: uploads.zipped({"big.pdf": bytes(200 * MIB)}), "expands_too_much"),
        ("证书.zip", lambda: uploads.zipped({"../outside.pdf": uploads.pdf("x")}), "unsafe_names"),
        ("证书.png", lambda: uploads.huge_png(60_000, 60_000), "too_many_pixels"),
        ("证书.doc", lambda: uploads.old_word(storages=["Macros", "VBA"]), "macros"),
        ("证书.zip", lambda: uploads.zipped({"one.pdf": EICAR}, zipfile.ZIP_STORED), "infected"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused_with_the_reason(
    dossier: Dossier, name: str, make: Callable[[], bytes], reason: str
) -> None:
    """It counts for nothing, is given to nobody, and keeps the dossier back until it is removed."""
    file = dossier.handed(make(), name)
    assert (file["state"], [one["code"] for one in file["reasons"]]) == ("refused", [reason])
    assert all(one["zh"] and one["en"] for one in file["reasons"])
    path = f"{dossier.path}/files/{file['file_id']}"
    assert dossier.who("GET", f"{path}/content").json()["code"] == "file_refused"
    faults = dossier.who.ok("GET", f"{dossier.path}/check")["faults"]
    assert "materials.proofs" in {fault["field"] for fault in faults}
    dossier.who.ok("DELETE", path)
    faults = dossier.who.ok("GET", f"{dossier.path}/check")["faults"]
    assert "materials.proofs" not in {fault["field"] for fault in faults}


def test_50_mb_are_taken_and_one_byte_more_is_not(dossier: Dossier) -> None:
    """The length is looked at before anything is kept."""
    largest = dossier.who.ok("GET", f"{dossier.path}/files")["terms"]["largest_bytes"]
    assert largest == 50 * MIB
    content = uploads.pdf("large", extra=f"/Padding({'x' * (largest - 2000)})")
    content += b"\n" * (largest - len(content))
    assert dossier.put(content + b"\n", "大文件.pdf").json()["code"] == "too_large"
    answer = dossier.put(content, "大文件.pdf")
    assert answer.status_code == 201
    assert dossier.checked(answer.json()["file_id"])["state"] == "accepted"
    again = dossier.put(content, "同一文件.pdf")
    assert (again.status_code, again.json()["code"]) == (409, "duplicate_file")


def test_an_upload_that_was_cut_off_is_resumed(city: City, dossier: Dossier, tmp_path: Path) -> None:
    """By a client that others wrote, over another connection; the gateway itself was killed in between."""
    content = tmp_path / "证书.pdf"
    content.write_bytes(uploads.pdf("long", extra=f"/Padding({'x' * 3 * MIB})"))
    bearer = {"Authorization": f"Bearer {dossier.who.token}"}
    client = tus.TusClient(f"{city.stack.gateway_url}/api/v1{dossier.path}/uploads", headers=bearer)
    told: dict[str, Any] = {"metadata": {"filename": "证书.pdf", "material": "proofs"}, "chunk_size": MIB}
    with content.open("rb") as stream:
        first = client.uploader(file_stream=stream, **told)
        first.upload_chunk()
        assert first.offset == MIB
    city.stack.processes["gateway"].kill()
    city.stack.wait_ready()
    with content.open("rb") as stream:
        second = client.uploader(file_stream=stream, url=first.url, **told)
        assert second.offset == MIB
        second.upload()
    with pytest.raises(TusCommunicationError):
        client.uploader(file_stream=io.BytesIO(bytes(50 * MIB + 1)), **told).upload()
    state = requests.head(first.url, headers={**bearer, "Tus-Resumable": "1.0.0"}, timeout=30)
    file = dossier.checked(state.headers["Zhiheng-File"])
    assert file["state"] == "accepted"
    assert file["digest"] == f"sha256:{hashlib.sha256(content.read_bytes()).hexdigest()}"


def test_a_stamped_reply_and_a_credit_report_are_evidence(city: City, dossier: Dossier) -> None:
    """The clerk's answer names the file that the clerk uploaded; the office reads it; another department's clerk does not."""
    anna, office = dossier.who, city.office
    anna.ok("PATCH", dossier.path, {"revision": 1, "parts": {"uscc": (code := next(CODES))}})
    line = anna.ok("POST", f"{dossier.path}/submission")
    office.ok("POST", f"{dossier.path}/acceptance", {"digest": line["receipt"]})
    chen = city.person("chen", "department_clerk", "safety")
    stranger = city.person("zhou", "department_clerk", "labour")
    brought = dossier.put(uploads.pdf("stamped"), "复函.pdf", who=chen, use="evidence")
    assert brought.status_code == 201, brought.text
    file_id = brought.json()["file_id"]
    dossier.checked(file_id, chen)
    answer = {
        "department": "safety", "reference": dossier.id, "uscc": code, "no_records": True,
        "evidence": "示例函〔2025〕1号", "file_id": file_id,
    }  # fmt: skip
    del answer["department"]
    chen.ok("POST", f"{dossier.path}/enquiries/safety/answer", answer)
    history = office.ok("GET", f"{dossier.path}/enquiries")["history"]
    assert file_id in {line["file"]["file_id"] for line in history if line["file"]}
    assert office("GET", f"{dossier.path}/files/{file_id}/content").content == uploads.pdf("stamped")
    for who in (anna, stranger):
        assert who("GET", f"{dossier.path}/files/{file_id}/content").status_code == 404

    asked = f"{dossier.path}/enquiries"
    until(
        "the other departments answer",
        lambda: all(one["state"] == "answered" for one in office.ok("GET", asked)["enquiries"]),
    )
    report = dossier.put(uploads.pdf("credit"), "信用报告.pdf", use="evidence").json()["file_id"]
    dossier.checked(report)
    body = {"issuer": "示例信用中心", "issued_on": "2025-05-15", "file_id": report}
    anna.ok("POST", f"{dossier.path}/credit-reports", body)
    assert office.ok("GET", asked)["history"][-1]["file"]["file_id"] == report


def test_a_file_is_looked_into_though_intake_was_killed(city: City, dossier: Dossier) -> None:
    """The event is the broker's until it is dealt with: nobody has to upload a file again."""
    answer = dossier.put(uploads.pdf("slow", extra=f"/Padding({'x' * 20 * MIB})"), "证书.pdf")
    city.stack.processes["intake"].kill()
    city.stack.wait_ready()
    assert dossier.checked(answer.json()["file_id"])["state"] == "accepted"

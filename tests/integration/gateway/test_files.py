"""Files over HTTP: whole and in parts, into the store and out of it, with an intake that answers as its contract says."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.gateway import uploads
from shared.clock import SHANGHAI, FixedClock
from shared.content.base import Base
from shared.contracts import Context
from shared.contracts.operations import WATCHERS
from shared.problems import Conflict, NotFound, Unavailable
from tests.support.gateway import Bench, InProcess, answered, make_bench

pytestmark = pytest.mark.integration

APPLICATION, FILE = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c", "f1"
PATH = f"/api/v1/applications/{APPLICATION}"
MIB = 1 << 20
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass
class Desk:
    """What intake would know of files: the ones that it was told of, and whether it takes any."""

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuses: Exception | None = None
    away: int = 0  # so many more times nobody is there

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        found = answered(service, method, data, context)
        if self.refuses is not None and method in {"may_add_file", "add_file"}:
            raise self.refuses
        if method == "add_file":
            if self.away:
                self.away -= 1
                raise Unavailable("不在", "away")
            return self.files.setdefault(
                context.message_id,
                {
                    **found, **data, "file_id": f"f{len(self.files) + 1}", "state": "accepted", "previews": [], "reasons": [],
                    "notes": [], "kind": "pdf",
                },
            )  # fmt: skip
        if method == "file":
            return self.one(data["file_id"])
        if method == "file_previews":
            return {"previews": self.one(data["file_id"])["previews"]}
        if method == "dossier":
            if self.refuses is not None:
                raise self.refuses
            return {**found, "dossier": {**found["dossier"], "files": list(self.files.values())}}
        if method == "receipt":
            return {**found, "submissions": [], "accepted": None}
        if method == "files":
            return {**found, "files": list(self.files.values())}
        return found

    def one(self, file_id: str) -> dict[str, Any]:
        for file in self.files.values():
            if file["file_id"] == file_id:
                return file
        raise NotFound("没有", "none")


@dataclass
class Counter:
    """A gateway with its store of content, and the intake behind it."""

    bench: Bench
    desk: Desk
    clock: FixedClock

    def __call__(
        self, verb: str, path: str, role: str | None = "applicant", body: bytes = b"", **headers: str
    ) -> Any:
        given = self.bench.headers(role) | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.bench.client.open(path, method=verb, data=body, headers=given)

    def put(self, content: bytes, name: str = "证书.pdf", **query: str) -> Any:
        """A whole file in one request."""
        asked = {"material": "proofs", "file_name": name, **query}
        return self.bench.client.post(
            f"{PATH}/files", query_string=asked, data=content, headers=self.bench.headers("applicant")
        )

    def begin(self, length: int, name: str = "证书.pdf", **headers: str) -> Any:
        told = {
            **TUS, "Upload-Length": str(length), "Upload-Metadata": _metadata(filename=name, material="proofs"), **headers,
        }  # fmt: skip
        return self("POST", f"{PATH}/uploads", **told)

    def part(self, place: str, offset: int, content: bytes, role: str = "applicant", **headers: str) -> Any:
        told = {
            **TUS,
            "Content-Type": uploads.PART,
            "Upload-Offset": str(offset),
            **headers,
        }
        return self("PATCH", place, role, content, **told)

    def kept(self) -> list[Path]:
        """The files under the store that are content."""
        root = Path(self.bench.gateway.settings.content_url.removeprefix("file://"))
        return [path for path in (root / "content").rglob("*") if path.is_file()]


def _metadata(**given: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in given.items())


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    desk, clock = Desk(), FixedClock(datetime(2025, 5, 12, 9, 30, tzinfo=SHANGHAI))
    bench = make_bench(
        tmp_path,
        InProcess(desk),
        clock=clock,
        file_largest_bytes=2 * MIB,
        upload_part_bytes=MIB,
        remember=0.0,
    )
    yield Counter(bench, desk, clock)
    bench.store.close()


# --- whole ----------------------------------------------------------------------------------------------------------


def test_a_file_goes_into_the_store_and_comes_out_as_it_was(counter: Counter) -> None:
    """Under its digest, as an attachment with its Chinese name; the bytes are never shown in place."""
    content = b"%PDF-1.7 " + b"x" * 200_000
    answer = counter.put(content)
    assert answer.status_code == 201
    assert answer.json["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert answer.json["size"] == len(content)
    got = counter("GET", f"{PATH}/files/{FILE}/content")
    assert got.data == content
    assert got.headers["Content-Length"] == str(len(content))
    assert got.headers["Content-Disposition"].startswith('attachment; filename="download.pdf"; ')
    assert "filename*=UTF-8''%E8%AF%81%E4%B9%A6.pdf" in got.headers["Content-Disposition"]
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"


def test_one_byte_too_many_is_refused_and_nothing_is_kept(counter: Counter) -> None:
    """The largest file itself is taken."""
    assert counter.put(b"x" * (2 * MIB)).status_code == 201
    answer = counter.put(b"y" * (2 * MIB + 1), "另一份.pdf")
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert "2 MB" in answer.json["detail_zh"]
    assert len(counter.kept()) == 1


def test_the_usual_limit_is_50_mb() -> None:
    from shared.config import Settings

    assert Settings().file_largest_bytes == 50 * MIB


def test_what_intake_refuses_is_not_kept(counter: Counter) -> None:
    """It is asked before the first byte is kept, so that a stranger cannot fill the store."""
    counter.desk.refuses = NotFound("没有这份申报", "no such application")
    assert counter.put(b"x").status_code == 404
    assert counter.kept() == []


def test_a_name_that_is_a_path_is_refused(counter: Counter) -> None:
    answer = counter.put(b"x", "../etc/passwd.pdf")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "file_name")


def test_a_key_that_comes_again_has_one_effect(counter: Counter) -> None:
    asked = {"material": "proofs", "file_name": "证书.pdf"}
    headers = counter.bench.headers("applicant") | {"Idempotency-Key": "one-file"}
    for _ in range(2):
        answer = counter.bench.client.post(f"{PATH}/files", query_string=asked, data=b"x", headers=headers)
        assert answer.json["file_id"] == FILE
    assert len(counter.desk.files) == 1


@pytest.mark.parametrize("state", ["checking", "refused"])
def test_only_what_was_accepted_is_given(counter: Counter, state: str) -> None:
    counter.put(b"x")
    counter.desk.one(FILE)["state"] = state
    answer = counter("GET", f"{PATH}/files/{FILE}/content")
    assert (answer.status_code, answer.json["code"]) == (409, f"file_{state}")


def test_who_read_which_file_is_in_the_audit_log(counter: Counter) -> None:
    counter.put(b"x")
    counter("GET", f"{PATH}/files/{FILE}/content", "auditor")
    audit = counter.bench.store.tables.audit
    with counter.bench.store.reading() as connection:
        query = select(audit.c.actor, audit.c.reason).where(audit.c.action == "file:read")
        ((actor, reason),) = connection.execute(query).all()
    assert FILE in reason
    assert actor == counter.bench.identity.session(counter.bench.token("auditor")).subject


def test_a_reviewer_gets_the_files_of_what_it_may_read(counter: Counter) -> None:
    """Review says whether it may; a file that is not in the frozen dossier is not there; the audit log has the reading."""
    counter.put(b"%PDF-1.7 papers")
    path = "/api/v1/cycles/rehearsal-cycle/reviews/a1/files"
    answer = counter("GET", f"{path}/{FILE}/content", "reviewer")
    assert (answer.status_code, answer.data) == (200, b"%PDF-1.7 papers")
    assert counter("GET", f"{path}/f9/content", "reviewer").status_code == 404
    audit = counter.bench.store.tables.audit
    with counter.bench.store.reading() as connection:
        query = select(audit.c.reason).where(audit.c.action == "file:read")
        ((reason,),) = connection.execute(query).all()
    assert '"a1"' in reason
    counter.desk.refuses = NotFound("没有这项评审任务", "no such assignment of yours")
    assert counter("GET", f"{path}/{FILE}/content", "reviewer").status_code == 404
    counter.desk.refuses = Conflict("请先申明", "state first", code="statement_required")
    refused = counter("GET", f"{path}/{FILE}/content", "reviewer")
    assert (refused.status_code, refused.json["code"]) == (409, "statement_required")


def test_a_reviewer_reads_in_place_what_it_may_read(counter: Counter) -> None:
    """How many pages there are, then each page's picture; where there is none, the words; only where review lets it."""
    counter.put(b"%PDF-1.7 papers")
    picture = counter.bench.gateway.content.write([b"\x89PNG"], limit=10)  # type: ignore[union-attr]
    text = counter.bench.gateway.content.write(["自评".encode()], limit=10)  # type: ignore[union-attr]
    counter.desk.one(FILE)["previews"] = [
        {"page": 1, "media_type": "image/png", "digest": picture.digest, "size": picture.size},
        {"page": 1, "media_type": "text/plain; charset=utf-8", "digest": text.digest, "size": text.size},
    ]
    path = f"/api/v1/cycles/rehearsal-cycle/reviews/a1/files/{FILE}/pages"
    assert counter("GET", path, "reviewer").json == {"pages": 1, "words": ""}
    page = counter("GET", f"{path}/1", "reviewer", Accept="image/png")
    assert (page.status_code, page.data, page.mimetype) == (200, b"\x89PNG", "image/png")
    assert counter("GET", f"{path}/2", "reviewer").status_code == 404
    counter.desk.one(FILE)["previews"].pop(0)
    assert counter("GET", path, "reviewer").json == {"pages": 0, "words": "自评"}
    counter.desk.refuses = NotFound("没有这项评审任务", "no such assignment of yours")
    for address in (path, f"{path}/1"):
        assert counter("GET", address, "reviewer").status_code == 404


def test_damaged_content_is_not_taken_for_whole(counter: Counter) -> None:
    """What is gone is a problem before an answer begins, and the log knows which; nobody gets an empty file."""
    counter.put(b"x")
    (path,) = counter.kept()
    path.unlink()
    answer = counter("GET", f"{PATH}/files/{FILE}/content")
    assert (answer.status_code, answer.json["code"]) == (503, "content_away")


def test_previews_are_pictures_and_text_of_our_own(counter: Counter) -> None:
    counter.put(b"x")
    picture = counter.bench.gateway.content.write([b"\x89PNG"], limit=10)  # type: ignore[union-attr]
    text = counter.bench.gateway.content.write(["自评".encode()], limit=10)  # type: ignore[union-attr]
    counter.desk.one(FILE)["previews"] = [
        {"page": 1, "media_type": "image/png", "digest": picture.digest, "size": picture.size},
        {"page": 1, "media_type": "text/plain; charset=utf-8", "digest": text.digest, "size": text.size},
    ]
    page = counter("GET", f"{PATH}/files/{FILE}/pages/1")
    assert (page.data, page.mimetype) == (b"\x89PNG", "image/png")
    assert "sandbox" in page.headers["Content-Security-Policy"]
    words = counter("GET", f"{PATH}/files/{FILE}/text")
    assert (words.data.decode(), words.content_type) == ("自评", "text/plain; charset=utf-8")
    assert counter("GET", f"{PATH}/files/{FILE}/pages/2").status_code == 404
    for accept, status in (("image/png", 200), ("image/*", 200), ("text/html", 406)):
        assert counter("GET", f"{PATH}/files/{FILE}/pages/1", Accept=accept).status_code == status


def test_without_a_store_nothing_is_taken(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, InProcess(Desk()), content_url="")
    answer = bench.client.post(
        f"{PATH}/files?material=proofs&file_name=a.pdf", data=b"x", headers=bench.headers("applicant")
    )
    assert (answer.status_code, answer.json["code"]) == (503, "not_set_up")
    bench.store.close()


# --- in parts -------------------------------------------------------------------------------------------------------


def test_parts_make_a_file(counter: Counter) -> None:
    """Begun, asked how far it has come, gone on with, whole; intake is told once, with the digest of all of it."""
    content = bytes(range(256)) * 6000
    begun = counter.begin(len(content))
    place = begun.headers["Location"]
    assert (begun.status_code, begun.headers["Tus-Resumable"]) == (201, "1.0.0")
    assert begun.headers["Upload-Expires"] == "Tue, 13 May 2025 01:30:00 GMT"
    first = counter.part(place, 0, content[:MIB])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(MIB))
    state = counter("HEAD", place, **TUS)
    assert (state.headers["Upload-Offset"], state.headers["Upload-Length"]) == (str(MIB), str(len(content)))
    last = counter.part(place, MIB, content[MIB:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(content)))
    assert last.headers[uploads.FILE_HEADER] == FILE
    (file,) = counter.desk.files.values()
    assert (file["digest"], file["file_name"], file["material"]) == (
        f"sha256:{hashlib.sha256(content).hexdigest()}",
        "证书.pdf",
        "proofs",
    )
    assert counter("HEAD", place, **TUS).headers[uploads.FILE_HEADER] == FILE


def test_a_part_that_does_not_go_on_where_the_last_ended_is_refused(counter: Counter) -> None:
    place = counter.begin(10).headers["Location"]
    counter.part(place, 0, b"12345")
    for offset in (0, 4, 6):
        answer = counter.part(place, offset, b"x")
        assert (answer.status_code, answer.json["code"]) == (409, "wrong_offset")
        assert "5" in answer.json["detail_en"]
    assert counter.part(place, 5, b"678901").json["code"] == "too_long"
    assert counter.part(place, 5, b"67890").status_code == 204


def test_each_part_costs_one_look_into_the_store(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a bucket each look is a listing: none but the store's own, before it keeps the part."""
    store, looks = counter.bench.gateway.content, []
    assert isinstance(store, Base)
    look = store._parts
    monkeypatch.setattr(store, "_parts", lambda upload: looks.append(upload) or look(upload))
    place = counter.begin(15).headers["Location"]
    for offset in (0, 5):
        looks.clear()
        assert counter.part(place, offset, b"12345").status_code == 204
        assert len(looks) == 1
    looks.clear()
    assert counter.part(place, 5, b"12345").json["code"] == "wrong_offset"
    assert len(looks) == 1


def test_a_part_that_was_damaged_on_its_way_is_sent_again(counter: Counter) -> None:
    """Nothing of it is kept; a checksum that nobody knows is refused."""
    place = counter.begin(5).headers["Location"]
    right = base64.b64encode(hashlib.sha256(b"12345").digest()).decode()
    wrong = counter.part(place, 0, b"12346", **{"Upload-Checksum": f"sha256 {right}"})
    assert (wrong.status_code, wrong.json["code"]) == (460, "checksum_mismatch")
    assert counter("HEAD", place, **TUS).headers["Upload-Offset"] == "0"
    assert counter.part(place, 0, b"12345", **{"Upload-Checksum": "crc32 AAAA"}).status_code == 400
    assert counter.part(place, 0, b"12345", **{"Upload-Checksum": f"sha256 {right}"}).status_code == 204


def test_an_upload_is_whoevers_it_is(counter: Counter) -> None:
    """To others it does not exist."""
    place = counter.begin(5).headers["Location"]
    for verb in ("HEAD", "DELETE"):
        assert counter(verb, place, "award_office", **TUS).status_code == 404
    assert counter.part(place, 0, b"12345", "award_office").status_code == 404


def test_too_long_a_file_is_refused_before_its_first_byte(counter: Counter) -> None:
    assert counter.begin(2 * MIB).status_code == 201
    answer = counter.begin(2 * MIB + 1)
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    place = counter.begin(2 * MIB).headers["Location"]
    assert counter.part(place, 0, b"x" * (MIB + 1)).status_code == 413


def test_what_a_client_has_to_say(counter: Counter) -> None:
    """Another version, no length, no name, no Base64, another type of content: each refused in words."""
    assert counter.begin(5, **{"Tus-Resumable": "0.2"}).status_code == 412
    assert counter.begin(5, **{"Upload-Length": "five"}).json["code"] == "bad_header"
    assert counter.begin(5, **{"Upload-Metadata": "material cHJvb2Zz"}).json["errors"][0]["field"] == (
        "Upload-Metadata"
    )
    assert counter.begin(5, **{"Upload-Metadata": "filename ???"}).status_code == 422
    place = counter.begin(5).headers["Location"]
    assert counter.part(place, 0, b"12345", **{"Content-Type": "application/pdf"}).status_code == 415
    terms = counter("OPTIONS", "/api/v1/uploads", None)
    assert (terms.status_code, terms.headers["Tus-Max-Size"]) == (204, str(2 * MIB))
    assert "creation" in terms.headers["Tus-Extension"]


def test_a_last_part_whose_answer_is_lost_is_finished_by_asking_again(counter: Counter) -> None:
    """Intake was away when the file was whole: the parts are kept together, and an empty part ends it."""
    place = counter.begin(5).headers["Location"]
    counter.desk.away = 1
    assert counter.part(place, 0, b"12345").status_code == 503
    assert counter("HEAD", place, **TUS).headers["Upload-Offset"] == "5"
    done = counter.part(place, 5, b"")
    assert (done.status_code, done.headers[uploads.FILE_HEADER]) == (204, FILE)
    again = counter.part(place, 5, b"")
    assert (again.headers[uploads.FILE_HEADER], len(counter.desk.files)) == (FILE, 1)


def test_a_file_that_may_not_be_added_any_more_ends_its_upload(counter: Counter) -> None:
    """Applications closed on the way: the reason is intake's, and there is nothing to go on with."""
    place = counter.begin(5).headers["Location"]
    counter.desk.refuses = Conflict("已截止", "closed", code="closed")
    answer = counter.part(place, 0, b"12345")
    assert (answer.status_code, answer.json["code"]) == (409, "closed")
    assert counter("HEAD", place, **TUS).status_code == 404


def test_two_writers_of_one_upload_do_not_mix(counter: Counter) -> None:
    """While one writes the other is told that it is in use; a writer that died lets go after a while."""
    place = counter.begin(10).headers["Location"]
    upload_id = place.rpartition("/")[2]
    state = uploads._Uploads(counter.bench.gateway)
    with counter.bench.store.read() as work:
        row = work.session.get(uploads.Upload, upload_id)
        assert row is not None
        upload = uploads._state(row)
    with state.claimed(upload):
        answer = counter.part(place, 0, b"12345")
        assert (answer.status_code, answer.json["code"]) == (423, "locked")
        counter.clock.move(timedelta(minutes=3))
        assert counter.part(place, 0, b"12345").status_code == 204


def test_an_upload_that_nobody_goes_on_with_is_forgotten(counter: Counter) -> None:
    """With its parts; one that is given up at once."""
    place = counter.begin(10).headers["Location"]
    counter.part(place, 0, b"12345")
    counter.clock.move(timedelta(hours=25))
    counter.bench.tokens.clear()  # they have ended too
    assert counter("HEAD", place, **TUS).status_code == 404
    assert uploads.purge(counter.bench.gateway) == 1
    other = counter.begin(10).headers["Location"]
    counter.part(other, 0, b"12345")
    assert counter("DELETE", other, **TUS).status_code == 204
    assert counter("HEAD", other, **TUS).status_code == 404
    root = Path(counter.bench.gateway.settings.content_url.removeprefix("file://"))
    assert [path for path in (root / "parts").rglob("*") if path.is_file()] == []


def test_a_key_that_comes_again_begins_the_same_upload(counter: Counter) -> None:
    key = {"Idempotency-Key": "one-upload"}
    places = {counter.begin(5, **key).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert counter.begin(6, **key).json["code"] == "key_reused"
    other = _metadata(filename="证书.pdf", material="self_assessment")
    assert counter.begin(5, **key, **{"Upload-Metadata": other}).json["code"] == "key_reused"
    elsewhere = f"/api/v1/applications/{FILE}/uploads"
    told = {
        **TUS,
        "Upload-Length": "5",
        "Upload-Metadata": _metadata(filename="证书.pdf", material="proofs"),
        **key,
    }
    assert counter("POST", elsewhere, **told).json["code"] == "key_reused", "it would lie in another dossier"


# --- the dossier ----------------------------------------------------------------------------------------------------


def test_a_whole_dossier_is_one_zip(counter: Counter) -> None:
    """Its length is said before; every file lies under its material, and the index names each with its digest."""
    contents = [b"one", b"two" * 100_000]
    for number, content in enumerate(contents):
        counter.put(content, f"证书{number}.pdf")
    answer = counter("GET", f"{PATH}/dossier.zip", "auditor")
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(len(answer.data))
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    names = archive.namelist()
    index = archive.read("索引.txt").decode()
    for number, content in enumerate(contents):
        path = f"材料/proofs/{number + 1:02d}-证书{number}.pdf"
        assert archive.read(path) == content
        assert f"{hashlib.sha256(content).hexdigest()}  {path}" in index
        assert path in archive.read("索引.csv").decode("utf-8-sig")
    assert {"receipt.json", "enquiries.json"} < set(names)


def test_a_long_name_of_a_file_can_be_unpacked_everywhere(counter: Counter) -> None:
    """200 characters of three bytes each: most systems keep 255 bytes. Shortened, its ending kept; the index has all of it."""
    name = "证" * 196 + ".pdf"
    counter.put(b"one", name)
    archive = zipfile.ZipFile(io.BytesIO(counter("GET", f"{PATH}/dossier.zip", "auditor").data))
    (path,) = (each for each in archive.namelist() if each.startswith("材料/"))
    assert all(len(part.encode()) <= 255 for part in path.split("/"))
    assert path.startswith("材料/proofs/01-证证")
    assert path.endswith("证.pdf")
    assert path in archive.read("索引.txt").decode()
    assert name in archive.read("索引.csv").decode("utf-8-sig")


def test_departments_answers_are_in_the_watchers_alone(counter: Counter) -> None:
    """An applicant's ZIP has its own dossier."""
    for role in WATCHERS:
        watched = zipfile.ZipFile(io.BytesIO(counter("GET", f"{PATH}/dossier.zip", role).data))
        assert "enquiries.json" in watched.namelist(), role
    answer = counter("GET", f"{PATH}/dossier.zip")
    assert "enquiries.json" not in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()

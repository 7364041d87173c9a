"""A bag, and the check of one without the system: whatever is changed is found, and the file is named."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.records.bag import Bag, Payload, read_manifest, small
from shared.records.verify import Verdict, main, verify

FILES = {
    "metadata.json": b'{"digests": {}}',
    "files/材料/01-证书.pdf": b"%PDF certificate",
    "rows/intake/files.json": b"[]",
}
INFO = {"External-Description": "示例公司：\n申报档案"}


def bag(files: dict[str, bytes] | None = None) -> Bag:
    made = FILES if files is None else files
    return Bag("package", tuple(small(path, content) for path, content in sorted(made.items())), INFO)


def packed(made: Bag, replaced: dict[str, bytes | None] | None = None) -> bytes:
    """The bag as a ZIP; `replaced` changes or leaves out members by their name inside the folder."""
    members = {**made.tag_files()}
    members |= {f"data/{payload.path}": b"".join(payload.read()) for payload in made.payloads}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {**members, **(replaced or {})}.items():
            if content is not None:
                archive.writestr(zipfile.ZipInfo(f"{made.name}/{name}"), content)
    return out.getvalue()


def checked(folder: Path, content: bytes, expected: str | None = None) -> Verdict:
    path = folder / "package.zip"
    path.write_bytes(content)
    return verify(path, expected)


def test_a_bag_is_whole_and_known_by_its_digest(tmp_path: Path) -> None:
    made = bag()
    verdict = checked(tmp_path, packed(made), made.digest)
    assert verdict.faults == []
    assert (verdict.digest, verdict.payload, verdict.files) == (made.digest, made.payload_digest, 3)
    assert verdict.size == sum(map(len, FILES.values()))


def test_its_tag_files_are_those_of_bagit() -> None:
    """Declaration, one line an entry, Payload-Oxum; the manifest sorted by path."""
    tags = {name: content.decode() for name, content in bag().tag_files().items()}
    assert tags["bagit.txt"] == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    size = sum(map(len, FILES.values()))
    assert tags["bag-info.txt"] == f"External-Description: 示例公司： 申报档案\nPayload-Oxum: {size}.3\n"
    paths = [line.split("  ", 1)[1] for line in tags["manifest-sha256.txt"].splitlines()]
    assert paths == sorted(f"data/{path}" for path in FILES)
    named = [line.split("  ", 1)[1] for line in tags["tagmanifest-sha256.txt"].splitlines()]
    assert named == ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"]


def test_the_same_payload_has_the_same_digest() -> None:
    """Whenever it is packed; another name or another byte has another."""
    one = bag()
    later = Bag("package", one.payloads, {**INFO, "Bagging-Date": "2036-01-04"})
    assert (one.payload_digest == later.payload_digest, one.digest == later.digest) == (True, False)
    assert bag({**FILES, "metadata.json": b"{}"}).payload_digest != one.payload_digest


@pytest.mark.parametrize("path", ["", "/x", "../x", "a/../b", "a//b", "a\\b", "."])
def test_no_path_leads_outside(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        bag({path: b""})


def test_no_path_is_there_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        Bag("package", (small("a", b"1"), small("a", b"2")), {})


@given(st.text(st.characters(exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1))
def test_manifests_are_read_as_they_were_written(name: str) -> None:
    """Line breaks and percents too."""
    made = Bag("package", (small(f"x-{name}", b"1"),), {})
    assert {path: sha for sha, path in read_manifest(made.manifest())} == {
        f"data/x-{name}": hashlib.sha256(b"1").hexdigest()
    }


@pytest.mark.parametrize(
    "name",
    [
        "data/files/材料/01-证书.pdf",
        "data/metadata.json",
        "bag-info.txt",
        "bagit.txt",
        "manifest-sha256.txt",
    ],
)
def test_a_changed_file_is_named(tmp_path: Path, name: str) -> None:
    """One byte of it, whatever the ZIP's own sums say."""
    made = bag()
    had = {**made.tag_files(), **{f"data/{path}": content for path, content in FILES.items()}}[name]
    changed = bytes([had[0] ^ 1]) + had[1:]
    verdict = checked(tmp_path, packed(made, {name: changed}))
    assert name in {fault.file for fault in verdict.faults}


def test_missing_and_added_files_are_named(tmp_path: Path) -> None:
    made = bag()
    without = checked(tmp_path, packed(made, {"data/metadata.json": None}))
    assert [(f.file, f.reason_en) for f in without.faults] == [("data/metadata.json", "is missing")]
    more = checked(tmp_path, packed(made, {"data/more.txt": b"x"}))
    assert [(f.file, f.reason_en) for f in more.faults] == [("data/more.txt", "is in no manifest")]
    for name in ("bagit.txt", "tagmanifest-sha256.txt"):
        verdict = checked(tmp_path, packed(made, {name: None}))
        assert (name, "is missing") in {(f.file, f.reason_en) for f in verdict.faults}


def test_a_package_made_up_anew_is_found_by_its_digest(tmp_path: Path) -> None:
    """Manifests and all agree; it is not the one that was registered."""
    forged = bag({**FILES, "files/材料/01-证书.pdf": b"%PDF another one"})
    content = packed(forged)
    assert checked(tmp_path, content).whole
    verdict = checked(tmp_path, content, bag().digest)
    assert [fault.file for fault in verdict.faults] == ["tagmanifest-sha256.txt"]


def test_every_byte_counts(tmp_path: Path) -> None:
    """One bit anywhere in the content of a member changed: never whole, and the member is named."""
    made = bag()
    content = packed(made)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    for member in members:
        start = content.index(member.filename.encode()) + len(member.filename.encode())
        for offset in range(member.file_size):
            place = start + offset
            changed = content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]
            verdict = checked(tmp_path, changed)
            assert member.filename.removeprefix("package/") in {f.file for f in verdict.faults}, place


@given(data=st.data())
def test_a_bit_changed_anywhere_is_no_other_package(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Also in the ZIP's own bookkeeping: either it is found, or every file is still what it was."""
    made = bag()
    content = packed(made)
    place = data.draw(st.integers(0, len(content) - 1))
    changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    verdict = checked(tmp_path_factory.mktemp("bag"), changed, made.digest)
    assert not verdict.whole or (verdict.files, verdict.payload) == (3, made.payload_digest)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_package_is_no_fault_of_ours(tmp_path: Path, content: bytes) -> None:
    assert not checked(tmp_path, content).whole


def test_the_metadata_names_digests_that_hold(tmp_path: Path) -> None:
    """The summary's, and the dossier's as the receipt has it."""
    pdf = b"%PDF summary"
    told = {"digests": {"摘要.pdf": f"sha256:{hashlib.sha256(pdf).hexdigest()}"}}
    files = {"metadata.json": json.dumps(told).encode(), "摘要.pdf": pdf}
    assert checked(tmp_path, packed(bag(files))).whole
    verdict = checked(tmp_path, packed(bag({**files, "摘要.pdf": b"%PDF forged"})))
    assert [fault.file for fault in verdict.faults] == ["data/摘要.pdf"]


def _encrypted(content: bytes) -> bytes:
    """Every member's flag says that it takes a password."""
    changed = bytearray(content)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            changed[place + flags] |= 1
            place = content.find(mark, place + 1)
    return bytes(changed)


def test_members_under_a_password_are_named(tmp_path: Path) -> None:
    named = {fault.file for fault in checked(tmp_path, _encrypted(packed(bag()))).faults}
    assert {"bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"} <= named


ENTRIES, SEALS = "audit/intake/entries.json", "audit/intake/seals.json"
SEAL = b'[{"sequence": 1, "algorithm": "sha256", "ids": ["a"]}]'


@pytest.mark.parametrize(
    ("path", "content", "seals"),
    [
        ("metadata.json", b"[" * 200_000, SEAL),
        ("metadata.json", b"[]", SEAL),
        ("metadata.json", b'{"digests": ["x"]}', SEAL),
        (ENTRIES, b"[" * 200_000, SEAL),
        (ENTRIES, b"[1]", SEAL),
        (ENTRIES, b'[{"seal": {}}]', SEAL),
        (ENTRIES, b'[{"seal": [1], "id": "a"}]', SEAL),
        (ENTRIES, b'[{"seal": 1, "index": 0, "id": "a", "path": 5, "at": 7}]', SEAL),
        (ENTRIES, b'[{"seal": 1, "index": 1e999, "id": "a", "path": []}]', SEAL),
        (ENTRIES, b'[{"seal": 1, "index": 0, "id": "a"}]', b'[{"sequence": {}}, {"sequence": 1, "algorithm": []}]'),
    ],
)  # fmt: skip
def test_what_is_of_no_such_form_is_named(tmp_path: Path, path: str, content: bytes, seals: bytes) -> None:
    """Its digests hold, for whoever made it up made the manifests too."""
    made = bag({**FILES, ENTRIES: b"[]", SEALS: seals, path: content})
    verdict = checked(tmp_path, packed(made))
    assert {fault.file for fault in verdict.faults} == {f"data/{path}"}


def test_the_command_tells_and_ends_with_its_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, path = bag(), tmp_path / "package.zip"
    path.write_bytes(packed(made))
    assert main([str(path), "--digest", made.digest]) == 0
    assert made.digest in capsys.readouterr().out
    path.write_bytes(packed(made, {"data/metadata.json": b"{}"}))
    assert main([str(path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["whole"], found["faults"][0]["file"]) == (False, "data/metadata.json")
    assert main([str(tmp_path / "none.zip")]) == 1


def test_payload_is_read_when_it_is_wanted() -> None:
    """Nothing is opened to know a bag by its digest."""

    def read() -> list[bytes]:
        raise AssertionError("too early")

    assert Bag("package", (Payload("a", "ab" * 32, 5, read),), {}).digest.startswith("sha256:")

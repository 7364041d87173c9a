"""Archives: every member is a file like any other, and no archive costs more than its bounds."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from tests.support import uploads
from tests.support.uploads import limits, zipped
from tests.unit.intake.inspection.conftest import Look
from tests.unit.intake.inspection.test_kinds import codes

pytestmark = pytest.mark.unit

PDF = uploads.pdf("A")
ZEROS = bytes(1 << 20)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("run.exe", b"MZ\x90", "unknown_kind"),
        ("a.pdf", b"", "empty"),
        ("a.pdf", uploads.word("a"), "wrong_kind"),
        ("a.pdf", PDF[:-20], "broken"),
        ("a.doc", uploads.old_word(storages=["VBA"]), "macros"),
        ("a.zip", uploads.linked("a.pdf"), "unsafe_names"),
        ("a.rar", uploads.rar({"a.pdf": b"x"}, locked=True), "encrypted"),
    ],
)
def test_members_are_held_to_the_same_rules(name: str, data: bytes, code: str, look: Look) -> None:
    """The reason names the member, and the others are looked at all the same."""
    report = look(zipped({"好.pdf": PDF, name: data, "坏.exe": b"MZ"}), "a.zip")
    assert codes(report) == [code, "unknown_kind"]
    assert name in report.reasons[0].zh
    assert name in report.reasons[0].en
    assert "坏.exe" in report.reasons[1].zh


def test_a_member_of_a_kind_that_is_not_asked_for(look: Look) -> None:
    """What is not taken alone is not taken in an archive."""
    report = look(zipped({"图.png": uploads.picture()}), "a.zip", ["zip", "pdf"])
    assert codes(report) == ["kind_not_allowed"]
    assert "图.png" in report.reasons[0].zh


def test_an_archive_in_an_archive_and_no_further(look: Look) -> None:
    """Two levels by the limits of these tests, also where the third is a RAR."""
    once = zipped({"a.pdf": PDF})
    twice = zipped({"b.zip": once})
    assert look(twice, "a.zip").accepted
    assert codes(look(zipped({"c.zip": twice}), "a.zip")) == ["too_deep"]
    assert look(zipped({"c.rar": uploads.rar({"a.pdf": b"x"})}), "a.zip").accepted
    assert codes(look(zipped({"c.rar": uploads.rar({"a.zip": b"x"})}), "a.zip")) == ["too_deep"]


def test_the_ratio_is_bounded(look: Look) -> None:
    """A million zeros in a thousand bytes."""
    bomb = zipped({"a.pdf": ZEROS})
    assert codes(look(bomb, "a.zip")) == ["expands_too_much"]
    assert codes(look(bomb, "a.zip", limits=limits(archive_ratio=2000))) == ["unknown_kind"]


def test_the_total_is_bounded_over_all_levels(look: Look) -> None:
    """What an inner archive unpacks counts as well."""
    within = {"b.zip": zipped({"a.png": uploads.picture("PNG", (64, 64), compress_level=0)})}
    total = sum(len(data) for data in within.values()) + 12_000
    assert look(zipped(within), "a.zip", limits=limits(archive_bytes=2 * total)).accepted
    assert codes(look(zipped(within), "a.zip", limits=limits(archive_bytes=total))) == ["expands_too_much"]


def test_one_member_is_bounded(look: Look) -> None:
    """It could not be unpacked into a file."""
    data = zipped({"a.pdf": ZEROS}, zipfile.ZIP_STORED)
    assert codes(look(data, "a.zip", limits=limits(file_bytes=1 << 19))) == ["expands_too_much"]


def test_entries_are_bounded_over_all_levels(look: Look) -> None:
    """Five in all, in two archives."""
    data = zipped({"b.zip": zipped({f"{n}.pdf": PDF for n in range(4)})})
    assert look(data, "a.zip", limits=limits(archive_entries=5)).accepted
    assert codes(look(data, "a.zip", limits=limits(archive_entries=4))) == ["too_many_entries"]
    assert codes(
        look(uploads.rar({"a.pdf": b"", "b.pdf": b""}), "a.rar", limits=limits(archive_entries=1))
    ) == ["too_many_entries"]


@pytest.mark.parametrize("claimed", [10, 1 << 30])
def test_sizes_in_headers_are_not_believed(claimed: int, look: Look) -> None:
    """A size too small hides what comes after, one too large is no size; both are lies."""
    data = bytearray(zipped({"a.pdf": PDF}))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", claimed)
    assert codes(look(bytes(data), "a.zip")) == ["broken"]


def test_entries_that_share_their_bytes(look: Look) -> None:
    """One block of data that many entries unpack."""
    data = bytearray(zipped({"a.pdf": PDF, "b.pdf": PDF}))
    first, second = data.find(b"PK\x01\x02"), data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    assert codes(look(bytes(data), "a.zip")) == ["overlapping_entries"]


def test_a_member_that_the_list_leaves_out(look: Look) -> None:
    """Between two others, or behind the last: who reads the list does not see it, who reads on does."""
    for order in (("a.pdf", "hidden.exe", "b.pdf"), ("a.pdf", "hidden.exe")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in order:
                archive.writestr(name, PDF if name.endswith(".pdf") else b"MZ" * 20)
            archive.filelist = [each for each in archive.filelist if each.filename != "hidden.exe"]
        assert codes(look(out.getvalue(), "a.zip")) == ["broken"]


def test_a_member_that_runs_into_the_list_of_members(look: Look) -> None:
    """Its data end before; what follows would belong to both."""
    data = bytearray(zipped({"a.pdf": PDF}))
    at = data.find(b"PK\x01\x02") + 20
    data[at : at + 4] = struct.pack("<I", struct.unpack_from("<I", data, at)[0] + 10)
    assert codes(look(bytes(data), "a.zip")) == ["overlapping_entries"]


def test_something_in_front_of_the_archive_is_no_archive(look: Look) -> None:
    """Two archives in one file: which one is seen, depends on the program."""
    assert codes(look(zipped({"a.pdf": PDF}) + zipped({"b.pdf": PDF}), "a.zip")) == ["broken"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_packing_is_refused(method: int, look: Look) -> None:
    """Their decoders unpack without a bound."""
    assert codes(look(zipped({"a.pdf": PDF}, method), "a.zip")) == ["unsupported_packing"]


@pytest.mark.parametrize(
    "name",
    [
        "../a.pdf",
        "a/../../b.pdf",
        "/a.pdf",
        "C:\\a.pdf",
        "c:a.pdf",
        "..\\a.pdf",
        "\\a.pdf",
        "a\u202efdp.exe",
        "a\n.pdf",
    ],
)
def test_unsafe_names(name: str, look: Look) -> None:
    """They would be written outside the folder, or shown as something else."""
    assert codes(look(zipped({"b.pdf": PDF, name: PDF}), "a.zip")) == ["unsafe_names"]
    if "\\" not in name:  # which a RAR writes for a folder
        assert codes(look(uploads.rar({name: b"x"}), "a.rar")) == ["unsafe_names"]


def test_links_and_twins(look: Look) -> None:
    """A link leads elsewhere; of two files of one name the second replaces the first, on Windows whatever the case."""
    assert codes(look(uploads.linked("a.pdf"), "a.zip")) == ["unsafe_names"]
    assert codes(look(zipped({"a.pdf": PDF, "A.PDF": PDF}), "a.zip")) == ["unsafe_names"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_are_shown_as_they_were_written(encoding: str, look: Look) -> None:
    """Chinese Windows writes its code page, macOS UTF-8, and neither says so."""
    raw = "证明誠.exe".encode(encoding)  # of the last letter one byte is a backslash, in the code page
    data = zipped({"x" * len(raw): b"MZ"}).replace(b"x" * len(raw), raw)
    assert "证明誠.exe" in look(data, "a.zip").reasons[0].zh


def test_what_operating_systems_add_is_ignored(look: Look) -> None:
    """By name and content: another file may not hide behind such a name."""
    apple = b"\x00\x05\x16\x07" + bytes(20)
    report = look(zipped({"a.pdf": PDF, "__MACOSX/._a.pdf": apple}), "a.zip")
    assert (report.accepted, [note.code for note in report.notes]) == (True, ["system_files"])
    assert codes(look(zipped({"a.pdf": PDF, "._b.pdf": b"MZ"}), "a.zip")) == ["unknown_kind"]


def test_a_rar_is_judged_by_its_headers(look: Look) -> None:
    """Nothing is unpacked, and that is said; members' kinds are those of their names."""
    report = look(uploads.rar({"a.pdf": b"anything"}), "a.rar")
    assert (report.accepted, [note.code for note in report.notes]) == (True, ["not_unpacked"])
    assert codes(look(uploads.rar({"a.exe": b"x"}), "a.rar")) == ["unknown_kind"]
    assert codes(look(uploads.rar({"a.png": b"x"}), "a.rar", ["rar", "pdf"])) == ["kind_not_allowed"]
    assert codes(look(uploads.rar({"a.pdf": b"x"}, claimed=1 << 30), "a.rar")) == ["expands_too_much"]


def test_an_office_file_is_bounded_like_an_archive(look: Look) -> None:
    """It is one."""
    members = uploads.members_of(uploads.word("a")) | {"word/media/a.png": ZEROS * 10}
    assert codes(look(zipped(members), "a.docx")) == ["expands_too_much"]


def test_notes_of_members_name_them(look: Look) -> None:
    """So that a reader knows which file is meant."""
    out = io.BytesIO(zipped({"a.pdf": uploads.pdf("A", extra="/OpenAction<</S/Launch>>")}))
    assert "a.pdf" in look(out.getvalue(), "a.zip").notes[0].zh

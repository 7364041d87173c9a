"""The inspection in its own process: what a hostile file does to it, nobody else feels."""

from __future__ import annotations

import io
import json
import os
import random
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from services.intake.inspection import Report, inspect, run
from services.intake.inspection.control import CONTENT
from services.intake.inspection.control import NAME as CONTROL
from services.intake.inspection.report import Limits
from services.intake.inspection.run import Unfit
from tests.support import uploads
from tests.support.uploads import DEFAULTS, KINDS, limits

_GOOD = {
    "accepted": True,
    "kind": "pdf",
    "reasons": [],
    "notes": [],
    "pages": 1,
    "characters": 1,
    "previews": [],
}


def _inspected(folder: Path, data: bytes, name: str, within: Limits = DEFAULTS) -> Report:
    path = folder / "upload"
    path.write_bytes(data)
    previews = folder / "previews"
    previews.mkdir(exist_ok=True)
    return inspect(path, name, KINDS, previews, within)


def _codes(report: Report) -> list[str]:
    assert report.accepted is not bool(report.reasons)
    return [reason.code for reason in report.reasons]


def _speaking(monkeypatch: pytest.MonkeyPatch, program: str, *, control: bool = True) -> None:
    """The process runs this program in place of the inspection; where the control is sound, of every other file."""
    asked = (
        f"import json, sys; asked = json.loads(sys.stdin.readline())['name']; told = {json.dumps(_GOOD)!r}"
    )
    sound = f"{asked}; print(told) if asked == {CONTROL!r} else exec({program!r}, {{}})"
    monkeypatch.setattr(run, "COMMAND", (sys.executable, "-c", sound if control else program))


def _none_left(mark: str) -> bool:
    """Whether all processes whose command line holds the mark go away; a killed one takes its moment."""
    deadline = time.monotonic() + 20
    while (left := _running(mark)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not left


def _running(mark: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            found += [entry.name] if mark.encode() in command else []
    return found


@pytest.mark.parametrize(
    ("name", "data", "previews"),
    [
        ("报告.pdf", uploads.pdf("Quality", "Yes"), {"page-1.png", "page-2.png"}),
        ("报告.docx", uploads.word("质量"), {"text.txt"}),
        ("图.png", uploads.picture(), {"picture.png"}),
        ("表.xls", uploads.old_sheet(), set()),
        ("材料.zip", uploads.zipped({"a.pdf": uploads.pdf("A"), "b.docx": uploads.word("b")}), set()),
        ("材料.rar", uploads.rar({"a.pdf": b"x"}), set()),
    ],
)
def test_honest_files_pass_and_leave_their_previews(
    name: str, data: bytes, previews: set[str], tmp_path: Path
) -> None:
    """Under the limits, with every library loaded; nothing but previews is left in the folder."""
    report = _inspected(tmp_path, data, name)
    assert (_codes(report), report.kind) == ([], name.rsplit(".", 1)[1])
    assert {preview.file for preview in report.previews} == previews
    assert {path.name for path in (tmp_path / "previews").iterdir()} == previews


def test_a_refusal_comes_back_in_both_languages(tmp_path: Path) -> None:
    """The words pass through the pipe as they are."""
    report = _inspected(tmp_path, uploads.zipped({"坏.exe": b"MZ"}), "a.zip")
    assert _codes(report) == ["unknown_kind"]
    assert "坏.exe" in report.reasons[0].zh
    assert "坏.exe" in report.reasons[0].en


def test_a_file_that_eats_memory_is_refused(tmp_path: Path) -> None:
    """Of a size that its own bound allows and the kernel's does not: a page of drawings on a gigantic bitmap."""
    within = limits(memory_bytes=256 << 20, preview_pixels=1 << 30)
    report = _inspected(tmp_path, uploads.pdf("A", size=(14400, 14400)), "a.pdf", within)
    assert _codes(report) == ["uninspectable"]
    assert _codes(_inspected(tmp_path, uploads.pdf("A"), "a.pdf")) == []


def test_pixels_without_end_are_refused(tmp_path: Path) -> None:
    """3.6 thousand million of them, in a hundred bytes."""
    assert _codes(_inspected(tmp_path, uploads.huge_png(60000, 60000), "a.png")) == ["too_many_pixels"]


def test_a_bomb_is_stopped_by_its_bounds_or_by_the_kernel(tmp_path: Path) -> None:
    """Gigabytes of zeros in a few megabytes: where the bounds would let it go on, the time of the processor ends it."""
    bomb = uploads.bomb(members=100, size=64 << 20)
    assert _codes(_inspected(tmp_path, bomb, "a.zip")) == ["expands_too_much"]
    wide = limits(archive_bytes=1 << 40, file_bytes=1 << 40, archive_ratio=1 << 20, cpu_seconds=1)
    assert _codes(_inspected(tmp_path, bomb, "a.zip", wide)) == ["uninspectable"]


def test_what_is_written_is_bounded(tmp_path: Path) -> None:
    """A preview that is larger than any file may be, of noise that no format makes smaller."""
    out = io.BytesIO()
    Image.frombytes("RGB", (100, 100), random.Random(1).randbytes(30_000)).save(out, "PNG")
    assert _codes(_inspected(tmp_path, out.getvalue(), "a.png")) == []
    report = _inspected(tmp_path, out.getvalue(), "b.png", limits(file_bytes=10_000))
    assert (_codes(report), report.previews) == (["uninspectable"], ())


def test_one_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process is left, neither it nor its child."""
    mark = f"hangs-{os.getpid()}"
    child = f"import time; time.sleep(600)  # {mark}"
    program = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(600)"
    )
    _speaking(monkeypatch, program)
    assert _codes(_inspected(tmp_path, b"x", "a.pdf", limits(seconds=3))) == ["uninspectable"]
    assert _none_left(mark)


def test_one_that_leaves_a_process_behind_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where it ends well itself."""
    mark = f"stays-{os.getpid()}"
    child = f"import time; time.sleep(600)  # {mark}"
    program = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]); print({json.dumps(_GOOD)!r})"
    _speaking(monkeypatch, program)
    assert _inspected(tmp_path, b"x", "a.pdf").accepted
    assert _none_left(mark)


_PREVIEW = {"file": "../upload", "media_type": "image/png", "page": 1}


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        "raise SystemExit(3)",
        "print('rubbish')",
        "pass",
        "print('[' * 100_000)",
        "print('{\"accepted\": true}')",
        "import sys; sys.stdout.write('x' * (1 << 22))",
        f"print({json.dumps(_GOOD | {'kind': None})!r})",
        f"print({json.dumps(_GOOD | {'accepted': 'yes'})!r})",
        f"print({json.dumps(_GOOD | {'accepted': False})!r})",
        f"print({json.dumps(_GOOD | {'reasons': [{'code': 'x', 'zh': 'x', 'en': 'x'}]})!r})",
        f"print({json.dumps(_GOOD | {'previews': [_PREVIEW]})!r})",
        f"print({json.dumps(_GOOD | {'previews': [_PREVIEW | {'file': 'missing.png'}]})!r})",
        f"print({json.dumps(_GOOD)!r}); raise SystemExit(1)",
        "import os; os.symlink('/etc/passwd', 'p.png'); "
        f"print({json.dumps(_GOOD | {'previews': [_PREVIEW | {'file': 'p.png'}]})!r})",
    ],
)
def test_whatever_else_it_does_is_no_report(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash, an error, rubbish, a report that contradicts itself, a preview from somewhere else."""
    _speaking(monkeypatch, program)
    report = _inspected(tmp_path, b"x", "a.pdf")
    assert (_codes(report), report.previews) == (["uninspectable"], ())
    assert list((tmp_path / "previews").iterdir()) == []


def test_it_gets_nothing_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the service's, none of its open files; its folder is where the previews go."""
    monkeypatch.setenv("ZHIHENG_SECRET", "x")
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        _speaking(
            monkeypatch,
            "import os; assert 'ZHIHENG_SECRET' not in os.environ; "
            f"assert not os.path.exists('/proc/self/fd/{file.fileno()}') or "
            f"'open' not in os.readlink('/proc/self/fd/{file.fileno()}'); "
            f"assert os.path.dirname(os.getcwd()) == {str(tmp_path / 'previews')!r}; print({json.dumps(_GOOD)!r})",
        )
        assert _inspected(tmp_path, b"x", "a.pdf").accepted


def test_a_file_that_went_missing_is_neither_accepted_nor_refused(tmp_path: Path) -> None:
    """It is our copy that is missing; the caller tries again."""
    previews = tmp_path / "previews"
    previews.mkdir()
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "nothing", "a.pdf", KINDS, previews, DEFAULTS)


def test_the_control_is_sound(tmp_path: Path) -> None:
    """Under the narrowest limits of these tests, with its page counted and shown."""
    report = _inspected(tmp_path, CONTENT, CONTROL, limits(file_bytes=10_000, cpu_seconds=2))
    assert (_codes(report), report.pages, len(report.previews)) == ([], 1, 1)


@pytest.mark.parametrize(
    "program",
    [
        "raise ModuleNotFoundError('a library')",
        f"print({json.dumps(_GOOD | {'accepted': False, 'reasons': [{'code': 'x', 'zh': 'x', 'en': 'x'}]})!r})",
    ],
    ids=["breaks on every file", "refuses every file"],
)
def test_a_fault_of_ours_refuses_nobodys_file(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails on a sound file of our own too says nothing of the file; nothing is left of either."""
    broken = f"import json, sys; asked = json.loads(sys.stdin.readline())['name']; asked == {CONTROL!r} or sys.exit(1)"
    _speaking(monkeypatch, f"{broken}; {program}", control=False)
    with pytest.raises(Unfit):
        _inspected(tmp_path, b"x", "a.pdf")
    assert list((tmp_path / "previews").iterdir()) == []


def test_limits_too_narrow_for_anything_refuse_nobodys_file(tmp_path: Path) -> None:
    """The office's own setting, and the same for a sound file."""
    with pytest.raises(Unfit):
        _inspected(tmp_path, uploads.pdf("A"), "a.pdf", limits(memory_bytes=32 << 20))


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_file(tmp_path: Path) -> None:
    """The caller tries again."""
    with pytest.raises(OSError):
        inspect(tmp_path / "a", "a.pdf", KINDS, tmp_path / "nowhere", DEFAULTS)

"""Starts an inspection in a process of its own and waits for it: a hostile file may break that process, never this one.

It blocks its thread: whoever runs on green threads calls it in a native one. Pure but for the process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import structlog

from services.intake.inspection import control, words
from services.intake.inspection.report import Limits, Preview, Report

log = structlog.get_logger(__name__)

_ROOT = Path(__file__).parents[3]  # where `services` and `shared` lie
# -I would hide the project from it: it is not installed. The same but for that: no user's packages, no current folder.
COMMAND = (sys.executable, "-s", "-P", "-B", "-m", "services.intake.inspection")
_LARGEST_ANSWER = 1 << 20  # bytes; anything longer is no report
_TAIL = 2000  # bytes of what it wrote to stderr
_STEP = 0.01  # seconds between two looks at whether it has ended


class Unfit(Exception):
    """Inspections do not work here just now: nothing is known of the file."""


class _Failed(Exception):
    """The process said nothing that could be relied on."""


def inspect(path: Path, name: str, allowed: Sequence[str], previews: Path, limits: Limits) -> Report:
    """Inspects the file at `path`, uploaded as `name`, and leaves its previews in the folder `previews`.

    A file that breaks the process, outlasts it or makes it talk rubbish is refused as `uninspectable`. What is no fault of the
    file is raised: OSError where it or the folder of previews is not there or no process can be started, Unfit where a sound
    file of our own fails here too (a library that is missing, a disk that is full, a limit that is too narrow for anything).
    """
    path.stat()
    try:
        return _inspected(path, name, allowed, previews, limits)
    except _Failed as failed:
        log.warning("inspection_failed", reason=str(failed))
        _check_ourselves(previews, limits)
        return Report(accepted=False, reasons=(words.reason("uninspectable"),))


def _inspected(path: Path, name: str, allowed: Sequence[str], previews: Path, limits: Limits) -> Report:
    with tempfile.TemporaryDirectory(
        prefix=".inspection-", dir=previews, ignore_cleanup_errors=True
    ) as folder:
        scratch = Path(folder)
        request: dict[str, object] = {
            "path": str(path.absolute()),
            "name": name,
            "allowed": list(allowed),
            "previews": folder,
            "limits": asdict(limits),
        }
        report = _understood(_answer(request, scratch, limits.seconds), scratch)
        for preview in report.previews:  # none arrives half written
            os.replace(scratch / preview.file, previews / preview.file)
        return report


def _check_ourselves(folder: Path, limits: Limits) -> None:
    """Inspect the control under the same limits. Raises Unfit where it does not come out as it must."""
    with tempfile.TemporaryDirectory(prefix=".control-", dir=folder, ignore_cleanup_errors=True) as previews:
        path = Path(previews, control.NAME)
        path.write_bytes(control.CONTENT)
        try:
            report = _inspected(path, control.NAME, (control.KIND,), Path(previews), limits)
        except _Failed as failed:
            raise Unfit(str(failed)) from failed
    if not report.accepted:
        raise Unfit(", ".join(reason.code for reason in report.reasons))


def _answer(request: dict[str, object], scratch: Path, seconds: float) -> bytes:
    """What the process wrote, if it ended well and in time. It speaks through files: no pipe can fill and block."""
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        asked.write(json.dumps(request).encode() + b"\n")
        asked.seek(0)
        process = subprocess.Popen(
            COMMAND, stdin=asked, stdout=out, stderr=said, cwd=scratch, env=_environment(scratch),
            start_new_session=True,
        )  # fmt: skip
        in_time = _wait(process, seconds)
        if not in_time or process.returncode != 0:
            ended = f"ended with {process.returncode}" if in_time else "took too long"
            raise _Failed(f"{ended}: {_tail(said.fileno())}")
        return os.pread(out.fileno(), _LARGEST_ANSWER + 1, 0)


def _environment(scratch: Path) -> dict[str, str]:
    """No secret of the service is in it."""
    return {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "TMPDIR": str(scratch), "HOME": str(scratch)}


def _wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ended in time; afterwards neither it nor anything that it started is left."""
    deadline = time.monotonic() + seconds
    ended = None
    try:
        while ended is None and time.monotonic() < deadline:
            # Not reaped yet: as long as it is not, its number cannot be another group's.
            ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
            if ended is None:
                time.sleep(_STEP)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return ended is not None


def _tail(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, _TAIL, max(0, size - _TAIL)).decode(errors="replace")


def _understood(answer: bytes, scratch: Path) -> Report:
    try:
        if len(answer) > _LARGEST_ANSWER:
            raise ValueError("too long for a report")
        report = Report.from_dict(json.loads(answer))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _Failed("no report") from error
    if not all(_is_there(preview, scratch) for preview in report.previews):
        raise _Failed("a preview that is not there")
    return report


def _is_there(preview: Preview, scratch: Path) -> bool:
    """A plain file in the folder itself, not a path or a link to somewhere else."""
    path = scratch / preview.file
    return path.name == preview.file and path.is_file() and not path.is_symlink()

"""A file of 50 MB takes the memory of a few of its chunks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.integration.content.conftest import Bucket, Folder, Place

ROOT = Path(__file__).parents[3]
MIB = 1024 * 1024
FILE = 50 * MIB
MOST = 20 * MIB  # bytes by which the peak may grow, all that is buffered for S3 included

# Peaks of this process in bytes, after each step; the first brings what is loaded once. They are those of its own memory:
# what getrusage gives begins with the peak of whoever started the process, and hides all growth below it.
_CHILD = f"""
FILE, PART = {FILE}, 4 * {MIB}
import json, re, sys
from pathlib import Path
from tests.integration.content.conftest import Bucket, Folder
from tests.support.s3 import S3Server

kind, where, name = sys.argv[1:]
place = Folder(Path(where)) if kind == "folder" else Bucket(S3Server(Path(), where), name)
store, chunk = place.open(), 64 * 1024
peaks = {{}}

def step(name):
    status = Path("/proc/self/status").read_text()
    peaks[name] = int(re.search(r"VmHWM:\\s+([0-9]+) kB", status)[1]) * 1024

def chunks(size):
    for number in range(size // chunk):
        yield number.to_bytes(8, "big") * (chunk // 8)

def read(stored):
    for _ in store.read(stored.digest):
        pass

read(store.write(chunks(chunk), limit=chunk))
store.append_part("small", 0, chunks(chunk), limit=chunk)
store.assemble("small", limit=chunk)
step("loaded")
stored = store.write(chunks(FILE), limit=FILE)
step("written")
read(stored)
step("read")
end = 0
while end < FILE:
    end = store.append_part("large", end, chunks(PART), limit=PART)
store.assemble("large", limit=2 * FILE)
step("assembled")
print(json.dumps(peaks))
"""


def peaks(code: str, place: Place) -> dict[str, int]:
    """The peaks after each step, in bytes, of a process that runs the code on the place and does nothing else."""
    if isinstance(place, Folder):
        arguments = ["folder", str(place.root), ""]
    else:
        assert isinstance(place, Bucket)
        arguments = ["s3", place.server.url, place.name]
    found = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    read: dict[str, int] = json.loads(found.stdout)
    print({name: f"{peak / MIB:.1f} MiB" for name, peak in read.items()})
    return read


def test_the_peak_does_not_grow_with_the_file(place: Place) -> None:
    """Written, read, and assembled of parts of 4 MiB."""
    found = peaks(_CHILD, place)
    assert found["assembled"] - found["loaded"] < MOST


def test_the_measurement_would_find_a_file_that_is_held(tmp_path: Path) -> None:
    """The same process, gathering what it writes, grows by more than the file."""
    gathering = _CHILD.replace("store.write(chunks(FILE)", 'store.write([b"".join(chunks(FILE))]')
    assert gathering != _CHILD
    found = peaks(gathering, Folder(tmp_path / "kept"))
    assert found["written"] - found["loaded"] > FILE

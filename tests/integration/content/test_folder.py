"""What a folder promises besides: whose it is, and what a power cut or a kill leaves of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.clock import SystemClock
from shared.content import Unavailable
from shared.content.base import content_key
from shared.content.folder import FolderStore

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "some" / "contents"


@pytest.fixture
def generous_umask() -> Iterator[None]:
    """Of a process that would let everybody read and write what it makes."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous_umask")
def test_it_is_its_owners_alone(root: Path, tmp_path: Path) -> None:
    """Whatever the umask is: files 0600, folders 0700, those above included that it makes."""
    store = FolderStore(root)
    store.write([b"content"], limit=10)
    store.append_part("upload", 0, [b"part"], limit=10)
    modes = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in (tmp_path / "some", *tmp_path.rglob("*"))
    }
    assert modes == {(True, 0o700), (False, 0o600)}


def test_content_is_on_the_disk_before_it_has_its_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is synced, then named, then the folder that has the name; only then is it said to be kept."""
    store = FolderStore(root)
    store.write([b"another"], limit=10)
    steps: list[str] = []
    sync, link = os.fsync, os.link

    def noted_sync(descriptor: int) -> None:
        steps.append(f"sync {Path(os.readlink(f'/proc/self/fd/{descriptor}')).relative_to(root)}")
        sync(descriptor)

    def noted_link(source: Path, target: Path, **options: bool) -> None:
        steps.append(f"name {target.relative_to(root)}")
        link(source, target, **options)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "link", noted_link)
    key = content_key(store.write([b"content"], limit=10).digest)
    shard = key.rpartition("/")[0]
    assert steps[0].startswith("sync incoming/")
    assert steps[1:] == ["sync content/sha256", f"name {key}", f"sync {shard}"]


_WRITER = """
import sys
from pathlib import Path
from shared.content.folder import FolderStore

def chunks():
    yield b"x" * 1_000_000
    print("in the middle", flush=True)
    sys.stdin.read()

FolderStore(Path(sys.argv[1])).write(chunks(), limit=10_000_000)
"""


def test_a_writer_that_is_killed_leaves_what_can_be_swept(root: Path) -> None:
    """Nothing of it has a digest."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(root)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    left = [path.relative_to(root).parts[0] for path in root.rglob("*") if path.is_file()]
    assert left == ["incoming"]
    assert FolderStore(root).sweep(SystemClock().now() + timedelta(minutes=1)) == 1
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_a_link_is_no_content(root: Path, tmp_path: Path) -> None:
    """Somebody else's file is not shown under a digest."""
    store = FolderStore(root)
    digest = store.write([b"content"], limit=10).digest
    (tmp_path / "other").write_bytes(b"content")
    (root / content_key(digest)).unlink()
    (root / content_key(digest)).symlink_to(tmp_path / "other")
    assert not store.has(digest)


def test_what_the_disk_does_not_do_is_told_as_the_stores(root: Path) -> None:
    """And not as an error of whoever reads or writes."""
    store = FolderStore(root)
    digest = store.write([b"content"], limit=10).digest
    (root / "incoming").rmdir()
    with pytest.raises(Unavailable, match="FileNotFoundError"):
        store.write([b"content"], limit=10)
    (root / content_key(digest)).unlink()
    (root / content_key(digest)).parent.rmdir()
    (root / content_key(digest)).parent.write_bytes(b"no folder")
    with pytest.raises(Unavailable, match="NotADirectoryError"):
        store.has(digest)

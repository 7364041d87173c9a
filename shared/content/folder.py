"""Contents in a folder: files of 0600 in folders of 0700, each safe on the disk before it has its name."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from shared.content.base import CONTENT, INCOMING, PARTS, Base, Entry, incoming_key
from shared.content.port import Missing, Unavailable


@contextmanager
def _faults() -> Iterator[None]:
    """The disk's errors as the store's. Nothing that a caller's iterator does may stand inside."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{type(error).__name__}: {error.strerror}") from error


class FolderStore(Base):
    """Contents in one folder of one file system, which has to know hard links. It is made where it is missing."""

    def __init__(self, root: Path) -> None:
        self._root = root
        with _faults():
            for name in (CONTENT, PARTS, INCOMING):
                _make_folder(root / name)

    def _receive(self, chunks: Iterable[bytes]) -> str:
        key = incoming_key()
        path = self._root / key
        with _faults():
            file = open(path, "xb", opener=_private)  # noqa: SIM115 - closed below, where its error can be told apart
        try:
            for chunk in chunks:
                with _faults():
                    file.write(chunk)
            with _faults():
                file.flush()
                os.fsync(file.fileno())
                file.close()
        except BaseException:
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                path.unlink()
            raise
        return key

    def _settle(self, incoming: str, key: str) -> None:
        self._link(incoming, key)

    def _put_part(self, key: str, chunks: Iterable[bytes]) -> bool:
        incoming = self._receive(chunks)
        try:
            return self._link(incoming, key)
        finally:
            self._remove([incoming])

    def _link(self, incoming: str, key: str) -> bool:
        """A second name for a file, never in place of another; False where the name is taken.

        The folder is synced in both cases: the other writer may not have come that far, and we are about to say that
        the content is kept.
        """
        path = self._root / key
        with _faults():
            _make_folder(path.parent)
            try:
                os.link(self._root / incoming, path, follow_symlinks=False)
            except FileExistsError:
                return False
            finally:
                _sync_folder(path.parent)
        return True

    def _chunks(self, key: str, size: int, chunk_size: int) -> Iterator[bytes]:
        with _faults():
            try:
                file = open(self._root / key, "rb", buffering=0)  # noqa: SIM115 - closed below
            except FileNotFoundError:
                raise Missing(key) from None
        with file:
            while True:
                with _faults():
                    chunk = file.read(chunk_size)
                if not chunk:
                    return
                yield chunk

    def _size(self, key: str) -> int | None:
        with _faults():
            try:
                found = (self._root / key).lstat()
            except FileNotFoundError:
                return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def _list(self, prefix: str) -> list[Entry]:
        found: list[Entry] = []
        with _faults():
            for path in (self._root / prefix).rglob("*"):
                try:
                    about = path.lstat()
                except FileNotFoundError:
                    continue  # settled or removed while we look
                if stat.S_ISREG(about.st_mode):
                    touched = datetime.fromtimestamp(about.st_mtime, UTC)
                    found.append(Entry(path.relative_to(self._root).as_posix(), about.st_size, touched))
        return found

    def _remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            path = self._root / key
            with _faults():
                path.unlink(missing_ok=True)
            if key.startswith(f"{PARTS}/"):
                with suppress(OSError):  # not empty yet, or gone already
                    path.parent.rmdir()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _make_folder(folder: Path) -> None:
    """The folder and all above it that are missing, ours alone; its name is on the disk before something stands in it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

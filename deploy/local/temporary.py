"""Temporary folders that go away with us, even where we are killed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local import guard


@contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """A folder that is removed at the end. Others may pass through it (a server under another account must), not list it."""
    folder = Path(tempfile.mkdtemp(prefix=f"zhiheng-{purpose}-"))
    folder.chmod(0o711)
    guard.watch_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

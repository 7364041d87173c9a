"""Files that hold secrets or state: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path


def write_secret(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file that only its owner may read; whoever reads it meanwhile sees the old one whole."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as output:
        output.write(text)
    temporary.replace(path)

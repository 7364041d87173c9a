"""DOCX and XLSX are zip archives; here they lose the hour of the day at which they were written. Pure."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip archive knows


def settled(data: bytes, replaced: Mapping[str, bytes] | None = None) -> bytes:
    """The same archive with one fixed date on every member, and some members' content replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, (replaced or {}).get(name) or old.read(name))
    return out.getvalue()

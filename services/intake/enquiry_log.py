"""征询档案: every question to a department and everything that came back, in the order in which it was written down.

Only ever added to, the database itself refuses anything else. What was not taken stands here too, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, select

from services.intake import models
from shared.contracts.dossier import Record
from shared.identifiers import canonical_json
from shared.store import Work

_LOG = models.enquiry_log
_COLUMNS = tuple(column.name for column in _LOG.columns)
NOT_TAKEN = ("malformed", "other_reference", "other_organization", "second", "after_decision", "superseded")
FLAGGED = ("other_organization", "other_reference", "second", "after_decision")


def entry(work: Work, row: Row[Any], what: str, outcome: str, **values: Any) -> dict[str, Any]:
    """A line about an enquiry, to be added; what is not given is that of the enquiry as it stands."""
    line: dict[str, Any] = dict.fromkeys(_COLUMNS)
    line |= {
        "id": work.new_id(),
        "application_id": row.application_id,
        "cycle_id": row.cycle_id,
        "department": row.department,
        "entry": what,
        "outcome": outcome,
        "revision": row.revision,
        "purpose": row.purpose,
        "channel": row.channel or "http",
        "at": work.now(),
        "actor": work.by,
    }
    return line | values


def add(work: Work, lines: Iterable[dict[str, Any]]) -> None:
    """Add lines with the commit; their records become canonical JSON."""
    work.add_later(_LOG, [line | {"records": _written(line["records"])} for line in lines])


def _written(records: Any) -> str | None:
    return None if records is None else canonical_json(records).decode()


def records_of(row: Row[Any]) -> list[dict[str, Any]] | None:
    """The records of a line in their wire form."""
    return None if row.records is None else list(json.loads(row.records))


def of_file(file: Mapping[str, Any] | None) -> dict[str, Any]:
    """The columns of a file that came with an answer."""
    if file is None:
        return {}
    return {
        "file_id": file["file_id"], "file_name": file["name"], "file_sha256": file["sha256"], "file_size": file["size"],
    }  # fmt: skip


def of_application(work: Work, application_id: str) -> list[dict[str, Any]]:
    """The replies `EnquiryEntry` of one application, the first question first."""
    query = select(_LOG).where(_LOG.c.application_id == application_id).order_by(_LOG.c.id)
    return [_line(row) for row in work.session.execute(query)]


def _line(row: Row[Any]) -> dict[str, Any]:
    names = (
        "department", "entry", "outcome", "revision", "purpose", "channel", "actor", "digest", "answered_at", "evidence",
        "reason", "attempts", "valid_until",
    )  # fmt: skip
    file, found = None, records_of(row)
    if row.file_sha256 is not None:
        file = {
            "file_id": row.file_id, "name": row.file_name, "sha256": row.file_sha256, "size": row.file_size,
        }  # fmt: skip
    return {
        "entry_id": row.id,
        "at": row.at.isoformat(),
        **{name: getattr(row, name) for name in names},
        "records": None if found is None else [Record().load(record) for record in found],
        "file": file,
    }

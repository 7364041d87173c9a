"""An upgrade keeps the notices of before: each gets the digests of its lines and the first line of its history."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from services.eligibility.notices import posting, proof
from shared.identifiers import digest
from shared.store import Store, migrate

pytestmark = pytest.mark.integration

BEFORE = ("0001", "0002")


def _as_it_was(folder: Path) -> Path:
    kept = folder / "migrations"
    shutil.copytree(migrate.folder_of("eligibility"), kept)
    for path in (kept / "versions").glob("[0-9]*.py"):
        if not path.name.startswith(BEFORE):
            path.unlink()
    return kept


def test_a_notice_of_before_is_whole_afterwards(database_url: str, tmp_path: Path) -> None:
    """One whose stage is closed is over, one that runs goes on; nothing of either is changed."""
    migrate.upgrade("eligibility", database_url, folder=_as_it_was(tmp_path))
    store = Store.open(database_url, service="eligibility")
    content = {"notice": "n", "listed": [{"application_id": "a1", "name": "示例"}]}
    with store.writing() as connection:
        for notice, state in (("running", "begun"), ("over", "closed")):
            closed_on = "2025-06-23" if state == "closed" else None
            connection.execute(
                text(
                    "INSERT INTO notices (cycle_id, notice, first_day, last_day, working_days, content, content_digest,"
                    " posted_at) VALUES ('c1', :notice, '2025-06-17', '2025-06-23', 5, :content, :digest,"
                    " '2025-06-17 01:00:00.000000')"
                ),
                {"notice": notice, "content": json.dumps(content), "digest": digest(content)},
            )
            connection.execute(
                text(
                    "INSERT INTO stages (cycle_id, stage, state, closed_on) VALUES ('c1', :stage, :state, :on)"
                ),
                {"stage": f"notice:{notice}", "state": state, "on": closed_on},
            )
    migrate.upgrade("eligibility", database_url)
    with store.read() as work:
        states = {}
        for notice in ("running", "over"):
            row = posting.find(work, "c1", notice)
            assert row is not None
            states[notice] = row.state
            faults = {fault.en for fault in proof.faults(posting._kept(work, row), [])}
            assert faults == {"the audit log has 0 of notice:posted instead of 1"}
    assert states == {"running": "posted", "over": "ended"}
    store.close()

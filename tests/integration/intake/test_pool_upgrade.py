"""An upgrade keeps the members of the pool: all services give a membership that had no id the same one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.store import Store, migrate

pytestmark = pytest.mark.integration

CODE = "91310105MAXY50013E"
TABLES = {
    "intake": ("pool_members", "id"),
    "eligibility": ("pool", "membership_id"),
    "incentives": ("pool", "membership_id"),
}


def _as_it_was(service: str, folder: Path) -> Path:
    """The first migration alone."""
    kept = folder / "migrations"
    shutil.copytree(migrate.folder_of(service), kept)
    for path in (kept / "versions").glob("[0-9]*.py"):
        if not path.name.startswith("0001"):
            path.unlink()
    return kept


@pytest.mark.parametrize("service", TABLES)
def test_a_member_from_before_stays_a_member(database_url: str, tmp_path: Path, service: str) -> None:
    migrate.upgrade(service, database_url, folder=_as_it_was(service, tmp_path))
    store = Store.open(database_url, service=service)
    cycle = (
        "INSERT INTO cycles (id, rulebook, rulebook_sha256, year, opens_on, closes_on, rehearsal) "
        "VALUES (:id, 'r', 'x', 2025, '2025-05-12', '2025-06-13', :rehearsal)"
    )
    member = (
        "INSERT INTO pool (world, uscc, joined_on, project_cost_fen) VALUES (:world, :uscc, '2025-03-01', 7)"
    )
    with store.writing() as connection:
        for name, rehearsal in (("c1", False), ("c2", True)):
            connection.execute(text(cycle), {"id": name, "rehearsal": rehearsal})
        for world in ("real", "c2"):
            connection.execute(text(member), {"world": world, "uscc": CODE})
    migrate.upgrade(service, database_url)
    table, name = TABLES[service]
    with store.reading() as connection:
        rows = connection.execute(
            text(f"SELECT {name}, world, uscc, project_cost_fen, left_on FROM {table} ORDER BY world")
        ).all()
        assert [tuple(row) for row in rows] == [
            (f"c2-{CODE}", "c2", CODE, 7, None), (f"real-{CODE}", "real", CODE, 7, None),
        ]  # fmt: skip
        if service == "intake":
            cycles = connection.execute(text("SELECT cycle_id FROM pool_members ORDER BY world")).scalars()
            assert list(cycles) == ["c2", "c1"]
    store.close()

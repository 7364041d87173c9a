"""Objections that were ruled on before a ruling could be appealed: they keep their ruling, and nothing waits for them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from services.eligibility import models
from services.eligibility.objections.clock import is_over
from services.eligibility.objections.states import is_open, stands_upheld
from shared.calendar import work_calendar
from shared.store.migrate import folder_of, upgrade

pytestmark = pytest.mark.integration

_OLD = """INSERT INTO objections (id, cycle_id, notice, application_id, source, evidence, state, reason_zh, reason_en, raised_on)
VALUES (:id, 'c1', 'award', :id, 'public', :yes, :state, '理由', 'a reason', :day)"""


def _as_it_was(folder: Path) -> Path:
    """The migrations up to the one before."""
    kept = folder / "migrations"
    shutil.copytree(folder_of("eligibility"), kept)
    for path in (kept / "versions").glob("[0-9]*.py"):
        if path.name >= "0005":
            path.unlink()
    return kept


def test_a_ruling_of_before_stands(database_url: str, tmp_path: Path) -> None:
    upgrade("eligibility", database_url, folder=_as_it_was(tmp_path))
    engine = create_engine(database_url)
    states = ("accepted", "not_accepted", "upheld", "dismissed")
    with engine.begin() as connection:
        for state in states:
            given = {"id": state, "state": state, "yes": True, "day": date(2025, 6, 18)}
            connection.execute(text(_OLD), given)
    upgrade("eligibility", database_url)
    table = models.objections
    with engine.connect() as connection:
        rows = {
            row.id: row
            for row in connection.execute(
                table.select().with_only_columns(
                    table.c.id, table.c.state, table.c.ruling, table.c.since, table.c.days
                )
            )
        }
    engine.dispose()
    assert {name: row.ruling for name, row in rows.items()} == {
        "accepted": None, "not_accepted": None, "upheld": "upheld", "dismissed": "dismissed",
    }  # fmt: skip
    assert [name for name, row in rows.items() if stands_upheld(row.state, row.ruling)] == ["upheld"]
    may = {
        name: not is_over(work_calendar(), row.since, row.days, date(2025, 6, 19))
        for name, row in rows.items()
    }
    still = [name for name, row in rows.items() if is_open(row.state, rehearsal=False, may_appeal=may[name])]
    assert still == ["accepted"]

"""Every table of every service is accounted for: packed or left out with a reason, destroyed or kept with one."""

from __future__ import annotations

from importlib import import_module

import pytest
from sqlalchemy import Column, MetaData, String, Table

from shared.records.keeping import Keeping, hidden
from shared.rulebooks import Words
from shared.store import EncryptedText

SERVICES = ("intake", "eligibility", "review", "committee", "incentives")


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_is_accounted_for(service: str) -> None:
    keeping: Keeping = import_module(f"services.{service}.keeping").keeping
    assert keeping.faults() == []


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_encrypted_is_packed(service: str) -> None:
    """A name for a column that is encrypted is in no reply: the packed columns are those that are left."""
    keeping: Keeping = import_module(f"services.{service}.keeping").keeping
    for table in (*keeping.of_applications(), *keeping.of_cycles()):
        for name in hidden(table):
            assert isinstance(table.c[name].type, EncryptedText)


def _tables() -> MetaData:
    metadata = MetaData()
    Table("sheets", metadata, Column("application_id", String, primary_key=True), Column("cycle_id", String))
    Table("tools", metadata, Column("id", String, primary_key=True))
    return metadata


def test_a_table_that_nobody_declared_is_named() -> None:
    assert Keeping(_tables()).faults() == [
        "sheets: say whether its rows are destroyed, blanked or kept",
        "tools: in no package, and no reason is given",
    ]


def test_what_is_declared_for_nothing_or_twice_is_named() -> None:
    why = Words("名册", "a register")
    keeping = Keeping(
        _tables(),
        left_out={"tools": why, "gone": why},
        destroyed=frozenset({"sheets"}),
        blanked={"sheets": {"points": lambda _row: None}},
    )
    assert keeping.faults() == [
        "gone: declared, and no table",
        "sheets: say whether its rows are destroyed, blanked or kept",
        "sheets.points: blanked, and no column",
    ]

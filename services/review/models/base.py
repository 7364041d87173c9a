"""What every table of review belongs to, and the tables that every service has."""

from __future__ import annotations

from sqlalchemy import MetaData

from shared.procedure import procedure_tables
from shared.records.tables import destroyed_table
from shared.store import platform_tables

metadata = MetaData()
platform = platform_tables(metadata)
procedure = procedure_tables(metadata)
destroyed = destroyed_table(metadata)

"""The metadata that all of eligibility's tables are in, with those of the platform and of the stage protocol."""

from __future__ import annotations

from sqlalchemy import MetaData

from shared.procedure import procedure_tables
from shared.procedure.people import people_table
from shared.records.tables import destroyed_table
from shared.store import platform_tables

metadata = MetaData()
platform = platform_tables(metadata)
procedure = procedure_tables(metadata)
dossier_people = people_table(metadata)
destroyed = destroyed_table(metadata)

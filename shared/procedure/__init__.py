"""The stage protocol, once for all services: the rulebook is the conductor, this room reads its score.

Every service that owns stages keeps the same five small tables and answers the same events and commands; what a stage
does is told by the service's hooks.
"""

from __future__ import annotations

from shared.procedure.conductor import Announcer, Conductor, Hooks
from shared.procedure.state import REAL_WORLD, Blocked, Cycle, Entrant, StageRow, outcome
from shared.procedure.tables import ProcedureTables, procedure_tables

__all__ = [
    "REAL_WORLD",
    "Announcer",
    "Blocked",
    "Conductor",
    "Cycle",
    "Entrant",
    "Hooks",
    "ProcedureTables",
    "StageRow",
    "outcome",
    "procedure_tables",
]

"""What becomes of each table of a service when its records are packed, and when they are destroyed.

Nothing is guessed: a table that nobody declared is in no package and loses no row, and a test names it. A table whose rows
name an application belongs to that application's package; one whose rows name a cycle alone to the cycle's. Columns that are
encrypted are in no package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData, Table

from shared.records.tables import DESTROYED
from shared.rulebooks import Words
from shared.store import EncryptedText

APPLICATION, CYCLE = "application_id", "cycle_id"
Blank = Callable[[Mapping[str, Any]], Any]  # from a row to what stands in the column from then on

# The tables that every service has, and why none of them is packed as it is.
PLATFORM: Mapping[str, Words] = {
    "outbox": Words("发出的消息，送达后一天即删", "what was told to others, gone a day after it has arrived"),
    "inbox": Words("收到过的消息编号，三十天后即删", "ids of what was heard, gone after thirty days"),
    "answers": Words(
        "已答复的请求，三十天后即删", "what was answered to which request, gone after thirty days"
    ),
    "audit": Words(
        "审计记录另行收入，连同封存证明", "audit entries are packed by themselves, with proof of their seals"
    ),
    "audit_pending": Words("待封存的审计记录编号", "ids of entries that wait for a seal"),
    "audit_seals": Words("封存批次随审计记录收入", "seals are packed with the entries"),
}


@dataclass(frozen=True)
class Keeping:
    """One service's declaration.

    `left_out`: tables that are in no package, and why. `counted`: of these a package holds numbers of rows alone. `keys`: the
    column that names the application, where it is not `application_id`, or the cycle, where it is not `cycle_id`.
    `mixed`: tables of applications in which an empty id stands for the whole cycle.
    Of the tables of an application `destroyed` lose their rows, `blanked` keep them with these columns made empty, and
    `kept` keep them, for the reason given.
    """

    metadata: MetaData
    left_out: Mapping[str, Words] = field(default_factory=dict)
    counted: Mapping[str, Words] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, str]] = field(
        default_factory=dict
    )  # table → (application's column, cycle's)
    mixed: frozenset[str] = frozenset()
    destroyed: frozenset[str] = frozenset()
    blanked: Mapping[str, Mapping[str, Blank]] = field(default_factory=dict)
    kept: Mapping[str, Words] = field(default_factory=dict)

    def application_column(self, table: Table) -> str | None:
        """The column that says whose application a row is of."""
        return self._column(table, 0, APPLICATION)

    def cycle_column(self, table: Table) -> str | None:
        """The column that says of which cycle a row is."""
        return self._column(table, 1, CYCLE)

    def _column(self, table: Table, which: int, usual: str) -> str | None:
        named = self.keys.get(table.name, ("", ""))[which] or usual
        return named if named in table.c else None

    def of_applications(self) -> Iterator[Table]:
        """Tables whose rows go into an application's package, by name."""
        return (
            table
            for table in self._packed()
            if self.application_column(table) is not None and table.name not in self.counted
        )

    def of_cycles(self) -> Iterator[Table]:
        """Tables that have rows of a cycle which are no application's."""
        for table in self._packed():
            column = self.application_column(table)
            if self.cycle_column(table) is not None and (
                column is None
                or table.c[column].nullable
                or table.name in self.counted
                or table.name in self.mixed
            ):
                yield table

    def _packed(self) -> Iterator[Table]:
        for name in sorted(self.metadata.tables):
            if name not in PLATFORM and name not in self.left_out:
                yield self.metadata.tables[name]

    def without(self) -> dict[str, Words]:
        """Tables that are in no package, with the reason."""
        return {**PLATFORM, **self.left_out}

    def faults(self) -> list[str]:
        """What is declared twice, for nothing, or not at all; empty where every table is accounted for."""
        names = set(self.metadata.tables)
        told = {*self.left_out, *self.counted, *self.keys, *self.destroyed, *self.blanked, *self.kept}
        found = [f"{name}: declared, and no table" for name in sorted(told - names)]
        for name in sorted(names - set(PLATFORM)):
            table = self.metadata.tables[name]
            fates = [name in each for each in (self.destroyed, self.blanked, self.kept)]
            if name not in self.left_out and (
                self.application_column(table) is None and self.cycle_column(table) is None
            ):
                found.append(f"{name}: in no package, and no reason is given")
            if self.application_column(table) is not None and sum(fates) != 1:
                found.append(f"{name}: say whether its rows are destroyed, blanked or kept")
            found += [
                f"{name}.{column}: blanked, and no column"
                for column in self.blanked.get(name, ())
                if column not in table.c
            ]
        return found


def hidden(table: Table) -> list[str]:
    """Columns that are encrypted, and therefore in no package."""
    return [column.name for column in table.c if isinstance(column.type, EncryptedText)]


def nothing(_row: Mapping[str, Any]) -> None:
    """Blank a column that may be empty."""


def always(value: Any) -> Blank:
    """Blank a column that may not be empty with one and the same value."""
    return lambda _row: value


def own_id(prefix: str, column: str = APPLICATION) -> Blank:
    """Blank a column that has to stay different in each row."""
    return lambda row: f"{prefix}{row[column]}"


GONE = "（已销毁）destroyed"
EMPTY_DOSSIER: Mapping[str, Any] = {
    "uscc": "", "recommended_by": None, "nominated_by": None, "facts": {}, "materials": [], "files": [],
}  # fmt: skip


def dossier(row: Mapping[str, Any]) -> dict[str, Any]:
    """Blank a frozen dossier: of what kind and category it was and when it came in stays, so that lists still add up."""
    had = row["dossier"]
    stays = {name: had.get(name) for name in ("kind", "category", "submitted_on")}
    return {**EMPTY_DOSSIER, **stays, "name": GONE, "applicant_key": f"destroyed:{row[APPLICATION]}"}


# What every owner of stages keeps of the protocol.
PROTOCOL_BLANKED: Mapping[str, Mapping[str, Blank]] = {"dossiers": {"dossier": dossier}}
PROTOCOL_KEPT: Mapping[str, Words] = {
    "entrants": Words(
        "谁进入过哪个阶段：只有编号", "which application was in which stage: numbers and nothing else"
    ),
    DESTROYED: Words("销毁的事实", "the fact of the destruction"),
}
PROTOCOL_KEYS: Mapping[str, tuple[str, str]] = {"cycles": ("", "id")}

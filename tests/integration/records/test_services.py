"""What every service packs, and what is left of an application afterwards, on both databases: its tables filled, all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Integer, Table, UniqueConstraint, delete, select
from sqlalchemy import event as sa_event
from sqlalchemy.exc import DBAPIError

from shared.contracts import Context, load
from shared.contracts.events import RecordsDestroyed
from shared.problems import Conflict
from shared.procedure import outcome
from shared.procedure.service import Follower, StageOwner
from shared.procedure.state import Closing
from shared.records import answering, proofs
from shared.records.destroying import destroy
from shared.records.keeping import Keeping, hidden
from shared.records.tables import DESTROYED
from shared.store import EncryptedText, Instant
from shared.store.migrate import schema_differences
from tests.support.rooms import CLOSES, CYCLE, Room

pytestmark = pytest.mark.integration

SECRET, WORD = "一个秘密", "x"
FIRST, OTHER = "app-first", "app-other"
CARRIED = {"score": "88.00"}
GONE_ON = date(2036, 1, 4)
_FILLED = {"parties"}  # by what hears of an accepted application
# Read by discipline inspection alone, by their writers, and by the officers of a case.
NARROWER = {"conduct_reports", "sheet_drafts", "sheet_draft_items", "objections"}
# What a table's own checks ask for.
FITTING: dict[str, dict[str, Any]] = {
    "defence_slots": {"ends": 2}, "tracking_visits": {"state": "planned"}, "votes": {"held": "here"},
}  # fmt: skip


@dataclass
class House:
    """One service's room with two applications, and a row of each in every table that names one."""

    room: Room
    keeping: Keeping

    @property
    def own(self) -> list[Table]:
        """Tables with rows of applications, without those that the protocol fills."""
        tables = self.keeping.metadata.tables.values()
        return [
            table
            for table in tables
            if self.keeping.application_column(table) is not None
            and table.name not in {"dossiers", "entrants", DESTROYED}
        ]

    def fill(self, application: str) -> None:
        with self.room.desk.work() as work:
            for table in self.own:
                if table.name not in _FILLED:
                    work.session.execute(table.insert().values(**self.row(work, table, application)))

    def row(self, work: Any, table: Table, application: str) -> dict[str, Any]:
        row = {column.name: value(work, column) for column in table.c if asked_for(column)}
        key = self.keeping.application_column(table)
        assert key is not None
        cycle = self.keeping.cycle_column(table)
        named = {key: application} | ({cycle: CYCLE} if cycle else {})
        for column in table.primary_key.columns:
            if column.name not in named and not isinstance(column.type, Integer | Date):
                row[column.name] = application.removeprefix("app-")
        for name in unlike(table) & row.keys():
            if isinstance(row[name], str):
                row[name] = application.removeprefix("app-")
        return row | FITTING.get(table.name, {}) | named

    def count(self, table: Table, application: str) -> int:
        key = self.keeping.application_column(table)
        assert key is not None
        with self.room.desk.store.read() as work:
            return len(work.session.execute(select(table.c[key]).where(table.c[key] == application)).all())

    def end(self) -> None:
        """Nobody goes on from the qualification."""
        self.room.hand_over("submission", CLOSES, [FIRST, OTHER], dict.fromkeys((FIRST, OTHER), CARRIED))
        lines = [
            outcome(each, passed=False, status="ineligible", reason_zh="缘由", reason_en="because")
            for each in (FIRST, OTHER)
        ]
        with self.room.desk.work() as work:
            data = {"cycle_id": CYCLE, "stage": "qualification", "closed_on": CLOSES, "outcomes": lines}
            self.room.conductor.stage_closed(work, data)

    def outcomes_are_empty(self, application: str) -> None:
        """Of the closings it is left that it passed, or did not; of the others everything."""
        with self.room.desk.store.read() as work:
            closings = self.room.conductor.records.closings(work, CYCLE)
        for closing in closings.values():
            for line in closing.outcomes:
                empty = (line["reason_zh"], line["carried"]) == ("", {})
                assert empty == (line["application_id"] == application)
                assert line["passed"] == (closing.stage == "submission")

    def archive(self, application: str | None) -> dict[str, Any]:
        def rows(work: Any, data: dict[str, Any]) -> dict[str, Any]:
            return answering.rows(work, self.room.conductor, self.keeping, data)

        return self.room.ask("archive", rows, {"application_id": application}, "auditor")

    def entries(self, application: str | None) -> dict[str, Any]:
        def entries(work: Any, data: dict[str, Any]) -> dict[str, Any]:
            return answering.entries(work, self.room.desk.store, self.room.conductor, data)

        self.room.desk.store.sealer.seal_all()
        return self.room.ask("archive_audit", entries, {"application_id": application}, "auditor")

    def destroy(self, *applications: str) -> None:
        data = {
            "cycle_id": CYCLE, "list_id": "list-1", "application_ids": list(applications), "destroyed_on": str(GONE_ON),
        }  # fmt: skip
        told = load(RecordsDestroyed(), data)
        with self.room.desk.work() as work:
            destroy(work, self.keeping, told["cycle_id"], told["list_id"], told["application_ids"], GONE_ON)


def statements(house: House) -> list[str]:
    """What is asked of the database from now on."""
    found: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(" ".join(statement.split()))

    sa_event.listen(house.room.desk.store.engine, "before_cursor_execute", note)
    return found


def unlike(table: Table) -> set[str]:
    """Columns that no two rows have alike."""
    indexes = [index.columns for index in table.indexes if index.unique]
    constraints = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    return {column.name for columns in (*indexes, *constraints) for column in columns}


def asked_for(column: Column[Any]) -> bool:
    return column.server_default is None and (not column.nullable or isinstance(column.type, EncryptedText))


def value(work: Any, column: Column[Any]) -> Any:
    """Something that fits the column."""
    if isinstance(column.type, EncryptedText):
        return SECRET
    if isinstance(column.type, Instant):
        return work.now()
    for kind, found in ((Boolean, False), (Integer, 1), (Date, CLOSES), (JSON, {})):
        if isinstance(column.type, kind):
            return found
    return WORD


@pytest.fixture(params=["eligibility", "review", "committee", "incentives"])
def house(request: pytest.FixtureRequest, database_url: str) -> Iterator[House]:
    service = request.param
    conductor = import_module(f"services.{service}.stages").conductor
    room = Room(service, database_url, conductor)
    made = House(room, import_module(f"services.{service}.keeping").keeping)
    for number, application in enumerate((FIRST, OTHER), 1):
        room.accept(application, number)
        made.fill(application)
    yield made
    room.desk.close()


def test_nothing_is_packed_while_the_cycle_goes_on(house: House) -> None:
    for ask in (house.archive, house.entries):
        with pytest.raises(Conflict) as refused:
            ask(FIRST)
        assert refused.value.code == "cycle_not_over"


def test_every_table_of_an_application_is_packed_and_no_secret(house: House) -> None:
    """Each but those left out, with the reason; of the other application nothing, and nothing that is encrypted."""
    house.end()
    told = house.archive(FIRST)
    tables = {each["table"]: each["rows"] for each in told["tables"]}
    left_out = {each["table"]: each["reason_en"] for each in told["left_out"]}
    for table in house.own:
        assert table.name in tables or left_out[table.name], table.name
    assert tables["dossiers"][0]["dossier"]["name"] == "示例1"
    text = json.dumps(tables, ensure_ascii=False)
    assert SECRET not in text
    assert OTHER not in text
    for table in house.keeping.of_applications():
        for column in hidden(table):
            assert (table.name, column) in {(each["table"], each["column"]) for each in told["left_out"]}


def test_tables_behind_narrower_operations_are_left_out(house: House) -> None:
    """A package is read by the office and the auditor: what one side alone may see is not in it, and is destroyed."""
    narrower = NARROWER & {table.name for table in house.own}
    assert bool(narrower) == (house.room.service in {"eligibility", "review"})
    house.end()
    told = house.archive(FIRST)
    assert not narrower & {each["table"] for each in told["tables"]}
    assert narrower <= {each["table"] for each in told["left_out"]}
    assert narrower <= house.keeping.destroyed


def test_a_cycles_own_rows_are_of_no_application(house: House) -> None:
    """Who has cast a secret ballot is a number."""
    house.end()
    told = {each["table"]: each["rows"] for each in house.archive(None)["tables"]}
    assert {"cycles", "closings"} <= set(told)
    assert not {"dossiers", "sheets", "objections", "grants"} & set(told)
    for name in house.keeping.counted:
        assert set(told[name][0]) == {"rows", "reason_zh", "reason_en"}


def test_entries_are_proved(house: House) -> None:
    house.end()
    for application in (FIRST, OTHER, None):
        told = house.entries(application)
        seals = {seal["sequence"]: seal for seal in told["seals"]}
        assert told["entries"]
        for entry in told["entries"]:
            assert proofs.faults(entry, seals[entry["seal"]], house.room.service) is None


def test_what_waits_for_its_seal_is_sealed_before_it_is_packed(house: House) -> None:
    """As the bus asks: in a work that only reads, of a log that nobody has sealed yet."""
    house.end()
    service = SimpleNamespace(
        store=house.room.desk.store, conductor=house.room.conductor, keeping=house.keeping
    )
    data = {"cycle_id": CYCLE, "application_id": FIRST, "after": ""}
    with service.store.read(Context(message_id="m", actor="qian", role="auditor")) as work:
        told = StageOwner.archive_audit(service, work, data)  # type: ignore[arg-type]
    assert told["entries"]
    assert all(entry["seal"] is not None for entry in told["entries"])


def test_what_is_heard_is_destroyed(house: House) -> None:
    """The handler of the event does what the declaration says."""
    gone = {"cycle_id": CYCLE, "list_id": "list-1", "application_ids": [OTHER], "destroyed_on": GONE_ON}
    service = SimpleNamespace(keeping=house.keeping)
    with house.room.desk.work() as work:
        Follower.records_destroyed(service, work, SimpleNamespace(data=gone))  # type: ignore[arg-type]
    for table in house.own:
        if table.name in house.keeping.destroyed:
            assert (house.count(table, FIRST), house.count(table, OTHER)) == (1, 0), table.name


def test_what_is_destroyed_is_gone_and_the_rest_is_not(house: House) -> None:
    """Table by table as declared; the other application keeps all; the fact is left, and the log stands."""
    house.end()
    house.destroy(FIRST)
    for table in house.own:
        gone = table.name in house.keeping.destroyed
        assert (house.count(table, FIRST), house.count(table, OTHER)) == (int(not gone), 1), table.name
    store = house.room.desk.store
    with store.read() as work:
        dossiers = house.keeping.metadata.tables["dossiers"]
        rows = {row.application_id: row for row in work.session.execute(select(dossiers))}
        (fact,) = work.session.execute(select(house.keeping.metadata.tables[DESTROYED])).all()
    assert rows[FIRST].dossier["name"] == "（已销毁）destroyed"
    assert rows[FIRST].dossier["kind"] == "organization"
    assert rows[OTHER].dossier["name"] == "示例2"
    assert "示例1" not in json.dumps(rows[FIRST].dossier, ensure_ascii=False)
    assert (fact.application_id, fact.list_id, fact.destroyed_on) == (FIRST, "list-1", GONE_ON)
    assert fact.rows["dossiers"] == 1
    house.outcomes_are_empty(FIRST)
    assert house.room.desk.actions().count("records:destroyed") == 1
    store.sealer.seal_all()
    assert store.verify().intact
    assert house.archive(FIRST)["destroyed_on"] == str(GONE_ON)


def test_what_is_told_twice_is_destroyed_once(house: House) -> None:
    house.destroy(FIRST)
    house.destroy(FIRST, OTHER)
    assert house.room.desk.actions().count("records:destroyed") == 2


def test_outcomes_are_locked_before_they_are_emptied(house: House) -> None:
    """Two processes that empty other lines of one row would undo each other's work. SQLite has one writer anyway."""
    house.end()
    said = statements(house)
    house.destroy(FIRST)
    (taken,) = [each for each in said if each.startswith("SELECT") and "FROM closings" in each]
    assert ("FOR UPDATE" in taken) == (house.room.desk.store.engine.dialect.name == "postgresql")


def test_whether_a_cycle_is_over_is_seen_without_what_it_holds(house: House) -> None:
    """Every page of a package asks: no outcome and no whole dossier is read where all stages are closed."""
    with house.room.desk.work() as work:
        cycle = house.room.conductor.cycle(work, CYCLE)
        for stage in (stage for phase in cycle.rulebook.procedure for stage in phase.stages):
            house.room.conductor.records.add_closing(work, CYCLE, Closing(stage.key, CLOSES, []))
    said = statements(house)
    with house.room.desk.store.read() as work:
        assert house.room.conductor.over_on(work, cycle) == CLOSES
    assert not [each for each in said if "outcomes" in each or "dossiers" in each]


def test_whether_a_cycle_is_over_reads_categories_alone(house: House) -> None:
    house.end()
    said = statements(house)
    with house.room.desk.store.read() as work:
        assert house.room.conductor.records.categories(work, CYCLE) == {FIRST: None, OTHER: None}
    (taken,) = [each for each in said if "dossiers.dossier" in each]
    assert "JSON_EXTRACT(dossiers.dossier" in taken or "dossiers.dossier ->>" in taken


def test_guards_let_go_of_the_destroyed_alone(house: House) -> None:
    """Rows of tables that are only added to stay where their application's records are kept."""
    guarded = {"case_statements", "conduct_reports", "feedback_answers", "feedback_versions", "panel_log"}
    house.destroy(FIRST)
    for name in sorted(guarded & set(house.keeping.metadata.tables)):
        table = house.keeping.metadata.tables[name]
        with pytest.raises(DBAPIError, match="only ever added to"), house.room.desk.work() as work:
            work.session.execute(delete(table).where(table.c.application_id == OTHER))


def test_stages_and_lists_of_a_destroyed_cycle_can_still_be_asked_for(house: House) -> None:
    """What is blank fits the contracts as what was there did."""
    house.end()
    house.destroy(FIRST, OTHER)
    stage = next(
        each for each in house.room.rulebook.stages if each.owner == house.room.service
    )  # the first of its own
    reply = house.room.ask("stage", house.room.conductor.stage, {"stage": stage.key}, "auditor")
    assert reply["state"] == ("planned" if stage.key == "qualification" else "waiting")


@pytest.mark.parametrize("service", ["eligibility", "review", "committee", "incentives"])
def test_the_migrations_make_what_the_models_say(database_url: str, service: str) -> None:
    assert schema_differences(service, database_url) == []

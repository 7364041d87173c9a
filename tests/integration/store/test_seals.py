"""The sealed audit log: whoever changes, removes or slips in a row is found, and the place is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from shared.clock import FixedClock
from shared.store import AuditReport, Store
from shared.store.chain import ENTRY_BYTES
from shared.store.tables import GUARDED, guard_names
from tests.integration.store.conftest import OpenStore, column, context, take_note

NO_GRACE = timedelta(0)


def entries(store: Store, count: int, *, cycle_id: str = "c1", seal_each: bool = True) -> None:
    for number in range(count):
        with store.transaction() as tx:
            tx.work(context(f"m{number}")).audit("note:take", f"n{number}", cycle_id=cycle_id)
        if seal_each:
            store.sealer.seal()


def unguard(store: Store) -> None:
    """What only the owner of the tables can do: take the guards away."""
    with store.writing() as connection:
        for table in GUARDED:
            for name in guard_names(connection.dialect.name, table):
                where = f" ON {table}" if connection.dialect.name == "postgresql" else ""
                connection.exec_driver_sql(f"DROP TRIGGER {name}{where}")


def kinds(report: AuditReport) -> list[tuple[str, str]]:
    """The kinds of the problems with their places, ids left out."""
    return [(problem.kind, re.sub(r"row \w+", "row", problem.where)) for problem in report.problems]


def test_an_untouched_log_is_intact(store: Store) -> None:
    """Sealed and waiting rows are counted, in all and by cycle; an empty log is intact too."""
    assert store.verify().intact
    entries(store, 3)
    entries(store, 2, cycle_id="c2", seal_each=False)
    report = store.verify()
    assert report.intact
    assert (report.entries, report.sealed, report.unsealed, report.seals) == (5, 3, 2, 3)
    assert report.head == column(store, "SELECT digest FROM audit_seals WHERE sequence = 3")[0]
    in_c2 = store.verify("c2")
    assert (in_c2.entries, in_c2.sealed, in_c2.unsealed) == (2, 0, 2)


def test_a_row_that_commits_late_is_in_the_next_batch(
    store: Store, other: Store, pool: ThreadPoolExecutor
) -> None:
    """Rows committed while an older transaction is open are sealed first; the older one's rows follow."""
    if store.engine.dialect.name == "postgresql":
        with store.transaction() as tx:
            tx.work(context("early")).audit("note:take", "early")
            pool.submit(entries, other, 2).result(timeout=60)
    else:  # SQLite has one writer: the late row can only come after
        entries(other, 2)
        entries(store, 1, seal_each=False)
    assert store.sealer.waiting() == 1
    assert store.sealer.seal_all() == 1
    report = store.verify(grace=NO_GRACE)
    assert (report.intact, report.sealed, report.seals) == (True, 3, 3)


def test_sealing_goes_in_batches_of_a_limited_size(store: Store) -> None:
    """A seal covers no more rows than asked; nothing to seal makes no seal."""
    entries(store, 5, seal_each=False)
    assert [store.sealer.seal(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert column(store, "SELECT entries FROM audit_seals ORDER BY sequence") == [2, 2, 1]
    assert store.verify(grace=NO_GRACE).intact


def test_many_sealers_make_one_chain(store: Store, other: Store, pool: ThreadPoolExecutor) -> None:
    """Replicas that seal at the same time leave one unbroken chain over each row once."""

    def work(number: int) -> None:
        mine = store if number % 2 else other
        entries(mine, 5)

    for future in [pool.submit(work, number) for number in range(4)]:
        future.result(timeout=60)
    store.sealer.seal_all()
    report = store.verify(grace=NO_GRACE)
    assert (report.problems, report.sealed, report.unsealed) == ((), 20, 0)


def test_a_replica_does_not_queue_for_the_sealers_place(postgresql_url: str, open_store: OpenStore) -> None:
    """PostgreSQL: while one replica seals, another one finds nothing to do at once."""
    store, other = open_store(postgresql_url), open_store(postgresql_url)
    store.create_schema()
    entries(store, 1, seal_each=False)
    with store.writing() as connection:
        assert store.sealer._alone(connection)
        assert other.sealer.seal() == 0
    assert other.sealer.seal() == 1


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_the_algorithm_is_a_choice_that_the_log_names(
    database_url: str, open_store: OpenStore, algorithm: str
) -> None:
    """SHA-256 and SM3 both seal; a log that changes its algorithm stays verifiable."""
    store = open_store(database_url, digest=algorithm)
    store.create_schema()
    entries(store, 2)
    after = open_store(database_url, digest="sha256")
    entries(after, 1)
    report = store.verify()
    assert report.problems == ()
    assert column(store, "SELECT algorithm FROM audit_seals ORDER BY sequence") == [
        algorithm,
        algorithm,
        "sha256",
    ]
    assert column(store, "SELECT root FROM audit_seals ORDER BY sequence")[0].startswith(f"{algorithm}:")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'mallory'",
        "DELETE FROM audit",
        "UPDATE audit_seals SET entries = 0",
        "DELETE FROM audit_seals",
    ],
)
def test_the_database_itself_refuses_changes(store: Store, statement: str) -> None:
    """Even the service's own role cannot change or delete an audit row or a seal."""
    entries(store, 1)
    with pytest.raises(DBAPIError, match="only ever added to"), store.writing() as connection:
        connection.exec_driver_sql(statement)
    assert store.verify().intact


def test_the_log_cannot_be_emptied(postgresql_url: str, open_store: OpenStore) -> None:
    """PostgreSQL: TRUNCATE is refused as well."""
    store = open_store(postgresql_url)
    store.create_schema()
    with pytest.raises(DBAPIError, match="only ever added to"), store.writing() as connection:
        connection.exec_driver_sql("TRUNCATE audit")


def change(store: Store, sequence: int, **values: object) -> None:
    seals = store.tables.audit_seals
    with store.writing() as connection:
        connection.execute(update(seals).where(seals.c.sequence == sequence).values(**values))


def run(statement: str) -> Callable[[Store], None]:
    def tamper(store: Store) -> None:
        with store.writing() as connection:
            connection.execute(text(statement))

    return tamper


def slip_in(store: Store) -> None:
    """Insert a copy of a row under another id, past the store."""
    audit = store.tables.audit
    with store.writing() as connection:
        row = dict(connection.execute(select(audit).order_by(audit.c.id).limit(1)).one()._mapping)
        connection.execute(audit.insert().values(row | {"id": "f" * 32, "actor": "mallory"}))


def drop_a_leaf(store: Store) -> None:
    """Remove a row and its leaf from the seal's list."""
    run("DELETE FROM audit WHERE subject = 'n1'")(store)
    change(store, 2, leaves=b"", entries=0)


def reseal(store: Store) -> None:
    """Remove a row and recompute its seal as the sealer would; the next link still knows the old one."""
    audit, seals = store.tables.audit, store.tables.audit_seals
    run("DELETE FROM audit WHERE subject = 'n1'")(store)
    with store.writing() as connection:
        connection.execute(store.tables.audit_pending.delete())
        third = dict(connection.execute(select(seals).where(seals.c.sequence == 3)).one()._mapping)
        connection.execute(seals.delete().where(seals.c.sequence >= 2))
        connection.execute(store.tables.audit_pending.insert().values(id=_id(store, "n2")))
    assert store.sealer.seal() == 1
    with store.writing() as connection:
        connection.execute(seals.insert().values(third))
    assert column(store, f"SELECT count(*) FROM {audit.name}") == [3]


def _id(store: Store, subject: str) -> str:
    return str(column(store, f"SELECT id FROM audit WHERE subject = '{subject}'")[0])


TAMPERING = [
    ("actor", run("UPDATE audit SET actor = 'mallory' WHERE subject = 'n1'"), [("changed", "row (seal 2)")]),
    ("reason", run("UPDATE audit SET reason = '' WHERE subject = 'n1'"), [("changed", "row (seal 2)")]),
    ("cycle", run("UPDATE audit SET cycle_id = NULL WHERE subject = 'n1'"), [("changed", "row (seal 2)")]),
    ("row deleted", run("DELETE FROM audit WHERE subject = 'n1'"), [("missing", "row (seal 2)")]),
    ("row slipped in", slip_in, [("inserted", "row")]),
    (
        "row and seal deleted",
        run("DELETE FROM audit_seals WHERE sequence = 2"),
        [("seal_missing", "seal 2"), ("inserted", "row")],
    ),
    ("leaf dropped", drop_a_leaf, [("seal_changed", "seal 2")]),
    (
        "seal cut",
        lambda store: change(store, 2, leaves=b"x"),
        [("seal_changed", "seal 2"), ("inserted", "row")],
    ),
    (
        "seal redated",
        lambda store: change(store, 2, sealed_at=store.clock.now() - timedelta(days=1)),
        [("seal_changed", "seal 2")],
    ),
    (
        "leaf replaced",
        lambda store: change(store, 2, leaves=bytes(ENTRY_BYTES)),
        [("seal_changed", "seal 2"), ("missing", "row (seal 2)"), ("inserted", "row")],
    ),
    ("algorithm", lambda store: change(store, 2, algorithm="md5"), [("seal_changed", "seal 2")]),
    ("resealed", reseal, [("seal_changed", "seal 3")]),
]


@pytest.mark.parametrize(
    ("tamper", "found"), [case[1:] for case in TAMPERING], ids=[case[0] for case in TAMPERING]
)
def test_tampering_is_found_and_its_place_named(
    store: Store, tamper: Callable[[Store], None], found: list[tuple[str, str]]
) -> None:
    """Each way to change the past, by somebody who owns the tables, breaks the log where it was changed."""
    entries(store, 4)
    assert store.verify().intact
    unguard(store)
    tamper(store)
    report = store.verify()
    assert kinds(report) == found
    assert not report.intact
    assert all(problem.detail_zh and problem.detail_en for problem in report.problems)


def test_a_row_that_stays_unsealed_is_found(store: Store, clock: FixedClock) -> None:
    """A sealer that does not run, or a row that is kept from it, shows after the grace."""
    entries(store, 1, seal_each=False)
    assert store.verify().intact
    clock.move(timedelta(minutes=2))
    assert kinds(store.verify()) == [("unsealed", "row")]


def test_a_row_that_is_kept_from_the_sealer_is_found(store: Store) -> None:
    """Who takes a row off the list of those that wait is found as if the row had been slipped in."""
    entries(store, 2, seal_each=False)
    run("DELETE FROM audit_pending WHERE id = (SELECT min(id) FROM audit_pending)")(store)
    store.sealer.seal_all()
    assert kinds(store.verify()) == [("inserted", "row")]


def test_a_row_that_is_gone_before_it_is_sealed_is_found(store: Store) -> None:
    """Both while it waits, and for ever after the sealer found it missing."""
    entries(store, 2, seal_each=False)
    unguard(store)
    run("DELETE FROM audit WHERE subject = 'n0'")(store)
    assert kinds(store.verify()) == [("missing", "row")]
    store.sealer.seal_all()
    assert kinds(store.verify()) == [("missing", "row (seal 1)")]


def test_a_log_cut_at_its_end_differs_from_a_head_kept_elsewhere(store: Store) -> None:
    """Seals and rows deleted from the end leave a shorter intact chain: the head of the report tells."""
    entries(store, 3)
    before = store.verify()
    unguard(store)
    run("DELETE FROM audit WHERE subject = 'n2'")(store)
    run("DELETE FROM audit_seals WHERE sequence = 3")(store)
    after = store.verify()
    assert (after.intact, after.seals, after.head == before.head) == (True, 2, False)


def test_a_wholly_broken_log_is_reported_in_brief(store: Store) -> None:
    """Of each kind the first breaks are named, not every row of a large log."""
    with store.transaction() as tx:
        work = tx.work(context())
        for number in range(100):
            work.audit("note:take", f"n{number}")
    store.sealer.seal()
    unguard(store)
    run("UPDATE audit SET actor = 'mallory'")(store)
    report = store.verify()
    assert len(report.problems) == 20
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(store.tables.audit)).scalar_one() == 100


def test_events_in_rows_are_sealed_with_them(store: Store) -> None:
    """Changing which event a work published breaks the seal as any change of a row does."""
    take_note(store, "a")
    store.sealer.seal()
    unguard(store)
    run("UPDATE audit SET published = NULL")(store)
    assert kinds(store.verify()) == [("changed", "row (seal 1)")]

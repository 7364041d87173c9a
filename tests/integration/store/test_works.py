"""Works: what a handler does is kept whole or undone whole, with its events and audit entries."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.clock import FixedClock
from shared.contracts.context import Context
from shared.problems import Invalid
from shared.store import Receipt, Store, rows
from tests.integration.store.conftest import column, context, take_note
from tests.support.tiny.models import Note, NoteTaken


def titles(store: Store) -> list[str]:
    return column(store, "SELECT title FROM notes ORDER BY title")


def test_a_failed_savepoint_takes_everything_of_its_own_with_it(store: Store) -> None:
    """Rows, events and audit entries of the failed work vanish; those of its neighbours stay."""
    with store.transaction() as tx:
        for number, title in enumerate(("a", "b", "c")):
            try:
                with tx.savepoint():
                    work = tx.work(context(f"m{number}"))
                    work.session.add(Note(id=title, title=title))
                    work.publish(NoteTaken, {"title": title}, subject=title)
                    work.audit("note:take", title)
                    if title == "b":
                        raise LookupError(title)
            except LookupError:
                continue
    assert titles(store) == ["a", "c"]
    assert column(store, "SELECT subject FROM outbox ORDER BY id") == ["a", "c"]
    assert column(store, "SELECT subject FROM audit ORDER BY id") == ["a", "c"]
    assert column(store, "SELECT count(*) FROM audit_pending") == [2]


def test_a_broken_constraint_costs_its_own_savepoint_only(store: Store) -> None:
    """A flush that fails at the end of a savepoint leaves the transaction usable."""
    with store.transaction() as tx:
        with tx.savepoint():
            tx.work(context()).session.add(Note(id="1", title="same"))
        with pytest.raises(IntegrityError), tx.savepoint():
            tx.work(context()).session.add(Note(id="2", title="same"))
        with tx.savepoint():
            tx.work(context()).session.add(Note(id="3", title="other"))
    assert titles(store) == ["other", "same"]


def test_a_piece_of_a_work_is_undone_alone(store: Store) -> None:
    """Rows, events and audit entries of the piece that failed vanish; those before and after it stay, of the same work."""
    with store.transaction() as tx, tx.savepoint():
        work = tx.work(context())
        for title in ("a", "b", "same", "c"):
            try:
                with work.piece():
                    work.connection.execute(
                        insert(Note).values(id=title, title="a" if title == "same" else title)
                    )
                    work.publish(NoteTaken, {"title": title}, subject=title)
                    work.audit("note:take", title)
                    if title == "b":
                        raise LookupError(title)
            except (LookupError, IntegrityError):
                continue
    assert titles(store) == ["a", "c"]
    assert column(store, "SELECT subject FROM outbox ORDER BY id") == ["a", "c"]
    assert column(store, "SELECT subject FROM audit ORDER BY id") == ["a", "c"]


def test_something_may_be_tried_inside_a_work(store: Store) -> None:
    """`session.begin_nested` undoes an attempt and lets the work go on."""
    with store.transaction() as tx, tx.savepoint():
        work = tx.work(context())
        work.session.add(Note(id="1", title="same"))
        work.flush()
        with pytest.raises(IntegrityError), work.session.begin_nested():
            work.session.add(Note(id="2", title="same"))
        work.session.add(Note(id="3", title="other"))
    assert titles(store) == ["other", "same"]


def test_a_swallowed_failure_of_a_flush_is_no_success(store: Store) -> None:
    """A handler that hides a failed flush does not get its savepoint released as if all were well."""
    with store.transaction() as tx:
        with pytest.raises(RuntimeError, match="swallowed"), tx.savepoint():
            work = tx.work(context())
            work.session.add_all([Note(id="1", title="same"), Note(id="2", title="same")])
            with pytest.raises(IntegrityError):
                work.session.flush()
        with tx.savepoint():
            tx.work(context()).session.add(Note(id="3", title="kept"))
    assert titles(store) == ["kept"]


def test_savepoints_nest_and_may_stay_empty(store: Store) -> None:
    """Savepoints within savepoints, with and without statements, undo exactly what lies inside them."""
    with store.transaction() as tx:
        with tx.savepoint(), tx.savepoint():
            pass
        with tx.savepoint():
            tx.connection.execute(insert(Note).values(id="1", title="outer"))
            with pytest.raises(LookupError), tx.savepoint():
                with tx.savepoint():
                    tx.connection.execute(insert(Note).values(id="2", title="inner"))
                raise LookupError
            with pytest.raises(LookupError), tx.savepoint():
                raise LookupError
            with tx.savepoint():
                tx.connection.execute(insert(Note), [{"id": "4", "title": "x"}, {"id": "5", "title": "y"}])
        tx.connection.execute(insert(Note).values(id="3", title="after"))
    assert titles(store) == ["after", "outer", "x", "y"]


def test_a_savepoint_before_a_streamed_query_is_sent_by_itself(store: Store) -> None:
    """A query that streams its rows works as the first statement of a savepoint."""
    with store.transaction() as tx, tx.savepoint():
        tx.connection.execute(insert(Note).values(id="1", title="a"))
        with tx.savepoint():
            rows = tx.connection.execute(select(Note.title).execution_options(yield_per=1)).scalars()
            assert list(rows) == ["a"]


def test_one_work_sees_what_another_wrote_before(store: Store) -> None:
    """Works of one transaction read each other's flushed rows through sessions of their own."""
    with store.transaction() as tx:
        first = tx.work(context("m1"))
        first.session.add(Note(id="1", title="a"))
        first.flush()
        second = tx.work(context("m2"))
        assert second.session.execute(select(Note.title)).scalars().all() == ["a"]


def test_transactions_do_not_nest(store: Store) -> None:
    """A transaction inside a transaction would deadlock or commit apart: it is refused."""
    with store.transaction(), pytest.raises(RuntimeError, match="nest"), store.transaction():
        pass
    with store.transaction():
        pass


def test_a_reading_work_cannot_write(store: Store) -> None:
    """Neither by a statement nor by an event or an audit entry; and the connection writes again afterwards."""
    with store.read() as work, pytest.raises(DBAPIError):
        work.connection.execute(insert(Note).values(id="1", title="a"))
    with store.read() as work:
        with pytest.raises(RuntimeError, match="only reads"):
            work.publish(NoteTaken, {"title": "a"}, subject="a")
        with pytest.raises(RuntimeError, match="only reads"):
            work.audit("note:take", "a")
    take_note(store, "a")


def test_a_reading_work_sees_one_snapshot(store: Store, other: Store) -> None:
    """Two reads of one work agree, whatever is committed between them."""
    with store.read() as work:
        before = work.session.execute(select(Note.title)).scalars().all()
        with other.transaction() as tx:
            tx.work(context()).session.add(Note(id="1", title="a"))
        assert work.session.execute(select(Note.title)).scalars().all() == before
    assert titles(store) == ["a"]


def test_an_event_is_checked_before_anything_is_kept(store: Store) -> None:
    """Data outside the contract are refused by field, and a service publishes its own events only."""
    with pytest.raises(Invalid) as refused, store.transaction() as tx:
        tx.work(context()).publish(NoteTaken, {"title": "a", "colour": "red"}, subject="a")
    assert [error.field for error in refused.value.errors] == ["colour"]
    stranger = Store(
        store.engine, "stranger", clock=store.clock, keys=None, algorithm="sha256", limits=store.limits
    )
    with pytest.raises(PermissionError), stranger.transaction() as tx:
        tx.work(context()).publish(NoteTaken, {"title": "a"}, subject="a")
    assert column(store, "SELECT count(*) FROM outbox") == [0]


def test_what_is_caused_carries_its_cause(store: Store) -> None:
    """An event's headers name who acted, the message that caused it and the whole chain, and the rehearsal's day."""
    day = date(2025, 6, 14)
    with store.transaction() as tx:
        work = tx.work(context("m7", correlation_id="k1", reason="催办", rehearsal_date=day))
        work.publish(NoteTaken, {"title": "a"}, subject="a")
    (headers,) = column(store, "SELECT headers FROM outbox")
    assert json.loads(headers) == {
        "actor": "alice",
        "actorrole": "award_office",
        "causationid": "m7",
        "correlationid": "k1",
        "reason": "催办",
        "rehearsaldate": "2025-06-14",
    }


def test_today_is_the_rehearsals_day(store: Store, clock: FixedClock) -> None:
    """Inside a rehearsal the day is that of the message, outside it is the clock's; the audit's time is always real."""
    with store.transaction() as tx:
        real, played = tx.work(context()), tx.work(context(rehearsal_date=date(2025, 6, 14)))
        assert (real.today(), real.now()) == (date(2026, 11, 20), clock.now())
        assert (played.today(), played.now().isoformat()) == (date(2025, 6, 14), "2025-06-14T09:30:00+08:00")
        played.audit("note:take", "a")
    with store.read(Context("", rehearsal_date=date(2025, 1, 2))) as work:
        assert work.today() == date(2025, 1, 2)
        row = work.session.execute(store.tables.audit.select()).one()
    assert (row.at, row.rehearsal_date) == (clock.now(), date(2025, 6, 14))


def test_listeners_hear_of_commits_only(store: Store) -> None:
    """The relay is woken after a commit that left events, and by nothing else."""
    heard: list[int] = []
    store.outbox.on_commit(heard.append)
    take_note(store, "a")
    with store.transaction() as tx:
        tx.work(context()).audit("note:read", "a")
    with pytest.raises(LookupError), store.transaction() as tx:
        tx.work(context()).publish(NoteTaken, {"title": "b"}, subject="b")
        raise LookupError
    assert heard == [1]


def test_both_ends_of_an_event_stand_in_the_audit_log(store: Store) -> None:
    """The work that publishes and the work that receives name the event and its digest, with or without own entries."""
    with store.transaction() as tx:
        spoken = tx.work(context("m1"))
        spoken.audit("note:take", "a", cycle_id="c1")
        event_id = spoken.publish(NoteTaken, {"title": "a", "cycle_id": "c1"}, subject="a")
        silent = tx.work(context("m2"), receipt=Receipt("tiny", "note.taken", "sha256:00"))
        other_id = silent.publish(NoteTaken, {"title": "b", "cycle_id": "c2"}, subject="b")
        tx.work(context("m3"), receipt=Receipt("tiny", "note.taken", "sha256:11"))
    with store.reading() as connection:
        audit = store.tables.audit
        rows = connection.execute(select(audit).order_by(audit.c.message_id)).all()
        bodies = {row.id: row.body for row in store.outbox.take(10)}
    first, second, third = rows
    assert json.loads(first.published) == [[event_id, "note.taken", store.digest_of(bodies[event_id])]]
    assert (first.action, first.received) == ("note:take", None)
    assert json.loads(second.published) == [[other_id, "note.taken", store.digest_of(bodies[other_id])]]
    assert (second.action, second.cycle_id) == ("event:published", "c2")
    assert json.loads(second.received) == ["tiny", "note.taken", "sha256:00"]
    assert (third.action, json.loads(third.received)) == (
        "event:received",
        ["tiny", "note.taken", "sha256:11"],
    )


def test_an_entry_holds_digests_and_a_secret_one_none(store: Store) -> None:
    """Before and after are digests that name their algorithm; a secret entry says only who did what."""
    with store.transaction() as tx:
        work = tx.work(context(on_behalf_of="bob", reason="说明"))
        work.audit("note:change", "n1", before={"a": 1}, after={"a": 2})
        work.audit("ballot:cast", "b1", after={"vote": "yes"}, secret=True, reason="")
    with store.reading() as connection:
        audit = store.tables.audit
        open_, secret = connection.execute(select(audit).order_by(audit.c.id)).all()
    assert open_.before_digest.startswith("sha256:")
    assert open_.before_digest != open_.after_digest
    assert (open_.actor, open_.role, open_.on_behalf_of, open_.reason) == (
        "alice",
        "award_office",
        "bob",
        "说明",
    )
    assert (secret.before_digest, secret.after_digest) == (None, None)


def test_housekeeping_keeps_what_is_young_or_waits(store: Store, clock: FixedClock) -> None:
    """Purging deletes old inbox rows, answers and published events; a waiting event stays however old."""
    sent, waiting = take_note(store, "sent"), take_note(store, "waiting")
    store.outbox.mark([sent])
    with store.transaction() as tx:
        tx.claim("one", ["old"])
        tx.remember("old", "tiny.note", "d", {})
    clock.move(timedelta(days=31))
    with store.transaction() as tx:
        tx.claim("one", ["young"])
        tx.remember("young", "tiny.note", "d", {})
    assert store.purge(timedelta(days=30)) == {"outbox": 1, "inbox": 1, "answers": 1}
    assert column(store, "SELECT id FROM outbox") == [waiting]
    assert column(store, "SELECT message_id FROM inbox") == ["young"]
    assert column(store, "SELECT key FROM answers") == ["young"]


def test_housekeeping_goes_in_steps(store: Store, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than one step takes are all deleted, and counted."""
    monkeypatch.setattr(rows, "_STEP", 3)
    with store.transaction() as tx:
        tx.claim("one", [f"m{number}" for number in range(9)])
    clock.move(timedelta(days=31))
    assert store.purge(timedelta(days=30))["inbox"] == 9
    assert column(store, "SELECT count(*) FROM inbox") == [0]


def test_an_entry_says_who_lent_the_role_and_what_it_causes_says_so_too(store: Store) -> None:
    """The event that a helper's act publishes carries both; an old message, which names nobody, is read as before."""
    with store.transaction() as tx:
        work = tx.work(context("m1", delegated_by="bob"))
        work.publish(NoteTaken, {"title": "x", "cycle_id": "c1"}, subject="x")
        work.audit("note:take", "n1", cycle_id="c1")
    with store.reading() as connection:
        audit = store.tables.audit
        (row,) = connection.execute(select(audit)).all()
    assert (row.actor, row.delegated_by) == ("alice", "bob")
    (headers,) = column(store, "SELECT headers FROM outbox")
    told = Context.from_headers("m2", json.loads(headers))
    assert (told.actor, told.delegated_by) == ("alice", "bob")
    assert Context.from_headers("m3", {"actor": "alice"}).delegated_by == ""
    store.sealer.seal()
    assert store.verify().intact


@pytest.mark.parametrize(
    ("made_by", "made_for", "checks", "checks_for", "one"),
    [
        ("li", "", "li", "", True),
        ("li", "", "wang", "", False),
        ("li", "", "wang", "li", True),  # the helper of whoever made it
        ("li", "", "wang", "zhao", False),
        ("wang", "li", "li", "", True),  # whoever had it made
        ("wang", "li", "zhao", "li", True),  # another helper of the same
        ("wang", "li", "wang", "", True),
        ("wang", "li", "zhao", "", False),
        ("wang", "li", "zhao", "qian", False),
    ],
)
def test_helper_and_giver_are_one_person(
    store: Store, made_by: str, made_for: str, checks: str, checks_for: str, one: bool
) -> None:
    """Whoever prepares a thing and whoever decides on it are two, however the role came to them."""
    with store.transaction() as tx:
        work = tx.work(Context("m1", actor=made_by, role="award_office", delegated_by=made_for))
        work.audit("note:take", "n1/part")
    with store.transaction() as tx:
        work = tx.work(Context("m2", actor=checks, role="award_office", delegated_by=checks_for))
        assert work.same_person(made_by, None, about="n1") is one


def test_standing_in_for_one_thing_ties_nobody_in_another(store: Store) -> None:
    """And a name that LIKE would take for a pattern is a name."""
    with store.transaction() as tx:
        tx.work(Context("m1", actor="wang", role="award_office", delegated_by="li")).audit(
            "note:take", "n1/a"
        )
    with store.transaction() as tx:
        work = tx.work(Context("m2", actor="li", role="award_office"))
        assert work.same_person("wang", about="n1")
        assert not work.same_person("wang", about="n2")
        assert not work.same_person("wang", about="_1")
        assert not work.same_person("wang", about="%")

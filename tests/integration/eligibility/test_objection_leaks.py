"""Who objects reaches nobody but the officers of the case: neither by a reply, nor by a table, the audit log or an event."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import MetaData, Table, inspect, select

from tests.support.objections import (
    APPLICANT,
    DISCIPLINE,
    LOOKS,
    NAME,
    NUMBER,
    OFFICE,
    PUBLIC,
    SECRETS,
    Hall,
)

pytestmark = pytest.mark.integration


@pytest.fixture
def hall(database_url: str) -> Iterator[Hall]:
    """A case that went all the way, with words of the objector's in it."""
    made = Hall(database_url)
    raised = made.heard()
    made.rule(raised["objection_id"], "dismissed")
    named = {name: raised[name] for name in ("receipt", "secret")}
    made.ask("appeal_objection", PUBLIC, "anonymous", **named, text=f"我是{NAME}，{NUMBER}")
    made.decide(raised["objection_id"])
    made.raised("b", by={"name": "举报公司", "uscc": "91310105MA1K300034"})
    yield made
    made.end()


def _stored(hall: Hall) -> str:
    """Everything that any table of the service holds, as the database has it."""
    engine, found = hall.desk.store.engine, []
    with engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            table = Table(name, MetaData(), autoload_with=connection)
            found += [str(tuple(row)) for row in connection.execute(select(table))]
    return "\n".join(found)


def test_the_test_would_find_it(hall: Hall) -> None:
    """The secrets are there to leak: the officer of the case reads them."""
    (first, _) = hall.ask("objections")["objections"]
    shown = hall.ask("objector", OFFICE, LOOKS, objection_id=first["objection_id"])
    assert {shown["name"], shown["number"], shown["contact"]} == set(SECRETS)
    case = hall.ask("objection", OFFICE, LOOKS, objection_id=first["objection_id"])
    assert NAME in case["statement"]
    assert NUMBER in case["appeal"]


def test_no_table_holds_who_objects(hall: Hall) -> None:
    """The audit log and what waits to be published among them."""
    stored = _stored(hall)
    assert "objection:raised" in stored
    assert "示例1" in stored
    for secret in (*SECRETS, "举报公司", "91310105MA1K300034"):
        assert secret not in stored


def test_no_reply_to_anybody_else_holds_it(hall: Hall) -> None:
    """The applicant's, other applicants', the office's lists, discipline's figures, letters."""
    (first, _) = hall.ask("objections")["objections"]
    found = first["objection_id"]
    replies = [
        hall.ask("objections", OFFICE), hall.ask("objections", DISCIPLINE), hall.ask("due_objections", DISCIPLINE),
        hall.ask("objection_figures", DISCIPLINE), hall.ask("my_objections", APPLICANT, "lead-a"),
        hall.ask("my_objections", APPLICANT, "lead-b"),
        *(
            hall.ask("objection_letter", role, who, objection_id=found, letter=letter, to="applicant")
            for role, who in ((APPLICANT, "lead-a"), (OFFICE, "li"), (DISCIPLINE, "jian"))
            for letter in ("hearing", "ruling", "appeal")
        ),
        hall.ask("objection_letter", OFFICE, objection_id=found, letter="ruling", to="objector"),
    ]  # fmt: skip
    told = str(replies)
    assert "请说明" in told
    for secret in SECRETS:
        assert secret not in told
    assert first["receipt"] not in str(hall.ask("my_objections", APPLICANT, "lead-a"))


def test_no_event_tells_of_it(hall: Hall) -> None:
    outbox = hall.desk.store.tables.outbox
    with hall.desk.store.read() as work:
        bodies = [
            hall.desk.store.reveal("outbox.data", row.data)
            for row in work.session.execute(select(outbox)).all()
        ]
    told = b"".join(body if isinstance(body, bytes) else body.encode() for body in bodies).decode()
    for secret in SECRETS:
        assert secret not in told


def test_the_officer_named_for_an_objection_from_outside_is_nobody(hall: Hall) -> None:
    """Whoever sends it, its row has no account; the office's own has its officer's."""
    hall.raised("c", source="office", by=None)
    with hall.desk.store.read() as work:
        rows = work.connection.exec_driver_sql("SELECT source, raised_by FROM objections ORDER BY id").all()
    assert sorted(map(tuple, rows), key=str) == [("office", "found"), ("public", None), ("public", None)]

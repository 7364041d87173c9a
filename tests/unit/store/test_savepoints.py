"""Savepoints that wait: for every course of events the server is told the same as if each were sent at once."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.store.postgresql import LazySavepoints, _send_pending


class Session:
    """Stands for a connection, and keeps the savepoints as PostgreSQL does; what was executed in each is a list."""

    invalidated = False

    def __init__(self) -> None:
        self.info: dict[str, Any] = {}
        self.stack: list[tuple[str, int]] = []  # open savepoints with how many statements came before
        self.executed: list[str] = []
        self.messages = 0

    def exec_driver_sql(self, statement: str) -> None:
        self.send(*_send_pending(self, None, statement, None, None, False))  # type: ignore[arg-type]

    def send(self, message: str, _: object) -> None:
        self.messages += 1
        for statement in message.split("; "):
            verb, _, name = statement.rpartition(" ")
            names = [each for each, _ in self.stack]
            if verb == "SAVEPOINT":
                self.stack.append((name, len(self.executed)))
            elif verb == "RELEASE SAVEPOINT":
                del self.stack[names.index(name) :]
            elif verb == "ROLLBACK TO SAVEPOINT":
                place = names.index(name)
                del self.stack[place + 1 :]
                del self.executed[self.stack[place][1] :]
            else:
                self.executed.append(statement)


# A course: a number executes that many statements, a list is a savepoint with an inner course, kept or undone.
courses = st.recursive(
    st.integers(0, 2),
    lambda inner: st.lists(st.one_of(st.integers(0, 2), st.tuples(inner, st.booleans())), max_size=5),
    max_leaves=25,
)


class Player:
    """Plays a course against the dialect, and by itself as the truth."""

    def __init__(self) -> None:
        self.dialect = LazySavepoints()
        self.session = Session()
        self.count = 0

    def play(self, course: Any) -> list[str]:
        if isinstance(course, int):
            return [self.execute() for _ in range(course)]
        truth: list[str] = []
        for step in course:
            truth += self.play(step) if isinstance(step, int) else self.savepoint(*step)
        return truth

    def execute(self) -> str:
        self.count += 1
        self.session.exec_driver_sql(f"INSERT {self.count}")
        return f"INSERT {self.count}"

    def savepoint(self, course: Any, keep: bool) -> list[str]:
        self.count += 1
        name = f"s{self.count}"
        connection: Any = self.session
        self.dialect.do_savepoint(connection, name)
        truth = self.play(course)
        if keep:
            self.dialect.do_release_savepoint(connection, name)
            return truth
        self.dialect.do_rollback_to_savepoint(connection, name)
        return []


@given(courses)
def test_the_server_keeps_what_was_kept(course: Any) -> None:
    """Exactly the statements outside undone savepoints remain, and nothing is released that is not open."""
    player = Player()
    truth = player.play(course)
    assert player.session.executed == truth


def test_a_batch_costs_one_message_each() -> None:
    """Ten savepoints with a statement each are ten messages, not thirty; empty ones are none."""
    player = Player()
    player.play([(1, True)] * 10 + [(0, True), (0, False)])
    assert player.session.messages == 10

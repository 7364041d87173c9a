"""What the list of a cycle's applications costs the gateway; what it costs intake is bounded in tests/integration/intake."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event

from shared.contracts.operations import OFFICE
from tests.support.browsing import Visitor
from tests.support.crawling import said
from tests.support.gateway import REAL, InProcess, make_bench


def test_a_list_takes_three_questions_and_three_statements(tmp_path: Path) -> None:
    """The cycle, the lines, the names of the recommending bodies; of the gateway's own database only
    whose session it is, and that it is used."""
    services = InProcess(said)
    bench = make_bench(tmp_path, services)
    officer = Visitor(bench, OFFICE)
    statements: list[str] = []
    event.listen(bench.store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    for query in ("", "?q=示例&status=draft&sort=-name&page=3&size=200"):
        statements.clear()
        services.calls.clear()
        assert officer.open(f"/cycles/{REAL}/applications{query}").status == 200
        asked = [call.operation for call in services.calls]
        assert len(asked) <= 3, asked
        assert asked.count("intake.applications") == 1
        said_there = [each for each in statements if not each.startswith("BEGIN")]
        assert len(said_there) <= 3, said_there

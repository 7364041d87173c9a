"""What long lists cost the gateway; what a cycle's applications cost intake is bounded in tests/integration/intake."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event, select

from services.gateway.models import Account, AccountRole
from shared.contracts import Context
from shared.contracts.operations import ADMIN, OFFICE, REVIEWER
from shared.identifiers import new_id
from tests.support.browsing import Visitor
from tests.support.crawling import said
from tests.support.gateway import REAL, Bench, InProcess, make_bench


def test_a_page_of_accounts_takes_as_many_statements_however_many_there_are(tmp_path: Path) -> None:
    """How many accounts, fifty of them, their roles; that the session is used, now and then. Nobody else is asked."""
    services = InProcess()
    bench = make_bench(tmp_path, services)
    admin = Visitor(bench, ADMIN)
    assert admin.open("/accounts").status == 200  # from now on the session is remembered
    statements: list[str] = []
    event.listen(bench.store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    taken = []
    for some in (3, 120):
        _accounts(bench, some)
        statements.clear()
        page = admin.open("/accounts?q=zhang&role=reviewer&state=open&sort=-display_name")
        assert page.status == 200
        taken.append(len([each for each in statements if not each.startswith("BEGIN")]))
    assert page.text.count('href="/accounts/0') == 50
    assert "共 120 项，第 1 / 3 页" in page.words
    assert taken[0] == taken[1] <= 4, taken
    assert services.calls == []


def _accounts(bench: Bench, count: int) -> None:
    """So many reviewers in all; the rows as an account of theirs has them, without the cost of a password each."""
    with bench.store.transaction() as tx:
        work = tx.work(Context(message_id=new_id()))
        known = len(work.session.scalars(select(Account.id).where(Account.username.like("zhang%"))).all())
        for number in range(known, count):
            work.session.add(
                Account(
                    id=work.new_id(), username=f"zhang.{number:03}", subject=f"E{number}", display_name=f"张{number:03}",
                    password_hash="", created_at=work.now(), roles=[AccountRole(role=REVIEWER)],
                )
            )  # fmt: skip
        work.session.flush()


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

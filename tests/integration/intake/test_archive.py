"""档案 on both databases: until when records are kept, who holds and lifts, who signs, and what is left afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from services.intake import lists as listings
from services.intake import models
from services.intake.archive import contents, lists, packages
from services.intake.archive.contents import take_away
from shared.config import Settings
from shared.content import Missing
from shared.content.folder import FolderStore
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Transient
from shared.records import proofs
from shared.store.migrate import schema_differences
from tests.integration.intake.desk import OFFICE, at
from tests.support.archive import AUDITOR, BOTH, DISCIPLINE, DUE, KEPT_UNTIL, OVER, Archive, sha256
from tests.support.intake import listing

pytestmark = pytest.mark.integration

NAMES = ("甲.pdf", BOTH, "anna-1.pdf", "anna-2.pdf", "bela-1.pdf", "bela-2.pdf")


@pytest.fixture
def archive(database_url: str) -> Iterator[Archive]:
    made = Archive(database_url)
    yield made
    made.close()


@pytest.fixture
def over(archive: Archive) -> Archive:
    """The cycle has ended, and its years have passed."""
    archive.end()
    archive.day(DUE)
    return archive


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    assert schema_differences("intake", database_url) == []


def test_nothing_is_archived_or_due_before_the_cycle_is_over(archive: Archive) -> None:
    assert archive.due()["over_on"] is None
    archive.day(DUE)
    assert (archive.due()["keep_until"], archive.due()["due"]) == (None, False)
    for call in (lambda: archive.rows(archive.a), archive.prepare, lambda: archive.register(None)):
        with pytest.raises(Conflict) as refused:
            call()
        assert refused.value.code == "cycle_not_over"


def test_the_years_run_from_the_cycles_end(archive: Archive) -> None:
    """Ten years from the January after; on the last day a list is refused, on the next it is not."""
    archive.end()
    line = archive.due()
    assert (line["over_on"], line["keep_until"]) == (str(OVER), str(KEPT_UNTIL))
    assert (line["keep_years"], line["rule"], line["applications"]) == (10, "37", 2)
    archive.day(KEPT_UNTIL)
    assert archive.due()["due"] is False
    with pytest.raises(Conflict) as refused:
        archive.prepare()
    assert refused.value.code == "not_due"
    archive.day(DUE)
    assert archive.due()["due"] is True
    assert len(archive.prepare()["lines"]) == 2


def test_what_is_held_is_on_no_list(over: Archive) -> None:
    """Nor is what another list holds; a hold on the cycle keeps everything."""
    hold = over.hold(over.a)
    assert [line["application_id"] for line in over.prepare()["lines"]] == [over.b]
    with pytest.raises(Invalid, match="held"):
        over.prepare(over.a)
    with pytest.raises(Invalid, match="another list"):
        over.prepare(over.b)
    with pytest.raises(Conflict) as refused:
        over.prepare()
    assert refused.value.code == "nothing_due"
    over.lift(hold)
    over.hold(None)
    assert over.due()["held"] == 2
    with pytest.raises(Invalid, match="held"):
        over.prepare(over.a)


def test_another_person_lifts_a_hold(over: Archive) -> None:
    hold = over.hold(over.a)
    with pytest.raises(Forbidden) as refused:
        over.lift(hold, "zhao", DISCIPLINE)
    assert refused.value.code == "own_hold"
    assert over.lift(hold)["lifted_by"] == "qian"
    audit = over.store.tables.audit
    with over.store.read() as work:
        about = select(audit.c.subject).where(audit.c.action.in_(["hold:placed", "hold:lifted"]))
        assert set(work.session.execute(about).scalars()) == {f"{over.a}/{hold}"}
    with pytest.raises(Conflict) as again:
        over.lift(hold)
    assert again.value.code == "lifted"
    with pytest.raises(NotFound):
        over.lift("none")
    with pytest.raises(Invalid):
        over.hold("of-another-cycle")


@pytest.mark.parametrize("signatures", [0, 1, 2])
def test_a_hold_placed_in_between_stops_a_list(over: Archive, signatures: int) -> None:
    """Whatever it still lacks; it is withdrawn and prepared anew without what is held."""
    made = over.prepare()
    signers = [("wang", OFFICE), ("zhao", DISCIPLINE)]
    for who, role in signers[:signatures]:
        over.sign(made, who, role)
    over.hold(over.b, "qian", AUDITOR)
    with pytest.raises(Conflict) as refused:
        if signatures == 2:
            over.execute(made)
        else:
            over.sign(made, *signers[signatures])
    assert refused.value.code == "held"
    assert over.told("records.destroyed") == []
    assert [line["held"] for line in over.list_state(made)["lines"]].count(True) == 1
    assert over.withdraw(made)["state"] == "withdrawn"
    assert [line["application_id"] for line in over.signed()["lines"]] == [over.a]


def test_two_people_of_two_roles_sign_what_they_read(over: Archive) -> None:
    """Neither is who prepared it; the order does not matter; three signatures are one too many."""
    made = over.prepare()
    for who, role, code in (("li", OFFICE, "own_list"), ("li", AUDITOR, "own_list")):
        with pytest.raises(Forbidden) as refused:
            over.sign(made, who, role)
        assert refused.value.code == code
    with pytest.raises(Conflict) as other:
        over.sign({**made, "digest": sha256("another")}, "zhao", DISCIPLINE)
    assert other.value.code == "other_list"
    assert over.sign(made, "zhao", DISCIPLINE)["state"] == "signed_once"
    for who, role, code in (("zhao", OFFICE, "signed_already"), ("qian", AUDITOR, "same_side")):
        with pytest.raises(Forbidden) as refused:
            over.sign(made, who, role)
        assert refused.value.code == code
    signed = over.sign(made, "wang", OFFICE)
    assert (signed["state"], signed["first_role"], signed["second_by"]) == ("signed", DISCIPLINE, "wang")
    with pytest.raises(Conflict) as third:
        over.sign(made, "qian", AUDITOR)
    assert third.value.code == "wrong_state"


def test_only_a_signed_list_is_carried_out_and_only_once(over: Archive) -> None:
    made = over.prepare()
    for who, role in (("wang", OFFICE), ("qian", AUDITOR)):
        with pytest.raises(Conflict) as early:
            over.execute(made)
        assert early.value.code == "wrong_state"
        over.sign(made, who, role)
    assert over.execute(made)["state"] == "executed"
    for again in (over.execute, over.withdraw):
        with pytest.raises(Conflict):
            again(made)
    (told,) = over.told("records.destroyed")
    assert (told["list_id"], told["application_ids"], told["destroyed_on"]) == (
        made["list_id"], sorted([over.a, over.b]), DUE,
    )  # fmt: skip


def _texts(over: Archive) -> str:
    """All that intake's own tables hold, as text."""
    found = []
    with over.store.read() as work:
        for table in models.metadata.sorted_tables:
            if table.name not in {"outbox", "audit_seals", "inbox"}:
                found += [str(row) for row in work.session.execute(select(table))]
    return "\n".join(found)


def test_after_destruction_the_fact_is_left_and_the_log_is_whole(over: Archive) -> None:
    """Names, codes, files, facts and enquiries are gone; number, status and the audit log are not."""
    before = _texts(over)
    assert all(each in before for each in ("示例公司甲", "91310105MAXY50013E", "甲.pdf", "anna"))
    over.store.sealer.seal_all()
    had = over.store.verify().entries
    over.execute(over.signed(over.a))
    left = _texts(over)
    for each in ("示例公司甲", "91310105MAXY50013E", "甲.pdf"):
        assert each not in left
    assert "示例公司乙" in left
    assert "bela-1.pdf" in left
    with over.store.read() as work:
        row = work.session.execute(
            select(models.applications).where(models.applications.c.id == over.a)
        ).one()
        (fact,) = work.session.execute(select(models.destroyed)).all()
    assert (row.status, row.facts, row.owner) == ("ineligible", {}, "")
    assert row.public_number is not None
    assert (fact.application_id, fact.rows["files"], fact.rows["submissions"]) == (over.a, 4, 1)
    over.store.sealer.seal_all()
    report = over.store.verify()
    assert report.intact
    assert report.entries > had
    assert over.due()["destroyed"] == 1
    with over.work(OFFICE) as work:
        names = [line["name"] for line in listings.listed(work, listing(over.cycle))["applications"]]
    assert sorted(names) == sorted(["示例公司乙", "（已销毁）destroyed"])


def test_a_hold_and_a_destruction_at_once_are_one_after_the_other(over: Archive) -> None:
    """Whoever comes second while the list is being carried out hears that there is nothing left to hold."""
    made = over.signed(over.a)
    with ThreadPoolExecutor(1) as pool:
        with over.work(OFFICE, "li") as work:
            lists.execute(work, {"list_id": made["list_id"]})
            late = pool.submit(over.hold, over.a)
            with pytest.raises(FutureTimeout):
                late.result(timeout=0.5)
        with pytest.raises(Conflict) as refused:
            late.result(timeout=60)
    assert refused.value.code == "destroyed"


def test_what_is_destroyed_is_neither_held_nor_packed_nor_listed_again(over: Archive) -> None:
    over.execute(over.signed(over.a))
    with pytest.raises(Conflict):
        over.hold(over.a)
    with pytest.raises(Conflict):
        over.register(over.a)
    with pytest.raises(Invalid, match="destroyed already"):
        over.prepare(over.a)
    assert over.rows(over.a)["destroyed_on"] == str(DUE)


def test_the_log_of_enquiries_lets_go_of_destroyed_applications_alone(over: Archive) -> None:
    """Rows of others, and changes, are refused as before."""
    log = models.enquiry_log
    names = ("id", "application_id", "cycle_id", "entry", "outcome", "purpose", "channel", "actor")
    for each in (over.a, over.b):
        with over.work() as work:
            row = dict.fromkeys(names, "x") | {
                "id": each,
                "application_id": each,
                "revision": 1,
                "at": work.now(),
            }
            work.session.execute(log.insert().values(**row))
    over.execute(over.signed(over.a))
    with over.store.read() as work:
        kept = set(work.session.execute(select(log.c.application_id)).scalars())
    assert kept == {over.b}
    for statement in (
        delete(log).where(log.c.application_id == over.b),
        update(log).values(actor="nobody"),
        update(models.destroyed).values(list_id="another"),
        delete(models.destroyed),
    ):
        with pytest.raises(DBAPIError, match="only ever added to"), over.work() as work:
            work.session.execute(statement)


def _fill(folder: Path) -> FolderStore:
    store = FolderStore(folder)
    for name in NAMES:
        for text in (name, f"preview of {name}"):
            assert store.write([text.encode()], limit=1000).digest == sha256(text)
    return store


def _remove(over: Archive, made: dict[str, Any], folder: Path) -> None:
    """As the bus has it done: outside any transaction, and then written down."""
    settings = Settings(content_url=folder.absolute().as_uri())
    settle = contents.remove(over.store, SimpleNamespace(data={"list_id": made["list_id"]}), settings)
    with over.work() as work:
        settle(work)


def test_contents_go_unless_another_application_names_them(over: Archive, tmp_path: Path) -> None:
    """Previews too. A content that both hold goes with the second one."""
    folder = tmp_path / "content"
    store = _fill(folder)
    first = over.execute(over.signed(over.a))
    _remove(over, first, folder)
    for text in ("甲.pdf", "preview of 甲.pdf", "anna-1.pdf"):
        with pytest.raises(Missing):
            store.read(sha256(text))
    for text in (BOTH, f"preview of {BOTH}", "bela-1.pdf"):
        assert b"".join(store.read(sha256(text))) == text.encode()
    _remove(over, over.execute(over.signed(over.b)), folder)
    assert not any(store.has(sha256(text)) for name in NAMES for text in (name, f"preview of {name}"))


def test_removing_twice_does_no_harm(over: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    store = _fill(folder)
    made = over.execute(over.signed())
    with over.store.read() as work:
        waiting = contents._pending(work, made["list_id"])
    take_away(store, waiting)
    _remove(over, made, folder)
    _remove(over, made, folder)
    with over.store.read() as work:
        assert contents._pending(work, made["list_id"]) == set()
        contents.require_staying(work, sha256(BOTH))


def test_a_content_that_is_going_is_not_taken_in(over: Archive) -> None:
    """Until the store has lost it, whoever brings the same one is told to come again."""
    over.execute(over.signed())
    with over.store.read() as work:
        contents.require_staying(work, sha256("never seen"))
    with over.store.read() as work, pytest.raises(Conflict):
        contents.require_staying(work, sha256(BOTH))


def test_a_store_that_is_away_is_asked_again_later(over: Archive, tmp_path: Path) -> None:
    """Nothing is written down as removed that may still be there."""
    made = over.execute(over.signed())
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "content").write_text("no folder")
    with pytest.raises(Transient):
        _remove(over, made, folder)
    with over.store.read() as work, pytest.raises(Conflict):
        contents.require_staying(work, sha256(BOTH))


def test_a_list_that_was_not_carried_out_removes_nothing(over: Archive, tmp_path: Path) -> None:
    store = _fill(tmp_path / "content")
    _remove(over, over.prepare(over.a), tmp_path / "content")
    assert all(store.has(sha256(name)) for name in NAMES)


# --- packages ---------------------------------------------------------------------------------------------------------


def test_an_applications_rows_are_its_own_and_nothing_secret(over: Archive) -> None:
    """Every table, as plain JSON, none of another application, and what is left out is named."""
    told = over.rows(over.a)
    tables = {each["table"]: each["rows"] for each in told["tables"]}
    assert (told["service"], told["next"], told["destroyed_on"]) == ("intake", None, None)
    assert tables["applications"][0]["name"] == "示例公司甲"
    assert "id_number" not in tables["applications"][0]
    assert (len(tables["files"]), len(tables["submissions"])) == (4, 1)
    assert {row.get("application_id", over.a) for rows in tables.values() for row in rows} == {over.a}
    left_out = {(each["table"], each["column"]) for each in told["left_out"]}
    assert {("applications", "id_number"), ("applications", "typed"), ("pool_advisers", None)} <= left_out


def test_a_cycles_rows_name_no_application(over: Archive) -> None:
    tables = {each["table"]: each["rows"] for each in over.rows(None)["tables"]}
    assert {"cycles", "timeline", "closings", "cycle_states"} <= set(tables)
    assert not {"applications", "files"} & set(tables)


@pytest.mark.parametrize(("limit", "most"), [("PAGE", 3), ("PAGE", 1), ("BYTES", 1000), ("BYTES", 1)])
def test_pages_hold_everything_once(
    over: Archive, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    """Cut anywhere, by rows or by size, the pages together are the whole."""
    whole = [(each["table"], row) for each in over.rows(over.a)["tables"] for row in each["rows"]]
    monkeypatch.setattr(f"shared.records.rows.{limit}", most)
    found, after, pages = [], "", 0
    while after is not None:
        page = over.rows(over.a, after)
        found += [(each["table"], row) for each in page["tables"] for row in each["rows"]]
        after, pages = page["next"], pages + 1
    assert found == whole
    assert pages > 3
    with pytest.raises(Invalid):
        over.rows(over.a, "no page")


def test_audit_entries_are_proved_and_divided(over: Archive) -> None:
    """Each entry of the cycle is in one package: its application's, or the cycle's."""
    over.store.sealer.seal_all()
    told = [over.entries(which) for which in (over.a, over.b, None)]
    for each in told:
        seals = {seal["sequence"]: seal for seal in each["seals"]}
        assert each["entries"]
        for entry in each["entries"]:
            assert proofs.faults(entry, seals[entry["seal"]], "intake") is None
    ids = [entry["id"] for each in told for entry in each["entries"]]
    audit = over.store.tables.audit
    with over.store.read() as work:
        query = select(audit.c.id).where(audit.c.cycle_id == over.cycle)
        expected = set(work.session.execute(query).scalars())
    assert sorted(ids) == sorted(expected)
    subjects = {entry["subject"].split("/")[0] for entry in told[0]["entries"]}
    assert subjects == {over.a}


def test_packages_are_registered_and_compared(over: Archive) -> None:
    """Two of the same content have the same payload; the cycle's register says how many applications have none."""
    made = over.register(over.a)
    assert made["made_at"] == at(DUE).isoformat()
    again, other = over.register(over.a), over.register(over.a, "changed")
    assert again["payload"] == made["payload"] != other["payload"]
    over.register(None)
    listed = over.ask("packages", packages.listed, AUDITOR, cycle_id=over.cycle)
    assert (len(listed["packages"]), listed["without"]) == (4, 1)
    one = over.ask("packages", packages.listed, AUDITOR, cycle_id=over.cycle, application_id=over.a)
    assert {each["application_id"] for each in one["packages"]} == {over.a}
    assert one["packages"][0]["public_number"] is not None
    with pytest.raises(Invalid):
        over.register("of-another-cycle")

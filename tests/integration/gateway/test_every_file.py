"""Every file that the API gives: made anew each time for whoever asks, kept by nobody on the way, in nobody's name.

No address of a file holds for whoever has it: each time it is asked who asks, so that there is none that would have to die
after an hour. The files are those of the route table; one that is added later is looked at as well where samples of replies
do for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from services.gateway.routes import FORM, JSON, NOTHING, ROUTES, Route, roles_of
from shared.contracts.operations import ADMIN, PUBLIC
from tests.support.crawling import said
from tests.support.gateway import Bench, InProcess, make_bench

pytestmark = pytest.mark.integration

GIVING = [
    each
    for each in ROUTES
    if each.gives not in {JSON, NOTHING} and each.takes != FORM and PUBLIC not in roles_of(each)
]
# One's own appointments: a calendar asks for them every few hours.
UNNOTED = {"gateway.appointments_ics"}
# What samples do not do for; read by tests of their own.
NOT_HERE = {
    "gateway.file_content", "gateway.file_page", "gateway.file_text", "gateway.reviewed_file", "gateway.paper_content",
    "gateway.sheet_xlsx", "gateway.objection_letter_docx", "gateway.objection_letter_pdf",
}  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = make_bench(tmp_path_factory.mktemp("files"), InProcess(said), remember=0.0)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def given(bench: Bench) -> dict[str, Any]:
    """By operation: the answer to somebody who may have the file, and how many entries of the audit log it made."""
    found: dict[str, Any] = {}
    for each in GIVING:
        bench.token(roles_of(each)[0])
        before = _entries(bench)
        answer = bench.request(each, roles_of(each)[0])
        answer.get_data()  # a package is made while it is read
        found[each.operation] = (answer, _entries(bench) - before)
    return found


def _entries(bench: Bench) -> int:
    with bench.store.read() as work:
        return int(work.session.scalar(select(func.count()).select_from(bench.store.tables.audit)) or 0)


def _authors(content: bytes) -> set[str]:
    """Who a file says that it was made by."""
    if content.startswith(b"%PDF"):
        said_by = (PdfReader(BytesIO(content)).metadata or {}).get("/Author")
        return {str(said_by)} if said_by else set()
    if not content.startswith(b"PK"):
        return set()
    with ZipFile(BytesIO(content)) as package:
        parts = [each for each in package.namelist() if re.fullmatch(r"docProps/\w+\.xml", each)]
        told = "".join(package.read(each).decode() for each in parts)
    names = re.findall(r"<(?:dc:creator|cp:lastModifiedBy|Company|Manager)>([^<]*)<", told)
    return {name for name in names if name.strip()}


def test_samples_do_for_most_files(given: dict[str, Any]) -> None:
    refused = {name: answer.status_code for name, (answer, _) in given.items() if answer.status_code != 200}
    assert set(refused) == NOT_HERE, refused
    assert not [name for name, status in refused.items() if status >= 500]


def test_nobody_on_the_way_keeps_it_and_no_other_site_gets_at_it(given: dict[str, Any]) -> None:
    for name, (answer, _) in given.items():
        assert answer.headers["Cache-Control"] == "no-store", name
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert not {"ETag", "Last-Modified", "Set-Cookie"} & set(answer.headers.keys()), name


def test_who_took_it_is_in_the_audit_log(given: dict[str, Any]) -> None:
    """And a refusal gave nothing, and leaves nothing."""
    for name, (answer, entries) in given.items():
        assert entries == (answer.status_code == 200 and name not in UNNOTED), name


def test_no_file_names_an_author(given: dict[str, Any]) -> None:
    for name, (answer, _) in given.items():
        if answer.status_code == 200:
            assert _authors(answer.get_data()) == set(), name


@pytest.mark.parametrize("each", GIVING, ids=[each.operation for each in GIVING])
def test_its_address_is_worth_nothing_without_who_may_have_it(bench: Bench, each: Route) -> None:
    """Without a session, after it has ended, and once the role is taken away: nothing, and no service is asked."""
    role = roles_of(each)[0]
    own = Bench(bench.gateway, bench.app, bench.store)
    name = f"taker.{GIVING.index(each)}"
    account = bench.identity.create(
        None, username=name, password="not in any example", display_name=name, roles=[role]
    )
    issued = bench.identity.sign_in(name, "not in any example", "test")
    own.tokens[role] = issued.token
    caller = bench.gateway.caller
    assert isinstance(caller, InProcess)
    before = len(caller.calls)
    assert own.request(each, None).status_code == 401
    others = [one for one in ("operator", "finance", ADMIN) if one not in roles_of(each)]
    bench.identity.set_roles(bench.administrator(), account["account_id"], others[:1])
    assert own.request(each, role).status_code == 403
    bench.identity.revoke(issued.session)
    assert own.request(each, role).status_code == 401
    assert len(caller.calls) == before

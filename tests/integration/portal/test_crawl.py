"""Every page of every role, on services that answer what the contracts allow: none fails, none shows the other language."""

from __future__ import annotations

import re

import pytest

from services.gateway.portal.room import Page
from shared.contracts.operations import OPERATIONS, PUBLIC
from tests.support.browsing import Visitor
from tests.support.crawling import OF_SOMETHING, OPENED, PEOPLE, REFUSED, address_of, said
from tests.support.gateway import Bench, InProcess, make_bench

_HAN = re.compile("[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("crawl"), InProcess(said))


@pytest.fixture(scope="module")
def visitors(bench: Bench) -> dict[str, Visitor]:
    found = {role: Visitor(bench, role) for role in PEOPLE}
    return {**found, PUBLIC: Visitor(bench)}


@pytest.mark.parametrize("page", OPENED, ids=lambda page: page.name)
def test_a_page_opens_for_its_roles_and_for_no_other(visitors: dict[str, Visitor], page: Page) -> None:
    """Whoever may not open it reads what is read of what does not exist; the public signs in first."""
    for role, visitor in visitors.items():
        shown = visitor.open(address_of(page))
        if role in page.roles or PUBLIC in page.roles:
            fine = {200, 303, 404} if page.name in OF_SOMETHING else {200, 303}
            fine = {401} if page.name in REFUSED else fine
            assert shown.status in fine, (role, shown.status, shown.words)
        elif role == PUBLIC:
            assert shown.response.headers["Location"].startswith("/login?next="), role
        else:
            assert shown.status == 404, (role, shown.status)


def test_whoever_asks_only_for_the_head_is_answered_as_whoever_reads(
    bench: Bench, visitors: dict[str, Visitor]
) -> None:
    """It is no form that was sent: nothing is done, whatever comes with it, for no token says that it is ours."""
    services = bench.gateway.caller
    assert isinstance(services, InProcess)
    for page in OPENED:
        role = PUBLIC if PUBLIC in page.roles else next(iter(page.roles))
        shown = visitors[role].open(address_of(page))
        since = len(services.calls)
        head = visitors[role].client.head(
            address_of(page), base_url="https://localhost", data={"_step": "object", "declared": "yes"}
        )
        assert (head.status_code, head.get_data()) == (shown.status, b""), page.rule
        acts = [call.operation for call in services.calls[since:] if _is_command(call.operation)]
        assert acts == [], page.rule


def _is_command(operation: str) -> bool:
    return operation in OPERATIONS and OPERATIONS[operation].kind == "command"


@pytest.mark.parametrize("page", OPENED, ids=lambda page: page.name)
def test_an_english_page_marks_what_is_chinese(visitors: dict[str, Visitor], page: Page) -> None:
    role = next(iter(page.roles))
    visitor = visitors[role]
    visitor.open("/?lang=en")
    shown = visitor.open(address_of(page))
    visitor.open("/?lang=zh")
    text = re.sub(r'<(\w+)[^>]*\blang="zh-Hans"[^>]*>.*?</\1>', "", shown.text, flags=re.S)
    # What somebody typed stands as they typed it.
    text = re.sub(r"<textarea[^>]*>.*?</textarea>", "", text, flags=re.S)
    text = re.sub(r'\bvalue="[^"]*"', "", text)
    found = _HAN.search(text)
    assert found is None, text[max(0, found.start() - 80) : found.end() + 40]


def test_every_page_has_one_heading_and_a_title(visitors: dict[str, Visitor]) -> None:
    for page in OPENED:
        shown = visitors[next(iter(page.roles))].open(address_of(page))
        if shown.status == 200 and shown.response.mimetype == "text/html":
            assert len(re.findall("<h1[ >]", shown.text)) == 1, page.rule
            assert "<title>" in shown.text

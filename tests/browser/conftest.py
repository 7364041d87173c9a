"""One stack and one Chromium for all tests of this folder; each test has contexts of its own, and fails on whatever was wrong in
any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from deploy.demo.world import SETTINGS
from deploy.local import assets, install
from deploy.local.processes import Port
from deploy.local.services import BALLOT_BOX
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from tests.browser.identities import provider_of
from tests.browser.kit import Browsing
from tests.browser.sampled import Sampled, gateway
from tests.end_to_end.intake.conftest import DAY, City, Person

PATIENCE = 15_000  # milliseconds until what a page should show is there, on a machine that does much else


expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def built() -> Path:
    """The styles and scripts that pages are served, and axe."""
    return assets.here()


@pytest.fixture(scope="package")
def city(built: Path) -> Iterator[City]:
    """People with accounts, on a stack whose pages have their styles; a clerk answers for one of the departments."""
    port = Port()  # known before the start: a provider sends browsers back to it
    home = f"http://127.0.0.1:{port.number}"
    with temporary_folder("test") as folder, provider_of(folder, home) as (provider, settings):
        extra = {assets.SETTING: str(built), **SETTINGS, **settings}
        options = StackOptions(
            travels=DAY, extra=extra, without=frozenset({BALLOT_BOX}), http_port=port.number
        )  # fmt: skip
        with Stack(folder / "stack", options) as stack:
            provider.clock = stack.clock
            city = City(stack)
            city.people["admin"] = Person(city, "admin", "admin", stack.admin_password, "admin")
            yield city


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded. Not for longer than this folder: Playwright's loop would be in others' way."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**install.chromium_options())
        yield browser
        browser.close()


@pytest.fixture
def browsing(city: City, chromium: Browser, built: Path) -> Iterator[Browsing]:
    """The browser at the stack's gateway. The test fails on a foreign request, a message of the console or of the policy, a
    script's error, or a 5xx; `browsing.watches` may be cleared of what a test has brought about itself.
    """
    browsing = Browsing(chromium, city.stack.gateway_url, built)
    yield browsing
    browsing.close()
    assert browsing.wrong == []


@pytest.fixture(scope="package")
def sampled(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sampled]:
    """A gateway whose services answer with samples: quick, and with something on every page."""
    with gateway(tmp_path_factory.mktemp("sampled"), built) as found:
        yield found


@pytest.fixture
def browsing_samples(sampled: Sampled, chromium: Browser, built: Path) -> Iterator[Browsing]:
    """As `browsing`, at that gateway."""
    browsing = Browsing(chromium, sampled.home, built)
    yield browsing
    browsing.close()
    assert browsing.wrong == []


@pytest.fixture
def page(browsing: Browsing) -> Page:
    """A page of nobody's."""
    return browsing.open()


@pytest.fixture
def no_script(browsing: Browsing) -> Page:
    """A page of nobody's in a browser that runs no script."""
    return browsing.open(script=False)


@pytest.fixture
def page_of(browsing: Browsing) -> Callable[[Person], Page]:
    """A page on which somebody has signed in."""
    return browsing.sign_in

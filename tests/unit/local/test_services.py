"""The environment of each process: what it needs and nothing of the others."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from deploy.local.services import (
    PASSED_ON,
    PROCESSES,
    ROOT,
    SET_BY_THE_STACK,
    STORES,
    Secrets,
    Wiring,
    kept_back,
    passed_on,
)
from services.gateway.oidc.providers import read
from shared.config import FOREIGN_KEYS, PREFIX, ConfigurationError, Settings
from shared.store import KeyRing


@pytest.fixture
def wiring(tmp_path: Path) -> Wiring:
    secrets = Secrets(tmp_path / "with space")
    secrets.prepare()
    return Wiring(
        secrets=secrets,
        amqp={name: f"amqp://{name}:broker-secret-of-{name}@127.0.0.1/" for name in STORES},
        databases={
            name: f"postgresql+psycopg2://{name}:db-secret-of-{name}@127.0.0.1/{name}" for name in STORES
        },
        health_ports={name: 20000 + number for number, name in enumerate(STORES)},
        gateway_port=8080,
        gateway_host="127.0.0.1",
        stubs_port=8081,
        rehearsals=True,
        environment="rehearsal",
    )


@pytest.mark.parametrize("process", PROCESSES)
def test_every_setting_is_one_that_the_configuration_knows(wiring: Wiring, process: str) -> None:
    """An unknown key stops a process at its start, so none may be given."""
    settings = Settings.from_env(wiring.environment_of(process))
    assert process == settings.service
    assert settings.rehearsals == "allowed"


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_sees_no_secret_of_another(wiring: Wiring, process: str) -> None:
    """Secrets come in files; the ones that it is told of are its own."""
    settings = Settings.from_env(wiring.environment_of(process))
    seen = f"{settings.amqp_uri} {settings.database_url} {settings.topology_uri}"
    for other in STORES:
        if other != process:
            assert f"secret-of-{other}" not in seen


def test_a_demo_s_voters_are_known_to_box_page_and_stubs_alone(wiring: Wiring) -> None:
    """The box knows the public key, the page the client's secret, the stubs both sides; nobody in any other stack."""
    wiring.secrets.prepare_voters()
    demo = replace(wiring, voters_port=8082, environment="demo", rehearsals=False)
    box, page, stubs = (
        Settings.from_env(demo.environment_of(name)) for name in ("ballot_box", "gateway", "stubs")
    )
    assert {each.identity_issuer for each in (box, page, stubs)} == {"http://127.0.0.1:8082"}
    assert '"d"' not in box.identity_keys
    assert '"d"' in stubs.stub_voters_key
    assert page.identity_client_secret == stubs.identity_client_secret != ""
    assert (page.public_url, page.ballot_url) == (demo.gateway_url, demo.ballot_url)
    assert page.ballot_page_secret == box.ballot_page_secret != ""
    assert (page.stub_voters_key, box.identity_client_secret) == ("", "")
    for process in PROCESSES:
        found = Settings.from_env(wiring.environment_of(process))
        assert (found.stub_voters_port, found.identity_issuer, found.identity_client_secret) == (0, "", "")
        assert (process in {"gateway", "ballot_box"}) == bool(found.ballot_page_secret)
    with pytest.raises(ConfigurationError, match="STUB_VOTERS_PORT"):
        Settings.from_env(demo.environment_of("stubs") | {"ZHIHENG_ENVIRONMENT": "production"})


def test_secrets_are_for_their_owner_only(wiring: Wiring) -> None:
    """0600 in a folder of 0700, whatever the umask."""
    wiring.environment_of("intake")
    assert wiring.secrets.folder.stat().st_mode & 0o077 == 0
    for path in wiring.secrets.folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_secrets_are_made_once(wiring: Wiring) -> None:
    """A second start must read what the first one encrypted."""
    before = (wiring.secrets.folder / "field-keys").read_text()
    wiring.secrets.prepare()
    assert before == (wiring.secrets.folder / "field-keys").read_text()


def test_the_key_ring_is_one_that_the_store_reads(wiring: Wiring) -> None:
    """Keys of 32 bytes, one of them the index's."""
    ring = KeyRing.parse((wiring.secrets.folder / "field-keys").read_text())
    assert ring.current == "k1"


@pytest.mark.parametrize("process", PROCESSES)
def test_a_clock_that_travels_is_every_process_own(wiring: Wiring, process: str) -> None:
    """One that kept the machine's time would refuse what the others sign."""
    moved = replace(wiring, clock_file="/stack/clock")
    assert Settings.from_env(moved.environment_of(process)).clock_file == "/stack/clock"
    assert Settings.from_env(wiring.environment_of(process)).clock_file == ""


@pytest.mark.parametrize(
    "outside",
    [
        "DEPARTMENTS_FILE",
        "CREDIT_URL",
        "PAYMENTS_URL",
        "CONTENT_S3_ENDPOINT",
        "SCANNER_URL",
        "MAIL_HOST",
        "SMS_URL",
        "a broker",
    ],
)
def test_names_are_looked_up_without_holding_up_others_where_there_are_any(
    wiring: Wiring, outside: str
) -> None:
    """A service without green look-ups starts sooner; one that talks to others' machines needs them."""
    assert "EVENTLET_NO_GREENDNS" in wiring.environment_of("intake")
    if outside == "a broker":
        moved = replace(wiring, amqp={"intake": "amqp://office:secret@broker.example/"})
    else:
        moved = replace(wiring, extra={f"ZHIHENG_{outside}": "anything"})
    assert "EVENTLET_NO_GREENDNS" not in moved.environment_of("intake")


def test_a_demo_alone_has_an_identity_provider_that_vouches_for_anybody(wiring: Wiring) -> None:
    """On the stubs' port; one that a person names takes its place."""
    for environment in ("production", "rehearsal", "test"):
        other = replace(wiring, environment=environment, rehearsals=False).environment_of("gateway")
        assert not [key for key in other if "OIDC" in key]
    demo = replace(wiring, environment="demo", rehearsals=False)
    settings = Settings.from_env(demo.environment_of("gateway"))
    (provider,) = read(settings.oidc).values()
    assert provider.issuer == f"{demo.stubs_url}/identity"
    assert (provider.accounts, settings.public_url) == ("linked", demo.gateway_url)
    named = replace(demo, extra={"ZHIHENG_OIDC_FILE": "/etc/zhiheng/oidc.yaml"}).environment_of("gateway")
    assert named["ZHIHENG_OIDC_FILE"] == "/etc/zhiheng/oidc.yaml"
    assert "ZHIHENG_PUBLIC_URL" not in named


# --- what a person sets -----------------------------------------------------------------------------

SETTINGS = {f.name for f in fields(Settings)}
# What a stack has a value of its own for, and a person may have a better one.
REPLACEABLE = {
    "content_url", "credit_url", "credit_secret", "sms_url", "sms_secret", "second_factor_roles", "ballot_url", "public_url",
    "identity_issuer", "identity_keys", "identity_client_secret",
}  # fmt: skip


def field_of(key: str) -> str:
    """The setting that a variable sets, by itself or by file."""
    name = key.removeprefix(PREFIX).lower()
    return name if name in SETTINGS else name.removesuffix("_file")


def documented() -> dict[str, set[str]]:
    """By page: the settings that it names, with the prefix or, in tables whose heading says it, without."""
    pages = [ROOT / "README.md", ROOT / "README.zh.md"]
    pages += [
        page for room in ("docs", "services", "shared", "deploy") for page in (ROOT / room).rglob("*.md")
    ]
    found = {}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        keys = set(re.findall(r"\bZHIHENG_([A-Z0-9_]*[A-Z0-9])", text)) - FOREIGN_KEYS
        keys |= {word for word in re.findall(r"`([A-Z][A-Z0-9_]+)`", text) if field_of(word) in SETTINGS}
        found[str(page.relative_to(ROOT))] = {key for key in keys if key != "X_FILE"}  # any key's form
    return found


@pytest.mark.parametrize(("page", "keys"), documented().items(), ids=documented())
def test_what_the_pages_tell_to_set_is_set_or_handed_on(page: str, keys: set[str]) -> None:
    """A setting that somebody reads of, gives to `up` and that reaches nobody would be a silent default."""
    for key in keys:
        name = field_of(key)
        assert name in SETTINGS, f"{page}: no such setting: {key}"
        assert (name in PASSED_ON) != (name in SET_BY_THE_STACK), key


def test_the_pages_name_settings() -> None:
    """The search finds what is written out, and what a table's heading gives the prefix of."""
    found = documented()
    assert "CORRECTION_DAYS" in found["docs/operating.md"]
    assert {"DRAW_SECONDS", "PLAN_SECONDS", "PANELS_ANSWER_HOURS"} <= found["docs/panels.md"]


@pytest.mark.parametrize("form", ["", "_FILE"])
def test_every_setting_but_the_stack_s_own_reaches_the_processes(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """By itself or by file; and none that the stack sets is replaced by what happens to be set around it."""
    own = {process: wiring.environment_of(process) for process in PROCESSES}
    for name in SETTINGS:
        monkeypatch.setenv(f"{PREFIX}{name.upper()}{form}", "from outside")
    given = passed_on()
    assert {field_of(key) for key in given} == SETTINGS - SET_BY_THE_STACK
    for process in PROCESSES:
        found = replace(wiring, extra=given).environment_of(process)
        assert given.items() <= found.items()
        mine = {key for key in own[process] if key.startswith(PREFIX) and field_of(key) not in REPLACEABLE}
        assert {key: found[key] for key in mine} == {key: own[process][key] for key in mine}


@pytest.mark.parametrize("process", PROCESSES)
def test_whatever_the_stack_sets_is_known_to_be_its_own(wiring: Wiring, process: str) -> None:
    """One that it sets and hands on as well would be a person's to replace."""
    moved = replace(wiring, clock_file="/stack/clock")
    names = {field_of(key) for key in moved.environment_of(process) if key.startswith(PREFIX)}
    assert names & SETTINGS <= SET_BY_THE_STACK | REPLACEABLE
    assert SET_BY_THE_STACK <= SETTINGS


def test_what_is_not_handed_on_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the broker's address, which the launcher itself takes."""
    for key in ("HTTP_PORT", "BALLOT_KEY_FILE", "AMQP_URI", "DRAW_SECONDS"):
        monkeypatch.setenv(f"{PREFIX}{key}", "1")
    assert kept_back() == ("ZHIHENG_BALLOT_KEY_FILE", "ZHIHENG_HTTP_PORT")
    assert passed_on() == {"ZHIHENG_DRAW_SECONDS": "1"}

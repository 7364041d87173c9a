"""The environment of each process: what it needs and nothing of the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.services import PROCESSES, STORES, Secrets, Wiring
from shared.config import Settings
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


@pytest.mark.parametrize("outside", ["DEPARTMENTS_FILE", "CONTENT_S3_ENDPOINT", "SCANNER_URL", "a broker"])
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

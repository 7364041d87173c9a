"""By which channel each department is asked, from a file read strictly; departments it leaves out are asked as ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.intake.departments.channels import Channels, read_channels
from services.intake.departments.gate import Limits
from services.intake.departments.http import HttpSettings
from services.intake.departments.port import Enquiry, Posted
from shared.clock import SystemClock
from shared.config import ConfigurationError
from shared.contracts.dossier import DEPARTMENTS

pytestmark = pytest.mark.unit

COMMON = HttpSettings("http://127.0.0.1:9", "a secret of the tests", attempts=1)


def _read(tmp_path: Path, text: str, common: HttpSettings = COMMON) -> Channels:
    path = tmp_path / "departments.yaml"
    path.write_text(text, encoding="utf-8")
    return read_channels(str(path), common, SystemClock(), Limits())


def test_each_department_has_its_channel(tmp_path: Path) -> None:
    """Those that people answer for call nobody and have no gate; the others are asked over HTTP."""
    channels = _read(tmp_path, "departments: {safety: {channel: batch}, environment: {channel: clerk}}")
    found = {name: channels.channel(name) for name in DEPARTMENTS}
    assert found == dict.fromkeys(DEPARTMENTS, "http") | {"safety": "batch", "environment": "clerk"}
    assert set(channels.gates) == set(DEPARTMENTS) - {"safety", "environment"}
    with pytest.raises(Posted):
        channels.ask(Enquiry("safety", "a1", "c1", "91310105MAXY50013E", "示例公司"))


def test_a_department_may_have_an_address_of_its_own(tmp_path: Path) -> None:
    """Then nothing common is needed where all have; where one has none, the start is refused and names it."""
    secret = tmp_path / "secret"
    secret.write_text("its own\n", encoding="utf-8")
    line = f"{{channel: http, url: 'https://x.example', secret_file: {secret}}}"
    every = "departments:\n" + "".join(f"  {name}: {line}\n" for name in DEPARTMENTS)
    assert set(_read(tmp_path, every, HttpSettings("", "")).gates) == set(DEPARTMENTS)
    with pytest.raises(ConfigurationError, match="department credit"):
        _read(tmp_path, f"departments: {{safety: {line}}}", HttpSettings("", ""))


@pytest.mark.parametrize(
    "text",
    [
        "departments: {astrology: {channel: http}}",
        "departments: {safety: {channel: pigeon}}",
        "departments: {safety: {}}",
        "departments: {safety: {channel: batch, url: 'https://x.example'}}",
        "departments: {safety: {channel: http, secret_file: /nowhere/secret}}",
        "departments: {safety: {channel: http, surprise: yes}}",
        "departments: {safety: {channel: batch}, safety: {channel: clerk}}",
        "channels: {}",
        "",
    ],
)
def test_what_is_wrong_stops_the_start(tmp_path: Path, text: str) -> None:
    """An unknown department, channel or key, a key given twice, a file that is not there, an address of a batch file."""
    with pytest.raises(ConfigurationError, match="departments"):
        _read(tmp_path, text)


def test_a_key_needs_its_certificate(tmp_path: Path) -> None:
    """Half of a client's identity is none."""
    key = tmp_path / "client.key"
    key.write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="certificate"):
        _read(tmp_path, f"departments: {{safety: {{channel: http, key: {key}}}}}")

"""./zhiheng certificates: offline, with nothing but a text and the public keys."""

from __future__ import annotations

import json
import socket
from datetime import date
from pathlib import Path

import pytest

from deploy.local.cli import main
from shared.signatures import ALGORITHMS, read_private
from shared.signatures.certificates import Certificate, address, signed

CERTIFICATE = Certificate(
    "X-2025-1-001", "示例精密制造有限公司", "示例奖", "示例奖", "组织", 2025, date(2025, 7, 4)
)


@pytest.fixture(params=ALGORITHMS)
def made(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[str, str]:
    """A signed text, and the file of its public keys, both made by the command's own keys."""
    private, public = tmp_path / "key", tmp_path / "public.json"
    assert main(["certificates", "new-key", str(private), "--algorithm", request.param]) == 0
    assert private.stat().st_mode & 0o077 == 0
    capsys.readouterr()
    assert main(["certificates", "public-key", str(private)]) == 0
    public.write_text(capsys.readouterr().out)
    return signed(CERTIFICATE, read_private(private.read_text())), str(public)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("no network here")

    monkeypatch.setattr(socket.socket, "connect", refused)


def test_a_genuine_one(made: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As text, as address, in a file."""
    token, keys = made
    (tmp_path / "scanned.txt").write_text(address("https://example.org/", token) + "\n")
    for given in (token, address("https://example.org", token), str(tmp_path / "scanned.txt")):
        assert main(["certificates", "verify", given, "--key", keys]) == 0
        said = capsys.readouterr().out
        assert "GENUINE" in said
        assert CERTIFICATE.name in said


def test_a_changed_one(made: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """One letter of it, another key, no certificate at all, a key file that is none."""
    token, keys = made
    middle = len(token) // 2
    changed = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    for given in (changed, token[:-1], "hello", ""):
        assert main(["certificates", "verify", given, "--key", keys]) == 1
        assert "NOT GENUINE" in capsys.readouterr().err
    assert main(["certificates", "verify", token, "--key", __file__]) == 1
    assert main(["certificates", "verify", token, "--key", "/nowhere"]) == 1


def test_a_rehearsals_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Genuine as a text, and worth nothing."""
    private = tmp_path / "key"
    main(["certificates", "new-key", str(private)])
    key = read_private(private.read_text())
    (tmp_path / "public").write_text(json.dumps(dict(key.public.jwk())))
    token = signed(Certificate("X", "n", "t", "l", "k", 2025, date(2025, 7, 4), rehearsal=True), key)
    assert main(["certificates", "verify", token, "--key", str(tmp_path / "public")]) == 1
    assert "rehearsal" in capsys.readouterr().err


def test_a_key_is_not_written_over(tmp_path: Path) -> None:
    """A key that signed is worth more than a mistyped command."""
    (tmp_path / "key").write_text("mine")
    assert main(["certificates", "new-key", str(tmp_path / "key")]) == 1
    assert (tmp_path / "key").read_text() == "mine"

"""Configuration: a misspelt key, a wrong value or a secret in a repr must not get through."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.config import ConfigurationError, Settings

pytestmark = pytest.mark.unit


def test_an_unknown_key_stops_the_start() -> None:
    """A misspelt key would else be a silent default."""
    with pytest.raises(ConfigurationError, match="ZHIHENG_LOG_LEVLE"):
        Settings.from_env({"ZHIHENG_LOG_LEVLE": "DEBUG"})


@pytest.mark.parametrize(
    ("key", "value"),
    [("ZHIHENG_HTTP_PORT", "eighty"), ("ZHIHENG_PARTS", "some"), ("ZHIHENG_DRAIN_SECONDS", "soon")],
)
def test_a_wrong_value_names_its_key(key: str, value: str) -> None:
    """The message says which key and what was found."""
    with pytest.raises(ConfigurationError, match=f"{key}.*{value}"):
        Settings.from_env({key: value})


def test_production_refuses_rehearsals() -> None:
    """A production stack's clock is nobody's to drive."""
    with pytest.raises(ConfigurationError, match="production"):
        Settings.from_env({"ZHIHENG_ENVIRONMENT": "production", "ZHIHENG_REHEARSALS": "allowed"})


def test_a_secret_may_come_by_file_and_is_in_no_repr(tmp_path: Path) -> None:
    """`X_FILE` is read, trimmed, and never shown."""
    secret = tmp_path / "uri"
    secret.write_text("amqp://intake:hush@localhost/\n")
    settings = Settings.from_env({"ZHIHENG_AMQP_URI_FILE": str(secret), "PATH": "/bin"})
    assert settings.amqp_uri == "amqp://intake:hush@localhost/"
    assert "hush" not in repr(settings)


def test_what_is_required_and_missing_is_named() -> None:
    """All at once, by the key that the operator has to set."""
    with pytest.raises(ConfigurationError, match="ZHIHENG_AMQP_URI, ZHIHENG_DATABASE_URL"):
        Settings().require("amqp_uri", "database_url")

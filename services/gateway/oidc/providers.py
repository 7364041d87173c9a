"""Identity providers of agencies, as their file names them. Pure but for reading the clients' secrets."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shared.config import ConfigurationError
from shared.strict_yaml import StrictYamlError, loads

ALGORITHMS = ("RS256", "PS256", "ES256")  # signatures by a private key: whoever can check one cannot make one
ORGANIZATION, INDIVIDUAL = "organization", "individual"
MAKE, LINKED = "make", "linked"
ANEW, KEPT = "anew", "kept"
_HERE = {"127.0.0.1", "localhost", "::1"}
_NAME = {"type": "string", "minLength": 1, "maxLength": 60}
_CLAIM = {"type": "string", "pattern": "^[A-Za-z0-9_:./-]{1,100}$"}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["providers"],
    "properties": {
        "providers": {
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["key", "issuer", "client_id", "client_secret_file", "name_zh", "name_en", "for", "accounts"],
                "properties": {
                    "key": {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"},
                    "issuer": {"type": "string", "maxLength": 300},
                    "client_id": {"type": "string", "pattern": "^[A-Za-z0-9._~-]{1,200}$"},
                    "client_secret_file": {"type": "string", "minLength": 1},
                    "name_zh": _NAME,
                    "name_en": _NAME,
                    "for": {"enum": [ORGANIZATION, INDIVIDUAL]},
                    "accounts": {"enum": [MAKE, LINKED]},
                    "linking": {"enum": [ANEW, KEPT]},
                    "subject": _CLAIM,
                    "name": _CLAIM,
                    "uscc": _CLAIM,
                    "unit": _CLAIM,
                    "scope": {"type": "string", "pattern": "^openid( [!-~]+)*$"},
                    "algorithms": {
                        "type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(ALGORITHMS)},
                    },
                },
            },
        }
    },
}  # fmt: skip


@dataclass(frozen=True)
class Provider:
    """One provider: who it is, whom it vouches for, and which of its claims say what.

    `accounts`: whether an applicant's account is made when somebody comes first, or has to be linked before by its holder.
    `linking`: whether whoever links an identity signs in there anew, or may be whoever is signed in there already.
    """

    key: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name_zh: str
    name_en: str
    vouches_for: str
    accounts: str
    subject: str = "sub"
    name: str = "name"
    uscc: str | None = None
    unit: str | None = None
    scope: str = "openid"
    linking: str = ANEW
    algorithms: tuple[str, ...] = ("RS256", "ES256")


def read(text: str) -> dict[str, Provider]:
    """The providers of a file by key. Raises ConfigurationError naming what is wrong, without secrets."""
    if not text.strip():
        return {}
    try:
        document = loads(text, "ZHIHENG_OIDC")
        document.check(_SCHEMA)
    except StrictYamlError as error:
        raise ConfigurationError(f"ZHIHENG_OIDC: {error}") from None
    found: dict[str, Provider] = {}
    for entry in document.value["providers"]:
        provider = _provider(dict(entry))
        if provider.key in found or provider.issuer in {each.issuer for each in found.values()}:
            raise ConfigurationError(f"ZHIHENG_OIDC: {provider.key}: key and issuer are of one provider each")
        found[provider.key] = provider
    return found


def _provider(entry: dict[str, Any]) -> Provider:
    key, issuer = entry["key"], str(entry["issuer"])
    if not is_safe(issuer) or urlsplit(issuer).query or urlsplit(issuer).fragment:
        raise ConfigurationError(f"ZHIHENG_OIDC: {key}: the issuer has to be an https address")
    try:
        secret = Path(entry.pop("client_secret_file")).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"ZHIHENG_OIDC: {key}: client_secret_file: {type(error).__name__}") from None
    if not secret or not secret.isascii() or not secret.isprintable():
        raise ConfigurationError(f"ZHIHENG_OIDC: {key}: client_secret_file has to hold printable ASCII")
    if "algorithms" in entry:
        entry["algorithms"] = tuple(entry["algorithms"])
    return Provider(client_secret=secret, vouches_for=entry.pop("for"), **entry)


def is_safe(address: str) -> bool:
    """Whether an address is one to send a secret to: over TLS, or on this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    )

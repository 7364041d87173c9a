"""Files that hold secrets or state: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any


def write_secret(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file that only its owner may read; whoever reads it meanwhile sees the old one whole."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as output:
        output.write(text)
    temporary.replace(path)


def keep_secret(path: Path, make: str) -> Path:
    """A secret that is made once and kept: `token` (text for people and headers), `ring` (the columns' keys), `ed25519`
    (a key that signs, PEM) or `es256` (one that signs assertions, JWK).
    """
    if not path.exists():
        makers = {
            "token": lambda: secrets.token_urlsafe(24),
            "ring": _field_keys,
            "ed25519": _signing_key,
            "es256": _assertion_key,
        }
        write_secret(path, makers[make]())
    return path


def _field_keys() -> str:
    """A key ring as shared/store reads it: a key that writes, and the one of the blind indexes."""
    key, index = (base64.b64encode(os.urandom(32)).decode("ascii") for _ in range(2))
    return f"k1:{key}\nindex:{index}\n"


def _signing_key() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def _assertion_key() -> str:
    from joserfc.jwk import ECKey

    key = ECKey.generate_key("P-256", parameters={"kid": "voters-1", "use": "sig", "alg": "ES256"})
    return json.dumps(key.as_dict(private=True))


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file whole, for its owner only."""
    write_secret(path, json.dumps(value, ensure_ascii=False, indent=1))


def read_json(path: Path) -> Any:
    """The JSON value in a file, None where there is no such file or it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None

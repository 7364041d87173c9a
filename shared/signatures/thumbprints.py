"""The id of a key: the thumbprint of its JWK (RFC 7638)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from shared.identifiers import canonical_json
from shared.signatures.text import to_text


def thumbprint(members: Mapping[str, str]) -> str:
    """SHA-256 of the required members in the order of their names, as base64url."""
    return to_text(hashlib.sha256(canonical_json(dict(members))).digest())

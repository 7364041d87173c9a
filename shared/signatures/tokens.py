"""A signed statement in one line of text: `<mark>.<what is said>.<signature>`, both parts as base64url. Pure.

What is said is canonical JSON and names its key (`kid`). The signature covers the mark too, so that a statement made for one
purpose is none for another. There is one text for one statement: a text with any bit changed is not genuine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from shared.identifiers import canonical_json
from shared.signatures.port import LENGTH, SigningKey, VerifyingKey
from shared.signatures.text import from_text, to_text

LONGEST = 4000  # characters; a QR code holds less


class NotGenuine(ValueError):
    """The text is no statement signed by one of the keys. `code`: malformed | unknown_key | wrong_signature."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sealed(mark: str, said: Mapping[str, Any], key: SigningKey) -> str:
    """The statement signed, as text. Raises ValueError where it says `kid` itself, or a mark has a dot."""
    if "kid" in said or "." in mark:
        raise ValueError("the key's id is ours to say, and a mark has no dot")
    body = canonical_json({**said, "kid": key.public.key_id})
    return f"{mark}.{to_text(body)}.{to_text(key.sign(_covered(mark, body)))}"


def opened(mark: str, text: str, keys: Iterable[VerifyingKey]) -> dict[str, Any]:
    """What a genuine statement says, its `kid` with it. Raises NotGenuine."""
    parts = text.split(".")
    if len(text) > LONGEST or len(parts) != 3 or parts[0] != mark:
        raise NotGenuine("malformed")
    try:
        body, signature = from_text(parts[1]), from_text(parts[2])
        said = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NotGenuine("malformed") from None
    if not isinstance(said, dict) or len(signature) != LENGTH:
        raise NotGenuine("malformed")
    key = next((each for each in keys if each.key_id == said.get("kid")), None)
    if key is None:
        raise NotGenuine("unknown_key")
    if not key.verify(_covered(mark, body), signature):
        raise NotGenuine("wrong_signature")
    return said


def _covered(mark: str, body: bytes) -> bytes:
    return mark.encode("ascii") + b"\0" + body

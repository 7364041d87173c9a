"""Answers to agencies are signed: HTTP Message Signatures (RFC 9421) over a Content-Digest (RFC 9530), with Ed25519.

The signature covers the answer and what it answers (method, path, query), so that it can be kept as evidence and cannot be
passed off for the answer to another question. Scheme and host are left out: a gateway behind a proxy does not know them.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Request
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    MappingKeyResolver,
    algorithms,
)
from joserfc.jwk import OKPKey
from werkzeug.wrappers import Response

from shared.config import ConfigurationError, Settings

log = structlog.get_logger(__name__)

LABEL, TAG = "answer", "zhiheng-agency"
COVERED = (
    "@status",
    "content-type",
    "x-request-id",
    '"@method";req',
    '"@path";req',
    '"@query";req',
)
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)


@dataclass
class _Question:
    method: str
    url: str
    headers: MutableMapping[str, str]


@dataclass
class _Answer:
    """An answer with what it answers, in the form that the library reads."""

    status_code: int
    headers: MutableMapping[str, str]
    request: _Question


class Signer:
    """Signs with one key, and publishes it beside those that signed before."""

    def __init__(self, private_pem: str, former_pems: str = "") -> None:
        """Raises ConfigurationError for keys that are none."""
        try:
            key = load_pem_private_key(private_pem.encode(), None)
            if not isinstance(key, Ed25519PrivateKey):
                raise ValueError("no Ed25519 key")
            current = OKPKey.import_key(private_pem)
            former = [OKPKey.import_key(pem) for pem in _PEM.findall(former_pems)]
        except (ValueError, TypeError) as error:
            raise ConfigurationError(f"ZHIHENG_AGENCY_SIGNING_KEY: {error}") from None
        self._key_id = current.thumbprint()
        self._signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={self._key_id: key}),
        )
        self._published = [_public(each) for each in (current, *former)]

    @classmethod
    def of(cls, settings: Settings) -> Signer | None:
        """The signer of an installation; None where no key was given, and then agencies are answered nothing."""
        if not settings.agency_signing_key:
            return None
        return cls(settings.agency_signing_key, settings.agency_former_keys)

    def keys(self) -> dict[str, Any]:
        """The public keys as a JWK set (RFC 7517); a key's id is its thumbprint (RFC 7638)."""
        return {"keys": self._published}

    def sign(self, request: Request, response: Response, at: datetime) -> None:
        """Put Content-Digest, Signature-Input and Signature on an answer that is otherwise complete."""
        path, query = quote(request.path), request.query_string.decode("latin-1")
        question = _Question(request.method, f"https://gateway{path}?{query}", {})
        answer = _Answer(response.status_code, dict(response.headers.items()), question)
        try:
            self._signer.sign(
                answer, key_id=self._key_id, created=at, label=LABEL, tag=TAG, covered_component_ids=COVERED,
                body=response.get_data(),
            )  # fmt: skip
        except HTTPMessageSignaturesException:
            # An address that no client of good will sends; without a signature it is believed by nobody.
            log.warning("answer.unsigned", status=response.status_code)
            return
        for name in ("Content-Digest", "Signature-Input", "Signature"):
            response.headers[name] = answer.headers[name]


def _public(key: OKPKey) -> dict[str, Any]:
    shown = key.as_dict(private=False)
    return {
        "kty": shown["kty"],
        "crv": shown["crv"],
        "x": shown["x"],
        "kid": key.thumbprint(),
        "use": "sig",
        "alg": "Ed25519",
    }

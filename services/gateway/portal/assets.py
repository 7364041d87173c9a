"""Styles and scripts of the pages: built beforehand (deploy/local/assets.py), read once, served from memory.

An address holds the digest of all files together, so what lies behind it never changes and browsers keep it for a year; another
build has other addresses. Only what the manifest names is served, and only as it was built.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request

from services.gateway import errors
from shared.config import ConfigurationError, Settings

SETTING = "ZHIHENG_GATEWAY_ASSETS"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
_KEPT = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file: what it holds, the same packed by gzip where that is smaller, and its type."""

    content: bytes
    packed: bytes | None
    type: str
    digest: str


class Assets:
    """The files of one build, or none at all."""

    def __init__(self, files: Mapping[str, Asset]) -> None:
        self._files = dict(files)
        named = "\n".join(f"{name} {file.digest}" for name, file in sorted(self._files.items()))
        self.digest = sha256(named.encode()).hexdigest()[:16]

    @classmethod
    def of(cls, settings: Settings) -> Assets:
        """Those that the setting names, none where it is empty. Raises ConfigurationError for a folder that is not whole."""
        if not settings.gateway_assets:
            return cls({})
        folder = Path(settings.gateway_assets)
        try:
            said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
            return cls({name: _read(folder / "served" / name, described) for name, described in said.items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError(f"{SETTING}: {folder} is no complete build: {error}") from None

    def url(self, name: str) -> str | None:
        """Where a page finds a file; None where there is none, and the page does without."""
        return f"/assets/{self.digest}/{name}" if name in self._files else None

    def add_to(self, app: Flask) -> None:
        """The one address of all files."""
        app.add_url_rule(
            "/assets/<digest>/<name>",
            endpoint="portal_assets",
            view_func=self._serve,
            methods=["GET"],
            provide_automatic_options=False,
        )

    def _serve(self, digest: str, name: str) -> Response:
        file = self._files.get(name) if digest == self.digest else None
        if file is None:
            raise errors.not_found()
        packed = file.packed if request.accept_encodings["gzip"] > 0 else None
        response = Response(packed or file.content, mimetype=file.type)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Cache-Control"] = _KEPT
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.set_etag(f"{file.digest[:32]}{'-gzip' if packed else ''}")
        response.make_conditional(request)
        return response


def _read(path: Path, described: Mapping[str, object]) -> Asset:
    """A file as the manifest describes it. Raises ValueError where it is another."""
    content = path.read_bytes()
    digest = sha256(content).hexdigest()
    if digest != described["sha256"]:
        raise ValueError(f"{path.name} is not the file that was built")
    if path.suffix not in _TYPES:
        raise ValueError(f"{path.name}: no type is known for it")
    packed = path.with_name(f"{path.name}.gz").read_bytes() if "gzip" in described else None
    return Asset(content, packed, _TYPES[path.suffix], digest)

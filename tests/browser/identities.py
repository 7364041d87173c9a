"""A provider of identities for the stack that browsers look at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.stubs.oidc import OidcServer, Provider

_SECRET = "a secret of the tests"
_FILE = """providers:
  - key: city
    issuer: {issuer}
    client_id: zhiheng
    client_secret_file: {secret}
    name_zh: 统一身份认证
    name_en: City identity
    for: organization
    accounts: make
"""


@contextmanager
def provider_of(folder: Path, home: str) -> Iterator[tuple[Provider, dict[str, str]]]:
    """A provider that listens, and the settings of a stack at `home` that relies on it; it is told the stack's clock later."""
    secret, file = folder / "client-secret", folder / "oidc.yaml"
    secret.write_text(_SECRET, encoding="utf-8")
    server = OidcServer(("127.0.0.1", 0), Provider({"zhiheng": _SECRET}))
    file.write_text(_FILE.format(issuer=server.url, secret=secret), encoding="utf-8")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.provider, {"ZHIHENG_OIDC_FILE": str(file), "ZHIHENG_PUBLIC_URL": home}
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)

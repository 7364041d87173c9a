"""Where the broker is, and a plain connection to it for commands that run without green threads."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from amqp import Connection
from amqp.transport import SSLTransport

CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Address:
    """An AMQP URI taken apart; the password is not part of the repr."""

    host: str
    port: int
    user: str
    virtual_host: str
    tls: bool
    ca_file: str | None
    password: str = field(repr=False)

    @classmethod
    def parse(cls, uri: str) -> Address:
        """Read amqp:// or amqps://user:password@host:port/vhost[?cacertfile=…]. Raises ValueError."""
        parts = urlsplit(uri)
        if parts.scheme not in {"amqp", "amqps"} or not parts.hostname:
            raise ValueError("an AMQP URI begins with amqp:// or amqps:// and names a host")
        tls = parts.scheme == "amqps"
        ca_file = parse_qs(parts.query).get("cacertfile", [None])[0]
        return cls(
            host=parts.hostname,
            port=parts.port or (5671 if tls else 5672),
            user=unquote(parts.username or "guest"),
            virtual_host=unquote(parts.path[1:]) or "/",
            tls=tls,
            ca_file=ca_file,
            password=unquote(parts.password or "guest"),
        )

    def options(self, name: str) -> dict[str, Any]:
        """Arguments of a py-amqp connection; `name` is what the broker's list of connections shows."""
        return {
            "host": f"{self.host}:{self.port}",
            "userid": self.user,
            "password": self.password,
            "login_method": "PLAIN",
            "virtual_host": self.virtual_host,
            "connect_timeout": CONNECT_SECONDS,
            "client_properties": {"connection_name": name, "product": "zhiheng"},
        }


class CheckedTls(SSLTransport):  # type: ignore[misc]
    """TLS with a checked certificate and host name."""

    def __init__(self, *args: Any, address: Address, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = address

    def _wrap_socket(self, sock: Any, context: Any = None, **sslopts: Any) -> Any:
        trusted = ssl.create_default_context(cafile=self._address.ca_file)
        return trusted.wrap_socket(sock, server_hostname=self._address.host, do_handshake_on_connect=False)


class PlainConnection(Connection):  # type: ignore[misc]
    """A blocking connection of one thread."""

    def __init__(self, uri: str, name: str) -> None:
        self._address = Address.parse(uri)
        super().__init__(**self._address.options(name))

    def Transport(self, host: str, connect_timeout: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N802 - py-amqp's
        if self._address.tls:
            return CheckedTls(host, connect_timeout=connect_timeout, ssl=True, address=self._address)
        return super().Transport(host, connect_timeout, *args, **kwargs)


def connect_plainly(uri: str, name: str) -> PlainConnection:
    """Connect once. Raises OSError or AMQPError (wrong user, no such virtual host), ValueError for a wrong URI."""
    connection = PlainConnection(uri, name)
    connection.connect()
    return connection

"""Departments behind mutual TLS: our certificate is shown, theirs is held against the bundle that the file names."""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.intake.departments.channels import read_channels
from services.intake.departments.gate import Limits
from services.intake.departments.http import HttpSettings
from services.intake.departments.port import DepartmentSilent, Enquiry
from shared.clock import SystemClock

pytestmark = pytest.mark.contract

ENQUIRY = Enquiry("safety", "a1", "c1", "91310105MAXY50013E", "示例公司")


class _Authority:
    """A made-up authority that signs certificates of a day."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.bundle = self._write(f"{name}.pem", self._sign(self._name, self._key.public_key(), ca=True))

    def issue(self, name: str) -> tuple[str, str]:
        """The paths of a certificate for 127.0.0.1 and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._write(f"{name}.pem", self._sign(subject, key.public_key(), ca=False))
        path = self._folder / f"{name}.key"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, str(path)

    def _sign(self, subject: x509.Name, public: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.Certificate:
        now = SystemClock().now()
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
                critical=False,
            )
        )
        return builder.sign(self._key, hashes.SHA256())

    def _write(self, name: str, certificate: x509.Certificate) -> str:
        path = self._folder / name
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return str(path)


class _Department(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"reference": asked["reference"], "uscc": asked["uscc"], "records": []}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


class _Server(HTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A handshake that fails is what some tests want."""

    def get_request(self) -> Any:
        connection, address = super().get_request()
        connection.settimeout(5)
        return connection, address


@pytest.fixture
def authority(tmp_path: Path) -> _Authority:
    return _Authority(tmp_path, "authority")


@pytest.fixture
def url(authority: _Authority) -> Iterator[str]:
    """A department that takes only those whom the authority knows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.bundle)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(*authority.issue("department"))
    server = _Server(("127.0.0.1", 0), _Department)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def _port(tmp_path: Path, url: str, *lines: str) -> Any:
    path = tmp_path / "departments.yaml"
    given = ", ".join([f"channel: http, url: '{url}'", *lines])
    path.write_text(f"departments: {{safety: {{{given}}}}}", encoding="utf-8")
    common = HttpSettings("http://127.0.0.1:9", "a secret of the tests", attempts=1)
    return read_channels(str(path), common, SystemClock(), Limits())


def test_both_sides_know_each_other(tmp_path: Path, authority: _Authority, url: str) -> None:
    """With our certificate, its key and the bundle, the department answers."""
    certificate, key = authority.issue("client")
    port = _port(
        tmp_path, url, f"certificate: {certificate}", f"key: {key}", f"authority: {authority.bundle}"
    )
    assert port.ask(ENQUIRY).records == ()


def test_without_a_certificate_nobody_answers(tmp_path: Path, authority: _Authority, url: str) -> None:
    """The department hangs up: that is silence, not an error of ours."""
    with pytest.raises(DepartmentSilent):
        _port(tmp_path, url, f"authority: {authority.bundle}").ask(ENQUIRY)


def test_a_department_that_the_bundle_does_not_know_is_not_believed(
    tmp_path: Path, authority: _Authority, url: str
) -> None:
    """Somebody else's authority vouches for nobody: its answer is never read."""
    certificate, key = authority.issue("client")
    stranger = _Authority(tmp_path, "stranger")
    port = _port(tmp_path, url, f"certificate: {certificate}", f"key: {key}", f"authority: {stranger.bundle}")
    with pytest.raises(DepartmentSilent, match="SSL"):
        port.ask(ENQUIRY)

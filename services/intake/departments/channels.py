"""By which channel each department is asked, as a small YAML file says; departments that it leaves out are asked over HTTP.

    departments:
      credit: {channel: http, url: "https://credit.example.gov.cn", secret_file: /etc/zhiheng/credit.secret,
               certificate: /etc/zhiheng/client.pem, key: /etc/zhiheng/client.key, authority: /etc/zhiheng/ca.pem}
      safety: {channel: batch}
      environment: {channel: clerk}

What is wrong stops the start: a department or key that nobody knows, a file that is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.intake.departments.gate import Gate, Limits
from services.intake.departments.http import HttpDepartments, HttpSettings
from services.intake.departments.port import (
    CHANNELS,
    Answer,
    DepartmentPort,
    DepartmentSilent,
    Enquiry,
    Posted,
)
from shared.clock import Clock
from shared.config import ConfigurationError
from shared.contracts.dossier import DEPARTMENTS
from shared.strict_yaml import Document, StrictYamlError, load

_PATH = {"type": "string", "minLength": 1}
_HTTP_ONLY = ("url", "secret_file", "certificate", "key", "authority")
_SCHEMA = {
    "type": "object",
    "required": ["departments"],
    "additionalProperties": False,
    "properties": {
        "departments": {
            "type": "object",
            "propertyNames": {"enum": list(DEPARTMENTS)},
            "additionalProperties": {
                "type": "object",
                "required": ["channel"],
                "additionalProperties": False,
                "properties": {"channel": {"enum": list(CHANNELS)}, **dict.fromkeys(_HTTP_ONLY, _PATH)},
            },
        }
    },
}


class Channels:
    """The port to all departments: each by its channel, those over HTTP each through a gate of its own."""

    def __init__(self, ports: Mapping[str, DepartmentPort], limits: Limits) -> None:
        self._ports = ports
        self.gates = {
            name: Gate(name, limits) for name, port in ports.items() if port.channel(name) == "http"
        }

    def ask(self, enquiry: Enquiry) -> Answer:
        """Raises DepartmentSilent, NotNow, Posted."""
        port = self._ports.get(enquiry.department)
        if port is None:
            raise DepartmentSilent(f"no department {enquiry.department}")
        gate = self.gates.get(enquiry.department)
        if gate is None:
            return port.ask(enquiry)
        with gate.passing(watched=not enquiry.rehearsal):
            return port.ask(enquiry)

    def channel(self, department: str) -> str:
        """One of CHANNELS."""
        return self._ports[department].channel(department)


class Posting:
    """A channel of people: a question is put out for them, and nobody is called."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def ask(self, enquiry: Enquiry) -> Answer:
        """Always raises Posted."""
        raise Posted(self._channel)

    def channel(self, department: str) -> str:
        """The one that it was made for."""
        return self._channel


def read_channels(path: str, common: HttpSettings, clock: Clock, limits: Limits) -> Channels:
    """The channels of a file; without a file all departments over HTTP. Raises ConfigurationError.

    `common` holds where the file says nothing; address and secret may be empty there if every department has its own.
    """
    said = _read(path) if path else {}
    ports: dict[str, DepartmentPort] = {}
    default: HttpDepartments | None = None
    for name in DEPARTMENTS:
        lines = said.get(name, {"channel": "http"})
        if lines["channel"] != "http":
            ports[name] = Posting(lines["channel"])
        elif len(lines) > 1:
            ports[name] = HttpDepartments(_own(name, lines, common), clock)
        else:
            default = default or HttpDepartments(_whole(common, name), clock)
            ports[name] = default
    return Channels(ports, limits)


def _read(path: str) -> dict[str, Any]:
    try:
        document = load(path)
        document.check(_SCHEMA)
        for name, lines in document.value["departments"].items():
            _check(document, name, lines)
    except (OSError, StrictYamlError) as error:
        raise ConfigurationError(f"departments file: {error}") from error
    found: dict[str, Any] = document.value["departments"]
    return found


def _check(document: Document, name: str, lines: Mapping[str, str]) -> None:
    path = ("departments", name)
    for key in _HTTP_ONLY:
        if key in lines and lines["channel"] != "http":
            raise document.refuse(
                (*path, key), f"{lines['channel']} 渠道没有 {key}", f"{lines['channel']} has no {key}"
            )
        if key != "url" and key in lines and not Path(lines[key]).is_file():
            raise document.refuse((*path, key), f"没有文件 {lines[key]}", f"no file {lines[key]}")
    if "key" in lines and "certificate" not in lines:
        raise document.refuse((*path, "key"), "有私钥而无证书", "a key without its certificate")


def _own(name: str, lines: Mapping[str, str], common: HttpSettings) -> HttpSettings:
    """The settings of one department: its own lines over what holds for all."""
    given: dict[str, Any] = {
        key: lines[key] for key in ("url", "certificate", "key", "authority") if key in lines
    }
    if "secret_file" in lines:
        given["secret"] = Path(lines["secret_file"]).read_text(encoding="utf-8").strip()
    return _whole(replace(common, **given), name)


def _whole(settings: HttpSettings, name: str) -> HttpSettings:
    if not settings.url or not settings.secret:
        raise ConfigurationError(f"department {name}: asked over HTTP, it needs an address and a secret")
    return settings

"""Which processes a stack has, and the environment of each (the keys are those of shared/config)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from deploy.broker.definitions import SERVICES
from deploy.local.files import keep_secret, write_secret
from shared.config import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
STUBS, GATEWAY, BALLOT_BOX = "stubs", "gateway", "ballot_box"
PROCESSES = (*SERVICES, GATEWAY, BALLOT_BOX, STUBS)
STORES = (*SERVICES, GATEWAY)  # those with a database

# What a stack sets for each of its processes, or leaves alone because its launcher counts on it. A person's own value of
# these reaches no process: it would part the processes from each other, or from the launcher.
SET_BY_THE_STACK = frozenset(
    {
        "service", "environment", "rehearsals", "clock_file", "parts", "amqp_uri", "topology_uri", "database_url",
        "field_keys", "health_host", "health_port", "http_host", "http_port", "admin_password", "rehearser_password",
        "agency_signing_key", "certificate_signing_key", "ballot_key", "ballot_page_secret", "departments_url",
        "departments_secret", "stub_host", "stub_port", "stub_voters_port", "stub_voters_key", "player_url", "player_secret",
        "player_gateway",
    }
)  # fmt: skip
# All other settings a person may give to `up`, `demo` and `rehearse` in the environment; they reach every process.
PASSED_ON = tuple(f.name for f in fields(Settings) if f.name not in SET_BY_THE_STACK)


def passed_on() -> dict[str, str]:
    """Those of them that are set, each as itself or by file."""
    return _given(PASSED_ON)


def kept_back() -> tuple[str, ...]:
    """The variables that are set although a stack sets them itself; the broker's address is one that a stack takes."""
    return tuple(sorted(_given(SET_BY_THE_STACK).keys() - {f"{PREFIX}AMQP_URI"}))


def _given(names: Iterable[str]) -> dict[str, str]:
    keys = (f"{PREFIX}{name.upper()}{form}" for name in names for form in ("", "_FILE"))
    return {key: os.environ[key] for key in keys if key in os.environ}


def service_class(service: str) -> str:
    """`module:Class` of a service, as shared.bus takes it."""
    return f"services.{service}.service:{service.capitalize()}"


@dataclass(frozen=True)
class Secrets:
    """The files of a stack's secrets; they are made once and stay with its data."""

    folder: Path

    def prepare(self) -> None:
        """Make the folder and what is missing in it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (
            "departments",
            "admin-password",
            "rehearser-password",
            "ballot-key",
            "ballot-page",
            "player",
            "identity-client",
        ):
            keep_secret(self.folder / name, "token")
        keep_secret(self.folder / "field-keys", "ring")
        keep_secret(self.agency_signing_key, "ed25519")
        keep_secret(self.certificate_signing_key, "ed25519")

    @property
    def admin_password(self) -> Path:
        return self.folder / "admin-password"

    @property
    def rehearser_password(self) -> Path:
        return self.folder / "rehearser-password"

    @property
    def agency_signing_key(self) -> Path:
        return self.folder / "agency-signing-key"

    @property
    def certificate_signing_key(self) -> Path:
        return self.folder / "certificate-signing-key"

    @property
    def ballot_key(self) -> Path:
        return self.folder / "ballot-key"

    @property
    def ballot_page(self) -> Path:
        return self.folder / "ballot-page"

    def prepare_voters(self) -> None:
        """Make what a demo's identity service of voters has: its key, the public half for boxes, the page's secret there."""
        private = json.loads(keep_secret(self.voters_key, "es256").read_text(encoding="utf-8"))
        private.pop("d", None)
        write_secret(self.voters_keys, json.dumps({"keys": [private]}))
        keep_secret(self.voters_client, "token")

    @property
    def voters_key(self) -> Path:
        return self.folder / "voters-key"

    @property
    def voters_keys(self) -> Path:
        return self.folder / "voters-keys"

    @property
    def voters_client(self) -> Path:
        return self.folder / "voters-client"

    @property
    def player(self) -> Path:
        return self.folder / "player"

    @property
    def identity_client(self) -> Path:
        return self.folder / "identity-client"

    @property
    def departments(self) -> Path:
        return self.folder / "departments"

    def put(self, name: str, text: str) -> Path:
        """A secret that changes with every start (an address with its port)."""
        path = self.folder / name
        write_secret(path, text)
        return path


@dataclass(frozen=True)
class Wiring:
    """What every process of one stack shares."""

    secrets: Secrets
    amqp: Mapping[str, str] = field(repr=False)  # user → address
    databases: Mapping[str, str] = field(repr=False)  # service → address
    health_ports: Mapping[str, int]
    gateway_port: int
    gateway_host: str
    stubs_port: int
    rehearsals: bool
    environment: str
    clock_file: str = ""  # where the processes read how far their clock has travelled
    extra: Mapping[str, str] = field(default_factory=dict)
    ballot_port: int = 0
    voters_port: int = 0  # of the stubs' identity service of voters; 0: there is none

    @property
    def gateway_url(self) -> str:
        return f"http://{self._host}:{self.gateway_port}"

    @property
    def ballot_url(self) -> str:
        return f"http://{self._host}:{self.ballot_port}"

    @property
    def _host(self) -> str:
        return "127.0.0.1" if self.gateway_host in {"0.0.0.0", "::", ""} else self.gateway_host  # noqa: S104 - compared

    @property
    def stubs_url(self) -> str:
        return f"http://127.0.0.1:{self.stubs_port}"

    @property
    def voters_url(self) -> str:
        return f"http://127.0.0.1:{self.voters_port}"

    def health_url(self, process: str) -> str:
        """Where a process answers /readyz; the stubs do so on their own HTTP port."""
        if process == STUBS:
            return self.stubs_url
        return f"http://127.0.0.1:{self.health_ports[process]}"

    def _all_is_here(self) -> bool:
        """Whether everything that a service talks to has a numeric address of this machine."""
        outside = (
            "ZHIHENG_DEPARTMENTS_FILE",
            "ZHIHENG_CREDIT_URL",
            "ZHIHENG_PAYMENTS_URL",
            "ZHIHENG_CONTENT_S3_ENDPOINT",
            "ZHIHENG_SCANNER_URL",
            "ZHIHENG_MAIL_HOST",
            "ZHIHENG_SMS_URL",
        )
        if any(key.startswith(outside) for key in self.extra):  # as itself or by file
            return False
        return {urlsplit(address).hostname for address in self.amqp.values()} <= {"127.0.0.1"}

    def environment_of(self, process: str) -> dict[str, str]:
        """The whole environment of one process: it sees its own secrets and nobody else's."""
        secrets = self.secrets
        found = base_environment() | {
            "ZHIHENG_SERVICE": process,
            "ZHIHENG_ENVIRONMENT": self.environment,
            "ZHIHENG_REHEARSALS": "allowed" if self.rehearsals else "refused",
        }
        if self.clock_file:
            found["ZHIHENG_CLOCK_FILE"] = self.clock_file
        if process in self.amqp:
            found["ZHIHENG_AMQP_URI_FILE"] = str(secrets.put(f"amqp-{process}", self.amqp[process]))
        if process in self.databases:
            found["ZHIHENG_DATABASE_URL_FILE"] = str(
                secrets.put(f"database-{process}", self.databases[process])
            )
            found["ZHIHENG_FIELD_KEYS_FILE"] = str(secrets.folder / "field-keys")
            if self._all_is_here():
                found["EVENTLET_NO_GREENDNS"] = "yes"  # no names to look up: a sixth of a service's start
        if process in self.health_ports:
            found["ZHIHENG_HEALTH_PORT"] = str(self.health_ports[process])
        if process == "intake":
            found["ZHIHENG_DEPARTMENTS_URL"] = self.stubs_url
        if process in {"intake", STUBS}:
            found["ZHIHENG_DEPARTMENTS_SECRET_FILE"] = str(secrets.departments)
        outward = {"eligibility": self._after_award, "notifications": self._short_messages}
        if process in outward:
            found |= outward[process]()
        if process in {GATEWAY, BALLOT_BOX}:
            found |= self._at_the_edge(process)
        if process in {"intake", GATEWAY}:
            found["ZHIHENG_CONTENT_URL"] = (secrets.folder.parent / "content").as_uri()
        if process == STUBS:
            found |= self._beside()
        return found | dict(self.extra)

    def _of_voters(self, process: str) -> dict[str, str]:
        """Who says who votes: in a demo the stubs, who verify nobody; elsewhere nobody, until one is named."""
        if not self.voters_port:
            return {}
        secrets = self.secrets
        client = {
            "ZHIHENG_IDENTITY_ISSUER": self.voters_url,
            "ZHIHENG_IDENTITY_CLIENT_SECRET_FILE": str(secrets.voters_client),
        }
        told = {
            BALLOT_BOX: {
                "ZHIHENG_IDENTITY_ISSUER": self.voters_url,
                "ZHIHENG_IDENTITY_KEYS_FILE": str(secrets.voters_keys),
            },
            GATEWAY: client | {"ZHIHENG_PUBLIC_URL": self.gateway_url},
            STUBS: client
            | {
                "ZHIHENG_STUB_VOTERS_PORT": str(self.voters_port),
                "ZHIHENG_STUB_VOTERS_KEY_FILE": str(secrets.voters_key),
            },
        }
        return told.get(process, {})

    def _beside(self) -> dict[str, str]:
        """What the stub departments keep; and where rehearsals are played, through which gateway their player plays."""
        folder = self.secrets.folder.parent  # its worlds outlive a restart there
        found = {"ZHIHENG_STUB_PORT": str(self.stubs_port), "ZHIHENG_STACK": str(folder)}
        if self.rehearsals:
            found["ZHIHENG_PLAYER_GATEWAY"] = self.gateway_url
            found["ZHIHENG_PLAYER_SECRET_FILE"] = str(self.secrets.player)
        return found | self._of_voters(STUBS)

    def _after_award(self) -> dict[str, str]:
        """What eligibility signs certificates with; and the stubs' credit platform, where nobody has named another one."""
        found = {"ZHIHENG_CERTIFICATE_SIGNING_KEY_FILE": str(self.secrets.certificate_signing_key)}
        if any(key.startswith((f"{PREFIX}CREDIT_URL", f"{PREFIX}CREDIT_FOLDER")) for key in self.extra):
            return found
        return found | {
            "ZHIHENG_CREDIT_URL": f"{self.stubs_url}/credit",
            "ZHIHENG_CREDIT_SECRET_FILE": str(self.secrets.departments),
        }

    def _short_messages(self) -> dict[str, str]:
        """The stubs' telephone operator, where nobody has named another one; mail goes out only where a server is named."""
        if any(key.startswith(f"{PREFIX}SMS_URL") for key in self.extra):
            return {}
        return {
            "ZHIHENG_SMS_URL": f"{self.stubs_url}/sms",
            "ZHIHENG_SMS_SECRET_FILE": str(self.secrets.departments),
        }

    def _at_the_edge(self, process: str) -> dict[str, str]:
        """Where a process that people reach listens, and the secrets that it needs for them."""
        secrets, found = self.secrets, {"ZHIHENG_HTTP_HOST": self.gateway_host}
        found["ZHIHENG_BALLOT_PAGE_SECRET_FILE"] = str(secrets.ballot_page)
        if process == BALLOT_BOX:
            found["ZHIHENG_HTTP_PORT"] = str(self.ballot_port)
            found["ZHIHENG_BALLOT_KEY_FILE"] = str(secrets.ballot_key)
            return found | self._of_voters(process)
        found["ZHIHENG_HTTP_PORT"] = str(self.gateway_port)
        found["ZHIHENG_BALLOT_URL"] = self.ballot_url
        found |= self._of_voters(process)
        found["ZHIHENG_AGENCY_SIGNING_KEY_FILE"] = str(secrets.agency_signing_key)
        found["ZHIHENG_ADMIN_PASSWORD_FILE"] = str(secrets.admin_password)
        found["ZHIHENG_SECOND_FACTOR_ROLES"] = "none"  # until whoever runs it names them
        if self.rehearsals:
            found["ZHIHENG_REHEARSER_PASSWORD_FILE"] = str(secrets.rehearser_password)
            found["ZHIHENG_PLAYER_URL"] = self.stubs_url
            found["ZHIHENG_PLAYER_SECRET_FILE"] = str(secrets.player)
        if self.environment == "demo" and not any(key.startswith(f"{PREFIX}OIDC") for key in self.extra):
            found["ZHIHENG_OIDC_FILE"] = str(secrets.put("oidc.yaml", self._agency()))
            found["ZHIHENG_PUBLIC_URL"] = self.gateway_url
        return found

    def _agency(self) -> str:
        """The identity provider of a demo, which the stubs are as well."""
        from deploy.demo import identity

        told = {
            "key": identity.PROVIDER, "issuer": f"{self.stubs_url}/identity", "client_id": identity.CLIENT,
            "client_secret_file": str(self.secrets.identity_client), "name_zh": identity.NAME_ZH,
            "name_en": identity.NAME_EN, "for": "organization", "accounts": "linked",
        }  # fmt: skip
        return json.dumps({"providers": [told]}, ensure_ascii=False)  # which is YAML


def base_environment() -> dict[str, str]:
    """What a process of ours needs of the environment around it: no settings, no secrets of the caller."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR", "TZ") if key in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def command_of(process: str) -> list[str]:
    """How a process is started."""
    if process == GATEWAY:
        return [sys.executable, "-m", "services.gateway"]
    if process == BALLOT_BOX:
        return [sys.executable, "-m", "services.gateway.ballot_box"]
    if process == STUBS:
        return [sys.executable, "-m", "deploy.stubs"]
    return [sys.executable, "-m", "shared.bus.run", service_class(process)]

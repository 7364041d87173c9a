"""Configuration: one frozen, typed object, read once from the environment.

Every key begins with ZHIHENG_. A key that nobody knows stops the start (a misspelt key would else be a silent default),
and so does a value of the wrong form. Secrets may be given by file (`ZHIHENG_X_FILE` for `ZHIHENG_X`) and are never
part of a repr.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

PREFIX = "ZHIHENG_"


class ConfigurationError(Exception):
    """The environment does not describe a service that could run; the message names the key and the reason."""


# Keys of the launcher, the test suite and the fault tests; services ignore them.
FOREIGN_KEYS = frozenset(
    {
        "HOME",
        "STACK",
        "CRASH_AT",
        "TEST_POSTGRES_URL",
        "PYTHON",
        "OFFLINE",
        "BENCH",
        "MODULE",
        "TOKEN",
        "GATEWAY_URL",
    }
)


@dataclass(frozen=True)
class Settings:
    """What a process needs to know. Times are in seconds, sizes in messages, ports are TCP ports."""

    service: str = ""
    environment: str = "production"  # production | rehearsal | demo | test
    amqp_uri: str = field(default="", repr=False)
    topology_uri: str = field(default="", repr=False)  # only for the declaring command, never for a service
    database_url: str = field(default="", repr=False)
    field_keys: str = field(default="", repr=False)  # key ring of the encrypted columns, see shared/store
    rehearsals: str = "refused"  # refused | allowed
    clock_file: str = (
        ""  # by how many seconds the clock was moved, in tests of whole stacks, see shared/clock
    )
    health_host: str = "127.0.0.1"
    health_port: int = 0
    log_level: str = "INFO"
    parts: str = "all"  # all | relay | consumers
    prefetch: int = 100
    batch_size: int = 64
    batch_wait: float = 0.002
    retry_tiers: str = "1,5,30,300,3600"
    drain_seconds: float = 20.0
    relay_window: int = 200
    relay_timeout: float = 15.0
    rpc_timeout: float = 10.0
    rpc_workers: int = 16
    seal_interval: float = 1.0
    digest: str = "sha256"  # sha256 | sm3
    rulebooks: str = ""  # a folder of further rulebooks
    calendars: str = ""  # a folder of further calendar years
    departments_url: str = ""  # where the departments' systems answer (stubs in a local stack)
    departments_secret: str = field(default="", repr=False)
    departments_timeout: float = 2.0
    departments_attempts: int = 3
    departments_backoff: float = 0.2
    correction_days: int = 5  # working days to correct a returned application; no text names any
    correction_most_days: int = 15  # working days that the office may give at most
    supervision_days: int = 5  # working days to answer a supervision form; no text names any
    supervision_most_days: int = 15  # working days that discipline inspection may give at most
    invitation_days: int = 7  # days in which an invitation to a dossier is good
    departments_file: str = ""  # YAML: by which channel each department is asked; those not named: over HTTP
    departments_at_once: int = 32  # calls in flight per department, over all replicas of intake
    departments_replicas: int = 1  # among how many replicas that number is shared out
    departments_breaker_failures: int = (
        5  # enquiries without an answer, in a row, after which a department is left alone
    )
    departments_breaker_seconds: float = 30.0  # for how long
    # No text gives the following four: the offices' practice, to be changed by whoever runs the system.
    departments_validity_days: int = 90  # calendar days for which an answer holds
    departments_reply_days: int = 7  # calendar days that people (a batch file, a clerk) have for an answer
    departments_patience_hours: float = 24.0  # how long a department that is left alone counts as being asked
    departments_reminders: str = "1,24,72,168"  # hours between silence, reminders, and the next of them
    departments_batch_lines: int = 1000  # enquiries or answers in one batch file: one transaction takes it
    declaration_months: int = (
        12  # for which an expert's yearly declaration of interests is in force, as its name says
    )
    # Days before the end of a declaration at which an expert is reminded, negative ones after it. No text gives them.
    declaration_reminders: str = "30,7,0,-7,-21"
    register_import_lines: int = (
        2000  # lines of one sheet of the register of experts: one transaction takes it, ours
    )
    register_absences: int = 100  # times of absence of one expert that are still to come, ours
    # No text says how long an expert may take to answer, or when it is reminded: the offices' practice, to be changed.
    panels_answer_hours: float = 120.0  # from a panel's release, or a replacement, to the answer
    panels_reminders: str = "48,96"  # hours after it at which an expert who has not answered is reminded
    draw_seconds: float = (
        600.0  # that the solver may take for one panel; then the draw ends without one, ours
    )
    plan_seconds: float = (
        8.0  # for a timetable or routes, below `rpc_timeout`; then the best so far is taken, ours
    )
    outside_at_once: int = 224  # calls to other organizations in flight per process: 7 departments, 32 each
    portal_site: str = ""  # YAML file of the agency: what header and footer of the pages say
    content_url: str = ""  # where files are kept: file:///folder or s3://bucket/prefix, see shared/content
    content_s3_endpoint: str = ""  # https://host of the S3 server; empty: the region's own at Amazon
    content_s3_region: str = "us-east-1"  # of most compatible servers
    content_s3_addressing: str = "path"  # path | virtual: the bucket in the path, or in the host's name
    content_s3_access_key: str = field(default="", repr=False)
    content_s3_secret: str = field(default="", repr=False)
    content_s3_authority: str = field(default="", repr=False)  # PEM of an authority besides the system's
    content_s3_timeout: float = 30.0  # of one request, each of at most 5 MiB, ours
    content_s3_retry_for: float = 60.0  # after which a failing request is not tried again, ours
    scanner_url: str = ""  # clamd at tcp://host:port or unix:///socket; empty: files are not scanned
    scanner_timeout: float = 120.0  # for one file, from connection to verdict; as clamd's MaxScanTime
    # Files. Kinds and size: the instruction that one city prints on its form (50 M, these endings); where the others are silent
    # we take the same. The other numbers are ours.
    file_kinds: str = "pdf,docx,xlsx,png,jpg,jpeg,xls,zip,rar,ppt,doc"
    file_largest_bytes: int = 50 << 20
    files_most: int = 200  # of one application
    files_most_bytes: int = 2 << 30  # of one application
    # Payments. No text gives any of these numbers; they are the installation's.
    payments_url: str = ""  # where a bank takes orders over HTTP; empty: finance carries files to it
    payments_secret: str = field(default="", repr=False)
    payments_timeout: float = 5.0  # of one request to the bank
    payments_settle_seconds: float = (
        60.0  # for how long an order may be under way before a bank that knows nothing of it is believed
    )
    payments_again_seconds: float = 60.0  # between two questions about one line
    payments_patience_hours: float = 24.0  # without an answer, after which a line is unknown
    payments_file_days: int = 10  # days without an answer, where it comes by file
    clawback_days: int = 30  # from the clawback to the day on which it is due
    clawback_reminders: str = "1,15,30,60,90"  # days after a due day on which a debtor is reminded
    use_report_days: int = 365  # how long a period is, after which the use of a grant is to be reported
    # Of one request of a resumable upload; one that is cut off is sent again whole.
    upload_part_bytes: int = 8 << 20
    upload_hours: float = 24.0  # how long an upload that nobody goes on with is kept
    # Objections: working days of each step. No text at hand gives any; they are ours, to be changed by whoever runs the system.
    objection_acceptance_days: int = 5
    objection_inquiry_days: int = 10  # from acceptance until the applicant is asked
    objection_answer_days: int = 5  # that the applicant has
    objection_ruling_days: int = 15
    objection_appeal_days: int = 5  # after the ruling, for the objector and the applicant
    objection_decision_days: int = 15
    # Papers: files that belong to no dossier. What the public may upload, and what may lie here unused; all ours.
    papers_public_largest_bytes: int = 20 << 20
    papers_most: int = 100  # of one account that went with no request
    papers_public_most: int = 2000  # of the public that went with no request, of one day
    papers_address_most: int = (
        20  # that one address of the public uploads in a window, counted by each gateway
    )
    papers_window: int = 3600  # seconds of that window
    inspections_at_once: int = 2  # files looked into at the same time per process
    inspection_memory_bytes: int = 1 << 30
    inspection_cpu_seconds: int = 30
    inspection_seconds: float = 60.0
    archive_depth: int = 2  # a ZIP in a ZIP is looked into, one more is refused
    archive_entries: int = 2000
    archive_bytes: int = 500 << 20  # unpacked, of all levels together
    archive_ratio: int = 200  # unpacked to packed
    preview_pages: int = 20
    preview_pixels: int = 2 << 20  # of one picture
    preview_characters: int = 200 << 10
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    http_threads: int = 16
    gateway_assets: str = (
        ""  # folder of the pages' styles and scripts, see deploy/local/assets.py; empty: plain pages
    )
    gateway_proxies: str = ""  # networks whose X-Forwarded-For the gateway believes: 10.0.0.0/8,127.0.0.1
    admin_password: str = field(default="", repr=False)  # first start of the gateway only
    # Roles that nobody acts in without a second factor, parted by commas. Empty: those of staff (see docs/signing-in.md) where
    # the environment is production, nobody elsewhere; none: nobody. No text names them; the choice is ours.
    second_factor_roles: str = ""
    delegation_days: int = 92  # that a role is lent for at most; no text says it, ours
    oidc: str = ""  # identity providers of agencies, YAML; ZHIHENG_OIDC_FILE names the file
    oidc_timeout: float = 5.0  # of one request to a provider
    rehearser_password: str = field(default="", repr=False)  # first start of a gateway that allows rehearsals
    agency_signing_key: str = field(default="", repr=False)  # Ed25519, PEM: signs what agencies are answered
    agency_former_keys: str = ""  # PEM public keys that signed before, still published
    certificate_signing_key: str = field(
        default="", repr=False
    )  # Ed25519 (PEM) or SM2 (JWK): signs certificates
    certificate_former_keys: str = ""  # public keys that signed before, PEM or a JWK set, still published
    public_url: str = ""  # under which the public reaches the gateway; in the QR codes of certificates
    # No text says how long a winner has to answer or to correct: the offices' practice, to be changed.
    revocation_hearing_days: int = 10  # working days from the day after the notice
    title_correction_days: int = 10  # working days from the day after the order
    # The public credit platforms: an exchange over HTTP, or a folder of files; neither: people bring the reports there.
    credit_url: str = ""
    credit_secret: str = field(default="", repr=False)
    credit_folder: str = ""
    credit_timeout: float = 5.0
    credit_attempts: int = 8  # tries after which a report has failed, ours
    credit_backoff: float = 60.0  # seconds after the first try, doubled each time up to six hours, ours
    credit_poll_seconds: float = 3600.0  # between two questions for a receipt, ours
    # The public's vote. No text gives any of these numbers; they are ours.
    ballot_key: str = field(
        default="", repr=False
    )  # digests of voters' identities; lost, one could vote twice
    identity_keys: str = ""  # JWKS (JSON) of the city's identity service; empty: no votes are taken
    identity_issuer: str = ""  # `iss` of its assertions
    identity_audience: str = "zhiheng-vote"  # `aud`: what the service calls this system
    identity_leeway: int = 30  # seconds that the two clocks may differ
    # The page on which the public votes: the gateway signs voters in at the identity service as the client `identity_audience`.
    identity_client_secret: str = field(default="", repr=False)  # empty: no ballot is cast on a page
    identity_sign_in: str = (
        "anew"  # each voter signs in there anew | kept: whoever is signed in there already votes
    )
    ballot_url: str = ""  # where gateways reach the boxes: https, or this machine
    ballot_page_secret: str = field(
        default="", repr=False
    )  # of gateways and boxes; seals what a voter's browser carries
    ballot_visit_seconds: int = 900  # for how long a page knows who votes; no longer than the assertion holds
    ballot_group_seconds: float = 0.005  # for how long ballots are gathered into one message
    ballot_group_most: int = 500  # ballots in one message
    ballot_groups_at_once: int = (
        2  # messages of one box on their way; further ballots wait and fill the next one
    )
    ballot_waiting_most: int = 4000  # ballots that wait for the broker; one more is told to come later
    ballot_patience: float = 8.0  # seconds that a voter waits for the broker's confirm
    ballot_check_seconds: float = (
        0.5  # for review's word on who has voted already; without it review itself decides
    )
    ballot_known: int = 250_000  # voters that one box remembers (about 38 MB), twice
    ballot_largest_bytes: int = 4096  # of one ballot
    ballot_catalogue_seconds: float = 5.0  # for how long a box goes by what it knows of a vote
    ballot_window: int = 60  # seconds of the two limits below, which each box counts for itself
    ballot_address_requests: int = 1200  # of one address: a whole office or campus may stand behind it
    ballot_identity_requests: int = 10  # of one identity
    ballot_proxies: str = ""  # networks whose X-Forwarded-For is believed: 10.0.0.0/8,127.0.0.1
    ballot_settle_seconds: int = 120  # between the end of a vote and its counting
    ballot_gap_hours: float = (
        24.0  # for how long the counting waits for a message that is known to be missing
    )
    ballot_burst: int = 200  # ballots of one block of addresses in one minute that the office is shown
    agency_token_seconds: int = 600  # life of an agency's token, ours
    agency_secret_days: int = 14  # days for which the old secret is taken beside a new one, ours
    agency_requests: int = 120  # requests of one agency in a window, ours
    agency_window: int = 60  # seconds of that window, ours
    # Applications, or compared sheets of a reviewer, below which nothing is said of agreement or severity; ours.
    calibration_least: int = 5
    # Applicants (the k of k-anonymity) below which the public digest tells nothing of a group, or of all but that group; ours.
    feedback_least: int = 5
    # Public notices. Where an objection goes, as it stands in a notice: office, address, telephone, mail.
    office_contact: str = ""
    notice_page_days: int = 365  # for which an ended notice stays on the public pages; no text gives it, ours
    tracking_least: int = 5  # winners below which nothing is told of all of them, ours
    tracking_answer_days: int = 30  # days in which a winner answers a warning, ours
    tracking_reminders: str = "30,7,0,-7"  # days before (negative: after) the last day of what is owed, ours
    # Messages to people. No text gives any of these numbers; they are the installation's.
    mail_host: str = ""  # an SMTP server; empty: no mail is sent, the messages are in the portal
    mail_port: int = 587
    mail_security: str = "starttls"  # starttls | tls | none (not in production)
    mail_user: str = ""
    mail_password: str = field(default="", repr=False)
    mail_authority: str = field(default="", repr=False)  # PEM of an authority besides the system's
    mail_from: str = ""  # name <address>
    mail_timeout: float = 10.0  # of each step
    mail_at_once: int = 4  # connections of one process
    sms_url: str = ""  # where the operator's gateway for short messages answers; empty: none are sent
    sms_secret: str = field(default="", repr=False)
    sms_timeout: float = 5.0
    messages_attempts: int = 8  # tries after which a message is given up
    messages_backoff: float = 60.0  # seconds after the first try, doubled each time up to six hours
    messages_keep_days: int = 730  # for which messages that are about no application are kept
    messages_hour: int = 9  # hour of the day at which what is scheduled becomes due
    correction_reminders: str = "2,0"  # days before the last day of a correction at which to remind of it
    task_reminders: str = (
        "1"  # days before the last day of what waits for a clerk or a reviewer at which to remind of it
    )
    stub_host: str = "127.0.0.1"
    stub_port: int = 0
    stub_voters_port: int = 0  # of the demo's identity service of voters, which verifies nobody; 0: none
    stub_voters_key: str = field(default="", repr=False)  # with which it signs: a private key (JWK)
    # The player that the pages of rehearsals ask, in a stack that plays rehearsals: where it is, the secret that it shares with
    # the gateway, the gateway through which it plays, and how many plays of one person it keeps for how many days.
    player_url: str = ""
    player_secret: str = field(default="", repr=False)
    player_gateway: str = ""
    player_keep: int = 30
    player_keep_days: int = 30

    def __post_init__(self) -> None:
        for name, allowed in (
            ("environment", {"production", "rehearsal", "demo", "test"}),
            ("rehearsals", {"refused", "allowed"}),
            ("parts", {"all", "relay", "consumers"}),
            ("digest", {"sha256", "sm3"}),
            ("content_s3_addressing", {"path", "virtual"}),
            ("mail_security", {"starttls", "tls", "none"}),
            ("identity_sign_in", {"anew", "kept"}),
        ):
            value = getattr(self, name)
            if value not in allowed:
                raise ConfigurationError(
                    f"{PREFIX}{name.upper()}: {value!r} is none of {', '.join(sorted(allowed))}"
                )
        if self.environment == "production" and self.rehearsals == "allowed":
            raise ConfigurationError(f"{PREFIX}REHEARSALS: a production stack refuses rehearsals")
        if self.environment == "production" and self.stub_voters_port:
            raise ConfigurationError(f"{PREFIX}STUB_VOTERS_PORT: it verifies nobody, production refuses it")
        if self.environment == "production" and self.clock_file:
            raise ConfigurationError(f"{PREFIX}CLOCK_FILE: in production the clock is the machine's")

    @property
    def retry_tier_seconds(self) -> tuple[float, ...]:
        """The waiting times of the retry tiers, in seconds, shortest first."""
        return tuple(sorted(float(part) for part in self.retry_tiers.split(",") if part.strip()))

    @property
    def reminder_hours(self) -> tuple[float, ...]:
        """The pauses between one reminder of a silent department and the next, in hours."""
        return tuple(float(part) for part in self.departments_reminders.split(",") if part.strip())

    @property
    def declaration_reminder_days(self) -> tuple[int, ...]:
        """Days before the end of a declaration (negative: after it) at which it is asked for, the earliest first."""
        days = {int(part) for part in self.declaration_reminders.split(",") if part.strip()}
        return tuple(sorted(days, reverse=True))

    @property
    def tracking_reminder_days(self) -> tuple[int, ...]:
        """Days before the last day of what a winner owes (negative: after it) at which to remind of it, the earliest first."""
        days = {int(part) for part in self.tracking_reminders.split(",") if part.strip()}
        return tuple(sorted(days, reverse=True))

    @property
    def clawback_reminder_days(self) -> tuple[int, ...]:
        """The days after a due day on which a debtor is reminded, the earliest first."""
        return tuple(sorted(int(part) for part in self.clawback_reminders.split(",") if part.strip()))

    @property
    def correction_reminder_days(self) -> tuple[int, ...]:
        """Days before the last day of a correction at which to remind of it, the earliest first."""
        days = {int(part) for part in self.correction_reminders.split(",") if part.strip()}
        return tuple(sorted(days, reverse=True))

    @property
    def task_reminder_days(self) -> tuple[int, ...]:
        """Days before the last day of what waits for people who work on a cycle at which to remind of it, the earliest first."""
        days = {int(part) for part in self.task_reminders.split(",") if part.strip()}
        return tuple(sorted(days, reverse=True))

    @property
    def panels_reminder_hours(self) -> tuple[float, ...]:
        """The hours after an offer at which a reviewer is reminded."""
        return tuple(float(part) for part in self.panels_reminders.split(",") if part.strip())

    @property
    def file_endings(self) -> tuple[str, ...]:
        """The endings of the names of files that are taken."""
        return tuple(part.strip().lower() for part in self.file_kinds.split(",") if part.strip())

    def require(self, *names: str) -> None:
        """Raise ConfigurationError for each of the fields that is empty."""
        missing = [f"{PREFIX}{name.upper()}" for name in names if not getattr(self, name)]
        if missing:
            raise ConfigurationError(f"missing: {', '.join(missing)}")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment. Raises ConfigurationError for unknown keys and wrong values."""
        environ = os.environ if environ is None else environ
        types = {f.name: f.type for f in fields(cls)}
        values: dict[str, object] = {}
        for key, given in environ.items():
            name = key.removeprefix(PREFIX)
            if name == key or name in FOREIGN_KEYS:
                continue
            by_file = name.endswith("_FILE") and name.removesuffix("_FILE").lower() in types
            text = Path(given).read_text(encoding="utf-8").strip() if by_file else given
            field_name = (name.removesuffix("_FILE") if by_file else name).lower()
            if field_name not in types:
                raise ConfigurationError(f"{key}: no such setting")
            values[field_name] = _convert(key, text, str(types[field_name]))
        return cls(**values)  # type: ignore[arg-type]


def _convert(key: str, text: str, kind: str) -> object:
    try:
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        raise ConfigurationError(f"{key}: {text!r} is no {kind}") from None
    return text

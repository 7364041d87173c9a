"""证书: issued with a signature over what they say, issued anew when lost, held against the register by anybody."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Row, and_, func, select

from services.eligibility import models
from services.eligibility.honours import numbers, register
from services.eligibility.people import people
from shared.config import ConfigurationError, Settings
from shared.identifiers import digest_bytes
from shared.problems import Conflict, NotFound, Unavailable
from shared.procedure import Conductor, Cycle
from shared.signatures import KeyRing, NotGenuine, WrongKey
from shared.signatures.certificates import Certificate, signed, token_in, verified
from shared.store import Work

_CERTIFICATES, _HONOURS, _CYCLES = models.certificates, models.honours, models.procedure.cycles
_WORDS = {
    "valid": ("证书真实有效", "the certificate is genuine and the award stands"),
    "revoked": ("证书真实，但该奖已撤销", "the certificate is genuine, but the award was revoked"),
    "replaced": ("证书真实，但已补发新证书", "the certificate is genuine, but was replaced by a newer one"),
    "rehearsal": ("演练证书，没有任何效力", "a certificate of a rehearsal: nobody has won anything"),
    "unknown": (
        "签名真实，但登记簿中没有这份证书",
        "the signature holds, but the register has no such certificate",
    ),
}
_NOT_GENUINE = {
    "malformed": ("不是本系统的证书文本", "no text of a certificate of this system"),
    "unknown_key": ("签名所用的公钥不是本系统公布的", "signed with a key that this system does not publish"),
    "wrong_signature": ("签名不符，内容可能被改动", "the signature does not hold: something was changed"),
}


@lru_cache(maxsize=4)
def key_ring(settings: Settings) -> KeyRing | None:
    """The keys of certificates, None where none are set up. Raises ConfigurationError for keys that are none."""
    if not settings.certificate_signing_key:
        return None
    try:
        return KeyRing(settings.certificate_signing_key, settings.certificate_former_keys)
    except WrongKey as error:
        raise ConfigurationError(f"ZHIHENG_CERTIFICATE_SIGNING_KEY: {error}") from None


def issue(work: Work, conductor: Conductor, data: dict[str, Any], ring: KeyRing | None) -> dict[str, Any]:
    """Sign a certificate for every award of a cycle that stands and has none. Raises Unavailable without a key."""
    cycle = conductor.cycle(work, data["cycle_id"])
    conductor.records.cycle(work, cycle.cycle_id, lock=True)
    register.number_those_without(work, cycle)
    has = select(_CERTIFICATES.c.application_id).where(_CERTIFICATES.c.cycle_id == cycle.cycle_id)
    query = select(_HONOURS).where(
        and_(
            _HONOURS.c.cycle_id == cycle.cycle_id,
            _HONOURS.c.revoked_on.is_(None),
            _HONOURS.c.application_id.not_in(has),
        )
    )
    for honour in work.session.execute(query.order_by(_HONOURS.c.number)).all():
        _sign(work, cycle, honour, _require(ring), issue=1, reason=None)
    return listed(work, conductor, data)


def reissue(work: Work, conductor: Conductor, data: dict[str, Any], ring: KeyRing | None) -> dict[str, Any]:
    """Another certificate in the place of one that was lost; the one before is known as replaced."""
    cycle, _ = conductor.application(work, data["application_id"])
    conductor.records.cycle(work, cycle.cycle_id, lock=True)
    honour = register.require_standing(work, data["application_id"])
    here = _CERTIFICATES.c.application_id == honour.application_id
    last = work.session.execute(select(func.max(_CERTIFICATES.c.issue)).where(here)).scalar_one()
    if last is None:
        raise Conflict("尚未颁发证书", "no certificate was issued yet", code="not_issued")
    _sign(work, cycle, honour, _require(ring), issue=last + 1, reason=data["reason"])
    return _one(work, conductor, honour)


def _require(ring: KeyRing | None) -> KeyRing:
    if ring is None:
        raise Unavailable("尚未配置证书签名密钥", "no key for certificates is set up", code="not_set_up")
    return ring


def _sign(
    work: Work, cycle: Cycle, honour: Row[Any], ring: KeyRing, *, issue: int, reason: str | None
) -> None:
    key = ring.current
    token = signed(_certificate(cycle, honour, issue), key)
    row = {
        "application_id": honour.application_id,
        "issue": issue,
        "cycle_id": cycle.cycle_id,
        "number": honour.number,
        "key_id": key.public.key_id,
        "algorithm": key.public.algorithm,
        "token": token,
        "token_digest": digest_bytes(token.encode()),
        "issued_on": work.today(),
        "issued_by": work.by,
        "reason": reason,
    }
    work.session.execute(_CERTIFICATES.insert().values(**row))
    work.audit("certificate:issued", honour.application_id, after=row, reason=reason, cycle_id=cycle.cycle_id)


def _certificate(cycle: Cycle, honour: Row[Any], issue: int = 1) -> Certificate:
    return Certificate(
        number=honour.number,
        name=honour.name,
        title=numbers.title_of(cycle.rulebook, honour.level),
        level=honour.level,
        track=honour.track,
        year=cycle.year,
        awarded_on=honour.awarded_on,
        issue=issue,
        rehearsal=cycle.rehearsal,
    )


# --- shown --------------------------------------------------------------------------------------------------------


def one(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A certificate; an applicant gets its own only. Raises NotFound."""
    people.require_own(work, data["application_id"])
    conductor.application(work, data["application_id"])
    return _one(work, conductor, register.require(work, data["application_id"]))


def _one(work: Work, conductor: Conductor, honour: Row[Any]) -> dict[str, Any]:
    here = _CERTIFICATES.c.application_id == honour.application_id
    query = select(_CERTIFICATES).where(here).order_by(_CERTIFICATES.c.issue.desc()).limit(1)
    row = work.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("尚未颁发证书", "no certificate was issued yet")
    return _state(conductor.cycle(work, honour.cycle_id), honour, row)


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The newest issue of each certificate of a cycle."""
    cycle = conductor.cycle(work, data["cycle_id"])
    query = select(_CERTIFICATES).where(_CERTIFICATES.c.cycle_id == cycle.cycle_id)
    newest = {row.application_id: row for row in work.session.execute(query.order_by(_CERTIFICATES.c.issue))}
    honours = work.session.execute(select(_HONOURS).where(_HONOURS.c.cycle_id == cycle.cycle_id)).all()
    found = [
        _state(cycle, row, newest[row.application_id]) for row in honours if row.application_id in newest
    ]
    return {"certificates": sorted(found, key=lambda each: each["number"])}


def _state(cycle: Cycle, honour: Row[Any], row: Row[Any]) -> dict[str, Any]:
    issued = ("number", "issue", "issued_on", "key_id", "algorithm", "token")
    return {
        **{name: getattr(row, name) for name in issued},
        **_said(_certificate(cycle, honour)),
        "application_id": honour.application_id,
        "cycle_id": cycle.cycle_id,
        "title_en": cycle.rulebook.title.en,
        "issuer": cycle.rulebook.raw["document"]["issuer"],
        "rehearsal": cycle.rehearsal,
        "revoked_on": honour.revoked_on,
    }


def _said(certificate: Certificate) -> dict[str, Any]:
    names = ("number", "name", "title", "level", "track", "year", "awarded_on")
    return {name: getattr(certificate, name) for name in names}


# --- verified -----------------------------------------------------------------------------------------------------


def verify(work: Work, data: dict[str, Any], ring: KeyRing | None) -> dict[str, Any]:
    """Whether what a scanner read is genuine, and how the certificate stands today."""
    try:
        certificate, key_id = verified(data["text"], () if ring is None else ring.published)
    except NotGenuine as error:
        return _verdict("not_genuine", _NOT_GENUINE[error.code])
    token = token_in(data["text"])
    standing, row = _standing(work, certificate, token)
    found = _verdict(standing, _WORDS[standing])
    found |= {"genuine": True, "certificate": _said(certificate), "key_id": key_id}
    if row is not None:
        found |= {"algorithm": row.algorithm, "revoked_on": row.revoked_on}
    return found


def _verdict(standing: str, words: tuple[str, str]) -> dict[str, Any]:
    nothing = {"certificate": None, "key_id": None, "algorithm": None, "revoked_on": None}
    return {"genuine": False, "standing": standing, "reason_zh": words[0], "reason_en": words[1], **nothing}


def _standing(work: Work, certificate: Certificate, token: str) -> tuple[str, Row[Any] | None]:
    query = (
        select(_CERTIFICATES, _HONOURS.c.revoked_on)
        .join(_HONOURS, _HONOURS.c.application_id == _CERTIFICATES.c.application_id)
        .where(_CERTIFICATES.c.token_digest == digest_bytes(token.encode()))
    )
    row = work.session.execute(query).one_or_none()
    if certificate.rehearsal:
        return "rehearsal", row
    if row is None:
        return "unknown", None
    if row.revoked_on is not None:
        return "revoked", row
    newest = select(func.max(_CERTIFICATES.c.issue)).where(
        _CERTIFICATES.c.application_id == row.application_id
    )
    return ("valid" if work.session.execute(newest).scalar_one() == row.issue else "replaced"), row


def keys(ring: KeyRing | None) -> dict[str, Any]:
    """The public keys, none where none are set up."""
    return {"keys": [] if ring is None else ring.jwks()["keys"]}

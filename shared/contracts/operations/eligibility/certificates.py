"""Certificates 证书: issued with a signature, held against it by anybody."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, ApplicationId, CycleId, Operation
from shared.contracts.operations.roles import APPLICANT, OFFICE, PUBLIC, WATCHERS

LONGEST_TOKEN = 4000  # characters, with the address in front of it
STANDINGS = ("valid", "revoked", "replaced", "rehearsal", "unknown", "not_genuine")


class Certified(Strict):
    """What a certificate says."""

    number = text()
    name = text()
    title = text()
    level = text()
    track = text()
    year = fields.Integer(required=True, strict=True)
    awarded_on = day()


class CertificateState(Certified):
    """A certificate with the signed text of its QR code. `issue` counts from 1; the newest one holds."""

    application_id = identifier()
    cycle_id = identifier()
    title_en = text()
    issuer = text()
    rehearsal = fields.Boolean(required=True)
    issue = count(least=1)
    issued_on = day()
    key_id = text()
    algorithm = text()
    token = text(longest=LONGEST_TOKEN)
    revoked_on = day(required=False)


class CertificateList(Strict):
    """A cycle's certificates, the newest issue of each, in the order of their numbers."""

    certificates = fields.List(fields.Nested(CertificateState), required=True)


class Reissue(Strict):
    """Another certificate in the place of one that was lost or spoilt."""

    application_id = identifier()
    reason = text(longest=500)


class Scanned(Strict):
    """What a scanner read: the signed text, alone or at the end of an address."""

    text = text(longest=LONGEST_TOKEN)


class Verified(Strict):
    """Whether a certificate is genuine (its signature), and how it stands (the register).

    `standing` is `not_genuine` where the signature does not hold, `unknown` where it does and the register has no such
    certificate; `reason_zh`, `reason_en` say it in words.
    """

    genuine = fields.Boolean(required=True)
    standing = one_of(*STANDINGS)
    reason_zh = text(longest=500)
    reason_en = text(longest=500)
    certificate = fields.Nested(Certified, load_default=None, allow_none=True)
    key_id = optional_text()
    algorithm = optional_text()
    revoked_on = day(required=False)


class CertificateKeys(Strict):
    """The public keys that certificates are held against, as JWKs: the present one first, then the former ones."""

    keys = fields.List(fields.Dict(keys=fields.String(), values=fields.String()), required=True)


class Nothing(Strict):
    """No fields."""


OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "issue_certificates", "command", CycleId, CertificateList, (OFFICE,), "颁发证书",
              "Issue a cycle's certificates", {"cycle_id": CYCLE}),
    Operation("eligibility", "reissue_certificate", "command", Reissue, CertificateState, (OFFICE,), "补发证书",
              "Issue a certificate anew", {"application_id": APPLICATION, "reason": "证书遗失"}),
    Operation("eligibility", "certificates", "query", CycleId, CertificateList, WATCHERS, "证书一览",
              "A cycle's certificates", {"cycle_id": CYCLE}),
    Operation("eligibility", "certificate", "query", ApplicationId, CertificateState, (APPLICANT, *WATCHERS), "证书",
              "A certificate", {"application_id": APPLICATION}),
    Operation("eligibility", "verify_certificate", "query", Scanned, Verified, (PUBLIC,), "核验证书",
              "Verify a certificate", {"text": "ZHC1.e30.AA"}),
    Operation("eligibility", "certificate_keys", "query", Nothing, CertificateKeys, (PUBLIC,), "证书公钥",
              "The public keys of certificates", {}),
)  # fmt: skip

"""For anybody with a certificate in hand: whether it is genuine and how it stands; the register; the keys it is signed with."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import PUBLIC
from shared.problems import invalid_field
from shared.signatures.certificates import PARAMETER

ROOM = Room("honours", (PUBLIC,))
KEYS = "/.well-known/certificate-keys.json"
_FILTERS = ("name", "year", "number", "after")
_DIGITS = 4  # of a year


@ROOM.page("/verify", kept=True)
def verify(visit: Visit) -> Response:
    """What a QR code says, held against keys and register."""
    text = request.args.get(PARAMETER, "").strip()
    told = visit.ask("eligibility.verify_certificate", text=text) if text else None
    title = Text("证书核验", "Verify a certificate")
    return visit.page("public/verify.html", title, told=told, text=text, parameter=PARAMETER, keys=KEYS)


@ROOM.page("/awards", kept=True)
def awards(visit: Visit) -> Response:
    """The register, with what was revoked."""
    given = {name: request.args.get(name, "").strip() for name in _FILTERS}
    told = visit.ask("eligibility.award_register", **_filter(given))
    further = {**given, "after": told["next"]} if told["next"] else None
    more = None if further is None else "/awards?" + urlencode({k: v for k, v in further.items() if v})
    title = Text("获奖登记簿", "Register of awards")
    return visit.page("public/awards.html", title, told=told, given=given, more=more)


@ROOM.page(KEYS)
def certificate_keys(visit: Visit) -> Response:
    """The public keys of certificates, for whoever verifies without asking us."""
    told = visit.ask("eligibility.certificate_keys")
    return Response(json.dumps({"keys": told["keys"]}) + "\n", mimetype="application/json")


def _filter(given: dict[str, str]) -> dict[str, Any]:
    """What was filled in. Raises Invalid for a year that is none."""
    found: dict[str, Any] = {name: value for name, value in given.items() if value}
    if "year" in found:
        if not (found["year"].isascii() and found["year"].isdigit() and len(found["year"]) == _DIGITS):
            raise invalid_field("year", "应为四位数字", "four digits")
        found["year"] = int(found["year"])
    return found

"""For anybody with a certificate in hand: whether it is genuine and how it stands; the register; the keys it is signed with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Flask, Response, request

from services.gateway.public.frame import page, shown, visitor
from shared.problems import invalid_field
from shared.signatures.certificates import PARAMETER

if TYPE_CHECKING:
    from services.gateway.app import Gateway

VERIFY, AWARDS, KEYS = "/verify", "/awards", "/.well-known/certificate-keys.json"
_VERIFY_TITLE = ("证书核验", "Verify a certificate")
_AWARDS_TITLE = ("获奖登记簿", "Register of awards")
_FILTERS = ("name", "year", "number", "after")
_DIGITS = 4  # of a year


def add_pages(app: Flask, gateway: Gateway) -> None:
    """/verify, /awards, and the certificates' public keys at a well-known address."""

    def verify() -> Response:
        text = request.args.get(PARAMETER, "").strip()
        said = None
        if text:
            said = gateway.dispatcher.ask("eligibility", "verify_certificate", {"text": text}, visitor())
        return page("verify.html", _VERIFY_TITLE, said=said, text=text, parameter=PARAMETER, keys=KEYS)

    def awards() -> Response:
        given = {name: request.args.get(name, "").strip() for name in _FILTERS}
        said = gateway.dispatcher.ask("eligibility", "award_register", _filter(given), visitor())
        further = {**given, "after": said["next"]} if said["next"] else None
        more = None if further is None else f"{AWARDS}?{urlencode({k: v for k, v in further.items() if v})}"
        return page("awards.html", _AWARDS_TITLE, said=said, given=given, more=more)

    def keys() -> Response:
        said = gateway.dispatcher.ask("eligibility", "certificate_keys", {}, visitor())
        return Response(json.dumps({"keys": said["keys"]}) + "\n", mimetype="application/json")

    for rule, name, view in (
        (VERIFY, "public_verify", shown(verify)),
        (AWARDS, "public_awards", shown(awards)),
        (KEYS, "certificate_keys", keys),
    ):
        app.add_url_rule(
            rule, endpoint=name, view_func=view, methods=["GET"], provide_automatic_options=False
        )


def _filter(given: dict[str, str]) -> dict[str, Any]:
    """What was filled in. Raises Invalid for a year that is none."""
    found: dict[str, Any] = {name: value for name, value in given.items() if value}
    if "year" in found:
        if not (found["year"].isascii() and found["year"].isdigit() and len(found["year"]) == _DIGITS):
            raise invalid_field("year", "应为四位数字", "four digits")
        found["year"] = int(found["year"])
    return found

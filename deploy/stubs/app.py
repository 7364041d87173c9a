"""The stub departments over HTTP: enquiries, which are verified, and the control of their worlds."""

from __future__ import annotations

import hmac

from flask import Flask, Response, jsonify, request

from deploy.stubs.worlds import DepartmentDownError, Worlds
from services.intake.departments.signature import SIGNATURE, TIMESTAMP, sign
from shared.clock import SystemClock
from shared.contracts.dossier import DEPARTMENTS

WINDOW = 300  # seconds that a signature is good for, either way: the clocks of two offices differ


def _signed(secret: str, now: int) -> bool:
    stamp = request.headers.get(TIMESTAMP, "")
    if not stamp.isdigit() or abs(now - int(stamp)) > WINDOW:
        return False
    expected = sign(secret, int(stamp), request.method, request.path, request.get_data())
    return hmac.compare_digest(expected.encode(), request.headers.get(SIGNATURE, "").encode())


def make_app(worlds: Worlds, secret: str) -> Flask:
    """The WSGI application; `secret` is what enquiries and control calls are signed with."""
    app = Flask(__name__)
    clock = SystemClock()

    @app.before_request
    def check_signature() -> tuple[Response, int] | None:
        if request.path in {"/livez", "/readyz"}:
            return None
        if _signed(secret, int(clock.now().timestamp())):
            return None
        return jsonify(error="signature"), 401

    @app.get("/livez")
    @app.get("/readyz")
    def alive() -> Response:
        return jsonify(ready=True)

    @app.post("/departments/<department>/enquiries")
    def enquire(department: str) -> tuple[Response, int]:
        if department not in DEPARTMENTS:
            return jsonify(error="no such department"), 404
        asked = request.get_json()
        try:
            records = worlds.ask(asked["cycle_id"], department, asked["reference"], asked["uscc"])
        except DepartmentDownError:
            return jsonify(error="down"), 503
        return jsonify(reference=asked["reference"], uscc=asked["uscc"], records=records), 200

    @app.put("/worlds/<world>")
    def put_world(world: str) -> tuple[Response, int]:
        given = request.get_json()
        worlds.put(world, given.get("records", {}), given.get("faults", {}))
        return jsonify(world=world), 200

    return app

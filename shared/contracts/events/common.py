"""What events of several topics have in common: the name of a stage, and the ids in their examples."""

from __future__ import annotations

from marshmallow import fields, validate

CYCLE = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
APPLICATION = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c"


def stage_key() -> fields.String:
    """A step of the procedure: `document_review`, `notice:award`."""
    return fields.String(required=True, validate=validate.Regexp(r"^[a-z_]+(:[a-z_]+)?\Z"))

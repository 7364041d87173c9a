"""Who an applicant is: the key that tells one applicant from another, without naming a person. Pure."""

from __future__ import annotations

from collections.abc import Callable

from shared.identifiers import digest


def applicant_key(kind: str, uscc: str, name: str, id_number: str | None, blind: Callable[[str], str]) -> str:
    """An organization, or the owner of a project, is its code; an individual is the employer's code and itself.

    An identity number goes in only through `blind`, a keyed hash, so that the key gives nobody away.
    """
    if kind != "individual":
        return f"organization:{uscc}"
    who = blind(id_number) if id_number else digest(name)
    return f"individual:{uscc}:{who}"

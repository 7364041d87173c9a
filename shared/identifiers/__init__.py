"""Codes and names of things: credit codes, identity numbers, new ids, digests."""

from __future__ import annotations

from shared.identifiers.digests import (
    canonical_array,
    canonical_json,
    canonical_json_of_text_keys,
    digest,
    digest_bytes,
)
from shared.identifiers.identity import check_id_number
from shared.identifiers.ids import IdMaker, new_id
from shared.identifiers.reason import Reason
from shared.identifiers.uscc import check_uscc, organization_code_warning

__all__ = [
    "IdMaker",
    "Reason",
    "canonical_array",
    "canonical_json",
    "canonical_json_of_text_keys",
    "check_id_number",
    "check_uscc",
    "digest",
    "digest_bytes",
    "new_id",
    "organization_code_warning",
]

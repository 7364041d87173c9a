"""演练: the gateway asks the player, a process of a stack that plays rehearsals. A production stack has none and refuses.

The player takes the steps at the public API with a token of whoever asks, so it can do no more than they could themselves.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from services.gateway.circumstances import Asked
from services.gateway.errors import not_found
from shared.problems import FieldError, Forbidden, Invalid, Unavailable

if TYPE_CHECKING:
    from services.gateway.app import Gateway

Data = Mapping[str, Any]
_SECONDS = 30.0  # for one answer; a file of thousands of applicants is checked in less
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def check_rehearsal(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """What is wrong with a file, line by line; nothing is played."""
    return _ask(gateway, "checks", {"content": data["content"], "rulebooks": data["rulebooks"]})


def play_rehearsal(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """Have a file played, under its own rulebook or under those named. Raises Invalid with the first faults."""
    _require_rehearsals(gateway)
    token = gateway.identity.again(asked.signed_in).token
    told = {
        "content": data["content"],
        "rulebooks": data["rulebooks"],
        "owner": asked.signed_in.account_id,
        "token": token,
    }
    reply = _ask(gateway, "plays", told)
    if "faults" in reply:
        errors = [
            FieldError(
                "content",
                f"第 {each['line']} 行：{each['reason_zh']}",
                f"line {each['line']}: {each['reason_en']}",
            )
            for each in reply["faults"][:20]
        ]
        raise Invalid("演练文件有误", "the rehearsal file is wrong", code="wrong_file", errors=errors)
    return reply


def rehearsal_play(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """One's own play as it stands. Raises NotFound for any other, and for one that is no longer kept."""
    return _ask(gateway, "states", {"owner": asked.signed_in.account_id, "play_id": data["play_id"]})


def rehearsal_plays(gateway: Gateway, data: Data, asked: Asked) -> dict[str, Any]:
    """One's own plays, the newest first."""
    return _ask(gateway, "lists", {"owner": asked.signed_in.account_id})


def _require_rehearsals(gateway: Gateway) -> None:
    if not gateway.rehearsals:
        raise Forbidden("本系统不接受演练", "this system takes no rehearsals", code="rehearsals_refused")
    if not (gateway.settings.player_url and gateway.settings.player_secret):
        raise _away()


def _ask(gateway: Gateway, name: str, data: Data) -> dict[str, Any]:
    _require_rehearsals(gateway)
    path, body = f"/player/{name}", json.dumps(data, ensure_ascii=False).encode("utf-8")
    timestamp = str(int(gateway.identity.store.clock.now().timestamp()))
    text = f"{timestamp}\nPOST\n{path}\n{hashlib.sha256(body).hexdigest()}"
    signature = hmac.new(gateway.settings.player_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    headers = {
        "Zhiheng-Timestamp": timestamp,
        "Zhiheng-Signature": f"v1={signature}",
        "Content-Type": "application/json",
    }
    address = gateway.settings.player_url + path
    request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310 - the installation's own setting
    try:
        with _DIRECT.open(request, timeout=_SECONDS) as response:
            found = json.load(response)
    except urllib.error.HTTPError as refusal:
        if refusal.code == 404:
            raise not_found() from None
        if refusal.code != 422:
            raise _away() from None
        found = json.load(refusal)
    except (OSError, ValueError):
        raise _away() from None
    return dict(found)


def _away() -> Unavailable:
    return Unavailable(
        "演练程序暂时不能用，请稍后再试",
        "the player cannot be used just now; try again later",
        code="player_away",
    )

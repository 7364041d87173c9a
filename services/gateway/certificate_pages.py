"""证书、奖牌 as pages, from the reply `CertificateState`. Pure; the same reply gives the same page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from shared.documents.certificate import Page
from shared.signatures.certificates import address

CERTIFICATE, PLAQUE = "获奖证书", "奖牌"
_REHEARSAL, _REVOKED = "演练 · 无效", "已撤销"
Kind = Literal["certificate", "plaque"]


def made(said: Mapping[str, Any], kind: Kind, public_url: str) -> Page:
    """A certificate, or the plaque that says the same; across it what nobody may overlook."""
    day = date.fromisoformat(said["awarded_on"])
    track = "" if said["track"] == said["level"] else f"（{said['track']}）"
    name = CERTIFICATE if kind == "certificate" else PLAQUE
    return Page(
        kind=kind,
        name=f"{name} {said['number']}：{said['name']}",
        heading=CERTIFICATE,
        heading_en="Certificate of award",
        holder=f"{said['name']}：" if kind == "certificate" else said["name"],
        title=said["title"],
        subtitle=f"{said['year']} 年度{track}",
        says=f"荣获 {said['year']} 年度{said['title']}{track}。特颁此证。",
        says_en=f"has won the above award of {said['year']}, given under: {said['title_en']}.",
        signed=f"{said['issuer']}\n{day.year} 年 {day.month} 月 {day.day} 日",
        small=_small(said, public_url),
        scanned=address(public_url, said["token"]),
        mark=_REHEARSAL if said["rehearsal"] else _REVOKED if said["revoked_on"] else "",
        made_on=date.fromisoformat(said["issued_on"]),
    )


def _small(said: Mapping[str, Any], public_url: str) -> str:
    lines = [
        f"证书编号 No. {said['number']}" + (f"（第 {said['issue']} 次颁发）" if said["issue"] > 1 else "")
    ]
    if public_url:
        lines.append(f"核验 Verify: {public_url.rstrip('/')}/verify")
    lines.append("二维码为签名文本，可离线核验 The code is signed and can be verified offline")
    lines.append(f"签名 {said['algorithm']}，公钥 key {said['key_id'][:16]}…")
    return "\n".join(lines)

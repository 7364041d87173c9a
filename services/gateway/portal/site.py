"""Who runs this site: what the header and the footer say. One file of the agency (`ZHIHENG_PORTAL_SITE`), else no more than the
product's name: a registration number that nobody has is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.gateway.portal.text import Text
from shared.config import ConfigurationError, Settings
from shared.strict_yaml import StrictYamlError, load

# What a site's file may say; each key with a text in one language, or one for both.
_KEYS = frozenset({
    "name_zh", "name_en", "host_zh", "host_en", "site_code", "icp", "security_record", "contact_zh", "contact_en", "phone",
    "email", "report_error",
})  # fmt: skip


@dataclass(frozen=True)
class Site:
    """网站: its name, 主办单位, 网站标识码, ICP and 公安 records, how to reach somebody, where to report an error."""

    name: Text = Text("政府质量奖申报评审平台", "Government quality award")
    host: Text | None = None
    site_code: str = ""
    icp: str = ""
    security_record: str = ""
    contact: Text | None = None
    phone: str = ""
    email: str = ""
    report_error: str = ""


def of(settings: Settings) -> Site:
    """The site of these settings. Raises ConfigurationError."""
    return _read(settings.portal_site) if settings.portal_site else Site()


@cache
def _read(path: str) -> Site:
    try:
        told = load(Path(path)).value
    except (OSError, StrictYamlError) as error:
        raise ConfigurationError(f"ZHIHENG_PORTAL_SITE: {error}") from error
    unknown = set(told) - _KEYS if isinstance(told, dict) else {"(file)"}
    if unknown:
        raise ConfigurationError(f"ZHIHENG_PORTAL_SITE: {path} does not say: {', '.join(sorted(unknown))}")
    words = {name: str(value) for name, value in told.items()}

    def pair(name: str) -> Text | None:
        zh, en = words.get(f"{name}_zh"), words.get(f"{name}_en")
        return Text(zh or en or "", en or zh or "") if zh or en else None

    plain = {
        name: words.get(name, "")
        for name in ("site_code", "icp", "security_record", "phone", "email", "report_error")
    }
    return Site(name=pair("name") or Site.name, host=pair("host"), contact=pair("contact"), **plain)

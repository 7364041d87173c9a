"""The form of a rulebook, one subject a page: which parts stand on which page, and how each is typed. Pure.

Whatever was typed is kept: what is nothing of its kind goes on as text, and is judged when the applicant asks for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind, Part, Refused, Rows
from services.gateway.portal.text import Text

REVISION = "revision"
Said = Mapping[str, Any]
_FEW = 5  # choices that stand beside each other; more are a list
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)*")


@dataclass(frozen=True)
class Section:
    """One page of the form."""

    key: str
    title: Text
    parts: tuple[str, ...]


# In this order; a part that stands in none of them is on the last page.
_SECTIONS = (
    Section("identity", Text("申报主体", "Who applies"), ("name", "uscc", "id_number", "category")),
    Section("contact", Text("联系人", "Whom to ring up"), ("contact_name", "contact_phone", "contact_email")),
    Section(
        "standing",
        Text("主体资格", "Standing"),
        (
            "facts.region", "facts.registered_on", "facts.operating_since", "facts.for_profit", "facts.industry",
            "facts.industry_policy", "facts.on_monitored_list", "facts.authority_proof", "facts.innovative_sme", "facts.group",
            "facts.business", "facts.state_budget_funded", "facts.supervisor_recommended", "facts.local_tax_proof",
        ),
    ),
    Section("law", Text("守法和资质", "Law and licences"), ("facts.licences_valid", "facts.policy_compliant")),
    Section(
        "results",
        Text("质量工作和经营成果", "Quality work and results"),
        (
            "facts.quality_work_since", "facts.chief_quality_officer", "facts.leading_indicators", "facts.city_rank",
            "facts.profit_yuan", "facts.policy_loss_years",
        ),
    ),
    Section(
        "project",
        Text("项目情况", "The project"),
        ("facts.applicant_role", "facts.project_completed_on", "facts.project_cost_yuan"),
    ),
    Section("honours", Text("申报和获奖情况", "Applications and awards"), ("facts.other_applications", "facts.prior_awards")),
    Section("other", Text("其他情况", "Other facts"), ()),
)  # fmt: skip
_ON = Text("例如 2018-03-15", "For example 2018-03-15")
_REGION = Text(
    "从省、市写到区县，与营业执照一致", "From the province or city down to the district, as on the licence"
)
_DAY_OF_AWARD = "on"
_LEVELS = (
    Choice("district", Text("区级", "District")),
    Choice("city", Text("市级", "City")),
    Choice("nation", Text("国家级", "Nation")),
)
_LEVEL, _YEAR = (
    Field("level", Text("级别", "Level"), Kind.SELECT, choices=_LEVELS, needed=False, later=True),
    Field("year", Text("年度", "Year"), Kind.NUMBER, needed=False, later=True, width=5),
)
_ENTRIES: Mapping[str, tuple[Field, ...]] = {
    "facts.other_applications": (_LEVEL, _YEAR),
    "facts.prior_awards": (
        Field("award", Text("奖项名称", "Award"), needed=False, later=True),
        Field("track", Text("奖项类别", "Track"), needed=False, width=20),
        _LEVEL,
        _YEAR,
        Field(_DAY_OF_AWARD, Text("获奖日期", "Won on"), hint=_ON, needed=False, width=10),
        Field(
            "jurisdiction",
            Text("授奖地区代码", "Code of the place"),
            needed=False,
            width=20,
            hint=Text(
                "该奖项规程编号的第一段，不知道可不填",
                "The first part of its rulebook’s id; empty where unknown",
            ),
        ),
    ),
}
_REST = Field(
    "_rest", Text("其他", "Anything else"), Kind.HIDDEN, needed=False
)  # of a row, for which there is no field
_RANKS = (
    ("output", Text("产值", "by output")),
    ("profit", Text("利润", "by profit")),
    ("tax", Text("税收", "by tax")),
)
_EACH_LINE = Text("一行一项", "One a line")
_HINTS: Mapping[str, Text] = {
    "contact_name": Text(
        "评审办联系您时找谁；加密保存，不进入评审材料，评审专家看不到",
        "Whom the award office asks for; kept encrypted, in no papers of the review, seen by no reviewer",
    ),
    "contact_phone": Text("手机或者带区号的固定电话", "A mobile, or a line with its area code"),
}
_AUTOCOMPLETE: Mapping[str, str] = {
    "contact_name": "name", "contact_phone": "tel", "contact_email": "email"
}  # fmt: skip
_YEARS = Text(
    "写年份，多个年份用逗号隔开；没有则不填",
    "Years with commas between them; leave it empty where there was none",
)
_LOSSES = Text("每年一行，亏损写负数，例如 -20000", "One year a row; a loss with a minus, for example -20000")


def sections_of(form: Said) -> list[tuple[Section, list[Said]]]:
    """The pages of a form (the reply `FormText`) that have anything on them, each with its parts."""
    parts = {part["name"]: part for part in (*form["identity"], *form["facts"])}
    placed = {name for section in _SECTIONS for name in section.parts}
    found = []
    for section in _SECTIONS:
        names = section.parts or tuple(name for name in parts if name not in placed)
        there = [parts[name] for name in names if name in parts]
        if there:
            found.append((section, there))
    return found


def form_of(parts: Sequence[Said], articles: Said) -> Form:
    """The page's form, with the revision that its reader had before him."""
    hidden = Field(REVISION, Text("版本", "Revision"), Kind.HIDDEN, needed=False)
    return Form((hidden, *(each for part in parts for each in _part(part, articles))))


def _part(part: Said, articles: Said) -> Iterator[Part]:
    name, kind = part["name"], part["form"]
    label, cited = title_of(part), cited_by(part, articles)
    if kind == "ranks":
        for key, what in _RANKS:
            named = Text(f"{label.zh}：{what.zh}", f"{label.en}, {what.en}")
            yield Field(
                f"{name}.{key}", named, Kind.NUMBER, cited, needed=False, later=part["needed"], width=5
            )
    elif kind == "entries" and name in _ENTRIES:
        yield Rows(name, label, (*_ENTRIES[name], _REST), hint=cited)
    elif kind == "amounts_by_year":
        columns = (
            _YEAR,
            Field(
                "amount",
                Text("金额", "Amount"),
                Kind.NUMBER,
                needed=False,
                width=20,
                suffix=Text("元", "yuan"),
            ),
        )
        yield Rows(name, label, columns, least=3, hint=_both(_LOSSES, cited))
    else:
        yield _field(part, label, cited)


def _field(part: Said, label: Text, cited: Text | None) -> Field:
    name, kind, later = part["name"], part["form"], part["needed"]
    choices = tuple(Choice(c["value"], _capital(c["title_zh"], c["title_en"])) for c in part["choices"])
    if choices:
        return Field(
            name,
            label,
            Kind.RADIOS if len(choices) <= _FEW else Kind.SELECT,
            cited,
            choices,
            needed=False,
            later=later,
        )
    if kind == "boolean":
        return Field(name, label, Kind.YES_NO, cited, needed=False, later=later)
    if kind == "date":
        return Field(name, label, Kind.LINE, _both(_ON, cited), needed=False, later=later, width=10)
    if kind == "integer":
        return Field(name, label, Kind.NUMBER, cited, needed=False, later=later, width=20)
    if kind == "years":
        return Field(name, label, Kind.LINE, _both(_YEARS, cited), needed=False, later=later, width=20)
    if kind == "texts":
        return Field(name, label, Kind.LINES, _both(_EACH_LINE, cited), needed=False, later=later)
    return Field(
        name,
        label,
        Kind.LINE,
        _both(_REGION, cited) if name == "facts.region" else _HINTS.get(name, cited),
        needed=False,
        later=later,
        width=20 if name in ("uscc", "id_number", "contact_name", "contact_phone") else 0,
        autocomplete=_AUTOCOMPLETE.get(name, ""),
    )


def title_of(part: Said) -> Text:
    """The name of a part or a material."""
    return _capital(part["title_zh"], part["title_en"])


def cited_by(part: Said, articles: Said) -> Text | None:
    """The articles that ask for a part; None where no text does."""
    rules = part["rules"] if "rules" in part else [part["rule"]]
    labels = [articles[rule]["label"] for rule in rules if rule in articles]
    numbers = [rule for rule in rules if _PLAIN.fullmatch(rule)]
    if not labels:
        return None
    en = f"Article {', '.join(numbers)}" if numbers else "Asked for by the regulation"
    return Text("依据：" + "、".join(labels), en)


def _both(first: Text, second: Text | None) -> Text:
    return first if second is None else Text(f"{first.zh}。{second.zh}", f"{first.en}. {second.en}")


def _capital(zh: str, en: str) -> Text:
    return Text(zh, en[:1].upper() + en[1:])


# --- what stands in a draft, as a form shows it ------------------------------------------------------------------------------


def shown(parts: Sequence[Said], form: Form, draft: Said) -> Filled:
    """The page with what the draft (the reply `Draft`) holds, right or not."""
    texts: dict[str, list[str]] = {REVISION: [str(draft["revision"])]}
    for part in parts:
        texts |= _texts(part, draft["parts"].get(part["name"]))
    return Filled(form, texts)


def _texts(part: Said, value: Any) -> dict[str, list[str]]:
    name, kind = part["name"], part["form"]
    if value is None:
        return {}
    if kind == "ranks":
        ranks = value if isinstance(value, Mapping) else {"output": value}
        return {f"{name}.{key}": [_text(ranks[key])] for key, _ in _RANKS if ranks.get(key) is not None}
    if kind == "amounts_by_year":
        pairs = value.items() if isinstance(value, Mapping) else [("", value)]
        return _rows(name, [{"year": year, "amount": amount} for year, amount in sorted(pairs)])
    if kind == "entries" and name in _ENTRIES:
        entries = value if isinstance(value, list) else [value]
        fields = _ENTRIES[name]
        return _rows(
            name,
            [
                _parted(each, fields) if isinstance(each, Mapping) else {fields[0].name: each}
                for each in entries
            ],
        )
    if isinstance(value, list):
        return {name: [("\n" if kind == "texts" else ", ").join(_text(each) for each in value)]}
    return {name: [_text(value)]}


def _parted(entry: Said, fields: Sequence[Field]) -> dict[str, Any]:
    """A row with what no field shows in one hidden text, which comes back with it."""
    shown = {own.name: entry[own.name] for own in fields if own.name in entry}
    rest = {key: value for key, value in entry.items() if key not in shown}
    return {**shown, _REST.name: json.dumps(rest, ensure_ascii=False)} if rest else shown


def _rows(name: str, entries: Sequence[Said]) -> dict[str, list[str]]:
    texts = {f"{name}._rows": [str(len(entries))]}
    for number, entry in enumerate(entries):
        for key, value in entry.items():
            texts[f"{name}.{number}.{key}"] = [] if value is None else [_text(value)]
    return texts


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


# --- what was typed, as a draft keeps it -------------------------------------------------------------------------------------


def typed(parts: Sequence[Said], form: Form, filled: Filled) -> dict[str, Any]:
    """Every part of the page as a draft keeps it; None for an empty one."""
    return {part["name"]: _value(part, form, filled) for part in parts}


def _value(part: Said, form: Form, filled: Filled) -> Any:
    name, kind = part["name"], part["form"]
    if kind == "ranks":
        ranks = {key: _number(filled.text(f"{name}.{key}")) for key, _ in _RANKS}
        return {key: value for key, value in ranks.items() if value is not None} or None
    if kind == "amounts_by_year":
        return _amounts(_entries(name, form, filled))
    if kind == "entries" and name in _ENTRIES:
        return _entries(name, form, filled) or None
    text = filled.text(name).replace("\r\n", "\n").strip()
    if not text:
        return None
    if kind == "boolean":
        return {"yes": True, "no": False}.get(text, text)
    if kind == "date":
        return _day(text)
    if kind == "integer":
        return _number(text)
    if kind == "years":
        return [_number(each) for each in re.split(r"[,，、;；\s]+", text) if each]
    if kind == "texts":
        return [line.strip() for line in text.split("\n") if line.strip()]
    return text.upper().replace(" ", "") if name in ("uscc", "id_number") else text


def _entries(name: str, form: Form, filled: Filled) -> list[dict[str, Any]]:
    """The rows in which anything stands."""
    rows = next(part for part in form.parts if isinstance(part, Rows) and part.name == name)
    found = []
    for number in range(filled.count(rows)):
        entry: dict[str, Any] = {}
        rest: dict[str, Any] = {}
        for own, full in zip(rows.fields, rows.in_row(number), strict=True):
            text = filled.text(full.name).strip()
            if own is _REST:
                rest = _rest(text)
            elif text:
                entry[own.name] = _day(text) if own.name == _DAY_OF_AWARD else _read(own, text)
        if entry:
            shown = {own.name for own in rows.fields}
            found.append({**entry, **{key: value for key, value in rest.items() if key not in shown}})
    return found


def _rest(text: str) -> dict[str, Any]:
    """What `_parted` put aside; nothing where it is none of that."""
    try:
        found = json.loads(text or "{}", parse_constant=_no_number)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _no_number(name: str) -> None:
    raise ValueError(name)


def _amounts(entries: Sequence[Said]) -> dict[str, Any] | None:
    """Years with their amounts; a row that lacks one of the two, or names a year again, is kept so that it is seen to."""
    found: dict[str, Any] = {}
    for entry in entries:
        year = str(entry.get("year", ""))
        while year in found:
            year += "?"
        found[year] = entry.get("amount", "")
    return found or None


def _read(own: Field, text: str) -> Any:
    if own.kind is Kind.NUMBER:
        return _number(text)
    try:
        return own.read([text])
    except Refused:
        return text


def _number(text: str) -> Any:
    plain = text.strip().replace("−", "-").replace(",", "").replace("，", "")
    if not plain:
        return None
    return int(plain) if re.fullmatch(r"[+-]?[0-9]{1,15}", plain) else text.strip()


def _day(text: str) -> str:
    """A day as people write one, as YYYY-MM-DD; anything else as it stands."""
    found = _DATE.fullmatch(text.strip())
    return text if found is None else f"{int(found[1]):04}-{int(found[2]):02}-{int(found[3]):02}"


# --- how far it is ------------------------------------------------------------------------------------------------------------


def state_of(parts: Sequence[Said], draft: Said) -> str:
    """Of a page: `wrong` where something is not right, `empty`, `begun`, `done` where all that is needed stands there, and
    `optional` where nothing is."""
    names = {part["name"] for part in parts}
    if any(_within(fault["field"], names) for fault in draft["faults"]):
        return "wrong"
    given = {name for name in names if draft["parts"].get(name) not in (None, "")}
    if {part["name"] for part in parts if part["needed"]} <= given:
        return "done" if given else "optional"
    return "begun" if given else "empty"


def _within(path: str, names: set[str]) -> bool:
    return any(path == name or path.startswith(f"{name}.") for name in names)


def page_of(form: Said, path: str) -> tuple[Section, Said] | None:
    """The page and the part that a refusal's path means; None for a material and for what is nobody's."""
    for section, parts in sections_of(form):
        for part in parts:
            if _within(path, {part["name"]}):
                return section, part
    return None

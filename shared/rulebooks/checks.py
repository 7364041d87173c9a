"""What a schema cannot see: whether the parts of a rulebook fit each other. Every fault names file,
line and reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from shared.money import AmountError, parse_amount
from shared.rulebooks.condition_checks import Faults, conditions, known_categories, known_fact, no_level
from shared.rulebooks.facts import KINDS
from shared.strict_yaml import Document, KeyPath, StrictYamlError, in_order

# Which service runs a kind of stage; a stage of another owner would wait for ever.
OWNERS: Mapping[str, str] = {
    "submission": "intake",
    "qualification": "eligibility",
    "notice": "eligibility",
    "review": "review",
    "social_evaluation": "review",
    "committee": "committee",
    "grants": "incentives",
}


def check(document: Document) -> None:
    """Hold a document that passed the schema against itself. Raises StrictYamlError with every fault."""
    faults = [fault for part in _CHECKS for fault in part(document)]
    if faults:
        raise StrictYamlError(sorted(faults, key=in_order))


def _walk(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    yield path, value
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index))


def _dates(document: Document) -> Faults:
    for path, value in _walk(document.value):
        if path and path[-1] in {"on", "from", "to", "issued_on"} and isinstance(value, str):
            try:
                date.fromisoformat(value)
            except ValueError:
                yield document.fault(path, f"没有这一天：{value}", f"{value!r} is no date")
    in_force, issued = document.value["in_force"], document.value["document"].get("issued_on")
    if in_force and in_force.get("to") and in_force["to"] < in_force["from"]:
        yield document.fault(
            ("in_force", "to"),
            f"失效日 {in_force['to']} 早于施行日 {in_force['from']}",
            f"{in_force['to']} lies before {in_force['from']}",
        )
    if in_force and issued and in_force["from"] < issued:
        yield document.fault(
            ("in_force", "from"),
            f"施行日 {in_force['from']} 早于发布日 {issued}",
            f"in force from {in_force['from']}, before it was issued on {issued}",
        )
    if document.value["status"] == "published" and not in_force:
        zh, en = "已发布的文本须有施行日", "a published text has a day from which it is in force"
        yield document.fault(("in_force",), zh, en)
    if document.value["status"] == "draft" and in_force:
        zh, en = "草案从未施行：应写 null", "a draft is never in force: write null"
        yield document.fault(("in_force",), zh, en)


def cited(document: Document) -> Iterator[tuple[KeyPath, str]]:
    """Every rule that the data cites, and where. Articles and the list of what is not encoded do not cite."""
    for path, value in _walk(document.value):
        if path and path[0] in {"articles", "not_encoded"}:
            continue
        named = path[-1:] == ("rule",) or path[-2:-1] == ("rules",)
        if named and isinstance(value, str):
            yield path, value
        elif len(path) == 2 and path[0] == "conditions":
            yield path, str(path[1])


def _citations(document: Document) -> Faults:
    articles = document.value["articles"]
    for path, rule in cited(document):
        if not rule.startswith("assumed:") and rule not in articles:
            yield document.fault(
                path, f"引用的 {rule} 不在条文目录中", f"cites {rule}, which is not among the articles"
            )
        if rule.startswith("assumed:") and path[0] == "conditions":
            for name, body in document.value["conditions"].get(rule, {}).items():
                if body.get("source") != "assumed":
                    zh, en = "假定的规则须写 source: assumed", "an assumed rule says `source: assumed`"
                    yield document.fault(("conditions", rule, name), zh, en)
    for rule in document.value["not_encoded"]:
        if rule not in articles:
            yield document.fault(
                ("not_encoded", rule), f"{rule} 不在条文目录中", f"{rule} is not among the articles"
            )


def accounted(document: Document) -> set[str]:
    """The rules that are cited or listed as not encoded."""
    return {rule for _, rule in cited(document)} | set(document.value["not_encoded"])


def headings(document: Document) -> set[str]:
    """Articles that do no more than head the items under them: neither cited nor listed as not encoded."""
    articles = document.value["articles"]
    above = {rule.rpartition(".")[0] for rule in articles}
    return {rule for rule in articles if rule in above} - accounted(document)


def uncovered(document: Document) -> list[str]:
    """Articles and items that are neither cited nor listed as not encoded; a bare heading of items
    needs neither.
    """
    known = accounted(document) | headings(document)
    return [rule for rule in document.value["articles"] if rule not in known]


def _coverage(document: Document) -> Faults:
    for rule in uncovered(document):
        yield document.fault(
            ("articles", rule),
            "既没有规则、认定或参数引用它，也没有列入 not_encoded",
            "neither cited by a rule, a judgement or a parameter, nor listed in not_encoded",
        )
    used = {rule for _, rule in cited(document)}
    for rule, entries in document.value["not_encoded"].items():
        if rule in used and any("part" not in entry for entry in entries):
            yield document.fault(
                ("not_encoded", rule),
                f"{rule} 另有引用：须写明未编入的是哪一部分（part）",
                f"{rule} is cited as well: name the part that is left out",
            )


def _gists(document: Document) -> Faults:
    bare = headings(document)
    for rule, article in document.value["articles"].items():
        if "gist" not in article and rule not in bare:
            zh, en = "缺少 gist：用自己的话说明该条要求什么", "no gist says in our own words what it asks"
            yield document.fault(("articles", rule), zh, en)


def _nobody_falls_between(document: Document) -> Faults:
    """Whoever no award is for is refused by a condition that cites its rule, and never comes through for want of one."""
    raw = document.value
    for_all = [
        body
        for named in raw["conditions"].values()
        for body in named.values()
        if body["kinds"] == "all" and not body.get("when") and "categories" not in body
    ]
    left_out = sorted(set(KINDS) - set(raw["kinds"]))
    if left_out and not any(body["operator"] == "kind_is" for body in for_all):
        names = ", ".join(left_out)
        yield document.fault(
            ("kinds",),
            f"没有条件（kind_is，kinds: all）拒绝此类申报主体：{names}",
            f"no condition (kind_is, kinds: all) refuses an applicant of kind {names}",
        )
    categories = any(body["operator"] == "given" and body["with"]["field"] == "category" for body in for_all)
    if raw.get("categories") and not categories:
        yield document.fault(
            ("categories",),
            "没有条件（given，field: category，kinds: all）要求申报主体填写类别",
            "no condition (given, field: category, kinds: all) asks for a category",
        )


def _provenance(document: Document) -> Faults:
    for path, value in _walk(document.value):
        if isinstance(value, Mapping) and value.get("source") == "assumed" and not value.get("note"):
            zh, en = "假定的值须有 note 说明依据", "an assumed value needs a note that gives its ground"
            yield document.fault(path, zh, en)


def _levels_and_tracks(document: Document) -> Faults:
    raw = document.value
    for level, body in raw["levels"].items():
        for track in body["tracks"]:
            if track not in raw["tracks"]:
                yield document.fault(
                    ("levels", level, "tracks"), f"没有类别“{track}”", f"no such track: {track}"
                )
    for name, track in raw["tracks"].items():
        yield from known_categories(document, ("tracks", name), track)
    yield from _quotas(document)
    seen: set[str] = set()
    for path, alias in _aliases(raw):
        if alias in seen:
            yield document.fault(path, f"一名两用：{alias}", f"{alias} names two things")
        seen.add(alias)


def _quotas(document: Document) -> Faults:
    stated: dict[tuple[str, str], str] = {}
    for key, quota in document.value["quotas"].items():
        path: KeyPath = ("quotas", key)
        for level, track in product(quota["levels"], quota["tracks"]):
            yield from _pair(document, path, level, track)
            if (level, track) in stated:
                first = stated[(level, track)]
                yield document.fault(
                    path,
                    f"{level}/{track} 已有名额 {first}",
                    f"{level}/{track} already has quota {first}",
                )
            stated[(level, track)] = key
        if "reserve" in quota:
            fact = quota["reserve"]["fact"]
            yield from known_fact(document, (*path, "reserve", "fact"), fact, frozenset({"boolean"}))
    for level, body in document.value["levels"].items():
        for track in body["tracks"]:
            if (level, track) not in stated:
                yield document.fault(
                    ("levels", level),
                    f"没有写明 {level}/{track} 的名额（不限写 null）",
                    f"no quota is stated for {level}/{track} (null: unlimited)",
                )


def _who_stands_where(document: Document) -> Faults:
    """Every kind and category has one track, or none where a rule refuses it; never two at once."""
    raw = document.value
    for kind, category in product(raw["kinds"], raw.get("categories", (None,))):
        takers = [
            name
            for name, track in raw["tracks"].items()
            if kind in track["kinds"] and category in track.get("categories", (category,))
        ]
        who = f"{kind}/{category}" if category else kind
        if len(takers) > 1:
            names = ", ".join(takers)
            zh, en = f"{who} 有两个类别：{names}", f"{who} stands in two tracks at once: {names}"
            yield document.fault(("tracks", takers[1]), zh, en)
        elif not takers and not _refused(raw, kind, category):
            zh = f"{who} 没有可申报的类别，也没有条件（kind_is）排除它"
            en = f"{who} has no track, and no condition (kind_is) refuses it"
            yield document.fault(("tracks",), zh, en)


def _refused(raw: Mapping[str, Any], kind: str, category: str | None) -> bool:
    return any(
        body["operator"] == "kind_is"
        and kind not in body["with"]["kinds"]
        and (body["kinds"] == "all" or kind in body["kinds"])
        and category in body.get("categories", (category,))
        for named in raw["conditions"].values()
        for body in named.values()
    )


def _aliases(raw: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for room in ("tracks", "levels"):
        for name, body in raw[room].items():
            for alias in (name, *body.get("aliases", ())):
                yield (room, name), f"{room}: {alias}"


def _pair(document: Document, path: KeyPath, level: str, track: str) -> Faults:
    levels = document.value["levels"]
    if level not in levels:
        yield no_level(document, path, level)
    elif track not in levels[level]["tracks"]:
        yield document.fault(path, f"{level}不授予{track}", f"{level} is not awarded in track {track}")


def _grants(document: Document) -> Faults:
    stated: set[tuple[str, str]] = set()
    for key, grant in document.value["grants"].items():
        path: KeyPath = ("grants", key)
        yield from _amount(document, (*path, "amount"), grant["amount"])
        if grant["for"] == "award":
            pair = (grant["level"], grant["track"])
            yield from _pair(document, path, *pair)
            if pair in stated:
                both = "/".join(pair)
                yield document.fault(path, f"{both} 有两项奖励", f"{both} has two grants")
            stated.add(pair)
        yield from _exceptions(document, (*path, "exceptions"), grant.get("exceptions", {}))
        yield from known_fact(document, path, grant.get("cost_fact"), frozenset({"integer"}))


def _amount(document: Document, path: KeyPath, text: str) -> Faults:
    try:
        fen = parse_amount(text)
    except AmountError as error:
        yield document.fault(path, error.zh, error.en)
        return
    if fen <= 0:
        yield document.fault(path, f"金额“{text}”须大于零", f"amount {text!r} must be more than nothing")


def _exceptions(document: Document, path: KeyPath, exceptions: Mapping[str, Any]) -> Faults:
    for name, body in exceptions.items():
        for level in body.get("won_before", ()):
            if level not in document.value["levels"]:
                yield no_level(document, (*path, name), level)
        yield from known_fact(document, (*path, name), body.get("fact"), frozenset({"boolean"}))
        if "amount" in body:
            yield from _amount(document, (*path, name, "amount"), body["amount"])
    for (one, first), (other, second) in combinations(exceptions.items(), 2):
        if contradict(first, second):
            yield document.fault(
                (*path, other),
                f"例外 {one}（{first['rule']}）与 {other}（{second['rule']}）可能同时成立，而对金额或者是否占用名额规定不同",
                f"exceptions {one} ({first['rule']}) and {other} ({second['rule']}) may both be live, "
                "and say different things about the money or the quota",
            )


def contradict(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    """Whether two exceptions say different things of somebody whom both are for. One that does not speak of the
    quota says nothing about it; one without an amount pays nothing.
    """
    apart = "kinds" in first and "kinds" in second and not set(first["kinds"]) & set(second["kinds"])
    says = [body["uses_quota"] for body in (first, second) if "uses_quota" in body]
    amounts = {body.get("amount") for body in (first, second)}
    return not apart and (len(set(says)) > 1 or len(amounts) > 1)


def _procedure(document: Document) -> Faults:
    raw = document.value
    keys: set[str] = set()
    order: list[str] = []
    for number, phase in enumerate(raw["procedure"]):
        for index, stage in enumerate(phase["stages"]):
            path: KeyPath = ("procedure", number, "stages", index)
            if stage["key"] in keys:
                zh, en = f"阶段 {stage['key']} 重复", f"stage {stage['key']} is given twice"
                yield document.fault((*path, "key"), zh, en)
            keys.add(stage["key"])
            order.append(stage["kind"])
            yield from _stage(document, path, stage)
        yield from _branches(document, number, phase["stages"], set(raw.get("categories", ())))
    for kind in ("submission", "qualification", "committee", "grants"):
        if order.count(kind) != 1:
            yield document.fault(
                ("procedure",),
                f"须有且只有一个 {kind} 阶段",
                f"exactly one stage of kind {kind} is needed",
            )
    if order[:1] != ["submission"] or order[-1:] != ["grants"]:
        yield document.fault(
            ("procedure",),
            "第一个阶段须是申报（submission），最后一个须是奖励（grants）",
            "the first stage is the submission, the last the grants",
        )


def _stage(document: Document, path: KeyPath, stage: Mapping[str, Any]) -> Faults:
    kind, owner = stage["kind"], OWNERS[stage["kind"]]
    if stage["owner"] != owner:
        yield document.fault(
            (*path, "owner"),
            f"{stage['owner']} 办不了 {kind} 阶段，这类阶段由 {owner} 主办",
            f"nobody would run it: a stage of kind {kind} is owned by {owner}, not {stage['owner']}",
        )
    if kind == "review" and "scoring" not in stage:
        yield document.fault(path, "评审阶段须写明如何计分（scoring）", "a review says how it is scored")
    if stage.get("scoring") == "sheets" and "panel" not in stage:
        yield document.fault(path, "评分表须有评审组（panel）", "score sheets need a panel")
    yield from _readers(document, (*path, "panel"), stage.get("panel", {}))
    yield from known_categories(document, path, stage)


def _readers(document: Document, path: KeyPath, panel: Mapping[str, Any]) -> Faults:
    """Of those who read an application, no more can know something than there are."""
    for name in ("field_readers_min", "language_readers_min"):
        value = panel.get(name, 0)
        least = value["value"] if isinstance(value, Mapping) else value
        if least > panel.get("reviewers_per_application", 0):
            yield document.fault(
                (*path, name),
                f"{name} 不能大于 reviewers_per_application",
                f"{name} is more than reviewers_per_application",
            )


def _branches(document: Document, number: int, stages: list[Any], categories: set[str]) -> Faults:
    """Stages beside each other must part the categories among them, none left over and none twice."""
    if len(stages) == 1 and "categories" not in stages[0]:
        return
    path: KeyPath = ("procedure", number)
    named = [category for stage in stages for category in stage.get("categories", sorted(categories))]
    for category in sorted(set(named)):
        if named.count(category) > 1:
            zh, en = f"类别 {category} 同时有两个阶段", f"category {category} has two stages at once"
            yield document.fault(path, zh, en)
    for category in sorted(categories - set(named)):
        zh, en = f"类别 {category} 在此没有阶段", f"category {category} has no stage in this phase"
        yield document.fault(path, zh, en)


# Where a fraction lies: whether none of the whole, and the whole itself, make sense.
_FRACTIONS: Mapping[str, tuple[bool, bool]] = {
    "quorum": (False, True),
    "majority": (True, False),
    "share": (False, True),
    "industry_share_min": (True, True),
}


def _fractions(document: Document) -> Faults:
    for path, value in _walk(document.value):
        if not path or path[0] == "articles" or not isinstance(value, str):
            continue
        if path[-1] in _FRACTIONS:
            none, whole = _FRACTIONS[str(path[-1])]
            fraction = Fraction(value)
            if not (0 < fraction < 1 or (none and fraction == 0) or (whole and fraction == 1)):
                yield document.fault(path, f"{value} 不是可能的比例", f"{value} is no possible share")
        if path[-2:] == ("cut", "ratio") and Fraction(value) == 0:
            yield document.fault(path, "入围比例为零，无人入围", "a ratio of nothing lets nobody in")


def _sanctions(document: Document) -> Faults:
    for event, body in document.value["sanctions"].items():
        revokes = body.get("revokes", False)
        if revokes != ("revoke" in body["orders"]):
            yield document.fault(
                ("sanctions", event),
                "revokes 与命令 revoke 须同时写",
                "`revokes` and the order `revoke` go together",
            )
        if bool(body.get("report_to")) != any(order.startswith("report_to") for order in body["orders"]):
            yield document.fault(
                ("sanctions", event),
                "report_to 与报送的命令须同时写",
                "`report_to` and an order to report go together",
            )


def _tracking(document: Document) -> Faults:
    body = document.value["tracking"]
    indices = body.get("indices", ())
    if indices and "report" not in body:
        zh, en = "没有年度报告，指标无从填报", "without a yearly report nobody reports the indices"
        yield document.fault(("tracking", "indices"), zh, en)
    if "regression" in body and not indices:
        zh, en = "没有指标，无从提醒退步", "without an index nothing can be seen to worsen"
        yield document.fault(("tracking", "regression"), zh, en)
    keys = [each["key"] for each in indices]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            path = ("tracking", "indices", number, "key")
            yield document.fault(path, f"指标 {key} 写了两次", f"index {key} is given twice")


_CHECKS: tuple[Callable[[Document], Faults], ...] = (
    _dates,
    _tracking,
    _provenance,
    _citations,
    _coverage,
    _gists,
    _levels_and_tracks,
    _who_stands_where,
    _nobody_falls_between,
    _grants,
    _procedure,
    _fractions,
    conditions,
    _sanctions,
)

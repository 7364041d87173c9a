"""What stands in a package beside the services' own rows: its metadata, for machines and archives, and a summary for people."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.gateway.exports import STATUSES
from services.gateway.packages.gathering import Gathered
from services.gateway.people import Named
from shared.calendar import in_words
from shared.contracts.operations import AUDITOR, DISCIPLINE, OFFICE
from shared.documents import Block, Document, Entries, Heading, Paragraph, Part, Table, clean
from shared.rulebooks import Rulebook
from shared.rulebooks.facts import KIND_WORDS
from shared.rulebooks.words import word

DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_OUTCOMES = {
    "pass": "符合", "fail": "不符合", "missing": "缺少信息", "awaiting": "待部门答复", "needs_judgement": "待认定",
    "not_applicable": "不适用",
}  # fmt: skip
ROLE_WORDS = {OFFICE: "评审办公室", DISCIPLINE: "纪检监察", AUDITOR: "审计"}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class About:
    """What a package is of. `rows` of the due list say until when it is kept."""

    identifier: str
    title: str
    creator: str
    day: str
    book: Rulebook
    keep_until: str

    def named(self) -> list[tuple[str, str | None, str]]:
        """题名、责任者、日期、保管期限、密级: the Chinese name, the Dublin Core element, the value."""
        term = f"{self.book.retention_years} 年（{self.book.label(self.book.retention.rule)}），至 {self.keep_until}"
        return [
            ("档号", "identifier", self.identifier),
            ("题名", "title", self.title),
            ("责任者", "creator", self.creator),
            ("日期", "date", self.day),
            ("依据", "source", f"{self.book.title.zh}（{self.book.id}，sha256:{self.book.sha256}）"),
            ("保管期限", None, term),
            ("密级", "rights", "内部"),
            ("格式", "format", "BagIt 1.0; PDF/A-2u; JSON"),
            ("语种", "language", "zh"),
        ]


def metadata_json(about: About, digests: Mapping[str, str]) -> dict[str, Any]:
    """The metadata as data; `digests` name files of the package that are known by them elsewhere too."""
    return {
        "metadata": [{"name": name, "element": element, "value": value} for name, element, value in about.named()],
        "digests": dict(digests),
    }  # fmt: skip


def metadata_xml(about: About, digests: Mapping[str, str]) -> bytes:
    """The same as XML: Dublin Core where it has an element, and the Chinese names that archives use."""
    ET.register_namespace("dc", DUBLIN_CORE)
    root = ET.Element("record")
    for name, element, value in about.named():
        tag = f"{{{DUBLIN_CORE}}}{element}" if element else "retention"
        ET.SubElement(root, tag, {"name": name}).text = clean(value)
    for path, digest in sorted(digests.items()):
        ET.SubElement(root, "digest", {"file": path}).text = digest
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def summary(
    about: About, shares: Mapping[str, Gathered], files: Sequence[tuple[str, Row]], day: date
) -> Document:
    """An application at a glance: who, what was handed in, what was found and decided, where each line comes from."""
    blocks = (
        Entries(tuple(_application(about, shares["intake"]))),
        Heading("材料与证据"),
        *_files(files),
        *_findings(about.book, shares["eligibility"]),
        *_scores(about.book, shares["review"]),
        *_decisions(shares),
        Heading("本包内容"),
        _contents(shares),
        Paragraph("数据以各服务的行为准，本摘要不替代之。", small=True),
    )
    return Document(about.title, (Part("zh", about.title, blocks),), running=about.identifier, made_on=day)


def cycle_summary(
    about: About, shares: Mapping[str, Gathered], packages: Sequence[Row], day: date
) -> Document:
    """A cycle at a glance: its steps, and the packages of its applications with their digests."""
    steps = tuple(
        (str(row["stage"]), str(row["state"]), str(row["begun_on"] or ""), str(row["closed_on"] or ""))
        for row in sorted(shares["intake"].rows("timeline"), key=lambda row: row["position"])
    )
    made = tuple(
        (str(each["public_number"] or each["application_id"]), each["made_at"][:10], each["digest"])
        for each in packages
    )
    blocks: list[Block] = [Entries(tuple((name, value) for name, _, value in about.named()))]
    if steps:
        blocks += [Heading("阶段"), Table(("阶段", "状态", "开始", "结束"), steps)]
    if made:
        blocks += [
            Heading("各申报的归档包"),
            Table(("编号", "制作日期", "摘要"), made, shares=(2, 2, 9)),
        ]
    blocks += [Heading("本包内容"), _contents(shares)]
    return Document(
        about.title, (Part("zh", about.title, tuple(blocks)),), running=about.identifier, made_on=day
    )


def _application(about: About, intake: Gathered) -> Iterator[tuple[str, str]]:
    (row,) = intake.rows("applications")
    yield "公开编号", str(row["public_number"] or "—")
    yield "名称", str(row["name"])
    yield "统一社会信用代码", str(row["uscc"])
    yield "主体类型", word(KIND_WORDS, row["kind"]).zh
    yield "状态", word(STATUSES, row["status"]).zh
    yield "提交日期", str(row["submitted_on"] or "—")
    yield "回执", str(row["receipt"] or "—")
    for name, _, value in about.named():
        if name in {"依据", "保管期限", "密级"}:
            yield name, value


def _files(files: Sequence[tuple[str, Row]]) -> Iterator[Block]:
    if not files:
        yield Paragraph("没有文件。")
        return
    rows = tuple(
        (path, str(file["size"]), file["digest"].partition(":")[2][:16] + "…") for path, file in files
    )
    yield Table(("路径", "字节", "SHA-256"), rows, shares=(6, 2, 3), figures=frozenset({1}))


def _findings(book: Rulebook, eligibility: Gathered) -> Iterator[Block]:
    rows = tuple(
        (
            book.label(str(each.get("rule", ""))),
            str(each.get("condition", each.get("name", ""))),
            _OUTCOMES.get(str(each.get("outcome")), str(each.get("outcome"))),
        )
        for row in eligibility.rows("evaluations")
        for each in row["findings"]
    )
    if rows:
        yield Heading("资格条件")
        yield Table(("条款", "条件", "结论"), rows)


def _scores(book: Rulebook, review: Gathered) -> Iterator[Block]:
    titles = {stage.key: stage.title.zh for stage in book.stages}
    rows = tuple(
        (str(titles.get(row["stage"], row["stage"])), str(row["score"]), str(row["valid_sheets"]))
        for row in review.rows("scores")
    )
    if rows:
        yield Heading("得分")
        yield Table(("阶段", "得分", "有效评分表"), rows, figures=frozenset({1, 2}))


def _decisions(shares: Mapping[str, Gathered]) -> Iterator[Block]:
    results = tuple(
        (
            str(row["level"]),
            str(row["votes_for"]),
            str(row["votes_against"]),
            str(row["abstained"]),
            "是" if row["awarded"] else "否",
        )
        for row in shares["committee"].rows("results")
    )
    if results:
        yield Heading("审定")
        yield Table(("等次", "赞成", "反对", "弃权", "获奖"), results, figures=frozenset({1, 2, 3}))


def _contents(shares: Mapping[str, Gathered]) -> Table:
    rows = tuple(
        (
            service,
            str(len(share.tables)),
            str(sum(len(rows) for rows in share.tables.values())),
            str(len(share.entries)),
            str(sum(entry["seal"] is not None for entry in share.entries)),
        )
        for service, share in shares.items()
    )
    return Table(("服务", "表", "行", "审计记录", "已封存"), rows, figures=frozenset({1, 2, 3, 4}))


def destruction_list(said: Row, name: Named = str) -> Document:
    """销毁清册 as a paper: what is on it, why, and who signed; `name` gives what they are called."""
    entries = (
        ("清册编号", str(said["list_id"])),
        ("评奖周期", str(said["cycle_id"])),
        ("保管至", str(said["keep_until"])),
        ("销毁理由", str(said["reason"])),
        ("摘要", str(said["digest"])),
        ("份数", str(len(said["lines"]))),
        ("状态", _LIST_STATES[said["state"]]),
        *_hands(said, name),
    )
    rows = tuple(
        (
            str(number),
            str(line["public_number"] or line["application_id"]),
            word(STATUSES, line["status"]).zh,
            "已冻结" if line["held"] else "",
        )
        for number, line in enumerate(said["lines"], 1)
    )
    table = Table(("序号", "编号", "结果", "备注"), rows, shares=(1, 4, 2, 1), figures=frozenset({0}))
    title = "档案销毁清册"
    day = date.fromisoformat(said["prepared_on"])
    return Document(
        title, (Part("zh", title, (Entries(entries), table)),), running=said["list_id"], made_on=day
    )


_LIST_STATES = {
    "drafted": "待签字", "signed_once": "已有一人签字", "signed": "已签字，待执行", "executed": "已执行",
    "withdrawn": "已撤回",
}  # fmt: skip


def _hands(said: Row, name: Named) -> Iterator[tuple[str, str]]:
    """Who did what, on which day."""
    yield "编制", f"{name(said['prepared_by'])}，{in_words(said['prepared_on']).zh}"
    for what, which in (("签字一", "first"), ("签字二", "second")):
        if said[f"{which}_by"]:
            role = ROLE_WORDS.get(said[f"{which}_role"], said[f"{which}_role"])
            yield what, f"{name(said[f'{which}_by'])}（{role}），{in_words(said[f'{which}_on']).zh}"
    for what, which in (("执行", "executed"), ("撤回", "withdrawn")):
        if said[f"{which}_by"]:
            yield what, f"{name(said[f'{which}_by'])}，{in_words(said[f'{which}_on']).zh}"

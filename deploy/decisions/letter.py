"""告知书: one application's findings as a letter, article by article, made from a result and its rulebook alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from deploy.decisions import words
from deploy.decisions.reading import Applicant, Application, Finding, Order, Result
from deploy.decisions.sources import source
from deploy.decisions.words import Names
from shared.documents import (
    Block,
    Callout,
    Document,
    Entries,
    Heading,
    Items,
    Language,
    Paragraph,
    Part,
    Table,
)
from shared.rulebooks import Rulebook, Words
from shared.rulebooks.facts import KIND_WORDS

RUNNING = "演练文书 · 不是决定　Rehearsal · no decision"
_NUMERALS = "一二三四五六七八九"
_ASSUMED = "assumed:"


class NoSuchApplication(Exception):
    """The result has no application of that handle; `known` are those that it has."""

    def __init__(self, handle: str, known: Sequence[str]) -> None:
        self.known = tuple(known)
        listed = ", ".join(known)
        super().__init__(
            f"结果中没有申报 {handle}，有：{listed} / no application {handle}; there are {listed}"
        )


def letter(result: Result, handle: str, rulebook: Rulebook, languages: Sequence[Language]) -> Document:
    """The letter about one application, in each language from the top of a page. Raises NoSuchApplication."""
    if handle not in result.applications:
        raise NoSuchApplication(handle, list(result.applications))
    parts = tuple(_Letter(result, handle, rulebook, language).part() for language in languages)
    name = f"{parts[0].title}：{result.applicant(handle).name}"
    return Document(name, parts, RUNNING, result.day_of(handle))


@dataclass(frozen=True)
class _Letter:
    """A letter in one language."""

    result: Result
    handle: str
    rulebook: Rulebook
    language: Language

    @property
    def application(self) -> Application:
        return self.result.applications[self.handle]

    @property
    def applicant(self) -> Applicant:
        return self.result.applicant(self.handle)

    @property
    def names(self) -> Names:
        return Names(self.rulebook.id, self.rulebook)

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def pick(self, given: Words) -> str:
        return self.say(given.zh, given.en)

    def cite(self, rule: str) -> str:
        """第十六条（六）, or in English `article 16.6 第十六条（六）`; a rule that no article gives says so."""
        label = self.rulebook.label(rule)
        if rule.startswith(_ASSUMED):
            return self.say("本规则文件的推定", "assumed by the rulebook")
        if label == rule:
            return self.say(f"第 {rule} 项", f"item {rule}")
        return self.say(label, f"article {rule} {label}")

    def part(self) -> Part:
        year = f"（{self.result.cycle.year} 年度）" if self.result.cycle else ""
        year_en = f", {self.result.cycle.year}" if self.result.cycle else ""
        sections = (
            (Words("结论", "The outcome"), self.outcome),
            (Words("逐条认定", "Article by article"), self.findings),
            (Words("评审得分", "Scores"), self.scores),
            (Words("奖项、资助与处理", "Award, grants and orders"), self.money),
            (Words("可以怎样做", "What can be done"), self.what_next),
            (Words("凭据", "What this stands on"), self.receipt),
        )
        return Part(
            self.language,
            self.say("申报结论告知书", "Letter on an application"),
            (*self.opening(), *self.numbered(sections), *self.closing()),
            self.say(f"{self.rulebook.title.zh}{year}", f"{self.rulebook.title.en}{year_en}"),
        )

    def numbered(self, sections: Sequence[tuple[Words, Callable[[], Iterator[Block]]]]) -> Iterator[Block]:
        """Sections with something in them, numbered."""
        number = 0
        for title, make in sections:
            blocks = list(make())
            if blocks:
                yield Heading(self.say(f"{_NUMERALS[number]}、{title.zh}", f"{number + 1}. {title.en}"))
                yield from blocks
                number += 1

    # --- who, and under which text ------------------------------------------------------------------------------------

    def opening(self) -> Iterator[Block]:
        yield Callout(
            self.say(
                "本件由演练生成，供推演、核对和培训使用。它不是决定，对任何人不产生效力，不能作为获奖、未获奖或者领取资助的凭据。",
                "This letter comes from a rehearsal, for trying out, checking and training. It is no decision and has no"
                " effect for anybody: nothing can be claimed, and nothing refused, on the ground of it.",
            )
        )
        yield Entries(tuple(self._who()))

    def _who(self) -> Iterator[tuple[str, str]]:
        applicant = self.applicant
        yield self.say("申报主体", "Applicant"), applicant.name
        yield self.say("申报编号", "Application"), self.handle
        if applicant.kind:
            kind = self.pick(KIND_WORDS.get(applicant.kind, Words(applicant.kind, applicant.kind)))
            category = self.say(f"（{applicant.category}）", f" ({applicant.category})")
            yield self.say("主体类型", "Kind"), kind + (category if applicant.category else "")
        if applicant.submitted_on:
            yield self.say("递交日期", "Submitted on"), applicant.submitted_on.isoformat()
        if self.result.cycle:
            first, last = self.result.cycle.opens_on, self.result.cycle.closes_on
            yield self.say("申报期间", "Call"), self.say(f"{first} 至 {last}", f"{first} to {last}")
        yield (
            self.say("依据", "Under"),
            self.say(
                f"{self.rulebook.title.zh}（{self.rulebook.id}）",
                f"{self.rulebook.title.en} ({self.rulebook.id})",
            ),
        )
        yield self.say("施行期间", "In force"), self._in_force()

    def _in_force(self) -> str:
        first, last = self.rulebook.in_force_from, self.rulebook.in_force_to
        if self.rulebook.status == "draft" or first is None:
            return self.say("草案，从未施行", "a draft that was never in force")
        if last is None:
            return self.say(f"自 {first} 起", f"from {first}")
        return self.say(f"{first} 至 {last}", f"{first} to {last}")

    # --- the outcome --------------------------------------------------------------------------------------------------

    def outcome(self) -> Iterator[Block]:
        yield Paragraph(self._sentence(), strong=True)
        standing = [f for f in self.application.findings if f.standing != "clear"]
        if standing:
            yield Paragraph(self.say("理由如下：", "The reasons:"))
            yield Items(tuple(self._reason(finding) for finding in standing))

    def _sentence(self) -> str:
        application, name = self.application, self.applicant.name
        status = self.pick(words.STATUS[application.status])
        said = self.say(f"“{name}”的申报：{status}", f'The application of "{name}": {status}')
        if application.award:
            level, track = application.award, application.track
            said += self.say(f"，奖项为“{level}”（{track}）", f', the award being "{level}" ({track})')
            if application.uses_quota is False:
                said += self.say("，不占名额", ", which takes no place of the quota")
        if application.stopped_at:
            said += self.say("，止于", ", ended at ") + self._stage(application.stopped_at)
        blocked = self.result.blocked
        if application.status == "in_progress" and blocked is not None:
            said += self.say("。本届受阻于", ". The cycle is blocked at ")
            said += f"{self._stage(blocked.stage)}：{blocked.reason}"
        return said + self.say("。", ".")

    def _stage(self, key: str) -> str:
        """A stage's title with its article."""
        title = self.pick(self.names.stage(key))
        rules = [stage.rule for stage in self.rulebook.stages if stage.key == key and stage.rule]
        ground = self.say("（{}）", " ({})").format(self.cite(rules[0])) if rules else ""
        return title + ground

    def _reason(self, finding: Finding) -> str:
        rule, asked, fact = self.cite(finding.rule), self.asks(finding), self.fact(finding)
        if finding.evidence:
            fact += self.say("（{}）", " ({})").format("；".join(finding.evidence))
        verdict = self.pick(words.outcome(finding.outcome, finding.confirmed))
        english = f"{rule[0].upper()}{rule[1:]}: {asked}. {verdict.capitalize()}: {fact}."
        return self.say(f"{rule}：{asked}。{verdict}：{fact}。", english)

    # --- article by article -------------------------------------------------------------------------------------------

    def findings(self) -> Iterator[Block]:
        found = self.application.findings
        if not found:
            yield Paragraph(
                self.say(
                    "本件申报未经资格审查，没有逐条认定。",
                    "The application did not come to the qualification; nothing was found article by article.",
                )
            )
            return
        headings = (
            Words("条款", "Article"),
            Words("要求", "What it asks"),
            Words("事实与理由", "Facts and reason"),
            Words("事实来源", "Source"),
            Words("结论", "Outcome"),
        )
        yield Table(
            tuple(self.pick(heading) for heading in headings),
            tuple(
                self._row(finding, before) for finding, before in zip(found, (None, *found[:-1]), strict=True)
            ),
            (15, 22, 34, 17, 12),
        )

    def _row(self, finding: Finding, before: Finding | None) -> tuple[str, ...]:
        condition = self.names.condition(finding.rule, finding.condition)
        title = self._title(finding)
        evidence = "".join(f"\n· {line}" for line in finding.evidence)
        return (
            self.cite(finding.rule) + (f"\n{title}" if title and title != self._title(before) else ""),
            self.asks(finding),
            self.fact(finding) + evidence,
            self.pick(source(condition)) if condition else "",
            self.pick(words.outcome(finding.outcome, finding.confirmed)),
        )

    def _title(self, finding: Finding | None) -> str:
        """The article's title, which articles have in Chinese alone."""
        article = self.rulebook.articles.get(finding.rule) if finding else None
        return article.title if article and self.language == "zh" else ""

    def asks(self, finding: Finding) -> str:
        """What the condition asks for; of one that the rulebook no longer knows, the article's gist."""
        condition = self.names.condition(finding.rule, finding.condition)
        if condition is not None:
            return self.pick(condition.says)
        article = self.rulebook.articles.get(finding.rule)
        return self.pick(article.gist) if article and article.gist else finding.condition

    def fact(self, finding: Finding) -> str:
        """The reason without the words of the condition, which stand before it already."""
        reason = finding.reason if self.language == "zh" else finding.reason_en or finding.reason
        condition = self.names.condition(finding.rule, finding.condition)
        if condition is None:
            return reason
        for said in (f"{condition.says.zh}：", f"{condition.says.en}: "):
            reason = reason.removeprefix(said)
        return reason

    # --- scores and money ---------------------------------------------------------------------------------------------

    def scores(self) -> Iterator[Block]:
        if self.application.scores:
            yield Table(
                (self.say("阶段", "Stage"), self.say("得分（百分制）", "Score (percent of full marks)")),
                tuple(
                    (self._stage(stage), f"{score:.2f}") for stage, score in self.application.scores.items()
                ),
                (3, 1),
                frozenset({1}),
            )

    def money(self) -> Iterator[Block]:
        application = self.application
        rows = [
            (self.pick(words.GRANT[grant.what]), f"{grant.yuan:,}", self.cite(grant.rule))
            for grant in application.grants
        ]
        if application.clawback_yuan:
            rows.append((self.say("追缴", "clawed back"), f"−{application.clawback_yuan:,}", ""))
        if len(rows) > 1:
            rows.append((self.say("合计", "in all"), f"{application.kept_yuan:,}".replace("-", "−"), ""))
        if rows:
            headings = (Words("项目", "For"), Words("金额（元）", "Amount (yuan)"), Words("依据", "Under"))
            yield Table(tuple(map(self.pick, headings)), tuple(rows), (2, 1, 2), frozenset({1}))
        elif application.award:
            yield Paragraph(self.say("本奖项没有资助。", "No money comes with the award."))
        if application.orders:
            headings = (Words("日期", "On"), Words("处理", "Order"), Words("依据", "Under"))
            yield Table(
                tuple(map(self.pick, headings)), tuple(map(self._order, application.orders)), (1, 2, 2)
            )

    def _order(self, order: Order) -> tuple[str, str, str]:
        name = words.ORDER.get(order.order, Words(order.order, order.order))
        return order.on.isoformat(), self.pick(name), self.cite(order.rule)

    # --- what next ----------------------------------------------------------------------------------------------------

    def what_next(self) -> Iterator[Block]:
        yield Items(tuple(self._ways()))

    def _ways(self) -> Iterator[str]:
        yield self._objection()
        if any(finding.outcome == "missing" for finding in self.application.findings):
            yield self.say(
                "因缺少事实而未满足的条件，补齐事实后可以在以后的届次重新申报。",
                "What is not met for want of a fact can be met in a later cycle, once the fact is given.",
            )
        if self.application.status == "awaiting_records":
            yield self.say(
                "部门答复之前不作结论：没有答复不等于没有不良记录，也不等于有。",
                "Nothing is concluded before the department answers: silence is neither a clean record nor a bad one.",
            )
        yield from self._ban()
        yield self._next_cycle()
        if self.application.status == "awarded":
            years, rule = self.rulebook.tracking.years, self.cite(self.rulebook.tracking.rule)
            yield self.say(
                f"获奖后 {years} 年内接受跟踪管理（{rule}）。",
                f"The award is followed up for {years} years ({rule}).",
            )

    def _objection(self) -> str:
        rules, cite = self.rulebook.objections, self.cite(self.rulebook.objections.rule)
        needs = [w for w, wanted in (
            (Words("实名", "under one's real name"), rules.real_name),
            (Words("附证据", "with evidence"), rules.evidence),
        ) if wanted]  # fmt: skip
        how = self.say("、".join(w.zh for w in needs), " and ".join(w.en for w in needs))
        said = self.say(
            f"异议：在公示期间向评审办提出（{cite}）" + (f"，须{how}" if how else "") + "。",
            f"An objection goes to the award office during a public notice ({cite})"
            + (f", {how}" if how else "")
            + ".",
        )
        for notice in self.result.notices:
            title = self.names.stage(f"notice:{notice.notice}")
            said += self.say(
                f"{title.zh}：{notice.first_day} 至 {notice.last_day}（{notice.working_days} 个工作日）。",
                f" The {title.en}: {notice.first_day} to {notice.last_day} ({notice.working_days} working days).",
            )
        return said

    def _ban(self) -> Iterator[str]:
        until = self.application.banned_until
        if until is not None:
            again = until + timedelta(days=1)
            yield self.say(
                f"限制申报：至 {until}（含当日）不接受申报，{again} 起可以申报。",
                f"No application is accepted up to and including {until}; from {again} on it is.",
            )

    def _next_cycle(self) -> str:
        period = self.rulebook.period
        cite = self.cite(period.rule)
        said = self.say(
            f"下一届：每 {period.years} 年评选一次（{cite}）",
            f"The award is made every {period.years} year(s) ({cite})",
        )
        if self.result.cycle:
            following = self.result.cycle.year + period.years
            said += self.say(f"，按此为 {following} 年", f", so the next one is of {following}")
        return said + self.say("，以届时的申报通知为准。", "; the call published then is what counts.")

    # --- what it stands on --------------------------------------------------------------------------------------------

    def receipt(self) -> Iterator[Block]:
        receipt = self.result.receipts.get(self.handle)
        rows = [(self.say("规则文件摘要", "Rulebook's hash"), f"sha256:{self.rulebook.sha256}")]
        if receipt:
            rows.append((self.say("认定结果摘要", "Digest of the findings"), receipt.findings_digest))
            rows.append((self.say("认定程序版本", "Evaluator's version"), receipt.evaluator))
        intact = self.say("完整", "intact") if self.result.audit_intact else self.say("不完整", "NOT intact")
        entries = self.say(f"{self.result.audit_entries} 条", f"{self.result.audit_entries} entries")
        rows.append(
            (self.say("审计记录", "Audit log"), self.say(f"{entries}，{intact}", f"{entries}, {intact}"))
        )
        rows.append((self.say("演练", "Rehearsal"), self.result.scenario))
        yield Entries(tuple(rows))
        if self.result.rulebook_sha256 is None:
            yield Paragraph(
                self.say(
                    "结果未写明规则文件的摘要；以上为本机所安装文件的摘要。",
                    "The result does not name its rulebook's hash; the one above is that of the file installed here.",
                ),
                small=True,
            )
        for note in self.result.notes:
            yield Paragraph(self.say(f"注：{note}", f"Note: {note}"), small=True)

    def closing(self) -> Iterator[Block]:
        yield Paragraph(self.say("（演练文书，不盖章）", "(from a rehearsal: no seal)"), align="right")
        day = self.result.day_of(self.handle)
        if day is not None:
            chinese = f"{day.year}年{day.month}月{day.day}日"
            yield Paragraph(
                self.say(f"演练中的日期：{chinese}", f"Day of the rehearsal: {day}"), align="right"
            )

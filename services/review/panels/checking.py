"""Which rules a panel breaks, whoever made it. It shares no code with what forms panels, so that each checks the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from services.review.panels.model import Application, Expert, Panel, Problem, knows_field, share_of, speaks


@dataclass(frozen=True)
class Fault:
    """One rule that is broken. `code` is a parameter of the rulebook's panel, or one of those in the README."""

    code: str
    zh: str
    en: str
    experts: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()


def check(panel: Panel, problem: Problem) -> tuple[Fault, ...]:
    """Every rule that the panel breaks; empty where it is lawful."""
    strange = tuple(_strangers(panel, problem))
    if strange:
        return strange  # nothing can be said of people and applications that are not there
    members = [problem.by_id[name] for name in panel.members]
    readers: dict[str, list[Expert]] = defaultdict(list)
    for assignment in panel.assignments:
        readers[assignment.application_id].append(problem.by_id[assignment.expert_id])
    return (
        *_size(members, problem),
        *_share(panel, members, problem),
        *_employers(members, problem),
        *_leader(panel, problem),
        *_idle(members, problem),
        *_outsiders(panel),
        *_kept(panel, problem),
        *_load(panel, problem),
        *(
            fault
            for application in sorted(problem.applications, key=lambda a: a.sequence)
            for fault in _read(application, readers[application.application_id], problem)
        ),
    )


def _strangers(panel: Panel, problem: Problem) -> Iterator[Fault]:
    named = [*panel.members, *(a.expert_id for a in panel.assignments), *filter(None, [panel.leader])]
    unknown = tuple(sorted(set(named) - problem.by_id.keys()))
    if unknown:
        yield Fault(
            "unknown_expert",
            f"{len(unknown)} 人不在可派的专家之列（未入本届专家名册、申报失效、期间不能参加或已出库）",
            f"{len(unknown)} may not serve (not in the pool, without a declaration, away, or out of the register)",
            unknown,
        )
    strange = tuple(sorted({a.application_id for a in panel.assignments} - problem.here))
    if strange:
        zh, en = f"{len(strange)} 份申报不在本阶段", f"{len(strange)} applications are not in this stage"
        yield Fault("unknown_application", zh, en, applications=strange)
    twice = tuple(sorted(name for name, times in Counter(panel.members).items() if times > 1))
    if twice:
        yield Fault("member_twice", "同一人在评审组中出现两次", "a member is named twice", twice)
    pairs = Counter((a.application_id, a.expert_id) for a in panel.assignments)
    doubled = sorted(pair for pair, times in pairs.items() if times > 1)
    if doubled:
        yield Fault(
            "assigned_twice", "同一份申报向同一人分派了两次", "an application is given twice to the same member",
            tuple(name for _, name in doubled), tuple(application for application, _ in doubled),
        )  # fmt: skip


def _size(members: list[Expert], problem: Problem) -> Iterator[Fault]:
    rule, size = problem.rule, len(members)
    if rule.size_min is not None and size < rule.size_min:
        yield Fault(
            "size_min",
            f"评审组 {size} 人，不得少于 {rule.size_min} 人",
            f"the panel has {size} members, at least {rule.size_min} are needed",
        )
    if rule.odd and size % 2 == 0:
        yield Fault(
            "odd", f"评审组 {size} 人，人数须为单数", f"the panel has {size} members, the number must be odd"
        )


def _share(panel: Panel, members: list[Expert], problem: Problem) -> Iterator[Fault]:
    size, industry = len(members), sum(member.industry_expert for member in members)
    if not size:
        return
    needed = ceil((problem.rule.industry_share_min or 0) * size)
    if industry < needed:
        yield Fault(
            "industry_share_min",
            f"{size} 人的评审组需要 {needed} 名行业专家，现有 {industry} 名",
            f"a panel of {size} needs {needed} industry experts, it has {industry}",
        )
    if panel.industry_share != share_of(industry, size):
        yield Fault(
            "industry_share",
            f"所记行业专家占比 {panel.industry_share} 与成员不符，应为 {share_of(industry, size)}",
            f"the share of industry experts is given as {panel.industry_share}, it is {share_of(industry, size)}",
        )


def _employers(members: list[Expert], problem: Problem) -> Iterator[Fault]:
    most = problem.rule.employer_max
    if most is None:
        return
    by_employer: dict[str, list[str]] = defaultdict(list)
    for member in members:
        if member.employer:
            by_employer[member.employer].append(member.expert_id)
    for _, names in sorted(by_employer.items()):
        if len(names) > most:
            yield Fault(
                "employer_max",
                f"同一单位有 {len(names)} 人，至多 {most} 人",
                f"{len(names)} members are from one employer, at most {most} may be",
                tuple(sorted(names)),
            )


def _leader(panel: Panel, problem: Problem) -> Iterator[Fault]:
    if not problem.rule.leader:
        return
    if panel.leader is None:
        yield Fault("leader", "评审组没有组长", "the panel has no leader")
    elif panel.leader not in panel.members:
        yield Fault("leader", "组长不是评审组成员", "the leader is no member of the panel", (panel.leader,))
    elif not problem.by_id[panel.leader].may_lead:
        yield Fault("leader", "组长不具备担任组长的资格", "the leader may not lead a panel", (panel.leader,))


def _idle(members: list[Expert], problem: Problem) -> Iterator[Fault]:
    idle = tuple(sorted(m.expert_id for m in members if problem.room(m) == 0))
    if idle:
        zh = f"{len(idle)} 名成员没有一份申报可以评审（均须回避或已满额）"
        en = f"{len(idle)} members can review none of the applications (kept from all, or full)"
        yield Fault("idle_member", zh, en, idle)


def _outsiders(panel: Panel) -> Iterator[Fault]:
    outside = tuple(sorted({a.expert_id for a in panel.assignments} - set(panel.members)))
    if outside:
        zh, en = (
            f"{len(outside)} 名评审员不是评审组成员",
            f"{len(outside)} reviewers are no members of the panel",
        )
        yield Fault("not_a_member", zh, en, outside)


def _kept(panel: Panel, problem: Problem) -> Iterator[Fault]:
    broken = [a for a in panel.assignments if a.application_id in problem.kept.get(a.expert_id, ())]
    for assignment in broken:
        sequence = problem.applications_by_id[assignment.application_id].sequence
        yield Fault(
            "kept_from",
            f"第 {sequence} 号申报分派给了应当回避的评审员",
            f"application no. {sequence} is given to a reviewer who is kept from it",
            (assignment.expert_id,),
            (assignment.application_id,),
        )


def _load(panel: Panel, problem: Problem) -> Iterator[Fault]:
    load = Counter(a.expert_id for a in panel.assignments)
    for name, given in sorted(load.items()):
        expert = problem.by_id[name]
        total = expert.carried + given
        for code, most, whose_zh, whose_en in (
            ("load_max", problem.rule.load_max, "规定", "the rule allows"),
            ("load_own", expert.load_max, "本人承诺", "the expert agreed to"),
        ):
            if most is not None and total > most:
                zh = f"一名评审员承担 {total} 份申报（含已有 {expert.carried} 份），{whose_zh}至多 {most} 份"
                en = f"a reviewer has {total} applications ({expert.carried} of them from before), {whose_en} {most}"
                yield Fault(code, zh, en, (name,))


def _read(application: Application, readers: list[Expert], problem: Problem) -> Iterator[Fault]:
    rule, number = problem.rule, application.sequence
    needed = rule.reviewers_per_application
    here = (application.application_id,)
    if len(readers) != needed:
        yield Fault(
            "reviewers_per_application",
            f"第 {number} 号申报应有 {needed} 名评审员，现有 {len(readers)} 名",
            f"application no. {number} needs {needed} reviewers, it has {len(readers)}",
            applications=here,
        )
    for code, least, able, whom_zh, whom_en in (
        (
            "industry_readers", ceil((rule.industry_share_min or 0) * needed),
            sum(e.industry_expert for e in readers), "行业专家", "industry experts",
        ),
        (
            "field_readers_min", rule.field_readers_min or 0, sum(knows_field(e, application) for e in readers),
            "熟悉其领域或行业的评审员", "who know a field or industry of it",
        ),
        (
            "language_readers_min", rule.language_readers_min or 0, sum(speaks(e, application) for e in readers),
            "通晓其所用语言的评审员", "who read its languages",
        ),
    ):  # fmt: skip
        if able < least:
            zh = f"第 {number} 号申报的评审员中应有 {least} 名{whom_zh}，现有 {able} 名"
            en = f"among the reviewers of application no. {number} there must be {least} {whom_en}, there are {able}"
            yield Fault(code, zh, en, applications=here)

"""Another reviewer in the place of one, everything else unchanged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from services.review.panels.checking import check
from services.review.panels.model import Expert, Panel, Problem, fit, share_of
from shared.identifiers import digest


class NoReplacementError(Exception):
    """Nobody can take the place. `failing`: how many of those asked break which rule first; `reading`: how many of the other
    members read the application already.
    """

    def __init__(self, failing: Mapping[str, int], reading: int = 0) -> None:
        self.failing = failing
        self.reading = reading
        self.reason_zh, self.reason_en = why_nobody(failing, reading)
        super().__init__(self.reason_en)


@dataclass(frozen=True)
class Replacement:
    """Who takes the place, and the panel as it then is."""

    expert_id: str
    panel: Panel


def replacement(
    panel: Panel, problem: Problem, expert_id: str, application_id: str | None = None
) -> Replacement:
    """The best replacement for a member, or for one of its applications by another member.

    The newcomer takes over seat, applications, positions and lead. Best is the best fit to what it takes over, then the
    fewest interests, then the smallest load, then the lot of the panel's seed. No rule may be broken that was not broken before.
    Raises NoReplacementError; KeyError where the member, or the member on the application, is not in the panel.
    """
    if expert_id not in panel.members:
        raise KeyError(expert_id)
    taken = [
        a.application_id
        for a in panel.assignments
        if a.expert_id == expert_id and application_id in (None, a.application_id)
    ]
    if application_id is not None and not taken:
        raise KeyError(application_id)
    before = set(check(panel, problem))
    failing: Counter[str] = Counter()
    for candidate in _best_first(panel, problem, expert_id, application_id, taken):
        proposed = _exchanged(panel, problem, expert_id, candidate.expert_id, application_id)
        faults = [fault for fault in check(proposed, problem) if fault not in before]
        if not faults:
            return Replacement(candidate.expert_id, proposed)
        failing[faults[0].code] += 1
    others = {a.expert_id for a in panel.assignments if a.application_id == application_id} - {expert_id}
    raise NoReplacementError(failing, len(others))


def _best_first(
    panel: Panel, problem: Problem, expert_id: str, application_id: str | None, taken: list[str]
) -> Iterator[Expert]:
    load = Counter(a.expert_id for a in panel.assignments)
    applications = [problem.applications_by_id[a] for a in taken]
    reading = {a.expert_id for a in panel.assignments if a.application_id == application_id}

    def merit(expert: Expert) -> tuple[int, int, int, str]:
        return (
            -sum(fit(expert, application) for application in applications),
            len(problem.barred(expert)),
            expert.burden + load[expert.expert_id],
            digest([panel.seed, expert_id, expert.expert_id]),
        )

    if application_id is None:
        possible = [e for e in problem.experts if e.expert_id not in panel.members]
    else:
        possible = [e for e in problem.experts if e.expert_id in panel.members and e.expert_id not in reading]
    return iter(sorted(possible, key=merit))


def _exchanged(panel: Panel, problem: Problem, old: str, new: str, application_id: str | None) -> Panel:
    assignments = tuple(
        replace(a, expert_id=new) if a.expert_id == old and application_id in (None, a.application_id) else a
        for a in panel.assignments
    )
    if application_id is not None:
        return replace(panel, assignments=assignments)
    members = tuple(new if name == old else name for name in panel.members)
    industry = sum(problem.by_id[name].industry_expert for name in members if name in problem.by_id)
    return replace(
        panel,
        members=members,
        industry_share=share_of(industry, len(members)),
        assignments=assignments,
        leader=new if panel.leader == old else panel.leader,
    )


HAD_IT = "had_it"  # no rule of the panel's: whoever gave an application up does not come back to it
_FAILING = {
    HAD_IT: ("曾评审该申报，或现不能承担新的任务", "had it before or can be given nothing now"),
    "odd": ("加入后评审组人数为偶数", "would join and make the panel's number even"),
    "kept_from": ("须回避", "are kept from an application"),
    "idle_member": ("均须回避或已满额", "are kept from all applications or full"),
    "employer_max": ("与其他成员同一单位", "are from another member's employer"),
    "load_max": ("超过规定的份数", "would have more applications than the rule allows"),
    "load_own": ("超过本人承诺的份数", "would have more applications than they agreed to"),
    "leader": ("不能担任组长", "may not lead"),
    "industry_share_min": ("不是行业专家，占比不足", "are not of the industry, whose share would fall short"),
    "industry_readers": (
        "不是行业专家，评审员中行业专家不足",
        "are not of the industry, too few readers would be",
    ),
    "field_readers_min": ("不熟悉申报的领域或行业", "do not know a field or industry"),
    "language_readers_min": ("不通晓申报所用语言", "do not read a language"),
}


def why_nobody(failing: Mapping[str, int], reading: int = 0) -> tuple[str, str]:
    """In Chinese and English: how many of those who might take the place fail at which rule."""
    said = [(many, *_FAILING.get(code, (code, code))) for code, many in sorted(failing.items())]
    if reading:
        said.insert(0, (reading, "已在评审该申报", "already read it"))
    if not said:
        return "没有其他候选人", "there is nobody else"
    total = sum(many for many, _, _ in said)
    return (
        f"{total} 名候选人均不合规定：" + "；".join(f"{many} 名{zh}" for many, zh, _ in said),
        f"none of {total} candidates will do: " + "; ".join(f"{many} {en}" for many, _, en in said),
    )

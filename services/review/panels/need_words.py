"""Why there is no panel, in words with numbers. No applicant and no expert is named: the reason is public."""

from __future__ import annotations

from collections.abc import Callable

from services.review.panels.model import Application, Problem, knows_field, speaks
from services.review.panels.rules import least_size


def told(
    problem: Problem,
    conflict: tuple[str, ...],
    parameter: str,
    needed: int,
    possible: int | None,
    *,
    odd: bool,
) -> tuple[str, str]:
    """One rule of the conflict in Chinese and English. `problem` holds the rules of the conflict alone.

    `odd`: whether the number of members must be odd, whether or not that is part of the conflict.
    """
    words = _WORDS[parameter](problem, needed, possible)
    if parameter == "size_min" and odd and needed % 2:
        words = (
            words[0].replace("评审员，", "评审员（人数须为单数），"),
            words[1].replace(",", " (an odd number),", 1),
        )
    if len(conflict) == 1 or parameter in _WITHOUT_REST:
        return words
    zh, en = words
    if possible is None:
        return zh, en
    if parameter in ("employer_max", "load_max"):
        return (
            f"{zh}（其余各条不变，须放宽到 {possible}）",
            f"{en} (with the other rules as they are, {possible} would do)",
        )
    return (
        f"{zh}（其余各条不变，至多可有 {possible}）",
        f"{en} (with the other rules as they are, {possible} at most)",
    )


def _available(problem: Problem) -> int:
    return sum(problem.room(expert) > 0 for expert in problem.experts)


def _reviewers(problem: Problem, needed: int, _: int | None) -> tuple[str, str]:
    short = [(a, free) for a in problem.applications if (free := _free(problem, a)) < needed]
    if not short:
        available = _available(problem)
        return (
            f"每份申报需要 {needed} 名无利害关系的评审员，可用评审员共 {available} 名",
            f"each application needs {needed} reviewers without an interest, {available} reviewers are available in all",
        )
    worst, free = min(short, key=lambda pair: (pair[1], pair[0].sequence))
    more_zh = f"（另有 {len(short) - 1} 份申报同样不足）" if len(short) > 1 else ""
    more_en = f" (and {len(short) - 1} more applications)" if len(short) > 1 else ""
    return (
        f"第 {worst.sequence} 号申报需要 {needed} 名无利害关系的评审员，可用 {free} 名{more_zh}",
        f"application no. {worst.sequence} needs {needed} reviewers without an interest, {free} available{more_en}",
    )


def _free(problem: Problem, application: Application) -> int:
    """How many could read it."""
    return sum(
        problem.room(e) > 0 and application.application_id not in problem.barred(e) for e in problem.experts
    )


def _size(problem: Problem, needed: int, _: int | None) -> tuple[str, str]:
    available = _available(problem)
    return (
        f"评审组需要 {needed} 名评审员，可用 {available} 名",
        f"the panel needs {needed} reviewers, {available} available",
    )


def _odd(problem: Problem, *_: int | None) -> tuple[str, str]:
    return "评审组人数须为单数", "the panel must have an odd number of members"


def _share(problem: Problem, needed: int, _: int | None) -> tuple[str, str]:
    size = least_size(problem.rule)
    available = _available(problem)
    industry = sum(problem.room(e) > 0 and e.industry_expert for e in problem.experts)
    return (
        f"{size} 人的评审组需要 {needed} 名行业专家，可用 {industry} 名（可用评审员共 {available} 名）",
        f"a panel of {size} needs {needed} industry experts, {industry} available (of {available} reviewers)",
    )


def _employer(problem: Problem, needed: int, _: int | None) -> tuple[str, str]:
    employers = {e.employer or e.expert_id for e in problem.experts if problem.room(e) > 0}
    return (
        f"同一单位至多 {needed} 人，可用的 {_available(problem)} 名评审员来自 {len(employers)} 个单位",
        f"at most {needed} from one employer, the {_available(problem)} available are from {len(employers)} employers",
    )


def _load(problem: Problem, needed: int, _: int | None) -> tuple[str, str]:
    capacity, demand = sum(problem.room(e) for e in problem.experts), _demand(problem)
    return (
        f"每人至多承担 {needed} 份申报，可用评审员合计可承担 {capacity} 份次，共需 {demand} 份次",
        f"at most {needed} applications each: those available can take {capacity} in all, {demand} are needed",
    )


def _own_load(problem: Problem, *_: int | None) -> tuple[str, str]:
    capacity, demand = sum(problem.room(e) for e in problem.experts), _demand(problem)
    return (
        f"按本人承诺的份数，可用评审员合计可承担 {capacity} 份次，共需 {demand} 份次",
        f"by what they agreed to, those available can take {capacity} applications in all, {demand} are needed",
    )


def _demand(problem: Problem) -> int:
    return problem.rule.reviewers_per_application * len(problem.applications)


def _leader(problem: Problem, *_: int | None) -> tuple[str, str]:
    able = sum(problem.room(e) > 0 and e.may_lead for e in problem.experts)
    return (
        f"评审组需要 1 名可任组长的成员，可用评审员中有 {able} 名",
        f"the panel needs 1 member who may lead it, {able} available",
    )


def _fields(problem: Problem, needed: int, _: int | None) -> tuple[str, str]:
    worst, able = _worst(problem, "field")
    return (
        f"第 {worst} 号申报需要 {needed} 名熟悉其领域或行业的评审员，可用 {able} 名",
        f"application no. {worst} needs {needed} reviewers who know a field or industry of it, {able} available",
    )


def _languages(problem: Problem, needed: int, _: int | None) -> tuple[str, str]:
    worst, able = _worst(problem, "language")
    return (
        f"第 {worst} 号申报需要 {needed} 名通晓其所用语言的评审员，可用 {able} 名",
        f"application no. {worst} needs {needed} reviewers who read its languages, {able} available",
    )


def _worst(problem: Problem, of: str) -> tuple[int, int]:
    """The application with the fewest who know it, and how many they are."""
    knows = knows_field if of == "field" else speaks
    counted = [
        (
            sum(
                problem.room(e) > 0 and a.application_id not in problem.barred(e) and knows(e, a)
                for e in problem.experts
            ),
            a.sequence,
        )
        for a in problem.applications
    ]
    able, sequence = min(counted)
    return sequence, able


_WITHOUT_REST = ("odd", "leader", "load_own")
_WORDS: dict[str, Callable[[Problem, int, int | None], tuple[str, str]]] = {
    "reviewers_per_application": _reviewers,
    "size_min": _size,
    "odd": _odd,
    "industry_share_min": _share,
    "employer_max": _employer,
    "load_max": _load,
    "load_own": _own_load,
    "leader": _leader,
    "field_readers_min": _fields,
    "language_readers_min": _languages,
}

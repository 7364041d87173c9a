"""A scenario held against the rulebook that it is to be played under. Pure.

Played under its own rulebook, whatever the rulebook does not know makes the file wrong. Played under another one (the
what-if), what that one has no place for, such as its stages or levels, is left out, and the result says so. What
cannot lawfully go on, for want of a panel, a quorum or a calendar, is never wrong: it is played and comes out blocked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from deploy.rehearsal.faults import Wrong
from deploy.rehearsal.scenario import Applicant, Scenario, Vote
from shared.rulebooks import Rulebook, Stage
from shared.rulebooks.exceptions import Winner, live_exceptions
from shared.rulebooks.model import NoSuchTrack, Quota
from shared.rulebooks.prior_awards import levels_won
from shared.strict_yaml import KeyPath


def check(scenario: Scenario, rulebook: Rulebook, *, what_if: bool = False) -> list[Wrong]:
    """Everything in the file that this rulebook makes wrong. In a `what_if` applicants were not written for it: one
    without the category that it asks for is played, and refused by its own rule.
    """
    return [
        *applicants(scenario, rulebook, what_if=what_if),
        *materials(scenario, rulebook),
        *lists_of_scores(scenario, rulebook),
        *proposals(scenario, rulebook),
        *(wrong for wrong, _ in _unknown(scenario, rulebook)),
    ]


def without_unknown(scenario: Scenario, rulebook: Rulebook) -> Scenario:
    """For the what-if: the scenario without what this rulebook has no place for, and a note for each."""
    found = list(_unknown(scenario, rulebook))
    notes = tuple(f"{'.'.join(map(str, w.path))}：{w.zh}，演练中略去 / {w.en}; left out" for w, _ in found)
    dropped = {path for _, path in found}

    def kept(path: KeyPath) -> bool:
        return path not in dropped

    votes: dict[str, Vote | Mapping[str, Vote]] = {}
    for handle, given in scenario.votes.items():
        if isinstance(given, Vote):
            votes[handle] = given
        elif levels := {level: vote for level, vote in given.items() if kept(("votes", handle, level))}:
            votes[handle] = levels
    applicants = {
        handle: a if kept(("applicants", handle, "withdraws_before")) else replace(a, withdraws_before=None)
        for handle, a in scenario.applicants.items()
    }
    proposal = scenario.proposal
    if proposal is not None and not all(kept(("proposal", handle)) for handle in proposal):
        proposal = None  # half a proposal would be another one
    return replace(
        scenario,
        applicants=applicants,
        scores={stage: figures for stage, figures in scenario.scores.items() if kept(("scores", stage))},
        advance={stage: listed for stage, listed in scenario.advance.items() if kept(("advance", stage))},
        judgements={
            handle: {rule: answer for rule, answer in given.items() if kept(("judgements", handle, rule))}
            for handle, given in scenario.judgements.items()
        },
        objections=tuple(
            o for index, o in enumerate(scenario.objections) if kept(("objections", index, "notice"))
        ),
        votes=votes,
        proposal=proposal,
        notes=scenario.notes + notes,
    )


def scored_stages(rulebook: Rulebook, category: str | None) -> list[str]:
    """The stages with scores that an applicant of a category comes to, in order."""
    return [stage.key for stage in rulebook.stages if stage.scoring is not None and stage.takes(category)]


def category_of(applicant: Applicant, rulebook: Rulebook) -> str | None:
    """The applicant's category, None where the rulebook has none."""
    return applicant.category if rulebook.categories else None


def track_of(applicant: Applicant, rulebook: Rulebook) -> str | None:
    """The track that the applicant stands for, None where the rulebook has none for it."""
    try:
        return rulebook.track_of(applicant.kind, category_of(applicant, rulebook))
    except NoSuchTrack:
        return None


def applicants(scenario: Scenario, rulebook: Rulebook, *, what_if: bool = False) -> Iterator[Wrong]:
    """A category where the rulebook has them; and somebody whom it knows, or at least refuses by a rule of its own."""
    for handle, applicant in scenario.applicants.items():
        if rulebook.categories and applicant.category not in rulebook.categories:
            if what_if and applicant.category is None:
                continue
            listed = ", ".join(rulebook.categories)
            yield Wrong(
                ("applicants", handle, "category"),
                f"须填类别，可选：{listed}",
                f"a category is needed, one of {listed}",
            )
        elif track_of(applicant, rulebook) is None and not _refuses_kinds(applicant, rulebook):
            yield Wrong(
                ("applicants", handle, "kind"),
                f"“{rulebook.title.zh}”没有供此类申报主体（{applicant.kind}）申报的奖项",
                f"{rulebook.id} has no award for applicants of kind {applicant.kind}",
            )


def _refuses_kinds(applicant: Applicant, rulebook: Rulebook) -> bool:
    category = category_of(applicant, rulebook)
    return any(
        c.operator == "kind_is"
        and c.addresses(applicant.kind, category)
        and applicant.kind not in c.parameters["kinds"]
        for c in rulebook.conditions
    )


def materials(scenario: Scenario, rulebook: Rulebook) -> Iterator[Wrong]:
    """Missing materials are named as in the rulebook."""
    for handle, applicant in scenario.applicants.items():
        known = required_materials(applicant, rulebook)
        for index, name in enumerate(applicant.missing_materials):
            if name not in known:
                yield Wrong(
                    ("applicants", handle, "missing_materials", index),
                    f"没有材料 {name}，可选：{', '.join(known)}",
                    f"no material {name}; there are {', '.join(known)}",
                )


def required_materials(applicant: Applicant, rulebook: Rulebook) -> tuple[str, ...]:
    """What an applicant of this kind hands in; of a kind that the rulebook does not know: everything."""
    return rulebook.materials(applicant.kind) or tuple(material.name for material in rulebook.all_materials)


def lists_of_scores(scenario: Scenario, rulebook: Rulebook) -> Iterator[Wrong]:
    """A list of scores has as many figures as reviewers are assigned."""
    for stage in rulebook.stages:
        if stage.panel is None:
            continue
        reviewers = stage.panel.reviewers_per_application
        for who, figure in scenario.scores.get(stage.key, {}).items():
            if isinstance(figure, tuple) and len(figure) != reviewers:
                yield Wrong(
                    ("scores", stage.key, who),
                    f"有 {len(figure)} 个分数，应有 {reviewers} 个（每份申报的评审员人数）",
                    f"{len(figure)} figures, {reviewers} reviewers are assigned to each application",
                )


def proposals(scenario: Scenario, rulebook: Rulebook) -> Iterator[Wrong]:
    """No quota holds fewer places than the office proposes."""
    placed: dict[str, list[str]] = defaultdict(list)
    quotas: dict[str, Quota] = {}
    for handle, level in (scenario.proposal or {}).items():
        applicant = scenario.applicants.get(handle)
        track = track_of(applicant, rulebook) if applicant else None
        if applicant is None or track is None or not _can_win(rulebook, level, track):
            continue
        try:
            quota = rulebook.quota_of(level, track)
        except KeyError:
            continue
        if not _free_of_quota(applicant, rulebook, level, track):
            quotas[quota.id] = quota
            placed[quota.id].append(handle)
    for name, handles in placed.items():
        places = quotas[name].places
        if places is not None and len(handles) > places:
            levels = "、".join(quotas[name].levels)
            yield Wrong(
                ("proposal",),
                f"{levels}共 {places} 个名额，建议了 {len(handles)} 个：{', '.join(handles)}",
                f"{len(handles)} are proposed for {levels}, which has {places} places: {', '.join(handles)}",
            )


def _can_win(rulebook: Rulebook, level: str, track: str) -> bool:
    return any(each.name == level for each in rulebook.levels_of(track))


def _free_of_quota(applicant: Applicant, rulebook: Rulebook, level: str, track: str) -> bool:
    """Whether an award won before means that this one uses no place."""
    grant = rulebook.grant_for(level, track)
    won = levels_won(rulebook, applicant.facts.get("prior_awards", ()))
    exceptions = live_exceptions(grant, Winner.of(applicant.kind, applicant.facts, won)) if grant else ()
    return any(each.uses_quota is False for each in exceptions)


def _unknown(scenario: Scenario, rulebook: Rulebook) -> Iterator[tuple[Wrong, KeyPath]]:
    """What the rulebook has no place for, each with the path that a what-if leaves out."""
    stages = {stage.key: stage for stage in rulebook.stages}
    yield from _unknown_stages(scenario, rulebook, stages)
    rules = {condition.rule for condition in rulebook.conditions}
    for handle, given in scenario.judgements.items():
        for rule in given:
            if rule not in rules:
                path: KeyPath = ("judgements", handle, rule)
                yield Wrong(path, f"没有条款 {rule}", f"no rule {rule}"), path
    for index, objection in enumerate(scenario.objections):
        if f"notice:{objection.notice}" not in stages:
            path = ("objections", index, "notice")
            yield Wrong(path, f"没有公示 {objection.notice}", f"no notice {objection.notice}"), path
    levels = {level.name for level in rulebook.levels}
    for handle, vote in scenario.votes.items():
        for level in () if isinstance(vote, Vote) else vote:
            if level not in levels:
                path = ("votes", handle, level)
                yield Wrong(path, f"没有奖项等次 {level}", f"no level {level}"), path
    for handle, level in (scenario.proposal or {}).items():
        applicant = scenario.applicants.get(handle)
        track = track_of(applicant, rulebook) if applicant else None
        if level not in levels or (track is not None and not _can_win(rulebook, level, track)):
            path = ("proposal", handle)
            yield Wrong(path, f"没有可授予它的奖项等次 {level}", f"no level {level} that it could win"), path


def _unknown_stages(
    scenario: Scenario, rulebook: Rulebook, stages: Mapping[str, Stage]
) -> Iterator[tuple[Wrong, KeyPath]]:
    for key in scenario.scores:
        if key not in stages or stages[key].scoring is None:
            path: KeyPath = ("scores", key)
            yield Wrong(path, f"没有评分阶段 {key}", f"no stage {key} that is scored"), path
    for key in scenario.advance:
        if key not in stages or stages[key].entry != "office":
            path = ("advance", key)
            yield (
                Wrong(path, f"没有由评审办确定名单的阶段 {key}", f"no stage {key} that the office lets into"),
                path,
            )
    for handle, applicant in scenario.applicants.items():
        stage = applicant.withdraws_before
        if stage is None:
            continue
        if stage not in stages or not stages[stage].takes(category_of(applicant, rulebook)):
            path = ("applicants", handle, "withdraws_before")
            yield Wrong(path, f"它不经过阶段 {stage}", f"it never comes to a stage {stage}"), path


def unscored(scenario: Scenario, rulebook: Rulebook, reaching: Mapping[str, Any]) -> Iterator[Wrong]:
    """Who comes to its first scored stage and has no figure there; `reaching` holds the handles that come so far."""
    for handle in reaching:
        applicant = scenario.applicants[handle]
        stages = scored_stages(rulebook, category_of(applicant, rulebook))
        given = scenario.scores.get(stages[0], {}) if stages else {}
        if stages and handle not in given and "others" not in given:
            yield Wrong(
                ("scores", stages[0]),
                f"{handle} 进入首个评分阶段，但没有分数（也没有 others）",
                f"{handle} comes to the first scored stage and has no figure, and there are no others",
            )

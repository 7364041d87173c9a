"""一张选票: a member's choices, checked against the ballot and against what it stands aside from. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from shared.problems import FieldError


def checked(
    given: Sequence[Mapping[str, str]],
    *,
    asked: Collection[str],
    here: Collection[str],
    aside: Collection[str],
    undeclared: bool,
) -> tuple[dict[str, str], list[FieldError]]:
    """The choices that count, and what is wrong with the ballot, by field.

    `asked`: the candidates of the ballot; `here`: those not withdrawn since, of whom each needs a choice; `aside`: those from
    which the member stands aside, of whom none may carry one. `undeclared`: a member may stand aside by its ballot alone, as in a
    rehearsal.
    """
    errors: list[FieldError] = []
    chosen: dict[str, str] = {}
    for index, line in enumerate(given):
        application, choice = line["application_id"], line["choice"]
        if application not in asked or application in chosen:
            errors.append(
                FieldError(
                    f"choices.{index}.application_id",
                    "不在本轮候选之列，或填了两次",
                    "not in this ballot, or given twice",
                )
            )
        elif application in aside and choice != "recused":
            errors.append(
                FieldError(f"choices.{index}.choice", "您已回避，不能表决", "you stand aside from this one")
            )
        elif choice == "recused" and application not in aside and not undeclared:
            errors.append(
                FieldError(
                    f"choices.{index}.choice",
                    "回避须在表决开始前申请",
                    "standing aside is declared before the ballot opens",
                )
            )
        chosen[application] = choice
    if missing := {a for a in asked if a in here and a not in aside} - chosen.keys():
        errors.append(
            FieldError(
                "choices", f"尚有 {len(missing)} 项未表决", f"{len(missing)} candidates are unanswered"
            )
        )
    return {a: choice for a, choice in chosen.items() if a in here and a not in aside}, errors

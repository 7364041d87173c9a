"""What an application lacks, as a list shows it at once: by its rulebook's conditions, without judging any. Pure."""

from __future__ import annotations

from collections.abc import Collection

from shared.rulebooks import Condition, Rulebook


def missing_materials(
    rulebook: Rulebook, kind: str, category: str | None, given: Collection[str]
) -> tuple[str, ...]:
    """What is asked of every applicant of this kind and category and was not handed in, in the rulebook's order.

    What hangs on a fact (a proof that only some need) is left to the findings.
    """
    asked = {
        str(condition.parameters["name"])
        for condition in rulebook.conditions
        if condition.operator == "material" and not condition.when and condition.addresses(kind, category)
    }
    return tuple(name for name in rulebook.materials(kind) if name in asked and name not in given)


def asking_recommendation(rulebook: Rulebook) -> tuple[Condition, ...]:
    """The conditions that ask for a recommendation; each says of which kinds and categories."""
    return tuple(
        condition
        for condition in rulebook.conditions
        if condition.operator == "given" and condition.parameters["field"] == "recommended_by"
    )


def lacking(rulebook: Rulebook, kind: str, category: str | None, given: Collection[str]) -> str:
    """The same as its column holds it, with spaces between the names."""
    return " ".join(missing_materials(rulebook, kind, category, given))

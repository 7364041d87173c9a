"""The form that a rulebook asks to be filled in: what its conditions, money and places depend on, and nothing else."""

from __future__ import annotations

import pytest

from shared.contracts.dossier import Facts
from shared.rulebooks.facts import FACTS
from shared.rulebooks.form import Form, form
from tests.unit.rulebooks.cases import changning, hangzhou, installed, shenzhen_2020, shenzhen_2023

pytestmark = pytest.mark.unit

_EACH = [(book, kind) for book in installed() for kind in book.kinds]


def _names(found: Form) -> set[str]:
    return {part.name for part in found.facts}


@pytest.mark.parametrize(("book", "kind"), _EACH, ids=[f"{book.id} {kind}" for book, kind in _EACH])
def test_every_part_is_a_fact_that_a_dossier_can_hold(book: object, kind: str) -> None:
    """Each has a form, a title in both languages, an article of this rulebook, and stands in the form once."""
    found = form(book, kind)  # type: ignore[arg-type]
    names = [part.name for part in found.facts]
    assert len(names) == len(set(names))
    for part in found.facts:
        fact = part.name.removeprefix("facts.")
        assert part.form == FACTS[fact].form
        assert fact in Facts().fields
        assert part.rules
        assert part.title.zh
        assert part.title.en
    assert [material.name for material in found.materials] == list(book.materials(kind))  # type: ignore[attr-defined]


def test_an_organization_of_changning_states_what_article_16_and_18_ask() -> None:
    """The employer's losses are not asked of an individual (17.4), quality work not of an organization (17.1)."""
    organization = form(changning(), "organization")
    assert {"facts.region", "facts.operating_since", "facts.profit_yuan", "facts.prior_awards"} <= _names(
        organization
    )
    assert "facts.quality_work_since" not in _names(organization)
    individual = form(changning(), "individual")
    assert "facts.profit_yuan" not in _names(individual)
    assert "facts.quality_work_since" in _names(individual)
    contact = ["contact_name", "contact_phone", "contact_email"]  # asked of everybody, needed of nobody
    assert [part.name for part in individual.identity] == ["name", "uscc", "id_number", *contact]
    assert not [part for part in individual.identity if part.name in contact and part.needed]
    assert [part.name for part in organization.by_others] == ["recommended_by"]


def test_what_absent_means_none_is_not_needed() -> None:
    """Nobody has to say that it won nothing and belongs to no group; a region has to be said."""
    parts = {part.name: part for part in form(shenzhen_2020(), "organization").facts}
    assert not parts["facts.prior_awards"].needed
    assert not parts["facts.group"].needed
    assert parts["facts.region"].needed


def test_a_category_is_one_of_the_rulebooks() -> None:
    """Shenzhen 2020 has seven; the choices have words for people. The others have none, and do not ask."""
    (category,) = [part for part in form(shenzhen_2020(), "project").identity if part.name == "category"]
    assert [choice.value for choice in category.choices] == list(shenzhen_2020().categories)
    assert all(choice.title.zh != choice.value for choice in category.choices)
    assert "category" not in {part.name for part in form(changning(), "organization").identity}


def test_what_one_category_alone_asks_is_not_asked_of_another() -> None:
    """A form for one category holds no more than the form for all of them."""
    for category in shenzhen_2020().categories:
        assert _names(form(shenzhen_2020(), "organization", category)) <= _names(
            form(shenzhen_2020(), "organization")
        )


def test_what_only_money_and_places_depend_on_is_asked_too() -> None:
    """Hangzhou's grant follows the project's cost, Shenzhen's exceptions the budget, its reserve the innovative SMEs."""
    assert "facts.project_cost_yuan" in _names(form(hangzhou(), "organization"))
    assert "facts.state_budget_funded" in _names(form(shenzhen_2020(), "organization"))
    assert "facts.innovative_sme" in _names(form(shenzhen_2023(), "organization"))

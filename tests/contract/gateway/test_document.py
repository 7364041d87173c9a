"""The OpenAPI document and its page: valid, true to the contracts, and nothing on them from elsewhere."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, cast

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.gateway.app import Gateway, create_app
from services.gateway.examples import sample
from services.gateway.identity import Identity
from services.gateway.routes import JSON, PREFIX, ROUTES, roles_of, spec_of
from shared.config import Settings
from shared.contracts import load
from shared.contracts.operations import OPERATIONS
from shared.rulebooks import library
from tests.support.gateway import InProcess


@pytest.fixture(scope="module")
def app() -> Flask:
    """The application; nobody signs in here."""
    return create_app(Gateway(Settings(environment="test"), cast(Identity, None), InProcess(), library()))


@pytest.fixture(scope="module")
def spec(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
    return found


@pytest.fixture(scope="module")
def page(app: Flask) -> str:
    return unescape(app.test_client().get("/docs").get_data(as_text=True))


def test_the_document_is_openapi_3_1(spec: dict[str, Any]) -> None:
    assert spec["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(spec).iter_errors()) == []


def test_every_route_is_in_it_with_its_roles(spec: dict[str, Any]) -> None:
    assert sum(
        len([verb for verb in item if verb != "parameters"]) for item in spec["paths"].values()
    ) == len(ROUTES)
    for route in ROUTES:
        operation = spec["paths"][PREFIX + route.path][route.verb.lower()]
        assert set(operation["x-roles"]) == (
            {"public"} if "public" in roles_of(route) else set(roles_of(route))
        )
        assert ({} in operation["security"]) == ("public" in roles_of(route))
        given = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert given == set(route.in_path)


def test_every_example_is_valid(spec: dict[str, Any]) -> None:
    """Each request, each answer and each problem, against the schema that stands beside it."""
    checked = 0
    for item in spec["paths"].values():
        for operation in (part for verb, part in item.items() if verb != "parameters"):
            contents = [answer.get("content", {}) for answer in operation["responses"].values()]
            if "requestBody" in operation:
                contents.append(operation["requestBody"]["content"])
            for content in contents:
                for media in (media for kind, media in content.items() if "json" in kind):  # a file has none
                    schema = {**media["schema"], "components": spec["components"]}
                    Draft202012Validator(schema).validate(media["example"])
                    checked += 1
    # A problem each, and what is given where that is JSON; what is taken comes on top.
    assert checked >= len(ROUTES) + sum(route.gives == JSON for route in ROUTES)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_example_of_an_answer_is_accepted_by_its_contract(name: str) -> None:
    reply = OPERATIONS[name].reply()
    load(reply, sample(reply))


def test_the_schemas_refuse_unknown_fields(spec: dict[str, Any]) -> None:
    """As the contracts do."""
    for route in ROUTES:
        if route.takes_body:
            operation = spec["paths"][PREFIX + route.path][route.verb.lower()]
            name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[
                2
            ]
            assert spec["components"]["schemas"][name]["additionalProperties"] is False, name


def test_nothing_on_the_page_comes_from_elsewhere(page: str, app: Flask) -> None:
    """No address of another machine, no script, no inline style: the strict policy has nothing to refuse."""
    style = app.test_client().get("/docs/style.css").get_data(as_text=True)
    for text in (page, style):
        assert not re.search(r"(?:https?:)?//[a-z]", text), "an address of another machine"
        assert "@import" not in text
        assert "url(" not in text
    assert "<script" not in page
    assert "style=" not in page
    assert not re.search(r"\son[a-z]+=", page)
    used = set(re.findall(r'(?:src|href)="([^"#][^"]*)"', page))
    assert used == {"/docs/style.css", "/openapi.json"}


def test_the_page_has_a_strict_policy(app: Flask) -> None:
    policy = app.test_client().get("/docs").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy


def test_every_link_within_the_page_leads_somewhere(page: str) -> None:
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets


def test_the_page_names_every_route_in_both_languages(page: str) -> None:
    for route in ROUTES:
        operation = spec_of(route)
        assert PREFIX + route.path in page
        assert operation.summary_zh in page
        assert operation.summary_en in page

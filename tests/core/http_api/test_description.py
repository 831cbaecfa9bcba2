"""The OpenAPI document: valid, complete, and true: Schemathesis makes requests of it and looks at every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newswire.http_api.problems import KINDS
from newswire.http_api.routes import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINES = ("sqlite",)
LINES = "application/x-ndjson"


@pytest.fixture
def document(served: Any) -> Any:
    return httpx.get(f"{served.url}/api/openapi.json").json()


def test_every_address_is_described(document: Any) -> None:
    described = {path: {name for name in item if name != "parameters"} for path, item in document["paths"].items()}
    assert described == {route.path: {method.lower() for method in route.operations} for route in ROUTES}
    assert set(document["components"]["responses"]) == {kind.name for kind in KINDS}
    assert document["components"]["schemas"]["Edition"]["properties"]["language"]["enum"] == [
        "en", "de", "fr", "ar", "zh-Hans",
    ]  # fmt: skip


def test_every_schema_is_one_and_every_reference_leads_somewhere(document: Any) -> None:
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)

    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for part in value.values():
                yield from references(part)
        elif isinstance(value, list):
            for part in value:
                yield from references(part)

    for reference in set(references(document)):
        found = document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]


def test_a_problems_type_leads_to_its_description(served: Any, document: Any) -> None:
    problem = served.client.get("/api/articles/none").json()
    address, _, place = problem["type"].partition("#/")
    assert address == f"{served.url}/api/openapi.json"
    section, kind, name = place.split("/")
    assert document[section][kind][name]["description"] == problem["title"]


def test_what_is_described_is_so(served: Any) -> None:
    """Requests by the document, right ones and wrong ones: no failure, and no answer that is not described."""
    served.put("0", "en", "de")
    schema = schemathesis.openapi.from_url(f"{served.url}/api/openapi.json")
    headers = {"Authorization": served.client.headers["Authorization"]}
    schemathesis.openapi.media_type(LINES, st.binary(max_size=200))
    schemathesis.openapi.media_type("application/jsonl", st.binary(max_size=200))
    tried = 0
    found: Any
    for found in schema.get_all_operations():
        operation = found.ok()
        every = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
        for mode in every:
            tried += _try(operation, mode, headers)
    assert tried >= 80


def _try(operation: Any, mode: Any, headers: dict[str, str]) -> int:
    tried = 0

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def every(case: Any) -> None:
        nonlocal tried
        tried += 1
        # What a schema cannot say (that a date exists, that an edition is the original's) is refused all the same.
        excluded = [schemathesis.checks.positive_data_acceptance]
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    every()
    return tried

"""The OpenAPI document, made of the routes and of the models they take and give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from newswire import __version__
from newswire.http_api import problems
from newswire.http_api.bodies import JSON
from newswire.http_api.problems import KINDS, MEDIA_TYPE
from newswire.http_api.records import ProblemDetails
from newswire.http_api.routes import ROUTES
from newswire.model import ID_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from newswire.http_api.problems import Kind
    from newswire.http_api.routes import Operation, Route
    from newswire.model import Record
    from newswire.site import Site

_SCHEMAS = "#/components/schemas/"
_EVERYWHERE = (problems.MALFORMED, problems.UNAUTHORIZED, problems.FORBIDDEN, problems.TOO_MANY, problems.UNAVAILABLE)
_INTRODUCTION = """\
Articles come in, are read and are withdrawn here. Every request needs a token of `newswire token create`, sent as
`Authorization: Bearer ...`. HEAD and OPTIONS are answered wherever GET is. What cannot be done is told as problem
details (RFC 9457) that name the field."""
_HEADERS = {
    "ETag": {"description": "Names this state, for If-Match and If-None-Match.", "schema": {"type": "string"}},
    "Location": {"description": "The path of what was made.", "schema": {"type": "string"}},
}
_CONDITIONS = {
    "If-Match": "ETags, or `*`: the request holds only where what is there has one of them.",
    "If-None-Match": "ETags, or `*`: the request holds only where what is there has none of them.",
}
_TAGS = {"type": "string", "pattern": r'^(\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$'}


def document(site: Site, public_url: str) -> dict[str, Any]:
    """The OpenAPI document of a site's API (OpenAPI 3.1)."""
    return {
        "openapi": "3.1.0",
        "info": {"title": f"newswire: {site.name}", "version": __version__, "description": _INTRODUCTION},
        "servers": [{"url": public_url}],
        "security": [{"token": []}],
        "paths": {route.path: _path(route, site) for route in ROUTES},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(site),
            "responses": {kind.name: _problem(kind) for kind in KINDS},
        },
    }


def _schemas(site: Site) -> dict[str, Any]:
    operations = [operation for route in ROUTES for operation in route.operations.values()]
    taken = [operation.body for operation in operations if operation.body]
    given = [model for operation in operations for model in operation.gives.values()]
    models = [(model, "validation") for model in dict.fromkeys([*taken, *given, ProblemDetails])]
    _, schema = models_json_schema(models, ref_template=f"{_SCHEMAS}{{model}}")  # type: ignore[arg-type]  # a literal
    found: dict[str, Any] = schema["$defs"]
    for model, name in (("Edition", "language"), ("Article", "original_language")):
        found[model]["properties"][name]["enum"] = list(site.languages)
    return found


def _path(route: Route, site: Site) -> dict[str, Any]:
    schemas: Mapping[str, dict[str, Any]] = {
        "id": {"type": "string", "pattern": ID_PATTERN, "minLength": 1, "maxLength": 200},
        "language": {"type": "string", "enum": list(site.languages)},
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "description": description, "schema": schemas[name]}
        for name, description in route.places.items()
        if f"{{{name}}}" in route.path
    ]
    operations = {method.lower(): _operation(operation, site) for method, operation in route.operations.items()}
    return ({"parameters": parameters} if parameters else {}) | operations


def _operation(operation: Operation, site: Site) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": one.name, "in": "query", "description": one.description, "schema": dict(one.schema)}
        for one in operation.parameters
    ]
    kinds = {*_EVERYWHERE, *operation.problems}
    if operation.conditional:
        kinds.add(problems.CHANGED)
        parameters += [
            {"name": name, "in": "header", "description": description, "schema": _TAGS}
            for name, description in _CONDITIONS.items()
        ]
    told: dict[str, Any] = {
        "operationId": operation.handler.__name__,
        "summary": operation.summary,
        "description": f"{operation.description} Needs the scope `{operation.scope.value}`.".strip(),
        "parameters": parameters,
        "responses": _answers(operation, kinds),
    }
    if operation.body:
        schema = _taken(operation, site)
        content = {
            media: {"schema": schema if media == JSON else {"type": "string"}} for media in operation.media_types
        }
        told["requestBody"] = {"required": True, "content": content}
    return told


def _taken(operation: Operation, site: Site) -> dict[str, Any]:
    """The schema of a body; what the address names, too, may be left out."""
    schemas = _schemas(site)
    name = operation.body.__name__ if operation.body else ""
    if not operation.filled_in:
        return {"$ref": _SCHEMAS + name}
    whole: dict[str, Any] = schemas[name]
    return whole | {"required": [key for key in whole["required"] if key != operation.filled_in]}


def _answers(operation: Operation, kinds: Iterable[Kind]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, model in operation.gives.items():
        names = _headers(operation, status)
        answers[str(status)] = {"description": (model.__doc__ or "").strip(), "content": _content(operation, model)}
        if names:
            answers[str(status)]["headers"] = {name: _HEADERS[name] for name in names}
    if operation.conditional and operation.body is None and operation.scope == "read":
        answers["304"] = {"description": "The client has this state already."}
    for kind in sorted(kinds, key=lambda kind: kind.status):
        answers[str(kind.status)] = {"$ref": f"#/components/responses/{kind.name}"}
    return answers


def _content(operation: Operation, model: type[Record]) -> dict[str, Any]:
    reference = {"$ref": _SCHEMAS + model.__name__}
    if operation.gives_type == JSON:
        return {JSON: {"schema": reference}}
    return {operation.gives_type: {"schema": {"type": "string", "description": f"Lines, each a {model.__name__}."}}}


def _headers(operation: Operation, status: int) -> list[str]:
    if operation.scope == "read" and operation.conditional:
        return ["ETag"]
    return ["Location"] if status == 201 and operation.filled_in == "id" else []  # noqa: PLR2004  # a status code


def _problem(kind: Kind) -> dict[str, Any]:
    schema = {"$ref": _SCHEMAS + ProblemDetails.__name__}
    return {"description": kind.title, "content": {MEDIA_TYPE: {"schema": schema}}}

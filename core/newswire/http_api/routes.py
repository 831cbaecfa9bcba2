"""The addresses of the API, what each can do, and what it takes and gives: one table for serving and describing."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.responses import Response

from newswire.http_api import problems, records
from newswire.http_api.articles import LIMIT, MOST, list_articles, put_article, read_article, withdraw_article
from newswire.http_api.bodies import JSON, LINES
from newswire.http_api.call import Call, Desk
from newswire.http_api.changing import as_language
from newswire.http_api.counts import count_articles
from newswire.http_api.deliveries import list_deliveries
from newswire.http_api.editions import delete_edition, put_edition, read_edition
from newswire.http_api.importing import import_articles
from newswire.http_api.problems import Kind, wrong_parameter
from newswire.http_api.translations import (
    ask_for_translation,
    cancel_translation,
    list_translations,
    read_translation,
)
from newswire.model import ID_PATTERN, Article, Edition, Record
from newswire.store.tokens import TokenScope

Handler = Callable[[Desk, Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What may stand behind the question mark."""

    name: str
    schema: Mapping[str, Any]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a method does at an address."""

    handler: Handler
    scope: TokenScope
    summary: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: type[Record] | None = None
    filled_in: str = ""
    """The key of the body that the address names, too, so that it may be left out."""
    media_types: tuple[str, ...] = (JSON,)
    """Of the body."""
    gives: Mapping[int, type[Record]]
    """What is answered, by status code."""
    gives_type: str = JSON
    conditional: bool = True
    """Whether it looks at If-Match and If-None-Match."""
    problems: tuple[Kind, ...] = ()
    """What may be answered besides what every address may answer."""


@dataclass(frozen=True, slots=True)
class Route:
    """An address."""

    path: str
    operations: Mapping[str, Operation]
    """What it can do, by method."""
    places: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What stands in the path between braces, and what it means."""

    @property
    def methods(self) -> str:
        """The methods it knows, for ``Allow``."""
        known = [*self.operations, "HEAD", "OPTIONS"] if "GET" in self.operations else [*self.operations, "OPTIONS"]
        return ", ".join(sorted(known))


_SWITCH = {"type": "string", "enum": ["true", "false"], "default": "false"}
_REINSTATE = Parameter("reinstate", _SWITCH, "Whether a withdrawn article comes back.")
_LIMIT = Parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}, "How many at most.")
_CURSOR = Parameter("cursor", {"type": "string"}, "The `next` of the part before.")
_LIST = (
    Parameter("language", {"type": "string"}, "A BCP 47 tag: only what has an edition in this language of the site."),
    Parameter("topics", {"type": "string"}, "A topic, or an expression: `(ai & policy) | chips & !crypto`."),
    Parameter("source", {"type": "string"}, "A source, by name or slug."),
    Parameter(
        "status",
        {"type": "string", "enum": ["published", "withdrawn"], "default": "published"},
        "What is to be read, the newest change first; or what is withdrawn, by id.",
    ),
    _LIMIT,
    _CURSOR,
)
_BODY = (problems.TOO_LARGE, problems.MEDIA, problems.INVALID)
_IN_PATH = {
    "id": "The article's id, percent-encoded: a slash in it is written `%2F`.",
    "language": "A BCP 47 language tag.",
}

ROUTES = (
    Route(
        "/api/articles",
        {
            "GET": Operation(
                handler=list_articles,
                scope=TokenScope.READ,
                summary="List articles",
                description="In parts: each names the cursor of the next.",
                parameters=_LIST,
                gives={200: records.ArticleList},
                conditional=False,
            ),
            "POST": Operation(
                handler=import_articles,
                scope=TokenScope.WRITE,
                summary="Take in many articles",
                description=(
                    "One article in JSON a line, each taken in as by PUT without a condition. The answer has a line "
                    "for each, and one more that counts them. It is given when everything was read. Whoever was cut "
                    "off sends the same again: what was taken already is `unchanged`."
                ),
                parameters=(_REINSTATE,),
                body=Article,
                media_types=LINES,
                gives={200: records.ImportLine},
                gives_type=LINES[0],
                conditional=False,
                problems=(problems.MEDIA,),
            ),
        },
    ),
    Route(
        "/api/counts",
        {
            "GET": Operation(
                handler=count_articles,
                scope=TokenScope.READ,
                summary="Count what is published",
                description="By language, and in it by topic, source and month.",
                parameters=(
                    Parameter("language", {"type": "string"}, "A BCP 47 tag: only this language of the site."),
                ),
                gives={200: records.CountList},
                conditional=False,
            ),
        },
    ),
    Route(
        "/api/articles/{id}",
        {
            "GET": Operation(
                handler=read_article,
                scope=TokenScope.READ,
                summary="Read an article",
                gives={200: records.ArticleRecord},
                problems=(problems.UNKNOWN,),
            ),
            "PUT": Operation(
                handler=put_article,
                scope=TokenScope.WRITE,
                summary="Publish an article, or revise it",
                description=(
                    "The same content again changes nothing. The editions sent replace all that came in by this API; "
                    "those of other intakes stay. Where that would delete an edition, a condition is needed. "
                    "`If-None-Match: *` only takes in what is not there yet."
                ),
                parameters=(_REINSTATE,),
                body=Article,
                filled_in="id",
                gives={200: records.Taken, 201: records.Taken},
                problems=(*_BODY, problems.CONFLICT, problems.UNCONDITIONAL),
            ),
            "DELETE": Operation(
                handler=withdraw_article,
                scope=TokenScope.WRITE,
                summary="Withdraw an article",
                description="It leaves every feed, and every post of it is deleted.",
                gives={200: records.Taken},
                problems=(problems.UNKNOWN, problems.CONFLICT),
            ),
        },
        _IN_PATH,
    ),
    Route(
        "/api/articles/{id}/editions/{language}",
        {
            "GET": Operation(
                handler=read_edition,
                scope=TokenScope.READ,
                summary="Read an edition",
                gives={200: records.EditionRecord},
                problems=(problems.UNKNOWN,),
            ),
            "PUT": Operation(
                handler=put_edition,
                scope=TokenScope.WRITE,
                summary="Add an edition, or revise it",
                description="Posts and feed entries that fell back to another language are edited in place.",
                body=Edition,
                filled_in="language",
                gives={200: records.Taken, 201: records.Taken},
                problems=(*_BODY, problems.UNKNOWN, problems.CONFLICT),
            ),
            "DELETE": Operation(
                handler=delete_edition,
                scope=TokenScope.WRITE,
                summary="Take an edition away",
                gives={200: records.Taken},
                problems=(problems.UNKNOWN, problems.CONFLICT, problems.INVALID),
            ),
        },
        _IN_PATH,
    ),
    Route(
        "/api/articles/{id}/deliveries",
        {
            "GET": Operation(
                handler=list_deliveries,
                scope=TokenScope.READ,
                summary="See what became of an article",
                description="Per channel: what it should show, what it shows, why, and every attempt.",
                parameters=(_LIMIT, _CURSOR),
                gives={200: records.DeliveryList},
                conditional=False,
                problems=(problems.UNKNOWN,),
            ),
        },
        _IN_PATH,
    ),
    Route(
        "/api/articles/{id}/translations",
        {
            "GET": Operation(
                handler=list_translations,
                scope=TokenScope.READ,
                summary="See which translations machines were asked for",
                gives={200: records.TranslationList},
                conditional=False,
                problems=(problems.UNKNOWN,),
            ),
        },
        _IN_PATH,
    ),
    Route(
        "/api/articles/{id}/translations/{language}",
        {
            "GET": Operation(
                handler=read_translation,
                scope=TokenScope.READ,
                summary="See how it stands with a translation",
                gives={200: records.TranslationRecord},
                conditional=False,
                problems=(problems.UNKNOWN,),
            ),
            "PUT": Operation(
                handler=ask_for_translation,
                scope=TokenScope.WRITE,
                summary="Ask a machine for a translation",
                description="What was asked for already is not asked for twice; what was refused is tried again.",
                gives={200: records.TranslationRecord, 202: records.TranslationRecord},
                conditional=False,
                problems=(problems.UNKNOWN, problems.CONFLICT),
            ),
            "DELETE": Operation(
                handler=cancel_translation,
                scope=TokenScope.WRITE,
                summary="Let a translation be that is not done yet",
                gives={200: records.TranslationRecord},
                conditional=False,
                problems=(problems.UNKNOWN, problems.CONFLICT),
            ),
        },
        _IN_PATH,
    ),
)


def find(raw_path: bytes) -> tuple[Route, dict[str, bytes]] | None:
    """The route of a path as it was sent, and what stands in it; None where there is none.

    An id may hold slashes. They are told from those of the path by being percent-encoded (RFC 3986, section 2.2; and
    OpenAPI 3.1, "Path Templating": a value holds no unescaped slash).
    """
    parts = raw_path.split(b"/")
    for route in ROUTES:
        template = route.path.split("/")
        values: dict[str, bytes] = {}
        if len(template) == len(parts) and all(_fits(*pair, values) for pair in zip(template, parts, strict=True)):
            return route, values
    return None


def read(values: Mapping[str, bytes]) -> dict[str, str]:
    """What stands in a path, decoded and checked.

    Raises:
        Problem: an id or a language in it cannot be one.
    """
    return {name: _READ[name](_decoded(name, value)) for name, value in values.items()}


def _fits(template: str, part: bytes, values: dict[str, bytes]) -> bool:
    if not template.startswith("{"):
        return template.encode() == part
    values[template.strip("{}")] = part
    return bool(part)


def _decoded(name: str, part: bytes) -> str:
    try:
        return unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        raise wrong_parameter(name, "is no UTF-8") from None


def _as_id(value: str) -> str:
    if not re.fullmatch(ID_PATTERN, value) or len(value) > 200:  # noqa: PLR2004  # as in the model
        raise wrong_parameter(
            "id", "must be at most 200 letters, digits and . _ ~ / -, a letter or digit first; a slash is written %2F"
        )
    return value


_READ: Mapping[str, Callable[[str], str]] = {"id": _as_id, "language": as_language}

"""What the API answers when it cannot do what it is asked: problem details (RFC 9457) that name the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire.reading import words
from newswire.text import one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import ValidationError

MEDIA_TYPE = "application/problem+json"
_TOLD = 100
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem."""

    name: str
    """Its name in the OpenAPI document, where its `type` leads."""
    status: int
    title: str


MALFORMED = Kind("malformed", 400, "The request cannot be read")
UNAUTHORIZED = Kind("unauthorized", 401, "A token is needed")
FORBIDDEN = Kind("forbidden", 403, "The token does not have this scope")
UNKNOWN = Kind("unknown", 404, "There is nothing at this address")
METHOD = Kind("method", 405, "The address does not know this method")
CONFLICT = Kind("conflict", 409, "The article is not in a state to do this")
CHANGED = Kind("changed", 412, "The condition does not hold")
TOO_LARGE = Kind("too-large", 413, "The body is too large")
MEDIA = Kind("media-type", 415, "The media type of the body is not known here")
INVALID = Kind("invalid", 422, "The content is not as it must be")
UNCONDITIONAL = Kind("unconditional", 428, "A condition is needed")
TOO_MANY = Kind("too-many", 429, "Too many requests")
UNAVAILABLE = Kind("unavailable", 503, "The database does not answer")
KINDS = (
    MALFORMED,
    UNAUTHORIZED,
    FORBIDDEN,
    UNKNOWN,
    METHOD,
    CONFLICT,
    CHANGED,
    TOO_LARGE,
    MEDIA,
    INVALID,
    UNCONDITIONAL,
    TOO_MANY,
    UNAVAILABLE,
)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one part of a request."""

    detail: str
    pointer: str | None = None
    """A JSON Pointer (RFC 6901) into the body; empty for the whole."""
    parameter: str | None = None
    """The name of a parameter of the address."""

    def as_document(self) -> dict[str, str]:
        """As it stands in the answer."""
        named = {"pointer": self.pointer, "parameter": self.parameter}
        return {"detail": self.detail} | {name: value for name, value in named.items() if value is not None}


class Problem(Exception):
    """A request that is not done.

    Args:
        kind: what kind of problem it is.
        detail: what is wrong with this request, and the cure.
        errors: the same for each of its parts.
        headers: what the answer's header says besides.
    """

    def __init__(
        self,
        kind: Kind,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})

    def as_document(self, public_url: str) -> dict[str, object]:
        """The problem details."""
        document: dict[str, object] = {
            "type": f"{public_url}/api/openapi.json#/components/responses/{self.kind.name}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [error.as_document() for error in self.errors]
        return document


def pointer(place: Iterable[str | int]) -> str:
    """The JSON Pointer (RFC 6901) of a place; a key may be anything, so long ones are cut."""
    parts = [shorten(one_line(str(part)), _LONGEST_NAME).replace("~", "~0").replace("/", "~1") for part in place]
    return "".join(f"/{part}" for part in parts)


def invalid(error: ValidationError) -> Problem:
    """What a model says of a body, field by field."""
    found = error.errors(include_url=False, include_input=False)
    errors = [FieldError(words(problem), pointer(problem["loc"])) for problem in found[:_TOLD]]
    first = f"{errors[0].pointer or 'the whole'}: {errors[0].detail}"
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return Problem(INVALID, first + more, errors)


def wrong_field(place: Iterable[str | int], detail: str) -> Problem:
    """One field of a body that cannot be taken."""
    where = pointer(place)
    return Problem(INVALID, f"{where}: {detail}", [FieldError(detail, where)])


def wrong_parameter(name: str, detail: str) -> Problem:
    """A parameter of the address that cannot be read."""
    return Problem(MALFORMED, f"{name}: {detail}", [FieldError(detail, parameter=name)])

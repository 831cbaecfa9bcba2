"""The mapping file: what a payload means."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from newswire.api import ProblemInText, read_text
from newswire_cms.paths import paths_in, steps

BUNDLED = ("ghost", "wordpress")
"""The mappings that come with the plugin, by the word for them in the config."""
_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Template = Annotated[str, StringConstraints(min_length=1)]
Templates = Annotated[tuple[Template, ...], BeforeValidator(_several)]
"""A template, or several, of which the first counts that the payload has everything for."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Proof(_Table):
    """How a system shows that it knows the secret."""

    scheme: Literal["bearer", "hmac-sha256", "ghost"] = "bearer"
    """``bearer``: the secret itself stands behind ``Bearer``; ``hmac-sha256``: a header has the HMAC of the body, in
    hexadecimal digits or Base64; ``ghost``: as Ghost signs."""
    header: str = ""
    """The header, where it is not the scheme's own: Authorization, X-Signature, X-Ghost-Signature."""

    @property
    def header_name(self) -> bytes:
        """The header's name as ASGI has it."""
        own = {"bearer": "Authorization", "hmac-sha256": "X-Signature", "ghost": "X-Ghost-Signature"}
        return (self.header or own[self.scheme]).lower().encode("ascii", "replace")


class Fields(_Table):
    """Which parts of a payload make an article. Each is a template: text with paths in braces."""

    id: Templates
    """The article's id, the same for its translations."""
    language: Templates = ()
    """The language; the intake's `language` where the payload names none."""
    original_language: Templates = ()
    """The language it was written in; else the one that came first."""
    title: Templates = ()
    """The title."""
    summary: Templates = ()
    """The summary."""
    body: Templates = ()
    """The text."""
    url: Templates = ()
    """The article's page."""
    topics: Templates = ()
    """Topics: slugs, labels or aliases."""
    authors: Templates = ()
    """Who wrote it."""
    image: Templates = ()
    """The address of its picture."""
    image_alt: Templates = ()
    """What the picture shows."""
    image_type: Templates = ()
    """The picture's media type."""
    source: Templates = ()
    """Where the story came from."""
    source_url: Templates = ()
    """Where the story stands there."""
    published: Templates = ()
    """When it was published; a time without a zone is in UTC."""
    updated: Templates = ()
    """When it was last corrected."""
    urgent: Templates = ()
    """Whether it is urgent: what says ``true``, ``yes`` or ``1``."""

    @field_validator("*")
    @classmethod
    def _paths_are_paths(cls, templates: tuple[str, ...]) -> tuple[str, ...]:
        for template in templates:
            for path in paths_in(template):
                steps(path)
        return templates


class Mapping(_Table):
    """What payloads of a system mean."""

    proof: Proof = Proof()
    """How the system shows who it is."""
    published: Annotated[dict[str, Annotated[tuple[str, ...], BeforeValidator(_several)]], Field(min_length=1)]
    """Paths, and the values one of which each must have: then the article is published, else it is withdrawn."""
    ignored: dict[str, Annotated[tuple[str, ...], BeforeValidator(_several)]] = {}
    """The same; where one of them holds, the payload is of no article at all: it is left out."""
    article: Fields
    """What the article is made of."""
    html: frozenset[Literal["title", "summary", "body", "image_alt"]] = frozenset({"body"})
    """Which fields hold HTML. In titles and summaries it becomes plain text; a body that is none is Markdown."""

    @field_validator("published", "ignored")
    @classmethod
    def _conditions_have_paths(cls, conditions: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for path in conditions:
            steps(path)
        return conditions


def load_mapping(written: str) -> Mapping:
    """The mapping that the config names.

    Args:
        written: the word for one that comes with the plugin, or ``file:path``.

    Raises:
        ProblemInText: it is none, with the line where that is known.
    """
    if written in BUNDLED:
        text, file = files("newswire_cms").joinpath("mappings", f"{written}.toml").read_text("utf-8"), None
    else:
        text, file = read_text(written)
        if file is None:
            known = ", ".join(f"'{name}'" for name in BUNDLED)
            raise ProblemInText(f"must be {known} or 'file:path'")
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        raise ProblemInText(f"is no TOML: {error}", line=int(line[1]) if line else None, file=file) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ProblemInText(f"{place}: {first['msg']}", line=_line_of(text, first["loc"]), file=file) from None


def _line_of(text: str, place: tuple[int | str, ...]) -> int | None:
    """The line a key stands on: the first one that begins with it."""
    for part in reversed(place):
        for number, line in enumerate(text.splitlines(), start=1):
            if re.match(rf"""\s*["'\[]*{re.escape(str(part))}["'\]]*\s*(=|$)""", line):
                return number
    return None

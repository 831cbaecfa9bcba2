"""Reading an article from JSON, with errors that name the field."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from pydantic import ValidationError

from newswire.errors import InvalidArticle
from newswire.model import BODY_LIMIT, ID_PATTERN, SLUG_PATTERN, Article
from newswire.text import one_line, shorten

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

SIZE_LIMIT = 8 * BODY_LIMIT
"""Largest file that is read, in bytes."""
_TOLD = 10
_FORMS = {
    SLUG_PATTERN: "must be lower-case letters, digits and single hyphens",
    ID_PATTERN: "must be letters, digits and . _ ~ / - only, a letter or digit first",
}


def read_article(path: Path) -> Article:
    """The article in a JSON file (see ``newswire schema article``).

    Raises:
        InvalidArticle: the file cannot be read, is no JSON, or is no article; the error says which field.
    """
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise InvalidArticle(f"the file has {size} bytes; at most {SIZE_LIMIT} are read", place=str(path))
        # RFC 8259 section 8.1: a reader may overlook a byte order mark.
        return Article.model_validate_json(path.read_bytes().removeprefix(codecs.BOM_UTF8))
    except OSError as error:
        raise InvalidArticle(f"cannot be read: {error.strerror}", place=str(path)) from error
    except ValidationError as error:
        raise InvalidArticle(describe(error), place=str(path)) from None


def describe(error: ValidationError) -> str:
    """The first problems of a validation, each with the field it is about, in one line."""
    problems = error.errors(include_url=False, include_input=False)
    told = [f"{_place(problem)}: {words(problem)}" for problem in problems[:_TOLD]]
    if len(problems) > _TOLD:
        told.append(f"and {len(problems) - _TOLD} more")
    return "; ".join(told)


def _place(problem: ErrorDetails) -> str:
    # A key of the input may be anything, also long or not printable.
    return ".".join(shorten(one_line(str(part)), 60) for part in problem["loc"]) or "article"


def words(problem: ErrorDetails) -> str:
    """What a model says of a field, as a person would say it."""
    if problem["type"] == "extra_forbidden":
        return "unknown key"
    context = problem.get("ctx", {})
    if problem["type"] == "too_short" and context["min_length"] == 1:
        return "must not be empty"
    if problem["type"] == "too_long":
        return f"has {context['actual_length']:,} characters; at most {context['max_length']:,} are taken"
    if problem["type"] == "string_pattern_mismatch":
        return _FORMS.get(str(context.get("pattern")), problem["msg"])
    return problem["msg"].removeprefix("Value error, ")

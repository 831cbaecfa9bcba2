"""What a model refused, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


def explain(error: ValidationError) -> tuple[str, str]:
    """The field that was refused first, empty for the whole record, and what is wrong with it."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] in {"too_long", "string_too_long"}:
        return place, f"more than the {first['ctx']['max_length']:,} characters there may be; shorten it"
    words = first["msg"].removeprefix("Value error, ")
    return place, f"{words[:1].lower()}{words[1:]}"

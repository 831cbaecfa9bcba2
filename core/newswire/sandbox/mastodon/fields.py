"""The fields of a request to the Mastodon API: query, form (`name[]` for lists) or JSON."""

from dataclasses import dataclass
from typing import Any

import orjson
from starlette.datastructures import UploadFile
from starlette.requests import Request

from newswire.sandbox.mastodon.errors import ApiError

FALSE = frozenset({"0", "f", "F", "false", "FALSE", "off", "OFF", ""})
"""What Rails casts to false (`ActiveModel::Type::Boolean`); `False` is not among it and so means true."""


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file."""

    name: str
    media_type: str
    content: bytes


class Fields:
    """Fields by name; each has the list of its values."""

    def __init__(self, values: dict[str, list[Any]], files: dict[str, File]) -> None:
        self.values = values
        self.files = files

    def given(self, name: str) -> bool:
        """Say whether a field was sent, be it empty."""
        return name in self.values or f"{name}[]" in self.values

    def text(self, name: str) -> str:
        """Give a field as text, empty when it was not sent."""
        values = self.values.get(name)
        return "" if not values or values[-1] is None else str(values[-1])

    def texts(self, name: str) -> list[str]:
        """Give a list."""
        return [str(value) for value in (*self.values.get(f"{name}[]", ()), *self.values.get(name, ()))]

    def flag(self, name: str) -> bool:
        """Give a field as a yes or no, as Rails reads it."""
        values = self.values.get(name)
        return bool(values) and values is not None and values[-1] not in (None, False) and self.text(name) not in FALSE

    def noted(self) -> dict[str, Any]:
        """Give the fields for the journal; secrets are left out, files are named with their size."""
        hidden = ("client_secret", "password", "access_token", "code", "token")
        fields = {
            name: "..." if name in hidden else values if name.endswith("[]") or len(values) > 1 else values[0]
            for name, values in self.values.items()
            if values
        }
        return {**fields, **{name: f"{one.name} ({len(one.content)} bytes)" for name, one in self.files.items()}}


async def read_fields(request: Request) -> Fields:
    """Read a request's fields.

    Raises:
        ApiError: 400, when the body is said to be JSON and is none.
    """
    values: dict[str, list[Any]] = {}
    files: dict[str, File] = {}
    for name, value in request.query_params.multi_items():
        values.setdefault(name, []).append(value)
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("application/json"):
        try:
            body = orjson.loads(await request.body() or b"{}")
        except orjson.JSONDecodeError:
            raise ApiError(400, "Error occurred while parsing request parameters") from None
        for name, value in body.items() if isinstance(body, dict) else ():
            values[name] = list(value) if isinstance(value, list) else [value]
        return Fields(values, files)
    if content_type.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        async with request.form(max_part_size=4 * 1024 * 1024) as form:
            for name, part in form.multi_items():
                if isinstance(part, UploadFile):
                    files[name] = File(part.filename or name, part.content_type or "", await part.read())
                else:
                    values.setdefault(name, []).append(part)
    return Fields(values, files)

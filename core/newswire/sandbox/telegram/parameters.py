"""The fields of a Bot API call, however they were sent.

Source: Bot API, "Making requests": URL query, urlencoded form, multipart form, or JSON; in forms, objects are JSON
text.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from starlette.datastructures import UploadFile
from starlette.requests import Request

from newswire.sandbox.telegram.errors import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    content: bytes


class Parameters:
    """Fields by name, with files apart."""

    def __init__(self, values: dict[str, Any], files: dict[str, Upload]) -> None:
        self.values = values
        self.files = files

    def has(self, name: str) -> bool:
        """Say whether a field was sent and holds anything."""
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """Give a field as text, empty when it was not sent."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return orjson.dumps(value).decode()

    def integer(self, name: str) -> int | None:
        """Give a field as a number, or none; what is no number counts as not sent, as on the server."""
        try:
            return int(self.text(name))
        except ValueError:
            return None

    def flag(self, name: str) -> bool:
        """Give a field as a yes or no."""
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, wrong: str) -> Any:
        """Give a field that holds JSON, or none when it was not sent.

        Raises:
            BotApiError: It is no JSON; `wrong` is the server's text for that.
        """
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise bad_request(wrong) from None

    def noted(self) -> dict[str, Any]:
        """Give the fields for the journal, files as name and size."""
        files = {name: f"{one.name} ({len(one.content)} bytes)" for name, one in self.files.items()}
        return {**self.values, **files}


async def read_parameters(request: Request) -> Parameters:
    """Read a call's fields from query and body.

    Raises:
        BotApiError: The body is said to be JSON and is not an object.
    """
    values: dict[str, Any] = dict(request.query_params)
    files: dict[str, Upload] = {}
    if request.method != "POST":
        return Parameters(values, files)
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            body = orjson.loads(await request.body() or b"{}")
        except orjson.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            raise bad_request("can't parse JSON object")
        return Parameters({**values, **body}, files)
    async with request.form(max_part_size=4 * 1024 * 1024) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = Upload(value.filename or name, await value.read())
            else:
                values[name] = value
    return Parameters(values, files)

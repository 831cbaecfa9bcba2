"""The options of ``[[translators]]`` tables."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from newswire.api import Address, Options, Secret

Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class OpenAIOptions(Options):
    """A translator of ``type = "openai"``: any service with OpenAI's chat completions."""

    model: Annotated[str, Field(min_length=1)]
    """The model that translates."""
    key: Secret | None = None
    """The API key, as a reference; a server of your own may need none."""
    url: Address = "https://api.openai.com/v1"
    """What comes before ``/chat/completions``."""
    json_mode: Literal["schema", "object", "off"] = "object"
    """How JSON is asked for: by a schema, as an object, or by words only where the server knows neither."""
    instructions: Annotated[str, Field(max_length=10_000)] = ""
    """What the model is told besides: how readers are addressed, the style of the house."""
    parameters: dict[str, bool | int | float | str] = Field(default_factory=dict)
    """Other parameters of the request, such as ``{ temperature = 0.2 }``."""
    price_input: Price = 0.0
    """What a million tokens of input cost, for max_cost_per_month."""
    price_output: Price = 0.0
    """What a million tokens of output cost."""
    chunk: Annotated[int, Field(ge=200, le=100_000)] = 4000
    """How many characters one request holds; a longer article takes several, cut between paragraphs."""
    timeout: Annotated[float, Field(gt=0, le=1800)] = 120.0
    """How many seconds an answer may take."""

    @field_validator("url")
    @classmethod
    def _without_the_end(cls, url: str) -> str:
        return url.rstrip("/").removesuffix("/chat/completions")

    @field_validator("parameters")
    @classmethod
    def _nothing_of_ours(cls, parameters: dict[str, bool | int | float | str]) -> dict[str, bool | int | float | str]:
        ours = sorted({"messages", "model", "response_format", "stream", "n"} & set(parameters))
        if ours:
            raise ValueError(f"{ours[0]!r} is set by newswire itself")
        return parameters


class LibreTranslateOptions(Options):
    """A translator of ``type = "libretranslate"``."""

    url: Address
    """Where the server is."""
    key: Secret | None = None
    """The API key, as a reference, where the server wants one."""
    price: Price = 0.0
    """What a million characters cost, for max_cost_per_month."""
    chunk: Annotated[int, Field(ge=200, le=100_000)] = 2000
    """How many characters one request holds; servers have limits (``--char-limit``)."""
    timeout: Annotated[float, Field(gt=0, le=1800)] = 120.0
    """How many seconds an answer may take."""

    @field_validator("url")
    @classmethod
    def _no_slash_at_the_end(cls, url: str) -> str:
        return url.rstrip("/")

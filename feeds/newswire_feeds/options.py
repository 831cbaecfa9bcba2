"""The table ``[feeds]`` of the config."""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, IPvAnyNetwork, field_validator

from newswire.api import Address, Options

Hub = Literal["builtin"] | Address
Hubs = Annotated[tuple[Hub, ...], Field(max_length=5)]
Port = Annotated[int, Field(ge=1, le=65_535)]


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class FeedsOptions(Options):
    """What the feeds plugin offers, and how much of it it keeps in memory."""

    entries: Annotated[int, Field(ge=1, le=1000)] = 200
    """How many entries a feed holds at least, if there are as many."""
    hours: Annotated[int, Field(ge=0, le=24 * 31)] = 48
    """A feed also holds everything of this many hours before its newest entry, if that is more."""
    most: Annotated[int, Field(ge=1, le=10_000)] = 500
    """How many entries a feed holds at most when the hours would make it longer, as after a large import."""
    archive: Annotated[int, Field(ge=10, le=5000)] = 300
    """How many entries one document of a monthly archive holds; a longer month has several. Do not change it lightly:
    archives are meant to stay as they are."""
    hub: Annotated[Hubs, BeforeValidator(_several, json_schema_input_type=Hub | Hubs)] = ()
    """WebSub hubs that the feeds name, and that are told of news: addresses, or "builtin" for the hub of our own."""
    hub_lease: Annotated[int, Field(ge=1, le=365)] = 10
    """How many days a subscription at the builtin hub lasts at most, before the subscriber must renew it."""
    hub_subscriptions: Annotated[int, Field(ge=1, le=100_000)] = 10_000
    """How many subscriptions the builtin hub takes."""
    hub_ports: Annotated[frozenset[Port], Field(min_length=1)] = frozenset({80, 443, 8080, 8443})
    """The ports at which the builtin hub calls subscribers."""
    hub_networks: tuple[IPvAnyNetwork, ...] = ()
    """Networks that are not public in which the builtin hub calls subscribers all the same, at any port."""
    max_age: Annotated[int, Field(ge=0, le=86_400)] = 300
    """How many seconds a reader or a proxy may keep a feed without asking again."""
    check_every: Annotated[float, Field(ge=0, le=60)] = 1.0
    """How many seconds pass at least between two looks at the event log for news."""
    title: str = "{site} · {part}"
    """A feed's title; ``{part}`` is the language, topic or source it is of."""
    memory: Annotated[int, Field(ge=1, le=65_536)] = 96
    """How many megabytes of rendered entries and finished documents are kept."""

    @field_validator("title")
    @classmethod
    def _known_places_only(cls, title: str) -> str:
        try:
            places = {place for _, place, _, _ in Formatter().parse(title) if place is not None}
        except ValueError as error:
            raise ValueError(f"cannot be read as a pattern: {error}") from None
        if not title.strip() or places - {"site", "part"}:
            raise ValueError("may name {site} and {part} only, and must not be empty")
        return title

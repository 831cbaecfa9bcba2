"""The table ``[feeds]`` of the config."""

from __future__ import annotations

from string import Formatter
from typing import Annotated

from pydantic import Field, field_validator

from newswire.api import Address, Options


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
    hubs: Annotated[tuple[Address, ...], Field(max_length=5)] = ()
    """WebSub hubs that the feeds name, for readers to subscribe at. They must poll the feeds: nothing pings them."""
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

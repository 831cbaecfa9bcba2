"""The site behind the wire room, as the config's ``[site]`` table describes it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from newswire.hours import TimeZone
from newswire.model import Address, LanguageTag, Line, Record

# RFC 4151 section 2.1: a DNS name and a date, of which the day, or month and day, may be left out.
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_AUTHORITY = rf"^(?:{_LABEL}\.)+{_LABEL},[0-9]{{4}}(?:-[0-9]{{2}}(?:-[0-9]{{2}})?)?$"


class Site(Record):
    """The site whose articles are carried."""

    name: Annotated[Line, Field(min_length=1)]
    """What readers call the site."""
    url: Address
    """Its front page."""
    default_language: LanguageTag
    """What a reader gets whose language is not among the site's."""
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1, max_length=60)]
    """Every language an edition may be in."""
    tag_authority: Annotated[str, Field(pattern=_AUTHORITY)]
    """A domain the site owned, a comma, and a date on which it did (RFC 4151). It is part of every feed id:
    never change it, even when the site moves."""
    description: Line = ""
    """One sentence for readers."""
    timezone: TimeZone = "UTC"
    """The time zone of its readers, where a channel names no other: quiet hours and digests go by it."""

    related: Annotated[int, Field(ge=0, le=10)] = 3
    """How many related articles are named for an article whose intake names none: the nearest by topics of those that
    were there before it. 0: none."""

    @field_validator("languages")
    @classmethod
    def _no_repetition(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(values))

    @field_validator("tag_authority")
    @classmethod
    def _dated_in_the_calendar(cls, value: str) -> str:
        year, month, day = (*value.rsplit(",", 1)[1].split("-"), "1", "1")[:3]
        try:
            date(int(year), int(month), int(day))
        except ValueError as error:
            raise ValueError(f"must end in a date such as 2026 or 2026-11-23: {error}") from None
        return value

    @model_validator(mode="after")
    def _default_is_there(self) -> Site:
        if self.default_language not in self.languages:
            raise ValueError(f"default_language {self.default_language!r} is not among languages")
        return self

"""The table of an intake of kind ``cms``."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated

from pydantic import Field, field_validator

from newswire.api import LanguageTag, Options, Secret
from newswire_cms.mapping import Mapping, load_mapping


class CmsOptions(Options):
    """A content management system that sends its articles to ``/cms/NAME``, NAME being the intake's name."""

    mapping: str
    """What its payloads mean: ``ghost``, ``wordpress``, or ``file:path`` of a mapping file."""
    secret: Secret
    """What it signs with, or sends as a bearer token."""
    language: LanguageTag | None = None
    """The language of what names none; the site's default language unless given."""
    poll: Annotated[float, Field(ge=0.05, le=60)] = 1.0
    """Seconds between two looks at what came in."""

    @field_validator("mapping")
    @classmethod
    def _mapping_can_be_read(cls, written: str) -> str:
        load_mapping(written)
        return written

    @cached_property
    def read_mapping(self) -> Mapping:
        """The mapping, read."""
        return load_mapping(self.mapping)

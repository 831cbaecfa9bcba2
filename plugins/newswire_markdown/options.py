"""The options of a Markdown intake: everything that differs between one project's folder and another's."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from newswire.api import Address, LanguageTag, Options, Source
from newswire_markdown.paths import PathPattern, names_in

_VARIABLE = re.compile(r"\$\{(\w+)\}")

Syntax = Literal["liquid", "hugo", "kramdown"]
"""``liquid`` has ``{% %}``, ``{{ }}`` and ``{# #}``, ``hugo`` ``{{< >}}`` and ``{{% %}}``, ``kramdown`` ``{: }`` and
``{#id}``."""


def expand(value: Any) -> Any:
    """A path with its ``${NAME}`` replaced by environment variables.

    Raises:
        ValueError: a variable is not set.
    """
    if not isinstance(value, str):
        return value

    def variable(found: re.Match[str]) -> str:
        content = os.environ.get(found[1])
        if not content:
            raise ValueError(f"environment variable {found[1]} is not set; set it, or write the folder into the config")
        return content

    return _VARIABLE.sub(variable, value)


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _source(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_many, json_schema_input_type=str | tuple[str, ...])]
"""A list of strings; one string stands for a list of one."""


class FieldNames(Options):
    """Which front matter keys hold what: the first key that is there and not empty counts.

    A dot leads into a table: ``params.lang``. An empty list switches a field off.
    """

    title: OneOrMore = ("title",)
    """Required."""
    summary: OneOrMore = ("summary", "description")
    """Plain text or Markdown; derived from the body where it is missing."""
    date: OneOrMore = ("date", "published")
    """When it was published."""
    updated: OneOrMore = ("updated", "lastmod")
    """When it was last corrected."""
    language: OneOrMore = ("lang", "language")
    """Wins over the path's ``{lang}``."""
    original: OneOrMore = ("original", "original_language")
    """The language the article was written in."""
    topics: OneOrMore = ("topics", "tags")
    """A list, or a string with commas."""
    authors: OneOrMore = ("authors", "author")
    """Names, or Markdown links whose text is the name."""
    translators: OneOrMore = ("translators", "translator")
    """As authors, for this edition."""
    source: OneOrMore = ("source",)
    """A name, or a table with ``name`` and ``url``."""
    source_url: OneOrMore = ("source_url",)
    """The address that goes with a source given by name only."""
    image: OneOrMore = ("image",)
    """An address, or a table with ``url``, ``alt``, ``type``, ``length`` and ``focus`` (``"0.2, -0.5"``)."""
    image_alt: OneOrMore = ("image_alt", "alt")
    """What the image shows, in this edition's language."""
    related: OneOrMore = ("related",)
    """Keys (or ids) of related articles."""
    questions: OneOrMore = ("questions", "faq")
    """A list of tables with ``question`` and ``answer``."""
    url: OneOrMore = ("permalink", "url")
    """The page's address; it wins over the option ``url``."""
    draft: OneOrMore = ("draft",)
    """True leaves the file out."""
    withdrawn: OneOrMore = ("withdrawn",)
    """True in the original edition withdraws the article, in another one leaves that edition out."""
    urgent: OneOrMore = ("urgent",)
    """True lets the article pass quiet hours and caps."""


class Shortcode(Options):
    """What becomes of one template tag; a tag without a rule goes, and what stands between a pair stays."""

    tag: Annotated[OneOrMore, Field(min_length=1)]
    """The tag's name, or several: ``Img``, ``endAside``, ``/tab``."""
    replace: str | None = None
    """Markdown or HTML to put in its place. ``{0}`` is the tag's first bare value, ``{src}`` its argument ``src``;
    where such an argument is missing the tag just goes, unless the placeholder says ``{src?}``."""
    block: bool = False
    """Whether all up to the closing tag (``endName`` or ``/name``) goes as well."""


class MarkdownOptions(Options):
    """A folder of Markdown files with front matter in YAML (``---``) or TOML (``+++``)."""

    path: Annotated[Path, BeforeValidator(expand)]
    """The folder; ``${NAME}`` stands for an environment variable."""
    pattern: Annotated[OneOrMore, Field(min_length=1)] = ("{lang}/{key}.md",)
    """Where articles lie below it; of several patterns the first that fits counts. A placeholder spans one folder or
    file name, ``{key+}`` several; ``{date}``, ``{year}``, ``{month}`` and ``{day}`` are digits, ``*`` and ``**``
    anything within a name and across names."""
    default_language: LanguageTag | None = None
    """The language of files that name none, and of originals; the site's default language where it is not given."""
    id: str = "{key}"
    """The article's id. Files with the same id are its editions, so it must not hold ``{lang}``."""
    base_url: Address | None = None
    """What page addresses start with; the site's own address where it is not given."""
    url: str = "/{lang}/{key}"
    """The page of an edition. ``{lang}`` is the language as the path writes it, ``{language}`` in its BCP 47 form."""
    url_default_language: str | None = None
    """The same for the default language, where its pages lie elsewhere."""
    image_base_url: Address | None = None
    """What image addresses are relative to; `base_url` where it is not given."""
    related_id: str | None = None
    """The id of a related article from its ``{key}``; the option `id` where it is not given."""
    source: Annotated[Source | None, BeforeValidator(_source, json_schema_input_type=str | Source | None)] = None
    """The source of articles that name none: a name, or a table with ``name`` and ``url``."""
    fields: FieldNames = Field(default_factory=FieldNames)
    """Which front matter keys hold what."""
    skip: OneOrMore = ()
    """Files to leave out, as globs on the path below the folder: ``**/_index.md``."""
    skip_when: dict[str, OneOrMore] = Field(default_factory=dict)
    """Front matter that leaves a file out: ``{ layout = ["landing"] }``."""
    syntax: tuple[Syntax, ...] = ("liquid", "hugo", "kramdown")
    """The template languages whose tags are taken out."""
    shortcodes: tuple[Shortcode, ...] = ()
    """What becomes of single template tags."""
    variables: dict[str, str] = Field(default_factory=dict)
    """What ``{{ name }}`` stands for; ``page.name`` is the front matter, ``assign`` tags in the text count too."""
    undefined_references: Literal["keep", "text"] = "text"
    """What becomes of ``[text][label]`` whose label is defined nowhere in the file: left alone, or just its text."""
    summary_length: Annotated[int, Field(ge=40, le=5000)] = 300
    """About how long a derived summary may be, in characters as readers count them."""
    max_bytes: Annotated[int, Field(ge=1)] = 5_000_000
    """The size from which a file is refused, in bytes."""
    on_missing: Literal["keep", "withdraw"] = "keep"
    """What becomes of an article whose last file disappears while the folder is watched."""
    settle: Annotated[float, Field(gt=0, le=60)] = 0.2
    """How long a changed file must lie still before it is read, in seconds."""

    @model_validator(mode="after")
    def _patterns_give_what_templates_need(self) -> MarkdownOptions:
        for text in self.pattern:
            known = PathPattern.compile(text).gives
            templates = (("id", self.id), ("url", self.url), ("url_default_language", self.url_default_language or ""))
            for option, template in templates:
                unknown = sorted(names_in(template) - known)
                if unknown:
                    raise ValueError(
                        f"{option} needs {{{unknown[0]}}}, which the pattern {text!r} does not give; "
                        f"it gives {', '.join(sorted(known))}"
                    )
        if names_in(self.id) & {"lang", "language"}:
            raise ValueError("id must not hold {lang}: all editions of an article share their id")
        return self

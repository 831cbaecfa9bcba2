"""The options of an upstream intake: one feed, some, or a list of a thousand."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, IPvAnyNetwork, model_validator

from newswire.api import Address, Duration, LanguageTag, Options, Secret, read_text
from newswire_upstream.opml import Listed, read_opml


def _without_password(address: str) -> str:
    if urlsplit(address).username is not None:
        raise ValueError("must not hold a user name or a password; there are the options username and password")
    return address


def _list(written: Any) -> Any:
    if not isinstance(written, str):
        return written
    text, file = read_text(f"file:{written.removeprefix('file:')}")
    try:
        return read_opml(text)
    except ValueError as error:
        raise ValueError(f"the file {file} cannot be used: {error}") from None


def _topic_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


FeedAddress = Annotated[Address, AfterValidator(_without_password)]
"""Where a feed is."""


class UpstreamOptions(Options):
    """Feeds of others: RSS, Atom, JSON Feed."""

    url: FeedAddress | None = None
    """The address of one feed."""
    urls: tuple[FeedAddress, ...] = ()
    """The addresses of several, which share all other options."""
    opml: Annotated[tuple[Listed, ...], BeforeValidator(_list, json_schema_input_type=str), Field(repr=False)] = ()
    """A file that lists feeds, as feed readers export it. Titles name the sources, folders and categories that the
    taxonomy knows become topics, an attribute ``language`` counts where the feed says none."""
    username: str | None = None
    """The user name that the feeds' servers ask for (HTTP Basic)."""
    password: Secret | None = None
    """And the password."""
    language: LanguageTag | None = None
    """The language of items that name none, in feeds that name none."""
    trust_language: bool = True
    """Whether what items and feeds say of their language counts; else `language` always does."""
    source: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """What readers are told as the source; the feed's own title where it is not given."""
    topics: Annotated[tuple[str, ...], BeforeValidator(_topic_list, json_schema_input_type=str | tuple[str, ...])] = ()
    """Topics of every item, by slug. Categories that the taxonomy knows by slug, label or alias are added."""
    topic_names: dict[str, str] = Field(default_factory=dict)
    """Further names of topics in these feeds: ``{ "Künstliche Intelligenz" = "ai" }``."""
    bodies: bool = True
    """Whether the whole text is taken, where the feed has it; else title and summary only."""
    summary_length: Annotated[int, Field(ge=40, le=5000)] = 300
    """About how long a summary may be that is taken from a text, in characters as readers count them."""
    poll: Duration = timedelta(minutes=30)
    """How often each feed is asked, roughly. One that wants to be asked less often is; one that fails is, too."""
    first_poll: Literal["import", "post"] = "import"
    """What becomes of what a feed lists when it is asked for the first time: it is taken in without any post, or it is
    news."""
    on_missing: Literal["keep", "withdraw"] = "keep"
    """What becomes of an article whose item vanishes from its feed while older ones stay. What a feed says was deleted
    (RFC 6721) is always withdrawn."""
    max_items: Annotated[int, Field(ge=1, le=1000)] = 200
    """Of a longer feed only the first items are taken."""
    max_bytes: Annotated[int, Field(ge=1000, le=50_000_000)] = 5_000_000
    """The size from which a feed is refused, unpacked."""
    timeout: Duration = timedelta(seconds=30)
    """How long one request may take, redirects included."""
    networks: tuple[IPvAnyNetwork, ...] = ()
    """Networks that are not public in which feeds may lie."""
    websub: bool = True
    """Whether to be told of news at once by hubs that feeds name, where ``[http] public_url`` can be reached from
    outside."""

    @model_validator(mode="after")
    def _some_feed(self) -> UpstreamOptions:
        if not (self.url or self.urls or self.opml):
            raise ValueError("needs url, urls or opml: which feeds it is about")
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together")
        return self

"""The tables of the config file that belong to the room, as they are written."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, field_validator

from newswire.config.shaping import ShapingTable
from newswire.config.store_url import store_url
from newswire.durations import Duration, DurationOrOff
from newswire.model import LanguageTag, Line, Record, _web_address
from newswire.secrets import base_folder, mask, resolve_reference
from newswire.subscription import Fallback

_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"


def _name(value: str) -> str:
    if not re.match(_NAME, value):
        raise ValueError("must be at most 100 letters, digits, '.', '_' and '-', and begin with a letter or digit")
    return value


Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": _NAME})]
"""What the admin calls an account, a channel or an intake: letters, digits and ``. _ -``."""
API_INTAKE = "api"
"""The intake whose articles come in by the HTTP API; it needs no table."""


def _not_reserved(name: str) -> str:
    if name == API_INTAKE:
        raise ValueError(f"{API_INTAKE!r} is the name of what comes in by the HTTP API; choose another")
    return name


InDoubt = Literal["hold", "resend", "drop"]
"""What becomes of a post nobody knows the fate of."""


def _resolve_text(value: Any) -> Any:
    return resolve_reference(value) if isinstance(value, str) else value


def _folder(value: str) -> str:
    return str((base_folder.get() / Path(value).expanduser()).absolute()) if value else ""


class StoreSettings(Record):
    """Where everything is kept."""

    url: Annotated[str, BeforeValidator(_resolve_text), AfterValidator(store_url)] = Field(
        default="sqlite:///newswire.db", validate_default=True
    )
    """``sqlite:///FILE`` (a relative file starts at the config file's folder) or ``postgresql://...``; as it may hold
    a password it may also be a reference: ``env:NAME`` or ``file:path``."""
    keep: DurationOrOff = timedelta(days=400)
    """How old deliveries, attempts and events get before they are archived and leave the tables; ``"off"``: never."""
    archive: Annotated[str, AfterValidator(_folder)] = ""
    """The folder of the archive (a relative one starts at the config file's folder); without it ``archive`` beside
    the database file, or beside the config file where the database is PostgreSQL."""

    @property
    def archive_folder(self) -> Path:
        """The folder of the archive."""
        return Path(self.archive)

    def model_post_init(self, context: Any, /) -> None:
        """Fills in the archive's folder."""
        del context
        if not self.archive:
            file = self.url.removeprefix("sqlite:///").partition("?")[0] if self.url.startswith("sqlite:") else ""
            beside = Path(file).parent if file else base_folder.get().absolute()
            object.__setattr__(self, "archive", str(beside / "archive"))

    @property
    def shown(self) -> str:
        """The address without its password."""
        return mask(self.url)

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        return [("url", self.shown)]


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or (":" in host and not host.startswith("[")) or not port.isdecimal() or int(port) > 65_535:  # noqa: PLR2004  # a port has 16 bits
        raise ValueError("must be 'host:port', such as '127.0.0.1:8300' or '[::1]:8300'")
    return value


class HttpSettings(Record):
    """The web app."""

    bind: str = "127.0.0.1:8300"
    """Where it listens: ``host:port``."""
    public_url: str = ""
    """Where it is reached from outside; without it ``http://`` and what `bind` says."""
    api: bool = True
    """Whether ``/api/`` answers; without a token (``newswire token create``) it takes and shows nothing."""
    dashboard: bool = True
    """Whether ``/dashboard/`` answers; without a token of the scope ``admin`` it shows nothing but where to log in."""
    session: Duration = timedelta(hours=12)
    """How long an admin stays logged in to the dashboard."""

    @field_validator("bind")
    @classmethod
    def _an_address(cls, value: str) -> str:
        return _host_and_port(value)

    @field_validator("public_url")
    @classmethod
    def _no_slash_at_the_end(cls, value: str) -> str:
        return _web_address(value).rstrip("/") if value else ""

    def model_post_init(self, context: Any, /) -> None:
        """Fills in the public address: a wildcard is no address one can go to."""
        del context
        if not self.public_url:
            host = "localhost" if self.host in {"0.0.0.0", "::"} else self.bind.rpartition(":")[0]  # noqa: S104  # compares
            object.__setattr__(self, "public_url", f"http://{host}:{self.port}")

    @property
    def host(self) -> str:
        """The host of `bind`, without brackets."""
        return self.bind.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port of `bind`."""
        return int(self.bind.rpartition(":")[2])


class MetricsSettings(Record):
    """Where a process tells how it is, and in how much detail."""

    bind: str = ""
    """Where every process, of whatever role, serves ``/metrics``, ``/healthz`` and ``/readyz`` to all who reach it:
    ``host:port``; without it they are only where the web app listens, and ``/metrics`` is for tokens only."""
    most_channels: Annotated[int, Field(ge=0)] = 1000
    """With more channels than this none has metrics of its own, only its account has."""

    @field_validator("bind")
    @classmethod
    def _empty_or_an_address(cls, value: str) -> str:
        return _host_and_port(value) if value else ""


class LoggingSettings(Record):
    """What is written about the work."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """What is too unimportant to be written: everything below this."""
    format: Literal["console", "json"] = "console"
    """For people, or one JSON object a line for machines."""


class DispatchSettings(Record):
    """How posts are sent."""

    send_timeout: Duration = timedelta(seconds=60)
    """How long one send may take before its outcome counts as unknown."""
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 4
    """How many sends of one account may be under way at a time."""
    horizon: Duration = timedelta(hours=24)
    """How long a delivery that fails is tried again before it is given up."""
    lease: Duration = timedelta(seconds=15)
    """How long an account stays a dispatcher's own after its last sign of life; then another one takes over."""


class PluginSelection(Record):
    """Which plugins are loaded."""

    disabled: tuple[str, ...] = ()
    """Names of plugins to leave out."""
    enabled: tuple[str, ...] | None = None
    """When given, only these are loaded."""


class SubscriptionTable(Record):
    """What a channel takes, or a part of it that has a name: ``[filters.NAME]``."""

    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1)] | None = None
    """Wanted languages, the most wanted first."""
    topics: Annotated[tuple[str, ...], Field(min_length=1)] | str | None = None
    """A list takes any of its topics; a string is an expression: ``(ai & policy) | chips & !crypto``."""
    sources: Annotated[tuple[Line, ...], Field(min_length=1)] | None = None
    """Only from these sources, by name."""
    fallback: Fallback | None = None
    """``teaser`` (the default): title and summary in a wanted language are enough; ``original``: else the original
    edition; ``skip``: only complete editions."""


class FilterTable(SubscriptionTable):
    """A part of a subscription that has a name, and what becomes of all articles it takes."""

    translate: Annotated[tuple[LanguageTag, ...], Field(min_length=1)] | None = None
    """Languages that articles of these topics and sources are translated into by a machine, as they come in."""


class TranslationSettings(Record):
    """Translating by machines."""

    max_age: DurationOrOff = timedelta(days=3)
    """An article older than this is not translated by the rules of filters; ``"off"``: no limit."""
    url: str = ""
    """The page of an edition that a machine translated: an address with ``{language}`` and ``{id}``; else the
    original's."""
    remember: Duration = timedelta(days=90)
    """How long translated pieces are remembered, so that what did not change is not paid for again."""
    readers: bool = False
    """Whether readers can ask for a translation, on a page that feeds and posts lead to."""
    reader_requests_per_hour: Annotated[int, Field(ge=1, le=100_000)] = 20
    """How many translations all readers together can ask for in an hour."""

    @field_validator("url")
    @classmethod
    def _known_places_only(cls, url: str) -> str:
        if not url:
            return url
        try:
            filled = url.format(language="en", id="a")
        except (KeyError, IndexError, ValueError, AttributeError):
            raise ValueError("may name {language} and {id} only") from None
        _web_address(filled)
        if "{id}" not in url:
            raise ValueError("must name {id}: each article has a page of its own")
        return url


class TranslatorTable(Record):
    """The keys every translator has; its type adds its own."""

    name: Name
    """What the translator is called here."""
    type: str
    """Its kind."""
    enabled: bool = True
    """Whether it is asked."""
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1)] | None = None
    """Only into these languages; of several translators the first that takes a language is asked."""
    concurrency: Annotated[int, Field(ge=1, le=16)] = 1
    """How many articles it translates at a time."""
    max_requests_per_hour: Annotated[int, Field(ge=1)] | None = None
    """How many requests it may be sent in an hour; a long article takes several."""
    max_requests_per_day: Annotated[int, Field(ge=1)] | None = None
    """How many in a day (of UTC)."""
    max_characters_per_hour: Annotated[int, Field(ge=1)] | None = None
    """How many characters it may be sent in an hour."""
    max_characters_per_day: Annotated[int, Field(ge=1)] | None = None
    """How many in a day."""
    max_cost_per_month: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """What it may cost in a calendar month, in the currency that its type's prices are in."""


class GlossaryTable(Record):
    """What words are called in which language."""

    topics: Annotated[tuple[str, ...], Field(min_length=1)] | str | None = None
    """For articles of these topics (a list, or an expression); else for all."""
    terms: tuple[dict[LanguageTag, Annotated[Line, Field(min_length=1, max_length=200)]], ...] = ()
    """Each a thing by its names: ``{ en = "alignment", de = "Ausrichtung" }``."""
    keep: tuple[Annotated[Line, Field(min_length=1, max_length=200)], ...] = ()
    """Names that stay as they are in every language."""


class ChannelTable(SubscriptionTable, ShapingTable):
    """The keys every channel has; its type adds its own."""

    name: Name
    """What the channel is called here; it never changes, for what was posted is remembered by it."""
    account: str
    """The name of its account."""
    enabled: bool = True
    """Whether it is posted to."""
    filter: str | None = None
    """The name of a filter."""
    max_age: DurationOrOff = timedelta(days=3)
    """An article older than this is no news and is never posted; ``"off"``: no limit."""
    backfill: Annotated[int, Field(ge=0)] = 0
    """How many of the newest articles a new channel starts with."""
    in_doubt: InDoubt = "hold"
    """What becomes of a post nobody knows the fate of: wait for the admin, send it again, or drop it."""
    articles: bool = True
    """Whether articles go there; false: only alerts do, where ``[alerts]`` names the channel."""
    dead_man: DurationOrOff = None
    """In place of ``dead_man`` in ``[alerts]``: how long it may be silent though articles matched; or ``"off"``."""


class AccountTable(Record):
    """The keys every account has; its type adds its own."""

    name: Name
    """What the account is called here."""
    type: str
    """Its kind: the platform."""
    enabled: bool = True
    """Whether it is used; without it none of its channels is."""


class IntakeTable(Record):
    """The keys every intake has; its type adds its own."""

    name: Annotated[Name, AfterValidator(_not_reserved)]
    """What the intake is called here."""
    type: str
    """Its kind."""
    enabled: bool = True
    """Whether it is read."""
    every: Duration | None = None
    """Read everything again so often; without it only what changes is read."""
    silence: DurationOrOff = None
    """In place of ``intake_silence`` in ``[alerts]``: for how long it may bring nothing; or ``"off"``."""

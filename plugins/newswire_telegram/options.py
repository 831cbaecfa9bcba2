"""What an admin may set for a bot and for a chat."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, StrictStr, model_validator
from pydantic import SecretStr as _SecretStr

from newswire.api import Options, ProblemInText, Secret, read_text
from newswire_telegram.keyboard import ButtonKind

OFFICIAL_API = "https://api.telegram.org"

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_NAME = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}")
_LANGUAGE = re.compile(r"[a-z]{2}|default")
_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s?#]*")


def _bot_token(token: _SecretStr) -> _SecretStr:
    if not _TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError("is no bot token; BotFather gives one such as 123456:ABC-def")
    return token


def _api_address(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise ValueError("must be an http or https address without a query, such as https://api.telegram.org")
    return address.rstrip("/")


def _profile_language(language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        raise ValueError("must be a two-letter language such as de, or default: Telegram tells no others apart")
    return language


_Command = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]


def _chat(chat: int | str) -> int | str:
    if isinstance(chat, str) and _NUMBER.fullmatch(chat):
        chat = int(chat)
    if chat == 0 or (isinstance(chat, str) and not _NAME.fullmatch(chat)):
        raise ValueError("must be the id of a chat (-1001234567890) or its public name ('@example_news')")
    return chat


def _template(written: object) -> object:
    if not isinstance(written, str):
        return written
    from newswire_telegram.trial import check  # noqa: PLC0415  # only who has a template pays for Jinja2

    source, file = read_text(written)
    try:
        check(source)
    except ProblemInText as problem:
        raise ProblemInText(problem.message, line=problem.line, file=file) from None
    return source


class BotProfile(Options):
    """How a bot presents itself to people of one language; what is not given stays as it is."""

    name: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The bot's name."""
    description: Annotated[str, Field(max_length=512)] | None = None
    """What an empty chat with the bot shows."""
    about: Annotated[str, Field(max_length=120)] | None = None
    """What the bot's profile page shows."""
    commands: dict[_Command, Annotated[str, Field(min_length=1, max_length=256)]] | None = None
    """The menu of commands: what each does, by its name."""


class TelegramAccountOptions(Options):
    """A bot."""

    token: Annotated[Secret, AfterValidator(_bot_token)]
    """The bot's token, as BotFather gave it: ``env:NAME`` or ``file:path``."""
    api_url: Annotated[str, AfterValidator(_api_address)] = OFFICIAL_API
    """Where the Bot API is served: Telegram itself, a server of your own, or the sandbox."""
    connect_timeout: Annotated[float, Field(gt=0, le=60)] = 5.0
    """Seconds to wait for a connection."""
    read_timeout: Annotated[float, Field(gt=0, le=300)] = 30.0
    """Seconds to wait for an answer; every answer that is waited out is one post less in doubt."""
    proxy_from_environment: bool = False
    """Whether ``HTTPS_PROXY`` and the like are obeyed."""
    per_second: Annotated[int, Field(ge=5, le=1000)] = 25
    """At most so many messages a second over all chats; Telegram takes about 30."""
    per_minute: Annotated[int, Field(ge=5, le=1200)] = 20
    """At most so many messages a minute in a group or channel; Telegram says 20 of groups. Beyond 60, for a server that
    takes more than Telegram, they may also come closer than a second."""
    updates: Literal["off", "poll", "webhook"] = "off"
    """How the bot hears that it was added to a chat or lost its rights: not at all, by asking, or by the web app. A bot
    that another program uses, too, must leave it ``off``: the updates go to one of them only."""
    profile: dict[Annotated[str, AfterValidator(_profile_language)], BotProfile] = Field(default_factory=dict)
    """How the bot presents itself, by language; ``default`` is for all others. Set by ``newswire telegram setup``."""


class TelegramChannelOptions(Options):
    """A chat."""

    chat: Annotated[StrictInt | StrictStr, AfterValidator(_chat)]
    """The chat: its id (``-1001234567890``) or its public name (``"@example_news"``)."""
    thread: Annotated[int, Field(gt=0)] | None = None
    """The topic of a forum to write into, by its id; 1 is "General"."""
    probe: Annotated[StrictInt | StrictStr, AfterValidator(_chat)] | None = None
    """A chat of yours, to look for posts in doubt: what may be one is forwarded there, compared, and deleted. None: a
    post in doubt waits for a person, or for what ``in_doubt`` says."""
    style: Literal["brief", "full", "photo", "rich"] = "brief"
    """``brief``: title, summary, notice, source, hashtags and a link; ``full``: also as much of the text as fits,
    questions and answers; ``photo``: as ``brief``, below the article's picture; ``rich``: the article with headings,
    tables and pictures, which apps from before June 2026 do not show."""
    silent: bool = False
    """Whether followers get the post without a sound."""
    protect: bool = False
    """Whether followers are kept from forwarding and saving the post."""
    preview: Literal["large", "small", "above", "off"] = "large"
    """The card of the article's page: with a large or a small picture, large and above the text, or none."""
    template: Annotated[str, BeforeValidator(_template)] | None = None
    """The admin's own words for the text of a post, or ``file:path``; see docs/telegram.md."""
    text_above: bool = False
    """Whether the text of a ``photo`` stands above the picture."""
    hashtags: Annotated[int, Field(ge=0, le=20)] = 5
    """At most this many hashtags."""
    buttons: tuple[ButtonKind, ...] = ()
    """Buttons below the post: ``read``, ``source``, ``related``, ``languages``, ``translate``."""

    @model_validator(mode="after")
    def _one_form(self) -> TelegramChannelOptions:
        if self.style == "rich" and self.template is not None:
            raise ValueError("a template makes no rich message; leave out style or template")
        return self

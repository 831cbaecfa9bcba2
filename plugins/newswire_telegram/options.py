"""What an admin may set for a bot and for a chat."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictInt, StrictStr
from pydantic import SecretStr as _SecretStr

from newswire.api import Options, Secret
from newswire_telegram.keyboard import ButtonKind

OFFICIAL_API = "https://api.telegram.org"

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_NAME = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}")
_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s?#]*")


def _bot_token(token: _SecretStr) -> _SecretStr:
    if not _TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError("is no bot token; BotFather gives one such as 123456:ABC-def")
    return token


def _api_address(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise ValueError("must be an http or https address without a query, such as https://api.telegram.org")
    return address.rstrip("/")


def _chat(chat: int | str) -> int | str:
    if isinstance(chat, str) and _NUMBER.fullmatch(chat):
        chat = int(chat)
    if chat == 0 or (isinstance(chat, str) and not _NAME.fullmatch(chat)):
        raise ValueError("must be the id of a chat (-1001234567890) or its public name ('@example_news')")
    return chat


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


class TelegramChannelOptions(Options):
    """A chat."""

    chat: Annotated[StrictInt | StrictStr, AfterValidator(_chat)]
    """The chat: its id (``-1001234567890``) or its public name (``"@example_news"``)."""
    thread: Annotated[int, Field(gt=0)] | None = None
    """The topic of a forum to write into, by its id."""
    style: Literal["brief", "full", "photo"] = "brief"
    """``brief``: title, summary, notice, source, hashtags and a link; ``full``: also as much of the text as fits,
    questions and answers; ``photo``: as ``brief``, below the article's picture."""
    silent: bool = False
    """Whether followers get the post without a sound."""
    protect: bool = False
    """Whether followers are kept from forwarding and saving the post."""
    preview: Literal["large", "small", "above", "off"] = "large"
    """The card of the article's page: with a large or a small picture, large and above the text, or none."""
    text_above: bool = False
    """Whether the text of a ``photo`` stands above the picture."""
    hashtags: Annotated[int, Field(ge=0, le=20)] = 5
    """At most this many hashtags."""
    buttons: tuple[ButtonKind, ...] = ()
    """Buttons below the post: ``read``, ``source``, ``related``, ``languages``."""

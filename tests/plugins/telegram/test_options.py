"""What an admin may write, and what the kind of channel makes of it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from newswire_telegram.kind import TelegramType
from newswire_telegram.options import OFFICIAL_API, TelegramAccountOptions, TelegramChannelOptions
from newswire_telegram.plugin import newswire_channel_types

TOKEN = "123456:AAH-abc_def"


def account(**given: Any) -> TelegramAccountOptions:
    return TelegramAccountOptions.model_validate({"token": TOKEN} | given)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (-1001234567890, -1001234567890),
        ("-1001234567890", -1001234567890),
        (42, 42),
        ("@example_news", "@example_news"),
    ],
)
def test_chats(given: int | str, kept: int | str) -> None:
    assert TelegramChannelOptions.model_validate({"chat": given}).chat == kept


@pytest.mark.parametrize("given", [0, "0", "", "example_news", "@a", "@1abcd", "@ex-ample", "t.me/example", True, 1.5])
def test_what_is_no_chat(given: Any) -> None:
    with pytest.raises(ValidationError, match="chat"):
        TelegramChannelOptions.model_validate({"chat": given})


def test_defaults() -> None:
    options = TelegramChannelOptions.model_validate({"chat": 42})
    assert options.model_dump() == {
        "chat": 42,
        "thread": None,
        "probe": None,
        "style": "brief",
        "silent": False,
        "protect": False,
        "preview": "large",
        "template": None,
        "text_above": False,
        "hashtags": 5,
        "buttons": (),
    }
    assert account().api_url == OFFICIAL_API


@pytest.mark.parametrize(
    "given", [{"thread": 0}, {"style": "long"}, {"preview": "huge"}, {"hashtags": 21}, {"slient": True}]
)
def test_wrong_channel_options(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TelegramChannelOptions.model_validate({"chat": 42} | given)


@pytest.mark.parametrize(
    "given",
    [
        {"token": "abc"},
        {"token": "123:a/b"},
        {"api_url": "ftp://example.org"},
        {"api_url": "https://example.org?x=1"},
        {"api_url": "https://"},
        {"read_timeout": 0},
        {"connect_timeout": -1},
    ],
)
def test_wrong_account_options(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        account(**given)


def test_a_slash_at_the_end_of_the_address_is_no_matter() -> None:
    assert account(api_url="http://127.0.0.1:8400/telegram/").api_url == "http://127.0.0.1:8400/telegram"


def test_every_option_tells_what_it_is() -> None:
    for model in (TelegramAccountOptions, TelegramChannelOptions):
        for name, field in model.model_json_schema()["properties"].items():
            assert field.get("description"), name


@pytest.mark.parametrize(
    ("chat", "api_url", "address"),
    [
        ("@example_news", OFFICIAL_API, "https://t.me/example_news"),
        ("@example_news", "http://127.0.0.1:8400/telegram", None),
        (-1001234567890, OFFICIAL_API, None),
    ],
)
def test_follow_address(chat: int | str, api_url: str, address: str | None) -> None:
    options = TelegramChannelOptions.model_validate({"chat": chat})
    assert TelegramType().follow_address(options, account(api_url=api_url)) == address


def test_the_plugin_hands_over_one_kind() -> None:
    (kind,) = newswire_channel_types()
    assert (kind.kind, kind.account_options, kind.channel_options) == (
        "telegram",
        TelegramAccountOptions,
        TelegramChannelOptions,
    )


def test_what_costs_time_is_imported_when_an_account_is_connected() -> None:
    program = (
        "import sys, newswire_telegram.plugin as plugin\n"
        "plugin.newswire_channel_types()\n"
        "print([name for name in ('telegram', 'aiohttp', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

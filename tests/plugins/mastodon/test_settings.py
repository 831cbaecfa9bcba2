"""Options, limits, and what the plugin hands over."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from newswire_mastodon.limits import Limits, limits_of
from newswire_mastodon.options import MastodonAccountOptions, MastodonChannelOptions, Profile, TopicWarning
from newswire_mastodon.plugin import MastodonType, newswire_channel_types


def account(**given: Any) -> MastodonAccountOptions:
    return MastodonAccountOptions.model_validate({"url": "https://social.anthill.dev", "token": "secret", **given})


def test_the_plugin_hands_over_one_kind() -> None:
    (kind,) = newswire_channel_types()
    assert isinstance(kind, MastodonType)
    assert kind.kind == "mastodon"


def test_loading_the_plugin_loads_no_library() -> None:
    code = "import sys, newswire_mastodon.plugin; sys.exit('mastodon' in sys.modules or 'requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_base_address_may_have_a_path_and_loses_its_slash() -> None:
    assert account(url=" http://127.0.0.1:8400/mastodon/main/ ").url == "http://127.0.0.1:8400/mastodon/main"


@pytest.mark.parametrize(
    "url", ["social.anthill.dev", "ftp://x.dev", "https://u:p@x.dev", "https://x.dev/?a=1", "https://"]
)
def test_what_is_no_base_address(url: str) -> None:
    with pytest.raises(ValidationError):
        account(url=url)


@pytest.mark.parametrize(
    ("handle", "address"),
    [
        (None, None),
        ("@news@social.anthill.dev", "https://social.anthill.dev/@news"),
        ("news", "https://social.anthill.dev/@news"),
    ],
)
def test_where_to_follow(handle: str | None, address: str | None) -> None:
    assert MastodonType().follow_address(MastodonChannelOptions(), account(handle=handle)) == address


@pytest.mark.parametrize(
    "wrong", [{"visibility": "direct"}, {"hashtags": 11}, {"hashtags": -1}, {"style": "x"}, {"x": 1}]
)
def test_what_a_channel_may_not_say(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MastodonChannelOptions(**wrong)


def test_every_option_is_documented() -> None:
    for model in (MastodonAccountOptions, MastodonChannelOptions, Profile, TopicWarning):
        assert model.__doc__
        assert all(field.description for field in model.model_fields.values())


@pytest.mark.parametrize(
    ("instance", "limits"),
    [
        ({}, Limits()),
        (None, Limits()),
        ([1], Limits()),
        ({"configuration": {"statuses": None}}, Limits()),
        (
            {
                "configuration": {
                    "statuses": {
                        "max_characters": 5000,
                        "characters_reserved_per_url": 32,
                        "max_media_attachments": 16,
                    }
                }
            },
            Limits(5000, 32, 16),
        ),
        ({"max_toot_chars": 3000}, Limits(max_characters=3000)),
    ],
)
def test_limits(instance: Any, limits: Limits) -> None:
    assert limits_of(instance) == limits


@pytest.mark.parametrize("absurd", [0, -1, 3, 10**12, True, "lots", 500.5, [500]])
def test_absurd_limits_are_not_believed(absurd: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert limits_of({"configuration": {"statuses": {"max_characters": absurd}}}) == Limits()
    assert "max_characters" in caplog.text

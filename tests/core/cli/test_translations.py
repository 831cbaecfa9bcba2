"""Asking for translations on the command line, and settling by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

TRANSLATOR = """
[[translators]]
name = "own"
type = "libretranslate"
url = "http://127.0.0.1:9"
key = "env:TEST_NO_SUCH_KEY"
"""


@pytest.fixture
def asked(desk: Any, admin: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The program in a folder with an article and a translator, whose key only a process that sends needs."""
    config = desk.folder / "config.toml"
    config.write_text(config.read_text("utf-8") + TRANSLATOR, "utf-8")
    article = desk.article("en", "one", "First")
    monkeypatch.setenv("TEST_NO_SUCH_KEY", "a-key-for-publishing-it")
    assert admin("publish", str(article)).exit_code == 0
    monkeypatch.delenv("TEST_NO_SUCH_KEY")
    return admin


def test_asking_listing_showing_cancelling_and_trying_again(asked: Callable[..., Result]) -> None:
    made = asked("translate", "one", "de", "ar", "--json")
    assert made.exit_code == 0, made.output
    german, arabic = json.loads(made.stdout)
    assert (german["state"], german["language"], arabic["language"], german["translator"]) == (
        "waiting",
        "de",
        "ar",
        "own",
    )
    assert german["why"].startswith("command line (")
    assert json.loads(asked("translate", "one", "de", "--json").stdout)[0]["id"] == german["id"]
    listed = json.loads(asked("translations", "list", "--language", "de", "--json").stdout)
    assert [one["id"] for one in listed["requests"]] == [german["id"]]
    assert listed["translators"]["own"]["day"] == {"requests": 0, "characters": 0, "cost": 0.0}
    assert f"{german['id']}\tone\tde\twaiting\town" in asked("translations", "list").stdout
    assert "state:       waiting" in asked("translations", "show", str(german["id"])).stdout
    assert "cancelled" in asked("translations", "cancel", str(german["id"])).stdout
    assert "waiting" in asked("translations", "retry", str(german["id"])).stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("translate", "none", "de"), "no article has the id 'none'"),
        (("translate", "one", "en"), "it was written in en"),
        (("translate", "one", "xx-yy-zz"), "no language tag"),
        (("translate", "one", "de", "-T", "other"), "no translator is called 'other'; there are: own"),
        (("translations", "show", "99"), "no request has the id 99"),
        (("translations", "retry", "99"), "no request has the id 99"),
    ],
)
def test_what_cannot_be_is_told(asked: Callable[..., Result], words: tuple[str, ...], told: str) -> None:
    result = asked(*words)
    assert result.exit_code != 0
    assert told in f"{result.output} {result.exception}"

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

ALL_DAY = "00:00-23:59"


@pytest.fixture
def rules(desk: Any) -> Callable[[str], None]:
    """Adds keys to the Telegram channel's table."""

    def add(text: str) -> None:
        path = desk.folder / "config.toml"
        path.write_text(path.read_text("utf-8").replace('chat = "@news_de"', f'chat = "@news_de"\n{text}'), "utf-8")

    return add


@pytest.fixture
def explain(admin: Callable[..., Result]) -> Callable[..., dict[str, Any]]:
    def call(article: str, channel: str) -> dict[str, Any]:
        result = admin("explain", article, "-C", channel, "--json")
        assert result.exit_code == 0, result.output
        (told,) = json.loads(result.output)
        return {"verdict": told["verdict"], **{stage["name"]: stage for stage in told["stages"]}}

    return call


def test_what_is_out_and_what_does_not_match(desk: Any, admin: Any, explain: Any) -> None:
    desk.article("en", "one", "First", topics="[]")
    assert admin("run", "--once").exit_code == 0
    out = explain("one", "telegram-de")
    assert re.fullmatch(
        r"out since [-\d]+ [\d:]+ UTC, https://t.me/news_de/\d+; it shows revision 1 of 1", out["verdict"]
    )
    assert out["language"]["because"] == "the en edition is there"
    refused = explain("one", "mastodon-science")
    assert refused["verdict"] == "it does not go out: topics: science: no (the filter is science)"
    assert (refused["topics"]["answer"], refused["delivery"]["because"]) == ("no", "there is none")


def test_a_plain_explanation_has_a_line_for_each_stage(desk: Any, admin: Any) -> None:
    desk.article("en", "one", "First")
    admin("publish", str(desk.folder / "articles/en/one.md"))
    result = admin("explain", "one")
    assert "telegram-de: it waits: channel: nothing was ever dispatched" not in result.output
    assert re.search(r"^telegram-de: it goes out now\n  ✓ article   revision 1$", result.output, re.MULTILINE)
    assert "  ✓ topics    science: yes (the filter is science)\n" in result.output
    assert admin("explain", "nothing").exit_code == 1
    assert admin("explain", "one", "-C", "nowhere").exit_code == 1


def test_what_waits_says_for_what_and_until_when(desk: Any, admin: Any, explain: Any, rules: Any) -> None:
    rules(f'quiet_hours = "{ALL_DAY}"\nmax_per_hour = 10\ntimezone = "Europe/Berlin"')
    desk.article("en", "one", "First")
    assert admin("run", "--once").exit_code == 0
    told = explain("one", "telegram-de")
    assert re.match(r"it waits until [-\d]+ 23:59 CES?T: quiet_hours: they are 00:00-23:59", told["verdict"])
    assert (told["max_per_hour"]["answer"], told["max_per_hour"]["because"]) == ("yes", "0 of 10 in the last hour")
    status = json.loads(admin("status", "--json").output)
    waits = {row["name"]: row["waits"] for row in status["channels"]}
    assert waits["telegram-de"]["because"] == "quiet_hours are 00:00-23:59 (Europe/Berlin)"
    assert waits["mastodon-science"] is None


def test_what_was_dropped_keeps_its_verdict(desk: Any, admin: Any, explain: Any, rules: Any) -> None:
    rules('max_per_hour = 1\noverflow = "drop"')
    desk.article("en", "one", "First")
    desk.article("en", "two", "Second")
    assert admin("run", "--once").exit_code == 0
    told = [explain(key, "telegram-de")["verdict"] for key in ("one", "two")]
    assert [verdict.split(" since")[0] for verdict in sorted(told)] == [
        "out",
        "suppressed: dropped: max_per_hour is 1, and 1 went out",
    ]


def test_what_is_in_a_digest_says_in_which(desk: Any, admin: Any, explain: Any, rules: Any) -> None:
    rules('digest = "hourly"')
    desk.article("en", "one", "First")
    assert admin("run", "--once").exit_code == 0
    told = explain("one", "telegram-de")
    assert told["verdict"].startswith("it waits until ")
    assert ": digest: hourly, of everything; the next one is due " in told["verdict"]


def test_an_urgent_article_does_not_wait(desk: Any, admin: Any, explain: Any, rules: Any) -> None:
    rules(f'quiet_hours = "{ALL_DAY}"')
    path = desk.article("en", "one", "First")
    path.write_text(path.read_text("utf-8").replace("topics:", "urgent: true\ntopics:"), "utf-8")
    assert admin("run", "--once").exit_code == 0
    assert explain("one", "telegram-de")["verdict"].startswith("out since ")


def test_a_pause_and_a_channel_that_is_not_enabled(desk: Any, admin: Any, explain: Any) -> None:
    desk.article("en", "one", "First")
    admin("publish", str(desk.folder / "articles/en/one.md"))
    admin("channels", "pause", "telegram-de", "--for", "3h")
    assert re.match(
        r"it waits until .* UTC: channel: it is paused: paused by hand", explain("one", "telegram-de")["verdict"]
    )
    path = desk.folder / "config.toml"
    path.write_text(path.read_text("utf-8").replace('name = "mastodon"\n', 'name = "mastodon"\nenabled = false\n'))
    told = explain("one", "mastodon-science")
    assert told["verdict"] == "it does not go out: channel: it, or its account, is not enabled in the config"

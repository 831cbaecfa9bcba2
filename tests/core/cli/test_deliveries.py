"""``newswire deliveries`` and ``newswire channels``, as an admin uses them beside the sandbox."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newswire.sandbox import Fault


def _json(result: Any) -> Any:
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def _texts(desk: Any) -> list[str]:
    return [text.split("\n")[0] for text in desk.sandbox.telegram.texts("@news_de")]


def _listed(admin: Any, *words: str) -> dict[str, dict[str, Any]]:
    rows = _json(admin("deliveries", "list", "--json", *words))
    return {row["channel"]: row for row in rows}


def _doubt(desk: Any, admin: Any) -> dict[str, Any]:
    """A delivery in doubt whose post is out."""
    desk.sandbox.faults.add(Fault(effect="cut", when="after", platform="telegram", method="sendMessage"))
    desk.article("de", "one", "Erstes")
    assert admin("run", "--once").exit_code == 0
    (row,) = _listed(admin, "--state", "doubt,dead").values()
    assert row["state"] == "doubt"
    return row


def test_deliveries_are_listed_and_shown_with_the_platforms_words(desk: Any, admin: Any) -> None:
    said = {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}
    desk.sandbox.faults.add(Fault(effect="status", platform="telegram", method="sendMessage", status=400, body=said))
    desk.article("en", "one", "First")
    assert admin("run", "--once").exit_code == 0
    rows = _listed(admin)
    assert {name: row["state"] for name, row in rows.items()} == {"telegram-de": "dead", "mastodon-science": "done"}
    assert _listed(admin, "--channel", "mastodon-science").keys() == {"mastodon-science"}
    assert _listed(admin, "--article", "one", "--state", "dead").keys() == {"telegram-de"}
    assert len(_listed(admin, "--limit", "1")) == 1
    dead = str(rows["telegram-de"]["id"])
    shown = _json(admin("deliveries", "show", dead, "--json"))
    (tried,) = shown["attempts"]
    assert (tried["operation"], tried["outcome"]) == ("post", "rejected")
    assert "essage is too long" in tried["words"]
    done = admin("deliveries", "show", str(rows["mastodon-science"]["id"]))
    assert rows["mastodon-science"]["receipt"]["url"] in done.output
    assert "post\t1\tsent" in done.output
    assert f"{dead}\ttelegram-de\tone\tdead\t1" in admin("deliveries", "list").output
    assert admin("deliveries", "retry", dead).output == f"{dead}\ttelegram-de\tone\twas dead\n"
    assert admin("run", "--once").exit_code == 0
    assert _texts(desk) == ["First"]


def test_a_doubt_is_refused_a_retry_and_resolved_by_the_link_of_its_post(desk: Any, admin: Any) -> None:
    row = _doubt(desk, admin)
    key = str(row["id"])
    refused = admin("deliveries", "retry", key)
    assert refused.exit_code == 1
    assert f"newswire deliveries resolve {key}" in str(refused.exception)
    wrong = admin("deliveries", "resolve", key, "--sent", "https://elsewhere.example/x")
    assert wrong.exit_code == 2
    assert "must be a message's number, or its link" in wrong.output
    (message,) = desk.sandbox.telegram.messages("@news_de")
    link = f"https://t.me/news_de/{message.id}?single"
    resolved = admin("deliveries", "resolve", key, "--sent", link)
    assert (resolved.exit_code, resolved.output) == (0, f"{key}\ttelegram-de\tone\twas doubt\n")
    shown = _json(admin("deliveries", "show", key, "--json"))
    assert (shown["state"], shown["receipt"]["url"]) == ("done", f"https://t.me/news_de/{message.id}")
    assert shown["attempts"][-1]["operation"] == "by hand"
    desk.article("de", "one", "Berichtigt")
    assert admin("run", "--once").exit_code == 0
    assert _texts(desk) == ["Berichtigt"]
    assert admin("withdraw", "one").exit_code == 0
    assert admin("run", "--once").exit_code == 0
    assert _texts(desk) == []


def test_a_post_that_was_lost_is_resolved_and_posts_are_made_anew(desk: Any, admin: Any) -> None:
    key = str(_doubt(desk, admin)["id"])
    assert admin("deliveries", "resolve", key, "--not-sent").exit_code == 0
    assert admin("run", "--once").exit_code == 0
    assert _texts(desk) == ["Erstes", "Erstes"]
    told = admin("deliveries", "resend", "--since", "1h")
    assert "Nothing was changed. With --yes, new posts are made of these 1." in told.output
    assert _listed(admin)["telegram-de"]["state"] == "done"
    assert admin("deliveries", "resend", "--since", "1h", "--channel", "mastodon-science", "--yes").output == ""
    done = admin("deliveries", "resend", "--since", "1h", "--yes")
    assert done.output == f"{key}\ttelegram-de\tone\twas done\n"
    assert admin("run", "--once").exit_code == 0
    assert _texts(desk) == ["Erstes"] * 3
    assert admin("deliveries", "discard", key).exit_code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list", "--state", "doubtful"], "it is a list of pending, sending, done"),
        (["resend"], "Name deliveries by their ids, or give --since TIME."),
        (["resend", "1", "--since", "now"], "Name deliveries by their ids, or give --since TIME."),
        (["resend", "1", "--channel", "x"], "--channel goes with --since."),
        (["resend", "--since", "yesterday"], "'yesterday' is no time"),
        (["resolve", "1"], "Say either --sent REMOTE_ID or --not-sent."),
        (["resolve", "1", "--sent", "7", "--not-sent"], "Say either --sent REMOTE_ID or --not-sent."),
        (["resolve", "1", "2", "--sent", "7"], "--sent is about one delivery"),
        (["retry"], "Missing argument 'ID...'"),
    ],
)
def test_what_cannot_be_meant_is_said(words: list[str], said: str, admin: Any) -> None:
    result = admin("deliveries", *words)
    assert result.exit_code == 2
    assert said in result.output


def test_channels_are_paused_resumed_and_activated(desk: Any, admin: Any) -> None:
    gone = {"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked from the channel chat"}
    desk.sandbox.faults.add(Fault(effect="status", platform="telegram", method="sendMessage", status=403, body=gone))
    desk.article("de", "one", "Erstes")
    assert admin("run", "--once").exit_code == 0
    rows = {row["name"]: row for row in _json(admin("channels", "list", "--json"))}
    assert "bot was kicked" in rows["telegram-de"]["inactive"]
    assert rows["mastodon-science"]["inactive"] is None
    assert "bot was kicked" in admin("channels", "list").output
    key = str(_listed(admin, "--channel", "telegram-de")["telegram-de"]["id"])
    assert "'newswire channels activate telegram-de' lifts that" in admin("deliveries", "retry", key).output
    refused = admin("channels", "resume", "telegram-de")
    assert "'newswire channels activate' lifts that" in str(refused.exception)
    assert admin("channels", "activate", "telegram-de").output == "telegram-de: is active\n"
    assert admin("channels", "pause", "telegram-de").output == "telegram-de: paused until it is resumed\n"
    assert admin("run", "--once").exit_code == 0
    assert _texts(desk) == []
    assert "telegram-de\ttelegram\tyes\tresumed" in admin("channels", "list").output
    assert admin("channels", "pause", "telegram-de", "--for", "2h").output.startswith("telegram-de: paused until 2")
    assert admin("channels", "resume", "telegram-de").output == "telegram-de: goes on\n"
    assert admin("run", "--once").exit_code == 0
    assert _texts(desk) == ["Erstes"]
    unknown = admin("channels", "pause", "telegram-en")
    assert "there is no channel 'telegram-en'" in str(unknown.exception)


def test_prune_says_what_it_does(desk: Any, admin: Any) -> None:
    desk.article("en", "one", "First")
    assert admin("run", "--once").exit_code == 0
    told = admin("prune", "--dry-run")
    assert f"# Would be pruned to {desk.folder}/archive\nwhat\trows\ndeliveries\t0\n" in told.output
    config = desk.folder / "config.toml"
    config.write_text(config.read_text("utf-8") + '\n[store]\nkeep = "0.001s"\n', "utf-8")
    assert "store.keep: must be a duration" in str(admin("prune").exception)
    config.write_text(config.read_text("utf-8").replace('"0.001s"', "0.001"), "utf-8")
    assert _json(admin("prune", "--dry-run", "--json"))["rows"] == {"deliveries": 2, "attempts": 2, "events": 0}
    pruned = _json(admin("prune", "--json"))
    assert (pruned["rows"]["deliveries"], pruned["folded_articles"]) == (2, 1)
    assert len(list((desk.folder / "archive").iterdir())) == 2
    assert _listed(admin) == {}
    assert _listed(admin, "--article", "one").keys() == {"telegram-de", "mastodon-science"}
    assert admin("withdraw", "one").exit_code == 0
    assert admin("run", "--once").exit_code == 0
    assert _texts(desk) == desk.sandbox.mastodon.texts("main", "news") == []
    assert "there is no follower 'x'" in str(admin("prune", "--forget", "x").exception)
    config.write_text(config.read_text("utf-8").replace("0.001", '"off"'), "utf-8")
    assert admin("prune").output == 'Nothing is pruned: [store] keep is "off".\n'

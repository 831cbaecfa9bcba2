from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def _json(result: Any) -> Any:
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_run_once_takes_in_delivers_and_ends(desk: Any) -> None:
    desk.article("en", "one", "First")
    desk.article("de", "one", "Erstes")
    desk.article("en", "two", "Second", topics="[]")
    result = desk.newswire("run", "--once")
    assert (result.returncode, result.stdout) == (0, "")
    assert [text.split("\n")[0] for text in desk.sandbox.telegram.texts("@news_de")] == ["Erstes", "Second"]
    assert [text.split("\n")[0] for text in desk.sandbox.mastodon.texts("main", "news")] == ["First"]
    again = desk.newswire("run", "--once")
    assert again.returncode == 0
    assert len(desk.sandbox.telegram.texts("@news_de")) == 2


def test_status_counts_and_shows_every_channel(desk: Any) -> None:
    desk.article("en", "one", "First")
    desk.article("de", "one", "Erstes")
    desk.newswire("run", "--once")
    status = _json(desk.newswire("status", "--json"))
    assert (status["articles"], status["editions"], status["by_language"]) == (1, 2, {"de": 1, "en": 1})
    assert status["by_intake"] == {"articles": {"articles": 1, "editions": 2, "languages": {"de": 1, "en": 1}}}
    assert {row["name"]: row["states"] for row in status["channels"]} == {
        "telegram-de": {"done": 1},
        "mastodon-science": {"done": 1},
    }
    plain = desk.newswire("status")
    assert "1 articles, 2 editions, 0 withdrawn, 1 events" in plain.stdout
    assert "2 channels, 0 of them need a look; 0 pending, 0 being sent, 0 in doubt, 0 given up" in plain.stdout
    assert "telegram\ttelegram\t1\t\t\t0\t0\t0\t\t\n" in plain.stdout
    (line,) = [line.split("\t") for line in plain.stdout.splitlines() if line.startswith("telegram-de\t")]
    assert (line[1], line[3:]) == ("telegram", ["0", "0", "0", "", ""])
    assert datetime.fromisoformat(line[2]) is not None


def test_publish_brings_the_whole_article_of_a_file(desk: Any) -> None:
    english = desk.article("en", "one", "First")
    desk.article("de", "one", "Erstes")
    result = desk.newswire("publish", str(english), secrets=False)
    assert (result.returncode, result.stdout) == (0, f"{english}: 1 new\n")
    assert _json(desk.newswire("status", "--json"))["editions"] == 2


def test_publish_takes_articles_as_json(desk: Any) -> None:
    path = desk.folder / "article.json"
    edition = {"language": "en", "title": "By hand", "url": "https://news.example/en/by-hand"}
    path.write_text(json.dumps({"id": "by-hand", "original_language": "en", "editions": [edition]}), "utf-8")
    assert _json(desk.newswire("publish", "--json", str(path)))[0]["counts"] == {"new": 1}


def test_publish_names_what_is_wrong_and_stores_nothing(desk: Any) -> None:
    path = desk.folder / "article.json"
    path.write_text('{"id": "x", "original_language": "en", "editions": [{"language": "en"}]}', "utf-8")
    result = desk.newswire("publish", str(path))
    assert result.returncode == 1
    assert f"problem: {path}: editions.0.title: Field required; editions.0.url: Field required" in result.stderr
    assert _json(desk.newswire("status", "--json"))["articles"] == 0


def test_publish_of_a_stranger_says_where_it_would_belong(desk: Any, tmp_path: Path) -> None:
    path = tmp_path / "stray.md"
    path.write_text("---\ntitle: Stray\n---\nBody\n", "utf-8")
    result = desk.newswire("publish", str(path))
    assert result.returncode == 2
    assert "belongs to no enabled intake (articles)" in result.stderr


def test_withdraw_deletes_and_publishing_again_does_not_bring_it_back(desk: Any) -> None:
    path = desk.article("en", "one", "First")
    desk.newswire("run", "--once")
    assert desk.newswire("withdraw", "one", secrets=False).stdout == "one: withdrawn\n"
    desk.newswire("run", "--once")
    assert desk.sandbox.telegram.texts("@news_de") == []
    assert desk.newswire("withdraw", "one").stdout == "one: was withdrawn already\n"
    assert desk.newswire("publish", str(path)).stdout == f"{path}: 1 withdrawn\n"
    desk.newswire("publish", "--reinstate", str(path))
    desk.newswire("run", "--once")
    assert len(desk.sandbox.telegram.texts("@news_de")) == 1


def test_withdrawing_the_unknown_is_an_error_in_words(desk: Any) -> None:
    result = desk.newswire("withdraw", "nothing")
    assert (result.returncode, result.stderr) == (1, "newswire: no article has the id 'nothing'\n")


def test_preview_needs_no_secret_and_no_network(desk: Any) -> None:
    desk.article("en", "one", "First")
    desk.newswire("publish", str(desk.folder / "articles/en/one.md"), secrets=False)
    previews = {item["channel"]: item for item in _json(desk.newswire("preview", "one", "--json", secrets=False))}
    german = previews["telegram-de"]
    assert german["matches"]
    assert german["because"] == "the en edition is there"
    assert german["post"]["text"].startswith("First\n\nAbout First.\n\nDieser Artikel liegt bisher nur")
    assert "https://news.example/en/one" in previews["mastodon-science"]["post"]["text"]
    assert desk.sandbox.journal.received == []
    plain = desk.newswire("preview", "one", "-C", "telegram-de", secrets=False)
    assert "  │ First" in plain.stdout
    assert "mastodon" not in plain.stdout


def test_preview_says_why_a_channel_takes_nothing(desk: Any) -> None:
    desk.article("en", "one", "First", topics="[]")
    desk.newswire("publish", str(desk.folder / "articles/en/one.md"))
    (preview,) = _json(desk.newswire("preview", "one", "-C", "mastodon-science", "--json"))
    assert (preview["matches"], preview["because"], preview["post"]) == (
        False,
        "topics: science: no (the filter is science)",
        None,
    )


def test_check_asks_the_platforms(desk: Any) -> None:
    result = desk.newswire("check")
    assert result.returncode == 0, result.stdout
    assert "account telegram\tok" in result.stdout
    assert "channel mastodon-science\tok" in result.stdout
    offline = desk.newswire("check", "--offline", "--json")
    assert [item["level"] for item in _json(offline)] == ["ok"]


def test_a_missing_secret_is_a_config_error_with_its_line(desk: Any) -> None:
    result = desk.newswire("run", "--once", secrets=False)
    assert result.returncode == 2
    assert "config.toml:26: accounts[0].token: environment variable TEST_TELEGRAM_TOKEN is not set" in result.stderr
    assert "TEST_MASTODON_TOKEN" in result.stderr
    assert not (desk.folder / "newswire.db").exists()


def test_a_missing_config_is_named_with_the_cure(desk: Any) -> None:
    result = desk.newswire("run", "--once", "-c", "nowhere.toml")
    assert result.returncode == 2
    assert "nowhere.toml" in result.stderr
    assert "Traceback" not in result.stderr


def test_migrate_makes_the_schema_and_says_when_there_is_nothing_to_do(desk: Any) -> None:
    assert desk.newswire("migrate").stdout == "schema 0001, was empty\n"
    assert desk.newswire("migrate").stdout == "schema 0001 (nothing to do)\n"
    with sqlite3.connect(desk.folder / "newswire.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    refused = desk.newswire("run", "--once")
    assert refused.returncode == 1
    assert "the database has schema 9999, this program needs 0001" in refused.stderr


def test_plugins_are_listed_with_what_they_offer(desk: Any) -> None:
    listed = {item["name"]: item for item in _json(desk.newswire("plugins", "--json"))}
    for name in ("apprise", "feeds", "markdown", "mastodon", "telegram", "webhook"):
        assert (listed[name]["status"], listed[name]["reason"]) == ("loaded", None)
    assert "channel telegram" in listed["telegram"]["offers"]


def test_schemas_are_json_schemas(desk: Any) -> None:
    article = _json(desk.newswire("schema", "article"))
    config = _json(desk.newswire("schema", "config"))
    assert article["properties"]["editions"]["minItems"] == 1
    assert {"site", "accounts", "channels", "feeds"} <= set(config["properties"])


def test_secrets_reach_no_output(desk: Any) -> None:
    desk.article("en", "one", "First")
    told = ""
    for words in (("run", "--once"), ("check",), ("status", "--json"), ("preview", "one", "--json")):
        result = desk.newswire(*words)
        told += result.stdout + result.stderr
    assert "secret-of-the-bot" not in told

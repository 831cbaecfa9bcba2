"""Real input, whole: four projects through every plugin into the sandbox. Skipped where the corpus is not there."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedparser  # type: ignore[import-untyped]  # feedparser has no types
import feedparser_rs
import httpx
import jsonschema  # type: ignore[import-untyped]  # jsonschema has no types
import pytest
from mastodon import Mastodon

from newswire.cli.status import gather
from newswire.config import load_config
from newswire.room import Room
from newswire.sandbox import Sandbox
from newswire.web import WebApp

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("NEWSWIRE_CORPUS", ROOT.parent / "shared" / "corpus"))
pytestmark = [
    pytest.mark.skipif(not (CORPUS / "articles").is_dir(), reason="the corpus is not here (NEWSWIRE_CORPUS names it)"),
    pytest.mark.timeout(300),
]
# What must never reach a follower: template tags, HTML comments, raw HTML, Markdown's own signs, entities.
LEAK = re.compile(r"\{%|%\}|\{\{|\}\}|<!--|</?[a-z]+[ />]|\]\(|&[a-z]+;|\{[:#]", re.IGNORECASE)
# One author writes of an HTML element by its name, in a summary: that is no markup, and readers must see it.
SPOKEN_OF = "using the <details> element"


@dataclass
class Imported:
    """What became of the corpus."""

    room: Room
    status: dict[str, Any]
    again: dict[str, Any]
    reports: dict[str, dict[str, int]]
    second_reports: dict[str, dict[str, int]]
    sandbox: Sandbox


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    folder = tmp_path_factory.mktemp("corpus")
    sandbox = Sandbox(auto_register=True, limits=False)
    with pytest.MonkeyPatch.context() as patch, sandbox.background() as url:
        patch.setenv("NEWSWIRE_CORPUS", str(CORPUS))
        text = (ROOT / "examples" / "corpus.toml").read_text("utf-8").replace("http://127.0.0.1:8400", url)
        config = folder / "corpus.toml"
        config.write_text(text, "utf-8")
        room = Room(load_config(config))
        room.prepare()
        reports: dict[str, dict[str, int]] = {}
        second_reports: dict[str, dict[str, int]] = {}
        for kept in (reports, second_reports):
            for opened in room.intakes():
                kept[opened.name] = opened.receiver.receive(opened.intake.read()).counts
            asyncio.run(room.dispatcher().run(asyncio.Event(), patience=timedelta(seconds=5)))
            if kept is reports:
                status = gather(room.config, room.store)
        yield Imported(room, status, gather(room.config, room.store), reports, second_reports, sandbox)
        room.close()


def test_every_edition_is_there_and_nothing_else(imported: Imported) -> None:
    status = imported.status
    assert (status["articles"], status["editions"], status["topic_uses"]) == (286, 959, 586)
    assert {name: (part["articles"], part["editions"]) for name, part in status["by_intake"].items()} == {
        "chrome-developers": (126, 286),
        "optech": (92, 436),
        "opensource-guide": (12, 110),
        "opentelemetry": (56, 127),
    }
    assert set(status["by_language"]) == set("en ja zh es pt ko ru fr de cs hi uk ar fa zh-Hans".split())
    left_out: Counter[str] = Counter()
    for counts in imported.reports.values():
        left_out.update(counts)
    assert left_out == {"new": 286, "skipped": 29, "draft": 8}


def test_a_second_run_changes_nothing(imported: Imported) -> None:
    second: Counter[str] = Counter()
    for counts in imported.second_reports.values():
        second.update(counts)
    assert second == {"unchanged": 286, "skipped": 29, "draft": 8}
    assert imported.again["latest_event"] == imported.status["latest_event"] == 286
    assert imported.again["channels"] == imported.status["channels"]


def test_every_article_went_out_once_to_every_channel(imported: Imported) -> None:
    assert {row["name"]: row["states"] for row in imported.status["channels"]} == {
        "telegram-all": {"done": 286},
        "telegram-ja": {"done": 196},
        "telegram-rtl": {"done": 11},
        "mastodon-all": {"done": 286},
        "mastodon-zh": {"done": 126},
    }
    sandbox = imported.sandbox
    assert {chat: len(sandbox.telegram.texts(f"@corpus_{chat}")) for chat in ("all", "ja", "rtl")} == {
        "all": 286,
        "ja": 196,
        "rtl": 11,
    }
    assert len(sandbox.mastodon.texts("corpus", "corpus")) == 286
    assert len(sandbox.mastodon.texts("corpus", "corpus_zh")) == 126
    # The sandbox has counted them by its own rules; this is how the library counts.
    assert max(map(Mastodon.get_status_length, sandbox.mastodon.texts("corpus"))) <= 500


def test_nothing_leaks_into_a_post(imported: Imported) -> None:
    sandbox = imported.sandbox
    texts = [text for chat in ("all", "ja", "rtl") for text in sandbox.telegram.texts(f"@corpus_{chat}")]
    texts += sandbox.mastodon.texts("corpus")
    assert len(texts) == 905
    assert [text for text in texts if LEAK.search(text.replace(SPOKEN_OF, ""))] == []


async def test_every_feed_is_clean_in_two_parsers(imported: Imported, proof: Any) -> None:
    room = imported.room
    app = WebApp(room.config.plugins.http_apps, room.services, _always_ready)
    addresses = [f"/feeds/{language}" for language in room.config.site.languages]
    addresses += ["/feeds/en/topics/chrome-118", "/feeds/ja/sources/bitcoin-optech", "/feeds/en/archive/2023/10"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://news.example") as client:
        for address in addresses:
            for form in ("rss", "atom", "json"):
                answer = await client.get(f"{address}.{form}")
                assert answer.status_code == 200, address
                _check_clean(address, form, answer.content)
                # It guesses the format from the first bytes, which must not end inside a character.
                proof.check(answer.content if form != "json" else json.dumps(answer.json()).encode(), form)
                assert len(answer.content) < 5_000_000, address


def _check_clean(address: str, form: str, document: bytes) -> None:
    # This parser guesses the format from the first bytes, and fails where they end inside a character: for JSON it
    # gets the same document in ASCII.
    second = feedparser_rs.parse(json.dumps(json.loads(document)).encode() if form == "json" else document)
    assert not second.bozo, (address, form, second.get("bozo_exception"))
    assert "{%" not in _outside_code(document.decode()), address
    assert "{{<" not in _outside_code(document.decode()), address
    if form == "json":
        items = json.loads(document)["items"]
        jsonschema.validate(json.loads(document), json.loads((ROOT / "tests/feeds/jsonfeed.schema.json").read_text()))
        assert len(items) == len(second.entries) > 0, address
        return
    first = feedparser.parse(document)
    assert not first.bozo, (address, first.get("bozo_exception"))
    assert len(first.entries) == len(second.entries) > 0, address
    assert all(entry.title and entry.link.startswith("https://") for entry in first.entries), address


def _outside_code(text: str) -> str:
    """A document without what articles show as code; there a template tag is the author's own text."""
    for code in (r"&lt;code.*?&lt;/code&gt;", r"<code.*?</code>"):
        text = re.sub(code, "", text, flags=re.DOTALL)
    return text


async def _always_ready() -> str | None:
    return None

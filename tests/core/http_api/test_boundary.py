"""Whatever comes in here breaks no feed, no page, no post and no log: made-up articles go all the way."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from datetime import timedelta
from typing import Any

import hypothesis
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from newswire.sandbox import Sandbox
from newswire.store import deliveries

ENGINES = ("sqlite",)
EXAMPLES = 25
CHANNELS = """
[feeds]
check_every = 0.05

[[accounts]]
name = "telegram"
type = "telegram"
api_url = "{sandbox}/telegram"
token = "123456:secret-of-the-bot-0123456789abcdef"

[[accounts]]
name = "mastodon"
type = "mastodon"
url = "{sandbox}/mastodon/main"
token = "sandbox-news"

[[channels]]
name = "chat"
account = "telegram"
chat = "@news"
languages = ["en"]
max_age = "off"

[[channels]]
name = "timeline"
account = "mastodon"
languages = ["en"]
max_age = "off"
"""
NASTY = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)"><svg onload=alert(1)>',
    '<a href="javascript:alert(1)">x</a> [y](javascript:alert(1)) [z](data:text/html,x)',
    '<p title="&#xFFFE;">&#27;</p>',
    "]]></content:encoded></item><item>",
    "&#0; &#x1F; &nbsp; &bogus; \x00\x1b[31m\x85\u2028\ufeff\ufffe",
    "\r\n2026-11-23 00:00 [error    ] a made-up line of the log",
    "> " * 400 + "deep",
    "[" * 2000 + "x" + "]" * 2000,
    "*" * 3000 + "_" * 3000,
    "<div>" * 2000 + "<b>" * 500,
    "| a | b |\n|---|---|\n" + "| `|` | <td> |\n" * 50,
    "```\n<!-- --> unclosed",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "\u202e\u2066abc \u0641\u064a \U0001f468\u200d\U0001f469\u200d\U0001f467 " * 20,
    "e" + "\u0301" * 300,
    "@everyone #tag https://a.example/" + "x" * 500,
    "{{ 7*7 }} {% x %} {0} %s",
)
TEXT = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=80), st.tuples(st.sampled_from(NASTY), st.text()).map("".join)
)
LINE = TEXT.map(lambda text: text[:900])
HARMFUL = re.compile(r"(?i)<(script|svg|iframe)\b|\bon(error|load)\s*=\s*[\"']|href=[\"']?(javascript|data):")
BODIES = ("{http://www.w3.org/2005/Atom}content", "{http://purl.org/rss/1.0/modules/content/}encoded")


@st.composite
def made_up(draw: st.DrawFn) -> dict[str, Any]:
    """An article that a client might send, with anything where text stands."""
    languages = draw(st.sampled_from([["en"], ["en", "ar"], ["ar", "en"], ["de", "en", "fr"]]))
    editions = [
        {
            "language": language,
            "title": draw(LINE),
            "summary": draw(LINE),
            "body": draw(st.none() | TEXT),
            "body_format": draw(st.sampled_from(["markdown", "html"])),
            "url": f"https://news.example/{language}",
            "questions": draw(st.lists(st.fixed_dictionaries({"question": LINE, "answer": TEXT}), max_size=2)),
            "translators": draw(st.lists(LINE, max_size=1)),
        }
        for language in languages
    ]
    source = draw(st.none() | st.fixed_dictionaries({"name": LINE.map(lambda text: text[:200])}))
    authors = draw(st.lists(LINE, max_size=2))
    image = {"url": "https://news.example/i.png", "alt": draw(LINE), "type": draw(LINE)}
    return {
        "original_language": languages[0],
        "editions": editions,
        "source": source,
        "authors": authors,
        "image": draw(st.sampled_from([None, image])),
    }


def test_nothing_that_comes_in_breaks_what_goes_out(make_room: Any, serve: Any, clock: Any, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    taken: list[str] = []
    with Sandbox(auto_register=True, limits=False).background() as url:
        room = make_room(CHANNELS.format(sandbox=url))
        with serve(room) as served:

            @hypothesis.given(made_up())
            @hypothesis.settings(
                max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
            )
            def send(article: dict[str, Any]) -> None:
                key = f"n{len(taken)}"
                answer = served.client.put(f"/api/articles/{key}", json=article)
                assert answer.status_code in {201, 422}
                if answer.status_code == 201:
                    taken.append(key)
                    back = served.client.get(f"/api/articles/{key}").json()["article"]
                    assert served.client.put(f"/api/articles/{key}", json=back).json()["outcome"] == "unchanged"

            send()
            assert len(taken) >= EXAMPLES // 3
            _look_at_the_feeds(served, taken)
        for _ in taken:  # a bot keeps a pace of its own
            asyncio.run(room.dispatch(asyncio.Event(), patience=timedelta(0)))
            clock.forward(minutes=1)
        with room.store.read() as connection:
            rows = deliveries.listing(connection, limit=1000)
    assert [(row.channel, row.article_id, row.state, row.reason) for row in rows if row.state != "done"] == []
    assert len(rows) == 2 * len(taken)
    assert "request failed" not in caplog.text


def _look_at_the_feeds(served: Any, taken: list[str]) -> None:
    for _ in range(200):
        shown = served.client.get("/feeds/en.json").json()
        if len(shown["items"]) == len(taken):
            break
        time.sleep(0.05)
    assert len(shown["items"]) == len(taken)
    for path in ("/feeds/en.rss", "/feeds/en.atom", "/feeds/ar.atom"):
        answer = served.client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        root = etree.fromstring(answer.content)
        for element in root.iter(*BODIES):
            assert not HARMFUL.search(element.text or "")
    assert served.client.get("/").status_code == 200

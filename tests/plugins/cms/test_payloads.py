"""From a payload to the article, over HTTP, as WordPress and Ghost send it."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire.api import Taxonomy
from newswire.config import load_config
from newswire.errors import ConfigError
from newswire.site import Site
from newswire_cms.conversion import Unusable, merge, read_payload
from newswire_cms.mapping import BUNDLED, Proof, load_mapping
from newswire_cms.proof import proven

SECRET = "secret-of-the-newsroom-0123456789"
GHOST_ID = "ghost-6650f0c2a1b2c3d4e5f60718"
Payload = Callable[..., dict[str, Any]]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_a_post_of_ghost_becomes_an_article(new_desk: Callable[..., Any], ghost: Payload) -> None:
    desk = await new_desk("ghost")
    answer = await desk.ghost(ghost())
    assert (answer.status_code, answer.text) == (202, "kept\n")
    await desk.until(lambda: desk.article(GHOST_ID))
    content = desk.article(GHOST_ID).content
    (edition,) = content.editions
    assert (edition.language, edition.title, edition.summary) == ("en", "Ants < bees & wasps", "Ants carry more.")
    assert (edition.url, edition.body_format) == ("https://news.example/ants/", "html")
    assert content.topics == ("ai-safety",)
    assert content.authors == ("Ada Byron", "Grace Hopper")
    assert (content.image.url, content.image.alt) == ("https://news.example/content/ants.jpg", "An ant with a leaf")
    assert (content.published, content.updated) == (
        datetime(2026, 11, 23, 10, tzinfo=UTC),
        datetime(2026, 11, 23, 11, 30, tzinfo=UTC),
    )
    async with httpx.AsyncClient() as client:
        feed = (await client.get(f"{desk.url}/feeds/en.atom")).text
    assert "Ants carry" in feed
    assert "alert(1)" not in feed


async def test_ghost_corrects_takes_back_and_publishes_again(new_desk: Callable[..., Any], ghost: Payload) -> None:
    desk = await new_desk("ghost")
    await desk.ghost(ghost())
    await desk.ghost(ghost(title="Corrected"))
    await desk.idle()
    assert (desk.article(GHOST_ID).rev, desk.article(GHOST_ID).content.original.title) == (2, "Corrected")
    await desk.ghost(ghost(status="draft"))
    await desk.until(lambda: desk.article(GHOST_ID).withdrawn)
    await desk.ghost(ghost(title="Back"))
    await desk.until(lambda: not desk.article(GHOST_ID).withdrawn)
    deleted = {"post": {"current": {}, "previous": ghost()["post"]["current"]}}
    await desk.ghost(deleted)
    await desk.until(lambda: desk.article(GHOST_ID).withdrawn)


async def test_what_somebody_withdrew_stays_withdrawn(new_desk: Callable[..., Any], ghost: Payload) -> None:
    desk = await new_desk("ghost")
    await desk.ghost(ghost())
    await desk.until(lambda: desk.article(GHOST_ID))
    await desk.idle()
    desk.room.publisher.withdraw(GHOST_ID)
    await desk.ghost(ghost(title="An editor did not know"))
    await desk.idle()
    assert desk.article(GHOST_ID).withdrawn


async def test_a_draft_is_nothing(new_desk: Callable[..., Any], ghost: Payload) -> None:
    desk = await new_desk("ghost")
    for changes in ({"status": "draft"}, {"visibility": "members"}):
        assert (await desk.ghost(ghost(**changes))).status_code == 202
    await desk.idle()
    assert desk.article(GHOST_ID) is None


async def test_translations_of_wordpress_are_editions_of_one_article(
    new_desk: Callable[..., Any], wordpress: Payload
) -> None:
    desk = await new_desk("wordpress")
    of = {"original_id": 17, "original_lang": "en"}
    german = {"id": 18, "lang": "de", "link": "https://news.example/de/ameisen/", "title": {"rendered": "Ameisen"}}
    await desk.wordpress(wordpress(**german, **of))  # the translation may come first
    await desk.until(lambda: desk.article("wordpress-17"))
    assert desk.article("wordpress-17").content.original_language == "de"
    await desk.wordpress(wordpress(lang="en_GB", **of))
    await desk.until(lambda: len(desk.article("wordpress-17").content.editions) == 2)
    content = desk.article("wordpress-17").content
    assert content.original_language == "en"
    assert [edition.title for edition in content.editions] == ["Ameisen", "Ants \u2013 the movie"]
    assert content.editions[1].summary == "Ants carry…"
    assert content.topics == ("insects", "ai-safety")
    assert content.image.type == "image/png"
    await desk.wordpress(wordpress(**german, **of, status="trash"))
    await desk.until(lambda: len(desk.article("wordpress-17").content.editions) == 1)
    await desk.wordpress(wordpress(lang="en", status="trash", **of))
    await desk.until(lambda: desk.article("wordpress-17").withdrawn)


async def test_what_came_outlives_the_process(new_desk: Callable[..., Any], ghost: Payload) -> None:
    desk = await new_desk("ghost", watch=False)
    for number in range(3):
        assert (await desk.ghost(ghost(title=f"Title {number}"))).status_code == 202
    assert desk.article(GHOST_ID) is None
    (intake,) = desk.room.intakes()
    report = await desk.room.receive(intake)
    assert report.counts == {"new": 1, "revised": 2}
    assert desk.article(GHOST_ID).content.original.title == "Title 2"
    assert (await desk.room.receive(intake)).counts == {}


async def test_what_makes_no_article_is_told_and_stops_nothing(new_desk: Callable[..., Any], ghost: Payload) -> None:
    desk = await new_desk("ghost", watch=False)
    for changes in ({"title": ""}, {"locale": "tlh"}, {"url": "javascript:alert(1)"}, {"published_at": "yesterday"}):
        await desk.ghost(ghost(**changes))
    await desk.ghost({"something": "else"})
    await desk.ghost(ghost(id="x" * 300))
    await desk.ghost(ghost())
    (intake,) = desk.room.intakes()
    report = await desk.room.receive(intake)
    assert report.counts == {"new": 1, "problem": 6}
    told = "\n".join(str(problem) for problem in report.problems)
    assert "has nothing for the title ({post.current.title})" in told
    assert "is in 'tlh', and the site has only en, de, ar" in told
    assert "must be an absolute http or https address" in told
    assert "has nothing for the id" in told


async def test_only_who_knows_the_secret_is_heard(new_desk: Callable[..., Any], ghost: Payload) -> None:
    desk = await new_desk("ghost", watch=False)
    old = datetime.now(UTC) - timedelta(hours=1)
    body, headers = desk.signed(ghost())
    assert (await desk.ghost(ghost(), secret="wrong")).status_code == 403
    assert (await desk.ghost(ghost(), at=old)).status_code == 403
    assert (await desk.send(body + b" ", headers)).status_code == 403
    assert (await desk.send(body, {})).status_code == 403
    assert (await desk.send(body, headers, "/cms/other")).status_code == 403
    assert (await desk.send(body, headers, method="GET")).status_code == 405
    assert (await desk.send(b"x" * (4 * 1024 * 1024 + 1), headers)).status_code == 413
    for wrong in (b"[1]", b"{", b'"\\ud800"'):
        time = str(int(desk.now.timestamp() * 1000))
        digest = hmac.new(SECRET.encode(), wrong + time.encode(), hashlib.sha256).hexdigest()
        answer = await desk.send(wrong, {"X-Ghost-Signature": f"sha256={digest}, t={time}"})
        assert answer.status_code == 400
        assert SECRET not in answer.text
    assert desk.room.store.state("cms").all() == {}


def test_proofs() -> None:
    body, key = b'{"a":1}', SECRET.encode()
    right = hmac.new(key, body, hashlib.sha256)
    plain = Proof(scheme="hmac-sha256")
    for signature in (right.hexdigest(), f"sha256={right.hexdigest()}", b64encode(right.digest()).decode()):
        assert proven(plain, SECRET, signature.encode(), body, NOW)
        assert not proven(plain, SECRET, signature.encode(), body + b"x", NOW)
    assert proven(Proof(), SECRET, f"bearer {SECRET}".encode(), body, NOW)
    for wrong in (b"", b"Bearer", b"Basic x", b"Bearer wrong", b"\xff", b"t=,sha256="):
        for scheme in ("bearer", "hmac-sha256", "ghost"):
            assert not proven(Proof.model_validate({"scheme": scheme}), SECRET, wrong, body, NOW)


@pytest.mark.parametrize("name", BUNDLED)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda below: (
            st.lists(below, max_size=3)
            | st.dictionaries(
                st.sampled_from(["post", "current", "id", "title", "status", "lang", "html", "url"]), below
            )
        ),
        max_leaves=12,
    )
)
def test_any_payload_is_read_left_out_or_refused(name: str, payload: Any) -> None:
    site = Site(
        name="News", url="https://news.example", default_language="en", languages=("en", "de"),
        tag_authority="news.example,2026",
    )  # fmt: skip
    with contextlib.suppress(Unusable):
        part = read_payload(payload, load_mapping(name), site, Taxonomy(), "en")
        article, kept = merge(part, None) if part else (None, None)
        assert (article is None) == (kept is None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[article]\nid = 'x'\n", "published: Field required"),
        ("[published]\n\"a\" = 'b'\n[article]\nid = '{a..b}'\n", "mapping.toml:4: article.id:"),
        ("[published]\n\"a\" = 'b'\n[article]\nid = 'x'\ntitel = 'y'\n", "mapping.toml:5: article.titel:"),
        ("[published\n", "mapping.toml:1: is no TOML"),
    ],
)
def test_a_wrong_mapping_is_told_with_its_line(tmp_path: Any, text: str, problem: str) -> None:
    (tmp_path / "mapping.toml").write_text(text, "utf-8")
    config = tmp_path / "config.toml"
    config.write_text(
        '[site]\nname = "N"\nurl = "https://n.example"\ndefault_language = "en"\nlanguages = ["en"]\n'
        'tag_authority = "n.example,2026"\n[[intakes]]\nname = "a"\ntype = "cms"\nmapping = "file:mapping.toml"\n'
        f'secret = "{SECRET}"\n',
        "utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load_config(config)
    assert problem in str(caught.value)


def test_the_mapping_of_the_docs_is_one(tmp_path: Any) -> None:
    page = (Path(__file__).parents[3] / "docs" / "cms-webhooks.md").read_text("utf-8")
    block = page.split("```toml\n")[2].split("```")[0]
    (tmp_path / "mapping.toml").write_text(block, "utf-8")
    mapping = load_mapping(f"file:{tmp_path}/mapping.toml")
    entry = {
        "state": "live", "translation_of": 5, "locale": "de", "original_locale": "en", "title": "Titel",
        "description": "Kurz", "html": "<p>Text</p>", "slug": "a", "tags": [{"name": "KI"}],
        "authors": [{"name": "Ada", "role": "author"}, {"name": "Bob", "role": "editor"}],
    }  # fmt: skip
    site = Site(
        name="News", url="https://news.example", default_language="en", languages=("en", "de"),
        tag_authority="news.example,2026",
    )  # fmt: skip
    part = read_payload({"entry": entry}, mapping, site, Taxonomy(), "en")
    assert part is not None
    article, _ = merge(part, None)
    assert article is not None
    assert (article.id, article.original.url, article.authors, article.topics) == (
        "entry-5", "https://news.example/de/a", ("Ada",), ("ki",),
    )  # fmt: skip
    assert json.loads(article.model_dump_json())["editions"][0]["summary"] == "Kurz"

"""The pages of articles; and that nothing that comes from outside does anything on any page."""

from __future__ import annotations

import logging
import re
from typing import Any

from newswire import errors
from newswire.post import Receipt
from newswire.store import by_hand

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
ARABIC = "عنوان المقال"


def test_an_article_is_explained_stage_by_stage(served: Any, alice: Any, an_article: Any, an_edition: Any) -> None:
    served.deliver(
        an_article("2026/a", editions=[an_edition("ar", title=ARABIC), an_edition("en")], original_language="ar")
    )
    listed = alice.page("articles")
    assert f'href="/dashboard/articles/2026%2Fa" lang="ar" dir="rtl">{ARABIC}' in listed
    page = alice.page("articles/2026%2Fa")
    assert f'<h1 lang="ar" dir="rtl">{ARABIC}</h1>' in page
    for words in ("<b>language</b>: the en edition is there", "<b>topics</b>: ", "<b>age</b>: ", "out since"):
        assert words in page, words
    assert "1 channel without a delivery of it, and why" in page
    assert "it, or its account, is not enabled in the config" in page
    assert alice.page("articles", id="2026/a").count("<h1") == 1
    assert "without a delivery" not in alice.page("articles/2026%2Fa", channel="NEW")
    assert "out since" not in alice.page("articles/2026%2Fa", channel="qui")
    assert alice.get("articles/none").status_code == alice.get("articles", id="none").status_code == 404


def test_articles_are_listed_in_parts(served: Any, alice: Any, an_article: Any) -> None:
    for number in range(51):
        served.wire.publish(an_article(f"a{number}"))
    first = alice.page("articles")
    (address,) = re.findall(r'href="/dashboard/(articles\?[^"]+)">Older ones', first)
    assert [re.findall(r"Title of (\w+)", page)[0] for page in (first, alice.page(address))] == ["a50", "a0"]


def test_what_comes_from_outside_is_shown_as_it_is_written(
    served: Any, alice: Any, an_article: Any, an_edition: Any
) -> None:
    title = f"A title {HOSTILE}"
    served.deliver(an_article(editions=[an_edition("en", title=title)]), errors.Rejected(f"the plugin says {HOSTILE}"))
    row = served.row()
    evil = Receipt(remote_id=HOSTILE, at=served.clock(), url="javascript:alert(3)")
    for path in ("", "channels/news", "deliveries", f"deliveries/{row.id}", "articles", "articles/a"):
        page = alice.page(path)
        assert "<script" not in page, path
        assert "<img" not in page, path
        assert HOSTILE not in page
    assert "the plugin says &#34;&gt;&lt;script&gt;" in alice.page(f"deliveries/{row.id}")
    served.deliver(an_article("b"), errors.Unknown("cut"))
    with served.room.store.write() as connection:
        settled = by_hand.resolve_sent(served.row("b"), evil, withdrawn=False, now=served.clock())
        by_hand.change(connection, [served.row("b").id], lambda _: settled, by_hand.Hand("bob", served.clock()))
    for path in (f"deliveries/{served.row('b').id}", "deliveries", "channels/news", "articles/b"):
        assert 'href="javascript' not in alice.page(path), path
    for query in ({"state": HOSTILE}, {"channel": HOSTILE}, {"article": HOSTILE}):
        assert "<script" not in alice.page("deliveries", **query)
    assert "<script" not in alice.get(f"channels/{HOSTILE}").text


def test_no_page_and_no_log_shows_a_secret(served: Any, an_article: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    token = served.room.config.account("lane").options.token.get_secret_value()
    served.deliver(an_article(), errors.Rejected(f"https://api.telegram.org/bot{token}/sendMessage said no"))
    bob, secret = served.visitor(), served.token("bob", "admin")
    bob.log_in(secret)
    cookie = next(one.value for one in bob.client.cookies.jar if one.name == "newswire")
    pages = [
        bob.page(path) for path in ("", "channels/news", f"deliveries/{served.row().id}", "deliveries", "articles/a")
    ]
    bob.settle("retry", served.row())
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert lines
    for hidden in (token, secret, cookie):
        assert [page for page in pages if hidden in page] == []
    for hidden in (secret, cookie):
        assert [line for line in lines if hidden in line] == []


def test_an_article_is_previewed_as_its_channels_would_show_it(served: Any, alice: Any, an_article: Any) -> None:
    served.deliver(an_article("2026/a"))
    page = alice.page("articles/2026%2Fa")
    assert 'href="/dashboard/articles/2026%2Fa/preview?channel=news" aria-label="Preview on news"' in page
    answer = alice.get("articles/2026%2Fa/preview", channel="news")
    assert "Title of 2026/a (en)" in answer.text
    assert ("t.me/news" in answer.text, "t.me/quiet" in answer.text) == (True, False)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src https: data:;")
    assert policy.endswith("frame-ancestors 'none'")
    assert (answer.headers["cache-control"], answer.headers["x-frame-options"]) == ("no-store", "DENY")
    assert "<dt>quiet</dt>" in alice.page("articles/2026%2Fa/preview")
    assert alice.get("articles/none/preview").status_code == 404
    assert served.visitor().get("articles/2026%2Fa/preview").status_code == 303

"""Whatever bytes come: no crash, nothing but articles, problems and what was left out, and valid feeds out of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.api import Arrival, Left, Problem, Taxonomy, Withdrawal, to_html
from newswire_upstream.document import NoFeed
from newswire_upstream.feeds import feeds_of
from newswire_upstream.options import UpstreamOptions
from newswire_upstream.reading import read_feed
from newswire_upstream.reception import receive

ADDRESS = "https://blog.example/feed"
OPTIONS = UpstreamOptions.model_validate({"url": ADDRESS, "language": "en"})
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
(FEED,) = feeds_of("x", OPTIONS, Taxonomy())
NAMES = (
    "title link guid description pubDate language content:encoded dc:date category author enclosure item source".split()
)
PIECES = st.sampled_from(
    [
        *(f"<{name}>" for name in NAMES),
        *(f"</{name}>" for name in NAMES),
        "<![CDATA[", "]]>", "&amp;", "&", "&#0;", "&#x110000;", "&nbsp;", "&bogus;", "<", ">", '"', "<!--", "-->",
        "<script>", "<b", "https://blog.example/1", "javascript:x()", "http://[", "Mon, 23 Nov 2026 07:00:00 GMT",
        "\u202e",
        '<enclosure url="x" length="-1" type="image/png"/>', '<guid isPermaLink="x">', "tag:a", "\ud7ff", "zh-Hans",
        "!",
        '<media:content url="http://%" medium="image"/>', '<link rel="alternate" href="//x"/>', "\x0b", "\u2028",
    ]
)  # fmt: skip
TEXT = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=25).map("".join)


def check(body: bytes) -> None:
    try:
        document = read_feed(body, address=ADDRESS, content_type="")
    except NoFeed:
        return
    found = receive(
        FEED, document, {}, options=OPTIONS, taxonomy=Taxonomy(), languages=("en", "de"), now=NOW, news=True
    )
    for one in found.delivered:
        assert isinstance(one, Arrival | Problem | Left | Withdrawal)
        if isinstance(one, Arrival):
            edition = one.article.original
            shown = f"{edition.title}{edition.summary}{edition.body or ''}{edition.url}"
            assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", shown)
            assert edition.url.startswith(("http://", "https://"))
            html = edition.body or ""
            assert to_html(html, "html", base_url=ADDRESS) == html
            orjson.dumps(one.article.model_dump(mode="json"))


@settings(max_examples=150)
@given(st.lists(TEXT, max_size=4))
def test_made_up_rss(items: list[str]) -> None:
    inner = "".join(f"<item>{item}</item>" for item in items)
    check(f"<rss version='2.0'><channel><title>t</title>{inner}</channel></rss>".encode("utf-8", "replace"))


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=300), TEXT.map(lambda text: text.encode("utf-8", "replace"))))
def test_made_up_bytes(body: bytes) -> None:
    check(body)
    check(b"<?xml version='1.0'?><rss><channel><item>" + body)
    check(b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>" + body)


JSON: Any = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)
KEYS = (
    "id url external_url title content_html content_text summary image tags authors date_published language attachments"
)


@settings(max_examples=150)
@given(st.lists(st.dictionaries(st.sampled_from(KEYS.split()), JSON), max_size=3), JSON)
def test_made_up_json(items: list[dict[str, Any]], other: Any) -> None:
    feed = {"version": other, "title": other, "authors": other, "hubs": other, "items": items}
    try:
        body = orjson.dumps(feed)
    except (TypeError, orjson.JSONEncodeError):  # an integer beyond 64 bits
        return
    check(body)

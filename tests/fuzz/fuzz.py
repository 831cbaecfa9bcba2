"""Coverage-guided fuzzing of what comes in from outside: ``make fuzz`` runs each target for a minute.

    python tests/fuzz/fuzz.py TARGET [options of libFuzzer] [folders of inputs to begin with]

The targets take any bytes as a body in Markdown or HTML, as a feed of others, or as the body of an API request. What
must hold of the outcome is what the suite asks, too (its examples are made by Hypothesis); here Atheris looks for the
inputs that reach code which no other input has reached.
"""

from __future__ import annotations

import contextlib
import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import atheris

with atheris.instrument_imports(include=["newswire", "newswire_feeds", "newswire_upstream"]):
    from lxml import etree  # type: ignore[import-untyped]  # lxml has no types
    from pydantic import ValidationError

    from newswire.api import Arrival, Article, Taxonomy, clean, parse_body, plain_text, to_html
    from newswire.http_api import bodies
    from newswire.http_api.problems import Problem as HttpProblem
    from newswire_upstream.document import NoFeed
    from newswire_upstream.feeds import feeds_of
    from newswire_upstream.options import UpstreamOptions
    from newswire_upstream.reading import read_feed
    from newswire_upstream.reception import receive

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = "https://news.example/"
UNSAFE = re.compile(
    r"<(?:script|style|iframe|object|form|input)\b|\son\w+\s*=|(?:href|src)\s*=\s*.?javascript:", re.IGNORECASE
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
OPTIONS = UpstreamOptions.model_validate({"url": f"{BASE}feed", "language": "en"})
(FEED,) = feeds_of("fuzz", OPTIONS, Taxonomy())
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _tags(html: str) -> str:
    """What stands within tags: in the words between them anything may stand, escaped."""
    return " ".join(re.findall(r"<[^>]*>", html))


def body(data: bytes) -> None:
    """A body becomes safe HTML that stays as it is when it is read again, words, and elements."""
    form, text = ("html" if data[:1] == b"h" else "markdown"), clean(data[1:].decode("utf-8", "replace"))
    html = to_html(text, "html" if form == "html" else "markdown", base_url=BASE)
    assert not UNSAFE.search(_tags(html)), html
    assert not CONTROL.search(html)
    again = to_html(html, "html", base_url=BASE)
    assert to_html(again, "html", base_url=BASE) == again
    etree.tostring(etree.Element("content", html=again))  # XML takes it
    plain_text(text, "html" if form == "html" else "markdown")
    parse_body(text, "html" if form == "html" else "markdown", base_url=BASE)


def feed(data: bytes) -> None:
    """A document is refused as no feed, or gives articles that are clean and can be told."""
    try:
        document = read_feed(data, address=f"{BASE}feed")
    except NoFeed:
        return
    found = receive(
        FEED, document, {}, options=OPTIONS, taxonomy=Taxonomy(), languages=("en", "de"), now=NOW, news=True
    )
    for one in found.delivered:
        if isinstance(one, Arrival):
            edition = one.article.original
            assert edition.url.startswith(("http://", "https://"))
            assert not CONTROL.search(f"{edition.title}{edition.summary}{edition.body or ''}")
            assert Article.model_validate_json(one.article.model_dump_json()) == one.article


def request(data: bytes) -> None:
    """The body of a request is refused with a problem that names the place, or is an article that can be read back."""
    with contextlib.suppress(HttpProblem, ValidationError):
        article = Article.model_validate(bodies.parse_object(data))
        assert Article.model_validate_json(article.model_dump_json()) == article
        for edition in article.editions:
            body(b"h" + (edition.body or "").encode())


TARGETS: dict[str, Callable[[bytes], None]] = {"body": body, "feed": feed, "request": request}


def main() -> None:
    """Runs one target."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:  # the program and the target
        sys.exit(f"usage: fuzz.py {'|'.join(TARGETS)} [options of libFuzzer]")
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()

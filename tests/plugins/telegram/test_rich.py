"""Rich messages: within the dialect and its bounds, whatever the article."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.api import Question, clean
from newswire.sandbox.telegram.links import checked_link
from newswire.sandbox.telegram.rich import rich_of
from newswire_telegram.formatter import compose
from newswire_telegram.rich import rich_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Story
    from newswire_telegram.options import TelegramChannelOptions

INLINE = set("b i u s code a br sub sup mark".split())
BLOCKS = set(
    "h1 h2 h3 h4 h5 h6 p ul ol li table caption tr td th hr details summary blockquote pre figure figcaption "
    "img".split()
)
HOLD_NO_BLOCK = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "summary", "caption", "figcaption"}
COUNTED = BLOCKS - {"ul", "ol", "table", "td", "th", "summary", "caption", "figcaption"}


class Dialect(HTMLParser):
    """Reads a rich message by the rules of Bot API 10.1, and counts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.deepest = self.blocks = self.pictures = self.columns = self.widest = 0
        self.words = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in INLINE | BLOCKS, tag
        assert tag not in BLOCKS or not HOLD_NO_BLOCK & set(self.open), (tag, self.open)
        assert tag not in INLINE - {"br"} or tag not in self.open, (tag, self.open)
        self.blocks += tag in COUNTED
        self.pictures += tag == "img"
        self.columns = 0 if tag == "tr" else self.columns + (tag in {"td", "th"})
        self.widest = max(self.widest, self.columns)
        for name, address in attrs:
            if name in {"href", "src"}:
                assert checked_link(address or "")
        if tag not in {"br", "hr", "img"}:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def checked(html: str) -> Dialect:
    rich_of({"html": html})
    found = Dialect(html)
    assert len(found.words) <= 32_768
    assert found.blocks <= 500
    assert found.deepest <= 16
    assert found.pictures <= 50
    assert found.widest <= 20
    return found


def test_the_post_has_a_rich_message_and_a_text_for_servers_that_know_none(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    one = story(
        body="## Head\n\n| a | b |\n|---|---|\n| c | d |",
        language="ar",
        questions=(Question(question="Why?", answer="So."),),
    )
    post = compose(one, options(style="rich"))
    full = compose(one, options(style="full"))
    assert (post.details["kind"], post.text, post.entities) == ("rich", full.text, full.entities)
    assert post.details["rich"] == {"html": rich_message(one, 5)["html"], "is_rtl": True}
    assert "rich" not in full.details


def test_the_dialect(story: Callable[..., Story]) -> None:
    body = (
        "# A title\n\n## Head *x*\n\nText `c` [a *b*](/d) ![i](j.png) more.\n\n3. c\n   - [x] d\n\n> q\n\n"
        "```py\n<e>\n```\n\n"
        "| f | g |\n|--:|---|\n| h | [i](/k) |\n\n<details><summary>l</summary>m</details>\n\n---\n\n"
        "<figure><img src='/n.png' alt='o'><figcaption>p</figcaption></figure>\n\n"
        "[us](mailto:q@r.example) <b><a href='/s'>t</a></b>"
    )
    html = rich_message(story(body=body), 5)["html"]
    checked(html)
    for part in (
        "<h1>A title</h1><p>May 1, 2026</p><p><b>A summary.</b></p><h2>Head <i>x</i></h2>",
        (
            '<p>Text <code>c</code> <a href="https://news.example/d">a <i>b</i></a></p>'
            '<img src="https://news.example/j.png" alt="i"><p>more.</p>'
        ),
        '<ol start="3"><li><p>c</p><ul><li>☑ d</li></ul></li></ol><blockquote><p>q</p></blockquote>',
        '<pre><code class="language-py">&lt;e&gt;</code></pre>',
        (
            '<table bordered><tr><th align="right">f</th><th>g</th></tr><tr><td align="right">h</td>'
            '<td><a href="https://news.example/k">i</a></td></tr></table>'
        ),
        "<details><summary>l</summary><p>m</p></details><hr>",
        '<figure><img src="https://news.example/n.png" alt="o"><figcaption>p</figcaption></figure>',
        '<p>us (q@r.example) <b><a href="https://news.example/s">t</a></b></p>',
        '<p><a href="https://news.example/a1">Read more</a></p>',
    ):
        assert part in html
    assert html.count("A title") == 1


@pytest.mark.parametrize(
    "body",
    [
        "word " * 40_000,
        "語" * 200_000,
        "- item\n" * 2000,
        "![a](https://x.example/a.png)\n\n" * 200,
        "|a" * 30 + "|\n" + "|-" * 30 + "|\n" + "|b" * 30 + "|",
        "<div>" * 90 + "x",
        "<ul><li>" * 40 + "x",
        "<b><i><u><s>" * 20 + "x",
        "<details>" * 40 + "x",
        "<table><tr><td>" * 20 + "x",
        "# h\n\n" * 900,
        "<a href='https://x.example/'><h2>a</h2><img src='https://x.example/a.png'></a>",
    ],
)
def test_bounds(story: Callable[..., Story], body: str) -> None:
    html = rich_message(story(body=body, title="T" * 1000, summary="s" * 3000), 5)["html"]
    checked(html)
    assert html.endswith("Read more</a></p>")


pieces = st.sampled_from(
    "# a\n\n|- b\n|  - c\n|> d\n|```\ne\n```\n|**|*|[f](/g)|![h](i.png)|\n\n|\n|<b>|</b>|<details>|<summary>|"
    "</details>|<table>|<tr>|<td>|</table>|<figure>|<figcaption>|<dl>|<dt>|<dd>|<a href='https://x.example/'>|</a>|<li>|<br>|<hr>|"
    "<pre>|&amp;|word |<p>".split("|")
)


@settings(deadline=None, max_examples=150)
@given(
    text=st.lists(pieces | st.text(max_size=4), max_size=30).map("".join).map(clean),
    form=st.sampled_from(["markdown", "html"]),
)
def test_every_article_makes_one(story: Callable[..., Story], text: str, form: str) -> None:
    checked(rich_message(story(body=text or None, body_format=form), 5)["html"])

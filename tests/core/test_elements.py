"""A body as a tree: the same as its HTML, and nothing that is not in it."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html  # type: ignore[import-untyped]  # lxml has no types

from newswire.elements import Element, to_elements
from newswire.markup import Format, to_html

BASE = "https://news.example/en/a"
PIECES = st.sampled_from(
    "<b>|</b>|<p>|</p>|<ul><li>|</ul>|<br>|<hr>|<a href='/x?a=1&amp;b=\"2\"'>|</a>|<img src=x alt='a<b'>|&amp;|"
    "&lt;|<|>|# h\n|- a\n|> q\n|```\nc\n```\n|**d**|`<i>`|| a |\n|-|\n|\n\n|word |<script>x</script>|<!-- c -->|é"
    "|\u00a0".split("|")
)
BODIES = st.lists(PIECES | st.text(max_size=4), max_size=16).map("".join)
FORMATS: st.SearchStrategy[Format] = st.sampled_from(["markdown", "html"])


def told(node: Element) -> str:
    """The tree as HTML again."""
    pieces = []
    for child in node.children:
        if isinstance(child, str):
            pieces.append(escape(child))
            continue
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in child.attributes.items())
        inside = "" if child.tag in {"br", "hr", "img"} else f"{told(child)}</{child.tag}>"
        pieces.append(f"<{child.tag}{attributes}>{inside}")
    return "".join(pieces)


@settings(deadline=None)
@given(BODIES, FORMATS)
def test_the_tree_is_that_of_the_html(text: str, form: Format) -> None:
    tree = to_elements(text, form, base_url=BASE)
    assert tree.tag == ""
    assert to_elements(told(tree), "html", base_url=BASE) == tree
    parsed = lxml_html.fragment_fromstring(f"<div>{to_html(text, form, base_url=BASE)}</div>")
    assert tree.text() == parsed.text_content()


@pytest.mark.parametrize(
    ("text", "form", "children"),
    [
        ("a *b*", "markdown", (Element("p", {}, ("a ", Element("em", {}, ("b",)))),)),
        ("<br>&lt;x&gt;&nbsp;", "html", (Element("br", {}), "<x>\u00a0")),
        (
            "[a](/b?c=1&d=2)",
            "markdown",
            (Element("p", {}, (Element("a", {"href": "https://news.example/b?c=1&d=2"}, ("a",)),)),),
        ),
        ("<p>never <b>closed", "html", (Element("p", {}, ("never ", Element("b", {}, ("closed",)))),)),
        ("<script>x</script>", "html", ()),
        ("", "markdown", ()),
    ],
)
def test_tree(text: str, form: Format, children: tuple[Element | str, ...]) -> None:
    assert to_elements(text, form, base_url=BASE).children == children


def test_finding_and_reading() -> None:
    tree = to_elements("<table><tr><td>a</td><th>b <i>c</i></th></tr></table>", "html", base_url=BASE)
    assert [cell.text() for cell in tree.find("td", "th")] == ["a", "b c"]
    assert list(tree.find("img")) == []

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html  # type: ignore[import-untyped]  # lxml has no types

from newswire.markup import Format, parse, plain, to_html
from newswire.text import clean

BASE = "https://news.example/en/a"
quick = settings(deadline=None, max_examples=80)

PIECES = st.sampled_from(
    [
        *(
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href='javascript:alert(1)'>",
            "<svg onload=x>",
        ),
        *(
            "[a](javascript:x)",
            "![a](data:text/html,x)",
            "<iframe src=//e>",
            "<style>*{}</style>",
            "<p onclick=x>",
            "</p>",
        ),
        *(
            "<b>",
            "</b>",
            "<",
            ">",
            "&lt;",
            "&#60;script&#62;",
            "# a\n",
            "- b\n",
            "> c\n",
            "| a | b |\n|---|:-:|\n| c | d |\n",
        ),
        *(
            "```py\n<x>\n```\n",
            "`<i>`",
            "**d**",
            "~~e~~",
            "\n",
            "  \n",
            " ",
            "word",
            "<!--",
            "-->",
            "<math><mi//xlink:href='data:x'>",
        ),
        *(
            "<a href='JaVaScRiPt:x'>",
            "<a href='java\tscript:x'>",
            "<table><td>",
            "<ul><li>",
            "\x00",
            "<base href=//evil>",
        ),
    ]
)
BODIES = st.lists(PIECES | st.text(max_size=4), max_size=14).map("".join)
FORMATS: st.SearchStrategy[Format] = st.sampled_from(["markdown", "html"])
HARMFUL = {"script", "style", "iframe", "object", "embed", "base", "form", "input", "svg", "math", "link", "meta"}


@quick
@given(BODIES, FORMATS)
def test_nothing_harmful_is_left(text: str, form: Format) -> None:
    made = to_html(text, form, base_url=BASE)
    for element in lxml_html.fragment_fromstring(f"<div>{made}</div>").iter():
        assert isinstance(element.tag, str)
        assert element.tag not in HARMFUL
        for name, value in element.attrib.items():
            assert not name.lower().startswith(("on", "style", "xlink", "id"))
            if name in {"href", "src"}:
                assert value.lower().startswith(("https://", "http://", "mailto:"))


@quick
@given(BODIES, FORMATS)
def test_making_html_is_pure_and_settles(text: str, form: Format) -> None:
    made = to_html(text, form, base_url=BASE)
    assert to_html(text, form, base_url=BASE) == made
    again = to_html(made, "html", base_url=BASE)
    assert to_html(again, "html", base_url=BASE) == again


@quick
@given(BODIES.filter(lambda text: "&" not in text and "`" not in text and "\\" not in text), FORMATS)
def test_plain_text_has_no_tags(text: str, form: Format) -> None:
    words = plain(text, form)
    # A lone "<" is text; what would be a tag was one.
    assert not any(tag in words for tag in ("<b>", "<p ", "<script", "<a href", "</p>", "<img", "<li", "alert(1)</"))
    assert words == "\n".join(" ".join(line.split()) for line in words.split("\n") if line.strip())


@pytest.mark.parametrize(
    ("text", "form", "html"),
    [
        ("# A\n\nb *c* **d** ~~e~~", "markdown", "<h1>A</h1>\n<p>b <em>c</em> <strong>d</strong> <s>e</s></p>"),
        ("[a](/b)", "markdown", '<p><a href="https://news.example/b">a</a></p>'),
        ("[a](b?c#d)", "markdown", '<p><a href="https://news.example/en/b?c#d">a</a></p>'),
        ("![alt](i.png)", "markdown", '<p><img src="https://news.example/en/i.png" alt="alt"></p>'),
        ("```py\na < b\n```", "markdown", '<pre><code class="language-py">a &lt; b\n</code></pre>'),
        ("<code class='x language-c++ y'>a</code>", "html", '<code class="language-c++">a</code>'),
        ("<code class='evil'>a</code>", "html", "<code>a</code>"),
        ("<p style='color:red' onclick='x()'>a</p>", "html", "<p>a</p>"),
        ("<script>alert(1)</script>a", "html", "a"),
        ("a <!-- hidden --> b", "html", "a  b"),
        ("<p>unclosed <b>tags", "html", "<p>unclosed <b>tags</b></p>"),
        ("a<iframe src='https://e'><b>x</iframe>b", "html", "ab"),
        ("a<noscript><img src=x></noscript>b", "html", "ab"),
        ("<object><p>x</p></object>", "html", "<p>x</p>"),
        ("", "markdown", ""),
    ],
)
def test_html(text: str, form: Format, html: str) -> None:
    assert to_html(text, form, base_url=BASE) == html


def test_a_table_keeps_its_alignment() -> None:
    made = to_html("| a | b |\n|---|--:|\n| c | d |", "markdown", base_url=BASE)
    assert '<th align="right">b</th>' in made
    assert '<td align="right">d</td>' in made
    assert "style" not in made


@pytest.mark.parametrize(
    ("text", "form", "words"),
    [
        ("one\ntwo\n\nthree  \nfour", "markdown", "one two\nthree\nfour"),
        ("# A\n- b\n- c\n\n> d", "markdown", "A\nb\nc\nd"),
        ("| a | b |\n|---|---|\n| c | d |", "markdown", "a b\nc d"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "html", "a b"),
        ("<ul><li>x<ul><li>y</li></ul></li></ul><div>q<p>r</p></div>", "html", "x\ny\nq\nr"),
        ("```\na\n  b\n```", "markdown", "a\nb"),
        ("![picture](x.png) words", "markdown", "words"),
        ("`<b>` &amp; &lt;i&gt;", "markdown", "<b> & <i>"),
        ("<b>a</b>b<br>c<hr>d", "html", "ab\nc\nd"),
        ("a\u00a0b", "markdown", "a b"),
        ("<script>x</script><!-- c -->", "html", ""),
    ],
)
def test_plain(text: str, form: Format, words: str) -> None:
    assert plain(text, form) == words


def test_a_parse_can_be_used_again() -> None:
    cells = [token for token in parse("| a |\n|:-:|\n| b |") if token.type in {"th_open", "td_open"}]
    assert [cell.attrs for cell in cells] == [{"align": "center"}] * 2
    assert parse("a")[1].content == "a"


HUGE: dict[str, tuple[str, Format]] = {
    **{f"{piece} x 10000": (piece * 10_000, "markdown") for piece in (">", "[", "![", "**a ", "[a](", "- ", "`", "<")},
    "nested lists": ("".join(f"{'  ' * depth}- a\n" for depth in range(500)), "markdown"),
    **{
        f"{piece} for 400 kB": (piece * (400_000 // len(piece)), "html")
        for piece in ("<div>", "<ul><li>", "<b ", "<rt>")
    },
    "open formatting": ("<p>" + "".join(f"<b title='{n}<'>" for n in range(5000)) + "<p>x" * 5000, "html"),
    "a long text": ("<p>word</p> " * 40_000, "html"),
}


@pytest.mark.parametrize(("text", "form"), HUGE.values(), ids=HUGE)
def test_no_body_takes_its_time_by_the_square(text: str, form: Format) -> None:
    begun = time.process_time()
    made = to_html(text, form, base_url=BASE)
    # By the square, each takes minutes, and the open formatting gigabytes; a bound that a busy machine keeps too.
    assert time.process_time() - begun < 10
    assert len(made) < 40 * len(text) + 1000
    lxml_html.fragment_fromstring(f"<div>{made}</div>")


def test_what_people_write_is_not_cut() -> None:
    text = "".join(f"<p><b>x{n}</b> <i>y</i><div><div><a href='/{n}'>z</a></div></div>" for n in range(500))
    made = to_html(text, "html", base_url=BASE)
    assert [made.count(tag) for tag in ("<b>", "<i>", "<div>", "<a ")] == [500, 500, 1000, 500]
    deep = "<div>" * 60 + "<b><i>x</i></b>" + "</div>" * 60
    assert to_html(deep, "html", base_url=BASE) == deep


@pytest.mark.parametrize("form", ["markdown", "html"])
@pytest.mark.parametrize(
    "body",
    [
        "a&#27;b&#xFFFE;c&#xffff;d",
        '<p title="&#xFFFE;">x</p>',
        '<a title="&#27;" href="https://x.example/&#27;">y</a>',
        "<code>&#x7;</code>",
    ],
)
def test_a_character_reference_brings_nothing_that_xml_cannot_carry(form: Format, body: str) -> None:
    for text in (to_html(body, form, base_url="https://news.example/"), plain(body, form)):
        assert clean(text) == text


def test_taking_characters_out_makes_no_new_address_or_tag() -> None:
    hidden = ('<a href="java&#27;script:alert(1)">x</a>', "<&#27;script>", '<a href="&#27;javascript:x">y</a>')
    for body in hidden:
        html = to_html(body, "html", base_url="https://news.example/")
        assert "javascript:" not in html.replace("https://news.example/javascript:", "")
        assert "<script" not in html
    # A mark that would join the end of a tag in Unicode's composed form stays a mark of its own.
    assert to_html("a<b>\u0338b&#27;</b>", "html", base_url="https://news.example/") == "a<b>\u0338b</b>"

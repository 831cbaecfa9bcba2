"""Whatever is in a body: its structure comes out again, or it is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newswire.api import plain_text
from newswire_translate.batches import batches
from newswire_translate.html import HtmlDocument
from newswire_translate.judging import judge, wrong_script
from newswire_translate.markdown import MarkdownDocument
from newswire_translate.piece import MARK, Broken, from_text
from newswire_translate.protecting import Keeper
from newswire_translate.structure import difference

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).parents[4] / "shared/corpus/articles"
FEWEST = 0.99


def turned(wire: str, turn: Callable[[str], str]) -> str:
    out, last = [], 0
    for mark in MARK.finditer(wire):
        out += [turn(wire[last : mark.start()]), mark[0]]
        last = mark.end()
    return "".join([*out, turn(wire[last:])])


def translated(body: str, turn: Callable[[str], str], form: Any = "markdown") -> str:
    """A body with its words turned, as a service would, through all that is done to it."""
    document = HtmlDocument(body) if form == "html" else MarkdownDocument(body)
    pieces = [piece.protect(Keeper(("Example Wire",)).find) for piece in document.pieces]
    return document.written([piece.read(turned(piece.wire, turn)) for piece in pieces], pieces)


def letters(body: str, form: Any) -> str:
    return re.sub(r"\W+", "", plain_text(body, form))


def same(text: str) -> str:
    return text


def japanese(text: str) -> str:
    return re.sub(r"&\w+;|([^\W\d_]+ ?)", lambda word: word[0] if word[1] is None else "訳語", text)


def longer(text: str) -> str:
    return re.sub(r"&\w+;|([^\W\d_]+)", lambda word: word[0] if word[1] is None else f"{word[0]} und mehr", text)


TURNS = (same, japanese, longer)
WORDS = st.sampled_from(
    (
        "word two *bold* **strong** `code` [link](https://a.example/b_c_d) ![alt](p.png) ~~gone~~ <b>raw</b> <br> "
        "<kbd>k</kbd> <https://auto.example/> 1. - + # > | \\* &amp; &copy; _under_ snake_case a@b.example "
        "https://x.example/y?z=1&w=2 **「括弧」**の [ref] !important <span> </div> *** --- === :-: عربي 5) <x/> </g> "
        "Example\xa0Wire"
    ).split(" ")
)
LINES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
PREFIXES = st.sampled_from(["", "", "# ", "### ", "> ", "> > ", "- ", "* - ", "1. ", "   ", "    ", "> - ", "- > "])
BLOCKS = st.one_of(
    st.tuples(PREFIXES, LINES).map("".join),
    st.tuples(LINES, LINES).map("  \n".join),
    st.tuples(LINES, LINES).map("\n".join),
    st.tuples(LINES, LINES).map(lambda two: f"| {two[0]} | b |\n|---|:-:|\n| {two[1]} | d |"),
    LINES.map(lambda line: f"```python\n{line}\n```"),
    LINES.map(lambda line: f"<div><p>{line}</p><ul><li>one {line}</li></ul></div>"),
    LINES.map(lambda line: f"{line}\n==="),
    LINES.map(lambda line: f"[ref]: https://ref.example/x '{line[:9]}'"),
)
BODIES = st.lists(BLOCKS, min_size=1, max_size=6).map("\n\n".join) | st.lists(BLOCKS, max_size=4).map("\n".join)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BODIES | st.text(max_size=200), st.sampled_from(TURNS))
@example("**word**後", japanese)
@example("a\n- b *c* d\n  e", longer)
@example("Wow ![alt](p.png)! [l](https://a.example)", same)
@example("- [ref]\n\n[ref]: https://ref.example", japanese)
@example("<DIV>0<A", same)
def test_the_structure_is_kept_or_the_body_refused(body: str, turn: Callable[[str], str]) -> None:
    try:
        made = translated(body, turn)
    except Broken:
        return
    if difference(body, made, "markdown") is None and turn is same:
        assert letters(made, "markdown") == letters(body, "markdown")


@settings(max_examples=40, deadline=None)
@given(st.lists(LINES | st.sampled_from(["<p>", "</p>", "<pre>x</pre>", "<ul><li>", "</li></ul>", "<!-- c -->"])))
@example(["<div>0<a"])
@example(["<div>0</a href='x>y"])
@example(["<p>a<b <c>d"])
@example(["<p>a</>b</3 c>d<!-->e<?x>f<!g"])
def test_html_is_kept_or_refused(parts: list[str]) -> None:
    body = "".join(parts)
    try:
        made = translated(body, same, "html")
    except Broken:
        return
    if difference(body, made, "html") is None:
        assert letters(made, "html") == letters(body, "html")


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=200) | st.lists(WORDS | st.sampled_from(['<x id="2"/>', '<g id="1">', "</g>", "<x>"])).map("".join)
)
def test_whatever_a_service_says_is_text_with_our_marks_or_refused(said: str) -> None:
    piece = MarkdownDocument("Some [words](https://a.example/) and `code`.").pieces[0]
    try:
        nodes = piece.read(said)
        judge(piece, nodes)
        made = MarkdownDocument("Some [words](https://a.example/) and `code`.").written([nodes], [piece])
    except Broken:
        return
    assert difference("Some [words](https://a.example/) and `code`.", made, "markdown") is None


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ("**word** word", "**訳語** 訳語"),
        ("a**word**a", "訳語**訳語**訳語"),
        ("a word with `x | y`", "訳語訳語訳語`x | y`"),
        ("1. word\n2. word", "1. 訳語\n2. 訳語"),
        ("> - *word* here\n>   and there", "> - *訳語* 訳語訳語訳語"),
        ("    code stays", "    code stays"),
        ("<!-- a comment stays -->", "<!-- a comment stays -->"),
        ("word\\\nword", "訳語\\\n訳語"),
        ("# word #", "# 訳語 #"),
        ("[word][r]\n\n[r]: https://r.example", "[訳語](https://r.example)\n\n[r]: https://r.example"),
        ("Example Wire says", "Example Wire 訳語"),
        ('<div>word <img alt="x > y" src="p.png"> word</div>', '<div>訳語<img alt="x > y" src="p.png"> 訳語</div>'),
        ('<div>word <a title="a<b" href="/x">word</a>< 5', '<div>訳語<a title="a<b" href="/x">訳語</a>&lt; 5'),
        ('<div>word <a href="x>no word', '<div>訳語 <a href="x>no word'),
        ("<div>word<b>word</b>< word</div>", "<div>訳語<b>訳語</b>&lt; 訳語</div>"),
    ],
)
def test_what_comes_of_markdown(body: str, made: str) -> None:
    assert translated(body, japanese) == made
    assert difference(body, made, "markdown") is None


@pytest.mark.parametrize(
    "text",
    [
        "1. first",
        "# no heading",
        "- no item",
        "*no* _type_ [no](link)",
        "a | b",
        "`no code`",
        "<b>no tag</b>",
        "&amp;",
        "===",
    ],
)
def test_words_that_look_like_markup_stay_words(text: str) -> None:
    document = MarkdownDocument("word")
    made = document.written([[text]], document.pieces)
    assert plain_text(made, "markdown") == text


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("# a", "a", "a h1 has become a p"),
        ("a\n\nb", "a", "in the body there are 1 blocks, not 2"),
        ("a [b](https://c.example)", "a b", "in a p a a is lost"),
        ("a `b`", "a `c`", "in a p a code is lost"),
        ("a", "a **b**", "in a p there is something that was not there"),
        ("```\na\n```", "```\nb\n```", "in a pre a code is lost"),
    ],
)
def test_what_is_otherwise_is_told(before: str, after: str, told: str) -> None:
    assert difference(before, after, "markdown") == told


def test_scripts() -> None:
    german = ["Dies ist ein Satz von einiger Länge, der in lateinischen Buchstaben geschrieben ist, wie man sieht."]
    assert wrong_script(german, "de") is None
    assert wrong_script(german, "ja") is not None
    assert wrong_script(["これは日本語の文です。" * 12], "ja") is None
    assert wrong_script(["これは日本語の文です。" * 12], "ko") is not None
    assert wrong_script(["هذه جملة باللغة العربية. " * 6], "fa") is None
    assert wrong_script(["Это русский текст. " * 8], "uk") is None
    assert wrong_script(["short"], "ja") is None


def test_batches() -> None:
    assert batches(["aa", "bb", "c" * 9, "d"], 4) == [["aa", "bb"], ["c" * 9], ["d"]]
    assert [len(one) for one in batches(["x"] * 130, 10_000)] == [60, 60, 10]


def test_a_piece_of_text_keeps_addresses_and_names() -> None:
    piece = from_text("See https://a.example/b_c, or @someone@b.example.").protect(Keeper().find)
    assert piece.wire == 'See <x id="1"/>, or <x id="2"/>.'


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_bodies_of_real_articles_keep_their_structure() -> None:
    files = sorted(CORPUS.rglob("*.md"))[::8]
    broken = []
    for file in files:
        body = re.sub(r"\A---\n.*?\n---\n", "", file.read_text("utf-8"), flags=re.DOTALL)
        try:
            why = difference(body, translated(body, japanese), "markdown")
        except Broken as error:
            why = str(error)
        if why is not None:
            broken.append((file.name, why))
    assert len(files) > 50
    assert len(broken) <= len(files) * (1 - FEWEST), broken

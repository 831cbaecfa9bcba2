"""Bodies as text and marks: what becomes of headings, lists, tables, pictures; and what holds for every body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire.api import Post, clean, graphemes
from newswire.sandbox.telegram.text import fixed, read_entities
from newswire_telegram.body import beginning, body_draft
from newswire_telegram.draft import Draft
from newswire_telegram.entities import settle
from newswire_telegram.message import wire_entities

if TYPE_CHECKING:
    from collections.abc import Callable

FAMILY = "👨‍👩‍👧‍👦"


def settled(text: str, form: str = "markdown", direction: Literal["ltr", "rtl"] = "ltr") -> Draft:
    made = body_draft(text, form, base_url="https://news.example/en/a", direction=direction)
    draft = Draft(made.text, list(made.entities))
    settle(draft)
    return draft


@pytest.fixture(scope="session")
def shown(rendered: Callable[[Post], str]) -> Callable[..., str]:
    def show(text: str, form: str = "markdown", direction: Literal["ltr", "rtl"] = "ltr") -> str:
        draft = settled(text, form, direction)
        post = Post(text=draft.text, entities=tuple(draft.entities), language="en", details={"kind": "text"})
        return rendered(post).partition("\n\n")[2].removesuffix("\n")

    return show


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# A *b*\n\nc", "**A** **_b_**\n\nc"),
        ("a\nb  \nc", "a b\nc"),
        ("- a\n- b\n\n  c\n- d", "• a\n• b\n⟨EM⟩c\n• d"),
        ("- a\n  - b\n    - c\n      - d", "• a\n⟨EM⟩◦ b\n⟨EM⟩⟨EM⟩▪ c\n⟨EM⟩⟨EM⟩⟨EM⟩▪ d"),
        ("7. a\n8. b", "7. a\n8. b"),
        ("- [ ] a\n- [x] b\n- [X] c\n- [y] d", "☐ a\n☑ b\n☑ c\n• [y] d"),
        ("- a\n\n  ```\n  x\n  ```\n- b", "• a\n```\nx\n```\n• b"),
        ("> a\n> > b", "⟦a\n\nb⟧".replace("\n\n", "\n\n")),
        ("```c++\n\n\ta < b  \n\n```", "```c++\na < b\n```"),
        ("```\n\n```\na", "a"),
        ("a `b` **c `d` e**", "a `b` **c** `d` **e**"),
        ("[`a` *b*](/c)", "[a _b_](https://news.example/c)".replace("_b_", "_b_")),
        ("[a](javascript:x) [b](tg://x) [c](data:,x)", "[a](javascript:x) b [c](data:,x)"),
        ("[a](http://localhost/x) [b](#c)", "a [b](https://news.example/en/a#c)"),
        ("[us](mailto:a%40b@c.example?subject=x)", "us (a@b@c.example)"),
        ("<a@b.example>", "a@b.example"),
        ("![a *b*](c.png)", "[🖼 a b](https://news.example/en/c.png)"),
        ("![](c.png)", "[🖼](https://news.example/en/c.png)"),
        ("[![a](c.png)](/d)", "[🖼 a](https://news.example/d)"),
        ("![a](http://localhost/c.png)", "🖼 a"),
        ("a\n\n---\n\nb", "a\n\n———\n\nb"),
        ("~~a~~ <u>b</u> <ins>c</ins> <kbd>d</kbd>", "~~a~~ __b__ __c__ `d`"),
        ("a <!-- b --> c", "a c"),
        ("&lt;b&gt; &copy; a&nbsp;b", "<b> © a\u00a0b"),
        ("a\u202eb\u2028c\u030ad", "abcd"),
        ("**a** **b**", "**a** **b**"),
        ("", ""),
    ],
)
def test_markdown(shown: Callable[..., str], text: str, told: str) -> None:
    assert shown(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<h2>a</h2>b<p>c</p>", "**a**\n\nb\n\nc"),
        ("<ol start=3 reversed><li>a<li>b</ol>", "3. a\n2. b"),
        ("<ol reversed><li>a<li>b</ol>", "2. a\n1. b"),
        ("<figure><img src=/a.png alt=b><figcaption>c</figcaption></figure>", "[🖼 b](https://news.example/a.png)\n_c_"),
        ("<details><summary>a</summary><p>b<blockquote>c</blockquote></details>", "**a**\n⟦▾b\n\nc⟧"),
        ("<dl><dt>a<dd>b<dd>c</dl>", "**a**\n⟨EM⟩b\n⟨EM⟩c"),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>", "漢(かん)"),
        ("<q>a</q>", "“a”"),
        ("<script>a</script><style>b</style><p onclick=c>d</p>", "d"),
        ("<pre>  a\n   b</pre>", "```\na\n b\n```"),
        ("<a href=/x><h2>a</h2></a>", "[**a**](https://news.example/x)"),
        ("<b>a<p>b</p>c</b>", "**a\n\nb\n\nc**"),
    ],
)
def test_html(shown: Callable[..., str], text: str, told: str) -> None:
    assert shown(text, "html") == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("| a | b |\n|---|--:|\n| c | 10 |\n| ddd | 5 |", "```\na     b\n───  ──\nc    10\nddd   5\n```"),
        (
            f"| 語 | b |\n|:-:|---|\n| {FAMILY} | e\u0301 |\n| abcd | 🇺🇦 |",
            f"```\n\u00a0語   b\n────  ──\n {FAMILY}   e\u0301\nabcd  🇺🇦\n```",
        ),
        ("| a | b |\n|---|---|\n| [c](/d) | e |", "[**c**](https://news.example/d)\nb: e"),
        (
            "| a | b | c |\n|---|---|---|\n| " + "x" * 40 + " | y | |\n| | z | w |",
            "**" + "x" * 40 + "**\nb: y\n\nb: z\nc: w",
        ),
        ("| א | ב |\n|---|---|\n| ג | 1 |", "**ג**\nב: 1"),
        ("| a |\n|---|", "```\na\n─\n```"),
        (
            "<table><caption>t</caption><tr><td rowspan=2>a<td colspan=2>b<tr><td>c<td>d</table>",
            "**t**\n```\na  b\na  c  d\n```",
        ),
        ("<table><tr><td>a<br>b<td>c</table>", "**a\nb**\nc"),
        ("<table><tr><td></table>x", "x"),
        ("<table><tr><td>a<table><tr><td>b<td>c</table><td>d</table>", "**a**\n\n```\nb  c\n```\nd"),
    ],
)
def test_tables(shown: Callable[..., str], text: str, told: str) -> None:
    assert shown(text) == told


def test_a_table_as_wide_as_a_phone_stands_in_columns_and_a_wider_one_does_not(shown: Callable[..., str]) -> None:
    for width, columns in ((40, True), (41, False)):
        text = f"| {'a' * (width - 3)} | b |\n|---|---|\n| c | d |"
        assert shown(text).startswith("```") is columns
    wide = f"| {'語' * 19} | b |\n|---|---|\n| c | d |"
    assert not shown(wide).startswith("```")
    assert shown(wide.replace("語" * 19, "語" * 18)).startswith("```")


@pytest.mark.parametrize(
    ("text", "direction", "told"),
    [
        ("OpenSSL يصل", "rtl", "⟨RLM⟩OpenSSL يصل"),
        ("يصل OpenSSL", "rtl", "يصل OpenSSL"),
        ("OpenSSL 4.0", "rtl", "OpenSSL 4.0"),
        ("- X عربي\n- عربي X", "rtl", "⟨RLM⟩• X عربي\n• عربي X"),
        ("> X عربي\n>\n> ب", "rtl", "⟦⟨RLM⟩X عربي\n\nب⟧"),
        ("**X** عربي", "rtl", "⟨RLM⟩**X** عربي"),
        ("`x` # عربي\n\n```\nx عربي\n```", "rtl", "⟨RLM⟩`x` # عربي\n\n```\nx عربي\n```"),
        ("שלום means peace", "ltr", "⟨LRM⟩שלום means peace"),
        ("שלום", "ltr", "שלום"),
        ("123 عربي", "rtl", "123 عربي"),
    ],
)
def test_lines_have_the_direction_of_their_language(
    shown: Callable[..., str], text: str, direction: str, told: str
) -> None:
    assert shown(text, "markdown", direction) == told


def test_a_first_heading_that_repeats_the_title_goes() -> None:
    draft = body_draft(
        "# The  Title\n\n# The Title",
        "markdown",
        base_url="https://n.example/",
        direction="ltr",
        skip_title="the title",
    )
    assert draft.text == "The Title"


pieces = st.sampled_from(
    "# a\n\n|- b\n|  - c\n|1. d\n|> e\n|>> f\n|```x\ng\n```\n|**|*|`|~~|[a](/b)|[|](https://x.example/)|![i](j.png)|\n"
    "|\n\n|\n|  \n|<b>|</b>|<details>|</details>|<summary>|<table><tr><td>|</table>|<br>|<li>|</p>|&amp;|"
    f"{FAMILY}|🇺🇦|क्षि|لا\u064e|e\u0301|\u0600|\u200f|\t|word |語|<pre>|</pre>|<a href='https://y.example/'>|</a>".split(
        "|"
    )
) | st.sampled_from(["|", "| k | l |\n|---|---|\n| m | n |\n"])
bodies = st.lists(pieces | st.text(max_size=5), max_size=40).map("".join).map(clean)


@settings(deadline=None, max_examples=200)
@given(
    text=bodies,
    form=st.sampled_from(["markdown", "html"]),
    direction=st.sampled_from(["ltr", "rtl"]),
    room=st.integers(0, 300),
)
def test_every_body_can_be_sent(text: str, form: str, direction: Literal["ltr", "rtl"], room: int) -> None:
    whole = body_draft(text, form, base_url="https://news.example/en/a", direction=direction)
    for draft in (whole, whole.cut(room)):
        assert len(draft) <= max(room, len(whole) if draft is whole else 0)
        made = Draft(draft.text, list(draft.entities))
        settle(made)
        told = wire_entities(made.text, made.entities)
        kept = fixed(made.text, read_entities([dict(one) for one in told]))
        if made.text == made.text.strip():
            assert kept.text == made.text
            assert [(one.type, one.offset, one.length) for one in kept.entities] == [
                (one["type"], one["offset"], one["length"]) for one in told
            ]
    cut = whole.cut(room)
    assert cut.cut(room) == cut
    if cut.text != whole.text:
        assert not cut.text or cut.text.endswith("…")
        kept_text = cut.text.removesuffix("…")
        assert whole.text.startswith(kept_text)
        ends, place = {0}, 0
        for grapheme in graphemes(whole.text):
            place += len(grapheme)
            ends.add(place)
        assert len(kept_text) in ends


@pytest.mark.parametrize(
    "deep",
    [">" * 15 + "a", "<div>" * 200 + "a", "<b><i>" * 200 + "a", "<ul><li>" * 100 + "a", "<table><tr><td>" * 60 + "a"],
)
def test_what_lies_too_deep_keeps_its_words(deep: str) -> None:
    assert "a" in settled(deep, "html" if deep.startswith("<") else "markdown").text


def test_of_a_huge_body_no_more_is_written_than_has_room() -> None:
    draft = settled("Words **bold** and [links](/x). " * 6500)
    assert 4000 < len(draft) <= 4096
    assert len(draft.entities) <= 100
    assert all(one.kind == "link" for one in draft.entities)


@settings(deadline=None, max_examples=25)
@given(
    parts=st.lists(pieces | st.just("A sentence of a few words. "), min_size=3, max_size=14), times=st.integers(20, 250)
)
def test_reading_only_the_beginning_changes_nothing(parts: list[str], times: int) -> None:
    text = clean("".join(parts) * times)
    told = text + "\n\n[never-used]:\n/x\n"
    assert beginning(told) is None
    whole = body_draft(told, "markdown", base_url="https://news.example/en/a", direction="ltr")
    if whole.text.endswith("…") and "\n\n" in "".join(parts):
        assert body_draft(text, "markdown", base_url="https://news.example/en/a", direction="ltr") == whole


def test_a_link_may_be_defined_at_the_very_end() -> None:
    text = (
        "A [link][there] and [another].\n\n"
        + "Words and words.\n\n" * 900
        + "[there]: /x\n[another]: <https://y.example/> 'Y'\n"
    )
    assert beginning(text) is not None
    draft = settled(text)
    assert [one.value for one in draft.entities] == ["https://news.example/x", "https://y.example/"]

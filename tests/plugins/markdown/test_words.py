from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire.api import graphemes, one_line
from newswire_markdown.references import without_undefined
from newswire_markdown.words import cut, derive_summary, plain


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Plain", "Plain"),
        ("Q&amp;A &mdash; AT&T", "Q&A — AT&T"),
        ("*One* `two` [three](https://x.example) ~~four~~", "One two three ~~four~~".replace("~~", "")),
        ("A <b>bold</b> move<br>on", "A bold move on"),
        ('How <b>, & and a stray " broke it', 'How <b>, & and a stray " broke it'),
        ("<b> is not <b>b</b> and not </i>", "<b> is not b and not </i>"),
        ('A <a name="x">name <br>', "A name"),
        ("`<dialog>` &lt;here&gt;", "<dialog> <here>"),
        ("1. May", "1. May"),
        ("# 7", "# 7"),
        ("- 5 degrees *now*", "- 5 degrees now"),
        ("snake_case_name 2 * 3 * 4", "snake_case_name 2 * 3 * 4"),
        ("![picture](x.png) text", "text"),
        ("two\n  lines", "two lines"),
        ("a \\* b", "a * b"),
        ("", ""),
    ],
)
def test_plain(written: str, words: str) -> None:
    assert plain(written) == words


@given(st.text(alphabet=st.characters(exclude_characters="\\`*_[]<&!~")))
def test_words_without_markup_stay(text: str) -> None:
    assert plain(text) == one_line(text)


BODY = """\
<div class="hero">HTML</div>

# Heading

![image](x.png)

```
code
```

| a | b |
| - | - |
| c | d |

- a list

> a quotation

*By [Somebody](https://x.example)*

[Only a link](https://x.example)

The **first** real `paragraph`, with a [link][1] and &amp; more.
On two lines.

Another one.

[1]: https://x.example
"""


def test_the_summary_is_the_first_real_paragraph() -> None:
    assert derive_summary(BODY, 300) == "The first real paragraph, with a link and & more. On two lines."


def test_only_where_there_is_no_paragraph_something_else_counts() -> None:
    assert derive_summary("# H\n\n> quoted\n\n- item", 300) == "quoted"
    assert derive_summary("*All emphasis*", 300) == "All emphasis"
    assert derive_summary("# H\n\n```\ncode\n```\n\n![i](x.png)\n\n---\n", 300) == ""
    assert derive_summary("", 300) == ""


def test_links_of_a_summary_work_wherever_they_are_defined() -> None:
    filler = "word " * 20 + "\n\n"
    body = f"See [this\npage][The  Label] now.\n\n{filler * 100}```\n{filler * 10}```\n\n[the label]:\n  https://x.example\n"
    assert derive_summary(body, 300) == "See this page now."


def test_the_paragraph_may_come_late() -> None:
    assert derive_summary("# H\n\n" * 1000 + "At last.", 300) == "At last."


@pytest.mark.parametrize(
    ("text", "length", "result"),
    [
        ("Short.", 40, "Short."),
        ("One sentence is here. Another one follows it and is too long.", 40, "One sentence is here."),
        ("One. Another sentence follows that is far too long for this.", 40, "One. Another sentence follows that is…"),
        (
            "Version 1.10 is out, which goes on without an end of the sentence",
            40,
            "Version 1.10 is out, which goes on…",
        ),
        ("これは最初の文です。これは次の文で、とても長いので切られます。" * 2, 15, "これは最初の文です。"),
        ("هذه جملة أولى طويلة هنا؟ وهذه جملة ثانية أطول منها بكثير جدا", 40, "هذه جملة أولى طويلة هنا؟"),
        ("यह पहला वाक्य यहाँ है। और यह दूसरा वाक्य बहुत अधिक लंबा है जो नहीं आएगा", 30, "यह पहला वाक्य यहाँ है।"),
    ],
)
def test_a_summary_is_cut_at_a_sentence_or_a_word(text: str, length: int, result: str) -> None:
    assert cut(text, length) == result


@given(text=st.text(), length=st.integers(40, 200))
def test_a_cut_is_never_longer(text: str, length: int) -> None:
    assert len(graphemes(cut(text, length))) <= length


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("[a b][nowhere] and [c][]", "a b and c"),
        ("[a][yes] [b][no]\n\n[YES]: https://x.example", "[a][yes] b\n\n[YES]: https://x.example"),
        ("[two\nlines][no\nwhere] [`code`][x y]", "two\nlines `code`"),
        ("[...[BIP1][]...]", "[...BIP1...]"),
        ("[a][one long][b][other long]", "ab"),
        ("[a][topic x][^1]", "a[^1]"),
        ("`[a][b]` and matrix[0][1] and a[i][j]", "`[a][b]` and matrix[0][1] and a[i][j]"),
        ("字[文字][標籤一]", "字文字"),
        ("- [ ] [x](y)", "- [ ] [x](y)"),
        ("[a][b](c)", "[a][b](c)"),
    ],
)
def test_references_to_nothing_become_their_text(text: str, result: str) -> None:
    assert without_undefined(text) == result

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from newswire.api import clean
from newswire_markdown.frontmatter import FrontMatterError, split

WORDS = st.text(max_size=30).map(clean).filter(lambda text: "\x85" not in text)
VALUES = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS.filter(bool), inner, max_size=3)
)


def test_every_yaml_scalar_stays_the_string_that_was_written() -> None:
    document = split(
        "---\ntags: [ai, no, 1.10, 12:30, 0x1F, 2026-11-23, yes, off]\ntitle: 42\nempty:\nnothing: ~\n---\nx"
    )
    assert document.values == {
        "tags": ["ai", "no", "1.10", "12:30", "0x1F", "2026-11-23", "yes", "off"],
        "title": "42",
        "empty": None,
        "nothing": None,
    }


def test_quoted_and_folded_strings() -> None:
    text = """---
a: 'it''s'
b: "x\\ty: \\u00e9"
c: >-
  one
  two

  three
d: |
  one
  two
e: ""
f: '~'
---
"""
    assert split(text).values == {
        "a": "it's", "b": "x\ty: é", "c": "one two\nthree", "d": "one\ntwo\n", "e": "", "f": "~",
    }  # fmt: skip


def test_toml_values_become_strings_too() -> None:
    text = """+++
title = "T"
version = 1.10
number = 7
draft = true
day = 2026-11-23
tags = ["no"]
[params]
lang = "ja"
+++
Body"""
    document = split(text)
    assert document.values == {
        "title": "T", "version": "1.10", "number": "7", "draft": "true", "day": "2026-11-23", "tags": ["no"],
        "params": {"lang": "ja"},
    }  # fmt: skip
    assert document.body == "Body"
    assert document.line_of("draft") == 5
    assert document.line_of("params.lang") == 8


@pytest.mark.parametrize("text", ["Only a body.\n", "", "----\nx: y\n----\n", "text\n---\na: b\n---\n"])
def test_a_file_without_front_matter_is_all_body(text: str) -> None:
    document = split(text)
    assert document.values == {}
    assert document.body == text


def test_line_ends_byte_order_mark_and_closing_dots() -> None:
    document = split("\ufeff---\r\ntitle: T\r\n...\r\nBody\r\n")
    assert document.values == {"title": "T"}
    assert document.body == "Body\n"
    assert document.line_of("title") == 2
    assert document.line_of("absent") is None
    assert document.line_of("") is None


def test_anchors_work() -> None:
    document = split("---\na: &x [one, two]\nb: *x\n---\n")
    assert document.values == {"a": ["one", "two"], "b": ["one", "two"]}


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("---\ntitle: T\n", "the front matter is not closed; end it with a line of ---", 1),
        ("+++\ntitle = 'T'\n", "the front matter is not closed; end it with a line of +++", 1),
        ("---\ntitle: T\nbad: [a\n---\n", "the front matter is not YAML: ", 4),
        ("---\na: b\n\tc: d\n---\n", "the front matter is not YAML: ", 3),
        ("---\n- a\n- b\n---\n", "the front matter is no table; write lines such as 'title: ...'", 2),
        ("---\na: &x\n  b: *x\n---\n", "the front matter has an anchor that contains itself", 2),
        ("+++\na = 1\nb = = 2\n+++\n", "the front matter is not TOML: Invalid value", 3),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, message: str, line: int) -> None:
    with pytest.raises(FrontMatterError) as caught:
        split(text)
    # YAML's own words differ between its two parsers.
    assert str(caught.value).startswith(message)
    assert str(caught.value) == message or message.endswith("YAML: ")
    assert caught.value.line == line


def test_anchors_that_multiply_are_stopped() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    bomb = "\n".join(["---", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]", *levels, "---", ""])
    with pytest.raises(FrontMatterError, match="more than 10000 values"):
        split(bomb)


def test_nesting_without_end_is_stopped() -> None:
    with pytest.raises(FrontMatterError, match=r"nested too deeply|not YAML"):
        split("---\na: " + "[" * 20_000 + "]" * 20_000 + "\n---\n")


def test_objects_are_not_made() -> None:
    assert split("---\na: !!python/object/apply:os.getcwd []\nb: !!int '3'\n---\n").values == {"a": [], "b": "3"}


@given(values=st.dictionaries(WORDS.filter(bool), VALUES, max_size=5), body=WORDS)
def test_yaml_round_trip(values: dict[str, object], body: str) -> None:
    # The dumper quotes what YAML would take for something else; the style keeps empty strings apart from nothing.
    header = yaml.safe_dump(values, default_style='"', allow_unicode=True)
    document = split(f"---\n{header}---\n{body}")
    assert document.values == values
    assert document.body == body

"""The lines of keys, against a writer that knows them and against what tomllib reads."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire.config.locate import KeyPath, Lines

TEXT = '''\
# a comment
title = "x" # [not.a.table]
many = [
    "]", # ] a comment

    """
[still.a.string]
key = 1
""", { a = 1 },
    4 ]

[site]
"odd key" = 1
a.b.c = 2
a.d = 3
folded = { x = [1, 2], y = { z = 1 } }

[[channels]]
name = \'\'\'
[[channels]]
\'\'\'
[channels.options]
deep = true
[[channels.items]]
n = 1
[[channels.items]]
n = 2
[[channels]]
[[channels.items]]
n = 3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("many",), 3),
        (("many", 0), 4),
        (("many", 1), 6),
        (("many", 2), 6),
        (("many", 3), 10),
        (("site",), 12),
        (("site", "odd key"), 13),
        (("site", "a", "b", "c"), 14),
        (("site", "a", "d"), 15),
        (("site", "a"), 14),
        (("site", "folded", "x", 1), 16),
        (("site", "folded", "y", "z"), 16),
        (("site", "not there"), 12),
        (("channels",), 18),
        (("channels", 0), 18),
        (("channels", 0, "name"), 19),
        (("channels", 0, "options"), 22),
        (("channels", 0, "options", "deep"), 23),
        (("channels", 0, "items", 0, "n"), 25),
        (("channels", 0, "items", 1, "n"), 27),
        (("channels", 1), 28),
        (("channels", 1, "items", 0, "n"), 30),
        (("nowhere",), None),
        ((), None),
    ],
)
def test_lines(path: KeyPath, line: int | None) -> None:
    tomllib.loads(TEXT)
    assert Lines(TEXT).line(path) == line
    assert Lines(TEXT.replace("\n", "\r\n")).line(path) == line


keys = st.sampled_from(["a", "b-1", "_", "1", "ключ", "a.b", 'q"u', "[x]", "#", ""])
scalars = st.one_of(
    st.integers(-5, 5),
    st.booleans(),
    st.text(st.sampled_from("ab[]{}#=\"'\\ü\n,."), max_size=8),
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=6)
bodies = st.dictionaries(keys, values, max_size=3)
documents = st.lists(st.tuples(st.sampled_from(["table", "item", "sub", "subitem"]), bodies, keys), max_size=6)
"""Kinds of headers with what stands below them."""


class Writer:
    """Writes TOML in many layouts and notes the line of every key."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.places: dict[KeyPath, int] = {}

    def put(self, text: str) -> None:
        for _ in range(self.draw(st.integers(0, 1))):
            self.lines.append(self.draw(st.sampled_from(["", "# [x]", '  # """', "\t# a = ["])))
        self.lines += text.split("\n")

    def key(self, key: str) -> str:
        return key if key in {"a", "b-1", "_", "1"} else json.dumps(key, ensure_ascii=False)

    def value(self, value: Any) -> str:
        if isinstance(value, list):
            gap: str = self.draw(st.sampled_from(["", " ", "\n", "\n  # ] comment\n"]))
            return "[" + gap + ("," + gap).join(self.value(item) for item in value) + gap + "]"
        if isinstance(value, str) and self.draw(st.booleans()) and "\\" not in value and '"' not in value:
            return f'"""\n{value}"""'
        return json.dumps(value, ensure_ascii=False)

    def statement(self, path: KeyPath, key: str, value: Any) -> None:
        text = f"{self.key(key)} = {self.value(value)}"
        self.put(text)
        self.places[(*path, key)] = len(self.lines) - text.count("\n")

    def header(self, path: KeyPath, keys: list[str], *, item: bool) -> None:
        name = ".".join(self.key(key) for key in keys)
        self.put(f"[[{name}]]" if item else f"[{name}]")
        self.places[path] = len(self.lines)


@given(st.data())
def test_every_key_is_found_on_its_line(data: st.DataObject) -> None:
    writer = Writer(data.draw)
    for key, value in data.draw(bodies).items():
        writer.statement((), f"top{key}", value)
    count = -1
    for number, (kind, body, key) in enumerate(data.draw(documents)):
        if kind == "item" or (count < 0 and kind.startswith("sub")):
            count += 1
            path: KeyPath = ("list", count)
            writer.header(path, ["list"], item=True)
        elif kind == "table":
            path = (f"table{number}", key)
            writer.header(path, [f"table{number}", key], item=False)
        elif kind == "sub":
            path = ("list", count, f"sub{number}")
            writer.header(path, ["list", f"sub{number}"], item=False)
        else:
            path = ("list", count, f"subitem{number}", 0)
            writer.header(path, ["list", f"subitem{number}"], item=True)
        for name, value in body.items():
            writer.statement(path, name, value)
    text = "\n".join(writer.lines)
    tables = tomllib.loads(text)
    lines = Lines(text)
    assert {path: lines.line(path) for path in writer.places} == writer.places
    for path in paths_in(tables):
        assert lines.line(path) is not None


def paths_in(node: Any, path: KeyPath = ()) -> list[KeyPath]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, value in items for found in ((*path, key), *paths_in(value, (*path, key)))]


@given(st.lists(st.one_of(scalars, st.lists(scalars, max_size=3)), min_size=1, max_size=8), st.data())
def test_items_of_a_list_are_found_where_they_begin(items: list[Any], data: st.DataObject) -> None:
    lines, starts = ["x = ["], []
    for item in items:
        if data.draw(st.booleans()):
            lines.append("  # a comment ]")
        starts.append(len(lines) + 1)
        text = json.dumps(item, ensure_ascii=False)
        lines += (text.replace(",", ",\n") if isinstance(item, list) and '"' not in text else text).split("\n")
        lines[-1] += ","
    text = "\n".join([*lines, "]"])
    assert tomllib.loads(text) == {"x": items}
    found = Lines(text)
    assert [found.line(("x", position)) for position in range(len(items))] == starts


def test_a_long_file_is_read_in_proportion() -> None:
    # A quadratic locator would need minutes for this; the limit of the suite would end it.
    text = '[[channels]]\nname = "x"\ntopics = [\n  "a",\n  "b",\n]\n' * 20_000
    assert Lines(text).line(("channels", 19_999, "topics", 1)) == 120_000 - 1

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_cms.paths import fill, fill_each, values

DOCUMENT = {
    "post": {"id": 7, "tags": [{"name": "a", "kind": "x"}, {"name": "b", "kind": "y"}], "none": None, "on": True},
    "terms": [[{"slug": "one"}], [{"slug": "two"}, {"slug": "three"}]],
    "a.b": "dotted",
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("post.id", [7]),
        ("post.tags[].name", ["a", "b"]),
        ("post.tags[kind=y].name", ["b"]),
        ("post.tags.1.name", ["b"]),
        ("post.tags.2.name", []),
        ("terms[][].slug", ["one", "two", "three"]),
        ("post.none", []),
        ("post.id.deeper", []),
        ("nothing.at.all", []),
        ("post.tags[kind=z].name", []),
    ],
)
def test_values(path: str, found: list[Any]) -> None:
    assert values(DOCUMENT, path) == found


@pytest.mark.parametrize("path", ["", "a..b", "a[", "a]b", "a[x"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        values(DOCUMENT, path)


def test_the_first_template_that_has_everything_counts() -> None:
    assert fill(["{post.none}-x", "n-{post.id}", "never"], DOCUMENT) == "n-7"
    assert fill(["{post.none}"], DOCUMENT) is None
    assert fill(["always"], DOCUMENT) == "always"
    assert fill(["{post.on}"], DOCUMENT) == "true"
    assert fill(["{post.tags}"], DOCUMENT) is None


def test_a_template_is_filled_once_for_each_item() -> None:
    assert fill_each(["{post.id}/{post.tags[].name}"], DOCUMENT) == ["7/a", "7/b"]
    assert fill_each(["{post.tags[].name}{terms[][].slug}"], DOCUMENT) == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3),
    max_leaves=10,
)


@given(_JSON, st.text(alphabet="ab.[]=0{}", max_size=12))
def test_any_path_is_refused_or_finds_something_that_is_there(document: Any, path: str) -> None:
    try:
        found = values(document, path)
    except ValueError:
        return
    assert None not in found

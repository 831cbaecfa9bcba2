from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from newswire_markdown.paths import PathPattern, fill, first_match, fits_glob, names_in

NAMES = st.text(
    alphabet=st.characters(exclude_characters="/", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12
)


@pytest.mark.parametrize(
    ("pattern", "path", "values"),
    [
        ("{lang}/{key}.md", "ja/one.md", {"lang": "ja", "key": "one"}),
        ("{lang}/{key}.md", "ja/deep/one.md", None),
        ("{lang}/{key}.md", "one.md", None),
        ("{lang}/{key}.md", "ja/one.markdown", None),
        ("{lang}/{key+}.md", "ja/deep/one.md", {"lang": "ja", "key": "deep/one"}),
        ("a/{lang}/*/{key}/index.md", "a/de/x/k/index.md", {"lang": "de", "key": "k"}),
        ("**/{key}.md", "k.md", {"key": "k"}),
        ("**/{key}.md", "a/b/k.md", {"key": "k"}),
        ("{key}/{key}.md", "a/a.md", {"key": "a"}),
        ("{key}/{key}.md", "a/b.md", None),
        ("x+y/{key}.md", "xxy/k.md", None),
        ("{year}/{key}.md", "2026/k.md", {"year": "2026", "key": "k"}),
        ("{year}/{key}.md", "drafts/k.md", None),
        (
            "{date}-{key}.md",
            "2026-11-23-some-key.md",
            {"date": "2026-11-23", "year": "2026", "month": "11", "day": "23", "key": "some-key"},
        ),
        (
            "{year}/{month}/{day}/{key}.md",
            "2026/1/2/k.md",
            {"date": "2026-01-02", "year": "2026", "month": "1", "day": "2", "key": "k"},
        ),
    ],
)
def test_a_pattern_gives_the_placeholders_of_a_path(pattern: str, path: str, values: dict[str, str] | None) -> None:
    assert PathPattern.compile(pattern).match(path) == values


def test_of_several_patterns_the_first_that_fits_counts() -> None:
    patterns = tuple(PathPattern.compile(text) for text in ("{lang}/{key}.md", "{key}.md"))
    assert first_match(patterns, "fa/legal.md") == {"lang": "fa", "key": "legal"}
    assert first_match(patterns, "legal.md") == {"key": "legal"}
    assert first_match(patterns, "a/b/c.md") is None


@pytest.mark.parametrize("pattern", ["{key.md", "key}.md", "{}.md", "{a b}.md"])
def test_a_lone_brace_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="belongs to no placeholder"):
        PathPattern.compile(pattern)


@given(lang=NAMES, key=NAMES)
def test_what_a_pattern_finds_fills_it_again(lang: str, key: str) -> None:
    template = "site/{lang}/blog/{key}/index.md"
    path = fill(template, {"lang": lang, "key": key})
    found = PathPattern.compile(template).match(path)
    assert found == {"lang": lang, "key": key}


@given(text=st.text(alphabet=st.characters(exclude_characters="{}*"), min_size=1), other=st.text(min_size=1))
def test_a_pattern_without_placeholders_fits_itself_only(text: str, other: str) -> None:
    assume(text != other)
    pattern = PathPattern.compile(text)
    assert pattern.match(text) == {}
    assert pattern.match(other) is None


@given(parts=st.lists(NAMES, min_size=1, max_size=4))
def test_a_wide_placeholder_takes_any_number_of_folders(parts: list[str]) -> None:
    assert PathPattern.compile("{key+}.md").match("/".join(parts) + ".md") == {"key": "/".join(parts)}


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("**/_index.md", "_index.md", True),
        ("**/_index.md", "en/blog/_index.md", True),
        ("**/_index.md", "en/blog/x_index.md", False),
        ("site/*/blog/index.md", "site/ja/blog/index.md", True),
        ("site/*/blog/index.md", "site/ja/blog/key/index.md", False),
        ("drafts/**", "drafts/a/b.md", True),
        ("?.md", "a.md", True),
        ("?.md", "ab.md", False),
        ("[a].md", "a.md", False),
    ],
)
def test_globs(glob: str, path: str, fits: bool) -> None:  # noqa: FBT001  # a parametrized case
    assert fits_glob(glob, path) is fits


def test_addresses_are_percent_encoded() -> None:
    assert fill("/{lang}/{key}/", {"lang": "ja", "key": "日 本"}, quoted=True) == "/ja/%E6%97%A5%20%E6%9C%AC/"
    assert names_in("/{lang}/{key}/{lang}") == {"lang", "key"}

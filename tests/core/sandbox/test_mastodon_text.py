import pytest
from hypothesis import given
from hypothesis import strategies as st
from mastodon import Mastodon

from newswire.sandbox.mastodon.languages import kept_language
from newswire.sandbox.mastodon.text import counted_length, hashtags, links, to_html

FAMILY = "👨‍👩‍👧‍👦"
LONG = "https://news.site/" + "a" * 302


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("x" * 500, 500),
        (FAMILY, 1),
        (FAMILY * 500, 500),
        ("नमस्ते", 3),
        (LONG, 23),
        (f"see {LONG}.", 4 + 23 + 1),
        ("http://a.de", 23),
        ("https://a.zzz", 23),
        ("https://a.zzz/" + "x" * 86, 100),
        ("https://a.photography/" + "x" * 86, 23),
        ("https://xn--bcher-kva.de/%E6%97%A5", 23),
        ("https://news.example/a", 22),
        ("http://127.0.0.1:8000/a", 23),
        ("http://localhost/abc", 20),
        ("https://site.com/日本語", 23 + 3),
        ("@user@host.social hi", 8),
        ("#Hashtag", 8),
        ("news.site/abc", 13),
    ],
)
def test_the_length_is_counted_as_the_server_does(text: str, length: int) -> None:
    assert counted_length(text, "", 23) == length
    assert counted_length(text, "War", 23) == length + 3


@given(
    st.lists(
        st.sampled_from(["word", FAMILY, "https://news.com/a?b=c", "(https://a.org/b)", "@a@b.org", "#Tag", "日本"])
    )
)
def test_the_count_is_never_kinder_than_the_librarys(words: list[str]) -> None:
    text = " ".join(words)
    assert counted_length(text, "", 23) >= Mastodon.get_status_length(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#KünstlicheIntelligenz #देवनागरी", ["KünstlicheIntelligenz", "देवनागरी"]),
        ("#2026 #v2026 # #_", ["v2026"]),
        ("(#no) a#no 日本語#no", []),
        ("\uff03日本語 #a・b・ #C++", ["日本語", "a・b", "C"]),
        ("https://a.example/#no", []),
        ("#a-b", ["a"]),
    ],
)
def test_hashtags(text: str, names: list[str]) -> None:
    assert [part.value for part in hashtags(text)] == names


def test_links_end_before_punctuation_and_beyond_ascii() -> None:
    text = "(https://a.example/b_(c)), https://a.example/x. <https://a.example/y> https://a.example/日"
    assert [part.value for part in links(text)] == [
        "https://a.example/b_(c)",
        "https://a.example/x",
        "https://a.example/y",
        "https://a.example/",
    ]


def test_html_is_escaped_and_linked() -> None:
    html = to_html('<b> & "x"\nline\n\n\n#Tag https://www.news.example/' + "a" * 40, "/tags/")
    assert html.startswith("<p>&lt;b&gt; &amp; &quot;x&quot;<br />line</p><p>")
    assert '<a href="/tags/tag" class="mention hashtag" rel="tag">#<span>Tag</span></a>' in html
    assert '<span class="invisible">https://www.</span><span class="ellipsis">news.example/' in html


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("de", "de"),
        ("pt-BR", "pt"),
        ("en_US", "en"),
        ("sr-Latn", "sr"),
        ("zh-Hans", "zh"),
        ("zh-CN", "zh-CN"),
        ("zh-TW", "zh-TW"),
        ("ckb", "ckb"),
        ("tlh", "fi"),
        ("", "fi"),
        (None, "fi"),
        ("DE", "fi"),
    ],
)
def test_languages_are_reduced_without_a_word(asked: str | None, kept: str) -> None:
    assert kept_language(asked, "fi") == kept

"""Languages, hashtags, addresses, counting: the small pure parts."""

from __future__ import annotations

import pytest
from mastodon import Mastodon

from newswire_mastodon import counting
from newswire_mastodon.addresses import ascii_address, same_page
from newswire_mastodon.counting import address_length, fit, length
from newswire_mastodon.hashtags import folded, hashtag, hashtags
from newswire_mastodon.inert import inert
from newswire_mastodon.language import is_known, platform_language


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("pt-BR", "pt"),
        ("sr-Latn", "sr"),
        ("nb", "nb"),
        ("ckb", "ckb"),
        ("zh", "zh-CN"),
        ("zh-Hans", "zh-CN"),
        ("zh-Hant", "zh-TW"),
        ("zh-CN", "zh-CN"),
        ("zh-TW", "zh-TW"),
        ("zh-HK", "zh-HK"),
        ("zh-Hant-HK", "zh-HK"),
        ("zh-Hans-SG", "zh-CN"),
        ("zh-MO", "zh-HK"),
        ("yue", "zh-YUE"),
        ("fil", "tl"),
    ],
)
def test_language_codes(tag: str, code: str) -> None:
    assert platform_language(tag) == code
    assert is_known(code)


def test_a_language_the_server_does_not_know() -> None:
    assert platform_language("haw-US") == "haw"
    assert not is_known("haw")


@pytest.mark.parametrize(
    ("words", "language", "tag"),
    [
        ("AI safety", "en", "#AISafety"),
        ("OpenAI", "en", "#OpenAI"),
        ("constitutional-ai", "en", "#ConstitutionalAi"),
        ("Women\u2019s rights", "en", "#WomensRights"),
        ("l'intelligence artificielle", "fr", "#LIntelligenceArtificielle"),
        ("Künstliche Intelligenz", "de", "#KünstlicheIntelligenz"),
        ("देवनागरी लिपि", "hi", "#देवनागरीलिपि"),
        ("ภาษาไทย", "th", "#ภาษาไทย"),
        ("هوش\u200cمصنوعی", "fa", "#هوش\u200cمصنوعی"),
        ("intel·ligència", "ca", "#Intel·ligència"),
        ("スティーブ・ジョブズ", "ja", "#スティーブ・ジョブズ"),
        ("\uff21\uff29", "ja", "#AI"),
        ("iklim değişikliği", "tr", "#iklimDeğişikliği"),
        ("ვეფხი ტყე", "ka", "#ვეფხიტყე"),
        ("snake_case", "en", "#Snake_case"),
        ("GPT-4 news", "en", "#GPT4News"),
        ("C++", "en", None),
        ("C#", "en", None),
        ("2026", "en", None),
        ("--", "en", None),
        ("", "en", None),
    ],
)
def test_hashtag(words: str, language: str, tag: str | None) -> None:
    assert hashtag(words, language) == tag


def test_hashtags_that_a_server_takes_for_one_are_one() -> None:
    names = ["Künstliche Intelligenz", "kunstliche intelligenz", "Łódź", "lodz", "が", "か"]
    assert list(hashtags(names, "de")) == ["#KünstlicheIntelligenz", "#Łódź", "#が", "#か"]
    assert folded("#Đà") == folded("#da")


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://straße.de/日本?q=ü#ä", "https://xn--strae-oqa.de/%E6%97%A5%E6%9C%AC?q=%C3%BC#%C3%A4"),
        ("https://例え.jp:8443/", "https://xn--r8jz45g.jp:8443/"),
        ("https://a.dev/100%", "https://a.dev/100%25"),
        ("https://a.dev/%E6%97%A5", "https://a.dev/%E6%97%A5"),
        ("https://a.dev/end.", "https://a.dev/end%2E"),
        ("https://a.dev/a_(b)", "https://a.dev/a_%28b%29"),
        ("https://u:p@a.dev/@me/x@y?z=@q", "https://a.dev/@me/x%40y?z=%40q"),
        ("https://a.dev?a=#b", "https://a.dev?a%3D#b"),
        ("http://127.0.0.1:8400/x", "http://127.0.0.1:8400/x"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
    ],
)
def test_ascii_address(address: str, plain: str) -> None:
    assert ascii_address(address) == plain


def test_the_same_page_in_other_words() -> None:
    assert same_page("https://müller.de/日本/", "https://XN--mller-kva.de/%e6%97%a5%E6%9C%AC")
    assert not same_page("https://a.dev/A", "https://a.dev/a")
    assert not same_page("https://a.dev/a1", "https://a.dev/a10")


def test_nothing_pings_or_tags_or_links() -> None:
    assert inert("@a .@b c@d.dev x/@e") == "@\u2060a .@\u2060b c@d.dev x/@e"
    assert inert("C# #2026 #متن") == "C# #\u20602026 #\u2060متن"
    assert inert("#️⃣ stays") == "#️⃣ stays"
    assert inert("see https://a.dev/b, httphttp://://c") == "see a.dev/b, c"


@pytest.mark.parametrize(
    "words",
    [
        "plain words",
        "Straße, “quoted” \u2013 и так далее…",
        "漢字かなカナ、한국어\uff01",
        "👨‍👩‍👧‍👦🏳️‍🌈",
        "漢字",
        "e\u0301",
        "ﷺ",
        "กำ",
    ],
)
def test_words_count_as_the_library_counts_them(words: str) -> None:
    assert length(words) == Mastodon.get_status_length(words)


def test_what_is_taken_to_count_one_each_does_so_for_the_library() -> None:
    one_each = [chr(code) for code in range(0x10000) if counting._ONE_EACH.fullmatch(chr(code))]
    assert len(one_each) > 30_000
    for first in (*one_each[::997], "\n", "\u2060", "가", "각", "あ", "e"):
        assert Mastodon.get_status_length(first.join(one_each[::41])) == len(first.join(one_each[::41]))
    assert Mastodon.get_status_length("".join(one_each)) == len(one_each)


def test_indic_conjuncts_count_as_older_servers_count_them() -> None:
    assert Mastodon.get_status_length("क्षत्रिय") == 3
    assert length("क्षत्रिय") == 5
    assert length("क्\u200dष") == 2


def test_an_address_counts_what_the_server_reserves_and_in_full_where_it_is_not_known() -> None:
    long = "/" + "x" * 300
    assert address_length(f"https://anthill.dev{long}", 23) == 23
    assert address_length(f"https://anthill.dev{long}", 32) == 32
    assert address_length(f"https://anthill.dev{long}", 10) == 23
    assert address_length(f"https://news.example{long}", 23) == 321


def test_fit_cuts_between_words_and_between_graphemes() -> None:
    assert fit("hello world again and again", 27) == "hello world again and again"
    assert fit("hello world again and again", 25) == "hello world again and…"
    assert fit("👨‍👩‍👧‍👦" * 9, 4) == "👨‍👩‍👧‍👦" * 3 + "…"
    assert length(fit("क्षत्रिय" * 9, 12)) <= 12
    assert fit("words", 0) == fit("words", -3) == ""

from __future__ import annotations

import pytest

from newswire import languages
from newswire.languages import autonym, closest, direction, locale, name, standardize


@pytest.mark.parametrize(
    ("tag", "standard"),
    [
        ("zh_hans_cn", "zh-Hans-CN"),
        ("iw", "he"),
        ("in", "id"),
        ("EN_us", "en-US"),
        ("pt-br", "pt-BR"),
        (" en\n", "en"),
        ("en-Latn", "en"),
        ("sh", "sr-Latn"),
        ("de-1996", "de-1996"),
        ("no", "no"),
        ("en-UK", "en-GB"),
    ],
)
def test_tags_have_one_form(tag: str, standard: str) -> None:
    assert standardize(tag) == standard
    assert standardize(standard) == standard


@pytest.mark.parametrize(
    "tag",
    [
        *("", "  ", "und", "e", "en-", "en--us", "english", "xx", "jp", "日本語", "\ud800", "en\x00", "root"),
        *("x-private", "en-" + "a" * 9, "a" * 10_000, "../en", "en/US", "*", "en,de"),
    ],
)
def test_what_is_no_tag_is_told_with_an_example(tag: str) -> None:
    with pytest.raises(ValueError, match="is no language tag; use a BCP 47 tag such as 'en'") as caught:
        standardize(tag)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("wanted", "available", "found"),
    [
        ("en", ["de", "en"], "en"),
        ("zh-TW", ["zh-Hant"], "zh-Hant"),
        ("zh-TW", ["zh-Hans"], None),
        ("zh-HK", ["zh-Hans", "zh-Hant"], "zh-Hant"),
        ("zh", ["zh-Hans"], "zh-Hans"),
        ("zh", ["zh-Hant"], None),
        ("zh-CN", ["zh"], "zh"),
        ("zh-Hant", ["zh"], None),
        ("zh-SG", ["zh-Hant", "zh-Hans"], "zh-Hans"),
        ("zh", ["cmn"], "cmn"),
        ("ar", ["arb"], "arb"),
        ("pt", ["pt-BR"], "pt-BR"),
        ("pt", ["pt-PT", "pt-BR"], "pt-BR"),
        ("pt-PT", ["pt-BR"], "pt-BR"),
        ("pt-AO", ["pt-BR", "pt-PT"], "pt-PT"),
        ("en-GB", ["en-US"], "en-US"),
        ("en-GB", ["en-US", "en"], "en"),
        ("en-AU", ["en-US", "en-GB"], "en-GB"),
        ("nb", ["no"], "no"),
        ("no", ["nb"], "nb"),
        ("no", ["nn", "nb"], "nb"),
        ("nb", ["nn"], None),
        ("no", ["nn"], None),
        ("da", ["nb"], None),
        ("no", ["da"], None),
        ("sv", ["nb", "da"], None),
        ("de-AT", ["de"], "de"),
        ("de", ["de-CH"], "de-CH"),
        ("de", ["gsw", "nds", "lb", "nl"], None),
        ("sr-Latn", ["sr-Cyrl"], "sr-Cyrl"),
        ("sr", ["hr", "bs"], None),
        ("es-419", ["es"], "es"),
        ("es-MX", ["es", "es-419"], "es-419"),
        ("iw", ["he"], "he"),
        ("he", ["iw"], "iw"),
        ("fa-AF", ["fa"], "fa"),
        ("id", ["ms"], None),
        ("uk", ["ru"], None),
        ("ca", ["es", "fr"], None),
        ("az", ["tr"], None),
        ("az-Arab", ["az"], None),
        ("uz-Cyrl", ["uz"], None),
        ("pa-PK", ["pa"], None),
        ("hi", ["ur"], None),
        ("fr", [], None),
    ],
)
def test_closest(wanted: str, available: list[str], found: str | None) -> None:
    assert closest(wanted, available) == found
    assert closest(wanted, reversed(available)) == found


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("ar fa he iw ur ps ckb dv yi ug sd az-Arab az-IR pa-PK ur-Aran ff-Adlm nqo syr ms-Arab", "rtl"),
        ("en ja az tr ku pa he-Latn ar-Latn zh-Hant hi ko uk", "ltr"),
    ],
)
def test_direction(tags: str, expected: str) -> None:
    assert {direction(tag) for tag in tags.split()} == {expected}


@pytest.mark.parametrize(
    ("tag", "own"),
    [
        ("de", "Deutsch"),
        ("pt-BR", "português (Brasil)"),
        ("ja", "日本語"),
        ("ar", "العربية"),
        ("he", "עברית"),
        ("zh-Hans", "简体中文"),
        ("zh-Hant", "繁體中文"),
        ("zh-TW", "中文 (繁體, 台灣)"),
        ("sr-Latn", "srpski (latinica)"),
        ("no", "norsk"),
        ("dv", "ދިވެހިބަސް"),
        ("de-1996", "Deutsch"),
        ("cmn", "中文"),
    ],
)
def test_autonyms(tag: str, own: str) -> None:
    assert autonym(tag) == own


@pytest.mark.parametrize(
    ("tag", "reader", "told"),
    [
        ("de", "fr", "allemand"),
        ("pt-BR", "en", "Brazilian Portuguese"),
        ("de", "zh-TW", "德文"),
        ("de", "zh-Hans", "德语"),
        ("zh-Hant", "de", "Chinesisch (traditionell)"),
        ("en", "ar", "الإنجليزية"),
        ("aaa", "de", "Ghotuo"),
        ("cmn", "en", "Chinese"),
        ("de", "aaa", "German"),
    ],
)
def test_names(tag: str, reader: str, told: str) -> None:
    assert name(tag, reader) == told


def test_no_language_is_called_english_but_english() -> None:
    tags = "de fr tlh aaa cmn vls yue gsw sh mo tl prs mul qaa en-x-old ca-valencia".split()
    assert [tag for tag in tags if "English" in name(tag, "en")] == ["en-x-old"]


@pytest.mark.parametrize(
    ("tag", "nearest"), [("zh-HK", "zh_Hant_HK"), ("de-AT", "de_AT"), ("aaa", "en"), ("az-Arab", "az_Arab")]
)
def test_locales(tag: str, nearest: str) -> None:
    assert str(locale(tag)) == nearest


def test_a_preference_does_not_depend_on_what_was_asked_before() -> None:
    assert [closest("pt", ["pt-PT"]), closest("pt", ["pt-BR", "pt-PT"])] == ["pt-PT", "pt-BR"]
    assert languages.closest("pt", ("pt-PT",)) == "pt-PT"

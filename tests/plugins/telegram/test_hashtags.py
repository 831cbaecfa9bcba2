"""Hashtags: which words make one, and which one."""

from __future__ import annotations

import pytest

from newswire.api import StoryTopic
from newswire_telegram.hashtags import hashtag, hashtags, joined


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("AI safety", "AISafety"),
        ("state-of-the-art", "StateOfTheArt"),
        ("KI-Sicherheit", "KISicherheit"),
        ("iPhone", "iPhone"),
        ("policy", "policy"),
        ("机器学习", "机器学习"),
        ("機械 学習", "機械学習"),
        ("Go 言語", "Go言語"),
        ("देवनागरी", "देवनागरी"),
        ("कृत्रिम बुद्धिमत्ता", "कृत्रिम_बुद्धिमत्ता"),
        ("الذكاء الاصطناعي", "الذكاء_الاصطناعي"),
        ("مدل‌های زبانی", "مدل‌های_زبانی"),
        ("인공 지능", "인공_지능"),
        ("straße der kunst", "StraßeDerKunst"),
        ("\ufb01ne \uff41\uff52\uff54", "FineArt"),
        ("Web 3", "Web3"),
        ("24 7 news", "24_7News"),
        ("R&D", "RD"),
        ("L\u2019écriture", "LÉcriture"),
        ("col·lecció", "col·lecció"),
        ("Unicode 🎉", "Unicode"),
        ("C++", None),
        ("C#", None),
        ("A$AP", None),
        ("2026", None),
        ("", None),
        ("🎉", None),
        ("\u20e3\u0301", None),
        ("x" * 64, "x" * 64),
        ("x" * 65, None),
    ],
)
def test_joined(words: str, tag: str | None) -> None:
    assert joined(words) == tag


@pytest.mark.parametrize(
    ("slug", "words", "tag"),
    [
        ("cpp", "C++", "cpp"),
        ("cpp", "Cpp", "Cpp"),
        ("2026", "2026", None),
        ("year-2026", "2026", "Year2026"),
        ("devanagari", "देवनागरी", "devanagari"),  # Telegram would link no more than the first letter
        ("2026", "देवनागरी", "देवनागरी"),
        ("ghar", "घर", "घर"),  # no vowel sign in it
        ("thai", "ภาษาไทย", "ภาษาไทย"),
        ("rest", "ที่พัก", "rest"),
        ("sinhala", "සිංහල", "සිංහල"),  # the one block whose signs Telegram takes
        ("long-winded", "x" * 300, "LongWinded"),
    ],
)
def test_slug_steps_in(slug: str, words: str, tag: str | None) -> None:
    assert hashtag(StoryTopic(slug, words, words)) == tag


def test_none_twice_and_not_too_many() -> None:
    topics = [StoryTopic(f"s{n}", words, words) for n, words in enumerate(["AI", "ai", "Straße", "STRASSE", "b", "c"])]
    assert hashtags(topics, 3) == ("#AI", "#Straße", "#b")

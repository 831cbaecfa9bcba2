from __future__ import annotations

import pytest
from pydantic import ValidationError

from newswire.taxonomy import Taxonomy, Topic


def _taxonomy() -> Taxonomy:
    return Taxonomy(
        {
            "ai-safety": Topic(
                labels={"en": "AI safety", "de": "KI-Sicherheit", "pt-BR": "Segurança de IA"}, aliases=("AI Alignment",)
            ),
            "cpp": Topic(labels={"en": "C++"}, aliases=("ai-safety", "Straße"), hashtag="Cpp"),
            "chips": Topic(labels={"de": "Halbleiter"}),
            "bare": Topic(),
        }
    )


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ai-safety", "ai-safety"),
        ("AI-Safety", "ai-safety"),
        ("ki-sicherheit", "ai-safety"),
        ("  AI \n alignment ", "ai-safety"),
        ("Seguranc\u0327a de IA", "ai-safety"),
        ("STRASSE", "cpp"),
        ("c++", "cpp"),
        ("moon", None),
        ("", None),
    ],
)
def test_a_topic_is_known_by_slug_label_and_alias(name: str, slug: str | None) -> None:
    assert _taxonomy().resolve(name) == slug


@pytest.mark.parametrize(
    ("slug", "language", "label"),
    [
        ("ai-safety", "de", "KI-Sicherheit"),
        ("ai-safety", "de-AT", "KI-Sicherheit"),
        ("ai-safety", "pt", "Segurança de IA"),
        ("ai-safety", "ja", "AI safety"),
        ("chips", "ja", "chips"),
        ("bare", "en", "bare"),
        ("not-configured", "en", "not configured"),
    ],
)
def test_labels_fall_back_to_english_then_to_the_slug(slug: str, language: str, label: str) -> None:
    assert _taxonomy().label(slug, language) == label


def test_a_hashtag_is_the_label_unless_it_is_given() -> None:
    assert _taxonomy().hashtag("cpp", "de") == "Cpp"
    assert _taxonomy().hashtag("ai-safety", "de") == "KI-Sicherheit"
    assert _taxonomy().hashtag("quantum-computing", "de") == "quantum computing"


@pytest.mark.parametrize(
    ("name", "slug"), [("ai-saftey", "ai-safety"), ("KI Sicherheit", "ai-safety"), ("chip", "chips"), ("xyzzy", None)]
)
def test_suggestions(name: str, slug: str | None) -> None:
    assert _taxonomy().suggest(name) == slug


def test_unknown_slugs_are_told_in_order() -> None:
    assert _taxonomy().unknown(["moon", "cpp", "AI safety", "mars"]) == ["moon", "AI safety", "mars"]


def test_an_empty_taxonomy_knows_nothing_and_labels_everything() -> None:
    empty = Taxonomy()
    assert (empty.resolve("a"), empty.suggest("a"), empty.unknown(["a"])) == (None, None, ["a"])
    assert empty.label("two-words", "en") == "two words"


@pytest.mark.parametrize(
    "topic",
    [{"labels": {"klingonish": "x"}}, {"labels": {"en": " "}}, {"label": "x"}, {"aliases": "x"}, {"labels": {"en": 3}}],
)
def test_a_topic_that_cannot_be(topic: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Topic.model_validate(topic)

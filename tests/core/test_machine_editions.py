"""What a machine translated gives way to people, never the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from newswire.model import Edition, words_hash
from newswire.phrases import phrase
from newswire.revision import TRANSLATION_INTAKE
from newswire.store import articles
from newswire.story import Story, resolve
from newswire.subscription import choose
from newswire.taxonomy import Taxonomy
from newswire.translation.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.store.articles import StoredArticle


def now(wire: Any, key: str = "a") -> StoredArticle:
    with wire.store.read() as connection:
        found = articles.load(connection, key)
    assert found is not None
    return found


def german(wire: Any) -> Any:
    return now(wire).content.edition("de")


def machine(known: StoredArticle, language: str = "de", **changes: Any) -> Edition:
    """What a translator makes of the original."""
    values = {
        "language": language,
        "title": "Titel (Maschine)",
        "summary": "Kurz (Maschine)",
        "body": "Text (Maschine)",
        "questions": [{"question": "Frage (Maschine)?", "answer": "Ja."}],
        "url": known.content.original.url,
        "machine": "whole",
        "translated_from": words_hash(known.content.original),
    }
    return Edition.model_validate(values | changes)


def story(known: StoredArticle, language: str) -> Story:
    choice, _ = choose(known.content, (language,), "teaser")
    assert choice is not None
    times: dict[str, Any] = {"published": known.published, "updated": known.changed}
    return resolve(known.content, choice, rev=known.rev, reader_language=language, taxonomy=Taxonomy(), **times)


@pytest.fixture
def translated(wire: Any, an_article: Callable[..., Any]) -> Any:
    wire.publish(an_article())
    publish(wire.publisher, "a", machine)
    return wire


def test_a_translation_is_an_edition_of_its_own_intake_and_readers_are_told(translated: Any) -> None:
    known = now(translated)
    assert known.content.languages == ("de", "en")
    assert known.editions["de"].intake == TRANSLATION_INTAKE
    assert (known.intake, known.editions["en"].intake) == ("test", "test")
    told = story(known, "de")
    assert (told.notice, told.machine, told.body) == (phrase("machine_translation", "de"), "whole", "Text (Maschine)")
    assert story(known, "en").notice is None


def test_the_same_translation_again_changes_nothing(translated: Any) -> None:
    assert publish(translated.publisher, "a", machine).status == "unchanged"


def test_the_intake_that_brings_the_original_again_leaves_the_translation(
    translated: Any, an_article: Callable[..., Any]
) -> None:
    assert translated.publish(an_article()).status == "unchanged"
    assert translated.publish(an_article(topics=["science", "law"])).status == "revised"
    assert now(translated).content.languages == ("de", "en")


def test_peoples_edition_replaces_a_machines(
    translated: Any, an_article: Callable[..., Any], an_edition: Callable[..., Any]
) -> None:
    translated.publish(an_article(editions=[an_edition("en"), an_edition("de", title="Von Menschen")]))
    known = now(translated)
    assert (german(translated).title, known.editions["de"].intake) == ("Von Menschen", "test")
    assert story(known, "de").notice is None


def test_another_intake_of_people_replaces_a_machines_edition_too(
    make_wire: Callable[..., Any], an_article: Callable[..., Any], an_edition: Callable[..., Any]
) -> None:
    wire = make_wire(intakes=("test", "desk"))
    wire.publish(an_article())
    publish(wire.publisher, "a", machine)
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de", title="Vom Pult")]), intake="desk")
    known = now(wire)
    assert (german(wire).title, known.editions["de"].intake) == ("Vom Pult", "desk")
    assert known.editions["en"].intake == "test"


def test_a_machine_never_replaces_peoples_edition(
    wire: Any, an_article: Callable[..., Any], an_edition: Callable[..., Any]
) -> None:
    wire.publish(an_article(editions=[an_edition("en"), an_edition("de", title="Von Menschen")]))
    assert publish(wire.publisher, "a", machine).status == "unchanged"
    assert german(wire).title == "Von Menschen"


def test_a_machine_completes_a_teaser_that_people_wrote_and_they_go_on_to_own_it(
    wire: Any, an_article: Callable[..., Any], an_edition: Callable[..., Any]
) -> None:
    def teaser(title: str) -> Any:
        return an_article(editions=[an_edition("en"), an_edition("de", title=title, body=None)])

    wire.publish(teaser("Anriss"))
    published = publish(wire.publisher, "a", machine)
    assert published.kind == "edition"
    edition = german(wire)
    assert (edition.title, edition.body, edition.machine) == ("Anriss", "Text (Maschine)", "text")
    assert now(wire).editions["de"].intake == "test"
    assert story(now(wire), "de").machine == "body"

    assert wire.publish(teaser("Anriss")).status == "unchanged"
    wire.publish(teaser("Besserer Anriss"))
    edition = german(wire)
    assert (edition.title, edition.body, edition.machine) == ("Besserer Anriss", "Text (Maschine)", "text")

    publish(wire.publisher, "a", lambda known: machine(known, body="Neuer Text (Maschine)"))
    assert german(wire).body == "Neuer Text (Maschine)"

    wire.publish(an_article(editions=[an_edition("en"), an_edition("de", body="Von Menschen")]))
    edition = german(wire)
    assert (edition.body, edition.machine, edition.questions, edition.translated_from) == (
        "Von Menschen",
        None,
        (),
        None,
    )


def test_a_teaser_of_people_takes_the_place_of_a_machines_words_and_keeps_its_text(
    translated: Any, an_article: Callable[..., Any], an_edition: Callable[..., Any]
) -> None:
    asked = [{"question": "Von Menschen?", "answer": "Ja."}]
    teaser = an_edition("de", title="Anriss", body=None, questions=asked)
    translated.publish(an_article(editions=[an_edition("en"), teaser]))
    known = now(translated)
    edition = german(translated)
    assert (edition.title, edition.body, edition.machine) == ("Anriss", "Text (Maschine)", "body")
    assert edition.questions[0].question == "Von Menschen?"
    assert known.editions["de"].intake == "test"
    publish(translated.publisher, "a", lambda known: machine(known, body="Neu"))
    edition = german(translated)
    assert (edition.body, edition.questions[0].question) == ("Neu", "Von Menschen?")


def test_a_corrected_original_makes_its_translations_stale_and_their_readers_hear_of_it(
    translated: Any, an_article: Callable[..., Any], an_edition: Callable[..., Any]
) -> None:
    before = now(translated).editions["de"].seq
    translated.publish(an_article(editions=[an_edition("en", body="Corrected.")]))
    known = now(translated)
    assert story(known, "de").notice == phrase("machine_translation_stale", "de")
    with translated.store.read() as connection:
        from newswire.store import publications  # noqa: PLC0415  # only this test asks the index

        newest = publications.entries(connection, "de", topics=None, sources=(), limit=1, since=None)[0]
    assert newest.seq > before
    publish(translated.publisher, "a", machine)
    assert story(now(translated), "de").notice == phrase("machine_translation", "de")


def test_what_no_translation_depends_on_makes_none_stale(
    translated: Any, an_article: Callable[..., Any], an_edition: Callable[..., Any]
) -> None:
    translated.publish(an_article(editions=[an_edition("en", url="https://news.example/en/moved")]))
    assert story(now(translated), "de").notice == phrase("machine_translation", "de")


def test_a_translation_never_takes_over_what_belongs_to_an_intake_that_is_gone(
    wire: Any, an_article: Callable[..., Any]
) -> None:
    wire.publish(an_article(), intake="gone")
    publish(wire.publisher, "a", machine)
    known = now(wire)
    assert (known.intake, known.editions["en"].intake) == ("gone", "gone")
    wire.publish(an_article(topics=["law"]))
    assert (now(wire).intake, now(wire).content.languages) == ("test", ("de", "en"))

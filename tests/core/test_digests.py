from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from newswire import phrases
from newswire.digests import DigestPlan, digest_title
from newswire.hours import read_cadence
from newswire.markup import to_html
from newswire.testing import a_digest

BERLIN = ZoneInfo("Europe/Berlin")
EVENING = datetime(2026, 11, 23, 17, tzinfo=UTC)


def _plan(**changes: str) -> DigestPlan:
    return DigestPlan(
        channel="telegram-de",
        cadence=read_cadence(changes.get("cadence", "daily 18:00")),
        zone=BERLIN,
        language=changes.get("language", "de"),
        site_url=changes.get("site_url", "https://news.example"),
    )


@pytest.mark.parametrize(
    ("cadence", "due", "language", "told"),
    [
        ("daily 18:00", "2026-11-23T18:00+01:00", "en", "Daily digest · November 23, 2026"),
        ("daily 18:00", "2026-11-23T18:00+01:00", "de", "Täglicher Überblick · 23. November 2026"),
        # What is due at midnight is the digest of the day that has ended.
        ("daily 00:00", "2026-11-24T00:00+01:00", "fr", "Récapitulatif du jour · 23 novembre 2026"),
        ("hourly", "2026-11-23T14:00+01:00", "ja", "1時間のまとめ · 2026年11月23日, 14:00"),
        ("weekly monday 00:00", "2026-11-23T00:00+01:00", "de", "Wöchentlicher Überblick · 16.\u201322. Nov. 2026"),
    ],
)
def test_titles(cadence: str, due: str, language: str, told: str) -> None:
    moment = datetime.fromisoformat(due).astimezone(UTC)
    assert digest_title(read_cadence(cadence), moment, BERLIN, language) == told


@pytest.mark.parametrize("language", phrases.known_languages())
def test_every_language_has_its_titles(language: str) -> None:
    told = [digest_title(read_cadence(one), EVENING, BERLIN, language) for one in ("hourly", "daily", "weekly")]
    assert len(set(told)) == 3
    assert all("2026" in one or "۲۰۲۶" in one for one in told)


def test_a_digest_is_an_article_whose_id_says_when_it_was_due() -> None:
    plan = _plan()
    first, second = (plan.article(EVENING, members, number, 2) for number, members in enumerate(("ab", "c"), start=1))
    assert first.id == "digest/telegram-de/20261123T1700Z"
    assert (first.related, first.published) == (("a", "b"), EVENING)
    assert first.original.title == "Täglicher Überblick · 23. November 2026 (1/2)"
    assert first.original.url == "https://news.example#digest-telegram-de-20261123T1700Z"
    assert second.id == f"{first.id}/2"
    assert second.original.url != first.original.url


def test_a_formatter_that_knows_nothing_of_digests_has_enough_to_show() -> None:
    story = a_digest(3, title='A <b> & "title"')
    assert story.summary.split("\n") == [
        '• A <b> & "title"',
        '• A <b> & "title" (Englisch)',
        '• A <b> & "title"',
    ]
    assert story.body is not None
    shown = to_html(story.body, "html", base_url=story.body_url)
    assert shown.count("<li>") == 3
    assert '<a href="https://news.example.org/de/a2"' in shown
    assert 'A &lt;b&gt; &amp; "title"</a> (Englisch)<br>Was beim 2. Mal geschah.' in shown
    # The topics of most of its articles come first.
    assert [topic.label for topic in story.topics] == ["KI", "Chips"]

"""Stories by hand: a plain one, and those that formatters trip over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from newswire import languages
from newswire.digests import digest_story
from newswire.model import Question
from newswire.notice import Notice
from newswire.phrases import phrase
from newswire.story import Link, Story, StoryImage, StorySource, StoryTopic
from newswire.testing.clock import NOON

_FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
"""One letter to a reader, seven code points, eleven UTF-16 units."""
_LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def a_story(**changes: Any) -> Story:
    """A story in English with title, summary and address; no body, no topics, no source.

    Args:
        changes: fields of `newswire.api.Story` that replace the plain ones. What depends on the language (direction,
            the reader's language) follows `language` unless it is given.
    """
    language = changes.get("language", "en")
    plain: dict[str, Any] = {
        "article_id": "a",
        "rev": 1,
        "reader_language": language,
        "language": language,
        "direction": languages.direction(language),
        "title": "A title",
        "summary": "A summary of what happened.",
        "url": f"https://news.example.org/{language}/a",
        "body": None,
        "body_format": "markdown",
        "body_language": language,
        "body_direction": languages.direction(changes.get("body_language", language)),
        "body_url": f"https://news.example.org/{language}/a",
        "notice": None,
        "topics": (),
        "source": None,
        "authors": (),
        "translators": (),
        "image": None,
        "questions": (),
        "questions_language": language,
        "related": (),
        "alternates": (),
        "published": NOON,
        "updated": NOON,
        "urgent": False,
    }
    return Story(**(plain | changes))


def a_notice(**changes: Any) -> Notice:
    """A notice of two lines.

    Args:
        changes: fields of `newswire.api.Notice` that replace the plain ones.
    """
    key = changes.get("id", "notice/short")
    plain: dict[str, Any] = {
        "id": key,
        "title": "2 alerts",
        "lines": ("The channel news-de is silent.", "The account telegram is paused: @nobody #knows why."),
        "url": f"https://news.example.org/#{key.replace('/', '-')}",
        "at": NOON,
    }
    return Notice(**(plain | changes))


def sample_stories() -> dict[str, Story]:
    """Stories that formatters trip over, by a name that says why.

    All of them are possible: each has passed, or could have passed, the cleaning that articles go through on their way
    in. Every kind of channel must compose each of them, and its platform must take what comes of it.
    """
    return {
        "plain": a_story(),
        **_in_other_words(),
        **_missing_and_too_much(),
        **_hostile(),
        **_topics(),
        **_told_in_another_language(),
        "urgent": a_story(urgent=True),
        "everything": _everything(),
        "digest": a_digest(),
        "digest of one": a_digest(1),
        "digest of very many": a_digest(
            50, title="A title that is as long as titles get where nobody looks; " * 3 + "so long"
        ),
    }


def a_digest(number: int = 5, **changes: Any) -> Story:
    """The story of a digest in German that lists so many articles, one of them only there in English.

    Args:
        number: how many.
        changes: fields of each of the articles' stories.
    """
    members = [
        a_story(**{
            "article_id": f"a{one}",
            "language": "de",
            "title": f"Der {one}. Titel",
            "summary": f"Was beim {one}. Mal geschah.",
            "url": f"https://news.example.org/de/a{one}",
            "topics": _named("KI", "Chips") if one % 2 else _named("KI"),
        } | changes)
        for one in range(1, number + 1)
    ]  # fmt: skip
    if number > 1:
        notice = phrase("body_only_in", "de", language=languages.name("en", "de"))
        members[1] = replace(members[1], body="Only the original has a body.", body_language="en", notice=notice)
    due = "20261123T1700Z"
    return digest_story(
        members,
        article_id=f"digest/channel/{due}",
        title="Täglicher Überblick · 23. November 2026",
        url=f"https://news.example.org/#digest-channel-{due}",
        language="de",
        published=NOON,
    )


def _in_other_words() -> dict[str, Story]:
    return {
        "right to left": a_story(
            language="ar",
            title="مترجم C++17 يعمل في 3.5 ثوانٍ",
            summary="قال المطوّر إن الإصدار «v2.0» جاهز. (انظر GitHub)",
            topics=_named("البرمجة", "C++"),
        ),
        "right to left within left to right": a_story(title="The word שלום (shalom), and how 123 stands beside it"),
        "no spaces": a_story(language="ja", title="港の清掃ロボット" * 40, summary="長い要約。" * 400),
        "marks that belong to their letters": a_story(
            language="hi", title="देवनागरी में क्षि", summary="हिन्दी की बात, " * 60 + "और बस।"
        ),
        "emoji of many code points": a_story(title=f"{_FAMILY} at home \U0001f1e9\U0001f1ea", summary=_FAMILY * 300),
        "letters beyond the first plane": a_story(title="\U0001d4dc\U0001d4ea\U0001d4fd\U0001d4f1 and 𠮷野家" * 8),
        "heaps of combining marks": a_story(title="Z" + "\u0334\u0335\u0336" * 12 + "algo", summary="x\u0301" * 900),
        "invisible characters": a_story(
            title="soft\u00adhyphen, zero\u200bwidth, \u202eoverride\u202c, \u2066isolate\u2069"
        ),
    }


def _missing_and_too_much() -> dict[str, Story]:
    return {
        "no summary": a_story(summary=""),
        "title that is one emoji": a_story(title="\U0001f389", summary=""),
        "summary that repeats the title": a_story(title="The same words", summary="The same words"),
        "long title": a_story(title=("A title that goes on and on, " * 40)[:1000], summary=""),
        "long title of one word": a_story(title=(_LONG_WORD * 13)[:1000]),
        "long summary": a_story(summary=("What happened then is soon told. " * 400)[:10_000]),
        "long body": a_story(body="A paragraph with **bold** words.\n\n" * 3000),
        "long address": a_story(url="https://news.example.org/en/" + "long-" * 380 + "address"),
        "address in another script": a_story(language="ja", url="https://news.example.org/記事/港?頁=1&q=a%20b#節"),
        "address with what Markdown bends": a_story(url="https://news.example.org/en/a_b_c_(d)*e*[f]?x=1&y=2;z='!'"),
    }


def _hostile() -> dict[str, Story]:
    return {
        "markup": a_story(title='<b>&"bold"</b> <script>alert(1)</script>', summary="&lt;i&gt; &amp; ]]> <!-- -->"),
        "Markdown": a_story(title="*_[a](b)_* `c` ~~d~~ ||e|| #f", summary="\\*_[]()~`>#+-=|{}.! 1. - > ```"),
        "mentions and commands": a_story(
            title="@everyone @news_bot @user@news.example /start $cash",
            summary="#NotATopic https://elsewhere.example/x",
        ),
        "braces and percent signs": a_story(title="{title} %s %(name)s ${x} {0}", summary="100% {} \\n \\u0041"),
    }


def _topics() -> dict[str, Story]:
    odd = (
        "C++",
        "C#",
        ".NET",
        "2026",
        "schema.org",
        "机器学习",
        "state-of-the-art",
        "R&D",
        "कृत्रिम बुद्धि",
        "\U0001f680",
        "AI",
    )
    return {
        "one topic": a_story(topics=_named("AI safety")),
        "forty topics": a_story(topics=_named(*(f"Topic number {number}" for number in range(1, 41)))),
        "topics that make poor hashtags": a_story(topics=_named(*odd)),
        "topics with the same label": a_story(topics=_named("Chips", "chips", "CHIPS")),
    }


def _told_in_another_language() -> dict[str, Story]:
    return {
        "body in another language": a_story(
            language="de",
            title="Ein Titel",
            summary="Eine Zusammenfassung.",
            body="Only the original has a body.",
            body_language="en",
            notice=phrase("body_only_in", "de", language=languages.name("en", "de")),
        ),
        "all of it in another language": a_story(
            language="ar",
            reader_language="fr",
            title="عنوان",
            summary="ملخّص",
            notice=phrase("only_in", "fr", language=languages.name("ar", "fr")),
        ),
        "notice from right to left": a_story(
            language="en", reader_language="ar", notice=phrase("only_in", "ar", language=languages.name("en", "ar"))
        ),
    }


def _everything() -> Story:
    link = Link("Another article: <b>&", "https://news.example.org/en/b", "en")
    return a_story(
        body="# A heading\n\nA paragraph, a [link](/x) and an ![image](y.png).\n\n| a | b |\n| - | - |\n| 1 | 2 |",
        topics=_named("AI safety", "Policy"),
        source=StorySource("Hacker News", "https://hn.example/item?id=1&x=2", "hacker-news"),
        authors=("Ada Lovelace", "O'Brien & Sons"),
        translators=("Émilie du Châtelet",),
        image=StoryImage("https://news.example.org/a.jpg", 'A "picture" of <it>', "image/jpeg", 12_345),
        questions=(Question(question="Why?", answer="Because **of that**."),),
        related=(link, link),
        alternates=(Link("Deutsch", "https://news.example.org/de/a", "de"),),
        rev=7,
        urgent=True,
    )


def _named(*labels: str) -> tuple[StoryTopic, ...]:
    return tuple(_topic(number, label) for number, label in enumerate(labels))


def _topic(number: int, label: str) -> StoryTopic:
    return StoryTopic(slug=f"topic-{number}", label=label, hashtag=label)

"""Templates: what an admin can say with them, and what is told of those that cannot be used."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from newswire.api import ProblemInText, Question, Story, StorySource, StoryTopic, clean
from newswire.sandbox.telegram.text import fixed, read_entities
from newswire_telegram.formatter import compose
from newswire_telegram.message import CAPTION_LIMIT, TEXT_LIMIT, caption_of, wire_entities
from newswire_telegram.options import TelegramChannelOptions
from newswire_telegram.trial import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from newswire.api import Post

OWN = """
{% if story.urgent %}❗ {% endif %}<b>{{ title }}</b>

{{ summary }}
{% if notice %}<i>{{ notice }}</i>{% endif %}



{{ body }}
<blockquote expandable>{{ questions }}</blockquote>
{% for topic in story.topics %}{{ topic.label }}{% if not loop.last %}, {% endif %}{% endfor %}
{{ hashtags }}
<a href="{{ url }}">{{ phrase("read_more") }}</a> &lt;3
"""


@pytest.fixture(scope="session")
def made(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions], rendered: Callable[[Post], str]
) -> Callable[..., str]:
    """The text of a post by a template, as in golden files."""

    def make(template: str, **told: Any) -> str:
        return rendered(compose(story(**told), options(template=template))).partition("\n\n")[2].removesuffix("\n")

    return make


def test_a_template_says_what_the_admin_wants(made: Callable[..., str]) -> None:
    told = {
        "title": "A <b>title</b> & more",
        "body": "# Head\n\nA **bold** [link](/x).",
        "topics": (StoryTopic("ai", "AI", "AI"), StoryTopic("law", "Law", "Law")),
        "questions": (Question(question="Why?", answer="*Because.*"),),
        "urgent": True,
    }
    assert made(OWN, **told) == (
        "❗ **A <b>title</b> & more**\n\nA summary.\n\n**Head**\n\nA **bold** [link](https://news.example/x).\n"
        "⟦▾**Questions and answers**\n**Why?**\n_Because._⟧\nAI, Law\n{#AI} {#Law}\n"
        "[Read more](https://news.example/a1) <3"
    )


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ title }}", "A title"),
        ("<i>{{ title|upper }}</i>", "_A TITLE_"),
        ("{{ title ~ '!' }}", "A title!"),
        ("{{ [title, url]|join(' - ') }}", "A title - https://news.example/a1"),
        ("{{ story.title[:3] }}…", "A t…"),
        ("{{ date }}", "May 1, 2026"),
        ("{{ title }} {{ 1 + 2 * 3 }}", "A title 7"),
        ("a\n\n\n\nb   c  \n", "a\n\nb c"),
        ("<a href='javascript:x'>{{ title }}</a>", "A title"),
        ('<a href="http://localhost/">{{ title }}</a>', "A title"),
        ("<pre>{{ title }}</pre><code>x</code>", "```\nA title\n````x`"),
        ("<tg-spoiler>x</tg-spoiler><u>{{ title }}</u><s>y</s>", "[x](None)__A title__~~y~~"),
        ("{{ summary }}{{ notice }}{{ byline }}", "A summary.May 1, 2026"),
        ("{{ source or 'nobody' }}", "nobody"),
        ("{{ read_more }}", "[Read more](https://news.example/a1)"),
        ("{{ story.authors|join(', ')|default('x', true) }}", "x"),
        ("{% for n in range(3) %}{{ n }}{% endfor %}", "012"),
    ],
)
def test_what_can_be_said(made: Callable[..., str], template: str, told: str) -> None:
    assert made(template) == told


WRONG = [
    ("{{ titel }}", 1, "there is no 'titel'; did you mean 'title'?"),
    ("a\n{% if title %}", 2, "Unexpected end of template"),
    ("{{ title }}\n\n{% endfor %}", 3, "unknown tag 'endfor'"),
    ("{{ title", 1, "unexpected end of template"),
    ("{{ title|upcase }}", 1, "there is no filter 'upcase'"),
    ("{{ title|reverze }}", 1, "did you mean 'reverse'?"),
    ("a\n<h1>{{ title }}</h1>", 2, "<h1> is no tag that Telegram knows"),
    ("a <br> b", 1, "<br> is no tag"),
    ("1 < 2", 1, "a '<' that is no tag is written &lt;"),
    ("<b>{{ title }}", None, "<b> has no end"),
    ("{{ title }}</b>", None, "</b> ends what was not begun"),
    ("<b><i>{{ title }}</b></i>", None, "</b> ends what was not begun"),
    ("{% if story.source %}<b>{% endif %}{{ title }}", None, "<b> has no end"),
    ("{{ title }}\n{{ story.source.name }}", 2, "not every article has one: {% if ... %} asks"),
    ("{{ story.titel }}", 1, "has no attribute 'titel'"),
    ("{{ phrase('nope') }}", 1, "there is no phrase 'nope'"),
    ("{{ phrase('only_in') }}", 1, "there is no phrase 'only_in' that stands by itself"),
    ("", None, "makes an empty post"),
    ("  \n ", None, "makes an empty post"),
    ("{{ title }}" + "x" * 5000, None, "leaves no room"),
    ("x" * 20_001, None, "at most 20000 characters"),
    ("{% include 'secrets.txt' %}", 1, "'include' cannot be used"),
    ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", 1, "'macro' cannot be used"),
    ("{% for a in story.topics recursive %}{{ loop(story.topics) }}{% endfor %}", 1, "a recursive loop"),
    ("{% autoescape false %}{{ title }}{% endautoescape %}", 1, "'autoescape' cannot be used"),
    ("{{ title|safe }}", 1, "there is no filter 'safe'"),
    ("{{ story.__class__.__mro__ }}", 1, "unsafe"),
    ("{{ phrase.func.__globals__ }}", 1, "unsafe"),
    ("{{ title.format }}", 1, "unsafe"),
    ("{{ '%s' % title }}", 1, "'%' cannot be used"),
    # What would go on without end, or grow without bound.
    ("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", 1, "is there a loop without end?"),
    ("{% for a in range(10**9) %}{% endfor %}", 1, "'**' cannot be used"),
    ("{% for a in range(1000000) %}{% endfor %}", 1, "counts beyond 10000"),
    ("{{ 'x' * 1000000000 }}", 1, "* is for numbers; texts are joined by ~"),
    ("{{ [1] * 1000000000 }}", 1, "* is for numbers"),
    ("{{ 999999999 * 999999999 * 999999999 }}", 1, "* is for numbers"),
    ("{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}", 1, "more than 100000 characters"),
    ("{{ range(9999)|join(title ~ title) }}", 1, "more than 100000 characters"),
    ("{% for a in range(9999) %}{{ 'xxxxxxxxxxxxxxxxxxxx' }}{% endfor %}", None, "more than 100000 characters"),
    ("{{ title.replace('', title) }}", 1, "unsafe"),
    ("{{ title.center(1000000000) }}", 1, "unsafe"),
    ("(" * 5000 + "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", None, "is nested too deeply"),
]


@pytest.mark.parametrize(("template", "line", "words"), WRONG)
def test_what_cannot_be_used_is_told_with_its_line(template: str, line: int | None, words: str) -> None:
    begun = time.process_time()
    with pytest.raises(ProblemInText) as caught:
        check(template)
    assert words in caught.value.message
    assert caught.value.line == line
    # An endless loop would never come here; this only tells a bound from none.
    assert time.process_time() - begun < 20


def test_the_config_refuses_it() -> None:
    with pytest.raises(ValidationError, match="line 1: there is no 'titel'"):
        TelegramChannelOptions.model_validate({"chat": 42, "template": "{{ titel }}"})
    with pytest.raises(ValidationError, match="a template makes no rich message"):
        TelegramChannelOptions.model_validate({"chat": 42, "template": "{{ title }}", "style": "rich"})
    with pytest.raises(ValidationError, match="valid string"):
        TelegramChannelOptions.model_validate({"chat": 42, "template": 7})


def test_an_article_a_template_fails_for_goes_out_in_the_style(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions], caplog: pytest.LogCaptureFixture
) -> None:
    chat = options(template="{{ title }}{% if story.source %}{{ story.source.url.upper() }}{% endif %}")
    one = story(source=StorySource("A source", None, "s"))
    with caplog.at_level(logging.WARNING):
        post = compose(one, chat)
    assert post == compose(one, options())
    assert "the template fails for article a1" in caplog.text
    assert compose(story(), chat).text == "A title"


def test_a_long_article_leaves_room_for_the_templates_own_words(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions]
) -> None:
    post = compose(story(body="Word [link](/x) " * 9000, title="T" * 1000), options(template=OWN))
    assert TEXT_LIMIT - 60 < len(post.text) <= TEXT_LIMIT
    assert post.text.endswith("…\n\nRead more <3")
    text, _ = caption_of(post)
    assert len(text) <= CAPTION_LIMIT
    assert text.endswith("Read more <3")


lines = st.text(max_size=200).map(lambda text: " ".join(clean(text).split()))


@settings(deadline=None, max_examples=60)
@given(
    title=lines.filter(bool),
    summary=lines,
    body=st.none() | st.text(max_size=3000).map(clean).filter(str.strip),
    topics=st.lists(st.builds(StoryTopic, slug=st.just("a"), label=lines, hashtag=lines), max_size=4).map(tuple),
    urgent=st.booleans(),
)
def test_whatever_the_article_says_is_text(
    story: Callable[..., Story], options: Callable[..., TelegramChannelOptions], **told: Any
) -> None:
    post = compose(story(**told), options(template=OWN))
    assert len(post.text) <= TEXT_LIMIT
    assert post.text.endswith("Read more <3")
    sent = wire_entities(post.text, post.entities)
    kept = fixed(post.text, read_entities([dict(one) for one in sent]))
    assert kept.text == post.text
    assert [(one.type, one.offset, one.length) for one in kept.entities] == [
        (one["type"], one["offset"], one["length"]) for one in sent
    ]

"""Posts fit what a service takes, in every form, and say the same in each."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from newswire.testing import a_digest, a_story, sample_stories
from newswire_apprise.formatter import compose
from newswire_apprise.service import Form, Limits

FORMS: tuple[Form, ...] = ("text", "markdown", "html")
ROOMY = Limits(title=250, body=32_768, together=False)
CHAT = Limits(title=0, body=4096, together=False)
TINY = Limits(title=0, body=140, together=False)
TOGETHER = Limits(title=250, body=256, together=True)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> str:
    """The words of HTML."""
    parser = _Words()
    parser.feed(html.replace("<br/>", "\n").replace("<br />", "\n"))
    parser.close()
    return "".join(parser.words)


@pytest.mark.parametrize("limits", [ROOMY, CHAT, TINY, TOGETHER], ids=["roomy", "chat", "tiny", "together"])
@pytest.mark.parametrize("form", FORMS)
def test_every_story_fits(form: Form, limits: Limits) -> None:
    for name, story in sample_stories().items():
        post = compose(story, form, limits)
        title, body = str(post.details["title"]), str(post.details["body"])
        assert len(title) <= limits.title, name
        assert 0 < len(body) + (len(title) if limits.together else 0) <= limits.body, name
        assert bool(title) is bool(limits.title), name


@pytest.mark.parametrize("form", FORMS)
def test_a_post_has_title_summary_notice_source_and_address(form: Form) -> None:
    story = sample_stories()["everything"]
    body = str(compose(story, form, CHAT).details["body"])
    words = {"html": read(body), "markdown": read(MarkdownIt("commonmark").render(body)), "text": body}[form]
    for part in (story.title, story.summary, f"Source: {story.source.name}" if story.source else ""):
        assert part in words
    if form == "text":
        assert body.endswith(f"\n\n{story.url}")
    else:
        assert story.url in body
        assert words.strip().endswith("Read more")


def test_nothing_in_a_story_is_markup() -> None:
    story = a_story(title="*_[a](b)_* `c` # d", summary="# no heading\n1. no list\n- nor this\n> nor that <b>&amp;")
    markdown = str(compose(story, "markdown", CHAT).details["body"])
    html = MarkdownIt("commonmark").render(markdown)
    assert set(re.findall(r"<(\w+)", html)) == {"p", "strong", "a"}
    assert "# no heading\n1. no list\n- nor this\n> nor that <b>&amp;" in read(html)
    assert "*_[a](b)_* `c` # d" in read(html)
    assert set(re.findall(r"<(\w+)", str(compose(story, "html", CHAT).details["body"]))) == {"b", "br", "a"}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=60))
def test_markdown_says_what_was_written(text: str) -> None:
    summary = " ".join(text.split()) or "x"
    post = compose(a_story(title="T", summary=summary), "markdown", CHAT)
    paragraphs = read(MarkdownIt("commonmark").render(str(post.details["body"])))
    assert summary in paragraphs


@pytest.mark.parametrize("form", FORMS)
def test_a_digest_lists_what_has_room(form: Form) -> None:
    digest = a_digest(50)
    assert str(compose(digest, form, CHAT).details["body"]).count("https://news.example.org/de/a") == 50
    few = str(compose(digest, form, Limits(title=0, body=600, together=False)).details["body"])
    listed = few.count("https://news.example.org/de/a")
    assert 3 < listed < 20
    assert "Der 1. Titel" in few.replace("\\", "")

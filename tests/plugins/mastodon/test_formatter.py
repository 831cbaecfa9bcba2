"""The posts themselves, as a follower reads them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mastodon import Mastodon

from newswire.sandbox.mastodon.text import counted_length, hashtags, links
from newswire_mastodon.formatter import compose
from newswire_mastodon.limits import Limits
from newswire_mastodon.options import MastodonChannelOptions

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent / "stories"
STORIES: dict[str, dict[str, dict[str, Any]]] = {
    path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.iterdir())
}


@pytest.mark.parametrize("language", STORIES)
def test_golden(language: str, make_story: Any, golden: Callable[[str, str], None]) -> None:
    posts = []
    for name, given in STORIES[language].items():
        post = compose(make_story(**given), MastodonChannelOptions(), Limits())
        count = Mastodon.get_status_length(post.text)
        assert count <= 500
        posts.append(f"=== {name}: language {post.details['language']}, {count} of 500\n{post.text}\n")
    golden(language, "\n".join(posts))


def test_there_are_sixty_articles_in_ten_languages() -> None:
    assert {path.stem for path in (FOLDER.parent / "golden").iterdir()} == set(STORIES)
    assert len(STORIES) == 10
    assert all(len(told) >= 6 for told in STORIES.values())
    assert sum(map(len, STORIES.values())) >= 60


@pytest.mark.parametrize("language", STORIES)
def test_every_golden_post_passes_the_sandbox(language: str, make_story: Any) -> None:
    """The sandbox counts, and finds links and hashtags, by rules of its own."""
    for name, given in STORIES[language].items():
        story = make_story(**given)
        post = compose(story, MastodonChannelOptions(), Limits())
        assert counted_length(post.text, "", 23) <= 500, name
        assert [part.value for part in links(post.text)] == [post.link], name
        tags = post.text.partition(str(post.link))[2].split()
        assert [f"#{part.value}" for part in hashtags(post.text)] == tags, name
        assert bool(tags) is bool(given["topics"]), name
        assert len(tags) <= 4, name


def test_details_and_link(make_story: Any) -> None:
    story = make_story(language="zh-Hans", url="https://news.anthill.dev/芯片")
    post = compose(story, MastodonChannelOptions(visibility="unlisted"), Limits())
    assert post.language == "zh-Hans"
    assert post.link == "https://news.anthill.dev/%E8%8A%AF%E7%89%87"
    assert post.details == {
        "visibility": "unlisted",
        "spoiler_text": None,
        "sensitive": False,
        "language": "zh-CN",
    }


def test_as_many_hashtags_as_the_channel_wants(make_story: Any) -> None:
    story = make_story(topics=["One", "Two", "Three"])
    assert "#" not in compose(story, MastodonChannelOptions(hashtags=0), Limits()).text
    assert compose(story, MastodonChannelOptions(hashtags=2), Limits()).text.endswith("\n\n#One #Two")


def test_a_larger_limit_is_used(make_story: Any) -> None:
    story = make_story(summary="word " * 400 + "end")
    assert compose(story, MastodonChannelOptions(), Limits(max_characters=5000)).text.count("word") == 400
    assert compose(story, MastodonChannelOptions(), Limits(max_characters=500)).text.count("word") < 100


def test_a_server_that_reserves_more_for_an_address_gets_a_shorter_post(make_story: Any) -> None:
    story = make_story(summary="x" * 1000)
    usual = Mastodon.get_status_length(compose(story, MastodonChannelOptions(), Limits()).text)
    shorter = Mastodon.get_status_length(
        compose(story, MastodonChannelOptions(), Limits(characters_reserved_per_url=40)).text
    )
    assert (usual, shorter) == (500, 500 - 17)


def test_an_address_of_an_unknown_domain_counts_in_full(make_story: Any) -> None:
    address = "https://news.example/" + "long/" * 20
    text = compose(make_story(url=address, summary="x" * 1000), MastodonChannelOptions(), Limits()).text
    assert address in text
    assert Mastodon.get_status_length(text) == 500


def test_the_notice_is_never_cut(make_story: Any) -> None:
    notice = "Der vollständige Text liegt bisher nur in dieser Sprache vor: Englisch"
    story = make_story(title="T" * 300, summary="S" * 900, notice=notice, topics=["Eins", "Zwei"])
    for limit in range(170, 500, 7):
        text = compose(story, MastodonChannelOptions(), Limits(max_characters=limit)).text
        assert f"\n\n{notice}\n\nhttps://" in text


def test_a_stub_of_a_summary_is_left_out(make_story: Any) -> None:
    story = make_story(title="T" * 445, summary="S" * 900)
    assert "S" not in compose(story, MastodonChannelOptions(), Limits()).text


def test_forty_topics_and_a_title_of_a_thousand_letters(make_story: Any) -> None:
    topics = [f"Topic number {number} of a great many topics" for number in range(40)]
    story = make_story(title="T" * 1000, summary="S" * 10_000, topics=topics, notice="N" * 150)
    for most in (0, 4, 10):
        post = compose(story, MastodonChannelOptions(hashtags=most), Limits())
        assert Mastodon.get_status_length(post.text) <= 500
        assert post.text.count("#") <= most
        assert str(post.link) in post.text

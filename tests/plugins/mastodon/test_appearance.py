"""How a post looks in a timeline; the page is compared with the wall in tests/core/cli/test_preview.py."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from newswire.api import LinkCard, StoryImage, StoryTopic
from newswire.testing import RehearsalServices, a_digest, sample_stories
from newswire_mastodon.appearance import appearances
from newswire_mastodon.formatter import compose
from newswire_mastodon.limits import Limits, RememberedLimits
from newswire_mastodon.options import MastodonChannelOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import Appearance, Entity, Story

LONG = "https://news.anthill.dev/en/a-long-way-to-the-sea-and-back"


def seen(story: Story, limits: Limits | None = None, **given: Any) -> Sequence[Appearance]:
    limits = limits or Limits()
    options = MastodonChannelOptions.model_validate(given)
    return appearances(compose(story, options, limits), limits, public_per_hour=options.public_per_hour)


def covered(one: Appearance, entity: Entity) -> str:
    return one.text[entity.offset : entity.offset + entity.length]


def test_addresses_are_shortened_and_hashtags_are_marked(make_story: Any) -> None:
    (one,) = seen(
        make_story(url=LONG, topics=("KI", "Das Meer"), title="@nobody and #nothing at http://elsewhere.example")
    )
    assert [(entity.kind, covered(one, entity), entity.value) for entity in one.entities] == [
        ("link", "news.anthill.dev/en/a-long-way…", LONG),
        ("hashtag", "#KI", None),
        ("hashtag", "#DasMeer", None),
    ]
    assert (one.card, one.notes) == (LinkCard(url=LONG), ("public",))
    assert "https://" not in one.text


def test_every_entity_lies_in_the_text() -> None:
    for name, story in sample_stories().items():
        for one in seen(story, style="thread"):
            for entity in one.entities:
                words = covered(one, entity)
                assert words.startswith("#") == (entity.kind == "hashtag"), name
                assert len(words) == entity.length, name
            assert one.length is not None
            assert one.longest is not None
            assert one.length <= one.longest, name


def test_a_picture_takes_the_place_of_the_card(make_story: Any) -> None:
    image = StoryImage("https://news.example/a.jpg", "A boat", "image/jpeg", 0)
    (one,) = seen(make_story(image=image), style="image")
    assert ([(picture.url, picture.alt) for picture in one.media], one.card) == ([(image.url, "A boat")], None)
    (none,) = seen(make_story(image=image), Limits(max_media=0), style="image")
    assert (none.media, none.card is not None) == ((), True)


def test_a_warning_hides_the_rest_and_is_counted(make_story: Any) -> None:
    story = replace(make_story(), topics=(StoryTopic("war", "Krieg", "Krieg"),))
    (plain,) = seen(story)
    (one,) = seen(story, warnings=[{"topics": "war", "text": "Krieg"}], visibility="unlisted")
    assert (one.warning, one.card, one.notes) == ("Krieg", None, ("unlisted",))
    assert one.length == (plain.length or 0) + len("Krieg")


def test_what_may_become_quiet_says_so(make_story: Any) -> None:
    (one,) = seen(make_story(), public_per_hour=3)
    assert one.notes == ("public", "unlisted after 3 within an hour")
    (quiet,) = seen(make_story(), public_per_hour=3, visibility="unlisted")
    assert quiet.notes == ("unlisted",)


def test_a_thread_is_its_first_post_and_a_quiet_reply_for_each_article() -> None:
    story = a_digest(3)
    members = tuple(replace(one, language="ar") for one in story.digest)
    first, *replies = seen(replace(story, digest=members), style="thread")
    assert first.notes == ("public",)
    assert [one.notes for one in replies] == [("unlisted", "reply")] * 3
    assert [(one.language, one.direction) for one in replies] == [("ar", "rtl")] * 3
    assert len(seen(story)) == 1


def test_limits_are_remembered_of_the_server_that_told_them() -> None:
    state = RehearsalServices().state("mastodon")
    told = Limits(max_characters=5000, image_types=frozenset({"image/png", "image/gif"}))
    RememberedLimits("limits of a", "https://a.example", state).keep(told)
    assert RememberedLimits("limits of a", "https://a.example", state).read() == told
    assert RememberedLimits("limits of a", "https://b.example", state).read() == Limits()
    assert RememberedLimits("limits of b", "https://a.example", state).read() == Limits()
    for kept in ("nonsense", {"server": "https://a.example", "limits": {"image_types": [], "unheard_of": 1}}):
        state.set("limits of a", kept)
        assert RememberedLimits("limits of a", "https://a.example", state).read() == Limits()

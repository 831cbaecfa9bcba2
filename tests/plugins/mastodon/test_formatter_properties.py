"""What holds for every post, whatever the story."""

from __future__ import annotations

import re
from typing import Any

import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from mastodon import Mastodon
from mastodon._url_regex import url_regex

from newswire.api import one_line
from newswire_mastodon.addresses import ascii_address
from newswire_mastodon.formatter import compose
from newswire_mastodon.inert import inert
from newswire_mastodon.limits import Limits
from newswire_mastodon.options import MastodonChannelOptions

# The rules of Mastodon, older and newer, for what pings and what tags (Account::MENTION_RE, Tag::HASHTAG_RE).
MENTION = regex.compile(r"(?<![/\p{L}\p{M}\p{Nd}\p{Pc}])@[a-z0-9_]+", regex.IGNORECASE)
HASHTAG = regex.compile(
    r"(?<![/)\p{L}\p{M}\p{Nd}\p{Pc}])[#\uFF03]((?=[\p{M}\p{Pc}·・\u200c]*[\p{L}\p{Nd}])[\p{L}\p{M}\p{Nd}\p{Pc}·・\u200c]+)"
)
VALID_TAG = regex.compile(r"#(?=.*\p{L})[\p{L}\p{Nd}_](?:[\p{L}\p{M}\p{Nd}_·・\u200c]*[\p{L}\p{M}\p{Nd}_])?")

TRICKY = st.sampled_from(
    (
        "@alice @alice@social.example .@bob desk@anthill.dev # #2026 C# #tag #متن \uff03タグ \uff20bob a/@b =@c "
        "https://a.dev/x HTTP://b.dev httphttps://:// 👨‍👩‍👧‍👦 🏳️‍🌈 #️⃣ #️⃣abc 🇩🇪🇫🇷 क्षत्रिय हिन्दी ภาษาไทย 漢字かな交じり文 "
        "مُتَرْجَم e\u0301 \u200d \u200c <b> &amp; · _ …"
    ).split()
)
WORDS = st.lists(TRICKY | st.text(max_size=12), max_size=60).map(lambda words: one_line(" ".join(words)))
GLUED = st.lists(TRICKY | st.text(max_size=5), max_size=40).map(lambda words: one_line("".join(words)))
PROSE = WORDS | GLUED
PATH = st.text(max_size=40).map(lambda text: re.sub(r"[\s<>\"]", "-", text))
ADDRESSES = st.builds(
    lambda host, path: f"https://{host}/{path}",
    st.sampled_from(["news.anthill.dev", "müller.de", "новости.рф", "例え.jp", "user:pw@news.anthill.dev:8443"]),
    PATH,
)
LIMITS = st.builds(
    Limits, max_characters=st.integers(150, 5000), characters_reserved_per_url=st.sampled_from([10, 23, 32])
)


STORIES = st.fixed_dictionaries(
    {
        "title": PROSE.filter(bool),
        "summary": PROSE,
        "notice": st.none() | PROSE,
        "url": ADDRESSES,
        "topics": st.lists(PROSE, max_size=8),
    }
)


@settings(max_examples=250, deadline=None)
@given(given=STORIES, limits=LIMITS, most=st.integers(0, 10))
def test_every_post(make_story: Any, given: dict[str, Any], limits: Limits, most: int) -> None:
    story = make_story(**given)
    options = MastodonChannelOptions(hashtags=most)
    post = compose(story, options, limits)
    text = post.text

    assert Mastodon.get_status_length(text) <= limits.max_characters
    assert post == compose(story, options, limits)

    # The address is there once, whole, in ASCII, the only link, and recognised from end to end.
    address = ascii_address(story.url)
    assert post.link == address
    assert address.isascii()
    assert text.count(address) == 1
    assert [match[3] for match in url_regex.finditer(text)] == [address]

    # Hashtags are valid, on the last line, and nowhere else.
    blocks = text.split("\n\n")
    tags = blocks[blocks.index(address) + 1].split(" ") if blocks[-1] != address else []
    assert len(tags) <= most
    assert all(VALID_TAG.fullmatch(tag) for tag in tags)
    assert [f"#{match[1]}" for match in HASHTAG.finditer(text)] == tags

    # Nobody is called.
    assert not MENTION.findall(text)

    # What is cut is cut between graphemes.
    for part in blocks[: blocks.index(address)]:
        whole = next(
            one for one in (inert(story.title), inert(story.summary), inert(story.notice or "")) if _begins(one, part)
        )
        kept = regex.findall(r"\X", part.removesuffix("…") if part != whole else part)
        assert kept == regex.findall(r"\X", whole)[: len(kept)]


def _begins(whole: str, part: str) -> bool:
    return part == whole or (part.endswith("…") and whole.startswith(part.removesuffix("…")))


@settings(max_examples=200, deadline=None)
@given(ADDRESSES)
def test_encoding_an_address_twice_changes_nothing(url: str) -> None:
    assert ascii_address(ascii_address(url)) == ascii_address(url)


@settings(max_examples=200, deadline=None)
@given(PROSE)
def test_inert_text_stays_inert_and_reads_the_same(text: str) -> None:
    made = inert(text)
    assert not MENTION.findall(made)
    assert not HASHTAG.findall(made)
    assert inert(made) == made
    without_schemes = text
    while (shorter := re.sub("(?i)https?://", "", without_schemes)) != without_schemes:
        without_schemes = shorter
    assert made.replace("\u2060", "") == without_schemes.replace("\u2060", "")

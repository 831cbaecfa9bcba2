from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire.sandbox.telegram.errors import BotApiError
from newswire.sandbox.telegram.forms import all_entities
from newswire.sandbox.telegram.html import parse_html
from newswire.sandbox.telegram.links import LinkError, checked_link
from newswire.sandbox.telegram.text import Entity, Formatted, fixed, read_entities, utf16_length


def spans(entities: Any) -> list[tuple[str, int, int]]:
    return [(one.type, one.offset, one.length) for one in entities]


def entity(kind: str, offset: int, length: int) -> Entity:
    return Entity(type=kind, offset=offset, length=length, url="https://a.example/" if kind == "text_link" else "")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("ü<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("ab<b", "Unclosed start tag at byte offset 2"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a ="x">x</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<a href=h/t>x</a>", "Unexpected end of name token at byte offset 8"),
        ('<tg-emoji emoji-id="x">x</tg-emoji>', "Invalid custom emoji identifier specified"),
        (
            "&#55357;",
            (
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate "
                "code units"
            ),
        ),
    ],
)
def test_html_that_is_refused(source: str, reason: str) -> None:
    with pytest.raises(BotApiError) as caught:
        parse_html(source)
    assert caught.value.code == 400
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("&lt;&gt;&amp;&quot;&nbsp;&copy;&#33;&#x1F600;&amp", '<>&"&nbsp;&copy;!😀&', []),
        ("😀<b>x</b>", "😀x", [("bold", 2, 1)]),
        ("<B>x</b>", "x", [("bold", 0, 1)]),
        ("<i>a<u>b</u></i>", "ab", [("underline", 1, 1), ("italic", 0, 2)]),
        ('<a href="javascript:x">x</a>', "x", []),
        ("<a href='https://a.example/?a=1&amp;b=2'>x</a>", "x", [("text_link", 0, 1)]),
        ('<pre><code class="language-python">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<pre>x</pre><code>y</code>", "xy", [("pre", 0, 1), ("code", 1, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("<b></b>x", "x", []),
    ],
)
def test_html_that_is_read(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    got, found = parse_html(source)
    assert (got, spans(found)) == (text, entities)


def test_html_keeps_link_and_language() -> None:
    _, found = parse_html('<a href="https://a.example">x</a><pre><code class="language-c">y</code></pre>')
    assert [(one.url, one.language) for one in found] == [("https://a.example/", ""), ("", "c")]


@pytest.mark.parametrize(
    ("text", "offset", "length", "reason"),
    [
        ("x👉y", 2, 2, "entity begins in a middle of a UTF-16 symbol at byte offset 5"),
        ("👉", 0, 1, "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 4"),
        ("aba caba", 3, 6, "entity beginning at UTF-16 offset 3 ends after the end of the text at UTF-16 offset 9"),
        ("aba caba", 9, 1, "entity begins after the end of the text at UTF-16 offset 9"),
        ("aba", -1, 1, "receive an entity with incorrect offset -1"),
        ("aba", 0, -1, "receive an entity with incorrect length -1"),
    ],
)
def test_entities_that_are_refused(text: str, offset: int, length: int, reason: str) -> None:
    with pytest.raises(BotApiError) as caught:
        fixed(text, [entity("bold", offset, length)])
    assert caught.value.description == f"Bad Request: {reason}"


@pytest.mark.parametrize("given_entities", ["x", {"type": "bold"}, [1], [{"type": "bold", "offset": "0", "length": 1}]])
def test_what_is_no_array_of_entities_is_refused(given_entities: Any) -> None:
    with pytest.raises(BotApiError, match="can't parse entities JSON object"):
        read_entities(given_entities)


def test_times_are_kept_and_must_be_times() -> None:
    _, found = parse_html('<tg-time unix="1767603600" format="dt">today</tg-time>')
    body = {"type": "date_time", "offset": 0, "length": 5, "unix_time": 1767603600, "date_time_format": "dt"}
    assert [one.as_json() for one in found] == [body]
    assert read_entities([body]) == found
    for wrong in ('<tg-time unix="x">x</tg-time>', "<tg-time>x</tg-time>"):
        with pytest.raises(BotApiError, match="Invalid Unix time"):
            parse_html(wrong)
    with pytest.raises(BotApiError, match="invalid Unix time"):
        read_entities([{"type": "date_time", "offset": 0, "length": 1}])


def test_a_link_that_is_none_is_refused_in_entities() -> None:
    link = {"type": "text_link", "offset": 0, "length": 1, "url": "javascript:alert(1)"}
    with pytest.raises(BotApiError, match=r"entity URL 'javascript:alert\(1\)' is invalid: Wrong HTTP URL"):
        read_entities([link])


def test_types_a_bot_cannot_set_are_passed_over() -> None:
    assert (
        read_entities([{"type": "hashtag", "offset": 0, "length": 1}, {"type": "new", "offset": 0, "length": 1}]) == []
    )


@pytest.mark.parametrize(
    ("text", "entities", "kept"),
    [
        ("abcdef", [("bold", 0, 3), ("bold", 3, 3)], [("bold", 0, 6)]),
        ("abcdef", [("bold", 0, 6), ("code", 2, 2)], [("bold", 0, 2), ("code", 2, 2), ("bold", 4, 2)]),
        ("abcdef", [("bold", 2, 2), ("pre", 0, 6)], [("pre", 0, 6)]),
        ("abcdef", [("text_link", 0, 4), ("text_link", 2, 4)], [("text_link", 0, 4)]),
        ("abcdef", [("blockquote", 0, 6), ("blockquote", 2, 2)], [("blockquote", 0, 6)]),
        ("abcdef", [("blockquote", 0, 4), ("code", 1, 2)], [("blockquote", 0, 4), ("code", 1, 2)]),
        ("abcdef", [("blockquote", 0, 4), ("code", 2, 4)], [("blockquote", 0, 4)]),
        ("abcdef", [("bold", 0, 4), ("italic", 2, 4)], [("bold", 0, 2), ("bold", 2, 2), ("italic", 2, 4)]),
        ("abcdef", [("bold", 0, 0)], []),
        ("a    b", [("bold", 1, 3)], []),
        ("a  bcd", [("bold", 1, 4)], [("bold", 3, 2)]),
    ],
)
def test_entities_are_untangled_by_the_servers_rules(
    text: str, entities: list[tuple[str, int, int]], kept: list[tuple[str, int, int]]
) -> None:
    done = fixed(text, [entity(*one) for one in entities])
    assert done.text == text
    assert sorted(spans(done.entities)) == sorted(kept)


def test_the_text_is_cleaned_and_the_entities_move_along() -> None:
    done = fixed("  \r\n\u202bab\tc\x00d \n", [entity("bold", 6, 4)])
    assert done.text == "ab c d"
    assert spans(done.entities) == [("bold", 1, 4)]


def test_only_a_hundred_entities_are_kept() -> None:
    done = fixed("ab" * 150, [entity("bold" if n % 2 else "italic", n * 2, 1) for n in range(150)])
    assert len(done.entities) == 100


def test_the_server_finds_links_hashtags_and_mentions_by_itself() -> None:
    text = "😀 https://a.example/b. #Tag #1 @channel x@y <#Tag>"
    found = all_entities(Formatted(text, (entity("code", 0, 2),)))
    units = text.encode("utf-16-le")
    covered = [(one.type, units[2 * one.offset : 2 * one.end].decode("utf-16-le")) for one in found]
    assert ("url", "https://a.example/b") in covered
    assert [one for one in covered if one[0] == "hashtag"] == [("hashtag", "#Tag"), ("hashtag", "#Tag")]
    assert [one for one in covered if one[0] == "mention"] == [("mention", "@channel")]


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://News.example", "https://News.example/"),
        ("news.example/a", "http://news.example/a"),
        ("tg://user?id=1", "tg://user?id=1"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
    ],
)
def test_links_that_are_taken(link: str, kept: str) -> None:
    assert checked_link(link) == kept


@pytest.mark.parametrize(
    "link", ["", "javascript:x", "/a", "http://localhost/a", "ftp://a.example", "http://a b.example"]
)
def test_links_that_are_not_taken(link: str) -> None:
    with pytest.raises(LinkError):
        checked_link(link)


@given(
    st.text(alphabet="ab 😀\n\r", max_size=30),
    st.lists(
        st.tuples(
            st.sampled_from(["bold", "italic", "code", "pre", "text_link", "blockquote"]),
            st.integers(0, 40),
            st.integers(0, 40),
        ),
        max_size=6,
    ),
)
def test_what_is_kept_nests_and_lies_inside(text: str, wanted: list[tuple[str, int, int]]) -> None:
    try:
        done = fixed(text, [entity(*one) for one in wanted])
    except BotApiError:
        return
    size = utf16_length(done.text)
    for one in done.entities:
        assert one.length > 0
        assert one.offset >= 0
        assert one.end <= size
        for other in done.entities:
            apart = one.end <= other.offset or other.end <= one.offset
            nested = (one.offset <= other.offset and other.end <= one.end) or (
                other.offset <= one.offset and one.end <= other.end
            )
            assert apart or nested or {one.type, other.type} <= {"bold", "italic"}
    assert fixed(done.text, done.entities) == done

import asyncio
import importlib
import re
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity

from newswire.sandbox import Fault, Sandbox, VirtualClock
from newswire.sandbox.markup import message_html
from newswire.sandbox.telegram.text import Entity, Formatted
from newswire.sandbox.wall import POSTS_SHOWN

from .conftest import CHANNEL, Client

lxml_html: Any = importlib.import_module("lxml.html")  # it has no types

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
JPEG = b"\xff\xd8\xff\xe0 a picture"

run = asyncio.to_thread


async def page(http: httpx.AsyncClient) -> Any:
    return lxml_html.fromstring((await http.get("/wall")).text)


def text_of(nodes: list[Any]) -> list[str]:
    return [" ".join(node.text_content().split()) for node in nodes]


async def test_an_empty_wall_says_so(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.clear()
    answer = await http.get("/")
    assert answer.status_code == 200
    assert "Nobody has posted yet" in answer.text


async def test_nothing_comes_from_outside(http: httpx.AsyncClient) -> None:
    answer = await http.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", answer.text)
    assert "@import" not in answer.text


async def test_hostile_words_are_only_words(
    sandbox: Sandbox, bot: Bot, client: Client, http: httpx.AsyncClient
) -> None:
    sandbox.telegram.state.chats[CHANNEL].title = HOSTILE
    sandbox.telegram.limits = None
    button = InlineKeyboardMarkup([[InlineKeyboardButton(HOSTILE, callback_data="x")]])
    entities = [MessageEntity("bold", 0, 8), MessageEntity("pre", 8, 5, language='"><b>')]
    await bot.send_message(CHANNEL, HOSTILE, entities=entities, reply_markup=button)
    await bot.send_message(CHANNEL, HOSTILE, link_preview_options=LinkPreviewOptions(url='https://a.example/"><b>'))
    await bot.send_photo(CHANNEL, 'https://a.example/"onerror="alert(3)', caption=HOSTILE)
    await bot.edit_message_text(HOSTILE + "!", CHANNEL, 1)
    one = client()
    await run(one.account_update_credentials, display_name=HOSTILE)
    media = await run(one.media_post, JPEG, mime_type="image/jpeg", description=HOSTILE, synchronous=False)
    posted = await run(one.status_post, HOSTILE, spoiler_text=HOSTILE, media_ids=[media.id])
    await run(one.status_update, posted.id, HOSTILE + "!", spoiler_text=HOSTILE, media_ids=[media.id])
    tree = await page(http)
    assert len(tree.xpath("//script")) == 1, "the page's own"
    assert not tree.xpath("//*[@onerror]")
    assert not tree.xpath("//img[not(starts-with(@src, '/mastodon/m/media/'))]")
    assert all(HOSTILE in "".join(node.itertext()) for node in tree.xpath("//h2"))
    assert len([words for words in text_of(tree.xpath("//div[@class='body']")) if HOSTILE in words]) == 6


async def test_messages_look_as_followers_see_them(bot: Bot, http: httpx.AsyncClient, clock: VirtualClock) -> None:
    await bot.send_message(
        CHANNEL,
        "<b>Title</b>\n<blockquote>quote</blockquote><code>code</code> <a href='https://news.example/a'>more</a> #Tag",
        parse_mode="HTML",
        disable_notification=True,
    )
    await bot.send_photo(CHANNEL, JPEG, caption="A picture")
    gone = await bot.send_message(CHANNEL, "gone")
    await bot.delete_message(CHANNEL, gone.message_id)
    clock.advance(60)
    await bot.edit_message_caption(CHANNEL, 2, caption="Another picture")
    tree = await page(http)
    section = tree.get_element_by_id(f"telegram{CHANNEL}")
    newest, middle, oldest = section.xpath("./article")
    assert "deleted" in newest.get("class")
    assert text_of(newest.xpath(".//*[@class='gone']")) == ["deleted"]
    assert middle.xpath(".//img/@src") == ["/sandbox/photos/photo000001"]
    assert "edited" in middle.text_content()
    assert text_of(middle.xpath(".//div[@class='earlier']/div")) == ["A picture"]
    assert text_of(oldest.xpath(".//strong")) == ["Title"]
    assert text_of(oldest.xpath(".//blockquote")) == ["quote"]
    assert text_of(oldest.xpath(".//code")) == ["code"]
    assert oldest.xpath(".//div[@class='body']/a/@href") == ["https://news.example/a"]
    assert text_of(oldest.xpath(".//*[@class='tag']")) == ["#Tag"]
    assert oldest.xpath(".//a[@class='card']/b/text()") == ["news.example"]
    assert "silent" in oldest.text_content()
    assert text_of(section.xpath("./p[@class='detail']")) == ["Telegram @newschannel: 2 posts, 1 edited, 1 deleted"]
    assert tree.xpath(f"//nav/a[@href='#telegram{CHANNEL}']/b/text()") == ["2"]
    picture = await http.get("/sandbox/photos/photo000001")
    assert (picture.content, picture.headers["content-type"]) == (JPEG, "image/jpeg")


async def test_statuses_look_as_followers_see_them(client: Client, http: httpx.AsyncClient) -> None:
    one = client()
    await run(one.status_post, "مرحبا #أخبار https://news.example/ar", language="ar", visibility="unlisted")
    await run(one.status_post, "Text", language="de", spoiler_text="Krieg")
    tree = await page(http)
    folded, arabic = tree.get_element_by_id("mastodon-m-news").xpath("./article")
    body = arabic.xpath(".//div[@class='body']")[0]
    assert (body.get("dir"), body.get("lang")) == ("rtl", "ar")
    assert "UTC language ar unlisted" in text_of([arabic])[0]
    assert arabic.xpath(".//a[@class='card']/b/text()") == ["news.example"]
    assert arabic.xpath(".//a[@rel='tag']/@href") == ["/mastodon/m/tags/أخبار"]
    warning = folded.xpath(".//details[@class='warning']/summary")[0]
    assert (warning.text, warning.get("lang")) == ("Krieg", "de")


async def test_links_of_statuses_lead_to_the_wall(client: Client, http: httpx.AsyncClient) -> None:
    posted = await run(client().status_post, "x")
    answer = await http.get(posted.url)
    assert (answer.status_code, answer.headers["location"]) == (302, "/wall")


async def test_the_page_and_the_state_have_tags(bot: Bot, http: httpx.AsyncClient) -> None:
    for path in ("/wall", "/sandbox/state"):
        tag = (await http.get(path)).headers["etag"]
        same = await http.get(path, headers={"If-None-Match": tag})
        assert (same.status_code, same.content) == (304, b"")
        await bot.send_message(CHANNEL, "x")
        assert (await http.get(path, headers={"If-None-Match": tag})).status_code == 200


async def test_the_state_tells_all_and_can_be_forgotten(
    sandbox: Sandbox, bot: Bot, client: Client, http: httpx.AsyncClient
) -> None:
    await bot.send_message(CHANNEL, "one")
    await bot.edit_message_text("two", CHANNEL, 1)
    await bot.delete_message(CHANNEL, 1)
    await run(client().status_post, "drei", language="de")
    sandbox.faults.add(Fault(effect="cut", method="sendPhoto"))
    state = (await http.get("/sandbox/state")).json()
    message = state["telegram"]["chats"][0]["messages"][0]
    assert (message["text"], [one["text"] for one in message["versions"]]) == ("two", ["one"])
    assert message["deleted"] is not None
    status = state["mastodon"]["servers"][0]["accounts"][0]["statuses"][0]
    assert (status["text"], status["language"]) == ("drei", "de")
    assert state["faults"][0]["method"] == "sendPhoto"
    assert state["calls"]["by_method"]["sendMessage"] == 1
    assert state["calls"]["by_method"]["POST /api/v1/statuses"] == 1
    assert (await http.delete("/sandbox/state")).status_code == 204
    empty = (await http.get("/sandbox/state")).json()
    assert empty["telegram"]["chats"] == empty["mastodon"]["servers"] == empty["faults"] == []


async def test_a_long_column_shows_the_newest(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    sandbox.telegram.limits = None
    for number in range(POSTS_SHOWN + 5):
        fields = {"chat_id": CHANNEL, "text": f"number {number}"}
        await http.post("/telegram/bot4711:sandbox-secret/sendMessage", json=fields)
    tree = await page(http)
    assert len(tree.xpath("//article")) == POSTS_SHOWN
    assert "and 5 older ones" in tree.text_content()


@pytest.mark.parametrize(
    ("text", "entities", "html"),
    [
        ("a<b", [], "a&lt;b"),
        ("😀ab", [("bold", 0, 4), ("italic", 2, 1)], "<strong>😀<em>a</em>b</strong>"),
        ("abc", [("text_link", 1, 1)], "a<a>b</a>c"),
        ("abc", [("new_kind", 1, 1)], "a<span>b</span>c"),
        ("#Tag x", [("bold", 2, 4)], '<span class="tag">#Tag</span> x'),
    ],
)
def test_entities_become_html(text: str, entities: list[tuple[str, int, int]], html: str) -> None:
    given = tuple(
        Entity(type=kind, offset=offset, length=length, url="javascript:x") for kind, offset, length in entities
    )
    assert message_html(Formatted(text, given)) == html

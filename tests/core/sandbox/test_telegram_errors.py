"""Every refusal of the Bot API that can be reached, word for word."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from newswire.sandbox import Membership, Sandbox, VirtualClock

from .conftest import CHANNEL, TOKEN

GROUP, SUPERGROUP, USER = -77, -1009999999999, 42
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
JPEG = b"\xff\xd8\xff\xe0 a picture"


async def ask(http: httpx.AsyncClient, method: str, token: str = TOKEN, **fields: Any) -> dict[str, Any]:
    answer = await http.post(f"/telegram/bot{token}/{method}", json=fields)
    body: dict[str, Any] = answer.json()
    assert answer.status_code == (200 if body["ok"] else body["error_code"])
    return body


async def refusal(http: httpx.AsyncClient, method: str, **fields: Any) -> tuple[int, str]:
    body = await ask(http, method, **fields)
    assert not body["ok"]
    return body["error_code"], body["description"]


@pytest.mark.parametrize(
    ("method", "fields", "description"),
    [
        ("sendMessage", {"chat_id": CHANNEL}, "message text is empty"),
        ("sendMessage", {"chat_id": CHANNEL, "text": ""}, "message text is empty"),
        ("sendMessage", {"chat_id": CHANNEL, "text": " \n "}, "text must be non-empty"),
        ("sendMessage", {"chat_id": CHANNEL, "text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": CHANNEL, "text": "x" * 32_769}, "text is too long"),
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": -1005, "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": "nonsense", "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": CHANNEL, "text": "x", "parse_mode": "Klingon"}, "unsupported parse_mode"),
        ("sendMessage", {"chat_id": CHANNEL, "text": "x", "message_thread_id": 9}, "message thread not found"),
        (
            "sendMessage",
            {"chat_id": CHANNEL, "text": "x", "reply_parameters": {"message_id": 99}},
            "message to be replied not found",
        ),
        (
            "sendMessage",
            {"chat_id": CHANNEL, "text": "x", "link_preview_options": {"url": "http://localhost/a"}},
            "wrong HTTP URL specified",
        ),
        (
            "sendPhoto",
            {"chat_id": CHANNEL, "photo": "https://a.example/b.jpg", "caption": "x" * 1025},
            "message caption is too long",
        ),
        ("sendPhoto", {"chat_id": CHANNEL}, "there is no photo in the request"),
        ("sendPhoto", {"chat_id": CHANNEL, "photo": "unknown"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"chat_id": CHANNEL, "photo": "http://localhost/b.jpg"}, "wrong HTTP URL specified"),
        ("sendPhoto", {"chat_id": CHANNEL, "photo": "https://gone.example/b.jpg"}, "failed to get HTTP URL content"),
        ("sendPhoto", {"chat_id": CHANNEL, "photo": "https://page.example/b"}, "wrong type of the web page content"),
        ("editMessageText", {"chat_id": CHANNEL, "message_id": 99, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"chat_id": CHANNEL, "text": "x"}, "message identifier is not specified"),
        ("deleteMessage", {"chat_id": CHANNEL, "message_id": 99}, "message to delete not found"),
        (
            "forwardMessage",
            {"chat_id": CHANNEL, "from_chat_id": CHANNEL, "message_id": 99},
            "message to forward not found",
        ),
        ("copyMessage", {"chat_id": CHANNEL, "from_chat_id": CHANNEL, "message_id": 99}, "message to copy not found"),
        (
            "answerCallbackQuery",
            {"callback_query_id": "1"},
            "query is too old and response timeout expired or query ID is invalid",
        ),
        ("getChatMember", {"chat_id": CHANNEL, "user_id": 5}, "user not found"),
    ],
)
async def test_bad_requests(
    sandbox: Sandbox, http: httpx.AsyncClient, method: str, fields: dict[str, Any], description: str
) -> None:
    sandbox.telegram.state.broken_urls["https://gone.example/b.jpg"] = "unreachable"
    sandbox.telegram.state.broken_urls["https://page.example/b"] = "no_image"
    assert await refusal(http, method, **fields) == (400, f"Bad Request: {description}")
    assert sandbox.telegram.messages(CHANNEL) == []
    assert sandbox.journal.accepted == []


@pytest.mark.parametrize(
    ("token", "description"),
    [("nonsense", "Unauthorized: invalid token specified"), ("1:unknown", "Unauthorized"), (TOKEN, "Unauthorized")],
)
async def test_wrong_tokens(sandbox: Sandbox, http: httpx.AsyncClient, token: str, description: str) -> None:
    sandbox.telegram.state.bots[TOKEN].revoked = True
    body = await ask(http, "getMe", token)
    assert body == {"ok": False, "error_code": 401, "description": description}


async def test_unknown_methods_and_paths(http: httpx.AsyncClient) -> None:
    body = await ask(http, "sendChecklist")
    assert body == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}
    assert (await http.get("/telegram/file/x")).json() == {"ok": False, "error_code": 404, "description": "Not Found"}


def demoted(sandbox: Sandbox) -> None:
    sandbox.telegram.state.chats[CHANNEL].everyone.can_post_messages = False


def member(sandbox: Sandbox) -> None:
    sandbox.telegram.state.chats[CHANNEL].everyone.status = "member"


def kicked(sandbox: Sandbox) -> None:
    sandbox.telegram.state.chats[CHANNEL].memberships[4711] = Membership("kicked")


def outside(sandbox: Sandbox) -> None:
    sandbox.telegram.state.chats[CHANNEL].everyone.status = "left"


def dissolved(sandbox: Sandbox) -> None:
    sandbox.telegram.state.chats[CHANNEL].dissolved = True


@pytest.mark.parametrize(
    ("spoil", "code", "description"),
    [
        (demoted, 400, "Bad Request: need administrator rights in the channel chat"),
        (member, 400, "Bad Request: need administrator rights in the channel chat"),
        (kicked, 403, "Forbidden: bot was kicked from the channel chat"),
        (outside, 403, "Forbidden: bot is not a member of the channel chat"),
        (dissolved, 403, "Forbidden: the group chat was deleted"),
    ],
)
async def test_channels_that_refuse(
    sandbox: Sandbox, http: httpx.AsyncClient, spoil: Callable[[Sandbox], None], code: int, description: str
) -> None:
    spoil(sandbox)
    assert await refusal(http, "sendMessage", chat_id=CHANNEL, text="x") == (code, description)


@pytest.mark.parametrize(
    ("field", "description"),
    [
        ("deactivated", "Forbidden: user is deactivated"),
        ("blocked", "Forbidden: bot was blocked by the user"),
        ("started", "Forbidden: bot can't initiate conversation with a user"),
    ],
)
async def test_users_that_refuse(sandbox: Sandbox, http: httpx.AsyncClient, field: str, description: str) -> None:
    chat = sandbox.telegram.add_chat(USER)
    setattr(chat, field, field != "started")
    assert await refusal(http, "sendMessage", chat_id=USER, text="x") == (403, description)


async def test_groups_that_refuse(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    chat = sandbox.telegram.add_chat(SUPERGROUP, "supergroup")
    chat.everyone.status = "member"
    chat.topics = {5: True}
    topic = {"chat_id": SUPERGROUP, "text": "x", "message_thread_id": 5}
    assert await refusal(http, "sendMessage", **topic) == (400, "Bad Request: TOPIC_CLOSED")
    chat.everyone.can_send_photos = False
    photo = {"chat_id": SUPERGROUP, "photo": "https://a.example/b.jpg"}
    assert await refusal(http, "sendPhoto", **photo) == (
        400,
        "Bad Request: not enough rights to send photos to the chat",
    )
    chat.everyone.can_send_photos, chat.everyone.can_send_text = True, False
    description = "Bad Request: not enough rights to send text messages to the chat"
    assert await refusal(http, "sendMessage", chat_id=SUPERGROUP, text="x") == (400, description)
    chat.everyone.can_send_photos = False
    assert await refusal(http, "sendMessage", chat_id=SUPERGROUP, text="x") == (
        400,
        "Bad Request: have no write access to the chat",
    )


async def test_a_group_that_moved(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    sandbox.telegram.add_chat(GROUP).migrated_to = SUPERGROUP
    assert await ask(http, "sendMessage", chat_id=GROUP, text="x") == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": SUPERGROUP},
    }


async def test_edits_that_are_refused(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    sandbox.telegram.limits = None
    other = sandbox.telegram.add_bot("9:other")
    await ask(http, "sendMessage", chat_id=CHANNEL, text="x")
    await ask(http, "sendMessage", other.token, chat_id=CHANNEL, text="x")
    await ask(http, "sendPhoto", chat_id=CHANNEL, photo="https://a.example/b.jpg")
    refused = [
        ("editMessageText", 1, NOT_MODIFIED),
        ("editMessageText", 2, "Bad Request: message can't be edited"),
        ("editMessageText", 3, "Bad Request: there is no text in the message to edit"),
        ("editMessageCaption", 1, "Bad Request: there is no caption in the message to edit"),
        ("editMessageReplyMarkup", 1, NOT_MODIFIED),
    ]
    for method, number, description in refused:
        fields = {"chat_id": CHANNEL, "message_id": number, "text": "x"}
        assert await refusal(http, method, **fields) == (400, description)


async def test_deletions_that_are_refused(sandbox: Sandbox, http: httpx.AsyncClient, clock: VirtualClock) -> None:
    chat = sandbox.telegram.state.chats[CHANNEL]
    for _ in range(2):
        await ask(http, "sendMessage", chat_id=CHANNEL, text="x")
    chat.everyone.can_delete_messages = False
    clock.advance(48 * 3600 + 1)
    first: dict[str, Any] = {"chat_id": CHANNEL, "message_id": 1}
    assert await refusal(http, "deleteMessage", **first) == (400, "Bad Request: message can't be deleted for everyone")
    chat.everyone.can_post_messages = False
    assert await refusal(http, "deleteMessage", **first) == (400, "Bad Request: message can't be deleted")
    chat.everyone.can_delete_messages = True
    assert (await ask(http, "deleteMessage", **first))["ok"]
    assert await refusal(http, "deleteMessage", **first) == (400, "Bad Request: message to delete not found")


async def test_forwards_of_protected_messages_are_refused(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    sandbox.telegram.add_chat(USER)
    await ask(http, "sendMessage", chat_id=CHANNEL, text="x", protect_content=True)
    fields = {"chat_id": USER, "from_chat_id": CHANNEL, "message_id": 1}
    assert await refusal(http, "forwardMessage", **fields) == (400, "Bad Request: message can't be forwarded")
    assert await refusal(http, "copyMessage", **fields) == (400, "Bad Request: message can't be copied")


@pytest.mark.parametrize(
    ("content", "description"),
    [
        (b"", "file must be non-empty"),
        (b"<svg>", "IMAGE_PROCESS_FAILED"),
        (
            JPEG + b"x" * (10 * 1024 * 1024),
            "file of size 10485774 bytes is too big for a photo; the maximum size is 10485760 bytes",
        ),
    ],
)
async def test_uploads_that_are_refused(http: httpx.AsyncClient, content: bytes, description: str) -> None:
    answer = await http.post(
        f"/telegram/bot{TOKEN}/sendPhoto", data={"chat_id": str(CHANNEL)}, files={"photo": ("a.jpg", content)}
    )
    assert answer.json()["description"] == f"Bad Request: {description}"


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ({"text": "x", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "ü" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        (
            {"text": "x", "url": "ftp://a.example"},
            "inline keyboard button URL 'ftp://a.example' is invalid: Unsupported URL protocol",
        ),
        ({"text": "x"}, "text buttons are unallowed in the inline keyboard"),
    ],
)
async def test_buttons_that_are_refused(http: httpx.AsyncClient, button: dict[str, str], description: str) -> None:
    markup = {"inline_keyboard": [[button]]}
    fields = {"chat_id": CHANNEL, "text": "x", "reply_markup": markup}
    assert await refusal(http, "sendMessage", **fields) == (400, f"Bad Request: {description}")


async def test_keyboards_have_their_limits(http: httpx.AsyncClient) -> None:
    button = {"text": "x", "callback_data": "x"}
    for rows, description in [([[button] * 9], "BUTTONS_TOO_MUCH"), ([[button] * 8] * 13, "REPLY_MARKUP_TOO_LONG")]:
        fields = {"chat_id": CHANNEL, "text": "x", "reply_markup": {"inline_keyboard": rows}}
        assert await refusal(http, "sendMessage", **fields) == (400, f"Bad Request: {description}")

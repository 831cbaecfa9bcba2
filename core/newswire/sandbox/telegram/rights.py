"""Who may write where.

Source: telegram-bot-api, `Client.cpp` (`check_chat`, `fail_query_with_error`); tdlib, `DialogManager.cpp` and
`MessageContent.cpp`.
"""

from newswire.sandbox.telegram.errors import BAD_REQUEST, BotApiError, bad_request, forbidden
from newswire.sandbox.telegram.state import Bot, Chat


def check_read(chat: Chat, bot: Bot) -> None:
    """Refuse a bot that cannot see a chat at all.

    Raises:
        BotApiError: 403 kicked, not a member, group deleted; 400 upgraded to a supergroup.
    """
    if chat.migrated_to is not None:
        raise BotApiError(
            BAD_REQUEST,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    if chat.type == "private":
        return
    if chat.dissolved:
        raise forbidden("the group chat was deleted")
    status = chat.membership(bot.id).status
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.type} chat")
    if status == "left":
        raise forbidden(f"bot is not a member of the {chat.type} chat")


def check_write(chat: Chat, bot: Bot, thread: int | None, *, photo: bool) -> None:
    """Refuse a bot that may not post to a chat.

    Raises:
        BotApiError: With the reason the server gives.
    """
    check_read(chat, bot)
    _check_user(chat)
    membership = chat.membership(bot.id)
    if chat.type == "channel" and not (membership.status == "administrator" and membership.can_post_messages):
        raise bad_request("need administrator rights in the channel chat")
    if not membership.can_send_text and not membership.can_send_photos:
        raise bad_request("have no write access to the chat")
    if not (membership.can_send_photos if photo else membership.can_send_text):
        raise bad_request(f"not enough rights to send {'photos' if photo else 'text messages'} to the chat")
    if thread is not None and thread not in chat.topics:
        raise bad_request("message thread not found")
    if thread is not None and chat.topics[thread] and membership.status != "administrator":
        raise bad_request("TOPIC_CLOSED")


def _check_user(chat: Chat) -> None:
    if chat.type != "private":
        return
    if chat.deactivated:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")

"""All that the sandbox holds, as JSON; no token is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.sandbox.telegram.forms import all_entities

if TYPE_CHECKING:
    from newswire.sandbox.app import Sandbox
    from newswire.sandbox.mastodon.state import Account, Server, Status, Version
    from newswire.sandbox.telegram.state import Chat, Message


def snapshot(sandbox: Sandbox) -> dict[str, Any]:
    """Give chats with their messages, servers with accounts and statuses, faults in line, and counts of calls."""
    state = sandbox.telegram.state
    return {
        "telegram": {
            "bots": [{"id": one.id, "username": one.username, "name": one.name} for one in state.bots.values()],
            "chats": [_chat(one) for one in state.chats.values()],
        },
        "mastodon": {
            "servers": [
                {"name": server.name, "accounts": [_account(server, one) for one in server.accounts.values()]}
                for server in sandbox.mastodon.servers.values()
            ]
        },
        "faults": sandbox.faults.as_json(),
        "calls": {**sandbox.journal.counts(), "by_method": _by_method(sandbox)},
    }


def _by_method(sandbox: Sandbox) -> dict[str, int]:
    counts: dict[str, int] = {}
    for call in sandbox.journal.accepted:
        name = call.method if call.platform == "telegram" else f"{call.method} {call.path}"
        counts[name] = counts.get(name, 0) + 1
    return counts


def _chat(chat: Chat) -> dict[str, Any]:
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "username": chat.username,
        "messages": [_message(one) for one in chat.messages.values()],
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "bot": message.bot,
        "date": message.date,
        "kind": "text" if message.photo is None else "photo",
        "text": message.content.text,
        "entities": [one.as_json() for one in all_entities(message.content)],
        "photo": None if message.photo is None else message.photo.url or f"/sandbox/photos/{message.photo.file_id}",
        "link_preview_options": message.preview,
        "reply_markup": message.reply_markup,
        "message_thread_id": message.thread,
        "silent": message.silent,
        "edited": message.edited,
        "versions": [{"text": one.content.text, "until": one.until} for one in message.versions],
        "deleted": message.deleted,
    }


def _account(server: Server, account: Account) -> dict[str, Any]:
    statuses = [one for one in server.statuses.values() if one.account is account]
    return {
        "id": account.id,
        "username": account.username,
        "bot": bool(account.profile.get("bot")),
        "statuses": [_status(server, one) for one in statuses],
    }


def _status(server: Server, status: Status) -> dict[str, Any]:
    return {
        "id": status.id,
        "created": status.created,
        "visibility": status.visibility,
        "in_reply_to_id": status.in_reply_to,
        **_version(server, status.now),
        "edited": status.edited,
        "versions": [{**_version(server, version), "made": made} for version, made in status.versions],
        "deleted": status.deleted,
    }


def _version(server: Server, version: Version) -> dict[str, Any]:
    media = [
        {"id": number, "description": text, "url": f"/mastodon/{server.name}/media/{number}"}
        for number, text in zip(version.media, version.descriptions, strict=True)
    ]
    return {
        "text": version.text,
        "spoiler_text": version.spoiler,
        "sensitive": version.sensitive,
        "language": version.language,
        "media": media,
    }

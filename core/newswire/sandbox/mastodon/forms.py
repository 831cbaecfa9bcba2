"""Accounts, statuses and media as the Mastodon API writes them."""

from typing import Any

from newswire.sandbox.clock import iso_milliseconds
from newswire.sandbox.mastodon.state import Account, Media, Server, Status, Version
from newswire.sandbox.mastodon.text import hashtags, to_html


def account_json(server: Server, account: Account, base: str) -> dict[str, Any]:
    """Write an `Account`."""
    profile = account.profile
    avatar = f"{base}/avatar.png"
    statuses = server.statuses_of(account)
    return {
        "id": account.id,
        "username": account.username,
        "acct": account.username,
        "display_name": profile.get("display_name", account.username),
        "locked": profile.get("locked", False),
        "bot": profile.get("bot", False),
        "discoverable": profile.get("discoverable", False),
        "indexable": profile.get("indexable", False),
        "group": False,
        "created_at": iso_milliseconds(account.created),
        "note": to_html(profile.get("note", ""), f"{base}/tags/"),
        "url": f"{base}/@{account.username}",
        "uri": f"{base}/users/{account.username}",
        "avatar": avatar,
        "avatar_static": avatar,
        "header": avatar,
        "header_static": avatar,
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": len(statuses),
        "last_status_at": iso_milliseconds(statuses[-1].created)[:10] if statuses else None,
        "emojis": [],
        "fields": profile.get("fields", []),
    }


def credential_account_json(server: Server, account: Account, base: str) -> dict[str, Any]:
    """Write a `CredentialAccount`."""
    source = {
        "privacy": account.default_visibility,
        "sensitive": False,
        "language": account.default_language,
        "note": account.profile.get("note", ""),
        "fields": account.profile.get("fields", []),
        "follow_requests_count": 0,
        "attribution_domains": account.profile.get("attribution_domains", []),
    }
    role = {"id": "-99", "name": "", "permissions": "0", "color": "", "highlighted": False}
    return {**account_json(server, account, base), "source": source, "role": role}


def media_json(media: Media, base: str) -> dict[str, Any]:
    """Write a `MediaAttachment`; its `url` is null while it is not ready."""
    url = None if media.polls_left or media.failed else f"{base}/media/{media.id}"
    return {
        "id": media.id,
        "type": media.media_type.partition("/")[0],
        "url": url,
        "preview_url": url,
        "remote_url": None,
        "text_url": None,
        "meta": {"focus": {"x": media.focus[0], "y": media.focus[1]}},
        "description": media.description or None,
        "blurhash": None,
    }


def status_json(server: Server, status: Status, base: str) -> dict[str, Any]:
    """Write a `Status`."""
    version = status.now
    base_tags = f"{base}/tags/"
    url = f"{base}/@{status.account.username}/{status.id}"
    parent = server.status(status.in_reply_to) if status.in_reply_to else None
    names = dict.fromkeys(part.value.lower() for part in hashtags(version.text))
    return {
        "id": status.id,
        "created_at": iso_milliseconds(status.created),
        "edited_at": iso_milliseconds(status.edited) if status.edited is not None else None,
        "in_reply_to_id": status.in_reply_to,
        "in_reply_to_account_id": parent.account.id if parent else None,
        "sensitive": version.sensitive,
        "spoiler_text": version.spoiler,
        "visibility": status.visibility,
        "language": version.language,
        "uri": f"{base}/users/{status.account.username}/statuses/{status.id}",
        "url": url,
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": 0,
        "favourited": False,
        "reblogged": False,
        "muted": False,
        "bookmarked": False,
        "pinned": False,
        "content": to_html(version.text, base_tags),
        "filtered": [],
        "reblog": None,
        "application": {"name": "newswire sandbox", "website": None},
        "account": account_json(server, status.account, base),
        "media_attachments": _media_list(server, version, base),
        "mentions": [],
        "tags": [{"name": name, "url": base_tags + name} for name in names],
        "emojis": [],
        "card": None,
        "poll": None,
    }


def edits_json(server: Server, status: Status, base: str) -> list[dict[str, Any]]:
    """Write the edit history; the first is the original, also when there was no edit."""
    made = [*status.versions, (status.now, status.edited if status.edited is not None else status.created)]
    return [
        {
            "content": to_html(version.text, f"{base}/tags/"),
            "spoiler_text": version.spoiler,
            "sensitive": version.sensitive,
            "created_at": iso_milliseconds(at),
            "account": account_json(server, status.account, base),
            "poll": None,
            "media_attachments": _media_list(server, version, base),
            "emojis": [],
        }
        for version, at in made
    ]


def _media_list(server: Server, version: Version, base: str) -> list[dict[str, Any]]:
    return [media_json(server.media[number], base) for number in version.media]

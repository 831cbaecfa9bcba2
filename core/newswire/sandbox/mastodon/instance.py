"""What a server tells of itself and of an account.

Source: Mastodon's documentation, "Instance" and "Accounts" API methods.
"""

from typing import Any

from newswire.sandbox.mastodon.ask import Ask, Reply
from newswire.sandbox.mastodon.errors import failed_validation, not_found
from newswire.sandbox.mastodon.forms import account_json, credential_account_json
from newswire.sandbox.mastodon.media import IMAGE_TYPES, MAX_DESCRIPTION, MAX_IMAGE_BYTES, MAX_VIDEO_BYTES, VIDEO_TYPES
from newswire.sandbox.mastodon.state import VISIBILITIES, Server

MAX_PIXELS = 33_177_600


def _configuration(server: Server) -> dict[str, Any]:
    quirks = server.quirks
    return {
        "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
        "statuses": {
            "max_characters": quirks.max_characters,
            "max_media_attachments": quirks.max_media,
            "characters_reserved_per_url": quirks.characters_per_link,
        },
        "media_attachments": {
            "supported_mime_types": [*IMAGE_TYPES, *VIDEO_TYPES],
            "description_limit": MAX_DESCRIPTION,
            "image_size_limit": MAX_IMAGE_BYTES,
            "image_matrix_limit": MAX_PIXELS,
            "video_size_limit": MAX_VIDEO_BYTES,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 8_294_400,
        },
        "polls": {
            "max_options": 4,
            "max_characters_per_option": 50,
            "min_expiration": 300,
            "max_expiration": 2_629_746,
        },
    }


async def v2(ask: Ask) -> Reply:
    """Describe the server."""
    server = ask.server
    if not server.quirks.instance_v2:
        raise not_found()
    configuration = {**_configuration(server), "urls": {"streaming": ""}, "translation": {"enabled": False}}
    body: dict[str, Any] = {
        "domain": server.name,
        "title": server.name,
        "version": server.quirks.version,
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "A stand-in for rehearsals",
        "usage": {"users": {"active_month": len(server.accounts)}},
        "thumbnail": {"url": f"{ask.base}/avatar.png"},
        "languages": ["en"],
        "configuration": configuration,
        "registrations": {"enabled": False, "approval_required": False, "message": None},
        "contact": {"email": "", "account": None},
        "rules": [],
    }
    if server.quirks.api_version is not None:
        body["api_versions"] = {"mastodon": server.quirks.api_version}
    return Reply(body)


async def v1(ask: Ask) -> Reply:
    """Describe the server in the older form."""
    server = ask.server
    if not server.quirks.instance_v1:
        raise not_found()
    statuses = sum(one.deleted is None for one in server.statuses.values())
    return Reply(
        {
            "uri": server.name,
            "title": server.name,
            "short_description": "A stand-in for rehearsals",
            "description": "",
            "email": "",
            "version": server.quirks.version,
            "urls": {"streaming_api": ""},
            "stats": {"user_count": len(server.accounts), "status_count": statuses, "domain_count": 0},
            "thumbnail": None,
            "languages": ["en"],
            "registrations": False,
            "approval_required": False,
            "invites_enabled": False,
            "configuration": _configuration(server),
            "contact_account": None,
            "rules": [],
        }
    )


async def verify_credentials(ask: Ask) -> Reply:
    """Say who the token's account is."""
    return Reply(credential_account_json(ask.server, ask.account, ask.base))


async def show_account(ask: Ask) -> Reply:
    """Describe an account."""
    account = ask.server.accounts.get(ask.identifier)
    if account is None:
        raise not_found()
    return Reply(account_json(ask.server, account, ask.base))


async def update_credentials(ask: Ask) -> Reply:
    """Change the account's profile."""
    account, fields = ask.account, ask.fields
    for name in ("display_name", "note"):
        if fields.given(name):
            account.profile[name] = fields.text(name)
    for name in ("bot", "discoverable", "indexable", "locked"):
        if fields.given(name):
            account.profile[name] = fields.flag(name)
    if fields.given("attribution_domains"):
        account.profile["attribution_domains"] = fields.texts("attribution_domains")
    names = sorted(name for name in fields.values if name.startswith("fields_attributes[") and name.endswith("[name]"))
    if names:
        pairs = [(fields.text(name), fields.text(f"{name[: -len('[name]')]}[value]")) for name in names]
        account.profile["fields"] = [
            {"name": name, "value": value, "verified_at": None} for name, value in pairs if name or value
        ]
    if fields.given("source[language]"):
        account.default_language = fields.text("source[language]")
    privacy = fields.text("source[privacy]")
    if privacy:
        if privacy not in VISIBILITIES:
            raise failed_validation("Privacy is not included in the list")
        account.default_visibility = privacy
    return Reply(credential_account_json(ask.server, account, ask.base))

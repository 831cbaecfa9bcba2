"""Posting, editing, reading and deleting statuses.

Source: Mastodon, `post_status_service.rb`, `update_status_service.rb`, `statuses_controller.rb`, and their validators;
Mastodon's documentation, "Statuses API methods".
"""

from typing import Any

from newswire.sandbox.mastodon.ask import Ask, Reply
from newswire.sandbox.mastodon.errors import failed_validation, invalid, not_found, raced
from newswire.sandbox.mastodon.forms import edits_json, status_json
from newswire.sandbox.mastodon.languages import kept_language
from newswire.sandbox.mastodon.media import attached, described, redescribe
from newswire.sandbox.mastodon.state import VISIBILITIES, Account, Server, Status, Version
from newswire.sandbox.mastodon.text import counted_length

USUAL_PAGE, LONGEST_PAGE = 20, 40
NOT_KEPT = ("poll", "scheduled_at", "quoted_status_id", "quote_id")


async def post(ask: Ask) -> Reply:
    """Post a status; with a key that was used before, give the status posted then, whatever the body says now."""
    account, server, key = ask.account, ask.server, ask.key if ask.server.quirks.idempotency else ""
    lock = (account.id, key)
    if key:
        if lock in server.locked_keys:
            raise raced()
        earlier = server.replayed(account, key, ask.now)
        if earlier is not None:
            status = server.status(earlier)
            if status is None:
                raise not_found()  # the post was deleted: a replay finds nothing
            return Reply(status_json(server, status, ask.base))
        server.locked_keys.add(lock)
    try:
        status = _new_status(ask, account)
        await server.take_time()
        ask.count_post()
        if not server.quirks.drops_silently:
            server.statuses[status.id] = status
            for number in status.now.media:
                server.media[number].status = status.id
        if key:
            server.keys[lock] = (status.id, ask.now)
    finally:
        server.locked_keys.discard(lock)
    return Reply(status_json(server, status, ask.base))


def _new_status(ask: Ask, account: Account) -> Status:
    server, fields = ask.server, ask.fields
    for name in NOT_KEPT:
        if fields.given(name) or any(one.startswith(f"{name}[") for one in fields.values):
            raise invalid(f"The sandbox keeps no '{name}'")
    reply = fields.text("in_reply_to_id") or None
    if reply is not None and server.status(reply) is None:
        raise not_found("The post you are trying to reply to does not appear to exist.")
    visibility = fields.text("visibility") or account.default_visibility
    if visibility not in VISIBILITIES:
        raise failed_validation("Visibility is not included in the list")
    if visibility == "public" and account.silenced:
        visibility = "unlisted"  # without a word, as there
    media = attached(ask, fields.texts("media_ids"), None)
    language = kept_language(fields.text("language"), account.default_language)
    version = _version(server, fields.text("status"), fields.text("spoiler_text"), media, language)
    version = _marked(version, sensitive=fields.flag("sensitive"))
    ask.check_post()
    return Status(
        id=server.next_id(ask.now),
        account=account,
        created=ask.now,
        visibility=visibility,
        now=version,
        in_reply_to=reply,
    )


def _version(server: Server, text: str, spoiler: str, media: tuple[str, ...], language: str) -> Version:
    """Check and make what a status says.

    A warning without a text becomes the text when nothing is attached, as in `post_status_service.rb`.
    """
    if not text.strip() and not media:
        text, spoiler = spoiler, ""
    if not text.strip() and not media:
        raise failed_validation("Text can't be blank")
    quirks = server.quirks
    if counted_length(text, spoiler, quirks.characters_per_link) > quirks.max_characters:
        raise failed_validation(f"Text character limit of {quirks.max_characters} exceeded")
    descriptions = tuple(server.media[number].description for number in media)
    return Version(
        text=text.replace("\r\n", "\n").strip(),
        spoiler=spoiler,
        sensitive=bool(spoiler),
        language=quirks.language or language,
        media=media,
        descriptions=descriptions,
    )


def _marked(version: Version, *, sensitive: bool) -> Version:
    return Version(
        text=version.text,
        spoiler=version.spoiler,
        sensitive=sensitive or bool(version.spoiler),
        language=version.language,
        media=version.media,
        descriptions=version.descriptions,
    )


async def edit(ask: Ask) -> Reply:
    """Replace a status: what is omitted is wiped, save the language; what changes nothing is not noted."""
    status, fields, server = ask.own_status(), ask.fields, ask.server
    old = status.now
    keeps = server.quirks.keeps_omitted
    spoiler = old.spoiler if keeps and not fields.given("spoiler_text") else fields.text("spoiler_text")
    sensitive = old.sensitive if keeps and not fields.given("sensitive") else fields.flag("sensitive")
    wanted = list(old.media) if keeps and not fields.given("media_ids") else fields.texts("media_ids")
    media = attached(ask, wanted, status)
    language = kept_language(fields.text("language"), old.language)
    new_descriptions = described(fields)
    for number in set(new_descriptions) & set(media):
        redescribe(server.media[number], new_descriptions[number])
    version = _marked(_version(server, fields.text("status"), spoiler, media, language), sensitive=sensitive)
    if version != old:
        ask.check_post()
        ask.count_post()
        status.versions.append((old, status.edited if status.edited is not None else status.created))
        status.now, status.edited = version, ask.now
        for number in media:
            server.media[number].status = status.id
    return Reply(status_json(server, status, ask.base))


async def delete(ask: Ask) -> Reply:
    """Delete a status; the answer has its source text, so that it can be drafted anew."""
    status = ask.own_status()
    body: dict[str, Any] = {**status_json(ask.server, status, ask.base), "text": status.now.text}
    status.deleted = ask.now
    return Reply(body)


async def show(ask: Ask) -> Reply:
    """Give a status."""
    return Reply(status_json(ask.server, ask.status(), ask.base))


async def source(ask: Ask) -> Reply:
    """Give a status' text as it was posted."""
    status = ask.own_status()
    return Reply({"id": status.id, "text": status.now.text, "spoiler_text": status.now.spoiler})


async def history(ask: Ask) -> Reply:
    """Give a status' edits."""
    return Reply(edits_json(ask.server, ask.status(), ask.base))


async def of_account(ask: Ask) -> Reply:
    """Give an account's statuses, newest first, by pages."""
    server, fields = ask.server, ask.fields
    account = server.accounts.get(ask.identifier)
    if account is None:
        raise not_found()
    asker = ask.token.account if ask.token else None
    seen = [one for one in server.statuses_of(account) if asker is account or one.visibility in ("public", "unlisted")]
    if fields.flag("exclude_replies"):
        seen = [one for one in seen if one.in_reply_to is None]
    if fields.flag("only_media"):
        seen = [one for one in seen if one.now.media]
    page = _page(ask, seen)
    headers = {}
    if page:
        path = f"{ask.base}/api/v1/accounts/{account.id}/statuses"
        older, newer = f"{path}?max_id={page[-1].id}", f"{path}?min_id={page[0].id}"
        headers["Link"] = f'<{older}>; rel="next", <{newer}>; rel="prev"'
    return Reply([status_json(server, one, ask.base) for one in page], headers=headers)


def _page(ask: Ask, seen: list[Status]) -> list[Status]:
    """Cut a page: `max_id` older than, `since_id` newest of the newer, `min_id` oldest of the newer."""
    fields, order = ask.fields, ask.server.order
    bounds = {name: order(fields.text(name)) for name in ("max_id", "since_id", "min_id")}
    limit = fields.text("limit")
    size = min(abs(int(limit)), LONGEST_PAGE) if limit.lstrip("-").isdecimal() else USUAL_PAGE
    kept = []
    for one in seen:
        place = order(one.id) or 0
        below = bounds["max_id"] is None or place < bounds["max_id"]
        above = all(bound is None or place > bound for bound in (bounds["since_id"], bounds["min_id"]))
        if below and above:
            kept.append(one)
    chosen = kept[:size] if bounds["min_id"] is not None else kept[-size:] if size else []
    return chosen[::-1]

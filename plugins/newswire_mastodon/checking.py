"""What ``newswire check`` says of an account: the server, the token and its rights, the limits. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newswire.api import AccountRefused, Finding, Outcome, PostGone, Rejected, Retry
from newswire_mastodon.governor import CALLS, POSTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mastodon import Mastodon

    from newswire_mastodon.account import MastodonAccount

NOBODYS = "0"
"""No post and no picture has this id. Who may change one is told that it is not there, who may not is refused before:
``doorkeeper_authorize!`` comes before the search in Mastodon's controllers."""


async def look_at_account(account: MastodonAccount) -> Sequence[Finding]:
    """Looks whether the server answers, whether the token works and what it may do, and says the limits."""
    findings: list[Finding] = []
    if account.url.startswith("http://"):
        findings.append(Finding("warning", f"{account.url} is not encrypted; whoever listens has the token"))
    try:
        await account.ask_limits()
        own = await account.profile()
        findings += [*_signed_in(account, own), *await _may_write(account)]
    except Outcome as outcome:
        return [*findings, Finding("error", f"{account.url}: {outcome}")]
    return findings


def _signed_in(account: MastodonAccount, own: dict[str, Any]) -> list[Finding]:
    limits, governor, now = account.limits, account.governor, account.clock().timestamp()
    left = min(governor.left(POSTS, now), governor.left(CALLS, now))
    findings = [
        Finding(
            "ok",
            f"signed in as @{own.get('acct')}; {limits.max_characters} characters a post, "
            f"{limits.characters_reserved_per_url} of them for an address",
        )
    ]
    if left <= 0:
        findings.append(Finding("warning", "the rate limit is used up for now; posts wait for the server"))
    if not own.get("bot"):
        findings.append(
            Finding(
                "warning",
                f"@{own.get('acct')} is not marked as a bot, most servers' rules ask it: newswire mastodon setup",
            )
        )
    return findings


async def _may_write(account: MastodonAccount) -> list[Finding]:
    """Whether the token has the scopes; no endpoint of Mastodon says so of a token, so each is tried on nothing."""
    own_id = await account.own_id()
    may_post = await may(account, "write:statuses", lambda mastodon: mastodon.status_update(NOBODYS, "-"))
    may_look = await may(account, "read:statuses", lambda mastodon: mastodon.account_statuses(own_id, limit=1))
    findings = []
    if may_post is not None:
        findings.append(Finding("error", f"{may_post}: nothing can be posted"))
    if may_look is not None:
        findings.append(Finding("warning", f"{may_look}: a post in doubt cannot be looked for"))
    return findings


async def look_at_pictures(account: MastodonAccount) -> Sequence[Finding]:
    """Looks whether the token may upload pictures.

    Raises:
        Outcome: the server cannot be asked.
    """
    why = await may(account, "write:media", lambda mastodon: mastodon.media(NOBODYS))
    return [] if why is None else [Finding("warning", f"{why}: posts go without their pictures")]


async def may(account: MastodonAccount, scope: str, ask: Callable[[Mastodon], Any]) -> str | None:
    """Why the token may not do something; None where it may."""
    try:
        await account.client.call("read", ask)
    except AccountRefused as refused:
        return f"the token lacks the scope {scope} ({refused})"
    except (PostGone, Rejected, Retry):
        return None  # it was let in, and found nothing
    return None

"""Setting an account up: what its profile says, and what posts get that say nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newswire.api import ConfigError
from newswire_mastodon.account import MastodonAccount
from newswire_mastodon.language import is_known, platform_language

if TYPE_CHECKING:
    from newswire.api import ConnectedAccount, Site
    from newswire_mastodon.options import Profile

FIELD = 255
"""The longest name or value of a field, in characters (Account::FIELD_CHARACTER_LIMIT_LOCAL of Mastodon)."""


def wanted(profile: Profile, site: Site, languages: tuple[str, ...]) -> dict[str, Any]:
    """What is to be set, as the library calls it. Pure.

    Args:
        profile: what the config says.
        site: gives the defaults.
        languages: those of the account's channels.

    Raises:
        ConfigError: a field is longer than servers take, or the language is one that Mastodon does not know.
    """
    tag = profile.language or next(iter(languages), site.default_language)
    language = platform_language(tag)
    if not is_known(language):
        raise ConfigError(f"profile.language: Mastodon knows no language {tag!r}; choose one that it knows")
    fields = profile.fields or {"Website": site.url}
    long = [name for name, value in fields.items() if max(len(name), len(value)) > FIELD]
    if long:
        raise ConfigError(f"profile.fields.{long[0]}: names and values have at most {FIELD} characters")
    domains = profile.attribution_domains
    return {
        "bot": profile.bot,
        "discoverable": profile.discoverable,
        "indexable": profile.indexable,
        "default_language": language,
        "fields": list(fields.items()),
        "attribution_domains": [urlsplit(site.url).hostname] if domains is None else list(domains),
    }


async def set_up(connected: ConnectedAccount) -> list[str]:
    """Sets an account up, and says what the server made of it, a line each.

    Raises:
        Outcome: the server does not let us, or does not answer.
        ConfigError: what the config says cannot be.
    """
    account = connected.account
    if not isinstance(account, MastodonAccount):
        raise ConfigError(f"{connected.name} is no Mastodon account")
    asked = wanted(account.options.profile, account.site, connected.languages)
    found: Any = await account.client.call("read", lambda mastodon: mastodon.account_update_credentials(**asked))
    own = dict(found) if isinstance(found, dict) else {}
    source = own.get("source") if isinstance(own.get("source"), dict) else {}
    is_now = {**own, "default_language": (source or {}).get("language")}
    is_now |= {name: value for name, value in (source or {}).items() if is_now.get(name) is None}
    lines = [f"@{own.get('acct', connected.name)} is set up"]
    for name, value in asked.items():
        kept = is_now.get(name)
        if name == "fields":
            value = [written for written, _ in value]  # noqa: PLW2901  # shown by their names: the values come as HTML
            kept = [str(field.get("name")) for field in kept or () if isinstance(field, dict)]
        same = "" if kept == value else f" (the server has {kept!r}; it may not know this setting)"
        lines.append(f"  {name}: {_shown(value)}{same}")
    return lines


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

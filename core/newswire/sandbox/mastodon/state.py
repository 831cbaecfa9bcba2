"""What a stand-in for a Mastodon server holds: accounts, statuses, media, and its quirks."""

import asyncio
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from newswire.sandbox.mastodon.limits import Counters

VISIBILITIES = ("public", "unlisted", "private", "direct")
ALL_SCOPES = frozenset({"read", "write", "profile", "push"})
IDEMPOTENCY_SECONDS = 3600


@dataclass(slots=True, kw_only=True)
class Quirks:
    """In what a server differs from Mastodon; the defaults are Mastodon's.

    Attributes:
        instance_v1, instance_v2: Whether `/api/v1/instance` and `/api/v2/instance` exist.
        idempotency: Whether `Idempotency-Key` is heeded.
        ids: How ids look: Mastodon's decimal numbers, or `hex` strings (media then get file names).
        rate_headers: How `X-RateLimit-Reset` is written, if the headers are there at all.
        max_characters, characters_per_link, max_media: The limits, as the instance tells them.
        language: The language every status gets whatever was asked, or none to keep Mastodon's rule.
        version: The version it claims.
        api_version: `api_versions.mastodon`, or none to claim none.
        media_polls: How many times an upload answers that it is not ready yet.
        media_fails: Whether the processing of uploads fails in the end.
        posting_seconds: How long a post takes between taking the key's lock and being there, in real time.
        drops_silently: Whether posts are answered like any other and never stored (anti-spam).
        keeps_omitted: Whether an edit keeps what it omits, where Mastodon wipes it.
    """

    instance_v1: bool = True
    instance_v2: bool = True
    idempotency: bool = True
    ids: Literal["snowflake", "hex"] = "snowflake"
    rate_headers: Literal["iso", "epoch", "none"] = "iso"
    max_characters: int = 500
    characters_per_link: int = 23
    max_media: int = 4
    language: str | None = None
    version: str = "4.5.3"
    api_version: int | None = 7
    media_polls: int = 0
    media_fails: bool = False
    posting_seconds: float = 0.0
    drops_silently: bool = False
    keeps_omitted: bool = False


@dataclass(slots=True, kw_only=True)
class Account:
    """An account; `profile` is what `update_credentials` set, `silenced` turns public posts quiet."""

    id: str
    username: str
    created: float
    default_language: str = "en"
    default_visibility: str = "public"
    silenced: bool = False
    suspended: bool = False
    profile: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Token:
    """A right to act for an account (none: for the app alone) within scopes."""

    account: Account | None
    scopes: frozenset[str] = ALL_SCOPES

    def allows(self, scope: str) -> bool:
        """Say whether a scope such as `write:statuses` is covered."""
        return scope in self.scopes or scope.partition(":")[0] in self.scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A program that may ask people for tokens."""

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Code:
    """What the owner of an account was shown, to be traded for a token."""

    account: Account
    client_id: str
    scopes: frozenset[str]
    until: float


@dataclass(slots=True, kw_only=True)
class Media:
    """An uploaded file."""

    id: str
    account: str
    content: bytes
    media_type: str
    description: str = ""
    focus: tuple[float, float] = (0.0, 0.0)
    polls_left: int = 0
    failed: bool = False
    status: str = ""


@dataclass(slots=True, kw_only=True, frozen=True)
class Version:
    """What a status says at one time; all of it is replaced by an edit."""

    text: str
    spoiler: str
    sensitive: bool
    language: str
    media: tuple[str, ...]
    descriptions: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Status:
    """A status; `versions` are the earlier ones with the time each was made, oldest first."""

    id: str
    account: Account
    created: float
    visibility: str
    now: Version
    in_reply_to: str | None = None
    edited: float | None = None
    versions: list[tuple[Version, float]] = field(default_factory=list)
    deleted: float | None = None


class Server:
    """One Mastodon server.

    Args:
        name: Its name, and the part of the path below `/mastodon/`.
        quirks: In what it differs from Mastodon.
        auto_register: Whether any token makes an account when it is first used.
    """

    def __init__(self, name: str, quirks: Quirks, *, auto_register: bool) -> None:
        self.name = name
        self.quirks = quirks
        self.auto_register = auto_register
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.statuses: dict[str, Status] = {}
        self.media: dict[str, Media] = {}
        self.apps: dict[str, App] = {}
        self.codes: dict[str, Code] = {}
        self.keys: dict[tuple[str, str], tuple[str, float]] = {}
        self.locked_keys: set[tuple[str, str]] = set()
        self.counters = Counters()
        self._last_id = 0

    def add_account(
        self,
        token: str,
        username: str,
        *,
        now: float,
        scopes: frozenset[str] = ALL_SCOPES,
        default_language: str = "en",
    ) -> Account:
        """Register an account, or one more token of an account that is there."""
        account = next((one for one in self.accounts.values() if one.username == username), None)
        if account is None:
            account = Account(id=self.next_id(now), username=username, created=now, default_language=default_language)
            self.accounts[account.id] = account
        self.tokens[token] = Token(account, scopes)
        return account

    def token(self, given: str, now: float) -> Token | None:
        """Find a token, or none.

        With `auto_register` any makes an account: `sandbox-NAME` one of that name, another one whose name does not tell
        the token, which may be a real one.
        """
        known = self.tokens.get(given)
        if known is None and given and self.auto_register:
            named = re.fullmatch(r"sandbox-([A-Za-z0-9_]{1,30})", given)
            name = named[1] if named else f"account_{hashlib.sha256(given.encode()).hexdigest()[:6]}"
            self.add_account(given, name, now=now)
            known = self.tokens[given]
        return known

    def next_id(self, now: float) -> str:
        """Give the next id: milliseconds and a sequence, as in `lib/mastodon/snowflake.rb`."""
        self._last_id = max(self._last_id + 1, int(now * 1000) << 16)
        return f"{self._last_id:024x}" if self.quirks.ids == "hex" else str(self._last_id)

    def order(self, number: str) -> int | None:
        """Give an id's place in the order of ids, or none when it is no id."""
        try:
            return int(number, 16 if self.quirks.ids == "hex" else 10)
        except ValueError:
            return None

    def status(self, number: str) -> Status | None:
        """Give a status that is still there."""
        status = self.statuses.get(number)
        return None if status is None or status.deleted is not None else status

    def statuses_of(self, account: Account) -> list[Status]:
        """Give an account's statuses that are still there, oldest first."""
        return [one for one in self.statuses.values() if one.account is account and one.deleted is None]

    def replayed(self, account: Account, key: str, now: float) -> str | None:
        """Give the id of the status a key was used for within the hour."""
        found = self.keys.get((account.id, key))
        return found[0] if found and now - found[1] < IDEMPOTENCY_SECONDS else None

    async def take_time(self) -> None:
        """Let others have a turn, as a database would."""
        await asyncio.sleep(self.quirks.posting_seconds)

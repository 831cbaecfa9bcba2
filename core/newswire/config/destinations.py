"""The ``[[accounts]]`` and ``[[channels]]`` tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from newswire.config.lists import Names, options, secrets_optional, split, tables_of, type_hint
from newswire.config.problems import Report, did_you_mean
from newswire.config.resolved import ConfiguredAccount, ConfiguredChannel
from newswire.config.tables import AccountTable, ChannelTable, SubscriptionTable
from newswire.config.validation import keys_at, validated
from newswire.subscription import NamedFilter, Subscription

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from newswire.channel import AnyChannelType
    from newswire.config.alerts import AlertSettings
    from newswire.config.locate import KeyPath
    from newswire.config.topics import Subscriptions
    from newswire.plugins import Plugins


@dataclass(slots=True)
class Accounts:
    """The accounts of a config, as far as they could be read."""

    found: dict[str, ConfiguredAccount] = field(default_factory=dict)
    types: dict[str, AnyChannelType | None] = field(default_factory=dict)
    """The type of every account by name, None where it is not there; also of those with a problem."""
    left_out: set[str] = field(default_factory=set)
    """Disabled accounts whose type is not there for a known reason: no problem, and no channels either."""


def read_accounts(tables: Mapping[str, Any], plugins: Plugins, report: Report) -> Accounts:
    """Every ``[[accounts]]`` table."""
    names = Names(report)
    accounts = Accounts()
    for path, table in tables_of("accounts", tables, report):
        ours, rest = split(table, AccountTable)
        common = validated(AccountTable, ours, report, path)
        name, kind = ours.get("name"), ours.get("type")
        names.take(name, path)
        chosen = plugins.channel_types.get(kind) if isinstance(kind, str) else None
        if isinstance(name, str):
            accounts.types.setdefault(name, chosen)
        enabled = ours.get("enabled", True) is not False
        if isinstance(kind, str) and chosen is None:
            excused = not enabled and plugins.why_missing(kind) is not None
            tell = report.warn if excused else report.add
            tell((*path, "type"), f"no channel type {kind!r}", hint=type_hint(kind, plugins.channel_types, plugins))
            if excused and isinstance(name, str):
                accounts.left_out.add(name)
        if chosen is None:
            continue
        with secrets_optional(when=not enabled):
            hints = _belongs(chosen.channel_options, ChannelTable, "its [[channels]] tables")
            own = options(chosen.account_options, rest, report, path, common=AccountTable, hints=hints)
        if common and own and common.name not in accounts.found:
            accounts.found[common.name] = ConfiguredAccount(
                name=common.name, type=chosen, options=own, enabled=common.enabled
            )
    return accounts


@dataclass(frozen=True, slots=True)
class ChannelReader:
    """Reads ``[[channels]]`` tables.

    Args:
        accounts: what the channels may belong to.
        filters: what they may refer to.
        subscriptions: reads what they take.
        report: takes the problems.
        default_zone: the site's time zone.
        dead_man: what ``[alerts]`` says.
    """

    accounts: Accounts
    filters: Mapping[str, NamedFilter]
    subscriptions: Subscriptions
    report: Report
    default_zone: str = "UTC"
    dead_man: timedelta | None = None

    def read(self, tables: Mapping[str, Any]) -> tuple[ConfiguredChannel, ...]:
        """Every ``[[channels]]`` table."""
        names = Names(self.report)
        found = []
        for path, table in tables_of("channels", tables, self.report):
            ours, rest = split(table, ChannelTable)
            names.take(ours.get("name"), path)
            channel = self._channel(path, ours, rest)
            if channel:
                found.append(channel)
        return tuple(found)

    def _channel(self, path: KeyPath, ours: dict[str, Any], rest: dict[str, Any]) -> ConfiguredChannel | None:
        common = validated(ChannelTable, ours, self.report, path)
        takes = common or _subscription_only(ours)
        subscription = self._subscription(takes, path) if takes else None
        name = ours.get("account")
        if not isinstance(name, str) or name in self.accounts.left_out:
            return None
        if name not in self.accounts.types:
            hint = did_you_mean(name, self.accounts.types) or "there is no [[accounts]] table"
            self.report.add((*path, "account"), f"no account {name!r}", hint=hint)
        chosen = self.accounts.types.get(name)
        if chosen is None:
            return None
        account = self.accounts.found.get(name)
        enabled = ours.get("enabled", True) is not False and (account is None or account.enabled)
        with secrets_optional(when=not enabled):
            hints = _belongs(chosen.account_options, AccountTable, "its [[accounts]] table")
            own = options(chosen.channel_options, rest, self.report, path, common=ChannelTable, hints=hints)
        if own is not None and not self.subscriptions.check_options(own, path):
            return None
        if not (common and subscription and own and account):
            return None
        return ConfiguredChannel(
            name=common.name,
            account=name,
            subscription=subscription,
            options=own,
            max_age=common.max_age,
            backfill=common.backfill,
            in_doubt=common.in_doubt,
            shaping=common.shaping(self.default_zone),
            dead_man=common.dead_man if "dead_man" in common.model_fields_set else self.dead_man,
            enabled=common.enabled and account.enabled,
        )

    def _subscription(self, table: ChannelTable, path: KeyPath) -> Subscription | None:
        own = self.subscriptions.part(table.name, table, path)
        named = NamedFilter(name="")
        if table.filter is not None:
            if table.filter not in self.filters:
                hint = did_you_mean(table.filter, self.filters) or "there is no [filters.NAME] table"
                self.report.add((*path, "filter"), f"no filter {table.filter!r}", hint=hint)
                return None
            named = self.filters[table.filter]
        if table.topics is not None and named.topics is not None:
            self.report.add(
                (*path, "topics"), f"filter {table.filter!r} says which topics", hint="leave one of the two out"
            )
        languages = own.languages or named.languages
        if languages is None:
            self.report.add((*path, "languages"), "required key is missing", hint='such as languages = ["en"]')
            return None
        return Subscription(
            languages=languages,
            topics=own.topics or named.topics,
            sources=own.sources or named.sources or frozenset(),
            fallback=own.fallback or named.fallback or "teaser",
            articles=table.articles,
        )


def check_alert_channels(
    alerts: AlertSettings, tables: Mapping[str, Any], channels: Sequence[ConfiguredChannel], report: Report
) -> None:
    """Reports what ``[alerts] channel`` names and nothing can be told on."""
    enabled = {channel.name for channel in channels if channel.enabled}
    written = {table.get("name") for _, table in tables_of("channels", tables, Report("", ""))}
    for name in alerts.channel:
        if name in enabled:
            continue
        if name in written:
            report.warn(("alerts", "channel"), f"channel {name!r} is not enabled: alerts go to the log only")
        else:
            hint = did_you_mean(name, [channel.name for channel in channels]) or "there is no [[channels]] table"
            report.add(("alerts", "channel"), f"no channel {name!r}", hint=hint)


def _subscription_only(table: dict[str, Any]) -> ChannelTable | None:
    """A channel with nothing but what it takes, where something else is wrong with it."""
    keys = {*SubscriptionTable.model_fields, "filter"}
    try:
        return ChannelTable(name="unnamed", account="", **{key: table[key] for key in keys & table.keys()})
    except ValidationError:
        return None


def _belongs(model: type[Any], common: type[Any], where: str) -> dict[str, str]:
    """Hints for keys that stand in the wrong one of the two tables."""
    keys = keys_at(model, ("",)) | keys_at(common, ("",))
    return {key: f"{key!r} belongs in {where}" for key in keys}

"""From the file to the config."""

from __future__ import annotations

import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

from newswire.config.destinations import ChannelReader, check_alert_channels, read_accounts
from newswire.config.environment import CORE_MODELS, check_names, layered
from newswire.config.intakes import read_intakes
from newswire.config.lists import literal_secrets, secrets_optional
from newswire.config.problems import Report, closest_word, did_you_mean
from newswire.config.reading import digest, read_file, referred_files
from newswire.config.resolved import Config
from newswire.config.tables import PluginSelection
from newswire.config.topics import Subscriptions, read_taxonomy
from newswire.config.translators import read_glossary, read_translators
from newswire.languages import standardize
from newswire.plugins import Plugins, PluginStatus, load_plugins
from newswire.plugins.offers import CORE_TABLES
from newswire.secrets import base_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from newswire.channel import Options
    from newswire.config.alerts import AlertSettings
    from newswire.config.resolved import ConfiguredTranslator
    from newswire.site import Site
    from newswire.subscription import NamedFilter


def load_config(
    path: Path,
    *,
    plugins: Plugins | None = None,
    require_secrets: bool = True,
    sends: bool = True,
    before: Config | None = None,
) -> Config:
    """Reads the config file, with the environment above it, and checks everything.

    Args:
        path: the file.
        plugins: what is loaded already; without it the plugins are loaded here, as ``[plugins]`` selects them.
        require_secrets: whether a secret that cannot be read is an error; else a placeholder stands in for it.
        sends: whether this process sends to platforms; else the secrets of accounts and channels may be missing.
        before: the config that was in force until now; its plugins are kept while the same ones are selected.

    Raises:
        ConfigError: something is wrong; its text lists every problem, sorted by line, each as
            ``file:line: path: message``, with a hint below where there is one.
    """
    text, tables = read_file(path)
    report = Report(str(path), text)
    with _relative_to(path), secrets_optional(when=not require_secrets):
        config = _read(path, tables, plugins, report, sends=sends, before=before)
    report.raise_problems()
    # Without a problem every part is there.
    return cast("Config", config)


def load_selected_plugins(path: Path) -> Plugins:
    """The plugins as ``[plugins]`` selects them, whatever else is wrong with the config: why, they may be able to tell.

    Args:
        path: the config file.

    Raises:
        ConfigError: the file cannot be read, or its table ``[plugins]`` is wrong.
    """
    text, tables = read_file(path)
    report = Report(str(path), text)
    selection = layered("plugins", CORE_MODELS["plugins"], tables.get("plugins"), report)
    report.raise_problems()
    return _load(selection)


def _load(selection: PluginSelection | None) -> Plugins:
    return load_plugins(
        disabled=selection.disabled if selection else (), enabled=selection.enabled if selection else None
    )


def _read(
    path: Path,
    tables: dict[str, Any],
    plugins: Plugins | None,
    report: Report,
    *,
    sends: bool,
    before: Config | None,
) -> Config | None:
    files = (path.absolute(), *referred_files(tables))
    seen = digest(files)  # before any secret is read: whatever is written later is a change
    core = {name: layered(name, model, tables.get(name), report) for name, model in CORE_MODELS.items()}
    if "site" not in tables and core["site"] is None:
        # One word for the whole table, not one for each of its keys.
        report.problems = [problem for problem in report.problems if problem.path[:1] != ("site",) or problem.variable]
        report.add(("site",), "the table [site] is missing", hint="it names the site: see config.example.toml")
    selection: PluginSelection | None = core["plugins"]
    if plugins is None and before is not None and before.selection == selection:
        plugins = before.plugins
    if plugins is None:
        plugins = _load(selection)
    _check_plugins(plugins, selection, report)
    _check_tables(tables, plugins, report)
    models = CORE_MODELS | {name: table.options for name, table in plugins.settings_tables.items()}
    check_names(models, tables, report)
    settings = _settings(tables, plugins, report)
    site: Site | None = core["site"]
    taxonomy = read_taxonomy(_table("topics", tables, report), report)
    subscriptions = Subscriptions(report, taxonomy, site.languages if site else _languages(tables))
    filters = subscriptions.named_filters(_table("filters", tables, report))
    alerts: AlertSettings | None = core["alerts"]
    intakes = read_intakes(tables, plugins, report, alerts.intake_silence if alerts else None)
    with secrets_optional(when=not sends):
        accounts = read_accounts(tables, plugins, report)
        zone = site.timezone if site else "UTC"
        translators = read_translators(tables, plugins, subscriptions, report)
        dead_man = alerts.dead_man if alerts else None
        channels = ChannelReader(accounts, filters, subscriptions, report, zone, dead_man).read(tables)
    glossary = read_glossary(tables, subscriptions, report)
    _warn_of_vain_rules(filters, translators, report)
    if alerts is not None:
        check_alert_channels(alerts, tables, channels, report)
    _warn_of_literal_secrets(path, report)
    if report.problems or site is None:
        return None
    return Config(
        path=path.absolute(),
        plugins=plugins,
        site=site,
        taxonomy=taxonomy,
        store=core["store"],
        http=core["http"],
        logging=core["logging"],
        dispatch=core["dispatch"],
        alerts=core["alerts"],
        metrics=core["metrics"],
        intakes=intakes,
        accounts=tuple(accounts.found.values()),
        channels=channels,
        filters=filters,
        translation=core["translation"],
        translators=translators,
        glossary=glossary,
        settings=settings,
        selection=selection or PluginSelection(),
        files=files,
        digest=seen,
        warnings=tuple(report.told(report.warnings)),
    )


@contextmanager
def _relative_to(path: Path) -> Iterator[None]:
    token = base_folder.set(path.absolute().parent.resolve())
    try:
        yield
    finally:
        base_folder.reset(token)


def _table(name: str, tables: dict[str, Any], report: Report) -> dict[str, Any]:
    table = tables.get(name, {})
    if isinstance(table, dict):
        return table
    report.add((name,), "must be a table", hint=f"write [{name}.NAME]")
    return {}


def _languages(tables: dict[str, Any]) -> tuple[str, ...]:
    """The site's languages as far as they can be read, where something else is wrong with ``[site]``."""
    site = tables.get("site")
    written = site.get("languages") if isinstance(site, dict) else None
    found: list[str] = []
    for tag in written if isinstance(written, list) else ():
        with suppress(ValueError, AttributeError):
            found.append(standardize(tag))
    return tuple(found)


def _settings(tables: dict[str, Any], plugins: Plugins, report: Report) -> dict[str, Options]:
    found: dict[str, Options] = {}
    for name, table in plugins.settings_tables.items():
        options = layered(name, table.options, tables.get(name), report)
        if options is not None:
            found[name] = options
            report.literal_secrets += [(name, *place) for place in literal_secrets(options, tables.get(name))]
    return found


def _check_tables(tables: dict[str, Any], plugins: Plugins, report: Report) -> None:
    known = CORE_TABLES | set(plugins.settings_tables)
    for name, table in tables.items():
        if name in known:
            continue
        why = plugins.why_missing(name)
        if why:
            report.warn((name,), "is not read", hint=why)
        elif isinstance(table, dict | list):
            report.add((name,), "unknown table", hint=did_you_mean(name, known))
        else:
            report.add((name,), "unknown key", hint=closest_word(name, known) or "every key stands in a [table]")


def _check_plugins(plugins: Plugins, selection: PluginSelection | None, report: Report) -> None:
    names = {record.name for record in plugins.records}
    for position, name in enumerate((selection.enabled if selection else None) or ()):
        if name not in names:
            report.add(
                ("plugins", "enabled", position), f"no plugin {name!r} is installed", hint=did_you_mean(name, names)
            )
    for position, name in enumerate(selection.disabled if selection else ()):
        if name not in names:
            path = ("plugins", "disabled", position)
            report.warn(path, f"no plugin {name!r} is installed", hint=closest_word(name, names))
    for record in plugins.records:
        if record.status is PluginStatus.FAILED:
            report.warn(("plugins",), f"plugin {record.name!r} failed to load ({record.reason})")


def _warn_of_vain_rules(
    filters: Mapping[str, NamedFilter], translators: Iterable[ConfiguredTranslator], report: Report
) -> None:
    for name, named in filters.items():
        for position, language in enumerate(named.translate):
            if not any(translator.takes(language) for translator in translators):
                hint = "add a [[translators]] table, or enable one"
                report.warn(("filters", name, "translate", position), f"nothing translates into {language}", hint=hint)


def _warn_of_literal_secrets(path: Path, report: Report) -> None:
    try:
        open_to_others = path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
    except OSError:
        return
    if open_to_others:
        for place in report.literal_secrets:
            report.warn(
                place,
                "a secret stands in a file that others can read",
                hint=f"write 'env:NAME' or 'file:path', or make the file private: chmod 600 {path}",
            )

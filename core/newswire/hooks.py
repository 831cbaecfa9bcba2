"""The hooks of newswire: what a plugin may hand over. Each runs once, at start.

A plugin is a module under the entry point group ``newswire.plugins``; it marks its functions with `hookimpl`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

    from newswire.channel import AnyChannelType
    from newswire.extension import Follower, HttpApp, SettingsTable
    from newswire.intake import AnyIntakeType
    from newswire.translator import AnyTranslatorType

__all__ = [
    "newswire_channel_types",
    "newswire_cli_commands",
    "newswire_followers",
    "newswire_http_apps",
    "newswire_intake_types",
    "newswire_settings",
    "newswire_translator_types",
]

PROJECT = "newswire"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as one of these hooks; a name that is no hook makes the plugin fail, with the reason."""


@hookspec
def newswire_channel_types() -> Sequence[AnyChannelType]:  # type: ignore[empty-body]  # a hook is a signature
    """Kinds of channels: platforms to post to."""


@hookspec
def newswire_intake_types() -> Sequence[AnyIntakeType]:  # type: ignore[empty-body]
    """Kinds of intakes: places articles come from."""


@hookspec
def newswire_followers() -> Sequence[Follower]:  # type: ignore[empty-body]
    """Code that reads the event log by a durable cursor."""


@hookspec
def newswire_http_apps() -> Sequence[HttpApp]:  # type: ignore[empty-body]
    """Addresses of the web app."""


@hookspec
def newswire_cli_commands() -> Sequence[click.Command]:  # type: ignore[empty-body]
    """Commands of the ``newswire`` program."""


@hookspec
def newswire_settings() -> Sequence[SettingsTable]:  # type: ignore[empty-body]
    """Tables of the config file that belong to the plugin, such as ``[feeds]``."""


@hookspec
def newswire_translator_types() -> Sequence[AnyTranslatorType]:  # type: ignore[empty-body]
    """Kinds of translators: services that translate articles."""

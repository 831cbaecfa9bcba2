"""``newswire check``: config, accounts and channels."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from newswire.channel import Finding
from newswire.cli.options import config_option, json_option, load, print_json, print_table
from newswire.delivery import Start
from newswire.dispatch.dispatcher import connect_accounts, open_channel
from newswire.plugins import PluginStatus
from newswire.room import Room

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from pathlib import Path

_TIMEOUT = 30.0


@click.command()
@config_option
@json_option
@click.option("--offline", is_flag=True, help="Look at the config only; ask no platform.")
def command(config_path: Path, *, as_json: bool, offline: bool) -> None:
    """Check the config file, then ask every enabled account and channel whether it works. Changes nothing.

    Exit code 2: the config is wrong; 1: a platform does not let us in; 0: all is well.
    """
    room = Room(load(config_path))
    try:
        findings = _config_findings(room) + ([] if offline else asyncio.run(_ask_platforms(room)))
    finally:
        room.close()
    if as_json:
        print_json([{"place": place, "level": item.level, "message": item.message} for place, item in findings])
    else:
        print_table("Check", ("where", "", "what"), [(place, item.level, item.message) for place, item in findings])
    sys.exit(1 if any(item.level == "error" for _, item in findings) else 0)


def _config_findings(room: Room) -> list[tuple[str, Finding]]:
    config = room.config
    findings = [(str(config.path), Finding("ok", "the config can be used"))]
    findings += [
        (f"plugin {record.name}", Finding("warning", f"failed: {record.reason}"))
        for record in config.plugins.records
        if record.status is PluginStatus.FAILED
    ]
    for intake in config.intakes:
        if intake.enabled:
            opened = intake.type.open(intake.name, intake.options, room.services)
            findings += [(f"intake {intake.name}", finding) for finding in opened.check()]
    return findings


async def _ask_platforms(room: Room) -> list[tuple[str, Finding]]:
    findings: list[tuple[str, Finding]] = []
    accounts = connect_accounts(room.config, room.services)
    try:
        for name, account in accounts.items():
            findings += [(f"account {name}", item) for item in await _asked(account.check())]
        for configured in room.config.enabled_channels:
            channel = open_channel(
                room.config, configured, accounts[configured.account], Start(0, room.world.clock())
            ).channel
            findings += [(f"channel {configured.name}", item) for item in await _asked(channel.check())]
        for one in room.config.enabled_translators:
            translator = one.type.open(one.name, one.options, room.services)
            try:
                findings += [(f"translator {one.name}", item) for item in await _asked(translator.check())]
            finally:
                await translator.aclose()
    finally:
        await asyncio.gather(*(account.aclose() for account in accounts.values()), return_exceptions=True)
    return findings


async def _asked(check: Awaitable[Sequence[Finding]]) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(_TIMEOUT):
            return await check
    except TimeoutError:
        return [Finding("error", f"no answer within {_TIMEOUT:g} s")]
    except Exception as error:  # noqa: BLE001  # a plugin may raise anything; the other checks go on
        return [Finding("error", f"{type(error).__name__}: {error}")]

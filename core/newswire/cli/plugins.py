"""``newswire plugins``: what is installed, and whether it works."""

from __future__ import annotations

from pathlib import Path

import click

from newswire.cli.options import config_option, json_option, print_json, print_table


@click.command()
@config_option
@json_option
def command(config_path: Path, *, as_json: bool) -> None:
    """List the plugins: loaded, disabled or failed, why, and what each offers."""
    from newswire.plugins import load_plugins  # noqa: PLC0415  # plugins are heavy

    if Path(config_path).exists():
        from newswire.config import load_selected_plugins  # noqa: PLC0415

        plugins = load_selected_plugins(config_path)
    else:
        plugins = load_plugins()
    if as_json:
        print_json([
            {
                "name": record.name,
                "status": record.status.value,
                "reason": record.reason,
                "distribution": record.distribution,
                "version": record.version,
                "offers": list(record.offers),
            }
            for record in plugins.records
        ])  # fmt: skip
        return
    rows = [
        (
            record.name,
            record.status.value,
            record.distribution or "",
            record.version or "",
            ", ".join(record.offers) if record.reason is None else record.reason,
        )
        for record in plugins.records
    ]
    print_table("Plugins", ("plugin", "status", "package", "version", "offers, or why not"), rows)

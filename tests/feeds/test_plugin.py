"""The plugin as the room meets it."""

from __future__ import annotations

import subprocess
import sys

import pluggy

from newswire import hooks
from newswire_feeds import plugin
from newswire_feeds.options import FeedsOptions


def test_the_hooks_are_the_contracts() -> None:
    manager = pluggy.PluginManager("newswire")
    manager.add_hookspecs(hooks)
    manager.register(plugin)
    manager.check_pending()

    (apps,) = manager.hook.newswire_http_apps()
    assert [path for app in apps for path in app.paths] == ["/", "/feeds.opml", "/feeds/", "/feeds/hub", "/translate/"]
    (tables,) = manager.hook.newswire_settings()
    assert [(table.name, table.options) for table in tables] == [("feeds", FeedsOptions)]
    (followers,) = manager.hook.newswire_followers()
    assert [follower.name for follower in followers] == ["websub"]
    FeedsOptions()


def test_importing_the_plugin_is_cheap() -> None:
    program = (
        "import sys, newswire.api\n"
        "before = set(sys.modules)\n"
        "import newswire_feeds.plugin\n"
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('newswire_feeds')))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    for heavy in ("feedgen", "lxml", "jinja2", "concurrent", "aiohttp", "asyncio"):
        assert f"'{heavy}" not in loaded

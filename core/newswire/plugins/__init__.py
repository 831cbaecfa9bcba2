"""Plugins: finding them, loading them, and a record of what became of each.

This package is the only place that speaks to pluggy; everything else sees a `Plugins`.
"""

from newswire.plugins.loader import ENTRY_POINTS, load_plugins
from newswire.plugins.record import PluginRecord, Plugins, PluginStatus

__all__ = ["ENTRY_POINTS", "PluginRecord", "PluginStatus", "Plugins", "load_plugins"]

"""``newswire new-plugin``: a complete plugin of its own, small enough to be read, to begin with."""

from newswire.skeleton.writing import KINDS, Kind, Naming, name_plugin, write_plugin

__all__ = ["KINDS", "Kind", "Naming", "name_plugin", "write_plugin"]

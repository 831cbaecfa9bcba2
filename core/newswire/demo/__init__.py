"""The demo: sample articles, every plugin at work, and the sandbox in place of the platforms."""

from newswire.demo.stage import Stage

__all__ = ["Stage"]

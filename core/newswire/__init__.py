"""The wire room of a multilingual news site."""

__version__ = "0.1.0"

"""The store: articles, the event log, the publication index, deliveries, lanes. SQLite or PostgreSQL."""

from newswire.store.store import Store

__all__ = ["Store"]

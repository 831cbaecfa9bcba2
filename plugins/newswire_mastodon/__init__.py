"""Mastodon accounts for newswire."""

"""Telegram: posts for channels, groups and forum topics, sent by bots."""

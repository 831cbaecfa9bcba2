"""Signed webhooks for newswire."""

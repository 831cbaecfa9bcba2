"""Translating articles by services: any OpenAI-compatible chat endpoint, and LibreTranslate."""

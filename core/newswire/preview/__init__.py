"""The preview: exactly what would be posted, on any channel, without any network; as data, and as a page."""

from newswire.preview.page import HEADERS, page
from newswire.preview.previews import Preview, Subject, previews

__all__ = ["HEADERS", "Preview", "Subject", "page", "previews"]

"""The refusals of the Mastodon API, in its own words (English locale).

Source: Mastodon, `app/controllers/concerns/api/error_handling.rb` and `config/locales/en.yml`.
"""

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, UNPROCESSABLE, TOO_MANY, UNAVAILABLE = 401, 403, 404, 422, 429, 503


class ApiError(Exception):
    """A request is refused with a status and `{"error": text}`."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def invalid(text: str) -> ApiError:
    """Refuse what was sent: 422, permanent for this content."""
    return ApiError(UNPROCESSABLE, text)


def failed_validation(text: str) -> ApiError:
    """Refuse a record: 422 with the prefix of a failed validation."""
    return invalid(f"Validation failed: {text}")


def not_found(text: str = "Record not found") -> ApiError:
    """Say that there is no such thing, or none that may be seen."""
    return ApiError(NOT_FOUND, text)


def wrong_token() -> ApiError:
    """Refuse a token."""
    return ApiError(UNAUTHORIZED, "The access token is invalid")


def outside_scopes() -> ApiError:
    """Refuse a token that may not do this."""
    return ApiError(FORBIDDEN, "This action is outside the authorized scopes")


def too_many() -> ApiError:
    """Refuse because of a rate limit."""
    return ApiError(TOO_MANY, "Too many requests")


def raced() -> ApiError:
    """Refuse because another request with the same key is under way (`Mastodon::RaceConditionError`)."""
    return ApiError(UNAVAILABLE, "There was a temporary problem serving your request, please try again")

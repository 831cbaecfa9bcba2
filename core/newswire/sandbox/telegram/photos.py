"""Pictures: uploaded, named by URL, or known from before.

Source: Bot API, "Sending files" (10 MB for a photo by upload); telegram-bot-api, `Client.cpp`; tdlib,
`FileManager.cpp`. The sandbox fetches no URL: `broken_urls` of the state says which ones fail.
"""

from newswire.sandbox.telegram.errors import bad_request
from newswire.sandbox.telegram.links import LinkError, checked_link
from newswire.sandbox.telegram.parameters import Parameters, Upload
from newswire.sandbox.telegram.state import Photo, TelegramState

MAX_PHOTO_BYTES = 10 * 1024 * 1024

_BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
    b"BM": "image/bmp",
}


def media_type_of(content: bytes) -> str:
    """Tell a picture's type from its first bytes; empty when it is none."""
    return next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), "")


def photo_of(state: TelegramState, parameters: Parameters) -> Photo:
    """Give the picture a call sends.

    Raises:
        BotApiError: There is none, or the server would not take it.
    """
    given = parameters.text("photo")
    attached = given.removeprefix("attach://") if given.startswith("attach://") else ""
    upload = parameters.files.get(attached or "photo")
    if upload is not None:
        return _keep(state, _uploaded(state, upload))
    if not given:
        raise bad_request("there is no photo in the request")
    if given in state.photos:
        return state.photos[given]
    if "://" not in given:
        raise bad_request("wrong file identifier/HTTP URL specified")
    try:
        url = checked_link(given)
    except LinkError:
        raise bad_request("wrong HTTP URL specified") from None
    broken = state.broken_urls.get(given) or state.broken_urls.get(url)
    if broken in ("unreachable", "too_large"):
        raise bad_request("failed to get HTTP URL content")
    if broken == "no_image":
        raise bad_request("wrong type of the web page content")
    return _keep(state, Photo(_next_id(state), url=url))


def _uploaded(state: TelegramState, upload: Upload) -> Photo:
    size = len(upload.content)
    if size == 0:
        raise bad_request("file must be non-empty")
    if size > MAX_PHOTO_BYTES:
        raise bad_request(
            f"file of size {size} bytes is too big for a photo; the maximum size is {MAX_PHOTO_BYTES} bytes"
        )
    media_type = media_type_of(upload.content)
    if not media_type:
        raise bad_request("IMAGE_PROCESS_FAILED")
    return Photo(_next_id(state), content=upload.content, media_type=media_type)


def _next_id(state: TelegramState) -> str:
    return f"photo{len(state.photos) + 1:06}"


def _keep(state: TelegramState, photo: Photo) -> Photo:
    state.photos[photo.file_id] = photo
    return photo

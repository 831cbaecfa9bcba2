"""Uploads.

Source: Mastodon, `media_controller.rb` (202 and 206 while a file is not ready), `media_attachment.rb` (limits) and the
validations of `config/locales/en.yml`.
"""

from collections.abc import Iterable

from newswire.sandbox.mastodon.ask import Ask, Reply
from newswire.sandbox.mastodon.errors import failed_validation, invalid, not_found
from newswire.sandbox.mastodon.fields import Fields
from newswire.sandbox.mastodon.forms import media_json
from newswire.sandbox.mastodon.state import Media, Status

IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic", "image/heif")
VIDEO_TYPES = ("video/mp4", "video/webm", "video/quicktime")
MAX_IMAGE_BYTES = 16 * 1024 * 1024
MAX_VIDEO_BYTES = 99 * 1024 * 1024
MAX_DESCRIPTION = 1500
PROCESSING, PARTIAL = 202, 206

_BEGINNINGS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}


async def upload(ask: Ask) -> Reply:
    """Take a file; 202 and a null `url` when it is not ready yet."""
    file = ask.fields.files.get("file")
    if file is None or not file.content:
        raise failed_validation("File can't be blank")
    media_type = _type_of(file.content, file.media_type)
    if len(file.content) > (MAX_VIDEO_BYTES if media_type in VIDEO_TYPES else MAX_IMAGE_BYTES):
        limit = 99 if media_type in VIDEO_TYPES else 16
        raise failed_validation(f"File file size must be less than {limit} MB")
    server = ask.server
    number = server.next_id(ask.now)
    media = Media(
        id=f"{number}.{media_type.rpartition('/')[2]}" if server.quirks.ids == "hex" else number,
        account=ask.account.id,
        content=file.content,
        media_type=media_type,
        description=_description(ask.fields),
        focus=_focus(ask.fields),
        polls_left=server.quirks.media_polls,
        failed=server.quirks.media_fails and not server.quirks.media_polls,
    )
    server.media[media.id] = media
    later = media.polls_left > 0 and ask.path.startswith("/api/v2/")
    return Reply(media_json(media, ask.base), PROCESSING if later else 200)


def _type_of(content: bytes, claimed: str) -> str:
    """Tell a file's type by its beginning; a picture that is none is refused as the server's own look at it would."""
    found = next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), "")
    if found:
        return found
    if claimed in VIDEO_TYPES:
        return claimed
    raise failed_validation("File has contents that are not what they are reported to be, File content type is invalid")


def _description(fields: Fields) -> str:
    text = fields.text("description")
    if len(text) > MAX_DESCRIPTION:
        raise failed_validation(f"Description is too long (maximum is {MAX_DESCRIPTION} characters)")
    return text


def _focus(fields: Fields) -> tuple[float, float]:
    given = fields.text("focus")
    if not given:
        return 0.0, 0.0
    try:
        x, y = (float(part) for part in given.split(","))
    except ValueError:
        raise failed_validation("Focus is invalid") from None
    return max(-1.0, min(1.0, x)), max(-1.0, min(1.0, y))


def _own(ask: Ask) -> Media:
    media = ask.server.media.get(ask.identifier)
    if media is None or media.account != ask.account.id or media.status:
        raise not_found()
    return media


async def show(ask: Ask) -> Reply:
    """Say whether a file is ready: 200, 206 while it is not, 422 when it never will be."""
    media = _own(ask)
    if media.polls_left > 0:
        media.polls_left -= 1
        if media.polls_left == 0 and ask.server.quirks.media_fails:
            media.failed = True
        return Reply({**media_json(media, ask.base), "url": None}, PARTIAL)
    if media.failed:
        raise invalid("Error processing thumbnail for uploaded media")
    return Reply(media_json(media, ask.base))


async def change(ask: Ask) -> Reply:
    """Change the description or focus of a file that no status has yet."""
    media = _own(ask)
    redescribe(media, ask.fields)
    return Reply(media_json(media, ask.base), PARTIAL if media.polls_left else 200)


def attached(ask: Ask, numbers: Iterable[str], status: Status | None) -> tuple[str, ...]:
    """Check the files a status is to have.

    Raises:
        ApiError: 422: too many, unknown or another's, not ready, or pictures and a video together.
    """
    wanted = tuple(dict.fromkeys(numbers))
    if len(wanted) > ask.server.quirks.max_media:
        raise invalid(f"Cannot attach more than {ask.server.quirks.max_media} files")
    mine = {
        number: media
        for number in wanted
        if (media := ask.server.media.get(number)) is not None
        and media.account == ask.account.id
        and media.status in ("", status.id if status else "")
    }
    missing = [number for number in wanted if number not in mine]
    if missing:
        raise invalid(f"Media {', '.join(missing)} not found or already attached to another post")
    if len(mine) > 1 and any(media.media_type in VIDEO_TYPES for media in mine.values()):
        raise invalid("Cannot attach a video to a post that already contains images")
    if any(media.polls_left or media.failed for media in mine.values()):
        raise invalid("Cannot attach files that have not finished processing. Try again in a moment!")
    return wanted


def described(fields: Fields) -> dict[str, Fields]:
    """Read `media_attributes`: the new `description` and `focus` of files, by their ids."""
    told = [one for one in fields.values.get("media_attributes", []) if isinstance(one, dict)]
    if not told:
        columns = {
            name: fields.values.get(f"media_attributes[][{name}]", []) for name in ("id", "description", "focus")
        }
        told = [
            {name: values[place] for name, values in columns.items() if place < len(values)}
            for place in range(len(columns["id"]))
        ]
    return {
        str(one["id"]): Fields({name: [value] for name, value in one.items() if name != "id"}, {})
        for one in told
        if "id" in one
    }


def redescribe(media: Media, told: Fields) -> None:
    """Change what a file shows and what must stay in sight of it.

    Raises:
        ApiError: 422.
    """
    if told.given("description"):
        media.description = _description(told)
    if told.given("focus"):
        media.focus = _focus(told)

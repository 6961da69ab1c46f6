"""Restored photos in the form that Telegram takes: as a photo, as a file, or not at all."""

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image
from telegram import InputMediaDocument, InputMediaPhoto

from magicmemory.bots.common.image_fitting import encode_jpeg, opened
from magicmemory.core.errors import FileTooLarge
from magicmemory.core.units import MIB

PHOTO_BYTES: Final = 10 * MIB
PHOTO_SIDES: Final = 10_000  # width + height, pixels
PHOTO_RATIO: Final = 20
PUBLIC_FILE_BYTES: Final = 50 * MIB
LOCAL_FILE_BYTES: Final = 2000 * MIB
PHOTO_FORMATS: Final = frozenset({"JPEG", "PNG"})


@dataclass(frozen=True, slots=True)
class Upload:
    """An image in the form in which it will be sent."""

    data: bytes
    name: str
    as_file: bool

    def media(self, caption: str) -> InputMediaPhoto | InputMediaDocument:
        """The image as an item of the library's media groups and edits."""
        if self.as_file:
            return InputMediaDocument(
                self.data, caption=caption, filename=self.name, disable_content_type_detection=True
            )
        return InputMediaPhoto(self.data, caption=caption, filename=self.name)


def prepare(data: bytes, extension: str, stem: str, *, as_file: bool, is_local: bool) -> Upload:
    """Choose the form: a photo if Telegram takes it as one, else or if `as_file` is set, a file.

    Args:
        data: an encoded image of our own.
        extension: of its format.
        stem: the file name without extension.
        as_file: whether the person wants a file.
        is_local: whether a local Bot API server raises the limits.

    Raises:
        FileTooLarge: even encoded as a JPEG the image is larger than a bot may send.
    """
    if not as_file and (photo := _as_photo(data, extension, stem)):
        return photo
    limit = LOCAL_FILE_BYTES if is_local else PUBLIC_FILE_BYTES
    if len(data) > limit:
        data, extension = encode_jpeg(opened(data)), "jpg"
    if len(data) > limit:
        raise FileTooLarge(limit_mb=limit // MIB)
    return Upload(data, f"{stem}.{extension}", as_file=True)


def _as_photo(data: bytes, extension: str, stem: str) -> Upload | None:
    with Image.open(io.BytesIO(data)) as image:
        width, height, kind = image.width, image.height, image.format
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        return None
    if kind not in PHOTO_FORMATS:
        # Telegram turns every photo into a JPEG anyway; a file keeps its own format.
        data, extension = encode_jpeg(opened(data)), "jpg"
    return Upload(data, f"{stem}.{extension}", as_file=False) if len(data) <= PHOTO_BYTES else None

"""The form in which a picture can be sent: as a photo, as a file, or not at all."""

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image
from telegram import InputMediaDocument, InputMediaPhoto

from magicmemory.bots.common.image_fitting import encode_jpeg, opened
from magicmemory.core.errors import FileTooLarge
from magicmemory.core.units import MIB

PHOTO_BYTES: Final = 10 * MIB
PHOTO_SIDES: Final = 10_000  # width + height
PHOTO_RATIO: Final = 20
PUBLIC_FILE_BYTES: Final = 50 * MIB
LOCAL_FILE_BYTES: Final = 2000 * MIB
PHOTO_FORMATS: Final = frozenset({"JPEG", "PNG"})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A picture as it will be sent."""

    data: bytes
    name: str
    as_file: bool

    def media(self, caption: str) -> InputMediaPhoto | InputMediaDocument:
        """The picture as the library takes it."""
        if self.as_file:
            return InputMediaDocument(
                self.data, caption=caption, filename=self.name, disable_content_type_detection=True
            )
        return InputMediaPhoto(self.data, caption=caption, filename=self.name)


def prepare(data: bytes, extension: str, stem: str, *, as_file: bool, is_local: bool) -> Outgoing:
    """Choose the form: a photo where one is wished for and Telegram takes it, else a file.

    Raises:
        FileTooLarge: even re-encoded it is more than a bot may send.
    """
    if not as_file and (photo := _as_photo(data, extension, stem)):
        return photo
    limit = LOCAL_FILE_BYTES if is_local else PUBLIC_FILE_BYTES
    if len(data) > limit:
        data, extension = encode_jpeg(opened(data)), "jpg"
    if len(data) > limit:
        raise FileTooLarge(limit_mb=limit // MIB)
    return Outgoing(data, f"{stem}.{extension}", as_file=True)


def _as_photo(data: bytes, extension: str, stem: str) -> Outgoing | None:
    with Image.open(io.BytesIO(data)) as image:
        width, height, kind = image.width, image.height, image.format
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        return None
    if kind not in PHOTO_FORMATS:
        # Telegram turns every photo into a JPEG anyway; a file keeps its own format.
        data, extension = encode_jpeg(opened(data)), "jpg"
    return Outgoing(data, f"{stem}.{extension}", as_file=False) if len(data) <= PHOTO_BYTES else None

"""Restored photos in the form that Telegram takes: as a photo, as a file, or not at all."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
PUBLIC_REQUEST_BYTES: Final = 49 * MIB  # of all files in one request; captions need room too
LARGEST_ALBUM: Final = 10
PHOTO_FORMATS: Final = frozenset({"JPEG", "PNG"})


@dataclass(frozen=True, slots=True)
class Upload:
    """An image in the form in which it will be sent. A photo with a `spoiler` is covered until somebody taps it."""

    data: bytes
    name: str
    as_file: bool
    spoiler: bool = False

    def media(self, caption: str) -> InputMediaPhoto | InputMediaDocument:
        """The image as an item of the library's media groups and edits."""
        if self.as_file:
            return InputMediaDocument(
                self.data, caption=caption, filename=self.name, disable_content_type_detection=True
            )
        return InputMediaPhoto(self.data, caption=caption, filename=self.name, has_spoiler=self.spoiler)


def parcels(uploads: Sequence[Upload], *, is_local: bool) -> Iterator[list[int]]:
    """The positions of the images that go into one message each: as many as Telegram takes at once, photos and files
    apart, for they cannot share an album.
    """
    limit = LOCAL_FILE_BYTES if is_local else PUBLIC_REQUEST_BYTES
    for as_file in (False, True):
        parcel: list[int] = []
        for position in [number for number, upload in enumerate(uploads) if upload.as_file is as_file]:
            together = sum(len(uploads[number].data) for number in [*parcel, position])
            if parcel and (len(parcel) == LARGEST_ALBUM or together > limit):
                yield parcel
                parcel = []
            parcel.append(position)
        if parcel:
            yield parcel


def prepare(data: bytes, extension: str, stem: str, *, as_file: bool, is_local: bool, spoiler: bool = False) -> Upload:
    """Choose the form: a photo if Telegram takes it as one, else or if `as_file` is set, a file.

    Args:
        data: an encoded image of our own.
        extension: of its format.
        stem: the file name without extension.
        as_file: whether the person wants a file.
        is_local: whether a local Bot API server raises the limits.
        spoiler: whether the photo came covered.

    Raises:
        FileTooLarge: even encoded as a JPEG the image is larger than a bot may send.
    """
    if not as_file and (photo := _as_photo(data, extension, stem)):
        return replace(photo, spoiler=spoiler)
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

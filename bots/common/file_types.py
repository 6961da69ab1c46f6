"""The type of a file that somebody sent, by its first bytes; its name and declared type do not count."""

from magicmemory.core.file_type import sniff

_RARELY_A_PHOTO = ("audio/", "text/", "video/")


def says_photo(media_type: str | None) -> bool:
    """Whether a declared type is a photo's, or says nothing. A name says nothing ever."""
    return not (media_type or "").startswith(_RARELY_A_PHOTO)


def may_be_photo(media_type: str | None, size: int, most_bytes: float) -> bool:
    """Whether a file is worth downloading, to look at its bytes.

    A photo may be declared as anything: its type is guessed from a name such as `photo.txt`. But what is declared as a
    video, sound or text, and is larger than a photo may be, is that.

    Args:
        media_type: as declared; None if it is not.
        size: in bytes; 0 if it is not known.
        most_bytes: the largest photo.
    """
    return says_photo(media_type) or size <= most_bytes


def checked(data: bytes) -> bytes:
    """The file itself, if its first bytes are those of a kind that is read.

    Raises:
        NotAPhoto, PhotoAnimated, KindUnsupported, ArchiveSent: they are of another kind.
    """
    sniff(data)
    return data

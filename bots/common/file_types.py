"""The type of a file that somebody sent, by its first bytes; its name and declared type do not count."""

from magicmemory.core.file_type import sniff

# Nobody sends a photo as one of these, and chats show them as what they are.
_NEVER_A_PHOTO = ("audio/", "text/", "video/")


def may_be_photo(media_type: str | None) -> bool:
    """Whether a file is worth downloading. Its name says nothing, and a missing or general type says nothing either."""
    return not (media_type or "").startswith(_NEVER_A_PHOTO)


def checked(data: bytes) -> bytes:
    """The file itself, if its first bytes are those of a kind that is read.

    Raises:
        NotAPhoto, PhotoAnimated, KindUnsupported, ArchiveSent: they are of another kind.
    """
    sniff(data)
    return data

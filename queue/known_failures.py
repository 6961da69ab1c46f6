"""Photos that cannot be restored, remembered for an hour: the same file with the same options fails again, so neither
bots nor workers try it again.
"""

from datetime import timedelta
from typing import Final

from pydantic import ValidationError
from redis.asyncio import Redis

from magicmemory.core import errors
from magicmemory.core.options import Options
from magicmemory.core.report import Failure
from magicmemory.queue.connection import RedisKeys

# An operator may install a better detector: then a photo may be tried again after this time.
EXPIRY: Final = timedelta(hours=1)
# Failures that lie in the file and the options. Others may not happen again.
LASTING: Final = frozenset(
    error.key
    for error in (
        errors.ArchiveSent,
        errors.FaceNumberUnknown,
        errors.FacesTooSmall,
        errors.KindUnsupported,
        errors.NoFaceFound,
        errors.NothingToRestore,
        errors.NotAPhoto,
        errors.PageMissing,
        errors.PdfLocked,
        errors.PdfWithoutScan,
        errors.PhotoAnimated,
        errors.PhotoTooLarge,
        errors.PhotoTruncated,
        errors.PhotoUnreadable,
        errors.PreviewMissing,
    )
)


class KnownFailures:
    """Remembers why photos failed. Kept in Redis, which bots and workers share."""

    def __init__(self, redis: Redis, keys: RedisKeys) -> None:
        self._redis = redis
        self._keys = keys

    async def find(self, photo: str, options: Options, max_megapixels: float) -> Failure | None:
        """Why this photo failed with these options, or None.

        Args:
            photo: the file's SHA-256, in hexadecimal.
            options: those that the worker gets.
            max_megapixels: the plan's limit; 0: none.
        """
        kept = await self._redis.get(self._keys.failure(photo, options.fingerprint(), max_megapixels))
        try:
            return Failure.model_validate_json(kept) if kept else None
        except ValidationError:
            return None

    async def add(self, photo: str, options: Options, max_megapixels: float, failure: Failure) -> None:
        """Remember a failure that lies in the photo; others are not kept."""
        if failure.key in LASTING:
            key = self._keys.failure(photo, options.fingerprint(), max_megapixels)
            await self._redis.set(key, failure.model_dump_json(), ex=EXPIRY)

"""The photos of an album: each is a job of its own, and the jobs share the note `album`."""

from magicmemory.bots.service import BotService
from magicmemory.core.job import Job, JobState

ALBUM = "album"  # the note's name
SHOWN = "shown"  # the note that names the message with the restored photo


async def jobs_of_album(service: BotService, job: Job) -> list[Job]:
    """The jobs that came in the same album, without cancelled ones and adjustments, in the album's order."""
    recent = await service.recent(job.sender)
    # The chat's id may have changed since `job` was read; the stored jobs of a chat change together.
    chat = next((stored.address.chat for stored in recent if stored.id == job.id), job.address.chat)
    album = [
        other
        for other in recent
        if other.context.get(ALBUM) == job.context.get(ALBUM)
        and other.address.chat == chat
        and other.parent is None
        and other.state is not JobState.CANCELLED
    ]
    return sorted(album, key=_position)


def _position(job: Job) -> list[int]:
    """`42:3` is the third part of message 42."""
    return [int(number) for number in job.address.message.split(":")]

"""The smallest platform: a photo in a folder is a message: python examples/folder_bot.py FOLDER REDIS_URL."""

import asyncio
import sys
from pathlib import Path

from magicmemory.bots.bootstrap import open_service
from magicmemory.bots.common.replies import send_replies
from magicmemory.core.job import Address, Platform, Sender
from magicmemory.core.settings import load
from magicmemory.queue.delivery import Reply


class FolderReplier:
    """Writes each reply beside its photo: the restored file, or the key of the failure."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.replied = folder, asyncio.Event()

    async def reply(self, reply: Reply) -> dict[str, str]:
        answer = reply.photo or (reply.failure.key.encode() if reply.failure else b"")
        (self.folder / f"{reply.job.address.message}.reply").write_bytes(answer)
        self.replied.set()
        return {}


async def main(folder: Path, redis_url: str) -> None:
    """Send the folder's first photo through the service and wait for its reply."""
    photo, stop, replier = next(folder.glob("*.png")), asyncio.Event(), FolderReplier(folder)
    message = Address(platform=Platform.PLAYGROUND, chat="1", message=photo.name)
    async with open_service(load(), redis_url) as service, asyncio.TaskGroup() as tasks:
        tasks.create_task(send_replies(service, message.platform, replier, redis_url, stop))
        await service.intake(Sender(platform=message.platform, account="me"), message, photo.read_bytes())
        await replier.replied.wait()
        stop.set()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))

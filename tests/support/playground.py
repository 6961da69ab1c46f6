"""The whole playground for tests: the real server, queue, ledger and photo store; its worker brightens photos."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, UnidentifiedImageError

from magicmemory.bots.playground.server import serve
from magicmemory.core.errors import NotAPhoto
from magicmemory.core.job import Stage
from magicmemory.core.options import Options, Scope
from magicmemory.core.report import Face, LeftAlone, Report
from magicmemory.pipeline.restoration import ProgressCallback, Restoration
from magicmemory.queue.connection import RedisKeys
from magicmemory.queue.worker import Restores, RestoreWorker
from magicmemory.storage.photos import PhotoStore
from tests.support.harness import settings_for

START_S = 30


@dataclass
class Painter:
    """A pipeline without networks: it brightens the photo and tells of two faces, one of them too small.
    Cleaned, a photo comes back smooth.

    `step` is called before each stage, and may wait: so a test sees each of them.
    """

    step: Callable[[Stage], object] = lambda _: None
    seen: list[Options] = field(default_factory=list)

    def restore(
        self, data: bytes, options: Options, progress: ProgressCallback | None = None, *, max_megapixels: float = 0
    ) -> Restoration:
        def tell(stage: Stage, done: int = 0, faces: int = 0) -> None:
            if progress is not None:
                progress(stage, done, faces)
            self.step(stage)

        self.seen.append(options)
        tell(Stage.DECODE)
        try:
            photo = Image.open(BytesIO(data)).convert("RGB")
        except UnidentifiedImageError:
            raise NotAPhoto from None
        tell(Stage.DETECT)
        if options.scope is Scope.PHOTO:
            tell(Stage.CLEAN)
            photo = photo.filter(ImageFilter.SMOOTH)
        tell(Stage.RESTORE, 0, 2)
        tell(Stage.RESTORE, 1, 2)
        restored = ImageEnhance.Brightness(photo).enhance(1 + options.strength / 2)
        tell(Stage.BLEND, 2, 2)
        output = BytesIO()
        restored.save(output, "JPEG")
        tell(Stage.ENCODE, 2, 2)
        return Restoration(output.getvalue(), "jpg", "image/jpeg", _report(photo.width, photo.height))


def _report(width: int, height: int) -> Report:
    def face(left: float, top: float, size: float, reason: LeftAlone | None) -> Face:
        right, bottom = left + size, top + size * 1.25
        eye, mouth = top + size * 0.5, top + size
        landmarks = (
            (left + size * 0.3, eye),
            (left + size * 0.7, eye),
            (left + size * 0.5, (eye + mouth) / 2),
            (left + size * 0.35, mouth),
            (left + size * 0.65, mouth),
        )
        box = (left, top, right, bottom)
        return Face(box=box, landmarks=landmarks, score=0.98, restored=reason is None, reason=reason)

    faces = (
        face(width * 0.3, height * 0.2, width * 0.3, None),
        face(width * 0.8, height * 0.1, width * 0.05, LeftAlone.TOO_SMALL),
    )
    return Report(
        width=width, height=height, faces=faces, model="none", detector="none", stages_ms={"restore": 1.0}, total_ms=1.0
    )


class Gate:
    """Lets a pipeline go on stage by stage."""

    def __init__(self) -> None:
        self._passes = threading.Semaphore(0)
        self._open = False

    def __call__(self, _: Stage) -> None:
        if not self._open:
            self._passes.acquire(timeout=60)

    def let_one_pass(self) -> None:
        self._passes.release()

    def open(self) -> None:
        self._open = True
        self._passes.release(100)


def photo(width: int = 240, height: int = 300, kind: str = "JPEG") -> bytes:
    """A picture with a round face in it."""
    picture = Image.new("RGB", (width, height), (120, 105, 90))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width * 0.3, height * 0.2, width * 0.6, height * 0.55), fill=(190, 160, 140))
    output = BytesIO()
    picture.save(output, kind)
    return output.getvalue()


@asynccontextmanager
async def open_playground(
    folder: Path, redis_url: str, pipeline: Restores | None = None, *, worker: bool = True, **values: object
) -> AsyncIterator[str]:
    """Run a playground on a free port, and yield its address. `values` are settings."""
    # By itself a page on loopback has a limit of its own; these behave as the bots do.
    free = values.get("free_per_day", 1)
    settings = settings_for(folder, **{"playground_port": 0, "playground_free_per_day": free, **values})
    stop = asyncio.Event()
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        if worker:
            restore = RestoreWorker(
                PhotoStore(settings.photos),
                pipeline or Painter(),
                RedisKeys(settings.redis_prefix),
                settings.job_timeout_s,
            )
            tasks.create_task(restore.run(redis_url, settings.worker_photos, stop))
        tasks.create_task(serve(settings, redis_url, stop, address.set_result))
        try:
            async with asyncio.timeout(START_S):
                url = await address
            yield url
        finally:
            stop.set()

"""“Before and after” to share: a short clip in which a line wipes across the photo, and a card with both photos.

The clip is an MP4 if the library PyAV is installed with an encoder of H.264, else a GIF, which Telegram and Discord
play just the same. docs/licences.md says why PyAV is not always there.
"""

import asyncio
import io
import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from PIL import Image, ImageCms, ImageDraw, ImageFont, ImageOps

from magicmemory.bots.common.image_fitting import encode_jpeg, flattened
from magicmemory.bots.common.previews import BYTES_A_PIXEL, BYTES_BESIDE, Previews
from magicmemory.core.errors import InternalError
from magicmemory.core.job import Job
from magicmemory.core.sandbox import SandboxCrashed, SandboxedProcess
from magicmemory.storage.photos import PhotoStore, original, result

log = logging.getLogger(__name__)

SECONDS: Final = 3.0  # of the clip
HOLD_S: Final = 0.5  # before the line moves, and after
MP4_RATE: Final = 25  # frames a second
GIF_RATE: Final = 12.5  # a GIF counts in hundredths of a second
MP4_SIDE, GIF_SIDE = 960, 640  # pixels, the longer side
SHORTEST_SIDE: Final = 16
ENCODERS: Final = ("libopenh264", "libx264")
# Room for the index at the start of the file, so that it plays before it is loaded.
INDEX_BYTES: Final = 16384
LINE: Final = (255, 255, 255)
CARD_SIDE: Final = 1280  # pixels, the longer side of each half
GAP: Final = 8  # pixels between the halves
NAME_SHARE: Final = 0.028  # height of the bot's name, of the picture's longer side
TIME_LIMIT_S: Final = 60.0
AT_ONCE: Final = 1  # encoding takes a core for a second or two


@dataclass(frozen=True, slots=True)
class Shared:
    """A file to share.

    Attributes:
        data: the file.
        extension: `mp4`, `gif` or `jpg`.
    """

    data: bytes
    extension: str


class Sharing:
    """Makes clips and cards of restored photos in a child process: an encoder must not take the bot with it."""

    def __init__(self, photos: PhotoStore, previews: Previews, most_megapixels: float, name: str) -> None:
        """`name` is written into a corner; empty: nothing is."""
        self._photos = photos
        self._previews = previews
        self._name = name
        memory = BYTES_BESIDE + round(BYTES_A_PIXEL * most_megapixels * 1e6)
        self._sandbox = SandboxedProcess(_make, memory_bytes=memory, seconds=TIME_LIMIT_S)
        self._places = asyncio.Semaphore(AT_ONCE)

    async def clip(self, job: Job) -> Shared:
        """Three seconds in which the photo as it was sent gives way to the restored one.

        Raises:
            PhotoExpired: the photo is deleted.
        """
        return await self._made("clip", job)

    async def card(self, job: Job) -> Shared:
        """Both photos in one JPEG: a portrait's side by side, a landscape's one above the other.

        Raises:
            PhotoExpired: the photo is deleted.
        """
        return await self._made("card", job)

    async def _made(self, kind: str, job: Job) -> Shared:
        after = await self._photos.get(result(job.id))
        before = await self._previews.of(await self._photos.get(original(job.photo_of)))
        turn = job.report.rotation if job.report is not None and job.report.turned else 0
        try:
            async with self._places:
                extension, data = await asyncio.to_thread(
                    self._sandbox, before, after, kind=kind, turn=turn, name=self._name
                )
        except SandboxCrashed as error:
            log.warning("job %s: the %s to share could not be made: %s", job.id, kind, error)
            raise InternalError from None
        return Shared(bytes(data), extension)


def _make(before: bytes, after: bytes, *, kind: str, turn: int, name: str) -> tuple[str, list[bytes]]:
    """Runs in the sandboxed process. `turn`: degrees clockwise by which the restored photo was turned upright."""
    # Our own encoding, and of a size that was accepted.
    Image.MAX_IMAGE_PIXELS = None
    codec = _h264() if kind == "clip" else ""
    side = CARD_SIDE if kind == "card" else MP4_SIDE if codec else GIF_SIDE
    # The sides of a video are even.
    pair = _pair(before, after, turn, side, multiple=2 if kind == "clip" else 1)
    if kind == "card":
        return "jpg", [encode_jpeg(_side_by_side(pair, name))]
    pair = [_named(image, name) for image in pair]
    return ("mp4", [_mp4(pair, codec)]) if codec else ("gif", [_gif(pair)])


def _pair(before: bytes, after: bytes, turn: int, side: int, multiple: int) -> list[Image.Image]:
    """Both photos in sRGB and in one size: at most `side` pixels, and not larger than the restored photo."""
    earlier, later = _opened(before, side), _opened(after, side)
    if turn:
        earlier = earlier.rotate(-turn, expand=True)
    scale = min(1.0, side / max(later.size))
    width, height = (max(SHORTEST_SIDE, round(length * scale / multiple) * multiple) for length in later.size)
    return [image.resize((width, height), Image.Resampling.LANCZOS) for image in (earlier, later)]


def _opened(data: bytes, side: int) -> Image.Image:
    with Image.open(io.BytesIO(data)) as file:
        file.draft("RGB", (side, side))  # a JPEG need not be decoded larger
        image = flattened(ImageOps.exif_transpose(file))
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return made or image.convert("RGB")
        except (ImageCms.PyCMSError, OSError) as error:  # a profile that does not describe this picture
            log.debug("a profile cannot be used: %s", error)
    return image.convert("RGB")


def _side_by_side(pair: Sequence[Image.Image], name: str) -> Image.Image:
    width, height = pair[0].size
    step = (0, height + GAP) if width > height else (width + GAP, 0)
    canvas = Image.new("RGB", (width + step[0], height + step[1]), "white")
    canvas.paste(pair[0], (0, 0))
    canvas.paste(pair[1], step)
    return _named(canvas, name)


def _named(image: Image.Image, name: str) -> Image.Image:
    """The image with a name in its lower right corner."""
    if not name:
        return image
    size = max(10.0, NAME_SHARE * max(image.size))
    font, margin = ImageFont.load_default(size), size * 0.6
    named = image.copy()
    place = (image.width - margin, image.height - margin)
    ImageDraw.Draw(named).text(
        place, name, fill="white", font=font, anchor="rs", stroke_width=max(1, round(size / 12)), stroke_fill="black"
    )
    return named


def _shares(rate: float) -> Iterator[float]:
    """How much of the restored photo each frame of the wipe shows, from 0 to 1; it starts and ends gently."""
    frames = round((SECONDS - 2 * HOLD_S) * rate)
    for number in range(frames + 1):
        yield (1 - math.cos(math.pi * number / frames)) / 2


def _frame(pair: Sequence[Image.Image], share: float, line: Any) -> Image.Image:
    """The restored photo left of a line, the photo as it was sent right of it. The first and the last have no line."""
    before, after = pair
    at = round(share * before.width)
    frame = before.copy()
    frame.paste(after.crop((0, 0, at, after.height)), (0, 0))
    if 0 < share < 1:
        half = max(1, before.width // 320)
        frame.paste(line, (max(0, at - half), 0, min(before.width, at + half), before.height))
    return frame


def _h264() -> str:
    """The encoder of H.264 that PyAV has here; empty if there is none."""
    try:
        av = _pyav()
    except ImportError:
        return ""
    return next((name for name in ENCODERS if name in av.codecs_available), "")


def _pyav() -> Any:
    """PyAV, which only a clip needs."""
    return import_module("av")


def _mp4(pair: Sequence[Image.Image], codec: str) -> bytes:
    av, hold = _pyav(), round(HOLD_S * MP4_RATE)
    shares = [0.0] * hold + list(_shares(MP4_RATE)) + [1.0] * hold
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options={"moov_size": str(INDEX_BYTES)}) as container:
        stream = container.add_stream(codec, rate=MP4_RATE)
        stream.width, stream.height = pair[0].size
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 4 * MP4_RATE * stream.width * stream.height // 10
        stream.codec_context.thread_count = 1
        for share in shares:
            container.mux(stream.encode(av.VideoFrame.from_image(_frame(pair, share, LINE))))
        container.mux(stream.encode())
    return file.getvalue()


def _gif(pair: Sequence[Image.Image]) -> bytes:
    """A GIF. Between two frames only the strip under the line changes, so it takes little more than the two photos."""
    width, height = pair[0].size
    both = Image.new("RGB", (2 * width, height + 4), LINE)
    both.paste(pair[0], (0, 0))
    both.paste(pair[1], (width, 0))
    palette = both.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    indexed = [image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for image in pair]
    line = Image.new("RGB", (1, 1), LINE).quantize(palette=palette, dither=Image.Dither.NONE).getpixel((0, 0))
    frames = [_frame(indexed, share, line) for share in _shares(GIF_RATE)]
    hold, step = round(1000 * HOLD_S), round(1000 / GIF_RATE)
    file = io.BytesIO()
    frames[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[hold, *[step] * (len(frames) - 2), hold + step],
        loop=0,
        optimize=False,
    )
    return file.getvalue()

"""Pipelines without a network, for tests of a photo's way. Workers that tests start as processes import only this."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from magicmemory.core.errors import NoFaceFound, NothingToRestore
from magicmemory.core.job import Stage
from magicmemory.core.options import Options, Scope, Step
from magicmemory.core.report import Damage, Face, Report
from magicmemory.pipeline.restoration import ProgressCallback, Restoration

FACE = Face(box=(1, 2, 30, 40), landmarks=((9, 9), (20, 9), (15, 15), (10, 25), (20, 25)), score=0.99, restored=True)


def _mask() -> bytes:
    """A picture of damage: one scratch."""
    out = io.BytesIO()
    drawn = Image.new("L", (320, 240))
    drawn.paste(255, (100, 0, 104, 240))
    drawn.save(out, "PNG")
    return out.getvalue()


MASK = _mask()


@dataclass
class NoPipeline:
    """A pipeline that returns photos unchanged, for tests of the queue. `before` may fail or wait."""

    before: Callable[[bytes], object] = lambda _: None
    runs: int = 0

    def restore(
        self, data: bytes, options: Options, progress: ProgressCallback | None = None, *, max_megapixels: float = 0
    ) -> Restoration:
        self.runs += 1
        self.before(data)
        if progress is not None:
            progress(Stage.RESTORE, 1, 1)
        report = Report(
            width=10, height=10, faces=(FACE,), model="none", detector="none", stages_ms={"restore": 1}, total_ms=1
        )
        return Restoration(b"restored " + data, "jpg", "image/jpeg", report)


@dataclass
class QuickPipeline:
    """Turns photos upside down, in no time: for tests of the way. Black ones have no face. Repairs and cleans only in
    words, and finds damage if it is told so.
    """

    before: Callable[[bytes, Options], None] = lambda *_: None
    runs: list[Options] = field(default_factory=list)
    result: bytes = b""
    damaged: bool = False  # every photo is scratched, dusty and faded

    def restore(
        self, data: bytes, options: Options, progress: ProgressCallback | None = None, *, max_megapixels: float = 0
    ) -> Restoration:
        self.runs.append(options)
        needed = (Step.REPAIR, Step.TONE) if self.damaged else ()
        asked = {step: options.asks_for(step) for step in Step}
        done = tuple(
            step
            for step, does in asked.items()
            if (does and (step is Step.CLEAN or self.damaged)) or (does is None and step in needed)
        )
        cleaned = Step.CLEAN in done
        if progress is not None:
            progress(Stage.CLEAN if cleaned else Stage.DETECT, 0, 0)
        self.before(data, options)
        with Image.open(io.BytesIO(data)) as image:
            turned = ImageOps.flip(image.convert("RGB"))
        has_face = turned.getextrema() != ((0, 0),) * 3
        if not has_face and not done:
            raise NothingToRestore if options.scope is Scope.AUTO else NoFaceFound
        if progress is not None:
            progress(Stage.RESTORE, 1, 1)
        out = io.BytesIO()
        turned.save(out, "JPEG", quality=95)
        report = Report(
            width=turned.width,
            height=turned.height,
            faces=(FACE,) if has_face else (),
            model="none" if options.model == "auto" else options.model,
            detector="none",
            fidelity=0.5 if options.fidelity is None else options.fidelity,
            cleaned=cleaned,
            damage=Damage(scratches=0.01, dust=0.002) if Step.REPAIR in done else Damage(),
            done=done,
            stages_ms={"restore": 1},
            total_ms=100,
        )
        return Restoration(
            self.result or out.getvalue(), "jpg", "image/jpeg", report, MASK if Step.REPAIR in done else b""
        )

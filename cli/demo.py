"""`magicmemory demo`: sends one photo through the whole service, over the playground's HTTP interface."""

import asyncio
import io
import json
import time
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, ImageDraw, ImageOps

from magicmemory.cli.run import lock_data_folder, open_redis, run_children
from magicmemory.core.errors import OperatorError
from magicmemory.core.settings import Settings

ANSWER_S = 180.0
LABEL_PX = 28


class DemoFailed(OperatorError):
    """The service did not behave as promised."""


async def run_demo(settings: Settings) -> None:
    """Start the service on a free port, restore the sample photo, check that a second photo is refused, and end.

    Raises:
        DemoFailed: a step failed; the message says which.
    """
    folder = settings.data_dir / "demo"
    # A separate service: the demo does not touch the operator's database, photos and queue.
    separate = {
        "database_url": "",
        "photo_store": "",
        "redis_url": "",
        "playground_port": 0,
        "metrics_port": 0,
        "free_per_day": 1,
        "playground_free_per_day": 1,
    }
    settings = settings.model_copy(update={"data_dir": folder / "service", **separate})
    began = time.monotonic()
    with lock_data_folder(settings.data_dir):
        async with open_redis(settings) as url, run_children(["worker", "playground"], settings, url) as where:
            print(f"Started in {time.monotonic() - began:.1f} s: worker {where['worker']}, page {where['playground']}")
            async with httpx.AsyncClient(base_url=where["playground"], timeout=30) as chat:
                await _converse(chat, folder)


async def _converse(chat: httpx.AsyncClient, folder: Path) -> None:
    photo = signed((await chat.get("/static/sample.jpg")).raise_for_status().content)
    before = await _quota(chat)
    sent = time.monotonic()
    job = await _restore(chat, photo)
    seconds = time.monotonic() - sent
    restored = (await chat.get(f"/jobs/{job['id']}/result")).raise_for_status().content
    after = await _quota(chat)
    # A different photo: the same one would be answered from the photo store for free.
    refusal = await chat.post("/photos", files={"photo": ("mirrored.jpg", mirrored(photo))})
    _expect(refusal.status_code == 429, f"a second photo was answered with status {refusal.status_code}")

    folder.mkdir(parents=True, exist_ok=True)
    before_after(photo, restored).save(folder / "before_after.png")
    report = {**job["report"], "answered_s": round(seconds, 3), "quota_before": before, "quota_after": after}
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    _tell(report, refusal.json()["error"]["text"], folder)


async def _restore(chat: httpx.AsyncClient, photo: bytes) -> dict[str, Any]:
    answer = await chat.post("/photos", files={"photo": ("sample.jpg", photo)})
    _expect(answer.status_code == 202, f"the photo was answered with status {answer.status_code}: {answer.text}")
    job: dict[str, Any] = answer.json()["job"]
    deadline = time.monotonic() + ANSWER_S
    while job["state"] == "accepted":
        _expect(time.monotonic() < deadline, f"no reply within {ANSWER_S:.0f} s")
        await asyncio.sleep(0.1)
        job = (await chat.get(f"/jobs/{job['id']}")).raise_for_status().json()
    _expect(job["state"] == "delivered", f"the photo came back as {job['state']}: {job}")
    return job


async def _quota(chat: httpx.AsyncClient) -> dict[str, Any]:
    quota: dict[str, Any] = (await chat.get("/quota")).raise_for_status().json()
    return quota


def signed(photo: bytes) -> bytes:
    """The same JPEG with a comment. The page's own sample is free; this one counts like anybody's photo."""
    comment = b"Magic Memory's demo"
    return photo[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + photo[2:]


def mirrored(photo: bytes) -> bytes:
    """The photo, mirrored."""
    file = io.BytesIO()
    ImageOps.mirror(Image.open(io.BytesIO(photo))).save(file, "JPEG", quality=90)
    return file.getvalue()


def before_after(before: bytes, after: bytes) -> Image.Image:
    """Both photos side by side with labels; the second is scaled to the first one's height."""
    left = Image.open(io.BytesIO(before)).convert("RGB")
    right = Image.open(io.BytesIO(after)).convert("RGB")
    right = right.resize((right.width * left.height // right.height, left.height))
    sheet = Image.new("RGB", (left.width + right.width, left.height + LABEL_PX), "white")
    sheet.paste(left, (0, LABEL_PX))
    sheet.paste(right, (left.width, LABEL_PX))
    draw = ImageDraw.Draw(sheet)
    draw.text((8, 6), "before", fill="black", font_size=16)
    draw.text((left.width + 8, 6), "after", fill="black", font_size=16)
    return sheet


def _tell(report: dict[str, Any], refusal: str, folder: Path) -> None:
    faces = report["faces"]
    print(f"Sent the sample photo; the reply came after {report['answered_s']:.1f} s.")
    for number, face in enumerate(faces, 1):
        box = ", ".join(f"{value:.0f}" for value in face["box"])
        print(f"  face {number}: box {box}; score {face['score']:.3f}; restored: {face['restored']}")
    stages = ", ".join(f"{name} {ms:.0f}" for name, ms in report["stages_ms"].items())
    print(f"  {report['model']} with {report['detector']}; milliseconds: {stages}")
    print(f"Quota: {report['quota_before']['left']} left before, {report['quota_after']['left']} after.")
    print(f"A second photo today: {refusal}")
    print(f"Look at {folder / 'before_after.png'}; the figures are in {folder / 'report.json'}.")


def _expect(condition: bool, otherwise: str) -> None:
    if not condition:
        raise DemoFailed(f"The demo failed: {otherwise}.")

"""“Choose faces” on Telegram: a picture with numbers, a choice for each face, and face cards."""

import io
from pathlib import Path

import pytest
from PIL import Image

from magicmemory.core.options import Options
from magicmemory.core.report import Face, LeftAlone
from magicmemory.pipeline.restoration import ProgressCallback, Restoration
from tests.servers.telegram import Message
from tests.support.telegram_harness import QuickPipeline, harness, photo

# The library announces that waiting times will become time spans.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


class ThreeFaces(QuickPipeline):
    """Finds three faces in each photo."""

    def restore(
        self, data: bytes, options: Options, progress: ProgressCallback | None = None, *, max_megapixels: float = 0
    ) -> Restoration:
        restoration = super().restore(data, options, progress, max_megapixels=max_megapixels)
        faces = tuple(
            Face(
                number=number,
                box=(left, 40.0, left + 60, 110.0),
                landmarks=((0.0, 0.0),) * 5,
                score=0.9,
                restored=not options.faces or number in options.faces,
                reason=LeftAlone.NOT_CHOSEN if options.faces and number not in options.faces else None,
            )
            for number, left in ((1, 120.0), (2, 20.0), (3, 220.0))
        )
        report = restoration.report.model_copy(update={"faces": faces})
        return Restoration(restoration.data, restoration.extension, restoration.media_type, report)


def shows_photo(message: Message) -> bool:
    return message.photo is not None


async def test_faces_are_chosen_one_by_one(tmp_path: Path, redis_url: str) -> None:
    pipeline = ThreeFaces()
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana, bob = running.server.user("Ana"), running.server.user("Bob")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        await running.settled(ana)
        await ana.press(first, "Choose faces")
        chooser = await ana.hears("Press a face’s number", after=first)
        assert chooser.buttons == ["1 ✓", "2 ✓", "3 ✓", "Restore", "Face cards"]
        assert Image.open(io.BytesIO(chooser.media)).size == (320, 240)
        refused = await bob.press_data(chooser, chooser.keyboard[0][0]["callback_data"]).answered()
        assert "Only the person" in refused["text"]
        await ana.press(chooser, "2 ✓")
        await running.server.wait_for(lambda: "2 ½" in chooser.buttons)
        await ana.press(chooser, "3 ✓")
        await running.server.wait_for(lambda: "3 ½" in chooser.buttons)
        await ana.press(chooser, "3 ½")
        await running.server.wait_for(lambda: "3 –" in chooser.buttons)
        await ana.press(chooser, "Restore")
        again = await ana.hears("This adjustment was free", after=chooser)
        assert (pipeline.runs[-1].faces, pipeline.runs[-1].gentle_faces) == ((1, 2), (2,))
        assert "2 faces restored" in again.words
        await running.settled(ana)
        await ana.press(again, "Choose faces")
        kept = await ana.hears("Press a face’s number", after=again)
        assert kept.buttons[:3] == ["1 ✓", "2 ½", "3 –"]
        assert await running.used_by(ana) == 1


async def test_face_cards_are_an_album_with_places(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, ThreeFaces()) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        await running.settled(ana)
        await ana.press(first, "Choose faces")
        chooser = await ana.hears("Press a face’s number", after=first)
        await ana.press(chooser, "Face cards")
        await running.server.wait_for(lambda: len(ana.of_bot()) == 5)
        cards = ana.of_bot()[2:]
        assert len({card.media_group for card in cards}) == 1
        assert [card.words for card in cards] == [
            "Face 1: row 1, number 2 from the left.",
            "Face 2: row 1, number 1 from the left.",
            "Face 3: row 1, number 3 from the left.",
        ]


async def test_faces_come_as_files_or_a_sentence_where_photos_are_forbidden(tmp_path: Path, redis_url: str) -> None:
    async with harness(tmp_path, redis_url, ThreeFaces()) as running:
        ana = running.server.user("Ana")
        group = running.server.group("Family", by=ana)
        await ana.send_photo(photo(), "/restore", group=group)
        reply = await ana.hears(shows_photo, group=group)
        group.chat.forbidden = frozenset({"photo"})
        await ana.press(reply, "Choose faces")
        chooser = await ana.hears("Press a face’s number", group=group, after=reply)
        assert chooser.document
        group.chat.forbidden = frozenset({"photo", "document"})
        for button in ("Choose faces", "Full quality"):
            last = group.of_bot()[-1]
            await ana.press(reply, button)
            await ana.hears("I may send neither photos nor files in this chat.", group=group, after=last)


async def test_at_least_one_face_is_chosen(tmp_path: Path, redis_url: str) -> None:
    pipeline = ThreeFaces()
    async with harness(tmp_path, redis_url, pipeline) as running:
        ana = running.server.user("Ana")
        await ana.send_photo(photo())
        first = await ana.hears(shows_photo)
        await running.settled(ana)
        await ana.press(first, "Choose faces")
        chooser = await ana.hears("Press a face’s number", after=first)
        job = chooser.keyboard[0][0]["callback_data"].split(":")[2]
        assert "at least one face" in (await ana.press_data(chooser, f"f:go:{job}:lll").answered())["text"]
        for forged in (f"f:t07:{job}:rrr", f"f:go:{job}:rrrrr", f"f:t00:{'0' * 32}:rrr"):
            assert "no longer have" in (await ana.press_data(chooser, forged).answered())["text"]
        assert len(pipeline.runs) == 1

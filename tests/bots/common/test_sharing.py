"""Before and after to share: what the clip and the card show."""

import io
import sys
from typing import Any

import pytest
from PIL import Image

from magicmemory.bots.common import sharing
from magicmemory.pipeline.imaging.color_signal import DISPLAY_P3, SRGB_CURVE, ColorSignal, icc_profile

GREY, ORANGE = (90, 90, 90), (230, 120, 40)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def plain(size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    return encoded(Image.new("RGB", size, colour))


def made(before: bytes, after: bytes, kind: str, *, turn: int = 0, name: str = "") -> tuple[str, bytes]:
    extension, [data] = sharing._make(before, after, kind=kind, turn=turn, name=name)
    return extension, data


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


def brightest(image: Image.Image) -> int:
    """The highest value of all pixels, 0 to 255."""
    return max(image.convert("L").tobytes())


def card(before: bytes, after: bytes, **how: Any) -> Image.Image:
    extension, data = made(before, after, "card", **how)
    assert extension == "jpg"
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize("mode", ["L", "RGBA", "I;16"])
def test_a_card_has_portraits_side_by_side_and_landscapes_one_above_the_other(mode: str) -> None:
    assert card(encoded(Image.new(mode, (30, 40), 0)), plain((60, 80), ORANGE)).size == (60 + 8 + 60, 80)
    assert card(encoded(Image.new(mode, (40, 30), 0)), plain((80, 60), ORANGE)).size == (80, 60 + 8 + 60)


def test_the_photo_as_it_was_sent_is_turned_like_the_restored_one() -> None:
    sideways = Image.new("RGB", (80, 40), GREY)
    sideways.paste(ORANGE, (0, 0, 40, 40))
    both = card(encoded(sideways), plain((40, 80), GREY), turn=90)
    assert near(both.getpixel((20, 10)), ORANGE)  # its left end is now on top
    assert near(both.getpixel((20, 70)), GREY)


def test_colours_are_those_of_the_profile() -> None:
    broken = encoded(Image.new("RGB", (40, 60), ORANGE), icc_profile=b"nonsense")
    assert near(card(broken, plain((40, 60), GREY)).getpixel((10, 10)), ORANGE)
    wide = icc_profile(ColorSignal(DISPLAY_P3, SRGB_CURVE))
    tagged = encoded(Image.new("RGB", (40, 60), (200, 80, 80)), icc_profile=wide)
    assert near(card(tagged, plain((40, 60), GREY)).getpixel((10, 10)), (217, 68, 76))


def test_the_name_stands_in_the_lower_right_corner_only_if_it_is_wanted() -> None:
    bare = card(plain((600, 800), GREY), plain((600, 800), GREY))
    named = card(plain((600, 800), GREY), plain((600, 800), GREY), name="@grandma_bot")
    assert brightest(bare.crop((700, 700, 1200, 800))) < 110
    assert brightest(named.crop((900, 700, 1200, 800))) > 230
    assert brightest(named.crop((700, 0, 1200, 600))) < 110


def test_a_clip_is_a_gif_of_three_seconds_without_an_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    extension, data = made(plain((121, 80), GREY), plain((241, 160), ORANGE), "clip")
    assert extension == "gif"
    with Image.open(io.BytesIO(data)) as clip:
        assert clip.size == (240, 160)
        assert clip.info["loop"] == 0
        length = 0
        for number in range(clip.n_frames):  # type: ignore[attr-defined]
            clip.seek(number)
            length += clip.info["duration"]
            frame = clip.convert("RGB")
            left, right = frame.getpixel((2, 80)), frame.getpixel((237, 80))
            if number == 0:
                assert near(left, GREY)
            elif number == clip.n_frames // 2:  # type: ignore[attr-defined]
                assert near(left, ORANGE)
                assert near(right, GREY)
                assert brightest(frame.crop((80, 80, 160, 81)).getchannel("B")) > 240  # the white line
        assert near(right, ORANGE)
    assert 2900 <= length <= 3100


def test_a_clip_is_an_mp4_with_its_index_first_where_there_is_an_encoder() -> None:
    av = pytest.importorskip("av")
    extension, data = made(plain((120, 80), GREY), plain((240, 160), ORANGE), "clip", name="@grandma_bot")
    assert extension == "mp4"
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(io.BytesIO(data)) as clip:
        stream = clip.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        frames = [frame.to_image() for frame in clip.decode(stream)]
        assert abs(clip.duration / 1_000_000 - 3) < 0.1
    assert near(frames[0].getpixel((2, 80)), GREY)
    assert near(frames[len(frames) // 2].getpixel((2, 80)), ORANGE)
    assert near(frames[len(frames) // 2].getpixel((237, 80)), GREY)
    assert near(frames[-1].getpixel((237, 80)), ORANGE)

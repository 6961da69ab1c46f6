"""The pipeline with truncated files, files of several pages, and metadata."""

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from magicmemory.core.errors import PhotoTruncated
from magicmemory.core.options import Options, Scope
from magicmemory.core.report import LeftAlone, NoteKind
from magicmemory.pipeline.imaging.decode import decode
from magicmemory.pipeline.imaging.metadata import Keep
from tests.pipeline.imaging.test_metadata import CAPTION, told
from tests.pipeline.imaging.test_metadata import jpeg as described
from tests.pipeline.test_pipeline import LIMITS, TWO_FACES, pipeline
from tests.support.faces import colourful, face_at
from tests.support.photo_files import saved


def jpeg(**options: object) -> bytes:
    return saved(colourful(600, 400), "JPEG", quality=95, **options)


def cut(share: float) -> bytes:
    data = jpeg()
    start = data.index(b"\xff\xda") + 14
    return data[: start + int((len(data) - start) * share)]


def test_whole_faces_of_a_truncated_photo_are_restored() -> None:
    """The upper face ends at about 60 percent of the height, the lower one reaches to 80."""
    data = cut(0.85)
    missing = decode(data, LIMITS).missing
    assert missing is not None
    upper, lower = face_at(180, 100, 120), face_at(420, 350, 120)
    report = pipeline(upper, lower).restore(data, Options()).report
    assert [face.restored for face in report.faces] == [True, False]
    assert report.faces[1].reason is LeftAlone.INCOMPLETE
    assert report.incomplete == 1
    assert [note.kind for note in report.notes] == [NoteKind.INCOMPLETE]


def test_missing_area_stays_missing() -> None:
    data = cut(0.85)
    before = decode(data, LIMITS)
    assert before.missing is not None
    top = int(before.missing[1])
    after = decode(pipeline(face_at(180, 100, 120)).restore(data, Options(), kind="PNG").data, LIMITS)
    assert (after.pixels[top:] == before.pixels[top:]).all()
    assert (after.pixels[:top] != before.pixels[:top]).any()


@pytest.mark.slow
@pytest.mark.parametrize("faces", [(), (face_at(300, 370, 100),)], ids=["none", "cut"])
def test_truncated_photo_without_a_whole_face_is_refused(faces: tuple[object, ...]) -> None:
    with pytest.raises(PhotoTruncated):
        pipeline(*faces).restore(cut(0.6), Options())  # type: ignore[arg-type]


def test_photo_without_an_end_marker_is_restored_normally() -> None:
    report = pipeline(*TWO_FACES).restore(jpeg()[:-2], Options()).report
    assert report.restored == 2
    assert report.notes == ()


@pytest.mark.slow
def test_every_page_can_be_restored() -> None:
    file = io.BytesIO()
    pages = [Image.fromarray(colourful(600, 400, seed=seed)) for seed in (1, 2, 3)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    for number in (1, 2, 3):
        restored = pipeline(*TWO_FACES).restore(file.getvalue(), Options(), page=number)
        assert (restored.report.page, restored.report.pages) == (number, 3)
        corner = decode(restored.data, LIMITS).pixels[:20, :20]
        assert np.abs(corner.astype(int) - np.asarray(pages[number - 1])[:20, :20]).max() <= 1
    assert pipeline().pages(file.getvalue()) == 3


def test_result_metadata_record_the_restoration() -> None:
    large = Image.fromarray(colourful(600, 400))
    with Image.open(io.BytesIO(described())) as source:
        file = io.BytesIO()
        large.save(file, "JPEG", exif=source.info["exif"])
    restored = pipeline(*TWO_FACES).restore(file.getvalue(), Options(strength=0.5), keep=Keep.ALL)
    block, xmp = told(restored.data)
    assert block.get_ifd(34853), "the place is kept"
    root = ElementTree.fromstring(xmp)
    said = root.findtext(".//{http://ns.adobe.com/xap/1.0/sType/ResourceEvent#}parameters")
    assert said == "2 faces restored by plain, strength 0.5"
    assert "compositeWithTrainedAlgorithmicMedia" in xmp


def test_shared_result_has_no_place_and_strip_removes_all_metadata() -> None:
    data = described()
    scope = Options(scope=Scope.FACES)
    finds = pipeline(face_at(24, 16, 30), min_face_px=8)
    shared, bare = (finds.restore(data, scope, keep=keep).data for keep in (Keep.SHARED, Keep.NOTHING))
    block, xmp = told(shared)
    assert not block.get_ifd(34853)
    assert CAPTION in xmp
    for word in (b"xmpmeta", b"Voigt", b"8BIM"):
        assert word not in bare

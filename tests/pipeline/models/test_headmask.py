"""The head mask as it ships: the file, the sample portrait's mask, and what stays as it was beside the head."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from magicmemory.core.errors import ModelBroken
from magicmemory.core.settings import Settings
from magicmemory.pipeline import assets
from magicmemory.pipeline.engines.torch_engine import TorchEngine
from magicmemory.pipeline.faces.align import crop
from magicmemory.pipeline.faces.blend import RestoredFace, blend
from magicmemory.pipeline.faces.head_mask import HeadMaskParser
from magicmemory.pipeline.faces.parsing import Parser
from magicmemory.pipeline.imaging.picture import Picture
from magicmemory.pipeline.models.headmask import HEADMASK
from magicmemory.pipeline.models.loaded_models import Models
from magicmemory.pipeline.models.model import BuildContext
from magicmemory.pipeline.models.weights import Weights
from magicmemory.pipeline.pipeline import Pipeline
from magicmemory.pipeline.sample import FACE, aligned_face, portrait

FILE = Path(assets.__path__[0]) / "headmask.safetensors"
# In the aligned sample: the wall, 12 pixels away from the jaw, where the oval reaches; and the face.
WALL = (slice(345, 375), slice(80, 100)), (slice(345, 380), slice(410, 432))
SKIN = slice(200, 430), slice(190, 330)


@pytest.fixture(scope="module")
def parse() -> Parser:
    return HEADMASK.build(FILE, BuildContext(TorchEngine("cpu"), Weights(Path("unused"))))


def grainy(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grain = np.random.default_rng(3).normal(0, 10, levels.shape[:2])
    return np.asarray((levels + grain[..., None]).clip(0, 255).round(), np.uint8)


def test_weights_file_is_small() -> None:
    assert FILE.stat().st_size <= 2_000_000


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "headmask.safetensors"
    damaged.write_bytes(FILE.read_bytes()[:-1000])
    with pytest.raises(ModelBroken):
        HEADMASK.build(damaged, BuildContext(TorchEngine("cpu"), Weights(tmp_path)))


@pytest.mark.parametrize("spoilt", [False, True])
@pytest.mark.parametrize("grey", [False, True])
def test_mask_has_the_face_and_hair_and_not_the_wall(parse: Parser, spoilt: bool, grey: bool) -> None:
    face = grainy(aligned_face()) if spoilt else aligned_face()
    seen = face.astype(np.float32)
    (mask,) = parse([np.repeat(seen.mean(2, keepdims=True), 3, axis=2) if grey else seen])
    assert mask is not None
    assert mask[SKIN].min() > 0.99
    assert mask[60:120, 230:420].mean() > 0.99  # hair that the oval leaves out in part
    assert all(mask[wall].max() < 0.01 for wall in WALL)


def test_a_grainy_wall_beside_the_head_stays_as_it_was(parse: Parser) -> None:
    photo = Picture(grainy(portrait()), "PNG")
    aligned = crop(photo.pixels, FACE)
    clean = aligned_face().astype(np.float32)  # what a perfect restorer draws
    (mask,) = parse([clean])
    for weight, least, most in ((mask, 0.0, 0.05), (None, 0.3, 1.0)):
        shown = blend(photo, [RestoredFace(aligned, clean, weight)])
        change = np.abs(crop(shown.pixels, FACE).crop.astype(np.int16) - aligned.crop).max(2)
        beside = np.concatenate([change[wall].ravel() for wall in WALL])
        assert least <= (beside > 1).mean() <= most


def test_it_is_the_parser_where_none_is_installed_but_not_for_upstreams_blending(tmp_path: Path) -> None:
    assert isinstance(Models(TorchEngine("cpu"), Weights(tmp_path)).parser(), HeadMaskParser)
    settings = Settings(data_dir=tmp_path, blend="facexlib")
    with_upstream = Pipeline.of(settings, engine=TorchEngine("cpu"))
    assert with_upstream._models.parser() is None  # its mask would not be upstream's

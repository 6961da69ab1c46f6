"""What holds for the networks beyond their numbers: batches, determinism, other sizes, and conversion."""

from collections.abc import Callable, Iterator

import numpy as np
import openvino
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from magicmemory.pipeline.models import codeformer, elir, gfpgan, parsenet, realesrgan
from magicmemory.pipeline.models.checkpoint import WrongArchitecture, fill
from magicmemory.pipeline.models.deformable import deformable_conv
from tests.golden import ours, seeded

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def inference() -> Iterator[None]:
    with torch.no_grad():
        yield


def values(name: str, *shape: int) -> Tensor:
    return torch.from_numpy(seeded.spread(name, shape, 1.0))


def seeded_module(build: Callable[[], nn.Module]) -> nn.Module:
    """A part of a network with seeded weights."""
    module = build().eval()
    shapes = {key: tuple(value.shape) for key, value in module.state_dict().items()}
    module.load_state_dict({key: torch.from_numpy(np.array(value)) for key, value in seeded.state(shapes, "").items()})
    return module


# Networks that take other sizes are shown small pictures here.
SMALL = {
    "restoreformer": 64,
    "vqfr_v2": 64,
    "parsenet": 64,
    "retinaface_mobile025": 96,
    "realesr_general_x4v3": 24,
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SMALL)
def test_batch_equals_singles_and_runs_are_repeatable(name: str) -> None:
    network = ours.network(name)
    side = SMALL[name]
    pair = torch.from_numpy(seeded.picture(f"{name}/pair", (2, 3, side, side), -1.0, 1.0))
    fidelities = torch.tensor([0.2, 0.9])

    def run(first: int, last: int) -> Tensor:
        more = [fidelities[first:last]] if name in seeded.FIDELITIES else []
        out = network(pair[first:last], *more)
        return torch.cat(out, dim=-1) if isinstance(out, list) else out[0] if isinstance(out, tuple) else out

    batch = run(0, 2)
    assert torch.equal(batch, run(0, 2))
    for index in range(2):
        single = run(index, index + 1)
        torch.testing.assert_close(batch[index : index + 1], single, rtol=0, atol=1e-4 * float(single.max()))


def test_each_face_has_its_own_fidelity() -> None:
    fusion = seeded_module(lambda: codeformer.Fusion(32))
    encoded, generated = values("encoded", 2, 32, 8, 8), values("generated", 2, 32, 8, 8)
    none, whole = (fusion(encoded, generated, torch.full((1, 1, 1, 1), weight)) for weight in (0.0, 1.0))
    assert torch.equal(none, generated)
    mixed = fusion(encoded, generated, torch.tensor([0.0, 1.0]).reshape(2, 1, 1, 1))
    torch.testing.assert_close(mixed, torch.stack([generated[0], whole[1]]), rtol=0, atol=1e-5)


def test_gfpgan_decoder_uses_no_random_noise() -> None:
    conv = seeded_module(lambda: gfpgan.StyledConv(16, 8))
    features, styles, noise = values("features", 1, 16, 8, 8), values("styles", 1, 512), values("noise", 1, 1, 8, 8)
    assert torch.equal(conv(features, styles, noise), conv(features, styles, noise))
    assert not torch.equal(conv(features, styles, noise), conv(features, styles, 2 * noise))


def test_elir_adds_the_same_noise_each_time() -> None:
    assert (elir.constant_noise() == elir.constant_noise()).all()


@pytest.mark.parametrize(("demodulate", "upsample"), [(True, False), (True, True), (False, False)])
def test_scaling_activations_equals_scaling_weights(demodulate: bool, upsample: bool) -> None:
    """StyleGAN2's definition, one sample at a time: the style and the norm go into the weights."""
    conv = seeded_module(lambda: gfpgan.ModulatedConv(12, 20, 3, demodulate))
    features, styles = values("features", 2, 12, 9, 7), values("styles", 2, 512)
    out = conv(features, styles, upsample)
    for index in range(2):
        weight = conv.get_parameter("weight")[0] * conv.get_submodule("modulation")(styles[index])[None, :, None, None]
        if demodulate:
            weight = weight * torch.rsqrt(weight.square().sum(dim=(1, 2, 3), keepdim=True) + 1e-8)
        source = features[index : index + 1]
        if upsample:
            source = F.interpolate(source, scale_factor=2.0, mode="bilinear", align_corners=False)
        torch.testing.assert_close(out[index : index + 1], F.conv2d(source, weight, padding=1), rtol=0, atol=1e-5)


def test_deformable_convolution_without_offsets_is_a_convolution() -> None:
    given = {key: torch.from_numpy(value) for key, value in seeded.deformable_input().items()}
    given["offset"], given["mask"] = torch.zeros_like(given["offset"]), torch.ones_like(given["mask"])
    plain = F.conv2d(given["features"], given["weight"], given["bias"], padding=1)
    torch.testing.assert_close(deformable_conv(**given), plain, rtol=0, atol=1e-5)


def test_the_face_mask_has_facexlibs_classes() -> None:
    logits = torch.eye(19).reshape(1, 19, 1, 19)  # each pixel of the row shows one class
    drawn = parsenet.FaceOnly(nn.Identity())(logits)[0, 0].tolist()
    assert drawn == [0.0] + [1.0] * 13 + [0.0, 1.0, 0.0, 0.0, 0.0]
    assert len(parsenet.CLASSES) == 19


def test_denoise_mix_is_linear_between_its_ends() -> None:
    general = realesrgan.GENERAL_X4V3.state_for(ours.official_content("realesr_general_x4v3"))
    without = {key: value + 1.0 for key, value in general.items()}
    assert all(torch.equal(value, general[key]) for key, value in realesrgan.mix_denoise(general, without, 1.0).items())
    quarter = realesrgan.mix_denoise(general, without, 0.25)
    torch.testing.assert_close(quarter["body.0.bias"], general["body.0.bias"] + 0.75)
    fill(realesrgan.SRVGGNetCompact(), quarter, "mix")
    with pytest.raises(ValueError, match="between 0 and 1"):
        realesrgan.mix_denoise(general, without, 1.5)
    with pytest.raises(WrongArchitecture):
        realesrgan.mix_denoise(general, {"body.0.bias": general["body.0.bias"]}, 0.5)


def test_enlargement_has_the_stated_factor() -> None:
    with pytest.raises(ValueError, match="2 or 4"):
        realesrgan.RRDBNet(3)
    assert realesrgan.RRDBNet(2)(torch.zeros(1, 3, 6, 4)).shape == (1, 3, 12, 8)


class _Deformable(nn.Module):
    def forward(self, features: Tensor, offset: Tensor, mask: Tensor) -> Tensor:
        return deformable_conv(features, offset, mask, values("weight", 8, 8, 3, 3), values("bias", 8))


CONVERTED: dict[str, tuple[Callable[[], nn.Module], tuple[Tensor, ...]]] = {
    "retinaface_mobile025": (lambda: ours.network("retinaface_mobile025"), (values("picture", 1, 3, 75, 91),)),
    "styled convolution": (
        lambda: seeded_module(lambda: gfpgan.StyledConv(16, 8)),
        (values("features", 2, 16, 8, 8), values("styles", 2, 512), values("noise", 1, 1, 8, 8)),
    ),
    "deformable convolution": (
        _Deformable,
        (values("features", 2, 8, 16, 16), values("offset", 2, 72, 16, 16), values("mask", 2, 36, 16, 16)),
    ),
    "small general enlarger": (
        lambda: ours.network("realesr_general_x4v3"),
        (torch.from_numpy(seeded.network_input("realesr_general_x4v3")),),
    ),
}


@pytest.mark.filterwarnings("ignore")  # torch's tracer and OpenVINO warn about each other's future
@pytest.mark.parametrize("name", CONVERTED)
def test_openvino_gives_the_same_numbers(name: str) -> None:
    build, inputs = CONVERTED[name]
    module = build()
    expected = module(*inputs)
    # Traced as the engine does it: OpenVINO would run the network three times more to check the trace.
    traced = torch.jit.trace(module, inputs, check_trace=False)  # type: ignore[no-untyped-call]
    converted = openvino.convert_model(traced, example_input=inputs)
    compiled = openvino.compile_model(converted, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    results = compiled([tensor.numpy() for tensor in inputs])
    for index, wanted in enumerate(expected if isinstance(expected, tuple) else (expected,)):
        reach = float(wanted.max() - wanted.min())
        np.testing.assert_allclose(results[index], wanted.numpy(), rtol=0, atol=1e-4 * reach)

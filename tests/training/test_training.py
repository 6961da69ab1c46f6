"""The training program's parts that need no portraits."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import cv2
import numpy as np
import pytest
import torch

from magicmemory.pipeline.models.lite import LiteCore
from tests.support.lite import restore_small
from training import data, train, vivid
from training.align import TEMPLATE, crop
from training.baseline import GRID, classical
from training.damage import TRAINING_MIX, Level, is_grey, lettered, spoil, tone, wear
from training.data import Faces, Pairs, pair, vary
from training.echo import Echo
from training.export import assemble, write
from training.loop import Repeated, adamw, follow, move_if_finite, rate_at
from training.measures import gradient_energy, psnr, specks, ssim
from training.more_damage import RECIPES, Recipe, spoil_variously
from training.other_damage import spoil_otherwise
from training.prepare import held_out, person_of, unfit
from training.random_damage import recoded, scrambled
from training.rare_faces import CHANGES
from training.train import FACE_WEIGHT, FEATURE_WEIGHT, decibel_loss, softening_at, weights_of
from training.vivid import Critic, restorer_loss

pytestmark = pytest.mark.slow

Image = np.ndarray


@pytest.fixture(scope="module")
def picture() -> Image:
    """Smooth colours with a few edges, 256 pixels."""
    rows, columns = np.mgrid[0:256, 0:256]
    planes = [128 + 90 * np.sin(rows / a + columns / b) for a, b in ((17, 31), (23, 13), (41, 29))]
    image = np.stack(planes, axis=2)
    image[80:120, 60:200] += 40
    return np.asarray(np.clip(image, 0, 255), np.uint8)


@pytest.mark.parametrize("severity", [0.05, 0.3, 0.7, 1.15])
def test_damage_is_repeatable_for_a_seed(picture: Image, severity: float) -> None:
    level = Level("", severity, severity)
    for seed in range(6):
        first, second = (spoil(picture, np.random.default_rng(seed), level) for _ in range(2))
        assert first.shape == picture.shape
        assert first.dtype == np.uint8
        assert np.array_equal(first, second)


def test_higher_severity_is_worse(picture: Image) -> None:
    means = [
        np.mean([psnr(spoil(picture, np.random.default_rng(seed), Level("", s, s)), picture) for seed in range(12)])
        for s in (0.1, 0.5, 1.0)
    ]
    assert means[0] > means[1] > means[2]


def test_zero_severity_changes_nothing(picture: Image) -> None:
    assert np.array_equal(spoil(picture, np.random.default_rng(0), Level("", 0, 0)), picture)


@pytest.mark.parametrize("recipe", RECIPES)
def test_further_recipes_are_repeatable_and_worse_when_severe(picture: Image, recipe: Recipe) -> None:
    def quality(severity: float) -> float:
        level = Level("", severity, severity)
        spoilt = [[recipe(picture, np.random.default_rng(seed), level) for seed in range(10)] for _ in range(2)]
        assert all(np.array_equal(first, second) for first, second in zip(*spoilt, strict=True))
        assert all(image.shape == picture.shape and image.dtype == np.uint8 for image in spoilt[0])
        return float(np.mean([psnr(image, picture) for image in spoilt[0]]))

    assert quality(0.15) > quality(0.6) > quality(1.15)
    grey = np.repeat(picture[..., :1], 3, axis=2)
    for seed in range(8):
        assert is_grey(recipe(grey, np.random.default_rng(seed), Level("", 0.7, 0.7)))


def test_held_out_recipes_harm_about_as_much_as_the_trained_ones(picture: Image) -> None:
    for severity in (0.2, 0.55, 1.05):
        level = Level("", severity, severity)
        seeds = [np.random.default_rng(seed) for seed in range(20)]
        ours, theirs = (
            float(np.mean([psnr(spoilt, picture) for spoilt in many]))
            for many in (
                [spoil_variously(picture, rng, level) for rng in seeds],
                [spoil_otherwise(picture, rng, severity) for rng in seeds],
            )
        )
        assert abs(ours - theirs) < 4


@pytest.mark.parametrize("name", CHANGES)
def test_rarer_faces_differ_in_the_face_and_are_repeatable(picture: Image, name: str) -> None:
    stored = np.pad(picture, ((16, 16), (16, 16), (0, 0)), mode="reflect")
    made, again = (CHANGES[name](stored, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(made, again)
    assert made.shape == stored.shape
    changed = np.abs(made.astype(int) - stored).max(axis=2) > 8
    assert changed[90:220, 60:230].mean() > 0.03
    if name != "relit":  # light falls on everything
        assert changed[:8].mean() < 0.02


def test_isolated_dots_are_counted_and_lines_are_not(picture: Image) -> None:
    flat = np.full_like(picture, 120)
    assert specks(flat) == 0
    dotted, lined = flat.copy(), flat.copy()
    for row in (80, 120, 160):
        dotted[row, 100:102] = 200
    lined[100, 60:190] = 200
    outside = flat.copy()
    outside[10, 10] = 200
    assert [specks(image) for image in (dotted, lined, outside)] == [3, 0, 0]


def test_only_sharp_prints_without_grain_are_targets(tmp_path: Path) -> None:
    (tmp_path / "historic").mkdir()
    (tmp_path / "historic" / "manifest.csv").write_text(
        "file,grade,noise_sigma\nhistoric/sharp.jpg,sharp,0.8\nhistoric/grainy.jpg,sharp,1.9\nhistoric/print.jpg,print,0.4\n"
    )
    assert unfit(tmp_path) == {"grainy.jpg", "print.jpg"}


def test_grey_stays_grey_under_damage(picture: Image) -> None:
    grey = np.repeat(picture[..., :1], 3, axis=2)
    for seed in range(20):
        spoilt = spoil(grey, np.random.default_rng(seed), Level("", 0.8, 0.8))
        assert np.ptp(spoilt.astype(int), axis=2).max() == 0


def test_tone_keeps_shape_and_range(picture: Image) -> None:
    for seed in range(20):
        toned = tone(picture, np.random.default_rng(seed))
        assert toned.shape == picture.shape
        assert toned.dtype == np.uint8


def test_crop_of_an_aligned_face_is_the_face() -> None:
    big = np.zeros((512, 512, 3), np.uint8)
    big[200:300, 150:350] = 200
    cut = crop(big, TEMPLATE, margin=0)
    assert cut.shape == (256, 256, 3)
    assert abs(int(cut[125, 125, 0]) - 200) <= 1
    assert cut[20, 20, 0] == 0


def test_people_are_identified_by_id() -> None:
    assert person_of(Path("house_A000055.jpg")) == person_of(Path("A000055.jpg")) == "a000055"
    people = {f"p{i}": "congress" for i in range(300)} | {f"q{i}": "large" for i in range(90)}
    assert len(held_out(people)) == 60
    assert held_out(people) == held_out(people)


@pytest.fixture
def opencv_threads() -> Iterator[None]:
    """A loader leaves OpenCV one thread, because its process is one of several; here it is the tests' own."""
    threads = cv2.getNumThreads()
    yield
    cv2.setNumThreads(threads)


@pytest.mark.usefixtures("opencv_threads")
def test_batches_contain_pairs(picture: Image) -> None:
    stored = np.pad(picture, ((16, 16), (16, 16), (0, 0)), mode="reflect")
    faces = Faces(stored[None], np.array(["a"]), np.array(["large"]), np.array([False]))
    damaged, clean = next(iter(Pairs(faces, 128, 3, 0)))
    assert damaged.shape == clean.shape == (3, 128, 128, 3)
    for seed in range(6):  # bent and not, loose and not
        assert vary(stored, np.random.default_rng(seed), 256, loose=seed % 2 == 1).shape == (256, 256, 3)
    assert sum(share for share, _ in TRAINING_MIX) == pytest.approx(1)


def test_random_damage_works_at_every_size() -> None:
    rng = np.random.default_rng(8)
    for side in (*range(24, 40), 128):
        noise = rng.integers(0, 256, (side, side + 3, 3), dtype=np.uint8)
        for _ in range(6):  # JPEG 2000 comes in three of ten
            assert recoded(noise.astype(np.float32), rng, 0.8).shape == noise.shape
    for side in (64, 192):
        image = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
        for level in (Level("mild", 0.02, 0.3), Level("worst", 0.95, 1.2)):
            assert all(scrambled(image, rng, level).shape == image.shape for _ in range(12))


def test_an_echo_uses_examples_several_times_and_keeps_pairs_together() -> None:
    given: SimpleQueue[tuple[torch.Tensor, ...]] = SimpleQueue()

    def give(batches: range) -> None:
        for start in batches:  # examples 4 * start to 4 * start + 3; the last digit is the column
            numbers = torch.arange(4 * start, 4 * start + 4).view(4, 1, 1, 1) * 10 + torch.arange(3).view(3, 1)
            given.put((numbers, -numbers))

    echo = Echo(iter(given.get, ()), 32, "cpu", 3.0, 0)
    give(range(8))
    pairs = [echo.draw(16) for _ in range(6)]  # three uses of each: the next draw must wait for more
    assert (echo.drawn, echo.arrived) == (96, 32)
    give(range(8, 16))
    late = [echo.draw(16) for _ in range(6)]
    give(range(16, 17))
    echo.close()
    for numbers, negatives in pairs + late:
        assert numbers.shape == (16, 1, 3, 1)
        assert torch.equal(numbers, -negatives)
    mirrored = sum(int((numbers[:, 0, 0, 0] % 10 == 2).sum()) for numbers, _ in pairs + late)
    assert 64 < mirrored < 128
    assert all(int(number) < 330 for numbers, _ in pairs for number in numbers[:, 0, 1, 0])
    assert all(int(number) > 320 for number in late[-1][0][:, 0, 1, 0])  # the oldest were replaced


def test_an_echo_tells_that_its_source_failed() -> None:
    def source() -> Iterator[tuple[torch.Tensor, ...]]:
        yield (torch.zeros(4, 2, 2, 1),)
        raise OSError("no space")

    echo = Echo(source(), 4, "cpu", 1.0, 0)
    with pytest.raises(RuntimeError, match="no more examples"):
        list(map(echo.draw, [4] * 9))


@pytest.mark.processes
@pytest.mark.usefixtures("opencv_threads")
def test_a_loader_with_an_echo_gives_whole_batches(picture: Image) -> None:
    stored = np.pad(picture, ((16, 16), (16, 16), (0, 0)), mode="reflect")
    faces = Faces(stored[None], np.array(["a"]), np.array(["large"]), np.array([False]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "ECHOED", 16)
        patch.setattr(data, "CHUNK", 4)
        with contextlib.closing(data.loader(faces, 64, 6, 0, echo=4.0)) as batches:
            for _ in range(3):
                damaged, clean = next(batches)
                assert damaged.shape == clean.shape == (6, 3, 64, 64)
                assert float((damaged - clean).abs().mean()) < 0.5


@pytest.mark.parametrize("fused", [False, True])
def test_a_step_with_a_bad_gradient_is_skipped(fused: bool) -> None:
    network = torch.nn.Linear(2, 1)
    optimiser = torch.optim.AdamW(network.parameters(), fused=True) if fused else adamw(network, 1e-3, (0.9, 0.99))
    before = network.weight.detach().clone()
    for bad in (float("nan"), 1.0):
        network.zero_grad()
        (network(torch.ones(1, 2)) * bad).sum().backward()
        move_if_finite(network, optimiser)
        assert torch.equal(network.weight, before) == (bad != 1.0)


def test_measures_rank_better_above_worse(picture: Image) -> None:
    noisy = np.clip(picture + np.random.default_rng(0).normal(0, 20, picture.shape), 0, 255).astype(np.uint8)
    assert psnr(picture, picture) == 60
    assert 20 < psnr(noisy, picture) < 26
    assert ssim(picture, picture) == pytest.approx(1)
    assert ssim(noisy, picture) < 0.9
    assert gradient_energy(noisy) > gradient_energy(picture)


def test_the_baseline_removes_noise(picture: Image) -> None:
    noisy = np.clip(picture + np.random.default_rng(0).normal(0, 8, picture.shape), 0, 255).astype(np.uint8)
    best = max(psnr(classical(noisy, setting), picture) for setting in GRID[-8:])
    assert best > psnr(noisy, picture)


def test_new_network_changes_nothing_and_can_be_exported(tmp_path: Path) -> None:
    from magicmemory.pipeline.models.lite import load

    core = LiteCore()
    file = tmp_path / "lite.safetensors"
    assert len(write(assemble(core.state_dict()), file)) == 64
    small = torch.rand(1, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        assert torch.equal(core.change(small), torch.zeros_like(small))
        assert torch.allclose(restore_small(load(file), small, torch.ones(1)), small)


def test_training_continues_from_an_exported_file(tmp_path: Path) -> None:
    torch.manual_seed(3)
    whole = assemble(LiteCore().state_dict())
    for decoder in (whole.faithful, whole.vivid):
        torch.nn.init.normal_(decoder.head.weight, std=0.01)
    write(whole, tmp_path / "lite.safetensors")
    faithful = train.Run(tmp_path / "faithful", "cpu", 1e-3, 60, tmp_path / "lite.safetensors")
    faithful.save()
    further = vivid.Run(
        tmp_path / "vivid", tmp_path / "faithful", "cpu", 1e-3, 60, shipped=tmp_path / "lite.safetensors"
    )
    small = torch.rand(1, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        features = whole.encoder(small)
        assert (faithful.network.change(small) - whole.faithful(features)).abs().max() < 2e-3  # half precision
        assert (further.vivid(features) - whole.vivid(features)).abs().max() < 2e-3
        assert (whole.vivid(features) - whole.faithful(features)).abs().max() > 1e-2  # two different ends


def test_missing_part_is_taken_from_another_file() -> None:
    before, core = assemble(LiteCore().state_dict()), LiteCore().state_dict()
    old, new = before.state_dict(), assemble(core, rest=before).state_dict()
    assert torch.equal(new["vivid.ups.0.weight"], old["vivid.ups.0.weight"])
    assert torch.equal(new["gate.look.weight"], old["gate.look.weight"])
    assert torch.equal(new["faithful.ups.0.weight"], core["decoder.ups.0.weight"])
    assert not torch.equal(new["faithful.ups.0.weight"], old["faithful.ups.0.weight"])


def test_losses_are_finite_and_smallest_for_the_truth() -> None:
    torch.manual_seed(0)
    clean = torch.rand(2, 3, 64, 64) * 2 - 1
    near, far = clean + 0.01, clean + 0.3
    assert softening_at(0.0) > softening_at(0.3) > softening_at(0.5) == softening_at(1.0) > 0
    for soft in (softening_at(0.0), torch.tensor(softening_at(1.0))):
        assert decibel_loss(near, clean, soft) < decibel_loss(far, clean, soft)
    critic = Critic()
    right, wrong = (restorer_loss(faces, far, clean, critic) for faces in (clean, far))
    assert all(torch.isfinite(part) for part in wrong.values())
    assert all(right[name] < wrong[name] for name in ("low", "pixel", "matching"))


def test_face_pixels_weigh_more_in_aligned_faces() -> None:
    whole, part = weights_of(256, "cpu"), weights_of(128, "cpu")
    assert whole.mean() == pytest.approx(1)
    assert whole[0, 0, 70, 128] / whole[0, 0, 5, 5] == pytest.approx(FACE_WEIGHT)
    assert whole[0, 0, 140, 128] / whole[0, 0, 5, 5] == pytest.approx(FEATURE_WEIGHT)
    assert torch.equal(part, torch.ones(1, 1, 128, 128))


def test_wear_is_added_to_the_input_only(picture: Image) -> None:
    mix = ((1.0, Level("clean", 0, 0)),)
    for seed in range(12):
        worn, clean = pair(picture, np.random.default_rng(seed), mix, worn=1.0)
        again, _ = pair(picture, np.random.default_rng(seed), mix, worn=1.0)
        assert np.array_equal(worn, again)
        assert worn.shape == clean.shape
        assert not np.array_equal(wear(clean, np.random.default_rng(seed)), clean)
        hidden = (worn != clean).any(axis=2).mean()
        assert hidden < 0.35  # most of the face is there as it was
        same, target = pair(picture, np.random.default_rng(seed), mix, worn=0.0)
        assert np.array_equal(same, target)


def test_letters_are_drawn_without_changing_the_rest(picture: Image) -> None:
    before = picture.copy()
    changed = [(lettered(picture, np.random.default_rng(seed)) != picture).any(axis=2).mean() for seed in range(8)]
    assert np.array_equal(picture, before)
    assert 0 < np.mean(changed) < 0.3


def test_step_runs_on_a_device_without_graph_capture() -> None:
    weight = torch.ones(1, requires_grad=True)

    def step(x: torch.Tensor) -> torch.Tensor:
        weight.grad = None
        loss = (weight * x).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    repeated = Repeated(step, "cpu")
    for factor in (2.0, 3.0):
        loss = repeated(torch.full((4,), factor))
        assert float(loss) == 4 * factor
        assert not loss.requires_grad
        assert weight.grad is not None
        assert float(weight.grad) == 4 * factor


def test_one_decoder_can_be_trained_alone(tmp_path: Path) -> None:
    torch.manual_seed(0)  # what an untrained network makes of noise depends on its weights
    write(assemble(LiteCore().state_dict()), tmp_path / "lite.safetensors")
    run = train.Run(tmp_path / "run", "cpu", 1e-2, 60, tmp_path / "lite.safetensors", only_end=True)
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    clean = torch.rand(1, 3, 64, 64) * 2 - 1
    loss, share = run.advance(clean + 0.1, clean, 0.0)
    assert torch.isfinite(loss)
    assert 0 < share < 1
    moved = {name for name, value in run.network.state_dict().items() if not torch.equal(value, before[name])}
    assert "decoder.head.weight" in moved
    assert all(name.startswith("decoder.") for name in moved)


def test_single_end_needs_further(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["train", "faces.npz", "--out", "run", "--only-end"])
    with pytest.raises(SystemExit):
        train.main()
    assert "--only-end needs --further" in capsys.readouterr().err


def test_averaged_weights_follow_the_trained_ones() -> None:
    network, average = LiteCore(), LiteCore()
    for step in range(30):
        follow(average, network, step)
    pairs = zip(average.parameters(), network.parameters(), strict=True)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in pairs)


def test_learning_rate_rises_and_falls() -> None:
    assert rate_at(0.0, 1.0) < rate_at(0.03, 1.0) > rate_at(0.5, 1.0) > rate_at(1.0, 1.0) > 0

"""Every way a checkpoint file can be wrong has a name and one clear sentence."""

import collections
import os
import pickle
import zipfile
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from magicmemory.pipeline.models.checkpoint import (
    Checkpoint,
    NotACheckpoint,
    TruncatedCheckpoint,
    UnsafeCheckpoint,
    WrongArchitecture,
    fill,
)

PLAIN = Checkpoint("plain.pth")
WRAPPED = Checkpoint("wrapped.pth", ("params_ema", "params"), unused=("training.",))


def weights() -> dict[str, Tensor]:
    return {"0.weight": torch.arange(6.0).reshape(2, 3), "0.bias": torch.ones(2)}


class Bomb:
    """Would run a command when unpickled in the ordinary way."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch exploded",)


@pytest.mark.parametrize("new_format", [True, False])
def test_both_torch_formats_are_read(tmp_path: Path, new_format: bool) -> None:
    path = tmp_path / "plain.pth"
    torch.save(collections.OrderedDict(weights()), path, _use_new_zipfile_serialization=new_format)
    state = PLAIN.read(path)
    network = nn.Sequential(nn.Linear(3, 2))
    fill(network, state, PLAIN.file)
    assert torch.equal(network.get_parameter("0.weight"), weights()["0.weight"])


def test_averaged_weights_are_preferred_and_training_state_dropped(tmp_path: Path) -> None:
    path = tmp_path / "wrapped.pth"
    averaged = {f"module.{name}": value + 1 for name, value in weights().items()}
    torch.save({"params": weights(), "params_ema": averaged | {"module.training.x": torch.ones(1)}}, path)
    state = WRAPPED.read(path)
    assert sorted(state) == ["0.bias", "0.weight"]
    assert torch.equal(state["0.bias"], torch.full((2,), 2.0))
    torch.save({"params": weights()}, path)
    assert torch.equal(WRAPPED.read(path)["0.bias"], torch.ones(2))


def test_missing_file_raises_file_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PLAIN.read(tmp_path / "plain.pth")


@pytest.mark.parametrize("content", [b"", b"<html>404: Not Found</html>", b"\x80\x04]q\x00."])
def test_other_file_is_not_a_checkpoint(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "plain.pth"
    path.write_bytes(content)
    with pytest.raises(NotACheckpoint, match=r"plain\.pth is not a torch checkpoint"):
        PLAIN.read(path)


def test_another_archive_is_not_a_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "plain.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(NotACheckpoint, match="is an archive, but not a torch checkpoint"):
        PLAIN.read(path)


def test_a_single_tensor_is_not_a_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "plain.pth"
    torch.save(torch.ones(3), path)
    with pytest.raises(NotACheckpoint, match="holds no named weights"):
        PLAIN.read(path)


@pytest.mark.parametrize("new_format", [True, False])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_cut_file_is_reported_as_truncated(tmp_path: Path, new_format: bool, share: float) -> None:
    path = tmp_path / "plain.pth"
    torch.save({"x": torch.ones(5000)}, path, _use_new_zipfile_serialization=new_format)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(TruncatedCheckpoint, match=r"plain\.pth .*; fetch it again"):
        PLAIN.read(path)


@pytest.mark.parametrize("new_format", [True, False])
def test_pickled_code_is_refused_and_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_format: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "plain.pth"
    torch.save({"x": Bomb()}, path, _use_new_zipfile_serialization=new_format)
    with pytest.raises(UnsafeCheckpoint, match="could run code"):
        PLAIN.read(path)
    assert not Path("exploded").exists()


def test_a_plain_pickle_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "plain.pth"
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(NotACheckpoint):
        PLAIN.read(path)
    assert not Path("exploded").exists()


def test_missing_key_error_names_the_expected_keys() -> None:
    with pytest.raises(WrongArchitecture, match="under params_ema or params"):
        WRAPPED.state_for({"state_dict": weights()})


@pytest.mark.parametrize("state", [{}, {"epoch": 3}])
def test_state_without_weights_is_refused(state: dict[str, object]) -> None:
    with pytest.raises(WrongArchitecture):
        PLAIN.state_for(state)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2))
    with pytest.raises(WrongArchitecture, match=r"plain\.pth is not a checkpoint of Sequential: 2 layers missing"):
        fill(network, weights(), "plain.pth")
    with pytest.raises(
        WrongArchitecture, match=r"0 layers missing, 0 unexpected, 1 of another shape \(the first: 0\.w"
    ):
        fill(nn.Sequential(nn.Linear(4, 2)), weights(), "plain.pth")


def test_other_networks_in_a_training_checkpoint_are_dropped() -> None:
    checkpoint = Checkpoint("trained.ckpt", ("state_dict",), prefix="vqvae.")
    content = {"state_dict": {"vqvae.0.bias": torch.ones(2), "loss.discriminator.bias": torch.zeros(3)}}
    assert list(checkpoint.state_for(content)) == ["0.bias"]
    with pytest.raises(WrongArchitecture, match="names start with vqvae"):
        checkpoint.state_for({"state_dict": {"loss.discriminator.bias": torch.zeros(3)}})

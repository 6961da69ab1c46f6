"""Files come into the weights folder whole and checked, or not at all."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from magicmemory.pipeline.models.facts import Commercial, Kind, ModelFacts
from magicmemory.pipeline.models.weights import PINS, State, Weights, WeightsError, WrongFile
from tests.support.weights_server import Publisher, publisher

CONTENT = bytes(range(256)) * 12_000  # 3 MB: several chunks
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = "0" * 64


@pytest.fixture
def server() -> Iterator[Publisher]:
    with publisher() as world:
        world.files["/v1/face.pth"] = CONTENT
        yield world


@pytest.fixture
def facts(server: Publisher) -> ModelFacts:
    return ModelFacts(
        name="face",
        title="Face",
        kind=Kind.RESTORER,
        licence="MIT",
        commercial=Commercial.YES,
        file="face.pth",
        url=f"{server.url}/v1/face.pth",
        sha256=SHA256,
        size=len(CONTENT),
    )


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    return Weights(tmp_path / "weights", first_retry_s=0.001)


def names(weights: Weights) -> list[str]:
    return sorted(path.name for path in weights.folder.iterdir())


def test_a_file_is_fetched_checked_and_named(server: Publisher, facts: ModelFacts, weights: Weights) -> None:
    told: list[tuple[int, int | None]] = []
    assert not weights.is_there(facts)
    assert weights.examine(facts).state is State.MISSING
    assert weights.pull(facts, lambda *progress: told.append(progress)).state is State.VERIFIED
    assert weights.usable(facts).read_bytes() == CONTENT
    assert weights.is_there(facts)
    assert names(weights) == ["face.pth"]
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert told == sorted(told)
    weights.pull(facts)
    assert len(server.asked) == 1, "what is here is not fetched again"


def test_interrupted_download_resumes(server: Publisher, facts: ModelFacts, weights: Weights) -> None:
    server.cut_after = [1_500_000, 700_000]
    assert weights.pull(facts).state is State.VERIFIED
    ranges = [asked for _, asked in server.asked]
    assert ranges[0] is None
    assert len(ranges) == 3
    starts = [int((asked or "bytes=0-")[6:-1]) for asked in ranges]
    assert 0 < starts[1] <= 1_500_000 < starts[2] <= 2_200_000


def test_partial_file_of_an_earlier_run_resumes(server: Publisher, facts: ModelFacts, weights: Weights) -> None:
    weights.folder.mkdir()
    (weights.folder / "face.pth.part").write_bytes(CONTENT[:1_000_000])
    assert weights.pull(facts).state is State.VERIFIED
    assert server.asked == [("/v1/face.pth", "bytes=1000000-")]


def test_complete_partial_file_is_renamed(server: Publisher, facts: ModelFacts, weights: Weights) -> None:
    weights.folder.mkdir()
    (weights.folder / "face.pth.part").write_bytes(CONTENT)
    assert weights.pull(facts).state is State.VERIFIED


@pytest.mark.parametrize("left", [b"of another file", CONTENT + b"and more"])
def test_wrong_partial_file_is_downloaded_again(facts: ModelFacts, weights: Weights, left: bytes) -> None:
    weights.folder.mkdir()
    (weights.folder / "face.pth.part").write_bytes(left)
    assert weights.pull(facts).state is State.VERIFIED


def test_an_end_without_a_length_is_noticed(server: Publisher, facts: ModelFacts, weights: Weights) -> None:
    server.length_told = False
    server.cut_after = [2_000_000]
    assert weights.pull(facts).state is State.VERIFIED
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [503, 429, 500])
def test_server_errors_are_retried(server: Publisher, facts: ModelFacts, weights: Weights, status: int) -> None:
    server.statuses = [status, status]
    assert weights.pull(facts).state is State.VERIFIED
    assert len(server.asked) == 3


def test_missing_file_is_not_retried(server: Publisher, facts: ModelFacts, weights: Weights) -> None:
    server.files.clear()
    with pytest.raises(WeightsError) as caught:
        weights.pull(facts)
    assert len(server.asked) == 1
    assert str(caught.value) == (
        f"{facts.url} cannot be fetched: the server answers 404; fetch it elsewhere and run "
        "`magicmemory models pull face --from FILE`."
    )


@pytest.mark.parametrize(
    ("url", "reason"),
    [("http://127.0.0.1:9/face.pth", "refused"), ("ftp://example.org/face.pth", "protocol"), ("http://[", "http://[")],
)
def test_unreachable_server_is_one_sentence(facts: ModelFacts, weights: Weights, url: str, reason: str) -> None:
    with pytest.raises(WeightsError, match="cannot be fetched") as caught:
        weights.pull(replace(facts, url=url))
    assert reason in str(caught.value)


def test_a_wrong_file_never_gets_the_name(server: Publisher, facts: ModelFacts, weights: Weights) -> None:
    server.files["/v1/face.pth"] = b"<html>Please log in</html>" * 200_000
    with pytest.raises(WrongFile) as caught:
        weights.pull(facts)
    assert str(caught.value).startswith(f"What {facts.url} holds is not face.pth: its SHA-256 is ")
    assert names(weights) == []


def test_redirects_are_followed(server: Publisher, facts: ModelFacts, weights: Weights) -> None:
    server.redirects["/v1/face.pth"] = f"{server.url}/storage/face.pth"
    server.files["/storage/face.pth"] = CONTENT
    server.cut_after = [1_000_000]
    assert weights.pull(facts).state is State.VERIFIED
    assert [path for path, _ in server.asked] == ["/v1/face.pth", "/storage/face.pth"] * 2


def test_mirror_is_used(server: Publisher, facts: ModelFacts, tmp_path: Path) -> None:
    server.files["/mirror/face.pth"] = CONTENT
    weights = Weights(tmp_path, mirror=f"{server.url}/mirror/")
    assert weights.pull(replace(facts, url="http://127.0.0.1:9/never")).state is State.VERIFIED
    assert server.asked == [("/mirror/face.pth", None)]


def test_proxy_is_used(server: Publisher, facts: ModelFacts, tmp_path: Path) -> None:
    weights = Weights(tmp_path, proxy=server.url)
    assert weights.pull(replace(facts, url="http://far.example/v1/face.pth")).state is State.VERIFIED
    assert server.asked == [("http://far.example/v1/face.pth", None)]


def test_file_copied_by_hand_is_accepted(facts: ModelFacts, weights: Weights, tmp_path: Path) -> None:
    (tmp_path / "usb.pth").write_bytes(CONTENT)
    assert weights.adopt(facts, tmp_path / "usb.pth").state is State.VERIFIED
    assert (tmp_path / "usb.pth").exists()
    assert weights.usable(facts).read_bytes() == CONTENT
    (tmp_path / "usb.pth").write_bytes(CONTENT[:-1])
    with pytest.raises(WrongFile, match=r"is not face\.pth"):
        weights.adopt(facts, tmp_path / "usb.pth")
    with pytest.raises(WeightsError, match=r"nowhere.pth cannot be copied to .*: No such file"):
        weights.adopt(facts, tmp_path / "nowhere.pth")
    assert names(weights) == ["face.pth"], "a refused file leaves the good one, and nothing of its own"


def test_missing_and_wrong_files_are_one_sentence(facts: ModelFacts, weights: Weights) -> None:
    with pytest.raises(WeightsError) as missing:
        weights.usable(facts)
    assert str(missing.value) == f"face.pth is not in {weights.folder}: run `magicmemory models pull face`."
    weights.folder.mkdir()
    (weights.folder / "face.pth").write_bytes(CONTENT[:1000])
    with pytest.raises(WeightsError) as short:
        weights.usable(facts)
    assert f"it ends after 1000 of {len(CONTENT)} bytes: run `magicmemory models pull face`" in str(short.value)
    (weights.folder / "face.pth").write_bytes(b"x" * len(CONTENT))
    with pytest.raises(WeightsError, match=rf"its SHA-256 is [0-9a-f]{{64}}, not {SHA256}: run"):
        weights.usable(facts)
    assert weights.pull(facts).state is State.VERIFIED, "a pull replaces it"


def test_file_without_a_published_hash_needs_a_pin(facts: ModelFacts, weights: Weights) -> None:
    unknown = replace(facts, sha256=None, size=None)
    assert weights.pull(unknown).sha256 == SHA256
    assert not weights.is_there(unknown)
    with pytest.raises(WeightsError) as caught:
        weights.usable(unknown)
    assert f"`magicmemory models pin face {SHA256}`" in str(caught.value)
    weights.pin(unknown, SHA256.upper())
    assert weights.is_there(unknown)
    assert weights.usable(unknown).is_file()
    assert (weights.folder / PINS).read_text() == f"{SHA256}  face.pth\n"
    weights.pin(unknown, OTHER)
    assert weights.examine(unknown).state is State.WRONG


def test_a_pin_is_a_hash_and_replaces_no_published_one(facts: ModelFacts, weights: Weights) -> None:
    with pytest.raises(WeightsError, match="is published, and cannot be replaced"):
        weights.pin(facts, OTHER)
    with pytest.raises(WeightsError, match="'abc' is no SHA-256"):
        weights.pin(replace(facts, sha256=None), "abc")


def test_downloaded_file_must_match_the_pinned_hash(server: Publisher, facts: ModelFacts, weights: Weights) -> None:
    unknown = replace(facts, sha256=None)
    weights.pin(unknown, OTHER)
    with pytest.raises(WrongFile):
        weights.pull(unknown)


def test_pins_can_be_written_by_sha256sum(facts: ModelFacts, weights: Weights) -> None:
    weights.folder.mkdir()
    (weights.folder / PINS).write_text(f"{OTHER} *face.pth\n\nnonsense\n")
    assert weights.wanted(replace(facts, sha256=None)) == OTHER


def test_unverified_files_are_used_with_a_warning(
    facts: ModelFacts, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    weights = Weights(tmp_path, allow_unverified=True)
    (tmp_path / "face.pth").write_bytes(b"made up")
    with caplog.at_level(logging.WARNING):
        assert weights.usable(facts) == tmp_path / "face.pth"
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'face.pth'} is used WITHOUT a check of its hash: MAGIC_ALLOW_UNVERIFIED_WEIGHTS is set"
    ]
    with pytest.raises(WeightsError, match="is not in"):
        weights.usable(replace(facts, file="other.pth"))


def test_manual_download_is_explained(facts: ModelFacts, weights: Weights) -> None:
    with pytest.raises(WeightsError, match=r"No program can fetch face.pth .* --from FILE"):
        weights.pull(replace(facts, url=None))


def test_uncreatable_folder_is_one_sentence(facts: ModelFacts, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WeightsError, match="cannot be written to"):
        Weights(tmp_path / "file").pull(facts)

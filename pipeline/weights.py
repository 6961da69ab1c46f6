"""The weights folder: checkpoints that other projects publish, fetched on request and checked before they are used.

A file gets its name only when its hash is right. Where no hash was ever published, the operator pins one: the folder's
own `SHA256SUMS` lists such hashes. Nothing here runs while a photo is restored.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

import httpx

from magicmemory.core.errors import OperatorError

PINS: Final = "SHA256SUMS"
CHUNK: Final = 1 << 20
TRIES: Final = 5
FIRST_RETRY_S: Final = 1.0
TIMEOUT_S: Final = 30.0

Progress = Callable[[int, int | None], None]
"""Told how many bytes are there, and how many there will be (None while unknown)."""


class WeightsError(OperatorError):
    """A checkpoint cannot be had or used; the message is one sentence for the operator."""


class Published(Protocol):
    """What is known of a checkpoint file.

    Attributes:
        name: the model's name.
        file: the file's name; None: the model has no file of its own.
        url: where it is published.
        sha256: its hash; None: its publisher told none.
        size: bytes.
    """

    @property
    def name(self) -> str: ...
    @property
    def file(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def sha256(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...


class State(StrEnum):
    """What the folder holds of a model."""

    MISSING = "missing"
    VERIFIED = "verified"  # its hash is the published or the pinned one
    UNVERIFIED = "unverified"  # no hash to compare with
    WRONG = "wrong"  # another hash, or cut off


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was looked at. `sha256` is what was computed; empty where the file is missing."""

    state: State
    sha256: str = ""


class Weights:
    """The folder, and how files come into it."""

    def __init__(
        self, folder: Path, *, allow_unverified: bool = False, mirror: str = "", proxy: str | None = None
    ) -> None:
        """
        Args:
            folder: where the files lie; made at the first fetch.
            allow_unverified: use files whatever their hash: for measurements with made-up weights.
            mirror: an address that stands in for the publishers': `<mirror>/<file>` is fetched.
            proxy: fetch through this; None: as the environment says.
        """
        self.folder = folder
        self._allow_unverified = allow_unverified
        self._mirror = mirror.rstrip("/")
        self._proxy = proxy

    def path(self, model: Published) -> Path:
        """Where a model's file lies, or would lie."""
        return self.folder / (model.file or "")

    def examine(self, model: Published) -> Examined:
        """Hash a model's file and compare."""
        path = self.path(model)
        if not path.is_file():
            return Examined(State.MISSING)
        found, wanted = sha256_of(path), self.wanted(model)
        if wanted is None:
            return Examined(State.UNVERIFIED, found)
        return Examined(State.VERIFIED if found == wanted else State.WRONG, found)

    def wanted(self, model: Published) -> str | None:
        """The hash a model's file must have: the published one, else the pinned one, else None."""
        return model.sha256 or self._pins().get(model.file or "")

    def usable(self, model: Published) -> Path:
        """The path of a model's file that may be loaded.

        Raises:
            WeightsError: it is missing, wrong, or of an unknown hash.
        """
        path = self.path(model)
        if self._allow_unverified and path.is_file():
            return path
        found = self.examine(model)
        if found.state is State.MISSING:
            raise WeightsError(f"{path.name} is not in {self.folder}: run `magicmemory models pull {model.name}`.")
        if found.state is State.WRONG:
            reason = f"its SHA-256 is {found.sha256}, not {self.wanted(model)}"
            if model.size is not None and path.stat().st_size < model.size:
                reason = f"it has {path.stat().st_size} of {model.size} bytes"
            raise WeightsError(
                f"{path} is not the published file: {reason}. Delete it and run `magicmemory models pull {model.name}`."
            )
        if found.state is State.UNVERIFIED:
            raise WeightsError(
                f"No hash of {path.name} was ever published; yours is {found.sha256}. If you trust it, run "
                f"`magicmemory models pin {model.name} {found.sha256}`."
            )
        return path

    def pin(self, model: Published, sha256: str) -> None:
        """Trust this hash for a model whose publisher told none.

        Raises:
            WeightsError: there is a published hash, or this is none.
        """
        if model.sha256:
            raise WeightsError(f"The hash of {model.file} is published, and cannot be replaced by another.")
        sha256 = sha256.strip().lower()
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise WeightsError(f"{sha256!r} is no SHA-256: it has 64 hexadecimal digits.")
        pins = {**self._pins(), model.file or "": sha256}
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / PINS).write_text("".join(f"{hash_}  {file}\n" for file, hash_ in sorted(pins.items())))

    def adopt(self, model: Published, file: Path) -> Examined:
        """Copy a file that came another way, for machines without a network.

        Raises:
            WeightsError: it cannot be read, or is not the published one.
        """
        if not file.is_file():
            raise WeightsError(f"There is no file {file}.")
        part = self._part(model)
        self.folder.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as source, part.open("wb") as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
        return self._name_it(model, part, str(file))

    def pull(self, model: Published, progress: Progress | None = None) -> Examined:
        """Fetch a model's file, going on where an earlier try stopped.

        Raises:
            WeightsError: it cannot be had, or what came is not the published one.
        """
        if self.examine(model).state is State.VERIFIED:
            return self.examine(model)
        url = f"{self._mirror}/{model.file}" if self._mirror else model.url
        if not url:
            raise WeightsError(f"{model.name} is not published anywhere; put {model.file} into {self.folder}.")
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self._part(model)
        reason = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(FIRST_RETRY_S * 2 ** (attempt - 1))
            try:
                self._fetch(url, part, progress)
                return self._name_it(model, part, url)
            except httpx.HTTPStatusError as error:
                reason = f"the server answers {error.response.status_code}"
                if error.response.status_code < 500 and error.response.status_code != 429:
                    break
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
        raise WeightsError(
            f"{url} cannot be fetched: {reason}. Fetch it elsewhere and run "
            f"`magicmemory models pull {model.name} --from FILE`."
        )

    def _fetch(self, url: str, part: Path, progress: Progress | None) -> None:
        there = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={there}-"} if there else {}
        with (
            httpx.Client(proxy=self._proxy, timeout=TIMEOUT_S, follow_redirects=True) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                return  # it is whole already; its hash will tell
            answer.raise_for_status()
            if answer.status_code != httpx.codes.PARTIAL_CONTENT:
                there = 0
            length = answer.headers.get("Content-Length")
            total = there + int(length) if length else None
            with part.open("ab" if there else "wb") as file:
                for chunk in answer.iter_bytes(CHUNK):
                    file.write(chunk)
                    there += len(chunk)
                    if progress is not None:
                        progress(there, total)

    def _name_it(self, model: Published, part: Path, source: str) -> Examined:
        """Give a whole file its name if its hash is right; delete it if it is wrong."""
        found, wanted = sha256_of(part), self.wanted(model)
        if wanted is not None and found != wanted:
            part.unlink()
            raise WeightsError(f"What {source} holds is not {model.file}: its SHA-256 is {found}, not {wanted}.")
        part.replace(self.path(model))
        return Examined(State.VERIFIED if wanted else State.UNVERIFIED, found)

    def _part(self, model: Published) -> Path:
        return self.path(model).with_name(f"{model.file}.part")

    def _pins(self) -> dict[str, str]:
        path = self.folder / PINS
        lines = path.read_text().splitlines() if path.is_file() else []
        return {file: hash_ for hash_, file in (line.split(maxsplit=1) for line in lines if line.strip())}


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

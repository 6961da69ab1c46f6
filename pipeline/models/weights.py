"""The weights folder: checkpoints that other projects publish, fetched on request and checked before they are used.

A file gets its name only when its hash is right. Where no hash was ever published, the operator pins one: the folder's
own `SHA256SUMS` lists such hashes. Nothing here runs while a photo is restored.
"""

import hashlib
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from magicmemory.core.errors import OperatorError
from magicmemory.core.settings import Settings
from magicmemory.pipeline.models.facts import ModelFacts

log = logging.getLogger(__name__)

PINS: Final = "SHA256SUMS"
TRIES: Final = 5
TIMEOUT_S: Final = 30.0

DownloadProgress = Callable[[int, int | None], None]
"""Told how many bytes are there, and how many there will be (None while unknown)."""


class WeightsError(OperatorError):
    """A checkpoint cannot be fetched or used; the message is one sentence for the operator."""


class WrongFile(WeightsError):
    """The fetched or given file is not the published one."""


class State(StrEnum):
    """The state of a model's file in the folder."""

    MISSING = "missing"
    VERIFIED = "verified"  # its hash is the published or the pinned one
    UNVERIFIED = "unverified"  # no hash to compare with
    WRONG = "wrong"  # another hash, or cut off


@dataclass(frozen=True, slots=True)
class Examined:
    """The result of a check. `sha256` is the computed hash; empty where the file is missing."""

    state: State
    sha256: str = ""


class Weights:
    """The weights folder: it checks, fetches, copies and removes files."""

    def __init__(
        self,
        folder: Path,
        *,
        allow_unverified: bool = False,
        mirror: str = "",
        proxy: str = "",
        first_retry_s: float = 1.0,
    ) -> None:
        """
        Args:
            folder: where the files lie; made at the first fetch.
            allow_unverified: use files with any hash: for measurements with random weights.
            mirror: an address that stands in for the publishers': `<mirror>/<file>` is fetched.
            proxy: fetch through this; empty: as the environment says.
            first_retry_s: how long to wait before the second try; each further wait is twice as long.
        """
        self.folder = folder
        self._allow_unverified = allow_unverified
        self._mirror = mirror.rstrip("/")
        self._proxy = proxy or None
        self._first_retry_s = first_retry_s

    @classmethod
    def of(cls, settings: Settings) -> "Weights":
        """The folder that the settings name."""
        return cls(
            settings.weights,
            allow_unverified=settings.allow_unverified_weights,
            mirror=settings.weights_mirror,
            proxy=settings.weights_proxy,
        )

    def path(self, model: ModelFacts) -> Path:
        """Where a model's file lies, or would lie."""
        return self.folder / (model.file or "")

    @property
    def allows_unverified(self) -> bool:
        """Whether files with any hash are used."""
        return self._allow_unverified

    def is_there(self, model: ModelFacts) -> bool:
        """Whether a model's file lies here with a hash to check it against. Reads no more than the folder: the file
        itself is checked when it is loaded.
        """
        return self.path(model).is_file() and (self._allow_unverified or self.wanted(model) is not None)

    def examine(self, model: ModelFacts) -> Examined:
        """Hash a model's file and compare."""
        path = self.path(model)
        if not path.is_file():
            return Examined(State.MISSING)
        found, wanted = sha256_of(path), self.wanted(model)
        if wanted is None:
            return Examined(State.UNVERIFIED, found)
        return Examined(State.VERIFIED if found == wanted else State.WRONG, found)

    def wanted(self, model: ModelFacts) -> str | None:
        """The hash a model's file must have: the published one, else the pinned one, else None."""
        return model.sha256 or self._pins().get(model.file or "")

    def usable(self, model: ModelFacts) -> Path:
        """The path of a model's file after its hash was checked.

        Raises:
            WeightsError: it is missing, wrong, or of an unknown hash.
        """
        path = self.path(model)
        if self._allow_unverified and path.is_file():
            log.warning("%s is used WITHOUT a check of its hash: MAGIC_ALLOW_UNVERIFIED_WEIGHTS is set", path)
            return path
        found = self.examine(model)
        if found.state is not State.VERIFIED:
            raise WeightsError(self.sentence(model, found))
        return path

    def sentence(self, model: ModelFacts, found: Examined) -> str:
        """A sentence for the operator: what is wrong with a file and what to do; empty where nothing is wrong."""
        path = self.path(model)
        pull = f"`magicmemory models pull {model.name}`"
        if found.state is State.MISSING:
            return f"{path.name} is not in {self.folder}: run {pull}."
        if found.state is State.UNVERIFIED:
            return (
                f"No hash of {path.name} was ever published; yours is {found.sha256}: if you trust the file, run "
                f"`magicmemory models pin {model.name} {found.sha256}`."
            )
        if found.state is State.WRONG:
            reason = f"its SHA-256 is {found.sha256}, not {self.wanted(model)}"
            size = path.stat().st_size
            if model.size is not None and size < model.size:
                reason = f"it ends after {size} of {model.size} bytes"
            return f"{path} is not the published file, for {reason}: run {pull} to fetch it again."
        return ""

    def pin(self, model: ModelFacts, sha256: str) -> None:
        """Trust this hash for a model whose publisher stated none.

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

    def adopt(self, model: ModelFacts, file: Path) -> Examined:
        """Copy a file into the folder, for machines without a network.

        Raises:
            WeightsError: it cannot be read, or is not the published one.
        """
        part = self._part(model).with_suffix(".adopted")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, part)
        except OSError as error:
            raise WeightsError(f"{file} cannot be copied to {self.folder}: {error.strerror or error}.") from error
        return self._name_it(model, part, str(file))

    def remove(self, model: ModelFacts) -> int:
        """Delete a model's file and what a stopped download left; returns the bytes that are free now.

        A pinned hash stays: it is what the operator trusts.

        Raises:
            WeightsError: a file cannot be deleted.
        """
        freed = 0
        for path in (self.path(model), self._part(model)):
            try:
                size = path.stat().st_size
                path.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise WeightsError(f"{path} cannot be deleted: {error.strerror or error}.") from error
            freed += size
        return freed

    def pull(self, model: ModelFacts, progress: DownloadProgress | None = None) -> Examined:
        """Fetch a model's file. A stopped download is resumed.

        Raises:
            WeightsError: it cannot be fetched, or it is not the published file.
        """
        found = self.examine(model)
        if found.state in (State.VERIFIED, State.UNVERIFIED):
            return found
        url = f"{self._mirror}/{model.file}" if self._mirror else model.url
        if not url:
            raise WeightsError(
                f"No program can fetch {model.file} from its publisher: fetch it yourself, see docs/models.md, and run "
                f"`magicmemory models pull {model.name} --from FILE`."
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return self._pull(model, url, progress)
        except OSError as error:
            raise WeightsError(f"{self.folder} cannot be written to: {error.strerror or error}.") from error

    def _pull(self, model: ModelFacts, url: str, progress: DownloadProgress | None) -> Examined:
        import httpx  # a worker fetches nothing, and needs none of what this imports

        part = self._part(model)
        reason = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(self._first_retry_s * 2 ** (attempt - 1))
            resumed = part.exists()
            try:
                self._fetch(url, part, model.size, progress)
                return self._name_it(model, part, url)
            except WrongFile as error:
                # What an earlier try left may be of another file: then all of it once more.
                if not resumed:
                    raise
                reason = str(error).removesuffix(".")
            except httpx.HTTPStatusError as error:
                reason = f"the server answers {error.response.status_code}"
                if error.response.status_code < 500 and error.response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                    break
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                reason = str(error) or type(error).__name__
        raise WeightsError(
            f"{url} cannot be fetched: {reason}; fetch it elsewhere and run "
            f"`magicmemory models pull {model.name} --from FILE`."
        )

    def _fetch(self, url: str, part: Path, size: int | None, progress: DownloadProgress | None) -> None:
        import httpx

        there = part.stat().st_size if part.exists() else 0
        # Compressed on the way, a file could not be gone on with in its middle.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={there}-"} if there else {})
        with (
            httpx.Client(proxy=self._proxy, timeout=TIMEOUT_S, follow_redirects=True) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            if there and answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                return  # it is whole already; its hash will tell
            answer.raise_for_status()
            if answer.status_code != httpx.codes.PARTIAL_CONTENT:
                there = 0
            length = answer.headers.get("Content-Length")
            total = there + int(length) if length else size
            with part.open("ab" if there else "wb") as file:
                for chunk in answer.iter_raw():
                    file.write(chunk)
                    there += len(chunk)
                    if progress is not None:
                        progress(there, total)
        if total is not None and there < total:  # a server that tells no length can end early unnoticed
            raise httpx.RemoteProtocolError(f"it ended after {there} of {total} bytes")

    def _name_it(self, model: ModelFacts, part: Path, source: str) -> Examined:
        """Rename a complete file to its final name if its hash is right; delete it if it is wrong."""
        found, wanted = sha256_of(part), self.wanted(model)
        if wanted is not None and found != wanted:
            part.unlink()
            raise WrongFile(f"What {source} holds is not {model.file}: its SHA-256 is {found}, not {wanted}.")
        part.replace(self.path(model))
        return Examined(State.VERIFIED if wanted else State.UNVERIFIED, found)

    def _part(self, model: ModelFacts) -> Path:
        return self.path(model).with_name(f"{model.file}.part")

    def _pins(self) -> dict[str, str]:
        path = self.folder / PINS
        lines = path.read_text().splitlines() if path.is_file() else []
        pairs = (line.split(maxsplit=1) for line in lines)
        # `sha256sum` writes an asterisk before the name where it read a file as binary.
        return {pair[1].removeprefix("*"): pair[0].lower() for pair in pairs if len(pair) == 2}


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

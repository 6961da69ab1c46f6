"""`make audit DATABASE=FILE`: known weaknesses in what the images install, from a copy of OSV's database.

The file is OSV's export for PyPI: a ZIP with one JSON file an advisory
(https://ossf.github.io/osv-schema/ describes them).
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT: Final = Path(__file__).parents[1]
LOCKS: Final = ("bot", "worker")
_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pinned() -> dict[str, set[str]]:
    """The versions of each package in the locks."""
    found: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in _PIN.findall((ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")):
            found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def weaknesses(database: Path, versions: dict[str, set[str]]) -> Iterator[tuple[str, str, str]]:
    """Package, version and advisory of each known weakness.

    Raises:
        SystemExit: the file is no copy of OSV's database, so no answer would be good news.
    """
    advisories = 0
    try:
        with zipfile.ZipFile(database) as packed:
            for name in packed.namelist():
                advisory = json.loads(packed.read(name))
                advisories += 1
                if not advisory.get("withdrawn"):
                    yield from _of_advisory(advisory, versions)
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise SystemExit(f"{database} cannot be read as a copy of OSV's database: {error}.") from None
    if not advisories:
        raise SystemExit(f"{database} has no advisories.")


def _of_advisory(advisory: dict[str, Any], versions: dict[str, set[str]]) -> Iterator[tuple[str, str, str]]:
    for affected in advisory.get("affected", ()):
        package = affected.get("package", {})
        name = canonicalize_name(package.get("name", ""))
        if package.get("ecosystem") == "PyPI":
            for version in sorted(versions.get(name, ())):
                if version in affected.get("versions", ()) or _in_ranges(Version(version), affected.get("ranges", ())):
                    yield name, version, advisory["id"]


def _in_ranges(version: Version, ranges: list[dict[str, Any]]) -> bool:
    return any(_in_range(version, one.get("events", ())) for one in ranges if one.get("type") == "ECOSYSTEM")


def _in_range(version: Version, events: list[dict[str, str]]) -> bool:
    """Whether the version lies after an `introduced` event and before the `fixed` one, or up to the `last_affected`."""
    inside = False
    for event in events:  # in order, by the schema
        [(kind, text)] = event.items()
        try:
            limit = Version(text)
        except InvalidVersion:
            continue
        if kind == "introduced" and version >= limit:
            inside = True
        elif (kind == "fixed" and version >= limit) or (kind == "last_affected" and version > limit):
            inside = False
    return inside


def main(database: Path) -> int:
    """Print the weaknesses; the status is 1 if there is one."""
    versions = pinned()
    found = sorted(set(weaknesses(database, versions)))
    for name, version, advisory in found:
        print(f"{name} {version}: {advisory}, https://osv.dev/{advisory}")
    print(f"{len(versions)} packages, {len(found)} known weaknesses")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

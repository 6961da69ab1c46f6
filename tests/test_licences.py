"""Every run-time dependency has an allowed licence, and docs/licences.md lists it."""

import re
from contextlib import suppress
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from magicmemory.core.errors import KindUnsupported
from magicmemory.pipeline.imaging import readers
from magicmemory.pipeline.imaging.decode import DecodeLimits, decode
from tests import licences
from tests.support.photo_files import COLOUR, NEWER

PAGE = (Path(__file__).parents[1] / "docs" / "licences.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \| ", PAGE, re.MULTILINE))


def test_the_page_lists_what_the_images_install() -> None:
    assert set(ROWS) - {"package"} == set(licences.packages()), "make licences"


@pytest.mark.parametrize("package", licences.packages())
def test_its_licence_is_allowed(package: str) -> None:
    stated = {ROWS[package]}
    with suppress(PackageNotFoundError):  # then the page's word counts
        stated.add(licences.licence(package))
    for expression in stated:
        foreign = {part for part in licences.parts(expression) if part not in licences.ALLOWED}
        assert foreign <= {licences.LEAVABLE.get(package)}, f"{package} is under {expression}"


@pytest.mark.parametrize(("kind", "name"), [("HEIF", "HEIC"), ("JXL", "JPEG XL")])
def test_an_image_without_the_gpl_refuses_their_files_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    monkeypatch.delitem(readers._OPENERS, kind)
    data = next(make() for of_kind, make, _ in (*COLOUR.values(), *NEWER.values()) if of_kind == kind)
    with pytest.raises(KindUnsupported) as refused:
        decode(data, DecodeLimits(20_000_000, 2_000_000))
    assert refused.value.parameters == {"kind": name}

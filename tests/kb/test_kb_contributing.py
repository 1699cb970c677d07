"""The pictures of CONTRIBUTING are there, light, described, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / ".github" / "pictures"
PAGES = ("CONTRIBUTING.md", "CONTRIBUTING.zh-Hant.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_is_there_and_described(page: str) -> None:
    found = re.findall(r"!\[(.*?)\]\((.+?)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert len(found) >= 7
    for alt, address in found:
        assert len(alt) > 20
        assert 0 < (ROOT / address).stat().st_size < 120_000


def test_no_picture_is_left_over_or_loads_from_elsewhere() -> None:
    text = "".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    for picture in PICTURES.iterdir():
        assert picture.name in text
        if picture.suffix == ".svg":
            assert not re.search(r"url\((?!#)|href=|@import", picture.read_text(encoding="utf-8"))

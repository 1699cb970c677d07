"""The valid case that tests of kb start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from kb_samples import VALID, write


@pytest.fixture(scope="session")
def valid_text() -> str:
    return VALID.read_text(encoding="utf-8")


@pytest.fixture
def casebook(tmp_path: Path, valid_text: str) -> Path:
    """A casebook of two cases, of one country each, that a test may change."""
    folder = tmp_path / "cases"
    write(folder / "jp" / "jp-fukui-sabae-example.md", valid_text)
    other = (
        valid_text.replace("jp-fukui-sabae-example", "tw-pingtung-donggang-example")
        .replace("aliases: [sabae-old, jp-sabae]\n", "")
        .replace("country: JP", "country: TW")
        .replace("lat: 35.96", "lat: 22.47")
        .replace("lon: 136.18", "lon: 120.45")
        .replace("updated: 2026-11-22", "updated: 2026-11-23")
        .replace("setting: industrial-city", "setting: fishing-village")
        .replace("plan_kind: sme-support\n", "")
        .replace("plan_category: local-business", "plan_category: tourism")
        .replace("  talent: 與大學合辦研修\n", "")
    )
    write(folder / "tw" / "tw-pingtung-donggang-example.md", other)
    return folder

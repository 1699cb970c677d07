"""The measurement of a build knows the stages that a build has."""

from __future__ import annotations

from pathlib import Path

from bench.speed import build_afresh


def test_every_stage_of_a_build_is_timed(casebook_dir: Path, tmp_path: Path) -> None:
    measured = build_afresh(casebook_dir, tmp_path / "index", "fast")
    assert measured["published"]
    stages = measured["stages"]
    for stage in ("reading cases", "vectors", "tokens and terms", "catalogue", "publishing"):
        assert stages[stage]["clock"] > 0
    assert stages["the whole build"]["clock"] <= measured["process"]

"""Searchers over the shared indexes, and a casebook that a test may change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from indexer_samples import SABAE, Copy

from indexer.live import open_published
from indexer.search import Searcher


@pytest.fixture(scope="session")
def searcher(index_dir: Path) -> Searcher:
    """The small casebook, indexed by the fast encoder."""
    return open_published(index_dir)


@pytest.fixture(scope="session")
def full_searcher(full_index_dir: Path) -> Searcher:
    """The small casebook, indexed at full quality."""
    return open_published(full_index_dir)


@pytest.fixture
def copy_of(casebook_dir: Path, tmp_path: Path) -> Copy:
    """Makes a casebook of the named cases that the test may change (Sabae's alone if none)."""

    def copy_of(*case_ids: str) -> Path:
        folder = tmp_path / "cases"
        for case_id in case_ids or (SABAE,):
            source = next(casebook_dir.rglob(f"{case_id}.md"))
            (folder / source.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / source.parent.name)
        return folder

    return copy_of

"""Keeping an index current with the files: a builder that stays, with its encoders loaded.

A fresh process spends two seconds on loading encoders and dictionary before it can embed one
changed passage; this one publishes within a second of an edit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from indexer.build import BuildReport, build_index
from indexer.errors import IndexBusy, IndexerError
from kb.casebook import case_paths
from kb.errors import KbError

INTERVAL = 0.5  # seconds between two looks at the files

Snapshot = frozenset[tuple[str, int, int]]


def snapshot(cases_dir: Path) -> Snapshot:
    """Name, time of change and size of every case file."""
    seen = []
    for path in case_paths(cases_dir):
        try:
            state = path.stat()
        except OSError:  # removed between listing and looking
            continue
        seen.append((str(path), state.st_mtime_ns, state.st_size))
    return frozenset(seen)


def watch(
    cases_dir: Path,
    index_dir: Path,
    encoder: str,
    done: Callable[[BuildReport | KbError | IndexerError], None],
    going_on: Callable[[], bool] = lambda: True,
) -> None:
    """Build now, and again whenever a case file changes, until ``going_on`` says no.

    ``done`` gets each report, or the error that kept a build from being published: the
    generation before stays published, and the next change is another try.
    """
    seen: Snapshot | None = None
    while going_on():
        now = snapshot(cases_dir)
        if now != seen:
            seen = now
            try:
                done(build_index(cases_dir, index_dir, encoder))
            except IndexBusy:
                seen = None
            except (KbError, IndexerError) as error:
                done(error)
        time.sleep(INTERVAL)

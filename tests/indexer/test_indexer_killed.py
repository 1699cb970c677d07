"""``kill -9`` at any instant of indexing leaves a whole generation that opens and answers."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from indexer_samples import DONGGANG, NISHIAWAKURA, SABAE, Copy, add_lesson

from indexer.generation import Generations
from indexer.live import open_published
from indexer.search import Query

KILLS = 50
ROOT = Path(__file__).parents[2]


class Builder:
    """The program that builds and is killed."""

    def __init__(self, cases: Path, index: Path) -> None:
        command = [sys.executable, Path(__file__).with_name("indexer_killed.py"), cases, index]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1"},
        )  # fmt: skip
        assert self._line() == "ready"

    def build(self, seconds: float = 0) -> tuple[float, int]:
        """(how long it lived, exit status) of a build that may live so long."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        lived, status = self._line().split()
        return float(lived), int(status)

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@pytest.fixture
def cases(copy_of: Copy) -> Path:
    return copy_of(SABAE, NISHIAWAKURA, DONGGANG)


@pytest.fixture
def builder(cases: Path, tmp_path: Path) -> Iterator[Builder]:
    builder = Builder(cases, tmp_path / "index")
    yield builder
    builder.process.stdin.close()
    builder.process.wait(timeout=30)


def lesson(number: int) -> str:
    """A lesson in words of its own, for a case must differ before each build."""
    return f"第 {chr(0x4E00 + 7 * number)}{chr(0x4E00 + 11 * number)} 回的心得。"


def test_killed_at_random_instants(builder: Builder, cases: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    random = np.random.default_rng(2)
    lived = []
    for number in range(3):  # how long a build takes: the quickest, so that those below are killed
        add_lesson(cases, DONGGANG, lesson(KILLS + number))
        seconds, status = builder.build()
        assert status == 0
        lived.append(seconds)
    whole = min(lived)
    published = Generations(index).published()
    killed = moved = 0
    for number in range(KILLS):
        add_lesson(cases, DONGGANG, lesson(number))
        # Half of the instants anywhere, half in the last part, where files are published.
        first = 0.0 if number % 2 else 0.6
        _, status = builder.build(random.uniform(first, 1.1) * whole + 0.001)
        assert status in (0, -signal.SIGKILL)
        killed += status == -signal.SIGKILL

        searcher = open_published(index)
        assert searcher.search(Query(q="Sabae")).hits[0].case_id == SABAE
        assert searcher.manifest.cases == 3
        generations = Generations(index)
        listed = generations.newest_first()
        assert listed[0] == searcher.manifest.generation, "the published one itself opens"
        assert listed[0] >= published
        for name in listed:
            generations.verified(name)
        moved += listed[0] != published
        published = listed[0]
    assert killed > KILLS / 4
    assert moved < KILLS

    _, status = builder.build()
    assert status == 0
    searcher = open_published(index)
    assert any(lesson(KILLS - 1) in passage.text for passage in searcher.index.passages)
    whole_ones = sorted(Generations(index).newest_first())
    left = sorted(path.name for path in Generations(index).folder.iterdir())
    assert left == whole_ones, "what the killed ones left is swept away"

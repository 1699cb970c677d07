"""A running reader: new generations arrive under way, old ones answer to the end."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from indexer_samples import NISHIAWAKURA, SABAE, Copy, add_lesson

from indexer.build import build_index
from indexer.errors import IndexMissing
from indexer.generation import Generations
from indexer.live import LiveIndex, open_published
from indexer.search import Query, Searcher

PATIENCE = 60  # seconds until a test gives up waiting


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Asking:
    """Threads that search without a pause, and what they met."""

    def __init__(self, live: LiveIndex, number: int) -> None:
        self.seen: dict[str, int] = {}
        self.errors: list[Exception] = []
        self._live = live
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(number)]

    def _ask(self) -> None:
        while not self._stop.is_set():
            try:
                searcher = self._live.searcher()
                page = searcher.search(Query(q="鯖江"))
                assert page.hits[0].case_id == SABAE
                assert page.hits[0].case_id in searcher.catalogue
                name = searcher.manifest.generation
                self.seen[name] = self.seen.get(name, 0) + 1
            except Exception as error:
                self.errors.append(error)
                return

    @contextmanager
    def under_way(self) -> Iterator[Asking]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()


@pytest.fixture
def cases(copy_of: Copy) -> Path:
    return copy_of(SABAE, NISHIAWAKURA)


def test_a_new_generation_arrives_while_threads_keep_searching(cases: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    names = [build_index(cases, index, encoder="fast").generation]
    live = LiveIndex(index)
    with Asking(live, 4).under_way() as asking:
        for n in range(5):  # more than are kept: the first folders go while they are being read
            wait_until(lambda: names[-1] in asking.seen or bool(asking.errors))
            add_lesson(cases, SABAE, f"又及：{'再' * (n + 1)}。")
            names.append(build_index(cases, index, encoder="fast").generation)
        wait_until(lambda: names[-1] in asking.seen or bool(asking.errors))
    assert not asking.errors
    assert set(asking.seen) <= set(names)
    assert live.status().generation == names[-1]
    assert live.status().refused is None


def test_a_searcher_answers_after_its_generation_is_gone(cases: Path, tmp_path: Path) -> None:
    build_index(cases, tmp_path / "index", encoder="fast")
    live = LiveIndex(tmp_path / "index")
    searcher = live.searcher()
    shutil.rmtree(tmp_path / "index")
    assert live.searcher() is searcher
    assert searcher.search(Query(q="鯖江")).hits[0].case_id == SABAE
    assert searcher.comparable(SABAE)


def test_a_damaged_new_generation_is_not_served(cases: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    first = build_index(cases, index, encoder="fast").generation
    second = tmp_path / "second"
    shutil.copytree(index, second)
    live = LiveIndex(index)
    assert live.searcher().manifest.generation == first
    # A generation that is whole when published but damaged before anyone reads it.
    add_lesson(cases, SABAE, "又及。")
    name = build_index(cases, second, encoder="fast").generation
    folder = Generations(second).folder / name
    (folder / "vectors.faiss").write_bytes(b"")
    shutil.copytree(folder, Generations(index).folder / name)
    (index / "CURRENT").write_text(name)
    live.searcher()
    wait_until(lambda: live.status().refused is not None)
    assert name in str(live.status().refused)
    assert live.searcher().manifest.generation == first
    # The next build mends it, and the running reader notices.
    third = build_index(cases, index, encoder="fast").generation
    wait_until(lambda: live.searcher().manifest.generation == third)
    assert live.status().refused is None


def test_an_index_that_comes_later_is_found(cases: Path, tmp_path: Path) -> None:
    live = LiveIndex(tmp_path / "index")
    with pytest.raises(IndexMissing):
        live.searcher()
    assert live.status().generation is None
    built = build_index(cases, tmp_path / "index", encoder="fast")
    assert live.searcher().manifest.generation == built.generation
    assert (live.status().quality, live.status().refused) == ("fast", None)


def test_threads_that_come_first_share_one_opening(index_dir: Path) -> None:
    live = LiveIndex(index_dir)
    found: list[Searcher] = []
    threads = [threading.Thread(target=lambda: found.append(live.searcher())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(searcher is found[0] for searcher in found)


def test_threads_get_the_answers_that_one_would(index_dir: Path) -> None:
    searcher = open_published(index_dir)
    texts = ["鯖江", "森林村", "fishing port", "若者の起業", "", "眼镜"]
    expected = {text: searcher.search(Query(q=text)).hits for text in texts}
    wrong: list[str] = []

    def ask(start: int) -> None:
        for n in range(24):
            text = texts[(start + n) % len(texts)]
            if searcher.search(Query(q=text)).hits != expected[text]:
                wrong.append(text)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong

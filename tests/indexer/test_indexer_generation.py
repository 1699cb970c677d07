"""Generations: published whole, refused when damaged, and what is served then."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from indexer_samples import NISHIAWAKURA, SABAE, Copy, add_lesson

from indexer.build import build_index
from indexer.errors import IndexBusy, IndexDamaged, IndexMissing
from indexer.generation import KEPT, NAME, Generations
from indexer.live import LiveIndex, open_published
from indexer.search import Query


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x01
    path.write_bytes(data)


def flip_the_last(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 0x80
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def lengthen(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


def delete(path: Path) -> None:
    path.unlink()


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE = (flip, flip_the_last, truncate, empty, lengthen, delete, become_a_folder)
# Without its line end, or with two, a checksum says the same.
HARMLESS = {("manifest.sha256", truncate), ("manifest.sha256", lengthen)}


@pytest.fixture(scope="module")
def two(casebook_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index folder with two generations of two cases."""
    folder = tmp_path_factory.mktemp("two")
    cases = folder / "cases"
    cases.mkdir()
    for case_id in (SABAE, NISHIAWAKURA):
        shutil.copy(next(casebook_dir.rglob(f"{case_id}.md")), cases)
    build_index(cases, folder / "index", encoder="fast")
    add_lesson(cases, SABAE, "以後再說。")
    build_index(cases, folder / "index", encoder="fast")
    return folder / "index"


@pytest.fixture
def index(two: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(two, tmp_path / "index"))


def test_every_file_counts(index: Path) -> None:
    """Each file of a generation, damaged in each way: refused by name, the one before served."""
    generations = Generations(index)
    newest, before = generations.newest_first()
    folder = generations.folder / newest
    names = sorted(path.name for path in folder.iterdir())
    assert {"manifest.json", "manifest.sha256", "vectors.faiss", "catalogue.sqlite"} <= set(names)
    spare = shutil.copytree(folder, index / "spare")
    for name in names:
        for damage in DAMAGE:
            if (name, damage) in HARMLESS:
                continue
            damage(folder / name)
            with pytest.raises(IndexDamaged) as refused:
                generations.verified(newest)
            assert newest in str(refused.value), (name, damage)
            assert name in str(refused.value), (name, damage)
            if (folder / name).is_dir():
                (folder / name).rmdir()
            shutil.copy(spare / name, folder / name)
    assert generations.verified(newest)
    assert generations.verified(before)


@pytest.mark.parametrize("name", ["manifest.json", "vectors.faiss", "catalogue.sqlite"])
@pytest.mark.parametrize("damage", [flip, truncate, delete])
def test_the_generation_before_is_served(
    index: Path, name: str, damage: Callable[[Path], None]
) -> None:
    newest, before = Generations(index).newest_first()
    damage(Generations(index).folder / newest / name)
    assert open_published(index).manifest.generation == before
    live = LiveIndex(index)
    assert live.searcher().search(Query(q="鯖江")).hits[0].case_id == SABAE
    status = live.status()
    assert status.generation == before
    assert status.refused is not None
    assert newest in status.refused
    assert name in status.refused


def test_a_generation_whose_folder_is_gone(index: Path) -> None:
    newest, before = Generations(index).newest_first()
    shutil.rmtree(Generations(index).folder / newest)
    assert open_published(index).manifest.generation == before


def test_when_all_are_damaged_each_is_named(index: Path) -> None:
    names = Generations(index).newest_first()
    for name in names:
        truncate(Generations(index).folder / name / "vectors.faiss")
    with pytest.raises(IndexDamaged) as refused:
        open_published(index)
    for word in (*names, "vectors.faiss", "kb index"):
        assert word in str(refused.value)


def test_a_build_mends_a_damaged_index(index: Path, copy_of: Copy) -> None:
    for name in Generations(index).newest_first():
        truncate(Generations(index).folder / name / "vectors.faiss")
    report = build_index(copy_of(SABAE), index, encoder="fast")
    assert report.published
    assert report.reused == 0, "nothing is taken from what is damaged"
    assert open_published(index).manifest.generation == report.generation


@pytest.mark.parametrize("folder", ["", "nowhere", "nowhere/deeper"])
def test_nothing_published_is_said_so(tmp_path: Path, folder: str) -> None:
    for reader in (open_published, lambda path: LiveIndex(path).searcher()):
        with pytest.raises(IndexMissing, match="kb index"):
            reader(tmp_path / folder)


@pytest.mark.parametrize(
    "garbage",
    [
        *(b"", b"\n", b"garbage", b"\xff\xfe\x00", b"../..", b".", b"2026", b"x" * 100_000),
        *(b"19990101T000000000000Z", b"99990101T000000000000Z", b"20261123T06190051104Z"),
    ],
)
def test_a_damaged_pointer_leads_to_the_newest_whole_generation(
    index: Path, garbage: bytes
) -> None:
    newest = Generations(index).newest_first()[0]
    (index / "CURRENT").write_bytes(garbage)
    searcher = open_published(index)
    assert searcher.manifest.generation == newest
    assert searcher.search(Query(q="鯖江")).hits[0].case_id == SABAE


def test_a_pointer_that_is_a_folder_is_an_error_that_says_what_to_do(index: Path) -> None:
    become_a_folder(index / "CURRENT")
    with pytest.raises(IndexDamaged, match="kb index"):
        open_published(index)


def test_an_index_of_another_schema_is_refused_by_its_number(index: Path) -> None:
    generations = Generations(index)
    _, manifest = generations.verified(generations.published())
    later = manifest.model_copy(update={"schema_version": 99, "generation": generations.new_name()})
    with generations.building() as folder:
        (folder / "something").write_text("x")
        generations.publish(folder, later)
    with pytest.raises(IndexDamaged, match="schema 99"):
        generations.verified(later.generation)
    assert open_published(index).manifest.generation == manifest.generation


def test_two_cannot_build_at_once(index: Path, copy_of: Copy) -> None:
    before = Generations(index).published()
    with Generations(index).building(), pytest.raises(IndexBusy, match="another process"):
        build_index(copy_of(SABAE), index, encoder="fast")
    assert Generations(index).published() == before
    assert open_published(index).manifest.generation == before


def test_a_build_that_fails_leaves_nothing_behind(index: Path) -> None:
    generations = Generations(index)
    before = sorted(generations.folder.iterdir())
    with pytest.raises(RuntimeError), generations.building() as folder:
        (folder / "half-written").write_text("x")
        raise RuntimeError
    assert sorted(generations.folder.iterdir()) == before


def test_what_a_killed_build_left_is_swept_away(index: Path) -> None:
    generations = Generations(index)
    before = generations.newest_first()
    for name in (".building-1-00000000", ".removed-20200101T000000000000Z"):
        (generations.folder / name).mkdir()
        (generations.folder / name / "vectors.faiss").write_bytes(b"half")
    assert generations.newest_first() == before
    with generations.building() as folder:
        assert sorted(p.name for p in generations.folder.iterdir()) == sorted(
            [folder.name, *before]
        )


def test_only_the_last_few_generations_stay(index: Path, copy_of: Copy) -> None:
    cases = copy_of(SABAE)
    for n in range(KEPT + 1):
        add_lesson(cases, SABAE, f"又及：{'再' * (n + 1)}。")
        report = build_index(cases, index, encoder="fast")
    names = Generations(index).newest_first()
    assert len(names) == KEPT
    assert names[0] == report.generation
    assert sorted(p.name for p in Generations(index).folder.iterdir()) == sorted(names)


def test_a_clock_that_was_set_back_does_not_hide_what_is_new(index: Path, copy_of: Copy) -> None:
    generations = Generations(index)
    ahead = (dt.datetime.now(dt.UTC) + dt.timedelta(days=400)).strftime(NAME)
    whole, manifest = generations.verified(generations.published())
    with generations.building() as folder:
        for name in manifest.files:
            shutil.copy(whole / name, folder)
        generations.publish(folder, manifest.model_copy(update={"generation": ahead}))
    cases = copy_of(SABAE)
    for n in range(KEPT + 1):
        add_lesson(cases, SABAE, f"又及：{'再' * (n + 1)}。")
        report = build_index(cases, index, encoder="fast")
        assert report.generation > ahead
        assert open_published(index).manifest.generation == report.generation

"""Building: what is embedded again, what is not, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from indexer_samples import DONGGANG, NISHIAWAKURA, SABAE, Copy, add_lesson, path_of

from indexer.build import BuildReport, build_index
from indexer.errors import IndexMissing, NothingToIndex
from indexer.generation import Generations
from indexer.live import open_published
from indexer.search import Query
from kb.errors import CasebookError

LESSON = "外地商家進駐之前，先由村民決定要留住哪些手藝與景觀。"


def build(cases: Path, encoder: str = "fast", **options: bool) -> BuildReport:
    return build_index(cases, cases.parent / "index", encoder=encoder, **options)


def found(cases: Path, text: str) -> list[str]:
    page = open_published(cases.parent / "index").search(Query(q=text, limit=100))
    return [hit.case_id for hit in page.hits]


def break_file(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("country: ", "country: X", 1), "utf-8")


def test_a_first_build_embeds_every_text_and_tells_how_far_it_is(copy_of: Copy) -> None:
    cases = copy_of(SABAE, NISHIAWAKURA)
    told: list[tuple[str, int, int]] = []
    report = build_index(
        cases, cases.parent / "index", encoder="fast", progress=lambda *step: told.append(step)
    )
    assert (report.cases, report.reused, report.published) == (2, 0, True)
    assert 0 < report.embedded <= report.passages
    assert {stage for stage, _, _ in told} == {"use"}
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1] == told[-1][2] == report.embedded
    manifest = open_published(cases.parent / "index").manifest
    assert (manifest.cases, manifest.passages) == (report.cases, report.passages)
    assert (manifest.quality, manifest.encoder) == ("fast", "fast")
    assert set(manifest.case_hashes) == {SABAE, NISHIAWAKURA}


def test_only_what_changed_is_embedded_again(copy_of: Copy) -> None:
    cases = copy_of(SABAE, NISHIAWAKURA, DONGGANG)
    first = build(cases)
    add_lesson(cases, DONGGANG, LESSON)
    second = build(cases)
    assert second.published
    assert second.generation > first.generation
    assert 0 < second.embedded <= 3, "the passages that the new lesson stands in or pushes along"
    assert second.reused >= first.embedded - 3
    assert found(cases, LESSON)[0] == DONGGANG


def test_in_both_encoders_only_what_changed_is_embedded_again(copy_of: Copy) -> None:
    cases = copy_of(SABAE, NISHIAWAKURA)
    first = build(cases, "default")
    add_lesson(cases, SABAE, LESSON)
    second = build(cases, "default")
    assert 0 < second.embedded <= 6
    assert second.reused >= first.embedded - 6
    assert open_published(cases.parent / "index").manifest.quality == "full"


def test_the_reused_and_the_new_make_the_same_index_as_a_new_one(
    copy_of: Copy, tmp_path: Path
) -> None:
    cases = copy_of(SABAE, NISHIAWAKURA, DONGGANG)
    build(cases)
    add_lesson(cases, DONGGANG, LESSON)
    build(cases)
    build_index(cases, tmp_path / "fresh", encoder="fast")
    for text in ("漁港", "眼鏡產地", "young people in the forest", LESSON):
        renewed = open_published(tmp_path / "index").search(Query(q=text, limit=100)).hits
        fresh = open_published(tmp_path / "fresh").search(Query(q=text, limit=100)).hits
        assert [(h.case_id, h.passage) for h in renewed] == [(h.case_id, h.passage) for h in fresh]
        assert [h.score for h in renewed] == pytest.approx([h.score for h in fresh], abs=1e-2)


def test_unchanged_nothing_is_published(copy_of: Copy) -> None:
    cases = copy_of(SABAE)
    first = build(cases)
    path_of(cases, SABAE).touch()
    second = build(cases)
    assert (second.published, second.embedded) == (False, 0)
    assert second.generation == first.generation
    assert Generations(cases.parent / "index").newest_first() == [first.generation]


def test_another_encoder_is_a_change(copy_of: Copy) -> None:
    cases = copy_of(SABAE)
    fast = build(cases, "fast")
    full = build(cases, "default")
    assert full.published
    assert full.reused == fast.embedded, "what the fast encoder read already"
    assert open_published(cases.parent / "index").manifest.quality == "full"


def test_a_case_removed_is_found_no_more(copy_of: Copy) -> None:
    cases = copy_of(SABAE, NISHIAWAKURA)
    build(cases)
    path_of(cases, SABAE).unlink()
    report = build(cases)
    assert (report.cases, report.embedded, report.published) == (1, 0, True)
    assert SABAE not in found(cases, "鯖江 眼鏡")
    assert SABAE not in open_published(cases.parent / "index").catalogue


def test_a_case_added_is_found(copy_of: Copy) -> None:
    cases = copy_of(SABAE)
    first = build(cases)
    report = build(copy_of(SABAE, DONGGANG))
    assert report.cases == 2
    assert report.reused == first.embedded
    assert found(cases, "東港")[0] == DONGGANG


def test_a_broken_case_stops_the_build_unless_asked_otherwise(copy_of: Copy) -> None:
    cases = copy_of(SABAE, NISHIAWAKURA)
    first = build(cases)
    broken = path_of(cases, SABAE)
    break_file(broken)
    with pytest.raises(CasebookError) as refused:
        build(cases)
    assert {finding.file for finding in refused.value.findings} == {str(broken)}
    assert Generations(cases.parent / "index").published() == first.generation
    report = build(cases, skip_broken=True)
    assert (report.cases, report.published) == (1, True)
    errors = [finding for finding in report.findings if finding.severity == "error"]
    assert {(finding.file, finding.line > 1) for finding in errors} == {(str(broken), True)}
    assert found(cases, "") == [NISHIAWAKURA]
    again = build(cases, skip_broken=True)
    assert not again.published
    assert again.findings == report.findings, "what is left out is said each time"


def test_a_folder_without_cases_is_refused_and_the_index_stays(copy_of: Copy) -> None:
    cases = copy_of(SABAE)
    empty = cases.parent / "empty"
    empty.mkdir()
    (empty / "README.md").write_text("no case", "utf-8")
    with pytest.raises(NothingToIndex, match=str(empty)):
        build(empty)
    with pytest.raises(IndexMissing):
        open_published(cases.parent / "index")
    build(cases)
    with pytest.raises(NothingToIndex):
        build(empty)
    assert found(cases, "") == [SABAE]


def test_only_broken_cases_are_nothing_to_index(copy_of: Copy) -> None:
    cases = copy_of(SABAE)
    break_file(path_of(cases, SABAE))
    with pytest.raises(NothingToIndex):
        build(cases, skip_broken=True)


def test_what_cannot_be_read_is_a_finding_not_a_crash(copy_of: Copy) -> None:
    cases = copy_of(SABAE)
    build(cases)
    odd = cases / "jp" / "jp-odd.md"
    odd.mkdir()
    with pytest.raises(CasebookError) as refused:
        build(cases)
    assert {finding.file for finding in refused.value.findings} == {str(odd)}
    odd.rmdir()
    odd.symlink_to(cases / "nowhere.md")
    with pytest.raises(CasebookError):
        build(cases)
    assert build(cases, skip_broken=True).cases == 1


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match="nowhere"):
        build(tmp_path / "nowhere")

"""What the benches of retrieval count, on lists small enough to count by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bench import encoders, quality
from indexer.evaluate import QueryOutcome


def outcomes(ranks: list[int | None], lang: str = "en") -> list[QueryOutcome]:
    return [
        QueryOutcome(
            id=str(i),
            lang=lang,
            ndcg=0.0,
            reciprocal_rank=1 / rank if rank else 0.0,
            rank=rank,
            milliseconds=0.0,
        )
        for i, rank in enumerate(ranks)
    ]


def test_plain_rank_fusion_counts_places_of_both_lists() -> None:
    assert quality.reciprocal_rank_fusion([[1, 2, 3], [3, 1]]) == [1, 3, 2]
    assert quality.reciprocal_rank_fusion([[5, 4], [4, 5]]) == [4, 5], "ties by number"


def test_an_estimate_holds_its_mean_and_is_repeatable() -> None:
    values = np.array([0.0, 1.0] * 50)
    estimate = quality.Estimate.of(values)
    assert estimate.low < estimate.mean == 0.5 < estimate.high
    assert estimate == quality.Estimate.of(values)


def test_hybrid_is_below_only_beyond_chance() -> None:
    good, bad = outcomes([1] * 40), outcomes([3] * 40)
    found = {"lexical": good, "dense": bad, "plain RRF": bad, "hybrid": bad}
    row = quality.row("a set", "en", found)
    assert row.below
    assert row.better_part == "lexical"
    assert "**below**" in quality.markdown([row])
    found["hybrid"] = outcomes([1] * 39 + [2])
    assert not quality.row("a set", "en", found).below


def test_languages_are_counted_apart_and_together() -> None:
    both = outcomes([1, 1], "ja") + outcomes([2], "en")
    found = dict.fromkeys(quality.MODES, both)
    assert [(row.lang, row.n) for row in quality.rows("a set", found)] == [
        ("all", 3),
        ("en", 1),
        ("ja", 2),
    ]


def test_a_missing_index_is_an_answer_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert quality.main(["--index", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err


def test_only_sets_across_languages_compare_encoders(tmp_path: Path) -> None:
    for name, lang in (("same", "en"), ("across", "zh-Hans")):
        folder = tmp_path / name
        folder.mkdir()
        text = {"id": "p", "lang": lang, "text": "山村"}
        query = {"id": "q", "lang": "en", "text": "village", "relevant": ["p"]}
        (folder / "corpus.jsonl").write_text(json.dumps(text), "utf-8")
        (folder / "queries.jsonl").write_text(json.dumps(query), "utf-8")
    assert [found.name for found in encoders.across_languages(tmp_path, 10)] == ["across"]
    assert encoders.main(["--sets", str(tmp_path / "same")]) == 2

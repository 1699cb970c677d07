"""Measures of ranking against values worked out by hand, and files that are not what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from indexer_samples import NISHIAWAKURA, SABAE

from indexer.errors import EvaluationError, IndexMissing
from indexer.evaluate import EvaluationQuery, evaluate, outcome, read_lines, summary

RANKED = ["a", "b", "c", "d"]


def query(relevant: list[str] | dict[str, float], lang: str = "en") -> EvaluationQuery:
    return EvaluationQuery(id="q", lang=lang, text="x", relevant=relevant)


@pytest.mark.parametrize(
    ("relevant", "ndcg", "reciprocal", "rank"),
    [
        (["a"], 1.0, 1.0, 1),
        (["b"], 0.6309, 0.5, 2),  # 1 / log2(3)
        (["d"], 0.4307, 0.25, 4),  # 1 / log2(5)
        (["a", "b"], 1.0, 1.0, 1),
        (["a", "c"], 0.9197, 1.0, 1),  # (1 + 1/2) / (1 + 1/log2(3))
        ({"a": 1, "b": 2}, 0.7967, 1.0, 1),  # (1 + 3/log2(3)) / (3 + 1/log2(3))
        ({"b": 3, "a": 0}, 0.6309, 0.5, 2),
        ({"a": 0.0}, 0.0, 0.0, None),
        (["z"], 0.0, 0.0, None),
        ([], 0.0, 0.0, None),
        ({}, 0.0, 0.0, None),
    ],
)
def test_measures_of_one_query(
    relevant: list[str] | dict[str, float], ndcg: float, reciprocal: float, rank: int | None
) -> None:
    measured = outcome(query(relevant), RANKED, 1.0)
    assert measured.ndcg == pytest.approx(ndcg, abs=1e-4)
    assert measured.reciprocal_rank == reciprocal
    assert measured.rank == rank


def test_only_the_first_ten_count() -> None:
    ranked = [f"r{n}" for n in range(10)] + ["late"]
    measured = outcome(query(["late"]), ranked, 1.0)
    assert (measured.ndcg, measured.reciprocal_rank, measured.rank) == (0.0, 0.0, None)


def test_more_relevant_ids_than_ten_can_still_be_perfect() -> None:
    many = [f"r{n}" for n in range(15)]
    assert outcome(query(many), many, 1.0).ndcg == pytest.approx(1)


def test_the_summary_is_means_over_all_and_by_language() -> None:
    results = [
        outcome(query(["a"], "ja"), RANKED, 1.0),
        outcome(query(["b"], "ja"), RANKED, 2.0),
        outcome(query(["z"], "en"), RANKED, 3.0),
    ]
    figures = summary(results)
    assert figures["n"] == 3
    assert figures["mrr@10"] == pytest.approx(0.5)
    assert [figures["hit@1"], figures["hit@5"]] == pytest.approx([0.3333, 0.6667], abs=1e-4)
    assert figures["by_lang"]["ja"]["mrr@10"] == 0.75
    assert figures["by_lang"]["en"]["hit@10"] == 0
    assert figures["latency_ms"] == {"p50": 2.0, "p95": 2.9}


def write(path: Path, *records: object) -> Path:
    lines = (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records)
    path.write_text("\n".join(lines), "utf-8")
    return path


GOOD = {"id": "1", "lang": "en", "text": "x", "relevant": ["a"]}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "Invalid JSON"),
        ("[1]", "object"),
        ("nonsense", "Invalid JSON"),
        ({**GOOD, "text": 3}, "text: "),
        ({k: v for k, v in GOOD.items() if k != "relevant"}, "relevant: "),
        ({**GOOD, "relevant": "a"}, "relevant: "),
        ({**GOOD, "relevant": {"a": "very"}}, "relevant: "),
        ({**GOOD, "id": None}, "id: "),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: object, problem: str) -> None:
    path = write(tmp_path / "q.jsonl", GOOD, "", line)
    with pytest.raises(EvaluationError) as refused:
        read_lines(path, EvaluationQuery)
    assert str(refused.value).startswith(f"{path}:3: ")
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_line_ends_where_json_says(tmp_path: Path) -> None:
    """Texts may hold characters that Python takes for ends of lines."""
    texts = ["a\u2028b", "a\u2029b", "a\u0085b"]
    path = write(tmp_path / "q.jsonl", *({**GOOD, "text": text} for text in texts))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert [q.text for q in read_lines(path, EvaluationQuery)] == texts


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe"])
def test_a_file_without_queries_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    with pytest.raises(EvaluationError, match=r"q\.jsonl"):
        evaluate(path, index_dir=tmp_path)


def test_files_and_folders_that_are_not_there(tmp_path: Path) -> None:
    queries = write(tmp_path / "q.jsonl", GOOD)
    with pytest.raises(EvaluationError, match="nowhere"):
        evaluate(tmp_path / "nowhere", index_dir=tmp_path)
    with pytest.raises(EvaluationError, match="nowhere"):
        evaluate(queries, corpus_path=tmp_path / "nowhere")
    with pytest.raises(EvaluationError):
        evaluate(queries)
    with pytest.raises(IndexMissing):
        evaluate(queries, index_dir=tmp_path)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_texts_are_indexed_for_the_purpose(tmp_path: Path, mode: str) -> None:
    corpus = write(
        tmp_path / "c.jsonl",
        {"id": "glasses", "lang": "zh-Hant", "text": "鯖江的眼鏡產業轉向醫療器材。" * 30},
        {"id": "forest", "lang": "zh-Hant", "text": "西粟倉村整合林地，吸引年輕人到村裡創業。"},
        {"id": "port", "lang": "en", "text": "The fishing port sells tuna to visitors."},
        {"id": "nothing", "lang": "en", "text": ""},
    )
    queries = write(
        tmp_path / "q.jsonl",
        {"id": "1", "lang": "zh-Hant", "text": "眼鏡產業", "relevant": ["glasses"]},
        {"id": "2", "lang": "zh-Hans", "text": "年轻人创业", "relevant": {"forest": 2}},
        {"id": "3", "lang": "en", "text": "tuna at the port", "relevant": ["port"]},
    )
    figures = evaluate(queries, corpus, mode, encoder="fast")
    assert figures["n"] == 3
    if mode != "dense":  # four texts are too few for vectors to be centred by
        assert figures["mrr@10"] == figures["ndcg@10"] == figures["hit@1"] == 1
    assert figures["mrr@10"] >= 0.5
    assert set(figures["by_lang"]) == {"zh-Hant", "zh-Hans", "en"}


def test_the_published_index_is_measured_by_case_ids(tmp_path: Path, index_dir: Path) -> None:
    queries = write(
        tmp_path / "q.jsonl",
        {"id": "1", "lang": "ja", "text": "さばえ", "relevant": [SABAE]},
        {"id": "2", "lang": "en", "text": "Nishiawakura", "relevant": {NISHIAWAKURA: 1}},
        {"id": "3", "lang": "en", "text": "Sabae", "relevant": ["no-such-case"]},
    )
    figures = evaluate(queries, index_dir=index_dir)
    assert figures["hit@1"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["by_lang"]["ja"]["ndcg@10"] == 1

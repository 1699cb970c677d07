"""How good the ranking is on a set of queries: ``kb eval``.

Queries are lines of ``{"id", "lang", "text", "relevant"}``, ``relevant`` a list of ids or
{id: grade}; texts are lines of ``{"id", "lang", "text"}``. nDCG follows Järvelin and Kekäläinen
(2002) with gain 2^grade - 1 and discount log2(rank + 1); MRR takes the first id of grade > 0.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.build import analyser_of, embed
from indexer.documents import document_of_text
from indexer.encoders import views
from indexer.errors import EvaluationError
from indexer.live import open_published
from indexer.ranking import Mode, RankingIndex
from indexer.tokens import TokenCache

DEPTH = 10
M = TypeVar("M", bound=BaseModel)


class EvaluationQuery(BaseModel):
    """One query and what it should find."""

    model_config = ConfigDict(extra="ignore")

    id: str
    lang: str
    text: str
    relevant: list[str] | dict[str, float]

    def grades(self) -> dict[str, float]:
        """Grade of each relevant id."""
        if isinstance(self.relevant, dict):
            return self.relevant
        return dict.fromkeys(self.relevant, 1.0)


class EvaluationText(BaseModel):
    """One text of a corpus."""

    model_config = ConfigDict(extra="ignore")

    id: str
    lang: str
    text: str


class QueryOutcome(BaseModel):
    """The measures of one query."""

    id: str
    lang: str
    ndcg: float
    reciprocal_rank: float
    rank: int | None  # of the first relevant, within DEPTH
    milliseconds: float


def evaluate(
    queries_path: Path,
    corpus_path: Path | None = None,
    mode: Mode = "hybrid",
    index_dir: Path | None = None,
    encoder: str = "default",
) -> dict[str, Any]:
    """Figures on the published index of ``index_dir``, or on texts indexed for the purpose.

    Raises EvaluationError on files it cannot read, IndexMissing, IndexDamaged.
    """
    queries = read_lines(queries_path, EvaluationQuery)
    if not queries:
        raise EvaluationError(f"{queries_path}: there are no queries")
    if corpus_path is not None:
        index = index_texts(corpus_path, encoder)
    elif index_dir is not None:
        index = open_published(index_dir).index
    else:
        raise EvaluationError("give a folder with an index or a file of texts")
    return summary(outcomes(index, queries, mode))


def index_texts(corpus_path: Path, encoder: str = "default") -> RankingIndex:
    """An index of the texts of a corpus file, by way of a temporary folder like any other."""
    texts = read_lines(corpus_path, EvaluationText)
    if not texts:
        raise EvaluationError(f"{corpus_path}: there are no texts")
    documents = [document_of_text(text.id, text.text, text.lang) for text in texts]
    dense = embed(documents, views(encoder)).dense
    built = RankingIndex.build(documents, dense, TokenCache(analyser_of(documents)))
    with tempfile.TemporaryDirectory(prefix="kb-eval-") as folder:
        built.save(Path(folder))
        dense = type(built.dense).open(Path(folder), list(views(encoder)))
        return RankingIndex.open(Path(folder), documents, dense, built.analyser)


def outcomes(index: RankingIndex, queries: list[EvaluationQuery], mode: Mode) -> list[QueryOutcome]:
    """Run every query, one at a time as a server would."""
    index.rank("warm up", mode)
    found = []
    for query in queries:
        started = time.perf_counter()
        order = index.rank(query.text, mode).order()[:DEPTH]
        spent = (time.perf_counter() - started) * 1000
        found.append(outcome(query, [index.ids[i] for i in order], spent))
    return found


def outcome(query: EvaluationQuery, ranked: list[str], milliseconds: float) -> QueryOutcome:
    """The measures of one ranked list."""
    grades = query.grades()
    gains = [2.0 ** grades.get(i, 0.0) - 1 for i in ranked[:DEPTH]]
    ideal = sorted((2.0**g - 1 for g in grades.values()), reverse=True)[:DEPTH]
    best = _discounted(ideal)
    rank = next((n for n, i in enumerate(ranked[:DEPTH], 1) if grades.get(i, 0.0) > 0), None)
    return QueryOutcome(
        id=query.id,
        lang=query.lang,
        ndcg=_discounted(gains) / best if best else 0.0,
        reciprocal_rank=1 / rank if rank else 0.0,
        rank=rank,
        milliseconds=milliseconds,
    )


def summary(results: list[QueryOutcome]) -> dict[str, Any]:
    """Means over all queries and by language, with latency."""
    by_lang: dict[str, list[QueryOutcome]] = defaultdict(list)
    for result in results:
        by_lang[result.lang].append(result)
    spent = [result.milliseconds for result in results]
    return {
        **_means(results),
        "by_lang": {lang: _means(found) for lang, found in sorted(by_lang.items())},
        "latency_ms": {
            "p50": round(float(np.percentile(spent, 50)), 2),
            "p95": round(float(np.percentile(spent, 95)), 2),
        },
    }


def read_lines(path: Path, model: type[M]) -> list[M]:
    """Records of a JSON Lines file; raises EvaluationError naming file and line."""
    try:
        lines = path.read_text("utf-8").split("\n")  # texts may hold U+2028, U+0085 …
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path}: {error}") from error
    records = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            records.append(model.model_validate_json(line))
        except ValidationError as error:
            problem = error.errors()[0]
            where = "".join(f"{part}: " for part in problem["loc"][:1])
            raise EvaluationError(f"{path}:{number}: {where}{problem['msg']}") from error
    return records


def _means(results: list[QueryOutcome]) -> dict[str, Any]:
    def hit(depth: int) -> float:
        return float(np.mean([r.rank is not None and r.rank <= depth for r in results]))

    return {
        "n": len(results),
        "ndcg@10": round(float(np.mean([r.ndcg for r in results])), 4),
        "mrr@10": round(float(np.mean([r.reciprocal_rank for r in results])), 4),
        "hit@1": round(hit(1), 4),
        "hit@5": round(hit(5), 4),
        "hit@10": round(hit(10), 4),
    }


def _discounted(gains: list[float]) -> float:
    return float(sum(gain / np.log2(n + 1) for n, gain in enumerate(gains, 1)))

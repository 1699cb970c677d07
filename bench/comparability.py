"""How good comparable cases are: ``python -m bench.comparability --index DIR [--json]``.

nDCG@10 (gain 2^grade - 1) on the judged plans (``indexer/judged.jsonl``) in four languages, whose
cases careful readers graded 0 to 3 without running any search; where two did, by the mean of their
grades. Each is answered as if it had not been judged; weights were chosen on the first 130.
``--plans`` names a file of plans that nothing was learnt from, to be measured beside them; some are
kept in bench/queries/plans.jsonl, of one purpose (plan-f-…, read by two) and made from pairs of
unlike cases (plan-r9-7-… and -10-…, read by one). By kind of plan, by language and by length, with
bootstrap 95% intervals; by each reader's grades, and each reader's order by the other's, which is
as good as a ranking can be told to be; without each part and with half and twice its weight. Then
how well tags are read from the plans, how near texts about other things come
(bench/queries/unrelated.jsonl), and how often two cases find each other.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from indexer.comparable import COMPARABLE, WEIGHTS, comparer_of
from indexer.evaluate import EvaluationQuery, outcome
from indexer.judged import FILE as JUDGED
from indexer.live import open_published
from indexer.phrases import Profile
from indexer.plan import Plan
from indexer.search import Searcher

QUERIES = Path(__file__).parent / "queries"
ALONE = ("meaning", "judged")
CHOSEN_ON = 130  # plans, the first of those judged
DRAWS = 2_000
SIZES = {"sentence": 100, "paragraph": 400}  # columns of zh, ja; longer is a page


def measure(index_dir: Path, plans: Path | None = None) -> dict[str, Any]:
    """All figures: on the judged plans and, if a file is given, on plans that nothing was learnt
    from."""
    searcher = open_published(index_dir)
    figures = {"judged plans": _figures(searcher, _records(JUDGED), judged=True)}
    if plans is not None:
        figures["other plans"] = _figures(searcher, _records(plans), judged=False)
    likeness = [value for found in figures.values() for value in found.pop("likeness")]
    return {
        "plans": figures,
        "unrelated": _unrelated(searcher, likeness),
        "symmetry": _symmetry(searcher),
    }


def _figures(searcher: Searcher, records: list[dict[str, Any]], judged: bool) -> dict[str, Any]:
    """Of some plans; each of the ``judged`` as if it had not been."""
    index = searcher.index
    comparer = comparer_of(index, searcher.catalogue)
    queries = [_by_all_readers(record) for record in records]
    everything = np.ones(len(index.ids), dtype=bool)
    parts, questions, readings, answered, likeness = [], [], [], [], []
    for number, query in enumerate(queries):
        without = number if judged else None
        reading, question = comparer.reader.read(index, Plan(text=query.text), without)
        parts.append(comparer.nearness(index, question).parts)
        questions.append(question)
        readings.append(reading)
        profile = Profile.of_reading(reading)
        answer = comparer.answer(index, question, profile, everything, 10)
        answered.append([result.case_id for result in answer.results])
        likeness.append(answer.likeness)

    def ndcg(weights: dict[str, float]) -> float:
        found = []
        for query, question, own in zip(queries, questions, parts, strict=True):
            total = np.sum([weights[name] * part for name, part in own.items()], axis=0)
            total = total + weights["company"] * comparer.company(question, total)
            order = np.argsort(-total, kind="stable")[:10]
            found.append(outcome(query, [index.ids[i] for i in order], 0.0).ndcg)
        return float(np.mean(found))

    varied = np.array([outcome(q, ids, 0.0).ndcg for q, ids in zip(queries, answered, strict=True)])
    groups = {"all": np.ones(len(queries), dtype=bool)}
    groups |= {lang: np.array([q.lang == lang for q in queries]) for lang in _langs(queries)}
    if judged:
        first = np.arange(len(queries)) < CHOSEN_ON
        groups |= {"weights chosen on": first, "judged since": ~first}
    lengths = np.array([_length(q.text) for q in queries])
    groups |= {name: lengths == name for name in ("sentence", "paragraph", "page")}
    kinds = np.array([_kind(record["id"]) for record in records])
    groups |= {kind: kinds == kind for kind in sorted(set(kinds))}
    two = np.array(["second" in record for record in records])
    groups |= {"two readers": two, "one reader": ~two}
    changed = {"as shipped, not varied": WEIGHTS}
    changed |= {f"{name} alone": dict.fromkeys(WEIGHTS, 0.0) | {name: 1.0} for name in ALONE}
    for name in WEIGHTS:
        for factor, words in ((0.0, "without"), (0.5, "half"), (2.0, "twice")):
            changed[f"{words} {name}"] = {**WEIGHTS, name: factor * WEIGHTS[name]}
    tagged = [(r, reading) for r, reading in zip(records, readings, strict=True) if "tags" in r]
    return {
        "ndcg@10": {name: _interval(varied[mask]) for name, mask in groups.items() if mask.any()},
        "readers": _readers(records, answered),
        "ablation": {name: ndcg(weights) for name, weights in changed.items()},
        "read": _read([r for r, _ in tagged], [reading for _, reading in tagged]),
        "likeness": likeness,
    }


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


def _by_all_readers(record: dict[str, Any]) -> EvaluationQuery:
    """A plan with the mean of the grades that its readers gave."""
    readers = _grades(record)
    ids = sorted(set().union(*readers))
    mean = {i: sum(own.get(i, 0.0) for own in readers) / len(readers) for i in ids}
    return EvaluationQuery.model_validate({**record, "relevant": mean})


def _grades(record: dict[str, Any]) -> list[dict[str, float]]:
    """Each reader's grades of a plan, one reader or two."""
    second = record.get("second")
    return [record["relevant"], *([second["relevant"]] if second else [])]


def _readers(records: list[dict[str, Any]], answered: list[list[str]]) -> dict[str, float]:
    """On the plans that two readers graded: the answers by each one's grades, and each reader's
    own order by the other's (equal grades in alphabetical order of ids)."""
    both = [(r, ids) for r, ids in zip(records, answered, strict=True) if "second" in r]
    if not both:
        return {}
    found: dict[str, list[float]] = defaultdict(list)
    for record, ids in both:
        first, second = _grades(record)
        for name, order, judge in (
            ("answers by the first reader", ids, first),
            ("answers by the second reader", ids, second),
            ("the first reader by the second", _order(first), second),
            ("the second reader by the first", _order(second), first),
        ):
            query = EvaluationQuery.model_validate({**record, "relevant": judge})
            found[name].append(outcome(query, order[:10], 0.0).ndcg)
        for field in ("plan_category", "setting"):
            if field in record["second"]:
                same = record["tags"][field] == record["second"][field]
                found[f"{field} read alike by both"].append(float(same))
    return {"plans": len(both)} | {name: float(np.mean(own)) for name, own in found.items()}


def _order(grades: dict[str, float]) -> list[str]:
    return sorted(grades, key=lambda i: (-grades[i], i))


def _langs(queries: list[EvaluationQuery]) -> list[str]:
    return sorted({query.lang for query in queries})


def _kind(plan_id: str) -> str:
    """Plans made from pairs of unlike cases have several purposes at once."""
    return "several purposes" if re.match(r"plan-r9-\d", plan_id) else "most of one purpose"


def _length(text: str) -> str:
    wide = len(text) if not text.isascii() and ord(max(text)) > 0x2FFF else len(text) / 3
    return next((name for name, most in SIZES.items() if wide <= most), "page")


def _interval(values: Any) -> dict[str, float]:
    """Mean with its bootstrap 95% interval."""
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (DRAWS, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return {"mean": float(values.mean()), "low": float(low), "high": float(high)}


def _read(records: list[dict[str, Any]], readings: list[Any]) -> dict[str, Any]:
    """Share of plans whose tags were read as the careful reader reads them."""
    found: dict[str, list[bool]] = {"language": [], "category": [], "setting": [], "population": []}
    for record, reading in zip(records, readings, strict=True):
        tags = record["tags"]
        found["language"].append(_value(reading.language) == record["lang"])
        found["category"].append(_value(reading.plan_category) == tags["plan_category"])
        found["population"].append(_value(reading.population) == tags["population"])
        if tags["setting"]:
            found["setting"].append(_value(reading.setting) == tags["setting"])
    scores: dict[str, Any] = {name: float(np.mean(right)) for name, right in found.items()}
    for facet in ("drivers", "kpi_themes"):
        pairs = [
            ({i.value for i in getattr(reading, facet)}, set(record["tags"][facet]))
            for record, reading in zip(records, readings, strict=True)
        ]
        right = sum(len(a & b) for a, b in pairs)
        scores[facet] = {
            "precision": right / max(sum(len(a) for a, _ in pairs), 1),
            "recall": right / max(sum(len(b) for _, b in pairs), 1),
        }
    return scores


def _value(inference: Any) -> Any:
    return inference.value if inference else None


def _unrelated(searcher: Searcher, likeness: list[float]) -> dict[str, Any]:
    index = searcher.index
    comparer = comparer_of(index, searcher.catalogue)
    everything = np.ones(len(index.ids), dtype=bool)
    far = []
    for record in _records(QUERIES / "unrelated.jsonl"):
        _, question = comparer.reader.read(index, Plan(text=record["text"]))
        far.append(comparer.answer(index, question, Profile(), everything, 1).likeness)
    return {
        "least": COMPARABLE,
        "plans called comparable": float(np.mean(np.array(likeness) >= COMPARABLE)),
        "unrelated called comparable": float(np.mean(np.array(far) >= COMPARABLE)),
        "plans, lowest likeness": min(likeness),
        "unrelated, highest likeness": max(far),
    }


def _symmetry(searcher: Any) -> dict[str, float]:
    """Of the cases that a case finds among its best 1 or 3, how many find it among their 10."""
    ids = searcher.index.ids
    found = {i: [c.case_id for c in searcher.comparable(i, limit=10)] for i in ids}
    return {
        f"best {depth}": float(np.mean([i in found[j] for i in ids for j in found[i][:depth]]))
        for depth in (1, 3, 5)
    } | {"itself among its results": float(np.mean([i in found[i] for i in ids]))}


def markdown(figures: dict[str, Any]) -> str:
    """nDCG by group and the ablation, of each kind of plans; the other figures as lists."""
    lines: list[str] = []
    for title, said in (
        ("ndcg@10", _estimate),
        ("ablation", _said),
        ("readers", _said),
        ("read", _said),
    ):
        found = [kind[title] for kind in figures["plans"].values()]
        lines += [
            "",
            f"| {title} | {' | '.join(figures['plans'])} |",
            "|---" * (len(found) + 1) + "|",
        ]
        for name in dict.fromkeys(name for of in found for name in of):
            lines.append(f"| {name} | {' | '.join(said(of.get(name, '')) for of in found)} |")
    for title in ("unrelated", "symmetry"):
        lines += ["", f"| {title} | |", "|---|---|"]
        lines += [f"| {name} | {_said(f)} |" for name, f in figures[title].items()]
    return "\n".join(lines[1:])


def _estimate(f: Any) -> str:
    return f"{f['mean']:.3f} ({f['low']:.3f}–{f['high']:.3f})" if f else ""


def _said(figure: Any) -> str:
    if isinstance(figure, dict):
        return ", ".join(f"{name} {_said(value)}" for name, value in figure.items())
    return f"{figure:.3f}" if isinstance(figure, float) else str(figure)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("var/index"))
    parser.add_argument("--plans", type=Path, help="JSONL of plans that nothing was learnt from")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.index, options.plans)
    print(json.dumps(figures, ensure_ascii=False, indent=1) if options.json else markdown(figures))


if __name__ == "__main__":
    main()

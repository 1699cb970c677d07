"""How well tags are read from a text: ``python -m bench.tags --index DIR [--json]``.

Leave one case out: each case is read as if it were a plan by a model that never saw it (its title
and summary in each language, its title and body, and all that it says, with abstracts and
situations), and what is read is compared with its own tags. Against two baselines: the majority
(a driver that half of the cases have for all, the commonest category and setting), and the tags
of the nearest other case.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from indexer.comparable import comparer_of
from indexer.live import open_published
from indexer.passages import split
from indexer.plan_reading import SHOWN, PlanReader
from indexer.plan_rows import BODY
from indexer.plan_text import PIECE_COLUMNS, PIECES
from indexer.ridge import Texts
from kb.model import LANGS


def measure(index_dir: Path) -> dict[str, Any]:
    """All figures, by the kind of text that was read."""
    searcher = open_published(index_dir)
    index, cases = searcher.index, [searcher.catalogue.case(i) for i in searcher.index.ids]
    reader = comparer_of(index, searcher.catalogue).reader
    tags = reader.tags
    truth = {facet: np.nan_to_num(tags.labels.of_cases[facet]) for facet in tags.labels.values}
    readings: dict[str, dict[str, Any]] = {}
    texts: dict[str, tuple[str, list[str]]] = {
        f"summary {lang}": (
            lang,
            [f"{case.title.get(lang)}\n{case.summary.get(lang)}" for case in cases],
        )
        for lang in LANGS
    }
    bodies = [f"{case.title.zh_hant}\n{_body(index, i)}" for i, case in enumerate(cases)]
    texts["body zh-Hant"] = ("zh-Hant", bodies)
    for name, (lang, plans) in texts.items():
        pieces = [list(split(text, PIECE_COLUMNS))[:PIECES] or ["。"] for text in plans]
        flat = index.dense.encode_passages([piece for own in pieces for piece in own])
        ends = np.cumsum([len(own) for own in pieces])[:-1]
        texts_read = [
            tags.reader.text(index, own, "\n".join(said), lang)
            for own, said in zip(np.split(flat, ends), pieces, strict=True)
        ]
        chances = [_unseen(reader, i, text) for i, text in enumerate(texts_read)]
        vectors = np.concatenate([text.vectors for text in texts_read])
        alike = vectors @ vectors.T
        np.fill_diagonal(alike, -np.inf)
        nearest = alike.argmax(axis=1)
        readings[name] = _figures(tags.labels.values, truth, chances, nearest)
    chances = [_unseen(reader, i, tags.rows.of_case(i)) for i in range(len(cases))]
    readings["all its texts"] = _figures(tags.labels.values, truth, chances, nearest)
    return {"cases": len(cases), "readings": readings}


def _unseen(reader: PlanReader, case: int, text: Texts) -> dict[str, Any]:
    """The tags of a text of a case, by what was learnt from all others."""
    scores = reader.recommended.scores(text, without=case)
    scores[case] = -np.inf
    return reader.tag_chances(text, scores, without=case)


def _body(index: Any, number: int) -> str:
    start = int(index.starts[number])
    own = index.passages[start : start + int(index.counts[number])]
    return "\n".join(passage.text for passage in own if passage.section in BODY)


def _figures(
    values: dict[str, list[str]],
    truth: dict[str, Any],
    chances: list[dict[str, Any]],
    nearest: Any,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for facet in ("plan_category", "setting"):
        right = truth[facet].argmax(axis=1)
        read = np.array([c[facet].argmax() for c in chances])
        second = np.array([np.argsort(-c[facet])[:2] for c in chances])
        found[facet] = {
            "accuracy": float((read == right).mean()),
            "among two": float((second == right[:, None]).any(axis=1).mean()),
            "majority": float(truth[facet].mean(axis=0).max()),
            "nearest": float((right[nearest] == right).mean()),
        }
    own = truth["drivers"] > 0
    read = np.array([c["drivers"] for c in chances]) >= SHOWN["drivers"]
    common = np.broadcast_to(own.mean(axis=0) >= 0.5, own.shape)
    found["drivers"] = {
        "model": _scores(values["drivers"], read, own),
        "majority": _scores(values["drivers"], common, own),
        "everything": _scores(values["drivers"], np.ones_like(own), own),
        "nearest": _scores(values["drivers"], own[nearest], own),
    }
    return found


def _scores(names: list[str], read: Any, own: Any) -> dict[str, Any]:
    right = (read & own).sum(axis=0)
    precision = right / np.maximum(read.sum(axis=0), 1)
    recall = right / np.maximum(own.sum(axis=0), 1)
    f1 = 2 * right / np.maximum(read.sum(axis=0) + own.sum(axis=0), 1)
    each = {
        name: {"precision": float(p), "recall": float(r), "f1": float(f)}
        for name, p, r, f in zip(names, precision, recall, f1, strict=True)
    }
    return {"macro_f1": float(f1.mean()), "drivers": each}


def markdown(figures: dict[str, Any]) -> str:
    """Two tables: exclusive facets, and the drivers one by one."""
    one = [
        f"{figures['cases']} cases, each read by a model that never saw it",
        "",
        "| read | facet | accuracy | among two | majority | nearest case |",
        "|---|---|---|---|---|---|",
    ]
    drivers = ["| read | driver | precision | recall | F1 |", "|---|---|---|---|---|"]
    for name, found in figures["readings"].items():
        for facet in ("plan_category", "setting"):
            cells = (
                found[facet][kind] for kind in ("accuracy", "among two", "majority", "nearest")
            )
            one.append(f"| {name} | {facet} | {' | '.join(f'{f:.3f}' for f in cells)} |")
        of = found["drivers"]
        others = ", ".join(
            f"{kind} {of[kind]['macro_f1']:.3f}" for kind in ("majority", "everything", "nearest")
        )
        drivers.append(f"| {name} | macro ({others}) | | | **{of['model']['macro_f1']:.3f}** |")
        for driver, f in of["model"]["drivers"].items():
            cells = (f[kind] for kind in ("precision", "recall", "f1"))
            drivers.append(f"| | {driver} | {' | '.join(f'{c:.2f}' for c in cells)} |")
    return "\n".join([*one, "", *drivers])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("var/index"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.index)
    print(json.dumps(figures, ensure_ascii=False, indent=1) if options.json else markdown(figures))


if __name__ == "__main__":
    main()

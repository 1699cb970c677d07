"""How well a case handed in again is noticed: ``python -m bench.duplicates --index DIR [--json]``.

Recall on cases of the casebook written anew in one language (bench/queries/paraphrases.yaml; the
detector's weights were chosen on the half marked `develop`), and false alarms on cases that are
distinct: invented neighbours (bench/queries/distinct.yaml) and every case of the casebook against
all others, in full and in one language. The threshold that is published with an index is learnt
from those same cases, so for them it is learnt here from one half of the casebook and tried on the
other, both ways. Intervals are Wilson's 95%.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from indexer.live import open_published
from indexer.sameness import FALSE_ALARMS, Sameness, told_of_case
from kb.model import LANGS, Case, Localised, Place, PlaceNames

QUERIES = Path(__file__).with_name("queries")
WILSON = 1.96


def rows_of(name: str) -> list[dict[str, Any]]:
    """The rows of a set under bench/queries."""
    rows: list[dict[str, Any]] = yaml.safe_load((QUERIES / name).read_text(encoding="utf-8"))
    return rows


def case_of_row(row: dict[str, Any]) -> Case:
    """A row as the case file its author would hand in, so far as it goes: one language, no tags
    but the category."""
    place = row["place"]

    def told(text: str) -> Localised:
        own = {} if row["lang"] == "zh-Hant" else {row["lang"]: text}
        return Localised.model_validate({"zh-Hant": text, **own})

    return Case.model_construct(
        schema_version=1,
        id="xx-handed-in",
        title=told(row["title"]),
        summary=told(row["summary"]),
        place=Place(
            country=place["country"],
            region=place["region"],
            municipalities=[place["municipality"]],
            names=PlaceNames(en=[place["latin"]] if "latin" in place else []),
            setting="small-town",
        ),
        drivers={},
        plan_category=row["category"],
        sources=[],
        updated=dt.date(2026, 11, 1),
        body=row.get("body", ""),
    )


def measure(index_dir: Path) -> dict[str, Any]:
    """All figures."""
    searcher = open_published(index_dir)
    index = searcher.index
    sameness = Sameness(index, [searcher.catalogue.case(i) for i in index.ids])
    threshold = sameness.threshold()
    rows = rows_of("paraphrases.yaml")
    scores = [sameness.evidence(told_of_case(sameness, case_of_row(row))) for row in rows]
    targets = [index.number[row["id"]] for row in rows]
    found = np.array([s[t] >= threshold for s, t in zip(scores, targets, strict=True)])
    first = np.array([s.argmax() == t for s, t in zip(scores, targets, strict=True)])
    half = np.array([row["half"] for row in rows])
    lang = np.array([row["lang"] for row in rows])
    distinct = [
        float(sameness.evidence(told_of_case(sameness, case_of_row(row))).max())
        for row in rows_of("distinct.yaml")
    ]
    return {
        "cases": len(index.ids),
        "threshold": threshold,
        "recall": {
            "develop": _share(found[half == "develop"]),
            "report": _share(found[half == "report"]),
            **{f"report {code}": _share(found[(half == "report") & (lang == code)])
               for code in LANGS},
            **{f"all {code}": _share(found[lang == code]) for code in LANGS},
            "all": _share(found),
        },
        "comes first": _share(first),
        "missed": [row["id"] for row, hit in zip(rows, found, strict=True) if not hit],
        "false alarms": {
            "invented neighbours": _share(np.array(distinct) >= threshold),
            **_casebook(sameness),
        },
    }  # fmt: skip


def _casebook(sameness: Sameness) -> dict[str, dict[str, float]]:
    """False alarms among the casebook's own cases, the threshold learnt from the other half."""
    told = [sameness.retold(number) for number in range(sameness.size)]
    best = [
        [float(sameness.evidence(one, number).max()) for one in forms]
        for number, forms in enumerate(told)
    ]
    order = np.random.default_rng(0).permutation(len(best))
    halves = [order[::2], order[1::2]]
    full: list[bool] = []
    one: list[bool] = []
    for learnt, tried in (halves, halves[::-1]):
        threshold = np.quantile([s for n in learnt for s in best[n]], 1 - FALSE_ALARMS)
        full += [best[n][-1] >= threshold for n in tried]
        one += [score >= threshold for n in tried for score in best[n][:-1]]
    return {"casebook in full": _share(full), "casebook in one language": _share(one)}


def _share(hits: Sequence[bool] | Any) -> dict[str, float]:
    """A share with its 95% interval (Wilson, 1927)."""
    n, k = len(hits), int(np.sum(hits))
    p, z = k / n, WILSON
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return {
        "n": n,
        "hits": k,
        "share": round(p, 4),
        "low": round(max(middle - reach, 0), 4),
        "high": round(min(middle + reach, 1), 4),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    measured = measure(options.index)
    if options.json:
        print(json.dumps(measured, ensure_ascii=False, indent=2))
        return
    print(f"{measured['cases']} cases; evidence from {measured['threshold']:.2f} on")
    for name, share in [
        *((f"recall, {key}", value) for key, value in measured["recall"].items()),
        ("its case comes first", measured["comes first"]),
        *((f"false alarms, {key}", value) for key, value in measured["false alarms"].items()),
    ]:
        print(
            f"{name:40} {share['hits']:4} of {share['n']:4}  {share['share']:.3f} "
            f"({share['low']:.3f}-{share['high']:.3f})"
        )
    print("missed:", ", ".join(measured["missed"]) or "none")


if __name__ == "__main__":
    main()

"""How long things take: a query, opening an index, making one, and bringing one up to date.

    python -m bench.speed [--index DIR] [--queries FILE] [--cases DIR] [--encoder NAME] [--json]

Indexing is timed in fresh processes on temporary copies: from nothing, again with nothing
changed, and after one sentence was added to one case. Queries are asked one at a time, in this
process, of the index DIR or else of the one just made. Each stage is given in seconds by the
clock and, for a machine that has other work, in seconds of the processor (all threads of it).
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EDITED = "jp-okayama-tsuyama-industry-support"
LESSONS = "## 可借鏡之處\n"
STARTED = time.perf_counter()


class Stopwatch:
    """Adds up, by stage, the time spent in functions it was put around."""

    def __init__(self) -> None:
        self.stages: dict[str, dict[str, float]] = {}

    def add(self, stage: str, clock: float, processor: float) -> None:
        """Count some seconds."""
        spent = self.stages.setdefault(stage, {"clock": 0.0, "processor": 0.0})
        spent["clock"] += clock
        spent["processor"] += processor

    def around(self, owner: Any, name: str, stage: str) -> None:
        """Time every call of ``owner.name`` as part of a stage."""
        function = getattr(owner, name)
        bound = isinstance(owner.__dict__.get(name), classmethod)
        inner: Callable[..., Any] = function.__func__ if bound else function

        @functools.wraps(inner)
        def timed(*args: Any, **kwargs: Any) -> Any:
            clock, processor = time.perf_counter(), time.process_time()
            try:
                return inner(*args, **kwargs)
            finally:
                self.add(stage, time.perf_counter() - clock, time.process_time() - processor)

        setattr(owner, name, classmethod(timed) if bound else timed)


def build_stages(cases: Path, index: Path, encoder: str) -> dict[str, Any]:
    """Build in this process and say where the time went. Stages in brackets lie within others,
    or run beside them."""
    watch = Stopwatch()
    from indexer import build, encoders
    from indexer.dense import DenseIndex
    from indexer.generation import Generations
    from indexer.lexical import LexicalIndex
    from indexer.ranking import RankingIndex
    from indexer.sameness import Sameness
    from indexer.vectors import VectorStore

    watch.add("imports", time.perf_counter() - STARTED, time.process_time())
    watch.around(build, "load_casebook", "reading cases")
    watch.around(build, "document_of_case", "passages")
    watch.around(encoders, "_load", "[loading encoders]")
    watch.around(build, "points", "likeness")
    watch.around(Sameness, "threshold", "likeness")
    watch.around(build, "embed", "vectors")
    watch.around(DenseIndex, "build", "[FAISS]")
    watch.around(RankingIndex, "build", "tokens and terms")
    watch.around(LexicalIndex, "build", "[BM25]")
    watch.around(build, "write_documents", "writing")
    watch.around(RankingIndex, "save", "writing")
    watch.around(VectorStore, "save", "writing")
    watch.around(build, "write_catalogue", "catalogue")
    watch.around(Generations, "verified", "checking what was there")
    watch.around(Generations, "publish", "publishing")
    watch.around(os, "fsync", "[fsync]")
    clock, processor = time.perf_counter(), time.process_time()
    report = build.build_index(cases, index, encoder)
    watch.add("the whole build", time.perf_counter() - clock, time.process_time() - processor)
    return {
        "stages": watch.stages,
        "published": report.published,
        "embedded": report.embedded,
        "reused": report.reused,
    }


def build_afresh(cases: Path, index: Path, encoder: str) -> dict[str, Any]:
    """The same in a process of its own, with the time from its start to its end."""
    command = [sys.executable, "-m", "bench.speed", "--stages", str(cases), str(index), encoder]
    started = time.perf_counter()
    ended = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    measured: dict[str, Any] = json.loads(ended.stdout)
    measured["process"] = time.perf_counter() - started
    return measured


def edit_one(cases: Path) -> None:
    """Add a sentence to one case."""
    path = next(cases.rglob(f"{EDITED}.md"))
    text = path.read_text("utf-8")
    path.write_text(text.replace(LESSONS, f"{LESSONS}- 先問在地需要什麼。\n", 1), "utf-8")


def query_times(index: Path, queries: Path) -> dict[str, float]:
    """Milliseconds to open, to warm up, and to answer (one query at a time)."""
    import numpy as np

    from indexer.live import open_published
    from indexer.search import Query

    texts = [json.loads(line)["text"] for line in queries.read_text("utf-8").splitlines()]
    started = time.perf_counter()
    searcher = open_published(index)
    opened = time.perf_counter()
    searcher.warm_up()
    warm = time.perf_counter()
    for text in texts[:20]:
        searcher.search(Query(q=text))
    spent, worked = [], []
    for text in texts:
        asked, idle = time.perf_counter(), time.process_time()
        searcher.search(Query(q=text))
        spent.append((time.perf_counter() - asked) * 1000)
        worked.append((time.process_time() - idle) * 1000)
    return {
        "cases": searcher.manifest.cases,
        "passages": searcher.manifest.passages,
        "queries": len(spent),
        "open_ms": (opened - started) * 1000,
        "warm_up_ms": (warm - opened) * 1000,
        "p50_ms": float(np.percentile(spent, 50)),
        "p95_ms": float(np.percentile(spent, 95)),
        "slowest_ms": max(spent),
        "processor_p50_ms": float(np.percentile(worked, 50)),
        "processor_p95_ms": float(np.percentile(worked, 95)),
    }


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """All figures, in temporary folders."""
    with tempfile.TemporaryDirectory(prefix="kb-speed-") as folder:
        cases, index = Path(folder) / "cases", Path(folder) / "index"
        shutil.copytree(args.cases, cases)
        builds = {"from nothing": build_afresh(cases, index, args.encoder)}
        builds["unchanged"] = build_afresh(cases, index, args.encoder)
        edit_one(cases)
        builds["one case edited"] = build_afresh(cases, index, args.encoder)
        queries = query_times(args.index or index, args.queries)
    return {"load": os.getloadavg()[0], "builds": builds, "queries": queries}


def print_tables(figures: dict[str, Any]) -> None:
    """For people."""
    builds, queries = figures["builds"], figures["queries"]
    print(f"load of the machine: {figures['load']:.1f} ({os.cpu_count()} cores)\n")
    print("seconds by the clock (of the processor)" + "".join(f"{b:>18}" for b in builds))
    stages = dict.fromkeys(stage for build in builds.values() for stage in build["stages"])
    for stage in stages:
        row = f"{stage:39}"
        for build in builds.values():
            spent = build["stages"].get(stage)
            cell = f"{spent['clock']:.2f} ({spent['processor']:.2f})" if spent else "-"
            row += f"{cell:>18}"
        print(row)
    print(f"{'the whole process':39}" + "".join(f"{b['process']:>18.2f}" for b in builds.values()))
    for count in ("embedded", "reused"):
        print(f"{'texts ' + count:39}" + "".join(f"{b[count]:>18,}" for b in builds.values()))
    print(
        f"\n{queries['queries']} queries on {queries['cases']} cases: p50 {queries['p50_ms']:.1f} "
        f"ms, p95 {queries['p95_ms']:.1f} ms, slowest {queries['slowest_ms']:.1f} ms "
        f"(of the processor: p50 {queries['processor_p50_ms']:.1f}, "
        f"p95 {queries['processor_p95_ms']:.1f} ms); "
        f"opening {queries['open_ms']:.0f} ms, warming up {queries['warm_up_ms']:.0f} ms"
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--index", type=Path, help="ask the queries of this index")
    parser.add_argument("--queries", type=Path, default=ROOT / "bench/queries/casebook.jsonl")
    parser.add_argument("--cases", type=Path, default=ROOT / "cases")
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--stages", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.stages:
        cases, index, encoder = args.stages
        print(json.dumps(build_stages(Path(cases), Path(index), encoder)))
        return
    figures = measure(args)
    if args.json:
        print(json.dumps(figures, indent=1))
    else:
        print_tables(figures)


if __name__ == "__main__":
    main()

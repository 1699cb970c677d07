"""Runs ``kb index`` again and again and kills it when told: the test of that drives this.

    python indexer_killed.py CASES INDEX

It builds the index once itself. Then each line of standard input is how many seconds the next
build may live (0: as long as it likes).
Each build is a process of its own, forked from this one, which has imported and loaded everything
by then: so every instant falls into the indexing, none into the start of Python.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from indexer.build import build_index
from kb.cli import app


def index(arguments: list[str]) -> int:
    """What ``kb index`` does, up to its exit status."""
    try:
        app(arguments)
    except SystemExit as done:
        return int(done.code or 0)
    return 0


def main(cases: str, index_dir: str) -> None:
    """Fork, wait, kill; answer with how long the build lived and how it ended."""
    build_index(Path(cases), Path(index_dir), encoder="fast")
    arguments = ["index", "--cases", cases, "--index", index_dir, "--encoder", "fast", "--json"]
    print("ready", flush=True)
    for line in sys.stdin:
        sys.stdout.flush()
        started = time.perf_counter()
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(index(arguments))
        if float(line) > 0:
            time.sleep(float(line))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print(time.perf_counter() - started, os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

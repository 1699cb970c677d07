"""Loading encoders and dictionary while something else is being done."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from functools import partial

from indexer.encoders import View, load_encoder
from indexer.errors import IndexerError
from indexer.text import load_dictionary


def start_loading(parts: Sequence[View], *, dictionary: bool = True) -> list[threading.Thread]:
    """Load the encoders of these views and the dictionary, each on a thread of its own.

    What goes wrong here goes wrong again, and is raised, where the thing is needed.
    """
    tasks: list[Callable[[], object]] = [load_dictionary] if dictionary else []
    tasks += [partial(load_encoder, view.encoder) for view in parts]

    def run(task: Callable[[], object]) -> None:
        with contextlib.suppress(IndexerError):
            task()

    threads = [threading.Thread(target=run, args=(task,), daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    return threads

"""The published generation, kept open; a newer one is picked up without a restart."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import IndexDamaged
from indexer.generation import Generations
from indexer.search import Searcher
from kb.errors import CatalogueError

log = logging.getLogger("sosei.index")


@dataclass(frozen=True)
class Status:
    """Which generation is served, and what kept a newer one from being served."""

    generation: str | None
    quality: str | None
    refused: str | None


def open_published(index_dir: Path) -> Searcher:
    """The published generation or, if that is damaged, the newest before it that is whole.

    Raises IndexMissing or IndexDamaged.
    """
    return _open(Generations(index_dir))[0]


def _open(generations: Generations) -> tuple[Searcher, str | None]:
    refused: list[str] = []
    for name in generations.newest_first():
        try:
            folder, manifest = generations.verified(name)
            return Searcher.open(folder, manifest), "; ".join(refused) or None
        except (IndexDamaged, CatalogueError) as error:
            refused.append(str(error))
    raise IndexDamaged("; ".join([*refused, "no whole generation is left: run `kb index`"]))


class LiveIndex:
    """Gives every request the newest generation. Cheap to ask: one small read of CURRENT.

    A new generation is opened and warmed up in the background while the old one goes on
    answering; requests under way keep the searcher they began with.
    """

    def __init__(self, index_dir: Path) -> None:
        self._generations = Generations(index_dir)
        self._lock = threading.Lock()
        self._searcher: Searcher | None = None
        self._seen: str | None = None
        self._refused: str | None = None

    def searcher(self) -> Searcher:
        """The searcher to answer a request with.

        Raises IndexMissing or IndexDamaged when there is nothing to answer from.
        """
        current = self._searcher
        if current is None:
            with self._lock:
                if self._searcher is None:
                    self._seen = self._generations.published()
                    self._searcher, self._refused = _open(self._generations)
                return self._searcher
        try:
            published = self._generations.published()
        except Exception:  # the folder is being moved or is gone: what is open still answers
            return current
        if published != self._seen and self._lock.acquire(blocking=False):
            self._seen = published
            threading.Thread(target=self._renew, name="index-renewal", daemon=True).start()
        return current

    def status(self) -> Status:
        """What is served now."""
        manifest = self._searcher.manifest if self._searcher else None
        return Status(
            manifest.generation if manifest else None,
            manifest.quality if manifest else None,
            self._refused,
        )

    def _renew(self) -> None:
        try:
            searcher, refused = _open(self._generations)
            searcher.warm_up()
            searcher.warm_up_rest()
            self._searcher, self._refused = searcher, refused
            if refused:
                log.warning("%s; serving %s", refused, searcher.manifest.generation)
        except Exception as error:
            self._refused = str(error)
            log.exception("a new generation cannot be opened; the old one goes on being served")
        finally:
            self._lock.release()

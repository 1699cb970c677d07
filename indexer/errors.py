"""What can go wrong in the index, and what to do about it.

::

    IndexerError
    ├── EncoderError     an encoder cannot be loaded
    ├── EvaluationError  a file of queries or texts is not what ``kb eval`` reads
    ├── IndexBusy        another process is building this index
    ├── IndexDamaged     no published generation opens
    ├── IndexMissing     nothing has been published yet
    ├── NothingToIndex   there is not one good case to index
    └── QueryError       a query that cannot be answered
"""

from __future__ import annotations


class IndexerError(Exception):
    """Base of all errors of this package; its text is fit to be shown."""


class EncoderError(IndexerError):
    """An encoder cannot be loaded."""


class EvaluationError(IndexerError):
    """A file of queries or texts is not what ``kb eval`` reads."""


class IndexBusy(IndexerError):  # noqa: N818 - what it says is its name
    """Another process is building this index."""


class IndexDamaged(IndexerError):  # noqa: N818
    """No published generation opens; the text names each and what is wrong with it."""


class IndexMissing(IndexerError):  # noqa: N818
    """Nothing has been published in this folder yet."""


class NothingToIndex(IndexerError):  # noqa: N818
    """There is not one good case to index."""


class QueryError(IndexerError):
    """A query that cannot be answered."""

"""One thread a query.

BLAS and OpenMP start a thread per core for every small product and let them spin. A server that
answers several requests at once, or shares its machine, loses tens of milliseconds a query to
that. Requests run side by side instead, each on its own thread.
"""

from __future__ import annotations

from functools import lru_cache

import faiss
from threadpoolctl import threadpool_limits


@lru_cache(maxsize=1)
def one_thread_a_query() -> None:
    """Limit BLAS and FAISS to one thread each in this process."""
    threadpool_limits(limits=1, user_api="blas")
    faiss.omp_set_num_threads(1)

"""A real server for a real browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from kb.settings import Settings
from web.app import create_app


@contextmanager
def served(index_dir: Path, cases_dir: Path) -> Iterator[str]:
    """A server over an index, until the end of the block; gives its address."""
    app = create_app(Settings(index_dir=index_dir, cases_dir=cases_dir))

    @app.get("/{lang}/broken")
    def broken() -> None:
        raise RuntimeError("meant to fail")

    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)  # from here on connections wait for the server to start
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)

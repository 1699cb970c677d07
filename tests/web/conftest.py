"""A client of the whole site over the small index that the whole run shares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from kb.settings import Settings
from web.app import create_app


@pytest.fixture(scope="session")
def site(index_dir: Path, casebook_dir: Path) -> Iterator[TestClient]:
    """Errors come back as pages, as they would to a browser."""
    app = create_app(Settings(index_dir=index_dir, cases_dir=casebook_dir))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client

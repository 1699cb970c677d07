"""A client of the API over the small index that the whole run shares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from kb.settings import Settings


@pytest.fixture(scope="session")
def client(index_dir: Path, casebook_dir: Path) -> Iterator[TestClient]:
    """Errors come back as answers, as they would over the wire."""
    app = create_app(Settings(index_dir=index_dir, cases_dir=casebook_dir))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client

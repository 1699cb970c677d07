"""The index over HTTP: FastAPI under ``/api/v1``, with health, metrics and problem documents."""

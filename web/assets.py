"""Static files with addresses that change with their content, so they can be kept for ever."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WEB_DIR = Path(__file__).parent
STATIC_DIR = WEB_DIR / "static"
SOURCES = {".html", ".xml", ".yaml", ".py", ".css", ".js", ".svg"}
FOREVER = "public, max-age=31536000, immutable"


class Static(StaticFiles):
    """Static files; those asked for under their present fingerprint may be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        asked = scope.get("query_string", b"").decode("latin-1")
        fresh = response.status_code == 200 and asked == f"v={fingerprint(path)}"
        response.headers["Cache-Control"] = FOREVER if fresh else "public, no-cache"
        return response


@lru_cache(maxsize=256)
def fingerprint(name: str) -> str:
    """A short hash of a static file; empty if there is none of that name."""
    path = (STATIC_DIR / name).resolve()
    if not path.is_relative_to(STATIC_DIR) or not path.is_file():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file."""
    return f"/static/{name}?v={fingerprint(name)}"


@cache
def build_fingerprint() -> str:
    """A hash over code, templates, strings and static files: part of every page's ETag."""
    digest = hashlib.sha256()
    for path in sorted(WEB_DIR.rglob("*")):
        if path.is_file() and path.suffix in {
            ".html",
            ".yaml",
            ".py",
            ".css",
            ".js",
            ".svg",
            ".xml",
        }:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

"""Conditional GET. What a page says follows from the index generation, the language and the
software, so its ETag is made of these and costs nothing to compute."""

from __future__ import annotations

import hashlib

from fastapi import Request
from starlette.responses import Response

REVALIDATE = "public, no-cache"  # keep, but ask each time whether it still holds


def etag(*parts: str) -> str:
    """A weak ETag over the parts (weak because the body may be compressed on the way)."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
    return f'W/"{digest}"'


def unchanged(request: Request, tag: str) -> Response | None:
    """304 if the caller already has what ``tag`` names, else None (RFC 9110, 13.1.2)."""
    asked = request.headers.get("if-none-match", "")
    held = {item.strip().removeprefix("W/") for item in asked.split(",")}
    if tag.removeprefix("W/") in held or asked.strip() == "*":
        return Response(status_code=304, headers=headers(tag))
    return None


def headers(tag: str) -> dict[str, str]:
    """Headers of an answer that may be kept and revalidated."""
    return {"ETag": tag, "Cache-Control": REVALIDATE}

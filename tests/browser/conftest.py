"""A real server on a free port, a real Chromium, and pages that report what they complain of."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from browser_server import served
from playwright.sync_api import Browser, Page, sync_playwright


@pytest.fixture(scope="session")
def base_url(index_dir: Path, casebook_dir: Path) -> Iterator[str]:
    """Address of the site, served by uvicorn as ``kb serve`` does."""
    with served(index_dir, casebook_dir) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium as the machine has it, the lean shell before the whole browser."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    executable = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What the browser complained of or asked elsewhere for: both must stay empty."""

    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, base_url: str) -> Iterator[Open]:
    """Opens ``path`` in a context of its own; the test fails if a page complained."""
    complaints = Complaints()
    contexts = []

    def open_page(path: str, *, width: int = 1200, height: int = 900, **options: Any) -> Page:
        options = {"locale": "zh-TW"} | options
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=base_url, **options
        )
        context.set_default_timeout(10_000)  # milliseconds; only a fault waits so long
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _hear(message.text, complaints))
        page.on("pageerror", lambda error: complaints.console.append(str(error)))
        page.on("request", lambda request: _note(request.url, base_url, complaints))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints.console
    assert not complaints.elsewhere


def _hear(text: str, complaints: Complaints) -> None:
    # Chromium says so when a page itself is an error, as some are meant to be.
    if "status of 404" not in text and "status of 500" not in text:
        complaints.console.append(text)


def _note(url: str, base_url: str, complaints: Complaints) -> None:
    if not url.startswith((base_url, "data:")):
        complaints.elsewhere.append(url)

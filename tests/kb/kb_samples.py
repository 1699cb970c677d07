"""Where the cases are that tests of kb start from."""

from __future__ import annotations

from pathlib import Path

VALID = Path(__file__).with_name("data") / "jp-fukui-sabae-example.md"
CASES = Path(__file__).parents[2] / "cases"


def write(path: Path, text: str) -> Path:
    """Write a file as it is, line ends included, and the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path

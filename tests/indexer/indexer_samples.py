"""Cases that tests of the index name, and edits they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Copy = Callable[..., Path]  # what the fixture `copy_of` is

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
NISHIAWAKURA = "jp-okayama-nishiawakura-forest-ventures"
DONGGANG = "tw-pingtung-donggang-fishery-town"
KINMEN = "tw-kinmen-design-flip-model-area"
MASHIKO = "jp-tochigi-mashiko-pottery-export"

LESSONS = "## 可借鏡之處\n"


def path_of(cases: Path, case_id: str) -> Path:
    """The file of a case."""
    return next(cases.rglob(f"{case_id}.md"))


def add_lesson(cases: Path, case_id: str, lesson: str) -> None:
    """Put one more lesson at the head of a case's last section."""
    path = path_of(cases, case_id)
    text = path.read_text("utf-8")
    assert LESSONS in text
    path.write_text(text.replace(LESSONS, f"{LESSONS}- {lesson}\n", 1), "utf-8")

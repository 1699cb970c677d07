"""A case file as read, before it is known to be a case.

Rules look at drafts rather than at cases, so that one slip does not hide the next: a draft has
whatever data could be read, and answers for the parts that are missing or of a wrong type too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kb.findings import Finding, make_finding
from kb.frontmatter import Path as DataPath
from kb.frontmatter import Position, dotted, parse_front_matter
from kb.rawtext import check_text, decode

_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,100})\]")


@dataclass(frozen=True)
class Draft:
    """Path, text, front matter data with positions, body, and findings of the reading so far.

    ``data`` is None when the front matter cannot be read; then only ``findings`` is of use.
    """

    path: Path
    file: str
    text: str
    data: dict[str, Any] | None
    positions: dict[DataPath, Position]
    body_start: int
    body_line: int
    findings: list[Finding]

    @cached_property
    def body(self) -> str:
        """The Markdown after the front matter, with LF line endings."""
        return self.text[self.body_start :].replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def footnotes(self) -> list[tuple[str, int, int]]:
        """(source id, line, column) of every footnote mark in the body, in order."""
        marks = []
        for number, line in enumerate(self.body.split("\n"), start=self.body_line):
            for match in _FOOTNOTE.finditer(line):
                marks.append((match.group(1), number, match.start() + 1))
        return marks

    def get(self, *path: str | int) -> Any:
        """The value at a path, or None if any step of it is missing."""
        value: Any = self.data
        for step in path:
            if isinstance(step, str) and isinstance(value, dict):
                value = value.get(step)
            elif isinstance(step, int) and isinstance(value, list) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def text_at(self, *path: str | int) -> str | None:
        """The value at a path if it is a text with something in it."""
        value = self.get(*path)
        return value if isinstance(value, str) and value.strip() else None

    def number_at(self, *path: str | int) -> int | float | None:
        """The value at a path if it is a number."""
        value = self.get(*path)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def items(self, *path: str | int) -> Iterator[DataPath]:
        """The paths of the mappings in the list at a path."""
        value = self.get(*path)
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield (*path, index)

    def leaves(self) -> Iterator[tuple[DataPath, Any]]:
        """(path, value) of every scalar."""
        for path in self.positions:
            value = self.get(*path)
            if not isinstance(value, dict | list):
                yield path, value

    def position(self, path: DataPath) -> Position | None:
        """The position of a value, or of the nearest thing around it."""
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path)

    def finding(
        self,
        code: str,
        path: DataPath,
        *,
        at_key: bool = False,
        **values: object,
    ) -> Finding:
        """A finding about a value of the front matter, placed where it stands."""
        place = self.position(path)
        line, column = (1, 1) if place is None else (place.line, place.column)
        if place is not None and (at_key or path not in self.positions or place.style == "block"):
            line, column = place.key_line, place.key_column
        return make_finding(code, self.file, line, column, field=dotted(path), **values)

    def body_finding(self, code: str, line: int, column: int = 1, **values: object) -> Finding:
        """A finding about a line of the file that lies in the body."""
        return make_finding(code, self.file, line, column, field="body", **values)


def read_draft(path: Path, data: bytes | None = None) -> Draft:
    """Read a file (or take its bytes) as a draft; whatever is wrong is in ``findings``."""
    file = str(path)
    if data is None:
        try:
            data = path.read_bytes()
        except OSError as error:
            problem = error.strerror or type(error).__name__
            return _unreadable(
                path, "", [make_finding("file-unreadable", file, 1, 1, problem=problem)]
            )
    text, findings = decode(data, file)
    if text is None:
        return _unreadable(path, "", findings)
    findings = check_text(text, file)
    if any(finding.code == "merge-conflict" for finding in findings):
        return _unreadable(path, text, findings)
    front = parse_front_matter(text, file)
    spoilt = {f.line for f in findings if f.code in ("tab", "control-character")}
    findings += [f for f in front.findings if f.code != "yaml-syntax" or f.line not in spoilt]
    front_data = front.data
    if not isinstance(front_data, dict):
        if not front.findings and not any(f.severity == "error" for f in findings):
            findings.append(make_finding("front-matter-not-mapping", file, 2, 1))
        front_data = None
    return Draft(
        path, file, text, front_data, front.positions, front.body_start, front.body_line, findings
    )


def _unreadable(path: Path, text: str, findings: list[Finding]) -> Draft:
    return Draft(path, str(path), text, None, {}, len(text), 1, findings)

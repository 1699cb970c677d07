"""Case files: reading them into cases and writing them back without losing a byte.

A :class:`CaseFile` keeps the text it was read from; writing it writes that text. To change a
value, :meth:`CaseFile.with_value` replaces the characters of that value and no others.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.draft import Draft, read_draft
from kb.errors import CaseFileError, EditError
from kb.findings import Finding
from kb.frontmatter import Path as DataPath
from kb.frontmatter import Position, dotted, parse_front_matter, resolve_plain
from kb.integrity import INTEGRITY_RULES, run_rules
from kb.model import Case
from kb.schema import validate

# Texts that may stand in a flow collection without quotes: no indicator, no comma, no colon.
_PLAIN_SAFE = re.compile(r"[^\W_][\w 、。，；：！？「」『』（）〈〉《》・ー／~–—.+/%-]*\Z")
_NEEDS_ESCAPES = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


@dataclass(frozen=True)
class CaseFile:
    """A valid case file: its case, its exact text, and where each value stands in it."""

    path: Path
    text: str
    case: Case
    positions: dict[DataPath, Position]
    body_line: int

    def with_value(self, path: DataPath, value: Any) -> CaseFile:
        """A copy with the value at ``path`` replaced and every other byte kept.

        The value must exist, as a scalar or a collection in ``[]`` or ``{}``. Raises
        :class:`EditError` if it cannot be edited so, :class:`CaseFileError` if the case would
        not be valid afterwards.
        """
        place = self.positions.get(path)
        if place is None:
            raise EditError(f"{self.path}: there is no {dotted(path) or 'value'} to edit")
        if place.style == "block":
            raise EditError(f"{self.path}: {dotted(path)} is written as a block; edit its parts")
        text = self.text[: place.start] + _written(self.text, place, value) + self.text[place.end :]
        _check_edit(self, text, path)
        return parse_case_file(self.path, text.encode("utf-8"))


def read_case_file(path: Path) -> CaseFile:
    """Read and check one case file; raises :class:`CaseFileError` with findings if it is broken."""
    return _from_draft(read_draft(path))


def parse_case_file(path: Path, data: bytes) -> CaseFile:
    """The same for bytes that are not (yet) on disk."""
    return _from_draft(read_draft(path, data))


def write_case_file(file: CaseFile, path: Path | None = None) -> None:
    """Write a case file, atomically; one that was only read comes out byte for byte the same."""
    write_bytes(path or file.path, file.text.encode("utf-8"))


def write_bytes(target: Path, data: bytes) -> None:
    """Write a file whole or not at all, keeping its permissions."""
    scratch = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    scratch.write_bytes(data)
    if target.exists():
        scratch.chmod(target.stat().st_mode)
    scratch.replace(target)


def case_of(draft: Draft) -> tuple[CaseFile | None, list[Finding]]:
    """The case file a draft makes, or None, with every finding on the way there."""
    case, findings = validate(draft)
    findings = [*draft.findings, *findings, *run_rules(INTEGRITY_RULES, draft)]
    findings = in_order(findings)
    if case is None or any(finding.severity == "error" for finding in findings):
        return None, findings
    return CaseFile(draft.path, draft.text, case, draft.positions, draft.body_line), findings


def in_order(findings: list[Finding]) -> list[Finding]:
    """By place in the file, each said once (the model and a rule may notice the same slip)."""
    unique = {(f.file, f.line, f.column, f.code, f.field, f.message.zh_hant): f for f in findings}
    return sorted(unique.values(), key=lambda f: (f.file, f.line, f.column, f.code))


def _from_draft(draft: Draft) -> CaseFile:
    file, findings = case_of(draft)
    if file is None:
        raise CaseFileError(draft.path, [f for f in findings if f.severity == "error"])
    return file


def _written(text: str, place: Position, value: Any) -> str:
    """How a value is written in the place of another, with the space or line end it needs."""
    new = to_flow(value)
    if place.start == place.end and text[place.start - 1 : place.start] in (":", "-"):
        return f" {new}"
    if place.style == "block-scalar":
        old = text[place.start : place.end]
        return new + old[len(old.rstrip("\r\n")) :]
    return new


def _check_edit(file: CaseFile, text: str, path: DataPath) -> None:
    """An edit must change that one value: whatever else it moved, it is refused."""
    before = parse_front_matter(file.text, str(file.path))
    after = parse_front_matter(text, str(file.path))

    def others(positions: dict[DataPath, Position]) -> list[DataPath]:
        return [other for other in positions if other[: len(path)] != path]

    same_shape = others(before.positions) == others(after.positions) and not after.findings
    if not same_shape:
        raise EditError(f"{file.path}: {dotted(path)} cannot be edited in place")


def to_flow(value: Any) -> str:
    """A value as one line of YAML, plain where that is safe: what ``with_value`` writes."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise EditError(f"{value} is no figure")
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(to_flow(item) for item in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{_text(str(key))}: {to_flow(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    raise EditError(f"a {type(value).__name__} has no form in YAML")


def _text(text: str) -> str:
    plain = _PLAIN_SAFE.match(text) and not text.endswith(" ")
    if plain and isinstance(resolve_plain(text), str):
        return text
    if _NEEDS_ESCAPES.search(text):
        return '"' + _NEEDS_ESCAPES.sub(_escape, re.sub(r'(["\\])', r"\\\1", text)) + '"'
    return "'" + text.replace("'", "''") + "'"


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"

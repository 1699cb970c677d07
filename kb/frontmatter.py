"""YAML front matter with the position of every value, read as YAML 1.2 core.

PyYAML's C parser gives the events (fast, positions included); values are resolved here, because
PyYAML itself speaks YAML 1.1, in which ``no`` is false and ``1:30`` is ninety. Anchors, aliases,
tags and duplicate keys are findings and are never acted upon, so nothing can explode.
"""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml
from yaml import events as ev

from kb.findings import Finding, make_finding

Path = tuple[str | int, ...]

# A case file nests five deep; more than this is an attack or an accident.
MAX_DEPTH = 20
_DELIMITER = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)
_OPENING = re.compile(r"\ufeff?---[ \t]*\r?(?:\n|\Z)")

_NEXT_KEY = re.compile(r"\s*(?:- )?(?:[\w-]+:(?:\s|\Z)|[\[{])")
_DOCUMENT_END = re.compile(r"^\.\.\.[ \t]*\r?$", re.MULTILINE)
_NO_SPACE = re.compile(r"\s*(?:- )?[\w-]+:[^\s/]")

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,18}\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NUMERIC_START = frozenset("+-.0123456789")


class Position(NamedTuple):
    """Where a value stands: 1-based line and column, and its span of characters in the file."""

    line: int
    column: int
    start: int
    end: int
    key_line: int
    key_column: int
    style: str  # "plain", "quoted", "block-scalar", "flow" or "block"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The data of a front matter, positions by path, and what was wrong with it."""

    data: Any
    positions: dict[Path, Position]
    findings: list[Finding]
    body_start: int
    body_line: int


class LineIndex:
    """Character offsets to 1-based (line, column), counting lines as editors do."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]

    def at(self, offset: int) -> tuple[int, int]:
        """(line, column) of the character at ``offset``."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def resolve_plain(text: str) -> str | int | float | bool | None:
    """What a plain scalar means in YAML 1.2 core (decimal numbers only).

    Infinities, not-a-number, and integers beyond 18 digits stay text: none is a figure.
    """
    if text in _NULL:
        return None
    if text[0] in _NUMERIC_START:
        if _INT.match(text):
            return int(text)
        if _FLOAT.match(text) and math.isfinite(number := float(text)):
            return number
        return text
    return _BOOL.get(text, text)


def split_front_matter(text: str) -> tuple[int, int, int] | str:
    """Offsets (start of the YAML, end of the YAML, start of the body).

    Instead of offsets, the code of the finding when there is no front matter or no end of it.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return "front-matter-missing"
    closing = _DELIMITER.search(text, opening.end())
    if closing is None:
        return "front-matter-unclosed"
    body_start = min(closing.end() + 1, len(text))
    return opening.end(), closing.start(), body_start


def parse_front_matter(text: str, file: str) -> FrontMatter:
    """Read the front matter of a whole case file; never raises on any text."""
    split = split_front_matter(text)
    if isinstance(split, str):
        return FrontMatter(None, {}, [make_finding(split, file, 1, 1)], len(text), 1)
    start, end, body_start = split
    lines = LineIndex(text)
    body_line = lines.at(body_start)[0]
    builder = _Builder(text[start:end], start, lines, file)
    data = builder.build()
    return FrontMatter(data, builder.positions, builder.findings, body_start, body_line)


class _Stop(Exception):  # noqa: N818 - control flow, never leaves this module
    """Ends the reading of a front matter after a finding that leaves nothing to go on with."""


@dataclass
class _Builder:
    """Turns the events of one YAML document into data, positions and findings."""

    source: str
    offset: int
    lines: LineIndex
    file: str
    positions: dict[Path, Position] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    open_flows: list[int] = field(default_factory=list)

    def build(self) -> Any:
        try:
            events = self._events()
            next(events)  # stream start
            if isinstance(next(events), ev.StreamEndEvent):
                return None
            data = self._node(next(events), events, (), None, 0)
            next(events)  # document end
            if isinstance(extra := next(events), ev.DocumentStartEvent):
                self._report("yaml-documents", self._document_end(_index(extra.start_mark)))
            return data
        except (_Stop, StopIteration):
            return None

    def _events(self) -> Iterator[ev.Event]:
        try:
            # libyaml stops at a NUL without a word; such files never get here (control-character)
            yield from yaml.parse(self.source, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            extra = "<document start>" in str(error.problem)
            code = "yaml-documents" if extra else "yaml-syntax"
            blamed = self._blame(error)
            blamed = self._document_end(blamed) if extra else blamed
            self._report(code, blamed, problem=_problem(error))
            raise _Stop from error
        except yaml.reader.ReaderError as error:
            self._report("yaml-syntax", max(error.position, 0), problem=str(error.reason))
            raise _Stop from error
        except (yaml.YAMLError, ValueError, UnicodeError) as error:
            self._report("yaml-syntax", 0, problem=str(error).split("\n")[0])
            raise _Stop from error

    def _blame(self, error: yaml.MarkedYAMLError) -> int:
        """The offset where an editor would mend it: an unclosed quote or bracket is reported by
        libyaml where it noticed, which can be the end of the file, not where it was opened."""
        mark = error.problem_mark or error.context_mark
        index = min(_index(mark), len(self.source)) if mark else 0
        if "quoted scalar" in str(error.context) and error.context_mark:
            return _index(error.context_mark)
        begin = self.source.rfind("\n", 0, index) + 1
        before = self.source.rfind("\n", 0, max(begin - 1, 0)) + 1
        if "mapping values" in str(error.problem) and _NO_SPACE.match(self.source, before, begin):
            return before  # "key:value" was read as a text that goes on here
        at_key = index >= len(self.source) or _NEXT_KEY.match(self.source, begin)
        if self.open_flows and self.open_flows[-1] < begin and at_key:
            return self.open_flows[-1]
        return index

    def _document_end(self, index: int) -> int:
        """The offset of the "..." that ends the first document, else of the second one."""
        mark = _DOCUMENT_END.search(self.source, 0, max(index, 0))
        return index if mark is None else mark.start()

    def _report(self, code: str, index: int, path: Path = (), **values: object) -> None:
        line, column = self.lines.at(self.offset + min(index, len(self.source)))
        self.findings.append(
            make_finding(code, self.file, line, column, field=dotted(path), **values)
        )

    def _place(self, path: Path, start: int, end: int, key: int | None, style: str) -> None:
        line, column = self.lines.at(self.offset + start)
        key_line, key_column = (line, column) if key is None else self.lines.at(self.offset + key)
        self.positions[path] = Position(
            line, column, self.offset + start, self.offset + end, key_line, key_column, style
        )

    def _node(
        self, event: ev.Event, events: Iterator[ev.Event], path: Path, key: int | None, depth: int
    ) -> Any:
        start = _index(event.start_mark)
        if depth > MAX_DEPTH:
            self._report("yaml-too-deep", start, path)
            raise _Stop
        if isinstance(event, ev.AliasEvent):
            self._report("yaml-alias", start, path, name=event.anchor)
            self._place(path, start, _index(event.end_mark), key, "plain")
            return None
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor:
            self._report("yaml-anchor", start, path, name=anchor)
        if tag:
            self._report("yaml-tag", start, path, name=tag)
        if isinstance(event, ev.ScalarEvent):
            return self._scalar(event, path, key)
        flow = "flow" if getattr(event, "flow_style", False) else "block"
        self._place(path, start, start, key, flow)  # keeps parents before their children
        if flow == "flow":
            self.open_flows.append(start)
        data: Any
        if isinstance(event, ev.SequenceStartEvent):
            data, end = self._sequence(events, path, depth)
        else:
            data, end = self._mapping(events, path, depth)
        if flow == "flow":
            self.open_flows.pop()
        self.positions[path] = self.positions[path]._replace(end=self.offset + end)
        return data

    def _scalar(self, event: ev.ScalarEvent, path: Path, key: int | None) -> Any:
        style = {None: "plain", "'": "quoted", '"': "quoted"}.get(event.style, "block-scalar")
        if event.style == "":
            style = "plain"
        self._place(path, _index(event.start_mark), _index(event.end_mark), key, style)
        return resolve_plain(event.value) if style == "plain" else event.value

    def _sequence(
        self, events: Iterator[ev.Event], path: Path, depth: int
    ) -> tuple[list[Any], int]:
        items: list[Any] = []
        while not isinstance(event := next(events), ev.SequenceEndEvent):
            items.append(self._node(event, events, (*path, len(items)), None, depth + 1))
        return items, _index(event.end_mark)

    def _mapping(
        self, events: Iterator[ev.Event], path: Path, depth: int
    ) -> tuple[dict[str, Any], int]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(events), ev.MappingEndEvent):
            at = _index(event.start_mark)
            if not isinstance(event, ev.ScalarEvent):
                self._report("key-not-text", at, path)
                raise _Stop
            name = event.value
            for code, mark in (("yaml-anchor", event.anchor), ("yaml-tag", event.tag)):
                if mark:
                    self._report(code, at, path, name=mark)
            if name in items:
                first = self.positions[(*path, name)].key_line
                self._report("duplicate-key", at, (*path, name), name=name, first=first)
                saved = dict(self.positions)
                self._node(next(events), events, (*path, name), at, depth + 1)
                self.positions = saved  # the first one counts
                continue
            items[name] = self._node(next(events), events, (*path, name), at, depth + 1)
        return items, _index(event.end_mark)


def _index(mark: Any) -> int:
    """The character offset of a mark (libyaml counts characters, not bytes)."""
    return int(mark.index)


def _problem(error: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (error.context, error.problem) if part)


def dotted(path: Path) -> str:
    """``("kpis", 0, "theme")`` as ``kpis[0].theme``."""
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out

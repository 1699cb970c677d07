"""The canonical form of a case file: what ``kb fmt`` writes and what ``kb lint --fix`` mends.

Front matter: fields in the order of the model, one line for each KPI, result and source, quotes
only where YAML needs them. Body: one blank line before a heading, none too many. Comments stay
with the field they stand before or beside. Whatever is written is read again first: if a value,
a comment or the rendered body were to differ, :class:`FormatError` is raised and nothing written.
"""

from __future__ import annotations

import io
import json
import pathlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml
from markdown_it import MarkdownIt
from yaml import events as ev
from yaml.emitter import Emitter

from kb.draft import read_draft
from kb.errors import FormatError
from kb.frontmatter import Path, parse_front_matter, resolve_plain, split_front_matter
from kb.model import LANGS
from kb.rawtext import CONTROL
from kb.schema import keys_at

INDENT = 2
# Containers written one entry a line; every other list or mapping is written on one line.
_BLOCKS: tuple[Path, ...] = (
    (),
    ("title",),
    ("summary",),
    ("abstract",),
    ("situations",),
    *(("situations", lang) for lang in LANGS),
    ("place",),
    ("place", "names"),
    ("drivers",),
    ("kpis",),
    ("results",),
    ("pdca",),
    *(("pdca", step) for step in ("plan", "do", "check", "act")),
    ("sources",),
)
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*[ \t]+(#.*)")
_ESCAPED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_YAML_1_1 = yaml.SafeLoader.yaml_implicit_resolvers


def format_case_text(text: str, file: str) -> str:
    """A case file's text in canonical form.

    Raises :class:`FormatError` with findings if the front matter cannot be read, and without if
    the file could not be rewritten without changing what it says.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    front = parse_front_matter(text, file)
    if front.findings or not isinstance(front.data, dict):
        raise FormatError(file, front.findings)
    if CONTROL.search(text):
        raise FormatError(file, [])
    head = "".join(f"{line}\n" for line in _FrontMatterWriter(_front_matter_of(text)).lines())
    body = format_body(text[front.body_start :])
    formatted = f"---\n{head}---\n{body}"
    _check(text, formatted, file)
    return formatted


def format_bytes(path: pathlib.Path, data: bytes) -> bytes:
    """The same for a file's bytes; :class:`FormatError` also if they are no text."""
    draft = read_draft(path, data)
    if draft.data is None:
        raise FormatError(str(path), draft.findings)
    return format_case_text(draft.text, str(path)).encode("utf-8")


def mend_text(text: str) -> str:
    """What cannot change a meaning: BOM, line ends, tabs, spaces at line ends, the last newline."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    split = split_front_matter(text)
    start = 0 if isinstance(split, str) else split[2]
    head = [_without_tabs(line, INDENT) for line in text[:start].splitlines()]
    body = "\n".join(_without_tabs(line, 4) for line in text[start:].split("\n"))
    body = "\n".join(_without_end_spaces(body.split("\n")))
    return "".join(f"{line.rstrip(' ')}\n" for line in head) + body.rstrip("\n") + "\n"


def _without_tabs(line: str, width: int) -> str:
    bare = line.lstrip(" \t")
    indent = line[: len(line) - len(bare)].replace("\t", " " * width)
    return indent + bare.replace("\t", " ")


def _without_end_spaces(lines: list[str]) -> Iterator[str]:
    """Two spaces at a line's end break the line on the page: those stay."""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        bare = line.rstrip(" ")
        breaks = len(line) - len(bare) >= 2 and bool(bare) and bool(following.strip())
        yield f"{bare}  " if breaks else bare


def format_body(body: str) -> str:
    """The Markdown with regular blank lines, or as it was if the page would change by that."""
    lines: list[str] = []
    for line in _without_end_spaces(body.split("\n")):
        heading = line.startswith("## ")
        if not line and (not lines or not lines[-1]):
            continue
        if heading and lines and lines[-1]:
            lines.append("")
        lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    formatted = "".join(f"{line}\n" for line in lines)
    same = _rendered(body) == _rendered(formatted)
    return formatted if same else body


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark")


def _rendered(body: str) -> str:
    html: str = _markdown().render(body)
    return html


@dataclass(slots=True)
class _Node:
    """A value of the YAML with its span; ``entries`` of a mapping, ``items`` of a list."""

    start: int
    end: int
    column: int
    text: str = ""
    plain: bool = False
    entries: list[tuple[str, int, int, _Node]] | None = None  # key, start, column, value
    items: list[_Node] | None = None


@dataclass(slots=True)
class _Line:
    """An entry that gets a line of its own in the canonical form."""

    path: Path
    start: int
    end: int
    column: int
    opens: bool  # its value follows on lines of their own
    lead: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)


class _FrontMatterWriter:
    """Writes the YAML of one front matter in canonical form."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._spans: list[tuple[int, int]] = []  # scalars, inside which '#' is no comment
        self._headers: list[tuple[int, str]] = []  # comments on the first line of | and >
        events = iter(yaml.parse(source, Loader=yaml.CSafeLoader))
        next(events), next(events)
        self._root = self._node(next(events), events)
        self._lines: list[_Line] = list(self._entries(self._root, ()))
        self._by_path = {line.path: line for line in self._lines}
        self._tails: dict[Path, list[str]] = {}
        self._found = sorted(self._comments())
        self.comments = [comment for _, comment in self._found]
        self._place_comments()

    def lines(self) -> Iterator[str]:
        """The lines, without their ends."""
        yield from self._block(self._root, (), 0)

    # --- reading

    def _node(self, event: ev.Event, events: Iterator[ev.Event]) -> _Node:
        start, end, column = _span(event)
        node = _Node(start, end, column)
        if isinstance(event, ev.ScalarEvent):
            node.text, node.plain = event.value, event.style in (None, "")
            self._spans.append((start, end))
            header = _BLOCK_HEADER.match(self._source, start) if event.style in ("|", ">") else None
            if header:
                self._headers.append((start, header.group(1).rstrip()))
        elif isinstance(event, ev.SequenceStartEvent):
            node.items = []
            while not isinstance(event := next(events), ev.SequenceEndEvent):
                node.items.append(self._node(event, events))
            node.end = _span(event)[1]
        else:
            node.entries = []
            while not isinstance(event := next(events), ev.MappingEndEvent):
                at, after, column = _span(event)
                self._spans.append((at, after))
                key = str(getattr(event, "value", ""))
                node.entries.append((key, at, column, self._node(next(events), events)))
            node.end = _span(event)[1]
        return node

    def _entries(self, node: _Node, path: Path) -> Iterator[_Line]:
        for key, start, column, value in node.entries or ():
            at = (*path, key)
            yield _Line(at, start, max(value.end, start), column, _opens(value, at))
            if _opens(value, at):
                yield from self._entries(value, at)
        for index, value in enumerate(node.items or ()):
            yield _Line(
                (*path, index), value.start, value.end, max(value.column - INDENT, 0), False
            )

    def _comments(self) -> Iterator[tuple[int, str]]:
        yield from self._headers
        self._spans.sort()
        position = 0
        for start, end in [*self._spans, (len(self._source), len(self._source))]:
            while position < start:
                mark = self._source.find("#", position, start)
                if mark < 0:
                    break
                stop = self._source.find("\n", mark)
                stop = len(self._source) if stop < 0 else stop
                yield mark, self._source[mark:stop].rstrip()
                position = stop
            position = max(position, end)

    def _place_comments(self) -> None:
        """Give each comment to the line it stands beside, else to the next, else to the end of
        the container that its indentation belongs to."""
        for offset, text in self._found:
            begin = self._source.rfind("\n", 0, offset) + 1
            alone = not self._source[begin:offset].strip()
            before = next((line for line in reversed(self._lines) if line.start < offset), None)
            after = next((line for line in self._lines if line.start > offset), None)
            if before is not None and not before.opens and offset < before.end and alone:
                before.lead.append(text)
            elif before is not None and not alone:
                (before.lead if before.beside else before.beside).append(text)
            else:
                self._place_between(text, offset - begin, before, after)

    def _place_between(
        self, text: str, column: int, before: _Line | None, after: _Line | None
    ) -> None:
        container: Path = ()
        line = before
        while line is not None:
            if line.column <= column:
                container = line.path[:-1]
                break
            line = self._by_path.get(line.path[:-1])
        if after is not None and (
            before is None or container == after.path[: len(container)] or not container
        ):
            after.lead.append(text)
        else:
            self._tails.setdefault(container, []).append(text)

    # --- writing

    def _block(self, node: _Node, path: Path, indent: int) -> Iterator[str]:
        pad = " " * indent
        for key, value in _in_model_order(node, path):
            line = self._by_path[(*path, key)]
            yield from (f"{pad}{comment}" for comment in line.lead)
            head = f"{pad}{_scalar(key, flow=False)}:"
            if line.opens:
                yield head + _beside(line)
                yield from self._block(value, (*path, key), indent + INDENT)
            else:
                yield f"{head} {_flow(value, (*path, key), flow=False)}{_beside(line)}"
        for index, value in enumerate(node.items or ()):
            line = self._by_path[(*path, index)]
            yield from (f"{pad}{comment}" for comment in line.lead)
            yield f"{pad}- {_flow(value, (*path, index), flow=False)}{_beside(line)}"
        yield from (f"{pad}{comment}" for comment in self._tails.get(path, ()))


def _span(event: ev.Event) -> tuple[int, int, int]:
    """Start, end and column of an event, in characters."""
    start: Any = event.start_mark
    end: Any = event.end_mark
    return start.index, end.index, start.column


def _opens(node: _Node, path: Path) -> bool:
    return path in _BLOCKS and bool(node.entries or node.items)


def _beside(line: _Line) -> str:
    return "".join(f"  {comment}" for comment in line.beside)


def _in_model_order(node: _Node, path: Path) -> list[tuple[str, _Node]]:
    """The entries of a mapping as the model orders them; what it does not know comes last."""
    ranks = {key: rank for rank, key in enumerate(keys_at(path))}
    entries = [(key, value) for key, _, _, value in node.entries or ()]
    return sorted(entries, key=lambda entry: ranks.get(entry[0], len(ranks)))


def _flow(node: _Node, path: Path, *, flow: bool) -> str:
    if node.entries is not None:
        pairs = (
            f"{_scalar(key, flow=True)}: {_flow(value, (*path, key), flow=True)}"
            for key, value in _in_model_order(node, path)
        )
        return "{" + ", ".join(pairs) + "}"
    if node.items is not None:
        values = (_flow(item, (*path, i), flow=True) for i, item in enumerate(node.items))
        return "[" + ", ".join(values) + "]"
    if node.plain:
        value = resolve_plain(node.text)
        if value is None or isinstance(value, bool):
            return json.dumps(value)
        if not isinstance(value, str):
            return node.text
    return _scalar(node.text, flow=flow)


def _scalar(text: str, *, flow: bool) -> str:
    """A text as YAML: plain where both YAML 1.1 and 1.2 take it for the same text."""
    analysis = _emitter().analyze_scalar(text)
    plain = analysis.allow_flow_plain if flow else analysis.allow_block_plain
    if plain and isinstance(resolve_plain(text), str) and not _means_more_in_1_1(text):
        return text
    if analysis.multiline or not analysis.allow_single_quoted:
        escaped = re.sub(r'(["\\\\])', r"\\\1", text)
        return '"' + _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", escaped) + '"'
    return "'" + text.replace("'", "''") + "'"


@cache
def _emitter() -> Emitter:
    return Emitter(io.StringIO(), allow_unicode=True)


def _means_more_in_1_1(text: str) -> bool:
    """``no`` and ``1:30`` are not texts to other programs; a date may stay as it is."""
    return any(
        pattern.match(text) and not tag.endswith("timestamp")
        for tag, pattern in _YAML_1_1.get(text[:1], [])
    )


def _check(before: str, after: str, file: str) -> None:
    old, new = parse_front_matter(before, file), parse_front_matter(after, file)
    same_data = not new.findings and _spelled(old.data) == _spelled(new.data)
    same_body = _rendered(before[old.body_start :]) == _rendered(after[new.body_start :])
    if not (same_data and same_body and _comments_of(before) == _comments_of(after)):
        raise FormatError(file, [])


def _spelled(data: Any) -> str:
    return json.dumps(data, sort_keys=True)


def _comments_of(text: str) -> Counter[str]:
    return Counter(_FrontMatterWriter(_front_matter_of(text)).comments)


def _front_matter_of(text: str) -> str:
    split = split_front_matter(text)
    return "" if isinstance(split, str) else text[split[0] : split[1]]

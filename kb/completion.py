"""What may stand at a place of a case file that is being typed, and what stands there means.

While one types, the front matter is rarely whole YAML: where the cursor is in it is read from the
lines themselves, by their indentation and braces, never from a parser.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kb.caseform import known_regions
from kb.editors import LISTS, field_help
from kb.frontmatter import split_front_matter
from kb.model import LANGS
from kb.schema import keys_at
from kb.taxonomy import Term, taxonomy

_KEY = re.compile(r"""[ ]*(?:-[ ]+)?["']?([A-Za-z_][\w-]*)["']?:(?:[ ]|$)""")
_ENTRY = re.compile(r"""[ ]*(?:-[ ]+)?["']?([A-Za-z_][\w-]*)["']?:[ ]+(\S*)$""")
_LISTED = re.compile(r"([a-z_]+): \[(?:[^\[\]]*,)? *([\w-]*)")
_WORD = re.compile(r"[\w-]*$")
_SOURCE = re.compile(r"[ ]*-[ ]+\{?[ ]*id:[ ]*([a-z][a-z0-9-]*)[ ]*,?(.*)")
_TITLE = re.compile(r"\btitle: *(?:'([^']*)'|\"([^\"]*)\"|([^,}]*))")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]*)$")
_HEADING = re.compile(r"#{1,3} *([^#]*)$")
_NAMES_SOURCE = ("kpis.source", "results.source", "place.population.source")


@dataclass(frozen=True)
class Choice:
    """Something that may be written: the text, a word on it, and what it means."""

    text: str
    label: str
    detail: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Choices:
    """What may replace the characters from ``start`` to the cursor, in columns from 0."""

    start: int
    choices: list[Choice]


@dataclass(frozen=True)
class _Cursor:
    """Where in the front matter one is: the dotted path of the mapping around the cursor, the key
    whose value is being typed if one is, and where what is being typed begins."""

    within: str
    key: str | None
    start: int

    @property
    def path(self) -> str:
        return f"{self.within}.{self.key}".strip(".")


def choices_at(text: str, line: int, column: int, lang: str) -> Choices:
    """What may be written at a place (both from 0) of a case file, told in a language."""
    lines = text.split("\n")
    if line >= len(lines):
        return Choices(column, [])
    before = lines[line][:column]
    found = _choices(text, lines, line, before, lang)
    typed = before[found.start :]
    if any(choice.text == typed for choice in found.choices):  # it stands there in full
        return Choices(column, [])
    return found


def _choices(text: str, lines: list[str], line: int, before: str, lang: str) -> Choices:
    if _in_front_matter(lines, line):
        return _in_front(lines, line, before, lang)
    if footnote := _FOOTNOTE.search(before):
        return Choices(footnote.start(1), _sources(lines))
    if heading := _HEADING.fullmatch(before):
        return Choices(heading.start(1), _sections(text, before, lang))
    return Choices(len(before), [])


def meaning_at(text: str, line: int, column: int, lang: str) -> str | None:
    """What the field or value at a place (both from 0) means; None if it is neither."""
    lines = text.split("\n")
    if line >= len(lines) or not _in_front_matter(lines, line):
        return None
    row = lines[line]
    end = column + len(re.match(r"[\w-]*", row[column:]).group())  # type: ignore[union-attr]
    cursor = _cursor(lines, line, row[:end])
    word = row[cursor.start : end]
    if cursor.key is None:
        path = f"{cursor.within}.{word}".strip(".")
        if cursor.within == "drivers" and word in taxonomy().drivers:
            return _said(taxonomy().drivers[word], lang)
        return _help(path, lang)
    facet = LISTS.get(cursor.path)
    term = taxonomy().terms(facet).get(word) if facet else None
    return _said(term, lang) if term else None


def _in_front_matter(lines: list[str], line: int) -> bool:
    split = split_front_matter("\n".join(lines))
    if isinstance(split, str):  # no end of it yet
        return lines[0].rstrip() == "---" and line > 0
    start, end, _ = split
    first = "\n".join(lines)[:start].count("\n")
    return first <= line < "\n".join(lines)[:end].count("\n") + 1


def _in_front(lines: list[str], line: int, before: str, lang: str) -> Choices:
    if listed := _LISTED.fullmatch(before):
        facet = LISTS.get(listed.group(1))
        used = set(re.findall(r"[\w-]+", before[listed.end(1) : listed.start(2)]))
        terms = taxonomy().terms(facet).values() if facet else ()
        return Choices(
            listed.start(2), [_choice(term, lang) for term in terms if term.id not in used]
        )
    cursor = _cursor(lines, line, before)
    if cursor.key is None:
        used = _keys_beside(lines, line, cursor)
        return Choices(cursor.start, [k for k in _keys(cursor.within, lang) if k.label not in used])
    facet = LISTS.get(cursor.path)
    if facet:
        terms = taxonomy().terms(facet).values()
        return Choices(cursor.start, [_choice(term, lang) for term in terms])
    if cursor.path in _NAMES_SOURCE:
        return Choices(cursor.start, _sources(lines))
    values = _VALUES.get(cursor.path)
    return Choices(cursor.start, [Choice(v, v) for v in values(lines)] if values else [])


def _cursor(lines: list[str], line: int, before: str) -> _Cursor:
    """Where the cursor is, given the part of its line that stands before it."""
    parents, indent = _parents(lines, line, before)
    opened = _open_brace(before)
    if opened is not None:
        head = before[:opened]
        if key := _KEY.match(head):
            parents.append(key.group(1))
        entry = before[_last_comma(before, opened) + 1 :]
    else:
        entry = before[indent:]
    at = len(before) - len(entry)
    if match := _ENTRY.fullmatch(entry):
        return _Cursor(".".join(parents), match.group(1), at + match.start(2))
    word = _WORD.search(entry)
    return _Cursor(".".join(parents), None, at + (word.start() if word else len(entry)))


def _parents(lines: list[str], line: int, before: str) -> tuple[list[str], int]:
    """The keys that a line stands under, outermost first, and its indentation."""
    indent = len(before) - len(before.lstrip(" "))
    width = indent + (2 if before.lstrip(" ").startswith("- ") else 0)
    parents: list[str] = []
    least = width
    for row in reversed(lines[:line]):
        own = len(row) - len(row.lstrip(" "))
        if row.strip() in ("", "---") or row.lstrip(" ").startswith("#"):
            continue
        key = _KEY.match(row)
        is_item = row.lstrip(" ").startswith("- ")
        # A list may begin in the column of its key.
        above = own < least or (own == least and _begins_list(before, row, least))
        if key and above and not is_item:
            parents.insert(0, key.group(1))
            least = own
        if least == 0:
            break
    return parents, indent


def _begins_list(before: str, row: str, least: int) -> bool:
    return before.lstrip(" ").startswith("- ") and least == 0 and row.rstrip().endswith(":")


def _open_brace(before: str) -> int | None:
    """Where the innermost brace that is still open was opened."""
    opened = []
    for at, quoted in _unquoted(before):
        if quoted == "{":
            opened.append(at)
        elif quoted == "}" and opened:
            opened.pop()
    return opened[-1] if opened else None


def _last_comma(before: str, opened: int) -> int:
    """Where the entry that the cursor is in begins: after a comma, or after the brace."""
    last, depth = opened, 0
    for at, mark in _unquoted(before):
        if at <= opened:
            continue
        depth += (mark in "{[") - (mark in "}]")
        if mark == "," and depth == 0:
            last = at
    return last


def _unquoted(before: str) -> Iterator[tuple[int, str]]:
    """(column, mark) of the braces, brackets and commas that are not within quotation marks."""
    quote = ""
    for at, character in enumerate(before):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"" and before[:at].rstrip()[-1:] in (":", "[", ",", "{", ""):
            quote = character
        elif character in "{}[],":
            yield at, character


def _keys_beside(lines: list[str], line: int, cursor: _Cursor) -> set[str]:
    """The keys that the mapping around the cursor has already."""
    row = lines[line]
    if _open_brace(row[: cursor.start]) is not None:
        return set(re.findall(r"([A-Za-z_][\w-]*):(?= |$)", row))
    found = set()
    for other, text in enumerate(lines):
        key = _KEY.match(text)
        if other != line and key and not text.lstrip(" ").startswith("- "):
            parents, _ = _parents(lines, other, text)
            if ".".join(parents) == cursor.within:
                found.add(key.group(1))
    return found


def _keys(within: str, lang: str) -> list[Choice]:
    if within == "drivers":
        drivers = taxonomy().drivers.values()
        return [
            Choice(f"{term.id}: ", term.id, term.label.get(lang), _said(term, lang))
            for term in drivers
        ]
    names = keys_at(tuple(within.split(".") if within else ()))
    return [Choice(f"{name}: ", name, meaning=_help(f"{within}.{name}", lang)) for name in names]


def _choice(term: Term, lang: str) -> Choice:
    return Choice(term.id, term.id, term.label.get(lang), _said(term, lang))


def _said(term: Term, lang: str) -> str:
    label = term.label.get(lang)
    return f"{label}\n\n{term.definition.get(lang)}" if term.definition else label


def _help(path: str, lang: str) -> str:
    said = field_help().get(path.strip("."), {})
    return said.get(lang) or said.get("en", "")


def _sources(lines: list[str]) -> list[Choice]:
    """The sources of the file, by id."""
    found = []
    for line in lines:
        if match := _SOURCE.match(line):
            title = _TITLE.search(match.group(2))
            named = next((part for part in title.groups() if part), "") if title else ""
            found.append(Choice(match.group(1), match.group(1), named.strip()))
    return found


def _sections(text: str, before: str, lang: str) -> list[Choice]:
    """The headings that the body does not have yet, in order, and the one being typed."""
    return [
        Choice(term.label.zh_hant, term.label.zh_hant, term.label.get(lang), _said(term, lang))
        for term in taxonomy().sections.values()
        if f"\n## {term.label.zh_hant}\n" not in text or before == f"## {term.label.zh_hant}"
    ]


def _regions(lines: list[str]) -> list[str]:
    country = re.search(r"^ *country: *([A-Z]{2})\b", "\n".join(lines), re.MULTILINE)
    return known_regions(country.group(1)) if country else []


_VALUES: dict[str, Callable[[list[str]], list[str]]] = {
    "place.region": _regions,
    "sources.lang": lambda _: list(LANGS),
    "sources.described": lambda _: ["true"],
    "updated": lambda _: [dt.date.today().isoformat()],
}

"""Two hundred and more real case files, each spoilt in one way a person might spoil it.

Each gets a finding on a line that was spoilt (or where the missing thing belongs); once the lines
that findings point at are put right, as their remedies ask, the file is clean. ``kb fmt`` refuses
such a file or keeps its meaning; nothing ends in a traceback.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from kb_samples import CASES

from kb.casebook import case_paths
from kb.errors import FormatError
from kb.findings import Finding
from kb.formatting import format_bytes, mend_text
from kb.frontmatter import parse_front_matter
from kb.lint import lint_bytes
from kb.model import LANGS

Spoil = Callable[[str], str | bytes]


def swap(pattern: str, new: str) -> Spoil:
    """Replace the first match of a pattern."""

    def spoil(text: str) -> str:
        return re.sub(pattern, new, text, count=1, flags=re.MULTILINE)

    return spoil


def drop(pattern: str) -> Spoil:
    """Delete the first line that matches."""
    return swap(rf"^{pattern}.*\n", "")


def before(pattern: str, new: str) -> Spoil:
    """Insert lines before the first line that matches."""
    return swap(rf"^(?={pattern})", new)


BOMB = "x1: &a [lol, lol]\nx2: &b [*a, *a, *a]\nx3: &c [*b, *b, *b]\nx4: [*c, *c, *c]\n"
SPOILS: dict[str, Spoil] = {
    # missing
    "no plan category": drop("plan_category:"),
    "no sources": lambda text: re.sub(r"^sources:\n(?:  - .*\n)+", "", text, flags=re.MULTILINE),
    "no setting": drop("  setting:"),
    "no English summary": drop("  en: [A-Z].{90}"),
    "result without a source": swap(r"(\{what: .*?), source: [\w-]+", r"\1"),
    "source without a title": swap(
        r"(- \{id: s\d+, kind: \w+), title: [^,]*(?=, (?:pub|desc))", r"\1"
    ),
    "half a coordinate": drop("  lon:"),
    "no end of the front matter": swap(r"^---\n(?=##)", ""),
    "no beginning": swap(r"\A---\n", ""),
    "no body": lambda text: text[: text.index("\n---\n") + 5],
    # misspelt
    "misspelt field": swap("^drivers:", "divers:"),
    "misspelt setting": swap("^  setting: (.*)", r"  setting: \1x"),
    "misspelt kind": swap("kind: official|kind: news", "kind: offcial"),
    "misspelt scope": swap("scope: (project|municipality|wider)", r"scope: \1e"),
    "misspelt heading": swap("^## 作法", "## 做法"),
    "unknown footnote": swap(r"\[\^s\d+\]", "[^s99]"),
    "footnote without caret": swap(r"(?<!\])\[\^(s\d+)\](?=。)(?!\[)", r"[\1]"),
    # mistyped
    "year as text": swap(r"year: (\d{4})", r"year: '\1'"),
    "a month for a year": swap(r"year: (\d{4})", r"year: \1-05"),
    "a time for a latitude": swap("^  lat: .*", "  lat: 1:30"),
    "no for a boolean": swap("kind: (official|news),", r"kind: \1, described: no,"),
    "one municipality, no list": swap(
        r"^  municipalities: \[([^\],]*).*\]", r"  municipalities: \1"
    ),
    "a number for a region": swap("^  region: .*", "  region: 18"),
    "a date in another style": swap("^updated: .*", "updated: 2026/11/23"),
    "an impossible day": swap("^updated: .*", "updated: 2026-02-31"),
    "lat and lon swapped": swap(r"^  lat: (.*)\n  lon: (.*)", r"  lat: \2\n  lon: \1"),
    "an era year": swap(r"year: \d{4}", "year: 30"),
    "address without http": swap("url: 'https?://", "url: '"),
    # mis-indented
    "one space too many": swap("^  country:", "   country:"),
    "no indentation": swap("^  setting:", "setting:"),
    "list item too far in": swap(r"^  - \{id: s2", "     - {id: s2"),
    "no space after the colon": swap("^  region: ", "  region:"),
    # YAML
    "colon in a plain text": swap("^  zh-Hant: (.{8})", r"  zh-Hant: \1: "),
    "open quote": swap("^  en: '?(.*)", r'  en: "\1'),
    "open brace": swap(r"^(  - \{id: s1, .*)\}$", r"\1"),
    "open bracket": swap(r"^(  municipalities: .*)\]$", r"\1"),
    "field twice": before("updated:", "plan_category: tourism\n"),
    "anchor": swap("^  country: ", "  country: &c "),
    "exploding anchors": before("updated:", BOMB),
    "tag": swap("^  region: ", "  region: !!python/name:os.system "),
    "second document": before("updated:", "...\n"),
    # bytes and lines
    "BOM": lambda text: "\ufeff" + text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "tab in the front matter": swap("^  country:", "\tcountry:"),
    "tab in the body": swap("^(## .*\n..)", "\\1\t"),
    "conflict": swap(
        "^(  region: .*\n)", r"<<<<<<< HEAD\n\1=======\n  region: 某縣\n>>>>>>> other\n"
    ),
    "Big5": lambda text: text.encode("cp950", "replace"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "control character": swap("^(## .*\n..)", "\\1\x08"),
    # prose
    "figure without a footnote": lambda text: text.rstrip("\n") + "另有 345 人參加。\n",
    "TODO left": swap("^(## .*\n)", r"\1TODO 補充。\n"),
    "section twice": lambda text: text.rstrip("\n") + "\n\n## 作法\n- 再寫一次。\n",
}

# Four cases for each way, a different four each time, of those that the way applies to.
PATHS = case_paths(CASES)
EACH = 5


def spoilt() -> list[tuple[str, Path, str, bytes]]:
    found = []
    for number, (name, spoil) in enumerate(SPOILS.items()):
        taken = 0
        for path in PATHS[number * 7 % len(PATHS) :] + PATHS[: number * 7 % len(PATHS)]:
            text = path.read_text(encoding="utf-8")
            damaged = spoil(text)
            data = damaged if isinstance(damaged, bytes) else damaged.encode("utf-8")
            if data != text.encode("utf-8") and taken < EACH:
                found.append((name, path, text, data))
                taken += 1
            if taken == EACH:
                break
    return found


SPOILT = spoilt()


def test_there_are_two_hundred() -> None:
    assert len(SPOILT) >= 200
    assert {name for name, *_ in SPOILT} == set(SPOILS)


@pytest.mark.parametrize(
    ("name", "path", "text", "data"),
    SPOILT,
    ids=[f"{name}-{path.stem}" for name, path, *_ in SPOILT],
)
def test_a_spoilt_case_is_found_and_can_be_mended(
    name: str, path: Path, text: str, data: bytes
) -> None:
    assert lint_bytes(path, text.encode("utf-8")) == []
    findings = lint_bytes(path, data)
    assert findings
    for finding in findings:
        says_what_to_do(finding)
        if finding.code in AROUND:
            assert belongs(finding, data.decode("utf-8").split("\n")), finding.to_text()
    mended = mend(path, text, data, findings)
    assert lint_bytes(path, mended) == [], [f.to_text() for f in findings]
    fmt_keeps_the_meaning(path, data)


def mend(path: Path, text: str, data: bytes, findings: list[Finding]) -> bytes:
    """Follow the remedies: a conversion where they ask for one, else put right the lines named."""
    codes = {finding.code for finding in findings}
    if codes == {"not-utf-8"}:
        return text.encode("utf-8")  # saved again as UTF-8
    if codes <= {"bom", "crlf", "tab"}:
        return mend_text(data.decode("utf-8")).encode("utf-8")
    good, bad = text.split("\n"), data.decode("utf-8").split("\n")
    suggested = suggestions_taken(bad, findings)
    if suggested is not None and lint_bytes(path, "\n".join(suggested).encode()) == []:
        return "\n".join(suggested).encode("utf-8")
    lines: list[str] = []
    for kind, start, end, low, high in difflib.SequenceMatcher(
        None, bad, good, autojunk=False
    ).get_opcodes():
        named = kind == "equal" or any(near(finding, start, end) for finding in findings)
        lines += good[low:high] if named else bad[start:end]
    return "\n".join(lines).encode("utf-8")


# Where a thing that is missing belongs, a finding can only name what is around it.
AROUND = {
    "missing-field",
    "missing-language",
    "front-matter-missing",
    "front-matter-unclosed",
    "body-empty",
    "coordinates-half",
}


def says_what_to_do(finding: Finding) -> None:
    """A remedy in every language, with nothing left to fill in by the program."""
    for lang in LANGS:
        remedy = finding.remedy.get(lang)
        assert remedy, finding.code
        assert not re.search(r"\{\w+\}", remedy), finding.code


def belongs(finding: Finding, lines: list[str]) -> bool:
    """Whether a finding about a missing thing names the line of what it is missing from, and its
    remedy the thing."""
    line = lines[finding.line - 1]
    whole, _, missing = (finding.field or "").rpartition(".")
    remedy = finding.remedy.en or ""
    if finding.code in ("missing-field", "missing-language"):
        around = "  - {" if "[" in whole else f"{whole}:" if whole else "schema:"
        return line.startswith(around) and f"'{missing}: " in remedy
    if finding.code == "coordinates-half":
        return line.startswith(("  lat:", "  lon:"))
    if finding.code == "body-empty":
        return finding.line >= len(lines) - 1
    return finding.line == 1  # the front matter as a whole


def near(finding: Finding, start: int, end: int) -> bool:
    """Whether a finding names the spoilt lines ``start`` to ``end`` (from 0).

    The remedy of a YAML slip says: this line and the one before.
    """
    last = max(end, start + 1) + (finding.code == "yaml-syntax")
    return start < finding.line <= last or finding.code in AROUND


def suggestions_taken(lines: list[str], findings: list[Finding]) -> list[str] | None:
    """The file with every "Did you mean 'x'?" taken, or None if there is none."""
    mended, taken = list(lines), False
    for finding in findings:
        match = re.search(r"Did you mean '(.+?)'\?", finding.remedy.en or "")
        word = re.search(r"'([^']+)'", finding.message.en or "")
        if match and word:
            line = mended[finding.line - 1]
            found = line.find(word.group(1), max(finding.column - 4, 0))
            mended[finding.line - 1] = (
                line[:found] + match.group(1) + line[found + len(word.group(1)) :]
            )
            taken = True
    return mended if taken else None


def fmt_keeps_the_meaning(path: Path, data: bytes) -> None:
    try:
        formatted = format_bytes(path, data)
    except FormatError:
        return
    old = parse_front_matter(data.decode("utf-8"), "x")
    new = parse_front_matter(formatted.decode("utf-8"), "x")
    assert json.dumps(old.data, sort_keys=True) == json.dumps(new.data, sort_keys=True)


@pytest.mark.parametrize("surprise", ["no", "1:30", "2019-05", "on", "0x1F", "~x", "1_000"])
def test_surprises_of_yaml_stay_the_texts_they_are(surprise: str) -> None:
    for path in PATHS[::40]:
        text = path.read_text(encoding="utf-8")
        noted = re.sub(
            r"^(  - \{what: (?:(?!note: ).)*?)(?:, note: .*)?\}$",
            rf"\1, note: {surprise}}}",
            text,
            count=1,
            flags=re.M,
        )
        if noted == text:
            continue
        data = noted.encode("utf-8")
        assert lint_bytes(path, data) == []
        front = parse_front_matter(format_bytes(path, data).decode("utf-8"), "x")
        assert front.data["results"][0]["note"] == surprise

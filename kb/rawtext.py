"""Checks of a case file as bytes and lines, before anything in it is understood.

These come first because a merge-conflict marker or a tab makes every later message misleading.
"""

from __future__ import annotations

import re
import unicodedata

from kb.findings import Finding, make_finding
from kb.frontmatter import LineIndex

# The longest of 189 cases has 10 KB; a file of 25 times that holds something else.
MAX_BYTES = 256 * 1024

# No more than this many findings of one kind for one file: the first few say it all.
MAX_REPEATS = 20

_CONFLICT = re.compile(r"^(<{7}|\|{7}|>{7})(?: .*)?\r?$|^={7}\r?$", re.MULTILINE)
# Control characters YAML forbids, line breaks that only some programs see, and bidi controls,
# which can make a text read differently from what it says.
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def decode(data: bytes, file: str) -> tuple[str | None, list[Finding]]:
    """The text of a file, or None with a finding when it is empty, too large or not UTF-8.

    A byte order mark stays in the text (so that writing it back changes nothing) and is a finding.
    """
    if len(data) > MAX_BYTES:
        return None, [make_finding("file-too-large", file, 1, 1, size=len(data), limit=MAX_BYTES)]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = LineIndex(before).at(len(before))
        byte = f"0x{data[error.start]:02x}"
        return None, [make_finding("not-utf-8", file, line, column, byte=byte)]
    if not text.strip("\ufeff \t\r\n"):
        return None, [make_finding("file-empty", file, 1, 1)]
    return text, []


def check_text(text: str, file: str) -> list[Finding]:
    """Findings about characters and lines: BOM, control characters, tabs, CRLF, conflicts."""
    lines = LineIndex(text)
    findings = []
    start = 0
    if text.startswith("\ufeff"):
        findings.append(make_finding("bom", file, 1, 1))
        start = 1
    for match in list(CONTROL.finditer(text, start))[:MAX_REPEATS]:
        char = match.group()
        name = f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
        findings.append(
            make_finding("control-character", file, *lines.at(match.start()), name=name)
        )
    if (crlf := text.find("\r")) >= 0:
        findings.append(make_finding("crlf", file, *lines.at(crlf)))
    findings += _tabs(text, file, lines)
    findings += _conflicts(text, file, lines)
    return findings


def _tabs(text: str, file: str, lines: LineIndex) -> list[Finding]:
    """One finding for each line that holds a tab."""
    found: dict[int, Finding] = {}
    for match in re.finditer("\t", text):
        line, column = lines.at(match.start())
        if line not in found:
            found[line] = make_finding("tab", file, line, column)
        if len(found) == MAX_REPEATS:
            break
    return list(found.values())


def _conflicts(text: str, file: str, lines: LineIndex) -> list[Finding]:
    marks = list(_CONFLICT.finditer(text))
    # A lone line of seven = may underline a heading; only with its companions is it a conflict.
    if not any(mark.group(1) for mark in marks):
        return []
    return [
        make_finding("merge-conflict", file, *lines.at(mark.start()), name=mark.group()[:7])
        for mark in marks[:MAX_REPEATS]
    ]

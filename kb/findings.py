"""Findings: what lint has to say about a place in a file, and the forms it is printed in.

What each code means is data (``messages.yaml``): severity, message and remedy in three languages,
with ``{names}`` that :func:`make_finding` fills in. A value may be a :class:`Localised`, then
``{name:ja}`` takes one of its languages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from kb.model import LANGS, Lang, Localised

Severity = Literal["error", "warning"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
MESSAGES_FILE = Path(__file__).with_name("messages.yaml")

# No value is quoted at greater length than this in a message.
MAX_QUOTED = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where (1-based), what, and how to mend it."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    field: str
    message: Localised
    remedy: Localised

    def to_text(self, lang: str = "en") -> str:
        """``file:line:column: severity code: message`` and the remedy, indented, below it."""
        where = f"{self.file}:{self.line}:{self.column}"
        named = f" [{self.field}]" if self.field else ""
        head = f"{where}: {self.severity} {self.code}{named}: {self.message.get(lang)}"
        return f"{head}\n    → {self.remedy.get(lang)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, texts in every language."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "field": self.field,
            "message": self.message.model_dump(by_alias=True),
            "remedy": self.remedy.model_dump(by_alias=True),
        }

    def model_dump(self) -> dict[str, Any]:
        """The same as :meth:`to_dict`, under pydantic's name."""
        return self.to_dict()

    def to_github(self, lang: str = "zh-Hant") -> str:
        """A workflow command of GitHub Actions that annotates the line."""
        properties = (
            f"file={_escape_property(self.file)},line={self.line},col={self.column},"
            f"title={_escape_property(self.code)}"
        )
        text = f"{self.message.get(lang)}\n{self.remedy.get(lang)}"
        return f"::{self.severity} {properties}::{_escape_data(text)}"


def to_text(findings: Iterable[Finding], lang: str = "en") -> str:
    """Every finding as text, one after another."""
    return "\n".join(finding.to_text(lang) for finding in findings)


def to_json(findings: Iterable[Finding]) -> str:
    """``{"findings": […], "errors": n, "warnings": n}``."""
    rows = [finding.to_dict() for finding in findings]
    errors = sum(row["severity"] == "error" for row in rows)
    document = {"findings": rows, "errors": errors, "warnings": len(rows) - errors}
    return json.dumps(document, ensure_ascii=False, indent=2)


def to_github(findings: Iterable[Finding], lang: str = "zh-Hant") -> str:
    """Every finding as a GitHub annotation, one a line."""
    return "\n".join(finding.to_github(lang) for finding in findings)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error rather than advice."""
    return any(finding.severity == "error" for finding in findings)


@dataclass(frozen=True, slots=True)
class Wording:
    """What ``messages.yaml`` holds for one code."""

    severity: Severity
    message: dict[str, str]
    remedy: dict[str, str]


@cache
def wordings() -> dict[str, Wording]:
    """Every code lint knows, with its severity and texts."""
    data = yaml.load(MESSAGES_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {code: Wording(**entry) for code, entry in data.items()}


def make_finding(
    code: str,
    file: str,
    line: int,
    column: int,
    *,
    field: str = "",
    **values: object,
) -> Finding:
    """A finding with the wording of its code; ``values`` fill the braces of the texts."""
    wording = wordings()[code]
    return Finding(
        code=code,
        severity=wording.severity,
        file=file,
        line=line,
        column=column,
        field=_printable(field),
        message=_fill(wording.message, values),
        remedy=_fill(wording.remedy, values),
    )


def same_in_all(text: str) -> Localised:
    """A text that reads the same in every language."""
    return Localised.model_construct(zh_hant=text, ja=text, en=text)


class _Texts:
    """A value inside a message: ``{value}`` or, for localised ones, ``{value:lang}``."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __format__(self, lang: str) -> str:
        if isinstance(self._value, Localised):
            return self._value.get(lang or "en")
        return _printable(str(self._value))


def _fill(texts: dict[str, str], values: dict[str, object]) -> Localised:
    shown = {name: _Texts(value) for name, value in values.items()}
    filled = {lang: texts[lang].format_map(shown).strip() for lang in LANGS}
    return Localised.model_construct(zh_hant=filled["zh-Hant"], ja=filled["ja"], en=filled["en"])


def _printable(text: str) -> str:
    """One short line that is safe to print, whatever the file held."""
    line = "".join(char if char.isprintable() else "�" for char in text)
    return line if len(line) <= MAX_QUOTED else line[: MAX_QUOTED - 1] + "…"


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


__all__ = [
    "SEVERITIES",
    "Finding",
    "Lang",
    "Severity",
    "has_errors",
    "make_finding",
    "same_in_all",
    "to_github",
    "to_json",
    "to_text",
    "wordings",
]

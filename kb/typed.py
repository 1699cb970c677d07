"""What people type into a field: cleaned of what cannot be seen, and read as a number where it is
one. What is no number stays as it was typed, for lint to judge."""

from __future__ import annotations

import re
import unicodedata

from kb.frontmatter import resolve_plain
from kb.rawtext import CONTROL

_UNSEEN = {"Cc": "", "Cf": "", "Cs": "", "Zl": "\n", "Zp": "\n"}
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")


def figure(text: str) -> int | float | str | None:
    """A figure as typed: a number where it is one ("1,200" too), else the text."""
    if not text:
        return None
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = plain.replace(",", "") if _THOUSANDS.match(plain) else plain
    value = resolve_plain(plain)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else text


def whole(text: str) -> int | str | None:
    """A whole number as typed, else the text."""
    value = figure(text)
    return value if isinstance(value, int) or value is None else text


def items(text: str) -> list[str]:
    """The lines of a text, without the dots that people put before them."""
    lines = (re.sub(r"^\s*[-*・]\s+", "", line).strip() for line in text.split("\n"))
    return [line for line in lines if line]


def clean_line(text: str) -> str:
    """One line of characters that can be seen."""
    return re.sub(r"[ \n\u00a0]+", " ", clean_text(text)).strip()


def clean_text(text: str) -> str:
    """Lines of characters that can be seen: no controls, no marks that turn text round."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    seen = "".join(
        char if char == "\n" else _UNSEEN.get(unicodedata.category(char), char) for char in text
    )
    return "\n".join(line.rstrip() for line in CONTROL.sub("", seen).split("\n")).strip("\n")

"""Quoted passages with the matching words marked."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape


def marked(text: str, highlights: Iterable[tuple[int, int]]) -> Markup:
    """``text`` as safe HTML with each [start, end) range (code points) in a ``<mark>``.

    Ranges may touch, overlap or reach past the end; they are joined and clipped.
    """
    out = Markup()
    at = 0
    for start, end in joined(highlights, len(text)):
        out += escape(text[at:start]) + Markup("<mark>") + escape(text[start:end])
        out += Markup("</mark>")
        at = end
    return out + escape(text[at:])


def joined(ranges: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """The ranges in order, clipped to the text, overlapping and touching ones made one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted((max(0, s), min(e, length)) for s, e in ranges):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result

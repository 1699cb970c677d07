"""The rules of prose: summaries, sections, footnotes for every figure, no markup tricks.

A file that breaks one of these is still a case and can be indexed, but it is not fit to be
published. Each rule is a function from a draft to findings; ``PROSE_RULES`` lists them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kb.draft import Draft
from kb.figures import figures, readings, rounds_to
from kb.findings import Finding
from kb.frontmatter import Path as DataPath
from kb.integrity import TODO, Rule, source_ids
from kb.markdown import FOOTNOTE, TAG, Section, Sentence, is_safe_href, sections
from kb.model import ABSTRACT_LANGS, LANGS, Localised
from kb.schema import suggestion
from kb.taxonomy import taxonomy

# Lengths of a summary (characters or words): what a list of results shows without cutting.
SUMMARY_CHARACTERS = (60, 160)
SUMMARY_WORDS = (30, 70)
# Of an abstract: a paragraph that can be read in a minute.
ABSTRACT_CHARACTERS = (150, 600)
ABSTRACT_WORDS = (60, 250)
# Of a situation: a line that is read at a glance.
SITUATION_CHARACTERS = (8, 60)
SITUATION_WORDS = (5, 35)
# What is told beside the body, without footnotes.
RETOLD = ("abstract", "situations")
SMALL_FIGURE = 12  # up to this, a figure may well be a count that the body makes in words

_CHARACTERS = Localised.model_construct(zh_hant="字", ja="字", en="characters")
_WORDS = Localised.model_construct(zh_hant="個詞", ja="語", en="words")

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_BARE_FOOTNOTE = re.compile(r"\[([a-z][a-z0-9-]*)\](?![(:\[])")
_DEFINITION = re.compile(r" {0,3}\[\^([^\]\s]{1,100})\]:")
_LINK = re.compile(r"\]\(\s*<?([^\s()<>]*)")
_LINK_DEFINITION = re.compile(r" {0,3}\[(?!\^)[^\[\]]+\]:\s*<?([^\s<>]+)")
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>")


def summaries_fit(draft: Draft) -> Iterator[Finding]:
    """Summaries are neither stubs nor essays."""
    for lang in LANGS:
        yield from _length(draft, ("summary", lang), SUMMARY_CHARACTERS, SUMMARY_WORDS)


def abstracts_fit(draft: Draft) -> Iterator[Finding]:
    """Abstracts are a paragraph each."""
    for lang in ABSTRACT_LANGS:
        yield from _length(draft, ("abstract", lang), ABSTRACT_CHARACTERS, ABSTRACT_WORDS)


def situations_fit(draft: Draft) -> Iterator[Finding]:
    """Situations are a line each."""
    for path, _ in draft.leaves():
        if path[0] == "situations" and len(path) > 1:
            yield from _length(draft, path, SITUATION_CHARACTERS, SITUATION_WORDS)


def _length(
    draft: Draft, path: DataPath, characters: tuple[int, int], words: tuple[int, int]
) -> Iterator[Finding]:
    """How long a text is whose path begins with its field and its language."""
    text = draft.text_at(*path)
    if text is None or TODO.search(text):
        return
    name, lang = path[:2]
    said = text.split()
    if lang == "en":
        size, (low, high), unit = len(said), words, _WORDS
    else:
        size, (low, high), unit = len(" ".join(said)), characters, _CHARACTERS
    if not low <= size <= high:
        yield draft.finding(
            f"{name}-length", path, lang=lang, size=size, unit=unit, low=low, high=high
        )


def retold_adds_no_figure(draft: Draft) -> Iterator[Finding]:
    """Abstracts and situations have no footnotes: their figures are those of the rest."""
    told = [(path, str(value)) for path, value in draft.leaves() if path[0] in RETOLD and path[1:]]
    if not told:
        return
    known = readings(draft.body) | _readings_of(draft)
    for path, text in told:
        for figure in sorted(figures(text)):
            if figure > SMALL_FIGURE and not any(rounds_to(number, figure) for number in known):
                value = f"{figure:,.10g}"
                yield draft.finding(f"{path[0]}-figure", path, lang=path[1], value=value)


def _readings_of(draft: Draft) -> frozenset[float]:
    """The figures of the front matter, what retells it and addresses left out."""
    told = " ".join(
        str(value) for path, value in draft.leaves() if path[0] not in RETOLD and path[-1] != "url"
    )
    return readings(told)


def sources_are_used(draft: Draft) -> Iterator[Finding]:
    """Every source is cited in the body or named by a KPI, a result or the population."""
    used = {source for source, _, _ in draft.footnotes}
    for path in (*draft.items("kpis"), *draft.items("results"), ("place", "population")):
        used.add(draft.text_at(*path, "source") or "")
    for item in draft.items("sources"):
        source = draft.text_at(*item, "id")
        if source is not None and source not in used:
            yield draft.finding("source-never-cited", (*item, "id"), value=source)


def numbers_have_footnotes(draft: Draft) -> Iterator[Finding]:
    """A sentence of the body with a number in it cites a source."""
    for section in _sections(draft):
        for block in section.blocks:
            for sentence in block.sentences:
                number = _number(sentence)
                if number is not None and not sentence.footnotes:
                    line, column = _place_of(draft, sentence, number)
                    yield draft.body_finding("number-without-footnote", line, column, value=number)


def _number(sentence: Sentence) -> str | None:
    match = _NUMBER.search(unicodedata.normalize("NFKC", sentence.text))
    return match.group() if match else None


def _place_of(draft: Draft, sentence: Sentence, number: str) -> tuple[int, int]:
    """Line and column of a number: the sentence may run over several lines."""
    lines = draft.body.split("\n")
    for offset in range(sentence.markdown.count("\n") + 1):
        line = unicodedata.normalize("NFKC", lines[sentence.line - draft.body_line + offset])
        begin = line.find(sentence.markdown[:8]) if offset == 0 else 0
        column = line.find(number, max(begin, 0))
        if column >= 0:
            return sentence.line + offset, column + 1
    return sentence.line, 1


def footnotes_are_not_defined(draft: Draft) -> Iterator[Finding]:
    """Sources are defined in the front matter only."""
    for number, line in _lines(draft):
        if match := _DEFINITION.match(line):
            yield draft.body_finding("footnote-definition", number, value=match.group(1))


def footnotes_have_carets(draft: Draft) -> Iterator[Finding]:
    """``[s3]`` in brackets is a footnote that forgot its caret, when s3 is a source."""
    known = source_ids(draft)
    for number, line in _lines(draft):
        for match in _BARE_FOOTNOTE.finditer(line):
            source = match.group(1)
            if source in known:
                hint = suggestion(f"[^{source}]")
                column = match.start() + 1
                yield draft.body_finding(
                    "footnote-without-caret", number, column, value=source, hint=hint
                )


def headings_are_known(draft: Draft) -> Iterator[Finding]:
    """The body has the casebook's sections: level two, each once, in order."""
    known = {key: term.label.zh_hant for key, term in taxonomy().sections.items()}
    ranks = {key: rank for rank, key in enumerate(known)}
    first_lines: dict[str, int] = {}
    last: Section | None = None
    for section in _sections(draft):
        name, line = section.heading, section.line
        if section.level == 0:
            continue
        if not section.key:
            hint = suggestion(_nearest_heading(name), "、".join(known.values()))
            yield draft.body_finding("unknown-heading", line, name=name, hint=hint)
            continue
        if section.level != 2:
            yield draft.body_finding("heading-level", line, name=name)
        if section.key in first_lines:
            first = first_lines[section.key]
            yield draft.body_finding("duplicate-heading", line, name=name, first=first)
            continue
        first_lines[section.key] = line
        if last is not None and ranks[section.key] < ranks[last.key]:
            yield draft.body_finding(
                "heading-order",
                line,
                name=name,
                after=last.heading,
                known="、".join(known.values()),
            )
        else:
            last = section


def _nearest_heading(name: str) -> str | None:
    nearest = taxonomy().nearest("sections", name)
    return taxonomy().sections[nearest].label.zh_hant if nearest else None


def sections_have_text(draft: Draft) -> Iterator[Finding]:
    """There is a body, all of it under headings, and no heading without text."""
    found = _sections(draft)
    if not any(section.blocks for section in found):
        yield draft.body_finding("body-empty", draft.body_line)
    for section in found:
        if section.level == 0:
            yield draft.body_finding("text-before-heading", section.blocks[0].line)
        elif not any(FOOTNOTE.sub("", block.markdown).strip() for block in section.blocks):
            yield draft.body_finding("empty-section", section.line, name=section.heading)


def no_markup_tricks(draft: Draft) -> Iterator[Finding]:
    """No HTML and no link but http(s): pages drop both, so they must not be relied on."""
    for number, line in _lines(draft):
        if tag := TAG.search(line):
            yield draft.body_finding("raw-html", number, tag.start() + 1, value=tag.group())
        for pattern in (_LINK, _LINK_DEFINITION, _AUTOLINK):
            for link in pattern.finditer(line):
                if not is_safe_href(link.group(1)):
                    column = link.start(1) + 1
                    yield draft.body_finding("unsafe-link", number, column, value=link.group(1))


def _lines(draft: Draft) -> Iterator[tuple[int, str]]:
    return iter(enumerate(draft.body.split("\n"), start=draft.body_line))


def _sections(draft: Draft) -> list[Section]:
    return sections(draft.body, draft.body_line)


PROSE_RULES: tuple[Rule, ...] = (
    summaries_fit,
    abstracts_fit,
    situations_fit,
    retold_adds_no_figure,
    sources_are_used,
    numbers_have_footnotes,
    footnotes_are_not_defined,
    footnotes_have_carets,
    headings_are_known,
    sections_have_text,
    no_markup_tricks,
)

"""The Markdown body of a case: its sections and sentences for lint and search, and safe HTML.

:func:`sections` reads the small subset that case bodies use (headings, lists, paragraphs) line by
line, keeping line numbers. :func:`render_html` is full CommonMark through markdown-it-py, with raw
HTML off, links limited to http(s), images off, and nh3 as the last word on what may pass.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, Literal

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from kb.model import Case
from kb.taxonomy import taxonomy

FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,100})\]")

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\Z")
_ITEM = re.compile(r"(\s*)(?:[-*+]|\d{1,3}[.)])[ \t]+(?=\S)")
_FENCE = re.compile(r" {0,3}(```|~~~)")
# A sentence takes along what follows its full stop: closing quotes and footnote marks.
_SENTENCE = re.compile(
    r".+?(?:[。！？]+|[!?]+(?=\s|\Z)|\Z)[」』）)】”\"']*(?:\s*\[\^[^\]\s]{1,100}\])*", re.DOTALL
)
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:[\s/][^<>]{0,500})?>|<!--")
_MARK_OR_ESCAPE = re.compile(r"\*{1,3}|_{2,3}|~~|`+|\\([!-/:-@\[-`{-~])")
_CJK = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_LINE_JOIN = re.compile(rf"(?<=[{_CJK}])[ \t]*\n[ \t]*(?=[{_CJK}])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: plain text, its Markdown, the sources it cites, and the line it begins on."""

    text: str
    markdown: str
    footnotes: list[str]
    line: int


@dataclass(frozen=True)
class Block:
    """A paragraph or a list item."""

    kind: Literal["paragraph", "item"]
    markdown: str
    line: int

    @cached_property
    def text(self) -> str:
        """The plain text: no footnote marks, no Markdown."""
        return plain_text(self.markdown)

    @cached_property
    def footnotes(self) -> list[str]:
        """The source ids cited, in order of first mention."""
        return list(dict.fromkeys(FOOTNOTE.findall(self.markdown)))

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The sentences; footnote marks right after a full stop belong to the sentence before."""
        found = []
        for match in _SENTENCE.finditer(self.markdown):
            markdown = match.group().strip()
            if not markdown:
                continue
            begin = match.start() + len(match.group()) - len(match.group().lstrip())
            line = self.line + self.markdown.count("\n", 0, begin)
            notes = list(dict.fromkeys(FOOTNOTE.findall(markdown)))
            found.append(Sentence(plain_text(markdown), markdown, notes, line))
        return found


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it. ``key`` is the taxonomy's id, "" if unknown.

    What stands before the first heading is a section with an empty heading of level 0.
    """

    key: str
    heading: str
    level: int
    line: int
    blocks: list[Block] = field(default_factory=list)


def plain_text(markdown: str) -> str:
    """Markdown as plain text: marks dropped, lines joined (without a space between CJK)."""
    text = FOOTNOTE.sub("", markdown)
    text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = TAG.sub("", text)
    text = _MARK_OR_ESCAPE.sub(lambda match: match.group(1) or "", text)
    text = _LINE_JOIN.sub("", text)
    return " ".join(html.unescape(text).split())


def sections(body: str, first_line: int = 1) -> list[Section]:
    """The sections of a body in order; ``first_line`` is the line its first line counts as."""
    found: list[Section] = [Section("", "", 0, first_line)]
    kind: Literal["paragraph", "item"] = "paragraph"
    lines: list[str] = []
    start = first_line
    fenced = ""

    def finish() -> None:
        if lines:
            found[-1].blocks.append(Block(kind, "\n".join(lines), start))
            lines.clear()

    for number, line in enumerate(body.split("\n"), start=first_line):
        fence = _FENCE.match(line)
        if fence is not None and fenced in ("", fence.group(1)):
            fenced = "" if fenced else fence.group(1)
        heading = None if fenced else _HEADING.match(line)
        item = None if fenced else _ITEM.match(line)
        if heading is not None:
            finish()
            title = plain_text(heading.group(2) or "")
            found.append(Section(section_key(title), title, len(heading.group(1)), number))
        elif not line.strip():
            finish()
        elif item is not None:
            finish()
            kind, start = "item", number
            lines.append(line[item.end() :].rstrip())
        else:
            if not lines:
                kind, start = "paragraph", number
            lines.append(line.strip())
    finish()
    return found if found[0].blocks else found[1:]


@cache
def _keys_by_heading() -> dict[str, str]:
    return {term.label.zh_hant: key for key, term in taxonomy().sections.items()}


def section_key(heading: str) -> str:
    """The id of a section by its heading as written in the files, "" if there is none such."""
    return _keys_by_heading().get(heading, "")


def is_safe_href(url: str) -> bool:
    """Whether a link in a body may be a link on a page: http(s) only."""
    return url.lower().startswith(("http://", "https://"))


def render_html(case: Case, lang: str) -> str:
    """The body as HTML that is safe to put into a page.

    Headings are in ``lang`` with ids ``section-<key>``; a footnote mark shows the number of its
    source in ``case.sources`` (from 1), links to ``#source-<id>`` and has the id
    ``cite-<id>-<n>`` for the n-th mention.
    """
    numbers = {source.id: number for number, source in enumerate(case.sources, start=1)}
    env: dict[str, Any] = {
        "footnotes": {"refs": {f":{source_id}": -1 for source_id in numbers}},
        "numbers": numbers,
        "mentions": dict.fromkeys(numbers, 0),
    }
    parser = _parser()
    tokens = parser.parse(case.body, env)
    _label_headings(tokens, lang)
    return _clean(parser.renderer.render(tokens, parser.options, env))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.disable("image").use(footnote_plugin)
    # Sources are defined in the front matter: no definitions and no notes at the end of the body.
    parser.disable(["footnote_def", "footnote_inline", "footnote_tail"])
    parser.validateLink = is_safe_href  # type: ignore[method-assign]
    parser.add_render_rule("footnote_ref", _render_footnote)
    parser.add_render_rule("link_open", _render_link)
    return parser


def _render_footnote(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    env: dict[str, Any],
) -> str:
    label = tokens[index].meta["label"]
    env["mentions"][label] += 1
    source = html.escape(label)
    mention = f"cite-{source}-{env['mentions'][label]}"
    number = env["numbers"][label]
    return f'<sup class="footnote"><a href="#source-{source}" id="{mention}">[{number}]</a></sup>'


def _render_link(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: dict[str, Any],
) -> str:
    tokens[index].attrSet("rel", "noopener nofollow")
    return renderer.renderToken(tokens, index, options, env)


def _label_headings(tokens: list[Token], lang: str) -> None:
    """Give known headings their id and their label in ``lang``."""
    for opening, content in _headings(tokens):
        key = section_key(plain_text(content.content))
        if not key:
            continue
        opening.attrSet("id", f"section-{key}")
        label = Token("text", "", 0, content=taxonomy().sections[key].label.get(lang))
        content.children = [label]


def _headings(tokens: list[Token]) -> Iterator[tuple[Token, Token]]:
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            yield token, following


_TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "hr", "br"),
    *("strong", "em", "code", "pre", "a", "sup"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "a": {"href", "title", "id", "rel"},
    "sup": {"class"},
    "ol": {"start"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}


def _clean(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel=None,
    )

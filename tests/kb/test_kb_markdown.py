"""Bodies: sections and sentences as they are written, and HTML that nobody can misuse."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.casefile import parse_case_file
from kb.markdown import plain_text, render_html, sections
from kb.model import Case

ALLOWED = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "hr", "br"),
    *("strong", "em", "code", "pre", "a", "sup", "table", "thead", "tbody", "tr", "th", "td"),
}

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src=https://evil.example></iframe>",
    "<style>body{display:none}</style>",
    "<base href=//evil.example>",
    "<form action=//evil.example><input name=q></form>",
    "<div onclick=alert(1) style='position:fixed'>x</div>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/relative)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![x](https://evil.example/track.png)",
    "![x](javascript:alert(1))",
    '![x](x "onerror=alert(1)")',
    '[x](https://a.example "x\\" onmouseover=\\"alert(1)")',
    '[x](https://a.example/"onmouseover="alert(1))',
    "[x]: javascript:alert(1)\n\n[x]",
    "`<script>`<script>alert(1)</script>",
    "```html\n<script>alert(1)</script>\n```",
    "<!-- --><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php alert(1) ?>",
    "[^s3<script>]",
    '[^s3"onclick="alert(1)]',
    "[^s2]: <script>alert(1)</script>",
    "^[inline <script>note</script>]",
    "|a|b|\n|-|-|\n|<script>|x|",
    "# x {onclick=alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<x\tonfocus=alert(1) autofocus>",
    "\\<script>alert(1)</script>",
]


class Audit(HTMLParser):
    """Collects whatever a page must not have."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []
        self.hrefs: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.bad.append(tag)
        for name, value in attrs:
            if name not in {"href", "id", "class", "rel", "title", "start"}:
                self.bad.append(f"{tag} {name}")
            if name == "href":
                self.hrefs.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_comment(self, data: str) -> None:
        self.bad.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.bad.append(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.bad.append(f"instruction {data}")


def audit(markup: str) -> Audit:
    seen = Audit()
    seen.feed(markup)
    seen.close()
    return seen


def assert_safe(markup: str) -> None:
    seen = audit(markup)
    assert seen.bad == [], markup
    for href in seen.hrefs:
        assert href.startswith(("http://", "https://", "#source-")), markup


@pytest.fixture(scope="module")
def case(valid_text: str) -> Case:
    return parse_case_file(Path("jp-fukui-sabae-example.md"), valid_text.encode()).case


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_markdown_never_reaches_a_page(case: Case, hostile: str) -> None:
    for body in (hostile, f"## 成果\n好{hostile}[^s3]。", f"- {hostile}", f"> {hostile}"):
        assert_safe(render_html(case.model_copy(update={"body": body}), "en"))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, "\n", " ", "*", "[", "](", ")", "<", ">", '"', "\\"])))
def test_combinations_of_hostile_markdown(parts: list[str]) -> None:
    case = Case.model_construct(sources=[], body="".join(parts))
    assert_safe(render_html(case, "en"))


def test_footnotes_are_numbered_as_the_sources_are(case: Case) -> None:
    markup = render_html(case, "zh-Hant")
    assert '<a href="#source-s3" id="cite-s3-1">[2]</a>' in markup
    assert '<a href="#source-s2" id="cite-s2-1">[1]</a>' in markup
    assert 'id="cite-s3-3"' in markup
    ids = audit(markup).ids
    assert len(ids) == len(set(ids))


def test_a_footnote_without_a_source_stays_text(case: Case) -> None:
    assert "[^s99]" in render_html(case.model_copy(update={"body": "好[^s99]。"}), "en")


def test_headings_have_ids_and_the_readers_language(case: Case) -> None:
    assert '<h2 id="section-outcomes">Outcomes</h2>' in render_html(case, "en")
    assert '<h2 id="section-approach">取り組み</h2>' in render_html(case, "ja")
    assert '<h2 id="section-lessons">可借鏡之處</h2>' in render_html(case, "zh-Hant")


def test_rendering_twice_gives_the_same(case: Case) -> None:
    assert render_html(case, "en") == render_html(case, "en")


def test_sections_know_keys_lines_and_blocks(case: Case) -> None:
    found = sections(case.body, 40)
    assert [s.key for s in found] == ["background", "approach", "outcomes", "lessons"]
    approach = found[1]
    assert approach.line == 43
    assert [block.kind for block in approach.blocks] == ["item", "item"]
    wrapped = approach.blocks[1]
    assert wrapped.line == 45
    assert wrapped.text == "廠商以鈦金屬加工做手術器械，2012年投入。"
    assert wrapped.footnotes == ["s3"]


def test_sentences_keep_their_own_footnotes() -> None:
    (section,) = sections("## 成果\n甲「一。」乙[^a][^b]。丙！[^c] 丁？戊[^d]")
    sentences = section.blocks[0].sentences
    assert [(s.text, s.footnotes) for s in sentences] == [
        ("甲「一。」", []),
        ("乙。", ["a", "b"]),
        ("丙！", ["c"]),
        ("丁？", []),
        ("戊", ["d"]),
    ]


def test_sentences_know_their_lines() -> None:
    (section,) = sections("## 成果\n第一行。\n第二行，\n第三行。第四句。", 10)
    assert [s.line for s in section.blocks[0].sentences] == [11, 12, 13]


def test_code_fences_hide_headings() -> None:
    (section,) = sections("## 成果\n```\n## 不是標題\n```\n")
    assert "不是標題" in section.blocks[0].markdown


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**粗** *斜* `碼` ~~刪~~", "粗 斜 碼 刪"),
        ("[名稱](https://a.example/b_(c)) 與 ![圖](x.png)", "名稱 與 圖"),
        ("換行\n不留空格", "換行不留空格"),
        ("English\nwords", "English words"),
        ("A&amp;B \\*星\\*", "A&B *星*"),
        ("註[^s1]腳[^seed-article]。", "註腳。"),
        ("5 < 6 且 7 > 2", "5 < 6 且 7 > 2"),
    ],
)
def test_plain_text(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


def test_long_hostile_bodies_take_no_time() -> None:
    for piece in ("[", "](", "*", "`", "<a ", "[^", "![", "> ", "- ", "\\"):
        body = piece * 20_000
        for section in sections(body):
            for block in section.blocks:
                assert block.text is not None
                assert block.sentences is not None

"""Every kind of malformed case gets its finding, on the line where an editor would mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.findings import Finding, wordings
from kb.lint import lint_bytes

Mutation = Callable[[str], str]

NAME = "jp-fukui-sabae-example"


def swap(old: str, new: str) -> Mutation:
    """Replace the first occurrence, which must exist."""

    def mutate(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return mutate


def drop(start: str) -> Mutation:
    """Delete the first line that begins so."""

    def mutate(text: str) -> str:
        lines = text.split("\n")
        index = next(n for n, line in enumerate(lines) if line.startswith(start))
        return "\n".join(lines[:index] + lines[index + 1 :])

    return mutate


@dataclass(frozen=True)
class Malformed:
    """A mutation of the valid case, the code expected, and a text of the line it is expected on."""

    name: str
    mutate: Mutation
    code: str
    at: str | int


BACKGROUND = "鯖江市的眼鏡產量居日本第一，市內眼鏡製造事業所約500家[^s3]。業者看不到出路。"
KPI = "  - {name: 技術洽談件數, tier: output, theme: consultations, source: s2}"
LONG = "很長的句子。" * 40

MALFORMED = [
    # --- YAML
    Malformed("no front matter", lambda text: text.split("---\n", 2)[2], "front-matter-missing", 1),
    Malformed(
        "front matter never ends",
        lambda text: text.replace("---\n## 背景", "## 背景"),
        "front-matter-unclosed",
        1,
    ),
    Malformed(
        "front matter is a list", lambda _: "---\n- a\n- b\n---\nx\n", "front-matter-not-mapping", 2
    ),
    Malformed(
        "front matter is empty",
        lambda _: "---\n---\n## 背景與課題\n",
        "front-matter-not-mapping",
        2,
    ),
    Malformed(
        "colon in a plain value", swap("title: 應援宣言", "title: a: b"), "yaml-syntax", "a: b"
    ),
    Malformed(
        "unclosed quote",
        swap('"Sabae: eyewear makers moving into medical devices"', '"Sabae'),
        "yaml-syntax",
        '"Sabae',
    ),
    Malformed(
        "unclosed bracket",
        swap("municipalities: [鯖江市]", "municipalities: [鯖江市"),
        "yaml-syntax",
        "[鯖江市",
    ),
    Malformed(
        "unclosed brace",
        swap("period: {start: 2012, end: null}", "period: {start: 2012"),
        "yaml-syntax",
        "{start: 2012",
    ),
    Malformed(
        "wrong indentation", swap("  country: JP", "   country: JP"), "yaml-syntax", "  region"
    ),
    Malformed(
        "no space after colon", swap("  country: JP", "  country:JP"), "yaml-syntax", "country:JP"
    ),
    Malformed("anchor", swap("country: JP", "country: &c JP"), "yaml-anchor", "&c JP"),
    Malformed("alias", swap("country: JP", "country: *c"), "yaml-alias", "*c"),
    Malformed(
        "billion laughs",
        swap("aliases: [sabae-old, jp-sabae]", "aliases: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"),
        "yaml-alias",
        "b: &b",
    ),
    Malformed("tag", swap("country: JP", "country: !!python/name:os JP"), "yaml-tag", "!!python"),
    Malformed(
        "second document",
        swap("updated: 2026-11-22", "updated: 2026-11-22\n...\nsecond: 1"),
        "yaml-documents",
        "...",
    ),
    Malformed(
        "duplicate key",
        swap(
            "plan_category: local-business", "plan_category: local-business\nplan_category: tourism"
        ),
        "duplicate-key",
        "plan_category: tourism",
    ),
    Malformed(
        "key that is a list", swap("updated:", "? [a]\n: b\nupdated:"), "key-not-text", "? [a]"
    ),
    Malformed(
        "nested too deeply",
        swap("updated:", "deep: " + "[" * 40 + "]" * 40 + "\nupdated:"),
        "yaml-too-deep",
        "deep:",
    ),
    # --- bytes and lines
    Malformed("byte order mark", lambda text: "\ufeff" + text, "bom", 1),
    Malformed("tab in front matter", swap("  country: JP", "\tcountry: JP"), "tab", "country: JP"),
    Malformed("tab in body", swap("業者看不到", "業者\t看不到"), "tab", "業者\t"),
    Malformed(
        "control character", swap("業者看不到", "業者\x07看不到"), "control-character", "業者\x07"
    ),
    Malformed("NUL", swap("鯖江市 眼鏡", "鯖江市\x00眼鏡"), "control-character", "\x00"),
    Malformed(
        "escaped NUL", swap("title: 應援宣言", 'title: "a\\0b"'), "control-character", "a\\0b"
    ),
    Malformed(
        "bidi control", swap("業者看不到", "業者\u202e看不到"), "control-character", "業者\u202e"
    ),
    Malformed(
        "merge conflict",
        swap("  country: JP", "<<<<<<< HEAD\n  country: JP\n=======\n  country: TW\n>>>>>>> main"),
        "merge-conflict",
        "<<<<<<< HEAD",
    ),
    Malformed("Windows line ends", lambda text: text.replace("\n", "\r\n"), "crlf", 1),
    Malformed("over-large file", lambda text: text + "很長。" * 100_000, "file-too-large", 1),
    Malformed("empty file", lambda _: " \n\n", "file-empty", 1),
    # --- fields and types
    Malformed(
        "no title",
        lambda text: text.replace("title:\n", "titel:\n", 1),
        "missing-field",
        "schema: 1",
    ),
    Malformed(
        "misspelt key",
        lambda text: text.replace("title:\n", "titel:\n", 1),
        "unknown-key",
        "titel:",
    ),
    Malformed(
        "misspelt key in a KPI", swap("theme: deals", "them: deals"), "unknown-key", "them: deals"
    ),
    Malformed(
        "unknown key", swap("updated:", "colour: blue\nupdated:"), "unknown-key", "colour: blue"
    ),
    Malformed(
        "key of the program", swap("updated:", "body: blue\nupdated:"), "unknown-key", "body: blue"
    ),
    Malformed(
        "language under its program name",
        swap("  zh-Hant: 鯖江市眼鏡", "  zh_hant: 鯖江市眼鏡"),
        "unknown-key",
        "  zh_hant:",
    ),
    Malformed(
        "unquoted comma",
        swap("note: 民間單一企業的數字", "note: 民間, 單一企業"),
        "unknown-key",
        "民間, 單一",
    ),
    Malformed("text for a year", swap("year: 2015", "year: '2015'"), "wrong-type", "'2015'"),
    Malformed("month for a year", swap("year: 2015", "year: 2015-05"), "wrong-type", "2015-05"),
    Malformed(
        "fraction for a count", swap("value: 69000", "value: 69000.5"), "wrong-type", "69000.5"
    ),
    Malformed("clock time for a number", swap("lat: 35.96", "lat: 35:96"), "wrong-type", "35:96"),
    Malformed(
        "number for a text", swap("region: 福井縣", "region: 18"), "wrong-type", "region: 18"
    ),
    Malformed(
        "boolean for a text", swap("region: 福井縣", "region: true"), "wrong-type", "region: true"
    ),
    Malformed(
        "no for true or false",
        swap("described: true", "described: no"),
        "wrong-type",
        "described: no",
    ),
    Malformed(
        "text for a list",
        swap("municipalities: [鯖江市]", "municipalities: 鯖江市"),
        "wrong-type",
        "municipalities:",
    ),
    Malformed(
        "list for a mapping",
        swap("period: {start: 2012, end: null}", "period: [2012]"),
        "wrong-type",
        "period: [2012]",
    ),
    Malformed("list for a figure", swap("value: 350", "value: [350]"), "wrong-type", "[350]"),
    Malformed(
        "text for a case's drivers",
        swap(
            "  public-private: 政府媒合並補助企業研究技術   "
            "# the reason is required\n  talent: 與大學合辦研修",
            "  - talent",
        ),
        "wrong-type",
        "drivers:",
    ),
    Malformed(
        "driver without a reason",
        swap("talent: 與大學合辦研修", "talent:"),
        "empty-value",
        "talent:",
    ),
    Malformed("blank text", swap("region: 福井縣", "region: '  '"), "empty-value", "region:"),
    Malformed(
        "empty list",
        swap("municipalities: [鯖江市]", "municipalities: []"),
        "empty-value",
        "municipalities:",
    ),
    Malformed("TODO in a field", swap("與大學合辦研修", "TODO"), "todo-left", "TODO"),
    Malformed(
        "TODO in the body", swap("業者看不到出路", "TODO 業者看不到出路"), "todo-left", "TODO"
    ),
    Malformed("no English title", drop('  en: "Sabae'), "missing-language", "title:"),
    Malformed("no Japanese title", drop("  ja: 鯖江市"), "missing-language", "title:"),
    Malformed("no Chinese summary", drop("  zh-Hant: 福井縣"), "missing-language", "summary:"),
    Malformed("no Japanese summary", drop("  ja: 福井県"), "missing-language", "summary:"),
    Malformed("id with capitals", swap("id: jp-fukui", "id: JP-fukui"), "bad-format", "id: JP"),
    Malformed("source id with a space", swap("{id: s2,", "{id: s 2,"), "bad-format", "{id: s 2"),
    Malformed(
        "country in lower case", swap("country: JP", "country: jp"), "bad-format", "country: jp"
    ),
    Malformed(
        "not a date", swap("updated: 2026-11-22", "updated: 2026/11/22"), "wrong-type", "2026/11/22"
    ),
    Malformed(
        "a day that never was",
        swap("updated: 2026-11-22", "updated: 2026-02-30"),
        "bad-date",
        "2026-02-30",
    ),
    Malformed(
        "schema of the future", swap("schema: 1", "schema: 2"), "schema-version", "schema: 2"
    ),
    Malformed("schema as text", swap("schema: 1", "schema: one"), "wrong-type", "schema: one"),
    Malformed(
        "negative population", swap("value: 69000", "value: -1"), "out-of-range", "value: -1"
    ),
    # --- closed lists
    Malformed("unknown driver", swap("  talent:", "  talents:"), "unknown-value", "talents:"),
    Malformed(
        "unknown tier", swap("tier: output", "tier: outputs"), "unknown-value", "tier: outputs"
    ),
    Malformed("unknown theme", swap("theme: deals", "theme: dealz"), "unknown-value", "dealz"),
    Malformed(
        "unknown category",
        swap("plan_category: local-business", "plan_category: business"),
        "unknown-value",
        "plan_category:",
    ),
    Malformed(
        "unknown plan kind",
        swap("plan_kind: sme-support", "plan_kind: sme"),
        "unknown-value",
        "plan_kind:",
    ),
    Malformed(
        "unknown setting",
        swap("setting: industrial-city", "setting: industry-city"),
        "unknown-value",
        "setting:",
    ),
    Malformed(
        "unknown country", swap("country: JP", "country: XX"), "unknown-value", "country: XX"
    ),
    Malformed(
        "unknown source kind", swap("kind: official", "kind: offical"), "unknown-value", "offical"
    ),
    Malformed("unknown scope", swap("scope: wider", "scope: wide"), "unknown-value", "scope: wide"),
    Malformed(
        "kind of another category",
        swap("plan_kind: sme-support", "plan_kind: internship"),
        "plan-kind-mismatch",
        "plan_kind:",
    ),
    # --- identity
    Malformed(
        "id is not the file name",
        swap("id: jp-fukui-sabae-example", "id: jp-fukui-sabae"),
        "id-not-file-name",
        "id: jp",
    ),
    Malformed(
        "id of another country", swap("country: JP", "country: KR"), "id-country-mismatch", "id: jp"
    ),
    Malformed(
        "folder of another country",
        swap("country: JP", "country: KR"),
        "folder-country-mismatch",
        "country: KR",
    ),
    # --- sources
    Malformed(
        "KPI without a source",
        swap("theme: consultations, source: s2", "theme: consultations"),
        "figure-without-source",
        "技術洽談件數",
    ),
    Malformed(
        "result without a source",
        swap("year: 2016, source: s3, scope", "year: 2016, scope"),
        "figure-without-source",
        "醫療器械累計品項",
    ),
    Malformed(
        "population without a source",
        swap("year: 2015, source: s3", "year: 2015"),
        "figure-without-source",
        "69000",
    ),
    Malformed(
        "KPI of an unknown source",
        swap("theme: consultations, source: s2", "theme: consultations, source: s9"),
        "unknown-source",
        "source: s9",
    ),
    Malformed(
        "no sources",
        lambda text: text[: text.index("sources:")] + text[text.index("updated:") :],
        "missing-field",
        "schema: 1",
    ),
    Malformed(
        "source id twice", swap("{id: s3, kind", "{id: s2, kind"), "duplicate-source", "智慧眼鏡"
    ),
    Malformed(
        "footnote without a source",
        swap("約500家[^s3]", "約500家[^s8]"),
        "footnote-without-source",
        "[^s8]",
    ),
    Malformed(
        "source never cited",
        swap("sources:", "sources:\n  - {id: s7, kind: blog, title: 部落格}"),
        "source-never-cited",
        "id: s7",
    ),
    Malformed(
        "footnote without its caret",
        swap("「故鄉名物」[^s2]", "「故鄉名物」[s2]"),
        "footnote-without-caret",
        "[s2]",
    ),
    Malformed(
        "footnote defined in the body",
        lambda text: text + "\n[^s3]: 日本經濟新聞\n",
        "footnote-definition",
        "[^s3]: 日本",
    ),
    Malformed(
        "URL without a scheme", swap("'https://www.city", "'www.city"), "invalid-url", "應援宣言"
    ),
    Malformed(
        "URL of a script",
        swap("'https://www.city.sabae.fukui.jp/meibutsu.html'", "'javascript:alert(1)'"),
        "invalid-url",
        "應援宣言",
    ),
    Malformed(
        "URL with a space", swap("meibutsu.html", "meibutsu page.html"), "invalid-url", "應援宣言"
    ),
    Malformed(
        "URL with a broken host",
        swap("https://www.city.sabae.fukui.jp", "https://[city"),
        "invalid-url",
        "應援宣言",
    ),
    # --- years and places
    Malformed(
        "year before writing",
        swap("year: 2016, source", "year: 216, source"),
        "impossible-year",
        "year: 216",
    ),
    Malformed(
        "year of the future",
        swap("year: 2016, source", "year: 2061, source"),
        "impossible-year",
        "2061",
    ),
    Malformed(
        "source from the future",
        swap("lang: ja, year: 2018", "lang: ja, year: 2081"),
        "impossible-year",
        "2081",
    ),
    Malformed("era year", swap("start: 2012", "start: 24"), "impossible-year", "start: 24"),
    Malformed(
        "period runs backwards", swap("end: null", "end: 2010"), "period-reversed", "end: 2010"
    ),
    Malformed(
        "swapped coordinates",
        swap("lat: 35.96\n  lon: 136.18", "lat: 136.18\n  lon: 35.96"),
        "out-of-range",
        "lat: 136.18",
    ),
    Malformed(
        "coordinates in Korea",
        swap("lon: 136.18", "lon: 127.0"),
        "coordinates-outside",
        "lat: 35.96",
    ),
    Malformed("half a coordinate", drop("  lon:"), "coordinates-half", "lat: 35.96"),
    Malformed(
        "topic that there is not",
        swap("topics: [craft-and-manufacturing,", "topics: [crafts-and-manufacturing,"),
        "unknown-value",
        "topics:",
    ),
    Malformed(
        "topic named twice",
        swap(", technology-industry]", ", craft-and-manufacturing]"),
        "repeated-value",
        "topics:",
    ),
    Malformed(
        "see also itself",
        swap("topics: [", "see_also: [jp-fukui-sabae-example]\ntopics: ["),
        "see-also-itself",
        "see_also:",
    ),
    Malformed(
        "see also the same twice",
        swap("topics: [", "see_also: [tw-other-case, tw-other-case]\ntopics: ["),
        "repeated-value",
        "see_also:",
    ),
    Malformed(
        "see also more than can be read",
        swap(
            "topics: [", f"see_also: [{', '.join(f'tw-other-{n}' for n in range(13))}]\ntopics: ["
        ),
        "too-many",
        "see_also:",
    ),
    Malformed(
        "see also what is no id",
        swap("topics: [", "see_also: [Other Case]\ntopics: ["),
        "bad-format",
        "see_also:",
    ),
    # --- prose
    Malformed(
        "stub of a summary",
        lambda t: swap(
            t[t.index("  zh-Hant: 福井縣") : t.index("  ja: 福井県")], "  zh-Hant: 太短了。\n"
        )(t),
        "summary-length",
        "太短了",
    ),
    Malformed(
        "essay of a summary",
        swap("  zh-Hant: 福井縣", "  zh-Hant: " + LONG + "福井縣"),
        "summary-length",
        LONG[:20],
    ),
    Malformed(
        "English stub",
        lambda t: swap(t[t.index("  en: Sabae in") : t.index("place:")], "  en: Too short.\n")(t),
        "summary-length",
        "Too short",
    ),
    Malformed(
        "stub of an abstract",
        lambda t: swap(t[t.index("  en: The city") : t.index("situations:")], "  en: Too short.\n")(
            t
        ),
        "abstract-length",
        "Too short",
    ),
    Malformed(
        "abstract with a figure of its own",
        swap("about 500 workshops", "about 530 workshops"),
        "abstract-figure",
        "530 workshops",
    ),
    Malformed(
        "abstract in a language that has the body",
        swap("abstract:\n", "abstract:\n  zh-Hant: 中文正文就在下面。\n"),
        "unknown-key",
        "中文正文就在下面",
    ),
    Malformed(
        "stub of a situation",
        swap(
            "    - a one-industry factory town that is losing orders abroad and looks for new",
            "    - too short #",
        ),
        "situations-length",
        "too short",
    ),
    Malformed(
        "situation with a figure of its own",
        swap("a one-industry factory town", "a factory town of 53,000"),
        "situations-figure",
        "53,000",
    ),
    Malformed(
        "more situations than are read",
        swap(
            "  ja:\n    - 一つの",
            "  ja:\n" + "    - 工場の町で新しい用途を探す\n" * 5 + "    - 一つの",
        ),
        "too-many",
        19,
    ),
    Malformed(
        "situations of no language",
        lambda t: (
            t[: t.index("situations:")] + "situations: 53,000 people\n" + t[t.index("place:") :]
        ),
        "wrong-type",
        "53,000",
    ),
    Malformed(
        "situations that are no lists",
        swap("  ja:\n    - 一つの", "  ja: 一つの"),
        "wrong-type",
        "一つの",
    ),
    Malformed(
        "number without a footnote",
        swap("約500家[^s3]", "約500家"),
        "number-without-footnote",
        "500家",
    ),
    Malformed(
        "full-width number",
        swap("業者看不到出路", "業者減少３成"),
        "number-without-footnote",
        "３成",
    ),
    Malformed(
        "number on an item's second line",
        swap("2012年投入[^s3]", "2012年投入"),
        "number-without-footnote",
        "2012年投入",
    ),
    Malformed(
        "empty section",
        swap("夏蒙的醫療器械累計350項[^s3]。KPI是否達成，沒有公布。", ""),
        "empty-section",
        "## 成果",
    ),
    Malformed("unknown heading", swap("## 作法", "## 做法"), "unknown-heading", "## 做法"),
    Malformed("heading without a name", swap("## 作法", "## "), "unknown-heading", 59),
    Malformed("heading of another level", swap("## 作法", "### 作法"), "heading-level", "### 作法"),
    Malformed(
        "headings out of order",
        lambda text: text + "\n## 經費\n經費未見。\n",
        "heading-order",
        "## 經費",
    ),
    Malformed(
        "heading twice", lambda text: text + "\n## 成果\n經費未見。\n", "duplicate-heading", -3
    ),
    Malformed(
        "text before the first heading",
        swap("## 背景與課題", "前言。\n## 背景與課題"),
        "text-before-heading",
        "前言",
    ),
    Malformed("no body", lambda text: text[: text.index("## 背景與課題")], "body-empty", -1),
    Malformed(
        "script in the body",
        swap("業者看不到", "<script>alert(1)</script>業者看不到"),
        "raw-html",
        "<script>",
    ),
    Malformed(
        "link to a script",
        swap("業者看不到", "[業者](javascript:alert)看不到"),
        "unsafe-link",
        "javascript:",
    ),
]


def line_of(text: str, at: str | int) -> int:
    """The 1-based line an expectation names: a number (from the end if negative) or a text."""
    lines = text.replace("\r\n", "\n").split("\n")
    if isinstance(at, int):
        return at if at > 0 else len(lines) + at + 1
    return next(number for number, line in enumerate(lines, start=1) if at in line)


def lint(text: str) -> list[Finding]:
    return lint_bytes(Path("cases/jp") / f"{NAME}.md", text.encode("utf-8"))


def test_the_valid_case_is_clean(valid_text: str) -> None:
    assert lint(valid_text) == []


def test_there_are_more_than_forty_kinds() -> None:
    assert len(MALFORMED) >= 45
    assert len({malformed.name for malformed in MALFORMED}) == len(MALFORMED)


@pytest.mark.parametrize("malformed", MALFORMED, ids=lambda malformed: malformed.name)
def test_malformed_case_is_found(malformed: Malformed, valid_text: str) -> None:
    text = malformed.mutate(valid_text)
    assert text != valid_text
    findings = lint(text)
    lines = [finding.line for finding in findings if finding.code == malformed.code]
    expected = line_of(text, malformed.at)
    assert expected in lines, [(f.code, f.line, f.message.en) for f in findings]
    for finding in findings:
        assert finding.column >= 1
        assert 1 <= finding.line <= text.count("\n") + 1
        assert len(finding.message.items()) == len(finding.remedy.items()) == 3
        assert "{" not in finding.message.en.replace(finding.field, "")


def test_one_slip_gives_few_findings(valid_text: str) -> None:
    """A reader who mends what is listed should not be listed the same thing in other words."""
    crowded = {}
    for malformed in MALFORMED:
        codes = {finding.code for finding in lint(malformed.mutate(valid_text))}
        if len(codes) > 4:
            crowded[malformed.name] = codes
    assert crowded == {}


def test_bytes_that_are_not_utf8(valid_text: str) -> None:
    data = valid_text.encode("utf-8").replace("業者".encode(), b"\xc4\x40", 1)
    (finding,) = lint_bytes(Path(f"{NAME}.md"), data)
    assert (finding.code, finding.line) == ("not-utf-8", line_of(valid_text, "業者看不到"))


def test_big5_and_utf16_files(valid_text: str) -> None:
    for data in (valid_text.encode("utf-16"), "---\ntitle: 鯖江\n---\n".encode("big5")):
        (finding,) = lint_bytes(Path(f"{NAME}.md"), data)
        assert finding.code == "not-utf-8"


@pytest.mark.parametrize(
    ("mutate", "nearest"),
    [
        (swap("theme: deals", "theme: dael"), "deals"),
        (swap("setting: industrial-city", "setting: 產業都市"), "industrial-city"),
        (swap("  talent:", "  tallent:"), "talent"),
        (swap("plan_kind:", "plan_kinds:"), "plan_kind"),
        (swap("tier: output", "teir: output"), "tier"),
        (swap("約500家[^s3]", "約500家[^S3]"), "s3"),
        (swap("## 作法", "## 做法"), "作法"),
        (swap("scope: wider", "scope: widr"), "wider"),
    ],
)
def test_remedy_names_the_nearest(mutate: Mutation, nearest: str, valid_text: str) -> None:
    remedies = [finding.remedy.en for finding in lint(mutate(valid_text))]
    assert any(f"Did you mean '{nearest}'" in remedy for remedy in remedies), remedies


def test_every_message_is_reached(valid_text: str) -> None:
    """Each code of messages.yaml is raised by a test here or named in the list below."""
    elsewhere = {
        "file-unreadable",
        "not-utf-8",
        "duplicate-id",
        "duplicate-alias",
        "unknown-case",
    }
    raised = {f.code for malformed in MALFORMED for f in lint(malformed.mutate(valid_text))}
    assert set(wordings()) - raised == elsewhere


def test_yaml_surprises_stay_text(valid_text: str) -> None:
    """``no``, ``1:30`` and ``2019-05`` mean what they say where a text is asked for."""
    for surprise in ("no", "on", "1:30", "2019-05", "2019-05-01", "0x1F", "1_000", "12e", "~x"):
        assert lint(swap("note: 民間單一企業的數字", f"note: {surprise}")(valid_text)) == []


def test_taiwanese_title_without_japanese_is_advice(valid_text: str) -> None:
    text = drop("  ja: 鯖江市")(valid_text).replace("country: JP", "country: TW")
    advice = [f for f in lint(text) if f.code == "missing-language"]
    assert [finding.severity for finding in advice] == ["warning"]


def test_planned_years_are_possible(valid_text: str) -> None:
    assert lint(swap("year: 2028", "year: 2060")(valid_text)) == []
    assert lint(swap("end: null", "end: 2040")(valid_text)) == []


def test_footnote_after_the_full_stop_counts(valid_text: str) -> None:
    assert lint(swap("約500家[^s3]。", "約500家。[^s3]")(valid_text)) == []

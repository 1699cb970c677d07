"""Whatever bytes a file holds, lint answers with findings and never with a traceback."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from kb_samples import VALID

from kb.casefile import CaseFile, parse_case_file, to_flow
from kb.errors import CaseFileError, EditError
from kb.findings import to_github, to_json, to_text
from kb.frontmatter import parse_front_matter
from kb.lint import lint_bytes
from kb.markdown import render_html, sections

NAME = Path("jp") / "jp-fukui-sabae-example.md"
TEXT = VALID.read_text(encoding="utf-8")
DATA = TEXT.encode("utf-8")
FILE = parse_case_file(NAME, DATA)

# What breaks parsers: indicators of YAML and Markdown, odd spaces, odd characters.
NASTY = st.sampled_from(
    [
        *"-:?,[]{}#&*!|>'\"%@`~=\n\r\t\\ ",
        *(
            "---\n",
            "...\n",
            "<<: ",
            ": ",
            " #",
            "[^",
            "[^s3]",
            "](",
            "<!--",
            "</p>",
            "&#x6a;",
            "\\u",
        ),
        *(
            "\x00",
            "\x85",
            "\u2028",
            "\ufeff",
            "\u202e",
            "\U0001f600",
            "１２",
            "0x",
            "1e999",
            ".nan",
        ),
        *("null", "yes", "1:30", "2019-05", "!!str", "9" * 400, "-" * 50, "[" * 60, "{a: " * 30),
    ]
)


def check(data: bytes) -> None:
    """Lint must answer, in every form, and agree with reading about what is a case."""
    findings = lint_bytes(NAME, data)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    for finding in findings:
        assert 1 <= finding.line <= lines
        assert finding.column >= 1
    to_text(findings), to_json(findings), to_github(findings)
    try:
        file = parse_case_file(NAME, data)
    except CaseFileError as error:
        assert error.findings
        assert {f.code for f in error.findings} <= {f.code for f in findings}
        return
    assert file.text.encode("utf-8") == data
    render_html(file.case, "en")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(b"---\n\xff\n---\n")
@example(b"---\n- - - - -\n---\n")
@example(b'---\n"\\ud800": 1\n---\n')
@example(b"---\n? \n: \n---\n")
def test_any_bytes(data: bytes) -> None:
    check(data)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_front_matter(text: str) -> None:
    check(f"---\n{text}\n---\n## 成果\n好。\n".encode("utf-8", "surrogatepass"))


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(TEXT)), st.integers(0, 40), st.lists(NASTY, max_size=4))
def test_mutations_of_a_valid_case(start: int, length: int, inserted: list[str]) -> None:
    text = TEXT[:start] + "".join(inserted) + TEXT[start + length :]
    check(text.encode("utf-8"))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(DATA)), st.integers(0, 5), st.binary(max_size=5))
def test_mutated_bytes_of_a_valid_case(start: int, length: int, inserted: bytes) -> None:
    check(DATA[:start] + inserted + DATA[start + length :])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, TEXT.count("\n")), min_size=2, max_size=2), st.integers(0, 2))
def test_moved_and_indented_lines_of_a_valid_case(picked: list[int], indent: int) -> None:
    lines = TEXT.split("\n")
    moved = lines.pop(picked[0])
    lines.insert(picked[1], " " * indent + moved)
    check("\n".join(lines).encode("utf-8"))


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.text(st.characters(codec="utf-8"), max_size=40),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(TREES)
def test_what_is_written_reads_the_same(value: object) -> None:
    try:
        flow = to_flow(value)
        flow.encode("utf-8")
    except UnicodeEncodeError:  # lone surrogates cannot stand in a file
        return
    front = parse_front_matter(f"---\na: {flow}\nb: 1\n---\n", "x")
    assert front.findings == []
    assert front.data == {"a": value, "b": 1}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FILE.positions, key=str)), SCALARS)
def test_with_value_changes_that_value_only(path: tuple[str | int, ...], value: object) -> None:
    place = FILE.positions[path]
    edited = edit(path, value)
    if edited is None:
        return
    assert edited.text[: place.start] == FILE.text[: place.start]
    assert edited.text[len(edited.text) - (len(FILE.text) - place.end) :] == FILE.text[place.end :]
    assert edited.case.body == FILE.case.body


def edit(path: tuple[str | int, ...], value: object) -> CaseFile | None:
    try:
        return FILE.with_value(path, value)
    except (EditError, CaseFileError, UnicodeEncodeError):
        return None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.lists(NASTY, max_size=30).map("".join))
def test_sections_lose_no_words(body: str) -> None:
    body = body.replace("\r", "\n")
    found = sections(body)
    for section in found:
        for block in section.blocks:
            assert 1 <= block.line <= body.count("\n") + 1
            joined = "".join(s.markdown for s in block.sentences)
            assert "".join(joined.split()) == "".join(block.markdown.split())

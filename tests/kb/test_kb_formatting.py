"""``kb fmt`` has one form for every case, and says exactly what the file said before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kb_samples import CASES, VALID, write
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from kb.casebook import case_paths
from kb.cli import app
from kb.errors import FormatError
from kb.formatting import format_body, format_case_text, mend_text
from kb.frontmatter import parse_front_matter
from kb.lint import lint_bytes

TEXT = VALID.read_text(encoding="utf-8")
FILE = "jp-fukui-sabae-example.md"

MESSY = """---
# top
id: x  # the id
schema: 1
title: {zh-Hant: a, # inside
  en: "b: c"} # after title
# before drivers
drivers: # on header
  talent: >- # on fold
    folded text
    more
  # tail of drivers
kpis:
# lead of item
- {name: a,
   # in an item
   tier: b} # after item
  # tail of kpis
place:
  lat: 35.90
  country: NO
  names:
    en: [a, 'no', 1:30]
    zz: ~
    # tail of names
  # before region
  region: "no"
unknown: {b: 1, a: [x,y]}
# the end
---

## A
text with a break \x20
and more \n## B


x
"""

TIDY = """---
schema: 1
# top
id: x  # the id
title:
  zh-Hant: a  # inside
  en: 'b: c'  # after title
place:
  country: 'NO'
  # before region
  region: 'no'
  names:
    en: [a, 'no', '1:30']
    zz: null
    # tail of names
  lat: 35.90
# before drivers
drivers:  # on header
  talent: folded text more  # on fold
  # tail of drivers
kpis:
  # lead of item
  # in an item
  - {name: a, tier: b}  # after item
  # tail of kpis
unknown: {b: 1, a: [x, y]}
# the end
---
## A
text with a break \x20
and more

## B

x
"""


def meaning(text: str) -> tuple[str, str]:
    front = parse_front_matter(text, FILE)
    body = text[front.body_start :].replace("\r\n", "\n").replace("\r", "\n")
    data = json.dumps(front.data, sort_keys=True)
    return data, MarkdownIt("commonmark").render(body)


def test_one_form() -> None:
    assert format_case_text(MESSY, FILE) == TIDY
    assert format_case_text(TIDY, FILE) == TIDY


def test_every_case_keeps_its_meaning_and_most_their_bytes() -> None:
    changed = []
    for path in case_paths(CASES):
        text = path.read_text(encoding="utf-8")
        formatted = format_case_text(text, str(path))
        if formatted == text:
            continue
        changed.append(path.name)
        assert meaning(formatted) == meaning(text)
        assert format_case_text(formatted, str(path)) == formatted
    assert len(changed) <= 10, changed


@pytest.mark.parametrize("damage", ["\ufeff", "crlf", "cr"])
def test_line_ends_and_bom_are_put_right(damage: str) -> None:
    text = "\ufeff" + TEXT if damage == "\ufeff" else TEXT
    text = text.replace("\n", {"crlf": "\r\n", "cr": "\r"}.get(damage, "\n"))
    if damage == "cr":  # an old Mac's line ends hide the front matter: normalised first
        assert format_case_text(mend_text(text), FILE) == format_case_text(TEXT, FILE)
    else:
        assert format_case_text(text, FILE) == format_case_text(TEXT, FILE)


@pytest.mark.parametrize("slip", ["a: &x 1", "a: [", "id: twice", "!!str a: b"])
def test_what_cannot_be_read_is_left_alone(slip: str) -> None:
    with pytest.raises(FormatError):
        format_case_text(TEXT.replace("updated:", f"{slip}\nupdated:"), FILE)


PIECES = st.sampled_from(
    [
        *"-:,[]{}#&*!|>'\"%@`~=\n\t ",
        *("\n# c\n", " # c", "  # c\n", "\n\n", ": ", "\n- ", ">-\n  ", "|\n  x\n", "[^s3]", "x"),
        *("no", "1:30", "null", "'", '"', "{a: 1}", "[b, c]", "\u3000", "\U0001f600", "\u2028"),
        *("\n## ", "\n```\n", "  \n", "\n    ", "\n> ", "\n1. ", "\\", "<b>", "\r\n"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(TEXT)), st.integers(0, 30), st.lists(PIECES, max_size=4))
def test_mutations_keep_their_meaning(start: int, length: int, inserted: list[str]) -> None:
    keeps_meaning(TEXT[:start] + "".join(inserted) + TEXT[start + length :])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(MESSY)), st.integers(0, 20), st.lists(PIECES, max_size=3))
def test_mutations_of_comments_keep_their_meaning(
    start: int, length: int, inserted: list[str]
) -> None:
    keeps_meaning(MESSY[:start] + "".join(inserted) + MESSY[start + length :])


def keeps_meaning(text: str) -> None:
    try:
        formatted = format_case_text(text, FILE)
    except FormatError:
        return
    assert meaning(formatted) == meaning(text.removeprefix("\ufeff"))
    assert format_case_text(formatted, FILE) == formatted


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_body_shows_the_same_page(body: str) -> None:
    body = body.replace("\r", "")
    formatted = format_body(body)
    assert MarkdownIt("commonmark").render(formatted) == MarkdownIt("commonmark").render(body)
    assert format_body(formatted) == formatted


def test_fix_mends_what_cannot_change_a_meaning(tmp_path: Path) -> None:
    damaged = "\ufeff" + TEXT.replace("  country: JP", "\tcountry: JP  ").replace("\n", "\r\n")
    path = write(tmp_path / "jp" / FILE, damaged)
    done = CliRunner().invoke(app, ["lint", "--fix", "--cases", str(tmp_path), str(path)])
    assert done.exit_code == 0, done.output
    assert path.read_text(encoding="utf-8") == TEXT
    assert mend_text(TEXT) == TEXT
    broken = "## 成果\n第一行  \n第二行   \n\t\n"
    assert mend_text(broken) == "## 成果\n第一行  \n第二行\n"


def test_fmt_command(tmp_path: Path) -> None:
    path = write(tmp_path / "jp" / FILE, TEXT)
    arguments = ["fmt", "--cases", str(tmp_path)]
    checked = CliRunner().invoke(app, [*arguments, "--check"])
    assert (checked.exit_code, path.read_text(encoding="utf-8")) == (1, TEXT)
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert lint_bytes(path, path.read_bytes()) == []
    assert "# the reason is required" in path.read_text(encoding="utf-8")
    assert CliRunner().invoke(app, [*arguments, "--check"]).exit_code == 0
    write(path, "---\na: [\n---\n")
    refused = CliRunner().invoke(app, [*arguments, str(path)])
    assert refused.exit_code == 1
    assert "yaml-syntax" in refused.output

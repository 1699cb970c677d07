"""Findings as text, JSON and GitHub annotations; wording complete in three languages."""

from __future__ import annotations

import json
import re

import pytest

from kb.findings import make_finding, to_github, to_json, to_text, wordings
from kb.model import LANGS


def test_every_wording_is_in_three_languages_with_the_same_blanks() -> None:
    for code, wording in wordings().items():
        assert wording.severity in ("error", "warning")
        for texts in (wording.message, wording.remedy):
            assert set(texts) == set(LANGS), code
            blanks = {frozenset(re.findall(r"{(\w+)", text)) for text in texts.values()}
            assert len(blanks) == 1, code


def test_text_names_file_line_and_remedy() -> None:
    finding = make_finding("tab", "cases/jp/a.md", 3, 7)
    text = to_text([finding], "en")
    assert text.startswith("cases/jp/a.md:3:7: error tab: there is a tab")
    assert "Replace it by spaces" in text
    assert "定位字元" in to_text([finding], "zh-Hant")
    assert "タブ" in to_text([finding], "ja")


def test_json_counts_errors_and_warnings() -> None:
    findings = [make_finding("tab", "a.md", 1, 1), make_finding("crlf", "a.md", 1, 1)]
    document = json.loads(to_json(findings))
    assert (document["errors"], document["warnings"]) == (1, 1)
    assert document["findings"][0]["message"]["zh-Hant"]
    assert json.loads(to_json([])) == {"findings": [], "errors": 0, "warnings": 0}


def test_github_annotations_cannot_be_broken_out_of() -> None:
    finding = make_finding("unknown-key", "a,b:c\n.md", 1, 2, name="x\n::error::y%", hint="z")
    (line,) = to_github([finding]).split("\n")
    assert line.startswith("::error file=a%2Cb%3Ac%0A.md,line=1,col=2,title=unknown-key::")
    assert line.count("\n") == 0
    assert "%25" in line


@pytest.mark.parametrize("nasty", ["{0}", "{name}", "\x1b[31m", "x" * 500, "\u202e", "{hint:en}"])
def test_values_are_quoted_as_they_are_but_printable(nasty: str) -> None:
    finding = make_finding("invalid-url", "a.md", 1, 1, value=nasty)
    assert finding.message.en.isprintable()
    assert len(finding.message.en) < 150

"""Case files are read into cases and written back without losing a byte."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from kb_samples import CASES

from kb.casebook import load_casebook
from kb.casefile import CaseFile, parse_case_file, read_case_file, write_case_file
from kb.errors import CaseFileError, EditError
from kb.frontmatter import Path as DataPath
from kb.frontmatter import parse_front_matter

NAME = "jp-fukui-sabae-example.md"


@pytest.fixture
def file(valid_text: str) -> CaseFile:
    return parse_case_file(Path(NAME), valid_text.encode("utf-8"))


def test_the_case_is_what_the_file_says(file: CaseFile) -> None:
    case = file.case
    assert case.id == "jp-fukui-sabae-example"
    assert case.title.get("ja") == "鯖江市 眼鏡産地の医療分野への展開"
    assert case.place.population is not None
    assert case.place.population.value == 69000
    assert case.period is not None
    assert (case.period.start, case.period.end) == (2012, None)
    assert list(case.drivers) == ["public-private", "talent"]
    assert case.kpis[0].target == 500
    assert isinstance(case.kpis[0].target, int)
    assert case.kpis[1].scope == "project"
    assert case.results[0].scope == "wider"
    assert case.sources[1].described
    assert case.updated == dt.date(2026, 11, 22)
    assert case.body.startswith("## 背景與課題\n")


def test_positions_are_where_the_values_stand(file: CaseFile) -> None:
    lines = file.text.split("\n")
    for path, expected in {
        ("place", "lat"): "35.96",
        ("kpis", 1, "theme"): "consultations",
        ("title", "en"): '"Sabae: eyewear makers moving into medical devices"',
        ("pdca", "plan", 0): "成立協議會",
        ("sources", 0, "url"): "'https://www.city.sabae.fukui.jp/meibutsu.html'",
    }.items():
        place = file.positions[path]
        assert file.text[place.start : place.end] == expected
        assert lines[place.line - 1][place.column - 1 :].startswith(expected)
    assert lines[file.body_line - 1] == "## 背景與課題"


def test_every_case_of_the_casebook_is_written_back_byte_for_byte(tmp_path: Path) -> None:
    files = list(load_casebook(CASES, skip_broken=True).files.values())
    assert files
    for file in files:
        target = tmp_path / file.path.name
        write_case_file(file, target)
        assert target.read_bytes() == file.path.read_bytes()


def test_windows_line_ends_survive(tmp_path: Path, valid_text: str) -> None:
    data = valid_text.replace("\n", "\r\n").encode("utf-8")
    (tmp_path / NAME).write_bytes(data)
    file = read_case_file(tmp_path / NAME)
    write_case_file(file)
    assert (tmp_path / NAME).read_bytes() == data
    assert "\r" not in file.case.body
    assert b"lat: 36.5\r\n" in file.with_value(("place", "lat"), 36.5).text.encode("utf-8")


def test_a_json_round_trip_gives_the_same_case(file: CaseFile) -> None:
    document = file.case.model_dump_json(by_alias=True)
    assert type(file.case).model_validate_json(document) == file.case


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("place", "lat"), 35.5),
        (("place", "population", "value"), 70000),
        (("place", "region"), "福井県: 嶺北 #1"),
        (("place", "municipalities"), ["鯖江市", "越前市"]),
        (("place", "names", "ja"), []),
        (("period", "end"), 2020),
        (("period",), None),
        (("title", "en"), "no"),
        (("title", "zh-Hant"), "1:30"),
        (("title", "ja"), "2019"),
        (("summary", "en"), "It's quoted. " + " ".join(["word"] * 35)),
        (("drivers", "talent"), "第一行\n第二行"),
        (("kpis", 0, "target"), "約三成"),
        (("kpis", 1), {"name": "展覽", "tier": "output", "theme": "events", "source": "s3"}),
        (("results", 0, "note"), "「引號」'與' \"混用\", 逗號"),
        (("sources", 1, "described"), False),
        (("updated",), dt.date(2026, 12, 1)),
        (("pdca", "plan", 0), "~"),
    ],
)
def test_an_edit_changes_that_value_only(file: CaseFile, path: DataPath, value: Any) -> None:
    edited = file.with_value(path, value)
    place = file.positions[path]
    assert edited.text[: place.start] == file.text[: place.start]
    assert edited.text.endswith(file.text[place.end :])
    expected = value.isoformat() if isinstance(value, dt.date) else value
    assert at(edited, path) == expected
    assert edited.with_value(path, at(file, path)).case == file.case


def test_an_edit_of_an_empty_value_adds_a_space(valid_text: str) -> None:
    text = valid_text.replace("period: {start: 2012, end: null}", "period:\n  start: 2012\n  end:")
    file = parse_case_file(Path(NAME), text.encode("utf-8"))
    assert "  end: 2030\n" in file.with_value(("period", "end"), 2030).text


def test_an_edit_of_a_block_scalar_keeps_the_lines_around_it(valid_text: str) -> None:
    text = valid_text.replace("talent: 與大學合辦研修", "talent: >\n    與大學\n    合辦研修\n")
    file = parse_case_file(Path(NAME), text.encode("utf-8"))
    edited = file.with_value(("drivers", "talent"), "研修")
    assert "  talent: 研修\n" in edited.text
    assert "\nplan_category: local-business\n" in edited.text


def test_edits_that_cannot_be_made_in_place_are_refused(file: CaseFile) -> None:
    with pytest.raises(EditError):
        file.with_value(("place", "altitude"), 1)
    with pytest.raises(EditError):
        file.with_value(("place",), {})
    with pytest.raises(EditError):
        file.with_value(("place", "lat"), object())
    with pytest.raises(EditError):
        file.with_value(("place", "lat"), float("nan"))


def test_an_edit_that_breaks_the_case_is_refused(file: CaseFile) -> None:
    with pytest.raises(CaseFileError) as caught:
        file.with_value(("place", "setting"), "moon")
    assert [finding.code for finding in caught.value.findings] == ["unknown-value"]


def test_a_broken_file_says_what_and_where(tmp_path: Path, valid_text: str) -> None:
    path = tmp_path / NAME
    path.write_text(valid_text.replace("country: JP", "country: XX"), encoding="utf-8")
    with pytest.raises(CaseFileError) as caught:
        read_case_file(path)
    (finding,) = caught.value.findings
    assert (finding.code, finding.line) == ("unknown-value", 24)
    assert f"{path}:24:" in str(caught.value)


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(CaseFileError) as caught:
        read_case_file(tmp_path / "nowhere.md")
    assert caught.value.findings[0].code == "file-unreadable"


def at(file: CaseFile, path: DataPath) -> Any:
    value = parse_front_matter(file.text, "x").data
    for step in path:
        value = value[step]
    return value

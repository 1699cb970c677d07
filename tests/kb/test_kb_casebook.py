"""A folder of cases: all or nothing, unless the broken ones are asked to be left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from kb_samples import CASES, write

from kb.casebook import case_paths, find_case_file, load_casebook
from kb.errors import CasebookError, UnknownCase
from kb.lint import lint_paths

JP = "jp/jp-fukui-sabae-example.md"
TW = "tw/tw-pingtung-donggang-example.md"


def test_cases_come_in_order_of_id(casebook: Path) -> None:
    loaded = load_casebook(casebook)
    assert list(loaded.cases) == ["jp-fukui-sabae-example", "tw-pingtung-donggang-example"]
    assert loaded.files["jp-fukui-sabae-example"].path == casebook / JP
    assert loaded.findings == []


def test_one_broken_file_refuses_the_casebook(casebook: Path, valid_text: str) -> None:
    write(casebook / JP, valid_text.replace("lat: 35.96", "lat: 5.96"))
    with pytest.raises(CasebookError) as caught:
        load_casebook(casebook)
    assert [(f.code, f.file) for f in caught.value.findings] == [
        ("coordinates-outside", str(casebook / JP))
    ]


def test_broken_files_are_left_out_on_request_and_named(casebook: Path, valid_text: str) -> None:
    write(casebook / JP, valid_text.replace("lat: 35.96", "lat: 5.96"))
    loaded = load_casebook(casebook, skip_broken=True)
    assert list(loaded.cases) == ["tw-pingtung-donggang-example"]
    assert [finding.code for finding in loaded.findings] == ["coordinates-outside"]


def test_an_id_can_be_claimed_once(casebook: Path, valid_text: str) -> None:
    write(casebook / "jp" / "sub" / "jp-fukui-sabae-example.md", valid_text)
    with pytest.raises(CasebookError) as caught:
        load_casebook(casebook)
    codes = {finding.code for finding in caught.value.findings}
    assert codes == {"duplicate-id", "duplicate-alias"}
    assert len(load_casebook(casebook, skip_broken=True).cases) == 2


def test_a_copy_under_another_name_does_not_push_out_the_case(
    casebook: Path, valid_text: str
) -> None:
    """Copying a case to start a new one must not make the old one vanish."""
    copy = write(casebook / "jp" / "jp-a-copy.md", valid_text)
    loaded = load_casebook(casebook, skip_broken=True)
    assert loaded.files["jp-fukui-sabae-example"].path == casebook / JP
    assert {finding.file for finding in loaded.findings} == {str(copy)}


@pytest.mark.parametrize("alias", ["jp-sabae", "jp-fukui-sabae-example"])
def test_an_alias_leads_to_one_case(casebook: Path, alias: str) -> None:
    path = casebook / TW
    text = path.read_text(encoding="utf-8")
    write(path, text.replace("title:\n", f"aliases: [{alias}]\ntitle:\n", 1))
    (finding,) = lint_paths([casebook])
    assert (finding.code, finding.file, finding.line) == ("duplicate-alias", str(path), 5)


def test_a_file_linted_alone_is_compared_with_the_casebook(
    casebook: Path, valid_text: str, tmp_path: Path
) -> None:
    new = write(tmp_path / "new" / "jp-fukui-sabae-example.md", valid_text)
    assert lint_paths([new]) == []
    codes = {finding.code for finding in lint_paths([new], cases_dir=casebook)}
    assert codes == {"duplicate-id", "duplicate-alias"}
    assert lint_paths([casebook / JP], cases_dir=casebook) == []


def test_a_case_to_see_also_is_looked_for_in_the_whole_casebook(
    casebook: Path, valid_text: str
) -> None:
    path = casebook / TW
    text = path.read_text(encoding="utf-8")
    named = "see_also: [jp-sabae, jp-fukui-sabae-example, jp-fukui-sabay-example]\n"
    write(path, text.replace("kpis:\n", f"{named}kpis:\n", 1))
    (finding,) = lint_paths([path], cases_dir=casebook)
    assert (finding.code, finding.severity) == ("unknown-case", "warning")
    assert "jp-fukui-sabay-example" in finding.to_text()
    assert "Did you mean 'jp-fukui-sabae-example'" in finding.remedy.en
    assert lint_paths([path]) == []  # alone, nothing is known of the others


def test_readme_files_are_not_cases(casebook: Path) -> None:
    write(casebook / "README.md", "# Cases\n")
    write(casebook / "jp" / ".draft.md", "nothing")
    assert len(case_paths(casebook)) == 2


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CasebookError):
        load_casebook(tmp_path / "nowhere", skip_broken=True)
    (finding,) = lint_paths([tmp_path])
    assert finding.code == "file-unreadable"


def test_cases_are_found_by_id_and_former_id(casebook: Path) -> None:
    assert find_case_file(casebook, "jp-sabae").case.id == "jp-fukui-sabae-example"
    assert find_case_file(casebook, "tw-pingtung-donggang-example").path == casebook / TW
    with pytest.raises(UnknownCase):
        find_case_file(casebook, "../jp-sabae")


def test_the_casebook_is_clean_with_every_rule_at_error() -> None:
    assert [finding.to_text() for finding in lint_paths([CASES], cases_dir=CASES)] == []


def test_two_hundred_long_files_are_linted_together(tmp_path: Path, valid_text: str) -> None:
    """They are of 12 KB each; how long that takes is measured, not tested (`time kb lint`)."""
    long = valid_text.replace("業者看不到出路。", "業者看不到出路，約500家[^s3]。" * 220)
    assert 11_000 < len(long.encode()) < 16_000
    for number in range(200):
        case_id = f"jp-example-{number}"
        text = long.replace("jp-fukui-sabae-example", case_id).replace(
            "aliases: [sabae-old, jp-sabae]\n", ""
        )
        write(tmp_path / "jp" / f"{case_id}.md", text)
    assert lint_paths([tmp_path]) == []

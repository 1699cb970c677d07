"""The command: what each says, in text and JSON, and its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from kb_samples import write
from typer.testing import CliRunner

from kb.cli import app

JP = "jp/jp-fukui-sabae-example.md"


@pytest.fixture(autouse=True)
def home(casebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run beside the small casebook, with no settings but the defaults."""
    monkeypatch.chdir(casebook.parent)
    for name in list(os.environ):
        if name.startswith("KB_"):
            monkeypatch.delenv(name)


def kb(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_help_lists_every_command() -> None:
    result = kb("--help")
    assert result.exit_code == 0
    for command in (
        "index",
        "serve",
        "search",
        "recommend",
        "show",
        "lint",
        "cite",
        "eval",
        "stats",
        "new",
        "fmt",
        "review",
        "schema",
    ):
        assert command in result.output
        assert kb(command, "--help").exit_code == 0


def test_lint_is_silent_on_a_clean_casebook() -> None:
    result = kb("lint")
    assert result.exit_code == 0
    assert result.stdout == ""


def test_lint_names_file_line_and_remedy(casebook: Path, valid_text: str) -> None:
    write(casebook / JP, valid_text.replace("setting: industrial-city", "setting: industry"))
    result = kb("lint", "--lang", "en")
    assert result.exit_code == 1
    assert f"cases/{JP}:30:12: error unknown-value" in result.stdout
    assert "Did you mean" in result.stdout
    assert "1 errors, 0 warnings" in result.stderr


def test_lint_as_json_and_annotations(casebook: Path, valid_text: str) -> None:
    path = write(casebook / JP, valid_text.replace("約500家[^s3]", "約500家"))
    document = json.loads(kb("lint", "--json").stdout)
    assert document["errors"] == 1
    assert document["findings"][0]["line"] == 57
    annotation = kb("lint", str(path), "--format", "github")
    assert annotation.exit_code == 1
    assert annotation.stdout.startswith(f"::error file={path},line=57,")


def test_lint_counts_advice_only_when_strict(casebook: Path, valid_text: str) -> None:
    write(casebook / JP, valid_text.replace("\n", "\r\n"))
    assert kb("lint").exit_code == 0
    assert kb("lint", "--strict").exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint", "nowhere"),
        ("lint", "--format", "xml"),
        ("search",),
        ("search", "x", "--driver", "talents"),
        ("search", "x", "--limit", "0"),
        ("recommend", "x", "--file", "y"),
        ("recommend", "--file", "nowhere.txt"),
        ("recommend", "x", "--plan-setting", "moon"),
        ("recommend", "x", "--plan-kind", "moon"),
        ("recommend", "x", "--plan-tier", "moon"),
        ("eval", "--queries", "nowhere.jsonl"),
        ("serve", "--port", "0"),
        ("show",),
        ("nonsense",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_two(arguments: tuple[str, ...]) -> None:
    assert kb(*arguments).exit_code == 2


def test_wrong_settings_are_wrong_usage() -> None:
    Path("kb.toml").write_text("prot = 1", encoding="utf-8")
    result = kb("lint")
    assert result.exit_code == 2
    assert "prot" in result.stderr


def test_show_by_id_and_former_id() -> None:
    result = kb("show", "jp-sabae", "--lang", "en")
    assert result.exit_code == 0
    assert "Sabae: eyewear makers" in result.stdout
    assert "醫療器械累計品項" in result.stdout
    assert "[s3]" in result.stdout


def test_show_prints_the_file_itself(valid_text: str) -> None:
    assert kb("show", "jp-sabae", "--markdown").stdout == valid_text


def test_an_unknown_case_is_answered_with_the_nearest() -> None:
    result = kb("show", "jp-fukui-sabae-exmple")
    assert result.exit_code == 1
    assert "did you mean 'jp-fukui-sabae-example'?" in result.stderr


def test_a_broken_case_is_shown_as_its_findings(casebook: Path, valid_text: str) -> None:
    write(casebook / JP, valid_text.replace("country: JP", "country: XX"))
    result = kb("show", "jp-fukui-sabae-example")
    assert result.exit_code == 1
    assert "unknown-value" in result.stderr
    assert "Traceback" not in result.output


def test_cite() -> None:
    assert "〈鯖江市眼鏡產地轉進醫療器材〉" in kb("cite", "jp-sabae").stdout
    assert "「鯖江市 眼鏡産地" in kb("cite", "jp-sabae", "--lang", "ja").stdout
    document = json.loads(kb("cite", "jp-sabae", "--json").stdout)
    assert document["id"] == "jp-fukui-sabae-example"
    assert set(document["citation"]) == {"zh-Hant", "ja", "en"}
    assert [source["id"] for source in document["sources"]] == ["s2", "s3"]


def test_stats() -> None:
    document = json.loads(kb("stats", "--json").stdout)
    assert document["cases"] == 2
    result = kb("stats", "--lang", "en")
    assert result.exit_code == 0
    assert "Fishing village" in result.stdout


def test_stats_of_a_broken_casebook_lists_why(casebook: Path, valid_text: str) -> None:
    write(casebook / JP, valid_text.replace("schema: 1", "schema: 9"))
    result = kb("stats")
    assert result.exit_code == 1
    assert "schema-version" in result.stderr


def test_lint_imports_no_index_and_no_server() -> None:
    """Checking a file must not wait for encoders: a contributor runs it after every save."""
    code = (
        "import sys; from typer.testing import CliRunner; from kb.cli import app;"
        "assert CliRunner().invoke(app, ['lint']).exit_code == 0;"
        "heavy = {'torch', 'faiss', 'fastapi', 'sqlmodel', 'indexer', 'api', 'web', 'numpy'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)

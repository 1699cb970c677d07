"""The commands that need an index, on a real one of two cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from kb_samples import VALID, write
from typer.testing import CliRunner

from kb.cli import app

JP = "jp/jp-fukui-sabae-example.md"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with cases and the index that ``kb index`` made of them."""
    folder = tmp_path_factory.mktemp("home")
    text = VALID.read_text(encoding="utf-8")
    write(folder / "cases" / JP, text)
    other = (
        text.replace("jp-fukui-sabae-example", "jp-nagano-iida-example")
        .replace("aliases: [sabae-old, jp-sabae]\n", "")
        .replace("setting: industrial-city", "setting: mountain-village")
        .replace("眼鏡", "森林")
    )
    write(folder / "cases" / "jp" / "jp-nagano-iida-example.md", other)
    result = kb(folder, "index", "--cases", str(folder / "cases"), "--encoder", "fast", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["cases"], report["reused"], report["published"]) == (2, 0, True)
    return folder


def kb(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--index", str(folder / "index")])


def test_search_prints_what_the_api_answers(home: Path) -> None:
    document = json.loads(kb(home, "search", "眼鏡", "--json").stdout)
    assert document["results"][0]["case"]["id"] == "jp-fukui-sabae-example"
    assert document["query"]["q"] == "眼鏡"
    assert document["total"] >= 1


def test_search_filters(home: Path) -> None:
    result = kb(home, "search", "", "--setting", "mountain-village", "--json")
    found = [hit["case"]["id"] for hit in json.loads(result.stdout)["results"]]
    assert found == ["jp-nagano-iida-example"]


def test_search_for_people(home: Path) -> None:
    result = kb(home, "search", "眼鏡", "--lang", "en", "--limit", "1")
    assert result.exit_code == 0
    assert "Sabae: eyewear makers" in result.stdout
    assert "jp-fukui-sabae-example" in result.stdout


def test_recommend_from_a_file(home: Path) -> None:
    plan = write(home / "plan.md", "我們是眼鏡產地，想轉進醫療器材。")
    result = kb(
        home, "recommend", "--file", str(plan), "--plan-setting", "industrial-city", "--json"
    )
    first = json.loads(result.stdout)["results"][0]
    assert first["case"]["id"] == "jp-fukui-sabae-example"
    assert first["reasons"]["same_setting"]
    shown = kb(home, "recommend", "眼鏡產地", "--plan-driver", "talent", "--lang", "en")
    assert "Developing people" in shown.stdout
    assert " + " in shown.stdout, "reasons"
    far = kb(home, "recommend", "zzzz qqqq", "--lang", "en")
    assert "! " in far.stdout, "nothing comparable, and why"


def test_a_plan_that_says_nothing_is_wrong_usage(home: Path) -> None:
    assert kb(home, "recommend").exit_code == 2
    assert kb(home, "recommend", "  ").exit_code == 2


def test_eval_measures(home: Path) -> None:
    queries = write(
        home / "queries.jsonl",
        '{"id": "q1", "lang": "zh-Hant", "text": "眼鏡", "relevant": ["jp-fukui-sabae-example"]}\n',
    )
    result = kb(home, "eval", "--queries", str(queries), "--json")
    assert result.exit_code == 0, result.output
    measured = json.loads(result.stdout)
    assert measured["n"] == 1
    assert measured["hit@1"] == 1
    assert {"ndcg@10", "mrr@10", "hit@5", "hit@10", "by_lang", "latency_ms"} <= set(measured)


def test_an_index_made_again_embeds_nothing(home: Path) -> None:
    cases = str(home / "cases")
    result = kb(home, "index", "--cases", cases, "--encoder", "fast", "--json")
    assert json.loads(result.stdout)["embedded"] == 0


def test_broken_cases_are_refused_or_left_out_by_name(home: Path, tmp_path: Path) -> None:
    text = (home / "cases" / JP).read_text(encoding="utf-8")
    write(tmp_path / "cases" / JP, text)
    broken = write(tmp_path / "cases" / "jp" / "jp-broken.md", text.replace("lat: 35.96", "lat: x"))
    cases = str(tmp_path / "cases")
    refused = kb(tmp_path, "index", "--cases", cases, "--encoder", "fast")
    assert refused.exit_code == 1
    assert f"{broken}:31:8: error wrong-type" in refused.stderr
    assert "Traceback" not in refused.output
    made = kb(tmp_path, "index", "--cases", cases, "--encoder", "fast", "--skip-broken")
    assert made.exit_code == 0
    assert str(broken) in made.stderr
    assert "1 broken case file(s) left out" in made.stderr


def test_without_an_index_the_command_says_what_to_do(tmp_path: Path) -> None:
    result = kb(tmp_path, "search", "x")
    assert result.exit_code == 1
    assert "kb index" in result.stderr

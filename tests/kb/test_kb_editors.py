"""What editors are given is made from the model and is current."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import jsonschema
import pytest
from kb_samples import CASES, VALID

from kb.casebook import case_paths
from kb.editors import LISTS, SCHEMA_FILE, case_schema, case_schema_json, field_help, snippets_json
from kb.formatting import format_case_text
from kb.frontmatter import parse_front_matter
from kb.integrity import TODO
from kb.lint import lint_bytes
from kb.schema import keys_at
from kb.taxonomy import Facet, taxonomy

ROOT = CASES.parent
TEMPLATES = sorted((ROOT / "kb" / "templates").glob("*.md"))


def data_of(path: Path) -> object:
    return parse_front_matter(path.read_text(encoding="utf-8"), str(path)).data


def test_the_copies_in_the_repository_are_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == case_schema_json(), "run: kb schema"
    snippets = ROOT / ".vscode" / "casebook.code-snippets"
    assert snippets.read_text(encoding="utf-8") == snippets_json(), "run: kb schema --snippets"


def test_every_field_has_its_help() -> None:
    paths = []
    for key in keys_at(()):
        paths.append(key)
        if key not in ("title", "summary", "abstract", "drivers"):
            paths += [f"{key}.{inner}" for inner in keys_at((key,))]
    paths += [f"place.population.{key}" for key in keys_at(("place", "population"))]
    assert sorted(field_help()) == sorted(paths)


def test_every_case_passes_the_schema() -> None:
    validator = jsonschema.Draft7Validator(case_schema())
    validator.check_schema(case_schema())
    for path in [VALID, *case_paths(CASES)]:
        errors = [error.message for error in validator.iter_errors(data_of(path))]
        assert errors == [], path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("theme: deals", "theme: dealz"),
        ("  talent:", "  talents:"),
        ("plan_kind:", "plan_knid:"),
        ("year: 2015", "year: '2015'"),
        ("setting: industrial-city", "setting: city"),
        ("scope: wider", "scope: wide"),
    ],
)
def test_the_schema_refuses_what_lint_refuses(old: str, new: str) -> None:
    text = VALID.read_text(encoding="utf-8").replace(old, new, 1)

    data = parse_front_matter(text, "x").data
    assert not jsonschema.Draft7Validator(case_schema()).is_valid(data)


def test_closed_lists_are_spelt_out() -> None:
    document = case_schema_json()
    for facet in LISTS.values():
        for value in taxonomy().terms(facet):
            assert f'"const": "{value}"' in document


def test_snippets_offer_the_closed_lists() -> None:
    snippets = json.loads(snippets_json())
    assert "|".join(["${3", ",".join(taxonomy().kpi_themes), "}"]) in snippets["case: KPI"]["body"]
    assert {"driver-talent", "section-outcomes"} <= {s["prefix"] for s in snippets.values()}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_lint_clean_but_for_their_todos(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    findings = lint_bytes(Path("cases/jp/jp-region-place-subject.md"), text.encode())
    assert {finding.code for finding in findings} == {"todo-left"}
    explained = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    assert len(findings) == len(TODO.findall(explained))
    assert format_case_text(text, "x") == text


def test_there_are_templates_in_both_languages() -> None:
    assert [path.name for path in TEMPLATES] == ["case.en.md", "case.zh-Hant.md"]
    dated = parse_front_matter(TEMPLATES[0].read_text(encoding="utf-8"), "x").data["updated"]
    assert dt.date.fromisoformat(dated)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_name_every_value_of_the_closed_lists_and_no_other(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    known: set[str] = set()
    facets: tuple[Facet, ...] = (
        "plan_categories",
        "settings",
        "drivers",
        "kpi_tiers",
        "kpi_themes",
        "source_kinds",
    )
    for facet in facets:
        missing = [value for value in taxonomy().terms(facet) if value not in text]
        assert not missing, facet
        known |= set(taxonomy().terms(facet))
    for line in re.findall(r"^ *# *(.*)$", text, flags=re.MULTILINE):
        words = [word.strip() for word in re.split("[,、]", line) if word.strip()]
        if len(words) > 3 and all(re.fullmatch("[a-z-]+", word) for word in words):
            assert set(words) <= known, line


def test_the_extension_for_vs_code_is_whole() -> None:
    folder = ROOT / ".vscode" / "extensions" / "casebook"
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    bundle = (folder / package["main"]).read_text(encoding="utf-8")
    client = (folder / "client.js").read_text(encoding="utf-8")
    for said in ('"lsp"', ".venv", "make .venv/installed"):
        assert said in client
        assert said in bundle, "run: npm install && npm run build"

"""What editors need to help while one types: a JSON Schema and snippets, made from the model.

``kb schema`` prints the first, ``kb schema --snippets`` the second; both are kept in the repository
(``kb/case.schema.json``, ``.vscode/casebook.code-snippets``) and a test says when they are stale.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kb.model import LANGS, Case
from kb.taxonomy import Facet, Term, taxonomy

FIELDS_FILE = Path(__file__).with_name("fields.yaml")
SCHEMA_FILE = Path(__file__).with_name("case.schema.json")

# The closed lists, by the path (without list indices) of the field that takes their values.
LISTS: dict[str, Facet] = {
    "place.country": "countries",
    "place.setting": "settings",
    "plan_category": "plan_categories",
    "plan_kind": "plan_kinds",
    "topics": "topics",
    "kpis.tier": "kpi_tiers",
    "kpis.theme": "kpi_themes",
    "kpis.scope": "scopes",
    "results.scope": "scopes",
    "sources.kind": "source_kinds",
}


@cache
def field_help() -> dict[str, dict[str, str]]:
    """What each field is for, by dotted path, in zh-Hant and en."""
    data: dict[str, dict[str, str]] = yaml.load(
        FIELDS_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return data


def case_schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of a case file's front matter, closed lists spelt out."""
    schema = Case.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs")
    whole = _inlined(schema, definitions, "")
    del whole["properties"]["body"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Sōsei Casebook case",
        **{key: value for key, value in whole.items() if key not in ("title", "description")},
    }


def case_schema_json() -> str:
    """:func:`case_schema` as the text of ``kb/case.schema.json``."""
    return json.dumps(case_schema(), ensure_ascii=False, indent=2) + "\n"


def _inlined(node: dict[str, Any], definitions: dict[str, Any], path: str) -> dict[str, Any]:
    """The schema of a field with references resolved, its help text and its closed list."""
    node = {**node, **definitions[node["$ref"].rsplit("/", 1)[1]]} if "$ref" in node else {**node}
    node.pop("$ref", None)
    node.pop("title", None)
    node.pop("description", None)
    if path in LISTS:
        choices: dict[str, Any] = {
            "oneOf": [_choice(term) for term in taxonomy().terms(LISTS[path]).values()]
        }
        is_list = node.get("type") == "array"
        node = {**node, "items": choices, "uniqueItems": True} if is_list else choices
    if path == "drivers":
        drivers = {
            term.id: {"type": "string", "minLength": 1, "description": _says(term)}
            for term in taxonomy().drivers.values()
        }
        node = {
            "type": "object",
            "properties": drivers,
            "additionalProperties": False,
            "minProperties": 1,
        }
    elif "properties" in node:
        node["properties"] = {
            key: _inlined(value, definitions, f"{path}.{key}".lstrip("."))
            for key, value in node["properties"].items()
        }
    if "anyOf" in node:
        node["anyOf"] = [_inlined(option, definitions, "") for option in node["anyOf"]]
    if "items" in node and path not in LISTS:
        node["items"] = _inlined(node["items"], definitions, path)
        node["items"].pop("description", None)
    help_text = field_help().get(path)
    if help_text:
        node["description"] = f"{help_text['zh-Hant']}\n{help_text['en']}"
    return node


def _choice(term: Term) -> dict[str, str]:
    return {"const": term.id, "description": _says(term)}


def _says(term: Term) -> str:
    said = f"{term.label.zh_hant} / {term.label.get('en')}"
    return f"{said}：{term.definition.zh_hant}" if term.definition else said


def snippets_json() -> str:
    """Snippets for VS Code, which offers them in Markdown files without any extension."""
    terms = taxonomy()
    found = {
        "case: KPI": _snippet(
            "kpi",
            "  - {name: $1, tier: "
            + _pick(2, "kpi_tiers")
            + ", theme: "
            + _pick(3, "kpi_themes")
            + ", scope: "
            + _pick(4, "scopes")
            + ", source: s$5, target: $6, unit: $7, year: $8}",
            "計畫自己訂的指標 / an indicator the project set",
        ),
        "case: result": _snippet(
            "result",
            "  - {what: $1, value: $2, unit: $3, year: $4, source: s$5, scope: "
            + _pick(6, "scopes")
            + "}",
            "量到的結果 / a measured result",
        ),
        "case: source": _snippet(
            "source",
            "  - {id: s$1, kind: "
            + _pick(2, "source_kinds")
            + ", title: $3, publisher: $4, url: '$5', lang: "
            + "${6|"
            + ",".join(LANGS)
            + "|}, year: $7}",
            "來源 / a source",
        ),
        "case: setting": _snippet("setting", "setting: " + _pick(1, "settings"), "地方的類型"),
        "case: plan category": _snippet(
            "plan_category", "plan_category: " + _pick(1, "plan_categories"), "計畫類別"
        ),
        "case: plan kind": _snippet(
            "plan_kind", "plan_kind: " + _pick(1, "plan_kinds"), "計畫種類"
        ),
    }
    for term in terms.drivers.values():
        found[f"case: driver {term.id}"] = _snippet(
            f"driver-{term.id}", f"  {term.id}: $1", _says(term)
        )
    for section in terms.sections.values():
        heading = section.label.zh_hant
        found[f"case: section {section.id}"] = _snippet(
            f"section-{section.id}", f"## {heading}\n$0", _says(section)
        )
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _snippet(prefix: str, body: str, description: str) -> dict[str, str]:
    return {
        "scope": "markdown",
        "prefix": prefix,
        "body": body,
        "description": description,
    }


def _pick(stop: int, facet: Facet) -> str:
    return f"${{{stop}|{','.join(taxonomy().terms(facet))}|}}"

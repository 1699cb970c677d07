"""Examples for the OpenAPI document. A test checks each one against the model it stands for."""

from __future__ import annotations

from typing import Any

from api.problems import TYPE_PREFIX

ID = "jp-fukui-sabae-eyewear-medical-wearable"
GENERATION = "20261123T052038123456Z"

LINKS = {
    "self": f"/api/v1/cases/{ID}",
    "markdown": f"/api/v1/cases/{ID}.md",
    "comparable": f"/api/v1/cases/{ID}/comparable",
    "page": f"/cases/{ID}",
}

CARD: dict[str, Any] = {
    "id": ID,
    "title": {
        "zh-Hant": "鯖江市眼鏡產地轉進醫療器材與穿戴裝置",
        "ja": "鯖江市 眼鏡産地の医療・ウェアラブル分野への展開",
        "en": "Sabae eyewear district moving into medical devices and wearables",
    },
    "summary": {
        "zh-Hant": "福井縣鯖江市是日本最大的眼鏡產地，受低價進口品競爭……",
        "ja": "福井県鯖江市は国内最大の眼鏡産地だが……",
        "en": "Sabae in Fukui, Japan's largest eyewear district, was losing ground …",
    },
    "place": {
        "country": "JP",
        "region": "福井縣",
        "municipalities": ["鯖江市"],
        "names": {"zh-Hant": [], "ja": ["福井県鯖江市", "さばえ"], "en": ["Sabae, Fukui"]},
        "setting": "industrial-city",
        "lat": 35.96,
        "lon": 136.18,
        "population": {"value": 69000, "year": 2015, "source": "s3", "note": None},
    },
    "period": None,
    "drivers": {"public-private": "政府媒合並補助企業研究技術，企業以新商品與醫療器材技術回應"},
    "plan_category": "local-business",
    "plan_kind": "sme-support",
    "topics": ["craft-and-manufacturing", "technology-industry", "small-firm-support"],
    "updated": "2026-11-23",
    "links": LINKS,
}

PASSAGE: dict[str, Any] = {
    "section": "作法",
    "lang": "zh-Hant",
    "text": "市府以「智慧眼鏡產業聚落」為目標推動異業合作。",
    "highlights": [[6, 8]],
}

FACETS: dict[str, Any] = {
    "driver": {"public-private": 12, "talent": 9},
    "category": {"local-business": 7},
    "topic": {"craft-and-manufacturing": 5},
    "setting": {"industrial-city": 2},
    "country": {"JP": 18, "TW": 9},
    "kpi_tier": {"project-outcome": 15},
    "kpi_theme": {"sales": 6},
}

NO_FILTERS: dict[str, list[str]] = {
    "driver": [],
    "topic": [],
    "kpi_tier": [],
    "kpi_theme": [],
    "category": [],
    "country": [],
    "setting": [],
}

SEARCH: dict[str, Any] = {
    "query": {
        "q": "眼鏡產地",
        "mode": "hybrid",
        "filters": NO_FILTERS | {"country": ["JP"]},
        "limit": 10,
        "offset": 0,
    },
    "total": 1,
    "results": [{"case": CARD, "score": 9.42, "passage": PASSAGE}],
    "suggestion": None,
    "facets": FACETS,
    "took_ms": 6.1,
    "generation": GENERATION,
}

CASE_LIST: dict[str, Any] = {
    "total": 27,
    "limit": 1,
    "offset": 0,
    "results": [{"case": CARD}],
    "facets": FACETS,
    "generation": GENERATION,
}

CASE: dict[str, Any] = {
    **{key: value for key, value in CARD.items() if key != "links"},
    "schema": 1,
    "aliases": [],
    "kpis": [
        {
            "name": "東京與鯖江眼鏡直銷店來店者數",
            "tier": "project-outcome",
            "theme": "visitors",
            "scope": "project",
            "source": "seed-article",
            "baseline": None,
            "target": None,
            "actual": None,
            "unit": None,
            "year": None,
            "note": None,
        }
    ],
    "results": [
        {
            "what": "シャルマン醫療器械累計品項",
            "value": 350.0,
            "unit": "項",
            "year": 2016,
            "source": "s5",
            "scope": "wider",
            "note": "民間單一企業數字，不是市府計畫的成果",
        }
    ],
    "pdca": None,
    "sources": [
        {
            "id": "s2",
            "kind": "official",
            "title": "「眼鏡」を「ふるさと名物」として「応援宣言」します",
            "described": False,
            "publisher": "鯖江市",
            "url": "https://www.city.sabae.fukui.jp/",
            "lang": "ja",
            "year": 2018,
        }
    ],
    "body": "## 背景與課題\n鯖江市的眼鏡產量居日本第一……[^s4]。\n",
    "citation": {
        "zh-Hant": "創生案例庫，〈鯖江市眼鏡產地轉進醫療器材與穿戴裝置〉",
        "ja": "創生ケースブック「鯖江市 眼鏡産地の医療・ウェアラブル分野への展開」",
        "en": "Sōsei Casebook, “Sabae eyewear district moving into medical devices and wearables”",
    },
    "links": LINKS,
}

COMPARABLE_RESULT: dict[str, Any] = {
    "case": CARD,
    "score": 0.81,
    "passage": PASSAGE,
    "reasons": {
        "shared_topics": ["hot-springs"],
        "shared_drivers": ["public-private"],
        "shared_kpi_themes": ["visitors"],
        "same_category": True,
        "same_setting": False,
        "similarity": 0.62,
    },
    "parts": {"meaning": 0.62, "judged": 0.1, "plan_category": 0.09},
    "why": [
        {
            "kind": "category",
            "shared": ["local-business"],
            "theirs": [],
            "yours": [],
            "factor": None,
            "inferred": True,
            "text": {
                "zh-Hant": "同屬「地方創業」類計畫（您的部分由文字推測）。",
                "ja": "ともに「ローカルビジネス」の計画である（貴計画の側は文章からの推定）。",
                "en": "Both are plans of the category Local business (yours as read from your "
                "text).",
            },
        }
    ],
    "differences": [],
}

COMPARABLE: dict[str, Any] = {
    "case": CARD,
    "results": [COMPARABLE_RESULT],
    "generation": GENERATION,
}

RECOMMEND: dict[str, Any] = {
    "plan": {
        "characters": 24,
        "topics": [],
        "drivers": [],
        "plan_category": None,
        "plan_kind": None,
        "setting": None,
        "kpi_themes": [],
        "kpi_tiers": [],
        "population": None,
        "filters": NO_FILTERS,
        "limit": 5,
    },
    "reading": {
        "language": {"value": "ja", "confidence": 1.0, "evidence": [], "source": "inferred"},
        "topics": [],
        "drivers": [],
        "plan_category": {
            "value": "local-business",
            "confidence": 0.71,
            "evidence": [{"start": 0, "end": 8, "text": "眼鏡の産地として"}],
            "source": "inferred",
        },
        "plan_kind": None,
        "kpi_themes": [],
        "kpi_tiers": [],
        "setting": None,
        "places": [],
        "population": None,
    },
    "comparable": True,
    "likeness": 0.81,
    "far": [],
    "results": [COMPARABLE_RESULT],
    "generation": GENERATION,
}

COMPARE: dict[str, Any] = {
    "plan": None,
    "cases": [CARD, CARD],
    "rows": [
        {
            "group": "circumstances",
            "key": "setting",
            "differs": True,
            "cells": [[{"term": "industrial-city"}], [{"term": "small-town"}]],
        }
    ],
    "generation": GENERATION,
}

LOGIC_MODEL: dict[str, Any] = {
    "stages": [
        {
            "stage": "challenge",
            "items": [{"text": "受低價進口品競爭，眼鏡產地的出貨額減少", "sources": ["s3"]}],
        },
        {
            "stage": "project-outcome",
            "items": [{"text": "新商品數", "amount": "10", "unit": "件", "sources": ["s5"]}],
        },
    ],
    "generation": GENERATION,
}

EXPLORE: dict[str, Any] = {
    "total": 2,
    "cases": [CARD, CARD],
    "matrix": {"public-private": {"local-business": 2}},
    "likeness": {ID: (0.41, 0.27)},
    "facets": FACETS,
    "generation": GENERATION,
}

FACETS_ANSWER: dict[str, Any] = {"total": 27, "facets": FACETS, "generation": GENERATION}

TAXONOMY: dict[str, Any] = {
    "drivers": {
        "talent": {
            "id": "talent",
            "label": {"zh-Hant": "人才培育", "ja": "人材育成", "en": "Talent"},
        }
    }
}

CASE_SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "properties": {"topics": {"type": "array", "maxItems": 7}},
}

READY: dict[str, Any] = {
    "status": "ready",
    "generation": GENERATION,
    "encoder": "default",
    "quality": "full",
    "cases": 27,
}

PROBLEM_KIND: dict[str, Any] = {
    "type": TYPE_PREFIX + "unknown-case",
    "title": "No case of this id",
    "status": 404,
    "remedy": "List the ids with /api/v1/cases; the nearest one, if any, is in `nearest`.",
}


def problem(slug: str, title: str, status: int, detail: str, **members: Any) -> dict[str, Any]:
    """A problem document as an example."""
    return {
        "type": TYPE_PREFIX + slug,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "/api/v1/…",
        **members,
    }


CASE_CHECK: dict[str, Any] = {
    "id": "jp-fukui-sabae-lacquer",
    "path": "cases/jp/jp-fukui-sabae-lacquer.md",
    "text": "---\nschema: 1\nid: jp-fukui-sabae-lacquer\n…",
    "clean": False,
    "findings": [
        {
            "field": "title.en",
            "code": "todo-left",
            "severity": "error",
            "line": 7,
            "column": 7,
            "message": {
                "zh-Hant": "還留著 TODO。",
                "ja": "TODO が残っています。",
                "en": "a TODO is left",
            },
            "remedy": {
                "zh-Hant": "填上內容，或刪掉這個欄位或段落。",
                "ja": "内容を書くか、項目や段落を削除してください。",
                "en": "Fill it in, or delete the field or paragraph.",
            },
        }
    ],
    "compared": True,
    "tags": [
        {"facet": "drivers", "given": ["talent"], "suggested": ["leadership"], "doubtful": []}
    ],
    "duplicates": [],
    "nearest": [{"id": ID, "title": CARD["title"], "score": 0.83}],
    "same_place": [{"id": ID, "title": CARD["title"], "score": 1.0}],
    "copied": [],
    "generation": GENERATION,
}

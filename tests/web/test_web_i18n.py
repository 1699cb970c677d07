"""The interface strings: the same keys in every language, none missing, none left over."""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Iterator

import pytest
from jinja2 import nodes

from kb.catalogue import FACETS
from kb.model import LANGS
from web.contributions import OWN_WORDS
from web.i18n import I18N_DIR, TranslationError, read_strings, split_path, translators
from web.pages.errors import KNOWN
from web.pages.explore import ORDERS
from web.render import environment

STRINGS = {lang: read_strings(I18N_DIR / f"{lang}.yaml") for lang in LANGS}

# Keys that templates put together from a part: the values that the part can have.
PARTS = {
    "facets.": set(FACETS),
    "explore.sort_": set(ORDERS),
    "compare.group_": {"drivers", "kpis"},
    "contribute.facet.": {"drivers", "topics", "plan_category", "setting"},
    "case.": {"baseline", "target", "actual", "plan", "do", "check", "act"},
    "about.": {
        *("drivers", "topics", "kpi_tiers", "kpi_themes", "settings", "source_kinds", "scopes"),
        "priority_areas",
    },
    "error.": {f"{kind}.{part}" for kind in (*KNOWN, "other") for part in ("title", "text")},
}

# Keys that code asks for, and those in a loop of base.html.
NOT_IN_TEMPLATES = {
    *("nav.search", "nav.plan", "nav.explore", "nav.cases", "nav.about"),
    *("case.period_span", "case.period_since", "case.period_until"),
    *(f"compare.{field}" for field in ("place", "setting", "population", "period", "category")),
    *("compare.kind", "compare.topic", "compare.results"),
    *("contribute.topic_first", "contribute.topic_nth"),
    *("logic.challenge", "logic.actions", "logic.measured-project", "logic.measured-wider"),
    "logic.unknown",
    *(f"contribute.remedy.{code}" for code in OWN_WORDS),
}


def asked_for() -> Iterator[str]:
    """Every key that a template asks for; of keys put together, every possible one."""
    env = environment()
    for name in env.list_templates():
        tree = env.parse(env.loader.get_source(env, name)[0])
        for call in tree.find_all(nodes.Call):
            of_t = isinstance(call.node, nodes.Name) and call.node.name == "t"
            of_list = (
                isinstance(call.node, nodes.Getattr)
                and isinstance(call.node.node, nodes.Name)
                and (call.node.node.name, call.node.attr) == ("t", "phrases")
            )
            if of_t or of_list:
                yield from keys(call.args[0])
    yield from NOT_IN_TEMPLATES


def keys(argument: nodes.Expr) -> Iterator[str]:
    match argument:
        case nodes.Const():
            yield argument.value
        case nodes.CondExpr():
            yield from keys(argument.expr1)
            yield from keys(argument.expr2)
        case nodes.Concat():
            first = argument.nodes[0]
            assert isinstance(first, nodes.Const), "a key must begin with a fixed part"
            yield from (first.value + part for part in PARTS[first.value])
        case nodes.Name(name="key"):
            return
        case _:
            raise AssertionError(f"cannot tell which key this is: {argument}")


@pytest.mark.parametrize("lang", LANGS)
def test_every_language_has_the_same_keys(lang: str) -> None:
    assert STRINGS[lang].keys() == STRINGS["zh-Hant"].keys()


def test_no_key_that_a_template_asks_for_is_missing() -> None:
    missing = set(asked_for()) - STRINGS["zh-Hant"].keys()
    assert not missing


def test_no_key_is_left_over() -> None:
    used = set(asked_for()) | {key for key in STRINGS["zh-Hant"] if key.startswith("section.")}
    left_over = STRINGS["zh-Hant"].keys() - used
    assert not left_over


@pytest.mark.parametrize("key", sorted(STRINGS["zh-Hant"]))
def test_every_language_fills_in_the_same_names(key: str) -> None:
    def names(text: object) -> set[str]:
        if isinstance(text, dict):
            return names(text["other"])
        if isinstance(text, list):
            return set()
        return {name for _, name, _, _ in string.Formatter().parse(str(text)) if name}

    found = {lang: names(STRINGS[lang][key]) for lang in LANGS}
    assert found["ja"] == found["en"] == found["zh-Hant"]


def test_japanese_and_english_are_translated() -> None:
    """A string left in another language's words is a translation forgotten."""
    for key, text in STRINGS["en"].items():
        if key != "search.examples":
            assert not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", str(text)), key
    for key, text in STRINGS["ja"].items():
        words = re.sub(r"\{\w+\}", "", str(text))
        if len(words) > 12:
            assert re.search(r"[\u3040-\u30ff]", words), key


def test_plural_numbers_and_dates_follow_the_language() -> None:
    en, ja = translators()["en"], translators()["ja"]
    assert en("results.count", n=1) == "1 case"
    assert en("results.count", n=1234) == "1,234 cases"
    assert ja("results.count", n=1) == "全1件"
    assert en.date(dt.date(2026, 11, 3)) == "3 November 2026"
    assert ja.date(dt.date(2026, 11, 3)) == "2026年11月3日"
    assert en.number(350.0) == "350"
    assert en.number(0.25) == "0.25"


def test_braces_in_what_people_type_are_just_braces() -> None:
    assert translators()["en"]("results.title_query", q="{n} {0}") == "Results for “{n} {0}”"


def test_a_key_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TranslationError):
        translators()["ja"]("no.such.key")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", ("zh-Hant", "/")),
        ("/cases/x", ("zh-Hant", "/cases/x")),
        ("/ja", ("ja", "/")),
        ("/ja/", ("ja", "/")),
        ("/en/cases/x", ("en", "/cases/x")),
        ("/english", ("zh-Hant", "/english")),
    ],
)
def test_the_language_is_read_from_the_address(path: str, expected: tuple[str, str]) -> None:
    assert split_path(path) == expected

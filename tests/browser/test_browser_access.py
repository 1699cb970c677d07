"""Every page kind through axe-core: no violation of WCAG 2.2 A or AA in any language or scheme."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Open = Callable[..., Page]

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
MASHIKO = "jp-tochigi-mashiko-pottery-export"
PAGES = {
    "home": "/",
    "results": "/?q=觀光&country=JP",
    "nothing": "/?q=zzzz&country=GB&setting=indigenous-community",
    "list": "/cases",
    "plan": "/plan",
    "planned": "/plan?text=我們是山村，想讓年輕人回來創業&plan_driver=talent",
    "explore": "/explore",
    "case": f"/cases/{MASHIKO}",
    "compare": f"/compare?case={MASHIKO}&case={SABAE}&plan=陶瓷外銷",
    "compare-one": f"/compare?case={SABAE}",
    "about": "/about",
    "contribute": "/contribute",
    "correct": f"/contribute?case={SABAE}",
    "missing": "/cases/nowhere",
    "far": "/plan?text=柴油引擎的變速箱怎麼修",
}
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@pytest.mark.parametrize("prefix", ["", "/ja", "/en"])
@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_nothing(open_page: Open, kind: str, prefix: str) -> None:
    page = open_page(prefix + PAGES[kind], color_scheme="light", bypass_csp=True)
    assert violations(page, RULES) == []
    page.emulate_media(color_scheme="dark")  # colours are all that differs
    assert violations(page, COLOURS) == []


@pytest.mark.parametrize("kind", ["home", "results", "planned", "explore", "case", "compare"])
def test_axe_finds_nothing_on_a_phone(open_page: Open, kind: str) -> None:
    page = open_page("/en" + PAGES[kind], width=375, height=800, bypass_csp=True)
    assert violations(page, RULES) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_axe_finds_nothing_on_the_page_of_an_error(open_page: Open, lang: str) -> None:
    page = open_page(f"/{lang}/broken", bypass_csp=True)
    assert violations(page, RULES) == []


def violations(page: Page, options: dict[str, object]) -> list[str]:
    """What axe-core has to say, a line for each element."""
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in Axe().run(page, options=options).response["violations"]
        for node in violation["nodes"]
    ]


def test_axe_finds_nothing_in_an_open_footnote(open_page: Open) -> None:
    page = open_page(f"/cases/{SABAE}", bypass_csp=True, width=375)
    page.locator("#body .footnote a").first.click()
    assert violations(page, RULES) == []

"""What people do, in a real browser: search, filter, read, follow a note, change language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
NISHIAWAKURA = "jp-okayama-nishiawakura-forest-ventures"
QUESTIONS = {
    "zh-Hant": ("/", "森林村想讓年輕人創業"),
    "zh-Hans": ("/", "森林村想让年轻人创业"),
    "ja": ("/ja/", "森の村で若者に起業してほしい"),
    "en": ("/en/", "our forest village wants young people to start businesses"),
}


def ask(page: Page, question: str) -> None:
    page.get_by_role("searchbox").fill(question)
    page.get_by_role("search").get_by_role("button").click()


@pytest.mark.parametrize("lang", QUESTIONS)
def test_search_finds_nishiawakura_in_four_languages(open_page: Open, lang: str) -> None:
    path, question = QUESTIONS[lang]
    page = open_page(path)
    ask(page, question)
    first = page.locator("article.card").first
    expect(first.get_by_role("link").first).to_have_attribute(
        "href", re.compile(f"/cases/{NISHIAWAKURA}$")
    )
    expect(first.locator("blockquote, mark").first).not_to_be_empty()
    expect(page.get_by_role("searchbox")).to_have_value(question)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_walk_from_question_to_source(open_page: Open, javascript: bool) -> None:
    page = open_page("/", java_script_enabled=javascript)
    ask(page, "眼鏡產地")
    page.locator("article.card").first.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(SABAE))
    expect(page.locator("h1")).to_contain_text("鯖江市眼鏡產地")

    page.locator("#body .footnote a").first.click()
    expect(page).to_have_url(re.compile("#source-s4$"))
    source = page.locator("#source-s4")
    expect(source).to_be_in_viewport()
    source.get_by_role("link", name=re.compile("回到內文")).first.click()
    expect(page.locator("#cite-s4-1")).to_be_in_viewport()

    page.get_by_role("navigation", name="介面語言").get_by_role("link", name="日本語").click()
    expect(page).to_have_url(re.compile(f"/ja/cases/{SABAE}"))
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("h1")).to_contain_text("眼鏡産地の医療・ウェアラブル分野への展開")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_contain_text("Sabae eyewear district")


def test_filters_narrow_and_come_off_again(open_page: Open) -> None:
    page = open_page("/en/cases", java_script_enabled=False)
    everything = page.locator(".count").inner_text()
    page.locator(".facets").get_by_role("link", name=re.compile("Taiwan")).click()
    expect(page).to_have_url(re.compile("country=TW"))
    expect(page.locator(".count")).not_to_have_text(everything)
    for place in page.locator("article.card .where").all_inner_texts():
        assert "Taiwan" in place
    page.locator(".chosen").get_by_role("link", name=re.compile("Taiwan")).click()
    expect(page.locator(".count")).to_have_text(everything)


def test_an_example_is_one_click(open_page: Open) -> None:
    page = open_page("/en/")
    page.locator(".examples a").first.click()
    expect(page.locator("article.card").first).to_be_visible()


def test_the_keyboard_is_enough(open_page: Open) -> None:
    page = open_page("/en/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("Sabae")
    page.keyboard.press("Enter")
    title = page.locator("article.card h2 a").first
    for _ in range(40):
        page.keyboard.press("Tab")
        if title.evaluate("a => a === document.activeElement"):
            break
    expect(title).to_be_focused()
    outline = title.evaluate("a => getComputedStyle(a).outlineStyle")
    assert outline == "solid", "where the focus is must be seen"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/en/cases/{SABAE}$"))


def test_the_longest_question_survives_the_trip(open_page: Open) -> None:
    page = open_page("/")
    ask(page, "創" * 2000)
    expect(page.get_by_role("searchbox")).to_have_value("創" * 2000)


def test_markup_in_a_question_runs_nowhere(open_page: Open) -> None:
    page = open_page("/")
    page.evaluate("window.harmed = false")
    ask(page, "<img src=x onerror='window.harmed=true'><script>window.harmed=true</script>")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("window.harmed") is None

"""What people do, in a real browser: search, filter, read, follow a note, change language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
NISHIAWAKURA = "jp-okayama-nishiawakura-forest-ventures"
QUESTIONS = {
    "zh-Hant": ("/", "森林村想讓年輕人創業"),
    "zh-Hans": ("/", "森林村想让年轻人创业"),
    "ja": ("/ja/", "森の村で若者に起業してほしい"),
    "en": ("/en/", "our forest village wants young people to start businesses"),
}


def field(page: Page) -> Locator:
    return page.get_by_role("search").get_by_role("textbox")


def ask(page: Page, question: str) -> None:
    field(page).fill(question)
    page.get_by_role("search").get_by_role("button").click()
    page.wait_for_url(re.compile(r"\?(q|text)=|/ask$"))


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
    expect(page.get_by_role("textbox").first).to_have_value(question)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_walk_from_question_to_source(open_page: Open, javascript: bool) -> None:
    page = open_page("/", java_script_enabled=javascript)
    ask(page, "眼鏡產地")
    page.locator("article.card").first.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(SABAE))
    expect(page.locator("h1")).to_contain_text("鯖江市眼鏡產地")

    page.locator("#body .footnote a[href='#source-s4']").first.click()
    if javascript:
        note = page.locator("#note")
        expect(note).to_be_visible()
        expect(note).to_contain_text("中日新聞關於夏蒙")
        note.locator("a[href='#source-s4']").click()
        expect(note).to_be_hidden()
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
    expect(field(page)).to_be_focused()
    page.keyboard.type("Sabae")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=Sabae"))
    page.wait_for_load_state()
    field(page).focus()
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


def tab_to(page: Page, target: Locator, most: int = 90) -> None:
    """Press Tab until the target has the focus, which must then be seen."""
    for _ in range(most):
        if target.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    shown = "e => getComputedStyle(e.closest('.choice') ?? e).outlineStyle"
    assert target.evaluate(shown) == "solid", "where the focus is must be seen"


def test_a_whole_visit_by_keyboard(open_page: Open) -> None:
    """Correct what was read of a plan, filter, follow a footnote and come back, compare, export,
    change the language: with no hand on the mouse."""
    page = open_page("/en/plan?text=a town by the sea that wants visitors")
    tab_to(page, page.get_by_role("checkbox", name="Developing people"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Compare again"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("plan_driver=talent"))

    page.goto("/en/cases")
    facet = page.locator(".facets").get_by_role("link", name=re.compile("Taiwan"))
    tab_to(page, facet)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("country=TW"))

    ticks = page.locator("article.card input[type=checkbox]")
    for tick in ticks.all()[:3]:
        tab_to(page, tick)
        page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Compare the ticked cases"))
    page.keyboard.press("Enter")
    expect(page.locator("table.compare thead th")).to_have_count(3)
    tab_to(page, page.get_by_role("link", name="CSV"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "compare.csv"
    tab_to(page, page.locator("table.compare thead a").first)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/en/cases/"))

    mark = page.locator("#body .footnote a").first
    tab_to(page, mark)
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#note")).to_be_hidden()
    expect(mark).to_be_focused()
    japanese = page.get_by_role("link", name="日本語")
    page.locator("main").focus()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if japanese.evaluate("a => a === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "ja")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_whole_visit_on_a_phone(open_page: Open, javascript: bool) -> None:
    page = open_page("/en/", width=375, height=700, java_script_enabled=javascript)
    ask(page, "fishing port")
    page.get_by_role("link", name="Filter the results").click()
    expect(page.locator("#filters-title")).to_be_in_viewport()
    page.locator(".facets").get_by_role("link", name=re.compile("Taiwan")).click()
    expect(page).to_have_url(re.compile("q=fishing.*country=TW"))
    page.locator("article.card").first.get_by_role("link").first.click()
    expect(page.locator("h1")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    mark = page.locator("#body .footnote a").first
    mark.click()
    if javascript:
        box = page.locator("#note").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 375
        page.keyboard.press("Escape")
    else:
        expect(page.locator(".sources li:target")).to_be_in_viewport()
    page.locator("#comparable input[type=checkbox]").nth(0).check()
    page.locator("#comparable input[type=checkbox]").nth(1).check()
    page.get_by_role("button", name="Compare the ticked cases").click()
    expect(page.locator("table.compare thead th")).to_have_count(3)
    with page.expect_download() as download:
        page.get_by_role("link", name="Markdown").click()
    assert download.value.suggested_filename == "compare.md"
    second = page.locator("table.compare thead th").nth(1).bounding_box()
    assert second, "that there is more beside is to be seen"
    assert second["x"] < 375
    page.get_by_role("link", name="中文").click()
    expect(page).to_have_url(re.compile(r"^[^?]*//[^/]*/compare\?case="))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_long_plan_survives_the_trip(open_page: Open, javascript: bool) -> None:
    plan = "森林村想讓年輕人創業。" * 1000
    page = open_page("/", java_script_enabled=javascript)
    field(page).fill(plan)
    page.get_by_role("search").get_by_role("button").click()
    expect(page.locator("article.card").first).to_be_visible()
    assert page.locator("textarea[name=text]").input_value() == plan


def test_markup_in_a_question_runs_nowhere(open_page: Open) -> None:
    page = open_page("/")
    ask(page, "<img src=x onerror='window.harmed=true'><script>window.harmed=true</script>")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("window.harmed") is None


def test_results_come_while_typing(open_page: Open) -> None:
    page = open_page("/en/")
    field(page).press_sequentially("Sabae eyewear", delay=20)
    first = page.locator("article.card h2 a").first
    expect(first).to_have_attribute("href", re.compile(SABAE))
    expect(page).to_have_url(re.compile("q=Sabae"))
    expect(page).to_have_title(re.compile("Sabae eyewear"))
    expect(field(page)).to_be_focused()
    japanese = page.get_by_role("link", name="日本語")
    expect(japanese).to_have_attribute("href", re.compile("/ja/.q=Sabae"))
    field(page).fill("")
    expect(page.get_by_role("heading", name="Recently updated")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_known_of_a_plan_can_be_corrected(open_page: Open, javascript: bool) -> None:
    page = open_page("/en/plan", java_script_enabled=javascript)
    page.get_by_role("textbox").first.fill("a town by the sea that wants visitors")
    page.get_by_role("button", name="Find comparable cases").click()
    expect(page.locator("article.card")).to_have_count(10)
    before = page.locator("article.card h3 a").all_inner_texts()

    page.get_by_label("Plan category").select_option("primary-industry")
    page.get_by_label("Setting").select_option("mountain-village")
    page.get_by_role("button", name="Compare again").click()
    expect(page).to_have_url(re.compile("plan_setting=mountain-village"))
    expect(page.get_by_label("Setting")).to_have_value("mountain-village")
    assert page.locator("article.card h3 a").all_inner_texts() != before

    page.get_by_text("Only cases from").click()
    page.get_by_role("checkbox", name="Taiwan").check()
    page.get_by_role("button", name="Compare again").click()
    expect(page).to_have_url(re.compile("country=TW"))
    for place in page.locator("article.card .where").all_inner_texts():
        assert "Taiwan" in place


def test_what_was_read_of_a_plan_is_ticked_and_can_be_taken_off(open_page: Open) -> None:
    page = open_page("/en/plan?text=a fishing village whose town hall and companies share the work")
    guess = page.locator(".choice.guess").first
    expect(guess.get_by_role("checkbox")).to_be_checked()
    page.get_by_text("What was read from the text").click()
    expect(page.locator(".read q").first).to_be_visible()


def test_where_nothing_is_comparable_the_page_says_so(open_page: Open) -> None:
    page = open_page("/en/plan?text=a recipe for chocolate cake with cherries")
    expect(page.get_by_text("No case comes close enough")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_three_cases_are_compared_and_taken_away(open_page: Open, javascript: bool) -> None:
    page = open_page("/cases", java_script_enabled=javascript)
    for tick in page.locator("article.card input[type=checkbox]").all()[:3]:
        tick.check()
    page.get_by_role("button", name="比較勾選的案例").click()
    expect(page).to_have_url(re.compile(r"/compare\?case=.*case=.*case="))
    expect(page.locator("table.compare thead th")).to_have_count(3)
    expect(page.locator("tr.differs").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "compare.csv"
    with page.expect_download() as download:
        page.get_by_role("link", name="Markdown").click()
    assert download.value.suggested_filename == "compare.md"


def test_the_map_and_the_matrix_lead_to_cases(open_page: Open) -> None:
    page = open_page("/en/explore")
    page.locator(".map.east-asia a circle").first.click()
    expect(page).to_have_url(re.compile("/en/cases/"))
    page.go_back()
    link = page.locator(".matrix td a").first
    count = link.inner_text().split()[0]
    link.click()
    expect(page).to_have_url(re.compile(r"/en/cases\?driver=.*category="))
    assert page.locator(".count").inner_text().startswith(count)


def test_a_card_points_at_its_dot(open_page: Open) -> None:
    page = open_page("/cases?country=JP")
    page.locator("article.card").first.hover()
    expect(page.locator(".map .pointed")).to_have_count(1)


@pytest.mark.parametrize("path", ["/en/cases", "/en/plan?text=a town wants visitors"])
def test_the_map_follows_the_list(open_page: Open, path: str) -> None:
    page = open_page(path, height=700)
    card = page.locator("article.card").nth(5)
    card.evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 100)")
    expect(page.locator(".naming")).to_have_text(card.locator(".title a").inner_text())
    here = page.locator(".maps .here").first
    expect(here).to_have_attribute("data-case", card.get_attribute("data-case") or "")
    expect(page.locator(".maps svg").first).to_be_in_viewport()


def test_the_map_is_of_links_without_javascript(open_page: Open) -> None:
    page = open_page("/en/cases?country=JP", java_script_enabled=False)
    dot = page.locator(".maps a").first
    case_id = dot.get_attribute("data-case")
    assert dot.locator("title").text_content()
    dot.locator("circle").click(force=True)
    expect(page).to_have_url(re.compile(f"/en/cases/{case_id}$"))


def test_the_picture_of_likeness_leads_to_cases(open_page: Open) -> None:
    page = open_page("/en/explore")
    total = int(page.locator(".count").inner_text().split()[0])
    expect(page.locator(".marks a")).to_have_count(total)
    page.locator(".legend a").first.click()
    expect(page).to_have_url(re.compile(r"/en/explore\?category=.*#likeness"))
    mark = page.locator(".marks a").first
    case_id = mark.get_attribute("data-case")
    mark.locator("path").click()
    expect(page).to_have_url(re.compile(f"/en/cases/{case_id}$"))


def test_the_language_once_chosen_is_kept(open_page: Open) -> None:
    page = open_page("/", locale="ja-JP")
    expect(page).to_have_url(re.compile("/ja/$"))
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile("/en/$"))
    page.goto("/")
    expect(page).to_have_url(re.compile("/en/$"))

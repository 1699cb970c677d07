"""The form for a case in a real browser: findings go away, nothing is lost, the file is clean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from test_browser_access import COLOURS, RULES, violations

from kb.caseform import CaseForm, form_of
from kb.draft import read_draft
from kb.lint import lint_bytes

Open = Callable[..., Page]

YABU = Path(__file__).parents[1] / "data" / "jp-hyogo-yabu-school-vinegar-brewery.md"


def yabu() -> CaseForm:
    form, _ = form_of(read_draft(YABU))
    return form


def field(page: Page, name: str) -> str:
    return f"#f-{name.replace('.', '-')}"


def fill(page: Page, name: str, text: str) -> None:
    control = page.locator(field(page, name))
    if control.evaluate("e => e.tagName") == "SELECT":
        control.select_option(text)
    else:
        control.fill(text)


def fill_case(page: Page, *, add: Callable[[Page, int], None]) -> None:
    """The case as somebody would write it down, row by row."""
    form = yabu()
    for name in ("place.country", "place.region", "place.municipalities", "place.setting"):
        fill(page, name, form.value(name))
    fill(page, "latin", "Yabu")
    fill(page, "subject", "school vinegar brewery")
    for at, row in enumerate(form.rows["sources"]):
        if at:
            add(page, at)
        for key, text in row.items():
            if key == "described":
                page.locator(f"[name='sources.{at}.described']").check()
            elif key != "id":
                fill(page, f"sources.{at}.{key}", text)
    for name in ("title", "summary"):
        for lang in ("zh-Hant", "ja", "en"):
            fill(page, f"{name}.{lang}", form.value(f"{name}.{lang}"))
    for name, text in form.values.items():
        if name.startswith(("sections.", "drivers.", "plan_category", "period.")):
            fill(page, name, text)


def add_by_script(page: Page, at: int) -> None:
    page.locator("#add-sources").click()
    expect(page.locator(f"#f-sources-{at}-url")).to_be_focused()


def downloaded(page: Page) -> bytes:
    with page.expect_download() as waiting:
        page.locator("button[value=download]").click()
    assert waiting.value.suggested_filename == YABU.name
    return Path(waiting.value.path()).read_bytes()


def test_a_case_is_written_checked_kept_and_downloaded(open_page: Open) -> None:
    page = open_page("/contribute")
    gap, said = page.locator("#gap-f-title-en span"), page.locator("#said-f-results-0-source p")
    expect(gap).to_have_count(1)
    fill_case(page, add=add_by_script)
    expect(gap).to_have_count(0)
    expect(page.locator("#filled")).to_contain_text("35.4")

    # A figure without a source is told at its field, and no more once it has one.
    for name, text in yabu().rows["results"][0].items():
        if name != "source":
            fill(page, f"results.0.{name}", text)
    expect(said).to_have_count(1)
    source = page.locator("#f-results-0-source")
    expect(source).to_have_attribute("aria-invalid", "true")
    source.select_option("s3")
    expect(said).to_have_count(0)
    expect(page.locator("#state")).to_contain_text("沒有問題")
    expect(page.locator("#spoken")).to_contain_text("沒有問題")

    # The casebook is asked at a longer pause.
    expect(page.locator("#meaning .near li")).to_have_count(3)

    # Nothing is lost on a reload, rows included; and in another language it is the same case.
    page.reload()
    expect(page.locator("#f-sources-4-url")).to_have_value(yabu().rows["sources"][4]["url"])
    expect(page.locator("#f-sections-outcomes")).to_have_value(yabu().value("sections.outcomes"))
    expect(page.locator("[name='sources.3.described']")).to_be_checked()
    page.locator("#languages a[lang=en]").click()
    expect(page.locator("#f-sources-4-url")).to_have_value(yabu().rows["sources"][4]["url"])
    expect(page.locator("#state")).to_contain_text("Nothing is wrong")

    data = downloaded(page)
    assert lint_bytes(Path("cases/jp") / YABU.name, data) == []
    body = YABU.read_bytes().split(b"---\n", 2)[2]
    assert data.split(b"---\n", 2)[2] == body

    with page.context.expect_page() as opened:
        page.locator("button[value=preview]").click()
    expect(opened.value.locator("h1")).to_contain_text("Yabu - a closed school")

    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#start-over").click()
    expect(page.locator("#f-title-en")).to_have_value("")
    expect(page.locator("#f-sources-1-url")).to_have_count(0)


def test_without_javascript_the_same_case_comes_out(open_page: Open) -> None:
    page = open_page("/contribute", java_script_enabled=False)

    def add(page: Page, at: int) -> None:
        page.locator("#add-sources").click()
        page.locator(f"#f-sources-{at}-url").wait_for()

    fill_case(page, add=add)
    page.locator(".hand button[value=check]").click()
    page.locator("#f-title-en").wait_for()
    assert "沒有問題" in page.locator("#state").inner_text()
    assert page.locator("#meaning .near li").count() == 3
    assert lint_bytes(Path("cases/jp") / YABU.name, downloaded(page)) == []


def test_a_row_is_written_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("/contribute")
    page.locator("#f-sources-0-url").focus()
    for text in ("https://example.org/a", "標題", "發布者"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.type("官")  # the kind of source, by its first letter
    while page.evaluate("document.activeElement.id") != "add-sources":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#f-sources-1-url")).to_be_focused()
    expect(page.locator("#f-sources-0-title")).to_have_value("標題")
    page.keyboard.type("https://example.org/b")
    # A footnote is put in where one writes, and one stays there.
    expect(page.locator("#cites code")).to_have_count(2)
    page.locator("#f-sections-approach").focus()
    page.keyboard.type("改成釀醋廠")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("[^s1]")
    page.keyboard.press("Enter")
    page.keyboard.type("。")
    expect(page.locator("#f-sections-approach")).to_have_value("改成釀醋廠[^s1]。")
    # A row is taken away, and the focus does not fall out of the form.
    remove = page.locator("button[value=remove-sources-1]")
    remove.focus()
    page.keyboard.press("Enter")
    expect(remove).to_have_count(0)
    expect(page.locator("#add-sources")).to_be_focused()


def test_what_is_missing_leads_to_its_field(open_page: Open) -> None:
    page = open_page("/en/contribute")
    page.locator("#state summary").click()
    page.locator("#state a", has_text="Summary in English").click()
    expect(page.locator("#f-summary-en")).to_be_focused()


def test_a_file_is_taken_up_and_a_suggestion_taken(open_page: Open) -> None:
    page = open_page("/contribute")
    page.locator(".from summary").click()
    page.locator("#pick").set_input_files(YABU)
    expect(page.locator("#f-sources-4-url")).to_have_value(yabu().rows["sources"][4]["url"])
    expect(page.locator("#f-place-country")).to_be_focused()
    fill(page, "drivers.public-private", "")
    page.locator("#tick-public-private").uncheck()
    expect(page.locator("#gap-f-drivers span")).to_have_count(1)
    page.reload()
    expect(page.locator("#f-title-ja")).to_have_value(yabu().value("title.ja"))


def test_a_correction_is_kept_apart_from_a_new_case(open_page: Open) -> None:
    page = open_page("/contribute")
    page.locator("#f-title-en").fill("A new one")
    page.goto("/contribute?case=jp-fukui-sabae-eyewear-medical-wearable")
    expect(page.locator("#f-title-en")).to_have_value(
        "Sabae eyewear district moving into medical devices and wearables"
    )
    page.goto("/contribute")
    expect(page.locator("#f-title-en")).to_have_value("A new one")


def test_a_server_that_is_away_loses_nothing(open_page: Open) -> None:
    page = open_page("/contribute")
    page.route("**/contribute", lambda route: route.fulfill(status=404))
    page.locator("#f-title-en").fill("Still here")
    page.keyboard.press("Enter")
    expect(page.locator("#spoken")).to_contain_text("連不上")
    page.unroute("**/contribute")
    page.reload()
    expect(page.locator("#f-title-en")).to_have_value("Still here")


@pytest.mark.parametrize("prefix", ["", "/ja", "/en"])
def test_axe_finds_nothing_in_a_form_with_findings(open_page: Open, prefix: str) -> None:
    page = open_page(f"{prefix}/contribute", bypass_csp=True, width=375, height=800)
    page.locator("#f-summary-en").fill("too short")
    page.locator("#f-sections-approach").fill("業者約500家。")
    page.locator("#f-title-zh-Hant").fill("鯖江")
    page.locator("#f-place-country").select_option("JP")
    page.locator("#f-place-municipalities").fill("鯖江市")
    expect(page.locator("#said-f-sections-approach p")).to_have_count(1)
    expect(page.locator("#same li")).to_have_count(1)
    page.locator(".hand button[value=check]").click()
    page.locator("#handover summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert violations(page, RULES) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []

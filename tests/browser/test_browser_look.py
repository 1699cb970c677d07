"""What can be measured of how pages look: widths, contrast, glyphs, sizes to touch."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

Open = Callable[..., Page]

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
MASHIKO = "jp-tochigi-mashiko-pottery-export"
PAGES = [
    "/",
    "/?q=觀光&country=JP",
    f"/cases/{MASHIKO}",
    "/about",
    "/cases/nowhere",
    "/plan?text=我們是山村，想讓年輕人回來&plan_driver=talent",
    "/explore?country=JP",
    f"/compare?case={MASHIKO}&case={SABAE}&plan=陶瓷外銷",
    f"/contribute?case={MASHIKO}",
]

# Contrast of every text with what lies behind it, as WCAG 2.2 computes it.
LOW_CONTRAST = """() => {
  const parse = c => {
    const n = c.match(/[\\d.]+/g).map(Number);  // color(srgb …), of color-mix(), counts to 1
    return c.startsWith('color(') ? [...n.slice(0, 3).map(v => v * 255), n[3] ?? 1] : n;
  };
  const over = (f, b) => [0, 1, 2].map(i => f[i] * (f[3] ?? 1) + b[i] * (1 - (f[3] ?? 1)));
  const linear = v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const lum = c => c.map(v => linear(v / 255))
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const behind = e => {
    const layers = [];
    for (; e; e = e.parentElement) layers.unshift(parse(getComputedStyle(e).backgroundColor));
    return layers.reduce((b, f) => over(f, b), [255, 255, 255]);
  };
  const low = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || e.closest('[aria-hidden=true]')) continue;
    const back = behind(e), front = over(parse(getComputedStyle(e).color), back);
    const [a, b] = [lum(front), lum(back)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${walk.currentNode.data.trim().slice(0, 30)}`);
  }
  return low;
}"""

# Dots on a map are left out: the list beside it has the same links.
TOO_SMALL = """() => [
    ...document.querySelectorAll('a, button, input:not([type=hidden]), label, summary')
  ].filter(e => !e.closest('svg'))
  .filter(e => !(e.matches('input') && e.closest('label')) && !(e.matches('label') && e.htmlFor))
  .filter(e => !e.closest('p, blockquote, sup, li:not(.facet li, header li), dd, .skip'))
  .map(e => [e.getBoundingClientRect(), e])
  .filter(([r]) => r.width && (r.height < 24 || r.width < 24))
  .map(([r, e]) => `${e.textContent.trim()} ${r.width}x${r.height}`)"""


@pytest.mark.parametrize("prefix", ["", "/ja", "/en"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(open_page: Open, prefix: str, path: str) -> None:
    page = open_page(prefix + path, width=375, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_text_has_contrast(open_page: Open, path: str, scheme: str) -> None:
    page = open_page(path, color_scheme=scheme)
    assert page.evaluate(LOW_CONTRAST) == []


@pytest.mark.parametrize("path", [*PAGES[:2], "/contribute"])
def test_what_is_touched_is_large_enough(open_page: Open, path: str) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 pixels, links in running text excepted."""
    page = open_page(path, width=375, height=800)
    assert page.evaluate(TOO_SMALL) == []


def test_each_language_has_its_own_glyphs(open_page: Open) -> None:
    page = open_page(f"/ja/cases/{SABAE}")
    family = "e => getComputedStyle(e).fontFamily"
    assert "Hiragino" in page.locator("body").evaluate(family)
    assert "Songti TC" in page.locator(".also [lang=zh-Hant]").evaluate(family) or (
        "PingFang TC" in page.locator(".also [lang=zh-Hant]").evaluate(family)
    )
    assert "PingFang TC" in page.locator(".prose p, .prose li").first.evaluate(family)


def test_long_words_and_odd_letters_do_not_break_the_page(open_page: Open) -> None:
    page = open_page("/?q=" + "a" * 1500 + "%E2%80%AE" + "b" * 400, width=375, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("case_id", [SABAE, MASHIKO])
def test_a_case_prints_on_two_pages(open_page: Open, case_id: str) -> None:
    page = open_page(f"/cases/{case_id}")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2


@pytest.mark.parametrize("path", ["/", "/explore", f"/cases/{MASHIKO}"])
def test_pages_load_light(open_page: Open, path: str) -> None:
    """Everything that a first visit loads, as it comes over the wire: 80 KB, 250 KB with a map."""
    page = open_page("/about")  # a first page, so that there is something to listen on
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert len(sizes) >= 4
    assert sum(sizes) < (250_000 if path == "/explore" else 80_000)

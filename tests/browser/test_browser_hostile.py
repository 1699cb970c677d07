"""Hostile content: what cases say and what people ask is shown as text, and nothing of it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from browser_server import served
from playwright.sync_api import Page

from indexer.build import build_index

Open = Callable[..., Page]

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
MARKUP = "<script>harmed=1</script><img src=x onerror=harmed=1><svg onload=harmed=1></textarea>"
BREAKOUT = "\"' onmouseover=harmed=1 x='--></title></style><iframe srcdoc='<script>harmed=1'>"
LONG = "漢" * 5_000 + "w" * 10_000
BIDI = "\u202egnp.exe\u2066 \u200f"
TEMPLATE = "{{7*191}}{% raw %}${7*191}#{7*191}"
QUESTIONS = {
    "markup": MARKUP,
    "breakout": BREAKOUT,
    "template": TEMPLATE,
    "long": ("漢" * 1_000 + "w" * 1_000),
    "bidi": BIDI + MARKUP,
    "controls": "\x00\x07\u0085\ufeff\ud7ff" + MARKUP,
}
HARM = """() => ({
  harmed: window.harmed ?? null,
  foreign: [...document.querySelectorAll('iframe, object, embed, img, base, script:not([src])')]
    .map(e => e.outerHTML.slice(0, 80)),
  handlers: [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())
    .filter(n => n.startsWith('on')),
  links: [...document.querySelectorAll('[href]')].map(e => e.getAttribute('href'))
    .filter(h => !/^(https?:|\\/|#)/.test(h)),
  wide: document.documentElement.scrollWidth - innerWidth,
})"""
HARMLESS = {"harmed": None, "foreign": [], "handlers": [], "links": [], "wide": 0}


@pytest.fixture(scope="module")
def base_url(casebook_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site over a casebook in which one case is hostile in every text it has."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "cases" / "jp").mkdir(parents=True)
    for path in sorted((casebook_dir / "jp").glob("*.md"))[:4]:
        (folder / "cases" / "jp" / path.name).write_bytes(path.read_bytes())
    text = (casebook_dir / "jp" / f"{SABAE}.md").read_text("utf-8")
    front, _, body = text.removeprefix("---\n").partition("\n---\n")
    case = yaml.safe_load(front)
    worst = MARKUP + BREAKOUT + TEMPLATE
    for texts in (case["title"], case["summary"]):
        texts.update({lang: worst + texts[lang] for lang in texts})
    for named in (*case["kpis"], *case["results"], *case["sources"]):
        named.update(
            {
                key: worst
                for key in ("name", "what", "unit", "note", "title", "publisher")
                if key in named
            }
        )
    case["drivers"] = dict.fromkeys(case["drivers"], worst)
    front = yaml.safe_dump(case, allow_unicode=True, sort_keys=False, width=10**6)
    body += f"\n- {MARKUP}{BREAKOUT}{TEMPLATE}[^s4]\n- {LONG}[^s4]\n"
    body += (
        "- [連結](javascript:harmed=1)[^s4]<a href=javascript:harmed=1 onclick=harmed=1>連結</a>\n"
    )
    body += "- ![圖](https://example.com/x.png)[^s4]<style>*{display:none}</style>\n"
    (folder / "cases" / "jp" / f"{SABAE}.md").write_text(f"---\n{front}---\n{body}", "utf-8")
    build_index(folder / "cases", folder / "index", encoder="fast")
    with served(folder / "index", folder / "cases") as address:
        yield address


@pytest.mark.parametrize("prefix", ["", "/ja", "/en"])
@pytest.mark.parametrize(
    "path", ["/", "/cases", f"/cases/{SABAE}", "/explore", "/?q=鯖江", "/plan?text=鯖江眼鏡產地"]
)
def test_what_a_case_says_runs_nowhere(open_page: Open, prefix: str, path: str) -> None:
    page = open_page(prefix + path, width=375, height=800)
    if SABAE in path:
        assert "<script>harmed=1</script>" in page.locator("#body").inner_text()
        page.locator("#body .footnote a").first.click()
    page.locator("main").hover(position={"x": 100, "y": 100}, force=True)
    assert page.evaluate(HARM) == HARMLESS


def test_a_hostile_case_is_compared_harmlessly(open_page: Open) -> None:
    other = "jp-gifu-nagaragawa-basin-tourism"
    page = open_page(f"/compare?case={SABAE}&case={other}&plan={quote(MARKUP + BREAKOUT)}")
    assert page.locator("table.compare td.plan").first.inner_text().startswith("<script>")
    assert page.evaluate(HARM) == HARMLESS


@pytest.mark.parametrize("kind", QUESTIONS)
@pytest.mark.parametrize("path", ["/?q=", "/en/plan?text=", "/cases?country=", "/compare?case="])
def test_what_people_ask_runs_nowhere(open_page: Open, path: str, kind: str) -> None:
    page = open_page(path + quote(QUESTIONS[kind]), width=375, height=800)
    assert page.evaluate(HARM) == HARMLESS
    assert "1337" not in page.locator("body").inner_text()

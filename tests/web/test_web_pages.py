"""The pages as HTML: language of every fragment, harmlessness, honest errors, caching."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from indexer.build import build_index
from kb.casefile import read_case_file
from kb.model import LANGS
from kb.settings import Settings
from web.app import create_app
from web.i18n import PREFIX

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
MASHIKO = "jp-tochigi-mashiko-pottery-export"
PATHS = ["/", "/?q=眼鏡", "/?q=zzzz&country=TW", "/cases", f"/cases/{SABAE}", "/about", "/nowhere"]
PATHS += [
    *("/explore", "/explore?country=TW&order=population", "/plan", "/plan?text=森林"),
    f"/compare?case={SABAE}&case={MASHIKO}&plan=森林",
]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e{{7*7}}{% x %}"


class Page(HTMLParser):
    """What a page holds, as far as the tests ask: tags, ids, text with its language."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        assert len(given) == len(attrs), f"an attribute twice in {tag}"
        self.tags.append((tag, given))
        if tag not in self.VOID:
            inherited = self._open[-1][1] if self._open else ""
            self._open.append((tag, given.get("lang", inherited)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open:
            self.texts.append((self._open[-1][1], data.strip()))

    def all(self, name: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.tags if tag == name]


def page_of(site: TestClient, path: str) -> Page:
    return Page(site.get(path).text)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_well_formed_and_local(site: TestClient, lang: str, path: str) -> None:
    response = site.get(PREFIX[lang] + path)
    assert response.status_code == (404 if path == "/nowhere" else 200)
    page = Page(response.text)
    assert page.all("html")[0]["lang"] == lang
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert all(re.match("/static/", attrs["src"]) for attrs in page.all("script"))
    assert not page.all("style")
    for tag, attrs in page.tags:
        assert not [name for name in attrs if name == "style" or name.startswith("on")]
        loading = tag == "use" or (tag == "link" and attrs.get("rel") in ("stylesheet", "icon"))
        loaded = attrs.get("src") or (attrs["href"] if loading else None)
        assert loaded is None or re.match(r"/(?!/)", loaded)
        for target in re.findall(r"^#(.+)", attrs.get("href", "")):
            assert target in ids


@pytest.mark.parametrize("path", PATHS)
def test_headings_do_not_skip_a_level(site: TestClient, path: str) -> None:
    levels = [int(tag[1]) for tag, _ in page_of(site, path).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] in (1, 2)
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", ["/", "/cases", f"/cases/{SABAE}", f"/cases/{MASHIKO}", "/about"])
def test_every_fragment_says_its_language(site: TestClient, lang: str, path: str) -> None:
    """Kana stand in Japanese or (in names) Chinese text; Han stand in no English text."""
    for said, text in page_of(site, PREFIX[lang] + path).texts:
        if said == "en":
            assert not re.search(r"[\u3040-\u30ff\u3400-\u9fff]", text), text
        if said == "zh-Hant" and lang == "ja":
            assert text not in ("検索", "事例一覧")


def test_search_results_quote_the_passage_with_marks(site: TestClient) -> None:
    page = page_of(site, "/en/?q=眼鏡產地")
    assert page.all("mark")
    assert {attrs["lang"] for attrs in page.all("blockquote")} <= set(LANGS)


def test_the_case_page_shows_where_figures_are_from(site: TestClient) -> None:
    html = site.get(f"/cases/{SABAE}").text
    assert re.search(r'69,000.*?<a class="ref" href="#source-s3"', html)
    row = re.search(r"<tr role=\"row\">\s*<th role=\"rowheader\".*?</tr>", html, re.DOTALL)
    assert row and "350" in row.group() and "#source-s5" in row.group()
    assert "2016" in row.group()
    assert "2,016" not in html
    assert "[中日新聞關於夏蒙（シャルマン）投入醫療器械的報導]" in html, (
        "described titles in brackets"
    )


def test_footnotes_and_sources_lead_to_one_another(site: TestClient) -> None:
    page = page_of(site, f"/cases/{SABAE}")
    hrefs = [attrs.get("href", "") for attrs in page.all("a")]
    assert "#source-s4" in hrefs
    assert "#cite-s4-1" in hrefs


@pytest.mark.parametrize("lang", LANGS)
def test_for_whom_a_case_is_worth_reading_is_said_in_the_readers_language(
    site: TestClient, casebook_dir: Path, lang: str
) -> None:
    told = read_case_file(next(casebook_dir.rglob(f"{SABAE}.md"))).case.situations
    assert told is not None
    page = Page(site.get(f"{PREFIX[lang]}/cases/{SABAE}").text)
    assert {(lang, text) for text in dict(told.items())[lang]} <= set(page.texts)


def test_pdca_is_shown_where_there_is_one(site: TestClient) -> None:
    assert 'id="pdca"' in site.get(f"/cases/{MASHIKO}").text
    assert 'id="pdca"' not in site.get(f"/cases/{SABAE}").text


@pytest.mark.parametrize(
    "path", ["/", "/?q=a+b&driver=talent&driver=leadership&page=2", f"/cases/{SABAE}", "/about"]
)
def test_the_language_switch_keeps_the_page(site: TestClient, path: str) -> None:
    for lang in LANGS:
        page = page_of(site, PREFIX[lang] + path)
        switch = {a["hreflang"]: a["href"] for a in page.all("a") if "hreflang" in a}
        assert switch == {other: PREFIX[other] + path for other in LANGS}


@pytest.mark.parametrize("lang", LANGS)
def test_what_people_type_is_shown_harmlessly(site: TestClient, lang: str) -> None:
    response = site.get(PREFIX[lang] + "/", params={"q": HOSTILE, "driver": HOSTILE})
    assert response.status_code == 200
    page = Page(response.text)
    assert all(attrs.get("src", "").startswith("/static/") for attrs in page.all("script"))
    assert not page.all("img")
    assert HOSTILE in {text for _, text in page.texts}
    assert "49" not in {text for _, text in page.texts}


def test_what_a_case_says_is_shown_harmlessly(casebook_dir: Path, tmp_path: Path) -> None:
    source = next(casebook_dir.rglob(f"{SABAE}.md"))
    (tmp_path / "cases").mkdir()
    text = source.read_text(encoding="utf-8")
    text = text.replace("  zh-Hant: 鯖江市", "  zh-Hant: <script>alert(1)</script>鯖江市", 1)
    text = text.replace("publisher: 鯖江市", "publisher: <img src=x onerror=alert(1)>", 1)
    text += "\n- <script>alert(2)</script>[連結](javascript:alert(3))<b onclick=x>粗</b>[^s4]\n"
    (tmp_path / "cases" / source.name).write_text(text, encoding="utf-8")
    build_index(tmp_path / "cases", tmp_path / "index", encoder="fast")
    client = TestClient(create_app(Settings(index_dir=tmp_path / "index")))
    for path in ("/", "/?q=鯖江", f"/cases/{SABAE}"):
        response = client.get(path)
        assert response.status_code == 200
        page = Page(response.text)
        assert all(attrs.get("src", "").startswith("/static/") for attrs in page.all("script"))
        assert not page.all("img")
        assert not [a for a in page.all("a") if not re.match("/|#|https?://", a["href"])]
        assert "&lt;script&gt;alert(1)" in response.text


def test_a_facet_link_puts_a_filter_on_and_off(site: TestClient) -> None:
    page = page_of(site, "/cases")
    on = next(a["href"] for a in page.all("a") if a["href"] == "/cases?country=TW")
    narrowed = page_of(site, on)
    chosen = [a for a in narrowed.all("a") if a.get("aria-current") == "true" and "rel" in a]
    assert [a["href"] for a in chosen] == ["/cases"]


def test_the_form_keeps_the_filters(site: TestClient) -> None:
    page = page_of(site, "/?q=x&country=TW&driver=talent")
    hidden = {(a["name"], a["value"]) for a in page.all("input") if a["type"] == "hidden"}
    assert hidden == {("country", "TW"), ("driver", "talent")}


def test_an_unknown_filter_is_left_out_and_said_so(site: TestClient) -> None:
    html = site.get("/en/cases?driver=talents&utm_source=mail").text
    assert "“talents” is not known" in html
    assert "Did you mean" in html
    assert "utm_source" not in html


def test_nothing_found_says_so_and_offers_a_way_out(site: TestClient) -> None:
    html = site.get("/en/cases?country=GB&setting=indigenous-community").text
    assert "No cases match" in html
    assert 'href="/en/cases"' in html


def test_a_page_beyond_the_last_leads_back(site: TestClient) -> None:
    html = site.get("/en/cases?page=999").text
    assert "not that many pages" in html


def test_a_question_too_long_for_an_address_is_said_to_be_cut(site: TestClient) -> None:
    response = site.get("/en/", params={"q": "創" * 2001})
    assert response.status_code == 200
    assert "at most 2,000 characters" in response.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "１"])
def test_an_odd_page_number_is_the_first_or_the_last(site: TestClient, page: str) -> None:
    assert site.get("/cases", params={"page": page}).status_code == 200


@pytest.mark.parametrize(
    ("lang", "title"),
    [("zh-Hant", "找不到這一頁"), ("ja", "ページが見つかりません"), ("en", "Page not found")],
)
def test_404_speaks_the_language_of_the_address(site: TestClient, lang: str, title: str) -> None:
    for path in ("/nowhere", "/cases/jp-fukui-sabae-eyewear"):
        response = site.get(PREFIX[lang] + path)
        assert response.status_code == 404
        assert title in response.text
    assert f'href="{PREFIX[lang]}/cases/{SABAE}"' in response.text, "the nearest case is offered"


@pytest.mark.parametrize(
    ("path", "kind"), [("/nowhere", "not-found"), ("/cases/x", "unknown-case")]
)
def test_an_error_has_its_twin_in_json(site: TestClient, path: str, kind: str) -> None:
    page = site.get(f"/en{path}", headers={"Accept": "text/html,application/json;q=0.9"})
    assert page.headers["content-type"].startswith("text/html")
    twin = f"/api/v1/problems/{kind}"
    assert f'<link rel="alternate" type="application/json" href="{twin}">' in page.text
    assert site.get(twin).json()["status"] == 404
    told = site.get(f"/en{path}", headers={"Accept": "application/json"})
    assert told.status_code == 404
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["type"].endswith(twin)


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("zh-Hant", "伺服器出了問題"),
        ("ja", "サーバーで問題が起きました"),
        ("en", "Something went wrong"),
    ],
)
def test_500_speaks_the_language_and_hides_the_cause(
    index_dir: Path, casebook_dir: Path, lang: str, title: str
) -> None:
    app = create_app(Settings(index_dir=index_dir, cases_dir=casebook_dir))

    @app.get(PREFIX[lang] + "/broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    response = TestClient(app, raise_server_exceptions=False).get(PREFIX[lang] + "/broken")
    assert response.status_code == 500
    assert title in response.text
    assert "secret" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_without_an_index_pages_say_to_wait_and_about_explains(tmp_path: Path) -> None:
    app = create_app(Settings(index_dir=tmp_path / "index", cases_dir=tmp_path))
    with TestClient(app) as client:
        response = client.get("/ja/")
        assert response.status_code == 503
        assert "索引の準備ができていません" in response.text
        assert response.headers["retry-after"]


def test_errors_of_the_api_stay_problem_documents(site: TestClient) -> None:
    response = site.get("/api/v1/nothing")
    assert response.headers["content-type"] == "application/problem+json"


def test_pages_allow_nothing_from_elsewhere_and_nothing_inline(site: TestClient) -> None:
    for path in ("/", "/nowhere", "/api/v1/taxonomy", "/static/casebook.css"):
        policy = site.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy


@pytest.mark.parametrize(
    "path", [*(p for p in PATHS if p != "/nowhere"), "/compare", f"/compare?case={SABAE}"]
)
def test_every_page_names_its_json_twin(site: TestClient, path: str) -> None:
    page = page_of(site, path)
    twins = [a["href"] for a in page.all("link") if a.get("type") == "application/json"]
    assert len(twins) == 1
    answer = site.get(twins[0])
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert twins[0] in {a["href"] for a in page.all("a")}, "the footer links it too"


def test_a_slip_of_the_pen_is_asked_back(site: TestClient) -> None:
    answer = site.get("/api/v1/search", params={"q": "Sabea", "country": "JP"}).json()
    assert answer["suggestion"] == "Sabae"
    assert 'href="/en/?q=Sabae&amp;country=JP"' in site.get("/en/?q=Sabea&country=JP").text
    assert "Did you mean" not in site.get("/en/?q=Sabae").text


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/?q=x", "/cases", f"/cases/{SABAE}", "/about", "/explore", "/plan", "/compare"),
        *("/plan?text=x", f"/compare?case={SABAE}&case={MASHIKO}", "/feed.atom"),
    ],
)
def test_a_page_already_held_is_not_sent_again(site: TestClient, path: str) -> None:
    first = site.get(path)
    again = site.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content
    other = site.get("/ja" + path, headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200, "another language is another page"


def test_a_former_id_leads_to_the_present_page(casebook_dir: Path, tmp_path: Path) -> None:
    source = next(casebook_dir.rglob(f"{SABAE}.md"))
    (tmp_path / "cases").mkdir()
    text = source.read_text(encoding="utf-8")
    aliased = text.replace(f"id: {SABAE}\n", f"id: {SABAE}\naliases: [old-sabae]\n", 1)
    (tmp_path / "cases" / source.name).write_text(aliased, encoding="utf-8")
    build_index(tmp_path / "cases", tmp_path / "index", encoder="fast")
    app = create_app(Settings(index_dir=tmp_path / "index", cases_dir=tmp_path / "cases"))
    response = TestClient(app).get("/ja/cases/old-sabae", follow_redirects=False)
    assert response.status_code == 308
    assert response.headers["location"] == f"/ja/cases/{SABAE}"


def test_static_files_may_be_kept_for_ever_under_their_fingerprint(site: TestClient) -> None:
    sheet = next(a["href"] for a in page_of(site, "/").all("link") if a["rel"] == "stylesheet")
    assert "immutable" in site.get(sheet).headers["cache-control"]
    assert "immutable" not in site.get("/static/casebook.css?v=old").headers["cache-control"]


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/nope"])
def test_static_serves_static_files_only(site: TestClient, path: str) -> None:
    assert site.get(path).status_code == 404


def test_pages_are_light(site: TestClient) -> None:
    """First load of a page without a map: under 80 KB compressed."""
    html = site.get(f"/cases/{SABAE}", headers={"Accept-Encoding": "gzip"})
    sheet = site.get("/static/casebook.css", headers={"Accept-Encoding": "gzip"})
    assert html.headers["content-encoding"] == sheet.headers["content-encoding"] == "gzip"
    assert html.num_bytes_downloaded + sheet.num_bytes_downloaded < 80_000

"""The form at /contribute over HTTP: what works without JavaScript, and hostile input."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from test_web_pages import HOSTILE, Page

from kb.caseform import form_of
from kb.draft import read_draft
from kb.lint import lint_bytes
from kb.model import LANGS
from kb.settings import Settings
from web.app import create_app
from web.contributions import MAX_ADDRESS
from web.i18n import PREFIX

SABAE = "jp-fukui-sabae-eyewear-medical-wearable"
YABU = Path(__file__).parents[1] / "data" / "jp-hyogo-yabu-school-vinegar-brewery.md"
REPOSITORY = "https://github.com/example/casebook"


@pytest.fixture(scope="module")
def linked(index_dir: Path, casebook_dir: Path) -> Iterator[TestClient]:
    """The site where it knows its repository."""
    settings = Settings(index_dir=index_dir, cases_dir=casebook_dir, repository_url=REPOSITORY)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def yabu() -> list[tuple[str, str]]:
    """The fields of a case that is not in the casebook, as a browser sends them."""
    form, _ = form_of(read_draft(YABU))
    pairs = [(name, text) for name, text in form.values.items() if name != "id"]
    pairs += [("latin", "Yabu"), ("subject", "school vinegar brewery")]
    pairs += [("driver", driver) for driver in form.drivers]
    for kind, rows in form.rows.items():
        pairs += [(f"{kind}.{n}.{k}", t) for n, row in enumerate(rows) for k, t in row.items()]
    return pairs


def post(
    client: TestClient, pairs: list[tuple[str, str]], do: str = "check", lang: str = "zh-Hant"
) -> httpx.Response:
    fields: dict[str, list[str]] = {"do": [do]}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return client.post(f"{PREFIX[lang]}/contribute", data=fields)  # type: ignore[arg-type]


def with_value(pairs: list[tuple[str, str]], name: str, value: str) -> list[tuple[str, str]]:
    return [(n, v) for n, v in pairs if n != name] + [(name, value)]


@pytest.mark.parametrize("lang", LANGS)
def test_the_form_is_well_formed_empty_filled_and_for_a_correction(
    site: TestClient, lang: str
) -> None:
    answers = [
        site.get(f"{PREFIX[lang]}/contribute"),
        site.get(f"{PREFIX[lang]}/contribute?case={SABAE}"),
        post(site, with_value(yabu(), "summary.en", "too short"), lang=lang),
    ]
    for response in answers:
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        page = Page(response.text)
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        labelled = {attrs.get("for") for attrs in page.all("label")}
        for tag in ("input", "select", "textarea"):
            for attrs in page.all(tag):
                if attrs.get("type") not in ("hidden", "checkbox", "file"):
                    assert attrs["id"] in labelled
                for described in attrs.get("aria-describedby", "").split():
                    assert described in ids


def test_what_is_wrong_is_said_at_the_field_in_the_language_of_the_page(site: TestClient) -> None:
    wrong = with_value(yabu(), "results.0.source", "")
    for lang, says in (
        ("zh-Hant", "選一個來源"),
        ("ja", "出典を選んでください"),
        ("en", "Choose a source"),
    ):
        text = post(site, wrong, lang=lang).text
        at = text.index('id="said-f-results-0-source"')
        assert says in text[at : at + 400]
    assert "選一個來源" not in post(site, yabu()).text


def test_the_download_is_the_file_and_lints_clean(site: TestClient) -> None:
    response = post(site, yabu(), "download")
    assert response.headers["content-type"].startswith("text/markdown")
    assert response.headers["content-disposition"] == f'attachment; filename="{YABU.name}"'
    assert lint_bytes(Path("cases/jp") / YABU.name, response.content) == []
    unfinished = post(site, [("place.country", "JP")], "download")
    assert "TODO" in unfinished.text


def test_a_name_for_the_file_cannot_lead_elsewhere(site: TestClient) -> None:
    for name in ("../../etc/passwd", 'a"\r\nSet-Cookie: x=1', "名"):
        response = post(site, with_value(yabu(), "id", name), "download")
        assert response.status_code == 200
        assert response.headers["content-disposition"] == 'attachment; filename="case.md"'
        assert "set-cookie" not in response.headers


def test_rows_are_added_and_removed_without_script(site: TestClient) -> None:
    more = Page(post(site, yabu(), "add-sources").text)
    assert "f-sources-5-url" in {attrs.get("id") for attrs in more.all("input")}
    less = post(site, yabu(), "remove-sources-0").text
    assert 'id="f-sources-4-url"' not in less
    assert "[^s1]" in less[less.index('id="said-f-sections-background"') :]


def test_a_suggested_tag_is_taken_without_script(site: TestClient) -> None:
    page = Page(post(site, yabu(), "use-drivers-talent").text)
    ticks = {a["value"] for a in page.all("input") if a.get("name") == "driver" and "checked" in a}
    assert ticks == {"public-private", "talent"}
    text = post(site, yabu(), "use-setting-small-town").text
    assert '<option value="small-town" selected>' in text


def test_a_file_is_read_into_the_form(site: TestClient) -> None:
    text = YABU.read_text(encoding="utf-8").replace("updated:", "colour: red\nupdated:", 1)
    response = post(site, [("markdown", text)], "read")
    page = Page(response.text)
    held = {a.get("name"): a.get("value") for a in page.all("input")}
    assert held["title.zh-Hant"] == "養父市：廢校變成釀醋廠"
    assert held["id"] == YABU.stem
    assert "<code>colour</code>" in response.text
    assert post(site, [("markdown", "no case at all")], "read").status_code == 200


def test_a_case_can_be_corrected(site: TestClient) -> None:
    response = site.get(f"/contribute?case={SABAE}")
    assert "鯖江市眼鏡產地轉進醫療器材與穿戴裝置" in response.text
    assert f'href="/contribute?case={SABAE}"' in site.get(f"/cases/{SABAE}").text
    assert site.get("/contribute?case=nowhere").status_code == 404


def test_the_preview_is_the_page_of_the_case(site: TestClient) -> None:
    for lang in LANGS:
        response = post(site, yabu(), "preview", lang)
        page = Page(response.text)
        assert page.all("article")[0]["class"] == "case wrap"
        assert "noindex" in response.text
    assert "這是預覽" in post(site, yabu(), "preview").text
    early = post(site, [("title.en", "x")], "preview")
    assert early.status_code == 200
    assert "還不能預覽" in early.text


def test_the_way_to_the_repository_fits_what_it_takes(site: TestClient, linked: TestClient) -> None:
    assert "/new/main/" not in post(site, yabu()).text
    long = post(linked, yabu()).text
    assert f"{REPOSITORY}/new/main/cases/jp?filename={YABU.name}" in long
    assert f"{REPOSITORY}/upload/main/cases/jp" in long
    assert "value=" not in long.split("/new/main/")[1].split('"')[0]
    short = [p for p in yabu() if not p[0].startswith(("sections.", "sources.1", "sources.2"))]
    short = [p for p in short if not p[0].startswith(("sources.3", "sources.4", "results."))]
    for lang, text in (("zh-Hant", "空校舍改成釀醋廠。" * 7), ("ja", "空き校舎を醸造所に。" * 7)):
        short = with_value(short, f"summary.{lang}", text)
    short = with_value(short, "sections.approach", "改成釀醋廠[^s1]。")
    short = with_value(short, "sources.0.title", "廃校再生")
    page = Page(post(linked, short).text)
    link = next(a["href"] for a in page.all("a") if "/new/main/" in a.get("href", ""))
    assert len(link) <= MAX_ADDRESS
    value = parse_qs(urlsplit(unescape(link)).query)["value"][0]
    assert lint_bytes(Path("cases/jp") / YABU.name, value.encode()) == []


def test_hostile_input_is_shown_harmlessly(site: TestClient) -> None:
    names = [name for name, _ in yabu()]
    hostile = [(name, HOSTILE) for name in names if name not in ("place.country",)]
    for do in ("check", "lint", "preview", "add-kpis", "download"):
        for pairs in (
            hostile,
            with_value(with_value(yabu(), "title.zh-Hant", HOSTILE), "sections.approach", HOSTILE),
        ):
            response = post(site, pairs, do)
            assert response.status_code == 200
            if do == "download":
                continue
            page = Page(response.text)
            assert not page.all("img")
            assert all(attrs.get("src", "").startswith("/static/") for attrs in page.all("script"))
            assert "\u202e" not in response.text


@pytest.mark.parametrize(
    "do", ["", "add-nothing", "remove-sources-99", "use-drivers-nobody", "x" * 99]
)
def test_deeds_that_there_are_not_change_nothing(site: TestClient, do: str) -> None:
    response = post(site, yabu(), do)
    assert response.status_code == 200
    assert "沒有問題，可以送出" in response.text


def test_too_much_is_refused(site: TestClient) -> None:
    assert post(site, [("sections.approach", "字" * 60_001)]).status_code == 413
    assert post(site, [(f"kpis.0.x{n}", "") for n in range(2_001)]).status_code == 422


def test_the_form_is_linked_from_every_page(site: TestClient) -> None:
    for path in ("/", "/about", "/cases", "/nowhere"):
        assert 'href="/contribute"' in site.get(path).text


def test_the_page_has_its_twin_in_json(site: TestClient) -> None:
    page = site.get("/en/contribute").text
    assert '<link rel="alternate" type="application/json" href="/api/v1/schema">' in page
    assert site.get("/api/v1/schema").json()["properties"]["topics"]["items"]["oneOf"]

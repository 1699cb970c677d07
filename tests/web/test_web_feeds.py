"""For programs that follow the site, and the language that a visitor is led to."""

from __future__ import annotations

import datetime as dt
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient

from kb.model import LANGS
from web.i18n import PREFIX

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.mark.parametrize("lang", LANGS)
def test_the_feed_has_the_newest_first(site: TestClient, lang: str) -> None:
    response = site.get(PREFIX[lang] + "/feed.atom")
    assert response.headers["content-type"].startswith("application/atom+xml")
    root = ET.fromstring(response.text)  # noqa: S314  (our own)
    entries = root.findall(f"{ATOM}entry")
    dates = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert entries
    assert dates == sorted(dates, reverse=True)  # type: ignore[type-var]
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert site.get(link.attrib["href"]).status_code == 200


@pytest.mark.parametrize("lang", LANGS)
def test_the_feed_has_what_atom_requires(site: TestClient, lang: str) -> None:
    """RFC 4287, 4.1: id, title, updated, an author, a link to itself; ids that differ."""
    root = ET.fromstring(site.get(PREFIX[lang] + "/feed.atom").text)  # noqa: S314
    links = {link.attrib["rel"]: link.attrib["href"] for link in root.findall(f"{ATOM}link")}
    assert links["self"] == f"http://testserver{PREFIX[lang]}/feed.atom"
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        assert element.findtext(f"{ATOM}id", "").startswith("http://")
        assert element.findtext(f"{ATOM}title")
        dt.datetime.fromisoformat(element.findtext(f"{ATOM}updated", "").replace("Z", "+00:00"))
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)


def test_the_sitemap_has_every_case_in_every_language(site: TestClient) -> None:
    root = ET.fromstring(site.get("/sitemap.xml").text)  # noqa: S314
    places = [loc.text for loc in root.iter(f"{SITEMAP}loc")]
    total = site.get("/api/v1/cases").json()["total"]
    assert len(places) == len(set(places)) == (total + 5) * len(LANGS)
    assert "http://testserver/ja/cases/jp-mie-suzuka-agri-welfare" in places


def test_robots_names_the_sitemap(site: TestClient) -> None:
    assert "Sitemap: http://testserver/sitemap.xml" in site.get("/robots.txt").text


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"Accept-Language": "ja,en;q=0.8"}, "/ja/"),
        ({"Accept-Language": "fr, en;q=0.8, ja;q=0.9"}, "/ja/"),
        ({"Accept-Language": "en-GB"}, "/en/"),
        ({"Accept-Language": "zh-TW,en;q=0.5"}, None),
        ({"Accept-Language": "fr"}, None),
        ({"Accept-Language": ";q=x,,;;"}, None),
        ({"Accept-Language": "ja", "Cookie": "lang=zh-Hant"}, None),
        ({"Accept-Language": "zh", "Cookie": "lang=en"}, "/en/"),
        ({"Accept-Language": "ja", "Referer": "http://testserver/ja/"}, None),
    ],
)
def test_the_bare_address_leads_to_the_language_of_the_visitor(
    site: TestClient, headers: dict[str, str], path: str | None
) -> None:
    response = site.get("/", headers=headers, follow_redirects=False)
    assert response.headers.get("location") == path
    assert "Accept-Language" in response.headers["vary"]


def test_an_address_with_a_question_keeps_its_language(site: TestClient) -> None:
    response = site.get("/?q=x", headers={"Accept-Language": "ja"}, follow_redirects=False)
    assert response.status_code == 200


def test_a_case_tells_machines_what_it_is(site: TestClient) -> None:
    html = site.get("/en/cases/jp-mie-suzuka-agri-welfare").text
    assert 'itemtype="https://schema.org/Article"' in html
    assert 'property="og:type" content="article"' in html
    assert 'property="og:url" content="http://testserver/en/cases/jp-mie-suzuka' in html

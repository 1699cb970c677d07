"""``kb new`` writes a file that is clean but for what only its author knows."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from kb_samples import CASES
from typer.testing import CliRunner

from kb.casebook import load_casebook
from kb.cli import app
from kb.formatting import format_case_text
from kb.frontmatter import parse_front_matter
from kb.gazetteer import TOWNSHIPS_FILE, locate, region_in_latin, same_name
from kb.integrity import TODO
from kb.lint import lint_bytes
from kb.newcase import slug
from kb.taxonomy import taxonomy

OKETO = {
    "--country": "JP",
    "--region": "北海道",
    "--municipality": "置戶町",
    "--latin": "Oketo",
    "--subject": "woodcraft library",
}


def new(folder: Path, *more: str, **options: str) -> Result:
    given = [part for pair in {**OKETO, **options}.items() for part in pair if part]
    arguments = ["new", "--cases", str(folder), "--lang", "en", *given, *more]
    return CliRunner().invoke(app, arguments)


def only_file(folder: Path) -> Path:
    (path,) = folder.rglob("jp-hokkaido-oketo-woodcraft-library.md")
    return path


def test_the_file_is_clean_but_for_its_todos(casebook: Path) -> None:
    done = new(casebook, "--no-input")
    assert done.exit_code == 0, done.output
    path = only_file(casebook)
    text = path.read_text(encoding="utf-8")
    findings = lint_bytes(path, text.encode("utf-8"))
    assert {finding.code for finding in findings} == {"todo-left"}
    marks = len(TODO.findall(text.replace("TODO: TODO", "TODO")))  # a driver yet to be chosen
    assert len(findings) == marks
    assert f"{len(findings)} TODOs" in done.output
    assert format_case_text(text, "x") == text


def test_what_can_be_known_is_filled_in(casebook: Path) -> None:
    new(
        casebook,
        "--no-input",
        "--driver",
        "talent=訓練木工",
        "--driver",
        "leadership",
        "--title",
        "置戶町的木工",
        "--category",
        "local-business",
        "--setting",
        "mountain-village",
        "--source",
        "https://www.town.oketo.hokkaido.jp/",
    )
    data = parse_front_matter(only_file(casebook).read_text(encoding="utf-8"), "x").data
    place = data["place"]
    assert (place["lat"], place["lon"]) == (43.68, 143.59)
    assert place["names"] == {"ja": ["置戸町"], "en": ["Oketo"]}
    assert data["drivers"] == {"talent": "訓練木工", "leadership": "TODO"}
    assert data["title"] == {"zh-Hant": "置戶町的木工", "ja": "TODO", "en": "TODO"}
    assert data["sources"][0]["url"] == "https://www.town.oketo.hokkaido.jp/"


def test_the_questions_can_be_answered(casebook: Path) -> None:
    given = [p for pair in OKETO.items() for p in pair]
    done = CliRunner().invoke(
        app,
        ["new", "--cases", str(casebook), "--lang", "en", "--title", "木工", *given],
        input="leadership, talent\n有人負責\n\ntourism\nmountain-village\n\n",
    )
    assert done.exit_code == 0, done.output
    for term in taxonomy().drivers.values():
        assert term.definition is not None
        assert term.definition.get("en") in done.output
    data = parse_front_matter(only_file(casebook).read_text(encoding="utf-8"), "x").data
    assert data["drivers"] == {"leadership": "有人負責", "talent": "TODO"}
    assert data["plan_category"] == "tourism"


def test_a_case_that_may_exist_is_named(casebook: Path) -> None:
    options = {"--region": "福井県", "--municipality": "鯖江市", "--latin": "Sabae"}
    done = new(casebook, "--no-input", **options)
    assert done.exit_code == 0
    assert "may be here already" in done.output
    assert "jp-fukui-sabae-example" in done.output
    (path,) = casebook.rglob("jp-fukui-sabae-woodcraft-library.md")
    assert "lat: 35.96" in path.read_text(encoding="utf-8")  # from the case that is there
    named = new(casebook, "--no-input", "--name", "sabae", **{"--subject": "other"})
    assert "jp-fukui-sabae-example" in named.output


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--country", "XX", "not on the list"),
        ("--setting", "mountain-vilage", "mountain-village"),
        ("--driver", "talents", "talent"),
        ("--latin", "置戶", "Latin"),
        ("--source", "nowhere", "no web address"),
    ],
)
def test_wrong_usage_is_explained(casebook: Path, option: str, value: str, says: str) -> None:
    done = new(casebook, "--no-input", **{option: value})
    assert done.exit_code == 2
    assert says in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_an_existing_file_is_not_overwritten(casebook: Path) -> None:
    assert new(casebook, "--no-input").exit_code == 0
    before = only_file(casebook).read_bytes()
    assert new(casebook, "--no-input").exit_code == 2
    assert only_file(casebook).read_bytes() == before


def test_the_gazetteer_agrees_with_the_casebook() -> None:
    """Where both know a Japanese municipality they agree within a third of a degree."""
    known = missing = 0
    for case in load_casebook(CASES).cases.values():
        place = case.place
        if place.country != "JP" or len(place.municipalities) > 1 or place.lat is None:
            continue
        assert place.lon is not None
        found = locate("JP", place.region, place.municipalities[0])
        if found is None:
            missing += 1
            continue
        known += 1
        assert abs(found.lat - place.lat) < 0.34, case.id
        assert abs(found.lon - place.lon) < 0.34, case.id
    assert known >= 60
    assert missing <= known / 10


def test_ids_spell_regions_as_the_casebook_does() -> None:
    """Of Japanese and Taiwanese cases, by their region alone; a few ids are older than the rule."""
    other = [
        case.id
        for case in load_casebook(CASES).cases.values()
        if (latin := region_in_latin(case.place.country, case.place.region)) is not None
        and not case.id.startswith(f"{case.place.country.lower()}-{latin}")
    ]
    assert len(other) <= 3, other


def test_unknown_places_stay_unknown() -> None:
    assert locate("JP", "福井縣", "無此市") is None
    assert locate("TW", "屏東縣", "無此鄉") is None
    assert same_name("臺東縣", "台東縣")
    assert same_name("豐後高田市", "豊後高田市")
    assert slug("Kami-katsu  Zéro") == "kami-katsu-zero"


def test_townships_of_taiwan_are_filled_in(tmp_path: Path) -> None:
    """Both spellings of the county, coordinates and the name in Latin letters."""
    for county in ("臺東縣", "台東縣"):
        folder = tmp_path / county
        arguments = ["--country", "TW", "--region", county, "--municipality", "長濱鄉"]
        arguments += ["--subject", "sea rice", "--no-input", "--lang", "en"]
        done = CliRunner().invoke(app, ["new", "--cases", str(folder), *arguments])
        assert done.exit_code == 0, done.output
        (path,) = folder.rglob("tw-taitung-changbin-sea-rice.md")
        place = parse_front_matter(path.read_text(encoding="utf-8"), "x").data["place"]
        assert (round(place["lat"], 1), round(place["lon"], 1)) == (23.3, 121.4)
        assert place["names"]["en"] == ["Changbin"]
        assert {f.code for f in lint_bytes(path, path.read_bytes())} == {"todo-left"}


def test_the_table_of_townships_is_whole_and_agrees_with_the_cases() -> None:
    rows = yaml.safe_load(TOWNSHIPS_FILE.read_text(encoding="utf-8"))
    assert len({(county, name) for county, name, *_ in rows}) == 368
    assert all(21.8 < lat < 26.5 and 118.1 < lon < 122.2 for *_, lat, lon in rows)
    assert all(latin.isascii() and latin for _, _, latin, *_ in rows)
    apart = []
    for case in load_casebook(CASES).cases.values():
        place = case.place
        if place.country != "TW" or place.lat is None or place.lon is None:
            continue
        found = locate("TW", place.region, place.municipalities[0])
        if found is not None and len(place.municipalities) == 1:
            apart.append(math.hypot(found.lat - place.lat, found.lon - place.lon) * 111)
    assert len(apart) >= 40
    # A case may stand far from the villages of its township, but within it: none is 50 km long.
    assert sorted(apart)[len(apart) // 2] < 3
    assert max(apart) < 25

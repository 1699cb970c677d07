"""Where municipalities are: from the casebook itself, else from a table.

JpGeocode (MIT) holds the coordinates of every Japanese municipality, ``townships.yaml`` those of
Taiwan's 368 townships (it says where from). For other countries, and for places that no table has,
the answer is None: an unknown place stays out of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from kb.model import Case

REGIONS_FILE = Path(__file__).with_name("regions.yaml")
TOWNSHIPS_FILE = Path(__file__).with_name("townships.yaml")

# Characters of place names that the conversion to Japanese standard characters leaves alone.
_VARIANTS = str.maketrans("臺驒檮", "台騨梼")
DECIMALS = 2  # about a kilometre, as the case files have it
DECIMALS_OF_TOWNSHIPS = 3  # some are not a kilometre across


@dataclass(frozen=True)
class Location:
    """Degrees north and east, and where they are from: a case's id or the gazetteer's name."""

    lat: float
    lon: float
    origin: str


def locate(
    country: str, region: str, municipality: str, cases: Iterable[Case] = ()
) -> Location | None:
    """Where a municipality is, in degrees, or None if nobody says."""
    for case in cases:
        place = case.place
        same = place.country == country and same_name(place.region, region)
        # A case of several municipalities stands anywhere among them.
        only = len(place.municipalities) == 1 and same_name(place.municipalities[0], municipality)
        if same and only and place.lat is not None and place.lon is not None:
            return Location(place.lat, place.lon, case.id)
    if country == "JP":
        return _japanese(plain_name(region), plain_name(municipality))
    township = _township(country, region, municipality)
    if township is None:
        return None
    lat, lon = (round(degrees, DECIMALS_OF_TOWNSHIPS) for degrees in township.degrees)
    return Location(lat, lon, TOWNSHIPS_FILE.name)


def name_in_latin(country: str, region: str, municipality: str) -> str | None:
    """A township of Taiwan as its government spells it ("Luye"), or None."""
    township = _township(country, region, municipality)
    return None if township is None else township.latin


def same_name(one: str, other: str) -> bool:
    """Whether two names of places are the same in whichever characters (縣 and 県, 臺 and 台)."""
    return plain_name(one) == plain_name(other)


@cache
def plain_name(name: str) -> str:
    """A name in Japanese standard characters, without spaces: what names are compared by."""
    return "".join(_to_japanese().convert(name).translate(_VARIANTS).split())


def japanese_name(name: str) -> str:
    """A name as Japanese readers would type it."""
    return str(_to_japanese().convert(name))


@cache
def _to_japanese() -> Any:
    import opencc

    return opencc.OpenCC("t2jp")


def region_in_latin(country: str, region: str) -> str | None:
    """A prefecture of Japan or county of Taiwan as ids spell it ("fukui"), or None."""
    return _regions().get((country, plain_name(region)))


@cache
def _regions() -> dict[tuple[str, str], str]:
    data = yaml.load(REGIONS_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {
        (c, plain_name(name)): latin for c, names in data.items() for name, latin in names.items()
    }


@dataclass(frozen=True)
class _Township:
    latin: str
    degrees: tuple[float, float]


def _township(country: str, region: str, municipality: str) -> _Township | None:
    if country != "TW":
        return None
    return _townships().get((plain_name(region), plain_name(municipality)))


@cache
def _townships() -> dict[tuple[str, str], _Township]:
    rows = yaml.load(TOWNSHIPS_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {
        (plain_name(county), plain_name(name)): _Township(latin, (lat, lon))
        for county, name, latin, lat, lon in rows
    }


def _japanese(region: str, municipality: str) -> Location | None:
    entry = _table().get(f"{region},{municipality}")
    if entry is None:
        return None
    return Location(round(entry["lat"], DECIMALS), round(entry["lng"], DECIMALS), "JpGeocode")


@cache
def _table() -> dict[str, dict[str, float]]:
    """``{"福井県,鯖江市": {"lat": …, "lng": …}}``; empty where the package is not installed."""
    try:
        text = files("JpGeocode").joinpath("data", "jp_geocode.json").read_text(encoding="utf-8")
    except ModuleNotFoundError:
        return {}
    table: dict[str, dict[str, float]] = json.loads(text)
    return table

"""Where a case stands on the maps. The coasts behind them are in ``static/outlines.svg``.

Two frames: Japan and Taiwan, and the world for the few cases from elsewhere. Both are
equirectangular, so that a point is one multiplication away from its latitude and longitude.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.schemas import CaseCard
from kb.model import Place


@dataclass(frozen=True)
class Projection:
    """A frame of latitudes and longitudes (degrees) and ``scale``, units to a degree of latitude.

    ``parallel`` is the latitude at which distances are true in both directions.
    """

    outline: str
    west: float
    east: float
    south: float
    north: float
    scale: float
    parallel: float

    @property
    def width(self) -> int:
        return round((self.east - self.west) * self._across)

    @property
    def height(self) -> int:
        return round((self.north - self.south) * self.scale)

    @property
    def view_box(self) -> str:
        return f"0 0 {self.width} {self.height}"

    @property
    def _across(self) -> float:
        return self.scale * math.cos(math.radians(self.parallel))

    def point(self, lat: float, lon: float) -> tuple[float, float]:
        """(x, y) in units from the upper left corner of the frame."""
        return (lon - self.west) * self._across, (self.north - lat) * self.scale

    def shows(self, lat: float, lon: float) -> bool:
        """Whether a place lies in the frame."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


EAST_ASIA = Projection("east-asia", 117.6, 146.4, 21.4, 45.8, 40, 35)
WORLD = Projection("world", -170, 180, -56, 78, 5, 35)
HOME = ("JP", "TW")
TAIWAN = (21.7, 26.5, 118.1, 122.3)  # south, north, west, east, with Kinmen and Matsu


@dataclass(frozen=True)
class Dot:
    """A case on a map."""

    case: CaseCard
    x: float
    y: float


def dots(cases: Iterable[CaseCard]) -> tuple[list[Dot], list[Dot]]:
    """The cases on the map of Japan and Taiwan, and those from elsewhere on that of the world."""
    home: list[Dot] = []
    elsewhere: list[Dot] = []
    for case in cases:
        projection = projection_of(case.place)
        if projection is not None:
            x, y = _point(projection, case.place)
            (home if projection is EAST_ASIA else elsewhere).append(Dot(case, x, y))
    return home, elsewhere


def projection_of(place: Place) -> Projection | None:
    """The map that a place is on; None if it is not known where it lies."""
    if place.lat is None or place.lon is None:
        return None
    if place.country in HOME and EAST_ASIA.shows(place.lat, place.lon):
        return EAST_ASIA
    return WORLD


@dataclass(frozen=True)
class Locator:
    """A small map with one place in it."""

    projection: Projection
    x: float
    y: float
    view_box: str


@dataclass(frozen=True)
class Frame:
    """A part of a map that shows some cases, with the radius that fits a dot."""

    projection: Projection
    dots: Sequence[Dot]
    view_box: str
    radius: float


FRAME_DEGREES = 7.0  # the least that a frame shows from north to south
FRAME_SHAPE = 0.9  # height by width: low enough to stay in sight beside the list


def frames(cases: Iterable[CaseCard]) -> list[Frame]:
    """The maps that show the cases: of Japan and Taiwan as near as they allow, of the world."""
    home, elsewhere = dots(cases)
    found = []
    if home:
        found.append(_around(home))
    if elsewhere:
        found.append(Frame(WORLD, elsewhere, WORLD.view_box, WORLD.width / 70))
    return found


def whole(cases: Iterable[CaseCard]) -> list[Frame]:
    """The maps in full: Japan and Taiwan, Taiwan larger for its cases lie close, the world."""
    home, elsewhere = dots(cases)
    west, top = EAST_ASIA.point(TAIWAN[1], TAIWAN[2])
    east, bottom = EAST_ASIA.point(TAIWAN[0], TAIWAN[3])
    taiwan = [dot for dot in home if dot.case.place.country == "TW"]
    box = f"{west:.0f} {top:.0f} {east - west:.0f} {bottom - top:.0f}"
    return [
        Frame(EAST_ASIA, home, EAST_ASIA.view_box, 7.5),
        Frame(EAST_ASIA, taiwan, box, 3.2),
        Frame(WORLD, elsewhere, WORLD.view_box, WORLD.width / 70),
    ]


def _around(shown: Sequence[Dot]) -> Frame:
    xs, ys = [dot.x for dot in shown], [dot.y for dot in shown]
    height = max(
        FRAME_DEGREES * EAST_ASIA.scale,
        1.25 * (max(ys) - min(ys)),
        1.25 * (max(xs) - min(xs)) * FRAME_SHAPE,
    )
    height = min(height, EAST_ASIA.height)
    width = min(height / FRAME_SHAPE, EAST_ASIA.width)
    left = min(max(0.0, (max(xs) + min(xs) - width) / 2), EAST_ASIA.width - width)
    top = min(max(0.0, (max(ys) + min(ys) - height) / 2), EAST_ASIA.height - height)
    box = f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}"
    return Frame(EAST_ASIA, shown, box, round(width / 50, 1))


# Of Japan and Taiwan a locator shows this many degrees of latitude, so that the coast tells.
LOCATOR_DEGREES = 9.0


def locator(place: Place) -> Locator | None:
    """The surroundings of a place; None if it is not known where it lies."""
    projection = projection_of(place)
    if projection is None:
        return None
    x, y = _point(projection, place)
    if projection is WORLD:
        return Locator(WORLD, x, y, WORLD.view_box)
    height = LOCATOR_DEGREES * projection.scale
    width = height * 1.5
    left = min(max(0.0, x - width / 2), projection.width - width)
    top = min(max(0.0, y - height / 2), projection.height - height)
    return Locator(projection, x, y, f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}")


def _point(projection: Projection, place: Place) -> tuple[float, float]:
    x, y = projection.point(place.lat or 0.0, place.lon or 0.0)
    return round(x, 1), round(y, 1)

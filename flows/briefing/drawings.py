"""Drawings of the morning page as SVG, made of numbers and names only. Pure; every text is escaped by Markup.

Colours are classes of the page's style sheet, so that light, dark and print have their own. No boundary is drawn anywhere: land is where the
townships of the P-code table lie.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

MAP_WIDTH, MAP_HEIGHT = 420, 800
LONGITUDES, LATITUDES = (92.0, 101.4), (9.6, 28.2)
MARGIN = 16
NEIGHBOURS, REACH = 12, 62.0  # townships that make up the land around one; REACH in units of the drawing, some 150 km
LABELS_MAX = 14
LABEL_CHAR_WIDTH = 6.6  # of 12.5 px sans serif, measured generously
LABEL_HEIGHT = 15
SPARK_WIDTH, SPARK_HEIGHT = 120, 28


@dataclass(frozen=True, slots=True)
class Place:
    """A township: `day` and `week` count events."""

    name: str
    state: str
    latitude: float
    longitude: float
    day: int = 0
    week: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


def projected(latitude: float, longitude: float) -> Point:
    """Equirectangular, true at the middle latitude; the north is up."""
    middle = math.cos(math.radians(sum(LATITUDES) / 2))
    scale = min((MAP_WIDTH - 2 * MARGIN) / ((LONGITUDES[1] - LONGITUDES[0]) * middle), (MAP_HEIGHT - 2 * MARGIN) / (LATITUDES[1] - LATITUDES[0]))
    left = (MAP_WIDTH - (LONGITUDES[1] - LONGITUDES[0]) * middle * scale) / 2
    return Point(round(left + (longitude - LONGITUDES[0]) * middle * scale, 1), round(MARGIN + (LATITUDES[1] - latitude) * scale, 1))


def radius(events: int, largest: int) -> float:
    """Areas, not radii, are in proportion to the number; one event stays visible."""
    return round(4 + 14 * math.sqrt(events / max(largest, 6)), 1)


def township_map(townships: Sequence[Place], title: str, description: str) -> Markup:
    """The map: land, names of states, a ring for the week and a disc for the day at each township with events."""
    points = [projected(place.latitude, place.longitude) for place in townships]
    told = [(place, point) for place, point in zip(townships, points, strict=True) if place.week]
    told.sort(key=lambda each: (-each[0].week, each[0].name))
    largest = max((place.week for place, _ in told), default=0)
    taken: list[Box] = []
    towns = labels(told, largest, taken)
    head = Markup('<svg class="map" role="img" aria-labelledby="map-title map-desc" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg">'
                  '<title id="map-title">{}</title><desc id="map-desc">{}</desc>').format(MAP_WIDTH, MAP_HEIGHT, title, description)
    return Markup("").join([head, *land(points), state_names(townships, points, taken), marks(told, largest), towns, Markup("</svg>")])


def land(points: Sequence[Point]) -> list[Markup]:
    """Land as the union of the hulls around each township and those near it, drawn with broad round pens: its edge, then its fill, then the towns."""
    near = [neighbours(point, points) for point in points]
    shape = Markup("").join(Markup('<path d="M{}z"/>').format(" ".join(f"{p.x},{p.y}" for p in hull([point, *others])))
                            for point, others in zip(points, near, strict=True))
    dots = Markup("").join(circle(point, 1.1) for point in points)
    return [
        Markup('<defs><g id="land">{}</g></defs><use href="#land" class="edge"/><use href="#land" class="land"/>').format(shape),
        Markup('<g class="dots" aria-hidden="true">{}</g>').format(dots),
    ]


def neighbours(point: Point, points: Sequence[Point]) -> list[Point]:
    """The nearest other points, none of them beyond REACH."""
    near = heapq.nsmallest(NEIGHBOURS + 1, points, key=lambda other: (point.x - other.x) ** 2 + (point.y - other.y) ** 2)
    return [other for other in near if other != point and math.dist((point.x, point.y), (other.x, other.y)) <= REACH]


def hull(points: Sequence[Point]) -> list[Point]:
    """The convex hull, in order (Andrew's monotone chain)."""
    ordered = sorted(set(points), key=lambda point: (point.x, point.y))
    if len(ordered) < 3:
        return ordered
    sides: list[list[Point]] = []
    for line in (ordered, ordered[::-1]):
        side: list[Point] = []
        for point in line:
            while len(side) > 1 and turn(side[-2], side[-1], point) <= 0:
                side.pop()
            side.append(point)
        sides.append(side[:-1])
    return sides[0] + sides[1]


def turn(one: Point, two: Point, three: Point) -> float:
    """Above 0 where the way turns left."""
    return (two.x - one.x) * (three.y - one.y) - (two.y - one.y) * (three.x - one.x)


def circle(point: Point, size: float) -> Markup:
    return Markup('<circle cx="{}" cy="{}" r="{}"/>').format(point.x, point.y, round(size, 1))


Box = tuple[float, float, float, float]


def state_names(townships: Sequence[Place], points: Sequence[Point], taken: list[Box]) -> Markup:
    """The names of the states in the middle of their townships, where no name of a town stands."""
    of_state: dict[str, list[Point]] = defaultdict(list)
    for place, point in zip(townships, points, strict=True):
        of_state[place.state].append(point)
    parts = []
    for name, each in sorted(of_state.items()):
        x, y = (round(sum(axis) / len(each), 1) for axis in ([p.x for p in each], [p.y for p in each]))
        half = len(name) * LABEL_CHAR_WIDTH / 2
        box = (x - half, y - LABEL_HEIGHT, x + half, y + 3)
        if name and not any(overlap(box, other) for other in taken):
            taken.append(box)
            parts.append(Markup('<text x="{}" y="{}">{}</text>').format(x, y, name))
    return Markup('<g class="states" aria-hidden="true">{}</g>').format(Markup("").join(parts))


def marks(told: Sequence[tuple[Place, Point]], largest: int) -> Markup:
    """A ring for the week and a disc for the day at each township."""
    rings = Markup("").join(mark(place, point, radius(place.week, largest)) for place, point in told)
    discs = Markup("").join(circle(point, radius(place.day, largest) - 1) for place, point in told if place.day)
    return Markup('<g class="week">{}</g><g class="day" aria-hidden="true">{}</g>').format(rings, discs)


def mark(place: Place, point: Point, size: float) -> Markup:
    return Markup('<circle cx="{}" cy="{}" r="{}"><title>{}</title></circle>').format(
        point.x, point.y, size, f"{place.name}, {place.state}: {place.day} on the day, {place.week} in the week")


def labels(told: Sequence[tuple[Place, Point]], largest: int, taken: list[Box]) -> Markup:
    """The names of the townships that count most, right or left of their mark, where they do not cover each other; adds their boxes to `taken`."""
    parts: list[Markup] = []
    for place, point in sorted(told, key=lambda each: (-each[0].day, -each[0].week, each[0].name)):
        room, width = radius(place.week, largest) + 3, len(place.name) * LABEL_CHAR_WIDTH
        for anchor, left in (("start", point.x + room), ("end", point.x - room - width)):
            box = (left, point.y - LABEL_HEIGHT / 2, left + width, point.y + LABEL_HEIGHT / 2)
            if box[0] >= 0 and box[2] <= MAP_WIDTH and not any(overlap(box, other) for other in taken) and len(parts) < LABELS_MAX:
                taken.append(box)
                x = round(left if anchor == "start" else left + width, 1)
                parts.append(Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, round(point.y + 4, 1), anchor, place.name))
                break
    return Markup('<g class="towns" aria-hidden="true">{}</g>').format(Markup("").join(parts))


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def sparkline(series: Sequence[int], known: int) -> Markup:
    """The last days as a line with its end marked; `known` of them lie before the day. Decoration: the numbers stand beside it."""
    shown = list(series[-(known + 1):])
    if len(shown) < 3:
        return Markup("")
    top = max(shown) or 1
    step = (SPARK_WIDTH - 6) / (len(shown) - 1)
    points = [(round(3 + step * number, 1), round(SPARK_HEIGHT - 3 - (SPARK_HEIGHT - 6) * value / top, 1)) for number, value in enumerate(shown)]
    line = "M" + " ".join(f"{x},{y}" for x, y in points)
    # A line of no length with round ends is a dot that stays round however wide the drawing is.
    end = f"M{points[-1][0]},{points[-1][1]}h.01"
    return Markup('<svg class="spark" aria-hidden="true" viewBox="0 0 {} {}" preserveAspectRatio="none"><path d="{}"/>'
                  '<path class="end" d="{}"/></svg>').format(SPARK_WIDTH, SPARK_HEIGHT, line, end)


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar: from and to on the scale of its chart, and the class that colours it."""

    start: float
    end: float
    kind: str


def bar_row(bars: Sequence[Bar], scale: float, tick: float | None = None) -> Markup:
    """One line of a chart of bars, 0 to `scale`; `tick` is drawn as a line across. Decoration: the numbers stand in the cells beside it."""
    scale = scale or 1
    parts = [
        Markup('<rect class="{}" x="{}" y="3" width="{}" height="10"/>').format(
            each.kind, round(100 * each.start / scale, 2), max(round(100 * (each.end - each.start) / scale, 2), 0.6))
        for each in bars if each.end > each.start or each.kind.startswith("mark")
    ]
    if tick is not None:
        parts.append(Markup('<rect class="tick" x="{}" y="0" width="0.7" height="16"/>').format(round(min(100 * tick / scale, 99.3), 2)))
    return Markup('<svg class="bar" aria-hidden="true" viewBox="0 0 100 16" preserveAspectRatio="none">{}</svg>').format(Markup("").join(parts))

